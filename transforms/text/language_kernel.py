"""The compiled walk of the language model.

Belongs here: Numba code only; import it inside a function, it is slow to load.

The model is a finite-state automaton over bytes that emits a feature at some states, and one weight per feature and
language. A text's score in a language is its prior plus the sum over distinct features of log(1 + count) x weight
(multinomial naive Bayes with damped counts, as py3langid scores).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import compiled

Array = npt.NDArray[Any]

# Beyond this difference of scaled scores a language adds less than float32 can see to the softmax.
_NEGLIGIBLE = np.float32(20.0)
_ROW_SHIFT = np.uint64(32)
_FEATURE_MASK = np.uint64(0xFFFFFFFF)


@compiled
def emitted_features(
    values: Array, start: int, middle: int, end: int, step: Array, first: np.uint64, left: Array, right: Array
) -> tuple[int, int]:  # pragma: no cover - runs compiled
    """Write the features of two neighbouring texts, with repeats, to left and right; return how many each emits.

    Two at a time because each step waits for the look-up before it: walking both hides half of the waiting.
    """
    left_row, right_row = first, first
    left_count, right_count = 0, 0
    common = min(middle - start, end - middle)
    for i in range(common):
        left_entry = step[left_row + np.uint64(values[start + i])]
        right_entry = step[right_row + np.uint64(values[middle + i])]
        left_row, right_row = left_entry >> _ROW_SHIFT, right_entry >> _ROW_SHIFT
        left[left_count] = np.int64(left_entry & _FEATURE_MASK) - 1
        right[right_count] = np.int64(right_entry & _FEATURE_MASK) - 1
        left_count += left[left_count] >= 0
        right_count += right[right_count] >= 0
    for position in range(start + common, middle):
        left_entry = step[left_row + np.uint64(values[position])]
        left_row = left_entry >> _ROW_SHIFT
        left[left_count] = np.int64(left_entry & _FEATURE_MASK) - 1
        left_count += left[left_count] >= 0
    for position in range(middle + common, end):
        right_entry = step[right_row + np.uint64(values[position])]
        right_row = right_entry >> _ROW_SHIFT
        right[right_count] = np.int64(right_entry & _FEATURE_MASK) - 1
        right_count += right[right_count] >= 0
    return left_count, right_count


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
    scale = log_counts[1] / np.log1p(np.float32(1))
    for i in range(distinct):
        repeats = seen[features[i]]
        seen[features[i]] = 0
        weights[i] = log_counts[repeats] if repeats <= last else scale * np.float32(np.log1p(np.float32(repeats)))
    return distinct


@compiled
def add_scores(
    features: Array, weights: Array, count: int, table: Array, scores: Array
) -> None:  # pragma: no cover - runs compiled
    """Add weight x table row of each feature to the scores."""
    for i in range(count):
        feature = features[i]
        weight = weights[i]
        for language in range(scores.shape[0]):
            scores[language] += weight * np.float32(table[feature, language])


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
    """Per text: the likeliest column, its probability and that of the claimed column.

    Without any feature every language is as likely as the next: the column is -1, both probabilities are even.
    """
    distinct = 0
    for language in range(alias_of.shape[0]):
        distinct += alias_of[language] == language
    even_ratio = np.float32(1.0 / distinct)
    texts = offsets.shape[0] - 1
    longest = 0
    for text in range(texts):
        longest = max(longest, offsets[text + 1] - offsets[text])
    features = np.empty((2, longest + 1), dtype=np.int64)
    weights = np.empty(longest + 1, dtype=np.float32)
    counts = np.zeros(2, dtype=np.int64)
    seen = np.zeros(table.shape[0], dtype=np.int32)
    scores = np.empty(prior.shape[0], dtype=np.float32)
    for pair in range(0, texts, 2):
        middle = offsets[pair + 1]
        end = offsets[min(pair + 2, texts)]
        counts[0], counts[1] = emitted_features(
            values, offsets[pair], middle, end, step, first, features[0], features[1]
        )
        for side in range(min(2, texts - pair)):
            text = pair + side
            if counts[side] == 0:
                winner[text] = -1
                winner_ratio[text] = claimed_ratio[text] = even_ratio
                continue
            scores[:] = prior
            count = distinct_features(features[side], counts[side], seen, log_counts, weights)
            add_scores(features[side], weights, count, table, scores)
            best = to_probabilities(scores, alias_of.shape[0], offsets[text + 1] - offsets[text], alias_of)
            winner[text] = best
            winner_ratio[text] = scores[best]
            if claimed[text] >= 0:
                claimed_ratio[text] = scores[claimed[text]]
