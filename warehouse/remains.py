"""After an erasure: what still holds the forgotten goes (releases, reports, freed blocks); the bytes are searched."""

import contextlib
import email
import gzip
import json
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

import duckdb
from zstandard import ZstdDecompressionReader, ZstdDecompressor, ZstdError

from transforms.erasure.tombstones import Tombstones
from warehouse.candidate import STORAGE_VERSION
from warehouse.erasure_log import COMPLETED, LEFT, ErasureLog
from warehouse.history import current_release_id, manifest, manifest_file, release_file, release_ids
from warehouse.inbox import remove_emptied
from warehouse.retention import remove_release
from warehouse.store import Warehouse, open_warehouse
from warehouse.workspace import Workspace

# An export in a zip in a zip is as deep as anything is read.
_DEEPEST = 3
_WORDS_AT_ONCE = 200
_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
_Readable = IO[bytes] | gzip.GzipFile | ZstdDecompressionReader
_POST_IDS_OF_RELEASE = "SELECT mention_id FROM mention UNION ALL SELECT post_id FROM competitor_post"


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
        path = release_file(workspace, name)
        if name == current:
            continue
        if _holds(path, before - left, words) or (interrupted and _holds_more(path, left, interrupted)):
            gone.append(name)
    for name in gone:
        remove_release(workspace, name)
    reports = _remove_reports(workspace)
    compact(workspace.warehouse_file)
    for name in release_ids(workspace):
        _without_replaced_rows(workspace, name)
    remove_emptied(workspace)
    residues = found_in_bytes(workspace, words)
    told = {"releases": len(gone), "reports": reports, "residues": len(residues)}
    for request_id in log.unfinished():
        log.append(at=now.isoformat(), event=LEFT if residues else COMPLETED, request_id=request_id, **told)
    return ErasureReport(tuple(gone), reports, residues)


def post_ids(warehouse: Warehouse) -> set[str]:
    """Ids of the posts in the warehouse, the accounts' own too."""
    ids = warehouse.query(
        "SELECT mention_id AS id FROM core.mention UNION ALL SELECT post_id FROM core.competitor_post"
    )
    return set(ids["id"])


def _without_replaced_rows(workspace: Workspace, name: str) -> None:
    """Write a release anew that was made by replacing rows of a copy, whose bytes it may keep; its rows stay."""
    known = manifest(workspace, name)
    if not known.get("is_patched"):
        return
    path, record = release_file(workspace, name), manifest_file(workspace, name)
    mode = path.stat().st_mode
    compact(path, f"(STORAGE_VERSION '{STORAGE_VERSION}')")
    path.chmod(mode)
    part = record.with_name(f".{record.name}.part")
    part.write_text(json.dumps({**known, "is_patched": False}, indent=1, ensure_ascii=False), encoding="utf-8")
    part.replace(record)


def compact(path: Path, options: str = "") -> None:
    """Write a DuckDB file anew: freed blocks keep the bytes of deleted rows until they are used again."""
    fresh = path.with_name(f".{path.name}.compact")
    fresh.unlink(missing_ok=True)
    connection = duckdb.connect(":memory:")
    try:
        for name, file, mode in (("old", path, "(READ_ONLY)"), ("new", fresh, options)):
            where = str(file).replace("'", "''")
            connection.execute(f"ATTACH '{where}' AS {name} {mode}").fetchall()
        connection.execute("COPY FROM DATABASE old TO new").fetchall()
    finally:
        connection.close()
    fresh.replace(path)


def found_in_bytes(workspace: Workspace, words: Sequence[str]) -> tuple[str, ...]:
    """Files of the workspace, by relative path, that hold one of the words, whatever the case.

    Looked for in the bytes as they lie there, in what packed files (workbooks, zip, gz, zst) unpack to, and in the rows
    of DuckDB files, whose blocks are packed too.
    """
    wanted = [word.lower().encode() for word in words]
    if not wanted:
        return ()
    found = []
    for path in sorted(workspace.root.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as file:
            is_found = _says(file, wanted) or _says_packed(file, wanted)
        if is_found or (path.suffix == ".duckdb" and _says_in_rows(path, words)):
            found.append(path.relative_to(workspace.root).as_posix())
    return tuple(found)


def _says(file: _Readable, wanted: Sequence[bytes], tail: bytes = b"") -> bool:
    while piece := file.read(16 << 20):
        seen = (tail + piece).lower()
        if any(word in seen for word in wanted):
            return True
        tail = piece[-256:]
    return False


def _says_packed(file: IO[bytes], wanted: Sequence[bytes], depth: int = 0) -> bool:
    """Whether what a packed file holds says one of the words; what is damaged has no more than its bytes."""
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    with contextlib.suppress(zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError, ZstdError):
        if head == b"PK\x03\x04":
            with zipfile.ZipFile(file) as packed:
                return any(_says_inside(packed.open(name), wanted, depth) for name in packed.namelist())
        if head.startswith(b"\x1f\x8b"):
            return _says_inside(gzip.GzipFile(fileobj=file), wanted, depth)
        if head == b"\x28\xb5\x2f\xfd":
            return _says_inside(ZstdDecompressor().stream_reader(file, closefd=False), wanted, depth)
    return False


def _says_inside(packed: _Readable, wanted: Sequence[bytes], depth: int) -> bool:
    """Whether it says one of the words as it is unpacked, or, packed once more, in what that unpacks to."""
    with packed, tempfile.TemporaryFile() as plain:
        head = packed.read(4)
        if not head.startswith(_PACKED):
            return _says(packed, wanted, head)
        plain.write(head)
        shutil.copyfileobj(packed, plain)
        plain.seek(0)
        return _says(plain, wanted) or (depth < _DEEPEST and _says_packed(plain, wanted, depth + 1))


def _says_in_rows(path: Path, words: Sequence[str]) -> bool:
    """Whether a row of a DuckDB file says one of the words; one that cannot be read counts as saying it."""
    try:
        connection = duckdb.connect(str(path), read_only=True)
        try:
            tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
            for schema, table in tables:
                for first in range(0, len(words), _WORDS_AT_ONCE):
                    said = "|".join(re.escape(word) for word in words[first : first + _WORDS_AT_ONCE])
                    question = (
                        f'SELECT 1 FROM "{schema}"."{table}" AS whole_row '  # noqa: S608 - names of its own tables
                        "WHERE regexp_matches(whole_row::VARCHAR, ?, 'i') LIMIT 1"
                    )
                    if connection.execute(question, [said]).fetchall():
                        return True
        finally:
            connection.close()
    except duckdb.Error:
        return True
    return False


def _holds(release: Path, gone_posts: set[str], words: Sequence[str]) -> bool:
    """Whether a release holds one of the posts or says one of the words; one that cannot be read counts as holding."""
    try:
        connection = duckdb.connect(str(release), read_only=True)
        try:
            ids = connection.execute(_POST_IDS_OF_RELEASE).fetchall()
        finally:
            connection.close()
    except duckdb.Error:
        return True
    return any(post_id in gone_posts for (post_id,) in ids) or _says_in_rows(release, words)


def _holds_more(release: Path, left: set[str], tombstones: Tombstones) -> bool:
    """Whether a release holds a post that is not `left`, or a text with a forgotten handle; an unreadable one does."""
    try:
        connection = duckdb.connect(str(release), read_only=True)
        try:
            ids = connection.execute(_POST_IDS_OF_RELEASE).fetchall()
            texts = connection.execute("SELECT mention_text FROM mention WHERE mention_text IS NOT NULL").fetchall()
        finally:
            connection.close()
    except duckdb.Error:
        return True
    return any(post_id not in left for (post_id,) in ids) or any(tombstones.redacted(text) != text for (text,) in texts)


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
