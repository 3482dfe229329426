"""Who asked when to forget what: an append-only log that holds keyed hashes, never the person or the post."""

import json
import os
from datetime import datetime, timedelta
from typing import Any

from transforms.erasure.tombstones import ANY, Tombstones
from warehouse.workspace import Workspace

# How a request ends: nothing names it any more, or some bytes still do and a person has to look at them.
COMPLETED, LEFT = "completed", "carried_out_with_residues"


class ErasureLogDamaged(RuntimeError):
    """The log of erasures cannot be read: nothing may be imported until a person has looked at it."""


class ErasureLog:
    """`.private/erasures.jsonl`: one line per request and per completion, only ever appended to."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._path = workspace.private / "erasures.jsonl"

    def entries(self) -> list[dict[str, Any]]:
        """Every line, oldest first; raises ErasureLogDamaged."""
        if not self._path.exists():
            return []
        lines = self._path.read_text(encoding="utf-8").splitlines()
        try:
            return [dict(json.loads(line)) for line in lines if line]
        except ValueError as error:
            raise ErasureLogDamaged(f"{self._path}: a line is damaged ({error}); restore it from a backup") from error

    def append(self, **entry: Any) -> None:
        """Add one line, on disk before this returns."""
        self._workspace.make_folders()
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False, default=str) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def unfinished(self) -> list[str]:
        """Ids of requests that were not carried out to the end."""
        entries = self.entries()
        done = {entry["request_id"] for entry in entries if entry["event"] in (COMPLETED, LEFT)}
        return [e["request_id"] for e in entries if e["event"] == "requested" and e["request_id"] not in done]

    def tombstone_count(self) -> int:
        """How many hashes keep something out."""
        return len(self._keys())

    def tombstones(self, retention_days: dict[str, int], now: datetime) -> Tombstones:
        """What may not come in (again): everything forgotten, and posts older than their platform's retention."""
        cutoffs = {
            ANY if platform == "all" else platform: now - timedelta(days=days)
            for platform, days in retention_days.items()
        }
        keys = self._keys()
        secret = self._workspace.pseudonym_key() if keys or cutoffs else b""
        return Tombstones(keys, secret, tuple(sorted(cutoffs.items())))

    def _keys(self) -> frozenset[str]:
        return frozenset(key for entry in self.entries() for key in entry.get("tombstones", ()))
