"""Tables that are read whole: sheets of workbooks and Parquet files, as rows of text cells and then as records."""

import polars as pl

from transforms.sources.declaration import JoinedSheet
from transforms.sources.reading import ReadLimits
from transforms.sources.records import unique_names
from transforms.sources.sniff import LOOK_ROWS, Look, Match
from transforms.sources.spreadsheet_ml import XmlWorkbook
from transforms.sources.spreadsheets import FrameRecords, Workbook

_MOST_SHEETS = 50


def sheet_looks(workbook: Workbook | XmlWorkbook) -> list[Look]:
    """The first rows of each sheet."""
    names = workbook.sheet_names[:_MOST_SHEETS]
    return [Look(rows=text_rows(workbook.rows(name, LOOK_ROWS)), sheet=name) for name in names]


def text_rows(table: pl.DataFrame) -> tuple[tuple[str, ...], ...]:
    """The rows as tuples, empty cells as empty texts."""
    return tuple(tuple("" if cell is None else cell for cell in row) for row in table.rows())


def parquet_rows(table: pl.DataFrame) -> pl.DataFrame:
    """A Parquet table as rows of text cells with its column names as the first row."""
    texts = table.select(_as_text(name, dtype) for name, dtype in table.schema.items())
    names = pl.DataFrame({name: [name] for name in texts.columns}, schema=texts.schema)
    return pl.concat([names, texts])


def table_records(match: Match, table: pl.DataFrame, limits: ReadLimits) -> FrameRecords:
    """The records under the header that was found; columns without name and content at the right are left out."""
    cells = [cell or "" for cell in table.row(match.header_row)]
    first = match.header_row + 1 + match.declaration.rows_after_header
    body = table.slice(first)
    while cells and not cells[-1].strip() and body.get_column(body.columns[len(cells) - 1]).is_null().all():
        cells.pop()
    known = match.declaration.known_header
    header = known if match.declaration.header_by_position and len(known) == len(cells) else unique_names(cells)
    return FrameRecords(body.select(table.columns[: len(cells)]), header, limits)


def joined(records: FrameRecords, sheet: JoinedSheet, workbook: Workbook | XmlWorkbook) -> FrameRecords:
    """The records with the columns of another sheet added by key; as they are when the workbook has no such sheet."""
    name = next((name for name in workbook.sheet_names if name.startswith(sheet.prefix)), None)
    if name is None or sheet.key not in records.header:
        return records
    rows = workbook.rows(name)
    place = next((p for p, row in enumerate(text_rows(rows.head(LOOK_ROWS))) if sheet.key in row), None)
    if place is None:
        return records
    names = unique_names([cell or "" for cell in rows.row(place)])
    other = rows.slice(place + 1)
    other.columns = list(names)
    wanted = [column for column in sheet.columns if column in names and column not in records.header]
    other = other.select(sheet.key, *wanted).filter(pl.col(sheet.key).is_not_null()).unique(sheet.key, keep="first")
    table = records.table.clone()
    table.columns = list(records.header)
    # A count that is empty on the sheet of totals is none at all.
    table = table.join(other, on=sheet.key, how="left", maintain_order="left")
    is_known = pl.col(sheet.key).is_in(other[sheet.key].to_list())
    table = table.with_columns(
        pl.when(is_known).then(pl.col(c).fill_null("0")).otherwise(None).alias(c) for c in wanted
    )
    return FrameRecords(table, (*records.header, *wanted), records.limits)


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        utc = column.dt.convert_time_zone("UTC") if dtype.time_zone else column
        return utc.dt.to_string("%Y-%m-%dT%H:%M:%S%.6fZ" if dtype.time_zone else "%Y-%m-%d %H:%M:%S%.6f")
    if isinstance(dtype, pl.List | pl.Struct | pl.Array):
        return pl.struct(column).struct.json_encode().alias(name)
    if isinstance(dtype, pl.Categorical | pl.Enum):
        return column.cast(pl.String)
    if dtype.is_float():
        # 5.0 is a whole number that lost its type to a missing value; 5.5 stays what it is.
        whole = (column == column.round(0)) & (column.abs() < 2**53)
        return (
            pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(column.cast(pl.String))
        )
    return column.cast(pl.String, strict=False)
