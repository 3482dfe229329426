"""Whatever is typed is read or refused with a place: nothing else can happen."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.query.errors import QuerySyntaxError
from transforms.query.named import query_from_aliases, query_version
from transforms.query.parser import parse_query

PIECES = (
    *("a", "b*", "?", "*", "AND", "OR", "NOT", "EXCEPT", "NEAR/2", "NEAR/2f", "NEAR", "near/3", "-", "(", ")"),
    *('"', "“", "”", "«", "»", "~3", "raw:", "title:", "site:", "is:repost", "is:", "has:link", "followers:>3"),
    *("followers:", "#", "@", "$", "🔥", "東京", "\\", "<<<", ">>>", " ", " ", "\n", "é", "e\u0301", ".", "+", "/"),
    *("https://a.b", "x:y", "\u200d", "\x00", "’", "{", "["),
)
TYPED = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
    st.lists(st.sampled_from(PIECES)).map("".join),
    st.text(),
)


@settings(max_examples=400, deadline=None)
@given(text=TYPED)
def test_any_text_is_read_or_refused_with_a_place_in_it(text: str) -> None:
    try:
        query = parse_query(text)
    except QuerySyntaxError as error:
        assert 0 <= error.offset <= len(text)
        assert text[: error.offset].count("\n") == error.line - 1
        assert error.problem
        assert error.expected_text
        return
    assert parse_query(query.canonical_text).root == query.root
    assert query_version(parse_query(f" ({query.canonical_text}) ")) == query_version(query)


@settings(max_examples=200, deadline=None)
@given(
    aliases=st.lists(st.text(max_size=8), min_size=1, max_size=3), exclusions=st.lists(st.text(max_size=8), max_size=2)
)
def test_any_alias_makes_a_query_or_is_refused(aliases: list[str], exclusions: list[str]) -> None:
    with contextlib.suppress(ValueError):
        named = query_from_aliases("brand", aliases, exclusions)
        assert parse_query(named.query.canonical_text).root == named.query.root
