"""Near-duplicate clusters of planted copies: time, memory, precision, recall; a small batch that arrives late.

usage: python tests/benchmarks/bench_near_duplicates.py [mentions, default 1000000] [CSV with a column text]
With a file its distinct texts that are long enough are the originals (copies among them count against precision),
otherwise sentences are made up. A fifth of the mentions are edited copies.
"""

import os
import random
import resource
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.unit.near_duplicate_tables import NearDuplicateTables
from transforms.text.minhash import content_lengths
from transforms.text.near_duplicates import INPUT_COLUMNS, NearDuplicateParams, cluster_mentions
from transforms.text.normalise import canonical_text

START = datetime(2024, 1, 1, tzinfo=UTC)
SYLLABLES = (
    "ba be bi bo ka ke ki ko la le li lo ma me mi mo na ne ni no ra re ri ro sa se si so ta te ti to va ve vi vo"
)
EDITS = ("same", "link", "case", "typo", "two typos", "word out", "word in", "hashtag", "handle", "emoji", "via", "cut")


def vocabulary(random_: random.Random, size: int = 30_000) -> list[str]:
    syllables = SYLLABLES.split()
    return ["".join(random_.choices(syllables, k=random_.choice((1, 2, 2, 3, 3, 4)))) for _ in range(size)]


def made_up(random_: random.Random, words: list[str], weights: list[float], count: int) -> list[str]:
    """Sentences of 8 to 24 words drawn by Zipf's law."""
    drawn = iter(random_.choices(words, cum_weights=weights, k=count * 24))
    return [" ".join(next(drawn) for _ in range(random_.randint(8, 24))) for _ in range(count)]


def edited(random_: random.Random, text: str, words: list[str], edit: str) -> str:
    parts = text.split(" ")
    at = random_.randrange(len(parts))
    match edit:
        case "link":
            return f"{text} https://t.example/{random_.randrange(10**6)}"
        case "case":
            return text.upper() if random_.random() < 0.5 else text.title()
        case "typo" | "two typos":
            for _ in range(1 if edit == "typo" else 2):
                spot = random_.randrange(len(text))
                text = text[:spot] + random_.choice("abcdefgh") + text[spot + 1 :]
            return text
        case "word out":
            return " ".join(parts[:at] + parts[at + 1 :])
        case "word in":
            return " ".join([*parts[:at], random_.choice(words), *parts[at:]])
        case "hashtag":
            return f"{text} #{random_.choice(words)}"
        case "handle":
            return f"RT @{random_.choice(words)}: {text}"
        case "emoji":
            return f"{text} 🔥🔥"
        case "via":
            return f"{text} via @{random_.choice(words)}"
        case "cut":
            return text[: int(len(text) * 0.85)] + "…"
    return text


def planted(count: int, originals: list[str], words: list[str], random_: random.Random) -> pl.DataFrame:
    """Mentions with the number of their original and the edit, in random order."""
    rows = [(text, number, "original") for number, text in enumerate(originals)]
    while len(rows) < count:
        number = random_.randrange(len(originals))
        edit = random_.choice(EDITS)
        rows.append((edited(random_, originals[number], words, edit), number, edit))
    random_.shuffle(rows)
    frame = pl.DataFrame(rows[:count], schema=["mention_text", "story", "edit"], orient="row")
    return frame.with_row_index("n").with_columns(
        mention_id=pl.format("m{}", "n"),
        native_id=pl.format("{}", "n"),
        parent_id=pl.lit(None, pl.String),
        platform_code=pl.lit("x"),
        published_at=pl.lit(START) + pl.duration(seconds="n"),
        is_repost=pl.lit(False),
    )


def pairs(sizes: pl.Series) -> int:
    return int((sizes.cast(pl.Int64) * (sizes.cast(pl.Int64) - 1) // 2).sum())


def quality(mentions: pl.DataFrame, clusters: pl.DataFrame, params: NearDuplicateParams) -> None:
    both = mentions.join(clusters, on="mention_id")
    together = pairs(both.group_by("story", "cluster_id").len()["len"])
    claimed, planted_ = (pairs(both.group_by(key).len()["len"]) for key in ("cluster_id", "story"))
    print(
        f"pairs of mentions: precision {together / claimed:.4f}, recall {together / planted_:.4f} "
        f"({planted_:,} planted, {claimed:,} found)"
    )
    home = both.filter(edit="original").select("story", home="cluster_id")
    found = both.join(home, on="story").with_columns(found=pl.col("cluster_id") == pl.col("home"))
    table = found.group_by("edit").agg(pl.col("found").mean().round(4)).sort("edit")
    print("found per edit: " + ", ".join(f"{edit} {share}" for edit, share in table.iter_rows()), params)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(", ".join(f"{name} {version(name)}" for name in ("polars", "numba", "numpy")))
    random_ = random.Random(7)
    words = vocabulary(random_)
    weights: list[float] = []
    for rank in range(len(words)):
        weights.append((weights[-1] if weights else 0.0) + 1 / (rank + 10))
    if len(sys.argv) > 2:
        given = pl.read_csv(sys.argv[2], columns=["text"])["text"].drop_nulls().unique(maintain_order=True)
        is_compared = content_lengths(canonical_text(given)) >= NearDuplicateParams.min_content_length
        originals = given.filter(is_compared).to_list()[: int(count * 0.8)]
    else:
        originals = made_up(random_, words, weights, int(count * 0.8))
    mentions = planted(count, originals, words, random_)
    params = NearDuplicateParams()
    cluster_mentions(mentions.head(100), params)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start, cpu = time.perf_counter(), time.process_time()
    clusters = cluster_mentions(mentions, params)
    elapsed, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count:,} mentions in {elapsed:.1f} s on {params.thread_count} threads ({cpu:.1f} s of processor time, load "
        f"{os.getloadavg()[0]:.1f}), peak memory of the process "
        f"{peak:,.0f} MiB ({before:,.0f} MiB before, with the texts)"
    )
    quality(mentions, clusters, params)
    incremental(mentions, clusters, params)
    flood(words, random_, params)


def flood(words: list[str], random_: random.Random, params: NearDuplicateParams) -> None:
    """A twentieth of a million posts made from one template each: what pairwise comparing cannot do."""
    for template in (
        "i just earned the {} badge on acme for drinking {} at the {} bar",
        "flight {} from {} to {} is late",
    ):
        texts = [template.format(*(random_.choice(words) for _ in range(3))) for _ in range(50_000)]
        mentions = planted(len(texts), texts, words, random_)
        start = time.process_time()
        clusters = cluster_mentions(mentions, params)
        print(
            f"50,000 posts like '{template}': {time.process_time() - start:.1f} s of processor time, "
            f"{clusters['cluster_id'].n_unique():,} clusters"
        )


def incremental(mentions: pl.DataFrame, clusters: pl.DataFrame, params: NearDuplicateParams) -> None:
    """A hundredth of the mentions arrive last, in tables of DuckDB on disk; finding and reading what is kept counts."""
    split = int(mentions.height * 0.99)
    columns = list(INPUT_COLUMNS)
    with TemporaryDirectory() as folder, closing(NearDuplicateTables(params, f"{folder}/tables.duckdb")) as tables:
        tables.connection.execute(f"SET threads = {params.thread_count}")
        first = mentions[:split].select(columns)
        start = time.perf_counter()
        tables.arrive(first)
        tables.connection.execute("CHECKPOINT")
        print(f"{split:,} mentions clustered and kept in tables: {time.perf_counter() - start:.1f} s")
        start, cpu = time.perf_counter(), time.process_time()
        rows = tables.arrive(mentions[split:].select(columns))
        elapsed, cpu = time.perf_counter() - start, time.process_time() - cpu
        same = tables.clusters().join(clusters, on=clusters.columns, how="semi")
        print(
            f"{mentions.height - split:,} new mentions among {split:,}: {elapsed:.2f} s ({cpu:.2f} s of processor "
            f"time), {rows.height:,} rows changed; {same.height:,} of {mentions.height:,} rows are as from all at once"
        )


if __name__ == "__main__":
    main()
