"""Prints how many times faster the sentiment kernel is than vaderSentiment, on one and on two threads, in one run.

Usage: python tests/benchmarks/bench_sentiment.py [LABELLED.csv ...]   (files with a column `text`; else invented texts)
The three are timed in turns, several times, and the best time of each counts, so that a busy machine slows all alike.
"""

import os
import platform
import random
import sys
import time
from collections.abc import Callable
from importlib.metadata import version

import polars as pl
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from transforms.text.lexicons import english_vader
from transforms.text.sentiment import vader_scores

ROUNDS = 30
KERNEL_ROWS = 200_000
FILLER = "the parcel from acme arrived on monday and we took it to our shop near station this time again"


def synthetic_texts(count: int = 4000) -> list[str]:
    """Invented posts of about twenty words: mostly filler, some rated words, punctuation, emoji and capitals."""
    random.seed(7)
    filler = FILLER.split(" ")
    rated = [word for word in english_vader().words if word.isalpha()]
    extras = [
        "not",
        "very",
        "but",
        "really",
        "kind of",
        "😂",
        "❤",
        "#AcmeDay",
        "@someone",
        "wow!",
        "GREAT",
        "ok?",
        "https://t.co/x1",
    ]
    return [
        " ".join(
            random.choices(
                [*random.choices(filler, k=30), *random.choices(rated, k=4), *random.choices(extras, k=4)], k=20
            )
        )
        for _ in range(count)
    ]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    texts = synthetic_texts()
    if sys.argv[1:]:
        texts = [text for path in sys.argv[1:] for text in pl.read_csv(path)["text"].to_list()]
    column = pl.Series("text", texts)
    many = pl.concat([column] * (KERNEL_ROWS // len(texts) + 1))
    analyzer = SentimentIntensityAnalyzer()
    works: dict[str, tuple[int, Callable[[], object]]] = {
        "vaderSentiment": (len(texts), lambda: [analyzer.polarity_scores(text) for text in texts]),
        "kernel, 1 thread": (len(many), lambda: vader_scores(many, threads=1)),
        "kernel, 2 threads": (len(many), lambda: vader_scores(many, threads=2)),
    }
    start = time.perf_counter()
    vader_scores(column[:1])
    print(f"first call (compiles, or loads the compiled kernel): {time.perf_counter() - start:.2f} s")
    best = {name: min(seconds(work) for _ in range(2)) for name, (_, work) in works.items()}
    for _ in range(ROUNDS):
        for name, (_, work) in works.items():
            best[name] = min(best[name], seconds(work))
    packages = ", ".join(f"{name} {version(name)}" for name in ("vaderSentiment", "numba", "polars", "numpy"))
    print(f"Python {platform.python_version()}, {packages}, {os.cpu_count()} cores")
    print(f"{len(texts)} texts of {column.str.len_bytes().mean():.0f} bytes on average")
    base = len(texts) / best["vaderSentiment"]
    for name, (rows, _) in works.items():
        rate = rows / best[name]
        print(f"{name:18} {rate:12,.0f} texts/s  {rate / base:6.1f} x")


if __name__ == "__main__":
    main()
