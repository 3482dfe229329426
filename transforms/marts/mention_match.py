"""Why a mention counts for a brand or a topic: the matches of the core layer, with their day, as they are published."""

import polars as pl

from warehouse.tables.insight import MENTION_BRAND, MENTION_TOPIC


def brand_matches_published(mentions: pl.DataFrame, mention_brands: pl.DataFrame) -> pl.DataFrame:
    """One row per post and brand it names, sorted by day, post and brand: `mart.mention_brand`.

    `mentions` are rows of `core.mention` (read: mention_id, mention_date), `mention_brands` of `core.mention_brand`.
    """
    dated = mention_brands.join(mentions.select("mention_id", "mention_date"), on="mention_id")
    return dated.select(MENTION_BRAND.schema.names()).sort("mention_date", "mention_id", "brand_id")


def topic_matches_published(mentions: pl.DataFrame, mention_topics: pl.DataFrame) -> pl.DataFrame:
    """One row per post and topic it touches, sorted by day, post and topic: `mart.mention_topic`.

    `mentions` are rows of `core.mention` (read: mention_id, mention_date), `mention_topics` of `core.mention_topic`.
    """
    dated = mention_topics.join(mentions.select("mention_id", "mention_date"), on="mention_id")
    return dated.select(MENTION_TOPIC.schema.names()).sort("mention_date", "mention_id", "topic_id")
