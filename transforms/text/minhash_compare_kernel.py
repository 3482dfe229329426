"""The compiled comparison of two texts, and the groups that alike texts form.

Belongs here: Numba code only; import it inside a function, it is slow to load. Everything that can rule a pair out is
asked before its shingles are counted.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import compiled, helper
from transforms.text.minhash_kernel import SHINGLE, decode, insert, shingle, table_mask

Array = npt.NDArray[Any]

_LOADED, _STAMP, _TURN, _MASK = 0, 1, 2, 3


class Corpus(NamedTuple):
    """Texts with their sketches, and when two of them are alike."""

    values: Array
    offsets: Array
    signatures: Array
    bitmaps: Array
    sizes: Array
    threshold: float
    floor: int


class Scratch(NamedTuple):
    """Room for comparing: code points of two texts, and the shingles of the first as a hash set."""

    mine: Array
    theirs: Array
    table: Array
    stamps: Array
    counted: Array
    state: Array


@compiled
def scratch_for(corpus: Corpus) -> Scratch:  # pragma: no cover - runs compiled
    """Room for the longest text."""
    longest = 4
    for text in range(corpus.offsets.shape[0] - 1):
        longest = max(longest, corpus.offsets[text + 1] - corpus.offsets[text])
    slots = table_mask(longest) + np.uint64(1)
    state = np.zeros(4, dtype=np.int64)
    state[_LOADED] = -1
    return Scratch(
        np.empty(longest, dtype=np.uint32),
        np.empty(longest, dtype=np.uint32),
        np.empty(slots, dtype=np.uint32),
        np.zeros(slots, dtype=np.int64),
        np.zeros(slots, dtype=np.int64),
        state,
    )


@helper
def find(parents: Array, node: int) -> Any:  # pragma: no cover - runs compiled
    """The root of a node, halving the path to it."""
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return node


@helper
def join(parents: Array, left: int, right: int) -> None:  # pragma: no cover - runs compiled
    """Make two nodes one group; the smaller root stays root."""
    left, right = find(parents, left), find(parents, right)
    if left < right:
        parents[right] = left
    elif right < left:
        parents[left] = right


@helper
def load(corpus: Corpus, scratch: Scratch, text: int) -> int:  # pragma: no cover - runs compiled
    """Put a text's shingles in the hash set, the distinct ones also in front of `mine`; return how many."""
    count = decode(corpus.values, corpus.offsets[text], corpus.offsets[text + 1], scratch.mine)
    mask = table_mask(count)
    scratch.state[_LOADED] = text
    scratch.state[_STAMP] += 1
    scratch.state[_MASK] = np.int64(mask)
    distinct = 0
    for at in range(count - SHINGLE + 1):
        key = shingle(scratch.mine, at)
        if insert(scratch.table, scratch.stamps, mask, key, scratch.state[_STAMP]):
            scratch.mine[distinct] = key  # behind `at`: its code point is read already
            distinct += 1
    return distinct


@helper
def shared_shingles(corpus: Corpus, scratch: Scratch, other: int) -> Any:  # pragma: no cover - runs compiled
    """How many distinct shingles a text shares with the loaded one."""
    count = decode(corpus.values, corpus.offsets[other], corpus.offsets[other + 1], scratch.theirs)
    scratch.state[_TURN] += 1
    stamp, turn, mask = scratch.state[_STAMP], scratch.state[_TURN], np.uint64(scratch.state[_MASK])
    shared = 0
    for at in range(count - SHINGLE + 1):
        key = shingle(scratch.theirs, at)
        slot = np.uint64(key) * np.uint64(0x9E3779B1) & mask
        while scratch.stamps[slot] == stamp:
            if scratch.table[slot] == key:
                if scratch.counted[slot] != turn:
                    scratch.counted[slot] = turn
                    shared += 1
                break
            slot = slot + np.uint64(1) & mask
    return shared


@helper
def bit_count(bits: np.uint64) -> np.int64:  # pragma: no cover - runs compiled
    """How many bits are set (sums of neighbours, in ever wider fields)."""
    bits -= bits >> np.uint64(1) & np.uint64(0x5555555555555555)
    bits = (bits & np.uint64(0x3333333333333333)) + (bits >> np.uint64(2) & np.uint64(0x3333333333333333))
    bits = bits + (bits >> np.uint64(4)) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64(bits * np.uint64(0x0101010101010101) >> np.uint64(56))


@helper
def is_alike(corpus: Corpus, scratch: Scratch, text: int, other: int) -> bool:  # pragma: no cover - runs compiled
    """Whether two texts reach the threshold: asked of ever more of them, from their sizes to their shingles.

    Each bit that only one bitmap has is a shingle that only one text has, so the bitmaps bound what can be shared.
    """
    small = min(corpus.sizes[text], corpus.sizes[other])
    large = max(corpus.sizes[text], corpus.sizes[other])
    if small < corpus.threshold * large:
        return False
    apart = 0
    for i in range(corpus.bitmaps.shape[1]):
        apart += bit_count(corpus.bitmaps[text, i] ^ corpus.bitmaps[other, i])
    most = (small + large - apart) // 2
    if most < corpus.threshold * (small + large - most):
        return False
    equal = 0
    for i in range(corpus.signatures.shape[1]):
        equal += corpus.signatures[text, i] == corpus.signatures[other, i]
    if equal < corpus.floor:
        return False
    if scratch.state[_LOADED] != text:
        load(corpus, scratch, text)
    shared = shared_shingles(corpus, scratch, other)
    return bool(shared >= corpus.threshold * (small + large - shared))
