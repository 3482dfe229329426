"""Earned posts by brand: the narrow frame from which the listening tables of mentions are counted."""

import polars as pl

# What the tables read; the text itself stays behind so that a year of mentions fits in memory.
MENTION_COLUMNS = (
    "mention_id",
    "mention_date",
    "published_at",
    "platform_code",
    "author_id",
    "author_follower_count",
    "engagement_count",
    "reach_count",
    "sentiment_score",
    "sentiment_label",
    "vendor_sentiment_label",
)
KEY = ("mention_date", "brand_id", "published_at", "mention_id")


def brand_mentions(mentions: pl.DataFrame, mention_brands: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """One row per earned post and brand it names, sorted by day, brand, time and post.

    `mentions` are rows of `core.mention`, `mention_brands` of `core.mention_brand`, `clusters` of
    `core.duplicate_cluster`. Posts of official accounts are left out: they are not earned conversation.
    Columns: those of MENTION_COLUMNS, `brand_id`, and `cluster_id` (the post's own id where it is in no cluster).
    """
    earned = mentions.filter(~pl.col("is_owned")).select(MENTION_COLUMNS)
    return (
        earned.join(mention_brands.select("mention_id", "brand_id").unique(), on="mention_id", how="inner")
        .join(clusters.select("mention_id", "cluster_id"), on="mention_id", how="left")
        .with_columns(pl.coalesce("cluster_id", "mention_id").alias("cluster_id"))
        .sort(KEY)
    )
