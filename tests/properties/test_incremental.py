"""Whatever arrives in whatever order: what a day's run adds to the tables is what computing all anew would give.

Tiny worlds of about sixty posts, in which copies, replies, repeated files, corrected counters, late rows, edited
queries and removed brands are likely. All tables of mentions are compared to the last cell.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import polars as pl
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets import insight as insight_assets
from assets import mart as mart_assets
from assets.build import REFRESHERS
from assets.parameters import core_params, core_version, declarations_id, matcher, matchings, read_context
from assets.pulse import ASSETS as WATCH
from assets.pulse import spike_reasons, watch
from assets.resources import ListeningWorkspace
from warehouse.clusters import refresh_clusters
from warehouse.code_version import code_version
from warehouse.configuration import Configuration
from warehouse.ingest import ask_to_read_again, forget_file, ingest
from warehouse.posts import refresh_posts
from warehouse.refresh import forget_everything
from warehouse.store import Warehouse, open_warehouse
from warehouse.tables import PUBLISHED, core, mart
from warehouse.tables.contract import TableContract
from warehouse.workspace import Workspace

NOW = datetime(2026, 6, 1, tzinfo=UTC)
START = datetime(2026, 3, 28, 20, tzinfo=UTC)
TEXTS = (
    "Acme kettles are great, I love mine very much #tea",
    "My Zenit kettle leaks again, what a terrible morning #tea #fail",
    "Why does the Acme app not answer? Waiting for support since Monday",
    "Acme or Zenit, which kettle should I buy? #tea",
    "nothing about any brand at all, only the weather of today",
    "Zenit annonce une bouilloire, le prix est trop cher",
    "Borealis is new here and rather good #tea",
)
BRANDS = {"acme": "Acme", "zenit": "Zenit", "borealis": "Borealis"}
PERSONAL_TO_A_RUN = {mart.RELEASE, mart.CHECK_RESULT}
COMPARED = tuple(table for table in (*core.TABLES, *PUBLISHED) if table not in PERSONAL_TO_A_RUN)


@dataclass(frozen=True)
class Post:
    """One row of a canonical CSV."""

    number: int
    hours: int
    text: int
    author: int
    likes: int
    answers: int | None

    def row(self) -> dict[str, object]:
        # Some texts carry a word of their own, so that copies are exact, near, or none.
        text = TEXTS[self.text % len(TEXTS)] + (f" no{self.number}" if self.number % 3 else "")
        return {
            "mention_id": str(self.number),
            "published_at": (START + timedelta(hours=self.hours)).isoformat(),
            "platform": ("x", "reddit", "news")[self.number % 3 if self.answers is None else 0],
            "text": text,
            "author_handle": "acmehelp" if self.author == 0 else f"person{self.author}",
            "likes": self.likes,
            "parent_id": "" if self.answers is None else str(self.answers),
        }


@dataclass(frozen=True)
class World:
    """What the workspace's configuration says."""

    brands: tuple[str, ...] = ("acme", "zenit")
    excluded: str = ""
    topic: str = "price OR prix"

    def text(self) -> str:
        declared = {
            "workspace": {"name": "t", "reporting_zone": "Europe/Paris", "languages": ["en", "fr"]},
            "brands": [
                {
                    "id": brand,
                    "name": BRANDS[brand],
                    "role": "own" if brand == "acme" else "competitor",
                    "aliases": [BRANDS[brand]],
                    "exclusions": [self.excluded] if self.excluded else [],
                    "official_accounts": [{"platform": "x", "handle": "acmehelp"}] if brand == "acme" else [],
                }
                for brand in self.brands
            ],
            "topics": [{"id": "price", "name": "Price", "query": self.topic}],
        }
        return yaml.safe_dump(declared)


posts = st.builds(
    Post,
    number=st.integers(1, 40),
    hours=st.one_of(st.integers(0, 80), st.integers(0, 24 * 40)),
    text=st.integers(0, 20),
    author=st.integers(0, 9),
    likes=st.integers(0, 50),
    answers=st.one_of(st.none(), st.integers(1, 40)),
)
files = st.lists(posts, min_size=1, max_size=14, unique_by=lambda post: post.number)
steps = st.one_of(
    st.tuples(st.just("file"), files),
    st.tuples(st.just("file"), files),
    st.tuples(st.just("file"), files),
    st.tuples(st.just("repeat"), st.integers(0, 5)),
    st.tuples(st.just("read again"), st.integers(0, 5)),
    st.tuples(st.just("take back"), st.integers(0, 5)),
    st.tuples(st.just("brands"), st.sampled_from([("acme",), ("acme", "zenit"), ("acme", "zenit", "borealis")])),
    st.tuples(st.just("excluded"), st.sampled_from(["", "which kettle", "very much"])),
    st.tuples(st.just("topic"), st.sampled_from(["price OR prix", "tea", "support"])),
)


class Pipeline:
    """The steps of a run between the inbox and the gate, without Dagster around them."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace(root)
        self.workspace.make_folders()
        self.world = World()
        self.files: list[pl.DataFrame] = []

    @contextmanager
    def opened(self) -> Iterator[tuple[Warehouse, Configuration]]:
        self.workspace.configuration_file.write_text(self.world.text(), encoding="utf-8")
        with open_warehouse(self.workspace.warehouse_file) as warehouse:
            yield warehouse, self.workspace.configuration()

    def take(self, kind: str, what: object) -> None:
        """One thing that happens between two runs."""
        if kind == "file":
            assert isinstance(what, list)
            self.files.append(pl.DataFrame([post.row() for post in what], infer_schema_length=None))
            self._deliver(len(self.files) - 1)
        elif kind in ("brands", "excluded", "topic"):
            self.world = replace(self.world, **{kind: what})  # type: ignore[arg-type]
        elif self.files:
            assert isinstance(what, int)
            if kind == "repeat":
                self._deliver(what % len(self.files))
            else:
                self._touch(kind, what)

    def _deliver(self, number: int) -> None:
        self.files[number].write_csv(self.workspace.inbox / f"export{number}.csv")

    def _touch(self, kind: str, number: int) -> None:
        with self.opened() as (warehouse, _):
            held = warehouse.query("SELECT file_id FROM raw.export_file ORDER BY file_id")["file_id"].to_list()
            if held and kind == "read again":
                ask_to_read_again(warehouse, [held[number % len(held)]])
            elif held:
                forget_file(warehouse, held[number % len(held)])

    def run(self) -> None:
        with self.opened() as (warehouse, configuration):
            declared = declarations_id(configuration)
            outcomes = ingest(warehouse, self.workspace, read_context(configuration), declarations_id=declared, now=NOW)
            assert {outcome.state for outcome in outcomes} <= {"ingested", "known"}, outcomes
            refresh_mentions(warehouse, configuration)
        self.watch()

    def run_anew(self) -> None:
        with self.opened() as (warehouse, configuration):
            forget_everything(warehouse)
            refresh_mentions(warehouse, configuration)
        self.watch()

    def watch(self) -> None:
        listening = ListeningWorkspace(root=str(self.workspace.root))
        list(watch(dg.build_asset_context(), listening=listening))  # type: ignore[call-overload]
        list(spike_reasons(listening=listening))  # type: ignore[call-overload]

    def tables(self) -> dict[str, pl.DataFrame]:
        with self.opened() as (warehouse, _):
            return {table.name: _sorted(warehouse, table) for table in COMPARED}


def refresh_mentions(warehouse: Warehouse, configuration: Configuration) -> None:
    """Core and listening tables brought up to date, in the order of their dependencies."""
    refresh_posts(
        warehouse,
        core_params(configuration, bytes(32)),
        core_version(configuration),
        matchings(configuration),
        matcher(configuration),
    )
    refresh_clusters(warehouse, code_version())
    for name in ORDER:
        REFRESHERS[name](warehouse, configuration)


def _order() -> list[str]:
    """Table names, what is depended on first."""
    assets = [d for d in (*mart_assets.ASSETS, *insight_assets.ASSETS) if d not in WATCH]
    needs = {key: definition.asset_deps[key] for definition in assets for key in definition.keys}
    done: list[str] = []
    while len(done) < len(needs):
        ready = [key for key, deps in needs.items() if ".".join(key.path) not in done]
        ready = [key for key in ready if all(dep not in needs or ".".join(dep.path) in done for dep in needs[key])]
        done += [".".join(key.path) for key in ready]
    return done


ORDER = _order()


def _sorted(warehouse: Warehouse, table: TableContract) -> pl.DataFrame:
    return warehouse.select(table).sort(table.key)


def assert_same(left: dict[str, pl.DataFrame], right: dict[str, pl.DataFrame]) -> None:
    """Equal in every cell of every table."""
    for name, rows in left.items():
        assert rows.equals(right[name]), f"{name}:\n{rows}\n{right[name]}"


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None)
@given(st.lists(st.lists(steps, min_size=1, max_size=3), min_size=2, max_size=4))
def test_run_after_run_ends_in_the_tables_of_one_run(runs: Sequence[Sequence[tuple[str, object]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(Path(folder) / "day-by-day")
        for run in runs:
            for kind, what in run:
                pipeline.take(kind, what)
            pipeline.run()
        step_by_step = pipeline.tables()
        pipeline.run_anew()
        assert_same(step_by_step, pipeline.tables())
