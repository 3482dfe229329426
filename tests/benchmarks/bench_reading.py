"""Reading exports: a million Brandwatch rows beside a bare Polars read, and a full workbook of 73,000 by 193.

Run: python tests/benchmarks/bench_reading.py [rows]
Each reader runs in a process of its own, so that peak memory is its own; wall and processor seconds are both printed,
as other work on the machine stretches the first only. Targets: rows within 4x of Polars and under 2 GiB, workbook
under 20 s.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from transforms.sources.headers import known_header  # noqa: E402
from transforms.sources.reader import ReadContext, read_export  # noqa: E402
from transforms.sources.registry import DECLARATIONS  # noqa: E402

WORDS = (
    *("kettle", "machine", "coffee", "brewolo", "tavorel", "hums", "leaks", "lovely", "broken", "again", "today"),
    *("never", "“quoted”", "naïve", "☕", "#brew"),
)
PREAMBLE = (
    '\ufeff"Report:","Bulk Mentions Download"\n"Brand:","kettles"\n"From:","Thu Jul 24 00:00:00 UTC 2025"\n'
    '"To:","Sun Jul 27 00:00:00 UTC 2025"\n"Label:",""\n\n'
)


def write_rows(path: Path, count: int) -> None:
    """A Brandwatch file of that many rows: 186 columns, all quoted, most empty, a line break in every seventh text."""
    header, rng = known_header("brandwatch"), random.Random(1)
    start = datetime(2025, 7, 24, tzinfo=UTC)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(PREAMBLE + ",".join(f'"{name}"' for name in header) + "\n")
        for number in range(count):
            file.write(",".join(f'"{cell}"' for cell in _cells(header, number, start, count, rng)) + "\n")


def _cells(header: tuple[str, ...], number: int, start: datetime, count: int, rng: random.Random) -> list[str]:
    at = start + timedelta(seconds=number * 259_200 / count)
    text = " ".join(rng.choices(WORDS, k=25)) + ("\nline" if number % 7 == 0 else "")
    status = (int(at.timestamp() * 1000) - 1_288_834_974_657) << 22 | number % 4096
    values = {
        "Query Id": "77", "Query Name": "kettles", "Date": f"{at:%Y-%m-%d %H:%M:%S}.0", "Page Type": "twitter",
        "Url": f"http://twitter.com/u{number % 9999}/statuses/{status}", "Author": f"u{number % 9999}",
        "Full Name": f"u{number % 9999} (User {number % 9999})", "X Author ID": str(9000 + number % 9999),
        "Full Text": text, "Title": text[:40], "Language": "en", "Country Code": "FRA", "Sentiment": "neutral",
        "X Followers": str(number % 5000), "X Likes": str(number % 13), "X Reposts": str(number % 5), "X Replies": "0",
        "Impressions": str(number % 900), "Reach (new)": str(number % 450), "Thread Id": "0", "Likes": "0",
        "Resource Id": f"res-{number}", "Updated": "2025-07-30T12:49:30.426+0000", "Hashtags": "[coffee]",
    }  # fmt: skip
    return [values.get(name, "") for name in header]


def write_workbook(path: Path, rows: int, columns: int) -> None:
    """An XLSX in which every cell is filled: texts that are shared, numbers, and an address and a time per row."""
    header = [*known_header("brandwatch"), *(f"Category {n}" for n in range(columns))][:columns]
    rng = random.Random(2)
    shared = [*header, *(f"value {n} of words" for n in range(20_000))]
    names = [_column(n) for n in range(columns)]
    counters = {place for place, name in enumerate(header) if place % 3 == 0 or name.endswith(_COUNTERS)}
    date, url = header.index("Date"), header.index("Url")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, '<?xml version="1.0"?>' + content)
        table = "".join(f"<si><t>{text}</t></si>" for text in shared)
        archive.writestr("xl/sharedStrings.xml", f'<?xml version="1.0"?><sst xmlns="{_MAIN}">{table}</sst>')
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}"><sheetData><row r="1">'.encode())
            sheet.write("".join(f'<c r="{n}1" t="s"><v>{p}</v></c>' for p, n in enumerate(names)).encode() + b"</row>")
            for row in range(2, rows + 2):
                cells = []
                for place, name in enumerate(names):
                    if place in (date, url):
                        text = (
                            f"2025-07-24 15:{row // 60 % 60:02d}:{row % 60:02d}.0" if place == date else _address(row)
                        )
                        cells.append(f'<c r="{name}{row}" t="str"><v>{text}</v></c>')
                    elif place in counters:
                        cells.append(f'<c r="{name}{row}"><v>{row * place % 997}</v></c>')
                    else:
                        cells.append(f'<c r="{name}{row}" t="s"><v>{columns + rng.randrange(20_000)}</v></c>')
                sheet.write(f'<row r="{row}">{"".join(cells)}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")


def _address(row: int) -> str:
    return f"http://twitter.com/u{row}/statuses/{1_948_408_861_815_734_277 + row * 4_194_304_000}"


def _column(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(65 + place) + letters
    return letters


_COUNTERS = ("Likes", "Reposts", "Replies", "Impressions", "Followers", "(new)", "Shares", "Comments", "Views", "Score")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">'
    f'<Relationship Id="rId1" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_DOCUMENT}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}


def measure(reader: str, path: Path) -> None:
    """Read the file once in this process and print rows, wall and processor seconds, and peak MiB."""
    began, work = time.perf_counter(), time.process_time()
    if reader == "polars":
        rows = pl.read_csv(path, skip_lines=6, infer_schema=False).height
    else:
        reading = read_export(path, ReadContext(declarations=DECLARATIONS, file_name=path.name))
        rows = sum(batch.rows.height for batch in reading.batches())
        assert reading.facts().rejected_count == 0, reading.facts()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(rows, time.perf_counter() - began, time.process_time() - work, peak)


def measured(reader: str, path: Path) -> tuple[int, float, float, float]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--measure", reader, str(path)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(output[0]), float(output[1]), float(output[2]), float(output[3])


def main(count: int) -> None:
    """Write both files, read them, print the ratios."""
    print(f"python {sys.version.split()[0]}, polars {pl.__version__}")
    with tempfile.TemporaryDirectory() as folder:
        rows, book = Path(folder) / "mentions.csv", Path(folder) / "mentions.xlsx"
        write_rows(rows, count)
        measured("ours", rows.parent / _sample(rows))  # compiles and caches the scanner once
        bare, ours = measured("polars", rows), measured("ours", rows)
        print(f"{count:,} Brandwatch rows of 186 columns, {rows.stat().st_size / 1e6:,.0f} MB")
        for name, (_, wall, work, peak) in (("bare polars.read_csv", bare), ("read_export", ours)):
            print(f"  {name:22} {wall:6.1f} s wall {work:6.1f} s processor {peak:7,.0f} MiB peak")
        print(f"  ratio {ours[1] / bare[1]:.2f} wall, {ours[2] / bare[2]:.2f} processor (target: within 4)")
        rows.unlink()
        write_workbook(book, 73_000, 193)
        _, wall, work, peak = measured("ours", book)
        print(f"workbook of 73,000 x 193, every cell filled, {book.stat().st_size / 1e6:,.0f} MB")
        print(
            f"  read_export            {wall:6.1f} s wall {work:6.1f} s processor {peak:7,.0f} MiB peak (target: 20 s)"
        )


def _sample(path: Path) -> str:
    """A small file of the same kind beside the large one."""
    small = path.with_name("small.csv")
    write_rows(small, 200)
    return small.name


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure(sys.argv[2], Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
