"""Delimited text to records: the scanner says where records lie, a fast parser fills their cells, the two must agree.

Batches hold one String column per header name and `ROW`, the record's number. A record that does not have the header's
number of cells is a rejection; it never shifts the ones around it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.sources.decode import DecodedText
from transforms.sources.reading import ReadLimits, RecordBatch, Rejection
from transforms.sources.rejects import misaligned_content
from transforms.sources.scan import (
    BLANK,
    DIRTY,
    MULTILINE,
    SUSPECT,
    UNCLOSED,
    Dialect,
    Spans,
    scan_records,
    split_record,
)
from transforms.sources.values import nothing

ROW = "\x00row"
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
# A search for the next sound record looks this far; all rescans of a file together cost at most some readings of it.
_MOST_LINES, _FARTHEST_RESYNC = 50, 1 << 20
_LEAST_RESCANS, _MOST_RESCANS = 64 << 20, 16


def unique_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Header names without outer space and control marks; a repeated one gets `.1`, `.2`, an empty one its place."""
    names: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(cells, start=1):
        base = " ".join(_CONTROLS.sub("", cell).replace("\u00a0", " ").split()) or f"(unnamed {place})"
        name, count = base, 0
        while name in taken:
            count += 1
            name = f"{base}.{count}"
        taken.add(name)
        names.append(name)
    return tuple(names)


@dataclass
class DelimitedRecords:
    """The records after the header of one delimited text. `record_count` and `notes` are final after the last batch."""

    text: DecodedText
    dialect: Dialect
    header: tuple[str, ...]
    start: int
    limits: ReadLimits
    dropped: tuple[str, ...] = ()
    escape: str = ""
    has_titles_between: bool = False
    record_count: int = 0
    blank_count: int = 0
    mended_count: int = 0
    resync_count: int = 0
    title_count: int = 0
    _rescanned: int = 0

    def batches(self) -> Iterator[RecordBatch]:
        """All records in order, in batches bounded by the limits' rows and bytes."""
        self.record_count = self.blank_count = self.mended_count = self.resync_count = self.title_count = 0
        self._rescanned = 0
        position = self.start
        while position < len(self.text.buffer):
            spans = self._scanned(position)
            position = spans.next_start
            self.text.release(int(spans.starts[0]) if len(spans) else 0)
            batch = self._batch(spans)
            if batch.records.height or batch.rejections:
                yield batch

    def places(self) -> Iterator[tuple[int, int, int]]:
        """Number of every record, the byte it begins at, and the byte after it and its line end."""
        self._rescanned = 0
        position, count = self.start, 0
        while position < len(self.text.buffer):
            spans = self._scanned(position)
            position = spans.next_start
            is_record = self._is_record(spans)
            for place in np.flatnonzero(is_record):
                count += 1
                after = spans.starts[place + 1] if place + 1 < len(spans) else spans.next_start
                yield count, int(spans.starts[place]), int(after)

    @property
    def notes(self) -> tuple[str, ...]:
        """Warnings about the whole text."""
        notes = []
        if self.blank_count:
            notes.append(f"{self.blank_count} blank lines were passed over")
        if self.title_count:
            notes.append(f"{self.title_count} lines between the tables (titles, totals) were passed over")
        if self.mended_count:
            notes.append(f"{self.mended_count} records have stray quotes or ghost cells and were read by slower rules")
        if self.resync_count:
            notes.append(
                f"{self.resync_count} quotes are missing or too many: the broken records were parted from the next"
            )
        return tuple(notes)

    def _scanned(self, position: int) -> Spans:
        """The next records, up to one that a missing quote made swallow the ones after it, and that one cut short.

        A record of several lines with the wrong number of cells or with stray quotes (a quote too many can swallow a
        row and leave the width as it was), or one with a cell longer than a post can be, is searched for a line at
        which sound records begin again; what stands before it is one broken record, what follows is read as if
        nothing had been before.
        """
        limits = self.limits
        spans = scan_records(
            self.text.buffer,
            position,
            self.dialect,
            limits.batch_rows,
            limits.batch_bytes,
            suspect_bytes=_FARTHEST_RESYNC,
            width=len(self.header),
        )
        is_suspect = (spans.marks & SUSPECT) != 0
        is_doubtful = (spans.fields != len(self.header)) | ((spans.marks & (DIRTY | UNCLOSED)) != 0)
        is_broken = is_doubtful & ((spans.marks & MULTILINE) != 0) & ((spans.marks & BLANK) == 0)
        may_search = self._rescanned < _LEAST_RESCANS + _MOST_RESCANS * len(self.text.buffer)
        for place in np.flatnonzero(is_broken | is_suspect) if may_search else ():
            again = self._sound_line(int(spans.starts[place]), int(spans.ends[place]))
            if again is not None:
                self.resync_count += 1
                self._rescanned += max(0, spans.next_start - again)
                return _shortened(spans, int(place), again)
        if len(spans) and is_suspect[-1]:
            # No sound record inside: a cell may be as long as it likes, to be judged when its end is found.
            start = int(spans.starts[-1])
            whole = scan_records(self.text.buffer, start, self.dialect, 1, 1, width=len(self.header))
            return _joined(spans, whole)
        return spans

    def _sound_line(self, start: int, end: int) -> int | None:
        """Where, after a broken record's first line, a record of the right width begins; None when nowhere near."""
        line_ends = np.flatnonzero(
            self.text.buffer[start : min(end, start + _FARTHEST_RESYNC)] == self.dialect.line_end
        )
        for line_end in line_ends[:_MOST_LINES]:
            again = start + int(line_end) + 1
            found = scan_records(self.text.buffer[: again + _FARTHEST_RESYNC], again, self.dialect, 1, _FARTHEST_RESYNC)
            if len(found) and found.fields[0] == len(self.header) and not found.marks[0] & (DIRTY | UNCLOSED | BLANK):
                return again
        return None

    def _batch(self, spans: Spans) -> RecordBatch:
        is_blank = (spans.marks & BLANK) != 0
        is_record = self._is_record(spans)
        self.title_count += int((~is_blank & ~is_record).sum())
        numbers = self.record_count + np.cumsum(is_record)
        self.record_count += int(is_record.sum())
        self.blank_count += int(is_blank.sum())
        has_width = spans.fields == len(self.header)
        is_short = (spans.ends - spans.starts) <= self.limits.max_record_bytes
        is_plain = is_record & has_width & is_short & ((spans.marks & (DIRTY | UNCLOSED)) == 0)
        frames = [self._parsed(spans, is_plain, numbers)]
        mended: list[tuple[int, list[str]]] = []
        rejections: list[Rejection] = []
        for place in np.flatnonzero(is_record & ~is_plain):
            outcome = self._by_hand(spans, int(place), int(numbers[place]))
            if isinstance(outcome, Rejection):
                rejections.append(outcome)
            else:
                mended.append((int(numbers[place]), outcome))
        if mended:
            self.mended_count += len(mended)
            frames.append(self._frame([row for _, row in mended], [number for number, _ in mended]))
        records = frames[0] if len(frames) == 1 else pl.concat(frames).sort(ROW)
        return RecordBatch(records, rejections)

    def _parsed(self, spans: Spans, is_plain: np.ndarray, numbers: np.ndarray) -> pl.DataFrame:
        count = int(is_plain.sum())
        if count == 0:
            return self._frame([], [])
        content = self._bytes(spans, is_plain)
        # Most columns of most exports are empty: the parser is spared them.
        filled = np.flatnonzero(spans.filled).tolist()
        try:
            records = pl.read_csv(
                content,
                has_header=False,
                separator=chr(self.dialect.delimiter),
                quote_char=chr(self.dialect.quote) if self.dialect.quote else None,
                eol_char=chr(self.dialect.line_end),
                schema=dict.fromkeys(self.header, pl.String),
                columns=filled,
                null_values=[""],
                truncate_ragged_lines=False,
            )
        except pl.exceptions.PolarsError:
            records = None
        if records is None or records.height != count:
            # The parser saw other records than the scanner did: fill the cells by the scanner's own rules.
            rows = [self._split(spans, int(place)) for place in np.flatnonzero(is_plain)]
            return self._frame(rows, numbers[is_plain].tolist())
        empty = nothing(count)
        columns = [records[name] if name in records.columns else empty.alias(name) for name in self.header]
        return pl.DataFrame([*columns, pl.Series(ROW, numbers[is_plain], dtype=pl.Int64)])

    def _is_record(self, spans: Spans) -> np.ndarray:
        """Which spans are records: not blank lines, nor titles and totals between tables."""
        is_record: np.ndarray = (spans.marks & BLANK) == 0
        return is_record & (spans.fields == len(self.header)) if self.has_titles_between else is_record

    def _bytes(self, spans: Spans, is_plain: np.ndarray) -> bytes:
        """The plain records' bytes; one slice where nothing has to be left out between them."""
        if is_plain.all():
            return self.text.buffer[spans.starts[0] : spans.next_start].tobytes()
        pieces: list[bytes] = []
        edges = np.flatnonzero(np.diff(np.concatenate(([0], is_plain.view(np.int8), [0]))))
        ending = chr(self.dialect.line_end).encode()
        for first, after in zip(edges[::2], edges[1::2], strict=True):
            pieces.append(self.text.buffer[spans.starts[first] : spans.ends[after - 1]].tobytes())
        return ending.join(pieces) + ending

    def _split(self, spans: Spans, place: int) -> list[str]:
        return split_record(self.text.text(int(spans.starts[place]), int(spans.ends[place])), self.dialect)

    def _by_hand(self, spans: Spans, place: int, number: int) -> Rejection | list[str]:
        size = int(spans.ends[place] - spans.starts[place])
        if size > self.limits.max_record_bytes:
            text = f"the record is {size:,} bytes long, more than {self.limits.max_record_bytes:,}: is a quote missing?"
            return Rejection(number, "too_large", None, text, None)
        cells = self._split(spans, place)
        if spans.marks[place] & UNCLOSED:
            text = "a quoted cell never ends: the file is cut off here, or a quote is missing; export it again"
            return Rejection(number, "unclosed_quote", None, text, self._content(cells))
        width = len(self.header)
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            return cells[:width]
        if len(cells) != width and self.escape:
            text = self.text.text(int(spans.starts[place]), int(spans.ends[place]))
            cells = split_record(text, self.dialect, self.escape)
        if len(cells) != width:
            text = (
                f"the record has {len(cells)} cells where the header has {width}: look for a delimiter or line break "
                "outside quotes, or a file cut off here"
            )
            return Rejection(number, "wrong_field_count", None, text, self._content(cells))
        return cells

    def _content(self, cells: list[str]) -> str:
        return misaligned_content(cells, self.header, self.dropped)

    def _frame(self, rows: list[list[str]], numbers: list[int]) -> pl.DataFrame:
        columns = [[row[place] or None for row in rows] for place in range(len(self.header))]
        series = [pl.Series(name, cells, dtype=pl.String) for name, cells in zip(self.header, columns, strict=True)]
        return pl.DataFrame([*series, pl.Series(ROW, numbers, dtype=pl.Int64)])


def _shortened(spans: Spans, place: int, end: int) -> Spans:
    """The spans up to a broken record, which ends where the next sound one begins."""
    ends, fields, marks = spans.ends.copy(), spans.fields.copy(), spans.marks.copy()
    ends[place], fields[place], marks[place] = end, 0, DIRTY
    kept = slice(0, place + 1)
    return Spans(spans.starts[kept], ends[kept], fields[kept], marks[kept], spans.filled, end)


def _joined(spans: Spans, whole: Spans) -> Spans:
    """The spans with their last record replaced by the same one scanned to its end."""
    return Spans(
        np.concatenate((spans.starts[:-1], whole.starts)),
        np.concatenate((spans.ends[:-1], whole.ends)),
        np.concatenate((spans.fields[:-1], whole.fields)),
        np.concatenate((spans.marks[:-1], whole.marks)),
        spans.filled | whole.filled,
        whole.next_start,
    )
