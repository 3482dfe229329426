"""The registry, engagement by platform and the interval of a share."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

import transforms
from transforms.metrics.definitions import Metric
from transforms.metrics.engagement import CURRENT_VERSION, counters_of, engagement
from transforms.metrics.interval import wilson_high, wilson_low
from transforms.metrics.registry import METRICS, Registry
from transforms.metrics.render import metrics_page
from warehouse.tables import ALL_TABLES


def a_metric(version: int, valid_from: date, id: str = "reach", inputs: tuple[str, ...] = ()) -> Metric:
    return Metric(id, version, valid_from, "Reach", "sum", "", "", "count", "a test", "", inputs)


def test_the_page_is_fresh():
    page = Path(transforms.__file__).with_name("METRICS.md").read_text(encoding="utf-8")
    assert page == metrics_page(), "stale: python -m transforms.metrics.render > transforms/METRICS.md"


def test_every_metric_id_a_column_names_is_registered():
    named = {c.metric_id for table in ALL_TABLES for c in table.columns if c.metric_id is not None}
    assert named, "no column names a metric: the check would be empty"
    assert named <= set(METRICS.ids)


def test_a_day_follows_the_newest_definition_that_is_valid_on_it():
    registry = Registry((a_metric(1, date(2020, 1, 1)), a_metric(2, date(2023, 4, 1))))
    assert registry.on("reach", date(2023, 3, 31)).version == 1
    assert registry.on("reach", date(2023, 4, 1)).version == 2
    assert registry.current("reach").version == 2


def test_a_change_of_definition_inside_a_period_is_a_break_of_everything_made_of_it():
    registry = Registry(
        (
            a_metric(1, date(2020, 1, 1)),
            a_metric(2, date(2023, 4, 1)),
            a_metric(1, date(2020, 1, 1), id="share_of_reach", inputs=("reach",)),
        )
    )
    (found,) = registry.breaks("share_of_reach", date(2023, 3, 31), date(2023, 4, 1))
    assert (found.metric_id, found.day, found.version_before, found.version_after) == ("reach", date(2023, 4, 1), 1, 2)
    assert registry.breaks("share_of_reach", date(2023, 4, 1), date(2023, 12, 31)) == ()


def test_bookmarks_break_every_trend_of_engagement_in_spring_2023():
    for metric_id in ("engagement", "sov_engagement", "er_followers", "er_reach", "er_impressions"):
        assert [b.day for b in METRICS.breaks(metric_id, date(2023, 1, 1), date(2023, 12, 31))] == [date(2023, 4, 1)]


@pytest.mark.parametrize(
    "metrics",
    [
        (a_metric(2, date(2020, 1, 1)),),
        (a_metric(1, date(2020, 1, 1)), a_metric(2, date(2020, 1, 1))),
        (a_metric(1, date(2020, 1, 1), inputs=("nothing",)),),
    ],
    ids=["no first version", "two versions from one day", "made of an unknown metric"],
)
def test_a_registry_that_contradicts_itself_is_refused(metrics):
    with pytest.raises(ValueError, match=r"version|unknown"):
        Registry(metrics)


def test_an_unknown_metric_is_named_in_the_error():
    with pytest.raises(KeyError, match="no metric advertising_value"):
        METRICS.current("advertising_value")


POSTS = pl.DataFrame(
    {
        "platform_code": ["x", "x", "instagram", "youtube", "facebook", "tiktok", "x"],
        "posted_at": [datetime(2024, 1, 1, tzinfo=UTC)] + [datetime(2020, 1, 1, tzinfo=UTC)] * 6,
        "like_count": [1, 1, 1, None, 1, 1, None],
        "comment_count": [10, 10, 10, 10, None, 10, None],
        "share_count": [100, 100, 100, 100, 100, 100, None],
        "save_count": [1000, 1000, 1000, 1000, 1000, 1000, None],
    }
)


def test_each_platform_counts_its_own_counters_and_bookmarks_only_since_they_are_public():
    counted = POSTS.select(engagement(POSTS.columns))["engagement_count"].to_list()
    assert counted == [1111, 111, 11, 10, 101, 111, None]


def test_a_named_version_applies_to_every_row():
    assert POSTS.select(engagement(POSTS.columns, version=1))["engagement_count"].to_list()[:2] == [111, 111]
    both_new = POSTS.select(engagement(POSTS.columns, version=CURRENT_VERSION))["engagement_count"].to_list()[:2]
    assert both_new == [1111, 1111]


def test_engagement_is_unknown_without_counters():
    bare = POSTS.select("platform_code", "posted_at")
    assert bare.select(engagement(bare.columns))["engagement_count"].to_list() == [None] * len(bare)


def test_a_platform_without_its_own_definition_counts_reactions_comments_and_shares():
    assert counters_of("mastodon") == ("like_count", "comment_count", "share_count")


@pytest.mark.parametrize(("count", "low", "high"), [(50, 0.19, 0.44), (1000, 0.27, 0.33)])
def test_thirty_percent_of_few_is_a_wide_interval(count, low, high):
    row = pl.DataFrame({"p": [0.3], "n": [count]}).select(
        wilson_low(pl.col("p"), pl.col("n")).alias("low"), wilson_high(pl.col("p"), pl.col("n")).alias("high")
    )
    assert row.item(0, "low") == pytest.approx(low, abs=0.005)
    assert row.item(0, "high") == pytest.approx(high, abs=0.005)


def test_an_interval_of_no_votes_is_unknown_and_one_of_none_or_all_ends_at_the_edge():
    rows = pl.DataFrame({"p": [0.0, 0.0, 1.0], "n": [0, 20, 20]}).select(
        wilson_low(pl.col("p"), pl.col("n")).alias("low"), wilson_high(pl.col("p"), pl.col("n")).alias("high")
    )
    assert rows["low"].to_list()[:2] == [None, 0.0]
    assert rows["high"].to_list()[0] is None and rows["high"].to_list()[2] == 1.0
    assert rows["high"].to_list()[1] == pytest.approx(0.161, abs=0.001)
