"""The compiled half of near-duplicate search: sketches of texts, and pairs of texts that are alike.

Belongs here: Numba code only; import it inside a function, it is slow to load. A text is the set of its character
4-grams, each hashed to 32 bits. Two texts are alike if they agree in all four rows of at least one band of MinHash
values and the Jaccard similarity of their sets reaches the threshold. Being alike is a matter of the two texts alone:
groups of linked texts do not depend on the order, the batch or what else is there.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import compiled

Array = npt.NDArray[Any]

_SHINGLE = 4
_EAST_ASIAN_WEIGHT = 2


@compiled
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


@compiled
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
def shingle(points: Array, at: int) -> np.uint32:  # pragma: no cover - runs compiled
    """The 32-bit hash of the four code points from `at` on (21 bits each, mixed as in SplitMix64)."""
    low = (
        np.uint64(points[at]) | np.uint64(points[at + 1]) << np.uint64(21) | np.uint64(points[at + 2]) << np.uint64(42)
    )
    mixed = (low ^ np.uint64(points[at + 3]) * np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(29)) * np.uint64(0x94D049BB133111EB)
    return np.uint32(mixed >> np.uint64(32))


@compiled
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


@compiled
def table_mask(items: int) -> np.uint64:  # pragma: no cover - runs compiled
    """Size minus one of a hash table for so many items, at most half full."""
    size = 256
    while size < 2 * items:
        size *= 2
    return np.uint64(size - 1)


@compiled
def sketch(
    values: Array, offsets: Array, multipliers: Array, addends: Array, bands: Array, signatures: Array, sizes: Array
) -> None:  # pragma: no cover - runs compiled
    """Per text: a 32-bit key per band, the last byte of every MinHash value, and the number of distinct shingles.

    The MinHash values are minima of `multiplier x hash + addend` modulo 2^32. A text of fewer than four code points
    has no shingle: its size is 0.
    """
    texts = sizes.shape[0]
    rows = multipliers.shape[0] // bands.shape[1]
    longest = 4
    for text in range(texts):
        longest = max(longest, offsets[text + 1] - offsets[text])
    points = np.empty(longest, dtype=np.uint32)
    mask = table_mask(longest)
    table = np.empty(mask + 1, dtype=np.uint32)
    stamps = np.zeros(mask + 1, dtype=np.int64)
    minima = np.empty(multipliers.shape[0], dtype=np.uint32)
    for text in range(texts):
        shingles = decode(values, offsets[text], offsets[text + 1], points) - _SHINGLE + 1
        size = 0
        minima[:] = np.uint32(0xFFFFFFFF)
        small = table_mask(shingles)
        for at in range(shingles):
            hashed = shingle(points, at)
            if insert(table, stamps, small, hashed, text + 1):
                size += 1
                for i in range(minima.shape[0]):
                    minima[i] = min(minima[i], np.uint32(multipliers[i] * hashed + addends[i]))
        sizes[text] = size
        for i in range(minima.shape[0]):
            signatures[text, i] = minima[i] & np.uint32(0xFF)
        for band in range(bands.shape[1]):
            key = np.uint64(band + 1)
            for row in range(rows):
                key = (key ^ np.uint64(minima[band * rows + row])) * np.uint64(0x9E3779B97F4A7C15)
                key ^= key >> np.uint64(32)
            bands[text, band] = np.uint32(key & np.uint64(0xFFFFFFFF))


@compiled
def find(parents: Array, node: int) -> int:  # pragma: no cover - runs compiled
    """The root of a node, halving the path to it."""
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return node


@compiled
def join(parents: Array, left: int, right: int) -> None:  # pragma: no cover - runs compiled
    """Make two nodes one group; the smaller root stays root."""
    left, right = find(parents, left), find(parents, right)
    if left < right:
        parents[right] = left
    elif right < left:
        parents[left] = right


@compiled
def is_worth_comparing(
    signatures: Array, sizes: Array, left: int, right: int, threshold: float, floor: int
) -> bool:  # pragma: no cover - runs compiled
    """Whether two texts can reach the threshold: by their sizes (certain) and by 64 bytes of signature (4.5 sigma)."""
    small, large = min(sizes[left], sizes[right]), max(sizes[left], sizes[right])
    if small < threshold * large:
        return False
    equal = 0
    for i in range(signatures.shape[1]):
        equal += signatures[left, i] == signatures[right, i]
    return equal >= floor


@compiled
def shared_shingles(
    points: Array, count: int, table: Array, stamps: Array, counted: Array, mask: np.uint64, stamp: int, turn: int
) -> int:  # pragma: no cover - runs compiled
    """How many distinct shingles of a text are in the hash set that `stamp` marks."""
    shared = 0
    for at in range(count - _SHINGLE + 1):
        key = shingle(points, at)
        slot = np.uint64(key) * np.uint64(0x9E3779B1) & mask
        while stamps[slot] == stamp:
            if table[slot] == key:
                if counted[slot] != turn:
                    counted[slot] = turn
                    shared += 1
                break
            slot = slot + np.uint64(1) & mask
    return shared


@compiled
def regroup(
    parents: Array, order: Array, position: int, heads: Array, tails: Array, following: Array, groups: int
) -> int:  # pragma: no cover - runs compiled
    """Add a text to the groups of its run and merge those that are one by now; return how many are left."""
    root = find(parents, order[position])
    kept = 0
    own = -1
    for group in range(groups):
        if own >= 0 and find(parents, order[heads[group]]) == root:
            following[tails[own]] = heads[group]
            tails[own] = tails[group]
            continue
        if own < 0 and find(parents, order[heads[group]]) == root:
            own = kept
        heads[kept], tails[kept] = heads[group], tails[group]
        kept += 1
    following[position] = -1
    if own >= 0:
        following[tails[own]] = position
        tails[own] = position
        return kept
    heads[kept], tails[kept] = position, position
    return kept + 1


@compiled
def link_alike(
    values: Array,
    offsets: Array,
    order: Array,
    keys: Array,
    signatures: Array,
    sizes: Array,
    threshold: float,
    floor: int,
    parents: Array,
) -> int:  # pragma: no cover - runs compiled
    """Join the alike texts within each run of equal keys of one band (texts in `order`); return the pairs compared.

    Within a run a text is compared with the members of every group it is not in yet, until one is alike: members of
    one group need no comparing, so a run of copies costs its length, not its square.
    """
    longest = 4
    for text in range(offsets.shape[0] - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    mine, theirs = np.empty(longest, dtype=np.uint32), np.empty(longest, dtype=np.uint32)
    table = np.empty(table_mask(longest) + 1, dtype=np.uint32)
    stamps = np.zeros(table.shape[0], dtype=np.int64)
    counted = np.zeros(table.shape[0], dtype=np.int64)
    following, heads, tails = np.empty_like(order), np.empty_like(order), np.empty_like(order)
    mask = np.uint64(0)
    compared = 0
    begin = 0
    while begin < order.shape[0]:
        end = begin + 1
        while end < order.shape[0] and keys[order[end]] == keys[order[begin]]:
            end += 1
        groups = 0
        for position in range(begin, end if end - begin > 1 else begin):
            text = order[position]
            is_loaded = False
            for group in range(groups):
                if find(parents, order[heads[group]]) == find(parents, text):
                    continue
                at = heads[group]
                while at >= 0:
                    other = order[at]
                    at = following[at]
                    if not is_worth_comparing(signatures, sizes, text, other, threshold, floor):
                        continue
                    if not is_loaded:
                        is_loaded = True
                        count = decode(values, offsets[text], offsets[text + 1], mine)
                        mask = table_mask(count)
                        for i in range(count - _SHINGLE + 1):
                            insert(table, stamps, mask, shingle(mine, i), position + 1)
                    compared += 1
                    count = decode(values, offsets[other], offsets[other + 1], theirs)
                    shared = shared_shingles(theirs, count, table, stamps, counted, mask, position + 1, compared)
                    if shared >= threshold * (sizes[text] + sizes[other] - shared):
                        join(parents, text, other)
                        break
            groups = regroup(parents, order, position, heads, tails, following, groups)
        begin = end
    return compared


@compiled
def roots(parents: Array) -> None:  # pragma: no cover - runs compiled
    """Point every node straight at its root."""
    for node in range(parents.shape[0]):
        parents[node] = find(parents, node)


@compiled
def join_all(parents: Array, left: Array, right: Array) -> None:  # pragma: no cover - runs compiled
    """Join the nodes of each pair."""
    for pair in range(left.shape[0]):
        join(parents, left[pair], right[pair])
