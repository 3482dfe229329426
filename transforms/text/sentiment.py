"""Sentiment of texts: the stock VADER scores and the score of each mention in the lexicon of its language.

Here belong the functions the pipeline calls. The rules are in `vader_rules`, the words in `lexicons`.
"""

import functools
import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.text.lexicons import Lexicon, english_vader
from transforms.text.vader_tables import Tables, tables

BATCH_BYTES = 1 << 26
FEW_ROWS = 2048
"""Scoring so few rows takes about a millisecond: no use to split them."""
LONG_TEXT = 1 << 14
"""Bytes; with a longer text in the batch the room it needs is counted rather than bounded."""


def vader_scores(texts: pl.Series, lexicon: Lexicon | None = None, *, threads: int | None = None) -> pl.DataFrame:
    """One row per text, in order: compound (-1 to 1), pos, neu, neg (0 to 1, shares that sum to about 1); null for null.

    With the default lexicon the numbers are those of vaderSentiment 3.3.2 to the last bit. `threads` defaults to the
    machine's cores. Source of the formula: Hutto & Gilbert (2014).
    """
    arrays = tables(lexicon or english_vader())
    out = tuple(np.empty(len(texts), dtype=np.float64) for _ in range(4))
    workers = threads or os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        for batch in _batches(texts):
            data, offsets = utf8_buffers(texts[batch])
            columns = tuple(column[batch] for column in out)
            parts = _parts(len(offsets) - 1, workers)
            work = functools.partial(_score_part, data, offsets, arrays, columns)
            # one part is scored here: handing it to a thread would only cost time
            list((pool.map if len(parts) > 1 else map)(work, parts))
    frame = pl.DataFrame(dict(zip(("compound", "pos", "neu", "neg"), out, strict=True)))
    if texts.null_count():
        frame = frame.select(pl.when(texts.is_not_null()).then(pl.all()))
    return frame


def _parts(count: int, workers: int) -> list[slice]:
    """Equal row ranges for the workers, more than workers so that none waits long; a small batch is not worth a split."""
    if workers == 1 or count < 2 * FEW_ROWS:
        return [slice(0, count)]
    number = min(4 * workers, count // FEW_ROWS)
    edges = [count * at // number for at in range(number + 1)]
    return [slice(start, stop) for start, stop in pairwise(edges)]


def _score_part(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    arrays: Tables,
    out: tuple[npt.NDArray[np.float64], ...],
    part: slice,
) -> None:
    from transforms.text import vader_kernel

    offsets = offsets[part.start : part.stop + 1]
    longest = int(np.diff(offsets).max(initial=0))
    # every emoji takes two bytes or more, so this bounds what its description can make of a text
    room = longest * (arrays.longest_emoji + 1) // 2 + 2
    if longest > LONG_TEXT:
        room = int(vader_kernel.longest_expansion(data, offsets, arrays))
    words = room // 2 + 1
    scratch = (
        np.empty(room, dtype=np.int32),
        np.empty(words, dtype=np.int32),
        np.empty(words, dtype=np.uint8),
        np.empty(words, dtype=np.int64),
        np.empty(words, dtype=np.float64),
        np.empty(1024, dtype=np.float64),
        np.empty(1024, dtype=np.int64),
    )
    vader_kernel.score_rows(data, offsets, arrays, scratch, *(column[part] for column in out))


def utf8_buffers(texts: pl.Series) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The texts' bytes end to end (read-only), and where each one starts, with the end of the last; a null has no bytes."""
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(texts.str.len_bytes().fill_null(0).to_numpy(), out=offsets[1:])
    # one byte more than the texts have: an empty list would explode to a null
    joined = pl.concat([texts, pl.Series(texts.name, ["\0"])]).str.join("")
    return joined.cast(pl.Binary).cast(pl.List(pl.UInt8)).explode().to_numpy(), offsets


def _batches(texts: pl.Series) -> list[slice]:
    """Row ranges of about BATCH_BYTES bytes each, which bounds the memory beside the texts themselves."""
    ends = np.cumsum(texts.str.len_bytes().fill_null(0).to_numpy(), dtype=np.int64)
    batches: list[slice] = []
    start = 0
    while start < len(texts):
        done = ends[start - 1] if start else 0
        stop = max(int(np.searchsorted(ends, done + BATCH_BYTES, side="right")), start + 1)
        batches.append(slice(start, stop))
        start = stop
    return batches
