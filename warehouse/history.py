"""The releases that are kept: which there are, which one is published, what each was built from, and finding one by
id, by its beginning, by `latest` and `previous`, or by a day or an instant."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from warehouse.workspace import Workspace

TRIES = 20
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?")


class UnknownRelease(LookupError):
    """No release that is kept is meant by that name; the message says which ones are."""


@dataclass(frozen=True)
class KeptRelease:
    """One release that is kept. `byte_count` is the size of its file."""

    release_id: str
    created_at: datetime
    content_id: str
    mention_count: int
    input_count: int
    byte_count: int
    is_published: bool
    is_pinned: bool


def release_file(workspace: Workspace, release_id: str) -> Path:
    """Where the tables of a release lie."""
    return workspace.releases / f"listening-{release_id}.duckdb"


def manifest_file(workspace: Workspace, release_id: str) -> Path:
    """Where the record of a release lies."""
    return workspace.releases / f"listening-{release_id}.json"


def pin_file(workspace: Workspace, release_id: str) -> Path:
    """The mark that keeps a release whatever the retention says."""
    return workspace.releases / f"listening-{release_id}.pinned"


def publishing_file(workspace: Workspace, release_id: str) -> Path:
    """The mark of a release that is about to be linked: until it is, nobody is told of it."""
    return workspace.releases / f".publishing-{release_id}"


def current_release_id(workspace: Workspace) -> str | None:
    """Id of the release the link points to; None before the first, or where the linked file is gone."""
    if not workspace.link.is_symlink() or not workspace.link.exists():
        return None
    return workspace.link.readlink().stem.removeprefix("listening-")


def manifest(workspace: Workspace, release_id: str) -> dict[str, Any]:
    """What is recorded of a release; raises FileNotFoundError for an id that is not kept."""
    return dict(json.loads(manifest_file(workspace, release_id).read_text(encoding="utf-8")))


def release_ids(workspace: Workspace) -> list[str]:
    """Ids of the releases kept, oldest first. One that was never linked is none."""
    found = sorted(path.stem.removeprefix("listening-") for path in workspace.releases.glob("listening-*.duckdb"))
    current = current_release_id(workspace)
    return [name for name in found if name == current or not publishing_file(workspace, name).exists()]


def kept_releases(workspace: Workspace) -> list[KeptRelease]:
    """Every release that is kept, oldest first. One that is removed meanwhile is left out."""
    current = current_release_id(workspace)
    kept = []
    for name in release_ids(workspace):
        try:
            known = manifest(workspace, name)
            kept.append(
                KeptRelease(
                    release_id=name,
                    created_at=datetime.fromisoformat(known["created_at"]),
                    content_id=str(known["content_id"]),
                    mention_count=int(known["tables"]["mention"]["rows"]),
                    input_count=len(known["input_file_ids"]),
                    byte_count=release_file(workspace, name).stat().st_size,
                    is_published=name == current,
                    is_pinned=pin_file(workspace, name).exists(),
                )
            )
        except FileNotFoundError:
            continue
    return kept


def find_release(workspace: Workspace, name: str, zone: str = "UTC") -> str:
    """Id of the release that is meant: its id or the beginning of it, `latest`, `previous`, or what was published at
    the end of a day (of `zone`) or at an instant (of `zone` where it names none).

    Raises UnknownRelease where none or more than one is meant.
    """
    ids = release_ids(workspace)
    if name in ids:
        return name
    if name in ("latest", "previous"):
        return _newest(workspace, ids, name)
    if _INSTANT.fullmatch(name):
        return release_as_of(workspace, instant(name, zone))
    meant = [known for known in ids if known.startswith(name)]
    if len(meant) == 1 and name:
        return meant[0]
    if meant and name:
        raise UnknownRelease(f"'{name}' begins the ids of {len(meant)} releases: {', '.join(meant)}")
    raise UnknownRelease(f"release '{name[:80]}' is not kept; kept are: {', '.join(ids) or 'none'}")


def opened(workspace: Workspace, name: Callable[[], str]) -> duckdb.DuckDBPyConnection:
    """The release that `name` finds, opened read-only.

    Between finding and opening, a release can be superseded and removed: then it is looked for again. Raises
    UnknownRelease as `name` does, and where what is found cannot be opened.
    """
    for _ in range(TRIES):
        path = release_file(workspace, name())
        try:
            return duckdb.connect(str(path), read_only=True)
        except duckdb.IOException as error:
            if path.exists():
                raise UnknownRelease(f"{path}: cannot be opened ({str(error).splitlines()[0]})") from error
    raise UnknownRelease(f"{workspace.releases}: releases are removed faster than they can be opened")


def release_as_of(workspace: Workspace, at: datetime) -> str:
    """Id of the newest kept release made at or before an instant; raises UnknownRelease before the first."""
    kept = kept_releases(workspace)
    before = [known for known in kept if known.created_at <= at]
    if not before:
        first = f"the oldest that is kept is {kept[0].release_id}" if kept else "none is kept"
        raise UnknownRelease(f"no release from {at:%Y-%m-%d %H:%M} UTC or before is kept; {first}")
    return max(before, key=lambda known: (known.created_at, known.release_id)).release_id


def instant(text: str, zone: str) -> datetime:
    """The UTC instant a text means: an ISO 8601 instant, or the last moment of a day. Raises UnknownRelease."""
    try:
        if len(text) == len("2026-01-01"):
            return datetime.combine(date.fromisoformat(text), time.max, ZoneInfo(zone)).astimezone(UTC)
        told = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnknownRelease(f"'{text}' is neither a day (2026-03-01) nor an instant (2026-03-01T06:00)") from error
    return (told if told.tzinfo else told.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _newest(workspace: Workspace, ids: list[str], name: str) -> str:
    current = current_release_id(workspace)
    if current is None:
        raise UnknownRelease(f"{workspace.root}: nothing is published yet; `listening run` publishes")
    if name == "latest":
        return current
    before = [known for known in ids if known < current]
    if not before:
        raise UnknownRelease(f"no release before {current} is kept")
    return before[-1]
