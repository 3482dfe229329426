"""What each character is to the matcher (its class) and what it is compared as (its folding).

Belongs here: the two tables over all code points, and nothing that knows about words or queries. Both the spelled-out
word splitter (`words`) and the compiled one (`word_kernel`) read these tables, so a rule about a character is written
once.

Folding is canonical (NFD) plus Unicode case folding, so `É`, `é` and `e` + U+0301 compare equal. Only when accents are
folded, by choice, are the combining marks of U+0300–U+036F dropped and stroked letters and ligatures spelled out (`ø`
o, `œ` oe).
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

TABLE_SIZE = 0x20000  # beyond it: rare Han, which stands alone and folds to itself, and tag characters (see `class_of`)

SEPARATOR, WORD, ALONE, MARK, IGNORED, EMOJI, REGIONAL, SYMBOL, TONE = range(9)
"""Classes. WORD characters run together into words. ALONE ones (scripts written without spaces) are a word each. A MARK
belongs to what it follows. IGNORED ones are invisible and break nothing. EMOJI and SYMBOL stand for themselves,
REGIONAL letters pair up into flags, a skin TONE is not compared.
"""

WILD_MANY, WILD_ONE = 0xE000, 0xE001
"""Private-use stand-ins for `*` and `?` in the words of a query; separators in a text."""

_ALONE_RANGES = (
    (0x0E00, 0x0E7F),  # Thai
    (0x0E80, 0x0EFF),  # Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1100, 0x11FF),  # Hangul jamo
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # Han radicals
    (0x3005, 0x3007),  # iteration marks
    (0x3040, 0x30FF),  # kana
    (0x3105, 0x31FF),  # bopomofo, kana extensions
    (0x3400, 0x4DBF),  # Han extension A
    (0x4E00, 0x9FFF),  # Han
    (0xAC00, 0xD7AF),  # Hangul: Korean glues particles to a name
    (0xF900, 0xFAFF),  # Han, compatibility
    (0xFF66, 0xFF9F),  # half-width kana
    (0x1B000, 0x1B16F),  # kana supplement
)
_EMOJI_RANGES = (
    (0x231A, 0x23FF),
    (0x25A0, 0x27BF),
    (0x2B00, 0x2BFF),
    (0x3297, 0x3299),
    (0x1F000, 0x1FAFF),
)
_APOSTROPHE_LETTERS = (0x02BB, 0x02BC, 0x02BD, 0xA78C)  # letters to Unicode, apostrophes to people who type them
_STROKES = {
    "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ð": "d", "þ": "th", "ı": "i", "œ": "oe", "æ": "ae", "ŋ": "n",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class CharacterTables:
    """Per code point below `TABLE_SIZE`: class, canonical combining class, folding as a slice of `fold_points`.

    `simple_folds` holds the foldings of one code point that nothing before them can change, else -1.
    """

    classes: NDArray[np.uint8]
    combining: NDArray[np.uint8]
    fold_starts: NDArray[np.int32]
    fold_points: NDArray[np.int32]
    simple_folds: NDArray[np.int32]


def class_of(point: int) -> int:
    """The class of one code point, from the Unicode data of the running Python."""
    if point >= TABLE_SIZE:
        return MARK if 0xE0020 <= point <= 0xE007F else IGNORED if 0xE0100 <= point <= 0xE01EF else ALONE
    if 0x1F1E6 <= point <= 0x1F1FF:
        return REGIONAL
    if 0x1F3FB <= point <= 0x1F3FF:
        return TONE
    category = unicodedata.category(chr(point))
    if category in ("Mn", "Mc", "Me"):
        return IGNORED if 0xFE00 <= point <= 0xFE0F or point == 0x034F else MARK
    if 0x1160 <= point <= 0x11FF:
        return MARK  # a Hangul vowel or final consonant typed apart belongs to the syllable before it
    if category == "Cf":
        return IGNORED
    if _within(point, _EMOJI_RANGES) and category in ("So", "Sm", "Cn"):
        return EMOJI
    if point == ord("+"):
        return SYMBOL
    if point in _APOSTROPHE_LETTERS or not (category[0] in "LN" or point == ord("_")):
        return SEPARATOR
    return ALONE if _within(point, _ALONE_RANGES) else WORD


def fold(point: int, *, fold_accents: bool) -> tuple[int, ...]:
    """What one character is compared as: its canonical decomposition, case folded; Hangul syllables stay whole."""
    if 0xAC00 <= point <= 0xD7AF:
        return (point,)
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", chr(point)).casefold())
    if fold_accents:
        folded = "".join(_STROKES.get(char, char) for char in folded if not 0x0300 <= ord(char) <= 0x036F)
    return tuple(map(ord, folded))


@lru_cache(maxsize=2)
def character_tables(*, fold_accents: bool) -> CharacterTables:
    """The tables for one choice about accents; about half a second to build, kept for the life of the process."""
    points = range(TABLE_SIZE)
    foldings = [(point,) if 0xD800 <= point < 0xE000 else fold(point, fold_accents=fold_accents) for point in points]
    return CharacterTables(
        classes=np.fromiter(map(class_of, points), np.uint8, TABLE_SIZE),
        combining=np.fromiter((unicodedata.combining(chr(point)) for point in points), np.uint8, TABLE_SIZE),
        fold_starts=np.cumsum([0, *map(len, foldings)], dtype=np.int32),
        fold_points=np.array([char for folding in foldings for char in folding], dtype=np.int32),
        simple_folds=np.array([_simple(folding) for folding in foldings], dtype=np.int32),
    )


def _simple(folding: tuple[int, ...]) -> int:
    """The only code point of a folding, if it neither joins nor moves (marks and conjoining jamo do), else -1."""
    is_simple = len(folding) == 1 and not unicodedata.combining(chr(folding[0])) and not 0x1160 <= folding[0] <= 0x11FF
    return folding[0] if is_simple else -1


def _within(point: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= point <= last for first, last in ranges)
