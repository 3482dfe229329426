"""Calibration on a user's own labelled mentions: thresholds and a small model, used only where they beat stock VADER.

Here belong what is fitted and the cross-validation. The model itself is in `calibration_model`, its fit in
`calibration_fit`, what makes one candidate better than another in `calibration_judge`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.text.calibration_fit import chosen_restraint, fit, terms_of
from transforms.text.calibration_judge import CalibrationParams, brand_errors, confusion, judged, macro_recall
from transforms.text.calibration_model import CLASSES, SentimentModel, probabilities, score_features, term_table
from transforms.text.improved import score_improved
from transforms.text.sentiment import SentimentParams, score_mentions

Classes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Calibration:
    """What was fitted and how well it does on mentions it was not fitted on."""

    chosen: str
    """stock, thresholds or model: the best of those that beat stock, else stock.

    To beat it, the gain in macro-recall has to be above 0 in its whole interval, and the error of net sentiment may not
    grow by more than `net_error_tolerance`."""
    thresholds: tuple[float, float]
    """Negative and positive threshold fitted on all rows, for `SentimentParams`."""
    model: SentimentModel
    """Fitted on all rows."""
    candidates: pl.DataFrame
    """One row per candidate: mention_count, accuracy_ratio, macro_recall_ratio, macro_f1_ratio, gain_ratio with its
    95 % interval (of macro-recall over stock, paired bootstrap), net_sentiment_error (mean over brands), is_chosen."""
    confusion: pl.DataFrame
    """One row per candidate, actual_label and predicted_label: mention_count, from cross-validation."""
    brands: pl.DataFrame
    """One row per candidate and brand_id: mention_count, labelled and predicted net sentiment, difference."""
    left_out_count: int
    """Labelled mentions in languages without a lexicon."""


def calibrate(
    labelled: pl.DataFrame, sentiment: SentimentParams, params: CalibrationParams | None = None
) -> Calibration:
    """Fits and judges on labelled mentions: text, language_code, sentiment_label and, if there are brands, brand_id.

    Raises ValueError if columns are missing, a label is not negative, neutral or positive, or there are too few rows.
    Identical texts stay in one fold, so that no candidate is judged on a text it has seen.
    """
    params = params or CalibrationParams()
    rows = _checked(labelled, sentiment, params)
    texts, codes = rows["text"], rows["language_code"]
    truth = rows["class"].to_numpy()
    fold = _folds(texts, params)
    compound = score_mentions(texts, codes, sentiment)["sentiment_score"].to_numpy()
    features = score_features(texts, codes, sentiment)
    terms = term_table(texts)
    languages = tuple(codes.str.to_lowercase().str.extract("^([a-z]{2,3})").unique().sort())

    def fitted_on(seen: npt.NDArray[np.bool_]) -> SentimentModel:
        known = terms_of(terms, seen), features[seen], truth[seen]
        return fit(*known, languages, chosen_restraint(*known, fold[seen]))

    guesses: dict[str, Classes] = {
        "stock": _classes(compound, sentiment.negative_threshold, sentiment.positive_threshold),
        "improved": _classes(
            score_improved(texts, codes, sentiment)["sentiment_improved_score"].to_numpy(),
            sentiment.negative_threshold,
            sentiment.positive_threshold,
        ),
        "thresholds": _out_of_fold(
            fold, lambda seen: _classes(compound[~seen], *_best_thresholds(compound[seen], truth[seen]))
        ),
        "model": _out_of_fold(
            fold,
            lambda seen: probabilities(fitted_on(seen), terms_of(terms, ~seen), features[~seen]).argmax(axis=1),
        ),
    }
    brands = pl.concat([brand_errors(rows, guess, name, params) for name, guess in guesses.items()])
    candidates = judged(guesses, truth, brands, params)
    return Calibration(
        chosen=str(candidates.filter("is_chosen")["candidate"][0]),
        thresholds=_best_thresholds(compound, truth),
        model=fitted_on(np.ones(len(truth), dtype=np.bool_)),
        candidates=candidates,
        confusion=pl.concat([confusion(truth, guess, name) for name, guess in guesses.items()]),
        brands=brands,
        left_out_count=len(labelled) - len(rows),
    )


def _checked(labelled: pl.DataFrame, sentiment: SentimentParams, params: CalibrationParams) -> pl.DataFrame:
    """The rows that stock VADER can score, with `class` 0 to 2."""
    missing = {"text", "language_code", "sentiment_label"} - set(labelled.columns)
    if missing:
        raise ValueError(f"labelled mentions have no column {sorted(missing)[0]!r}: add it")
    unknown = labelled.filter(~pl.col("sentiment_label").is_in(list(CLASSES)).fill_null(False))
    if len(unknown):
        label = unknown["sentiment_label"][0]
        raise ValueError(
            f"{label!r} is no label: use negative, neutral or positive in each of the {len(labelled)} rows"
        )
    scored = score_mentions(labelled["text"], labelled["language_code"], sentiment)["sentiment_label"] != "unscored"
    classes = pl.col("sentiment_label").replace_strict(
        {name: at for at, name in enumerate(CLASSES)}, return_dtype=pl.Int64
    )
    rows = labelled.filter(scored).with_columns(classes.alias("class"))
    fewest = min((rows["class"] == at).sum() for at in range(len(CLASSES)))
    if len(rows) < params.fewest_rows or fewest < params.fewest_per_class:
        raise ValueError(
            f"{len(rows)} labelled mentions can be scored, {fewest} in the rarest class: label at least "
            f"{params.fewest_rows}, with {params.fewest_per_class} of each class"
        )
    return rows


def _folds(texts: pl.Series, params: CalibrationParams) -> Classes:
    """Fold of each row; the same text is always in the same fold."""
    distinct = texts.unique(maintain_order=True).sort()
    order = np.random.default_rng(params.seed).permutation(len(distinct)) % params.folds
    return texts.replace_strict(distinct, pl.Series(order), return_dtype=pl.Int64).to_numpy()


def _out_of_fold(fold: Classes, predict: Callable[[npt.NDArray[np.bool_]], Classes]) -> Classes:
    """Each row's class as predicted by what was fitted on the other folds."""
    guess = np.zeros(len(fold), dtype=np.int64)
    for held_out in np.unique(fold):
        guess[fold == held_out] = predict(fold != held_out)
    return guess


def _classes(scores: Floats, negative: float, positive: float) -> Classes:
    return np.where(scores >= positive, 2, np.where(scores <= negative, 0, 1))


def _best_thresholds(scores: Floats, truth: Classes) -> tuple[float, float]:
    """Negative and positive threshold, in steps of 0.05, with the best macro-recall; nearest to zero among equals."""
    steps = np.round(np.arange(0.05, 0.95, 0.05), 2)
    pairs = sorted(((-low, high) for low in steps for high in steps), key=lambda pair: pair[1] - pair[0])
    best = max(pairs, key=lambda pair: macro_recall(truth, _classes(scores, *pair)))
    return float(best[0]), float(best[1])
