"""The inbox sensor: one run per batch of files that are completely written, a bounded number of times.

A batch is what waits in the inbox, by names, sizes and times of last write, together with listening.yaml as it is. It
is asked for once it is the same at two looks and none of its files was written just now. When its run failed and the
files are still there, it is asked for again after a while, three times in all; then only another file, a corrected
listening.yaml or a person starts the next run. Files that a finished run left behind are not asked for again.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from pipelines.jobs import PUBLISH
from warehouse.ingest import waiting_files
from warehouse.workspace import Workspace

# A file whose last write is younger than this may still be growing.
SETTLE_SECONDS = 20
POLL_SECONDS = 30
# How often a batch is asked for in all, and how long after the last failure: 5, then 15 minutes.
MAX_ATTEMPTS = 3
WAIT_AFTER_FAILURE = timedelta(minutes=5)

_ENDED_BADLY = (dg.DagsterRunStatus.FAILURE,)
_UNDER_WAY = [
    status
    for status in dg.DagsterRunStatus
    if status not in (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
]


@dataclass(frozen=True)
class Batch:
    """What waits in the inbox: its key, how many files, and how many of them were written just now."""

    key: str
    file_count: int
    young_count: int


@dataclass(frozen=True)
class Memory:
    """What the sensor keeps between two looks: the batch seen last, the batch asked for last, and how often."""

    seen: str = ""
    asked: str = ""
    attempt: int = 0

    @classmethod
    def of(cls, cursor: str | None) -> "Memory":
        """From the sensor's cursor; what is not readable there is forgotten."""
        try:
            return cls(**json.loads(cursor or "{}"))
        except (TypeError, ValueError):
            return cls()

    @property
    def run_key(self) -> str:
        """Key of the run asked for last: Dagster starts a run once per key."""
        return f"{self.asked}-{self.attempt}"


@dataclass(frozen=True)
class LastRun:
    """How the run asked for last is doing."""

    status: dg.DagsterRunStatus
    changed_at: datetime


Answer = dg.RunRequest | dg.SkipReason


def look(root: Path, now: datetime) -> Batch | None:
    """What waits in the inbox; None for nothing. A file that vanishes meanwhile does not count."""
    told, young = [], 0
    configuration = Workspace(root).configuration_file
    for path in [configuration, *waiting_files(Workspace(root))]:
        try:
            stat = path.stat()
        except OSError:
            continue
        told.append(f"{path.relative_to(root).as_posix()}\0{stat.st_size}\0{stat.st_mtime_ns}")
        # A time of last write in the future says nothing; two equal looks do.
        young += path != configuration and 0 <= now.timestamp() - stat.st_mtime < SETTLE_SECONDS
    count = sum(not line.startswith(f"{configuration.name}\0") for line in told)
    return Batch(hashlib.sha256("\n".join(told).encode()).hexdigest()[:16], count, young) if count else None


def decide(batch: Batch | None, memory: Memory, last: LastRun | None, now: datetime) -> tuple[Memory, Answer]:
    """Ask for a run or say why not, and what to remember. `last` is the run of `memory.run_key`, if there is one."""
    if batch is None:
        return replace(memory, seen=""), dg.SkipReason("The inbox is empty.")
    changed = batch.key != memory.seen
    memory = replace(memory, seen=batch.key)
    if batch.young_count:
        told = f"{batch.young_count} of {batch.file_count} files may still be written; waiting until they are "
        return memory, dg.SkipReason(f"{told}{SETTLE_SECONDS} s old.")
    if changed:
        return memory, dg.SkipReason(f"{batch.file_count} files; asked for if they are the same at the next look.")
    if batch.key == memory.asked and last is not None:
        refusal = _not_again(memory, last, now)
        if refusal is not None:
            return memory, dg.SkipReason(refusal)
        memory = replace(memory, attempt=memory.attempt + 1)
    elif batch.key != memory.asked:
        memory = replace(memory, asked=batch.key, attempt=1)
    tags = {"listening/files": str(batch.file_count), "listening/attempt": str(memory.attempt)}
    return memory, dg.RunRequest(run_key=memory.run_key, tags=tags)


def _not_again(memory: Memory, last: LastRun, now: datetime) -> str | None:
    """Why a batch that has had its run is not asked for again now; None if it is its turn."""
    if last.status in _UNDER_WAY:
        return "The run for these files is under way."
    if last.status not in _ENDED_BADLY:
        return "A run ended and left these files in the inbox: see what it says of them, then mend or remove them."
    if memory.attempt >= MAX_ATTEMPTS:
        return (
            f"The run for these files failed {memory.attempt} times: see why. Another file, a corrected listening.yaml "
            "or a run started by hand makes the next try."
        )
    again_at = last.changed_at + WAIT_AFTER_FAILURE * 3 ** (memory.attempt - 1)
    return None if now >= again_at else f"The run for these files failed; next try after {again_at:%H:%M} UTC."


def _last_run(instance: dg.DagsterInstance, memory: Memory) -> LastRun | None:
    """The run of the last request."""
    filters = dg.RunsFilter(job_name=PUBLISH.name, tags={"dagster/run_key": memory.run_key})
    for record in instance.get_run_records(filters, limit=1):
        return LastRun(record.dagster_run.status, record.update_timestamp.replace(tzinfo=UTC))
    return None


def inbox_sensor(root: str) -> dg.SensorDefinition:
    """A sensor on the workspace's inbox."""

    @dg.sensor(
        name="inbox",
        job=PUBLISH,
        minimum_interval_seconds=POLL_SECONDS,
        description="Starts one run per batch of new export files, once all of them are completely written.",
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        memory = Memory.of(context.cursor)
        if context.instance.get_runs_count(dg.RunsFilter(job_name=PUBLISH.name, statuses=_UNDER_WAY)):
            # It takes files away one by one: what is left of them is not another batch.
            return dg.SensorResult(skip_reason="A run is under way.", cursor=context.cursor)
        now = datetime.now(UTC)
        memory, answer = decide(look(Path(root), now), memory, _last_run(context.instance, memory), now)
        cursor = json.dumps(asdict(memory))
        if isinstance(answer, dg.RunRequest):
            return dg.SensorResult(run_requests=[answer], cursor=cursor)
        return dg.SensorResult(skip_reason=answer, cursor=cursor)

    return inbox
