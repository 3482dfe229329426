"""The words of mentions, fit for counting: lower case, without links, handles, hashtags and stop words."""

from functools import cache
from importlib.resources import files

import polars as pl

LANGUAGES = ("en", "fr")
MIN_LETTERS, MAX_LETTERS = 2, 30
"""Shorter words say nothing; longer ones are run-together text or writing without spaces, which this cannot split."""

_NOISE = r"(?i)https?://\S+|www\.\S+|[@＠][\w.]+|[#＃]\w+"
_WORD = r"[\p{L}\p{N}]+"


@cache
def stop_words(languages: tuple[str, ...] = LANGUAGES) -> frozenset[str]:
    """Return words that name no subject, of the given languages; the lists are package data."""
    folder = files("transforms.trend") / "data"
    return frozenset(
        word for language in languages for word in (folder / f"stop_words_{language}.txt").read_text("utf-8").split()
    )


def terms(text: pl.Expr, languages: tuple[str, ...] = LANGUAGES) -> pl.Expr:
    """Distinct words of each text, as a list; an empty one for no text.

    Words are runs of letters and digits that hold a letter, so that l'application gives application. Stop words of
    every language are left out of every text, since the language of a short text is often wrong. The patterns run in
    linear time on any text.
    """
    bare = text.fill_null("").str.replace_all(_NOISE, " ").str.normalize("NFKC").str.to_lowercase()
    word = pl.element()
    wanted = (
        word.str.len_chars().is_between(MIN_LETTERS, MAX_LETTERS)
        & word.str.contains(r"\p{L}")
        & ~word.is_in(sorted(stop_words(languages)))
    )
    return bare.str.extract_all(_WORD).list.eval(word.filter(wanted).unique(maintain_order=True))
