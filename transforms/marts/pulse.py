"""The pulse judged and explained: signals, spikes with drivers and sentences, slow shifts, as the tables hold them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from transforms.trend.decisions import with_states
from transforms.trend.drivers import BASELINE_DAYS, spike_drivers
from transforms.trend.events import with_events
from transforms.trend.sensitivity import FIGURES
from transforms.trend.shift import trend_shift
from transforms.trend.summary import spike_summaries
from transforms.trend.watch import watch_brand
from transforms.trend.watched import SERIES
from warehouse.tables.mart import SPIKE, TREND_SIGNAL_HOURLY
from warehouse.tables.pulse import SPIKE_DRIVER, SPIKE_EXPLANATION, TREND_SENSITIVITY, TREND_SHIFT

REASON_DAYS = BASELINE_DAYS
"""Days before a spike whose posts tell what is new in it."""
_RENAMED = {
    "mention_count": "driver_mention_count",
    "mention_ratio": "driver_mention_ratio",
    "expected_count": "driver_expected_count",
    "contribution_ratio": "contribution_share_ratio",
}


def watch_tables(
    volume: pl.DataFrame, topics: pl.DataFrame, figures: pl.DataFrame, *, as_of: datetime | None
) -> Sequence[pl.DataFrame]:
    """Rows of one brand: `mart.trend_signal_hourly`, `mart.spike` (states by the data), `mart.trend_sensitivity`.

    `volume` and `topics` are its rows of the hourly volumes, `figures` those of `series_figures`.
    """
    watch = watch_brand(volume, topics, as_of=as_of)
    signals = watch.signals.select(TREND_SIGNAL_HOURLY.schema.names()).sort(TREND_SIGNAL_HOURLY.key)
    told = watch.series.join(figures.select(*SERIES, *FIGURES), on=list(SERIES), how="left")
    told = told.with_columns(
        pl.when(pl.col("series_status_code") == "ok").then(pl.col(name)).alias(name) for name in FIGURES
    )
    unset = {name: pl.lit(None, dtype=SPIKE.schema[name]) for name in SPIKE.schema if name not in watch.spikes.columns}
    return (
        signals,
        watch.spikes.with_columns(**unset).select(SPIKE.schema.names()).sort("spike_id"),
        told.select(TREND_SENSITIVITY.schema.names()).sort(TREND_SENSITIVITY.key),
    )


def spike_table(spikes: pl.DataFrame, decisions: pl.DataFrame, *, now: Any) -> pl.DataFrame:
    """One row per spike: `mart.spike` with its event and the state people set (`with_events`, `with_states`)."""
    stated = with_states(with_events(spikes.drop("event_id")), decisions, now=now)
    return stated.select(SPIKE.schema.names()).sort("spike_id")


def windows_of(spikes: pl.DataFrame) -> pl.DataFrame:
    """The hours whose posts explain the spikes: `brand_id`, `begin_at`, `end_at`, apart from each other per brand.

    The spike itself and the same hours of the days before; every spike has an end here.
    """
    rows = [
        (spike["brand_id"], spike["started_at"] - step * stride, spike["ended_at"] - step * stride)
        for spike in spikes.iter_rows(named=True)
        for stride in [-(-(spike["ended_at"] - spike["started_at"]) // timedelta(days=1)) * timedelta(days=1)]
        for step in range(max(1, BASELINE_DAYS // max(1, stride.days)) + 1)
    ]
    instant = pl.Datetime("us", "UTC")
    schema = {"brand_id": pl.String(), "begin_at": instant, "end_at": instant}
    windows = pl.DataFrame(rows, schema=schema, orient="row").sort("brand_id", "begin_at", "end_at")
    reached = pl.col("end_at").cum_max().shift(1).over("brand_id")
    merged = windows.with_columns(run=(pl.col("begin_at") > reached).fill_null(True).cum_sum())
    return (
        merged.group_by("brand_id", "run")
        .agg(pl.col("begin_at").min(), pl.col("end_at").max())
        .drop("run")
        .sort("brand_id", "begin_at")
    )


def spike_driver_table(spike: pl.DataFrame, brand_posts: pl.DataFrame) -> pl.DataFrame:
    """One row per spike, dimension and driver: `mart.spike_driver`. `brand_posts` are posts by brand with text."""
    drivers = spike_drivers(brand_posts, spike).rename(_RENAMED)
    return drivers.select(SPIKE_DRIVER.schema.names()).sort(SPIKE_DRIVER.key)


def spike_explanation(
    spike: pl.DataFrame, drivers: pl.DataFrame, brand_posts: pl.DataFrame, *, zone: str
) -> pl.DataFrame:
    """One row per spike: `mart.spike_explanation`. `drivers` are rows of `mart.spike_driver`; days are of `zone`."""
    named = drivers.rename({new: old for old, new in _RENAMED.items()})
    told = spike_summaries(brand_posts, spike, named, zone=zone)
    bounds = spike.select("spike_id", "spike_ratio_low", "spike_ratio_high", "author_spread_ratio")
    return told.join(bounds, on="spike_id", how="left").select(SPIKE_EXPLANATION.schema.names()).sort("spike_id")


def shifts(volume: pl.DataFrame, last_complete: date) -> pl.DataFrame:
    """One row per platform and brand: `mart.trend_shift`, from `mart.mention_volume_hourly`."""
    daily = volume.group_by("mention_date", "platform_code", "brand_id").agg(pl.col("mention_count").sum())
    assessed = trend_shift(daily.sort(pl.all()), as_of=last_complete, keys=["platform_code", "brand_id"])
    return assessed.select(TREND_SHIFT.schema.names()).sort(TREND_SHIFT.key)


def brand_posts(
    posts: pl.DataFrame, brands: pl.DataFrame, clusters: pl.DataFrame, topics: pl.DataFrame
) -> pl.DataFrame:
    """Earned posts by brand with the text and all a driver may be read from; sentiment is that towards the brand."""
    columns = [
        *("mention_id", "platform_code", "published_at", "author_id", "mention_text", "country_code", "language_code"),
        *("hashtags", "links", "like_count", "share_count", "comment_count", "engagement_count", "kind_code"),
    ]
    of_post = topics.group_by("mention_id").agg(topic_ids=pl.col("topic_id").unique())
    return (
        posts.filter(~pl.col("is_owned"))
        .select(columns)
        .join(brands.select("mention_id", "brand_id", "sentiment_label"), on="mention_id")
        .join(clusters.select("mention_id", "cluster_id"), on="mention_id", how="left")
        .join(of_post, on="mention_id", how="left")
        .with_columns(pl.col("topic_ids").fill_null([]))
        .sort("published_at", "mention_id", "brand_id")
    )
