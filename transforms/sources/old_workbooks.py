"""How much an old Excel workbook (BIFF, `.xls`) would cost to open, found without opening it.

The reader lays every sheet out as a full grid as soon as the file is opened, so that sixty sheets of two cells each can
cost tens of gigabytes. The cells' places are found by walking the records of the workbook's stream beforehand. Layout
of the container: [MS-CFB]; of the records: [MS-XLS] 2.3.
"""

import struct
from typing import IO

from transforms.sources.reading import ReadLimits, RefusedFile

_HEADER, _FREE, _CUTOFF, _ENTRY, _SMALL_SECTOR = 512, 0xFFFFFFFA, 4096, 128, 64
_CELLS = frozenset(
    (0x0203, 0x027E, 0x00FD, 0x0204, 0x0205, 0x0006, 0x0206, 0x0406, 0x00D6, 0x00BD, 0x0002, 0x0003, 0x0004, 0x0005)
)
_MULTIPLE, _END, _EXTENT, _TEXTS = 0x00BD, 0x000A, 0x0200, 0x00FC
_MOST_ROWS, _MOST_COLUMNS = 65_536, 256
_STREAMS = ("Workbook", "Book", "WORKBOOK", "BOOK")


def check_old_workbook(file: IO[bytes], limits: ReadLimits) -> None:
    """Raises RefusedFile for a workbook whose sheets together span more cells than the bounds, or that is damaged."""
    file.seek(0)
    content = file.read(limits.max_old_workbook_bytes + 1)
    file.seek(0)
    if len(content) > limits.max_old_workbook_bytes:
        raise RefusedFile(f"the workbook is larger than {limits.max_old_workbook_bytes:,} bytes: save it as CSV")
    try:
        cells = _spanned_cells(_Container(content).workbook(), limits.max_workbook_cells)
    except (struct.error, IndexError, ValueError) as error:
        raise RefusedFile("the workbook is damaged or encrypted: save it again as XLSX or CSV") from error
    if cells > limits.max_workbook_cells:
        raise RefusedFile(
            f"its sheets span more than {limits.max_workbook_cells:,} cells: save the one that counts as CSV"
        )


class _Container:
    """The compound file around a workbook: sectors chained by a table of next sectors."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._size = 1 << struct.unpack_from("<H", content, 30)[0]
        if self._size not in (512, 4096):
            raise ValueError("no such sector size")
        self._next = self._numbers(self._table_sectors())

    def workbook(self) -> bytes:
        """The bytes of the workbook's stream; ValueError when there is none."""
        (first_directory,) = struct.unpack_from("<I", self._content, 48)
        directory = self._stream(first_directory)
        entries = [directory[place : place + _ENTRY] for place in range(0, len(directory) - _ENTRY + 1, _ENTRY)]
        root = entries[0]
        for entry in entries:
            name_size, start, size = *struct.unpack_from("<H", entry, 64), *struct.unpack_from("<II", entry, 116)
            if entry[: max(0, name_size - 2)].decode("utf-16-le", "replace") in _STREAMS:
                small = size < _CUTOFF
                return (self._small_stream(root, start) if small else self._stream(start))[:size]
        raise ValueError("no workbook")

    def _table_sectors(self) -> list[int]:
        """Sectors of the table of next sectors: 109 in the header, the others in sectors of their own."""
        sectors = list(struct.unpack_from("<109I", self._content, 76))
        (further,) = struct.unpack_from("<I", self._content, 68)
        for _ in range(len(self._content) // self._size + 1):
            if further >= _FREE:
                break
            numbers = self._numbers([further])
            sectors += numbers[:-1]
            further = numbers[-1]
        return [sector for sector in sectors if sector < _FREE]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._content[start : start + self._size]

    def _numbers(self, sectors: list[int]) -> tuple[int, ...]:
        content = b"".join(self._sector(number) for number in sectors)
        return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])

    def _chain(self, start: int, following: tuple[int, ...]) -> list[int]:
        chain: list[int] = []
        while start < _FREE:
            if len(chain) > len(following):
                raise ValueError("a chain of sectors without end")
            chain.append(start)
            start = following[start]
        return chain

    def _stream(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in self._chain(start, self._next))

    def _small_stream(self, root: bytes, start: int) -> bytes:
        (first_table,) = struct.unpack_from("<I", self._content, 60)
        following = self._numbers(self._chain(first_table, self._next))
        holder = self._stream(struct.unpack_from("<I", root, 116)[0])
        places = (number * _SMALL_SECTOR for number in self._chain(start, following))
        return b"".join(holder[place : place + _SMALL_SECTOR] for place in places)


def _claimed_extent(record: bytes) -> tuple[int, int]:
    first_row, last_row, first_column, last_column = struct.unpack_from(
        "<IIHH" if len(record) >= 12 else "<HHHH", record
    )
    if first_row > last_row or first_column > last_column or last_row > _MOST_ROWS or last_column > _MOST_COLUMNS:
        raise ValueError("no such extent")
    return last_row, last_column


def _spanned_cells(stream: bytes, most: int) -> int:
    """Cells of the grids of all sheets together; counting stops once there are more than `most`."""
    place, total, rows, columns = 0, 0, 0, 0
    while place + 4 <= len(stream) and total <= most:
        kind, size = struct.unpack_from("<HH", stream, place)
        body = place + 4
        if kind in _CELLS and size >= 4 and body + size <= len(stream):
            row, column = struct.unpack_from("<HH", stream, body)
            if kind == _MULTIPLE:
                column = max(column, struct.unpack_from("<H", stream, body + size - 2)[0])
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        elif kind == _EXTENT:
            # The reader makes room for what is claimed, before it sees a cell.
            claimed = _claimed_extent(stream[body : body + size])
            rows, columns = max(rows, claimed[0]), max(columns, claimed[1])
        elif kind == _TEXTS and max(struct.unpack_from("<II", stream, body)) > len(stream):
            raise ValueError("more texts than bytes")
        elif kind == _END or kind & 0xFF == 0x09:
            total += rows * columns
            rows = columns = 0
        place = body + size
    return total + rows * columns
