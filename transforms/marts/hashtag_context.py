"""What a hot hashtag stands for today, and whether a brand may join it: the evidence."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from transforms.marts.brand_mention import id_key
from transforms.marts.hashtag_verdict import VerdictParams, verdict
from transforms.marts.history import sum_before
from transforms.marts.words import crisis_words, function_words, words_of
from warehouse.tables.insight import HASHTAG_CONTEXT

PAIR = ["mention_date", "hashtag_text"]
_NO_TEXTS = pl.lit([], dtype=pl.List(pl.String))


@dataclass(frozen=True)
class HashtagParams:
    """Which hashtags are looked at: the `top` of a day, and those at `rise` times what their history lets expect.

    Both need `least_posts` distinct texts. Meanings are compared on at most `sample_posts` of the day and the last
    `sample_posts` of the `history_days` before it, by the `meaning_words` most used with the hashtag.
    """

    top: int = 10
    rise: float = 3.0
    least_posts: int = 10
    history_days: int = 28
    sample_posts: int = 100
    meaning_words: int = 20
    least_history_posts: int = 30
    co_terms: int = 8
    verdict: VerdictParams = field(default_factory=VerdictParams)


def hashtag_first_seen(mentions: pl.DataFrame) -> pl.DataFrame:
    """One row per hashtag: `hashtag_text`, `first_seen_date`. Those of two spans of days merge by their minimum."""
    tags = mentions.select("mention_date", pl.col("hashtags").alias("hashtag_text")).explode("hashtag_text")
    tags = tags.filter(pl.col("hashtag_text").is_not_null())
    return tags.group_by("hashtag_text").agg(pl.col("mention_date").min().alias("first_seen_date")).sort("hashtag_text")


def hashtag_context(
    mentions: pl.DataFrame,
    mention_brands: pl.DataFrame,
    clusters: pl.DataFrame,
    first_seen: pl.DataFrame,
    days: Sequence[date],
    params: HashtagParams = HashtagParams(),
) -> pl.DataFrame:
    """One row per day and hot hashtag with a verdict: `mart.hashtag_context`.

    `mentions` are rows of `core.mention` of `days` and the `params.history_days` before the first, whether they name a
    brand or not: a tag is hot before a brand joins it. `first_seen` is `hashtag_first_seen` of everything held.
    Copies of a text count once a day; posts of official accounts not at all.
    """
    posts, tagged = _tagged_posts(mentions, clusters)
    hot = _hot(tagged, days, params)
    today = tagged.join(hot.select(PAIR), on=PAIR, how="semi").select(*PAIR, "post_key")
    sampled = today.group_by(PAIR, maintain_order=True).head(params.sample_posts)
    before = _history_sample(tagged, hot, params)
    words = _words(posts, pl.concat([sampled, before]))
    evidence = (
        hot.join(_counts(today, posts), on=PAIR)
        .join(_history_mood(before, posts), on=PAIR, how="left")
        .join(_brands(today, posts, mention_brands), on=PAIR, how="left")
        .join(_company(sampled, words, params), on=PAIR, how="left")
        .join(_crisis(sampled, words), on=PAIR, how="left")
        .join(_meaning_shift(sampled, before, words, params), on=PAIR, how="left")
        .join(first_seen, on="hashtag_text", how="left")
        .with_columns(pl.col("brand_ids", "co_terms", "crisis_terms").fill_null(_NO_TEXTS))
    )
    judged = verdict(evidence, params.verdict).rename({"post_count": "hashtag_post_count"})
    return judged.select(HASHTAG_CONTEXT.schema.names()).sort(PAIR)


def _tagged_posts(mentions: pl.DataFrame, clusters: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Distinct earned texts of each day with hashtags (`post_key` 0, 1, ... by time), and one row per tag of theirs,
    sorted by tag and time."""
    columns = ("mention_id", "mention_date", "published_at", "author_id", "mention_text", "hashtags", "sentiment_label")
    earned = mentions.filter(~pl.col("is_owned") & (pl.col("hashtags").list.len() > 0)).select(columns)
    posts = (
        earned.join(clusters.select("mention_id", "cluster_id"), on="mention_id", how="left")
        .sort("mention_date", "published_at", "mention_id")
        .with_columns(pl.coalesce("cluster_id", "mention_id").alias("cluster_id"))
        .unique(["mention_date", "cluster_id"], keep="first", maintain_order=True)
        .with_columns(id_key("author_id").alias("author_key"))
        .drop("cluster_id", "author_id", "published_at")
        .with_row_index("post_key")
    )
    tagged = posts.select("post_key", "mention_date", pl.col("hashtags").list.unique().alias("hashtag_text"))
    single = tagged.explode("hashtag_text")
    # Ordered by the tags' numbers: comparing a million texts costs more than naming the few there are.
    names = pl.Enum(single["hashtag_text"].unique().sort())
    return posts.drop("hashtags"), single.sort(pl.col("hashtag_text").cast(names), "post_key")


def _hot(tagged: pl.DataFrame, days: Sequence[date], params: HashtagParams) -> pl.DataFrame:
    counts = tagged.group_by(PAIR).agg(pl.len().cast(pl.Int64).alias("post_count"))
    enough = (pl.col("post_count") >= params.least_posts) & pl.col("mention_date").is_in(list(days))
    found = sum_before(counts.filter(enough), counts, ["hashtag_text"], params.history_days, "history_post_count")
    place = pl.int_range(1, pl.len() + 1).over("mention_date")
    expected = pl.col("history_post_count") / params.history_days
    rises = pl.col("post_count") >= params.rise * expected
    ranked = found.sort("mention_date", -pl.col("post_count"), "hashtag_text")
    return ranked.with_columns(expected.alias("expected_post_count")).filter((place <= params.top) | rises).sort(PAIR)


def _history_sample(tagged: pl.DataFrame, hot: pl.DataFrame, params: HashtagParams) -> pl.DataFrame:
    """The last posts with each hot tag before its day: PAIR, `post_key`.

    Posts of a tag stand together in time order, so those before a day are a range of rows that ends at its first.
    """
    rows = tagged.with_row_index("row")
    starts = rows.group_by(PAIR).agg(pl.col("row").min().cast(pl.Int64).alias("end"))
    ranges = hot.select(PAIR).join(starts, on=PAIR)
    ranges = ranges.with_columns(
        pl.int_ranges((pl.col("end") - params.sample_posts).clip(lower_bound=0), pl.col("end")).alias("row")
    )
    wanted = ranges.drop("end").explode("row").filter(pl.col("row").is_not_null())
    found = wanted.join(rows.with_columns(pl.col("row").cast(pl.Int64)), on="row", suffix="_then")
    age = pl.col("mention_date") - pl.col("mention_date_then")
    same = (pl.col("hashtag_text") == pl.col("hashtag_text_then")) & (age <= timedelta(days=params.history_days))
    return found.filter(same).select(*PAIR, "post_key")


def _words(posts: pl.DataFrame, samples: pl.DataFrame) -> pl.DataFrame:
    """One row per sampled post and word it uses, function words left out: `post_key`, `word`."""
    sampled = posts.select("post_key", "mention_text").join(
        samples.select("post_key").unique(), on="post_key", how="semi"
    )
    words = sampled.select("post_key", words_of(pl.col("mention_text")).list.unique().alias("word")).explode("word")
    return words.filter(pl.col("word").is_not_null() & ~pl.col("word").is_in(sorted(function_words())))


def _counts(today: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    label = pl.col("sentiment_label")
    mood = today.join(posts.select("post_key", "mention_id", "author_key", "sentiment_label"), on="post_key")
    return (
        mood.sort("post_key")
        .group_by(PAIR, maintain_order=True)
        .agg(
            pl.col("author_key").drop_nulls().n_unique().cast(pl.Int64).alias("distinct_author_count"),
            (label == "negative").sum().cast(pl.Int64).alias("negative_count"),
            (label != "unscored").sum().cast(pl.Int64).alias("scored_count"),
            pl.col("mention_id").head(3).alias("sample_mention_ids"),
        )
    )


def _history_mood(before: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    label = pl.col("sentiment_label")
    negative, scored = (label == "negative").sum(), (label != "unscored").sum()
    mood = before.join(posts.select("post_key", "sentiment_label"), on="post_key").group_by(PAIR)
    return mood.agg(pl.when(scored > 0).then(negative / scored).alias("history_negative_ratio"))


def _brands(today: pl.DataFrame, posts: pl.DataFrame, mention_brands: pl.DataFrame) -> pl.DataFrame:
    named = today.join(posts.select("post_key", "mention_id"), on="post_key").join(
        mention_brands.select("mention_id", "brand_id"), on="mention_id"
    )
    return named.group_by(PAIR).agg(pl.col("brand_id").unique().sort().alias("brand_ids"))


def _company(sampled: pl.DataFrame, words: pl.DataFrame, params: HashtagParams) -> pl.DataFrame:
    used = sampled.join(words, on="post_key").group_by(*PAIR, "word").agg(pl.len().cast(pl.Int64).alias("used"))
    ranked = used.filter(pl.col("used") > 1).sort(*PAIR, -pl.col("used"), "word")
    return ranked.group_by(PAIR, maintain_order=True).agg(pl.col("word").head(params.co_terms).alias("co_terms"))


def _crisis(sampled: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """How many of the sampled posts use a crisis word, and which words those are."""
    heavy = words.filter(pl.col("word").is_in(sorted(crisis_words())))
    sizes = sampled.group_by(PAIR).agg(pl.len().cast(pl.Int64).alias("sample_count"))
    found = (
        sampled.join(heavy, on="post_key")
        .group_by(PAIR)
        .agg(
            pl.col("post_key").n_unique().cast(pl.Int64).alias("crisis_count"),
            pl.col("word").value_counts(sort=True).struct.field("word").head(3).sort().alias("crisis_terms"),
        )
    )
    return sizes.join(found, on=PAIR, how="left").with_columns(pl.col("crisis_count").fill_null(0))


def _meaning_shift(
    sampled: pl.DataFrame, before: pl.DataFrame, words: pl.DataFrame, params: HashtagParams
) -> pl.DataFrame:
    """1 - (share of today's posts that use the hashtag's usual words) / (the same share in its history).

    The usual words are found in every second post of the history and their share there is measured on the others:
    words measured where they were found would look more usual than they are.
    """
    halves = before.with_columns((pl.int_range(pl.len()).over(PAIR) % 2 == 0).alias("is_first"))
    used = halves.filter("is_first").join(words, on="post_key").group_by(*PAIR, "word").agg(pl.len().alias("used"))
    usual = (
        used.sort(*PAIR, -pl.col("used").cast(pl.Int64), "word")
        .group_by(PAIR, maintain_order=True)
        .head(params.meaning_words)
        .select(*PAIR, "word")
    )
    sizes = before.group_by(PAIR).agg(pl.len().alias("history_sample"))
    today = _share_with(sampled, usual, words, "today_share")
    usually = _share_with(halves.filter(~pl.col("is_first")), usual, words, "usual_share")
    shift = (1 - pl.col("today_share") / pl.col("usual_share")).clip(0.0, 1.0)
    can_tell = (pl.col("history_sample") >= params.least_history_posts) & (pl.col("usual_share") > 0)
    return (
        sizes.join(today, on=PAIR, how="left")
        .join(usually, on=PAIR, how="left")
        .select(*PAIR, pl.when(can_tell).then(shift).alias("meaning_shift_ratio"))
    )


def _share_with(posts: pl.DataFrame, usual: pl.DataFrame, words: pl.DataFrame, name: str) -> pl.DataFrame:
    matched = posts.join(words, on="post_key").join(usual, on=[*PAIR, "word"], how="semi")
    counted = matched.group_by(PAIR).agg(pl.col("post_key").n_unique().alias("matched"))
    sizes = posts.group_by(PAIR).agg(pl.len().alias("size"))
    share = (pl.col("matched").fill_null(0) / pl.col("size")).alias(name)
    return sizes.join(counted, on=PAIR, how="left").select(*PAIR, share)
