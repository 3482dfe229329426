"""Which terms the posts of a brand use on each day: words, hashtags and configured topics, counted by distinct text."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from transforms.marts.streaming import streamed
from transforms.marts.words import function_words, words_of

CELL = ["mention_date", "brand_id"]
KEYS = ["cell_key", "term_key"]
# Kinds hash with seeds of their own, so that a word, a hashtag and a topic of one spelling are three terms.
_SEEDS = {"word": 1, "hashtag": 2, "topic": 3}


@dataclass(frozen=True)
class Terms:
    """What was counted. Terms and cells are numbers while they are counted: millions of uses fit and group fast.

    `cells`: one row per day and brand: `cell_key`, `mention_date`, `brand_id`, `posts` (its distinct texts).
    `posts`: one row per cell and distinct text (the first post of each cluster), in the order of `post_key` 0, 1, ...:
    `cell_key`, `mention_id`, `author_key`, `sentiment_label`, `mention_text`.
    `uses`: one row per post and term it uses: `post_key`, `cell_key`, `term_key`.
    `vocabulary`: one row per term: `term_key`, `term_kind_code` (word, hashtag, topic), `term_text`.
    """

    cells: pl.DataFrame
    posts: pl.DataFrame
    uses: pl.DataFrame
    vocabulary: pl.DataFrame

    def counts(self) -> pl.DataFrame:
        """One row per cell and term it uses: KEYS, `mention_date`, `brand_id`, `post_count` (distinct texts)."""
        counted = streamed(self.uses.lazy().group_by(KEYS).agg(pl.len().cast(pl.Int64).alias("post_count")))
        return counted.join(self.cells.select("cell_key", *CELL), on="cell_key")


def used_terms(brand_mentions: pl.DataFrame, mentions: pl.DataFrame, mention_topics: pl.DataFrame) -> Terms:
    """The terms of each brand's distinct texts.

    `mentions` are rows of `core.mention` (read: mention_id, mention_text, hashtags); `mention_topics` has one row per
    post and topic (`mention_id`, `topic_id`). A text copied many times on a day counts once, a word repeated in a
    post counts once.
    """
    firsts = brand_mentions.unique([*CELL, "cluster_key"], keep="first", maintain_order=True)
    cells = firsts.group_by(CELL).agg(pl.len().cast(pl.Int64).alias("posts")).sort(CELL).with_row_index("cell_key")
    posts = (
        firsts.select("mention_id", *CELL, "author_key", "sentiment_label")
        .join(cells.drop("posts"), on=CELL, how="left", maintain_order="left")
        .join(
            mentions.select("mention_id", "mention_text", "hashtags"),
            on="mention_id",
            how="left",
            maintain_order="left",
        )
        .drop(CELL)
        .with_row_index("post_key")
    )
    words, said = _uses(posts.lazy().with_columns(words_of(pl.col("mention_text")).alias("term")), "word")
    tags, tagged = _uses(posts.lazy().with_columns(pl.col("hashtags").alias("term")), "hashtag")
    listed = mention_topics.group_by("mention_id").agg(pl.col("topic_id").alias("term"))
    on_topic = posts.select("post_key", "cell_key", "mention_id").join(listed, on="mention_id")
    topics, named = _uses(on_topic.lazy(), "topic")
    return Terms(cells, posts.drop("hashtags"), pl.concat([words, tags, topics]), pl.concat([said, tagged, named]))


def word_keys(words: Sequence[str]) -> list[int]:
    """The `term_key` of each word of the texts given (names may have several), and of each as a hashtag."""
    said = pl.select(words_of(pl.lit(" ".join(words))).explode()).to_series().drop_nulls()
    tagged = pl.Series([word.lstrip("#@").lower().replace(" ", "") for word in words], dtype=pl.String)
    return [*said.hash(_SEEDS["word"]).to_list(), *pl.concat([said, tagged]).hash(_SEEDS["hashtag"]).to_list()]


def _uses(lists: pl.LazyFrame, kind: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The lists of terms, one row per post and term, with keys for texts; and the terms the keys stand for.

    Cutting texts into words is most of the work: it is done in batches, and the lists are never held.
    """
    single = lists.select("post_key", "cell_key", pl.col("term").list.unique()).explode("term")
    keyed = single.filter(pl.col("term").is_not_null()).with_columns(
        pl.col("term").hash(_SEEDS[kind]).alias("term_key")
    )
    if kind == "word":
        empty = pl.Series(sorted(function_words())).hash(_SEEDS[kind])
        keyed = keyed.filter(~pl.col("term_key").is_in(empty.implode()))
    found = streamed(keyed)
    vocabulary = found.lazy().group_by("term_key").agg(pl.col("term").min().alias("term_text"))
    named = vocabulary.select("term_key", pl.lit(kind).alias("term_kind_code"), "term_text")
    return found.select("post_key", *KEYS), streamed(named)
