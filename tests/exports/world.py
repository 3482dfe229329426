"""The invented world that look-alike exports tell of: three posts, ids that count time, writers of files."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import xlsxwriter

from transforms.sources.identity import shortcode
from transforms.sources.reader import ReadContext, read_export
from transforms.sources.registry import DECLARATIONS

FIRST = datetime(2025, 7, 24, 15, 44, 7, tzinfo=UTC)
SECOND = datetime(2025, 7, 25, 8, 5, 0, tzinfo=UTC)
THIRD = datetime(2025, 7, 26, 23, 59, 59, tzinfo=UTC)
TIMES = (FIRST, SECOND, THIRD)
LOCAL = ZoneInfo("Europe/Paris")
ZONE = "Europe/Paris"
TEXTS = (
    'My "Brewolo" hums, and I like it ☕\nSecond line, with commas; and semicolons',
    "Who repairs a Tavorel kettle? <b>No script</b> &amp; no luck",
    "=cmd|' /C calc'!A1 is no formula here",
)


def x_id(at: datetime) -> str:
    """The id X would have given at that time."""
    return str((int(at.timestamp() * 1000) - 1_288_834_974_657) << 22 | 5)


def instagram_code(at: datetime) -> str:
    """The shortcode Instagram would have given at that time."""
    return shortcode((int(at.timestamp() * 1000) - 1_314_220_021_721) << 23 | 7)


def tiktok_id(at: datetime) -> str:
    """The id TikTok would have given at that time."""
    return str(int(at.timestamp()) << 32 | 9)


def linkedin_id(at: datetime) -> str:
    """The activity id LinkedIn would have given at that time."""
    return str(int(at.timestamp() * 1000) << 22 | 3)


@dataclass(frozen=True)
class LookAlike:
    """One synthetic export: the format it must be recognised as, its name and bytes, and the zones declared for it."""

    code: str
    file_name: str
    content: bytes
    zone: str | None = None
    rejected: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """The file in the folder."""
        path = folder / self.file_name
        path.write_bytes(self.content)
        return path

    def context(self) -> ReadContext:
        """How it is to be read."""
        zones = {self.code: self.zone} if self.zone else {}
        return ReadContext(declarations=DECLARATIONS, account_zones=zones, file_name=self.file_name)

    def golden(self, folder: Path) -> str:
        """What reading it gives, as text for a person."""
        reading = read_export(self.write(folder), self.context())
        batches = list(reading.batches())
        facts = reading.facts()
        lines = [f"format {facts.source_code}, {facts.record_kind}, {facts.state}, zone {facts.zone_text}"]
        lines += [f"warning: {warning}" for warning in facts.warnings]
        for batch in batches:
            for row in batch.rows.iter_rows(named=True):
                lines += ["", f"row {row['row_number']}"]
                lines += [f"  {k}: {_shown(v)}" for k, v in row.items() if v is not None and k not in _UNSHOWN]
            for row in batch.rejected.iter_rows(named=True):
                lines += ["", f"row {row['row_number']} rejected: {row['reason_code']} in {row['column_name']}"]
                lines += [f"  {row['reason_text']}", f"  {row['raw_content']}"]
        return "\n".join(lines) + "\n"


_UNSHOWN = ("row_number", "source_code")


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return repr(value) if isinstance(value, str) and (value != value.strip() or "\n" in value) else str(value)


def table(header: Sequence[str], rows: Sequence[Mapping[str, object]]) -> list[list[str]]:
    """Header and rows as cells; a row names the columns it fills, and an unknown name is a mistake of the test."""
    for row in rows:
        unknown = set(row) - set(header)
        assert not unknown, f"the header has no {unknown}"
    return [list(header), *([str(row.get(name, "")) for name in header] for row in rows)]


def delimited(
    cells: Sequence[Sequence[str]],
    *,
    delimiter: str = ",",
    line_end: str = "\n",
    encoding: str = "utf-8",
    quote_all: bool = False,
    preamble: str = "",
) -> bytes:
    """Cells as a delimited text."""
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(cells)
    return (preamble + text.getvalue()).encode(encoding)


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """Sheets as an XLSX file; datetimes become date cells, numbers number cells."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"default_date_format": "yyyy-mm-dd hh:mm:ss", "strings_to_urls": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                for column, value in enumerate(row):
                    if value is None or value == "":
                        continue
                    if isinstance(value, str):
                        sheet.write_string(place, column, value)
                    else:
                        sheet.write(place, column, value)
    return content.getvalue()
