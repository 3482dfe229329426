"""Calibration on a user's own labelled mentions: thresholds and a small model, used only where they beat stock VADER.

Here belong the judging (cross-validation, confusion, error of net sentiment per brand) and the choice. The model itself
is in `calibration_model`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.text.calibration_model import (
    CLASSES,
    SentimentModel,
    fit,
    probabilities,
    score_features,
    term_table,
)
from transforms.text.improved import score_improved
from transforms.text.sentiment import SentimentParams, score_mentions

Classes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class CalibrationParams:
    """How a calibration is judged."""

    folds: int = 5
    fewest_rows: int = 100
    fewest_per_class: int = 10
    fewest_per_brand: int = 20
    """A brand with fewer labelled mentions has no error of its own: chance would be most of it."""
    net_error_tolerance: float = 0.02
    resamples: int = 500
    seed: int = 7


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

    def fitted_on(chosen: npt.NDArray[np.bool_]) -> SentimentModel:
        return fit(_terms_of(terms, chosen), features[chosen], truth[chosen], languages)

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
            lambda seen: probabilities(fitted_on(seen), _terms_of(terms, ~seen), features[~seen]).argmax(axis=1),
        ),
    }
    brands = pl.concat([_brand_errors(rows, guess, name, params) for name, guess in guesses.items()])
    candidates = _judged(guesses, truth, brands, params)
    return Calibration(
        chosen=str(candidates.filter("is_chosen")["candidate"][0]),
        thresholds=_best_thresholds(compound, truth),
        model=fitted_on(np.ones(len(truth), dtype=np.bool_)),
        candidates=candidates,
        confusion=pl.concat([_confusion(truth, guess, name) for name, guess in guesses.items()]),
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


def _terms_of(terms: pl.DataFrame, chosen: npt.NDArray[np.bool_]) -> pl.DataFrame:
    """The terms of the chosen rows, numbered from 0."""
    numbers = pl.DataFrame({"row": np.flatnonzero(chosen).astype(np.uint32)}).with_row_index("number")
    return terms.join(numbers, on="row").select(row="number", term="term")


def _classes(scores: Floats, negative: float, positive: float) -> Classes:
    return np.where(scores >= positive, 2, np.where(scores <= negative, 0, 1))


def _best_thresholds(scores: Floats, truth: Classes) -> tuple[float, float]:
    """Negative and positive threshold, in steps of 0.05, with the best macro-recall; nearest to zero among equals."""
    steps = np.round(np.arange(0.05, 0.95, 0.05), 2)
    pairs = sorted(((-low, high) for low in steps for high in steps), key=lambda pair: pair[1] - pair[0])
    best = max(pairs, key=lambda pair: _macro_recall(truth, _classes(scores, *pair)))
    return float(best[0]), float(best[1])


def _table(truth: Classes, guess: Classes) -> npt.NDArray[np.int64]:
    return np.bincount(3 * truth + guess, minlength=9).reshape(3, 3)


def _macro_recall(truth: Classes, guess: Classes) -> float:
    table = _table(truth, guess)
    return float(np.mean(table.diagonal() / np.maximum(table.sum(axis=1), 1)))


def _macro_f1(truth: Classes, guess: Classes) -> float:
    table = _table(truth, guess)
    return float(np.mean(2 * table.diagonal() / np.maximum(table.sum(axis=0) + table.sum(axis=1), 1)))


def _confusion(truth: Classes, guess: Classes, candidate: str) -> pl.DataFrame:
    table = _table(truth, guess)
    return pl.DataFrame(
        [(candidate, a, p, int(table[i, j])) for i, a in enumerate(CLASSES) for j, p in enumerate(CLASSES)],
        schema=["candidate", "actual_label", "predicted_label", "mention_count"],
        orient="row",
    )


def _brand_errors(rows: pl.DataFrame, guess: Classes, candidate: str, params: CalibrationParams) -> pl.DataFrame:
    """Net sentiment (P - N) / (P + N + U) of each brand, labelled and predicted; of all mentions without brands."""
    brand = pl.col("brand_id").cast(pl.String) if "brand_id" in rows.columns else pl.lit("all mentions")
    return (
        rows.select(brand.alias("brand_id"), pl.col("class") - 1, guess=pl.Series(guess) - 1)
        .drop_nulls("brand_id")
        .group_by("brand_id")
        .agg(
            mention_count=pl.len(),
            labelled_net_sentiment_ratio=pl.col("class").mean(),
            predicted_net_sentiment_ratio=pl.col("guess").mean(),
        )
        .filter(pl.col("mention_count") >= params.fewest_per_brand)
        .sort("brand_id")
        .select(
            pl.lit(candidate).alias("candidate"),
            pl.all(),
            net_sentiment_error=(
                pl.col("predicted_net_sentiment_ratio") - pl.col("labelled_net_sentiment_ratio")
            ).abs(),
        )
    )


def _judged(
    guesses: dict[str, Classes], truth: Classes, brands: pl.DataFrame, params: CalibrationParams
) -> pl.DataFrame:
    random = np.random.default_rng(params.seed)
    samples = [random.integers(0, len(truth), len(truth)) for _ in range(params.resamples)]
    stock = np.array([_macro_recall(truth[rows], guesses["stock"][rows]) for rows in samples])
    judged = []
    for name, guess in guesses.items():
        gains = np.array([_macro_recall(truth[rows], guess[rows]) for rows in samples]) - stock
        low, high = np.quantile(gains, [0.025, 0.975])
        judged.append(
            {
                "candidate": name,
                "mention_count": len(truth),
                "accuracy_ratio": float(np.mean(truth == guess)),
                "macro_recall_ratio": _macro_recall(truth, guess),
                "macro_f1_ratio": _macro_f1(truth, guess),
                "gain_ratio": _macro_recall(truth, guess) - _macro_recall(truth, guesses["stock"]),
                "gain_low_ratio": float(low),
                "gain_high_ratio": float(high),
                "net_sentiment_error": brands.filter(pl.col("candidate") == name)["net_sentiment_error"].mean(),
            }
        )
    table = pl.DataFrame(judged)
    stock_error = table["net_sentiment_error"][0]
    close = pl.col("net_sentiment_error") <= (stock_error or 0.0) + params.net_error_tolerance
    better = table.filter(
        pl.col("candidate").is_in(["thresholds", "model"])
        & (pl.col("gain_low_ratio") > 0)
        & (close | pl.col("net_sentiment_error").is_null())
    ).sort("macro_recall_ratio", descending=True)
    chosen = better["candidate"][0] if len(better) else "stock"
    return table.with_columns(is_chosen=pl.col("candidate") == chosen)
