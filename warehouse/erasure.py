"""Forgetting people and posts: out of the archive and the warehouse; the next run makes the rest anew.

What is forgotten leaves a keyed hash in the workspace's private log, which keeps a re-import out. The archived exports
are rewritten without it and read again like new files, so that what remains is what would be there had it never come.
"""

import re
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl

from transforms.erasure.scrub import NotScrubbable, Scrubbed, checked_scrub
from transforms.erasure.tombstones import Tombstones, author_tombstones, author_value, post_tombstones
from transforms.sources.archives import archive_members, open_member
from transforms.sources.codes import platform_of_host
from transforms.sources.reading import ReadContext, RefusedFile
from warehouse.erasure_log import ErasureLog
from warehouse.ingest import content_id, forget_file, waiting_files
from warehouse.store import Warehouse
from warehouse.workspace import Workspace

# Shorter words are found in bytes that have nothing to do with them.
_TELLING = 6
_AUTHOR_ROWS = """
SELECT DISTINCT platform_code, author_handle AS handle, author_native_id AS native_id, author_name AS name
FROM raw.mention
WHERE (? IS NULL OR platform_code = ?) AND (lower(author_handle) = ? OR author_native_id = ?
  OR (author_handle IS NULL AND author_native_id IS NULL AND lower(author_name) = ?))
"""


@dataclass(frozen=True)
class Wish:
    """Whom or what to forget: authors by handle, platform id or name (platform or None for all), posts by address."""

    authors: tuple[tuple[str | None, str], ...] = ()
    addresses: tuple[str, ...] = ()


def request(
    warehouse: Warehouse, workspace: Workspace, wish: Wish, *, by: str, reference: str, now: datetime
) -> tuple[str, ...]:
    """Write the wish into the log as tombstones; returns the words to look for afterwards, which are not kept.

    An author's other handles and ids, and the ids of their posts, are looked up in the warehouse and forgotten too.
    """
    secret = workspace.pseudonym_key()
    keys: set[str] = set()
    words: set[str] = set()
    for platform, value in wish.authors:
        known, posts = _author(warehouse, platform, author_value(value))
        handles = {author_value(value), *(author_value(h) for h in known["handle"].drop_nulls())}
        keys |= author_tombstones(secret, platform, [value], handles)
        for of_platform, handle, native_id, _ in known.rows():
            keys |= author_tombstones(secret, of_platform, [v for v in (handle, native_id) if v], ())
        keys |= post_tombstones(secret, posts)
        words |= {handle if len(handle) >= _TELLING else f"@{handle}" for handle in handles}
        words |= set(posts["native_id"].drop_nulls()) | set(known["native_id"].drop_nulls())
    if wish.addresses:
        posts = _posts_at(wish.addresses)
        keys |= post_tombstones(secret, posts)
        words |= set(wish.addresses)
    if keys:
        entry = {"request_id": secrets.token_hex(6), "by": by, "reference": reference}
        counts = {"author_count": len(wish.authors), "post_count": len(wish.addresses)}
        ErasureLog(workspace).append(at=now.isoformat(), event="requested", **entry, **counts, tombstones=sorted(keys))
    return tuple(sorted(word for word in words if len(word) >= _TELLING))


def erase(
    warehouse: Warehouse,
    workspace: Workspace,
    context: ReadContext,
    tombstones: Tombstones,
    *,
    drop_files: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Scrubbed, int]:
    """Take the forgotten out of every archived file; returns what was taken out, and of how many files.

    What is left of a file waits in the inbox for the next run, which reads it like a new one. Raises NotScrubbable for
    a file no record can be taken out of (with `drop_files` such a file goes as a whole).
    """
    total, files = Scrubbed(0, False), 0
    for where, names in _archived(warehouse).items():
        progress(", ".join(names))
        path = workspace.root / where
        if not path.exists():
            continue
        fresh = workspace.inbox / f"erasure-{path.name[:16]}"
        done = _rewritten(path, fresh, names[0], context, tombstones, drop_files=drop_files)
        if not done:
            continue
        with warehouse.transaction():
            for file_id in _files_at(warehouse, where):
                forget_file(warehouse, file_id)
        path.unlink()
        total, files = total + done, files + 1
    return total, files


def withdraw(
    workspace: Workspace, context: ReadContext, tombstones: Tombstones, progress: Callable[[str], None]
) -> Scrubbed:
    """Take the forgotten out of the files that wait in the inbox, before anything of them is read or archived."""
    total = Scrubbed(0, False)
    for path in waiting_files(workspace) if tombstones else ():
        progress(path.name)
        done = _rewritten(path, path.parent / f"erasure-{content_id(path)[:16]}", path.name, context, tombstones)
        if done:
            path.unlink()
            total += done
    return total


def _rewritten(
    path: Path, folder: Path, name: str, context: ReadContext, tombstones: Tombstones, *, drop_files: bool = False
) -> Scrubbed:
    """What may be kept of a file (of each file, for a zip of several) into `folder`; nothing where all may be kept."""
    try:
        members, _ = archive_members(path, context.limits)
    except RefusedFile:
        members = ()
    parts: list[tuple[int | None, str]] = [(member.number, member.name) for member in members]
    parts = parts or [(None, name)]
    folder.mkdir(parents=True, exist_ok=True)
    total = Scrubbed(0, False)
    try:
        for number, title in parts:
            plain = Path(tombstones.redacted(f"@{Path(title).name}")[1:]).name or "export"
            target = folder / f".{number or 0}.scrubbed"
            inner = replace(context, file_name=plain, member_number=number)
            done = _scrubbed(path, inner, tombstones, target, drop_files=drop_files)
            if not done and number is not None:
                with open_member(path, number, context.limits) as member, target.open("wb") as copy:
                    shutil.copyfileobj(member, copy)
            total += done
            if done.is_emptied:
                target.unlink(missing_ok=True)
            elif done or members:
                target.rename(folder / (f"{number}-{plain}" if members else plain))
        if not total:
            shutil.rmtree(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return total


def _scrubbed(path: Path, context: ReadContext, tombstones: Tombstones, target: Path, *, drop_files: bool) -> Scrubbed:
    try:
        return checked_scrub(path, context, tombstones, target)
    except NotScrubbable:
        if drop_files:
            return Scrubbed(0, False, is_emptied=True)
        raise


def _archived(warehouse: Warehouse) -> dict[str, list[str]]:
    """Where each archived original lies, and the names of the files read from it."""
    rows = warehouse.query("SELECT archive_path, file_name FROM raw.export_file ORDER BY archive_path, file_name")
    archived: dict[str, list[str]] = {}
    for where, name in rows.iter_rows():
        archived.setdefault(where, []).append(name)
    return archived


def _files_at(warehouse: Warehouse, where: str) -> list[str]:
    rows = warehouse.query("SELECT file_id FROM raw.export_file WHERE archive_path = ?", [where])
    return list(rows["file_id"])


def _author(warehouse: Warehouse, platform: str | None, value: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Handles and ids the exports know the author by, and the author's posts: platform_code, native_id, url."""
    known = warehouse.query(_AUTHOR_ROWS, [platform, platform, value, value, value])
    with warehouse.frame("wanted_authors", known):
        posts = warehouse.query(
            "SELECT DISTINCT m.platform_code, m.native_id, m.url FROM raw.mention m JOIN wanted_authors w "
            "ON w.platform_code = m.platform_code AND (lower(w.handle) = lower(m.author_handle) "
            "OR w.native_id = m.author_native_id "
            "OR (coalesce(m.author_handle, m.author_native_id) IS NULL AND lower(w.name) = lower(m.author_name)))"
        )
    return known, posts


def _posts_at(addresses: Sequence[str]) -> pl.DataFrame:
    hosts = [re.sub(r"^www\.", "", (urlsplit(address).hostname or "").lower()) for address in addresses]
    platforms = [platform_of_host(host) or "other" for host in hosts]
    columns = {"platform_code": platforms, "native_id": [None] * len(platforms), "url": list(addresses)}
    return pl.DataFrame(columns, schema={"platform_code": pl.String, "native_id": pl.String, "url": pl.String})
