"""Complete calendars: zero is a row, unknown is null, nothing gets lost off the grid."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from transforms.trend import complete_calendar
from transforms.trend.calendar import infer_step

MIDNIGHT = datetime(2025, 3, 30)


def counts(*rows: tuple[int, int | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {"timestamp": [MIDNIGHT + timedelta(hours=h) for h, _ in rows], "value": [v for _, v in rows]},
        schema={"timestamp": pl.Datetime("us"), "value": pl.Int64},
    )


def test_an_hour_nobody_talked_is_a_row_of_zero() -> None:
    calendar = complete_calendar(counts((0, 3), (2, 1)), MIDNIGHT, MIDNIGHT + timedelta(hours=3), "1h")
    assert calendar["value"].to_list() == [3, 0, 1, 0]


def test_an_hour_nobody_listened_stays_unknown() -> None:
    calendar = complete_calendar(counts((0, 3), (2, None)), MIDNIGHT, MIDNIGHT + timedelta(hours=2), "1h", fill=None)
    assert calendar["value"].to_list() == [3, None, None]


def test_a_known_null_is_not_filled_with_zero() -> None:
    calendar = complete_calendar(counts((0, None)), MIDNIGHT, MIDNIGHT + timedelta(hours=1), "1h")
    assert calendar["value"].to_list() == [None, 0]


def test_every_brand_gets_every_hour_in_the_order_it_came() -> None:
    both = pl.concat(
        [counts((1, 5)).with_columns(brand_id=pl.lit("z")), counts((0, 2)).with_columns(brand_id=pl.lit("a"))]
    )
    calendar = complete_calendar(both, MIDNIGHT, MIDNIGHT + timedelta(hours=1), "1h", keys=["brand_id"])
    assert calendar.select("brand_id", "value").rows() == [("z", 0), ("z", 5), ("a", 2), ("a", 0)]


def test_a_count_off_the_grid_is_refused_not_lost() -> None:
    stray = counts((0, 3)).with_columns(pl.col("timestamp") + timedelta(minutes=10))
    with pytest.raises(ValueError, match="do not lie on the 1h grid"):
        complete_calendar(stray, MIDNIGHT, MIDNIGHT + timedelta(hours=1), "1h")


def test_two_counts_of_one_hour_are_refused_not_picked_from() -> None:
    with pytest.raises(ValueError, match="occur twice"):
        complete_calendar(counts((0, 3), (0, 4)), MIDNIGHT, MIDNIGHT + timedelta(hours=1), "1h")


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="lies before"):
        complete_calendar(counts((0, 3)), MIDNIGHT, MIDNIGHT - timedelta(hours=1), "1h")


def test_the_step_of_a_gappy_series_is_its_usual_one() -> None:
    hours = [0, 1, 2, 5, 6, 30]
    assert infer_step(pl.Series([MIDNIGHT + timedelta(hours=h) for h in hours])) == timedelta(hours=1)


def test_of_two_equally_frequent_steps_the_finer_wins() -> None:
    assert infer_step(pl.Series([MIDNIGHT + timedelta(hours=h) for h in (0, 1, 3)])) == timedelta(hours=1)
