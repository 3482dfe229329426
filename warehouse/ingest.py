"""From the inbox into the raw layer: a file is its content, records are kept or rejected, originals archived."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from transforms.sources.archives import ArchiveMember, archive_members, member_id
from transforms.sources.reader import read_export
from transforms.sources.reading import FileFacts, ReadBatch, ReadContext, RefusedFile
from warehouse.ahead import made_ahead
from warehouse.faults import is_storage_error
from warehouse.inbox import archive, content_id, remove_emptied, waiting_files
from warehouse.store import Warehouse
from warehouse.tables import raw
from warehouse.tables.contract import TableContract
from warehouse.workspace import Workspace

__all__ = ["FileOutcome", "archive", "ask_to_read_again", "content_id", "forget_file", "ingest", "waiting_files"]

_CONTRACTS = {
    "mention": raw.MENTION,
    "competitor_post": raw.COMPETITOR_POST,
    "audience_snapshot": raw.AUDIENCE_SNAPSHOT,
}


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file of the inbox."""

    file_name: str
    file_id: str
    state: str  # ingested, empty, refused, crashed; known: the same content was read before; unpacked: see its files
    source_code: str | None
    row_count: int
    kept_count: int
    rejected_count: int
    problem_text: str | None = None
    warning_texts: tuple[str, ...] = ()
    suggestion_text: str | None = None  # a block for listening.yaml that would declare the file's format


@dataclass(frozen=True)
class _Original:
    """Where the original of a file lies: in the archive, alone or as one of several files of a zip."""

    path: Path
    name: str
    file_id: str
    byte_count: int
    member_number: int | None = None


@dataclass(frozen=True)
class _Ingestion:
    """What every file of one ingestion has in common."""

    warehouse: Warehouse
    workspace: Workspace
    context: ReadContext
    declarations_id: str
    now: datetime
    progress: Callable[[str], None]


def ingest(
    warehouse: Warehouse,
    workspace: Workspace,
    context: ReadContext,
    *,
    declarations_id: str,
    now: datetime,
    settle_seconds: float = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> list[FileOutcome]:
    """Read every waiting file, then those once refused that a changed declaration may now read; one outcome per file.

    Each file is one transaction: all of its rows and its entry in raw.export_file, or nothing. A file that breaks its
    reader is recorded as crashed and not read again until the declarations change; the others go on. Each file of a
    zip that holds several is a file of its own, known by its own content. A file that was written within the last
    `settle_seconds`, or that vanishes, is left for the next run; one that may not be read stays where it is.
    """
    run = _Ingestion(warehouse, workspace, context, declarations_id, now, progress)
    outcomes: list[FileOutcome] = []
    for path in waiting_files(workspace):
        progress(path.name)
        try:
            before = path.stat()
            if 0 <= now.timestamp() - before.st_mtime < settle_seconds:
                continue
            file_id = content_id(path)
        except FileNotFoundError:
            continue
        except PermissionError:
            outcomes.append(_unreadable(path))
            continue
        if _is_known(warehouse, file_id):
            outcomes.append(FileOutcome(path.name, file_id, "known", None, 0, 0, 0))
        else:
            archived = archive(workspace, path, file_id)
            outcomes += _taken(run, _Original(archived, path.name, file_id, before.st_size))
        try:
            after = path.stat()
        except FileNotFoundError:
            continue
        # A file that was written to meanwhile stays, to be read again as what it has become.
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            path.unlink(missing_ok=True)
    remove_emptied(workspace)
    for original in _worth_another_try(warehouse, workspace, declarations_id):
        progress(original.name)
        outcomes += _taken(run, original)
    return outcomes


def _unreadable(path: Path) -> FileOutcome:
    told = f"{path.name}: may not be read by the user the pipeline runs as; it was left in the inbox"
    return FileOutcome(path.name, "", "unreadable", None, 0, 0, 0, told)


def _is_known(warehouse: Warehouse, file_id: str) -> bool:
    return bool(warehouse.scalar("SELECT count(*) FROM raw.export_file WHERE file_id = ?", [file_id]))


def _taken(run: _Ingestion, original: _Original) -> list[FileOutcome]:
    """The outcome of one original; of a zip with several files, what was passed over, and the outcome of each file."""
    if original.member_number is not None:
        return [_read_into(run, original)]
    try:
        members, passed_over = archive_members(original.path, run.context.limits)
    except RefusedFile as refusal:
        facts = FileFacts(original.name, problem_text=f"{original.name}: {refusal}")
        return [_recorded(run, original, facts)]
    if not members:
        return [_read_into(run, original)]
    with run.warehouse.transaction():
        forget_file(run.warehouse, original.file_id)
    told = (f"{passed_over} files in it are no exports and were passed over",) if passed_over else ()
    outcomes = [FileOutcome(original.name, original.file_id, "unpacked", None, 0, 0, 0, warning_texts=told)]
    for member in members:
        part = _member_of(run, original, member)
        run.progress(part.name)
        if _is_known(run.warehouse, part.file_id):
            outcomes.append(FileOutcome(part.name, part.file_id, "known", None, 0, 0, 0))
        else:
            outcomes.append(_read_into(run, part))
    return outcomes


def _member_of(run: _Ingestion, archive: _Original, member: ArchiveMember) -> _Original:
    """A file of a zip, known by its content; where that cannot be unpacked, by its place in the zip."""
    try:
        file_id = member_id(archive.path, member.number, run.context.limits)
    except RefusedFile:
        file_id = hashlib.sha256(f"{archive.file_id}:{member.number}".encode()).hexdigest()
    return _Original(archive.path, f"{archive.name}/{member.name}", file_id, member.byte_count, member.number)


def _worth_another_try(warehouse: Warehouse, workspace: Workspace, declarations_id: str) -> list[_Original]:
    """Files somebody asked to read again, and those refused or crashed under other declarations than today's."""
    rows = warehouse.query(
        "SELECT archive_path, file_name, file_id, byte_count, archive_member_number FROM raw.export_file "
        "WHERE declaration_version IS NULL "
        "OR (file_state_code IN ('refused', 'crashed') AND declaration_version <> ?) ORDER BY file_name, file_id",
        [declarations_id],
    )
    return [_Original(workspace.root / where, *rest) for where, *rest in rows.iter_rows()]


def _read_into(run: _Ingestion, original: _Original) -> FileOutcome:
    """Read one archived file into the raw tables; the entry of an earlier try is replaced."""
    warehouse, file_id = run.warehouse, original.file_id
    context = replace(run.context, file_name=original.name, member_number=original.member_number)
    try:
        with warehouse.transaction():
            forget_file(warehouse, file_id)
            reading = read_export(original.path, context)
            record_kind = reading.facts().record_kind
            with closing(made_ahead(reading.batches())) as batches:
                for batch in batches:
                    _append_batch(warehouse, _CONTRACTS[record_kind], file_id, batch)
            facts = reading.facts()
            if facts.state == "refused" and facts.row_count:
                # What was read before the fault is not taken: a file is kept whole or not at all.
                forget_file(warehouse, file_id)
                facts = replace(facts, row_count=0, kept_count=0, rejected_count=0)
            _append_entry(run, original, facts)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic in a library written in Rust is no Exception
        if is_storage_error(error):  # a full disk says nothing about the file
            raise
        return _recorded(run, original, FileFacts.crashed(error, original.name))
    return _outcome(original, facts)


def _recorded(run: _Ingestion, original: _Original, facts: FileFacts) -> FileOutcome:
    """Record a file of which no row is kept."""
    with run.warehouse.transaction():
        forget_file(run.warehouse, original.file_id)
        _append_entry(run, original, facts)
    return _outcome(original, facts)


def _outcome(original: _Original, facts: FileFacts) -> FileOutcome:
    return FileOutcome(
        original.name,
        original.file_id,
        facts.state,
        facts.source_code,
        facts.row_count,
        facts.kept_count,
        facts.rejected_count,
        facts.problem_text,
        tuple(facts.warnings),
        facts.suggestion_text,
    )


def _append_batch(warehouse: Warehouse, contract: TableContract, file_id: str, batch: ReadBatch) -> None:
    for table, rows in ((contract, batch.rows), (raw.REJECTED_ROW, batch.rejected)):
        warehouse.append(table, rows.with_columns(pl.lit(file_id).alias("file_id")))


def _append_entry(run: _Ingestion, original: _Original, facts: FileFacts) -> None:
    read = facts.state in ("ingested", "empty")
    entry = {
        "file_id": original.file_id,
        "file_name": original.name,
        "source_code": facts.source_code,
        "record_kind_code": facts.record_kind,
        "byte_count": original.byte_count,
        "encoding_name": facts.encoding_name,
        "header_fingerprint": facts.header_fingerprint,
        "header_names": list(facts.header) if facts.header else None,
        "declaration_version": facts.declaration_version if read else run.declarations_id,
        "row_count": facts.row_count,
        "kept_count": facts.kept_count,
        "rejected_count": facts.rejected_count,
        "vendor_total_count": facts.vendor_total_count,
        "file_state_code": facts.state,
        "problem_text": facts.problem_text,
        "warning_texts": list(facts.warnings),
        "first_published_at": facts.first_at,
        "last_published_at": facts.last_at,
        "ingested_at": run.now,
        "archive_path": original.path.relative_to(run.workspace.root).as_posix(),
        "archive_member_number": original.member_number,
    }
    run.warehouse.append(raw.EXPORT_FILE, pl.DataFrame([entry], schema=raw.EXPORT_FILE.schema))


def ask_to_read_again(warehouse: Warehouse, file_ids: Sequence[str]) -> None:
    """The next run reads these files again from the archive."""
    for file_id in file_ids:
        warehouse.execute("UPDATE raw.export_file SET declaration_version = NULL WHERE file_id = ?", [file_id])


def forget_file(warehouse: Warehouse, file_id: str) -> None:
    """Take the file's rows back; its posts are merged again from the rows that are left."""
    warehouse.execute(
        "INSERT INTO state.touched_post SELECT DISTINCT mention_id FROM core.mention_source WHERE file_id = ?",
        [file_id],
    )
    for contract in raw.TABLES:
        warehouse.execute(f"DELETE FROM {contract.name} WHERE file_id = ?", [file_id])  # noqa: S608
    warehouse.execute("DELETE FROM core.mention_source WHERE file_id = ?", [file_id])
