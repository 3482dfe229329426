"""Workbooks (XLSX, XLS, XLSB, ODS) to records of text cells: number cells as written, date cells as ISO texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import fastexcel
import polars as pl

from transforms.sources.old_workbooks import check_old_workbook
from transforms.sources.reading import ReadLimits, RecordBatch, RefusedFile, raise_unless_of_library
from transforms.sources.records import ROW
from transforms.sources.workbook_bounds import check_workbook

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def is_workbook(head: bytes) -> bool:
    """Whether the first bytes are a workbook's."""
    return head.startswith((_ZIP, _OLE))


class Workbook:
    """An opened workbook; sheets are loaded one by one, every cell as text."""

    def __init__(self, file: IO[bytes], limits: ReadLimits) -> None:
        file.seek(0)
        head = file.read(4)
        if head == _ZIP:
            check_workbook(file, limits)
        else:
            check_old_workbook(file, limits)
        file.seek(0)
        content = file.read(limits.max_workbook_bytes + 1)
        if len(content) > limits.max_workbook_bytes:
            raise RefusedFile(f"the workbook is larger than {limits.max_workbook_bytes:,} bytes: save it as CSV")
        try:
            self._reader: Any = fastexcel.read_excel(content)
        except BaseException as error:  # calamine's errors share no base class, and its panics are no Exception
            raise_unless_of_library(error)
            raise RefusedFile(
                f"the workbook cannot be opened ({str(error)[:120]}): save it again as XLSX or CSV"
            ) from error
        self.sheet_names: tuple[str, ...] = tuple(self._reader.sheet_names)
        self._tables: dict[str, pl.DataFrame] = {}

    def rows(self, sheet: str, most: int | None = None) -> pl.DataFrame:
        """A sheet's cells as text, without a header; `most` rows of it for a look.

        A sheet is parsed whole even for a look, so it is kept for the reading that follows.
        """
        if sheet not in self._tables:
            try:
                self._tables[sheet] = pl.DataFrame(
                    self._reader.load_sheet_eager(sheet, header_row=None, dtypes="string")
                )
            except BaseException as error:
                raise_unless_of_library(error)
                raise RefusedFile(
                    f"sheet {sheet!r} cannot be read ({str(error)[:120]}): save it again as XLSX"
                ) from error
        return self._tables[sheet] if most is None else self._tables[sheet].head(most)


@dataclass
class FrameRecords:
    """Records of a table that is already in memory: a sheet, a Parquet file, a page of XML."""

    table: pl.DataFrame
    header: tuple[str, ...]
    limits: ReadLimits
    record_count: int = 0
    blank_count: int = 0
    notes: tuple[str, ...] = ()

    def batches(self) -> Iterator[RecordBatch]:
        """All records in order; rows without any filled cell are passed over and counted."""
        self.record_count = self.blank_count = 0
        for start in range(0, self.table.height, self.limits.batch_rows):
            piece = self.table.slice(start, self.limits.batch_rows)
            piece.columns = list(self.header)
            filled = piece.filter(pl.any_horizontal(pl.all().is_not_null() & (pl.all().str.strip_chars() != "")))
            self.blank_count += piece.height - filled.height
            numbers = range(self.record_count + 1, self.record_count + filled.height + 1)
            self.record_count += filled.height
            if filled.height:
                yield RecordBatch(filled.with_columns(pl.Series(ROW, numbers, dtype=pl.Int64)))
        if self.blank_count:
            self.notes = (f"{self.blank_count} blank rows were passed over",)
