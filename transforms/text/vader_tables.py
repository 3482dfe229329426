"""A lexicon laid out as flat arrays for the scoring kernel.

Here belong the bit meanings, the character tables (class and folding, read from this Python's own Unicode database) and
the open-addressing table of words. No rule of scoring is decided here.
"""

import functools
import sys
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.text.lexicons import Lexicon, fold_accents, fold_word

CODEPOINTS = 0x20000
"""Characters from here on (ideographs, tags) have no case, are no white space and no emoji; the tests prove it."""

# Classes of a character, as bits. Upper and lower are those of `str.isupper`: title case counts as not upper.
SPACE, PUNCTUATION, UPPER, LOWER, HUMP, ELISION, DROPPED, EMOJI = (1 << bit for bit in range(8))
SPECIAL = SPACE | PUNCTUATION | HUMP | ELISION | DROPPED | EMOJI

# What a word is to the rules, as bits of `Tables.flags`. FIRST and SECOND: it stands so in a phrase.
LEXICON, BOOSTER, NEGATOR, NO, OR, BUT, KIND, KIND_OF, NEVER, SO, WITHOUT, DOUBT, LEAST, NOT_LEAST, FIRST, SECOND = (
    1 << bit for bit in range(16)
)
RATED_BIT = 16
"""Set for words that the rules have to look at by themselves: those with a valence, and "but"."""

UNKNOWN = 0
"""Id of every word that no rule knows."""

SHORT = 7
"""Characters of a word that fit into one number, with its length."""

COUNT_BITS = 12
"""Width of a counter in `Tables.tally`."""


class Tables(NamedTuple):
    """What the kernel reads; word ids index `flags`, `valence`, `booster` and `key_start`."""

    byte: npt.NDArray[np.int32]
    """By byte of UTF-8: the folded character and, 8 bits higher, the class; SPECIAL for part of a longer character."""
    tally: npt.NDArray[np.int64]
    """By byte: counters side by side, COUNT_BITS each, of white space, "!", "?", "'" and bytes outside ASCII."""
    is_plain_readable: bool
    """Whether ASCII characters are read as usual, with no class or folding that only the slower reading knows."""
    char_class: npt.NDArray[np.uint8]
    fold: npt.NDArray[np.int32]
    fold_second: npt.NDArray[np.int32]
    """Second character of a folding that yields two, else 0."""
    emoji_text: npt.NDArray[np.int32]
    """Characters of all emoji descriptions, joined."""
    emoji_start: npt.NDArray[np.int32]
    """By character: where its description starts, else 0; it ends at the next -1."""
    slots: npt.NDArray[np.int64]
    """Upper half of a word's hash, then its id; 0 for an empty slot; the length is a power of two."""
    slot_key: npt.NDArray[np.int64]
    """By slot, for a word of at most SHORT ASCII characters: its length and characters, a byte each; else -1."""
    absent: npt.NDArray[np.uint8]
    """A bit per part of the hash, set where no word has it: most words of a text are turned away here."""
    keys: npt.NDArray[np.int32]
    key_start: npt.NDArray[np.int32]
    flags: npt.NDArray[np.int32]
    valence: npt.NDArray[np.float64]
    booster: npt.NDArray[np.float64]
    phrases: npt.NDArray[np.int32]
    """Idioms and degree phrases: three word ids each (-1 for none), then 1 for idiom, 2 for degree, 3 for both."""
    phrase_value: npt.NDArray[np.float64]
    """Per phrase the valence as an idiom and the degree it adds."""
    longest_emoji: int
    """Characters of the longest description of an emoji."""
    negates_contractions: bool
    squeezes_letters: bool
    compensated_sum: bool
    """Python 3.12 made `sum` of floats a compensated sum, so vaderSentiment's own result depends on the interpreter."""


@functools.lru_cache(maxsize=32)
def tables(lexicon: Lexicon) -> Tables:
    """The arrays of a lexicon; kept for the last few lexicons asked for."""
    char_class, fold, fold_second = _characters(lexicon)
    emoji_text, emoji_start = _emojis(lexicon, char_class)
    ids, flags = _vocabulary(lexicon)
    words = list(ids)
    lengths = [len(word) for word in words]
    keys = np.array([ord(char) for word in words for char in word], dtype=np.int32)
    key_start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    phrases, phrase_value = _phrases(lexicon, ids)
    slots, absent = _slots(keys, key_start)
    short_keys = np.array([_short_key(word) for word in words], dtype=np.int64)
    return Tables(
        byte=np.concatenate([fold[:128] | char_class[:128].astype(np.int32) << 8, np.full(128, SPECIAL << 8)]).astype(
            np.int32
        ),
        tally=_tally(char_class),
        is_plain_readable=not (char_class[:128] & (ELISION | HUMP | DROPPED)).any()
        and bytes(fold[:128].astype(np.uint8)) == bytes(range(128)).lower(),
        char_class=char_class,
        fold=fold,
        fold_second=fold_second,
        emoji_text=emoji_text,
        emoji_start=emoji_start,
        slots=slots,
        slot_key=short_keys[slots & 0xFFFFFFFF],
        absent=absent,
        keys=keys,
        key_start=key_start,
        flags=flags,
        valence=np.array([lexicon.words.get(word, 0.0) for word in words], dtype=np.float64),
        booster=np.array([lexicon.boosters.get(word, 0.0) for word in words], dtype=np.float64),
        phrases=phrases,
        phrase_value=phrase_value,
        longest_emoji=max(map(len, lexicon.emojis.values()), default=0),
        negates_contractions=lexicon.negates_contractions,
        squeezes_letters=lexicon.squeezes_letters,
        compensated_sum=sys.version_info >= (3, 12),
    )


@functools.cache
def _unicode_tables() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Class, lower case and second character of the lower case, by character, from this Python's `str` methods."""
    char_class = np.zeros(CODEPOINTS, dtype=np.uint8)
    fold = np.arange(CODEPOINTS, dtype=np.int32)
    fold_second = np.zeros(CODEPOINTS, dtype=np.int32)
    for code in range(CODEPOINTS):
        char = chr(code)
        if char.isspace():
            char_class[code] = SPACE
        elif char.isupper():
            char_class[code] = UPPER
        elif char.islower() or char.istitle():
            char_class[code] = LOWER
        lower = char.lower()
        if lower != char:
            fold[code] = ord(lower[0])
            fold_second[code] = ord(lower[1]) if len(lower) > 1 else 0
    for char in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~":
        char_class[ord(char)] = PUNCTUATION
    return char_class, fold, fold_second


def _characters(lexicon: Lexicon) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    char_class, fold, fold_second = _unicode_tables()
    char_class, fold, fold_second = char_class.copy(), fold.copy(), fold_second.copy()
    if lexicon.splits_elisions:
        for char in "'’":
            char_class[ord(char)] = PUNCTUATION | ELISION
        fold[ord("’")] = ord("'")
    if lexicon.splits_hashtags:
        char_class[ord("A") : ord("Z") + 1] |= HUMP
    for char, other in lexicon.folded_characters.items():
        char_class[ord(char)], fold[ord(char)] = char_class[ord(other)], ord(other)
    for char in lexicon.separators:
        char_class[ord(char)] |= ELISION
    for char in lexicon.dropped_characters:
        char_class[ord(char)] = DROPPED
    if lexicon.folds_accents:
        for code in range(0xC0, 0x250):
            base = fold_accents(chr(code).lower())
            fold[code] = ord(base[0])
            fold_second[code] = ord(base[1]) if len(base) > 1 else 0
    fold[ord("ς")] = ord("σ")
    return char_class, fold, fold_second


def _tally(char_class: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    tally = np.zeros(256, dtype=np.int64)
    tally[:128] = char_class[:128] & SPACE
    for place, char in enumerate("!?'", start=1):
        tally[ord(char)] = 1 << place * COUNT_BITS
    tally[128:] = 1 << 4 * COUNT_BITS
    return tally


def _emojis(lexicon: Lexicon, char_class: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    text: list[int] = [-1]
    start = np.zeros(CODEPOINTS, dtype=np.int32)
    for emoji, description in lexicon.emojis.items():
        if len(emoji) != 1 or ord(emoji) >= CODEPOINTS or ord(emoji) < 0x80:
            raise ValueError(f"lexicon {lexicon.reference}: {emoji!r} is not one character outside ASCII")
        start[ord(emoji)] = len(text)
        char_class[ord(emoji)] |= EMOJI
        text.extend(ord(char) for char in description)
        text.append(-1)
    return np.array(text, dtype=np.int32), start


def _vocabulary(lexicon: Lexicon) -> tuple[dict[str, int], npt.NDArray[np.int32]]:
    """Every word that some rule can ask for, with its flags; words that are not in folded form never match."""
    rules = lexicon.rule_words
    sources: tuple[tuple[int, Iterable[str]], ...] = (
        (LEXICON, lexicon.words),
        (BOOSTER, lexicon.boosters),
        (NEGATOR, lexicon.negators),
        (NO, rules.adjacent_no),
        (OR, rules.no_continued),
        (BUT, rules.contrast),
        (KIND, rules.kind),
        (KIND_OF, rules.kind_of),
        (NEVER, rules.never),
        (SO, rules.never_intensified),
        (WITHOUT, rules.without),
        (DOUBT, rules.without_doubt),
        (LEAST, rules.least),
        (NOT_LEAST, rules.not_least),
        (FIRST, (phrase.split(" ")[0] for phrase in _phrase_texts(lexicon))),
        (SECOND, (phrase.split(" ")[1] for phrase in _phrase_texts(lexicon))),
        (0, (word for phrase in _phrase_texts(lexicon) for word in phrase.split(" "))),
    )
    flags: dict[str, int] = {"": 0}
    for flag, words in sources:
        for word in words:
            if word and word == fold_word(lexicon, word):
                flags[word] = flags.get(word, 0) | flag
    for word, flag in flags.items():
        if flag & BUT or (flag & LEXICON and not flag & BOOSTER):
            flags[word] |= 1 << RATED_BIT
    return {word: index for index, word in enumerate(flags)}, np.array(list(flags.values()), dtype=np.int32)


def _phrase_texts(lexicon: Lexicon) -> list[str]:
    """Idioms and degree phrases of two or three words, each once."""
    phrases = dict.fromkeys((*lexicon.idioms, *lexicon.boosters))
    return [phrase for phrase in phrases if len(phrase.split(" ")) in (2, 3)]


def _phrases(lexicon: Lexicon, ids: Mapping[str, int]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]:
    rows: list[list[int]] = []
    values: list[list[float]] = []
    for phrase in _phrase_texts(lexicon):
        words = phrase.split(" ")
        if any(word not in ids for word in words):
            continue
        kind = (phrase in lexicon.idioms) + 2 * (phrase in lexicon.boosters)
        rows.append([*(ids[word] for word in words), *([-1] * (3 - len(words))), kind])
        values.append([float(lexicon.idioms.get(phrase, 0.0)), float(lexicon.boosters.get(phrase, 0.0))])
    return np.array(rows, dtype=np.int32).reshape(-1, 4), np.array(values, dtype=np.float64).reshape(-1, 2)


def _short_key(word: str) -> int:
    """The word in one number, -1 if it does not fit."""
    if not word.isascii() or len(word) > SHORT:
        return -1
    return functools.reduce(lambda packed, char: packed << 8 | ord(char), word, len(word))


def _slots(
    keys: npt.NDArray[np.int32], key_start: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    from transforms.text.vader_kernel import fill_table

    count = len(key_start) - 1
    slots = np.zeros(1 << (2 * count).bit_length(), dtype=np.int64)
    absent = np.full(16384, 255, dtype=np.uint8)
    fill_table(slots, absent, keys, key_start)
    return slots, absent
