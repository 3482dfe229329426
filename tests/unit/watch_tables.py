"""Hourly volumes of an invented brand, by platform and topic, with events planted into single counts."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import numpy as np
import polars as pl

from transforms.trend.simulate import BrandProfile, simulate_counts

START = datetime(2025, 3, 3, tzinfo=UTC)
Slices: TypeAlias = Mapping[str, np.ndarray]


def ordinary(seed: int, days: int, mean: float = 240.0) -> np.ndarray:
    """Hourly mentions of an ordinary brand."""
    return simulate_counts(BrandProfile(mean), days, np.random.default_rng(seed)).astype(np.int64)


def counts_of(
    mentions: np.ndarray,
    seed: int = 0,
    *,
    extra: np.ndarray | None = None,
    negative: float = 0.2,
    extra_negative: float = 0.2,
    authors_per_extra: float = 0.95,
    few_authors: int | None = None,
    engagement: float = 5.0,
) -> pl.DataFrame:
    """The counts of one series; `extra` mentions come on top, with their own negativity and authors.

    `few_authors`: the extra mentions of an hour come from so many accounts altogether.
    """
    dice = np.random.default_rng(seed)
    more = np.zeros_like(mentions) if extra is None else extra
    total = mentions + more
    bad = dice.binomial(mentions, negative) + np.round(more * extra_negative).astype(np.int64)
    new = np.round(more * authors_per_extra) if few_authors is None else np.minimum(more, few_authors)
    authors = np.round(mentions * 0.95) + new
    single = np.round(mentions * 0.97).astype(np.int64) + more
    return pl.DataFrame(
        {
            "mention_count": total,
            "deduplicated_count": single,
            "negative_count": bad,
            "unscored_count": np.zeros_like(total),
            "distinct_author_count": authors.astype(np.int64),
            "deduplicated_negative_count": np.minimum(bad, single),
            "deduplicated_scored_count": single,
            "engagement_count": dice.poisson(dice.gamma(2.0, np.maximum(total, 1e-9) * engagement / 2.0)) * (total > 0),
        }
    )


def volume(slices: Mapping[str, pl.DataFrame], brand: str = "acme") -> pl.DataFrame:
    """`mart.mention_volume_hourly` of one brand: every hour of each platform."""
    return pl.concat(_laid(counts, brand, "platform_code", name) for name, counts in slices.items())


def topics(slices: Mapping[str, pl.DataFrame], brand: str = "acme") -> pl.DataFrame:
    """`mart.topic_volume_hourly` of one brand: the hours with mentions."""
    schema = volume({"all": counts_of(np.zeros(1, dtype=np.int64))}).rename({"platform_code": "topic_id"}).schema
    parts = [
        _laid(counts, brand, "topic_id", name).filter(pl.col("mention_count") > 0) for name, counts in slices.items()
    ]
    return pl.concat([pl.DataFrame(schema=schema), *(part.cast(schema) for part in parts)])


def _laid(counts: pl.DataFrame, brand: str, key: str, name: str) -> pl.DataFrame:
    hours = pl.datetime_range(START, START + timedelta(hours=counts.height - 1), "1h", eager=True)
    return counts.select(
        mention_date=hours.dt.date(), mention_hour_at=hours, **{key: pl.lit(name)}, brand_id=pl.lit(brand)
    ).hstack(counts)


def at(hours: int, values: Mapping[int, int]) -> np.ndarray:
    """An array of zeros with values at some hours."""
    array = np.zeros(hours, dtype=np.int64)
    for hour, value in values.items():
        array[hour] = value
    return array
