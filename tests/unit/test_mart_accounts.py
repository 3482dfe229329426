"""Accounts' posts, the weekly benchmark and the growth of audiences, on a handful of rows."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from transforms.marts.audience import audience_growth_daily
from transforms.marts.competitor import competitor_benchmark_weekly, competitor_posts
from warehouse.tables import BY_NAME

MONDAY = datetime(2024, 5, 6, 9, tzinfo=UTC)
COVERED = (date(2024, 5, 6), date(2024, 5, 26))


def rows(table: str, records: list[dict[str, Any]]) -> pl.DataFrame:
    empty = {pl.String: "-", pl.Int64: 1, pl.Boolean: False, pl.Float64: 0.0, pl.List(pl.String): []}
    contract = BY_NAME[table]
    filled = [
        {c.name: r.get(c.name, None if c.nullable else empty.get(c.dtype)) for c in contract.columns} for r in records
    ]
    return pl.DataFrame(filled, schema=contract.schema, orient="row")


def posts(*records: dict[str, Any]) -> pl.DataFrame:
    filled = []
    for number, record in enumerate(records):
        at = record.get("posted_at", MONDAY + timedelta(hours=number))
        defaults = {"posted_at": at, "post_date": at.date(), "platform_code": "facebook", "account_handle": "acme"}
        filled.append({**defaults, "post_id": f"p{number}", **record})
    return rows("core.competitor_post", filled)


def benchmark(*records: dict[str, Any]) -> pl.DataFrame:
    return BY_NAME["mart.competitor_benchmark_weekly"].conform(competitor_benchmark_weekly(posts(*records), COVERED))


def test_each_rate_has_its_own_denominator_and_an_unknown_one_has_no_rate():
    table = competitor_posts(
        posts(
            {"engagement_count": 50, "account_follower_count": 1000, "impression_count": 200, "reach_count": 100},
            {"engagement_count": 50, "account_follower_count": 0},
            {"engagement_count": None, "account_follower_count": 1000},
        )
    )
    BY_NAME["mart.competitor_post"].conform(table)
    assert table["er_followers_ratio"].to_list() == [0.05, None, None]
    assert table["er_impressions_ratio"].to_list() == [0.25, None, None]
    assert table["er_reach_ratio"].to_list() == [0.5, None, None]


def test_ratio_of_sums_and_mean_of_ratios_are_two_numbers():
    table = benchmark(
        {"engagement_count": 10, "account_follower_count": 100},
        {"engagement_count": 10, "account_follower_count": 1000},
        {"engagement_count": 99},
    )
    row = table.row(0, named=True)
    assert row["er_followers_sum_ratio"] == pytest.approx(20 / 1100)
    assert row["er_followers_mean_ratio"] == pytest.approx((0.1 + 0.01) / 2)
    assert (row["post_count"], row["engagement_known_count"], row["follower_known_count"]) == (3, 3, 2)


def test_averages_per_post_are_over_the_posts_that_tell():
    row = benchmark({"like_count": 4}, {"like_count": None}, {"like_count": 8, "share_count": 3}).row(0, named=True)
    assert (row["applause_per_post"], row["amplification_per_post"], row["conversation_per_post"]) == (6.0, 3.0, None)


def test_a_silent_week_between_posts_is_a_row_with_zero():
    table = benchmark({}, {"posted_at": MONDAY + timedelta(days=15)})
    assert table.select("week_date", "post_count").rows() == [
        (date(2024, 5, 6), 1),
        (date(2024, 5, 13), 0),
        (date(2024, 5, 20), 1),
    ]


def test_a_week_the_exports_cover_only_in_part_is_marked():
    table = benchmark({"posted_at": MONDAY - timedelta(days=3)}, {}, {"posted_at": MONDAY + timedelta(days=21)})
    complete = dict(table.select("week_date", "is_complete_period").rows())
    assert complete[date(2024, 4, 29)] is False
    assert complete[date(2024, 5, 6)] is True
    assert complete[date(2024, 5, 27)] is False


def test_regularity_is_zero_for_clockwork_and_needs_three_posts():
    clockwork = [{"posted_at": MONDAY + timedelta(days=day)} for day in range(4)]
    assert benchmark(*clockwork)["regularity_score"].to_list() == [0.0]
    assert benchmark(*clockwork[:2])["regularity_score"].to_list() == [None]
    burst = [{"posted_at": MONDAY + timedelta(minutes=m)} for m in (0, 1, 2, 3 * 24 * 60)]
    assert benchmark(*burst)["regularity_score"].to_list()[0] > 1.5


def test_posts_exported_with_a_day_and_no_time_have_no_regularity():
    midnight = [{"posted_at": MONDAY.replace(hour=0) + timedelta(days=n // 4)} for n in range(12)]
    assert benchmark(*midnight)["regularity_score"].to_list() == [None]


def snapshot(day: int, count: int, kind: str = "followers") -> dict[str, Any]:
    return {"snapshot_date": date(2024, 5, day), "follower_count": count, "audience_kind_code": kind}


def test_growth_is_against_the_snapshot_before_however_long_ago():
    table = audience_growth_daily(
        rows("core.audience_snapshot", [snapshot(1, 100), snapshot(5, 120), snapshot(7, 150)])
    )
    BY_NAME["mart.audience_growth_daily"].conform(table)
    assert table["net_added_count"].to_list() == [None, 20, 30]
    assert table["days_since_previous_count"].to_list() == [None, 4, 2]
    assert table["growth_ratio"].to_list() == [None, 0.2, 0.25]
    assert table["daily_growth_ratio"].to_list() == [None, 0.05, 0.125]
    # 20 in 4 days is 5 a day, 30 in 2 days is 15 a day.
    assert table["acceleration_count"].to_list() == [None, None, 10.0]


def test_fans_are_not_followers():
    table = audience_growth_daily(rows("core.audience_snapshot", [snapshot(1, 100), snapshot(2, 900, "fans")]))
    assert table["net_added_count"].to_list() == [None, None]


def test_growth_from_nobody_has_no_ratio():
    table = audience_growth_daily(rows("core.audience_snapshot", [snapshot(1, 0), snapshot(2, 10)]))
    assert table["net_added_count"].to_list() == [None, 10]
    assert table["growth_ratio"].to_list() == [None, None]
