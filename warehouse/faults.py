"""What a disk that is full, or a folder that may not be written, means for the person who has to mend it."""

import errno
import os
import re
import shutil
from pathlib import Path

import duckdb

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_FAILING = {errno.EIO, errno.ENODEV, errno.ENXIO, errno.ESTALE, errno.ENOTCONN, errno.EBUSY}
# DuckDB tells these in words only.
_FULL_WORDS = re.compile(
    r"no space left|disk is full|disk quota|file too large|out of disk|max_temp_directory_size", re.IGNORECASE
)
_REFUSED_WORDS = re.compile(r"read-?only|permission denied|not permitted|access is denied", re.IGNORECASE)
# The store of Dagster's runs.
_SQLITE = re.compile(r"database or disk is full|readonly database|unable to open database file", re.IGNORECASE)
_PATH = re.compile(r'"(/[^"]+)"')
_SAFE = "what is published is untouched, and the next run goes on where this one stopped"


def storage_fault(error: BaseException, root: Path) -> str | None:
    """One line: which folder, what is wrong, what to do. None for a fault that is not one of the storage."""
    words = str(error)
    if not isinstance(error, OSError | duckdb.Error) and not _SQLITE.search(words):
        return None
    number = error.errno if isinstance(error, OSError) else None
    folder = _folder(error, root)
    if number in _FULL or (number is None and _FULL_WORDS.search(words)):
        return f"{folder}: the disk is full ({_free(folder)}); make room, e.g. by `listening releases --prune`; {_SAFE}"
    if number in _REFUSED or (number is None and _REFUSED_WORDS.search(words)):
        return (
            f"{folder}: cannot be written; give the user who runs the pipeline permission to write there, or mount it "
            f"writable; {_SAFE}"
        )
    if isinstance(error, OSError) and number in _FAILING:
        return f"{folder}: cannot be written ({error.strerror}); check permissions and disk space; {_SAFE}"
    if isinstance(error, duckdb.IOException):
        return f"{folder}: the warehouse cannot be written ({words.splitlines()[0][:300]}); check the disk; {_SAFE}"
    return None


def is_storage_error(error: BaseException) -> bool:
    """Whether an exception speaks of the disk, not of the data that was being read or written."""
    storage = (OSError, MemoryError, duckdb.IOException, duckdb.FatalException, duckdb.OutOfMemoryException)
    return isinstance(error, storage) or bool(isinstance(error, duckdb.Error) and _FULL_WORDS.search(str(error)))


def _folder(error: BaseException, root: Path) -> Path:
    """The folder that the error names, else the workspace."""
    named = getattr(error, "filename2", None) or getattr(error, "filename", None)
    found = _PATH.search(str(error))
    path = Path(str(named)) if isinstance(named, str) else Path(found[1]) if found else root
    return path if os.path.isdir(path) else path.parent  # noqa: PTH112 - a name too long to be a path is no folder


def _free(folder: Path) -> str:
    try:
        return f"{shutil.disk_usage(folder).free / 1e6:,.1f} MB free"
    except OSError:
        return "free space unknown"
