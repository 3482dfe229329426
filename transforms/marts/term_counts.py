"""Which terms the posts of a brand use on each day: words, hashtags and configured topics, counted by distinct text."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from transforms.marts.streaming import streamed
from transforms.marts.words import function_words, words_of

CELL = ["mention_date", "brand_id"]
KEYS = ["cell_key", "term_key"]
# Kinds hash with seeds of their own, so that a word, a hashtag and a topic of one spelling are three terms.
_SEEDS = {"word": 1, "hashtag": 2, "topic": 3}


@dataclass(frozen=True)
class TermCounts:
    """How many distinct texts use each term. Terms and cells are numbers while they are counted: millions fit.

    `cells`: one row per day and brand: `cell_key`, `mention_date`, `brand_id`, `posts` (its distinct texts).
    `counts`: one row per cell and term it uses: `cell_key`, `term_key`, `post_count` (distinct texts).
    `vocabulary`: one row per term: `term_key`, `term_kind_code` (word, hashtag, topic), `term_text`.
    """

    cells: pl.DataFrame
    counts: pl.DataFrame
    vocabulary: pl.DataFrame

    def with_days_of(self, others: "TermCounts") -> "TermCounts":
        """These counts, under their `cell_key`, and those of other days."""
        shift = pl.lit(self.cells.height, dtype=pl.UInt32)
        cells, counts = (
            pl.concat([own, rest.with_columns(pl.col("cell_key") + shift)])
            for own, rest in ((self.cells, others.cells), (self.counts, others.counts))
        )
        return TermCounts(cells, counts, pl.concat([self.vocabulary, others.vocabulary]).unique("term_key"))

    def of_days(self, days: Collection[date]) -> "TermCounts":
        """The counts of these days only."""
        kept = self.cells.filter(pl.col("mention_date").is_in(list(days))).rename({"cell_key": "old_key"})
        cells = kept.with_row_index("cell_key")
        keys = cells.select("cell_key", pl.col("old_key"))
        counts = self.counts.join(keys, left_on="cell_key", right_on="old_key").drop("cell_key")
        counts = counts.select(pl.col("cell_key_right").alias("cell_key"), "term_key", "post_count")
        used = counts.select("term_key").unique()
        return TermCounts(
            cells.select(self.cells.columns), counts, self.vocabulary.join(used, on="term_key", how="semi")
        )


@dataclass(frozen=True)
class Terms(TermCounts):
    """What was counted, and of what.

    `posts`: one row per cell and distinct text (the first post of each cluster), in the order of `post_key` 0, 1, ...:
    `cell_key`, `mention_id`, `author_key`, `sentiment_label`, `mention_text`.
    `uses`: one row per post and term it uses: `post_key`, `cell_key`, `term_key`.
    """

    posts: pl.DataFrame
    uses: pl.DataFrame


NO_TERMS = TermCounts(
    pl.DataFrame(schema={"cell_key": pl.UInt32, "mention_date": pl.Date, "brand_id": pl.String, "posts": pl.Int64}),
    pl.DataFrame(schema={"cell_key": pl.UInt32, "term_key": pl.UInt64, "post_count": pl.UInt32}),
    pl.DataFrame(schema={"term_key": pl.UInt64, "term_kind_code": pl.String, "term_text": pl.String}),
)


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
    uses = pl.concat([words, tags, topics])
    counts = streamed(uses.lazy().group_by(KEYS).agg(pl.len().alias("post_count")))
    return Terms(cells, counts, pl.concat([said, tagged, named]), posts.drop("hashtags"), uses)


def term_rows(terms: TermCounts) -> pl.DataFrame:
    """One row per day, brand with texts and kind of term: `state.term_day`, from which `counted_terms` makes counts."""
    kinds = pl.DataFrame({"term_kind_code": list(_SEEDS)})
    named = terms.counts.join(terms.vocabulary, on="term_key").group_by("cell_key", "term_kind_code")
    used = named.agg(
        pl.col("term_text").alias("term_texts"), pl.col("post_count").cast(pl.Int64).alias("term_post_counts")
    )
    rows = terms.cells.join(kinds, how="cross").join(used, on=["cell_key", "term_kind_code"], how="left")
    return rows.select(
        *CELL,
        "term_kind_code",
        pl.col("posts").alias("day_post_count"),
        pl.col("term_texts").fill_null(pl.lit([], dtype=pl.List(pl.String))),
        pl.col("term_post_counts").fill_null(pl.lit([], dtype=pl.List(pl.Int64))),
    )


def counted_terms(rows: pl.DataFrame) -> TermCounts:
    """The counts that `rows` of `state.term_day` hold."""
    cells = rows.select(*CELL, pl.col("day_post_count").alias("posts")).unique().sort(CELL).with_row_index("cell_key")
    of_cells = rows.join(cells.select("cell_key", *CELL), on=CELL)
    counts, vocabularies = [NO_TERMS.counts], [NO_TERMS.vocabulary]
    for kind, seed in _SEEDS.items():
        lists = of_cells.filter((pl.col("term_kind_code") == kind) & (pl.col("term_texts").list.len() > 0))
        used = lists.select(
            "cell_key",
            pl.col("term_texts").alias("term_text"),
            pl.col("term_post_counts").cast(pl.List(pl.UInt32)).alias("post_count"),
        ).explode("term_text", "post_count")
        used = used.with_columns(pl.col("term_text").hash(seed).alias("term_key"), term_kind_code=pl.lit(kind))
        counts.append(used.select(NO_TERMS.counts.columns))
        vocabularies.append(used.select(NO_TERMS.vocabulary.columns).unique("term_key"))
    return TermCounts(cells, pl.concat(counts), pl.concat(vocabularies))


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
