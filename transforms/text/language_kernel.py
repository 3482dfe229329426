"""The compiled walk of the language model.

Belongs here: Numba code only; import it inside a function, it is slow to load.

The model is a finite-state automaton over bytes that emits a feature at some states, and one weight per feature and
language. A text's score in a language is its prior plus the sum over distinct features of log(1 + count) x weight
(multinomial naive Bayes with damped counts, as py3langid scores).
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

# Beyond this difference of scaled scores a language adds less than float32 can see to the softmax.
_NEGLIGIBLE = np.float32(20.0)


def compiled(function: Any) -> Any:
    """The function compiled, without the interpreter lock, kept on disk where a folder can be written."""
    try:
        return numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:  # no folder for the cache can be written: compile once per process instead
        return numba.njit(nogil=True)(function)


@compiled
def emitted_features(
    values: Array, start: int, end: int, step: Array, first: np.uint64, features: Array
) -> int:  # pragma: no cover - runs compiled
    """Write the features that one text emits, with repeats, and return how many. Each step is one look-up."""
    row = first
    count = 0
    for position in range(start, end):
        entry = step[row + np.uint64(values[position])]
        row = entry >> np.uint64(32)
        feature = np.int64(entry & np.uint64(0xFFFFFFFF)) - 1
        features[count] = feature
        if feature >= 0:
            count += 1
    return count


@compiled
def distinct_features(
    features: Array, count: int, seen: Array, log_counts: Array, weights: Array
) -> int:  # pragma: no cover - runs compiled
    """Shrink features to the distinct ones, with log(1 + count) of each in weights. Leaves `seen` zero, as it was."""
    distinct = 0
    for i in range(count):
        feature = features[i]
        if seen[feature] == 0:
            features[distinct] = feature
            distinct += 1
        seen[feature] += 1
    last = log_counts.shape[0] - 1
    for i in range(distinct):
        repeats = seen[features[i]]
        seen[features[i]] = 0
        weights[i] = log_counts[repeats] if repeats <= last else np.float32(np.log1p(np.float32(repeats)))
    return distinct


@compiled
def add_scores(
    features: Array, weights: Array, count: int, table: Array, width: int, scores: Array
) -> None:  # pragma: no cover - runs compiled
    """Add weight x table row of each feature to the scores, sixteen languages at a time (one vector register)."""
    for i in range(count):
        at = features[i] * width
        weight = weights[i]
        for lane in range(width):
            scores[lane] += weight * table[at + lane]


@compiled
def to_probabilities(
    scores: Array, languages: int, byte_count: int, alias_of: Array
) -> int:  # pragma: no cover - runs compiled
    """Softmax at temperature sqrt(bytes), in place, columns of one language added up; return the likeliest column."""
    scale = np.float32(1.0 / np.sqrt(max(byte_count, 1)))
    top = scores[0]
    for j in range(1, languages):
        top = max(top, scores[j])
    total = np.float32(0.0)
    for j in range(languages):
        below = (top - scores[j]) * scale
        scores[j] = np.float32(np.exp(-below)) if below < _NEGLIGIBLE else np.float32(0.0)
        total += scores[j]
    best = 0
    for j in range(languages):
        if alias_of[j] != j:
            scores[alias_of[j]] += scores[j]
            scores[j] = np.float32(0.0)
    for j in range(languages):
        scores[j] /= total
        if scores[j] > scores[best]:
            best = j
    return best


@compiled
def score_languages(
    values: Array,
    offsets: Array,
    claimed: Array,
    step: Array,
    first: np.uint64,
    table: Array,
    prior: Array,
    alias_of: Array,
    log_counts: Array,
    winner: Array,
    winner_ratio: Array,
    claimed_ratio: Array,
) -> None:  # pragma: no cover - runs compiled
    """Per text: the likeliest column (-1 without any feature), its probability and that of the claimed column."""
    languages = alias_of.shape[0]
    width = prior.shape[0]
    seen = np.zeros(table.shape[0] // width, dtype=np.int32)
    scores = np.empty(width, dtype=np.float32)
    longest = 1
    for text in range(offsets.shape[0] - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    features = np.empty(longest + 1, dtype=np.int64)
    weights = np.empty(longest + 1, dtype=np.float32)
    for text in range(offsets.shape[0] - 1):
        start, end = offsets[text], offsets[text + 1]
        count = emitted_features(values, start, end, step, first, features)
        winner[text] = -1
        if count == 0:
            continue
        count = distinct_features(features, count, seen, log_counts, weights)
        scores[:] = prior
        add_scores(features, weights, count, table, width, scores)
        best = to_probabilities(scores, languages, end - start, alias_of)
        winner[text] = best
        winner_ratio[text] = scores[best]
        if claimed[text] >= 0:
            claimed_ratio[text] = scores[claimed[text]]
