"""Whether a hot hashtag is safe to join: the tragedy behind it, its mood, its meaning and its history."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from transforms.marts.hashtag_context import HashtagParams, hashtag_context, hashtag_first_seen
from transforms.marts.hashtag_verdict import VerdictParams, verdict
from warehouse.tables import insight

TODAY = date(2024, 7, 21)
HISTORY = [TODAY - timedelta(days=back) for back in range(28, 0, -1)]
CHEERFUL = ("whywestay lovely sofa and pizza tonight", "cosy evening with a sofa", "pizza on the sofa with friends")


def tagged(day: date, texts: tuple[str, ...], times: int, tag: str = "nightin", **rest: Any) -> list[dict[str, Any]]:
    return [
        {"mention_date": day, "mention_text": f"{texts[n % len(texts)]} #{tag}", "hashtags": [tag], **rest}
        for n in range(times)
    ]


def cheerful_history(posts: int = 4) -> list[dict[str, Any]]:
    return [post for day in HISTORY for post in tagged(day, CHEERFUL, posts, sentiment_label="positive")]


def frames(*groups: list[dict[str, Any]]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    records = [post for group in groups for post in group]
    schema = pl.Schema(
        {
            **dict.fromkeys(("mention_id", "author_id", "cluster_id", "mention_text", "sentiment_label"), pl.String),
            "mention_date": pl.Date,
            "hashtags": pl.List(pl.String),
            "is_owned": pl.Boolean,
            "brand_id": pl.String,
        }
    )
    rows = [
        {
            "mention_id": f"m{n:05}",
            "author_id": f"a{n}",
            "cluster_id": f"c{n}",
            "is_owned": False,
            "sentiment_label": "neutral",
            **post,
        }
        for n, post in enumerate(records)
    ]
    posts = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema, orient="row")
    at = pl.col("mention_date").cast(pl.Datetime("us", "UTC")).alias("published_at")
    brands = posts.select("mention_id", "brand_id").drop_nulls()
    return posts.with_columns(at).drop("cluster_id", "brand_id"), brands, posts.select("mention_id", "cluster_id")


def contexts(*groups: list[dict[str, Any]], days: tuple[date, ...] = (TODAY,)) -> pl.DataFrame:
    mentions, brands, clusters = frames(*groups)
    table = hashtag_context(mentions, brands, clusters, hashtag_first_seen(mentions), days)
    return insight.HASHTAG_CONTEXT.conform(table)


def context(*groups: list[dict[str, Any]], tag: str = "nightin") -> dict[str, Any]:
    return contexts(*groups).row(by_predicate=pl.col("hashtag_text") == tag, named=True)


def test_a_tag_that_overnight_stands_for_a_tragedy_is_to_be_avoided():
    mourning = ("praying for the victims of the shooting", "so many victims, such a tragedy", "mourning with the town")
    row = context(cheerful_history(), tagged(TODAY, mourning, 40, sentiment_label="negative"))
    assert row["verdict_code"] == "avoid"
    assert row["crisis_ratio"] == 1.0
    assert row["meaning_shift_ratio"] == 1.0
    assert row["reason_texts"][0].startswith("words of crisis or mourning in 40 of 40 posts (")
    assert "40 of 40 scored posts are negative (0 % before)" in row["reason_texts"]
    assert "victims" in row["co_terms"]
    assert len(row["sample_mention_ids"]) == 3
    assert row["first_seen_date"] == HISTORY[0]


def test_a_tag_that_is_as_it_always_was_is_safe():
    row = context(cheerful_history(), tagged(TODAY, CHEERFUL, 40, sentiment_label="positive", brand_id="acme"))
    assert (row["verdict_code"], row["reason_texts"]) == ("safe", [])
    assert row["meaning_shift_ratio"] < 0.2
    assert row["brand_ids"] == ["acme"]


def test_a_tag_that_moved_to_another_subject_is_to_be_reviewed_even_if_cheerful():
    row = context(cheerful_history(), tagged(TODAY, ("election rally downtown",), 40, sentiment_label="positive"))
    assert row["verdict_code"] == "review"
    assert row["reason_texts"] == ["its usual words are missing from 100 % of the posts that would use them"]


def test_a_new_tag_is_to_be_reviewed_because_nobody_knows_what_it_means():
    row = context(tagged(TODAY, CHEERFUL, 40, sentiment_label="positive"))
    assert row["verdict_code"] == "review"
    assert row["reason_texts"] == ["new here: 0 posts in the four weeks before"]
    assert row["meaning_shift_ratio"] is None


def test_an_angry_tag_is_to_be_avoided_without_any_crisis_word():
    row = context(cheerful_history(), tagged(TODAY, CHEERFUL, 40, sentiment_label="negative"))
    assert (row["verdict_code"], row["crisis_ratio"]) == ("avoid", 0.0)


def test_posts_nobody_could_score_are_a_reason_to_look():
    row = context(cheerful_history(), tagged(TODAY, CHEERFUL, 40, sentiment_label="unscored"))
    assert row["verdict_code"] == "review"
    assert row["reason_texts"] == ["mood unknown in 100 % of the posts: no lexicon for their language"]


def test_a_story_copied_forty_times_makes_no_hot_tag():
    assert contexts(tagged(TODAY, CHEERFUL, 40, cluster_id="story")).is_empty()


def test_what_an_official_account_tags_is_not_the_conversation():
    assert contexts(tagged(TODAY, CHEERFUL, 40, is_owned=True)).is_empty()


def test_only_the_days_top_and_the_risers_are_looked_at():
    many = [post for n in range(14) for post in tagged(TODAY, CHEERFUL, 30 - n, tag=f"tag{n:02}")]
    known = [post for day in HISTORY for n in range(14) for post in tagged(day, CHEERFUL, 20, tag=f"tag{n:02}")]
    assert contexts(many, known)["hashtag_text"].to_list() == [f"tag{n:02}" for n in range(10)]
    assert len(contexts(many)) == 14


def test_a_day_alone_with_its_history_gives_what_the_whole_gives():
    busy = [p for day in (*HISTORY, TODAY) for p in tagged(day, CHEERFUL if day.day % 2 else ("rain",), 12)]
    days = (*HISTORY[-5:], TODAY)
    whole = contexts(busy, days=days)
    assert len(whole) == 6
    assert whole.filter(pl.col("mention_date") == TODAY).equals(contexts(busy))


def test_first_days_of_two_spans_merge_by_their_minimum():
    mentions, _, _ = frames(cheerful_history(1), tagged(TODAY, CHEERFUL, 1, tag="fresh"))
    assert hashtag_first_seen(mentions).rows() == [("fresh", TODAY), ("nightin", HISTORY[0])]


EVIDENCE = {
    "post_count": 100,
    "distinct_author_count": 90,
    "negative_count": 5,
    "scored_count": 100,
    "history_negative_ratio": 0.05,
    "history_post_count": 300,
    "sample_count": 100,
    "crisis_count": 0,
    "crisis_terms": [],
    "meaning_shift_ratio": 0.1,
}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, "safe"),
        ({"crisis_count": 4}, "review"),
        ({"crisis_count": 12}, "avoid"),
        ({"negative_count": 40}, "review"),
        ({"negative_count": 65}, "avoid"),
        ({"meaning_shift_ratio": 0.6}, "review"),
        ({"history_post_count": 3}, "review"),
        ({"post_count": 15}, "review"),
        ({"distinct_author_count": 4}, "review"),
        ({"scored_count": 30, "negative_count": 1}, "review"),
        ({"meaning_shift_ratio": None}, "safe"),
    ],
)
def test_each_rule_alone_changes_the_verdict(changed, code):
    schema = {"meaning_shift_ratio": pl.Float64, "crisis_terms": pl.List(pl.String)}
    row = pl.DataFrame([{**EVIDENCE, **changed}], schema_overrides=schema)
    judged = verdict(row, VerdictParams()).row(0, named=True)
    assert judged["verdict_code"] == code
    assert (code == "safe") == (judged["reason_texts"] == [])


def test_the_sample_is_the_latest_history():
    params = HashtagParams()
    old = [p for day in HISTORY[:20] for p in tagged(day, ("opera tickets",), 20)]
    recent = [p for day in HISTORY[20:] for p in tagged(day, CHEERFUL, params.sample_posts // 7)]
    assert context(old, recent, tagged(TODAY, CHEERFUL, 40))["meaning_shift_ratio"] < 0.2


def test_a_tag_that_never_had_usual_words_has_no_meaning_to_shift():
    def babble(day: date, first: int, times: int) -> list[dict[str, Any]]:
        return [p for n in range(times) for p in tagged(day, (f"wordy{chr(97 + n % 26)}{first + n}x",), 1)]

    history = [p for n, day in enumerate(HISTORY) for p in babble(day, 1000 * n, 4)]
    row = context(history, babble(TODAY, 99_000, 40))
    assert row["meaning_shift_ratio"] is None
