"""Phrase lists that tell a complaint, a question or a wish to buy. Belongs here: reading the list and compiling it.

The list is data (`features_phrases.tsv`): one phrase a line with its language, so that a language is added by adding
lines.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Final

import polars as pl

_GAP_SIGN: Final = "..."
_LETTER: Final = "a-zà-öø-ÿœ0-9"
_GAP: Final = r"(?:[^\s.!?]+[\s,]+){0,3}"
# At most so many phrases with a gap make one expression: with more its automaton outgrows its cache and crawls.
_MOST_GAPS: Final = 15


@cache
def phrases() -> pl.DataFrame:
    """One row per phrase: `feature` (question, complaint, intent), `language_code`, `role`, `phrase`."""
    text = (files("transforms.text") / "features_phrases.tsv").read_text(encoding="utf-8")
    return pl.read_csv(text.encode(), separator="\t", comment_prefix="#", quote_char=None)


@cache
def phrase_languages() -> tuple[str, ...]:
    """The languages that have a phrase list."""
    return tuple(sorted(phrases()["language_code"].unique()))


@cache
def phrase_pattern(feature: str, language_code: str, role: str) -> str | None:
    """A regular expression for all phrases of a feature, language and role on lower-case text; None without phrases."""
    chosen = _chosen(feature, language_code, role)
    return _pattern(chosen) if chosen else None


@cache
def phrase_patterns(feature: str, language_code: str, role: str) -> tuple[str, ...]:
    """The same as one expression or, where that would be slow, as several; none without phrases."""
    chosen = _chosen(feature, language_code, role)
    gapped = [phrase for phrase in chosen if _GAP_SIGN in phrase]
    if len(gapped) <= _MOST_GAPS:
        return (_pattern(chosen),) if chosen else ()
    plain = [phrase for phrase in chosen if _GAP_SIGN not in phrase]
    parts = [plain, *(gapped[at : at + _MOST_GAPS] for at in range(0, len(gapped), _MOST_GAPS))]
    return tuple(_pattern(part) for part in parts if part)


def _chosen(feature: str, language_code: str, role: str) -> list[str]:
    return phrases().filter(feature=feature, language_code=language_code, role=role)["phrase"].to_list()


def _pattern(chosen: list[str]) -> str:
    return rf"(?:^|[^{_LETTER}])(?:{'|'.join(_compiled(phrase) for phrase in chosen)})(?:$|[^{_LETTER}])"


def _compiled(phrase: str) -> str:
    """The expression for one phrase: `a|b` either word, `word*` any ending, `...` up to three words between."""
    parts: list[str] = []
    separator = ""
    for word in phrase.split(" "):
        if word == _GAP_SIGN:
            parts.append(separator + _GAP)
            separator = ""
            continue
        choices = [_word(choice) for choice in word.split("|")]
        parts.append(separator + (choices[0] if len(choices) == 1 else f"(?:{'|'.join(choices)})"))
        separator = r"\s*" if word.endswith("'") else r"[\s,]+"
    return "".join(parts)


def _word(word: str) -> str:
    stem = re.escape(word.removesuffix("*")).replace("'", "['’ ]?")
    return stem + (f"[{_LETTER}]*" if word.endswith("*") else "")
