"""Export rows of the same post become one row, by rules that do not depend on the order files arrived in."""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

# A zone the file states is worth more than one proved from ids, that more than one somebody declared.
_TZ_ORDER = {"explicit": 0, "proved": 1, "assumed": 2, "unknown": 3}
COUNTERS = ("like_count", "share_count", "comment_count", "view_count", "impression_count", "reach_count")


def merge_rows(
    rows: pl.DataFrame,
    *,
    key: str,
    text: str,
    counters: tuple[str, ...] = COUNTERS,
    listed: Mapping[str, str] = MappingProxyType({"source_code": "source_codes"}),
) -> pl.DataFrame:
    """One row per value of `key`, sorted by it.

    Of several rows of one post the best is preferred: text there, text whole, zone surest, text longest, then file and
    row (a file's id is its content, so arrival does not matter). Each column takes the preferred row's value, or the
    next row's that has one; counters take the highest value seen, for they grow; a column of `listed` becomes the
    sorted list of its values under its other name; `source_row_count` counts the rows.
    """
    counted = rows.with_columns(pl.len().over(key).alias("source_row_count").cast(pl.Int64))
    is_alone = pl.col("source_row_count") == 1
    plain = [name for name in rows.columns if name not in (*counters, *listed, key, "row_number")]
    alone = counted.filter(is_alone).select(
        key,
        *plain,
        *counters,
        *(pl.concat_list(name).list.drop_nulls().alias(alias) for name, alias in listed.items()),
        "source_row_count",
    )
    several = (
        _best_first(counted.filter(~is_alone), key, text)
        .group_by(key, maintain_order=True)
        .agg(
            *(pl.col(name).drop_nulls().first() for name in plain),
            *(pl.col(name).max() for name in counters),
            *(pl.col(name).drop_nulls().unique().sort().alias(alias) for name, alias in listed.items()),
            pl.col("source_row_count").first(),
        )
    )
    return pl.concat([alone, several.select(alone.columns)]).sort(key)


def _best_first(rows: pl.DataFrame, key: str, text: str) -> pl.DataFrame:
    """The rows by post, the preferred one first."""
    return rows.with_columns(
        pl.col("tz_basis_code").replace_strict(_TZ_ORDER, default=3, return_dtype=pl.Int8).alias("_zone"),
        (pl.col("is_text_truncated") if "is_text_truncated" in rows.columns else pl.lit(False)).alias("_cut"),
    ).sort(
        pl.col(key),
        pl.col(text).is_null(),
        pl.col("_cut"),
        pl.col("_zone"),
        -pl.col(text).str.len_chars().cast(pl.Int64),
        pl.col("file_id"),
        pl.col("row_number"),
        nulls_last=True,
    )
