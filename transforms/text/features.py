"""What a mention carries: hashtags, handles, links, emoji; whether it asks, complains or wants to buy.

Belongs here: extraction that looks at one text at a time. Hostile text is only ever cut up here, never followed or
run.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from transforms.text.features_links import LINK_PATTERN, clean_links
from transforms.text.features_phrases import phrase_languages, phrase_pattern, phrase_patterns
from transforms.text.normalise import URL_PATTERN, nfc

# After a letter, a digit, & (an HTML entity) or / (the fragment of a link) the sign opens no hashtag; of digits alone
# it is a number.
_HASHTAG_PATTERN: Final = r"(?:^|[^\w&/])[#＃]\w*[\p{L}\p{M}]\w*"
# Also the @user@server of federated platforms; not the middle of an e-mail address.
_HANDLE_PATTERN: Final = r"(?:^|[^\w@/])[@＠]\w(?:[\w.-]*\w)?(?:@\w(?:[\w.-]*\w)?)?"
_TEXT_SYMBOLS: Final = r"©®™ℹ‼⁉〰〽㊗㊙\x{2190}-\x{21FF}\x{25A0}-\x{25FF}"
_PICTOGRAPH: Final = rf"[\p{{Extended_Pictographic}}--[{_TEXT_SYMBOLS}]]"
_MODIFIERS: Final = r"\x{FE0F}?[\x{1F3FB}-\x{1F3FF}]?"
# A flag; a keycap; a picture with skin tone, tags or joined pictures; a text symbol only where it asks to be a
# picture.
_EMOJI_PATTERN: Final = (
    r"[\x{1F1E6}-\x{1F1FF}]{2}|[0-9#*]\x{FE0F}?\x{20E3}|"
    rf"{_PICTOGRAPH}{_MODIFIERS}(?:[\x{{E0020}}-\x{{E007F}}]+|(?:\x{{200D}}\p{{Extended_Pictographic}}{_MODIFIERS})*)|"
    rf"[{_TEXT_SYMBOLS}]\x{{FE0F}}"
)
_MAYBE_EMOJI_PATTERN: Final = r"[\p{Extended_Pictographic}\x{1F1E6}-\x{1F1FF}\x{20E3}]"
_QUESTION_MARK_PATTERN: Final = r"[?？؟](?:$|[\s\p{P}\p{S}])"


# Column to the list of phrases it goes by.
_PHRASE_FEATURES: Final = {"is_question": "question", "is_complaint": "complaint", "has_purchase_intent": "intent"}
FEATURES: Final = ("hashtags", "mentioned_handles", "links", "emoji", *_PHRASE_FEATURES)


def text_features(texts: pl.Series, language_codes: pl.Series, wanted: Sequence[str] = FEATURES) -> pl.DataFrame:
    """One row per text, in order: the `wanted` columns. Lists hold distinct items in the order of their first use.

    `hashtags`: lower case, NFC, without #. `mentioned_handles`: lower case, without @. `links`: http(s) addresses as
    `clean_links` gives them. `emoji`: whole sequences (flags, keycaps, skin tones, joined pictures) without U+FE0F.
    `is_question`: a question mark that ends a phrase (outside links), or a phrase of the language's question list.
    `is_complaint`, `has_purchase_intent`: a phrase of the language's list (`features_phrases.tsv`) is there, and not
    only inside a phrase that says the opposite; null in a language without a list. A null text gives nulls.
    """
    outside_links = texts.str.replace_all(URL_PATTERN, " ")
    lists: dict[str, Callable[[], pl.Series]] = {
        "hashtags": lambda: _distinct_items(outside_links, r"[#＃]", _HASHTAG_PATTERN, _tag),
        "mentioned_handles": lambda: _distinct_items(outside_links, r"[@＠]", _HANDLE_PATTERN, _tag),
        "links": lambda: _distinct_items(texts, r"(?i)https?://", LINK_PATTERN, clean_links),
        "emoji": lambda: _distinct_items(texts, _MAYBE_EMOJI_PATTERN, _EMOJI_PATTERN, _without_variation_selector),
    }
    flags = _phrase_flags(outside_links, language_codes, [name for name in wanted if name not in lists])
    return pl.DataFrame({name: lists[name]() if name in lists else flags[name] for name in wanted})


def _tag(items: pl.Series) -> pl.Series:
    return nfc(items.str.replace(r"^[^#＃@＠]*[#＃@＠]", "").str.to_lowercase())


def _without_variation_selector(items: pl.Series) -> pl.Series:
    return items.str.replace_all("\ufe0f", "", literal=True)


def _distinct_items(
    texts: pl.Series, trigger: str, pattern: str, finish: Callable[[pl.Series], pl.Series]
) -> pl.Series:
    """Per text the distinct finished matches of pattern; only texts with the trigger in them are searched."""
    rows = texts.str.contains(trigger).fill_null(False).arg_true()
    found = pl.DataFrame({"row": rows, "item": texts.gather(rows).str.extract_all(pattern)}).explode("item")
    items = (
        found.with_columns(finish(found["item"]).alias("item"))
        .filter(pl.col("item") != "")
        .group_by("row", maintain_order=True)
        .agg(pl.col("item").unique(maintain_order=True))
    )
    every = (
        texts.rename("text").to_frame().with_row_index("row").join(items, on="row", how="left", maintain_order="left")
    )
    return every.select(pl.when(pl.col("text").is_not_null()).then(pl.col("item").fill_null([]))).to_series()


def _phrase_flags(texts: pl.Series, language_codes: pl.Series, names: Sequence[str]) -> dict[str, pl.Series]:
    """Those of `is_question`, `is_complaint`, `has_purchase_intent` that are named, of texts without links."""
    flags = {name: pl.repeat(None, len(texts), dtype=pl.Boolean, eager=True) for name in names}
    if "is_question" in flags:
        flags["is_question"] = texts.str.contains(_QUESTION_MARK_PATTERN)
    for language_code in phrase_languages():
        rows = (language_codes == language_code).fill_null(False).arg_true()
        spoken = texts.gather(rows).str.to_lowercase()
        for name, flag in flags.items():
            said = _says(spoken, language_code, _PHRASE_FEATURES[name])
            flag.scatter(rows, flag.gather(rows) | said if name == "is_question" else said)
    return flags


def _says(texts: pl.Series, language_code: str, feature: str) -> pl.Series:
    """Whether lower-case texts of one language have a phrase of the list outside those that say the opposite."""
    flags = _contain_any(texts, phrase_patterns(feature, language_code, "says"))
    says_not = phrase_pattern(feature, language_code, "does_not_say")
    if says_not is None:
        return flags
    rows = texts.str.contains(says_not).fill_null(False).arg_true()
    left = texts.gather(rows).str.replace_all(says_not, " ¦ ")
    return flags.scatter(rows, _contain_any(left, phrase_patterns(feature, language_code, "says")))


def _contain_any(texts: pl.Series, patterns: Sequence[str]) -> pl.Series:
    """Whether each text has a match of any pattern; null for a null text and without a pattern."""
    if not patterns:
        return pl.repeat(None, len(texts), dtype=pl.Boolean, eager=True)
    return reduce(or_, (texts.str.contains(pattern) for pattern in patterns))
