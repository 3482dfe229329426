"""Unpacking: gzip, Zstandard, zip and bzip2 into an unnamed temporary file, bounded in size, ratio and member count.

Nothing is ever written under a name an archive gives, so a path in it cannot lead anywhere.
"""

import bz2
import errno
import gzip
import io
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import zstandard

from transforms.sources.reading import ReadLimits, RefusedFile

_PIECE, _SMALL_PIECE = 1 << 20, 4 << 10
_NESTING = 3
_RATIO_FLOOR = 16 << 20
_OFFICE_MEMBERS = ("[Content_Types].xml", "xl/workbook.xml", "xl/workbook.bin")
_NOISE = ("__MACOSX/", ".DS_Store", "Thumbs.db")


def open_unpacked(path: Path, limits: ReadLimits) -> tuple[IO[bytes], tuple[str, ...]]:
    """The file, unpacked as often as it is packed (three times at most), and the names of what it was packed in.

    Raises RefusedFile when a bound is passed, the archive is damaged or encrypted, or it holds more than one file.
    """
    file: IO[bytes] = path.open("rb")
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
    members = archive.infolist()
    if len(members) > limits.max_archive_members:
        raise RefusedFile(f"the zip file holds {len(members)} entries, more than {limits.max_archive_members}")
    files = [m for m in members if not m.is_dir() and not m.filename.startswith(_NOISE) and m.file_size > 0]
    if len(files) != 1:
        raise RefusedFile(f"the zip file holds {len(files)} files: unpack it and drop them one by one")
    return files[0]


def _spooled(pieces: Iterator[bytes], packed_size: int, kind: str, limits: ReadLimits) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed on open; it has no name and dies with its last user
    most = min(limits.max_unpacked_bytes, max(_RATIO_FLOOR, packed_size * limits.max_unpack_ratio))
    written = 0
    for piece in pieces:
        written += len(piece)
        if written > most:
            file.close()
            raise RefusedFile(
                f"the {kind} file unpacks to more than {most:,} bytes from {packed_size:,}: it looks like a bomb; "
                "if it is genuine, unpack it and drop the content"
            )
        file.write(piece)
    file.seek(0)
    return file
