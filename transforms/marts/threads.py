"""Who answers whom: replies joined to the posts they answer. Everything that needs a thread starts here."""

import polars as pl

REPLY_KINDS = ("reply", "comment", "quote")


def threads(mentions: pl.DataFrame, mention_brands: pl.DataFrame) -> pl.DataFrame:
    """One row per reply whose parent is held, and brand that either of them names.

    `mentions` are rows of `core.mention`, `mention_brands` of `core.mention_brand`. Columns: the reply's `mention_id`,
    `mention_date`, `published_at`, `author_id`, `is_owned`, `is_question`, `sentiment_label`; the parent's
    `parent_mention_id`, `parent_author_id`, `parent_published_at`, `parent_is_owned`, `parent_is_question`,
    `parent_sentiment_label`; and `brand_id`. Sorted by time. An author's answer to themselves is no answer.
    """
    columns = ["mention_id", "author_id", "published_at", "is_owned", "is_question", "sentiment_label"]
    replies = mentions.filter(pl.col("kind_code").is_in(REPLY_KINDS) & pl.col("parent_native_id").is_not_null())
    parents = mentions.filter(pl.col("native_id").is_not_null()).select(
        "platform_code", "native_id", *[pl.col(name).alias(f"parent_{name}") for name in columns]
    )
    pairs = (
        replies.select("platform_code", "parent_native_id", "mention_date", *columns)
        .join(parents, left_on=["platform_code", "parent_native_id"], right_on=["platform_code", "native_id"])
        .filter(pl.col("author_id").ne_missing(pl.col("parent_author_id")) | pl.col("author_id").is_null())
        .drop("parent_native_id")
    )
    named = mention_brands.select("mention_id", "brand_id")
    by_reply = pairs.join(named, on="mention_id")
    by_parent = pairs.join(named.rename({"mention_id": "parent_mention_id"}), on="parent_mention_id")
    both = pl.concat([by_reply, by_parent.select(by_reply.columns)])
    return both.unique(["mention_id", "brand_id"]).sort("published_at", "mention_id", "brand_id")
