"""The compiled half of sketching texts: code points, content, shingles, MinHash.

Belongs here: Numba code only; import it inside a function, it is slow to load. A text is the set of its character
4-grams ("shingles"), each hashed to 32 bits.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import compiled, helper

Array = npt.NDArray[Any]

SHINGLE = 4
_EAST_ASIAN_WEIGHT = 2


@helper
def decode(values: Array, start: int, end: int, points: Array) -> int:  # pragma: no cover - runs compiled
    """Write the code points of valid UTF-8 and return how many there are."""
    count = 0
    position = start
    while position < end:
        first = np.uint32(values[position])
        if first < 0x80:
            points[count] = first
            position += 1
        elif first < 0xE0:
            points[count] = (first & np.uint32(0x1F)) << np.uint32(6) | values[position + 1] & np.uint32(0x3F)
            position += 2
        elif first < 0xF0:
            points[count] = (
                (first & np.uint32(0x0F)) << np.uint32(12)
                | (values[position + 1] & np.uint32(0x3F)) << np.uint32(6)
                | values[position + 2] & np.uint32(0x3F)
            )
            position += 3
        else:
            points[count] = (
                (first & np.uint32(0x07)) << np.uint32(18)
                | (values[position + 1] & np.uint32(0x3F)) << np.uint32(12)
                | (values[position + 2] & np.uint32(0x3F)) << np.uint32(6)
                | values[position + 3] & np.uint32(0x3F)
            )
            position += 4
        count += 1
    return count


@helper
def content_weight(point: np.uint32) -> int:  # pragma: no cover - runs compiled
    """What a code point adds to a text's content: a letter or digit 1, an East Asian character 2, anything else 0."""
    if point < 0x80:
        return int(48 <= point <= 57 or 65 <= point <= 90 or 97 <= point <= 122)
    if point < 0xC0 or point == 0xD7 or point == 0xF7:
        return 0
    if 0x2000 <= point <= 0x2BFF or 0x2E00 <= point <= 0x303F or 0xFE00 <= point <= 0xFE6F or point >= 0x1F000:
        return _EAST_ASIAN_WEIGHT if 0x20000 <= point <= 0x3FFFF else 0
    if 0x1100 <= point <= 0x11FF or 0x3040 <= point <= 0xD7FF or 0xF900 <= point <= 0xFAFF:
        return _EAST_ASIAN_WEIGHT
    return 1


@compiled
def content_lengths(values: Array, offsets: Array, lengths: Array) -> None:  # pragma: no cover - runs compiled
    """Per text the letters and digits outside @handles and #hashtags, East Asian characters counted twice."""
    longest = 1
    for text in range(lengths.shape[0]):
        longest = max(longest, offsets[text + 1] - offsets[text])
    points = np.empty(longest, dtype=np.uint32)
    for text in range(lengths.shape[0]):
        count = decode(values, offsets[text], offsets[text + 1], points)
        total = 0
        is_tag = False
        for i in range(count):
            point = points[i]
            weight = content_weight(point)
            if point == 0x40 or point == 0x23:
                is_tag = True
            elif weight == 0 and point != 0x5F:
                is_tag = False
            elif not is_tag:
                total += weight
        lengths[text] = total


@compiled
def text_hashes(values: Array, offsets: Array, hashes: Array) -> None:  # pragma: no cover - runs compiled
    """Per text a 64-bit hash of its bytes: FNV-1a, then mixed as in SplitMix64. Fixed for ever: hashes are kept."""
    for text in range(hashes.shape[0]):
        key = np.uint64(0xCBF29CE484222325)
        for at in range(offsets[text], offsets[text + 1]):
            key = (key ^ np.uint64(values[at])) * np.uint64(0x100000001B3)
        key = (key ^ key >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
        key = (key ^ key >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
        hashes[text] = key ^ key >> np.uint64(31)


@helper
def shingle(points: Array, at: int) -> np.uint32:  # pragma: no cover - runs compiled
    """The 32-bit hash of the four code points from `at` on (21 bits each, mixed as in SplitMix64)."""
    low = (
        np.uint64(points[at]) | np.uint64(points[at + 1]) << np.uint64(21) | np.uint64(points[at + 2]) << np.uint64(42)
    )
    mixed = (low ^ np.uint64(points[at + 3]) * np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(29)) * np.uint64(0x94D049BB133111EB)
    return np.uint32(mixed >> np.uint64(32))


@helper
def insert(table: Array, stamps: Array, mask: np.uint64, key: np.uint32, stamp: int) -> bool:  # pragma: no cover
    """Put a key in the hash set that `stamp` marks; whether it was new."""
    slot = np.uint64(key) * np.uint64(0x9E3779B1) & mask
    while stamps[slot] == stamp:
        if table[slot] == key:
            return False
        slot = slot + np.uint64(1) & mask
    stamps[slot] = stamp
    table[slot] = key
    return True


@helper
def table_mask(items: int) -> np.uint64:  # pragma: no cover - runs compiled
    """Size minus one of a hash table for so many items, at most half full."""
    size = 256
    while size < 2 * items:
        size *= 2
    return np.uint64(size - 1)


@compiled
def sketch(
    values: Array,
    offsets: Array,
    multipliers: Array,
    addends: Array,
    signatures: Array,
    bitmaps: Array,
    sizes: Array,
) -> None:  # pragma: no cover - runs compiled
    """Per text: the last byte of every MinHash value, 512 bits of its shingles, how many are distinct.

    The MinHash values are minima of `multiplier x hash + addend` modulo 2^32. A text of fewer than four code points
    has no shingle: its size is 0.
    """
    texts = sizes.shape[0]
    longest = 4
    for text in range(texts):
        longest = max(longest, offsets[text + 1] - offsets[text])
    points = np.empty(longest, dtype=np.uint32)
    mask = table_mask(longest)
    table = np.empty(mask + 1, dtype=np.uint32)
    stamps = np.zeros(mask + 1, dtype=np.int64)
    minima = np.empty(multipliers.shape[0], dtype=np.uint32)
    for text in range(texts):
        shingles = decode(values, offsets[text], offsets[text + 1], points) - SHINGLE + 1
        size = 0
        minima[:] = np.uint32(0xFFFFFFFF)
        small = table_mask(shingles)
        for at in range(shingles):
            hashed = shingle(points, at)
            if insert(table, stamps, small, hashed, text + 1):
                size += 1
                bitmaps[text, hashed >> np.uint32(29)] |= np.uint64(1) << np.uint64(
                    hashed >> np.uint32(23) & np.uint32(63)
                )
                for i in range(minima.shape[0]):
                    minima[i] = min(minima[i], np.uint32(multipliers[i] * hashed + addends[i]))
        sizes[text] = size
        for i in range(minima.shape[0]):
            signatures[text, i] = minima[i] & np.uint32(0xFF)
