"""Share of voice, sentiment, volume, published and top mentions, on a handful of posts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from transforms.marts.brand_mention import brand_mentions
from transforms.marts.health import data_health_daily
from transforms.marts.mention import mentions_published, top_mention_daily
from transforms.marts.origins import post_origins
from transforms.marts.panel import Panel, PanelBrand
from transforms.marts.sentiment import sentiment_daily
from transforms.marts.share_of_voice import share_of_voice_daily
from transforms.marts.volume import hour_calendar, hour_start, mention_volume_hourly
from warehouse.tables import BY_NAME

DAY = date(2024, 5, 6)
PANEL = Panel("p1", (PanelBrand("acme", "own"), PanelBrand("bolt", "competitor")))


def rows(table: str, records: list[dict[str, Any]], **common: Any) -> pl.DataFrame:
    """Rows of a contract's table: what a record leaves out is null, or the emptiest value a required column takes."""
    empty = {pl.String: "-", pl.Int64: 1, pl.Boolean: False, pl.Float64: 0.0, pl.List(pl.String): []}
    contract = BY_NAME[table]
    filled = [
        {c.name: {**common, **r}.get(c.name, None if c.nullable else empty.get(c.dtype)) for c in contract.columns}
        for r in records
    ]
    return pl.DataFrame(filled, schema=contract.schema, orient="row")


def core(*posts: dict[str, Any]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Mentions, mention_brands and clusters of posts given as {id, brands, cluster?, any core column}."""
    mentions, brands, clusters = [], [], []
    for post in posts:
        at = post.get("published_at", datetime(2024, 5, 6, 10, 30, tzinfo=UTC))
        own = {k: v for k, v in post.items() if k not in ("id", "brands", "cluster")}
        defaults = {"mention_date": at.date(), "platform_code": "x", "sentiment_label": "neutral", "author_id": "a"}
        mentions.append({**defaults, "mention_id": post["id"], "published_at": at, **own})
        said = {name: mentions[-1].get(name) for name in ("sentiment_label", "sentiment_score")}
        brands += [{"mention_id": post["id"], "brand_id": brand, **said} for brand in post["brands"]]
        if "cluster" in post:
            clusters.append(
                {"mention_id": post["id"], "cluster_id": post["cluster"], "original_mention_id": post["cluster"]}
            )
    return (
        rows("core.mention", mentions),
        rows("core.mention_brand", brands),
        rows("core.duplicate_cluster", clusters, duplicate_kind_code="exact", cluster_mention_count=2),
    )


def only(frame: pl.DataFrame, **where: Any) -> dict[str, Any]:
    return frame.row(by_predicate=pl.all_horizontal(pl.col(k) == v for k, v in where.items()), named=True)


def share(*posts: dict[str, Any], **where: Any) -> dict[str, Any]:
    table = share_of_voice_daily(brand_mentions(*core(*posts)), PANEL, [DAY])
    BY_NAME["mart.share_of_voice_daily"].conform(table)
    return only(table, **where)


def test_a_post_that_names_two_brands_counts_once_for_each():
    both = {"id": "m1", "brands": ["acme", "bolt"]}
    one = {"id": "m2", "brands": ["acme"]}
    row = share(both, one, platform_code="all", brand_id="acme")
    assert (row["mention_count"], row["panel_mention_count"]) == (2, 3)
    assert row["share_of_voice_ratio"] == pytest.approx(2 / 3)


def test_posts_of_official_accounts_are_not_earned():
    row = share(
        {"id": "m1", "brands": ["acme"], "is_owned": True},
        {"id": "m2", "brands": ["bolt"]},
        platform_code="all",
        brand_id="acme",
    )
    assert (row["mention_count"], row["share_of_voice_ratio"]) == (0, 0.0)


def test_a_covered_day_without_mentions_is_rows_of_zero_with_unknown_shares():
    table = share_of_voice_daily(brand_mentions(*core()), PANEL, [DAY])
    assert table.select("platform_code", "brand_id", "mention_count").rows() == [("all", "acme", 0), ("all", "bolt", 0)]
    for name in ("share_of_voice_ratio", "share_of_voice_low_ratio", "effective_count", "syndication_ratio"):
        assert table[name].to_list() == [None, None]


def test_a_copied_story_votes_once_when_deduplicated_and_widens_the_interval():
    copies = [{"id": f"c{i}", "brands": ["acme"], "cluster": "c0"} for i in range(8)]
    others = [{"id": f"o{i}", "brands": ["bolt"]} for i in range(8)]
    row = share(*copies, *others, platform_code="x", brand_id="acme")
    assert (row["mention_count"], row["deduplicated_count"]) == (8, 1)
    assert row["syndication_ratio"] == pytest.approx(7 / 8)
    assert row["share_of_voice_deduplicated_ratio"] == pytest.approx(1 / 9)
    # Sum of w^2 is 64 + 8, sum of w is 16: a design effect of 4.5 leaves 16 / 4.5 votes.
    assert row["effective_count"] == pytest.approx(16 / 4.5)
    loose = share(*[{**post, "cluster": post["id"]} for post in copies], *others, platform_code="x", brand_id="acme")
    assert loose["effective_count"] == 16
    width = row["share_of_voice_high_ratio"] - row["share_of_voice_low_ratio"]
    assert width > 1.5 * (loose["share_of_voice_high_ratio"] - loose["share_of_voice_low_ratio"])


def test_an_author_speaks_once_and_an_unknown_author_is_nobody():
    row = share(
        {"id": "m1", "brands": ["acme"], "author_id": "ann"},
        {"id": "m2", "brands": ["acme"], "author_id": "ann"},
        {"id": "m3", "brands": ["acme"], "author_id": None},
        {"id": "m4", "brands": ["bolt"], "author_id": "bob"},
        platform_code="all",
        brand_id="acme",
    )
    assert (row["mention_count"], row["distinct_author_count"]) == (3, 1)
    assert row["share_of_voice_authors_ratio"] == 0.5


def test_engagement_becomes_a_share_inside_each_platform_before_platforms_are_added():
    posts = (
        {"id": "m1", "brands": ["acme"], "platform_code": "youtube", "engagement_count": 9000},
        {"id": "m2", "brands": ["bolt"], "platform_code": "youtube", "engagement_count": 1000},
        {"id": "m3", "brands": ["bolt"], "platform_code": "x", "engagement_count": 3},
        {"id": "m4", "brands": ["bolt"], "platform_code": "x", "engagement_count": None},
    )
    assert share(*posts, platform_code="youtube", brand_id="acme")["share_of_voice_engagement_ratio"] == 0.9
    assert share(*posts, platform_code="x", brand_id="acme")["share_of_voice_engagement_ratio"] == 0.0
    total = share(*posts, platform_code="all", brand_id="acme")
    # Both platforms carry two mentions of the panel; adding raw counters would say 9000 / 10003.
    assert total["share_of_voice_engagement_ratio"] == pytest.approx((0.9 * 2 + 0.0 * 2) / 4)
    bolt = share(*posts, platform_code="x", brand_id="bolt")
    assert (bolt["engagement_count"], bolt["engagement_coverage_ratio"]) == (3, 0.5)


def test_unknown_engagement_is_unknown_not_zero():
    row = share({"id": "m1", "brands": ["acme"]}, platform_code="all", brand_id="acme")
    assert row["engagement_count"] is None and row["share_of_voice_engagement_ratio"] is None
    assert row["engagement_coverage_ratio"] == 0.0


def scored(id: str, label: str, score: float | None, vendor: str | None = None, **rest: Any) -> dict[str, Any]:
    return {
        "id": id,
        "brands": ["acme"],
        "sentiment_label": label,
        "sentiment_score": score,
        "vendor_sentiment_label": vendor,
        **rest,
    }


def test_the_two_net_sentiments_differ_and_unscored_is_in_neither():
    posts = [scored(f"p{i}", "positive", 0.5) for i in range(8)]
    posts += [scored(f"n{i}", "negative", -0.5) for i in range(2)]
    posts += [scored(f"u{i}", "neutral", 0.0) for i in range(10)]
    posts += [scored(f"x{i}", "unscored", None) for i in range(5)]
    table = sentiment_daily(brand_mentions(*core(*posts)))
    row = only(BY_NAME["mart.sentiment_daily"].conform(table), platform_code="all")
    assert row["net_sentiment_polar_ratio"] == pytest.approx(0.6)
    assert row["net_sentiment_all_ratio"] == pytest.approx(0.3)
    assert (row["mention_count"], row["unscored_count"]) == (25, 5)
    assert row["scored_ratio"] == pytest.approx(0.8)
    assert row["mean_sentiment_score"] == pytest.approx((8 * 0.5 - 2 * 0.5) / 20)


def test_what_a_post_says_of_one_brand_counts_for_that_brand():
    mentions, brands, clusters = core({**scored("m1", "positive", 0.6), "brands": ["acme", "bolt"]})
    towards = brands.with_columns(
        pl.Series("sentiment_score", [0.8, -0.5]), pl.Series("sentiment_label", ["positive", "negative"])
    )
    table = sentiment_daily(brand_mentions(mentions, towards, clusters))
    assert only(table, platform_code="all", brand_id="acme")["mean_sentiment_score"] == pytest.approx(0.8)
    assert only(table, platform_code="all", brand_id="bolt")["negative_count"] == 1


def test_a_day_in_languages_nobody_scores_has_no_sentiment_at_all():
    row = only(sentiment_daily(brand_mentions(*core(scored("m", "unscored", None)))), platform_code="x")
    assert row["scored_ratio"] == 0.0
    for name in ("net_sentiment_polar_ratio", "net_sentiment_all_ratio", "mean_sentiment_score"):
        assert row[name] is None


def test_agreement_is_counted_over_what_both_sides_labelled():
    posts = [
        scored("m1", "positive", 0.5, "positive"),
        scored("m2", "negative", -0.5, "neutral"),
        scored("m3", "unscored", None, "negative"),
        scored("m4", "neutral", 0.0),
    ]
    row = only(sentiment_daily(brand_mentions(*core(*posts))), platform_code="all")
    assert (row["vendor_labelled_count"], row["vendor_agreement_ratio"]) == (2, 0.5)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2024, 3, 31), "Europe/Paris", 23),
        (date(2024, 10, 27), "Europe/Paris", 25),
        (date(2024, 5, 6), "Asia/Kolkata", 24),
    ],
)
def test_the_calendar_has_every_hour_of_a_local_day(day, zone, hours):
    calendar = hour_calendar([day], zone)
    assert len(calendar) == hours
    assert calendar["mention_hour_at"].is_unique().all()
    assert set(calendar["mention_hour_at"].dt.convert_time_zone(zone).dt.minute()) == {0}


@pytest.mark.parametrize("day", [date(2024, 4, 7), date(2024, 10, 6)])
def test_a_clock_change_of_half_an_hour_loses_no_hour(day):
    zone = "Australia/Lord_Howe"
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=12)
    minutes = pl.DataFrame({"at": [midnight + timedelta(minutes=minute) for minute in range(36 * 60)]})
    local_day = pl.col("at").dt.convert_time_zone(zone).dt.date()
    of_day = minutes.with_columns(pl.col("at").dt.cast_time_unit("us")).filter(local_day == day)
    starts = of_day.select(hour_start(pl.col("at"), zone))["at"]
    assert set(starts) == set(hour_calendar([day], zone)["mention_hour_at"])


def test_zero_is_a_row_of_the_pulse_for_every_platform_and_brand():
    posts = brand_mentions(*core({"id": "m1", "brands": ["acme"], "sentiment_label": "negative"}))
    table = mention_volume_hourly(posts, PANEL, [DAY], "UTC", ["x", "news"])
    BY_NAME["mart.mention_volume_hourly"].conform(table)
    assert len(table) == 24 * 3 * 2
    assert table["mention_count"].sum() == 2
    at_ten = only(table, mention_hour_at=datetime(2024, 5, 6, 10, tzinfo=UTC), platform_code="all", brand_id="acme")
    assert (at_ten["mention_count"], at_ten["negative_count"], at_ten["distinct_author_count"]) == (1, 1, 1)


def test_in_a_zone_half_an_hour_off_a_mention_falls_into_its_own_wall_clock_hour():
    at = datetime(2024, 5, 6, 18, 40, tzinfo=UTC)  # 00:10 on the 7th in Kolkata
    posts = brand_mentions(
        *core({"id": "m1", "brands": ["acme"], "published_at": at, "mention_date": date(2024, 5, 7)})
    )
    table = mention_volume_hourly(posts, PANEL, [date(2024, 5, 7)], "Asia/Kolkata", ["x"])
    row = only(table, mention_count=1, platform_code="x")
    assert row["mention_hour_at"] == datetime(2024, 5, 6, 18, 30, tzinfo=UTC)
    assert row["mention_date"] == date(2024, 5, 7)


def test_names_of_people_stay_behind_and_those_of_official_accounts_are_shown():
    posts = (
        {"id": "m1", "brands": [], "author_handle": "ann"},
        {"id": "m2", "brands": ["bolt", "acme"], "author_handle": "acme_help", "is_owned": True},
    )
    hidden = mentions_published(*core(*posts), show_author_names=False)
    BY_NAME["mart.mention"].conform(hidden)
    assert hidden["author_label"].to_list() == [None, "acme_help"]
    assert hidden["brand_ids"].to_list() == [[], ["acme", "bolt"]]
    assert hidden["cluster_id"].to_list() == ["m1", "m2"]
    assert mentions_published(*core(*posts), show_author_names=True)["author_label"].to_list() == ["ann", "acme_help"]


def test_the_top_list_ranks_by_engagement_then_reach_then_followers_and_names_a_copied_story_once():
    posts = (
        {"id": "seen", "brands": ["acme"], "reach_count": 10**6, "engagement_count": 0},
        {"id": "known", "brands": ["acme"], "author_follower_count": 500},
        {"id": "liked", "brands": ["acme"], "engagement_count": 5},
        {"id": "copy", "brands": ["acme"], "engagement_count": 7, "cluster": "s"},
        {"id": "story", "brands": ["acme"], "engagement_count": 9, "cluster": "s"},
        {"id": "quiet", "brands": ["acme"]},
    )
    table = top_mention_daily(brand_mentions(*core(*posts)))
    BY_NAME["mart.top_mention_daily"].conform(table)
    assert table.select("rank_count", "mention_id", "rank_basis_code").rows() == [
        (1, "story", "engagement"),
        (2, "liked", "engagement"),
        (3, "seen", "reach"),
        (4, "known", "followers"),
        (5, "quiet", "time"),
    ]


def test_the_top_list_ends_at_ten():
    posts = [{"id": f"m{i:02}", "brands": ["acme"], "engagement_count": i} for i in range(12)]
    table = top_mention_daily(brand_mentions(*core(*posts)))
    assert table["rank_count"].to_list() == list(range(1, 11))
    assert table["mention_id"].to_list()[0] == "m11"


def test_health_shows_repeats_by_format_what_is_assumed_and_the_warnings_of_the_files():
    late = datetime(2024, 5, 6, 20, tzinfo=UTC)
    mentions, brands, _ = core(
        {"id": "m1", "brands": ["acme"], "source_codes": ["canonical", "vendor"], "tz_basis_code": "assumed"},
        {"id": "m2", "brands": [], "source_codes": ["vendor"], "published_at": late, "sentiment_label": "unscored"},
    )
    raw = rows(
        "raw.mention",
        [
            {"file_id": "f1", "source_code": "canonical"},
            {"file_id": "f2", "source_code": "vendor"},
            {"file_id": "f2", "source_code": "vendor", "published_at": late},
            {"file_id": "f3", "source_code": "vendor"},
        ],
        published_at=datetime(2024, 5, 6, 10, 30, tzinfo=UTC),
    ).with_columns(row_count=1)
    origins = post_origins(mentions, rows("core.mention_source", []), brands, zone="UTC")
    moments = {"ingested_at": late, "last_published_at": late, "record_kind_code": "mention"}
    files = rows(
        "raw.export_file",
        [
            {"file_id": "f1", "source_code": "canonical", "warning_texts": []},
            {"file_id": "f2", "source_code": "vendor", "warning_texts": ["may be sampled"]},
            {"file_id": "f3", "source_code": "vendor", "warning_texts": ["capped at 5,000", "may be sampled"]},
        ],
        **moments,
    )
    table = data_health_daily(raw, origins, files, zone="UTC")
    vendor = only(BY_NAME["mart.data_health_daily"].conform(table), source_code="vendor")
    assert (vendor["row_count"], vendor["mention_count"], vendor["duplicate_row_count"]) == (3, 2, 1)
    assert (vendor["matched_count"], vendor["unscored_count"], vendor["zone_assumed_count"]) == (1, 1, 1)
    assert vendor["warning_texts"] == ["capped at 5,000", "may be sampled"]
    assert vendor["is_last_day_partial"] is True
    whole = files.with_columns(pl.lit(datetime(2024, 5, 7, 9, tzinfo=UTC)).alias("last_published_at"))
    assert not data_health_daily(raw, origins, whole, zone="UTC")["is_last_day_partial"].any()


def test_a_brand_that_stands_twice_in_a_panel_is_refused():
    with pytest.raises(ValueError, match="named twice"):
        Panel("p", (PanelBrand("acme", "own"), PanelBrand("acme", "competitor")))
