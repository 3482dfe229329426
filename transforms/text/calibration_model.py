"""The small model that calibration fits: multinomial logistic regression on word n-grams and VADER's own scores.

Here belong the features, the fit, the prediction and the model's JSON; whether a model is any good, in `calibration`.
"""

import json
import zlib
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.text.improved import score_improved
from transforms.text.sentiment import SentimentParams, score_by_language

CLASSES = ("negative", "neutral", "positive")
Floats = npt.NDArray[np.floating[Any]]

TOKEN = r"[\p{L}\p{N}_#]+(?:['’]\p{L}+)*|[!?]+|\p{Extended_Pictographic}"
MODEL_FORMAT = 1
PENALTY = 0.03
"""Of 0.001 to 0.1 the one that did best, or close to it, for 300 and 1,000 labelled texts of three sources."""
STEPS = 100
BALANCE = 0.75
"""How far classes weigh alike: 1 gives the best macro-recall, 0.25 the best net sentiment, this most of both."""


@dataclass(frozen=True)
class SentimentModel:
    """Weights by class (negative, neutral, positive) of the terms, of the VADER features and of the constant."""

    terms: tuple[str, ...]
    term_weights: tuple[tuple[float, float, float], ...]
    score_weights: tuple[tuple[float, float, float], ...]
    constants: tuple[float, float, float]
    language_codes: tuple[str, ...]
    """Languages it was fitted on, and the only ones it scores."""

    @property
    def model_id(self) -> str:
        """Changes with any weight: `calibrated@` and a checksum."""
        return f"calibrated@{zlib.crc32(self.to_json().encode()):08x}"

    def to_json(self) -> str:
        """The model as JSON text; `from_json` gives an equal model."""
        return json.dumps({"format": MODEL_FORMAT, **asdict(self)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "SentimentModel":
        """The model from its JSON; raises ValueError if the text is none of this format."""
        try:
            fields = json.loads(text)
            if fields.pop("format") != MODEL_FORMAT:
                raise ValueError("another format")
            return cls(**{name: _frozen(value) for name, value in fields.items()})
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a sentiment model of format {MODEL_FORMAT} ({error}): calibrate again") from error


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def term_table(texts: pl.Series, wanted: pl.Series | None = None) -> pl.DataFrame:
    """One row per text and distinct term in it (word, or two words in a row), or of the wanted ones: row, term."""
    words = (
        texts.to_frame("text")
        .with_row_index("row")
        .select(
            "row",
            pl.col("text")
            .str.to_lowercase()
            .str.replace_all(r"https?://\S+", " _url_ ")
            .str.replace_all(r"@\w+", " _user_ ")
            .str.replace_all(r"\d+", "0")
            .str.extract_all(TOKEN)
            .alias("term"),
        )
        .explode("term", empty_as_null=True, keep_nulls=True)
        .drop_nulls("term")
        .with_columns(following=pl.when(pl.col("row") == pl.col("row").shift(-1)).then(pl.col("term").shift(-1)))
    )
    pairs = words.drop_nulls("following")
    if wanted is not None:
        first, second = (wanted.str.extract(part).drop_nulls().unique() for part in ("^(.*) ", " (.*)$"))
        pairs = pairs.filter(pl.col("term").is_in(first.implode()) & pl.col("following").is_in(second.implode()))
        words = words.filter(pl.col("term").is_in(wanted.implode()))
    pairs = pairs.select("row", pl.concat_str("term", "following", separator=" ").alias("term"))
    return pl.concat([words.select("row", "term"), pairs]).unique(maintain_order=True)


def score_features(texts: pl.Series, language_codes: pl.Series, params: SentimentParams) -> Floats:
    """One row per text: stock and improved compound, their sizes and signs, "!" and "?"; 0 without a lexicon."""
    stock = score_by_language(texts, language_codes, params.lexicon)["score"].fill_null(0.0).to_numpy()
    improved = score_improved(texts, language_codes, params)["sentiment_improved_score"].fill_null(0.0).to_numpy()
    marks = [(texts.str.count_matches(mark, literal=True) > 0).fill_null(False).to_numpy() for mark in "!?"]
    return np.column_stack(
        [stock, improved, np.abs(stock), np.abs(improved), np.sign(stock), np.sign(improved), *marks]
    )


def fit(
    terms: pl.DataFrame, scores: Floats, truth: npt.NDArray[np.int64], language_codes: tuple[str, ...]
) -> SentimentModel:
    """The model for these rows: `terms` as from `term_table` (rows 0 to n - 1); rare classes weigh more by BALANCE.

    A term has to stand in two texts. Minimises the weighted log-loss plus PENALTY times half the squared weights.
    """
    kept = terms.group_by("term").len().filter(pl.col("len") >= 2).sort("term")
    vocabulary = kept.select("term").with_row_index("column")
    cells = terms.join(vocabulary, on="term")
    dense = np.column_stack([scores, np.ones(len(truth))])
    weights = _minimise(cells["row"].to_numpy(), cells["column"].to_numpy(), len(vocabulary), dense, truth)
    return SentimentModel(
        terms=tuple(vocabulary["term"]),
        term_weights=tuple(map(tuple, weights[: len(vocabulary)].tolist())),
        score_weights=tuple(map(tuple, weights[len(vocabulary) : -1].tolist())),
        constants=tuple(weights[-1].tolist()),
        language_codes=language_codes,
    )


def _minimise(
    rows: npt.NDArray[np.uint32],
    columns: npt.NDArray[np.uint32],
    width: int,
    dense: Floats,
    truth: npt.NDArray[np.int64],
) -> Floats:
    """Weights (terms, then dense features, × classes) by accelerated gradient descent with restarts.

    `rows` and `columns` are the places of the ones in the matrix of terms. The problem is convex: the start does not
    matter. Source of the method: Nesterov (1983); of the restart: O'Donoghue & Candès (2015).
    """
    count, classes = len(truth), len(CLASSES)
    balance = (1 / np.maximum(np.bincount(truth, minlength=classes), 1)) ** BALANCE
    row_weight = (balance[truth] / balance[truth].sum())[:, None]
    target = np.eye(classes)[truth]
    shrink = np.full((width + dense.shape[1], 1), PENALTY)
    shrink[-1] = 0.0  # the constant is free

    def product(weights: Floats) -> Floats:
        sparse = [np.bincount(rows, weights[columns, at], minlength=count) for at in range(weights.shape[1])]
        return np.column_stack(sparse) + dense @ weights[width:]

    def transposed(values: Floats) -> Floats:
        sparse = [np.bincount(columns, values[rows, at], minlength=width) for at in range(values.shape[1])]
        return np.vstack([np.column_stack(sparse), dense.T @ values])

    # the log-loss of a softmax bends at most half as much as the weighted squares of the rows do
    direction: Floats = np.ones((len(shrink), 1))
    for _ in range(20):
        direction = transposed(row_weight * product(direction / np.linalg.norm(direction)))
    bound = 0.55 * float(np.linalg.norm(direction)) + PENALTY
    weights: Floats = np.zeros((len(shrink), classes))
    ahead: Floats = weights
    momentum = 1.0
    for _ in range(STEPS):
        gradient = transposed((_softmax(product(ahead)) - target) * row_weight) + shrink * ahead
        following = ahead - gradient / bound
        if np.sum(gradient * (following - weights)) > 0:
            momentum = 1.0
        longer = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = following + (momentum - 1) / longer * (following - weights)
        weights, momentum = following, longer
    return np.round(weights, 5)


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def probabilities(model: SentimentModel, terms: pl.DataFrame, scores: Floats) -> Floats:
    """One row per row of `scores`: the model's share of belief in each of CLASSES."""
    logits = scores @ np.array(model.score_weights) + np.array(model.constants)
    weights = pl.DataFrame(np.array(model.term_weights).reshape(-1, 3), schema=list(CLASSES), orient="row")
    weighed = terms.join(weights.with_columns(term=pl.Series(model.terms, dtype=pl.String)), on="term")
    sums = weighed.group_by("row").agg(pl.col(CLASSES).sum())
    logits[sums["row"].to_numpy()] += sums.select(CLASSES).to_numpy()
    return _softmax(logits)


def score_calibrated(
    texts: pl.Series, language_codes: pl.Series, model: SentimentModel, params: SentimentParams
) -> pl.DataFrame:
    """One row per text, in order: sentiment_calibrated_score (P(positive) - P(negative)), _label and _model_id.

    Unscored for a null text and for a language the model was not fitted on.
    """
    shares = probabilities(
        model, term_table(texts, pl.Series(model.terms, dtype=pl.String)), score_features(texts, language_codes, params)
    )
    codes = language_codes.str.to_lowercase().str.extract("^([a-z]{2,3})(?:[-_]|$)")
    scored = (texts.is_not_null() & codes.is_in(list(model.language_codes))).fill_null(False)
    result = pl.DataFrame(
        {
            "sentiment_calibrated_score": shares[:, 2] - shares[:, 0],
            "sentiment_calibrated_label": pl.Series(np.array(CLASSES)[shares.argmax(axis=1)], dtype=pl.String),
            "sentiment_calibrated_model_id": pl.repeat(model.model_id, len(texts), eager=True),
        }
    )
    label = pl.when(scored).then(pl.col("sentiment_calibrated_label")).otherwise(pl.lit("unscored"))
    others = pl.col("sentiment_calibrated_score", "sentiment_calibrated_model_id")
    return result.select(pl.when(scored).then(others), label.alias("sentiment_calibrated_label"))
