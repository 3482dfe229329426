"""What separates clauses and compares brands, per language: the word lists of `clause_words.tsv` and `comparisons.tsv`,
compiled.

Belongs here: reading the two lists and turning them into patterns. How a text is cut with them is `clauses`. A language
without a list is cut at punctuation only.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal, cast

Verdict = Literal["first", "second", "clause", "quality"]

_LINK = r"(?P<link>(?:https?://|www\.)\S+)"
_SENTENCE = r"(?P<sentence>(?<![.!?…])(?<!\bvs)[.!?…]++(?=\s|$)|[\n\r]+|[。！？]+)"  # `++`: no text takes square time
_SOFT = r"(?P<soft>,(?!\d)|[;|，、；]|:(?=\s)|\s[-–—]++\s)"
_PICTURE = (
    r"(?P<picture>(?:[\u231a-\u23ff\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff][\ufe0f\u200d\U0001f3fb-\U0001f3ff]*)+"
    r"|(?<!\w)[:;=]-?[)(DPp/](?!\w))"
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One way of setting a brand A against a brand B named after it; see `comparisons.tsv` for the verdicts."""

    connector: re.Pattern[str]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ClauseRules:
    """The rules of one language."""

    separators: re.Pattern[str]
    also_words: frozenset[str]
    determiners: frozenset[str]
    negators: re.Pattern[str] | None
    better_text: str | None
    comparisons: tuple[Comparison, ...]


def clause_rules(language_code: str | None) -> ClauseRules:
    """The rules of a language (`fr-CA` counts as `fr`), or punctuation alone where there are none."""
    code = re.split("[-_]", (language_code or "").lower())[0]
    return _rules(code if code in _languages() else "")


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    return frozenset(row["language_code"] for row in _rows("clause_words.tsv"))


@lru_cache(maxsize=32)
def _rules(code: str) -> ClauseRules:
    words = {row["role"]: row["words"].split("|") for row in _rows("clause_words.tsv") if row["language_code"] == code}
    parts = [_LINK, _SENTENCE, _SOFT, _PICTURE]
    for name, role in (("contrast", "contrast"), ("coordination", "and")):
        if role in words:
            parts.append(rf"(?P<{name}>(?<!\w)(?:{_any_of(words[role])})(?!\w))")
    negators = words.get("negator")
    return ClauseRules(
        separators=re.compile("|".join(parts), re.IGNORECASE),
        also_words=frozenset(" ".join(words.get("also", []) + words.get("and", [])).split()),
        determiners=frozenset(words.get("determiner", [])),
        negators=re.compile(rf"(?:(?<!\w)|(?=n['’]t))(?:{_any_of(negators)})(?!\w)", re.IGNORECASE)
        if negators
        else None,
        better_text=words["better"][0] if "better" in words else None,
        comparisons=tuple(
            _comparison(row, words.get("determiner", []))
            for row in _rows("comparisons.tsv")
            if row["language_code"] in (code, "*")
        ),
    )


def _comparison(row: dict[str, str], determiners: list[str]) -> Comparison:
    is_loose = row["form"] == "loose"
    lead = r"(?:\W+\w+){0,6}?\W+" if is_loose else r"\W+"
    tail = r"(?:\W+\w+){0,3}?" if is_loose else rf"(?:\W+(?:{_any_of(determiners)})(?!\w)){{0,2}}"
    connector = rf"\A(?P<lead>{lead})(?P<connector>{row['connector']}){tail}\W*\Z"
    before, after = row["before"], row["after"]
    return Comparison(
        connector=re.compile(connector, re.IGNORECASE),
        before=re.compile(rf"(?<!\w)(?:{before})(?:\W+\w+){{0,3}}\W*\Z", re.IGNORECASE) if before else None,
        after=re.compile(rf"\A(?:\W+\w+){{0,3}}?\W+(?:{after})(?!\w)", re.IGNORECASE) if after else None,
        verdict=cast(Verdict, row["verdict"]),
    )


def _any_of(words: list[str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first)


@lru_cache(maxsize=2)
def _rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the lists, by column name."""
    lines = (files("transforms.query") / name).read_text(encoding="utf-8").splitlines()
    header, *rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [dict(zip(header, row, strict=True)) for row in rows]
