"""The inbox sensor: one run per batch of files that are completely written."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from pipelines.jobs import PUBLISH
from warehouse.ingest import waiting_files
from warehouse.workspace import Workspace

# A file whose last write is younger than this may still be growing.
SETTLE_SECONDS = 20
POLL_SECONDS = 30


def batch_of(root: Path, now: datetime) -> tuple[str, int] | str:
    """Key and number of the waiting files, or the reason to wait: nothing there, or a file still being written.

    The key is made of names, sizes and times of last write, so that the same batch asks for one run only.
    """
    files = waiting_files(Workspace(root))
    if not files:
        return "The inbox is empty."
    stats = [(path.relative_to(root).as_posix(), path.stat()) for path in files]
    young = [name for name, stat in stats if now.timestamp() - stat.st_mtime < SETTLE_SECONDS]
    if young:
        return (
            f"{len(young)} of {len(files)} files may still be written; waiting until they are {SETTLE_SECONDS} s old."
        )
    told = "\n".join(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}" for name, stat in stats)
    return hashlib.sha256(told.encode()).hexdigest()[:16], len(files)


def inbox_sensor(root: str) -> dg.SensorDefinition:
    """A sensor on the workspace's inbox."""

    @dg.sensor(
        name="inbox",
        job=PUBLISH,
        minimum_interval_seconds=POLL_SECONDS,
        description="Starts one run per batch of new export files, once all of them are completely written.",
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        batch = batch_of(Path(root), datetime.now(UTC))
        if isinstance(batch, str):
            return dg.SkipReason(batch)
        key, count = batch
        return dg.RunRequest(run_key=key, tags={"listening/files": str(count)})

    return inbox
