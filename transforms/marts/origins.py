"""Where posts come from: the counts by day, files and formats from which health and reconciliation tables add up."""

import polars as pl

from warehouse.tables.state import POST_ORIGIN_DAY

_CELL = ["mention_date", "file_ids", "source_codes"]


def post_origins(
    mentions: pl.DataFrame, mention_sources: pl.DataFrame, mention_brands: pl.DataFrame, *, zone: str
) -> pl.DataFrame:
    """One row per reporting day, set of files and set of formats: `state.post_origin_day`.

    `mentions` are rows of `core.mention`, `mention_sources` of `core.mention_source` and `mention_brands` of
    `core.mention_brand` of the same posts. Counts of different days add up. Posts stand by the set of files that hold
    them: which of these came first is asked later, of the files.
    """
    files = mention_sources.select("mention_id", "file_id").unique().sort("file_id")
    held_by = files.group_by("mention_id", maintain_order=True).agg(pl.col("file_id").alias("file_ids"))
    named = mention_brands.select("mention_id", pl.lit(True).alias("is_matched")).unique()
    published = pl.col("published_at")
    facts = {
        "matched_count": pl.col("is_matched").fill_null(False),
        "official_post_count": pl.col("is_owned"),
        "unscored_count": pl.col("sentiment_label") == "unscored",
        "withheld_count": pl.col("is_text_withheld"),
        "moved_day_post_count": published.dt.date() != published.dt.convert_time_zone(zone).dt.date(),
        "zone_assumed_count": pl.col("tz_basis_code") == "assumed",
    }
    posts = mentions.join(held_by, on="mention_id", how="left").join(named, on="mention_id", how="left")
    return (
        posts.with_columns(pl.col("file_ids").fill_null(pl.lit([], dtype=pl.List(pl.String))))
        .group_by(_CELL)
        .agg(
            pl.len().cast(pl.Int64).alias("mention_count"),
            *[fact.sum().cast(pl.Int64).alias(name) for name, fact in facts.items()],
        )
        .select(POST_ORIGIN_DAY.schema.names())
        .sort("mention_date", *[pl.col(name).list.join(" ") for name in _CELL[1:]])
    )
