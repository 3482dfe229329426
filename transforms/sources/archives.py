"""Unpacking: gzip, Zstandard, zip and bzip2 into an unnamed temporary file, bounded in size, ratio and member count.

Nothing is ever written under a name an archive gives, so a path in it cannot lead anywhere. The files of a zip that
holds several are told by their place in it (`archive_members`), never by their name.
"""

import bz2
import errno
import gzip
import hashlib
import io
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import zstandard

from transforms.sources.reading import ReadLimits, RefusedFile

_PIECE, _SMALL_PIECE = 1 << 20, 4 << 10
_NESTING = 3
_RATIO_FLOOR = 16 << 20
_OFFICE_MEMBERS = ("[Content_Types].xml", "xl/workbook.xml", "xl/workbook.bin")
_NOISE = ("__MACOSX/", ".DS_Store", "Thumbs.db")
# Beside exports in an archive: what nobody would take for one.
_NEVER_EXPORTS = (
    *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".ico", ".mp4", ".mov", ".webm", ".mp3", ".m4a", ".ogg"),
    *(".html", ".htm", ".css", ".map", ".woff", ".woff2", ".ttf", ".otf", ".eot", ".pdf", ".md", ".rtf"),
)
# The posts in an account archive of X; everything else there (likes, messages, pictures) is none of ours.
_X_POSTS = re.compile(r"(?:^|/)data/tweets?(?:-part\d+)?\.js$")


def open_unpacked(
    path: Path, limits: ReadLimits, member_number: int | None = None
) -> tuple[IO[bytes], tuple[str, ...]]:
    """The file, unpacked as often as it is packed (three times at most), and the names of what it was packed in.

    With `member_number` it is that file of the zip (see `ArchiveMember`). Raises RefusedFile when a bound is passed,
    the archive is damaged or encrypted, or it holds more than one file and none is asked for.
    """
    file: IO[bytes] = path.open("rb") if member_number is None else open_member(path, member_number, limits)
    wrappers: list[str] = []
    for _ in range(_NESTING + 1):
        kind = _kind(file)
        if kind is None:
            return file, tuple(wrappers)
        if len(wrappers) == _NESTING:
            break
        wrappers.append(kind)
        packed = file
        file = _spooled(_pieces(packed, kind, limits), _size(packed), kind, limits)
        packed.close()
    raise RefusedFile(f"packed more than {_NESTING} times ({', '.join(wrappers)}): unpack it once and drop the content")


def raise_if_of_the_disk(error: Exception) -> None:
    """Raises an OSError the system gave (a full or failing disk); those that mean bad content bear no such number."""
    if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
        raise error


def _size(file: IO[bytes]) -> int:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def _kind(file: IO[bytes]) -> str | None:
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return "zst"
    if head.startswith(b"BZh"):
        return "bz2"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None if _is_workbook(file) else "zip"
    return None


def _is_workbook(file: IO[bytes]) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise_if_of_the_disk(error)
        raise RefusedFile(f"the zip file is damaged ({error}): export it again") from error
    finally:
        file.seek(0)
    return any(name in names for name in _OFFICE_MEMBERS)


def _pieces(file: IO[bytes], kind: str, limits: ReadLimits) -> Iterator[bytes]:
    try:
        if kind == "gz":
            with gzip.GzipFile(fileobj=file) as stream:
                yield from iter(lambda: stream.read(_PIECE), b"")
        elif kind == "bz2":
            with bz2.BZ2File(file) as stream_bz2:
                yield from iter(lambda: stream_bz2.read(_PIECE), b"")
        elif kind == "zst":
            yield from _zstandard_pieces(file)
        else:
            with zipfile.ZipFile(file) as archive, archive.open(_only_member(archive, limits)) as member:
                yield from iter(lambda: member.read(_PIECE), b"")
    except (OSError, EOFError, zlib.error, zstandard.ZstdError, zipfile.BadZipFile, RuntimeError) as error:
        raise_if_of_the_disk(error)
        raise RefusedFile(f"the {kind} file is damaged or encrypted ({str(error)[:120]}): export it again") from error


def _zstandard_pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The frames of the file, one after the other; fed in small pieces, as one may unpack to 30,000 times its size.

    Raises EOFError for a cut frame: the library's own stream ends there as if all were well.
    """
    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
    frame = unpacker.decompressobj()
    while piece := file.read(_SMALL_PIECE):
        while piece:
            if frame.eof:
                frame = unpacker.decompressobj()
            yield frame.decompress(piece)
            piece = frame.unused_data
    if not frame.eof:
        raise EOFError("it ends in the middle")


def _only_member(archive: zipfile.ZipFile, limits: ReadLimits) -> zipfile.ZipInfo:
    files = [info for _, info in _files(archive, limits)]
    if len(files) != 1:
        raise RefusedFile(f"the zip file holds {len(files)} files: unpack it and drop them one by one")
    return files[0]


def _files(archive: zipfile.ZipFile, limits: ReadLimits) -> list[tuple[int, zipfile.ZipInfo]]:
    """The files of a zip with their place among all entries, from 1; folders, empty files and systems' litter aside."""
    entries = archive.infolist()
    if len(entries) > limits.max_archive_members:
        raise RefusedFile(
            f"the zip file holds {len(entries):,} entries, more than {limits.max_archive_members:,}: split it"
        )
    return [
        (number, info)
        for number, info in enumerate(entries, start=1)
        if not info.is_dir() and info.file_size > 0 and not any(part in info.filename for part in _NOISE)
    ]


@dataclass(frozen=True)
class ArchiveMember:
    """One file of a zip: its place among the zip's entries, from 1, its name as the zip has it, and its size."""

    number: int
    name: str
    byte_count: int


def archive_members(path: Path, limits: ReadLimits) -> tuple[tuple[ArchiveMember, ...], int]:
    """The files of a zip that may be exports, and how many others it holds; none for anything but a zip of several.

    A zip with one file is read as that file. Of an account archive of X only the posts are exports. Raises RefusedFile
    for a damaged zip, one with too many entries, or one whose files together pass the bounds.
    """
    with path.open("rb") as file:
        if _kind(file) != "zip":
            return (), 0
        packed = _size(file)
        try:
            with zipfile.ZipFile(file) as archive:
                files = _files(archive, limits)
                _refuse_documents({info.filename for _, info in files})
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise_if_of_the_disk(error)
            raise RefusedFile(f"the zip file is damaged ({str(error)[:120]}): export it again") from error
    if len(files) < 2:
        return (), 0
    # Sizes are as the zip states them; reading a file stops there, so that no lie makes it larger.
    most, stated = _most_bytes(packed, limits), sum(info.file_size for _, info in files)
    if stated > most:
        raise _bomb("zip", most, packed)
    posts = [(n, i) for n, i in files if _X_POSTS.search(i.filename)]
    chosen = posts or [(n, i) for n, i in files if not i.filename.lower().endswith(_NEVER_EXPORTS)]
    members = tuple(ArchiveMember(n, _one_line(i.filename), i.file_size) for n, i in chosen)
    return members, len(files) - len(members)


def _refuse_documents(names: set[str]) -> None:
    """A spreadsheet of another office is a zip too, and no archive of exports."""
    if {"content.xml", "META-INF/manifest.xml"} <= names or any(name.endswith(".iwa") for name in names):
        raise RefusedFile("the file is an OpenDocument or Numbers document: save the sheet as XLSX or CSV")


def open_member(path: Path, number: int, limits: ReadLimits) -> IO[bytes]:
    """One file of a zip, by its place among the entries, in an unnamed temporary file; RefusedFile when it cannot."""
    try:
        with zipfile.ZipFile(path) as archive:
            info = dict(_files(archive, limits)).get(number)
            if info is None:
                raise RefusedFile(f"the zip file has no entry {number} any more: drop it again")
            with archive.open(info) as member:
                pieces = iter(lambda: member.read(_PIECE), b"")
                return _spooled(pieces, path.stat().st_size, "zip", limits)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise_if_of_the_disk(error)
        raise RefusedFile(f"the zip file is damaged or encrypted ({str(error)[:120]}): export it again") from error


def member_id(path: Path, number: int, limits: ReadLimits) -> str:
    """SHA-256 of that file's bytes: the same file has one identity alone, in this zip and in another."""
    digest = hashlib.sha256()
    with open_member(path, number, limits) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _one_line(name: str) -> str:
    return "".join(letter if letter.isprintable() else "_" for letter in name)[:200]


def _spooled(pieces: Iterator[bytes], packed_size: int, kind: str, limits: ReadLimits) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed on open; it has no name and dies with its last user
    most = _most_bytes(packed_size, limits)
    written = 0
    for piece in pieces:
        written += len(piece)
        if written > most:
            file.close()
            raise _bomb(kind, most, packed_size)
        file.write(piece)
    file.seek(0)
    return file


def _most_bytes(packed_size: int, limits: ReadLimits) -> int:
    return min(limits.max_unpacked_bytes, max(_RATIO_FLOOR, packed_size * limits.max_unpack_ratio))


def _bomb(kind: str, most: int, packed_size: int) -> RefusedFile:
    return RefusedFile(
        f"the {kind} file unpacks to more than {most:,} bytes from {packed_size:,}: it looks like a bomb; "
        "if it is genuine, unpack it and drop the content"
    )
