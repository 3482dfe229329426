"""The packaged language model laid out for the kernel.

Belongs here: reading py3langid's model and reshaping its tables.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

# The table is padded to so many languages, a whole number of vector registers.
_LANES = 16
# The model keeps its weights (-15 to -2.7) as float16, so they are multiples of 1/512 and fit 16-bit integers
# exactly: half the memory to fetch per feature, and no rounding.
_STEPS_PER_UNIT = np.float32(512)
_LOGGED_COUNTS = 1024


@dataclass(frozen=True)
class PackagedModel:
    """py3langid's own arrays: weights by feature and column, priors and codes by column, and the packed automaton.

    `step[row + byte]` holds the next row (already times 256) in its upper half and the emitted feature + 1 in its
    lower half, so that the walk needs one look-up per byte instead of three.
    """

    weights: npt.NDArray[np.float16]
    priors: npt.NDArray[np.float32]
    codes: tuple[str, ...]
    step: npt.NDArray[np.uint64]
    first_row: np.uint64


@dataclass(frozen=True)
class RestrictedModel:
    """The packaged model's columns for some languages, padded to whole vector registers for the kernel."""

    codes: tuple[str, ...]
    alias_of: npt.NDArray[np.int64]
    table: npt.NDArray[np.int16]
    priors: npt.NDArray[np.float32]
    log_counts: npt.NDArray[np.float32]
    step: npt.NDArray[np.uint64]
    first_row: np.uint64

    def column_by_code(self) -> dict[str, int]:
        """Each language code with the column that carries its probability."""
        return {code: int(self.alias_of[j]) for j, code in enumerate(self.codes)}


@lru_cache(maxsize=1)
def packaged_model() -> PackagedModel:
    """The model in the installed py3langid, read once per process (about half a second, 80 MB)."""
    from py3langid.langid import MODEL_DIR, MODEL_FILE
    from py3langid.modelio import load_model

    weights, priors, codes, next_state, row_of_state, feature_of_state = load_model(MODEL_DIR / MODEL_FILE)
    state = np.asarray(next_state)
    row = np.asarray(row_of_state, dtype=np.uint64)
    feature = np.asarray(feature_of_state, dtype=np.int64)
    packed_state: npt.NDArray[Any] = (row << np.uint64(40)) | (feature + 1).astype(np.uint64)
    return PackagedModel(
        weights=np.asarray(weights),
        priors=np.asarray(priors, dtype=np.float32),
        codes=tuple(codes),
        step=packed_state[state],
        first_row=np.uint64(row[0] << np.uint64(8)),
    )


@lru_cache(maxsize=8)
def restricted_model(languages: tuple[str, ...]) -> RestrictedModel:
    """The packaged model for these language codes only; ValueError names the codes that it does not know."""
    model = packaged_model()
    unknown = sorted(set(languages) - set(model.codes))
    if unknown:
        raise ValueError(f"the language model does not know {unknown}; it knows {sorted(set(model.codes))}")
    columns = [j for j, code in enumerate(model.codes) if code in languages]
    codes = tuple(model.codes[j] for j in columns)
    width = -(-len(columns) // _LANES) * _LANES
    steps = model.weights[:, columns].astype(np.float32) * _STEPS_PER_UNIT
    table = np.zeros((model.weights.shape[0], width), dtype=np.int16)
    table[:, : len(columns)] = steps
    if not np.array_equal(table[:, : len(columns)], steps):
        raise ValueError("the weights of this py3langid model are no multiples of 1/512: the kernel would round them")
    priors = np.zeros(width, dtype=np.float32)
    priors[: len(columns)] = model.priors[columns]
    return RestrictedModel(
        codes=codes,
        alias_of=np.array([codes.index(code) for code in codes], dtype=np.int64),
        table=table,
        priors=priors,
        log_counts=(np.log1p(np.arange(_LOGGED_COUNTS)) / _STEPS_PER_UNIT).astype(np.float32),
        step=model.step,
        first_row=model.first_row,
    )
