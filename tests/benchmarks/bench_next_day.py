"""A day's mentions added to a short and to a long history: what the run costs, from the inbox to the release.

Run: python tests/benchmarks/bench_next_day.py [mentions of the long history, default 500000] [rounds, default 1]
Both histories have 10,000 mentions a day, so that the day added is as large as any other and no spike is told. Each
run is a process of its own; in every round one day is added to each, the short one first. Target: at 5,000,000 less
than 1.5 times what it costs at 50,000, and memory that does not grow in proportion.
"""

import sys
import tempfile
from datetime import date
from importlib.metadata import version
from pathlib import Path

from bench_end_to_end import measured
from synthetic_mentions import make_workspace, next_day, write_export

SHORT, A_DAY, FIRST_DAY = 50_000, 10_000, date(2025, 1, 1)
AT_ONCE = 1_000_000


def history(folder: Path, count: int) -> Path:
    """A workspace whose first run is done; returns it."""
    inbox = make_workspace(folder)
    for number, start in enumerate(range(0, count, AT_ONCE)):
        size = min(AT_ONCE, count - start)
        first = next_day(FIRST_DAY, start // A_DAY)
        write_export(inbox / f"{number:03}.csv", size, first, size // A_DAY, first_number=start, seed=number + 1)
    wall, work, peak = measured("ours", folder)
    print(f"history of {count:>9,}: first run {wall:7.1f} s wall {work:7.1f} s processor {peak:7,.0f} MiB peak")
    return folder


def main(count: int, rounds: int) -> None:
    """Make both histories, then add days to them."""
    names = ("polars", "duckdb", "great-expectations", "dagster")
    print(f"python {sys.version.split()[0]}, " + ", ".join(f"{name} {version(name)}" for name in names))
    with tempfile.TemporaryDirectory() as folder:
        sizes = (SHORT, count)
        workspaces = [history(Path(folder) / str(size), size) for size in sizes]
        for day in range(rounds):
            costs = []
            for size, workspace in zip(sizes, workspaces, strict=True):
                at = next_day(FIRST_DAY, size // A_DAY + day)
                name, number = f"day{day}.csv", 900_000_000 + day * A_DAY
                write_export(workspace / "inbox" / name, A_DAY, at, 1, first_number=number, seed=1_000 + day)
                costs.append(measured("ours", workspace))
                wall, work, peak = costs[-1]
                print(f"  a day on {size:>9,}: {wall:6.1f} s wall {work:6.1f} s processor {peak:7,.0f} MiB peak")
            wall, work = (costs[1][n] / costs[0][n] for n in (0, 1))
            print(f"  ratio {wall:.2f} wall, {work:.2f} processor (target at 5,000,000: below 1.5)")


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(arguments[0] if arguments else 500_000, arguments[1] if len(arguments) > 1 else 1)
