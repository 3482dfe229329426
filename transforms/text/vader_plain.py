"""A second, quicker reading of short texts in plain ASCII, which most posts are; its words are those of `vader_tokens`.

It finds the ends of all words first, without a branch per character: a wrong guess of the processor at every word is
what costs most. Importing this module imports Numba.
"""

# Compiled functions have their types from Numba, one version per kind of argument.
# mypy: allow-untyped-defs, allow-untyped-calls, no-check-untyped-defs

import numpy as np

from transforms.text.compiled import inlined
from transforms.text.vader_tables import COUNT_BITS, LOWER, PUNCTUATION, SHORT, UNKNOWN, UPPER
from transforms.text.vader_tokens import (
    APOSTROPHE,
    CAPS,
    CAPS_BIT,
    CONTRACTION,
    LETTER_N,
    LETTER_T,
    PAD,
    find_squeezed,
    find_word,
    hash_word,
    is_absent,
    note_word,
)

LOWER_BYTE, UPPER_BYTE, PUNCTUATION_BYTE = LOWER << 8, UPPER << 8, PUNCTUATION << 8
COUNT_MASK = (1 << COUNT_BITS) - 1
LONGEST = COUNT_MASK


@inlined
def find_edges(data, start, end, edges, t):
    """Fills `edges` with the start and end of each word in turn.

    Returns their number and the counts of "!", "?", "'" and bytes outside ASCII, of a text of at most LONGEST bytes.
    """
    found, counts, space = 0, np.int64(0), np.int64(1)
    for at in range(start, end):
        tally = t.tally[data[at]]
        counts += tally
        edges[found] = at
        found += (tally ^ space) & 1
        space = tally & 1
    edges[found] = end
    found += 1 - space
    return (
        found,
        (counts >> COUNT_BITS) & COUNT_MASK,
        (counts >> 2 * COUNT_BITS) & COUNT_MASK,
        (counts >> 3 * COUNT_BITS) & COUNT_MASK,
        counts >> 4 * COUNT_BITS,
    )


@inlined
def find_plain(data, s, e, chars, t):
    """Id of the word at these bytes, UNKNOWN if no rule knows it."""
    length = e - s
    h = hash_word(data, s, e)
    if is_absent(h, t) and not t.squeezes_letters:
        return UNKNOWN
    if length > SHORT or t.squeezes_letters:
        return find_copied(data, s, e, chars, t)
    packed = np.int64(length)
    for at in range(s, e):
        packed = packed << 8 | t.byte[data[at]] & 255
    mask = len(t.slots) - 1
    slot = h & mask
    while t.slots[slot]:
        if t.slot_key[slot] == packed:
            return t.slots[slot] & 0xFFFFFFFF
        slot = (slot + 1) & mask
    return UNKNOWN


@inlined
def find_copied(data, s, e, chars, t):
    """The same by way of `chars`, for a word that does not fit into one number."""
    for at in range(e - s):
        chars[at] = t.byte[data[s + at]] & 255
    word = find_word(chars, 0, e - s, t)
    if word == UNKNOWN and t.squeezes_letters:
        word = find_squeezed(chars, 0, e - s, t)
    return word


@inlined
def plain_caps(data, s, e, t):
    """CAPS for a word in capitals, else 0. Most words begin or end in a small letter, which settles it at once."""
    if (t.byte[data[s]] | t.byte[data[e - 1]]) & LOWER_BYTE:
        return 0
    seen = 0
    for at in range(s, e):
        seen |= t.byte[data[at]]
    return CAPS if seen & UPPER_BYTE and not seen & LOWER_BYTE else 0


@inlined
def next_contraction(data, start, end):
    """Place of the next apostrophe of an "n't", `end` if there is none."""
    for at in range(start + 1, end - 1):
        if data[at] == APOSTROPHE and data[at - 1] | 32 == LETTER_N and data[at + 1] | 32 == LETTER_T:
            return at
    return end


@inlined
def read_plain_words(data, edges, found, apostrophes, chars, words, facts, places, t):
    """What `read_words` does, for the words between these edges; the counts of marks are known already."""
    rated, capitals = 0, 0
    last = edges[found - 1] if found else 0
    contraction = next_contraction(data, edges[0], last) if apostrophes and t.negates_contractions else last
    for word in range(found >> 1):
        start, end = edges[2 * word], edges[2 * word + 1]
        s, e = start, end
        if (t.byte[data[s]] | t.byte[data[e - 1]]) & PUNCTUATION_BYTE:
            while s < e and t.byte[data[s]] & PUNCTUATION_BYTE:
                s += 1
            while e > s and t.byte[data[e - 1]] & PUNCTUATION_BYTE:
                e -= 1
            if e - s <= 2:
                s, e = start, end
        mark = plain_caps(data, s, e, t)
        capitals += (mark >> CAPS_BIT) & 1
        if contraction < e:
            mark |= CONTRACTION
            contraction = next_contraction(data, e, last)
        rated = note_word(find_plain(data, s, e, chars, t), mark, PAD + word, rated, words, facts, places, t)
    return PAD + (found >> 1), rated, capitals
