"""Bytes to text: byte-order marks, UTF-16, stray bytes, cp1252. The result is UTF-8 in one buffer without a mark.

Large files stay on disk: a file that already is UTF-8 is only mapped, any other is re-written to an unnamed temporary
file piece by piece and that is mapped, so memory does not grow with the file.
"""

import codecs
import mmap
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO

import numpy as np

from transforms.sources.double_encoding import looks_double_encoded, repair_double_encoding

_PIECE = 4 << 20


@dataclass(frozen=True)
class DecodedText:
    """A text as UTF-8 bytes, what it was encoded in, and what had to be mended (for the file's warnings)."""

    buffer: np.ndarray
    encoding_name: str
    warnings: tuple[str, ...] = ()
    keeps_open: tuple[object, ...] = field(default=(), repr=False)

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
    head = buffer[:4096].tobytes()
    if encoding is not None and encoding.lower().replace("-", "").replace("_", "") not in ("utf8", "utf8sig"):
        return _transcoded(buffer, encoding, encoding)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16-le" if head.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        return _transcoded(buffer[2:], name, name)
    if (name_without_mark := _utf16_without_mark(head)) is not None:
        return _transcoded(buffer, name_without_mark, name_without_mark)
    has_mark = head.startswith(codecs.BOM_UTF8)
    content = buffer[3:] if has_mark else buffer
    survey = _survey(content)
    name = "utf-8-sig" if has_mark else "utf-8"
    if survey.invalid == 0:
        return _without_nul(DecodedText(content, name, (), keeps_open))
    if looks_double_encoded(content):
        return _repaired(content)
    if survey.valid > 10 * survey.invalid:
        decoded = _transcoded(content, "utf-8", name)
        note = f"{survey.invalid} stray bytes that are no UTF-8 (cut characters) were replaced"
        return DecodedText(decoded.buffer, name, (*decoded.warnings, note), decoded.keeps_open)
    return _transcoded(content, "cp1252", "cp1252")


@dataclass(frozen=True)
class _Survey:
    valid: int
    invalid: int


def _survey(content: np.ndarray) -> _Survey:
    """Multi-byte characters that decode and byte sequences that do not; stops counting once the answer is clear."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    valid = invalid = 0
    for start in range(0, len(content), _PIECE):
        piece = content[start : start + _PIECE]
        try:
            decoder.decode(piece.tobytes(), start + _PIECE >= len(content))
        except UnicodeDecodeError:
            decoder.reset()
            text = piece.tobytes().decode("utf-8", "replace")
            broken = text.count("\ufffd")
            invalid += broken
            valid += sum(1 for letter in text if letter > "\x7f") - broken
        else:
            # Lead bytes of multi-byte characters in a piece that decodes.
            valid += int(np.count_nonzero(piece >= 0xC0)) if invalid else 0
    return _Survey(valid, invalid)


def _utf16_without_mark(head: bytes) -> str | None:
    if len(head) < 64:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd * 10 > len(head) * 3 and even * 10 < len(head):
        return "utf-16-le"
    if even * 10 > len(head) * 3 and odd * 10 < len(head):
        return "utf-16-be"
    return None


def _transcoded(content: np.ndarray, encoding: str, name: str) -> DecodedText:
    """The content decoded piece by piece with replacement of what the encoding cannot say."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    replaced = 0

    def pieces() -> Iterator[bytes]:
        nonlocal replaced
        for start in range(0, len(content), _PIECE):
            text = decoder.decode(content[start : start + _PIECE].tobytes(), start + _PIECE >= len(content))
            replaced += text.count("\ufffd")
            yield text.replace("\0", "").encode("utf-8", "replace")

    buffer, keeps_open = _written(pieces)
    notes = (f"{replaced} characters could not be decoded as {name} and were replaced",) if replaced else ()
    return DecodedText(buffer, name, notes, keeps_open)


def _without_nul(text: DecodedText) -> DecodedText:
    """The same text; NUL bytes, which no export means, are taken out and counted."""
    count = sum(
        int(np.count_nonzero(text.buffer[start : start + _PIECE] == 0)) for start in range(0, len(text.buffer), _PIECE)
    )
    if not count:
        return text

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(text.buffer), _PIECE):
            yield text.buffer[start : start + _PIECE].tobytes().replace(b"\0", b"")

    buffer, keeps_open = _written(pieces)
    return DecodedText(buffer, text.encoding_name, (*text.warnings, f"{count} NUL bytes were taken out"), keeps_open)


def _repaired(content: np.ndarray) -> DecodedText:
    repaired, report = repair_double_encoding(content.tobytes())
    buffer, keeps_open = _written(lambda: iter((repaired,)))
    return DecodedText(buffer, "mac-roman over cp1252 over utf-8", (report.text,), keeps_open)


def _written(pieces: Callable[[], Iterator[bytes]]) -> tuple[np.ndarray, tuple[object, ...]]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed on open; it has no name and dies with its last user
    for piece in pieces():
        file.write(piece)
    return map_file(file)
