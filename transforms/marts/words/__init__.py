"""Words of posts for counting, and word lists: what carries no topic, what names a tragedy, what a caption is for."""

from functools import cache
from importlib.resources import files

import polars as pl

# Addresses, handles and hashtags are not words of the sentence; hashtags are counted as such.
_NOT_WORDS = r"(?:https?://|www\.)\S+|[@#]\S+"
# Two letters at least. Scripts without spaces yield whole runs of characters: no word boundaries are guessed.
_WORD = r"\p{L}[\p{L}\p{M}\p{N}'’-]*[\p{L}\p{M}\p{N}]"


def words_of(text: pl.Expr) -> pl.Expr:
    """The lower-case words of a text in their order, as List[String]; null for a null text."""
    plain = text.str.to_lowercase().str.replace_all(_NOT_WORDS, " ").str.replace_all("’", "'", literal=True)
    return plain.str.extract_all(_WORD)


@cache
def function_words() -> frozenset[str]:
    """Words of seven languages that carry grammar, not topics."""
    return _listed("function_words.tsv")


@cache
def crisis_words() -> frozenset[str]:
    """Words of seven languages for death, disaster, violence and mourning, slang uses ("dead", "bomb") left out."""
    return _listed("crisis_words.tsv")


def _listed(name: str) -> frozenset[str]:
    lines = files(__name__).joinpath(name).read_text(encoding="utf-8").splitlines()[1:]
    return frozenset(word for line in lines for word in line.split("\t")[1].split())


@cache
def content_patterns() -> dict[str, str]:
    """One case-insensitive pattern per kind of content: promotional, interaction, curated (in that order)."""
    lines = files(__name__).joinpath("content_rules.tsv").read_text(encoding="utf-8").splitlines()[1:]
    patterns: dict[str, list[str]] = {}
    for line in lines:
        code, _, pattern = line.split("\t")
        patterns.setdefault(code, []).append(pattern)
    return {code: "(?im)" + "|".join(f"(?:{pattern})" for pattern in parts) for code, parts in patterns.items()}
