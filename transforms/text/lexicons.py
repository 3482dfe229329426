"""Sentiment lexicons as data: a declared language, version, licence and source, the words and the words that modify them.

Here belong the `Lexicon` record, the loaders of the lexicons that installed packages or this package ship, and the pure
functions that make a lexicon from a user's own words. How a text is scored with one belongs in the `vader_*` modules.
"""

import functools
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from vaderSentiment import vaderSentiment as vader


@dataclass(frozen=True)
class RuleWords:
    """Words to which the VADER rules give a role of their own; a role without words switches its rule off."""

    adjacent_no: frozenset[str] = frozenset()
    """Negates the lexicon words after it and has a valence only when it stands alone ("no")."""
    no_continued: frozenset[str] = frozenset()
    """Carries such a negation one word further ("no good or bad")."""
    contrast: frozenset[str] = frozenset()
    """Halves what stands before its first occurrence and lifts what stands after it ("but")."""
    kind: frozenset[str] = frozenset()
    kind_of: frozenset[str] = frozenset()
    """`kind` directly before `kind_of` has no valence ("kind of")."""
    never: frozenset[str] = frozenset()
    never_intensified: frozenset[str] = frozenset()
    """`never` before one of these praises ("never so good")."""
    without: frozenset[str] = frozenset()
    without_doubt: frozenset[str] = frozenset()
    """`without` before one of these does not negate ("without doubt")."""
    least: frozenset[str] = frozenset()
    not_least: frozenset[str] = frozenset()
    """`least` negates unless one of these precedes it ("at least")."""


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Everything the scoring kernel needs to know about one language; compared by identity, never changed."""

    lexicon_id: str
    version: str
    language_code: str
    licence: str
    source: str
    words: Mapping[str, float]
    """Word to valence, about -4 to 4. Matched against lower-cased (and, if declared, accent-folded) words."""
    emojis: Mapping[str, str] = field(default_factory=dict)
    """One character to the words that replace it before scoring."""
    boosters: Mapping[str, float] = field(default_factory=dict)
    """Degree adverbs, also of two or three words, to what they add to a valence."""
    negators: frozenset[str] = frozenset()
    idioms: Mapping[str, float] = field(default_factory=dict)
    """Two or three words to the valence that replaces that of the lexicon word among them."""
    rule_words: RuleWords = field(default_factory=RuleWords)
    negates_contractions: bool = False
    """Any word that contains "n't" negates."""
    folds_accents: bool = False
    splits_elisions: bool = False
    """An apostrophe between two letters separates words ("j'aime")."""
    splits_hashtags: bool = False
    """A capital letter inside a hashtag begins a word ("#SoGood")."""
    squeezes_letters: bool = False
    """An unknown word with a letter three times or more is looked up with it twice, then once ("looove")."""
    dropped_characters: frozenset[str] = frozenset()
    """Characters that are read as if they were not there."""

    @property
    def reference(self) -> str:
        """`id@version`, the form kept beside every score."""
        return f"{self.lexicon_id}@{self.version}"


@functools.cache
def english_vader() -> Lexicon:
    """Lexicon, emoji and rule words of the installed vaderSentiment package, exactly as the package parses them.

    Source: Hutto & Gilbert (2014), VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text.
    """
    analyzer = vader.SentimentIntensityAnalyzer()
    return Lexicon(
        lexicon_id="vader",
        version="3.3.2",
        language_code="en",
        licence="MIT",
        source="Python package vaderSentiment 3.3.2",
        words=analyzer.lexicon,
        emojis={emoji: words for emoji, words in analyzer.emojis.items() if len(emoji) == 1},
        boosters=vader.BOOSTER_DICT,
        negators=frozenset(vader.NEGATE),
        idioms=vader.SPECIAL_CASES,
        rule_words=RuleWords(
            adjacent_no=frozenset({"no"}),
            no_continued=frozenset({"or", "nor"}),
            contrast=frozenset({"but"}),
            kind=frozenset({"kind"}),
            kind_of=frozenset({"of"}),
            never=frozenset({"never"}),
            never_intensified=frozenset({"so", "this"}),
            without=frozenset({"without"}),
            without_doubt=frozenset({"doubt"}),
            least=frozenset({"least"}),
            not_least=frozenset({"at", "very"}),
        ),
        negates_contractions=True,
    )


def fold_accents(text: str) -> str:
    """The text without the accents of Latin letters; œ, æ and ß become two letters."""
    text = text.replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def fold_word(lexicon: Lexicon, word: str) -> str:
    """A word in the form in which the kernel looks it up in this lexicon: lower case, one form of sigma, accents as declared."""
    lower = word.lower().replace("ς", "σ")
    return fold_accents(lower) if lexicon.folds_accents else lower


def with_words(lexicon: Lexicon, words: Mapping[str, float], *, version: str) -> Lexicon:
    """The lexicon with a user's own words over it (they win), under a version of its own such as `3.3.2+acme`."""
    own = {fold_word(lexicon, word): float(valence) for word, valence in words.items()}
    return replace(lexicon, words={**lexicon.words, **own}, version=version)
