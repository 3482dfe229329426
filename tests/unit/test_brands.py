"""Which brands and topics a post is about, and how it speaks of them."""

import polars as pl

from transforms.core.brands import BrandQuery, mention_matches
from transforms.query.named import named_query, query_from_aliases
from transforms.text.sentiment import SentimentParams, score_mentions
from warehouse.tables.core import MENTION

NORVIQUE = BrandQuery(query_from_aliases("norvique", ["Norvique"]), ("Norvique search",))
TAVOREL = BrandQuery(query_from_aliases("tavorel", ["Tavorel"]))


def posts(*rows: dict[str, object]) -> pl.DataFrame:
    plain = dict.fromkeys(MENTION.schema) | {"language_code": "en", "query_names": [], "platform_code": "x"}
    listed = [{**plain, "mention_id": f"x:{number}", **row} for number, row in enumerate(rows)]
    unscored = pl.DataFrame(listed, schema=MENTION.schema)
    scores = score_mentions(unscored["mention_text"], unscored["language_code"], SentimentParams())
    return unscored.with_columns(pl.coalesce("sentiment_score", scores["sentiment_score"]))


def brands_of(*rows: dict[str, object]) -> list[dict[str, object]]:
    brands, _ = mention_matches(posts(*rows), [NORVIQUE, TAVOREL], [], SentimentParams())
    return brands.to_dicts()


def test_a_post_that_names_two_brands_is_about_both_and_speaks_of_each_in_its_own_clause() -> None:
    norvique, tavorel = brands_of({"mention_text": "I love my Norvique but the Tavorel is a horrible disaster"})
    assert (norvique["brand_id"], norvique["sentiment_label"]) == ("norvique", "positive")
    assert (tavorel["brand_id"], tavorel["sentiment_label"]) == ("tavorel", "negative")
    assert norvique["sentiment_basis_code"] == tavorel["sentiment_basis_code"] == "clause"


def test_a_post_that_names_one_brand_is_scored_whole() -> None:
    [only] = brands_of({"mention_text": "Norvique is lovely"})
    assert (only["sentiment_basis_code"], only["sentiment_label"]) == ("whole_text", "positive")


def test_what_was_exported_under_a_brands_search_is_about_it_whatever_the_text_says() -> None:
    [only] = brands_of({"mention_text": "great stuff", "query_names": ["NORVIQUE SEARCH"], "sentiment_score": 0.6})
    assert (only["brand_id"], only["clause_text"]) == ("norvique", "exported as NORVIQUE SEARCH")
    assert (only["match_start"], only["match_count"], only["sentiment_label"]) == (None, 0, "positive")


def test_a_brand_found_in_the_text_and_by_the_search_counts_once_with_its_place() -> None:
    [only] = brands_of({"mention_text": "my Norvique", "query_names": ["Norvique search"]})
    assert (only["match_text"], only["match_start"], only["match_end"]) == ("Norvique", 3, 11)


def test_a_match_in_the_title_alone_has_no_place_in_the_text() -> None:
    [only] = brands_of({"mention_text": "read this", "title": "Norvique recalls machines"})
    assert (only["match_text"], only["match_start"]) == ("Norvique", None)


def test_a_language_without_a_lexicon_is_unscored_towards_the_brand_too() -> None:
    [only] = brands_of({"mention_text": "Norvique is lovely", "language_code": "sv"})
    assert (only["sentiment_score"], only["sentiment_label"]) == (None, "unscored")


def test_another_vendor_search_is_another_version_of_the_brand() -> None:
    assert NORVIQUE.version != BrandQuery(NORVIQUE.query, ()).version == NORVIQUE.query.version


def test_topics_are_found_with_the_clause_that_matched() -> None:
    topics = [named_query("leaks", "leak OR fuite", "topic"), named_query("price", "price OR prix", "topic")]
    rows = posts({"mention_text": "a leak at this price"}, {"mention_text": "nothing"})
    _, found = mention_matches(rows, [], topics, SentimentParams())
    assert found.select("topic_id", "match_text").rows() == [("leaks", "leak"), ("price", "price")]


def test_a_brand_and_a_topic_may_have_the_same_name() -> None:
    topics = [named_query("tavorel", "leak", "topic")]
    rows = posts({"mention_text": "my Tavorel has a leak"})
    brands, found = mention_matches(rows, [NORVIQUE, TAVOREL], topics, SentimentParams())
    assert (brands["match_text"].to_list(), found["match_text"].to_list()) == (["Tavorel"], ["leak"])
