"""What accounts publish: formats, and whether a caption sells, shares what others made, or talks with people."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from transforms.marts.periods import is_whole_month, month_of
from transforms.marts.words import content_patterns
from transforms.metrics.interval import ratio
from warehouse.tables.insight import CONTENT_MIX_MONTHLY

CELL = ["month_date", "platform_code", "account_handle"]
MIX = [*CELL, "mix_kind_code", "mix_code"]
OTHER = "other"


def content_code(text: pl.Expr, post_type: pl.Expr, patterns: Mapping[str, str] | None = None) -> pl.Expr:
    """promotional, interaction, curated or other, by the first pattern that is found; null without a caption.

    `patterns` maps a code to a regular expression and is asked in its order: a caption that sells with a question
    sells. Without it the rules of `words/content_rules.tsv` apply. A poll is interaction whatever its words.
    """
    code = pl.lit(OTHER)
    for name, pattern in reversed(list((patterns or content_patterns()).items())):
        found = text.str.contains(pattern)
        if name == "interaction":
            found = found | (post_type == "poll").fill_null(False)
        code = pl.when(found).then(pl.lit(name)).otherwise(code)
    return pl.when(text.str.strip_chars().str.len_chars() > 0).then(code)


def content_mix_monthly(
    posts: pl.DataFrame, covered: tuple[date, date], patterns: Mapping[str, str] | None = None
) -> pl.DataFrame:
    """One row per month, platform, account and format or content with posts: `mart.content_mix_monthly`.

    `posts` are rows of `core.competitor_post`, `covered` the first and last day of the post exports. Posts whose format
    or caption is unknown are in no mix; the share of posts that are is the coverage.
    """
    kinds = {
        "format": pl.col("post_type_code"),
        "content": content_code(pl.col("post_text"), pl.col("post_type_code"), patterns),
    }
    monthly = posts.with_columns(month_of(pl.col("post_date")).alias("month_date"))
    mixes = [
        monthly.with_columns(pl.lit(kind).alias("mix_kind_code"), code.alias("mix_code"))
        for kind, code in kinds.items()
    ]
    return _mix(pl.concat(mixes), covered).select(CONTENT_MIX_MONTHLY.schema.names()).sort(MIX)


def _mix(rows: pl.DataFrame, covered: tuple[date, date]) -> pl.DataFrame:
    engaged, kind = pl.col("engagement_count"), [*CELL, "mix_kind_code"]
    sizes = rows.group_by(kind).agg(
        pl.len().alias("posts"),
        pl.col("mix_code").count().alias("known"),
        engaged.mean().alias("usual"),
        pl.col("brand_id").drop_nulls().min(),
    )
    counted = (
        rows.filter(pl.col("mix_code").is_not_null())
        .group_by(MIX)
        .agg(
            pl.len().cast(pl.Int64).alias("post_count"),
            engaged.count().cast(pl.Int64).alias("engagement_known_count"),
            engaged.mean().alias("engagement_per_post"),
        )
    )
    return counted.join(sizes, on=kind).with_columns(
        ratio(pl.col("post_count"), pl.col("known")).alias("mix_ratio"),
        ratio(pl.col("known"), pl.col("posts")).alias("mix_coverage_ratio"),
        ratio(pl.col("engagement_per_post"), pl.col("usual")).alias("relative_engagement_ratio"),
        is_whole_month(pl.col("month_date"), covered).alias("is_complete_period"),
    )
