"""The compiled half of linking texts that are alike.

Belongs here: Numba code only; import it inside a function, it is slow to load. Two texts are alike if they share a
band key and the Jaccard similarity of their shingles reaches the threshold: a matter of the two texts alone, so
groups of linked texts do not depend on order, batches or what else is there. Texts with one band key are a run. Small
runs are compared pair by pair; in large ones (a flood of posts made from one template) a pair must also share a rare
shingle, as any pair that reaches the threshold does (Bayardo et al. 2007, Xiao et al. 2008: prefix filtering), which
loses no pair.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import compiled, helper
from transforms.text.minhash_compare_kernel import Corpus, Scratch, find, is_alike, join, load, scratch_for
from transforms.text.minhash_kernel import table_mask

Array = npt.NDArray[Any]

_SMALL_RUN = 64
_LEADERS = 8
# Reading, sorting and indexing one text of a large run costs about as much as comparing so many pairs.
_PAIRS_PER_INDEXED_TEXT = 64
_LARGEST_COUNT_TABLE = 1 << 22


@compiled
def link_to_leaders(corpus: Corpus, scratch: Scratch, run: Array, parents: Array) -> int:  # pragma: no cover
    """Join what is alike to one of the first few texts; return how many pairs of the run may still be apart."""
    leaders = np.empty(_LEADERS, dtype=np.int64)
    led = np.zeros(_LEADERS, dtype=np.int64)
    count = 0
    for text in run:
        leader = 0
        while leader < count:
            if find(parents, leaders[leader]) == find(parents, text) or is_alike(
                corpus, scratch, text, leaders[leader]
            ):
                join(parents, leaders[leader], text)
                break
            leader += 1
        if leader == count < _LEADERS:
            leaders[count] = text
            count += 1
        if leader < _LEADERS:
            led[leader] += 1
    alone = run.shape[0] - led.sum()
    return int(run.shape[0] ** 2 - (led**2).sum() - alone) // 2


@compiled
def link_pairs(corpus: Corpus, scratch: Scratch, run: Array, parents: Array) -> None:  # pragma: no cover
    """Compare every text of a run with the members of the other groups, until one of a group is alike."""
    heads, tails, following = np.empty_like(run), np.empty_like(run), np.empty_like(run)
    groups = 0
    for position in range(run.shape[0]):
        text = run[position]
        for group in range(groups):
            if find(parents, run[heads[group]]) == find(parents, text):
                continue
            at = heads[group]
            while at >= 0:
                if is_alike(corpus, scratch, text, run[at]):
                    join(parents, text, run[at])
                    break
                at = following[at]
        groups = regroup(parents, run, position, heads, tails, following, groups)


@helper
def regroup(
    parents: Array, run: Array, position: int, heads: Array, tails: Array, following: Array, groups: int
) -> int:  # pragma: no cover - runs compiled
    """Add a text to the groups of its run and merge those that are one by now; return how many are left."""
    root = find(parents, run[position])
    kept = 0
    own = -1
    for group in range(groups):
        is_own = find(parents, run[heads[group]]) == root
        if is_own and own >= 0:
            following[tails[own]] = heads[group]
            tails[own] = tails[group]
            continue
        if is_own:
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
def rare_first(corpus: Corpus, scratch: Scratch, text: int, counts: Array, keys: Array) -> Any:  # pragma: no cover
    """Write the text's distinct shingles, the rarest in the run first, and return how many."""
    size = load(corpus, scratch, text)
    mask = np.uint64(counts.shape[0] - 1)
    for i in range(size):
        key = np.uint64(scratch.mine[i])
        keys[i] = np.uint64(counts[key & mask]) << np.uint64(32) | key
    keys[:size].sort()
    return size


@compiled
def shingle_counts(corpus: Corpus, scratch: Scratch, run: Array) -> Array:  # pragma: no cover - runs compiled
    """How many texts of the run have a shingle, in slots that few shingles share: only speed depends on it."""
    total = 0
    for text in run:
        total += corpus.sizes[text]
    slots = 1024
    while slots < min(4 * total, _LARGEST_COUNT_TABLE):
        slots *= 2
    counts = np.zeros(slots, dtype=np.int32)
    for text in run:
        for i in range(load(corpus, scratch, text)):
            counts[scratch.mine[i] & np.uint32(slots - 1)] += 1
    return counts


@helper
def least_shared(share: float, size: int) -> Any:  # pragma: no cover - runs compiled
    """The smallest whole number that is at least share x size, allowing for rounding."""
    return int(np.ceil(share * size - 1e-6))


@compiled
def link_by_rare_shingles(corpus: Corpus, scratch: Scratch, run: Array, parents: Array) -> None:  # pragma: no cover
    """Compare the texts of a large run that share one of their rarest shingles.

    From small texts to large: a text x and an earlier, smaller y can only reach threshold t if they share at least
    t|x| shingles, so one of the |x| - t|x| + 1 rarest of x is among the |y| - 2t/(1+t)|y| + 1 rarest of y. The latter
    are indexed, as lists whose entries also point past the entries of their own group.
    """
    counts = shingle_counts(corpus, scratch, run)
    by_size = np.empty(run.shape[0], dtype=np.uint64)
    for i in range(run.shape[0]):
        by_size[i] = np.uint64(corpus.sizes[run[i]]) << np.uint64(32) | np.uint64(run[i])
    by_size.sort()
    ordered = (by_size & np.uint64(0xFFFFFFFF)).astype(np.int64)
    indexed = 0
    for text in ordered:
        indexed += (
            corpus.sizes[text] - least_shared(2 * corpus.threshold / (1 + corpus.threshold), corpus.sizes[text]) + 1
        )
    heads = np.full(np.int64(table_mask(indexed)) + 1, -1, dtype=np.int64)
    slot_mask = np.uint64(heads.shape[0] - 1)
    entry_text = np.empty(indexed, dtype=np.int64)
    following, past_group = np.empty(indexed, dtype=np.int64), np.empty(indexed, dtype=np.int64)
    asked = np.full(run.shape[0], -1, dtype=np.int64)
    keys = np.empty(corpus.sizes[ordered[-1]] + 1, dtype=np.uint64)
    entries = 0
    for position in range(ordered.shape[0]):
        text = ordered[position]
        size = rare_first(corpus, scratch, text, counts, keys)
        for i in range(min(size, size - least_shared(corpus.threshold, size) + 1)):
            entry = heads[keys[i] & np.uint64(0xFFFFFFFF) & slot_mask]
            while entry >= 0:
                other = ordered[entry_text[entry]]
                if find(parents, other) == find(parents, text):
                    entry = past_group[entry]
                    continue
                if asked[entry_text[entry]] != position:
                    asked[entry_text[entry]] = position
                    if is_alike(corpus, scratch, text, other):
                        join(parents, text, other)
                entry = following[entry]
        share = 2 * corpus.threshold / (1 + corpus.threshold)
        for i in range(min(size, size - least_shared(share, size) + 1)):
            slot = keys[i] & np.uint64(0xFFFFFFFF) & slot_mask
            first = heads[slot]
            is_same = first >= 0 and find(parents, ordered[entry_text[first]]) == find(parents, text)
            entry_text[entries], following[entries] = position, first
            past_group[entries] = past_group[first] if is_same else first
            heads[slot] = entries
            entries += 1


@compiled
def link_alike(corpus: Corpus, texts: Array, keys: Array, parents: Array) -> None:  # pragma: no cover - runs compiled
    """Join the alike texts within each run of equal keys of one band."""
    scratch = scratch_for(corpus)
    begin = 0
    while begin < texts.shape[0]:
        end = begin + 1
        while end < texts.shape[0] and keys[texts[end]] == keys[texts[begin]]:
            end += 1
        run = texts[begin:end]
        if run.shape[0] <= _SMALL_RUN:
            link_pairs(corpus, scratch, run, parents)
        else:
            apart = link_to_leaders(corpus, scratch, run, parents)
            if apart > _PAIRS_PER_INDEXED_TEXT * run.shape[0]:
                link_by_rare_shingles(corpus, scratch, run, parents)
            elif apart > 0:
                link_pairs(corpus, scratch, run, parents)
        begin = end


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
