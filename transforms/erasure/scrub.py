"""An export as if the forgotten had never been in it: records taken out, their handles in others' words replaced.

What is left is written plainly (not packed) in the same container: text as UTF-8 text, JSON as JSON, sheets as XLSX of
text cells, Parquet as Parquet. Reading it gives the rows that were not taken out, unchanged but for their numbers.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import polars as pl
import xlsxwriter

from transforms.erasure.json_scrub import scrubbed_pieces
from transforms.erasure.tombstones import REDACTED, Tombstones, author_value
from transforms.sources.archives import open_unpacked
from transforms.sources.json_lines import JsonRecords
from transforms.sources.opening import Opened, open_export
from transforms.sources.reader import read_export
from transforms.sources.reading import ReadContext, RefusedFile
from transforms.sources.records import DelimitedRecords
from transforms.sources.spreadsheet_ml import XmlWorkbook, is_spreadsheet_ml
from transforms.sources.spreadsheets import FrameRecords, Workbook, is_workbook

# Columns that say whom a record answers, repeats or names.
_REFERS = re.compile(r"repl|mention|retweet|repost|quoted|parent|thread", re.IGNORECASE)
_TO_SOMEBODY = re.compile(r"user|name|screen|handle|author|account", re.IGNORECASE)

_AS_A_WHOLE = "take the file out as a whole with --drop-files, or edit it and drop it again"


class NotScrubbable(Exception):
    """The forgotten cannot be taken out of this file record by record; the message says what to do instead."""


@dataclass(frozen=True)
class Scrubbed:
    """What was taken out of a file. `is_emptied`: nothing of it may be kept."""

    removed_count: int
    is_redacted: bool
    is_emptied: bool = False

    def __bool__(self) -> bool:
        return bool(self.removed_count or self.is_redacted or self.is_emptied)

    def __add__(self, other: "Scrubbed") -> "Scrubbed":
        return Scrubbed(
            self.removed_count + other.removed_count,
            self.is_redacted or other.is_redacted,
            self.is_emptied or other.is_emptied,
        )


def checked_scrub(path: Path, context: ReadContext, tombstones: Tombstones, target_path: Path) -> Scrubbed:
    """Write what may be kept of the export at `path`, and read it again to prove it; says what was taken out.

    Nobody forgotten is left and nobody else is missing. A file no declaration reads, or that breaks its reader, is
    either free of the forgotten or emptied as a whole. Raises NotScrubbable when a record cannot be taken out, OSError
    when the disk fails.
    """
    target_path.touch()
    try:
        opened = open_export(path, context)
        before = _forgotten_records(path, context, tombstones)
    except RefusedFile:
        return Scrubbed(0, False, is_emptied=_names_the_forgotten(path, context, tombstones))
    redact = _Redaction(tombstones, _referred(opened.records, tombstones))
    with target_path.open("wb") as target:
        _write(opened, path, context, tombstones, before.numbers, redact, target)
    done = Scrubbed(len(before.numbers), redact.has_changed)
    if not done:
        return done
    try:
        after = _forgotten_records(target_path, replace(context, member_number=None), tombstones)
    except RefusedFile as refusal:
        if before.kept == 0:
            return replace(done, is_emptied=True)
        told = f"{context.file_name}: what is left cannot be read ({refusal}); {_AS_A_WHOLE}"
        raise NotScrubbable(told) from refusal
    # What held a taken-out record may stay as an empty one, which is rejected.
    has_all_others = after.kept == before.kept and 0 <= after.rejected - before.rejected <= done.removed_count
    if after.numbers or not has_all_others:
        raise NotScrubbable(
            f"{context.file_name}: {len(after.numbers)} records of the forgotten would be left, and "
            f"{after.kept + after.rejected} of {before.kept + before.rejected} others; {_AS_A_WHOLE}"
        )
    return done


def _write(
    opened: Opened,
    path: Path,
    context: ReadContext,
    tombstones: Tombstones,
    numbers: frozenset[int],
    redact: "_Redaction",
    target: IO[bytes],
) -> None:
    if isinstance(opened.records, DelimitedRecords):
        for piece in _text_pieces(opened.records, numbers):
            target.write(redact(piece.decode("utf-8", "replace")).encode())
    elif isinstance(opened.records, JsonRecords):
        for text in scrubbed_pieces(opened.records, numbers, tombstones, redact):
            target.write(text.encode())
    else:
        _write_table(path, context, numbers, redact, target)


@dataclass(frozen=True)
class _Sorted:
    """Numbers of the records to take out, and how many of the others are kept and rejected."""

    numbers: frozenset[int]
    kept: int
    rejected: int


def _forgotten_records(path: Path, context: ReadContext, tombstones: Tombstones) -> _Sorted:
    numbers: set[int] = set()
    kept = rejected = 0
    reading = read_export(path, context)
    for batch in reading.batches():
        is_forgotten = tombstones.matching(batch.rows)
        contents = batch.rejected.select("row_number", "raw_content").rows()
        broken = {number for number, content in contents if content and _tells(content, tombstones)}
        numbers |= broken | set(batch.rows["row_number"].filter(is_forgotten))
        kept += batch.rows.height - int(is_forgotten.sum())
        rejected += batch.rejected.height - len(broken)
    if (facts := reading.facts()).state == "refused":
        raise RefusedFile(facts.problem_text or "the file cannot be read")
    return _Sorted(frozenset(numbers), kept, rejected)


def _tells(content: str, tombstones: Tombstones) -> bool:
    """Whether a record that could not be read names somebody or something forgotten."""
    words = set("".join(letter if letter.isalnum() or letter in "_.-" else " " for letter in content).split())
    return any(tombstones.is_word(word) or tombstones.has("id", word) for word in words)


def _names_the_forgotten(path: Path, context: ReadContext, tombstones: Tombstones) -> bool:
    try:
        file, _ = open_unpacked(path, context.limits, context.member_number)
    except RefusedFile:
        file = path.open("rb")
    with file:
        while piece := file.read(32 << 20):
            if _tells(piece.decode("utf-8", "replace"), tombstones):
                return True
    return False


def _referred(records: DelimitedRecords | JsonRecords | FrameRecords, tombstones: Tombstones) -> frozenset[str]:
    """Forgotten handles in columns that say whom a record answers or names."""
    if isinstance(records, JsonRecords):
        return frozenset()
    columns = [name for name in records.header if _REFERS.search(name) and _TO_SOMEBODY.search(name)]
    if not columns:
        return frozenset()
    found: set[str] = set()
    for batch in records.batches():
        for name in columns:
            found |= {
                value for value in batch.records[name].drop_nulls().unique() if tombstones.is_word(author_value(value))
            }
    return frozenset(found)


class _Redaction:
    """Takes forgotten handles out of texts and remembers whether there were any."""

    def __init__(self, tombstones: Tombstones, cells: frozenset[str]) -> None:
        self._tombstones = tombstones
        alternatives = "|".join(re.escape(cell) for cell in sorted(cells))
        self._whole_cell = re.compile(rf'(^|[,;\t"\n])({alternatives})(?=[,;\t"\r\n]|$)') if cells else None
        self.has_changed = False

    def __call__(self, text: str) -> str:
        redacted = self._tombstones.redacted(text)
        if self._whole_cell is not None:
            redacted = self._whole_cell.sub(rf"\g<1>{REDACTED}", redacted)
        self.has_changed |= redacted != text
        return redacted


def _text_pieces(records: DelimitedRecords, numbers: frozenset[int]) -> Iterator[bytes]:
    """What stands above the first record, then every stretch of the text that is not taken out."""
    yield records.text.buffer[: records.start].tobytes()
    kept_from = records.start
    end = len(records.text.buffer)
    for number, start, after in records.places():
        if number in numbers:
            yield records.text.buffer[kept_from:start].tobytes()
            kept_from = after
    yield records.text.buffer[kept_from:end].tobytes()


def _write_table(
    path: Path, context: ReadContext, numbers: frozenset[int], redact: Callable[[str], str], target: IO[bytes]
) -> None:
    file, _ = open_unpacked(path, context.limits, context.member_number)
    head = file.read(4096)
    file.seek(0)
    if head.startswith(b"PAR1"):
        table = pl.read_parquet(file)
        kept = [place for place in range(table.height) if place + 1 not in numbers]
        texts = [name for name, dtype in table.schema.items() if dtype == pl.String]
        table[kept].with_columns(
            pl.col(name).map_elements(redact, return_dtype=pl.String) for name in texts
        ).write_parquet(target)
        return
    assert is_workbook(head) or is_spreadsheet_ml(head)
    _write_workbook(path, context, numbers, redact, target)


def _write_workbook(
    path: Path, context: ReadContext, numbers: frozenset[int], redact: Callable[[str], str], target: IO[bytes]
) -> None:
    """Every sheet as text cells; of the sheet that was read, the records with these numbers are left out."""
    opened = open_export(path, context)
    workbook, read_sheet, first = _workbook_of(path, context, opened)
    written = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    for name in workbook.sheet_names:
        sheet = written.add_worksheet(name[:31])
        place = number = 0
        for index, row in enumerate(workbook.rows(name).rows()):
            if name == read_sheet and index >= first and any(cell and str(cell).strip() for cell in row):
                number += 1
                if number in numbers:
                    continue
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write_string(place, column, redact(str(cell))[:32_767])
            place += 1
    written.close()


def _workbook_of(path: Path, context: ReadContext, opened: Any) -> tuple[Workbook | XmlWorkbook, str, int]:
    """The workbook, the sheet its records stand on, and the place of the first record on it."""
    file, _ = open_unpacked(path, context.limits, context.member_number)
    head = file.read(4096)
    file.seek(0)
    workbook: Workbook | XmlWorkbook
    if is_workbook(head):
        workbook = Workbook(file, context.limits)
    else:
        workbook = XmlWorkbook(np.frombuffer(file.read(), np.uint8), context.limits)
    records = opened.records
    for name in workbook.sheet_names:
        rows = workbook.rows(name)
        first = rows.height - records.table.height
        if first >= 0 and rows.width >= min(rows.width, len(records.header)) and _ends_with(rows, records.table):
            return workbook, name, first
    raise NotScrubbable(f"{context.file_name}: the sheet of its records is not found again")


def _ends_with(rows: pl.DataFrame, table: pl.DataFrame) -> bool:
    width = min(rows.width, table.width)
    tail = rows.tail(table.height)
    if table.height == 0:
        return True
    return tail.select(pl.nth(range(width))).rows()[:50] == table.select(pl.nth(range(width))).rows()[:50]
