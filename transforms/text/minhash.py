"""Groups of texts that are nearly the same, by MinHash with verification.

Belongs here: calling the kernels on whole columns. What counts as a duplicate mention is for `near_duplicates`.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.text.normalise import Bytes, Offsets, read_only, utf8_bytes

BAND_COUNT = 16
ROW_COUNT = 4
# A text whose signature agrees with another's in so many standard deviations less than the threshold promises cannot
# reach the threshold, but for one pair in a few hundred thousand.
_SIGNATURE_SIGMAS = 4.5
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sketches:
    """Texts, as bytes, with their sketches.

    The last byte of each MinHash value, a bitmap of 512 bits over the distinct 4-grams, their number.
    """

    values: Bytes
    offsets: Offsets
    signatures: npt.NDArray[np.uint8]
    bitmaps: npt.NDArray[np.uint64]
    sizes: npt.NDArray[np.int32]

    @property
    def bands(self) -> npt.NDArray[np.uint32]:
        """A key per text and band: the bytes that the signature has for it."""
        return self.signatures.view("<u4")


class Known:
    """Texts by their signatures, to be asked which others could be alike to one of them."""

    def __init__(self, signatures: Bytes, threshold: float) -> None:
        from transforms.text import minhash_probe_kernel as kernel

        self._signatures = read_only(np.unique(signatures, axis=0))
        self._floor = _floor(threshold)
        self._index = kernel.index_of(self._signatures.view("<u4"))

    def may_be_alike(self, signatures: Bytes) -> npt.NDArray[np.bool_]:
        """Whether each text could be alike to a known one, as far as signatures can tell.

        Never wrong where it says no, and for a text that shares band keys with very many it says yes unasked.
        """
        from transforms.text import minhash_probe_kernel as kernel

        found = np.zeros(len(signatures), dtype=np.bool_)
        if len(self._signatures):
            kernel.probe(self._index, self._signatures, read_only(signatures), self._floor, found)
        return found


def _floor(threshold: float) -> int:
    """How many bytes of their signatures two texts have in common at least if their similarity is the threshold."""
    rows = BAND_COUNT * ROW_COUNT
    return int(np.ceil(rows * threshold - _SIGNATURE_SIGMAS * float(np.sqrt(rows * threshold * (1 - threshold)))))


@lru_cache(maxsize=1)
def _hash_functions() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Multipliers (odd) and addends of the hash functions: fixed for ever, kept band keys depend on them."""
    state = np.arange(1, 2 * BAND_COUNT * ROW_COUNT + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ state >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ state >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    numbers = (state >> np.uint64(32)).astype(np.uint32)
    return numbers[: BAND_COUNT * ROW_COUNT] | np.uint32(1), numbers[BAND_COUNT * ROW_COUNT :]


def content_lengths(texts: pl.Series) -> pl.Series:
    """Letters and digits of each text outside @handles and #hashtags, East Asian characters counted twice."""
    from transforms.text import minhash_kernel as kernel

    values, offsets = utf8_bytes(texts)
    lengths = np.zeros(len(texts), dtype=np.int64)
    kernel.content_lengths(values, offsets, lengths)
    return pl.Series("content_length", lengths)


def text_hashes(texts: pl.Series) -> pl.Series:
    """A 64-bit hash of each text, null for null: the same on every machine and in every version."""
    from transforms.text import minhash_kernel as kernel

    values, offsets = utf8_bytes(texts)
    hashes = np.empty(len(texts), dtype=np.uint64)
    kernel.text_hashes(values, offsets, hashes)
    return pl.Series("text_hash", hashes.view(np.int64)).set(texts.is_null(), None)


def sketch_texts(texts: pl.Series, thread_count: int = 1) -> Sketches:
    """The sketches of texts, which must not be null."""
    return sketch_bytes(*utf8_bytes(texts), thread_count)


def sketch_bytes(values: Bytes, offsets: Offsets, thread_count: int = 1) -> Sketches:
    """The sketches of texts that are bytes already, as `utf8_bytes` lays them out."""
    from transforms.text import minhash_kernel as kernel

    count = len(offsets) - 1
    signatures = np.empty((count, BAND_COUNT * ROW_COUNT), dtype=np.uint8)
    bitmaps = np.zeros((count, 8), dtype=np.uint64)
    sizes = np.empty(count, dtype=np.int32)

    def sketch_rows(bounds: tuple[int, int]) -> None:
        first, last = bounds
        kernel.sketch(
            values,
            offsets[first : last + 1],
            *_hash_functions(),
            signatures[first:last],
            bitmaps[first:last],
            sizes[first:last],
        )

    in_threads(sketch_rows, list(pairwise(shares_of(count, thread_count))))
    return Sketches(values, offsets, signatures, bitmaps, sizes)


def alike_groups(
    sketches: Sketches, groups: Ints, threshold: float, thread_count: int = 1, first_fresh: int = 0
) -> Ints:
    """The number of the first text of each text's group: texts linked by chains of alike texts.

    `groups` holds what is known to belong together already, in the same form; pairs within it are not compared. Two
    texts are alike if they share a band key and the Jaccard similarity of their 4-grams is at least the threshold.
    The texts before `first_fresh` were compared with each other before: only pairs with a later one need comparing.
    """
    from transforms.text import minhash_link_kernel as kernel
    from transforms.text.minhash_compare_kernel import Corpus

    corpus = Corpus(
        sketches.values,
        sketches.offsets,
        sketches.signatures,
        sketches.bitmaps,
        sketches.sizes,
        threshold,
        _floor(threshold),
    )

    def link(runs: Iterable[tuple[int, Ints]]) -> Ints:
        parents = merged.copy()
        for band, texts in runs:
            kernel.link_alike(corpus, texts, np.ascontiguousarray(sketches.bands[:, band]), parents)
        return parents

    # The first band finds most links, so the threads share its texts; of the others each thread takes whole bands, and
    # sorts one when it comes to it.
    first = [[(0, part)] for part in _runs(sketches.bands[:, 0], first_fresh, thread_count)]
    others = [range(1 + thread, BAND_COUNT, thread_count) for thread in range(thread_count)]
    merged = groups
    for shares in (
        first,
        [((band, part) for band in bands for part in _runs(sketches.bands[:, band], first_fresh)) for bands in others],
    ):
        parts = in_threads(link, shares)
        merged = parts[0]
        for part in parts[1:]:
            kernel.join_all(merged, np.arange(len(part)), part)
        kernel.roots(merged)
    return merged


def _runs(band: npt.NDArray[np.uint32], first_fresh: int, part_count: int = 1) -> list[Ints]:
    """The texts that share their key of a band with a fresh text, run after run, cut between runs into parts."""
    keys = np.ascontiguousarray(band)
    order = np.argsort(keys)
    if not len(order):
        return [order]
    starts = np.flatnonzero(np.insert(keys[order[1:]] != keys[order[:-1]], 0, True))
    lengths = np.diff(np.append(starts, len(order)))
    is_wanted = (lengths > 1) & (np.maximum.reduceat(order, starts) >= first_fresh)
    ends = np.cumsum(lengths[is_wanted])
    cuts = np.linspace(0, len(ends), part_count + 1).astype(int)[1:-1] - 1
    return list(np.split(order[np.repeat(is_wanted, lengths)], ends[cuts[cuts >= 0]]))


def shares_of(count: int, thread_count: int) -> list[int]:
    """Where each thread's share of so many rows begins, and where the last one ends."""
    bounds: list[int] = np.linspace(0, count, thread_count + 1).astype(int).tolist()
    return bounds


def in_threads(function: Callable[[Any], Any], parts: Sequence[Any]) -> list[Any]:
    """The function's results for each part, each part in a thread of its own."""
    if len(parts) == 1:
        return [function(parts[0])]
    with ThreadPoolExecutor(len(parts)) as threads:
        return list(threads.map(function, parts))
