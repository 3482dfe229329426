"""Votes: how many independent voices stand behind a count, and the interval of a share that follows from them.

A vote is one unit (a cluster of copied texts, or an author) speaking for one brand in one cell (a period and a
platform), with a weight: its mentions, its engagement, its followers. Votes of days add up to votes of weeks.
"""

import polars as pl

from transforms.marts.streaming import streamed
from transforms.metrics.interval import ratio, wilson_high, wilson_low
from warehouse.tables.columns import ALL_PLATFORMS

UNIT = "unit_key"
# A brand named together with others in nearly every post leaves almost no doubt about its share; the interval is
# never narrower than this part of the variance would make it.
_LEAST_VARIANCE = 0.1
# Added to the units a brand's company is averaged over: a single post that names two brands proves no habit.
_UNITS_OF_DOUBT = 10


def cluster_votes(brand_mentions: pl.DataFrame, period: str) -> pl.DataFrame:
    """One row per period, platform (and 'all'), brand and cluster: mentions and what is known of their engagement.

    `brand_mentions` are `compact`; `period` names their column that holds the day, week or month.
    """
    engaged = pl.col("engagement_count")
    grouped = brand_mentions.lazy().group_by(period, "platform_code", "brand_id", pl.col("cluster_key").alias(UNIT))
    votes = grouped.agg(
        pl.len().cast(pl.Int64).alias("mention_count"),
        engaged.sum().alias("engagement_sum"),
        engaged.count().cast(pl.Int64).alias("engagement_known_count"),
        # An author's count without the author is nobody's: reach is that of known authors throughout.
        pl.col("author_follower_count").filter(pl.col("author_key").is_not_null()).sum().alias("follower_sum"),
    )
    by_platform = streamed(votes)
    total = by_platform.lazy().group_by(period, "brand_id", UNIT).agg(pl.exclude("platform_code").sum())
    return with_total(by_platform, streamed(total))


def author_votes(brand_mentions: pl.DataFrame, period: str) -> pl.DataFrame:
    """One row per period, platform (and 'all'), brand and known author: largest follower count seen, mentions.

    `brand_mentions` are `compact`.
    """
    known = brand_mentions.lazy().filter(pl.col("author_key").is_not_null())
    votes = known.group_by(period, "platform_code", "brand_id", pl.col("author_key").alias(UNIT)).agg(
        pl.len().cast(pl.Int64).alias("mention_count"),
        pl.col("author_follower_count").max().alias("follower_count"),
    )
    by_platform = streamed(votes)
    total = (
        by_platform.lazy()
        .group_by(period, "brand_id", UNIT)
        .agg(pl.col("mention_count").sum(), pl.col("follower_count").max())
    )
    return with_total(by_platform, streamed(total))


def plain(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with platform and brand as text again."""
    return rows.with_columns(pl.col(pl.Enum).cast(pl.String))


def compact(brand_mentions: pl.DataFrame) -> pl.DataFrame:
    """Platform and brand as small numbers under their names: grouping by them costs a third of grouping by text."""
    platforms = pl.Enum(sorted({*brand_mentions["platform_code"].unique(), ALL_PLATFORMS}))
    brands = pl.Enum(brand_mentions["brand_id"].unique().sort())
    return brand_mentions.with_columns(pl.col("platform_code").cast(platforms), pl.col("brand_id").cast(brands))


def with_total(by_platform: pl.DataFrame, total: pl.DataFrame) -> pl.DataFrame:
    """The compact rows of platforms with those of the total appended as platform 'all'."""
    all_platforms = pl.lit(ALL_PLATFORMS).cast(by_platform.schema["platform_code"])
    return pl.concat(
        [by_platform, total.with_columns(all_platforms.alias("platform_code")).select(by_platform.columns)]
    )


def share_alone(counts: pl.DataFrame, count: str, cell: list[str]) -> pl.DataFrame:
    """The counts with `share`, the brand's part of `count` within its cell; `effective`, `low` and `high` unknown."""
    unknown = [pl.lit(None, dtype=pl.Float64).alias(name) for name in ("effective", "low", "high")]
    return counts.with_columns(ratio(pl.col(count), pl.col(count).sum().over(cell)).alias("share"), *unknown)


def share_with_interval(
    counts: pl.DataFrame, count: str, votes: pl.DataFrame, cell: list[str], company: pl.DataFrame
) -> pl.DataFrame:
    """The counts with `share`, `effective` (n_eff), `low`, `high` of the brand's part of `count` within its cell.

    `counts` has one row per cell and brand of the panel; `votes` are the units behind them with their `weight`;
    `company` comes from `company_of(votes)`. n_eff = (sum of w)^2 / sum of w^2 over the cell's votes (Kish 1965),
    divided by the part of the variance that is left where units name several brands at once: those votes rise and
    fall together (Taylor series of a ratio, averaged over the units). Shares are null in a cell whose weights sum to
    zero or are unknown.
    """
    share, w = pl.col("share"), pl.col("weight").cast(pl.Float64)
    kish = plain(votes.group_by(cell).agg((w.sum() ** 2 / (w**2).sum()).alias("kish")))
    named_with = pl.col("company").fill_null(0.0)
    variance = share * (1 - share)
    left = variance - 2 * share**2 * named_with + share**2 * (share * named_with).sum().over(cell)
    part = pl.when(variance > 0).then((left / variance).clip(_LEAST_VARIANCE, 1.0)).otherwise(1.0)
    known = counts.join(kish, on=cell, how="left").join(company, on=[*cell, "brand_id"], how="left")
    return (
        share_alone(known, count, cell)
        .with_columns(pl.when(share.is_not_null()).then(pl.col("kish") / part).alias("effective"))
        .with_columns(
            wilson_low(share, pl.col("effective")).alias("low"), wilson_high(share, pl.col("effective")).alias("high")
        )
        .drop("kish", "company")
    )


def company_of(votes: pl.DataFrame, period: str) -> pl.DataFrame:
    """Per cell and brand with company: how many other brands its units name, on average over all its units."""
    unit, cell_of_brand = [period, "platform_code", UNIT], [period, "platform_code", "brand_id"]
    is_total = pl.col("platform_code") == ALL_PLATFORMS
    # Who names two brands on one platform names two in the total, and those are few: look for them there.
    grouped = votes.lazy().filter(is_total).group_by(period, UNIT).agg(pl.len().alias("named"))
    in_total = streamed(grouped.filter(pl.col("named") > 1))
    candidates = votes.join(in_total.select(period, UNIT), on=[period, UNIT], how="semi")
    named = candidates.with_columns((pl.len().over(unit) - 1).alias("others"))
    others = named.group_by(cell_of_brand).agg(pl.col("others").sum())
    units = streamed(votes.lazy().group_by(cell_of_brand).agg(pl.len().alias("units")))
    company = pl.col("others") / (pl.col("units") + _UNITS_OF_DOUBT)
    return plain(others.join(units, on=cell_of_brand)).select(*cell_of_brand, company.alias("company"))


def weighted_over_platforms(shares: pl.DataFrame, period: str) -> pl.DataFrame:
    """The shares with those of 'all' replaced by the platforms' shares weighted by `panel_mention_count`.

    For weights that mean something else on each platform (likes, followers): they become shares inside a platform
    before platforms are added. Platforms where the panel has no known weight are left out. n_eff of the total is that
    of a stratified sample, 1 / sum of (weight^2 / n_eff).
    """
    share, panel, effective = pl.col("share"), pl.col("panel_mention_count"), pl.col("effective")
    cell = [period, "platform_code"]
    is_total = pl.col("platform_code") == ALL_PLATFORMS
    usable = shares.filter(~is_total & (share.count().over(cell) > 0)).sort(*cell, "brand_id")
    part = panel / panel.sum()
    total = (
        usable.group_by(period, "brand_id", maintain_order=True)
        .agg(
            (share.fill_null(0.0) * part).sum().alias("share"),
            pl.when(effective.count() > 0).then(1 / (part**2 / effective).sum()).alias("effective"),
            share.count().alias("known"),
        )
        .filter(pl.col("known") > 0)
        .with_columns(wilson_low(share, effective).alias("low"), wilson_high(share, effective).alias("high"))
        .with_columns(pl.lit(ALL_PLATFORMS).alias("platform_code"))
        .drop("known")
    )
    totals = shares.filter(is_total).drop("share", "effective", "low", "high")
    totals = totals.join(total, on=[*cell, "brand_id"], how="left").select(shares.columns)
    return pl.concat([shares.filter(~is_total), totals])
