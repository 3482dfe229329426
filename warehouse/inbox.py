"""The inbox and the archive as folders: which files wait, what a file's identity is, where its original is kept."""

import hashlib
import os
import re
import shutil
from pathlib import Path

from warehouse.workspace import Workspace

# What a copy in progress, an editor or a system leaves in a folder.
_UNFINISHED = re.compile(
    r"(^[.~])|(\.(part|partial|tmp|crdownload|download)$)|(^(thumbs\.db|desktop\.ini)$)", re.IGNORECASE
)


def waiting_files(workspace: Workspace) -> list[Path]:
    """Files of the inbox that are ready to be read, by name."""
    if not workspace.inbox.is_dir():
        return []
    return sorted(
        path
        for path in workspace.inbox.rglob("*")
        if path.is_file() and not any(_UNFINISHED.search(part) for part in path.relative_to(workspace.inbox).parts)
    )


def remove_emptied(workspace: Workspace) -> None:
    """Remove the folders in which an erasure left what could be kept of a file, once that was read."""
    for folder in sorted(workspace.inbox.rglob("erasure-*"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


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
