"""Texts into words, compiled: the rules of `words` over the UTF-8 bytes of a whole batch of texts.

Belongs here: the splitting loop and nothing about queries. Words come out as columns (structure of arrays), in order,
with the words of text `t` at `text_starts[t]:text_starts[t + 1]` and the code points of word `w` at
`point_starts[w]:point_starts[w + 1]`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.query.characters import (
    ALONE,
    EMOJI,
    IGNORED,
    MARK,
    REGIONAL,
    SEPARATOR,
    TABLE_SIZE,
    TONE,
    WORD,
    CharacterTables,
)
from transforms.text.compiled import entry, inlined

_JOINER = 0x200D


class WordColumns(NamedTuple):
    """The words of a batch of texts; a link is a word without points."""

    text_starts: NDArray[np.int64]
    byte_starts: NDArray[np.int32]
    byte_ends: NDArray[np.int32]
    char_starts: NDArray[np.int32]
    char_ends: NDArray[np.int32]
    sigils: NDArray[np.uint8]
    kinds: NDArray[np.uint8]
    point_starts: NDArray[np.int64]
    points: NDArray[np.int32]


def split_texts(data: NDArray[np.uint8], offsets: NDArray[np.int64], tables: CharacterTables) -> WordColumns:
    """Split every text `data[offsets[t]:offsets[t + 1]]` (valid UTF-8) into words. Byte offsets count from the batch's
    start, character offsets from the text's.
    """
    room = data.size + 1  # a word takes a byte at least; pages that stay unused are never touched
    columns = WordColumns(
        text_starts=np.zeros(offsets.size, np.int64),
        byte_starts=np.empty(room, np.int32),
        byte_ends=np.empty(room, np.int32),
        char_starts=np.empty(room, np.int32),
        char_ends=np.empty(room, np.int32),
        sigils=np.empty(room, np.uint8),
        kinds=np.empty(room, np.uint8),
        point_starts=np.zeros(room + 1, np.int64),
        points=np.empty(2 * room + 8, np.int32),  # no character folds to more than two code points per byte
    )
    arrays = (tables.classes, tables.combining, tables.fold_starts, tables.fold_points, tables.simple_folds)
    count = _split(data, offsets, arrays, columns)
    return WordColumns(
        text_starts=columns.text_starts,
        byte_starts=columns.byte_starts[:count],
        byte_ends=columns.byte_ends[:count],
        char_starts=columns.char_starts[:count],
        char_ends=columns.char_ends[:count],
        sigils=columns.sigils[:count],
        kinds=columns.kinds[:count],
        point_starts=columns.point_starts[: count + 1],
        points=columns.points,
    )


@inlined
def _decode(data, at):  # type: ignore[no-untyped-def]
    """The code point at a byte, and how many bytes it takes."""
    first = data[at]
    if first < 0x80:
        return np.int32(first), 1
    if first < 0xE0:
        return np.int32((first & 0x1F) << 6 | (data[at + 1] & 0x3F)), 2
    if first < 0xF0:
        return np.int32((first & 0x0F) << 12 | (data[at + 1] & 0x3F) << 6 | (data[at + 2] & 0x3F)), 3
    high = np.int32(first & 0x07) << 18 | np.int32(data[at + 1] & 0x3F) << 12
    return np.int32(high | np.int32(data[at + 2] & 0x3F) << 6 | np.int32(data[at + 3] & 0x3F)), 4


@inlined
def _class(classes, point):  # type: ignore[no-untyped-def]
    if point < TABLE_SIZE:
        return classes[point]
    if 0xE0020 <= point <= 0xE007F:
        return np.uint8(MARK)
    if 0xE0100 <= point <= 0xE01EF:
        return np.uint8(IGNORED)
    return np.uint8(ALONE)


@inlined
def _starts_link(data, at, end):  # type: ignore[no-untyped-def]
    """Whether `http://`, `https://` or `www.` stands here, in any case."""
    if end - at >= 4 and (data[at] | 0x20) == 119:
        return (data[at + 1] | 0x20) == 119 and (data[at + 2] | 0x20) == 119 and data[at + 3] == 46
    if end - at < 7 or (data[at] | 0x20) != 104 or (data[at + 1] | 0x20) != 116:
        return False
    if (data[at + 2] | 0x20) != 116 or (data[at + 3] | 0x20) != 112:
        return False
    after = at + 5 if (data[at + 4] | 0x20) == 115 else at + 4
    return end - after >= 3 and data[after] == 58 and data[after + 1] == 47 and data[after + 2] == 47


@inlined
def _sigil_before(data, text_start, at, classes):  # type: ignore[no-untyped-def]
    """`#`, `@` or `$` right before a word that starts here, unless a word runs into it (`bob@example.com`); else 0."""
    last = data[at - 1] if at > text_start else np.uint8(0)
    before = at - 1
    if last == 35 or last == 64 or last == 36:
        sigil = last
    elif at - text_start >= 3 and data[at - 3] == 0xEF and data[at - 2] == 0xBC and (last == 0x83 or last == 0xA0):
        sigil = np.uint8(35) if last == 0x83 else np.uint8(64)
        before = at - 3
    else:
        return np.uint8(0)
    if before > text_start:
        previous = before - 1
        while previous > text_start and (data[previous] & 0xC0) == 0x80:
            previous -= 1
        kind = _class(classes, _decode(data, previous)[0])
        if kind in (WORD, MARK):
            return np.uint8(0)
    return sigil


@inlined
def _append(points, first, count, point, combining, fold_starts, fold_points):  # type: ignore[no-untyped-def]
    """Add what a character is compared as to the word that began at `first`; the new end of the word."""
    for index in range(fold_starts[point], fold_starts[point + 1]):
        folded = fold_points[index]
        last = points[count - 1] if count > first else np.int32(0)
        if 0x1161 <= folded <= 0x1175 and 0x1100 <= last <= 0x1112:
            points[count - 1] = 0xAC00 + ((last - 0x1100) * 21 + folded - 0x1161) * 28
            continue
        if 0x11A8 <= folded <= 0x11C2 and 0xAC00 <= last <= 0xD7A3 and (last - 0xAC00) % 28 == 0:
            points[count - 1] = last + folded - 0x11A7
            continue
        place = count
        order = combining[folded] if folded < TABLE_SIZE else np.uint8(0)
        while order and place > first and points[place - 1] < TABLE_SIZE and combining[points[place - 1]] > order:
            points[place] = points[place - 1]
            place -= 1
        points[place] = folded
        count += 1
    return count


@entry
def _split(data, offsets, tables, columns):  # type: ignore[no-untyped-def]
    """Fill the columns; the number of words."""
    classes = tables[0]
    text_starts, byte_starts, byte_ends, char_starts, char_ends, sigils, kinds, point_starts, points = columns
    word = 0
    filled = 0
    for text in range(offsets.size - 1):
        start, end = offsets[text], offsets[text + 1]
        at, char = start, 0
        while at < end:
            point, size = _decode(data, at)
            kind = _class(classes, point)
            if kind in (SEPARATOR, MARK, IGNORED):
                at += size
                char += 1
                continue
            byte_starts[word] = at
            char_starts[word] = char
            sigils[word] = _sigil_before(data, start, at, classes)
            kinds[word] = kind
            if (point | 0x20) in (104, 119) and _starts_link(data, at, end):
                at, char = _skip_link(data, at, char, end, classes)
            else:
                at, char, filled = _read_word(data, at, char, end, kind, tables, points, filled)
            byte_ends[word] = at
            char_ends[word] = char
            word += 1
            point_starts[word] = filled
        text_starts[text + 1] = word
    return word


@inlined
def _skip_link(data, at, char, end, classes):  # type: ignore[no-untyped-def]
    """The byte and character after a link."""
    while at < end:
        point, size = _decode(data, at)
        if point < 0x80:
            if point <= 0x20 or point == 34 or point == 60 or point == 62:
                break
        else:
            kind = _class(classes, point)
            if kind != WORD and kind != MARK:
                break
        at += size
        char += 1
    return at, char


@inlined
def _read_word(data, at, char, end, kind, tables, points, filled):  # type: ignore[no-untyped-def]
    """Append one word's points; the byte and character after it, and the new number of points."""
    classes, combining, fold_starts, fold_points, simple_folds = tables
    first = filled
    byte_end, char_end = at, char
    before = np.int32(0)
    is_picture = kind in (EMOJI, TONE, REGIONAL)
    while at < end:
        point, size = _decode(data, at)
        here = _class(classes, point)
        is_start = filled == first
        is_taken = is_start or here == MARK
        is_taken = is_taken or (kind == WORD and here == WORD)
        is_taken = is_taken or (kind == EMOJI and here == EMOJI and before == _JOINER)
        is_taken = is_taken or (kind == REGIONAL and here == REGIONAL and filled == first + 1)
        if here == IGNORED or (here == TONE and is_picture and kind != REGIONAL and not is_start):
            if is_picture:
                byte_end, char_end = at + size, char + 1
        elif is_taken:
            simple = simple_folds[point] if point < TABLE_SIZE else point
            if simple >= 0:
                points[filled] = simple
                filled += 1
            else:
                filled = _append(points, first, filled, point, combining, fold_starts, fold_points)
            byte_end, char_end = at + size, char + 1
        else:
            break
        before = point
        at += size
        char += 1
    return byte_end, char_end, filled
