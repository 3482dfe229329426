"""Where the records of a delimited text lie: one pass over the bytes, independent of the parser that fills the cells.

The rules are those of spreadsheets: a quote opens a quoted cell only at the cell's start; inside one, a doubled quote
is a quote, and a quote that is followed by neither delimiter, line end nor end of file is a stray quote and stands for
itself. Records end at a line end outside quotes. Every record with a stray quote is marked, so that it is split by the
same rules (`split_record`) and not by a parser that may see it otherwise.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit  # type: ignore[import-untyped,unused-ignore]

LINE_FEED, CARRIAGE_RETURN, QUOTE, SPACE, TAB = 10, 13, 34, 32, 9
DIRTY, UNCLOSED, BLANK, MULTILINE, SUSPECT = 1, 2, 4, 8, 16


@dataclass(frozen=True)
class Dialect:
    """How a delimited text is written, in single bytes; `quote` is 0 when cells are never quoted."""

    delimiter: int
    line_end: int = LINE_FEED
    quote: int = QUOTE


@dataclass(frozen=True)
class Spans:
    """Consecutive records: byte offsets (end without the line end), number of fields, and marks.

    `filled` says of each of the header's columns whether any of these records may have something in it.
    """

    starts: np.ndarray
    ends: np.ndarray
    fields: np.ndarray
    marks: np.ndarray
    filled: np.ndarray
    next_start: int

    def __len__(self) -> int:
        return len(self.starts)


def scan_records(
    buffer: np.ndarray,
    start: int,
    dialect: Dialect,
    most: int,
    most_bytes: int,
    *,
    suspect_bytes: int = 0,
    width: int = 0,
) -> Spans:
    """Up to `most` records from `start` on, fewer once they span `most_bytes`; blank ones included and marked.

    With `suspect_bytes` the scan stops inside a quoted cell that is longer, and marks its record as SUSPECT. `width`
    is the number of columns of which it is noted whether they are filled.
    """
    starts, ends = np.empty(most, np.int64), np.empty(most, np.int64)
    fields, marks = np.empty(most, np.int32), np.empty(most, np.uint8)
    filled = np.zeros(width, np.bool_)
    count, position = _scan(
        buffer,
        start,
        most_bytes,
        suspect_bytes,
        (dialect.delimiter, dialect.line_end, dialect.quote),
        (starts, ends, fields, marks, filled),
    )
    return Spans(starts[:count], ends[:count], fields[:count], marks[:count], filled, position)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator,unused-ignore]
def _scan(buffer, start, most_bytes, suspect_bytes, dialect, found):  # type: ignore[no-untyped-def]
    """Fills the arrays; returns the number of records and where the next one starts."""
    starts, ends, fields, marks, filled = found
    size = buffer.shape[0]
    position = start
    count = 0
    while position < size and count < starts.shape[0] and position - start < most_bytes:
        starts[count] = position
        end, position, fields[count], mark = _record(buffer, position, suspect_bytes, dialect, filled)
        if dialect[1] == 10 and end > starts[count] and buffer[end - 1] == 13 and (mark & 18) == 0:
            end -= 1
        ends[count] = end
        marks[count] = mark
        count += 1
        if (mark & 16) != 0:
            break
    return count, position


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator,unused-ignore]
def _record(buffer, position, suspect_bytes, dialect, filled):  # type: ignore[no-untyped-def]
    """One record: its end, the start of the next, its number of fields, its marks."""
    delimiter, line_end, quote = dialect
    size = buffer.shape[0]
    width = filled.shape[0]
    field_count = 1
    mark = 4
    at_start = True
    while position < size:
        byte = buffer[position]
        if byte == line_end:
            return position, position + 1, field_count, mark
        if byte == delimiter:
            field_count += 1
            at_start = True
            position += 1
            continue
        if byte == quote and quote != 0 and at_start:
            if position + 2 < size and buffer[position + 1] == quote and buffer[position + 2] == delimiter:
                # An empty cell in quotes: most cells of most exports.
                field_count += 1
                position += 3
                continue
            opened = position
            position, inner = _quoted(buffer, opened + 1, suspect_bytes, dialect)
            says_something = position > opened + 2
            mark = (mark & inner & 4) | ((mark | inner) & ~4)
            if (inner & 18) != 0:
                return position, position, field_count, mark & ~4
        else:
            if byte == quote and quote != 0:
                mark = (mark | 1) & ~4
            elif byte == 13:
                # A carriage return inside an unquoted cell: the fast parser would drop it.
                if position + 1 < size and buffer[position + 1] != line_end:
                    mark |= 1
            elif byte != 32 and byte != 9:
                mark &= ~4
            says_something = True
            position += 1
        if at_start and says_something and field_count <= width:
            filled[field_count - 1] = True
        at_start = False
    return size, size, field_count, mark


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator,unused-ignore]
def _quoted(buffer, position, suspect_bytes, dialect):  # type: ignore[no-untyped-def]
    """The inside of a quoted cell: the place after its closing quote, and its marks."""
    delimiter, line_end, quote = dialect
    size = buffer.shape[0]
    limit = min(size, position + suspect_bytes + 1) if suspect_bytes != 0 else size
    mark = 4
    while position < limit:
        byte = buffer[position]
        if byte == quote:
            after = buffer[position + 1] if position + 1 < size else line_end
            if after == quote:
                mark &= ~4
                position += 2
                continue
            position += 1
            if after in (delimiter, line_end, 13, 10):
                return position, mark
            mark |= 1
            continue
        if byte == 10 or byte == 13:
            mark |= 8
        elif byte != 32 and byte != 9:
            mark &= ~4
        position += 1
    return position, mark | (2 if position >= size else 16)


def split_record(text: str, dialect: Dialect, escape: str = "") -> list[str]:
    """The cells of one record by the rules of this module; the text must not include its line end.

    With `escape` a character after it stands for itself, as some exporters write quotes inside quoted cells.
    """
    delimiter, quote = chr(dialect.delimiter), chr(dialect.quote) if dialect.quote else ""
    cells: list[str] = []
    position, size = 0, len(text)
    while True:
        if quote and position < size and text[position] == quote:
            cell, position = _quoted_cell(text, position + 1, (delimiter, quote, escape))
        else:
            end = text.find(delimiter, position)
            end = size if end < 0 else end
            cell, position = text[position:end], end
        cells.append(cell)
        if position >= size:
            return cells
        position += 1


def _quoted_cell(text: str, position: int, signs: tuple[str, str, str]) -> tuple[str, int]:
    delimiter, quote, escape = signs
    parts: list[str] = []
    size = len(text)
    while position < size:
        letter = text[position]
        after = text[position + 1] if position + 1 < size else ""
        if escape and letter == escape and after:
            parts.append(after)
            position += 2
        elif letter == quote and after == quote:
            parts.append(quote)
            position += 2
        elif letter == quote and (after in ("", delimiter) or (after in "\r\n")):
            rest = text.find(delimiter, position)
            rest = size if rest < 0 else rest
            return "".join(parts) + text[position + 1 : rest].rstrip("\r\n"), rest
        else:
            parts.append(letter)
            position += 1
    return "".join(parts), size


def best_quote(buffer: np.ndarray, start: int, dialect: Dialect, width: int, most_bytes: int) -> int:
    """QUOTE or 0: whether quotes enclose cells, by which way more records have the header's width.

    Tables with tabs are often written without any quoting, and a cell that begins with a quote then swallows rows.
    """
    bad = []
    for quote in (QUOTE, 0):
        tried = Dialect(dialect.delimiter, dialect.line_end, quote)
        spans = scan_records(buffer, start, tried, 200_000, most_bytes)
        is_record = (spans.marks & BLANK) == 0
        wrong = is_record & ((spans.fields != width) | ((spans.marks & (DIRTY | UNCLOSED)) != 0))
        bad.append(int(wrong.sum()) / max(1, int(is_record.sum())))
    return 0 if bad[1] < bad[0] else QUOTE
