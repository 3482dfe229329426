"""Sentiment of texts: the stock VADER scores and the score of each mention in the lexicon of its language.

Here belong the functions the pipeline calls. The rules are in `vader_rules`, the words in `lexicons`.
"""

import functools
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.text.lexicons import Lexicon, english_vader, shipped_lexicon, with_words
from transforms.text.vader_tables import COUNT_BITS, Tables, tables

BATCH_BYTES = 1 << 26
FEW_ROWS = 2048
"""Scoring so few rows takes about a millisecond: no use to split them."""
LONGEST_PLAIN = 1 << COUNT_BITS
LONG_TEXT = 1 << 14
"""Bytes; with a longer text in the batch the room it needs is counted rather than bounded."""


@dataclass(frozen=True)
class SentimentParams:
    """What decides a mention's sentiment, beside its words and its language."""

    positive_threshold: float = 0.05
    """A score from here on is positive; the two thresholds are VADER's own."""
    negative_threshold: float = -0.05
    """A score up to here is negative."""
    lexicons: Mapping[str, Lexicon] = field(default_factory=dict)
    """Language code to a lexicon that takes the place of the shipped one."""
    own_words: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Language code, or "*" for every language, to the workspace's own words and their valences (-4 to 4)."""

    def __post_init__(self) -> None:
        """Raises ValueError for thresholds that leave no room for neutral."""
        if not -1 <= self.negative_threshold < self.positive_threshold <= 1:
            raise ValueError(
                f"sentiment thresholds {self.negative_threshold} and {self.positive_threshold}: "
                "the negative one has to be below the positive one, both between -1 and 1"
            )

    def lexicon(self, language_code: str, layer: Callable[[Lexicon], Lexicon] = lambda stock: stock) -> Lexicon | None:
        """The lexicon for a language, under a layer and the workspace's own words; None if it cannot be scored."""
        lexicon = self.lexicons.get(language_code) or shipped_lexicon(language_code)
        if lexicon is None:
            return None
        words = {**self.own_words.get("*", {}), **self.own_words.get(language_code, {})}
        return with_words(layer(lexicon), words) if words else layer(lexicon)


def score_mentions(texts: pl.Series, language_codes: pl.Series, params: SentimentParams) -> pl.DataFrame:
    """One row per text, in order: sentiment_score (-1 to 1), sentiment_label and sentiment_lexicon_id (`id@version`).

    A text without a language, or in one without a lexicon, is `unscored` with null score and lexicon, never neutral.
    `en-GB` counts as `en`.
    """
    scored = score_by_language(texts, language_codes, params.lexicon)
    label = sentiment_label(pl.col("score"), params)
    return scored.select(sentiment_score="score", sentiment_label=label, sentiment_lexicon_id="lexicon_id")


def score_by_language(
    texts: pl.Series, language_codes: pl.Series, lexicon_of: Callable[[str], Lexicon | None]
) -> pl.DataFrame:
    """One row per text, in order: score and lexicon_id, both null where the language has no lexicon."""
    scores = scores_by_language(texts, language_codes, lexicon_of)
    return scores.select(score="compound", lexicon_id="lexicon_id")


def scores_by_language(
    texts: pl.Series, language_codes: pl.Series, lexicon_of: Callable[[str], Lexicon | None]
) -> pl.DataFrame:
    """One row per text, in order: compound, pos, neg and lexicon_id, all null where the language has no lexicon."""
    mentions = pl.DataFrame({"text": texts, "language_code": language_codes}).with_columns(
        pl.col("language_code").str.to_lowercase().str.extract("^([a-z]{2,3})(?:[-_]|$)")
    )
    names = ("compound", "pos", "neg")
    columns = {name: pl.repeat(None, len(mentions), dtype=pl.Float64, eager=True) for name in names}
    references = pl.repeat(None, len(mentions), dtype=pl.String, eager=True)
    for code in mentions["language_code"].drop_nulls().unique().sort():
        lexicon = lexicon_of(code)
        if lexicon is None:
            continue
        rows = mentions.select(
            (pl.col("language_code").eq_missing(code) & pl.col("text").is_not_null()).arg_true()
        ).to_series()
        scores = vader_scores(mentions["text"].gather(rows), lexicon)
        columns = {name: columns[name].scatter(rows, scores[name]) for name in names}
        references = references.scatter(rows, lexicon.reference)
    return pl.DataFrame({**columns, "lexicon_id": references})


def sentiment_label(score: pl.Expr, params: SentimentParams) -> pl.Expr:
    """positive, negative or neutral by the thresholds, which belong to the classes they open; `unscored` for a null."""
    return (
        pl.when(score.is_null())
        .then(pl.lit("unscored"))
        .when(score >= params.positive_threshold)
        .then(pl.lit("positive"))
        .when(score <= params.negative_threshold)
        .then(pl.lit("negative"))
        .otherwise(pl.lit("neutral"))
    )


def vader_scores(texts: pl.Series, lexicon: Lexicon | None = None, *, threads: int | None = None) -> pl.DataFrame:
    """One row per text, in order: compound (-1 to 1), pos, neu, neg (shares from 0 to 1); null for a null text.

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
    """Equal row ranges, more than there are workers so that none waits long; a small batch is not worth a split."""
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
    room = max(longest, longest * (arrays.longest_emoji + 1) // 2) + 2
    if longest > LONG_TEXT:
        room = int(vader_kernel.longest_expansion(data, offsets, arrays))
    # white space parts words, so that they take two characters each; a hashtag may be split into words of one
    words = (room // 2 if arrays.is_plain_readable else room) + 8
    scratch = (
        np.empty(room, dtype=np.int32),
        np.empty(words, dtype=np.int32),
        np.empty(words, dtype=np.int32),
        np.empty(words, dtype=np.int64),
        np.empty(words, dtype=np.float64),
        np.empty(1024, dtype=np.float64),
        np.empty(1024, dtype=np.int64),
        np.empty(min(longest, LONGEST_PLAIN) + 2, dtype=np.int64),
    )
    vader_kernel.score_rows(data, offsets, arrays, scratch, *(column[part] for column in out))


def utf8_buffers(texts: pl.Series) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The texts' bytes end to end (read-only), and where each starts, with the end of the last; a null has no bytes."""
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
