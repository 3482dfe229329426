"""Weekly shares, whether they changed, and the parts a change is made of."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from transforms.marts.panel import Panel, PanelBrand
from transforms.marts.periods import covered_months, covered_weeks
from transforms.marts.share_of_voice import share_of_voice_weekly
from transforms.marts.share_of_voice_change import (
    DIFFERENCES,
    ChangeParams,
    share_of_voice_change,
    share_of_voice_driver,
)
from transforms.metrics.definitions import Metric
from transforms.metrics.registry import METRICS, Registry
from warehouse.tables import insight

MONDAY = date(2024, 5, 6)
BRANDS = ("acme", "bolt", "cord")
PANEL = Panel("p1", tuple(PanelBrand(brand, "competitor") for brand in BRANDS))
TWO_WEEKS = [MONDAY + timedelta(days=day) for day in range(14)]
NO_TOPICS = pl.DataFrame(schema={"mention_id": pl.String, "topic_id": pl.String})


def posts(*groups: tuple[int, str, int, dict[str, Any]]) -> pl.DataFrame:
    """Brand mentions: (week 0 or 1, brand, how many, other values); every post its own text and author."""
    records = []
    for week, brand, number, rest in groups:
        for _ in range(number):
            key = len(records)
            base = {"platform_code": "x", "cluster_key": key, "author_key": key, "mention_id": f"m{key:05}"}
            records.append({**base, "brand_id": brand, "mention_date": MONDAY + timedelta(days=7 * week), **rest})
    schema = {
        "mention_id": pl.String,
        "mention_date": pl.Date,
        "platform_code": pl.String,
        "brand_id": pl.String,
        "cluster_key": pl.UInt64,
        "author_key": pl.UInt64,
        "author_follower_count": pl.Int64,
        "engagement_count": pl.Int64,
    }
    frame = pl.DataFrame([{name: r.get(name) for name in schema} for r in records], schema=schema, orient="row")
    return frame.with_columns(pl.lit(datetime(2024, 5, 6, tzinfo=UTC)).alias("published_at"))


def weekly(brand_mentions: pl.DataFrame, days: list[date] = TWO_WEEKS, panel: Panel = PANEL) -> pl.DataFrame:
    return insight.SHARE_OF_VOICE_WEEKLY.conform(share_of_voice_weekly(brand_mentions, panel, days))


def only(frame: pl.DataFrame, **where: Any) -> dict[str, Any]:
    return frame.row(by_predicate=pl.all_horizontal(pl.col(k) == v for k, v in where.items()), named=True)


def change(table: pl.DataFrame, brand: str = "acme", basis: str = "mentions", **rest: Any) -> dict[str, Any]:
    changes = insight.SHARE_OF_VOICE_CHANGE.conform(share_of_voice_change(table, **rest))
    where = {"week_date": MONDAY + timedelta(days=7), "platform_code": "all", "brand_id": brand, "basis_code": basis}
    return only(changes, **where)


def test_weeks_and_months_know_whether_they_are_covered_whole():
    assert covered_weeks(TWO_WEEKS[:10])["is_complete_period"].to_list() == [True, False]
    may = [date(2024, 5, 1) + timedelta(days=day) for day in range(31)]
    assert covered_months([*may, date(2024, 6, 1)])["is_complete_period"].to_list() == [True, False]


def test_an_author_who_speaks_all_week_is_one_voice_of_the_week():
    days = [{"mention_date": MONDAY + timedelta(days=day), "author_key": 7} for day in range(5)]
    table = weekly(posts(*[(0, "acme", 1, day) for day in days], (0, "bolt", 1, {})))
    row = only(table, week_date=MONDAY, platform_code="all", brand_id="acme")
    assert (row["mention_count"], row["distinct_author_count"]) == (5, 1)
    assert row["share_of_voice_authors_ratio"] == 0.5
    assert row["authors_effective_count"] == pytest.approx(2.0)


def test_potential_reach_counts_each_author_once_with_the_largest_count():
    table = weekly(
        posts(
            (0, "acme", 1, {"author_key": 1, "author_follower_count": 100}),
            (0, "acme", 1, {"author_key": 1, "author_follower_count": 120}),
            (0, "acme", 1, {"author_key": 2}),
            (0, "bolt", 1, {"author_key": 3, "author_follower_count": 360}),
        )
    )
    row = only(table, week_date=MONDAY, platform_code="all", brand_id="acme")
    assert (row["potential_reach_count"], row["reach_coverage_ratio"]) == (120, 0.5)
    assert row["share_of_voice_reach_ratio"] == pytest.approx(0.25)


def test_one_loud_author_leaves_few_effective_votes_of_reach():
    loud = (0, "acme", 1, {"author_follower_count": 10**6})
    table = weekly(posts(loud, (0, "bolt", 200, {"author_follower_count": 10})))
    row = only(table, week_date=MONDAY, platform_code="x", brand_id="acme")
    assert row["reach_effective_count"] < 1.1
    assert row["share_of_voice_reach_high_ratio"] - row["share_of_voice_reach_low_ratio"] > 0.7


def test_a_large_change_is_different_and_a_small_sample_cannot_tell():
    grown = weekly(posts((0, "acme", 100, {}), (0, "bolt", 300, {}), (1, "acme", 200, {}), (1, "bolt", 200, {})))
    assert change(grown)["is_different_code"] == "yes"
    assert change(grown)["share_change_ratio"] == pytest.approx(0.25)
    few = weekly(posts((0, "acme", 5, {}), (0, "bolt", 15, {}), (1, "acme", 10, {}), (1, "bolt", 10, {})))
    assert change(few)["is_different_code"] == "cannot_tell"
    assert change(few)["comparison_status_code"] == "ok"


def test_no_change_is_only_said_when_the_interval_lies_within_what_matters():
    groups = [(week, brand, 2000, {}) for week in (0, 1) for brand in ("acme", "bolt")]
    assert change(weekly(posts(*groups)))["is_different_code"] == "no"
    narrow = ChangeParams(smallest_change=0.001)
    assert change(weekly(posts(*groups)), params=narrow)["is_different_code"] == "cannot_tell"


def test_a_story_copied_a_hundred_times_is_not_a_change_of_voice():
    copied = (1, "acme", 100, {"cluster_key": 9_999_999})
    table = weekly(posts((0, "acme", 50, {}), (0, "bolt", 50, {}), (1, "acme", 50, {}), (1, "bolt", 50, {}), copied))
    row = change(table)
    assert row["share_change_ratio"] == pytest.approx(0.25)
    assert row["is_different_code"] == "cannot_tell"
    assert change(table, basis="deduplicated")["share_change_ratio"] == pytest.approx(51 / 101 - 0.5)


@pytest.mark.parametrize(
    ("status", "table"),
    [
        ("too_few", weekly(posts((0, "acme", 3, {}), (0, "bolt", 3, {}), (1, "acme", 9, {}), (1, "bolt", 9, {})))),
        ("incomplete", weekly(posts((0, "acme", 50, {}), (1, "bolt", 50, {})), TWO_WEEKS[:13])),
    ],
)
def test_what_cannot_be_compared_says_why(status, table):
    row = change(table)
    assert (row["comparison_status_code"], row["is_different_code"]) == (status, "cannot_tell")


def test_the_first_week_has_nothing_to_be_compared_with():
    changes = share_of_voice_change(weekly(posts((0, "acme", 50, {}))))
    first = only(changes, week_date=MONDAY, platform_code="all", brand_id="acme", basis_code="mentions")
    assert first["comparison_status_code"] == "no_previous" and first["share_change_ratio"] is None


def test_a_change_of_the_panel_is_a_visible_break():
    both = posts((0, "acme", 50, {}), (0, "bolt", 50, {}), (1, "acme", 50, {}), (1, "bolt", 50, {}))
    old = weekly(both).filter(pl.col("week_date") == MONDAY)
    new = weekly(both, panel=Panel("p2", PANEL.brands[:2])).filter(pl.col("week_date") > MONDAY)
    row = change(pl.concat([old, new]))
    assert (row["comparison_status_code"], row["is_different_code"]) == ("panel_changed", "cannot_tell")
    # Both shares are told; a difference of two panels is no number.
    assert row["share_ratio"] is not None and row["previous_share_ratio"] is not None
    assert [row[name] for name in DIFFERENCES] == [None] * len(DIFFERENCES)


def test_a_change_of_definition_is_a_visible_break():
    again = METRICS.current("mention_count")
    second = Metric(again.id, 2, MONDAY + timedelta(days=9), *[getattr(again, n) for n in list(vars(again))[3:]])
    registry = Registry((*METRICS.metrics, second))
    table = weekly(posts((0, "acme", 50, {}), (0, "bolt", 50, {}), (1, "acme", 50, {}), (1, "bolt", 50, {})))
    assert change(table)["comparison_status_code"] == "ok"
    row = change(table, registry=registry)
    assert row["comparison_status_code"] == "definition_changed"
    assert [row[name] for name in DIFFERENCES] == [None] * len(DIFFERENCES)
    assert change(table, basis="authors", registry=registry)["comparison_status_code"] == "ok"


def test_a_change_is_the_brands_own_gain_and_its_rivals_loss():
    # acme stays at 100 while bolt falls from 300 to 100: all of the change is the rivals'.
    table = weekly(posts((0, "acme", 100, {}), (0, "bolt", 300, {}), (1, "acme", 100, {}), (1, "bolt", 100, {})))
    row = change(table)
    assert row["own_gain_ratio"] == 0.0
    assert row["rivals_loss_ratio"] == pytest.approx(row["share_change_ratio"])
    both = weekly(posts((0, "acme", 100, {}), (0, "bolt", 300, {}), (1, "acme", 250, {}), (1, "bolt", 200, {})))
    row = change(both)
    assert row["own_gain_ratio"] > 0 and row["rivals_loss_ratio"] > 0
    assert row["own_gain_ratio"] + row["rivals_loss_ratio"] == pytest.approx(row["share_change_ratio"])


def test_drivers_by_brand_platform_and_topic_add_up_to_the_change():
    rng = np.random.default_rng(3)
    groups = [
        (week, brand, int(rng.integers(5, 40)), {"platform_code": platform})
        for week in (0, 1)
        for brand in BRANDS
        for platform in ("x", "news")
    ]
    mentions = posts(*groups)
    chosen = mentions.filter(pl.col("mention_id").hash(1) % 3 == 0)["mention_id"].to_list()
    tagged = [(id, "price") for id in chosen] + [(id, topic) for id in chosen[::2] for topic in ("care", "app")]
    topics = pl.DataFrame(tagged, schema=NO_TOPICS.schema, orient="row")
    table = weekly(mentions)
    drivers = insight.SHARE_OF_VOICE_DRIVER.conform(share_of_voice_driver(mentions, topics, table))
    assert drivers["topic_id"].n_unique() == 4
    for brand in BRANDS:
        found, expected = drivers.filter(pl.col("brand_id") == brand), change(table, brand)
        assert found["contribution_ratio"].sum() == pytest.approx(expected["share_change_ratio"], abs=1e-12)
        own = found.filter(pl.col("driver_brand_id") == brand)["contribution_ratio"].sum()
        assert own == pytest.approx(expected["own_gain_ratio"], abs=1e-12)


def test_a_week_after_a_gap_has_no_drivers():
    mentions = posts((0, "acme", 5, {}), (2, "acme", 9, {}), (2, "bolt", 9, {}))
    days = [MONDAY, MONDAY + timedelta(days=14)]
    assert share_of_voice_driver(mentions, NO_TOPICS, weekly(mentions, days)).is_empty()


def test_when_nothing_changed_a_change_is_claimed_at_most_once_in_twenty_weeks():
    rng, weeks = np.random.default_rng(11), 600
    counts = [(week, "acme", int(rng.binomial(200, 0.3))) for week in range(weeks)]
    groups = [group for week, _, n in counts for group in ((week, "acme", n, {}), (week, "bolt", 200 - n, {}))]
    days = [MONDAY + timedelta(days=day) for day in range(7 * weeks)]
    changes = share_of_voice_change(weekly(posts(*groups), days)).filter(
        (pl.col("brand_id") == "acme") & (pl.col("platform_code") == "all") & (pl.col("basis_code") == "mentions")
    )
    assert 0.02 <= (changes["is_different_code"] == "yes").mean() <= 0.07
