"""Writing delimited export files, with a ledger of their rows: how many, and which must be refused and why.

Broken rows are copies of sound rows with one fault each, so that nothing but the fault can be the reason.
"""

import csv
import io
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.demo.truths import PlantedFile, RejectedRow


@dataclass(frozen=True)
class Dialect:
    """How a tool writes its files."""

    source_format: str
    grain: str
    header: tuple[str, ...]
    zone: str = "UTC"
    encoding: str = "utf-8"
    delimiter: str = ","
    line_end: str = "\n"
    is_quoted: bool = False
    preamble: str = ""


@dataclass(frozen=True)
class Faults:
    """Which cells carry the time, the words and the ids, and a counter: what the planted faults act on."""

    date_cells: Mapping[str, str]
    """Columns that tell the time, with an unparseable text for each (an empty text leaves the cell as a blank)."""
    identity_columns: tuple[str, ...]
    counter_column: str
    identity_reason: str = "missing_text_and_id"
    bad_dates: tuple[str, ...] = ()
    """More texts for the first date column that must be refused, such as an unknown zone."""


@dataclass(frozen=True)
class _Record:
    cells: Sequence[str]
    reason: str = ""
    column: str = ""
    value: str = ""


def write_delimited(
    path: Path, dialect: Dialect, rows: Iterable[Mapping[str, str]], *, batch: int, faults: Faults | None = None,
    broken_from: Sequence[Mapping[str, str]] = (), rng: random.Random | None = None,
) -> PlantedFile:  # fmt: skip
    """Write one file and return its ledger; broken copies of `broken_from` go to random places among the rows."""
    records = [_Record([row.get(column, "") for column in dialect.header]) for row in rows]
    if faults and broken_from and rng:
        for record in _broken_records(dialect.header, faults, broken_from):
            records.insert(rng.randrange(len(records) + 1), record)
    text = [dialect.preamble, _line(dialect, dialect.header)]
    line_number = 1 + sum(part.count("\n") for part in text)
    rejected = []
    for row_number, record in enumerate(records, start=1):
        line = _line(dialect, record.cells)
        if record.reason:
            rejected.append(RejectedRow(row_number, line_number, record.reason, record.column, record.value))
        text.append(line)
        line_number += line.count("\n")
    path.write_bytes("".join(text).encode(dialect.encoding))
    counts = (len(records), len(records) - len(rejected))
    return PlantedFile(path.name, dialect.source_format, dialect.grain, dialect.zone, batch, *counts, tuple(rejected))


def _line(dialect: Dialect, cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(
        buffer,
        delimiter=dialect.delimiter,
        lineterminator=dialect.line_end,
        quoting=csv.QUOTE_ALL if dialect.is_quoted else csv.QUOTE_MINIMAL,
    ).writerow(cells)
    return buffer.getvalue()


def _broken_records(
    header: Sequence[str], faults: Faults, sound: Sequence[Mapping[str, str]]
) -> Iterable[_Record]:  # fmt: skip
    """Yield one record per fault, each from another sound row."""
    date_column, counter = next(iter(faults.date_cells)), faults.counter_column
    samples = iter([{column: row.get(column, "") for column in header} for row in sound])

    def broken(changes: Mapping[str, str], reason: str, column: str, value: str) -> _Record:
        return _Record(list({**next(samples), **changes}.values()), reason, column, value)

    bad_date = faults.date_cells[date_column]
    yield broken(faults.date_cells, "unparseable_date", date_column, bad_date)
    yield broken(dict.fromkeys(faults.date_cells, ""), "missing_date", date_column, "")
    for text in faults.bad_dates:
        yield broken({date_column: text}, "unparseable_date", date_column, text)
    yield broken(dict.fromkeys(faults.identity_columns, ""), faults.identity_reason, "", "")
    yield broken({counter: "lots"}, "bad_number", counter, "lots")
    short = list(next(samples).values())[: max(2, len(header) // 4)]
    yield _Record(short, "wrong_field_count", "", str(len(short)))
    long = [*next(samples).values(), "surplus", "surplus"]
    yield _Record(long, "wrong_field_count", "", str(len(long)))
