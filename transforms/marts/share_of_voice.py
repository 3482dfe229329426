"""Who is talked about: share of voice by day and by week, each share with what it is a share of."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from transforms.marts.panel import Panel
from transforms.marts.periods import covered_weeks, week_of
from transforms.marts.votes import (
    author_votes,
    cluster_votes,
    compact,
    company_of,
    plain,
    share_alone,
    share_with_interval,
    weighted_over_platforms,
)
from transforms.metrics.interval import ratio
from warehouse.tables.columns import ALL_PLATFORMS
from warehouse.tables.insight import SHARE_OF_VOICE_WEEKLY
from warehouse.tables.mart import SHARE_OF_VOICE_DAILY

Basis = tuple[str, str]
# What a share can be of: its code and the count it is made from. Engagement and reach mean something else on each
# platform, so their totals are weighted, never added.
MENTIONS: Basis = ("mentions", "mention_count")
DEDUPLICATED: Basis = ("deduplicated", "deduplicated_count")
AUTHORS: Basis = ("authors", "distinct_author_count")
ENGAGEMENT: Basis = ("engagement", "engagement_count")
REACH: Basis = ("reach", "potential_reach_count")
BASES = (MENTIONS, DEDUPLICATED, AUTHORS, ENGAGEMENT, REACH)
# What one unit's vote weighs: a cluster's mentions or engagement, an author's followers, or one each.
_WEIGHTS = {
    MENTIONS: pl.col("mention_count"),
    DEDUPLICATED: pl.lit(1, dtype=pl.Int64),
    AUTHORS: pl.lit(1, dtype=pl.Int64),
    ENGAGEMENT: pl.col("engagement_sum"),
    REACH: pl.col("follower_count"),
}


def share_of_voice_daily(brand_mentions: pl.DataFrame, panel: Panel, days: Sequence[date]) -> pl.DataFrame:
    """One row per covered day, platform seen that day (and 'all') and brand of the panel: `mart.share_of_voice_daily`.

    A brand nobody named is a row with zero. Shares are null on a day and platform where the panel has no mention.
    A cluster votes once per day and platform, so that a day can be recomputed alone.
    """
    covered = brand_mentions.filter(pl.col("mention_date").is_in(list(days)))
    shares = _shares(covered, panel, sorted(set(days)), "mention_date", with_interval=(MENTIONS,))
    return shares.rename(_column_names(BASES)).select(SHARE_OF_VOICE_DAILY.schema.names())


def share_of_voice_weekly(brand_mentions: pl.DataFrame, panel: Panel, days: Sequence[date]) -> pl.DataFrame:
    """One row per week with a covered day, platform seen in it (and 'all') and brand: `mart.share_of_voice_weekly`.

    Five shares (by mentions, de-duplicated, authors, engagement, potential reach), each with its own interval. A
    cluster and an author vote once per week. A week needs the rows of its days only.
    """
    weeks = covered_weeks(days)
    covered = brand_mentions.filter(pl.col("mention_date").is_in(list(days)))
    covered = covered.with_columns(week_of(pl.col("mention_date")).alias("week_date"))
    shares = _shares(covered, panel, weeks["week_date"].to_list(), "week_date", with_interval=BASES)
    return shares.join(weeks, on="week_date").rename(_column_names(BASES)).select(SHARE_OF_VOICE_WEEKLY.schema.names())


def _column_names(bases: Sequence[Basis]) -> dict[str, str]:
    names: dict[str, str] = {}
    for basis, _ in bases:
        # The share by mentions is the share of voice; the others say in their names what they are by.
        share, votes = ("share_of_voice", "") if basis == "mentions" else (f"share_of_voice_{basis}", f"{basis}_")
        names |= {f"{basis}_{end}": f"{share}_{end}_ratio" for end in ("low", "high")}
        names |= {f"{basis}_share": f"{share}_ratio", f"{basis}_effective": f"{votes}effective_count"}
    return names


def _shares(
    brand_mentions: pl.DataFrame,
    panel: Panel,
    periods: Sequence[date],
    period: str,
    *,
    with_interval: Sequence[Basis],
) -> pl.DataFrame:
    """One row per period, platform seen in it (and 'all') and brand of the panel, sorted: counts, and by each basis
    the columns `<basis>_share`, `_effective`, `_low`, `_high` (null where no interval is asked for: they cost most)."""
    of_panel = compact(brand_mentions.filter(pl.col("brand_id").is_in(panel.brand_ids)))
    clusters, authors = cluster_votes(of_panel, period), author_votes(of_panel, period)
    keys, cell = [period, "platform_code", "brand_id"], [period, "platform_code"]
    counts = _counts(_calendar(clusters, panel, periods, period), clusters, authors, keys)
    counts = counts.with_columns(pl.col("mention_count").sum().over(cell).alias("panel_mention_count"))
    votes = {MENTIONS: clusters, DEDUPLICATED: clusters, ENGAGEMENT: clusters, AUTHORS: authors, REACH: authors}
    company = {kind: company_of(kind_votes, period) for kind, kind_votes in _kinds(clusters, authors, with_interval)}
    shares = counts
    for basis in BASES:
        name, count = basis
        if basis in with_interval:
            kind = "authors" if basis in (AUTHORS, REACH) else "clusters"
            weight = _WEIGHTS[basis].alias("weight")
            found = share_with_interval(counts, count, votes[basis].with_columns(weight), cell, company[kind])
        else:
            found = share_alone(counts, count, cell)
        if basis in (ENGAGEMENT, REACH):
            found = weighted_over_platforms(found, period)
        found = found.select(*keys, pl.col("share", "effective", "low", "high").name.prefix(f"{name}_"))
        shares = shares.join(found, on=keys, how="left")
    return shares.sort(keys)


def _kinds(
    clusters: pl.DataFrame, authors: pl.DataFrame, with_interval: Sequence[Basis]
) -> list[tuple[str, pl.DataFrame]]:
    by_author = any(basis in (AUTHORS, REACH) for basis in with_interval)
    return [("clusters", clusters), *([("authors", authors)] if by_author else [])]


def _calendar(votes: pl.DataFrame, panel: Panel, periods: Sequence[date], period: str) -> pl.DataFrame:
    total = pl.DataFrame({period: list(periods)}, schema={period: pl.Date})
    total = total.with_columns(pl.lit(ALL_PLATFORMS).alias("platform_code"))
    seen = plain(votes.select(period, "platform_code").unique())
    return pl.concat([total, seen]).unique().join(panel.frame(), how="cross")


def _counts(calendar: pl.DataFrame, clusters: pl.DataFrame, authors: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    of_clusters = clusters.group_by(keys).agg(
        pl.col("mention_count", "engagement_sum", "engagement_known_count", "follower_sum").sum(),
        pl.len().cast(pl.Int64).alias("deduplicated_count"),
    )
    of_authors = authors.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("distinct_author_count"),
        pl.col("follower_count").sum().alias("reach_sum"),
        pl.col("follower_count").count().cast(pl.Int64).alias("reach_known_count"),
    )
    mentions, repeats = pl.col("mention_count"), pl.col("mention_count") - pl.col("deduplicated_count")
    authors_counted = pl.col("distinct_author_count")
    return (
        calendar.join(plain(of_clusters), on=keys, how="left")
        .join(plain(of_authors), on=keys, how="left")
        .with_columns(pl.exclude(*calendar.columns).fill_null(0))
        .with_columns(
            ratio(repeats, mentions).alias("syndication_ratio"),
            ratio(pl.col("engagement_known_count"), mentions).alias("engagement_coverage_ratio"),
            ratio(pl.col("reach_known_count"), authors_counted).alias("reach_coverage_ratio"),
            # Without mentions a sum is zero and known; with mentions that carry no counter it is unknown.
            _known("engagement_sum", "engagement_known_count").alias("engagement_count"),
            _known("reach_sum", "reach_known_count").alias("potential_reach_count"),
            _known("follower_sum", "reach_known_count").alias("potential_reach_total_count"),
        )
    )


def _known(total: str, known: str) -> pl.Expr:
    return pl.when((pl.col("mention_count") == 0) | (pl.col(known) > 0)).then(pl.col(total))
