"""Laws of the detector: it never looks ahead, and it does not care how rows are ordered or dated."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.trend import detect

START = datetime(2025, 3, 3)
STEPS = {"1h": timedelta(hours=1), "1d": timedelta(days=1), "15m": timedelta(minutes=15)}


@st.composite
def volume_series(draw: st.DrawFn) -> pl.DataFrame:
    """A series with bursts, unknown rows and any of the usual steps."""
    every = draw(st.sampled_from(sorted(STEPS)))
    rows = draw(st.integers(10, 60 if every == "1d" else 700))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    values = rng.poisson(rng.gamma(1.0, draw(st.sampled_from([0.1, 2.0, 50.0])), rows)).astype(float)
    values[rng.random(rows) < 0.01] *= draw(st.sampled_from([1.0, 30.0]))
    values[rng.random(rows) < draw(st.sampled_from([0.0, 0.1]))] = np.nan
    timestamps = pl.datetime_range(START, START + STEPS[every] * (rows - 1), every, eager=True)
    return pl.DataFrame({"timestamp": timestamps, "value": values}).with_columns(pl.col("value").fill_nan(None))


@settings(max_examples=60, deadline=None)
@given(volume_series(), st.floats(0.2, 1.0))
def test_a_row_is_judged_by_rows_up_to_itself_only(series: pl.DataFrame, share: float) -> None:
    known = series.head(max(5, int(series.height * share)))
    assert detect(known).equals(detect(series).head(known.height))


@settings(max_examples=25, deadline=None)
@given(volume_series(), st.integers(0, 1000))
def test_the_order_of_the_rows_does_not_matter(series: pl.DataFrame, seed: int) -> None:
    shuffled = series.sample(fraction=1.0, shuffle=True, seed=seed)
    assert detect(shuffled).sort("timestamp").equals(detect(series))


@settings(max_examples=25, deadline=None)
@given(volume_series(), st.integers(-5000, 5000))
def test_moving_a_series_in_time_moves_its_alerts_along(series: pl.DataFrame, minutes: int) -> None:
    moved = series.with_columns(pl.col("timestamp") + timedelta(minutes=minutes))
    assert detect(moved).drop("timestamp").equals(detect(series).drop("timestamp"))


@settings(max_examples=25, deadline=None)
@given(volume_series())
def test_alerts_stand_on_judged_rows_whose_score_reaches_the_setting(series: pl.DataFrame) -> None:
    judged = detect(series)
    alerts = judged.filter("is_alert")
    assert (alerts["status_code"] == "ok").all()
    assert (alerts["score"] >= 1.8).all()
    assert (
        judged.filter(pl.col("status_code") != "ok")["score"].null_count()
        == judged.filter(pl.col("status_code") != "ok").height
    )


@settings(max_examples=25, deadline=None)
@given(volume_series())
def test_the_expected_value_lies_inside_its_band(series: pl.DataFrame) -> None:
    judged = detect(series).filter(pl.col("expected_value").is_not_null())
    assert (judged["expected_low"] <= judged["expected_value"] + 1e-9).all()
    assert (judged["expected_low"] >= 0).all()
    assert (judged["expected_value"] <= judged["expected_high"] + 1e-9).all()
