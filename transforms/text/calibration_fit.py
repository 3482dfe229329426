"""Fitting the small model: what its weights are for labelled texts, and how strongly to hold them back.

Here belong the matrix of the terms, the minimum of the loss and the choice of the penalty. Features are in
`calibration_model`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.text.calibration_judge import macro_recall
from transforms.text.calibration_model import (
    CLASSES,
    Floats,
    SentimentModel,
    probabilities,
    softmax,
    with_lengths,
)

Classes = npt.NDArray[np.int64]

PENALTIES = (0.008, 0.004, 0.002, 0.001)
"""Of the terms' weights, the strongest first: few labels need a strong one, a thousand bear the weakest."""
SCORE_PENALTY = 0.03
LEANS = (0.0, *(sign * lean / 10 for lean in range(1, 7) for sign in (-1, 1)))
"""To positive and away from negative, the least first: moves net sentiment and hardly anything of macro-recall."""
_POSITIVE = np.arange(len(CLASSES)) - 1.0
FEWEST_TEXTS = 2
"""A term that stands in fewer texts says nothing about the next."""
NET_ERROR_WEIGHT = 0.5
"""What an error of net sentiment counts against macro-recall where one penalty is preferred to another."""
STEPS = 120


@dataclass(frozen=True)
class Restraint:
    """What keeps a model from believing its few texts too much, and its net sentiment from leaning to one side."""

    penalty: float
    lean: float


@dataclass(frozen=True)
class Design:
    """The places of the terms in the matrix of texts, with their values, and the other features in standard form."""

    vocabulary: pl.Series
    rows: npt.NDArray[np.uint32]
    columns: npt.NDArray[np.uint32]
    values: Floats
    scores: Floats
    means: Floats
    deviations: Floats

    @property
    def width(self) -> int:
        """How many weights a class has: terms, scores and the constant."""
        return len(self.vocabulary) + int(self.scores.shape[1])

    def product(self, weights: Floats) -> Floats:
        """Matrix times weights: one row per text."""
        count, terms = len(self.scores), len(self.vocabulary)
        sparse = [
            np.bincount(self.rows, weights[self.columns, at] * self.values, minlength=count)
            for at in range(weights.shape[1])
        ]
        return np.column_stack(sparse) + self.scores @ weights[terms:]

    def transposed(self, errors: Floats) -> Floats:
        """Matrix, turned, times one row per text: one row per weight."""
        sparse = [
            np.bincount(self.columns, errors[self.rows, at] * self.values, minlength=len(self.vocabulary))
            for at in range(errors.shape[1])
        ]
        return np.vstack([np.column_stack(sparse), self.scores.T @ errors])


def design(terms: pl.DataFrame, scores: Floats) -> Design:
    """The matrix of these texts: `terms` as from `term_table` (rows 0 to n - 1), `scores` as from `score_features`."""
    kept = terms.group_by("term").len().filter(pl.col("len") >= FEWEST_TEXTS).sort("term")
    cells = with_lengths(terms.join(kept.select("term").with_row_index("column"), on="term")).sort("row", "column")
    means, deviations = scores.mean(axis=0), scores.std(axis=0)
    deviations = np.where(deviations > 0, deviations, 1.0)
    return Design(
        kept["term"],
        cells["row"].to_numpy(),
        cells["column"].to_numpy(),
        cells["value"].to_numpy(),
        np.column_stack([(scores - means) / deviations, np.ones(len(scores))]),
        means,
        deviations,
    )


def terms_of(terms: pl.DataFrame, chosen: npt.NDArray[np.bool_]) -> pl.DataFrame:
    """The terms of the chosen rows, numbered from 0."""
    numbers = pl.DataFrame({"row": np.flatnonzero(chosen).astype(np.uint32)}).with_row_index("number")
    return terms.join(numbers, on="row").select(row="number", term="term")


def fit(
    terms: pl.DataFrame, scores: Floats, truth: Classes, language_codes: tuple[str, ...], restraint: Restraint
) -> SentimentModel:
    """The model of these texts; `terms` as from `term_table` (rows 0 to n - 1), `scores` as from `score_features`."""
    texts = design(terms, scores)
    weights = next(minima(texts, truth, [restraint.penalty]))
    return as_model(texts, leaning(weights, restraint.lean), language_codes)


def leaning(weights: Floats, lean: float) -> Floats:
    """The weights with constants that lean to positive by so much, and as much away from negative."""
    return np.vstack([weights[:-1], weights[-1:] + lean * _POSITIVE])


def as_model(texts: Design, weights: Floats, language_codes: tuple[str, ...]) -> SentimentModel:
    """The model with these weights, those of the scores turned back from standard form."""
    terms = len(texts.vocabulary)
    score_weights = weights[terms:-1] / texts.deviations[:, None]
    constants = weights[-1] - texts.means @ score_weights
    return SentimentModel(
        terms=tuple(texts.vocabulary),
        term_weights=tuple(map(tuple, np.round(weights[:terms], 5).tolist())),
        score_weights=tuple(map(tuple, np.round(score_weights, 5).tolist())),
        constants=tuple(np.round(constants, 5).tolist()),
        language_codes=language_codes,
    )


def chosen_restraint(terms: pl.DataFrame, scores: Floats, truth: Classes, fold: Classes) -> Restraint:
    """What does best on folds it was not fitted on: macro-recall, less the error of net sentiment."""
    shares = {penalty: np.zeros((len(truth), len(CLASSES))) for penalty in PENALTIES}
    for held_out in np.unique(fold):
        seen = fold != held_out
        texts = design(terms_of(terms, seen), scores[seen])
        unseen_terms = terms_of(terms, ~seen)
        for penalty, weights in zip(PENALTIES, minima(texts, truth[seen], PENALTIES), strict=True):
            shares[penalty][~seen] = probabilities(as_model(texts, weights, ()), unseen_terms, scores[~seen])

    def worth(restraint: Restraint) -> float:
        guess = (np.log(shares[restraint.penalty]) + restraint.lean * _POSITIVE).argmax(axis=1)
        return macro_recall(truth, guess) - NET_ERROR_WEIGHT * float(abs(np.mean(guess - truth)))

    return max((Restraint(penalty, lean) for lean in LEANS for penalty in PENALTIES), key=worth)


def minima(texts: Design, truth: Classes, penalties: Sequence[float]) -> Iterator[Floats]:
    """Weights (of terms, scores, constant × classes) with the least loss, for each penalty.

    The loss is the log-loss, each class weighing the same, plus the penalty times half the squared weights of the
    terms, and SCORE_PENALTY for those of the scores. It is convex: the start does not matter, and is the minimum for
    the penalty before. Accelerated gradient descent (Nesterov 1983) with restarts (O'Donoghue & Candès 2015).
    """
    row_weight = _row_weights(truth)[:, None]
    target = np.eye(len(CLASSES))[truth]
    # the log-loss of a softmax bends at most half as much as the weighted squares of the rows do
    direction: Floats = np.ones((texts.width, 1))
    for _ in range(20):
        direction = texts.transposed(row_weight * texts.product(direction / np.linalg.norm(direction)))
    steepest = 0.55 * float(np.linalg.norm(direction))
    weights: Floats = np.zeros((texts.width, len(CLASSES)))
    for penalty in penalties:
        shrink = np.full((texts.width, 1), penalty)
        shrink[len(texts.vocabulary) :] = SCORE_PENALTY
        shrink[-1] = 0.0  # the constant is free
        bound = steepest + max(penalty, SCORE_PENALTY)
        ahead, momentum = weights, 1.0
        for _ in range(STEPS):
            errors = (softmax(texts.product(ahead)) - target) * row_weight
            gradient = texts.transposed(errors) + shrink * ahead
            following = ahead - gradient / bound
            if np.sum(gradient * (following - weights)) > 0:
                momentum = 1.0
            longer = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
            ahead = following + (momentum - 1) / longer * (following - weights)
            weights, momentum = following, longer
        yield weights


def _row_weights(truth: Classes) -> Floats:
    weights = (1 / np.maximum(np.bincount(truth, minlength=len(CLASSES)), 1))[truth]
    return np.asarray(weights / weights.sum())
