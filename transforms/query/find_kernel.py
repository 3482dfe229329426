"""Finding atoms in split texts, compiled: which words of the queries stand where, and where they add up to an atom.

Belongs here: looking up words and checking the rest of an atom. What found atoms mean for a query is `decide_kernel`.
The cost per word of text does not grow with the number of words in the queries, only with wildcards sharing its first
letter.
"""

import numpy as np
from numpy.typing import NDArray

from transforms.query.characters import ALONE, WILD_MANY, WILD_ONE, WORD
from transforms.query.program import ANY_GAP, NO_GAP
from transforms.query.tables import HASH_START, HASH_STEP, AtomTable, Hits, WordTable
from transforms.query.word_kernel import WordColumns
from transforms.text.compiled import compiled, inlined

_LEADING_WILDCARD = 256  # the bucket of patterns that may begin with any character


def find_atoms(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], columns: WordColumns, words: WordTable, atoms: AtomTable
) -> Hits:
    """All occurrences of all atoms in a batch of split texts."""
    event_starts, events = _match_words(columns, words)
    text_starts, hits, count = _find(data, offsets, columns, event_starts, events, atoms)
    return Hits(text_starts, hits[0, :count], hits[1, :count], hits[2, :count], hits[3, :count], hits[4, :count])


@inlined
def _is_match(points, start, end, patterns, first, last):  # type: ignore[no-untyped-def]
    """Whether a word is what a wildcard pattern says: greedy, going back to the latest `*` only."""
    at, spot = start, first
    star, resume = np.int64(-1), start
    while at < end:
        if spot < last and patterns[spot] == WILD_MANY:
            star, resume = spot, at
            spot += 1
        elif spot < last and (patterns[spot] == WILD_ONE or patterns[spot] == points[at]):
            at += 1
            spot += 1
        elif star >= 0:
            resume += 1
            at, spot = resume, star + 1
        else:
            return False
    while spot < last and patterns[spot] == WILD_MANY:
        spot += 1
    return spot == last


@inlined
def _exact_word(points, start, end, table):  # type: ignore[no-untyped-def]
    """The number of the program's word that is exactly this one, or -1."""
    mask = np.uint64(table.slots.size - 1)
    hashed = np.uint64(HASH_START)
    for at in range(start, end):
        hashed = (hashed ^ np.uint64(points[at])) * np.uint64(HASH_STEP)
    slot = (hashed ^ (hashed >> np.uint64(32))) & mask
    while table.slots[slot] >= 0:
        number = table.slots[slot]
        first = table.starts[number]
        is_same = table.starts[number + 1] - first == end - start
        at = start
        while is_same and at < end:
            is_same = table.points[first + at - start] == points[at]
            at += 1
        if is_same:
            return number
        slot = (slot + np.uint64(1)) & mask
    return np.int32(-1)


@inlined
def _add_wild_words(points, start, end, bucket, table, events, found):  # type: ignore[no-untyped-def]
    """Append the patterns of one bucket that this word fits."""
    for at in range(table.wild_starts[bucket], table.wild_starts[bucket + 1]):
        number = table.wild_words[at]
        if _is_match(points, start, end, table.points, table.starts[number], table.starts[number + 1]):
            events[found] = number
            found += 1
    return found


@compiled
def _match_words(columns, table):  # type: ignore[no-untyped-def]
    """Which words of the program each word of the texts is: a list per word, as starts and one array."""
    points = columns.points
    count = columns.point_starts.size - 1
    event_starts = np.zeros(count + 1, np.int64)
    room = table.wild_words.size + 1  # one word of a text can be no more words of the program than this
    events = np.empty(count // 4 + room, np.int32)
    found = 0
    for word in range(count):
        start, end = columns.point_starts[word], columns.point_starts[word + 1]
        if start < end:
            if found + room > events.size:
                wider = np.empty(2 * events.size, np.int32)
                wider[:found] = events[:found]
                events = wider
            number = _exact_word(points, start, end, table)
            if number >= 0:
                events[found] = number
                found += 1
            if table.wild_words.size:
                found = _add_wild_words(points, start, end, points[start] & 255, table, events, found)
                found = _add_wild_words(points, start, end, _LEADING_WILDCARD, table, events, found)
        event_starts[word + 1] = found
    return event_starts, events


@inlined
def _is_gap(data, end, start, gap):  # type: ignore[no-untyped-def]
    """Whether what stands between two words is what an atom asks for."""
    if gap == ANY_GAP:
        return True
    if gap == NO_GAP:
        return start == end
    return start == end + 1 and data[end] == gap


@inlined
def _goes_on(data, columns, last, text_end, sigil):  # type: ignore[no-untyped-def]
    """Whether a tag whose last word is `last` goes on in the text: `#apple` in `#apple東`, `@jane` in `@jane.doe`."""
    if last + 1 >= text_end or columns.kinds[last + 1] not in (WORD, ALONE):
        return False
    end, start = columns.byte_ends[last], columns.byte_starts[last + 1]
    return start == end or (sigil != 35 and start == end + 1 and data[end] == 46)


@inlined
def _last_word(data, columns, event_starts, events, text_end, word, atom, atoms):  # type: ignore[no-untyped-def]
    """The last word of an atom of words that begins at `word`, or -1 where it does not stand."""
    first = atoms.starts[atom]
    size = atoms.starts[atom + 1] - first
    sigil = atoms.sigils[atom]
    if word + size > text_end or (sigil and columns.sigils[word] != sigil):
        return np.int64(-1)
    for place in range(1, size):
        here = word + place
        if not _is_gap(data, columns.byte_ends[here - 1], columns.byte_starts[here], atoms.gaps[first + place]):
            return np.int64(-1)
        is_found = False
        for at in range(event_starts[here], event_starts[here + 1]):
            is_found = is_found or events[at] == atoms.words[first + place]
        if not is_found:
            return np.int64(-1)
    last = word + size - 1
    if atoms.is_closed[atom] and _goes_on(data, columns, last, text_end, sigil):
        return np.int64(-1)
    return last


@inlined
def _last_raw_word(data, begin, end, columns, text_end, word, atom, atoms):  # type: ignore[no-untyped-def]
    """The last word under raw characters whose first word is `word`, or -1 where the characters differ."""
    first = atoms.raw_starts[atom]
    size = atoms.raw_starts[atom + 1] - first
    start = columns.byte_starts[word] - atoms.lead_bytes[atom]
    if start < begin or start + size > end:
        return np.int64(-1)
    for at in range(size):
        if data[start + at] != atoms.raw_bytes[first + at]:
            return np.int64(-1)
    while word + 1 < text_end and columns.byte_starts[word + 1] < start + size:
        word += 1
    return word if columns.byte_ends[word] <= start + size else np.int64(-1)


@compiled
def _add(hits, found, atom, first, last, char_start, char_end):  # type: ignore[no-untyped-def]
    """Append one hit; the hits, grown if they were full."""
    if found == hits.shape[1]:
        wider = np.empty((5, 2 * found), np.int32)
        wider[:, :found] = hits
        hits = wider
    hits[0, found], hits[1, found], hits[2, found] = atom, first, last
    hits[3, found], hits[4, found] = char_start, char_end
    return hits


@compiled
def _add_loose(data, begin, end, atom, atoms, hits, found):  # type: ignore[no-untyped-def]
    """Append every place where raw characters without any word stand, overlapping ones too."""
    first = atoms.raw_starts[atom]
    size = atoms.raw_starts[atom + 1] - first
    char = 0
    for start in range(begin, end - size + 1):
        at = 0
        while at < size and data[start + at] == atoms.raw_bytes[first + at]:
            at += 1
        if at == size:
            hits = _add(hits, found, atom, -1, -1, char, char + atoms.raw_chars[atom])
            found += 1
        char += (data[start] & 0xC0) != 0x80
    return hits, found


@compiled
def _find(data, offsets, columns, event_starts, events, atoms):  # type: ignore[no-untyped-def]
    """Hits as rows of one array (atom, first word, last word, first character, character after), by text."""
    text_starts = np.zeros(offsets.size, np.int64)
    hits = np.empty((5, 1024), np.int32)
    found = 0
    for text in range(offsets.size - 1):
        begin, end = columns.text_starts[text], columns.text_starts[text + 1]
        for word in range(begin, end):
            for event in range(event_starts[word], event_starts[word + 1]):
                number = events[event]
                for at in range(atoms.first_starts[number], atoms.first_starts[number + 1]):
                    atom = atoms.first_atoms[at]
                    char_start = columns.char_starts[word]
                    if atoms.raw_chars[atom]:
                        last = _last_raw_word(data, offsets[text], offsets[text + 1], columns, end, word, atom, atoms)
                        char_start -= atoms.lead_chars[atom]
                        char_end = char_start + atoms.raw_chars[atom]
                    else:
                        last = _last_word(data, columns, event_starts, events, end, word, atom, atoms)
                        char_start -= atoms.sigils[atom] != 0
                        char_end = columns.char_ends[last] if last >= 0 else 0
                    if last >= 0:
                        hits = _add(hits, found, atom, word - begin, last - begin, char_start, char_end)
                        found += 1
        for at in range(atoms.loose_atoms.size):
            hits, found = _add_loose(data, offsets[text], offsets[text + 1], atoms.loose_atoms[at], atoms, hits, found)
        text_starts[text + 1] = found
    return text_starts, hits, found
