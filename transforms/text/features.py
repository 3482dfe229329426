"""What a mention carries: hashtags, handles, links, emoji; whether it asks, complains or wants to buy.

Belongs here: extraction that looks at one text at a time. Hostile text is only ever cut up here, never followed or
run.
"""

from collections.abc import Callable
from typing import Final

import polars as pl

from transforms.text.features_links import LINK_PATTERN, clean_links
from transforms.text.features_phrases import phrase_languages, phrase_pattern
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


def text_features(texts: pl.Series, language_codes: pl.Series) -> pl.DataFrame:
    """One row per text, in order. Lists hold distinct items in the order of their first use; a null text gives nulls.

    `hashtags`: lower case, NFC, without #. `mentioned_handles`: lower case, without @. `links`: http(s) addresses as
    `clean_links` gives them. `emoji`: whole sequences (flags, keycaps, skin tones, joined pictures) without U+FE0F.
    `is_question`: a question mark that ends a phrase (outside links), or a phrase of the language's question list.
    `is_complaint`, `has_purchase_intent`: a phrase of the language's list (`features_phrases.tsv`) is there, and not
    only inside a phrase that says the opposite; null in a language without a list.
    """
    outside_links = texts.str.replace_all(URL_PATTERN, " ")
    return pl.DataFrame(
        {
            "hashtags": _distinct_items(outside_links, r"[#＃]", _HASHTAG_PATTERN, _tag),
            "mentioned_handles": _distinct_items(outside_links, r"[@＠]", _HANDLE_PATTERN, _tag),
            "links": _distinct_items(texts, r"(?i)https?://", LINK_PATTERN, clean_links),
            "emoji": _distinct_items(texts, _MAYBE_EMOJI_PATTERN, _EMOJI_PATTERN, _without_variation_selector),
        }
    ).hstack(_phrase_flags(outside_links, language_codes))


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


def _phrase_flags(texts: pl.Series, language_codes: pl.Series) -> pl.DataFrame:
    """`is_question`, `is_complaint`, `has_purchase_intent` of texts without links."""
    flags = pl.DataFrame(
        {
            "text": texts,
            "language_code": language_codes,
            "is_question": texts.str.contains(_QUESTION_MARK_PATTERN),
            "is_complaint": pl.repeat(None, len(texts), dtype=pl.Boolean, eager=True),
            "has_purchase_intent": pl.repeat(None, len(texts), dtype=pl.Boolean, eager=True),
        }
    ).with_row_index("row")
    parts = [flags.filter(~pl.col("language_code").is_in(phrase_languages()).fill_null(False))]
    for language_code in phrase_languages():
        part = flags.filter(language_code=language_code).with_columns(text=pl.col("text").str.to_lowercase())
        parts.append(
            part.with_columns(
                is_question=pl.col("is_question") | _says("question", language_code),
                is_complaint=_says("complaint", language_code),
                has_purchase_intent=_says("intent", language_code),
            )
        )
    return pl.concat(parts).sort("row").select("is_question", "is_complaint", "has_purchase_intent")


def _says(feature: str, language_code: str) -> pl.Expr:
    """Whether `text` has a phrase of the list outside the phrases that say the opposite."""
    says, says_not = (phrase_pattern(feature, language_code, role) for role in ("says", "does_not_say"))
    if says is None:
        return pl.lit(None, dtype=pl.Boolean)
    text = pl.col("text") if says_not is None else pl.col("text").str.replace_all(says_not, " ¦ ")
    return text.str.contains(says)
