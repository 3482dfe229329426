"""After an erasure: what still holds the forgotten goes (releases, reports, freed blocks); the bytes are searched."""

import contextlib
import email
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from transforms.erasure.tombstones import Tombstones
from warehouse.erasure_log import ErasureLog
from warehouse.release import current_release_id, release_ids
from warehouse.store import Warehouse, open_warehouse
from warehouse.workspace import Workspace


@dataclass(frozen=True)
class ErasureReport:
    """What went after the run, and the files in whose bytes the forgotten are still found (there should be none)."""

    release_ids: tuple[str, ...]
    report_count: int
    residues: tuple[str, ...]


def finish(
    workspace: Workspace, before: set[str], words: Sequence[str], now: datetime, interrupted: Tombstones | None = None
) -> ErasureReport:
    """After the run: releases and reports that held the forgotten go, and the warehouse is written anew.

    `before` are the ids of the posts there were before the erasure; `words` are looked for in every byte that is left.
    After a request that was `interrupted` neither is known any more: then every older release goes that holds a post
    the warehouse does not, or a text that these tombstones would change.
    """
    log, current = ErasureLog(workspace), current_release_id(workspace)
    with open_warehouse(workspace.warehouse_file) as warehouse:
        left = post_ids(warehouse)
    gone = []
    for name in release_ids(workspace):
        path = workspace.releases / f"listening-{name}.duckdb"
        if name == current:
            continue
        if _holds(path, before - left, words) or (interrupted and _holds_more(path, left, interrupted)):
            gone.append(name)
    for name in gone:
        for path in workspace.releases.glob(f"listening-{name}.*"):
            path.unlink()
    reports = _remove_reports(workspace)
    compact(workspace.warehouse_file)
    for folder in workspace.inbox.glob("erasure-*"):
        with contextlib.suppress(OSError):
            folder.rmdir()
    residues = found_in_bytes(workspace, words)
    told = {"releases": len(gone), "reports": reports, "residues": len(residues)}
    for request_id in log.unfinished():
        log.append(at=now.isoformat(), event="completed", request_id=request_id, **told)
    return ErasureReport(tuple(gone), reports, residues)


def post_ids(warehouse: Warehouse) -> set[str]:
    """Ids of the posts in the warehouse."""
    return set(warehouse.query("SELECT mention_id FROM core.mention")["mention_id"])


def compact(path: Path) -> None:
    """Write a DuckDB file anew: freed blocks keep the bytes of deleted rows until they are used again."""
    fresh = path.with_name(f".{path.name}.compact")
    fresh.unlink(missing_ok=True)
    connection = duckdb.connect(":memory:")
    try:
        for name, file, mode in (("old", path, "(READ_ONLY)"), ("new", fresh, "")):
            where = str(file).replace("'", "''")
            connection.execute(f"ATTACH '{where}' AS {name} {mode}").fetchall()
        connection.execute("COPY FROM DATABASE old TO new").fetchall()
    finally:
        connection.close()
    fresh.replace(path)


def found_in_bytes(workspace: Workspace, words: Sequence[str]) -> tuple[str, ...]:
    """Files of the workspace, by relative path, whose bytes hold one of the words, whatever the case."""
    wanted = [word.lower().encode() for word in words]
    if not wanted:
        return ()
    found = []
    for path in sorted(workspace.root.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        tail = b""
        with path.open("rb") as file:
            while piece := file.read(16 << 20):
                seen = (tail + piece).lower()
                if any(word in seen for word in wanted):
                    found.append(path.relative_to(workspace.root).as_posix())
                    break
                tail = piece[-256:]
    return tuple(found)


def _holds(release: Path, mention_ids: set[str], words: Sequence[str]) -> bool:
    """Whether a release holds one of the posts or says one of the words; one that cannot be read counts as holding."""
    gone = pl.DataFrame({"mention_id": sorted(mention_ids)}, schema={"mention_id": pl.String})
    said = "|".join(re.escape(word) for word in words) or "$^"
    try:
        connection = duckdb.connect(str(release), read_only=True)
        try:
            connection.register("gone", gone.to_arrow())
            found = connection.execute(
                "SELECT count(*) FROM mention m WHERE m.mention_id IN (SELECT mention_id FROM gone) "
                "OR regexp_matches(coalesce(m.mention_text, ''), ?, 'i')",
                [said],
            ).fetchall()
        finally:
            connection.close()
    except duckdb.Error:
        return True
    return bool(found[0][0])


def _holds_more(release: Path, left: set[str], tombstones: Tombstones) -> bool:
    """Whether a release holds a post that is not `left`, or a text with a forgotten handle; an unreadable one does."""
    try:
        connection = duckdb.connect(str(release), read_only=True)
        try:
            rows = connection.execute("SELECT mention_id, coalesce(mention_text, '') FROM mention").fetchall()
        finally:
            connection.close()
    except duckdb.Error:
        return True
    return any(mention_id not in left or tombstones.redacted(text) != text for mention_id, text in rows)


def _remove_reports(workspace: Workspace) -> int:
    """Remove reports and digests that belong to no release that is kept; returns how many."""
    kept = release_ids(workspace)
    removed = 0
    for path in sorted(workspace.reports.rglob("*")):
        if path.is_file() and not any(name in path.name for name in kept) and not _names_release(path, kept):
            path.unlink()
            removed += 1
    return removed


def _names_release(path: Path, kept: Sequence[str]) -> bool:
    content = path.read_bytes()
    if path.suffix == ".eml":
        message = email.message_from_bytes(content)
        parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
        content = b"".join(part for part in parts if isinstance(part, bytes))
    return any(name.encode() in content for name in kept)
