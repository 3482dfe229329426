"""Rising, fading and new terms, on invented conversations."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from transforms.marts.brand_mention import id_key
from transforms.marts.term_counts import used_terms
from transforms.marts.topic_daily import TopicParams, topic_daily
from transforms.marts.words import crisis_words, function_words, words_of
from transforms.metrics.log_odds import log_odds_score
from warehouse.tables import insight

TODAY = date(2024, 5, 30)
HISTORY = [TODAY - timedelta(days=back) for back in range(28, 0, -1)]
COVERED = [*HISTORY, TODAY]
USUAL = TopicParams()
NO_TOPICS = pl.DataFrame(schema={"mention_id": pl.String, "topic_id": pl.String})


def said(day: date, text: str, times: int = 1, **rest: Any) -> list[dict[str, Any]]:
    """`times` posts of `times` people that say the same in texts of their own."""
    return [{"mention_date": day, "mention_text": text, **rest} for _ in range(times)]


def everyday(posts: int = 20, text: str = "the usual coffee at the station") -> list[dict[str, Any]]:
    return [post for day in COVERED for post in said(day, text, posts)]


def frames(*groups: list[dict[str, Any]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    records = [post for group in groups for post in group]
    defaults = {"brand_id": "acme", "sentiment_label": "neutral", "hashtags": []}
    rows = [
        {"mention_id": f"m{n:05}", "author_id": f"a{n}", "cluster_id": f"c{n}", **defaults, **post}
        for n, post in enumerate(records)
    ]
    schema = pl.Schema(
        {
            **dict.fromkeys(("mention_id", "author_id", "cluster_id", "brand_id"), pl.String),
            **dict.fromkeys(("sentiment_label", "mention_text"), pl.String),
            "mention_date": pl.Date,
            "hashtags": pl.List(pl.String),
        }
    )
    posts = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema, orient="row")
    at = pl.lit(datetime(2024, 5, 30, tzinfo=UTC)).alias("published_at")
    keyed = posts.with_columns(id_key("cluster_id").alias("cluster_key"), id_key("author_id").alias("author_key"), at)
    return keyed.drop("mention_text", "hashtags"), posts.select("mention_id", "mention_text", "hashtags")


def topics_of(*groups: list[dict[str, Any]], days: list[date] | None = None, topics: pl.DataFrame = NO_TOPICS,
              covered: list[date] = COVERED, params: TopicParams = USUAL) -> pl.DataFrame:  # fmt: skip
    of_brands, mentions = frames(*groups)
    is_asked = pl.col("mention_date").is_in(days or [TODAY])
    terms, before = (used_terms(of_brands.filter(rows), mentions, topics) for rows in (is_asked, ~is_asked))
    table = topic_daily(terms, covered, params, before)
    return insight.TOPIC_DAILY.conform(table)


def state(table: pl.DataFrame, term: str, kind: str = "word", brand: str = "acme") -> dict[str, Any]:
    where = (pl.col("term_text") == term) & (pl.col("term_kind_code") == kind) & (pl.col("brand_id") == brand)
    return table.row(by_predicate=where, named=True)


def test_a_word_nobody_used_before_is_new_and_comes_with_its_phrase_and_posts():
    table = topics_of(everyday(), said(TODAY, "a worm in my coffee box, gross", 8, sentiment_label="negative"))
    row = state(table, "worm")
    assert row["term_state_code"] == "new"
    assert (row["term_post_count"], row["distinct_author_count"], row["history_post_count"]) == (8, 8, 0)
    assert row["term_negative_ratio"] == 1.0
    assert len(row["sample_mention_ids"]) == 3
    assert state(table, "gross")["phrase_text"] == "box gross"


def test_a_word_whose_share_jumps_rises_and_one_that_stays_is_steady():
    table = topics_of(everyday(19), [p for d in HISTORY for p in said(d, "price", 1)], said(TODAY, "price", 12))
    assert state(table, "price")["term_state_code"] == "rising"
    assert state(table, "coffee")["term_state_code"] in ("steady", "fading")
    assert state(topics_of(everyday()), "coffee")["term_state_code"] == "steady"


def test_a_term_that_falls_silent_is_fading_even_without_a_single_post():
    campaign = [p for d in HISTORY for p in said(d, "summer", 20, hashtags=["summerdeal"])]
    table = topics_of(everyday(20), campaign, said(TODAY, "the usual coffee at the station", 20))
    row = state(table, "summerdeal", "hashtag")
    assert (row["term_state_code"], row["term_post_count"]) == ("fading", 0)
    assert row["expected_post_count"] == pytest.approx(20.0)


def test_a_busier_day_alone_makes_nothing_rise():
    table = topics_of(everyday(), said(TODAY, "the usual coffee at the station", 200))
    assert set(table["term_state_code"]) == {"steady"}


def test_copies_of_one_text_are_one_post():
    table = topics_of(everyday(), said(TODAY, "worm alarm", 50, cluster_id="story"))
    assert "worm" not in table["term_text"].to_list()


def test_one_loud_author_makes_no_news():
    table = topics_of(everyday(), said(TODAY, "worm", 9, author_id="loud"))
    assert state(table, "worm")["term_state_code"] == "steady"


def test_without_history_nothing_is_called_new():
    table = topics_of(said(TODAY, "the usual coffee", 30), covered=[TODAY])
    assert set(table["term_state_code"]) == {"not_enough_data"}


def test_the_panel_score_singles_out_what_only_one_brand_is_talked_about_for():
    both = [{**post, "brand_id": brand} for brand in ("acme", "bolt") for post in everyday(20)]
    own = [{**post, "brand_id": "acme"} for day in COVERED for post in said(day, "loyalty card", 5)]
    table = topics_of(both, own)
    assert state(table, "loyalty")["panel_score"] > 3
    assert state(table, "coffee", brand="acme")["panel_score"] < 0 < state(table, "coffee", brand="bolt")["panel_score"]


@pytest.mark.parametrize(("back", "counted"), [(28, 6), (29, 0)])
def test_history_is_the_twenty_eight_days_before(back, counted):
    old = said(TODAY - timedelta(days=back), "worm", 6)
    table = topics_of(everyday(), old, said(TODAY, "worm", 6), covered=[TODAY - timedelta(days=29), *COVERED])
    assert state(table, "worm")["history_post_count"] == counted
    assert state(table, "worm")["history_day_count"] == 28


def test_a_word_of_one_brand_alone_does_not_fade_because_the_panel_never_says_it():
    """A prior from the panel's share pulled a day of twenty posts, not its long history, towards the rivals' silence:
    a product in every post of its brand was 'fading' on every ordinary day."""
    rivals = [post for day in COVERED for post in said(day, "tea", 60, brand_id="bolt")]
    row = state(topics_of(everyday(20, "the lumo machine"), rivals), "lumo")
    assert row["term_state_code"] == "steady"
    assert abs(row["trend_score"]) < 1
    assert row["panel_score"] > 10


def test_the_words_of_a_brands_own_name_are_no_topic_of_its_posts():
    names = TopicParams(own_names={"acme": ["Acme Tools", "#AcmeTools"]})
    tagged = [{**post, "hashtags": ["acmetools", "sale"]} for post in everyday(20, "acme tools on sale")]
    rival = said(TODAY, "better than acme", 12, brand_id="bolt")
    table = topics_of(tagged, rival, params=names)
    mine = table.filter(pl.col("brand_id") == "acme")
    assert set(mine["term_text"]) == {"sale"}
    assert "acme" in set(table.filter(pl.col("brand_id") == "bolt")["term_text"])


def test_configured_topics_are_counted_beside_words():
    posts = everyday()
    topics = pl.DataFrame({"mention_id": [f"m{n:05}" for n in range(0, len(posts), 2)], "topic_id": "service"})
    row = state(topics_of(posts, topics=topics), "service", "topic")
    assert (row["term_post_count"], row["day_post_count"], row["term_state_code"]) == (10, 20, "steady")


def test_a_day_alone_with_its_history_gives_what_the_whole_gives():
    posts = [p for n, d in enumerate(COVERED) for p in said(d, "coffee" if n % 3 else "tea and milk", 6 + n % 4)]
    last = COVERED[-1:]
    whole = topics_of(posts, days=COVERED).filter(pl.col("mention_date") == TODAY)
    assert whole.equals(topics_of(posts, days=last))
    from_five = [post for post in posts if post["mention_date"] >= TODAY - timedelta(days=28)]
    drop_ids = pl.exclude("sample_mention_ids")
    assert whole.select(drop_ids).equals(topics_of(from_five, days=last).select(drop_ids))


def test_rare_words_do_not_win():
    def score(used: int, posts: int) -> float:
        row = pl.DataFrame({"u": [used], "n": [posts], "v": [0], "m": [2800], "share": [used / (posts + 2800)]})
        cells = [pl.col(name) for name in ("u", "n", "v", "m", "share")]
        return float(row.select(log_odds_score(*cells, prior=TopicParams().prior_posts)).item())

    assert score(1, 100) < score(2, 100) < TopicParams().threshold < score(8, 100)


def test_words_leave_out_addresses_handles_and_hashtags_and_keep_accents_and_apostrophes():
    text = "L’été à Paris: @acme's https://x.example/a?b=1 #Soleil don't café2go, 10 €"
    words = pl.DataFrame({"t": [text]}).select(words_of(pl.col("t"))).item().to_list()
    assert words == ["l'été", "paris", "don't", "café2go"]


def test_the_word_lists_do_not_overlap():
    assert len(function_words()) > 500 and len(crisis_words()) > 150
    assert not function_words() & crisis_words()
