"""Whether the numbers of a day can be trusted: what each export format brought, repeated, lacked or assumed."""

import polars as pl

from transforms.marts.files import with_header_drift

KEYS = ["mention_date", "source_code"]
# A format whose last record falls before this local hour of its last day cannot have covered that day.
LAST_HOUR = 23


def data_health_daily(
    raw_mentions: pl.DataFrame, mentions: pl.DataFrame, mention_brands: pl.DataFrame, files: pl.DataFrame, *, zone: str
) -> pl.DataFrame:
    """One row per reporting day and export format: `mart.data_health_daily`.

    `raw_mentions` are rows of `raw.mention` (read: file_id, source_code, published_at), `mentions` of `core.mention`,
    `mention_brands` of `core.mention_brand`, all for the same days; `files` are all rows of `raw.export_file` (where
    a format's exports end is a fact of its files); `zone` is the reporting zone. A post seen in two formats counts in
    both. Where two exports disagree about a post's day, repeated rows cannot be told for that day and are given as
    zero rather than below it.
    """
    records = _records(raw_mentions, files, zone)
    posts = _posts(mentions, mention_brands)
    counts = ["row_count", *[name for name in posts.columns if name not in KEYS]]
    return (
        records.join(posts, on=KEYS, how="full", coalesce=True)
        .with_columns(
            pl.col(counts).fill_null(0),
            pl.col("is_last_day_partial").fill_null(False),
            pl.col("warning_texts").fill_null(pl.lit([], dtype=pl.List(pl.String))),
        )
        .with_columns((pl.col("row_count") - pl.col("mention_count")).clip(lower_bound=0).alias("duplicate_row_count"))
        .sort(KEYS)
    )


def _records(raw_mentions: pl.DataFrame, files: pl.DataFrame, zone: str) -> pl.DataFrame:
    local = pl.col("published_at").dt.convert_time_zone(zone)
    dated = raw_mentions.select("file_id", "source_code", local.alias("local")).with_columns(
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
        .agg(pl.len().cast(pl.Int64).alias("row_count"))
        .join(last, on="source_code", how="left")
        .with_columns((is_last & (pl.col("last_local").dt.hour() < LAST_HOUR)).alias("is_last_day_partial"))
        .drop("last_local")
        .join(texts, on=KEYS, how="left")
    )


def _posts(mentions: pl.DataFrame, mention_brands: pl.DataFrame) -> pl.DataFrame:
    named = mention_brands.select("mention_id", pl.lit(True).alias("is_matched")).unique()
    seen = (
        mentions.select(
            "mention_id", "mention_date", "source_codes", "sentiment_label", "is_text_withheld", "tz_basis_code"
        )
        .join(named, on="mention_id", how="left")
        .explode("source_codes")
        .rename({"source_codes": "source_code"})
    )
    return seen.group_by(KEYS).agg(
        pl.len().cast(pl.Int64).alias("mention_count"),
        pl.col("is_matched").fill_null(False).sum().cast(pl.Int64).alias("matched_count"),
        (pl.col("sentiment_label") == "unscored").sum().cast(pl.Int64).alias("unscored_count"),
        pl.col("is_text_withheld").sum().cast(pl.Int64).alias("withheld_count"),
        (pl.col("tz_basis_code") == "assumed").sum().cast(pl.Int64).alias("zone_assumed_count"),
    )
