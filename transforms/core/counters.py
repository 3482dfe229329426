"""How a post's counters grew: what each of several exports said of it, beside the merged value of `merge.py`."""

import polars as pl

from transforms.core.merge import COUNTERS


def counter_snapshots(rows: pl.DataFrame, *, key: str, counters: tuple[str, ...] = COUNTERS) -> pl.DataFrame:
    """One row per post and export file, of posts that several files hold, sorted by both.

    `rows` are all raw rows of the posts with their id in `key`, `file_id`, `source_code`, `collected_at`, the file's
    `last_published_at` and the counters. Of several rows of a post in one file each counter takes the highest value.
    `snapshot_at` is when the record was collected where the export says so, else the time of the last record in the
    file: an export is no older than what it holds. What arrived when does not matter.
    """
    by_file = rows.group_by(key, "file_id").agg(
        pl.col("source_code").first(),
        pl.col("collected_at").max(),
        pl.col("last_published_at").first(),
        *(pl.col(name).max() for name in counters),
    )
    is_repeated = pl.len().over(key) > 1
    is_counted = pl.any_horizontal(pl.col(name).is_not_null() for name in counters)
    is_told = pl.col("collected_at").is_not_null()
    return (
        by_file.filter(is_repeated)
        .filter(is_counted)
        .with_columns(
            pl.coalesce("collected_at", "last_published_at").alias("snapshot_at"),
            pl.when(is_told).then(pl.lit("collected")).otherwise(pl.lit("last_record")).alias("snapshot_basis_code"),
        )
        .drop("collected_at", "last_published_at")
        .sort(key, "file_id")
    )
