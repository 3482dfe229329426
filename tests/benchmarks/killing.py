"""Running the pipeline in processes that can be killed at a chosen moment, and what readers see afterwards.

Each process is a fresh interpreter: libraries with threads of their own do not survive a fork. While one works, the
next one imports what it will need and waits for its task.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Run as a script, by the processes this module starts.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import duckdb

import assets.release as release_step
import pipelines.definitions
import quality.runner as runner
import warehouse.release
from pipelines.run import run
from transforms.query.characters import character_tables
from warehouse.configuration import digest
from warehouse.history import current_release_id, manifest, release_ids
from warehouse.ingest import content_id
from warehouse.retention import prune, retention_of
from warehouse.store import Warehouse, open_warehouse
from warehouse.workspace import Workspace

# What the pipeline is doing, told by the innermost of these functions that is on the stack.
STEPS = {
    "archive": "archiving a file",
    "_read_into": "reading a file",
    "ingest": "between two files",
    "refresh_posts": "merging posts",
    "refresh_clusters": "clustering",
    "refresh_days": "a table by day",
    "refresh_whole": "a table as a whole",
    "open_warehouse": "opening the warehouse",
    "close": "closing the warehouse",
    "_build": "building the candidate",
    "judge": "the gate",
    "_write_about": "writing about it",
    "_link": "record, rename and link",
    "clear_unfinished": "clearing up",
    "prune": "pruning",
    "write_report": "the gate's report",
    "publish": "between steps of publishing",
}


def warm() -> None:
    """Import what the children need and fill caches that are plain Python."""
    import great_expectations  # noqa: F401 - imported once instead of by every child
    import pandas  # noqa: F401

    assert pipelines.definitions.ASSETS
    for fold_accents in (False, True):
        character_tables(fold_accents=fold_accents)


class NoExpectations:
    """Answers every contract check with yes: Great Expectations writes nothing, and takes most of a small run."""

    def answer(self, rows: object, checks: list[Any], **_: object) -> dict[str, Any]:
        return {check.check_id: runner.Answer(True, "not asked", 0, ()) for check in checks}


class Moments:
    """Counts the moments of a child at which it changes something, and says on a pipe when the wanted one is there."""

    def __init__(self, root: Path, wanted: int | None, told: int) -> None:
        self.root, self.wanted, self.told = str(root), wanted, told
        self.steps: list[str] = []
        self.count = 0

    def listen(self) -> None:
        """From here on: every file written, renamed or removed in the workspace, every statement, every table read."""
        sys.addaudithook(self._heard)
        execute, check, connect = Warehouse.execute, runner.check_table, duckdb.connect
        close = Warehouse.close

        def executed(warehouse: Warehouse, *arguments: Any) -> None:
            self.tick()
            execute(warehouse, *arguments)

        def checked(*arguments: Any) -> Any:
            self.tick()
            return check(*arguments)

        def connected(*arguments: Any, **options: Any) -> Any:
            self.tick()
            return connect(*arguments, **options)

        def closed(warehouse: Warehouse) -> None:
            self.tick()
            close(warehouse)

        replaced = ((Warehouse, "execute", executed), (Warehouse, "close", closed))
        for owner, name, function in (*replaced, (runner, "check_table", checked), (duckdb, "connect", connected)):
            setattr(owner, name, function)

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("os.rename", "os.remove", "os.link", "os.symlink", "os.mkdir", "os.chmod") or event == "open":
            named = [str(a) for a in arguments if isinstance(a, str | os.PathLike)]
            if any(name.startswith(self.root) for name in named):
                self.tick()

    def tick(self) -> None:
        """One more moment."""
        self.count += 1
        if self.wanted is None:
            self.steps.append(_step())
        elif self.count == self.wanted:
            os.write(self.told, _step().encode())


def _step() -> str:
    frame: Any = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_name in STEPS:
            return STEPS[frame.f_code.co_name]
        frame = frame.f_back
    return "between steps of the run"


@dataclass(frozen=True)
class Job:
    """A task by name (a_run, a_release, without_release) on a workspace; `kill_at` is the moment it tells of."""

    task: str
    root: Path
    is_short: bool = True
    kill_at: int | None = None


@dataclass(frozen=True)
class Child:
    """A process that waits for its job, the pipe of its answer and the pipe on which it tells of its moment."""

    process: subprocess.Popen[bytes]
    answers: int
    tells: int


class Killed(RuntimeError):
    """A child was killed."""


_spares: list[Child] = []
_lock = threading.Lock()


def _spawned() -> Child:
    answers, answered = os.pipe()
    tells, told = os.pipe()
    command = [sys.executable, __file__, str(answered), str(told)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=(answered, told))
    os.close(answered)
    os.close(told)
    return Child(process, answers, tells)


def started(job: Job) -> Child:
    """A process at work on a job; another one gets ready meanwhile."""
    with _lock:
        child = _spares.pop() if _spares else _spawned()
        _spares.append(_spawned())
    told = {"task": job.task, "root": str(job.root), "is_short": job.is_short, "kill_at": job.kill_at}
    assert child.process.stdin is not None
    child.process.stdin.write(json.dumps(told).encode())
    child.process.stdin.close()
    return child


def dismiss_spares() -> None:
    """End the processes that wait for a job."""
    with _lock:
        for child in _spares:
            child.process.kill()
            child.process.wait()
        _spares.clear()


def finished(child: Child) -> Any:
    """The answer of a child; raises Killed, or RuntimeError if it died of itself."""
    with os.fdopen(child.answers, "rb") as pipe:
        answer = pipe.read()
    os.close(child.tells)
    status = child.process.wait()
    if status == -signal.SIGKILL:
        raise Killed
    if status or not answer:
        raise RuntimeError(f"a child died unasked (status {status})")
    return json.loads(answer)


def done(job: Job, later: float = 0.0) -> Any:
    """The answer of a job. With `kill_at`, the process is killed `later` seconds after that moment, and the answer is
    ("killed", step), or ("ended", its answer) where it was faster."""
    child = started(job)
    if job.kill_at is None:
        return finished(child)
    step = os.read(child.tells, 200).decode()
    if step:
        time.sleep(later)
        child.process.kill()
    try:
        return "ended", finished(child)
    except Killed:
        return "killed", step


def _be_child(answered: int, told: int) -> None:
    try:
        warm()
        job = json.loads(sys.stdin.buffer.read())
        root = Path(job["root"])
        answer = TASKS[job["task"]](root, Moments(root, job["kill_at"], told), job["is_short"])
        os.write(answered, json.dumps(answer, default=str).encode())
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


def shorten_gate(is_short: bool) -> None:
    """In a child: leave Great Expectations out of the gate; its business rules and the reading stay."""
    if is_short:
        runner.Expectations = NoExpectations  # type: ignore[misc, assignment]


def a_run(root: Path, moments: Moments, is_short: bool) -> dict[str, Any]:
    """The whole path, inbox to release, through Dagster."""
    shorten_gate(is_short)
    moments.listen()
    outcome = run(root, lambda _step, _message: None)
    return {"ok": outcome.succeeded, "problem": outcome.problem, "steps": moments.steps}


def a_release(root: Path, moments: Moments, is_short: bool) -> dict[str, Any]:
    """The publishing step alone, on a warehouse whose tables are ready."""
    workspace = Workspace(root)
    configuration = workspace.configuration()
    shorten_gate(is_short)
    moments.listen()
    with open_warehouse(workspace.warehouse_file) as warehouse:
        provenance = release_step._provenance(warehouse, workspace, configuration)
        if release_step._is_published(warehouse, workspace, provenance):
            return {"ok": True, "problem": None, "steps": moments.steps}
        published, _, refusal = release_step._publish(warehouse, workspace, configuration, provenance)
    prune(workspace, retention_of(configuration), provenance.created_at)
    return {"ok": published is not None, "problem": refusal, "steps": moments.steps}


def without_release(root: Path, moments: Moments, _: bool) -> dict[str, Any]:
    """A run that computes every table and stops before it publishes."""

    def stops(*_: object) -> None:
        raise RuntimeError("stopped before publishing")

    release_step._publish = stops  # type: ignore[assignment]
    moments.listen()
    outcome = run(root, lambda _step, _message: None)
    return {"ok": outcome.failed_step == "release", "problem": outcome.problem, "steps": moments.steps}


TASKS: dict[str, Callable[[Path, Moments, bool], dict[str, Any]]] = {
    "a_run": a_run,
    "a_release": a_release,
    "without_release": without_release,
}


def looked_at(root: Path) -> dict[str, Any]:
    """What a reader sees: the release's id and hashes, and everything that is wrong with it."""
    workspace = Workspace(root)
    wrong = []
    if not workspace.link.is_symlink():
        return {"release_id": None, "content": None, "wrong": []}
    name = str(current_release_id(workspace))
    hashes = warehouse.release.content_hashes(workspace.link.resolve(strict=True))
    known = manifest(workspace, name)
    if {table: known["tables"][table]["hash"] for table in hashes} != hashes:
        wrong.append("the tables are not those of the manifest")
    with duckdb.connect(str(workspace.link), read_only=True) as connection:
        [told] = connection.execute("SELECT release_id, content_id FROM release").fetchall()
    if told != (name, known["content_id"]):
        wrong.append(f"the release row says {told}, the link {name}")
    wrong += [f"{other} is listed without a record" for other in release_ids(workspace) if not _known(root, other)]
    return {"release_id": name, "content": digest(hashes), "wrong": wrong}


def left_over(root: Path) -> list[str]:
    """Faults of a workspace after an undisturbed run: unread files, half-done files, wrong originals."""
    workspace = Workspace(root)
    wrong = [f"{path.name} is left" for path in workspace.inbox.iterdir()]
    for folder in (workspace.root, workspace.releases, workspace.private):
        half = [path.name for path in folder.iterdir() if path.name.startswith((".candidate", ".publishing", ".list"))]
        wrong += [f"{name} is left" for name in (*half, *(p.name for p in folder.glob("*.part")))]
    originals = [path for path in workspace.archive.rglob("*") if path.is_file()]
    wrong += [
        f"archived {path.name} is not what it says"
        for path in originals
        if not content_id(path).startswith(path.name.split("-")[0])
    ]
    return wrong


def _known(root: Path, name: str) -> bool:
    try:
        return bool(manifest(Workspace(root), name))
    except (OSError, ValueError):
        return False


def copied(source: Path, target: Path) -> Path:
    """A copy of a workspace, links kept."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)
    return target


if __name__ == "__main__":
    _be_child(int(sys.argv[1]), int(sys.argv[2]))
