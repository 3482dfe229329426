"""Sentiment lexicons as data: a declared language, version, licence and source, the words and what modifies them.

Here belong the `Lexicon` record, the loaders of the lexicons that installed packages or this package ship, and the pure
functions that make a lexicon from a user's own words. How a text is scored with one belongs in the `vader_*` modules.
"""

import functools
import importlib.resources
import itertools
import re
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
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
    folded_characters: Mapping[str, str] = field(default_factory=dict)
    """Characters that are read as another one ("’" as "'")."""
    separators: frozenset[str] = frozenset()
    """Characters that separate words where they stand between two letters ("great!thanks")."""

    @property
    def reference(self) -> str:
        """`id@version`, the form kept beside every score."""
        return f"{self.lexicon_id}@{self.version}"


VARIATION_SELECTORS = frozenset("\ufe0e\ufe0f")
SKIN_TONES = frozenset(chr(code) for code in range(0x1F3FB, 0x1F400))


def fold_accents(text: str) -> str:
    """The text without the accents of Latin letters; œ, æ and ß become two letters."""
    text = text.replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def fold_word(lexicon: Lexicon, word: str) -> str:
    """A word as the kernel looks it up in this lexicon: lower case, one form of sigma, accents as declared."""
    lower = word.lower().replace("ς", "σ")
    return fold_accents(lower) if lexicon.folds_accents else lower


def with_words(lexicon: Lexicon, words: Mapping[str, float]) -> Lexicon:
    """The lexicon with a user's own words over it (they win); its version ends in a checksum of them, `3.3.2+1f0c9a3b`.

    A valence of 0 takes a word out, for brands that are words ("united" is praise to VADER). Raises
    ValueError for a word with white space, which the kernel would never meet.
    """
    own = {fold_word(lexicon, word): float(valence) for word, valence in words.items()}
    phrases = [word for word in own if len(word.split()) != 1]
    if phrases:
        raise ValueError(f"{phrases[0]!r} is not one word: give a valence to single words only")
    checksum = zlib.crc32(repr(sorted(own.items())).encode())
    words = {word: valence for word, valence in {**lexicon.words, **own}.items() if own.get(word) != 0}
    return replace(lexicon, words=words, version=f"{lexicon.version}+{checksum:08x}")


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


@functools.cache
def shipped_lexicon(language_code: str) -> Lexicon | None:
    """The lexicon for a language (two letters), None where none can be had: such texts stay unscored."""
    if language_code == "en":
        return english_vader()
    folder = importlib.resources.files("transforms.text").joinpath("lexicons")
    rules = folder.joinpath(f"{language_code}.tsv")
    if not re.fullmatch("[a-z]{2}", language_code) or not rules.is_file():
        return None
    base = _french_package_words() if language_code == "fr" else {}
    return parse_lexicon(rules.read_text(encoding="utf-8"), base_words=base, emojis=emoji_valences(), name=rules.name)


@functools.cache
def emoji_valences() -> dict[str, float]:
    """Emoji by what they mean, whatever the language."""
    text = importlib.resources.files("transforms.text").joinpath("lexicons", "emoji.tsv").read_text(encoding="utf-8")
    return parse_entries(text, name="emoji.tsv")[1]["emoji"]


def _french_package_words() -> dict[str, float]:
    """Words of the installed vaderSentiment_fr package, read as data: neither its code nor its imports are run."""
    text = importlib.resources.files("vaderSentiment_fr").joinpath("fr_lexicon.txt").read_text(encoding="utf-8")
    entries = (line.strip().split("->")[:2] for line in text.splitlines() if "->" in line)
    return {word: float(valence) for word, valence in entries}


KINDS = ("word", "excluded", "booster", "negator", "contrast", "idiom", "emoji")


def parse_lexicon(
    text: str,
    *,
    base_words: Mapping[str, float] | None = None,
    emojis: Mapping[str, float] | None = None,
    name: str = "lexicon",
) -> Lexicon:
    """A lexicon from the text of a lexicon file; `base_words` and `emojis` are taken in first, the file's entries win.

    Lines are `#key: value` (lexicon_id, version, language_code, licence and source are required; folds_accents,
    splits_elisions, splits_hashtags and squeezes_letters may be `yes`) or, split by tabs, `kind value entries`: one of
    KINDS, a valence (empty for excluded, negator and contrast) and words between commas, where `buen{o|a|os|as}` stands
    for four words. Raises ValueError with the line and the remedy.
    """
    header, entries = parse_entries(text, name=name)
    missing = [key for key in ("lexicon_id", "version", "language_code", "licence", "source") if not header.get(key)]
    if missing:
        raise ValueError(
            f"{name}: no line '#{missing[0]}: ...'; add it at the top, so that a score can name its source"
        )
    lexicon = Lexicon(
        lexicon_id=header["lexicon_id"],
        version=header["version"],
        language_code=header["language_code"],
        licence=header["licence"],
        source=header["source"],
        words={},
        folds_accents=header.get("folds_accents") == "yes",
        splits_elisions=header.get("splits_elisions") == "yes",
        splits_hashtags=header.get("splits_hashtags") == "yes",
        squeezes_letters=header.get("squeezes_letters") == "yes",
        dropped_characters=VARIATION_SELECTORS | SKIN_TONES,
    )
    folded = {
        kind: {fold_word(lexicon, word): value for word, value in words.items()} for kind, words in entries.items()
    }
    words = {fold_word(lexicon, word): float(value) for word, value in (base_words or {}).items()}
    for word in folded["excluded"]:
        words.pop(word, None)
    return with_emojis(
        replace(
            lexicon,
            words={**words, **folded["word"]},
            boosters=folded["booster"],
            negators=frozenset(folded["negator"]),
            idioms=folded["idiom"],
            rule_words=RuleWords(contrast=frozenset(folded["contrast"])),
        ),
        {**(emojis or {}), **entries["emoji"]},
    )


def parse_entries(text: str, *, name: str) -> tuple[dict[str, str], dict[str, dict[str, float]]]:
    """Header lines, and per kind its words with their values (0 where the kind has none)."""
    header: dict[str, str] = {}
    entries: dict[str, dict[str, float]] = {kind: {} for kind in KINDS}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("#"):
            key, _, value = line[1:].partition(":")
            header[key.strip()] = value.strip()
        elif line.strip():
            kind, *rest = line.split("\t")
            if kind not in KINDS or len(rest) != 2:
                kinds = ", ".join(KINDS)
                raise ValueError(f"{name}, line {number}: expected 'kind<TAB>value<TAB>words', kind one of {kinds}")
            try:
                valence = float(rest[0] or 0)
            except ValueError:
                raise ValueError(f"{name}, line {number}: {rest[0]!r} is not a number such as -1.5") from None
            for word in itertools.chain.from_iterable(spelled_out(entry.strip()) for entry in rest[1].split(",")):
                if entries[kind].setdefault(word, valence) != valence:
                    raise ValueError(f"{name}, line {number}: {word!r} has another value in a line above: keep one")
    return header, entries


def spelled_out(entry: str) -> Iterator[str]:
    """Every form that an entry with alternatives stands for: `buen{o|a}` gives bueno and buena."""
    parts = [part.split("|") for part in re.split(r"[{}]", entry)] if "{" in entry else [[entry]]
    return (form for form in ("".join(choice) for choice in itertools.product(*parts)) if form)


def with_emojis(lexicon: Lexicon, valences: Mapping[str, float]) -> Lexicon:
    """The lexicon with these characters as words of their own, wherever they stand in a text."""
    return replace(
        lexicon,
        words={**lexicon.words, **valences},
        emojis={**lexicon.emojis, **{emoji: f"{emoji} " for emoji in valences}},
    )
