"""From an export to a release, beside the script an analyst would write with pandas and vaderSentiment.

Run: python tests/benchmarks/bench_end_to_end.py [mentions, default 100000] [a second size, to see how cost grows]
Both read the same Brandwatch file in a process of their own, one after the other. The script makes the core tables
only: posts without repeats, their sentiment, the brands and topics they name, copies, authors. Ours makes everything:
language, two lexicons, near-duplicates, all listening tables, the gate and the release. Targets: at most a sixth of
the script's time for a million mentions, under 2 GiB, cost in proportion to the mentions.
"""

import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import date
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from synthetic_mentions import BRANDS, TOPICS, make_workspace, write_export  # noqa: E402

DAYS = 60


def users_script(source: Path, folder: Path) -> None:
    """What a user would write for the core tables: posts, the brands and topics they name, copies, authors.

    Copies are texts that are the same once links, handles and signs are taken out: near-duplicates are not looked for,
    and the language is believed as exported, for neither is a few lines of pandas.
    """
    import duckdb
    import pandas as pd
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    mentions = pd.read_csv(source, skiprows=6, dtype=str, keep_default_na=False)
    mentions["published_at"] = pd.to_datetime(mentions["Date"], utc=True)
    mentions["day"] = mentions["published_at"].dt.tz_convert("Europe/Paris").dt.date
    mentions = mentions.drop_duplicates("Url")
    counters = ["X Followers", "X Likes", "X Reposts", "Impressions", "Reach (new)"]
    mentions[counters] = mentions[counters].apply(pd.to_numeric, errors="coerce")
    analyzer = SentimentIntensityAnalyzer()
    mentions["score"] = [analyzer.polarity_scores(text)["compound"] for text in mentions["Full Text"]]
    mentions["label"] = "neutral"
    mentions.loc[mentions["score"] >= 0.05, "label"] = "positive"
    mentions.loc[mentions["score"] <= -0.05, "label"] = "negative"
    plain = mentions["Full Text"].str.lower().str.replace(r"https?://\S+|@\w+", " ", regex=True)
    plain = plain.str.replace(r"\W+", " ", regex=True).str.strip()
    clusters = mentions[["Url", "published_at"]].assign(cluster_id=plain.groupby(plain).ngroup())
    clusters["size"] = clusters.groupby("cluster_id")["Url"].transform("size")
    clusters["original"] = clusters.sort_values("published_at").groupby("cluster_id")["Url"].transform("first")
    authors = mentions.groupby("Author").agg(
        mentions=("Url", "size"),
        first=("published_at", "min"),
        last=("published_at", "max"),
        followers=("X Followers", "max"),
    )
    queries = {"brand": BRANDS, "topic": TOPICS}
    matches = {
        kind: pd.concat(
            mentions.loc[mentions["Full Text"].str.contains(_any_of(words)), ["Url", "day"]].assign(matched=name)
            for name, words in asked.items()
        )
        for kind, asked in queries.items()
    }
    texts = ["Page Type", "Author", "Full Text", "Language", "Thread Entry Type", "Country Code"]
    kept = mentions[["Url", "published_at", "day", *texts, *counters, "score", "label"]]
    tables = {"mention": kept, "duplicate_cluster": clusters, "author": authors.reset_index()}
    tables |= {f"mention_{kind}": rows for kind, rows in matches.items()}
    with duckdb.connect(str(folder / "script.duckdb")) as connection:
        for name, rows in tables.items():
            connection.register("rows", rows)
            connection.execute(f"CREATE TABLE {name} AS FROM rows")
            connection.unregister("rows")


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(re.escape(word) for word in words) + r")\b", re.IGNORECASE)


def ours(workspace: Path) -> None:
    """A run of the pipeline: inbox to release."""
    from pipelines.run import run

    outcome = run(workspace, lambda _step, _message: None)
    assert outcome.succeeded, outcome.problem


def measure(what: str, *paths: str) -> None:
    """Do it in this process; print wall and processor seconds, and peak MiB."""
    began, work = time.perf_counter(), time.process_time()
    if what == "script":
        users_script(Path(paths[0]), Path(paths[1]))
    else:
        ours(Path(paths[0]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("measured", time.perf_counter() - began, time.process_time() - work, peak)


def measured(what: str, *paths: Path) -> tuple[float, float, float]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--measure", what, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    figures = next(line for line in done.stdout.splitlines() if line.startswith("measured ")).split()[1:]
    return float(figures[0]), float(figures[1]), float(figures[2])


def first_run(folder: Path, count: int, *, with_script: bool) -> tuple[float, float, float]:
    """Measure both on the same file and say so; returns the figures of ours."""
    folder.mkdir()
    inbox = make_workspace(folder / "ws")
    source = inbox / "mentions.csv"
    write_export(source, count, date(2026, 1, 1), DAYS)
    print(f"{count:,} Brandwatch mentions over {DAYS} days, {source.stat().st_size / 1e6:,.0f} MB")
    script = measured("script", source, folder) if with_script else None
    found = measured("ours", folder / "ws")
    for name, figures in (("pandas + vaderSentiment", script), ("listening run", found)):
        if figures:
            print(f"  {name:24} {figures[0]:7.1f} s wall {figures[1]:7.1f} s processor {figures[2]:7,.0f} MiB peak")
    if script:
        wall, work = found[0] / script[0], found[1] / script[1]
        print(f"  ratio {wall:.2f} wall, {work:.2f} processor (target: at most 0.17; aim 0.10)")
    return found


def main(sizes: list[int]) -> None:
    """Both on the first size; ours alone on the others, with how much dearer a mention becomes."""
    names = ("pandas", "vaderSentiment", "polars", "duckdb", "great-expectations", "dagster")
    print(f"python {sys.version.split()[0]}, " + ", ".join(f"{name} {version(name)}" for name in names))
    with tempfile.TemporaryDirectory() as folder:
        # Compiles and caches the kernels once; the first workspace is thrown away.
        warm = make_workspace(Path(folder) / "warm")
        write_export(warm / "mentions.csv", 500, date(2026, 1, 1), 30)
        measured("ours", warm.parent)
        base = first_run(Path(folder) / "first", sizes[0], with_script=True)
        for number, size in enumerate(sizes[1:]):
            found = first_run(Path(folder) / f"more{number}", size, with_script=False)
            growth = (found[1] / size) / (base[1] / sizes[0])
            print(f"  a mention costs {growth:.2f} of what it cost at {sizes[0]:,} (linear: at most about 1)")


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure(*sys.argv[2:])
    else:
        main([int(argument) for argument in sys.argv[1:]] or [100_000])
