"""The kernel's reading of a text: UTF-8 bytes to words, each looked up in the lexicon's table.

Here belong decoding, emoji descriptions, white space, stripping of punctuation and the word table. What the words are worth
belongs in `vader_rules`. Importing this module imports Numba: import it where a text is scored, not at the top of a module.
"""

import numpy as np
from numba import njit

from transforms.text.vader_tables import (
    CODEPOINTS,
    DROPPED,
    ELISION,
    EMOJI,
    HUMP,
    LOWER,
    PUNCTUATION,
    SPACE,
    SPECIAL,
    UPPER,
)

# What is known of a word beside its id, as bits.
CAPS, CONTRACTION = 1, 2

HASH_START, HASH_FACTOR = -3750763034362895579, 1099511628211
NOT_CASED = 255 ^ (UPPER | LOWER)


@njit
def hash_word(chars, start, end):  # type: ignore[no-untyped-def]
    h = np.int64(HASH_START)
    for at in range(start, end):
        h = (h ^ np.int64(chars[at])) * np.int64(HASH_FACTOR)
    return h ^ (h >> 29)


@njit
def fill_slots(slots, keys, key_start):  # type: ignore[no-untyped-def]
    """Places every word id in the table; linear probing."""
    mask = len(slots) - 1
    for word in range(len(key_start) - 1):
        slot = hash_word(keys, key_start[word], key_start[word + 1]) & mask
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = word


@njit
def find_word(chars, start, end, slots, keys, key_start):  # type: ignore[no-untyped-def]
    """Id of the word, -1 if no rule knows it. Every character is compared, so no hash collision can change a score."""
    length = end - start
    mask = len(slots) - 1
    slot = hash_word(chars, start, end) & mask
    while True:
        word = slots[slot]
        if word < 0:
            return -1
        first = key_start[word]
        if key_start[word + 1] - first == length:
            same = 0
            while same < length and chars[start + same] == keys[first + same]:
                same += 1
            if same == length:
                return word
        slot = (slot + 1) & mask


@njit
def close_word(chars, end, doubled, seen, quote, char_class, contractions, slots, keys, key_start):  # type: ignore[no-untyped-def]
    """Id and marks of a word once punctuation is stripped as VADER does; `doubled` letters were one before folding."""
    s, e = 0, end
    if seen & PUNCTUATION:
        while s < e and chars[s] < 128 and char_class[chars[s]] & PUNCTUATION:
            s += 1
        while e > s and chars[e - 1] < 128 and char_class[chars[e - 1]] & PUNCTUATION:
            e -= 1
        if e - s - doubled <= 2:
            s, e = 0, end
    mark = CAPS if (seen & UPPER) and not (seen & LOWER) else 0
    if quote and contractions:
        for at in range(s + 1, e - 1):
            if chars[at] == 39 and chars[at - 1] == 110 and chars[at + 1] == 116:
                mark |= CONTRACTION
                break
    return find_word(chars, s, e, slots, keys, key_start), mark


@njit
def expanded_length(data, start, end, t):  # type: ignore[no-untyped-def]
    """Upper bound of the characters that a text yields once emoji are replaced by their descriptions."""
    length = end - start + 2
    at = start
    while at < end:
        first = data[at]
        at += 1
        if first >= 0xC0:
            code, at = decode(data, at, first)
            if code < CODEPOINTS and t.char_class[code] & EMOJI:
                text = t.emoji_start[code]
                while t.emoji_text[text] >= 0:
                    text += 1
                length += text - t.emoji_start[code] + 1
    return length


@njit
def decode(data, at, first):  # type: ignore[no-untyped-def]
    """Character that starts with the byte before `at`, and the position after it. The bytes are valid UTF-8."""
    if first < 0xE0:
        return (np.int64(first & 0x1F) << 6) | (data[at] & 0x3F), at + 1
    if first < 0xF0:
        return (np.int64(first & 0x0F) << 12) | (np.int64(data[at] & 0x3F) << 6) | (data[at + 1] & 0x3F), at + 2
    high = (np.int64(first & 0x07) << 18) | (np.int64(data[at] & 0x3F) << 12)
    return high | (np.int64(data[at + 1] & 0x3F) << 6) | (data[at + 2] & 0x3F), at + 3


@njit
def read_words(data, start, end, chars, words, marks, t):  # type: ignore[no-untyped-def]
    """Fills `words` (ids) and `marks`; returns their number and the numbers of exclamation and question marks."""
    char_class, fold, fold_second, emoji_text = t.char_class, t.fold, t.fold_second, t.emoji_text
    slots, keys, key_start, contractions = t.slots, t.keys, t.key_start, t.negates_contractions
    n, doubled, seen, quote = 0, 0, 0, False
    count, exclamations, questions = 0, 0, 0
    at, text = start, 0
    while True:
        if text:
            code = np.int64(emoji_text[text])
            text += 1
            if code < 0:
                text = 0
                continue
            kind = char_class[code]
        elif at < end:
            code = np.int64(data[at])
            at += 1
            if code < 128:
                kind = char_class[code]
            else:
                before = at - 2
                code, at = decode(data, at, code)
                kind = char_class[code] if code < CODEPOINTS else 0
                if kind & EMOJI:
                    text = t.emoji_start[code]
                    if before < start or data[before] == 32:
                        continue
                    code, kind = np.int64(32), SPACE
        else:
            break
        if kind & SPECIAL:
            if kind & SPACE:
                if n:
                    words[count], marks[count] = close_word(
                        chars, n, doubled, seen, quote, char_class, contractions, slots, keys, key_start
                    )
                    count += 1
                n, doubled, seen, quote = 0, 0, 0, False
                continue
            exclamations += code == 33
            questions += code == 63
            quote |= code == 39
        seen |= kind
        if code < CODEPOINTS:
            chars[n] = fold[code]
            if code >= 128 and fold_second[code]:
                n += 1
                doubled += 1
                chars[n] = fold_second[code]
        else:
            chars[n] = code
        n += 1
    if n:
        words[count], marks[count] = close_word(
            chars, n, doubled, seen, quote, char_class, contractions, slots, keys, key_start
        )
        count += 1
    return count, exclamations, questions
