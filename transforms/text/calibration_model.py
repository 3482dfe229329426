"""The small model that calibration fits: multinomial logistic regression on word n-grams and VADER's own scores.

Here belong the features, the prediction and the model's JSON. How it is fitted is in `calibration_fit`, whether it is
any good in `calibration`.
"""

import functools
import json
import zlib
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.text.improved import improved_lexicon
from transforms.text.sentiment import SentimentParams, scores_by_language

CLASSES = ("negative", "neutral", "positive")
Floats = npt.NDArray[np.floating[Any]]

TOKEN = r"[\p{L}\p{N}_#]+(?:['’]\p{L}+)*|[!?]+|\p{Extended_Pictographic}"
MODEL_FORMAT = 2


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
    """One row per text: what VADER says of it, stock and improved, and of its halves; whether "!" and "?" are there.

    0 where the language has no lexicon.
    """
    parts: list[Floats] = []
    for layer in (None, improved_lexicon):
        lexicon_of = params.lexicon if layer is None else functools.partial(params.lexicon, layer=layer)
        scores = scores_by_language(texts, language_codes, lexicon_of).fill_null(0.0)
        compound, pos, neg = (scores[name].to_numpy() for name in ("compound", "pos", "neg"))
        parts += [compound, np.abs(compound), np.sign(compound), pos, neg]
    words = pl.col("word")
    halves = (
        texts.to_frame("text")
        .select(pl.col("text").str.extract_all(r"\S+").alias("word"))
        .select(
            first=words.list.head(words.list.len() // 2).list.join(" "),
            second=words.list.slice(words.list.len() // 2).list.join(" "),
        )
    )
    for half in halves:
        parts.append(scores_by_language(half, language_codes, lexicon_of)["compound"].fill_null(0.0).to_numpy())
    marks = [texts.str.contains(mark, literal=True).fill_null(False).to_numpy() for mark in "!?"]
    parts += [flag.astype(np.float64) for flag in (pos > 0, neg > 0, *marks)]
    return np.column_stack(parts)


def with_lengths(terms: pl.DataFrame) -> pl.DataFrame:
    """The terms with `value`: a row's terms have length 1 together, so that a long text says no more than a short."""
    return terms.with_columns(value=1 / pl.len().over("row").cast(pl.Float64).sqrt())


def probabilities(model: SentimentModel, terms: pl.DataFrame, scores: Floats) -> Floats:
    """One row per row of `scores`: the model's share of belief in each of CLASSES."""
    logits = scores @ np.array(model.score_weights) + np.array(model.constants)
    weights = pl.DataFrame(np.array(model.term_weights).reshape(-1, 3), schema=list(CLASSES), orient="row")
    known = terms.join(weights.with_columns(term=pl.Series(model.terms, dtype=pl.String)), on="term")
    sums = (
        with_lengths(known)
        .sort("row", "term")
        .group_by("row", maintain_order=True)
        .agg((pl.col(CLASSES) * pl.col("value")).sum())
    )
    logits[sums["row"].to_numpy()] += sums.select(CLASSES).to_numpy()
    return softmax(logits)


def softmax(logits: Floats) -> Floats:
    """Shares per row, from the logarithm of their ratios."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


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
