"""The words and word groups of a text, for counting what people talk about.

Belongs here: cutting texts into terms. Counting them, and what is unusual about the counts, is for the trend
transforms.
"""

from functools import cache
from importlib.resources import files
from typing import Final

import polars as pl

from transforms.text.normalise import HANDLE_PATTERN, URL_PATTERN, nfc

# Words (with marks, inner apostrophes and hyphens), or anything that ends a phrase.
_TOKEN_PATTERN: Final = r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’-][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}#'’_-]"
# What a term can begin or end with: at least two characters, the first a letter. Numbers only stand inside terms.
_CONTENT_PATTERN: Final = r"^\p{L}[\p{L}\p{M}\p{N}'-]+$"
_FRENCH_ELISION_PATTERN: Final = r"(^|[^\p{L}])(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’]"
_ENGLISH_POSSESSIVE_PATTERN: Final = r"['’]s?$"


@cache
def stop_words(language_code: str) -> frozenset[str]:
    """The words of a language that no term begins or ends with; empty for a language without a list."""
    text = (files("transforms.text") / "features_stop_words.tsv").read_text(encoding="utf-8")
    words = pl.read_csv(text.encode(), separator="\t", comment_prefix="#", quote_char=None)
    return frozenset(words.filter(language_code=language_code)["word"])


def terms(texts: pl.Series, language_codes: pl.Series, word_counts: tuple[int, ...] = (1,)) -> pl.Series:
    """Per text its distinct terms (List[str]): runs of so many words, in the order of their first use; null stays null.

    Words are lower case and NFC; a hashtag counts as its word; French elisions (l', qu') and the English possessive
    's are cut off. A term lies within one phrase: it does not reach across punctuation, emoji, links or handles. It
    begins and ends with a word of at least two characters, the first a letter, that is no stop word of the text's
    language. A script without spaces between words gives whole phrases.
    """
    cleaned = nfc(texts.str.replace_all(f"{URL_PATTERN}|{HANDLE_PATTERN}", " ¦ ").str.to_lowercase())
    flat = (
        pl.DataFrame({"text": cleaned, "language_code": language_codes})
        .with_row_index("row")
        .with_columns(
            text=pl.when(pl.col("language_code") == "fr")
            .then(pl.col("text").str.replace_all(_FRENCH_ELISION_PATTERN, "${1} "))
            .otherwise("text")
        )
        .select("row", "language_code", word=pl.col("text").str.extract_all(_TOKEN_PATTERN))
        .explode("word")
        .filter(pl.col("word").is_not_null())
    )
    flat = flat.with_columns(
        word=pl.when(pl.col("language_code") == "en")
        .then(pl.col("word").str.replace(_ENGLISH_POSSESSIVE_PATTERN, ""))
        .otherwise("word")
        .str.replace_all("’", "'", literal=True)
    ).with_columns(
        is_word=pl.col("word").str.contains(r"^[\p{L}\p{N}]"),
        is_stop=~pl.col("word").str.contains(_CONTENT_PATTERN) | _is_stop_word(),
    )
    found = pl.concat([_runs(flat, count).with_columns(words=pl.lit(count)) for count in word_counts])
    per_text = (
        found.sort("row", "words", "at")
        .group_by("row", maintain_order=True)
        .agg(pl.col("term").unique(maintain_order=True))
    )
    every = (
        texts.rename("text")
        .to_frame()
        .with_row_index("row")
        .join(per_text, on="row", how="left", maintain_order="left")
    )
    return every.select(
        pl.when(pl.col("text").is_not_null()).then(pl.col("term").fill_null([])).alias("terms")
    ).to_series()


def _is_stop_word() -> pl.Expr:
    is_stop = pl.lit(False)
    for language_code in ("en", "fr"):
        in_list = pl.col("word").is_in(sorted(stop_words(language_code)))
        is_stop = pl.when(pl.col("language_code") == language_code).then(in_list).otherwise(is_stop)
    return is_stop


def _runs(flat: pl.DataFrame, count: int) -> pl.DataFrame:
    """The runs of `count` words within a phrase: `row`, `at` and `term`."""
    last = 1 - count
    is_run = (
        pl.all_horizontal(pl.col("is_word").shift(-step) for step in range(count))
        & (pl.col("row").shift(last) == pl.col("row"))
        & ~pl.col("is_stop")
        & ~pl.col("is_stop").shift(last)
    )
    return (
        flat.select(
            "row",
            pl.int_range(pl.len()).alias("at"),
            pl.concat_str([pl.col("word").shift(-step) for step in range(count)], separator=" ").alias("term"),
            is_run.alias("is_run"),
        )
        .filter("is_run")
        .drop("is_run")
    )
