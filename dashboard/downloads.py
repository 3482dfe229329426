"""Frames as files people take along: CSV and XLSX that no spreadsheet runs as formulas, and Parquet."""

import csv
import io
from datetime import date, datetime
from typing import Any

import polars as pl
import xlsxwriter

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
# What Excel, LibreOffice and Google Sheets take for the start of a formula, full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CELL_LIMIT = 32_767


def as_file(rows: pl.DataFrame, form: str) -> bytes:
    """The rows in one of `FORMS`; raises KeyError for another."""
    return {"csv": as_csv, "xlsx": as_xlsx, "parquet": as_parquet}[form](rows)


def as_csv(rows: pl.DataFrame) -> bytes:
    """RFC 4180 in UTF-8 with a byte order mark, so that Excel reads accents; null is empty; formulas are defused."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(rows.columns)
    writer.writerows([_plain(value) for value in row] for row in rows.iter_rows())
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def as_xlsx(rows: pl.DataFrame) -> bytes:
    """One sheet; texts are written as strings, never as formulas or links."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    sheet = book.add_worksheet("listening")
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    instants = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, rows.columns, book.add_format({"bold": True}))
    for place, row in enumerate(rows.iter_rows(), start=1):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(place, column, value.replace(tzinfo=None), instants)
            elif isinstance(value, date):
                sheet.write_datetime(place, column, datetime(value.year, value.month, value.day), days)
            elif isinstance(value, bool):
                sheet.write_boolean(place, column, value)
            elif isinstance(value, int | float):
                sheet.write_number(place, column, value)
            elif value is not None:
                sheet.write_string(place, column, harmless(_joined(value))[:_CELL_LIMIT])
    book.close()
    return buffer.getvalue()


def as_parquet(rows: pl.DataFrame) -> bytes:
    """The rows as they are."""
    buffer = io.BytesIO()
    rows.write_parquet(buffer)
    return buffer.getvalue()


def harmless(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would run it, and without control characters."""
    clean = "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")
    return f"'{clean}" if clean.lstrip(" ").startswith(_FORMULA) else clean


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return harmless(_joined(value)) if isinstance(value, str | list) else value


def _joined(value: Any) -> str:
    return " ".join(str(part) for part in value) if isinstance(value, list) else str(value)
