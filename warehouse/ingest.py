"""From the inbox into the raw layer: a file is its content, records are kept or rejected, originals archived."""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from transforms.sources.reader import read_export
from transforms.sources.reading import FileFacts, ReadContext
from warehouse.store import Warehouse
from warehouse.tables import raw
from warehouse.workspace import Workspace

_CONTRACTS = {
    "mention": raw.MENTION,
    "competitor_post": raw.COMPETITOR_POST,
    "audience_snapshot": raw.AUDIENCE_SNAPSHOT,
}
# What a copy in progress, an editor or a system leaves in a folder.
_UNFINISHED = re.compile(
    r"(^[.~])|(\.(part|partial|tmp|crdownload|download)$)|(^(thumbs\.db|desktop\.ini)$)", re.IGNORECASE
)


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file of the inbox."""

    file_name: str
    file_id: str
    state: str  # ingested, empty, refused, crashed, or known: the same content was read before
    source_code: str | None
    row_count: int
    kept_count: int
    rejected_count: int
    problem_text: str | None = None
    warning_texts: tuple[str, ...] = ()
    suggestion_text: str | None = None  # a block for listening.yaml that would declare the file's format


def waiting_files(workspace: Workspace) -> list[Path]:
    """Files of the inbox that are ready to be read, by name."""
    if not workspace.inbox.is_dir():
        return []
    return sorted(
        path
        for path in workspace.inbox.rglob("*")
        if path.is_file() and not any(_UNFINISHED.search(part) for part in path.relative_to(workspace.inbox).parts)
    )


def ingest(
    warehouse: Warehouse,
    workspace: Workspace,
    context: ReadContext,
    *,
    declarations_id: str,
    now: datetime,
    progress: Callable[[str], None] = lambda _: None,
) -> list[FileOutcome]:
    """Read every waiting file, then those once refused that a changed declaration may now read; one outcome per file.

    Each file is one transaction: all of its rows and its entry in raw.export_file, or nothing. A file that breaks its
    reader is recorded as crashed and not read again until the declarations change; the others go on.
    """
    outcomes = []
    for path in waiting_files(workspace):
        progress(path.name)
        file_id = content_id(path)
        if warehouse.scalar("SELECT count(*) FROM raw.export_file WHERE file_id = ?", [file_id]):
            path.unlink()
            outcomes.append(FileOutcome(path.name, file_id, "known", None, 0, 0, 0))
            continue
        archived = archive(workspace, path, file_id)
        outcomes.append(_read_into(warehouse, workspace, archived, path.name, file_id, context, declarations_id, now))
        path.unlink()
    for file_id, name, where in _worth_another_try(warehouse, declarations_id):
        progress(name)
        outcomes.append(
            _read_into(warehouse, workspace, workspace.root / where, name, file_id, context, declarations_id, now)
        )
    return outcomes


def content_id(path: Path) -> str:
    """SHA-256 of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def archive(workspace: Workspace, path: Path, file_id: str) -> Path:
    """A copy of the original under its content's name; it is complete before it bears that name."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", path.name)[-100:].lstrip(".") or "export"
    target = workspace.archive / file_id[:2] / f"{file_id[:16]}-{safe}"
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.part")
    temporary.unlink(missing_ok=True)
    try:
        os.link(path, temporary)
    except OSError:
        shutil.copyfile(path, temporary)
    temporary.replace(target)
    return target


def _worth_another_try(warehouse: Warehouse, declarations_id: str) -> Sequence[tuple[str, str, str]]:
    """Files somebody asked to read again, and those refused or crashed under other declarations than today's."""
    rows = warehouse.query(
        "SELECT file_id, file_name, archive_path FROM raw.export_file WHERE declaration_version IS NULL "
        "OR (file_state_code IN ('refused', 'crashed') AND declaration_version <> ?) ORDER BY file_name, file_id",
        [declarations_id],
    )
    return [(str(a), str(b), str(c)) for a, b, c in rows.iter_rows()]


def _read_into(
    warehouse: Warehouse,
    workspace: Workspace,
    path: Path,
    name: str,
    file_id: str,
    context: ReadContext,
    declarations_id: str,
    now: datetime,
) -> FileOutcome:
    """Read one archived file into the raw tables; the entry of an earlier try is replaced."""
    context = replace(context, file_name=name)
    try:
        with warehouse.transaction():
            _forget_file(warehouse, file_id)
            reading = read_export(path, context)
            for batch in reading.batches():
                _append_batch(warehouse, reading.facts(), file_id, batch.rows, batch.rejected)
            facts = reading.facts()
            if facts.state == "refused" and facts.row_count:
                # What was read before the fault is not taken: a file is kept whole or not at all.
                _forget_file(warehouse, file_id)
                facts = replace(facts, row_count=0, kept_count=0, rejected_count=0)
            _append_entry(warehouse, workspace, path, name, file_id, facts, declarations_id, now)
    except (OSError, MemoryError):
        raise
    except Exception as error:
        facts = FileFacts.crashed(error, name)
        with warehouse.transaction():
            _forget_file(warehouse, file_id)
            _append_entry(warehouse, workspace, path, name, file_id, facts, declarations_id, now)
    return FileOutcome(
        name,
        file_id,
        facts.state,
        facts.source_code,
        facts.row_count,
        facts.kept_count,
        facts.rejected_count,
        facts.problem_text,
        tuple(facts.warnings),
        facts.suggestion_text,
    )


def _append_batch(
    warehouse: Warehouse, facts: FileFacts, file_id: str, rows: pl.DataFrame, rejected: pl.DataFrame
) -> None:
    contract = _CONTRACTS[facts.record_kind]
    warehouse.append(contract, rows.with_columns(pl.lit(file_id).alias("file_id")))
    warehouse.append(raw.REJECTED_ROW, rejected.with_columns(pl.lit(file_id).alias("file_id")))


def _append_entry(
    warehouse: Warehouse,
    workspace: Workspace,
    path: Path,
    name: str,
    file_id: str,
    facts: FileFacts,
    declarations_id: str,
    now: datetime,
) -> None:
    read = facts.state in ("ingested", "empty")
    entry = {
        "file_id": file_id,
        "file_name": name,
        "source_code": facts.source_code,
        "record_kind_code": facts.record_kind,
        "byte_count": path.stat().st_size,
        "encoding_name": facts.encoding_name,
        "header_fingerprint": facts.header_fingerprint,
        "declaration_version": facts.declaration_version if read else declarations_id,
        "row_count": facts.row_count,
        "kept_count": facts.kept_count,
        "rejected_count": facts.rejected_count,
        "file_state_code": facts.state,
        "problem_text": facts.problem_text,
        "warning_texts": list(facts.warnings),
        "first_published_at": facts.first_at,
        "last_published_at": facts.last_at,
        "ingested_at": now,
        "archive_path": path.relative_to(workspace.root).as_posix(),
    }
    warehouse.append(raw.EXPORT_FILE, pl.DataFrame([entry], schema=raw.EXPORT_FILE.schema))


def ask_to_read_again(warehouse: Warehouse, file_ids: Sequence[str]) -> None:
    """The next run reads these files again from the archive."""
    for file_id in file_ids:
        warehouse.execute("UPDATE raw.export_file SET declaration_version = NULL WHERE file_id = ?", [file_id])


def _forget_file(warehouse: Warehouse, file_id: str) -> None:
    """Take the file's rows back; its posts are merged again from the rows that are left."""
    warehouse.execute(
        "INSERT INTO state.touched_post SELECT DISTINCT mention_id FROM core.mention_source WHERE file_id = ?",
        [file_id],
    )
    for contract in raw.TABLES:
        warehouse.execute(f"DELETE FROM {contract.name} WHERE file_id = ?", [file_id])  # noqa: S608
    warehouse.execute("DELETE FROM core.mention_source WHERE file_id = ?", [file_id])
