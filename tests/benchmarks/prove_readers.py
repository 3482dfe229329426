"""Proof that readers and the pipeline are never in each other's way: `python tests/benchmarks/prove_readers.py 50`.

While so many releases are published one after another, ten SQL clients (a process each, opening `listening.duckdb` anew
again and again, as an analyst's tool does) and a dashboard with two callers read. Every release marks several tables
with its number, so that a reader who saw tables of two releases at once would notice. Old releases are removed as soon
as the retention allows. Prints how often was read and published, and what went wrong; exits with 1 if anything did.
"""

import argparse
import csv
import io
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

# Run as a script, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import duckdb

# Between two openings, and between two tables of one: long enough for a release to come in between.
CLIENT_PAUSE_SECONDS = 0.2
TABLE_PAUSE_SECONDS = 0.05
# Tables that carry a release's number, and the column it is in.
MARKED = {
    "mention": "like_count",
    "mention_volume_hourly": "negative_count",
    "share_of_voice_daily": "deduplicated_count",
    "spike": "observed_count",
}


@dataclass
class Seen:
    """What one reader saw."""

    reads: int = 0
    releases: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


def read_until(stop: Path, read: Callable[[Seen], None]) -> Seen:
    """Read again and again until the file `stop` is there; what is raised is a fault."""
    seen = Seen()
    while not stop.exists():
        try:
            read(seen)
            seen.reads += 1
        except Exception as error:
            seen.wrong.append(f"{type(error).__name__}: {str(error)[:200]}")
        time.sleep(CLIENT_PAUSE_SECONDS)
    return seen


def by_sql(link: Path) -> Callable[[Seen], None]:
    """Open the link and ask several tables, slowly enough for a release to come in between."""

    def read(seen: Seen) -> None:
        with duckdb.connect(str(link), read_only=True) as connection:
            [(release_id, count)] = connection.execute("SELECT release_id, mention_count FROM release").fetchall()
            found = {}
            for table, column in MARKED.items():
                found[table] = connection.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()
                time.sleep(TABLE_PAUSE_SECONDS)
            [(rows,)] = connection.execute("SELECT count(*) FROM mention").fetchall()
        number = int(release_id.split("-")[-1])
        if any(marks != [(number,)] for marks in found.values()) or rows != count:
            seen.wrong.append(f"release {release_id} with {rows} of {count} posts and marks {found}")
        seen.releases.add(release_id)

    return read


def by_http(base: str) -> Callable[[Seen], None]:
    """Ask pages and an export; the posts of one answer have to be of one release."""
    from tests.browser.serving import fetch

    def read(seen: Seen) -> None:
        seen.releases.add(json.loads(fetch(f"{base}/health").body)["release_id"])
        for path in ("/", "/mentions"):
            answer = fetch(base + path)
            if answer.status != 200:
                seen.wrong.append(f"{path} answered {answer.status}")
        rows = csv.DictReader(io.StringIO(fetch(f"{base}/export/mentions.csv").body.decode("utf-8-sig")))
        likes = {row["like_count"] for row in rows}
        if len(likes) != 1:
            seen.wrong.append(f"an export of {len(likes)} generations")

    return read


def published(root: Path, releases: int, grace: float) -> dict[str, Any]:
    """Publish so often, each time with a post more and other marks; what the pipeline met with."""
    from tests.integration.test_release import PROVENANCE, passes
    from warehouse.release import publish
    from warehouse.retention import Retention, prune
    from warehouse.store import open_warehouse
    from warehouse.workspace import Workspace

    workspace, wrong, began, gone = Workspace(root), [], time.monotonic(), 0
    done = 0
    for number in range(1, releases + 1):
        try:
            with open_warehouse(workspace.warehouse_file) as warehouse:
                warehouse.execute(
                    "INSERT INTO mart.mention SELECT * REPLACE ('x:new' || ? AS mention_id) FROM mart.mention LIMIT 1",
                    [number],
                )
                for table, column in MARKED.items():
                    warehouse.execute(f"UPDATE mart.{table} SET {column} = ?", [number])
                now = datetime.now(UTC)
                told = vars(PROVENANCE) | {"release_id": f"{now:%Y%m%dT%H%M%S}-{number:04d}", "created_at": now}
                publish(warehouse, workspace, type(PROVENANCE)(**told), passes)
            rule = Retention(newest=2, grace=timedelta(seconds=grace))
            gone += len(prune(workspace, rule, datetime.now(UTC)))
            done += 1
        except Exception as error:
            wrong.append(f"publishing: {type(error).__name__}: {str(error)[:200]}")
    return {
        "published": done,
        "removed": gone,
        "publishing_seconds": round(time.monotonic() - began, 1),
        "wrong": wrong,
    }


def prepared(root: Path) -> None:
    """A workspace whose warehouse holds the tables of a small release, and that release as the first."""
    from tests.browser.small_release import publish as small_release
    from warehouse.release import AUDITED, reading
    from warehouse.store import open_warehouse
    from warehouse.workspace import Workspace

    workspace = Workspace(root)
    workspace.make_folders()
    small_release(root / "seed")
    with duckdb.connect(str(root / "seed" / "listening.duckdb"), read_only=True) as connection:
        present = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    with reading((root / "seed" / "listening.duckdb").resolve()) as read, open_warehouse(workspace.warehouse_file) as w:
        for contract in AUDITED:
            if contract.table in present:
                w.append(contract, read(contract, None))
    published(root, 1, 0)


def in_memory() -> Path | None:
    """A folder that waits for no disk, where there is one."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > 2e9 else None


def main() -> int:
    """Publish and read at the same time, tell, and say whether all was well."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("releases", type=int, nargs="?", default=50)
    options.add_argument("--clients", type=int, default=10)
    options.add_argument("--grace", type=float, default=0.0, help="Seconds a superseded release is kept at least.")
    options.add_argument("--client", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.client:
        seen = read_until(asked.client / "stop", by_sql(asked.client / "listening.duckdb"))
        print(json.dumps({"reads": seen.reads, "releases": sorted(seen.releases), "wrong": seen.wrong}))
        return 0
    from dashboard.app import create_app
    from tests.browser.serving import serving

    with tempfile.TemporaryDirectory(prefix="readers-", dir=in_memory()) as folder:
        root = Path(folder)
        prepared(root)
        command = [sys.executable, __file__, "--client", str(root)]
        clients = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(asked.clients)]
        callers = [Seen(), Seen()]
        with serving(create_app(root)) as base:

            def call(place: int) -> None:
                callers[place] = read_until(root / "stop", by_http(base))

            threads = [threading.Thread(target=call, args=(place,)) for place in range(len(callers))]
            for thread in threads:
                thread.start()
            writer = subprocess.run(
                [sys.executable, "-c", _WRITER, str(root), str(asked.releases), str(asked.grace)],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            told = json.loads(writer.stdout)
            (root / "stop").touch()
            for thread in threads:
                thread.join()
        answers = [json.loads(client.communicate()[0]) for client in clients]
    wrong = [
        *told["wrong"],
        *(fault for one in answers for fault in one["wrong"]),
        *(f for c in callers for f in c.wrong),
    ]
    releases = {name for one in answers for name in one["releases"]} | {name for c in callers for name in c.releases}
    told |= {
        "sql_clients": len(answers),
        "sql_opens": sum(one["reads"] for one in answers),
        "dashboard_rounds": sum(caller.reads for caller in callers),
        "releases_seen": len(releases),
        "wrong": wrong[:20],
        "wrong_count": len(wrong),
    }
    print(json.dumps(told, indent=1))
    return 1 if wrong else 0


# The pipeline is a process of its own, as it is in life.
_WRITER = """
import json, sys
from pathlib import Path
from tests.benchmarks.prove_readers import published
print(json.dumps(published(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))))
"""

if __name__ == "__main__":
    sys.exit(main())
