"""What is rising, fading and new in the conversation about each brand, term by term against its own history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from transforms.marts.history import sum_before
from transforms.marts.term_counts import CELL, KEYS, NO_TERMS, TermCounts, Terms, word_keys
from transforms.marts.words import words_of
from transforms.metrics.log_odds import log_odds_score
from warehouse.tables.insight import TOPIC_DAILY

_SERIES = ["brand_id", "term_key"]
_PHRASE_POSTS = 50


@dataclass(frozen=True)
class TopicParams:
    """When a term is worth naming. Counts are of distinct texts.

    `history_days` before the day are its history, of which `least_history_days` must be covered; a term needs
    `least_posts` of `least_authors`; `threshold` is the z-score that is called rising or fading; `prior_posts` are the
    imagined posts both sides start with; `top` terms of each kind are listed even if steady; `phrase_ratio` of a
    term's posts must share a phrase for it to be named. `own_names` are, by brand, the words of its own names: in posts
    about a brand they are no topic.
    """

    history_days: int = 28
    least_history_days: int = 7
    least_posts: int = 5
    least_authors: int = 3
    threshold: float = 3.3
    prior_posts: float = 100.0
    top: int = 10
    phrase_ratio: float = 0.6
    own_names: Mapping[str, Sequence[str]] = field(default_factory=dict)


def topic_daily(
    terms: Terms, covered: Sequence[date], params: TopicParams = TopicParams(), before: TermCounts = NO_TERMS
) -> pl.DataFrame:
    """One row per day, brand and term that moves or leads: `mart.topic_daily`.

    `terms` are those of the days asked for, `before` the counts of other days, from `params.history_days` before the
    first of them on; `covered` are all days the exports cover. A term is scored by its share of the day's distinct
    texts against its share of the history (`trend_score`) and against the other brands of the panel (`panel_score`).
    """
    seen = terms.with_days_of(before)
    candidates = _without_own_names(_candidates(terms, seen, params), params)
    scored = _scored(candidates, seen, covered, params).join(seen.vocabulary, on="term_key")
    listed = _listed(scored, params)
    uses = terms.uses.join(listed.select(KEYS), on=KEYS, how="semi")
    evidence = _evidence(terms.posts, uses)
    found = listed.join(evidence, on=KEYS, how="left").with_columns(
        pl.col("distinct_author_count").fill_null(0),
        pl.col("sample_mention_ids").fill_null(pl.lit([], dtype=pl.List(pl.String))),
    )
    found = found.with_columns(_state(params).alias("term_state_code")).filter(_is_worth_a_row(params))
    return (
        found.join(_phrases(terms.posts, uses, found, params), on=KEYS, how="left")
        .rename({"post_count": "term_post_count", "posts": "day_post_count"})
        .select(TOPIC_DAILY.schema.names())
        .sort(TOPIC_DAILY.key)
    )


def _candidates(terms: Terms, seen: TermCounts, params: TopicParams) -> pl.DataFrame:
    """Terms that are used enough on a day or were within the week before it, with the day's count (zero included).

    A brand without posts on a day has no terms on it.
    """
    topics = seen.vocabulary.filter(pl.col("term_kind_code") == "topic")["term_key"].implode()
    enough = (pl.col("post_count") >= params.least_posts) | pl.col("term_key").is_in(topics)
    used = seen.counts.filter(enough).select(pl.col("cell_key").alias("used_in"), "term_key")
    # Few cells follow one another; millions of uses only take their numbers along.
    cells = seen.cells.select(pl.col("cell_key").alias("used_in"), *CELL)
    week = pl.concat(cells.with_columns(pl.col("mention_date") + timedelta(days=shift)) for shift in range(8))
    asked = terms.cells.select("cell_key", *CELL)
    wanted = used.join(week.join(asked, on=CELL).select("used_in", "cell_key"), on="used_in").select(KEYS).unique()
    return (
        wanted.join(asked, on="cell_key")
        .join(terms.counts, on=KEYS, how="left")
        .with_columns(pl.col("post_count").cast(pl.Int64).fill_null(0))
    )


def _without_own_names(candidates: pl.DataFrame, params: TopicParams) -> pl.DataFrame:
    named = [(brand, key) for brand, names in params.own_names.items() for key in word_keys(names)]
    own = pl.DataFrame(named, schema={"brand_id": pl.String, "term_key": pl.UInt64}, orient="row")
    return candidates.join(own, on=_SERIES, how="anti")


def _scored(candidates: pl.DataFrame, seen: TermCounts, covered: Sequence[date], params: TopicParams) -> pl.DataFrame:
    """The candidates with their history, the panel's use of them and both scores."""
    span = params.history_days
    kept = seen.counts.join(candidates.select("term_key").unique(), on="term_key", how="semi")
    kept = kept.with_columns(pl.col("post_count").cast(pl.Int64)).join(seen.cells, on="cell_key")
    by_panel = kept.group_by("mention_date", "term_key").agg(pl.col("post_count").sum())
    rows = sum_before(candidates, kept, _SERIES, span, "history_post_count")
    rows = sum_before(rows, by_panel, ["term_key"], span, "panel_used", including_today=True)
    used, before, everywhere = pl.col("post_count"), pl.col("history_post_count"), pl.col("panel_used")
    posts, history = pl.col("posts"), pl.col("history_posts")
    # Both sides start with imagined posts of what they are compared with: the brand's own share of all its posts, or
    # the panel's. A prior from elsewhere would pull the smaller side, which is the day, towards it.
    own_share = (used + before) / (posts + history)
    share, others = everywhere / pl.col("panel_posts"), everywhere - used - before
    other_posts, prior = pl.col("panel_posts") - posts - history, params.prior_posts
    return rows.join(_cellssum_before(seen.cells, covered, span), on=["cell_key", *CELL]).with_columns(
        pl.when(history > 0).then(posts * before / history).alias("expected_post_count"),
        log_odds_score(used, posts, before, history, own_share, prior).alias("trend_score"),
        log_odds_score(used, posts, others, other_posts, share, prior).alias("panel_score"),
    )


def _cellssum_before(cells: pl.DataFrame, covered: Sequence[date], span: int) -> pl.DataFrame:
    """The cells with `history_posts`, `panel_posts` (today included) and `history_day_count`."""
    one = pl.lit(1, dtype=pl.Int64)
    totals = cells.select(*CELL, pl.col("posts").alias("post_count"), one.alias("one"))
    panel = totals.group_by("mention_date", "one").agg(pl.col("post_count").sum())
    days = pl.DataFrame({"mention_date": sorted(set(covered))}, schema={"mention_date": pl.Date})
    days = days.with_columns(one.alias("one"), one.alias("post_count"))
    found = sum_before(cells.with_columns(one.alias("one")), totals, ["brand_id"], span, "history_posts")
    found = sum_before(found, panel, ["one"], span, "panel_posts", including_today=True)
    return sum_before(found, days, ["one"], span, "history_day_count").drop("one")


def _listed(scored: pl.DataFrame, params: TopicParams) -> pl.DataFrame:
    """The rows that may deserve a place: those whose share moved, and the most used of each kind."""
    kind = [*CELL, "term_kind_code"]
    ranked = scored.sort(*kind, -pl.col("post_count"), "term_text").with_columns(
        pl.int_range(1, pl.len() + 1).over(kind).alias("place")
    )
    moves = pl.col("trend_score").abs() >= params.threshold
    return ranked.filter(moves | _leads(params))


def _leads(params: TopicParams) -> pl.Expr:
    is_used = (pl.col("place") <= params.top) & (pl.col("post_count") > 0)
    return is_used | (pl.col("term_kind_code") == "topic")


def _is_worth_a_row(params: TopicParams) -> pl.Expr:
    return _leads(params) | pl.col("term_state_code").is_in(["new", "rising", "fading"])


def _evidence(posts: pl.DataFrame, uses: pl.DataFrame) -> pl.DataFrame:
    """Who uses the listed terms on their day, how negative those posts are, and three of them: one row per KEYS."""
    label, scored = pl.col("sentiment_label"), pl.col("scored_count")
    # `post_key` is the row of a post: facts are picked, not joined, and ids only for the few that are shown.
    facts = posts.select(
        "author_key", (label == "negative").alias("is_negative"), (label != "unscored").alias("is_scored")
    )
    used = pl.concat([uses, facts[uses["post_key"]]], how="horizontal")
    counted = used.group_by(KEYS).agg(
        pl.col("author_key").drop_nulls().n_unique().cast(pl.Int64).alias("distinct_author_count"),
        pl.col("is_negative").sum().alias("negative_count"),
        pl.col("is_scored").sum().alias("scored_count"),
        pl.col("post_key").bottom_k(3).sort().alias("shown"),
    )
    return counted.with_columns(
        pl.when(scored > 0).then(pl.col("negative_count") / scored).alias("term_negative_ratio")
    ).join(_samples(posts, counted), on=KEYS, how="left")


def _samples(posts: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    """The ids of the posts shown, in their order: KEYS, `sample_mention_ids`."""
    shown = counted.select(*KEYS, "shown").explode("shown")
    ids = shown.with_columns(posts["mention_id"].gather(shown["shown"]).alias("mention_id"))
    return ids.group_by(KEYS, maintain_order=True).agg(pl.col("mention_id").alias("sample_mention_ids"))


def _state(params: TopicParams) -> pl.Expr:
    score, used = pl.col("trend_score"), pl.col("post_count")
    is_heard = (used >= params.least_posts) & (pl.col("distinct_author_count") >= params.least_authors)
    return (
        pl.when((pl.col("history_day_count") < params.least_history_days) | score.is_null())
        .then(pl.lit("not_enough_data"))
        .when((score >= params.threshold) & is_heard & (pl.col("history_post_count") == 0))
        .then(pl.lit("new"))
        .when((score >= params.threshold) & is_heard)
        .then(pl.lit("rising"))
        .when((score <= -params.threshold) & (pl.col("expected_post_count") >= params.least_posts))
        .then(pl.lit("fading"))
        .otherwise(pl.lit("steady"))
    )


def _phrases(posts: pl.DataFrame, uses: pl.DataFrame, found: pl.DataFrame, params: TopicParams) -> pl.DataFrame:
    """The two-word phrase that most posts with a rising or new word share, if one does: KEYS, `phrase_text`.

    Looked for in the first `_PHRASE_POSTS` of the word's posts: a phrase most posts share is in most of those.
    """
    is_moving = (pl.col("term_kind_code") == "word") & pl.col("term_state_code").is_in(["new", "rising"])
    words = found.filter(is_moving).select(*KEYS, "term_text", "post_count")
    first, second = pl.col("first"), pl.col("second")
    used = uses.join(words, on=KEYS).sort("post_key").group_by(KEYS, maintain_order=True).head(_PHRASE_POSTS)
    texts = used.join(posts.select("post_key", "mention_text"), on="post_key")
    pairs = (
        texts.with_columns(words_of(pl.col("mention_text")).alias("first"))
        .with_columns(first.list.slice(1).alias("second"))
        .with_columns(first.list.head(second.list.len()))
        .select(*KEYS, "term_text", "post_count", "post_key", "first", "second")
        .explode("first", "second")
        .filter((first == pl.col("term_text")) | (second == pl.col("term_text")))
    )
    phrases = pairs.select(*KEYS, "post_count", "post_key", (first + " " + second).alias("phrase_text")).unique()
    shared = phrases.group_by(*KEYS, "post_count", "phrase_text").agg(pl.len().cast(pl.Int64).alias("shared"))
    looked_at = pl.col("post_count").clip(upper_bound=_PHRASE_POSTS)
    return (
        shared.filter(pl.col("shared") >= params.phrase_ratio * looked_at)
        .sort(*KEYS, -pl.col("shared"), "phrase_text")
        .unique(KEYS, keep="first", maintain_order=True)
        .select(*KEYS, "phrase_text")
    )
