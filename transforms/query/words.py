"""Texts into words, spelled out: the reading rules of the matcher in plain Python.

Belongs here: how a text is cut into words and what each word is compared as. Queries are cut by this code; texts, of
which there are millions, by `word_kernel`, which must give the same words (a property test holds the two together).

A word is a run of letters, digits, `_` and the marks on them. Characters of scripts written without spaces are a word
each, so `東京` is found inside `東京タワー`. An emoji with its joiners is one word; U+FE0F and skin tones do not count.
`+` is a word of its own (`Canal+`). Everything else separates: apostrophes (`l'Oréal` is `l` and `oréal`), hyphens,
punctuation, `#`, `@`. A link stands as one unreadable word. Offsets count code points of the text as written.
"""

import re
from dataclasses import dataclass

from transforms.query.characters import (
    ALONE,
    EMOJI,
    IGNORED,
    MARK,
    REGIONAL,
    SEPARATOR,
    TABLE_SIZE,
    TONE,
    WILD_MANY,
    WILD_ONE,
    WORD,
    CharacterTables,
    character_tables,
)

LINK_PATTERN = re.compile(r"https?://|www\.", re.IGNORECASE | re.ASCII)
_SIGILS = {"#": "#", "＃": "#", "@": "@", "＠": "@", "$": "$"}
_ZERO_WIDTH_JOINER = 0x200D


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: the code points it is compared as, its span, and the sigil (`#`, `@`, `$` or none) before it.

    A link has no points. `gap` is the text between the word before and this one.
    """

    points: tuple[int, ...]
    start: int
    end: int
    sigil: str
    gap: str
    kind: int


def split_words(text: str, *, fold_accents: bool, has_wildcards: bool = False) -> list[Word]:
    """The words of a text, in order; with `has_wildcards`, `*` and `?` are parts of words, as in a query."""
    splitter = _Splitter(text, character_tables(fold_accents=fold_accents), has_wildcards)
    return splitter.run()


class _Splitter:
    """One pass over one text: `at` is the next character to read."""

    def __init__(self, text: str, tables: CharacterTables, has_wildcards: bool) -> None:
        self.text = text
        self.tables = tables
        self.wild_points = {"*": WILD_MANY, "?": WILD_ONE} if has_wildcards else {}
        self.at = 0
        self.words: list[Word] = []

    def run(self) -> list[Word]:
        while self.at < len(self.text):
            kind = self._class(self.at)
            if kind in (SEPARATOR, MARK, IGNORED):
                self.at += 1
            elif not self.wild_points and LINK_PATTERN.match(self.text, self.at):
                self._read_link()
            else:
                self._read_word(kind)
        return self.words

    def _class(self, at: int) -> int:
        if self.text[at] in self.wild_points:
            return WORD
        point = ord(self.text[at])
        if point >= TABLE_SIZE:
            return MARK if 0xE0020 <= point <= 0xE007F else IGNORED if 0xE0100 <= point <= 0xE01EF else ALONE
        return int(self.tables.classes[point])

    def _read_link(self) -> None:
        start = self.at
        while self.at < len(self.text) and not self._ends_link(self.text[self.at]):
            self.at += 1
        self._add((), start, self.at, WORD)

    def _ends_link(self, char: str) -> bool:
        if char < "\x80":
            return char <= " " or char in '"<>'
        return self._class(self.at) not in (WORD, MARK)

    def _read_word(self, kind: int) -> None:
        start = end = self.at
        points: list[int] = []
        while self.at < len(self.text):
            here = self._class(self.at)
            is_dropped = here == IGNORED and kind in (EMOJI, TONE, REGIONAL)
            if is_dropped or (here == TONE and kind in (EMOJI, TONE) and points):
                end = self.at + 1
            elif here in (MARK, IGNORED) or self._continues(here, kind, len(points)):
                if here != IGNORED:
                    self._append(points)
                    end = self.at + 1
            else:
                break
            self.at += 1
        self.at = max(end, start + 1)
        self._add(tuple(points), start, self.at, kind)

    def _continues(self, here: int, kind: int, count: int) -> bool:
        if count == 0:
            return True
        if kind == WORD:
            return here == WORD
        if kind == EMOJI:
            return here == EMOJI and ord(self.text[self.at - 1]) == _ZERO_WIDTH_JOINER
        return kind == REGIONAL and here == REGIONAL and count == 1

    def _append(self, points: list[int]) -> None:
        """Add what the character at `at` is compared as, keeping marks in canonical order and Hangul composed."""
        char = self.text[self.at]
        point = ord(char)
        if char in self.wild_points:
            points.append(self.wild_points[char])
            return
        if point >= TABLE_SIZE:
            points.append(point)
            return
        starts = self.tables.fold_starts
        for folded in self.tables.fold_points[starts[point] : starts[point + 1]].tolist():
            if _compose_hangul(points, folded):
                continue
            place = len(points)
            order = self._combining(folded)
            while order and place > 0 and self._combining(points[place - 1]) > order:
                place -= 1
            points.insert(place, folded)

    def _combining(self, point: int) -> int:
        return int(self.tables.combining[point]) if point < TABLE_SIZE else 0

    def _add(self, points: tuple[int, ...], start: int, end: int, kind: int) -> None:
        sigil = _SIGILS.get(self.text[start - 1], "") if start else ""
        if sigil and start > 1 and self._class(start - 2) in (WORD, MARK):
            sigil = ""  # an address or a name such as bob@example.com
        gap = self.text[self.words[-1].end : start] if self.words else self.text[:start]
        self.words.append(Word(points, start, end, sigil, gap, kind))


def _compose_hangul(points: list[int], folded: int) -> bool:
    """Join a conjoining vowel or final consonant to the syllable before it (Unicode 3.12); whether it could be
    joined.
    """
    last = points[-1] if points else 0
    if 0x1161 <= folded <= 0x1175 and 0x1100 <= last <= 0x1112:
        points[-1] = 0xAC00 + ((last - 0x1100) * 21 + folded - 0x1161) * 28
        return True
    if 0x11A8 <= folded <= 0x11C2 and 0xAC00 <= last <= 0xD7A3 and (last - 0xAC00) % 28 == 0:
        points[-1] = last + folded - 0x11A7
        return True
    return False
