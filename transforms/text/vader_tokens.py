"""The kernel's reading of a text: UTF-8 bytes to words, each looked up in the lexicon's table.

Here belong decoding, emoji descriptions, white space, stripping of punctuation and the word table. What the words are
worth belongs in `vader_rules`. Importing this module imports Numba: do it where a text is scored.
"""

# Compiled functions have their types from Numba, one version per kind of argument.
# mypy: allow-untyped-defs, allow-untyped-calls, no-check-untyped-defs

import numpy as np

from transforms.text.compiled import inlined
from transforms.text.vader_tables import (
    CODEPOINTS,
    DROPPED,
    ELISION,
    EMOJI,
    HUMP,
    LOWER,
    PUNCTUATION,
    RATED_BIT,
    SPACE,
    SPECIAL,
    UNKNOWN,
    UPPER,
)

# What is known of a word of the text, as bits beside the flags of its id.
CAPS_BIT = 20
CAPS, CONTRACTION = 1 << CAPS_BIT, 1 << CAPS_BIT + 1

PAD = 3
"""Words are noted from this place on; before it are unknown words, so that rules may look back without a test."""

APOSTROPHE, EXCLAMATION, QUESTION, HASH, LETTER_N, LETTER_T = 39, 33, 63, 35, 110, 116
SPECIAL_BYTE = SPECIAL << 8
HASH_FACTOR = -7046029254386353131


@inlined
def hash_word(chars, start, end):
    """Hash of the word at these characters: from its length, ends and middle, the same work for any length.

    Capital and small ASCII letters give the same hash.
    """
    length = end - start
    second, third = np.int64(length > 1), 2 * np.int64(length > 2)
    h = np.int64(length) ^ (np.int64(chars[start] | 32) << 8) ^ (np.int64(chars[end - 1] | 32) << 24)
    h ^= (np.int64(chars[start + second] | 32) << 16) ^ (np.int64(chars[start + third] | 32) << 32)
    h ^= (np.int64(chars[end - 1 - second] | 32) << 48) ^ (np.int64(chars[start + (length >> 1)] | 32) << 40)
    h *= np.int64(HASH_FACTOR)
    return (h ^ (h >> 32)) & np.int64(0x7FFFFFFFFFFFFFFF)


@inlined
def is_absent(h, t):
    """Whether no word of the lexicon has this hash."""
    return (t.absent[(h >> 43) & 16383] >> ((h >> 40) & 7)) & 1


@inlined
def fill_slots(slots, absent, keys, key_start):
    """Places every word id in the table by linear probing, and clears the bits of `absent` that some word has."""
    mask = len(slots) - 1
    for word in range(UNKNOWN + 1, len(key_start) - 1):
        h = hash_word(keys, key_start[word], key_start[word + 1])
        absent[(h >> 43) & 16383] &= np.uint8(255 ^ (1 << ((h >> 40) & 7)))
        slot = h & mask
        while slots[slot]:
            slot = (slot + 1) & mask
        slots[slot] = (h >> 32 << 32) | word


@inlined
def find_word(chars, start, end, t):
    """Id of the word, UNKNOWN if no rule knows it. Every character is compared: no collision changes a score."""
    h = hash_word(chars, start, end)
    if is_absent(h, t):
        return UNKNOWN
    length = end - start
    mask = len(t.slots) - 1
    slot = h & mask
    while t.slots[slot]:
        if t.slots[slot] >> 32 == h >> 32:
            word = t.slots[slot] & 0xFFFFFFFF
            first = t.key_start[word]
            if t.key_start[word + 1] - first == length:
                same = 0
                while same < length and chars[start + same] == t.keys[first + same]:
                    same += 1
                if same == length:
                    return word
        slot = (slot + 1) & mask
    return UNKNOWN


@inlined
def find_squeezed(chars, start, end, t):
    """Looks up a word with a character three times or more in a row, with such runs cut to two and then to one."""
    longest, run = 1, 1
    for at in range(start + 1, end):
        run = run + 1 if chars[at] == chars[at - 1] else 1
        longest = max(longest, run)
    if longest < 3:
        return UNKNOWN
    for allowed in (2, 1):
        into, run = start + 1, 1
        for at in range(start + 1, end):
            # reading stays ahead of writing, so the last character kept tells a run as well as the last one read
            run = run + 1 if chars[at] == chars[into - 1] else 1
            if run <= allowed:
                chars[into] = chars[at]
                into += 1
        end = into
        word = find_word(chars, start, end, t)
        if word != UNKNOWN:
            return word
    return UNKNOWN


@inlined
def parts_word(data, at, end, kind, chars, n, t):
    """Whether a new word begins at an elision's apostrophe, or at a capital in a hashtag, just read before `at`."""
    if n == 0:
        return False
    following = t.byte[data[at]] >> 8 if at < end else SPACE
    if kind & ELISION:
        last = chars[n - 1]
        letter = last < CODEPOINTS and t.char_class[last] & (UPPER | LOWER)
        return letter and (following & (UPPER | LOWER) or following == SPECIAL)
    previous = t.byte[data[at - 2]] >> 8
    return n > 1 and chars[0] == HASH and (previous & LOWER or (previous & UPPER and following & LOWER))


@inlined
def close_word(chars, end, doubled, seen, quote, t):
    """Id and marks of a word once punctuation is stripped as VADER does; `doubled` letters were one before folding."""
    s, e = 0, end
    if seen & PUNCTUATION:
        while s < e and chars[s] < 128 and t.char_class[chars[s]] & PUNCTUATION:
            s += 1
        while e > s and chars[e - 1] < 128 and t.char_class[chars[e - 1]] & PUNCTUATION:
            e -= 1
        if e - s - doubled <= 2:
            s, e = 0, end
    mark = np.int64((seen & (UPPER | LOWER)) == UPPER) << CAPS_BIT
    if quote and t.negates_contractions:
        for at in range(s + 1, e - 1):
            if chars[at] == APOSTROPHE and chars[at - 1] == LETTER_N and chars[at + 1] == LETTER_T:
                mark |= CONTRACTION
                break
    word = find_word(chars, s, e, t)
    if word == UNKNOWN and t.squeezes_letters:
        word = find_squeezed(chars, s, e, t)
    return word, mark


@inlined
def decode(data, at, first):
    """Character that starts with the byte before `at`, and the position after it. The bytes are valid UTF-8."""
    if first < 0xE0:
        return (np.int64(first & 0x1F) << 6) | (data[at] & 0x3F), at + 1
    if first < 0xF0:
        return (np.int64(first & 0x0F) << 12) | (np.int64(data[at] & 0x3F) << 6) | (data[at + 1] & 0x3F), at + 2
    high = (np.int64(first & 0x07) << 18) | (np.int64(data[at] & 0x3F) << 12)
    return high | (np.int64(data[at + 1] & 0x3F) << 6) | (data[at + 2] & 0x3F), at + 3


@inlined
def expanded_length(data, start, end, t):
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


@inlined
def note_word(word, mark, place, rated, words, facts, places, t):
    """Notes a word's id and facts at its place, and the place if it is rated; returns the number of rated words."""
    fact = t.flags[word] | mark
    words[place] = word
    facts[place] = fact
    places[rated] = place
    return rated + ((fact >> RATED_BIT) & 1)


@inlined
def copy_plain(data, at, end, chars, n, t):
    """Takes over plain ASCII, the bulk of a text; returns the places it has come to and the classes seen."""
    classes = np.int32(0)
    # unsigned places spare Numba the test for negative ones
    here, into, stop = np.uint64(at), np.uint64(n), np.uint64(end)
    while here < stop:
        plain = t.byte[data[here]]
        if plain & SPECIAL_BYTE:
            break
        chars[into] = plain & 255
        classes |= plain
        into += np.uint64(1)
        here += np.uint64(1)
    return np.int64(here), np.int64(into), classes >> 8


@inlined
def next_char(data, start, end, at, text, t):
    """The next character, its class and the places after it in the text and in the description of an emoji.

    A white space stands for the end of the text and goes before a description, unless one is there already. DROPPED:
    there is nothing to take over.
    """
    if text:
        code = np.int64(t.emoji_text[text])
        return (code, t.char_class[code], at, text + 1) if code >= 0 else (code, np.uint8(DROPPED), at, 0)
    if at >= end:
        return np.int64(32), np.uint8(SPACE), at, 0
    code, before = np.int64(data[at]), at - 1
    if code < 128:
        return code, t.char_class[code], at + 1, 0
    code, at = decode(data, at + 1, code)
    kind = t.char_class[code] if code < CODEPOINTS else np.uint8(0)
    if not kind & EMOJI:
        return code, kind, at, 0
    spaced = before < start or data[before] == 32
    return np.int64(32), np.uint8(DROPPED if spaced else SPACE), at, np.int64(t.emoji_start[code])


@inlined
def read_words(data, start, end, chars, words, facts, places, t):
    """Fills `words` (ids) and `facts` from PAD on, and `places` of rated words.

    Returns the place after the last word and the numbers of rated words, words in capitals, "!" and "?".
    """
    n, doubled, seen, quote = 0, 0, 0, False
    place, rated, capitals, exclamations, questions = PAD, 0, 0, 0, 0
    at, text = start, 0
    while True:
        if not text:
            at, n, classes = copy_plain(data, at, end, chars, n, t)
            seen |= classes
            if at >= end and n == 0:
                return place, rated, capitals, exclamations, questions
        code, kind, at, text = next_char(data, start, end, at, text, t)
        if kind & DROPPED:
            continue
        if kind & SPACE or (kind & (ELISION | HUMP) and parts_word(data, at, end, kind, chars, n, t)):
            if n:
                word, mark = close_word(chars, n, doubled, seen, quote, t)
                rated = note_word(word, mark, place, rated, words, facts, places, t)
                capitals += (mark >> CAPS_BIT) & 1
                place += 1
            n, doubled, seen, quote = 0, 0, 0, False
            if not kind & HUMP:
                exclamations += code == EXCLAMATION
                questions += code == QUESTION
                continue
            n, seen = 1, PUNCTUATION  # the hashtag's sign is still there
        chars[n] = t.fold[code] if code < CODEPOINTS else code
        exclamations += chars[n] == EXCLAMATION
        questions += chars[n] == QUESTION
        quote |= chars[n] == APOSTROPHE
        seen |= kind
        n += 1
        if 128 <= code < CODEPOINTS and t.fold_second[code]:
            chars[n] = t.fold_second[code]
            n += 1
            doubled += 1
