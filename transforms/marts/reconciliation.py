"""Our totals against the vendor's: every record of a file and every post of a profile accounted for."""

import polars as pl

from transforms.marts.files import with_header_drift
from warehouse.tables.insight import ACCOUNT_RECONCILIATION_DAILY, SOURCE_RECONCILIATION

# How profile reports call the day's own totals, first match wins.
_POST_TOTALS = ("Published Posts (Total)", "Published Posts", "Posts")
_ENGAGEMENT_TOTALS = ("Engagements (Total)", "Engagements", "Public Engagements")


def source_reconciliation(files: pl.DataFrame, origins: pl.DataFrame) -> pl.DataFrame:
    """One row per mention export that was read: `mart.source_reconciliation`.

    `files` are rows of `raw.export_file` (`vendor_total_count` is what a file itself says of how many mentions there
    are), `origins` of `state.post_origin_day`. Each step from the vendor's number to the mentions that count is a
    column, and what no step explains is `unexplained_count`.
    """
    read = files.filter((pl.col("record_kind_code") == "mention") & (pl.col("file_state_code") == "ingested"))
    counts = _held(files, origins)
    table = with_header_drift(read).join(counts, on="file_id", how="left")
    names = [name for name in counts.columns if name != "file_id"]
    kept, posts_in_file = pl.col("kept_count"), pl.col("file_post_count")
    return (
        table.with_columns(pl.col(names).fill_null(0))
        .with_columns(
            (kept - posts_in_file).alias("repeated_in_file_count"),
            (pl.col("vendor_total_count") - pl.col("row_count")).alias("not_in_file_count"),
            (pl.col("row_count") - kept - pl.col("rejected_count")).alias("unexplained_count"),
            (posts_in_file - pl.col("held_before_count")).alias("new_post_count"),
        )
        .select(SOURCE_RECONCILIATION.schema.names())
        .sort("file_id")
    )


def _held(files: pl.DataFrame, origins: pl.DataFrame) -> pl.DataFrame:
    """Of the posts in each file: how many an earlier file holds too, and what is to be said of them."""
    # By what the files cover, not by when they were read: the same files in another order give the same table.
    places = files.select("file_id", "first_published_at").sort("first_published_at", "file_id").select("file_id")
    sets = origins.drop("source_codes", "mention_date").with_row_index("set_key")
    held = sets.explode("file_ids").rename({"file_ids": "file_id"}).join(places.with_row_index("place"), on="file_id")
    count = pl.col("mention_count")
    is_first = pl.col("place") == pl.col("place").min().over("set_key")
    owned = held.with_columns(is_first.alias("is_first"))
    return owned.group_by("file_id").agg(
        count.sum().alias("file_post_count"),
        count.filter(~pl.col("is_first")).sum().alias("held_before_count"),
        (count - pl.col("matched_count")).sum().alias("off_panel_post_count"),
        pl.col("official_post_count").sum(),
        pl.col("moved_day_post_count").sum(),
        pl.col("zone_assumed_count").sum().alias("zone_assumed_post_count"),
    )


def account_reconciliation_daily(profile_rows: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """One row per platform, account and day of which a profile report gives totals.

    Table: `mart.account_reconciliation_daily`. `profile_rows` are rows of `raw.audience_snapshot` (the totals stand
    in `raw_json`), `posts` of `core.competitor_post`. Both count by the account's local day. Where two reports give
    totals of a day, the larger holds: reports grow until the day is over.
    """
    keys = ["platform_code", "account_handle", "snapshot_date"]
    totals = profile_rows.select(
        *keys,
        _json_count(_POST_TOTALS).alias("vendor_post_count"),
        _json_count(_ENGAGEMENT_TOTALS).alias("vendor_engagement_count"),
    )
    told = totals.group_by(keys).agg(pl.col("vendor_post_count", "vendor_engagement_count").max())
    told = told.filter(pl.any_horizontal(pl.col("vendor_post_count", "vendor_engagement_count").is_not_null()))
    engaged = pl.col("engagement_count")
    ours = posts.group_by("platform_code", "account_handle", pl.col("post_date").alias("snapshot_date")).agg(
        pl.len().cast(pl.Int64).alias("held_post_count"),
        pl.when(engaged.count() > 0).then(engaged.sum()).alias("held_engagement_count"),
    )
    table = told.join(ours, on=keys, how="left").with_columns(pl.col("held_post_count").fill_null(0))
    return (
        table.with_columns(
            (pl.col("vendor_post_count") - pl.col("held_post_count")).alias("missing_post_count"),
            (pl.col("vendor_engagement_count") - pl.col("held_engagement_count")).alias("missing_engagement_count"),
        )
        .select(ACCOUNT_RECONCILIATION_DAILY.schema.names())
        .sort(keys)
    )


def _json_count(names: tuple[str, ...]) -> pl.Expr:
    """The first of the named fields of `raw_json` that holds a whole number ("1,234" is one), else null."""
    return pl.coalesce(
        pl.col("raw_json")
        .str.json_path_match(f'$["{name}"]')
        .str.replace_all(",", "", literal=True)
        .cast(pl.Int64, strict=False)
        for name in names
    )
