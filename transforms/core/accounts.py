"""What brands' own accounts did: their posts, with the followers they had then, and their audience day by day."""

from collections.abc import Mapping

import polars as pl

from transforms.core.counters import counter_snapshots
from transforms.core.identity import identify
from transforms.core.merge import COUNTERS, merge_rows
from transforms.metrics.engagement import engagement
from warehouse.tables.core import AUDIENCE_SNAPSHOT, COMPETITOR_POST
from warehouse.tables.trust import POST_COUNTER_SNAPSHOT


def post_counter_snapshots(rows: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """One row per post and export file, of posts that several files hold: `mart.post_counter_snapshot`.

    `rows` are raw.competitor_post, `files` raw.export_file.
    """
    if rows.is_empty():
        return POST_COUNTER_SNAPSHOT.empty()
    identities = identify(rows, account="account_handle", time="posted_at", text="post_text")
    keyed = rows.with_columns(identities["identity_id"].alias("post_id"))
    dated = keyed.join(files.select("file_id", "last_published_at"), on="file_id", how="left")
    counters = (*COUNTERS, "save_count", "account_follower_count")
    return counter_snapshots(dated, key="post_id", counters=counters).select(POST_COUNTER_SNAPSHOT.schema.names())


def core_posts(
    rows: pl.DataFrame,
    snapshots: pl.DataFrame,
    *,
    zone: str,
    account_zones: Mapping[tuple[str, str], str],
    brands: pl.DataFrame,
) -> pl.DataFrame:
    """One row per real post of an account, in the contract of core.competitor_post, sorted by post_id.

    `rows` are raw.competitor_post, `snapshots` core.audience_snapshot, `brands` has platform_code, account_handle
    (lower case) and brand_id. The follower count is the export's own, else that of the account's local day, else the
    last one before; `follower_as_of_date` says which.
    """
    if rows.is_empty():
        return COMPETITOR_POST.empty()
    identities = identify(rows, account="account_handle", time="posted_at", text="post_text")
    keyed = rows.with_columns(identities["identity_id"].alias("post_id"))
    posts = merge_rows(
        keyed,
        key="post_id",
        text="post_text",
        counters=(*COUNTERS, "save_count", "engagement_total_count"),
    )
    posts = posts.with_columns(
        engagement(posts.columns).alias("engagement_count"), local_day(account_zones, zone).alias("post_date")
    ).with_columns(pl.coalesce("engagement_count", "engagement_total_count").alias("engagement_count"))
    posts = _with_followers(_with_brand(posts, brands), snapshots)
    return posts.select(COMPETITOR_POST.schema.names()).sort("post_id")


def local_day(account_zones: Mapping[tuple[str, str], str], zone: str) -> pl.Expr:
    """Day of `posted_at` in the zone of the post's account, or in the reporting zone where none is declared."""
    day = pl.col("posted_at").dt.convert_time_zone(zone).dt.date()
    for (platform, handle), own_zone in account_zones.items():
        is_account = (pl.col("platform_code") == platform) & (pl.col("account_handle").str.to_lowercase() == handle)
        day = pl.when(is_account).then(pl.col("posted_at").dt.convert_time_zone(own_zone).dt.date()).otherwise(day)
    return day


def _with_brand(rows: pl.DataFrame, brands: pl.DataFrame) -> pl.DataFrame:
    """`brand_id` by platform and handle; null for an account no brand declares."""
    return (
        rows.with_columns(pl.col("account_handle").str.to_lowercase().alias("_handle"))
        .join(
            brands.rename({"account_handle": "_handle"}),
            on=["platform_code", "_handle"],
            how="left",
            maintain_order="left",
        )
        .drop("_handle")
    )


def _with_followers(posts: pl.DataFrame, snapshots: pl.DataFrame) -> pl.DataFrame:
    """The follower count at post time, taken from snapshots where the export gave none."""
    followers = (
        snapshots.filter(pl.col("audience_kind_code") == "followers")
        .select(
            "platform_code",
            pl.col("account_handle").str.to_lowercase().alias("_handle"),
            pl.col("snapshot_date").alias("follower_as_of_date"),
            "follower_count",
        )
        .sort("follower_as_of_date")
    )
    joined = (
        posts.with_columns(pl.col("account_handle").str.to_lowercase().alias("_handle"))
        .sort("post_date", "post_id")
        .join_asof(
            followers.with_columns(pl.col("follower_as_of_date").alias("_day")),
            left_on="post_date",
            right_on="_day",
            by=["platform_code", "_handle"],
            strategy="backward",
            check_sortedness=False,  # both sides are sorted by day just above
        )
    )
    given = pl.col("account_follower_count").is_not_null()
    return joined.with_columns(
        pl.coalesce("account_follower_count", "follower_count").alias("account_follower_count"),
        pl.when(given).then(None).otherwise("follower_as_of_date").alias("follower_as_of_date"),
    )


def core_snapshots(rows: pl.DataFrame, brands: pl.DataFrame) -> pl.DataFrame:
    """One row per platform, account, kind and day, in the contract of core.audience_snapshot.

    `rows` are raw.audience_snapshot with `follower_count` known. Of two exports of one day the one that reaches
    further in time is believed: platforms correct recent counts.
    """
    key = AUDIENCE_SNAPSHOT.key
    newest = (
        rows.filter(pl.col("follower_count").is_not_null())
        .with_columns(
            pl.col("snapshot_date").max().over("file_id").alias("_reach"),
            pl.col("account_handle").str.to_lowercase(),
        )
        .sort(*key, "_reach", "file_id", "row_number")
        .unique(subset=key, keep="last", maintain_order=True)
    )
    return _with_brand(newest, brands).select(AUDIENCE_SNAPSHOT.schema.names()).sort(key)
