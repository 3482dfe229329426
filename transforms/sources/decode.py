"""Bytes to text: byte-order marks, UTF-16, stray bytes, cp1252. The result is UTF-8 in one buffer without a mark.

Large files stay on disk: a file that already is UTF-8 is only mapped, any other is re-written to an unnamed temporary
file piece by piece and that is mapped, so memory does not grow with the file.
"""

import codecs
import mmap
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import IO

import numpy as np

from transforms.sources.double_encoding import DoubleEncodingRepair, looks_double_encoded
from transforms.sources.survey import survey_of

_PIECE = 4 << 20


@dataclass(frozen=True)
class DecodedText:
    """A text as UTF-8 bytes, what it was encoded in, and what had to be mended (for the file's warnings)."""

    buffer: np.ndarray
    encoding_name: str
    warnings: tuple[str, ...] = ()
    keeps_open: tuple[object, ...] = field(default=(), repr=False)

    def release(self, end: int) -> None:
        """Give the memory of everything before `end` back; it is read from disk again should it be needed."""
        for kept in self.keeps_open:
            if isinstance(kept, mmap.mmap):
                whole_pages = end // mmap.ALLOCATIONGRANULARITY * mmap.ALLOCATIONGRANULARITY
                if whole_pages and hasattr(mmap, "MADV_DONTNEED"):
                    kept.madvise(mmap.MADV_DONTNEED, 0, whole_pages)

    def after(self, count: int) -> "DecodedText":
        """The same text without its first bytes."""
        return DecodedText(self.buffer[count:], self.encoding_name, self.warnings, self.keeps_open)

    def text(self, start: int, end: int) -> str:
        """Characters of a byte range; bytes cut in the middle are replaced."""
        return self.buffer[start:end].tobytes().decode("utf-8", "replace")


def map_file(file: IO[bytes]) -> tuple[np.ndarray, tuple[object, ...]]:
    """The file's bytes as an array that is read from disk on demand, and what must stay open with it."""
    file.flush()
    size = file.seek(0, 2)
    if size == 0:
        return np.zeros(0, np.uint8), ()
    view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(view, np.uint8), (view, file)


def decode(buffer: np.ndarray, keeps_open: tuple[object, ...], encoding: str | None = None) -> DecodedText:
    """The file as UTF-8; tries the byte-order mark, UTF-8, the double-encoding repair, stray bytes, cp1252 in turn."""
    source = DecodedText(buffer, "", (), keeps_open)
    head = buffer[:4096].tobytes()
    if encoding is not None and encoding.lower().replace("-", "").replace("_", "") not in ("utf8", "utf8sig"):
        return _transcoded(source, encoding, encoding)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16-le" if head.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        return _transcoded(source.after(2), name, name)
    if (name_without_mark := _utf16_without_mark(head)) is not None:
        return _transcoded(source, name_without_mark, name_without_mark)
    has_mark = head.startswith(codecs.BOM_UTF8)
    source = source.after(3) if has_mark else source
    name = "utf-8-sig" if has_mark else "utf-8"
    survey = survey_of(source.buffer, source.release)
    if survey.invalid == 0:
        plain = DecodedText(source.buffer, name, (), keeps_open)
        return plain if survey.nul == 0 else _without_nul(plain, survey.nul)
    if looks_double_encoded(source.buffer):
        return _repaired(source)
    # Text in cp1252 hardly ever holds a valid multi-byte character; a damaged UTF-8 text mostly does.
    if survey.valid >= survey.invalid and survey.valid:
        return _transcoded(source, "utf-8", name)
    return _transcoded(source, "cp1252", "cp1252")


def _pieces(text: DecodedText) -> Iterator[bytes]:
    """The bytes in pieces that end after a line end where there is one, so that no character is parted."""
    start, size = 0, len(text.buffer)
    while start < size:
        end = min(size, start + _PIECE)
        if end < size:
            breaks = np.flatnonzero(text.buffer[start:end] == 10)
            end = start + int(breaks[-1]) + 1 if len(breaks) else end
        yield text.buffer[start:end].tobytes()
        text.release(start)
        start = end


def _utf16_without_mark(head: bytes) -> str | None:
    if len(head) < 64:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd * 10 > len(head) * 3 and even * 10 < len(head):
        return "utf-16-le"
    if even * 10 > len(head) * 3 and odd * 10 < len(head):
        return "utf-16-be"
    return None


def _transcoded(source: DecodedText, encoding: str, name: str) -> DecodedText:
    """The content decoded piece by piece; what the encoding cannot say is replaced and counted."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    replaced = 0

    def pieces() -> Iterator[bytes]:
        nonlocal replaced
        for piece in chain(_pieces(source), (b"",)):
            text = decoder.decode(piece, final=not piece)
            replaced += text.count("\ufffd")
            yield text.replace("\0", "").encode("utf-8", "replace")

    buffer, keeps_open = _written(pieces())
    note = f"{replaced} places are no {name} (cut or stray characters) and were replaced"
    return DecodedText(buffer, name, (note,) if replaced else (), keeps_open)


def _without_nul(source: DecodedText, count: int) -> DecodedText:
    """The same text without NUL bytes, which no export means."""
    buffer, keeps_open = _written(piece.replace(b"\0", b"") for piece in _pieces(source))
    return DecodedText(buffer, source.encoding_name, (f"{count} NUL bytes were taken out",), keeps_open)


def _repaired(source: DecodedText) -> DecodedText:
    """The text without its double encoding, as far as it can be repaired."""
    repair = DoubleEncodingRepair()
    buffer, keeps_open = _written(repair.repaired(piece) for piece in _pieces(source))
    return DecodedText(buffer, "mac-roman over cp1252 over utf-8", (repair.text,), keeps_open)


def _written(pieces: Iterable[bytes]) -> tuple[np.ndarray, tuple[object, ...]]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed on open; it has no name and dies with its last user
    for piece in pieces:
        file.write(piece)
    return map_file(file)
