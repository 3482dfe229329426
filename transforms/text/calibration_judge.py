"""How well guessed labels do: recall, confusion, the error of net sentiment per brand, and which candidate is used."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.text.calibration_model import CLASSES

Classes = npt.NDArray[np.int64]


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


def _table(truth: Classes, guess: Classes) -> npt.NDArray[np.int64]:
    return np.bincount(3 * truth + guess, minlength=9).reshape(3, 3)


def macro_recall(truth: Classes, guess: Classes) -> float:
    """Mean over the classes of the share of their mentions that is found."""
    table = _table(truth, guess)
    return float(np.mean(table.diagonal() / np.maximum(table.sum(axis=1), 1)))


def macro_f1(truth: Classes, guess: Classes) -> float:
    """Mean over the classes of the harmonic mean of precision and recall."""
    table = _table(truth, guess)
    return float(np.mean(2 * table.diagonal() / np.maximum(table.sum(axis=0) + table.sum(axis=1), 1)))


def confusion(truth: Classes, guess: Classes, candidate: str) -> pl.DataFrame:
    """One row per actual_label and predicted_label of a candidate: mention_count."""
    table = _table(truth, guess)
    return pl.DataFrame(
        [(candidate, a, p, int(table[i, j])) for i, a in enumerate(CLASSES) for j, p in enumerate(CLASSES)],
        schema=["candidate", "actual_label", "predicted_label", "mention_count"],
        orient="row",
    )


def brand_errors(rows: pl.DataFrame, guess: Classes, candidate: str, params: CalibrationParams) -> pl.DataFrame:
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


def judged(
    guesses: dict[str, Classes], truth: Classes, brands: pl.DataFrame, params: CalibrationParams
) -> pl.DataFrame:
    """One row per candidate: how it does, what it gains over stock, whether it is the one to use."""
    random = np.random.default_rng(params.seed)
    samples = [random.integers(0, len(truth), len(truth)) for _ in range(params.resamples)]
    stock = np.array([macro_recall(truth[rows], guesses["stock"][rows]) for rows in samples])
    judged = []
    for name, guess in guesses.items():
        gains = np.array([macro_recall(truth[rows], guess[rows]) for rows in samples]) - stock
        low, high = np.quantile(gains, [0.025, 0.975])
        judged.append(
            {
                "candidate": name,
                "mention_count": len(truth),
                "accuracy_ratio": float(np.mean(truth == guess)),
                "macro_recall_ratio": macro_recall(truth, guess),
                "macro_f1_ratio": macro_f1(truth, guess),
                "gain_ratio": macro_recall(truth, guess) - macro_recall(truth, guesses["stock"]),
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
