"""How long matching takes: a million mentions against 20 queries of 15 terms, beside doing it with regular expressions.

Run: python tests/benchmarks/bench_query.py [mentions]. Prints seconds, mentions per second, and the ratio to one Polars regular
expression per query on the same texts in the same run (which knows words only: no NEAR, no EXCEPT, no offsets).
"""

import platform
import random
import sys
import time

import numba
import polars as pl

from transforms.query.matcher import MatchParams, match_queries
from transforms.query.named import NamedQuery, named_query

SYLLABLES = ("ba", "ne", "ti", "co", "lu", "mar", "ves", "don", "pre", "ka", "ron", "sil", "é", "tor", "qui", "za")
TAIL = ("https://t.co/Ab3dEf", "🔥", "😂😂", "#monday", "@someone", "l'été", "don't", "!!!", "…", "RT", "2024", "100%")


def vocabulary(size: int, source: random.Random) -> list[str]:
    return sorted({"".join(source.choices(SYLLABLES, k=source.randint(1, 4))) for _ in range(size)})


def make_mentions(count: int, words: list[str], source: random.Random) -> pl.DataFrame:
    """Texts of 5 to 30 words with a long tail of frequencies, and a title on one in ten."""
    weights = [1 / (rank + 3) for rank in range(len(words) + len(TAIL))]
    pool = source.choices([*TAIL, *words], weights, k=2_000_000)
    starts = [source.randrange(len(pool) - 30) for _ in range(count)]
    texts = [" ".join(pool[start : start + source.randint(5, 30)]) for start in starts]
    titles = [" ".join(pool[start : start + 6]) if start % 10 == 0 else None for start in starts]
    languages = ["fr" if start % 3 else "en" for start in starts]
    ids = [str(number) for number in range(count)]
    return pl.DataFrame({"mention_id": ids, "mention_text": texts, "title": titles, "language_code": languages})


def make_queries(words: list[str], source: random.Random) -> list[NamedQuery]:
    """20 queries of 15 terms: words, phrases, wildcards, tags, NEAR, NOT, EXCEPT and a condition."""

    def pick() -> str:
        return source.choice(words)

    texts = []
    for _ in range(20):
        names = " OR ".join(pick() for _ in range(5))
        phrases = f'"{pick()} {pick()}" OR {pick()}* OR #{pick()} OR @{pick()}'
        near = f"({pick()} NEAR/4 ({pick()} OR {pick()}))"
        texts.append(f'(({names} OR {phrases}) EXCEPT "{pick()} {pick()}") OR {near} AND NOT (lang:en AND {pick()})')
    return [named_query(f"query_{number}", text, "topic") for number, text in enumerate(texts)]


def regular_expressions(mentions: pl.DataFrame, words: list[str], source: random.Random) -> float:
    """Seconds for 20 alternations of 15 words, the least a hand-written matcher would do."""
    patterns = [r"(?i)\b(?:" + "|".join(source.choices(words, k=15)) + r")\b" for _ in range(20)]
    start = time.perf_counter()
    mentions.select(pl.col("mention_text").str.contains(pattern).alias(pattern) for pattern in patterns)
    return time.perf_counter() - start


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    source = random.Random(7)
    words = vocabulary(20_000, source)
    mentions, queries = make_mentions(count, words, source), make_queries(words, source)
    match_queries(mentions.head(100), queries)  # compile first: once per installation
    print(f"python {platform.python_version()}, polars {pl.__version__}, numba {numba.__version__}")
    megabytes = mentions["mention_text"].str.len_bytes().sum() / 1e6
    print(f"{count:,} mentions, {megabytes:.0f} MB of text, {len(queries)} queries of 15 terms")
    by_regex = regular_expressions(mentions, words, source)
    for threads in (1, 2):
        start = time.perf_counter()
        matches = match_queries(mentions, queries, MatchParams(threads=threads))
        took = time.perf_counter() - start
        print(f"{threads} thread(s): {took:6.2f} s, {count / took:12,.0f} mentions/s, {matches.height:,} matches")
        print(
            f"             {by_regex / took:.1f} times as fast as 20 regular expressions on {pl.thread_pool_size()} threads"
        )


if __name__ == "__main__":
    main()
