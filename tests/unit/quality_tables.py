"""A small healthy release, made by the project's own transforms from invented posts: the gate's tests corrupt it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from quality.context import AuditContext, ReadTable
from transforms.marts.audience import audience_growth_daily
from transforms.marts.brand_mention import brand_mentions
from transforms.marts.competitor import competitor_benchmark_weekly, competitor_posts
from transforms.marts.health import data_health_daily
from transforms.marts.mention import mentions_published, top_mention_daily
from transforms.marts.origins import post_origins
from transforms.marts.panel import Panel, PanelBrand
from transforms.marts.sentiment import sentiment_daily
from transforms.marts.share_of_voice import share_of_voice_daily
from transforms.marts.volume import mention_volume_hourly
from warehouse.tables import TableContract, core, mart, raw

Tables = dict[str, pl.DataFrame]

ZONE = "Europe/Paris"
# Twelve days over the night in which the clocks of the zone go forward: 31 March 2024 has 23 hours.
DAYS = [date(2024, 3, 22) + timedelta(days=n) for n in range(12)]
PANEL = Panel(
    "panel-1", (PanelBrand("acme", "own"), PanelBrand("bolt", "competitor"), PanelBrand("coil", "competitor"))
)
AS_OF = datetime(2024, 4, 3, 6, tzinfo=UTC)
CONTEXT = AuditContext(as_of=AS_OF, brand_ids=("acme", "bolt", "coil"), reporting_zone=ZONE)
CONTRACTS = tuple(table for table in mart.TABLES if table is not mart.CHECK_RESULT)

# hour, platform, brands, label, author, likes, cluster, owned: the posts of each day.
POSTS_OF_A_DAY: tuple[tuple[int, str, list[str], str, str, int | None, str | None, bool], ...] = (
    (0, "x", ["acme"], "positive", "ana", 5, None, False),
    (9, "x", ["acme"], "negative", "ben", 3, "copied", False),
    (9, "x", ["acme"], "negative", "cem", None, "copied", False),
    (13, "x", ["bolt"], "neutral", "ana", 8, None, False),
    (15, "news", ["acme", "bolt"], "unscored", "dagny", 2, None, False),
    (18, "x", ["acme"], "positive", "acme_inc", 40, None, True),
    (22, "news", [], "neutral", "eli", 1, None, False),
    (23, "news", ["bolt"], "positive", "eli", 4, None, False),
)
SCORES = {"positive": 0.6, "neutral": 0.0, "negative": -0.5, "unscored": None}


def filled(contract: TableContract, records: Sequence[dict[str, object]]) -> pl.DataFrame:
    """Rows of a contract's table; a column left out is null, or the emptiest value a required column takes."""
    empty = {pl.String: "-", pl.Int64: 1, pl.Boolean: False, pl.Float64: 0.0, pl.List(pl.String): []}
    rows = [
        {c.name: record.get(c.name, None if c.nullable else empty.get(c.dtype)) for c in contract.columns}
        for record in records
    ]
    return pl.DataFrame(rows, schema=contract.schema, orient="row")


def posts_of_days(times: Mapping[date, int]) -> list[dict[str, object]]:
    posts = []
    for day in DAYS:
        for number, post in enumerate(POSTS_OF_A_DAY * times.get(day, 1)):
            hour, platform, brands, label, author, likes, cluster, owned = post
            cluster = cluster if number < len(POSTS_OF_A_DAY) else None
            at = datetime(day.year, day.month, day.day, hour, 30, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
            name = f"{day:%m%d}-{number}"
            posts.append(
                {
                    "mention_id": name,
                    "mention_date": day,
                    "published_at": at,
                    "tz_basis_code": "explicit",
                    "identity_basis_code": "native_id",
                    "platform_code": platform,
                    "kind_code": "post",
                    "url": f"https://{platform}.example/{name}",
                    "author_id": author,
                    "author_handle": author,
                    "is_owned": owned,
                    "mention_text": f"invented words {number}",
                    "sentiment_label": label,
                    "sentiment_improved_label": label,
                    "sentiment_score": SCORES[label],
                    "vendor_sentiment_label": "positive" if label == "positive" else None,
                    "like_count": likes,
                    "engagement_count": likes,
                    "source_codes": ["plain_csv"],
                    "source_row_count": 2 if number == 0 else 1,
                    "brands": brands,
                    "cluster_id": f"{day:%m%d}-{cluster}" if cluster else name,
                    "cluster_mention_count": 2 if cluster else 1,
                    "original_mention_id": f"{day:%m%d}-1" if cluster else name,
                    "duplicate_kind_code": ("original" if number == 1 else "exact") if cluster else "unique",
                }
            )
    return posts


def healthy(times: Mapping[date, int] | None = None) -> Tables:
    """Every table of the release by contract name, with the contract's own columns, all checks passing.

    `times` multiplies the posts of a day. The third brand of the panel is never named: zeros are rows.
    """
    posts = posts_of_days(times or {})
    mentions, brands, clusters = core_tables(posts)
    earned = brand_mentions(mentions, brands, clusters)
    files = _files(posts)
    volume = mention_volume_hourly(earned, PANEL, DAYS, ZONE, ["x", "news"])
    accounts = filled(core.COMPETITOR_POST, _account_posts())
    records = [{**post, "file_id": "file-1", "source_code": "plain_csv"} for post in posts]
    records += [record for record in records if record["source_row_count"] == 2]
    tables = {
        mart.SHARE_OF_VOICE_DAILY: share_of_voice_daily(earned, PANEL, DAYS),
        mart.SENTIMENT_DAILY: sentiment_daily(earned),
        mart.MENTION_VOLUME_HOURLY: volume,
        mart.TREND_SIGNAL_HOURLY: _signals(volume),
        mart.SPIKE: _spikes(volume),
        mart.COMPETITOR_POST: competitor_posts(accounts),
        mart.COMPETITOR_BENCHMARK_WEEKLY: competitor_benchmark_weekly(accounts, (DAYS[0], DAYS[-1])),
        mart.AUDIENCE_GROWTH_DAILY: audience_growth_daily(_snapshots()),
        mart.MENTION: mentions_published(mentions, brands, clusters, show_author_names=False),
        mart.TOP_MENTION_DAILY: top_mention_daily(earned),
        mart.DATA_HEALTH_DAILY: data_health_daily(
            filled(raw.MENTION, records).with_columns(row_count=1),
            post_origins(mentions, core.MENTION_SOURCE.empty(), brands, zone=ZONE),
            files,
            zone=ZONE,
        ),
        mart.EXPORT_FILE: _published_files(files),
        mart.RELEASE: _release(mentions, files),
    }
    return {contract.name: contract.conform(rows) for contract, rows in tables.items()}


def core_tables(posts: list[dict[str, object]]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """core.mention, core.mention_brand and core.duplicate_cluster of the posts."""
    named = [{**post, "brand_id": brand} for post in posts for brand in post["brands"]]  # type: ignore[attr-defined]
    return filled(core.MENTION, posts), filled(core.MENTION_BRAND, named), filled(core.DUPLICATE_CLUSTER, posts)


def _files(posts: list[dict[str, object]]) -> pl.DataFrame:
    at = [post["published_at"] for post in posts]
    kept = sum(int(str(post["source_row_count"])) for post in posts)
    mentions = {
        "file_id": "file-1",
        "file_name": "mentions.csv",
        "source_code": "plain_csv",
        "record_kind_code": "mention",
        "row_count": kept + 1,
        "kept_count": kept,
        "rejected_count": 1,
        "file_state_code": "ingested",
        "first_published_at": min(at),  # type: ignore[type-var]
        "last_published_at": max(at),  # type: ignore[type-var]
        "ingested_at": AS_OF,
    }
    profiles = {**mentions, "file_id": "file-2", "file_name": "profiles.csv", "record_kind_code": "audience_snapshot"}
    profiles |= {"source_code": "profiles", "row_count": 6, "kept_count": 6, "rejected_count": 0}
    return filled(raw.EXPORT_FILE, [mentions, profiles])


def _published_files(files: pl.DataFrame) -> pl.DataFrame:
    reasons = pl.lit([], dtype=pl.List(pl.String)).alias("reject_reason_texts")
    return files.with_columns(reasons).select(mart.EXPORT_FILE.schema.names())


def _signals(volume: pl.DataFrame) -> pl.DataFrame:
    """An alert at the hour of the copied story in the total of acme on the last day; no judgement on the first.

    Mentions of all series, and the authors of acme on the last day.
    """
    is_ok, is_last = pl.col("mention_date") > DAYS[0], pl.col("mention_date") == DAYS[-1]
    is_total = is_last & (pl.col("brand_id") == "acme") & (pl.col("platform_code") == "all")
    judged = volume.with_columns(
        *(pl.when(is_ok).then(pl.lit(value)).alias(name) for name, value in BAND.items()),
        topic_id=pl.lit("all"),
        is_deduplicated=pl.lit(False),
        is_alert=is_total & (pl.col("mention_count") == 2),
        signal_status_code=pl.when(is_ok).then(pl.lit("ok")).otherwise(pl.lit("not_enough_data")),
    )
    mentions = judged.with_columns(metric_code=pl.lit("mention_count"), watched_count="mention_count")
    authors = judged.filter(is_total).with_columns(
        metric_code=pl.lit("distinct_author_count"), watched_count="distinct_author_count"
    )
    return pl.concat([mentions, authors]).select(mart.TREND_SIGNAL_HOURLY.schema.names())


BAND = {"expected_count": 0.5, "expected_low_count": 0.0, "expected_high_count": 1.5, "signal_score": 1.0}


def _spikes(volume: pl.DataFrame) -> pl.DataFrame:
    """The copied story as a spike of mentions, and of authors."""
    alerts = _signals(volume).filter(pl.col("is_alert"))
    return filled(mart.SPIKE, [_spike(f"acme-all-{n}", alert) for n, alert in enumerate(alerts.to_dicts(), start=1)])


def _spike(spike_id: str, alert: dict[str, Any]) -> dict[str, object]:
    started, observed = alert["mention_hour_at"], alert["watched_count"]
    series = ("brand_id", "platform_code", "topic_id", "metric_code", "is_deduplicated")
    return {
        "spike_id": spike_id,
        **{name: alert[name] for name in series},
        "started_at": started,
        "peak_at": started,
        "ended_at": started + timedelta(hours=1),
        "observed_count": observed,
        "expected_count": 0.5,
        "excess_count": observed - 0.5,
        "spike_ratio": observed / 0.5,
        "negative_ratio": 1.0,
        "severity_code": "low",
        "spike_state_code": "closed",
    }


def _account_posts() -> list[dict[str, object]]:
    return [
        {
            "post_id": f"post-{number}",
            "post_date": day,
            "posted_at": datetime(day.year, day.month, day.day, 10, tzinfo=UTC),
            "tz_basis_code": "explicit",
            "platform_code": "x",
            "brand_id": "bolt",
            "account_handle": "bolt_inc",
            "url": f"https://x.example/post-{number}",
            "engagement_count": 30 + number,
            "like_count": 30 + number,
            "account_follower_count": 1000,
            "impression_count": 4000,
            "reach_count": None,
            "source_codes": ["posts"],
        }
        for number, day in enumerate(DAYS[::3])
    ]


def _snapshots() -> pl.DataFrame:
    counts = [1000, 1010, 1015, 1030, 1029, 1040]
    return filled(
        core.AUDIENCE_SNAPSHOT,
        [
            {
                "platform_code": "x",
                "account_handle": "bolt_inc",
                "audience_kind_code": "followers",
                "snapshot_date": DAYS[2 * number],
                "brand_id": "bolt",
                "follower_count": count,
            }
            for number, count in enumerate(counts)
        ],
    )


def _release(mentions: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    return filled(
        mart.RELEASE,
        [
            {
                "release_id": "20240403T060000-aaaa",
                "created_at": AS_OF,
                "content_id": "c",
                "panel_id": PANEL.panel_id,
                "reporting_zone_name": ZONE,
                "first_mention_date": mentions["mention_date"].min(),
                "last_mention_date": mentions["mention_date"].max(),
                "input_file_ids": files["file_id"].to_list(),
                "mention_count": mentions.height,
            }
        ],
    )


def reader(tables: Tables) -> ReadTable:
    """Reads as the release does: only the columns asked for; an empty sequence asks for the header."""

    def read(contract: TableContract, columns: Sequence[str] | None = None) -> pl.DataFrame:
        rows = tables[contract.name]
        if columns is None:
            return rows
        return rows.select(columns) if columns else rows.clear()

    return read
