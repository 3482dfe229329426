"""From a path to the records of a recognised format: unpack, decode, look, match; RefusedFile has one clear line."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import polars as pl

from transforms.sources.archives import open_unpacked
from transforms.sources.declaration import SourceDeclaration
from transforms.sources.decode import DecodedText, decode, map_file
from transforms.sources.json_lines import JsonRecords, first_objects
from transforms.sources.reading import ReadContext, RecordBatch, RefusedFile
from transforms.sources.records import DelimitedRecords, unique_names
from transforms.sources.scan import QUOTE, TAB, Dialect, best_quote, scan_records
from transforms.sources.sniff import LOOK_ROWS, Look, Match, line_end_of, recognised, text_looks
from transforms.sources.spreadsheets import FrameRecords, Workbook, is_workbook
from transforms.sources.unknown import unknown_format

_SAMPLE = 512 << 10


class Records(Protocol):
    """Anything that yields batches of text cells under a header."""

    header: tuple[str, ...]
    record_count: int

    @property
    def notes(self) -> tuple[str, ...]:
        """Warnings, final after the last batch."""
        ...

    def batches(self) -> "object":
        """Iterator of RecordBatch."""
        ...


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
    file, _ = open_unpacked(path, context.limits)
    head = file.read(8)
    file.seek(0)
    if is_workbook(head):
        return _workbook(Workbook(file, context.limits), context)
    if head.startswith(b"PAR1"):
        return _table(pl.read_parquet(file), context)
    buffer, keeps_open = map_file(file)
    _refuse_binary(buffer[:4096].tobytes())
    encoding = next((d.encoding for d in context.declarations if d.encoding and _name_fits(d, context)), None)
    text = decode(buffer, keeps_open, encoding)
    start = text.text(0, 64).lstrip()
    if start.startswith(("{", "[", "window.YTD")):
        return _json(text, context)
    return _delimited(text, context)


def _name_fits(declaration: SourceDeclaration, context: ReadContext) -> bool:
    import fnmatch

    return bool(declaration.file_pattern) and fnmatch.fnmatch(context.file_name, declaration.file_pattern or "")


def _refuse_binary(head: bytes) -> None:
    known = {
        b"%PDF": "a PDF",
        b"\x89PNG": "an image",
        b"\xff\xd8\xff": "an image",
        b"GIF8": "an image",
        b"SQLite": "a database",
    }
    for sign, what in known.items():
        if head.startswith(sign):
            raise RefusedFile(f"the file is {what}, not an export: export the mentions as CSV, XLSX or JSON")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or not head:
        return
    controls = sum(1 for byte in head if byte < 32 and byte not in (0, 9, 10, 12, 13, 27))
    if controls * 20 > len(head):
        raise RefusedFile("the file is binary, not text: export the mentions as CSV, XLSX or JSON")


def _workbook(workbook: Workbook, context: ReadContext) -> Opened:
    looks = []
    for sheet in workbook.sheet_names[:50]:
        rows = workbook.rows(sheet, LOOK_ROWS)
        looks.append(Look(rows=_cells(rows), sheet=sheet))
    match = recognised(looks, context.declarations, context.file_name)
    if match is None:
        raise unknown_format(looks, context)
    return _from_table(match, workbook.rows(match.look.sheet or ""), context)


def _table(table: pl.DataFrame, context: ReadContext) -> Opened:
    texts = table.select(_as_text(name, dtype) for name, dtype in table.schema.items())
    rows = pl.concat([pl.DataFrame({name: [name] for name in texts.columns}, schema=texts.schema), texts])
    look = Look(rows=_cells(rows.head(LOOK_ROWS)))
    match = recognised([look], context.declarations, context.file_name)
    if match is None:
        raise unknown_format([look], context)
    return _from_table(match, rows, context)


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        utc = column.dt.convert_time_zone("UTC") if dtype.time_zone else column
        return utc.dt.to_string("%Y-%m-%dT%H:%M:%S%.6fZ" if dtype.time_zone else "%Y-%m-%d %H:%M:%S%.6f")
    if isinstance(dtype, pl.List | pl.Struct | pl.Array):
        return pl.struct(column).struct.json_encode().alias(name)
    return column.cast(pl.String)


def _cells(rows: pl.DataFrame) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple("" if cell is None else cell for cell in row) for row in rows.rows())


def _from_table(match: Match, table: pl.DataFrame, context: ReadContext) -> Opened:
    names = list(table.row(match.header_row))
    while (
        names
        and not (names[-1] or "").strip()
        and table.get_column(table.columns[len(names) - 1]).slice(match.header_row + 1).is_null().all()
    ):
        names.pop()
    header = unique_names([name or "" for name in names])
    first = match.header_row + 1 + match.declaration.rows_after_header
    body = table.slice(first).select(table.columns[: len(names)])
    preamble = _cells(table.head(match.header_row))
    return Opened(match.declaration, FrameRecords(body, header, context.limits), "workbook", preamble)


def _json(text: DecodedText, context: ReadContext) -> Opened:
    objects = first_objects(text, context.limits)
    match = recognised([Look(objects=tuple(objects))], context.declarations, context.file_name)
    if match is None:
        raise unknown_format([Look(objects=tuple(objects))], context)
    records = JsonRecords(text, match.declaration, match.signature.envelope, context.limits)
    return Opened(match.declaration, records, text.encoding_name, (), text.warnings)


def _delimited(text: DecodedText, context: ReadContext) -> Opened:
    sample = text.text(0, _SAMPLE)
    line_end = line_end_of(sample)
    looks = text_looks(sample, line_end)
    match = recognised(looks, context.declarations, context.file_name)
    if match is None:
        raise unknown_format(looks, context)
    escape = ord(match.declaration.escape_char) if match.declaration.escape_char else 0
    dialect = Dialect(ord(match.look.delimiter or ","), line_end, QUOTE, escape)
    header = unique_names(match.look.rows[match.header_row])
    if len(header) > context.limits.max_columns:
        raise RefusedFile(
            f"the header has {len(header)} columns, more than {context.limits.max_columns}: is it an export?"
        )
    above = scan_records(text.buffer, 0, dialect, match.header_row + 1 + match.declaration.rows_after_header, 1 << 60)
    if dialect.delimiter == TAB:
        quote = best_quote(text.buffer, above.next_start, dialect, len(header), _SAMPLE * 16)
        dialect = Dialect(dialect.delimiter, line_end, quote, escape if quote else 0)
    records = DelimitedRecords(text, dialect, header, above.next_start, context.limits, match.declaration.dropped)
    return Opened(match.declaration, records, text.encoding_name, match.look.rows[: match.header_row], text.warnings)


__all__ = ["Opened", "RecordBatch", "open_export"]
