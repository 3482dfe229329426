"""Short ways to read bytes in tests."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from transforms.sources.reader import FileFacts, ReadContext, read_export
from transforms.sources.registry import DECLARATIONS

CANONICAL = ("published_at", "platform", "author_handle", "text", "likes")


@dataclass(frozen=True)
class Outcome:
    """What reading gave."""

    facts: FileFacts
    rows: pl.DataFrame
    rejected: pl.DataFrame

    @property
    def texts(self) -> list[str | None]:
        """The texts of the rows kept."""
        return self.rows["mention_text"].to_list() if self.rows.width else []

    @property
    def reasons(self) -> list[tuple[int, str]]:
        """Row number and code of each rejection."""
        return list(self.rejected.select("row_number", "reason_code").iter_rows()) if self.rejected.width else []


def read_bytes(content: bytes, name: str = "export.csv", **context: Any) -> Outcome:
    """Read the bytes as a file of that name with the built-in formats (and `declarations`, if given)."""
    context.setdefault("declarations", DECLARATIONS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        reading = read_export(path, ReadContext(file_name=name, **context))
        batches = list(reading.batches())
    rows = pl.concat([batch.rows for batch in batches]) if batches else pl.DataFrame()
    rejected = pl.concat([batch.rejected for batch in batches]) if batches else pl.DataFrame()
    facts = reading.facts()
    assert facts.row_count == facts.kept_count + facts.rejected_count
    assert (rows.height, rejected.height) == (facts.kept_count, facts.rejected_count)
    return Outcome(facts, rows, rejected)


def canonical(*records: str, header: str = ",".join(CANONICAL), line_end: str = "\n") -> str:
    """A canonical CSV of ready-made record lines."""
    return "".join(line + line_end for line in (header, *records))


def record(text: str, likes: str = "1", at: str = "2025-07-24T15:44:07Z") -> str:
    """A record line whose text cell is written as given."""
    return f"{at},x,nora_lind,{text},{likes}"
