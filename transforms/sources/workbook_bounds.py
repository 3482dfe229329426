"""How much an XLSX workbook would cost to open, found without opening it.

The reader lays a sheet out as a full grid, so two cells far apart cost as much as all those between them; and what an
archive says of its members' sizes may be a lie. Both are found by unpacking the parts once, in pieces, beforehand.
"""

import zipfile
import zlib
from typing import IO

import numpy as np
from numba import njit  # type: ignore[import-untyped,unused-ignore]

from transforms.sources.archives import raise_if_of_the_disk
from transforms.sources.reading import ReadLimits, RefusedFile

_PIECE = 4 << 20
_OVERLAP = 32
_RATIO_FLOOR = 16 << 20
_ADVICE = "save it as CSV and drop that"


def check_workbook(file: IO[bytes], limits: ReadLimits) -> None:
    """Raises RefusedFile for a workbook whose parts or grid pass the bounds, or that is damaged or no XLSX."""
    packed = file.seek(0, 2)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise RefusedFile("the workbook is no XLSX (an XLSB or a document?): save it as XLSX or CSV")
            if len(members) > limits.max_archive_members * 10:
                raise RefusedFile(f"the workbook holds {len(members):,} parts: {_ADVICE}")
            unpacked = sum(member.file_size for member in members)
            most = min(limits.max_workbook_bytes, max(_RATIO_FLOOR, packed * limits.max_unpack_ratio))
            if unpacked > most:
                raise RefusedFile(f"the workbook unpacks to {unpacked:,} bytes from {packed:,}: {_ADVICE}")
            cells = 0
            for member in members:
                rows, columns = _extent(archive, member)
                cells += rows * columns
                if rows * columns > limits.max_workbook_cells:
                    raise RefusedFile(f"a sheet spans {rows:,} rows and {columns:,} columns: {_ADVICE}")
                if cells > limits.max_workbook_cells:
                    most = limits.max_workbook_cells
                    raise RefusedFile(f"its sheets together span more than {most:,} cells: {_ADVICE}")
    except RefusedFile:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError) as error:
        raise_if_of_the_disk(error)
        raise RefusedFile(f"the workbook is damaged or encrypted ({str(error)[:80]}): save it again") from error
    finally:
        file.seek(0)


def _extent(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[int, int]:
    """The last row and column of a sheet part; reading the part to its end also proves its stated size."""
    rows = columns = 0
    is_sheet = member.filename.startswith("xl/worksheets/")
    with archive.open(member) as part:
        tail = b""
        while piece := part.read(_PIECE):
            if is_sheet:
                content = tail + piece
                rows, columns = _furthest(np.frombuffer(content, np.uint8), rows, columns)
                tail = content[-_OVERLAP:]
    return rows, columns


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _furthest(buffer, rows, columns):  # type: ignore[no-untyped-def]
    """The greatest row and column among the references (`r="AB12"`) in a piece of a sheet's XML, and those before."""
    size = buffer.shape[0]
    place = 0
    while place < size - 3:
        # r="
        if buffer[place] != 114 or buffer[place + 1] != 61 or buffer[place + 2] != 34:
            place += 1
            continue
        place += 3
        column = 0
        row = 0
        while place < size and 65 <= buffer[place] <= 90 and column < 100_000:
            column = column * 26 + buffer[place] - 64
            place += 1
        while place < size and 48 <= buffer[place] <= 57 and row < 100_000_000:
            row = row * 10 + buffer[place] - 48
            place += 1
        if place < size and buffer[place] == 34:
            rows = max(rows, row)
            columns = max(columns, column)
    return rows, columns
