"""What has been told already, so that it is told once: a small private file, written as a whole, locked while used."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from warehouse.workspace import Workspace


@dataclass
class AlertMemory:
    """Severity each spike was told with, and the failure told last, until a run ends well."""

    spikes: dict[str, str] = field(default_factory=dict)
    failure_key: str | None = None
    failure_told_at: str | None = None

    def told_at(self) -> datetime | None:
        """When the failure was told."""
        return datetime.fromisoformat(self.failure_told_at) if self.failure_told_at else None


@contextmanager
def remembered(workspace: Workspace) -> Iterator[AlertMemory]:
    """The memory, kept as the block leaves it; for one process at a time, as the daemon and a command may meet."""
    workspace.make_folders()
    path = workspace.private / "alerts.json"
    with (workspace.private / "alerts.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        memory = _read(path)
        try:
            yield memory
        finally:
            _write(path, memory)


def _read(path: Path) -> AlertMemory:
    """What was told; an unreadable file is a new start: telling twice is better than never again."""
    try:
        return AlertMemory(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, TypeError, ValueError):
        return AlertMemory()


def _write(path: Path, memory: AlertMemory) -> None:
    temporary = path.with_suffix(".json.part")
    temporary.write_text(json.dumps(asdict(memory), indent=1), encoding="utf-8")
    temporary.replace(path)
