"""From a path to the records of a recognised format: unpack, decode, look, match; RefusedFile has one clear line."""

import fnmatch
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import polars as pl

from transforms.sources.archives import open_unpacked, raise_if_of_the_disk
from transforms.sources.declaration import SourceDeclaration
from transforms.sources.decode import DecodedText, decode, map_file
from transforms.sources.json_lines import JsonRecords
from transforms.sources.json_texts import first_objects
from transforms.sources.reading import ReadContext, ReadLimits, RefusedFile, raise_unless_of_library
from transforms.sources.records import DelimitedRecords, unique_names
from transforms.sources.scan import QUOTE, TAB, Dialect, best_quote, scan_records
from transforms.sources.sniff import Look, Match, line_end_of, recognised, text_looks
from transforms.sources.spreadsheet_ml import XmlWorkbook, is_spreadsheet_ml
from transforms.sources.spreadsheets import FrameRecords, Workbook, is_workbook
from transforms.sources.unknown import unknown_format
from transforms.sources.workbooks import joined, parquet_rows, sheet_looks, table_records, text_rows

_SAMPLE = 512 << 10
_NOT_EXPORTS = {
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"SQLite": "a database",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x7fELF": "a program",
}


@dataclass(frozen=True)
class Opened:
    """A recognised file: what it is, its records, how it was encoded, the rows above its header, and warnings."""

    declaration: SourceDeclaration
    records: DelimitedRecords | FrameRecords | JsonRecords
    encoding_name: str | None
    preamble: tuple[tuple[str, ...], ...] = ()
    warnings: tuple[str, ...] = ()


def open_export(path: Path, context: ReadContext) -> Opened:
    """Recognise the file and stand before its first record."""
    size = path.stat().st_size
    if size > context.limits.max_file_bytes:
        raise RefusedFile(f"the file is {size:,} bytes long, more than {context.limits.max_file_bytes:,}: split it")
    if size == 0:
        raise RefusedFile("the file is empty (0 bytes): export it again")
    file, _ = open_unpacked(path, context.limits, context.member_number)
    head = file.read(4096)
    file.seek(0)
    if is_workbook(head):
        return _workbook(Workbook(file, context.limits), context, "workbook")
    if head.startswith(b"PAR1"):
        return _parquet(file, context)
    buffer, keeps_open = map_file(file)
    if is_spreadsheet_ml(head):
        return _workbook(XmlWorkbook(buffer, context.limits), context, "utf-8 (SpreadsheetML)")
    _refuse_binary(head)
    text = decode(buffer, keeps_open, _declared_encoding(context))
    if text.text(0, 4096).lstrip().startswith(("{", "[", "window.YTD")):
        return _json(text, context)
    return _delimited(text, context)


def _declared_encoding(context: ReadContext) -> str | None:
    """The encoding a custom source gives for files of this name."""
    for declaration in context.declarations:
        pattern = declaration.file_pattern
        if declaration.encoding and pattern and fnmatch.fnmatch(context.own_name.lower(), pattern.lower()):
            return declaration.encoding
    return None


def _refuse_binary(head: bytes) -> None:
    for sign, what in _NOT_EXPORTS.items():
        if head.startswith(sign):
            raise RefusedFile(f"the file is {what}, not an export: export the mentions as CSV, XLSX or JSON")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    controls = int(np.isin(np.frombuffer(head, np.uint8), [*range(1, 9), 11, *range(14, 27), 28, 29, 30, 31]).sum())
    nuls = head.count(0)
    is_utf16 = nuls * 10 > len(head) * 3 and controls * 20 < len(head)
    if controls * 20 > len(head) or (nuls * 10 > len(head) and not is_utf16):
        raise RefusedFile("the file is binary, not text: export the mentions as CSV, XLSX or JSON")


def _matched(looks: list[Look], context: ReadContext) -> Match:
    match = recognised(looks, context.declarations, context.own_name)
    if match is None:
        raise unknown_format(looks, context)
    if match.declaration.refused_because is not None:
        raise RefusedFile(f"the file is {match.declaration.title}: {match.declaration.refused_because}")
    return match


def _workbook(workbook: Workbook | XmlWorkbook, context: ReadContext, encoding: str) -> Opened:
    match = _matched(sheet_looks(workbook), context)
    table = workbook.rows(match.look.sheet or "")
    records = table_records(match, table, context.limits)
    if match.declaration.joined_sheet is not None:
        records = joined(records, match.declaration.joined_sheet, workbook)
    return _checked(Opened(match.declaration, records, encoding, text_rows(table.head(match.header_row))), context)


def _parquet(file: IO[bytes], context: ReadContext) -> Opened:
    try:
        table = _parquet_table(file, context.limits)
    except RefusedFile:
        raise
    except BaseException as error:
        raise_unless_of_library(error)
        if isinstance(error, Exception):
            raise_if_of_the_disk(error)
        raise RefusedFile(f"the Parquet file cannot be read ({str(error)[:120]}): write it again") from error
    rows = parquet_rows(table)
    match = _matched([Look(rows=text_rows(rows.head(30)))], context)
    return _checked(Opened(match.declaration, table_records(match, rows, context.limits), "parquet"), context)


def _parquet_table(file: IO[bytes], limits: ReadLimits) -> pl.DataFrame:
    """The rows of a Parquet file, judged by what it says of them before they are read.

    A few bytes can stand for a billion equal rows. The reader is Arrow's: a damaged file is an error to it, while
    that of Polars ends the whole process.
    """
    # Loading it costs more than most files; only Parquet needs it.
    import pyarrow.parquet as pq  # type: ignore[import-untyped,unused-ignore]

    content = pq.ParquetFile(file)
    about = content.metadata
    unpacked = sum(about.row_group(n).total_byte_size for n in range(about.num_row_groups))
    if about.num_columns > limits.max_columns:
        raise RefusedFile(f"the Parquet file has {about.num_columns:,} columns, more than {limits.max_columns:,}")
    if about.num_rows * about.num_columns > limits.max_workbook_cells * 5 or unpacked > limits.max_workbook_bytes:
        raise RefusedFile(f"the Parquet file holds {about.num_rows:,} rows of {about.num_columns:,} columns: split it")
    table = pl.from_arrow(content.read())
    assert isinstance(table, pl.DataFrame)
    texts = sum(int(c.str.len_bytes().sum()) for c in table.iter_columns() if c.dtype == pl.String)
    if texts > limits.max_workbook_bytes:
        raise RefusedFile(f"the Parquet file holds {texts:,} bytes of text: split it")
    return table


def _json(text: DecodedText, context: ReadContext) -> Opened:
    match = _matched([Look(objects=tuple(first_objects(text, context.limits)))], context)
    records = JsonRecords(text, match.declaration, match.signature.envelope, context.limits)
    return Opened(match.declaration, records, text.encoding_name, (), text.warnings)


def _delimited(text: DecodedText, context: ReadContext) -> Opened:
    sample = text.text(0, _SAMPLE)
    line_end = line_end_of(sample)
    match = _matched(text_looks(sample, line_end), context)
    declaration = match.declaration
    dialect = Dialect(ord(match.look.delimiter or ","), line_end, QUOTE)
    header = unique_names(match.look.rows[match.header_row])
    if declaration.header_by_position and len(header) == len(declaration.known_header):
        header = declaration.known_header
    above = scan_records(text.buffer, 0, dialect, match.header_row + 1 + declaration.rows_after_header, 1 << 60)
    if dialect.delimiter == TAB:
        quote = best_quote(text.buffer, above.next_start, dialect, len(header), _SAMPLE * 16)
        dialect = Dialect(dialect.delimiter, line_end, quote)
    records = DelimitedRecords(
        text,
        dialect,
        header,
        above.next_start,
        context.limits,
        declaration.unshown,
        declaration.escape_char or "",
        declaration.has_titles_between,
    )
    preamble = match.look.rows[: match.header_row]
    return _checked(Opened(declaration, records, text.encoding_name, preamble, text.warnings), context)


def _checked(opened: Opened, context: ReadContext) -> Opened:
    width = len(opened.records.header)
    if width > context.limits.max_columns:
        raise RefusedFile(
            f"the header has {width:,} columns, more than {context.limits.max_columns:,}: is it an export?"
        )
    return opened
