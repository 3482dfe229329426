"""The compiled half of asking which of very many kept texts could be alike to one of a few new ones.

Belongs here: Numba code only; import it inside a function, it is slow to load. The bands of the new texts are indexed,
the kept texts pass by once; nothing is known of either but the signature.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import compiled, helper

Array = npt.NDArray[Any]

# A kept text that shares bands with so many new ones that are not like it (a flood made from one template) is reported
# without asking further: reading its text is cheaper.
_MOST_ASKED = 256


class Index(NamedTuple):
    """Bands of texts by their keys: chains of entries (text x bands + band), and a bit for each slot that has one."""

    heads: Array
    following: Array
    filled: Array


@helper
def slot_of(key: np.uint32, band: int) -> np.uint64:  # pragma: no cover - runs compiled
    """Where a band's key would be, before it is cut to the size of a table."""
    mixed = (np.uint64(key) | np.uint64(band) << np.uint64(32)) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed ^ mixed >> np.uint64(29)) * np.uint64(0xBF58476D1CE4E5B9) >> np.uint64(32)


@compiled
def index_of(keys: Array) -> Index:  # pragma: no cover - runs compiled
    """The index of texts by their keys, a row of bands per text."""
    slots = 256
    while slots < 2 * keys.size:
        slots *= 2
    heads = np.full(slots, -1, dtype=np.int64)
    following = np.empty(keys.size, dtype=np.int64)
    filled = np.zeros(slots, dtype=np.uint8)
    bits = np.uint64(8 * slots - 1)
    bands = keys.shape[1]
    for text in range(keys.shape[0]):
        for band in range(bands):
            slot = slot_of(keys[text, band], band)
            filled[(slot & bits) >> np.uint64(3)] |= np.uint8(1) << np.uint8(slot & np.uint64(7))
            head = slot & np.uint64(slots - 1)
            following[text * bands + band] = heads[head]
            heads[head] = text * bands + band
    return Index(heads, following, filled)


@compiled
def probe(index: Index, known: Array, signatures: Array, floor: int, found: Array) -> None:  # pragma: no cover
    """Say of each text whether a known one shares a band with it and has at least `floor` bytes in common."""
    known_keys, keys = known.view(np.uint32), signatures.view(np.uint32)
    bands = keys.shape[1]
    bits = np.uint64(8 * index.filled.shape[0] - 1)
    heads = np.uint64(index.heads.shape[0] - 1)
    for text in range(keys.shape[0]):
        asked = 0
        for band in range(bands):
            slot = slot_of(keys[text, band], band)
            if not index.filled[(slot & bits) >> np.uint64(3)] >> np.uint8(slot & np.uint64(7)) & np.uint8(1):
                continue
            entry = index.heads[slot & heads]
            while entry >= 0 and not found[text]:
                other = entry // bands
                if entry % bands == band and known_keys[other, band] == keys[text, band]:
                    asked += 1
                    equal = 0
                    for i in range(signatures.shape[1]):
                        equal += signatures[text, i] == known[other, i]
                    found[text] = equal >= floor or asked == _MOST_ASKED
                entry = index.following[entry]
