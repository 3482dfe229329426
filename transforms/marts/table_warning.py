"""The warnings of files, carried to every listening table their records went into."""

from collections.abc import Collection, Mapping

import polars as pl

from transforms.marts.files import with_header_drift
from warehouse.tables.trust import TABLE_WARNING


def table_warnings(files: pl.DataFrame, kinds_of: Mapping[str, Collection[str]], *, zone: str) -> pl.DataFrame:
    """One row per listening table, file and warning: `mart.table_warning`.

    `files` are rows of raw.export_file; `kinds_of` says of each listening table which kinds of records it is made of
    (`mention`, `competitor_post`, `audience_snapshot`); `zone` is the reporting zone. Files without a kept record
    went into no table.
    """
    fed = pl.DataFrame(
        [(table, kind) for table, kinds in sorted(kinds_of.items()) for kind in sorted(kinds)],
        schema={"warned_table_name": pl.String, "record_kind_code": pl.String},
        orient="row",
    )
    warned = (
        with_header_drift(files)
        .filter((pl.col("kept_count") > 0) & (pl.col("warning_texts").list.len() > 0))
        .with_columns(
            pl.col("first_published_at").dt.convert_time_zone(zone).dt.date().alias("first_record_date"),
            pl.col("last_published_at").dt.convert_time_zone(zone).dt.date().alias("last_record_date"),
            pl.int_ranges(1, pl.col("warning_texts").list.len() + 1).alias("warning_number"),
        )
        .explode("warning_number", "warning_texts")
        .rename({"warning_texts": "warning_text"})
    )
    return (
        fed.join(warned, on="record_kind_code")
        .select(pl.col(name).cast(dtype) for name, dtype in TABLE_WARNING.schema.items())
        .sort(TABLE_WARNING.key)
    )
