"""How long matching takes: a million mentions against 20 queries of 15 terms, beside what Polars itself offers.

Run: python tests/benchmarks/bench_query.py [mentions]. Prints wall and processor seconds and the ratios, in one run, to
two simpler jobs on the same texts: one regular expression of 15 words per query (a sample of the texts, it is slow),
and one Aho-Corasick search per query, which knows neither word boundaries nor folding. Both know no NEAR, no EXCEPT and
no offsets. Then: posts per second through the clauses of brand sentiment.
"""

import platform
import random
import sys
import time
from collections.abc import Callable

import numba
import polars as pl

from transforms.query.brand_sentiment import brand_sentiment
from transforms.query.matcher import MatchParams, match_queries
from transforms.query.named import NamedQuery, named_query, query_from_aliases

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


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor time of one run."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def report(name: str, count: int, took: tuple[float, float], base: float | None = None) -> None:
    """One line: seconds per million mentions, and how many times the base's processor time that is."""
    wall, processor = (part * 1e6 / count for part in took)
    ratio = "" if base is None else f"  {processor / base:6.1f} x the processor time of match_queries"
    print(f"{name:46s}{wall:8.2f} s wall {processor:8.2f} s processor per million{ratio}")


def bench_matching(count: int, source: random.Random) -> None:
    words = vocabulary(20_000, source)
    mentions, queries = make_mentions(count, words, source), make_queries(words, source)
    match_queries(mentions.head(100), queries)  # compile first: once per installation
    megabytes = mentions["mention_text"].str.len_bytes().sum() / 1e6
    print(f"{count:,} mentions, {megabytes:.0f} MB of text, {len(queries)} queries of 15 terms")
    lists = [source.choices(words, k=15) for _ in range(20)]
    sample = mentions.head(max(1, count // 50))["mention_text"].to_frame()
    text = pl.col("mention_text")
    patterns = [r"(?i)\b(?:" + "|".join(chosen) + r")\b" for chosen in lists]
    searches = [
        text.str.contains_any(chosen, ascii_case_insensitive=True).alias(str(n)) for n, chosen in enumerate(lists)
    ]
    for threads in (1, 2):
        took = seconds(lambda threads=threads: match_queries(mentions, queries, MatchParams(threads=threads)))
        report(f"match_queries, {threads} thread(s)", count, took)
    base = took[1] * 1e6 / count
    report("20 regular expressions of 15 words", sample.height, seconds(lambda: sample.select(
        text.str.contains(pattern).alias(pattern) for pattern in patterns)), base)  # fmt: skip
    report("20 Aho-Corasick searches of 15 words", count, seconds(lambda: mentions.select(searches)), base)


def bench_clauses(count: int, source: random.Random) -> None:
    words = (
        "the service was great and I love it but hate waiting for my phone , today . really awesome however no refund !"
    )
    rows = [source.choices(words.split(), k=18) for _ in range(count)]
    for row in rows:
        row[3], row[12] = "Acme", "Bolt"
    texts = [" ".join(row) for row in rows]
    mentions = pl.DataFrame({"mention_id": range(count), "mention_text": texts}).with_columns(
        language_code=pl.lit("en"), sentiment_score=pl.lit(0.0)
    )
    matches = match_queries(mentions, [query_from_aliases(name, [name]) for name in ("Acme", "Bolt")])
    took = seconds(lambda: brand_sentiment(mentions, matches, neutral))
    report("brand_sentiment, posts naming two brands", count, took)


def neutral(texts: pl.Series, language_codes: pl.Series) -> pl.DataFrame:
    """A scorer that takes no time."""
    return pl.DataFrame({"sentiment_score": pl.repeat(0.0, len(texts), eager=True)})


def main() -> None:
    print(f"python {platform.python_version()}, polars {pl.__version__}, numba {numba.__version__}")
    source = random.Random(7)
    bench_matching(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, source)
    bench_clauses(50_000, source)


if __name__ == "__main__":
    main()
