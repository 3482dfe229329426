"""Kernels over bytes against Python's own rules: what is UTF-8, where cells are, which columns hold something."""

import re

import numpy as np
import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.sources.decode import DecodedText
from transforms.sources.reading import ReadLimits
from transforms.sources.records import ROW, DelimitedRecords
from transforms.sources.scan import BLANK, DIRTY, UNCLOSED, Dialect, scan_records, split_record
from transforms.sources.survey import Survey, survey_of

# Whole characters of each width, each way to be none, and enough ASCII to fill a block of the kernel.
PIECES = (
    *(b"a", b"\n", b"\0", b"x" * 70, "é".encode(), "☕".encode(), "😀".encode(), "\ud7ff".encode(), "\ue000".encode()),
    *(b"\x80", b"\xff", b"\xc3", b"\xe2\x98", b"\xf0\x9f\x98", b"\xc0\x80", b"\xe0\x9f\xbf", b"\xed\xa0\x80"),
    *(b"\xf0\x8f\xbf\xbf", b"\xf4\x8f\xbf\xbf", b"\xf4\x90\x80\x80"),
)
BYTES = st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join))
CELLS = ("", '""', "a", '"a"', " ", '" "', '"a,b"', '"x""y"', '"\n"', '"\r\n"', "é", "\r", "a\r", '"a" ', 'a"b', '"')
TABLES = st.lists(st.lists(st.sampled_from(CELLS), min_size=2, max_size=4).map(",".join), min_size=1, max_size=12)
COMMA = Dialect(ord(","))
HEADER = ("one", "two", "three")


@given(content=BYTES)
@example(content=b"")
@settings(deadline=None)
def test_the_survey_counts_what_python_decodes(content: bytes) -> None:
    text = content.decode("utf-8", "surrogateescape")
    stray = re.findall("[\udc80-\udcff]+", text)
    whole = len(re.findall("[^\x00-\x7f\udc80-\udcff]", text))
    # A character cut off by the end of a text that is sound before is told from another encoding.
    is_cut = len(stray) == 1 and text.endswith(stray[0]) and _is_start_of_a_character(content, len(stray[0]))
    assert survey_of(np.frombuffer(content, np.uint8)) == Survey(whole + is_cut, len(stray), content.count(0))


def _is_start_of_a_character(content: bytes, size: int) -> bool:
    tail = content[len(content) - size :]
    endings = (
        tail + bytes((a, b, c))[:n] for n in (1, 2, 3) for a in (0x80, 0x90, 0xA0) for b in (0x80,) for c in (0x80,)
    )
    return any(_decodes_to_one(ending) for ending in endings)


def _decodes_to_one(content: bytes) -> bool:
    try:
        return len(content.decode()) == 1
    except UnicodeDecodeError:
        return False


@given(lines=TABLES)
@settings(deadline=None)
def test_a_column_that_holds_something_is_noted_as_filled(lines: list[str]) -> None:
    content = "\n".join(lines).encode()
    spans = scan_records(np.frombuffer(content, np.uint8), 0, COMMA, 100, 1 << 20, width=len(HEADER))
    is_sound = (spans.marks & (DIRTY | UNCLOSED | BLANK)) == 0
    for start, end in zip(spans.starts[is_sound], spans.ends[is_sound], strict=True):
        cells = split_record(content[start:end].decode(), COMMA)
        assert all(spans.filled[place] for place, cell in enumerate(cells[: len(HEADER)]) if cell)


def test_a_column_of_empty_cells_is_not_noted_as_filled() -> None:
    content = b'a,"",\n"b",,""\n'
    spans = scan_records(np.frombuffer(content, np.uint8), 0, COMMA, 100, 1 << 20, width=3)
    assert spans.filled.tolist() == [True, False, False]


@given(lines=TABLES, batch_rows=st.sampled_from((2, 100)))
@settings(deadline=None)
def test_the_fast_parser_fills_the_cells_as_the_scanner_would(lines: list[str], batch_rows: int) -> None:
    class ByHand(DelimitedRecords):
        def _parsed(self, spans, is_plain, numbers):  # type: ignore[no-untyped-def]
            rows = [self._split(spans, int(place)) for place in np.flatnonzero(is_plain)]
            return self._frame(rows, numbers[is_plain].tolist())

    text = DecodedText(np.frombuffer("\n".join(lines).encode(), np.uint8), "utf-8")
    fast, slow = (
        [batch.records.sort(ROW) for batch in kind(text, COMMA, HEADER, 0, ReadLimits(batch_rows=batch_rows)).batches()]
        for kind in (DelimitedRecords, ByHand)
    )
    assert len(fast) == len(slow) and all(one.equals(other) for one, other in zip(fast, slow, strict=True))
    assert all(batch.columns == [*HEADER, ROW] and batch.dtypes[:3] == [pl.String] * 3 for batch in fast)
