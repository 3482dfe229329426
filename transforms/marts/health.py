"""Whether the numbers of a day can be trusted: what each export format brought, repeated, lacked or assumed."""

import polars as pl

from transforms.marts.files import with_header_drift

KEYS = ["mention_date", "source_code"]
# A format whose last record falls before this local hour of its last day cannot have covered that day.
LAST_HOUR = 23


def data_health_daily(records: pl.DataFrame, origins: pl.DataFrame, files: pl.DataFrame, *, zone: str) -> pl.DataFrame:
    """One row per reporting day and export format: `mart.data_health_daily`.

    `records` counts the rows of `raw.mention` by file and instant (file_id, source_code, published_at, row_count), in
    steps of at most a quarter of an hour; `origins` are rows of `state.post_origin_day`, all for the same days; `files`
    are all rows of `raw.export_file` (where a format's exports end is a fact of its files); `zone` is the reporting
    zone. A post seen in two formats counts in both. Where two exports disagree about a post's day, repeated rows
    cannot be told for that day and are given as zero rather than below it.
    """
    counted, posts = _records(records, files, zone), _posts(origins)
    counts = ["row_count", *[name for name in posts.columns if name not in KEYS]]
    return (
        counted.join(posts, on=KEYS, how="full", coalesce=True)
        .with_columns(
            pl.col(counts).fill_null(0),
            pl.col("is_last_day_partial").fill_null(False),
            pl.col("warning_texts").fill_null(pl.lit([], dtype=pl.List(pl.String))),
        )
        .with_columns((pl.col("row_count") - pl.col("mention_count")).clip(lower_bound=0).alias("duplicate_row_count"))
        .sort(KEYS)
    )


def _records(records: pl.DataFrame, files: pl.DataFrame, zone: str) -> pl.DataFrame:
    local = pl.col("published_at").dt.convert_time_zone(zone)
    dated = records.select("file_id", "source_code", "row_count", local.alias("local")).with_columns(
        pl.col("local").dt.date().alias("mention_date")
    )
    is_last = pl.col("mention_date") == pl.col("last_local").dt.date()
    warnings = with_header_drift(files).select("file_id", "warning_texts").explode("warning_texts")
    by_file = dated.select(*KEYS, "file_id").unique().join(warnings, on="file_id", how="left")
    texts = by_file.group_by(KEYS).agg(pl.col("warning_texts").drop_nulls().unique().sort())
    last_local = pl.col("last_published_at").max().dt.convert_time_zone(zone).alias("last_local")
    last = files.filter(pl.col("record_kind_code") == "mention").group_by("source_code").agg(last_local)
    return (
        dated.group_by(KEYS)
        .agg(pl.col("row_count").sum().cast(pl.Int64))
        .join(last, on="source_code", how="left")
        .with_columns((is_last & (pl.col("last_local").dt.hour() < LAST_HOUR)).alias("is_last_day_partial"))
        .drop("last_local")
        .join(texts, on=KEYS, how="left")
    )


def _posts(origins: pl.DataFrame) -> pl.DataFrame:
    seen = origins.explode("source_codes").rename({"source_codes": "source_code"})
    counts = ("mention_count", "matched_count", "unscored_count", "withheld_count", "zone_assumed_count")
    return seen.group_by(KEYS).agg(pl.col(counts).sum())
