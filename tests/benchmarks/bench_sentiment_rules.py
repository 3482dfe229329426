"""Measures what each rule of the improved English score does on labelled texts, with a paired bootstrap.

Usage: python tests/benchmarks/bench_sentiment_rules.py FILE[:TEXT_COLUMN:LABEL_COLUMN] ...
Labels are 0, 1, 2 or negative, neutral, positive; a column `lang`, if there is one, selects English. For each file it
prints the macro-F1 of stock and improved score, and per rule and word what it adds to the rest (positive: it helps).
"""

import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.text.improved import NOT_SENTIMENT, RULES, improved_lexicon
from transforms.text.lexicons import Lexicon, english_vader
from transforms.text.sentiment import vader_scores

LABELS = {"negative": 0, "neutral": 1, "positive": 2, "0": 0, "1": 1, "2": 2}
RESAMPLES = 400
Classes = npt.NDArray[np.int64]


def labelled(argument: str) -> tuple[str, pl.DataFrame]:
    path, text, label = argument.split(":") if ":" in argument else (argument, "text", "label")
    texts = pl.read_csv(path, infer_schema=False, encoding="utf8-lossy")
    if "lang" in texts.columns:
        texts = texts.filter(pl.col("lang") == "en")
    texts = texts.filter(pl.col(label).is_in(list(LABELS)))
    return path, texts.select(text=text, label=pl.col(label).replace_strict(LABELS, return_dtype=pl.Int64))


def predicted(texts: pl.Series, lexicon: Lexicon) -> Classes:
    compound = vader_scores(texts, lexicon, threads=1)["compound"].to_numpy()
    return np.where(compound >= 0.05, 2, np.where(compound <= -0.05, 0, 1))


def macro_f1(truth: Classes, guess: Classes) -> float:
    table = np.bincount(3 * truth + guess, minlength=9).reshape(3, 3)
    both = table.sum(axis=0) + table.sum(axis=1)
    return float(np.mean(np.where(both > 0, 2 * table.diagonal() / np.maximum(both, 1), 0.0)))


def gain(truth: Classes, left_out: Classes, guess: Classes, samples: Sequence[Classes]) -> str:
    """Mean and 95 % interval of the gain in macro-F1, over the same resampled rows for both."""
    gains = [macro_f1(truth[rows], guess[rows]) - macro_f1(truth[rows], left_out[rows]) for rows in samples]
    low, high = np.quantile(gains, [0.025, 0.975])
    changed = left_out != guess
    fixed, broke = (changed & (guess == truth)).sum(), (changed & (left_out == truth)).sum()
    return f"{np.mean(gains):+.4f} [{low:+.4f}, {high:+.4f}]  {changed.sum():5} changed, {fixed} right, {broke} wrong"


def main() -> None:
    stock, improved = english_vader(), improved_lexicon(english_vader())
    random = np.random.default_rng(7)
    for path, texts in map(labelled, sys.argv[1:]):
        truth = texts["label"].to_numpy()
        samples = [random.integers(0, len(truth), len(truth)) for _ in range(RESAMPLES)]
        before, after = predicted(texts["text"], stock), predicted(texts["text"], improved)
        scores = f"stock {macro_f1(truth, before):.3f}, improved {macro_f1(truth, after):.3f}"
        print(f"{path}: {len(truth)} texts, macro-F1 {scores}")
        print(f"  {'all rules':28} {gain(truth, before, after, samples)}")
        for rule in RULES:
            others = stock
            for other in RULES:
                others = other(others) if other is not rule else others
            print(f"  {rule.__name__:28} {gain(truth, predicted(texts['text'], others), after, samples)}")
        for word in sorted(NOT_SENTIMENT):
            with_word = replace(improved, words={**improved.words, word: stock.words[word]})
            print(f"    {word:26} {gain(truth, predicted(texts['text'], with_word), after, samples)}")


if __name__ == "__main__":
    main()
