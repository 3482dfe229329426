"""Why a mention counts for a brand or a topic: the matches of the core layer as they are published."""

import polars as pl

from warehouse.tables.insight import MENTION_BRAND, MENTION_TOPIC


def brand_matches_published(mention_brands: pl.DataFrame) -> pl.DataFrame:
    """One row per post and brand it names, sorted by day, post and brand: `mart.mention_brand`.

    `mention_brands` are rows of `core.mention_brand`.
    """
    return mention_brands.select(MENTION_BRAND.schema.names()).sort("mention_date", "mention_id", "brand_id")


def topic_matches_published(mention_topics: pl.DataFrame) -> pl.DataFrame:
    """One row per post and topic it touches, sorted by day, post and topic: `mart.mention_topic`.

    `mention_topics` are rows of `core.mention_topic`.
    """
    return mention_topics.select(MENTION_TOPIC.schema.names()).sort("mention_date", "mention_id", "topic_id")
