"""The release readers open: built fresh beside the others, audited, and only then linked, in one atomic step.

`publish` is the only function that moves the link, and it audits the candidate file itself before it does: there is
no other way to a reader, whichever assets somebody materialises.
"""

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import duckdb
import polars as pl

from warehouse.candidate import ABOUT_THE_RELEASE as ABOUT_THE_RELEASE
from warehouse.candidate import AUDITED as AUDITED
from warehouse.candidate import Base, Candidate, build, forget_sums
from warehouse.candidate import Changed as Changed
from warehouse.candidate import content_hashes as content_hashes
from warehouse.candidate import warehouse_hashes as warehouse_hashes
from warehouse.configuration import digest
from warehouse.history import current_release_id as current_release_id
from warehouse.history import manifest as manifest
from warehouse.history import manifest_file, publishing_file, release_file
from warehouse.history import release_ids as release_ids
from warehouse.reading import ReleaseReader as ReleaseReader
from warehouse.reading import opened
from warehouse.reading import reading as reading
from warehouse.retention import remove_release as remove_release
from warehouse.store import Warehouse
from warehouse.tables import PUBLISHED, mart
from warehouse.workspace import Workspace

Audit = Callable[[ReleaseReader, Changed | None], "Verdict"]


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
    """What a release is built from. `recorded` goes into the manifest only: inputs, configuration, versions."""

    release_id: str
    created_at: datetime
    inputs_id: str
    code_version: str
    configuration_id: str
    panel_id: str
    reporting_zone_name: str
    input_file_ids: tuple[str, ...]
    warning_texts: tuple[str, ...] = ()
    recorded: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Published:
    """A published release and where it lies."""

    release_id: str
    path: Path
    row_counts: dict[str, int]
    content_id: str


def publish(warehouse: Warehouse, workspace: Workspace, provenance: Provenance, audit: Audit) -> Published:
    """Build, audit, swap; returns what was published.

    The audit is told which parts are not as in the release before, where that was made by the same code, configuration
    and libraries and so has passed the same checks. Raises GateRefused when the gate says no (the candidate is removed,
    the link stays), OSError when the disk does.
    """
    clear_unfinished(workspace)
    candidate = workspace.releases / f".candidate-{provenance.release_id}.duckdb"
    try:
        audited = _audited(warehouse, candidate, workspace, provenance, audit, _base(workspace, provenance))
        if audited is None:
            # Rows were written past the store, or lost by the disk: nothing that is remembered of them is believed.
            forget_sums(warehouse)
            candidate.unlink()
            audited = _audited(warehouse, candidate, workspace, provenance, audit, None)
        if audited is None:
            raise RuntimeError("the candidate is not what was built and audited; nothing was published")
        built, verdict = audited
        content_id, counts = digest(built.hashes), row_counts(candidate)
        record = _record(provenance, built, counts, verdict)
        _link(workspace, candidate, provenance.release_id, record)
    finally:
        clear_unfinished(workspace)
    return Published(provenance.release_id, release_file(workspace, provenance.release_id), counts, content_id)


def _audited(
    warehouse: Warehouse, candidate: Path, workspace: Workspace, provenance: Provenance, audit: Audit, base: Base | None
) -> tuple[Candidate, Verdict] | None:
    """A candidate that passed its audit and says so; None if its rows are then not those it was built to have."""
    built = build(warehouse, candidate, base)
    with reading(candidate) as read:
        verdict = audit(read, built.changed)
    if not verdict.may_publish:
        raise GateRefused(current_release_id(workspace))
    _write_about(candidate, provenance, digest(built.hashes), verdict)
    return (built, verdict) if content_hashes(candidate) == built.hashes else None


def _base(workspace: Workspace, provenance: Provenance) -> Base | None:
    """The published release, if a copy of it may become the next one.

    Not after an erasure, for the blocks of replaced rows keep their bytes, and not where other contracts or checks may
    have held.
    """
    current = current_release_id(workspace)
    if current is None:
        return None
    known = manifest(workspace, current)
    now: dict[str, Any] = {
        "code_version": provenance.code_version,
        "configuration_id": provenance.configuration_id,
        **{name: provenance.recorded.get(name) for name in ("library_versions", "checks_version", "tombstone_count")},
    }
    if any(known.get(name) != value for name, value in now.items()):
        return None
    return Base(release_file(workspace, current), known.get("parts", {}))


def inputs_of(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Every export file the tables are made from, by its content's hash: name, format, how it was read, its records."""
    return warehouse.query(
        "SELECT file_id, file_name, source_code, record_kind_code, file_state_code, declaration_version, "
        "row_count, kept_count, rejected_count FROM raw.export_file ORDER BY file_id"
    ).to_dicts()


def row_counts(path: Path) -> dict[str, int]:
    """Table → number of rows, as published."""
    with opened(path) as connection:
        return {
            contract.table: connection.execute(f'SELECT count(*) FROM "{contract.table}"').fetchall()[0][0]  # noqa: S608
            for contract in PUBLISHED
        }


def clear_unfinished(workspace: Workspace) -> None:
    """Remove what a killed or failed publication left behind: it is never published later, nor listed.

    A release that was audited but not linked goes as well: nobody has seen it, and the next run makes it again.
    """
    current = current_release_id(workspace)
    for mark in workspace.releases.glob(".publishing-*"):
        name = mark.name.removeprefix(".publishing-")
        if name != current:
            release_file(workspace, name).unlink(missing_ok=True)
        mark.unlink(missing_ok=True)
    for path in (*workspace.releases.glob(".candidate-*"), *workspace.root.glob(".listening.duckdb.*")):
        path.unlink(missing_ok=True)
    for path in (*workspace.releases.glob("listening-*.json"), *workspace.releases.glob("*.part")):
        if not path.with_suffix(".duckdb").exists():
            path.unlink(missing_ok=True)


def _write_about(candidate: Path, provenance: Provenance, content_id: str, verdict: Verdict) -> None:
    """The two tables that speak about the audit, written after it."""
    checks = mart.CHECK_RESULT.conform(verdict.as_rows())
    failed = checks.filter(pl.col("check_status_code") == "failed").height
    row: dict[str, Any] = {
        **{name: value for name, value in vars(provenance).items() if name in mart.RELEASE.schema},
        "content_id": content_id,
        "input_file_ids": list(provenance.input_file_ids),
        "warning_texts": list(provenance.warning_texts),
        "check_count": checks.height,
        "failed_check_count": failed,
    }
    connection = duckdb.connect(str(candidate))
    try:
        connection.execute("SET TimeZone = 'UTC'").fetchall()
        spanned = connection.execute("SELECT min(mention_date), max(mention_date), count(*) FROM mention").fetchall()[0]
        row |= dict(zip(("first_mention_date", "last_mention_date", "mention_count"), spanned, strict=True))
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


def _record(provenance: Provenance, built: Candidate, counts: dict[str, int], verdict: Verdict) -> dict[str, Any]:
    """The manifest: what a release is built from, its tables, what they add up to, every check."""
    known, hashes = asdict(provenance), built.hashes
    return {
        **{name: value for name, value in known.items() if name != "recorded"},
        "created_at": provenance.created_at.isoformat(),
        "content_id": digest(hashes),
        "is_patched": built.changed is not None,
        **provenance.recorded,
        "tables": {name: {"rows": counts[name], "hash": hashes.get(name)} for name in counts},
        "checks": verdict.as_rows().to_dicts(),
        "parts": built.parts(),
    }


def _link(workspace: Workspace, candidate: Path, release_id: str, record: dict[str, Any]) -> None:
    """The audited file under its own name, its record beside it, and the link moved to it as the last step.

    Until the link has moved, a mark says that the file under its own name is not published.
    """
    mark, final, beside = (f(workspace, release_id) for f in (publishing_file, release_file, manifest_file))
    mark.touch()
    _sync(candidate)
    candidate.chmod(0o444)
    candidate.replace(final)
    part = beside.with_name(f".{beside.name}.part")
    part.write_text(json.dumps(record, indent=1, ensure_ascii=False, default=str), encoding="utf-8")
    _sync(part)
    part.replace(beside)
    _sync(workspace.releases)
    fresh = workspace.root / f".listening.duckdb.{os.getpid()}"
    fresh.symlink_to(os.path.relpath(final, workspace.root))
    fresh.replace(workspace.link)
    _sync(workspace.root)
    mark.unlink()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        # Not every file system can sync a folder; the rename is atomic all the same.
        with contextlib.suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
