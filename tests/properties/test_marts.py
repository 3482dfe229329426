"""Laws of the listening tables, on generated posts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from transforms.marts.brand_mention import MENTION_COLUMNS, brand_mentions
from transforms.marts.mention import top_mention_daily
from transforms.marts.panel import Panel, PanelBrand
from transforms.marts.sentiment import sentiment_daily
from transforms.marts.share_of_voice import share_of_voice_daily
from transforms.marts.volume import hour_calendar, mention_volume_hourly
from warehouse.tables import BY_NAME

START = datetime(2024, 3, 30, tzinfo=UTC)
DAYS = [START.date() + timedelta(days=day) for day in range(3)]
BRANDS = ("acme", "bolt", "cord")
PANEL = Panel("p1", tuple(PanelBrand(brand, "competitor") for brand in BRANDS))
PLATFORMS = ("x", "news")
SHARES = ("share_of_voice_ratio", "share_of_voice_deduplicated_ratio", "share_of_voice_authors_ratio")

Post = dict[str, Any]
Core = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]

post = st.fixed_dictionaries(
    {
        "minute": st.integers(0, 3 * 24 * 60 - 1),
        "platform_code": st.sampled_from(PLATFORMS),
        "brands": st.sets(st.sampled_from(BRANDS), max_size=3),
        "author_id": st.sampled_from([None, "a", "b", "c"]),
        "cluster": st.sampled_from([None, None, "s", "t"]),
        "engagement_count": st.sampled_from([None, 0, 3, 70]),
        "reach_count": st.sampled_from([None, 0, 100]),
        "sentiment": st.sampled_from(
            [("positive", 0.1234), ("negative", -0.77), ("neutral", 0.01), ("unscored", None)]
        ),
        "vendor_sentiment_label": st.sampled_from([None, "positive", "negative"]),
        "is_owned": st.sampled_from([False, False, False, True]),
    }
)
posts_strategy = st.lists(post, max_size=25)


def core(posts: list[Post]) -> Core:
    mention = BY_NAME["core.mention"]
    mentions = [
        {
            **{k: v for k, v in p.items() if k in MENTION_COLUMNS or k == "is_owned"},
            "mention_id": f"m{number:03}",
            "published_at": START + timedelta(minutes=p["minute"]),
            "mention_date": (START + timedelta(minutes=p["minute"])).date(),
            "sentiment_label": p["sentiment"][0],
            "sentiment_score": p["sentiment"][1],
        }
        for number, p in enumerate(posts)
    ]
    names = [(f"m{number:03}", brand) for number, p in enumerate(posts) for brand in sorted(p["brands"])]
    clusters = [(f"m{number:03}", p["cluster"]) for number, p in enumerate(posts) if p["cluster"]]
    columns = [*MENTION_COLUMNS, "is_owned"]
    return (
        pl.DataFrame(mentions, schema={name: mention.schema[name] for name in columns}, orient="row"),
        pl.DataFrame(names, schema={"mention_id": pl.String, "brand_id": pl.String}, orient="row"),
        pl.DataFrame(clusters, schema={"mention_id": pl.String, "cluster_id": pl.String}, orient="row"),
    )


def tables(given: Core, days: list[date], panel: Panel = PANEL) -> dict[str, pl.DataFrame]:
    of_brands = brand_mentions(*given)
    return {
        "mart.share_of_voice_daily": share_of_voice_daily(of_brands, panel, days),
        "mart.sentiment_daily": sentiment_daily(of_brands),
        "mart.mention_volume_hourly": mention_volume_hourly(of_brands, panel, days, "UTC", PLATFORMS),
        "mart.top_mention_daily": top_mention_daily(of_brands),
    }


@settings(max_examples=25, deadline=None)
@given(posts_strategy)
def test_every_table_conforms_to_its_contract_and_its_key_is_unique(posts):
    for name, table in tables(core(posts), DAYS).items():
        conformed = BY_NAME[name].conform(table)
        assert conformed.select(BY_NAME[name].key).is_unique().all()
        for column in BY_NAME[name].columns:
            values = conformed[column.name].drop_nulls()
            assert column.nullable or conformed[column.name].null_count() == 0, column.name
            if column.minimum is not None and len(values):
                assert values.min() >= column.minimum - 1e-12, column.name
            if column.maximum is not None and len(values):
                assert values.max() <= column.maximum + 1e-12, column.name


@settings(max_examples=20, deadline=None)
@given(posts_strategy, st.integers(0, 999))
def test_shuffled_rows_give_the_same_tables(posts, seed):
    given_rows = core(posts)
    shuffled = tuple(frame.sample(fraction=1.0, shuffle=True, seed=seed) for frame in given_rows)
    for name, table in tables(given_rows, DAYS).items():
        assert_frame_equal(table, tables(shuffled, DAYS)[name], check_exact=True)


@settings(max_examples=20, deadline=None)
@given(posts_strategy)
def test_days_computed_one_by_one_are_the_whole(posts):
    mentions, brands, clusters = core(posts)
    whole = tables((mentions, brands, clusters), DAYS)
    by_day = [tables((mentions.filter(pl.col("mention_date") == day), brands, clusters), [day]) for day in DAYS]
    for name, table in whole.items():
        assert_frame_equal(table, pl.concat([day[name] for day in by_day]), check_exact=True)


@settings(max_examples=20, deadline=None)
@given(posts_strategy, posts_strategy)
def test_posts_that_arrive_late_leave_every_other_day_as_it_was(on_time, late):
    late = [{**p, "minute": p["minute"] % (24 * 60)} for p in late]
    before, after = tables(core(on_time), DAYS), tables(core([*on_time, *late]), DAYS)
    for name in before:
        is_later = pl.col("mention_date") > DAYS[0]
        assert_frame_equal(before[name].filter(is_later), after[name].filter(is_later), check_exact=True)


@settings(max_examples=25, deadline=None)
@given(posts_strategy)
def test_shares_of_a_day_and_platform_sum_to_one(posts):
    table = tables(core(posts), DAYS)["mart.share_of_voice_daily"]
    sums = table.group_by("mention_date", "platform_code").agg(pl.col(*SHARES).sum(), pl.col("mention_count").sum())
    for row in sums.filter(pl.col("mention_count") > 0).iter_rows(named=True):
        assert row["share_of_voice_ratio"] == pytest.approx(1.0)
        assert row["share_of_voice_deduplicated_ratio"] == pytest.approx(1.0)
        assert row["share_of_voice_authors_ratio"] == pytest.approx(1.0) or row["share_of_voice_authors_ratio"] == 0
    engaged = table.group_by("mention_date", "platform_code").agg(
        pl.col("share_of_voice_engagement_ratio").sum(),
        pl.col("share_of_voice_engagement_ratio").count().alias("known"),
    )
    for total in engaged.filter(pl.col("known") > 0)["share_of_voice_engagement_ratio"]:
        assert total == pytest.approx(1.0)


@settings(max_examples=25, deadline=None)
@given(posts_strategy)
def test_the_total_is_the_sum_of_the_platforms(posts):
    built = tables(core(posts), DAYS)
    for name, hour in (
        ("share_of_voice_daily", []),
        ("sentiment_daily", []),
        ("mention_volume_hourly", ["mention_hour_at"]),
    ):
        table, keys = built[f"mart.{name}"], ["mention_date", *hour, "brand_id"]
        counts = [c for c in ("mention_count", "negative_count", "unscored_count") if c in table.columns]
        total = table.filter(pl.col("platform_code") == "all").select(*keys, *counts)
        platforms = table.filter(pl.col("platform_code") != "all").group_by(keys).agg(pl.col(counts).sum())
        joined = total.join(platforms, on=keys, how="left", suffix="_sum")
        for count in counts:
            assert joined[count].to_list() == joined[f"{count}_sum"].fill_null(0).to_list()


@settings(max_examples=20, deadline=None)
@given(posts_strategy)
def test_a_brand_that_leaves_the_panel_changes_no_other_brands_counts(posts):
    given_rows = core(posts)
    smaller = Panel("p2", tuple(brand for brand in PANEL.brands if brand.brand_id != "cord"))
    keys = ["mention_date", "platform_code", "brand_id"]
    counts = ["mention_count", "deduplicated_count", "distinct_author_count", "engagement_count", "syndication_ratio"]
    heard = (pl.col("brand_id") != "cord") & (pl.col("mention_count") > 0)
    whole, rest = (tables(given_rows, DAYS, panel)["mart.share_of_voice_daily"] for panel in (PANEL, smaller))
    assert_frame_equal(whole.filter(heard).select(keys + counts), rest.filter(heard).select(keys + counts))


@settings(max_examples=25, deadline=None)
@given(posts_strategy)
def test_an_interval_holds_its_share_and_copies_never_add_votes(posts):
    # Copies that name several brands move their shares together, which is knowledge: see the simulated intervals.
    of_one_brand = [{**p, "brands": set(sorted(p["brands"])[:1])} for p in posts]
    of_one_brand = [{**p, "cluster": p["cluster"] and f"{p['cluster']}-{p['brands']}"} for p in of_one_brand]
    table = tables(core(of_one_brand), DAYS)["mart.share_of_voice_daily"].filter(pl.col("panel_mention_count") > 0)
    low, share, high = (table[f"share_of_voice_{end}ratio"] for end in ("low_", "", "high_"))
    assert (low <= share + 1e-12).all() and (share <= high + 1e-12).all()
    assert (table["effective_count"] <= table["panel_mention_count"] + 1e-9).all()
    assert (table["effective_count"] >= 1 - 1e-9).all()


ZONES = ("UTC", "Europe/Paris", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "America/Havana")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), st.integers(0, 365 * 24 * 60))
def test_every_instant_falls_into_one_hour_of_its_local_day(zone, minute):
    at = datetime(2024, 1, 2, tzinfo=UTC) + timedelta(minutes=minute)
    day = pl.Series([at]).dt.convert_time_zone(zone).dt.date()[0]
    mentions, brands, clusters = core(
        [
            {
                "minute": 0,
                "platform_code": "x",
                "brands": {"acme"},
                "author_id": "a",
                "cluster": None,
                "engagement_count": None,
                "reach_count": None,
                "sentiment": ("neutral", 0.0),
                "vendor_sentiment_label": None,
                "is_owned": False,
            }
        ]
    )
    mentions = mentions.with_columns(pl.lit(at).alias("published_at"), pl.lit(day).alias("mention_date"))
    table = mention_volume_hourly(brand_mentions(mentions, brands, clusters), PANEL, [day], zone, ["x"])
    found = table.filter((pl.col("platform_code") == "x") & (pl.col("mention_count") == 1))
    assert len(found) == 1
    started = found["mention_hour_at"][0]
    assert started <= at < started + timedelta(hours=1)
    assert started in set(hour_calendar([day], zone)["mention_hour_at"])
