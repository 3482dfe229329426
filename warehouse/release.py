"""The release readers open: built fresh beside the others, audited, and only then linked, in one atomic step.

`publish` is the only function that moves the link, and it audits the candidate file itself before it does: there is
no other way to a reader, whichever assets somebody materialises.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import duckdb
import polars as pl

from warehouse.store import Warehouse, rows_hash_sql, typed
from warehouse.tables import PUBLISHED, mart
from warehouse.tables.contract import TableContract
from warehouse.workspace import Workspace

# The oldest storage that comments survive in: clients from DuckDB 1.2 on can open the file.
STORAGE_VERSION = "v1.2.0"
ABOUT_THE_RELEASE = (mart.RELEASE, mart.CHECK_RESULT)
AUDITED = tuple(table for table in PUBLISHED if table not in ABOUT_THE_RELEASE)

Reader = Callable[[TableContract, Sequence[str] | None], pl.DataFrame]


class Verdict(Protocol):
    """What the gate answers: may the candidate be published, and every check as a row."""

    @property
    def may_publish(self) -> bool: ...

    def as_rows(self) -> pl.DataFrame: ...


class GateRefused(RuntimeError):
    """The gate said no: nothing was published, the last release stays. Permanent: a retry would say the same."""

    def __init__(self, still_published: str | None) -> None:
        kept = f"{still_published} stays published" if still_published else "nothing is published yet"
        super().__init__(f"The gate refused this release; {kept}.")


@dataclass(frozen=True)
class Provenance:
    """What a release is built from."""

    release_id: str
    created_at: datetime
    inputs_id: str
    code_version: str
    configuration_id: str
    panel_id: str
    reporting_zone_name: str
    input_file_ids: tuple[str, ...]
    warning_texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Published:
    """A published release and where it lies."""

    release_id: str
    path: Path
    row_counts: dict[str, int]
    content_id: str


def publish(
    warehouse: Warehouse, workspace: Workspace, provenance: Provenance, audit: Callable[[Reader], Verdict]
) -> Published:
    """Build, audit, swap; returns what was published.

    Raises GateRefused when the gate says no (the candidate is removed, the link stays), OSError when the disk does.
    """
    discard_candidates(workspace)
    candidate = workspace.releases / f".candidate-{provenance.release_id}.duckdb"
    final = workspace.releases / f"listening-{provenance.release_id}.duckdb"
    try:
        _build(warehouse, candidate)
        with reading(candidate) as read:
            verdict = audit(read)
        if not verdict.may_publish:
            raise GateRefused(current_release_id(workspace))
        audited = content_hashes(candidate)
        content_id = _digest(audited)
        _write_about(candidate, provenance, content_id, verdict)
        if content_hashes(candidate) != audited:
            raise RuntimeError("the candidate changed after its audit; nothing was published")
        counts = row_counts(candidate)
        _write_manifest(workspace, provenance, content_id, audited, counts, verdict)
        _settle(candidate, final)
        _swap(workspace, final)
    finally:
        candidate.unlink(missing_ok=True)
    return Published(provenance.release_id, final, counts, content_id)


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """A reader of one release file: `read(contract, columns)` gives rows with the contract's types, in key order.

    Without columns (None) it gives all of them; an empty list gives the table's header as the file has it, no rows.
    """
    connection = duckdb.connect(str(path), read_only=True)
    try:
        connection.execute("SET TimeZone = 'UTC'").fetchall()

        def read(contract: TableContract, columns: Sequence[str] | None = None) -> pl.DataFrame:
            if columns is not None and not columns:
                return pl.DataFrame(connection.sql(f'FROM "{contract.table}" LIMIT 0').to_arrow_table())
            listed = ", ".join(f'"{name}"' for name in columns or contract.schema.names())
            statement = f'SELECT {listed} FROM "{contract.table}"'  # noqa: S608 - names come from contracts
            return typed(pl.DataFrame(connection.sql(statement).to_arrow_table()), contract)

        yield read
    finally:
        connection.close()


def content_hashes(path: Path) -> dict[str, str]:
    """Table → hash of its rows whatever their order, for every table that is about the conversation."""
    connection = duckdb.connect(str(path), read_only=True)
    try:
        return {
            contract.table: _digest(connection.execute(rows_hash_sql(f'"{contract.table}"')).fetchall()[0][0])
            for contract in AUDITED
        }
    finally:
        connection.close()


def warehouse_hashes(warehouse: Warehouse) -> dict[str, str]:
    """The same of the tables a release would be built from now."""
    return {contract.table: _digest(warehouse.scalar(rows_hash_sql(contract.name))) for contract in AUDITED}


def row_counts(path: Path) -> dict[str, int]:
    """Table → number of rows, as published."""
    connection = duckdb.connect(str(path), read_only=True)
    try:
        return {
            contract.table: connection.execute(f'SELECT count(*) FROM "{contract.table}"').fetchall()[0][0]  # noqa: S608
            for contract in PUBLISHED
        }
    finally:
        connection.close()


def current_release_id(workspace: Workspace) -> str | None:
    """Id of the release the link points to; None before the first."""
    if not workspace.link.is_symlink():
        return None
    return workspace.link.readlink().stem.removeprefix("listening-")


def manifest(workspace: Workspace, release_id: str) -> dict[str, Any]:
    """What is recorded of a release; raises FileNotFoundError for an id that is not kept."""
    return dict(json.loads((workspace.releases / f"listening-{release_id}.json").read_text(encoding="utf-8")))


def release_ids(workspace: Workspace) -> list[str]:
    """Ids of the releases kept, oldest first."""
    return sorted(path.stem.removeprefix("listening-") for path in workspace.releases.glob("listening-*.duckdb"))


def prune(workspace: Workspace, keep: int) -> list[str]:
    """Remove all but the newest `keep` releases, never the linked one; returns the ids removed."""
    current = current_release_id(workspace)
    gone = [name for name in release_ids(workspace)[:-keep] if name != current]
    for name in gone:
        for suffix in (".duckdb", ".json"):
            (workspace.releases / f"listening-{name}{suffix}").unlink(missing_ok=True)
    return gone


def discard_candidates(workspace: Workspace) -> None:
    """Remove what a killed run left behind: candidates are never published later."""
    for path in workspace.releases.glob(".candidate-*"):
        path.unlink(missing_ok=True)
    for path in workspace.root.glob(".listening.duckdb.*"):
        path.unlink(missing_ok=True)


def _build(warehouse: Warehouse, candidate: Path) -> None:
    """A fresh file with every table, ordered by its key, and a comment on every table and column."""
    where = str(candidate).replace("'", "''")
    warehouse.execute(f"ATTACH '{where}' AS candidate (STORAGE_VERSION '{STORAGE_VERSION}')")
    try:
        for contract in PUBLISHED:
            target = f'candidate.main."{contract.table}"'
            names = ", ".join(f'"{name}"' for name in contract.schema)
            order = ", ".join(f'"{name}"' for name in contract.key)
            warehouse.execute(contract.create_sql(target))
            if contract not in ABOUT_THE_RELEASE:
                warehouse.execute(
                    f"INSERT INTO {target} ({names}) SELECT {names} FROM {contract.name} ORDER BY {order}"  # noqa: S608
                )
            for statement in contract.comment_sql(target):
                warehouse.execute(statement)
    finally:
        warehouse.execute("DETACH candidate")


def _write_about(candidate: Path, provenance: Provenance, content_id: str, verdict: Verdict) -> None:
    """The two tables that speak about the audit, written after it."""
    checks = mart.CHECK_RESULT.conform(verdict.as_rows())
    with reading(candidate) as read:
        days = read(mart.MENTION, ["mention_date"])["mention_date"]
    failed = checks.filter(pl.col("check_status_code") == "failed").height
    row = {
        **{name: value for name, value in asdict(provenance).items() if name != "inputs_id"},
        "content_id": content_id,
        "input_file_ids": list(provenance.input_file_ids),
        "warning_texts": list(provenance.warning_texts),
        "first_mention_date": days.min(),
        "last_mention_date": days.max(),
        "mention_count": len(days),
        "check_count": checks.height,
        "failed_check_count": failed,
    }
    connection = duckdb.connect(str(candidate))
    try:
        connection.execute("SET TimeZone = 'UTC'").fetchall()
        for contract, rows in (
            (mart.RELEASE, pl.DataFrame([row], schema_overrides=dict(mart.RELEASE.schema))),
            (mart.CHECK_RESULT, checks),
        ):
            names = ", ".join(f'"{name}"' for name in contract.schema)
            connection.register("about", contract.conform(rows).to_arrow())
            connection.execute(f'INSERT INTO "{contract.table}" ({names}) SELECT {names} FROM about').fetchall()  # noqa: S608
            connection.unregister("about")
    finally:
        connection.close()


def _write_manifest(
    workspace: Workspace,
    provenance: Provenance,
    content_id: str,
    hashes: dict[str, str],
    counts: dict[str, int],
    verdict: Verdict,
) -> None:
    """Beside the release: what it is built from, its tables and their hashes, every check."""
    known = {
        **asdict(provenance),
        "created_at": provenance.created_at.isoformat(),
        "content_id": content_id,
        "tables": {name: {"rows": counts[name], "hash": hashes.get(name)} for name in counts},
        "checks": verdict.as_rows().to_dicts(),
    }
    target = workspace.releases / f"listening-{provenance.release_id}.json"
    temporary = target.with_suffix(".json.part")
    temporary.write_text(json.dumps(known, indent=1, ensure_ascii=False, default=str), encoding="utf-8")
    _sync(temporary)
    temporary.replace(target)


def _settle(candidate: Path, final: Path) -> None:
    """The audited file under its own name, on disk, read-only."""
    _sync(candidate)
    candidate.chmod(0o444)
    candidate.replace(final)


def _swap(workspace: Workspace, final: Path) -> None:
    """Move the link: readers see the whole old release or the whole new one."""
    fresh = workspace.root / f".listening.duckdb.{os.getpid()}"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(os.path.relpath(final, workspace.root))
    fresh.replace(workspace.link)
    _sync(workspace.root)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        # Not every file system can sync a folder; the rename is atomic all the same.
        with contextlib.suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]
