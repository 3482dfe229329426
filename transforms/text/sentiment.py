"""Sentiment of texts: the stock VADER scores and the score of each mention in the lexicon of its language.

Here belong the functions the pipeline calls. The rules are in `vader_rules`, the words in `lexicons`.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.text.lexicons import Lexicon, english_vader
from transforms.text.vader_tables import tables

BATCH_BYTES = 1 << 25
BATCH_ROWS = 1 << 15
FEW_ROWS = 4096
"""Below this a second thread costs more than it saves."""


def vader_scores(texts: pl.Series, lexicon: Lexicon | None = None, *, threads: int | None = None) -> pl.DataFrame:
    """One row per text, in order: compound (-1 to 1), pos, neu, neg (0 to 1, shares that sum to about 1); null for a null.

    With the default lexicon the numbers are those of vaderSentiment 3.3.2 to the last bit. `threads` defaults to the
    machine's cores. Source of the formula: Hutto & Gilbert (2014).
    """
    from transforms.text import vader_kernel

    arrays = tables(lexicon or english_vader())
    out = tuple(np.empty(len(texts), dtype=np.float64) for _ in range(4))

    def score(bounds: tuple[int, int]) -> None:
        start, stop = bounds
        data, offsets = utf8_buffers(texts.slice(start, stop - start))
        vader_kernel.score_rows(data, offsets, 0, stop - start, arrays, *(column[start:stop] for column in out))

    batches = _batches(texts)
    workers = min(threads or os.cpu_count() or 1, len(batches))
    if workers <= 1:
        for batch in batches:
            score(batch)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(score, batches))
    frame = pl.DataFrame(dict(zip(("compound", "pos", "neu", "neg"), out, strict=True)))
    if texts.null_count():
        frame = frame.select(pl.when(texts.is_not_null()).then(pl.all()))
    return frame


def utf8_buffers(texts: pl.Series) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The texts' bytes end to end, and where each one starts, with the end of the last; a null text has no bytes."""
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(texts.str.len_bytes().fill_null(0).to_numpy(), out=offsets[1:])
    if offsets[-1] == 0:
        return np.zeros(1, dtype=np.uint8), offsets
    joined = texts.str.join("").cast(pl.Binary).cast(pl.List(pl.UInt8)).explode()
    return joined.to_numpy(), offsets


def _batches(texts: pl.Series) -> list[tuple[int, int]]:
    """Row ranges of at most BATCH_ROWS rows and about BATCH_BYTES bytes each."""
    ends = np.cumsum(texts.str.len_bytes().fill_null(0).to_numpy(), dtype=np.int64)
    rows = BATCH_ROWS if len(texts) > FEW_ROWS else FEW_ROWS
    batches: list[tuple[int, int]] = []
    start = 0
    while start < len(texts):
        done = ends[start - 1] if start else 0
        stop = int(np.searchsorted(ends, done + BATCH_BYTES, side="right"))
        stop = min(max(stop, start + 1), start + rows, len(texts))
        batches.append((start, stop))
        start = stop
    return batches
