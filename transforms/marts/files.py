"""The files behind a release: what each brought, what was rejected and why."""

import polars as pl

from warehouse.tables.mart import EXPORT_FILE


def export_files(files: pl.DataFrame, rejected: pl.DataFrame) -> pl.DataFrame:
    """One row per file content: `mart.export_file`, sorted by file_id.

    `files` are rows of raw.export_file, `rejected` of raw.rejected_row. Reasons read `<reason>: <count>`, the most
    frequent first.
    """
    reasons = (
        rejected.group_by("file_id", "reason_code")
        .agg(pl.len().alias("n"))
        .sort(["n", "reason_code"], descending=[True, False])
        .group_by("file_id", maintain_order=True)
        .agg(pl.format("{}: {}", "reason_code", "n").alias("reject_reason_texts"))
    )
    return (
        files.join(reasons, on="file_id", how="left")
        .with_columns(pl.col("reject_reason_texts").fill_null(pl.lit([], dtype=pl.List(pl.String))))
        .select(EXPORT_FILE.schema.names())
        .sort("file_id")
    )
