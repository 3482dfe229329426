"""How audiences grow, from snapshots that come at irregular distances."""

import polars as pl

from transforms.metrics.interval import ratio

SERIES = ["platform_code", "account_handle", "audience_kind_code"]


def audience_growth_daily(snapshots: pl.DataFrame) -> pl.DataFrame:
    """One row per platform, account, kind of audience and day with a count: `mart.audience_growth_daily`.

    `snapshots` are rows of `core.audience_snapshot`. Each count is compared with the one before it, however many days
    ago; kinds of audience (followers, friends, subscribers, fans) are separate series and never added. Growth and
    acceleration are null until there are enough snapshots, never zero.
    """
    count, per_day = pl.col("follower_count"), pl.col("net_added_count") / pl.col("days_since_previous_count")
    previous, day = count.shift(1).over(SERIES), pl.col("snapshot_date")
    return (
        snapshots.select("snapshot_date", *SERIES, "brand_id", "follower_count", "net_growth_count")
        .sort(*SERIES, "snapshot_date")
        .with_columns(
            (count - previous).alias("net_added_count"),
            (day - day.shift(1).over(SERIES)).dt.total_days().alias("days_since_previous_count"),
            ratio(count - previous, previous).alias("growth_ratio"),
        )
        .with_columns(
            (pl.col("growth_ratio") / pl.col("days_since_previous_count")).alias("daily_growth_ratio"),
            (per_day - per_day.shift(1).over(SERIES)).alias("acceleration_count"),
        )
        .sort("snapshot_date", *SERIES)
    )
