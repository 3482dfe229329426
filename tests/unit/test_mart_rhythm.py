"""Best hours: found where they were planted, not found where nothing is, on the account's own clock."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from transforms.marts.rhythm import posting_rhythm_hourly
from warehouse.tables import insight

START = datetime(2024, 1, 1, tzinfo=UTC)


def posts(
    count: int, *, accounts: int = 1, seed: int = 1, lift_at: int | None = None, lift: float = 2.0
) -> pl.DataFrame:
    """Posts at eight hours of every weekday; those at UTC hour `lift_at` get `lift` times the engagement."""
    rng = np.random.default_rng(seed)
    size = count * accounts
    day, hour = rng.integers(0, 180, size), rng.choice([7, 9, 11, 13, 15, 17, 19, 21], size)
    engaged = np.exp(rng.normal(5, 0.8, size)) * np.where(hour == lift_at, 2.0, 1.0)
    at = [
        START + timedelta(days=int(d), hours=int(h), minutes=int(n % 60))
        for n, (d, h) in enumerate(zip(day, hour, strict=True))
    ]
    return pl.DataFrame(
        {
            "platform_code": "facebook",
            "account_handle": [f"a{n % accounts:03}" for n in range(size)],
            "brand_id": "acme",
            "posted_at": at,
            "post_date": [moment.date() for moment in at],
            "engagement_count": engaged.astype(np.int64),
        }
    )


def rhythm(rows: pl.DataFrame, zone: str = "UTC") -> pl.DataFrame:
    return insight.POSTING_RHYTHM_HOURLY.conform(posting_rhythm_hourly(rows, {"acme": zone}, "UTC"))


def test_an_hour_with_twice_the_engagement_is_found_and_no_other():
    table = rhythm(posts(2000, lift_at=19))
    better = table.filter(pl.col("rhythm_verdict_code") == "better")
    assert set(better["hour_number"]) == {19}
    assert len(better) >= 5
    assert 1.4 < better["lift_ratio"].mean() < 2.2


def test_where_nothing_is_to_be_found_hardly_any_slot_is_called_better_or_worse():
    table = rhythm(posts(400, accounts=60))
    called = table["rhythm_verdict_code"].is_in(["better", "worse"])
    assert len(table) > 3000
    assert called.mean() < 0.002


def test_hours_are_those_of_the_accounts_own_clock():
    here, there = rhythm(posts(2000, lift_at=19)), rhythm(posts(2000, lift_at=19), "Asia/Tokyo")
    best = [
        t.filter(pl.col("rhythm_verdict_code") == "better")["hour_number"].unique().to_list() for t in (here, there)
    ]
    assert best == [[19], [4]]
    assert set(there["zone_name"]) == {"Asia/Tokyo"}


def test_an_account_of_no_brand_follows_the_default_zone():
    unowned = posts(100).with_columns(pl.lit(None, dtype=pl.String).alias("brand_id"))
    assert set(rhythm(unowned, "Asia/Tokyo")["zone_name"]) == {"UTC"}


def test_growth_of_the_audience_is_not_taken_for_a_good_hour():
    rows = posts(2000)
    month = pl.col("post_date").dt.month()
    # The account moves from mornings to evenings while its audience doubles every month.
    grown = rows.filter(
        ((pl.col("posted_at").dt.hour() < 14) & (month <= 3)) | ((pl.col("posted_at").dt.hour() > 14) & (month > 3))
    )
    grown = grown.with_columns((pl.col("engagement_count") * 2**month).cast(pl.Int64))
    assert "better" not in set(rhythm(grown)["rhythm_verdict_code"])


def test_few_posts_are_not_judged():
    table = rhythm(posts(50))
    assert set(table["rhythm_verdict_code"]) == {"not_enough_data"}
    assert table["lift_ratio"].null_count() == len(table)


def test_posts_with_a_day_and_no_time_have_no_rhythm():
    midnight = posts(500).with_columns(pl.col("posted_at").dt.truncate("1d"))
    assert rhythm(midnight).is_empty()


def test_unknown_engagement_is_no_response():
    rows = posts(500).with_columns(pl.lit(None, dtype=pl.Int64).alias("engagement_count"))
    assert rhythm(rows).is_empty()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_changes_nothing(seed):
    rows = posts(600, accounts=3, lift_at=9)
    assert rhythm(rows).equals(rhythm(rows.sample(fraction=1.0, shuffle=True, seed=seed)))


def test_a_clock_change_moves_no_hour():
    assert date(2024, 3, 31) in set(posts(3000)["post_date"])
    table = rhythm(posts(3000, lift_at=19), "Europe/Paris")
    better = set(table.filter(pl.col("rhythm_verdict_code") == "better")["hour_number"])
    assert better <= {20, 21} and better
