"""How the conversation is spread over people: participation by month, and where authors come from."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from transforms.marts.periods import covered_months, month_of
from transforms.marts.streaming import streamed
from transforms.marts.votes import compact, plain, with_total
from transforms.metrics.interval import ratio
from warehouse.tables.insight import AUDIENCE_COUNTRY_MONTHLY, PARTICIPATION_MONTHLY

# Kinds in which an author starts something; the others react to what somebody started.
CREATED = ("post", "article")
CELL = ["month_date", "platform_code", "brand_id"]
OTHER_COUNTRIES = "other"
# The k of k-anonymity: a row about fewer people is not published.
LEAST_AUTHORS = 10


def participation_monthly(brand_mentions: pl.DataFrame, days: Sequence[date]) -> pl.DataFrame:
    """One row per month, platform (and 'all') and brand with known authors: `mart.participation_monthly`.

    The rule of thumb 90-9-1 (Nielsen 2006) says that of 100 people 90 read, 9 join in and 1 creates. Exports show
    authors only, so the 90 cannot be seen: among the authors the rule lets expect one creator in ten. Inequality is
    the Gini coefficient of mentions per author.
    """
    covered = brand_mentions.filter(pl.col("author_key").is_not_null() & pl.col("mention_date").is_in(list(days)))
    covered = compact(covered.with_columns(month_of(pl.col("mention_date")).alias("month_date")))
    counted = (
        covered.lazy()
        .group_by(*CELL, "author_key")
        .agg(pl.len().cast(pl.Int64).alias("mentions"), pl.col("kind_code").is_in(CREATED).any().alias("is_creator"))
    )
    by_platform = streamed(counted)
    total = (
        by_platform.lazy()
        .group_by("month_date", "brand_id", "author_key")
        .agg(pl.col("mentions").sum(), pl.col("is_creator").any())
    )
    by_author = with_total(by_platform, streamed(total))
    creators = by_author.group_by(CELL).agg(pl.col("is_creator").sum().cast(pl.Int64).alias("creator_count"))
    inequality = _inequality(plain(by_author.group_by(*CELL, "mentions").agg(pl.len().cast(pl.Int64).alias("authors"))))
    return (
        inequality.join(plain(creators), on=CELL)
        .join(covered_months(days), on="month_date")
        .with_columns(
            (pl.col("distinct_author_count") - pl.col("creator_count")).alias("participant_count"),
            ratio(pl.col("creator_count"), pl.col("distinct_author_count")).alias("creator_ratio"),
        )
        .select(PARTICIPATION_MONTHLY.schema.names())
        .sort(CELL)
    )


def _inequality(histogram: pl.DataFrame) -> pl.DataFrame:
    """Inequality of mentions per author, from one row per cell and number of mentions with its number of authors."""
    mentions, authors, below = pl.col("mentions"), pl.col("authors"), pl.col("below")
    ranked = histogram.sort(*CELL, "mentions").with_columns((authors.cum_sum().over(CELL) - authors).alias("below"))
    count, size = pl.col("mention_count"), pl.col("distinct_author_count")
    totals = ranked.group_by(CELL, maintain_order=True).agg(
        authors.sum().alias("distinct_author_count"),
        (mentions * authors).sum().alias("mention_count"),
        authors.filter(mentions == 1).sum().alias("single"),
        # Authors with the same number x stand on places below + 1 ... below + n, which sum to n (2 below + n + 1) / 2.
        (mentions * authors * (2 * below + authors + 1)).sum().alias("twice_weighted"),
        *[_of_the_top(share).alias(f"top_{share}") for share in (1, 10)],
    )
    return totals.with_columns(
        ratio(pl.col("single"), size).alias("single_mention_author_ratio"),
        ratio(pl.col("top_1"), count).alias("top_1_percent_ratio"),
        ratio(pl.col("top_10"), count).alias("top_10_percent_ratio"),
        # Gini of sorted counts x_1 <= ... <= x_n: 2 sum(i x_i) / (n sum(x)) - (n + 1) / n.
        (pl.col("twice_weighted") / (size * count) - (size + 1) / size).clip(0.0, 1.0).alias("gini_ratio"),
    )


def _of_the_top(percent: int) -> pl.Expr:
    """Mentions of the most active percent of authors, at least one author."""
    authors = pl.col("authors")
    wanted = (authors.sum() * percent / 100).ceil().cast(pl.Int64)
    above = authors.sum() - pl.col("below") - authors
    return (pl.col("mentions") * (wanted - above).clip(lower_bound=0, upper_bound=authors)).sum()


def audience_country_monthly(
    brand_mentions: pl.DataFrame, mentions: pl.DataFrame, days: Sequence[date], *, least_authors: int = LEAST_AUTHORS
) -> pl.DataFrame:
    """One row per month, brand and country with at least `least_authors` authors: `mart.audience_country_monthly`.

    Countries only as the exports give them, never guessed. A country with fewer authors goes into 'other', and where
    'other' stays below the floor it is left out: nobody can be singled out. An author counts in every country the
    exports give, and the coverage says for how many of the authors they give one.
    """
    countries = mentions.select("mention_id", "country_code")
    known = brand_mentions.filter(pl.col("author_key").is_not_null() & pl.col("mention_date").is_in(list(days)))
    keys = ["month_date", "brand_id"]
    narrow = known.lazy().select(
        "mention_id", "author_key", "brand_id", month_of(pl.col("mention_date")).alias("month_date")
    )
    authors = streamed(
        narrow.join(countries.lazy(), on="mention_id", how="left").select(*keys, "country_code", "author_key").unique()
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
