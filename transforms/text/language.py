"""Which language a mention is written in.

Belongs here: the rules around the model: which languages compete, who wins a tie, what is undecidable.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from transforms.text.normalise import text_for_language, utf8_bytes, word_count

if TYPE_CHECKING:
    from transforms.text.language_model import RestrictedModel

# The languages most posts on the large platforms are written in. They compete with the workspace's languages, so that
# a Spanish post in an English and French workspace comes out as Spanish and is not scored with a lexicon it does not
# fit.
_COMMON = (
    "ar bg bn ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nl no pl pt ro ru sk sl sr sv ta th "
    "tl tr uk ur vi zh"
)
COMMON_LANGUAGE_CODES: Final = tuple(_COMMON.split())
# What exports write for a language that ISO 639-1 (and the model) spells otherwise.
_CODE_BY_CLAIM: Final = {"in": "id", "iw": "he", "jw": "jv", "nb": "no", "nn": "no", "fil": "tl", "cmn": "zh"}


@dataclass(frozen=True)
class LanguageParams:
    """How languages are told apart.

    language_codes: the workspace's languages, ISO 639-1. other_language_codes: what else a text may turn out to be;
    empty forces every text into the workspace's languages. short_word_count and claimed_odds: in a text of at most so
    many words the claimed language stands unless the detected one is more than claimed_odds times as probable.
    min_confidence_ratio: a detection below it in such a short text is no answer (null). thread_count: threads for the
    kernel.
    """

    language_codes: tuple[str, ...] = ("en",)
    other_language_codes: tuple[str, ...] = COMMON_LANGUAGE_CODES
    short_word_count: int = 5
    claimed_odds: float = 5.0
    min_confidence_ratio: float = 0.2
    thread_count: int = 2

    def candidate_codes(self) -> tuple[str, ...]:
        """The languages a text can be given, sorted."""
        return tuple(sorted({*self.language_codes, *self.other_language_codes}))


def language_code_of_claim(claimed: pl.Series) -> pl.Series:
    """The ISO 639-1 code in a claimed language (`pt-BR`, `EN`, `iw`); null without one (`und`, `qme`, blank)."""
    base = claimed.cast(pl.String).str.strip_chars().str.to_lowercase().str.extract(r"^([a-z]{2,3})(?:[-_].*)?$")
    code = base.replace(_CODE_BY_CLAIM)
    return code.set(code.str.len_bytes() != 2, None)


def detect_languages(texts: pl.Series, claimed: pl.Series | None, params: LanguageParams) -> pl.DataFrame:
    """One row per text: `language_code` (ISO 639-1) and `language_confidence_ratio` (0-1), both null where undecidable.

    The model is the one packaged in py3langid, over the workspace's and the common languages, on the text without
    links, handles and emoji; answer and confidence are those of py3langid with norm_probs and that restriction. Three
    rules are added. A text without a letter is undecidable. In a text of at most `short_word_count` words the claimed
    language wins unless the detected one is more than `claimed_odds` times as probable; the confidence is then the
    claimed language's own. Below `min_confidence_ratio` a detection in such a short text is no answer (on labelled
    tweets it is wrong three times out of four there); in a longer text the likeliest language stands, because this
    confidence also falls with sheer length. A claim is never overwritten: it stays in the caller's column. ValueError
    if the model does not know a candidate language.
    """
    from transforms.text.language_model import restricted_model

    model = restricted_model(params.candidate_codes())
    cleaned = text_for_language(texts)
    claimed_column = _claimed_columns(claimed, len(texts), model)
    scored = _score(cleaned, claimed_column, model, params.thread_count)
    codes = pl.Series("language_code", model.codes, dtype=pl.String)
    return _decided(scored, cleaned, params).select(
        pl.lit(codes).gather("column").alias("language_code"),
        pl.when(pl.col("column").is_not_null()).then("ratio").cast(pl.Float64).alias("language_confidence_ratio"),
    )


def _decided(scored: pl.DataFrame, cleaned: pl.Series, params: LanguageParams) -> pl.DataFrame:
    """The scored texts with the model `column` that is the answer (null: none) and the `ratio` that it was given."""
    could_keep_claim = (pl.col("claimed") >= 0) & (
        pl.col("claimed_ratio") * params.claimed_odds >= pl.col("winner_ratio")
    )
    is_unsure = pl.col("winner_ratio") < params.min_confidence_ratio
    # Words are counted only where the number can change the answer: it costs more than the scoring.
    rows = (
        scored.select(((pl.col("claimed") != pl.col("winner")) & could_keep_claim) | is_unsure).to_series().arg_true()
    )
    is_short = pl.repeat(False, len(cleaned), eager=True).scatter(
        rows, word_count(cleaned.gather(rows)) <= params.short_word_count
    )
    return (
        scored.with_columns(is_short=is_short, is_written=cleaned.str.contains(r"\p{L}").fill_null(False))
        .with_columns(is_claim_kept=pl.col("is_short") & could_keep_claim)
        .with_columns(
            column=pl.when("is_written", "is_claim_kept")
            .then("claimed")
            .when("is_written", pl.col("winner") >= 0, ~(pl.col("is_short") & is_unsure))
            .then("winner"),
            ratio=pl.when("is_claim_kept").then("claimed_ratio").otherwise("winner_ratio"),
        )
    )


def _claimed_columns(claimed: pl.Series | None, length: int, model: "RestrictedModel") -> pl.Series:
    """The model column of each claimed language, -1 where none is claimed or the language is no candidate."""
    if claimed is None:
        return pl.repeat(-1, length, dtype=pl.Int64, eager=True)
    columns = model.column_by_code()
    return language_code_of_claim(claimed).replace_strict(columns, default=-1, return_dtype=pl.Int64).fill_null(-1)


def _score(cleaned: pl.Series, claimed: pl.Series, model: "RestrictedModel", thread_count: int) -> pl.DataFrame:
    """Winner column, its probability, the claimed column and its probability, per text; the rows split over threads."""
    from transforms.text.language_kernel import score_languages

    values, offsets = utf8_bytes(cleaned)
    columns = claimed.to_numpy(writable=True)
    winner = np.empty(len(cleaned), dtype=np.int64)
    winner_ratio = np.zeros(len(cleaned), dtype=np.float32)
    claimed_ratio = np.zeros(len(cleaned), dtype=np.float32)

    def score_rows(bounds: tuple[int, int]) -> None:
        rows = slice(*bounds)
        score_languages(
            values,
            offsets[bounds[0] : bounds[1] + 1],
            columns[rows],
            model.step,
            model.first_row,
            model.table,
            model.priors,
            model.alias_of,
            model.log_counts,
            winner[rows],
            winner_ratio[rows],
            claimed_ratio[rows],
        )

    _each(score_rows, list(pairwise(np.linspace(0, len(cleaned), thread_count + 1).astype(int).tolist())))
    return pl.DataFrame(
        {"winner": winner, "winner_ratio": winner_ratio, "claimed": columns, "claimed_ratio": claimed_ratio}
    )


def _each(function: Callable[[tuple[int, int]], None], parts: Sequence[tuple[int, int]]) -> None:
    if len(parts) == 1:
        function(parts[0])
        return
    with ThreadPoolExecutor(len(parts)) as threads:
        list(threads.map(function, parts))
