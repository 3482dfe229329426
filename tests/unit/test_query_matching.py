"""What a query finds in a text and where: one sentence of behaviour each."""

import polars as pl
import pytest

from transforms.query.matcher import MATCH_SCHEMA, MatchParams, match_queries
from transforms.query.named import named_query

PLAIN = MatchParams(threads=1)


def first_match(query: str, text: str | None, params: MatchParams = PLAIN, **columns: object) -> str | None:
    """The words matched, the clause if only metadata matched, or None."""
    mentions = pl.DataFrame(
        {"mention_id": ["m"], "mention_text": [text], **{name: [value] for name, value in columns.items()}}
    )
    matches = match_queries(mentions, [named_query("q", query, "topic")], params)
    if matches.is_empty():
        return None
    row = matches.row(0, named=True)
    if row["match_start"] is not None and row["match_field_code"] == "mention_text":
        assert text is not None
        assert text[row["match_start"] : row["match_end"]] == row["match_text"]
    return str(row["match_text"] or row["clause_text"])


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        # words
        ("apple", "An APPLE a day", "APPLE"),
        ("apple", "pineapple apples", None),
        ("oréal", "J'aime l’Oréal Paris", "Oréal"),
        ("l'oréal", "J'aime l’Oréal Paris", "l’Oréal"),
        ("apple", "Apple's new phone", "Apple"),
        ("coca-cola", "a Coca Cola please", "Coca Cola"),
        ('"coca cola"', "a Coca-Cola please", "Coca-Cola"),
        ("coca", "cocacola", None),
        ("apple", "@apple help", "apple"),
        ("apple", "love #Apple", "Apple"),
        ("brand", "#BrandName", None),
        ('"brand name"', "#BrandName", None),
        ("strasse", "Die Straße", "Straße"),
        ("été", "l'e\u0301te\u0301 arrive", "e\u0301te\u0301"),
        ("nestle", "Nestlé", None),
        ("canal+", "Sur Canal+ ce soir", "Canal+"),
        ("canal+", "le canal du Midi", None),
        ("apple", "https://apple.com/apple", None),
        ("apple", "see apple.com", "apple"),
        ("zero", "ze\u200bro ze\u00adro", "ze\u200bro"),
        # scripts without spaces, emoji
        ("東京", "新東京タワー", "東京"),
        ("삼성", "삼성이 발표", "삼성"),
        ("iphone", "新型iPhone発売", "iPhone"),
        ("❤", "I ❤️ it", "❤️"),
        ("❤️", "I ❤ it", "❤"),
        ("👍", "ok 👍🏽", "👍🏽"),
        ("👩", "a 👩\u200d💻 here", None),
        ("🇫🇷", "allez🇫🇷!", "🇫🇷"),
        # phrases, wildcards
        ('"apple pie"', "apple, pie", "apple, pie"),
        ('"apple pie"', "apple 🔥 pie", None),
        ("kiss*", "she kissed him", "kissed"),
        ("kiss*", "a kiss", "kiss"),
        ("customi?e", "please customise it", "customise"),
        ("customi?e", "customie", None),
        ("*phone", "my iPhone", "iPhone"),
        ("m*c*s", "mcdonalds", "mcdonalds"),
        ('"big appl*"', "the big apples", "big apples"),
        ("東京*", "東京タワー", "東京"),
        # raw
        ("raw:Google+", "on Google+ now", "Google+"),
        ("raw:Google+", "on google+ now", None),
        ("raw:Gap", "The Gapless", None),
        ('raw:"C++"', "I write C++.", "C++"),
        ('raw:":)"', "good :) bye", ":)"),
        ('raw:"#Apple"', "#Apple #apple", "#Apple"),
        # tags
        ("#apple", "apple #Apple", "#Apple"),
        ("#apple", "apple", None),
        ("#apple", "#applepie #apple_pie #apple東", None),
        ("#apple*", "#ApplePie", "#ApplePie"),
        ("#東京", "#東京タワー #東京", "#東京"),
        ("@jane", "thanks @Jane!", "@Jane"),
        ("@jane", "@jane.doe @janet bob@jane x@jane", None),
        ("@jane", "ask @jane. Or not", "@jane"),
        ("@jane.doe", "by @jane.doe today", "@jane.doe"),
        ("@jane.doe", "by @jane. Doe", None),
        ("$aapl", "long $AAPL", "$AAPL"),
        ("$brk", "long $BRK.B", None),
        # near, except, boolean
        ("apple NEAR/1 pie", "apple and pie", "apple"),
        ("apple NEAR/1 pie", "pie of apple", "pie"),
        ("apple NEAR/1 pie", "apple and a pie", None),
        ("apple NEAR/1f pie", "pie of apple", None),
        ("apple NEAR/0 apple", "apple", None),
        ("apple NEAR/0f (pie OR tart)", "an apple tart", "apple"),
        ('"apple pie"~1', "pie with apple", "pie"),
        ("a NEAR/0f b NEAR/0f c", "x a b c", "b"),
        ("a NEAR/0f b NEAR/0f c", "a b x c", None),
        ('apple EXCEPT "apple pie"', "apple pie", None),
        ('apple EXCEPT "apple pie"', "apple pie by Apple", "Apple"),
        ("apple NOT pie", "apple pie", None),
        ("apple pie", "pie, then apple", "pie"),
        ("(apple OR pear) -pie", "a pear", "pear"),
    ],
)
def test_a_query_finds_these_words(query: str, text: str, found: str | None) -> None:
    assert first_match(query, text) == found


@pytest.mark.parametrize(
    ("query", "column", "holding", "failing"),
    [
        ("site:example.com", "site_domain", ["example.com", "a.Example.com"], ["notexample.com", "example.co", None]),
        ("site:www.example.com", "site_name", ["example.com"], ["example.org"]),
        ("author:@Jane", "author_handle", ["jane", "@JANE"], ["janet", None]),
        ("author:bot*", "author_handle", ["bot", "botanist"], ["robot"]),
        ("lang:fr", "language_code", ["fr", "FR", "fr-CA"], ["fra", "en", None]),
        ("country:fr", "country_code", ["FR"], ["DE", None]),
        ("platform:x", "platform_code", ["x"], ["xiaohongshu", None]),
        ("is:repost", "is_repost", [True], [False, None]),
        ("is:repost", "kind_code", ["repost"], ["post", None]),
        ("is:reply", "kind_code", ["reply", "comment"], ["post", "quote", None]),
        ("is:reply", "parent_id", ["p1"], [None]),
        ("followers:>1000", "author_follower_count", [1001], [1000, None]),
        ("followers:<=1000", "author_follower_count", [1000], [1001, None]),
        ("followers:1000", "author_follower_count", [1000], [1001, None]),
        ("url:example.com/a", "url", ["https://www.example.com/a?x=1"], ["https://notexample.com/a", "https://example.com/ab"]),
        ("url:example.com/a*", "url", ["http://example.com/ab"], ["http://example.com/b", None]),
    ],
)  # fmt: skip
def test_a_condition_reads_its_column(query: str, column: str, holding: list[object], failing: list[object]) -> None:
    mentions = pl.DataFrame({"mention_id": range(len(holding + failing)), column: [*holding, *failing]})
    matches = match_queries(mentions, [named_query("q", query, "topic")], PLAIN)
    assert matches["mention_id"].to_list() == list(range(len(holding)))
    assert matches["match_start"].to_list() == [None] * len(holding)
    assert matches["match_count"].to_list() == [0] * len(holding)


def test_a_condition_on_an_unknown_value_is_false_and_its_negation_true() -> None:
    assert first_match("apple lang:fr", "apple", language_code=None) is None
    assert first_match("apple NOT lang:fr", "apple", language_code=None) == "apple"
    assert first_match("apple NOT lang:fr", "apple") == "apple"


def test_links_in_the_text_are_read_by_url_and_has_link() -> None:
    assert first_match("url:example.com/shop", "see https://m.example.com/shop now") == "url:example.com/shop"
    assert first_match("url:example.com", "see https://notexample.com") is None
    assert first_match("has:link", "see www.example.com") == "has:link"
    assert first_match("has:link", "no link") is None


def test_a_plain_term_is_found_in_the_title_too_unless_that_is_turned_off() -> None:
    assert first_match("apple", "a text", title="The Apple") == "Apple"
    assert first_match("apple", "a text", MatchParams(is_title_searched=False), title="The Apple") is None
    assert first_match("title:apple", "a text", MatchParams(is_title_searched=False), title="The Apple") == "Apple"
    assert first_match("title:apple", "apple", title="other") is None
    assert first_match("apple NEAR/50 pie", "apple", title="pie") is None
    assert first_match("apple pie", "apple", title="pie") == "apple"


def test_accents_are_folded_only_when_asked() -> None:
    folding = MatchParams(fold_accents=True)
    for query, text in [("nestle", "Nestlé"), ("Nestlé", "NESTLE"), ("coeur", "mon cœur"), ("lodz", "Łódź")]:
        assert first_match(query, text) is None
        assert first_match(query, text, folding) is not None


def test_offsets_count_characters_of_the_text_as_written() -> None:
    matches = match_queries(
        pl.DataFrame({"mention_id": ["m"], "mention_text": ["🔥 İSTANBUL ŒUVRE straße e\u0301te\u0301 apple"]}),
        [named_query("q", "apple", "topic")],
        MatchParams(fold_accents=True),
    )
    assert matches.select("match_start", "match_end").row(0) == (30, 35)


def test_a_match_names_clause_place_count_and_spans() -> None:
    mentions = pl.DataFrame({"mention_id": ["m"], "mention_text": ["big apple, APPLE pie"]})
    match = match_queries(mentions, [named_query("q", 'pear OR apple OR "big apple" OR "apple pie"', "topic")])
    assert match.drop("query_version").row(0, named=True) == {
        "mention_id": "m",
        "query_id": "q",
        "clause_text": '"big apple"',
        "match_field_code": "mention_text",
        "match_text": "big apple",
        "match_start": 0,
        "match_end": 9,
        "match_count": 2,
        "match_spans": [{"match_start": 0, "match_end": 9}, {"match_start": 11, "match_end": 20}],
    }


def test_matches_come_by_mention_then_query_over_batches_and_threads() -> None:
    mentions = pl.DataFrame(
        {"mention_id": range(20_000), "mention_text": ["a b" if n % 3 else "b" for n in range(20_000)]}
    )
    queries = [named_query(name, name, "topic") for name in ("b", "a")]
    expected = [(n, name) for n in range(20_000) for name in (("b", "a") if n % 3 else ("b",))]
    for threads in (1, 3):
        matches = match_queries(mentions, queries, MatchParams(threads=threads))
        assert matches.select("mention_id", "query_id").rows() == expected


def test_no_mentions_no_queries_or_no_text_give_an_empty_frame_of_the_same_shape() -> None:
    mentions = pl.DataFrame({"mention_id": ["m"], "mention_text": ["apple"]})
    query = named_query("q", "apple", "topic")
    for frame, queries in [(mentions.clear(), [query]), (mentions, []), (mentions.select("mention_id"), [query])]:
        matches = match_queries(frame, queries)
        assert matches.is_empty()
        assert matches.schema == {"mention_id": pl.String, **MATCH_SCHEMA}


def test_a_text_of_a_megabyte_is_matched_without_trouble() -> None:
    text = "ab " * 350_000
    query = named_query("q", '(ab NEAR/50 ab) EXCEPT "ab ab ab cd" OR *a*b*c', "topic")
    matches = match_queries(pl.DataFrame({"mention_id": ["m"], "mention_text": [text]}), [query])
    assert matches["match_count"].to_list() == [350_000]


def test_two_queries_with_one_id_are_refused() -> None:
    mentions = pl.DataFrame({"mention_id": ["m"], "mention_text": ["apple"]})
    with pytest.raises(ValueError, match="given more than once: q"):
        match_queries(mentions, [named_query("q", "a", "topic"), named_query("q", "b", "topic")])
