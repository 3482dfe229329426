"""The pulse: mentions by hour on a complete calendar."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from transforms.marts.panel import Panel
from warehouse.tables.columns import ALL_PLATFORMS

KEYS = ["mention_date", "mention_hour_at", "platform_code", "brand_id"]
_HOUR_MICROSECONDS = 3_600_000_000
# No zone's clock changes fall between quarters of an hour, so quarters find every hour of a local day.
_QUARTERS = timedelta(minutes=15)


def hour_start(instant: pl.Expr, zone: str) -> pl.Expr:
    """UTC instant at which the wall-clock hour of `zone` that holds `instant` began.

    In zones half an hour off UTC a UTC hour would belong to two reporting days; the zone's own hours never do.
    """
    local = instant.dt.convert_time_zone(zone).dt.replace_time_zone(None).dt.timestamp("us")
    return instant - (local % _HOUR_MICROSECONDS).cast(pl.Duration("us"))


def hour_calendar(days: Sequence[date], zone: str) -> pl.DataFrame:
    """One row per hour of each day of `zone`: `mention_date`, `mention_hour_at` (23 or 25 hours at a clock change)."""
    reporting_zone = ZoneInfo(zone)
    quarters: list[tuple[date, datetime]] = []
    for day in sorted(set(days)):
        at = datetime.combine(day, time(), reporting_zone).astimezone(ZoneInfo("UTC"))
        end = datetime.combine(day + timedelta(days=1), time(), reporting_zone).astimezone(ZoneInfo("UTC"))
        while at < end:
            quarters.append((day, at))
            at += _QUARTERS
    frame = pl.DataFrame(
        {"mention_date": [day for day, _ in quarters], "at": [at for _, at in quarters]},
        schema={"mention_date": pl.Date(), "at": pl.Datetime("us", "UTC")},
    )
    return frame.select("mention_date", hour_start(pl.col("at"), zone).alias("mention_hour_at")).unique().sort(pl.all())


def mention_volume_hourly(
    brand_mentions: pl.DataFrame, panel: Panel, days: Sequence[date], zone: str, platforms: Sequence[str]
) -> pl.DataFrame:
    """One row per hour of each covered day, platform (and 'all') and brand of the panel: `mart.mention_volume_hourly`.

    `zone` is the reporting zone (IANA); `platforms` are those seen anywhere in the data, so that the calendar of a
    day does not depend on what happened that day. Zero is a row. A cluster votes once per hour.
    """
    # Platforms and brands as small numbers while they are joined and sorted: a year has a million cells.
    names = pl.Series("platform_code", sorted({*platforms, ALL_PLATFORMS}))
    brands = panel.frame().get_column("brand_id").sort()
    kinds = pl.Schema({"platform_code": pl.Enum(names), "brand_id": pl.Enum(brands)})
    grid = names.to_frame().join(brands.to_frame(), how="cross").cast(kinds)
    cells = hour_calendar(days, zone).join(grid, how="cross", maintain_order="left_right")
    of_grid = pl.col("platform_code").is_in(names.implode()) & pl.col("brand_id").is_in(brands.implode())
    posts = brand_mentions.filter(of_grid).cast(kinds)
    counts = _counts(posts.with_columns(hour_start(pl.col("published_at"), zone).alias("mention_hour_at")))
    volumes = cells.join(counts, on=KEYS, how="left", maintain_order="left")
    # Nobody spoke: no engagement. Somebody spoke and no counter is known: unknown.
    engagement = pl.when(pl.col("mention_count").is_null()).then(0).otherwise("engagement_count")
    return volumes.with_columns(
        pl.col("platform_code", "brand_id").cast(pl.String),
        engagement.alias("engagement_count"),
        *[pl.col(name).fill_null(0) for name in counts.columns if name not in (*KEYS, "engagement_count")],
    )


def _counts(posts: pl.DataFrame) -> pl.DataFrame:
    total = posts.with_columns(pl.lit(ALL_PLATFORMS).cast(posts.schema["platform_code"]).alias("platform_code"))
    return pl.concat([posts, total]).group_by(KEYS).agg(_measures())


def _measures() -> list[pl.Expr]:
    """What is counted of the posts of an hour; a cluster votes once, and is negative where any of its posts is."""
    label, cluster, engagement = pl.col("sentiment_label"), pl.col("cluster_key"), pl.col("engagement_count")
    return [
        pl.len().cast(pl.Int64).alias("mention_count"),
        cluster.n_unique().cast(pl.Int64).alias("deduplicated_count"),
        (label == "negative").sum().cast(pl.Int64).alias("negative_count"),
        (label == "unscored").sum().cast(pl.Int64).alias("unscored_count"),
        pl.col("author_key").drop_nulls().n_unique().cast(pl.Int64).alias("distinct_author_count"),
        cluster.filter(label == "negative").n_unique().cast(pl.Int64).alias("deduplicated_negative_count"),
        cluster.filter(label != "unscored").n_unique().cast(pl.Int64).alias("deduplicated_scored_count"),
        pl.when(engagement.count() > 0).then(engagement.sum()).cast(pl.Int64).alias("engagement_count"),
    ]


def topic_volume_hourly(brand_mentions: pl.DataFrame, mention_topics: pl.DataFrame, zone: str) -> pl.DataFrame:
    """One row per hour, brand and topic with mentions: `mart.topic_volume_hourly`; an hour without is no row.

    `mention_topics` has one row per post and topic (`mention_id`, `topic_id`). A post on two topics counts in both.
    """
    topics = mention_topics.select("mention_id", "topic_id").unique()
    posts = brand_mentions.join(topics, on="mention_id", how="inner")
    at = hour_start(pl.col("published_at"), zone).alias("mention_hour_at")
    keys = ["mention_date", "mention_hour_at", "brand_id", "topic_id"]
    return posts.with_columns(at).group_by(keys).agg(_measures()).sort(keys)
