"""The improved score beside the stock one: known traps of English VADER as a versioned layer over its lexicon.

A rule is here only if labelled texts show that it helps (`tests/benchmarks/bench_sentiment_rules.py` measures each).
Tried and not kept, because they did nothing or harm: words of hashtags in CamelCase, stretched words, typographic
apostrophes and quotes, splitting at punctuation inside a word. Other languages have no layer: theirs is the lexicon.
"""

import functools
from collections.abc import Callable
from dataclasses import replace

import polars as pl

from transforms.text.lexicons import SKIN_TONES, VARIATION_SELECTORS, Lexicon, emoji_valences, with_emojis
from transforms.text.sentiment import SentimentParams, score_by_language, sentiment_label

LAYER_VERSION = "1"

WEAK_PRAISE = 1.0
"""VADER's raters gave such words less than 1 of 4: topics and facts ("want", "top", "increase") rather than praise."""

NOT_SENTIMENT = frozenset({"like", "super", "party", "united", "ready", "please", "help"})
"""Words whose usual sense in posts is another one: a preposition, an event, a team or carrier, a request."""


def without_weak_praise(lexicon: Lexicon) -> Lexicon:
    """Takes out words with a valence above 0 and below WEAK_PRAISE."""
    return replace(
        lexicon, words={word: valence for word, valence in lexicon.words.items() if not 0 < valence < WEAK_PRAISE}
    )


def without_other_senses(lexicon: Lexicon) -> Lexicon:
    """Takes out the words of NOT_SENTIMENT."""
    return replace(
        lexicon, words={word: valence for word, valence in lexicon.words.items() if word not in NOT_SENTIMENT}
    )


def with_emoji_valences(lexicon: Lexicon) -> Lexicon:
    """Emoji by what they mean rather than by their names: 🔥 is no fire, 💔 no love, ❤ with U+FE0F is ❤."""
    emojis = {emoji: f"{words} " for emoji, words in lexicon.emojis.items() if emoji not in SKIN_TONES}
    dropped = VARIATION_SELECTORS | SKIN_TONES
    return with_emojis(replace(lexicon, emojis=emojis, dropped_characters=dropped), emoji_valences())


RULES: tuple[Callable[[Lexicon], Lexicon], ...] = (without_weak_praise, without_other_senses, with_emoji_valences)


@functools.lru_cache(maxsize=32)
def improved_lexicon(lexicon: Lexicon) -> Lexicon:
    """The lexicon with the layer over it and an id of its own; a lexicon that is not English VADER's stays as it is."""
    if lexicon.lexicon_id != "vader":
        return lexicon
    improved = functools.reduce(lambda result, rule: rule(result), RULES, lexicon)
    return replace(improved, lexicon_id=f"{lexicon.lexicon_id}-improved-{LAYER_VERSION}")


def score_improved(texts: pl.Series, language_codes: pl.Series, params: SentimentParams) -> pl.DataFrame:
    """One row per text, in order: sentiment_improved_score (-1 to 1), _label, _lexicon_id; see `score_mentions`."""
    scored = score_by_language(texts, language_codes, functools.partial(params.lexicon, layer=improved_lexicon))
    return scored.select(
        sentiment_improved_score="score",
        sentiment_improved_label=sentiment_label(pl.col("score"), params),
        sentiment_improved_lexicon_id="lexicon_id",
    )
