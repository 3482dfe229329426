"""The pulse explained: spikes with their drivers and sentences, slow shifts, as the tables hold them."""

from datetime import date

import polars as pl

from transforms.trend.drivers import spike_drivers
from transforms.trend.shift import trend_shift
from transforms.trend.spikes import spikes
from transforms.trend.summary import spike_summaries
from warehouse.tables.mart import SPIKE
from warehouse.tables.pulse import SPIKE_DRIVER, SPIKE_EXPLANATION, TREND_SHIFT

_RENAMED = {
    "mention_count": "driver_mention_count",
    "mention_ratio": "driver_mention_ratio",
    "expected_count": "driver_expected_count",
    "contribution_ratio": "contribution_share_ratio",
}


def spike_table(signals: pl.DataFrame, volume: pl.DataFrame) -> pl.DataFrame:
    """One row per spike: `mart.spike`, from the hourly signals and volumes."""
    return spikes(signals, volume).select(SPIKE.schema.names()).sort("spike_id")


def spike_driver_table(spike: pl.DataFrame, brand_posts: pl.DataFrame) -> pl.DataFrame:
    """One row per spike, dimension and driver: `mart.spike_driver`. `brand_posts` are posts by brand with text."""
    drivers = spike_drivers(brand_posts, spike).rename(_RENAMED)
    return drivers.select(SPIKE_DRIVER.schema.names()).sort(SPIKE_DRIVER.key)


def spike_explanation(
    signals: pl.DataFrame, volume: pl.DataFrame, drivers: pl.DataFrame, brand_posts: pl.DataFrame, *, zone: str
) -> pl.DataFrame:
    """One row per spike: `mart.spike_explanation`. `drivers` are rows of `mart.spike_driver`; days are of `zone`."""
    detailed = spikes(signals, volume, details=True)
    told = spike_summaries(
        brand_posts, detailed, drivers.rename({new: old for old, new in _RENAMED.items()}), zone=zone
    )
    bounds = detailed.select("spike_id", "spike_ratio_low", "spike_ratio_high", "author_spread_ratio")
    return told.join(bounds, on="spike_id", how="left").select(SPIKE_EXPLANATION.schema.names()).sort("spike_id")


def shifts(volume: pl.DataFrame, last_complete: date) -> pl.DataFrame:
    """One row per platform and brand: `mart.trend_shift`, from `mart.mention_volume_hourly`."""
    daily = volume.group_by("mention_date", "platform_code", "brand_id").agg(pl.col("mention_count").sum())
    assessed = trend_shift(daily.sort(pl.all()), as_of=last_complete, keys=["platform_code", "brand_id"])
    return assessed.select(TREND_SHIFT.schema.names()).sort(TREND_SHIFT.key)


def brand_posts(posts: pl.DataFrame, brands: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """Earned posts by brand with the text and all a driver may be read from; sentiment is that towards the brand."""
    columns = [
        *("mention_id", "platform_code", "published_at", "author_id", "mention_text", "country_code", "language_code"),
        *("hashtags", "links", "like_count", "share_count", "comment_count"),
    ]
    return (
        posts.filter(~pl.col("is_owned"))
        .select(columns)
        .join(brands.select("mention_id", "brand_id", "sentiment_label"), on="mention_id")
        .join(clusters.select("mention_id", "cluster_id"), on="mention_id", how="left")
        .sort("published_at", "mention_id", "brand_id")
    )
