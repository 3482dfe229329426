"""The files behind a release: what each brought, what was rejected and why, and where a format's header changed."""

import polars as pl

from transforms.sources.drift import names_difference
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
        with_header_drift(files)
        .join(reasons, on="file_id", how="left")
        .with_columns(pl.col("reject_reason_texts").fill_null(pl.lit([], dtype=pl.List(pl.String))))
        .select(EXPORT_FILE.schema.names())
        .sort("file_id")
    )


def with_header_drift(files: pl.DataFrame) -> pl.DataFrame:
    """The files (rows of raw.export_file) in their order, each new header of a format told of in `warning_texts`.

    Files of one format are compared in the order of their content (first record's time, then file_id), whatever the
    order they arrived in. The first file whose header no earlier one has bears the warning: what came, went or moved
    since the file before it.
    """
    ordered = files.filter(pl.col("header_fingerprint").is_not_null() & (pl.col("file_state_code") == "ingested")).sort(
        "source_code", "first_published_at", "file_id", nulls_last=True
    )
    told: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    before: dict[str, object] | None = None
    for file in ordered.select("file_id", "file_name", "source_code", "header_fingerprint", "header_names").to_dicts():
        key = (file["source_code"], file["header_fingerprint"])
        if before is not None and before["source_code"] == file["source_code"] and key not in seen:
            told[file["file_id"]] = _drift_text(before, file)
        seen.add(key)
        before = file
    if not told:
        return files
    new = pl.col("file_id").replace_strict(told, default=None, return_dtype=pl.String)
    texts = pl.when(new.is_not_null()).then(pl.col("warning_texts").list.concat(pl.concat_list(new)))
    return files.with_columns(texts.otherwise(pl.col("warning_texts")).alias("warning_texts"))


def _drift_text(before: dict[str, object], file: dict[str, object]) -> str:
    old, new = before["header_names"], file["header_names"]
    difference = names_difference(tuple(old), tuple(new)).text if old and new else ""  # type: ignore[arg-type]
    detail = difference or "names are not known, read the file again to have them"
    return f"the header changed since the file before ({before['file_name']}): {detail}"
