"""One demo workspace, run once through Dagster, for every test that looks at its tables."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from pipelines.cli.demo import demo_configuration
from pipelines.cli.init import create
from pipelines.demo import PlantedTruths, generate
from pipelines.run import RunOutcome, run
from warehouse.release import ReleaseReader, reading
from warehouse.tables.contract import TableContract
from warehouse.workspace import Workspace


@dataclass(frozen=True)
class Demo:
    """The workspace after its run, what was planted, and what the run said."""

    workspace: Workspace
    truths: PlantedTruths
    outcome: RunOutcome
    read: ReleaseReader

    def table(self, contract: TableContract) -> pl.DataFrame:
        """A table of the release, whole."""
        return self.read(contract, None)


def demo_workspace_at(root: Path, batches: tuple[int, ...] = (1, 2)) -> tuple[Workspace, PlantedTruths]:
    """A workspace whose inbox holds the given deliveries of the demo; the others lie in `later/`."""
    workspace = Workspace(root)
    create(workspace, demo_configuration())
    truths = generate(root / "later")
    for file in truths.files_in(batches):
        (root / "later" / file.name).rename(workspace.inbox / file.name)
    return workspace, truths


def run_quietly(workspace: Workspace) -> RunOutcome:
    """One run without progress."""
    return run(workspace.root, lambda _step, _message: None)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    workspace, truths = demo_workspace_at(tmp_path_factory.mktemp("demo"))
    outcome = run_quietly(workspace)
    assert outcome.succeeded, outcome.problem
    with reading(workspace.link.resolve()) as read:
        yield Demo(workspace, truths, outcome, read)


@pytest.fixture(scope="session")
def small_published(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace of one canonical file, published once; tests work on copies of it."""
    workspace, truths = demo_workspace_at(tmp_path_factory.mktemp("ws") / "ws", batches=())
    [first, *_] = [file for file in truths.files_in((1,)) if file.source_format.startswith("canonical")]
    lines = (workspace.root / "later" / first.name).read_text(encoding="utf-8").splitlines(keepends=True)
    shutil.rmtree(workspace.root / "later")
    (workspace.inbox / first.name).write_text("".join(lines[:160]), encoding="utf-8")
    outcome = run_quietly(workspace)
    assert outcome.succeeded, outcome.problem
    return workspace


@pytest.fixture
def small_copy(small_published: Workspace, tmp_path: Path) -> Workspace:
    shutil.copytree(small_published.root, tmp_path / "copy", symlinks=True)
    return Workspace(tmp_path / "copy")


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance that keeps what it is told."""
    with dg.DagsterInstance.local_temp(str(tmp_path)) as found:
        yield found
