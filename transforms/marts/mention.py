"""The posts behind the numbers: every post as published, and the day's most important ones."""

import polars as pl

from transforms.marts.streaming import streamed

PUBLISHED_COLUMNS = (
    *("mention_id", "mention_date", "published_at", "tz_basis_code", "platform_code", "kind_code", "brand_ids", "url"),
    *("author_id", "author_label", "author_follower_count", "is_owned", "mention_text", "title", "is_text_withheld"),
    *("claimed_language_code", "language_code", "country_code", "sentiment_score", "sentiment_label"),
    *("sentiment_improved_score", "sentiment_improved_label", "sentiment_calibrated_score"),
    *("sentiment_calibrated_label", "sentiment_calibrated_model_id"),
    *("vendor_sentiment_label", "like_count", "share_count", "comment_count", "view_count", "impression_count"),
    *("reach_count", "engagement_count", "hashtags", "is_question", "is_complaint", "has_purchase_intent"),
    *("cluster_id", "cluster_mention_count", "original_mention_id", "duplicate_kind_code"),
    *("source_codes", "source_row_count"),
)
_FROM_BRANDS_AND_CLUSTERS = frozenset(
    {"brand_ids", "cluster_id", "cluster_mention_count", "original_mention_id", "duplicate_kind_code"}
)
# What is read of `core.mention` to publish it; the label is the handle, where it may be shown.
POST_COLUMNS = tuple(
    "author_handle" if name == "author_label" else name
    for name in PUBLISHED_COLUMNS
    if name not in _FROM_BRANDS_AND_CLUSTERS
)
TOP_COUNT = 10
# More than any counter: places of one tier stay apart from those of the next.
_HIGHEST = 1 << 48
# What a post can be ranked by, best first; a counter of zero says nothing, so the next one is asked.
RANK_BASES = (("engagement", "engagement_count"), ("reach", "reach_count"), ("followers", "author_follower_count"))


def mentions_published(
    mentions: pl.DataFrame, mention_brands: pl.DataFrame, clusters: pl.DataFrame, *, show_author_names: bool
) -> pl.DataFrame:
    """One row per real post, brands or not, sorted by day and id: `mart.mention`.

    Names and handles of authors stay behind unless the workspace shows them (`show_author_names`); the handle of an
    official account is public. A post in no cluster is alone in its own.
    """
    # Sorting once and keeping the order is half the work of sorting each post's list.
    by_brand = mention_brands.select("mention_id", "brand_id").sort("brand_id")
    brands = by_brand.group_by("mention_id", maintain_order=True).agg(pl.col("brand_id").alias("brand_ids"))
    in_clusters = clusters.select(
        "mention_id", "cluster_id", "original_mention_id", "cluster_mention_count", "duplicate_kind_code"
    )
    may_show = pl.lit(True) if show_author_names else pl.col("is_owned")
    own_id = pl.col("mention_id")
    return (
        mentions.join(brands, on="mention_id", how="left")
        .join(in_clusters, on="mention_id", how="left")
        .with_columns(
            pl.col("brand_ids").fill_null(pl.lit([], dtype=pl.List(pl.String))),
            pl.when(may_show).then(pl.col("author_handle")).alias("author_label"),
            pl.col("cluster_id").fill_null(own_id),
            pl.col("original_mention_id").fill_null(own_id),
            pl.col("cluster_mention_count").fill_null(1),
            pl.col("duplicate_kind_code").fill_null("unique"),
        )
        .select(PUBLISHED_COLUMNS)
        .sort("mention_date", "mention_id")
    )


def top_mention_daily(brand_mentions: pl.DataFrame) -> pl.DataFrame:
    """One row per day, brand and rank, at most TOP_COUNT: `mart.top_mention_daily`.

    Ranked by engagement; posts without any follow by reach, then by the author's followers, then by time. A story
    copied many times takes one place: the best-ranked copy of each cluster stands for it.
    """
    basis, tier, value = pl.lit("time"), pl.lit(len(RANK_BASES)), pl.lit(0)
    for number, (code, column) in reversed(list(enumerate(RANK_BASES))):
        known = pl.col(column) > 0
        basis = pl.when(known).then(pl.lit(code)).otherwise(basis)
        tier = pl.when(known).then(number).otherwise(tier)
        value = pl.when(known).then(pl.col(column)).otherwise(value)
    group = ["mention_date", "brand_id"]
    ranked = brand_mentions.with_columns(basis.alias("rank_basis_code"), tier.alias("tier"), value.alias("value"))
    return (
        _leaders(ranked, group)
        .sort(*group, "tier", -pl.col("value"), "published_at", "mention_id")
        .unique([*group, "cluster_key"], keep="first", maintain_order=True)
        .with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(group).alias("rank_count"))
        .filter(pl.col("rank_count") <= TOP_COUNT)
        .select(
            *(*group, "rank_count", "rank_basis_code", "mention_id", "platform_code"),
            *("engagement_count", "reach_count", "author_follower_count", "sentiment_label"),
        )
    )


def _leaders(ranked: pl.DataFrame, group: list[str]) -> pl.DataFrame:
    """The rows that can be among the first TOP_COUNT stories: no worse than the last of them, ties included.

    Only these few need to be put in order.
    """
    rows = ranked.with_columns((pl.col("tier") * _HIGHEST - pl.col("value").clip(0, _HIGHEST - 1)).alias("place"))
    stories = rows.lazy().group_by(*group, "cluster_key").agg(pl.col("place").min())
    last = pl.col("place").bottom_k(TOP_COUNT).max().alias("last_place")
    return rows.join(streamed(stories).group_by(group).agg(last), on=group).filter(
        pl.col("place") <= pl.col("last_place")
    )
