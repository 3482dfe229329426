"""Laws of text features: row-wise, lossless pieces of the text, safe on any Unicode."""

import unicodedata
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.text.features import text_features
from transforms.text.features_links import clean_links
from transforms.text.features_terms import terms

_SENTENCES = ("where is my refund", "quelle arnaque", "I want to buy this", "l'hôtel", "not disappointed", "RT", "\n")
_SIGNS = "#Tag #été @bob https://a.example/?utm_x=1&b=2 http:// 👍🏽 ❤️ 1️⃣ 🇫🇷 ? … &amp; ( )"
pieces = st.one_of(st.sampled_from([*_SIGNS.split(" "), *_SENTENCES]), st.text(max_size=10))
texts = st.one_of(st.none(), st.lists(pieces, max_size=8).map(" ".join), st.lists(pieces, max_size=8).map("".join))
codes = st.sampled_from(["en", "fr", "de", None])
rows = st.lists(st.tuples(texts, codes), max_size=8)


def columns(pairs: list[tuple[str | None, str | None]]) -> tuple[pl.Series, pl.Series]:
    return pl.Series([t for t, _ in pairs], dtype=pl.String), pl.Series([c for _, c in pairs], dtype=pl.String)


@settings(max_examples=60, deadline=None)
@given(rows, st.randoms(use_true_random=False))
def test_each_row_is_read_on_its_own(pairs: list[tuple[str | None, str | None]], random: Any) -> None:
    whole = text_features(*columns(pairs)).with_columns(terms=terms(*columns(pairs), (1, 2)))
    order = list(range(len(pairs)))
    random.shuffle(order)
    shuffled = columns([pairs[i] for i in order])
    assert text_features(*shuffled).with_columns(terms=terms(*shuffled, (1, 2))).equals(whole[order])


@settings(max_examples=100, deadline=None)
@given(texts)
def test_what_is_found_is_in_the_text(text: str | None) -> None:
    found = text_features(pl.Series([text], dtype=pl.String), pl.Series(["en"])).row(0, named=True)
    if text is None:
        assert set(found.values()) == {None}
        return
    folded = unicodedata.normalize("NFC", text.lower())
    for name, sign in (("hashtags", "#＃"), ("mentioned_handles", "@＠")):
        assert all(any(mark + item in folded for mark in sign) for item in found[name])
    assert all(emoji in text.replace("\ufe0f", "") and "\ufe0f" not in emoji for emoji in found["emoji"])
    assert all(link.startswith(("http://", "https://")) and not set(link) & set(' \n\t<>"') for link in found["links"])
    for name in ("hashtags", "mentioned_handles", "links", "emoji"):
        assert len(found[name]) == len(set(found[name]))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("abc?&=#/.:%)(utm_sourcefbclid3A2F ", max_size=40), max_size=6))
def test_cleaning_links_twice_is_cleaning_them_once(tails: list[str]) -> None:
    links = pl.Series([f"https://a.example/{tail}" for tail in tails], dtype=pl.String)
    once = clean_links(links)
    assert clean_links(once).equals(once)
