"""SpreadsheetML 2003 (`.xls` or `.xml` that is XML): sheets of text cells, leniently, without entities."""

import re
from typing import Any

import numpy as np
import polars as pl
from defusedxml import DefusedXmlException, ElementTree  # type: ignore[import-untyped,unused-ignore]

from transforms.sources.reading import ReadLimits, RefusedFile

_NAMESPACE = "{urn:schemas-microsoft-com:office:spreadsheet}"
_SIGN = b"urn:schemas-microsoft-com:office:spreadsheet"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_BARE_AMPERSAND = re.compile(r"&(?!#?\w{1,10};)")
_MOST_COLUMNS = 5_000


def is_spreadsheet_ml(head: bytes) -> bool:
    """Whether the first bytes are those of a SpreadsheetML workbook."""
    return head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml") and _SIGN in head


class XmlWorkbook:
    """A SpreadsheetML workbook; `rows` gives a sheet's cells as text, as `Workbook` does."""

    def __init__(self, buffer: np.ndarray, limits: ReadLimits) -> None:
        if len(buffer) > limits.max_workbook_bytes // 4:
            raise RefusedFile(f"the XML workbook is {len(buffer):,} bytes long: save it as XLSX and drop that")
        # Exporters write cut characters and control codes that no XML parser accepts.
        text = _BARE_AMPERSAND.sub("&amp;", _FORBIDDEN.sub("", buffer.tobytes().decode("utf-8", "replace")))
        text = re.sub(r"^\ufeff?\s*<\?xml[^>]*\?>", "", text, count=1)
        try:
            root = ElementTree.fromstring(text, forbid_dtd=True, forbid_entities=True, forbid_external=True)
        except DefusedXmlException as error:
            raise RefusedFile("the XML workbook declares entities, which no export needs: it is refused") from error
        except ElementTree.ParseError as error:
            raise RefusedFile(f"the XML workbook is damaged ({str(error)[:80]}): export it again") from error
        self._sheets: dict[str, Any] = {
            sheet.get(f"{_NAMESPACE}Name", f"Sheet {place}"): sheet
            for place, sheet in enumerate(root.iter(f"{_NAMESPACE}Worksheet"), start=1)
        }
        self.sheet_names: tuple[str, ...] = tuple(self._sheets)

    def rows(self, sheet: str, most: int | None = None) -> pl.DataFrame:
        """A sheet's cells as text, without a header; `most` rows of it for a look."""
        table: list[list[str | None]] = []
        for row in self._sheets[sheet].iter(f"{_NAMESPACE}Row"):
            if most is not None and len(table) >= most:
                break
            table.append(_cells(row))
        width = max((len(cells) for cells in table), default=0)
        columns = {
            f"column_{place}": [cells[place] if place < len(cells) else None for cells in table]
            for place in range(width)
        }
        return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _cells(row: Any) -> list[str | None]:
    cells: list[str | None] = []
    for cell in row.iter(f"{_NAMESPACE}Cell"):
        index = cell.get(f"{_NAMESPACE}Index", "")
        if index.isdigit() and len(index) < 6:
            # Empty cells are left out; the next one says where it stands.
            cells += [None] * (min(int(index), _MOST_COLUMNS) - 1 - len(cells))
        data = cell.find(f"{_NAMESPACE}Data")
        text = None if data is None else "".join(data.itertext())
        cells.append(text or None)
        if len(cells) >= _MOST_COLUMNS:
            break
    return cells
