"""Who is talked about: share of voice by day, with an interval that knows about copies."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from transforms.marts.panel import Panel
from transforms.marts.platforms import with_all_platforms
from transforms.metrics.interval import ratio, wilson_high, wilson_low
from warehouse.tables.columns import ALL_PLATFORMS

KEYS = ["mention_date", "platform_code", "brand_id"]
CELL = ["mention_date", "platform_code"]


def share_of_voice_daily(brand_mentions: pl.DataFrame, panel: Panel, days: Sequence[date]) -> pl.DataFrame:
    """One row per covered day, platform seen that day (and 'all') and brand of the panel: `mart.share_of_voice_daily`.

    A brand nobody named is a row with zero. Shares are null on a day and platform where the panel has no mention.
    A cluster votes once per day and platform, so that a day can be recomputed alone.
    """
    of_panel = brand_mentions.join(panel.frame().select("brand_id"), on="brand_id", how="semi")
    of_panel = of_panel.filter(pl.col("mention_date").is_in(list(days)))
    rows = with_all_platforms(of_panel)
    counts = _calendar(of_panel, panel, days).join(_counts(rows), on=KEYS, how="left", nulls_equal=True)
    zero_where_absent = ["mention_count", "deduplicated_count", "distinct_author_count", "engagement_known_count"]
    counts = counts.with_columns(pl.col(zero_where_absent).fill_null(0)).join(_effect(rows), on=CELL, how="left")
    return _all_platforms_engagement(_shares(counts)).select(_COLUMNS).sort(KEYS)


_COLUMNS = (
    *KEYS,
    "brand_role_code",
    "panel_id",
    "mention_count",
    "deduplicated_count",
    "syndication_ratio",
    "distinct_author_count",
    "engagement_count",
    "engagement_coverage_ratio",
    "panel_mention_count",
    "effective_count",
    "share_of_voice_ratio",
    "share_of_voice_low_ratio",
    "share_of_voice_high_ratio",
    "share_of_voice_deduplicated_ratio",
    "share_of_voice_authors_ratio",
    "share_of_voice_engagement_ratio",
)


def _calendar(rows: pl.DataFrame, panel: Panel, days: Sequence[date]) -> pl.DataFrame:
    total = pl.DataFrame({"mention_date": sorted(set(days))}, schema={"mention_date": pl.Date})
    total = total.with_columns(pl.lit(ALL_PLATFORMS).alias("platform_code"))
    return pl.concat([total, rows.select(CELL).unique()]).join(panel.frame(), how="cross")


def _counts(rows: pl.DataFrame) -> pl.DataFrame:
    known = pl.col("engagement_count").count()
    return rows.group_by(KEYS).agg(
        pl.len().cast(pl.Int64).alias("mention_count"),
        pl.col("cluster_id").n_unique().cast(pl.Int64).alias("deduplicated_count"),
        pl.col("author_id").drop_nulls().n_unique().cast(pl.Int64).alias("distinct_author_count"),
        known.cast(pl.Int64).alias("engagement_known_count"),
        pl.when(known > 0).then(pl.col("engagement_count").sum()).alias("engagement_sum"),
    )


def _effect(rows: pl.DataFrame) -> pl.DataFrame:
    """Design effect of copying by day and platform: Kish's sum of w^2 / sum of w.

    w is the number of the cluster's mentions of one brand: its copies vote together. The two mentions made by a post
    that names two brands are votes for different brands, so they are not copies of one another.
    """
    votes = rows.group_by([*KEYS, "cluster_id"]).agg(pl.len().cast(pl.Int64).alias("w"))
    return votes.group_by(CELL).agg(((pl.col("w") ** 2).sum() / pl.col("w").sum()).alias("design_effect"))


def _shares(counts: pl.DataFrame) -> pl.DataFrame:
    mentions, panel_mentions = pl.col("mention_count"), pl.col("panel_mention_count")
    share, effective = pl.col("share_of_voice_ratio"), pl.col("effective_count")
    # Without mentions the sum is zero and known; with mentions that carry no counter it is unknown.
    engagement_count = pl.when(mentions == 0).then(0).otherwise(pl.col("engagement_sum"))
    return (
        counts.with_columns(
            mentions.sum().over(CELL).alias("panel_mention_count"),
            engagement_count.cast(pl.Int64).alias("engagement_count"),
            ratio(mentions - pl.col("deduplicated_count"), mentions).alias("syndication_ratio"),
            ratio(pl.col("engagement_known_count"), mentions).alias("engagement_coverage_ratio"),
            _share_of("deduplicated_count").alias("share_of_voice_deduplicated_ratio"),
            _share_of("distinct_author_count").alias("share_of_voice_authors_ratio"),
        )
        .with_columns(
            _share_of("engagement_count").alias("share_of_voice_engagement_ratio"),
            ratio(mentions, panel_mentions).alias("share_of_voice_ratio"),
            (panel_mentions / pl.col("design_effect")).alias("effective_count"),
        )
        .with_columns(
            wilson_low(share, effective).alias("share_of_voice_low_ratio"),
            wilson_high(share, effective).alias("share_of_voice_high_ratio"),
        )
    )


def _share_of(count: str) -> pl.Expr:
    return ratio(pl.col(count), pl.col(count).sum().over(CELL))


def _all_platforms_engagement(shares: pl.DataFrame) -> pl.DataFrame:
    """Replaces the total's engagement share by the platforms' shares weighted by panel mentions.

    A like on one platform is not a like on another, so engagement is turned into shares before platforms are added.
    Platforms on which the panel has no known engagement are left out.
    """
    share, weight = pl.col("share_of_voice_engagement_ratio"), pl.col("panel_mention_count")
    by_platform = shares.filter(pl.col("platform_code") != ALL_PLATFORMS).sort(KEYS)
    is_usable = (share.count().over(CELL) > 0).alias("is_usable")
    total = (
        by_platform.with_columns(is_usable)
        .filter("is_usable")
        .group_by("mention_date", "brand_id", maintain_order=True)
        .agg(
            ((share.fill_null(0.0) * weight).sum() / weight.sum()).alias("all_ratio"),
            share.count().alias("known_platforms"),
        )
        .filter(pl.col("known_platforms") > 0)
        .select("mention_date", "brand_id", "all_ratio")
        .with_columns(pl.lit(ALL_PLATFORMS).alias("platform_code"))
    )
    is_total = pl.col("platform_code") == ALL_PLATFORMS
    weighted = pl.when(is_total).then(pl.col("all_ratio")).otherwise(share)
    return shares.join(total, on=KEYS, how="left").with_columns(weighted.alias("share_of_voice_engagement_ratio"))
