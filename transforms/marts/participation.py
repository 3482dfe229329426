"""How the conversation is spread over people: participation by month, and where authors come from."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from transforms.marts.periods import covered_months, month_of
from transforms.marts.platforms import with_all_platforms
from transforms.metrics.interval import ratio
from warehouse.tables.insight import AUDIENCE_COUNTRY_MONTHLY, PARTICIPATION_MONTHLY

# Kinds in which an author starts something; the others react to what somebody started.
CREATED = ("post", "article")
CELL = ["month_date", "platform_code", "brand_id"]
OTHER_COUNTRIES = "other"


def participation_monthly(brand_mentions: pl.DataFrame, days: Sequence[date]) -> pl.DataFrame:
    """One row per month, platform (and 'all') and brand with known authors: `mart.participation_monthly`.

    The rule of thumb 90-9-1 (Nielsen 2006) says that of 100 people 90 read, 9 join in and 1 creates. Exports show
    authors only, so the 90 cannot be seen: among the authors the rule lets expect one creator in ten. Inequality is
    the Gini coefficient of mentions per author.
    """
    months = covered_months(days)
    covered = brand_mentions.filter(pl.col("author_key").is_not_null() & pl.col("mention_date").is_in(list(days)))
    covered = covered.with_columns(month_of(pl.col("mention_date")).alias("month_date"))
    by_author = (
        with_all_platforms(covered)
        .group_by(*CELL, "author_key")
        .agg(
            pl.len().cast(pl.Int64).alias("mentions"),
            pl.col("kind_code").is_in(CREATED).any().alias("is_creator"),
        )
        .sort(*CELL, "mentions")
        .with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(CELL).alias("place"))
    )
    return _inequality(by_author).join(months, on="month_date").select(PARTICIPATION_MONTHLY.schema.names()).sort(CELL)


def _inequality(by_author: pl.DataFrame) -> pl.DataFrame:
    mentions, authors, count = pl.col("mentions"), pl.col("distinct_author_count"), pl.col("mention_count")
    size = pl.len().cast(pl.Int64)
    # At least one author is the top one percent, however few there are.
    top = [mentions.tail((size * share / 100).ceil().cast(pl.Int64)).sum().alias(f"top_{share}") for share in (1, 10)]
    totals = by_author.group_by(CELL, maintain_order=True).agg(
        size.alias("distinct_author_count"),
        mentions.sum().alias("mention_count"),
        pl.col("is_creator").sum().cast(pl.Int64).alias("creator_count"),
        (mentions == 1).sum().alias("single"),
        (mentions * pl.col("place")).sum().alias("weighted"),
        *top,
    )
    return totals.with_columns(
        (authors - pl.col("creator_count")).alias("participant_count"),
        ratio(pl.col("creator_count"), authors).alias("creator_ratio"),
        ratio(pl.col("single"), authors).alias("single_mention_author_ratio"),
        ratio(pl.col("top_1"), count).alias("top_1_percent_ratio"),
        ratio(pl.col("top_10"), count).alias("top_10_percent_ratio"),
        # Gini of sorted counts x_1 <= ... <= x_n: 2 sum(i x_i) / (n sum(x)) - (n + 1) / n.
        (2 * pl.col("weighted") / (authors * count) - (authors + 1) / authors).clip(0.0, 1.0).alias("gini_ratio"),
    )


def audience_country_monthly(
    brand_mentions: pl.DataFrame, mentions: pl.DataFrame, days: Sequence[date], *, least_authors: int = 10
) -> pl.DataFrame:
    """One row per month, brand and country with at least `least_authors` authors: `mart.audience_country_monthly`.

    Countries only as the exports give them, never guessed. A country with fewer authors goes into 'other', and where
    'other' stays below the floor it is left out: nobody can be singled out. An author counts in every country the
    exports give, and the coverage says for how many of the authors they give one.
    """
    countries = mentions.select("mention_id", "country_code")
    known = brand_mentions.filter(pl.col("author_key").is_not_null() & pl.col("mention_date").is_in(list(days)))
    keys = ["month_date", "brand_id"]
    authors = (
        known.join(countries, on="mention_id", how="left")
        .with_columns(month_of(pl.col("mention_date")).alias("month_date"))
        .select(*keys, "country_code", "author_key")
        .unique()
    )
    placed, author = (
        authors.filter(pl.col("country_code").is_not_null()),
        pl.col("author_key").n_unique().cast(pl.Int64),
    )
    coverage = (
        authors.group_by(keys)
        .agg(author.alias("authors"))
        .join(placed.group_by(keys).agg(author.alias("placed")), on=keys)
        .select(*keys, "placed", ratio(pl.col("placed"), pl.col("authors")).alias("country_coverage_ratio"))
    )
    is_large = author.over(*keys, "country_code") >= least_authors
    grouped = placed.with_columns(pl.when(is_large).then("country_code").otherwise(pl.lit(OTHER_COUNTRIES)))
    counted = grouped.rename({"country_code": "country_or_other_code"}).group_by(*keys, "country_or_other_code")
    return (
        counted.agg(author.alias("distinct_author_count"))
        .filter(pl.col("distinct_author_count") >= least_authors)
        .join(coverage, on=keys)
        .with_columns(ratio(pl.col("distinct_author_count"), pl.col("placed")).alias("author_ratio"))
        .select(AUDIENCE_COUNTRY_MONTHLY.schema.names())
        .sort(*keys, "country_or_other_code")
    )
