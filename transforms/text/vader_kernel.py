"""The compiled entry point: rows of UTF-8 bytes in, four arrays of scores out.

Importing this module imports Numba and prepares the compilation, which is cached on disk where a folder can be written.
"""

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from transforms.text.vader_rules import FEW, contrast, scores, word_valences
from transforms.text.vader_tokens import expanded_length, read_words


def _source_stamp() -> int:
    """Changes with the sources that are compiled into the entry point: Numba's cache looks at the file of the entry only."""
    folder = Path(__file__).parent
    names = ("vader_tables.py", "vader_tokens.py", "vader_rules.py")
    return zlib.crc32(b"".join((folder / name).read_bytes() for name in names if (folder / name).exists()))


def _entry(stamp: int) -> Callable[..., None]:
    def score_rows(data, offsets, first, last, t, compound, pos, neu, neg):  # type: ignore[no-untyped-def]
        """Scores rows `first` to `last`; row `i` is `data[offsets[i]:offsets[i + 1]]`."""
        room = stamp & 0 | 4096
        chars = np.empty(room, dtype=np.int32)
        words = np.empty(room, dtype=np.int32)
        marks = np.empty(room, dtype=np.uint8)
        places = np.empty(room, dtype=np.int64)
        values = np.empty(room, dtype=np.float64)
        for row in range(first, last):
            start, end = offsets[row], offsets[row + 1]
            if (end - start) * 64 > room:
                need = expanded_length(data, start, end, t)
                if need > room:
                    room = need + need // 2
                    chars = np.empty(room, dtype=np.int32)
                    words = np.empty(room, dtype=np.int32)
                    marks = np.empty(room, dtype=np.uint8)
                    places = np.empty(room, dtype=np.int64)
                    values = np.empty(room, dtype=np.float64)
            count, exclamations, questions = read_words(data, start, end, chars, words, marks, t)
            found, but = word_valences(words, marks, count, places, values, t)
            if but >= 0:
                contrast(places, values, found, but)
            compound[row], pos[row], neu[row], neg[row] = scores(
                values, found, count, exclamations, questions, t.compensated_sum
            )

    return score_rows


def _compiled(function: Callable[..., None]) -> Any:
    """The function, compiled on first use; without a disk cache where no folder for one can be written."""
    try:
        return njit(nogil=True, cache=True)(function)
    except (RuntimeError, OSError):
        return njit(nogil=True)(function)


score_rows = _compiled(_entry(_source_stamp()))
