"""The pulse: mentions by hour on a complete calendar."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from transforms.marts.panel import Panel
from transforms.marts.platforms import with_all_platforms
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
    hours = hour_calendar(days, zone)
    names = sorted({*platforms, ALL_PLATFORMS})
    cells = (
        hours.join(pl.DataFrame({"platform_code": names}, schema={"platform_code": pl.String}), how="cross")
        .join(panel.frame().select("brand_id"), how="cross")
        .sort(KEYS)
    )
    at_hours = brand_mentions.with_columns(hour_start(pl.col("published_at"), zone).alias("mention_hour_at"))
    counts = (
        with_all_platforms(at_hours)
        .group_by(KEYS)
        .agg(
            pl.len().cast(pl.Int64).alias("mention_count"),
            pl.col("cluster_id").n_unique().cast(pl.Int64).alias("deduplicated_count"),
            (pl.col("sentiment_label") == "negative").sum().cast(pl.Int64).alias("negative_count"),
            (pl.col("sentiment_label") == "unscored").sum().cast(pl.Int64).alias("unscored_count"),
            pl.col("author_id").drop_nulls().n_unique().cast(pl.Int64).alias("distinct_author_count"),
        )
    )
    volumes = cells.join(counts, on=KEYS, how="left", maintain_order="left")
    return volumes.with_columns(pl.col(name).fill_null(0) for name in counts.columns if name not in KEYS)
