"""What goes into a reading and what comes out of it: context, limits, facts, batches, rejections. No behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from transforms.sources.declaration import SourceDeclaration

MEBIBYTE = 1 << 20


class RefusedFile(Exception):
    """The file as a whole cannot be read; the message is one line that names the place and the next step.

    `suggestion` is a block for listening.yaml that would read a file of an undeclared format, None where none helps.
    """

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.suggestion = suggestion


def raise_unless_of_library(error: BaseException) -> None:
    """Raises what is no fault of a file: an interrupt, an exit. A panic of a library in Rust is no Exception."""
    if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
        raise error


@dataclass(frozen=True)
class ReadLimits:
    """Bounds on what a file may cost. Sizes in bytes, ratios as unpacked / packed."""

    max_file_bytes: int = 8 << 30
    max_unpacked_bytes: int = 16 << 30
    max_unpack_ratio: int = 200
    max_archive_members: int = 1000
    max_record_bytes: int = 16 * MEBIBYTE
    max_columns: int = 5000
    max_json_bytes: int = 200 * MEBIBYTE
    max_workbook_bytes: int = 2 << 30
    max_old_workbook_bytes: int = 256 * MEBIBYTE
    max_workbook_cells: int = 60_000_000
    batch_bytes: int = 16 * MEBIBYTE
    batch_rows: int = 40_000


@dataclass(frozen=True)
class ReadContext:
    """Everything a reading depends on besides the file: nothing is taken from a clock or the environment.

    `account_zones` maps a source code to the IANA zone its account writes times in, `default_account_zone` holds for
    every other source. `file_name` is the name the file had in the inbox (used in messages and by `file_pattern`);
    `member_number` says which file of the zip to read, where it holds several.
    """

    declarations: tuple[SourceDeclaration, ...]
    account_zones: Mapping[str, str] = field(default_factory=dict)
    default_account_zone: str | None = None
    limits: ReadLimits = field(default_factory=ReadLimits)
    file_name: str = ""
    member_number: int | None = None

    @property
    def own_name(self) -> str:
        """The file's own name, without that of the archive it came in: what patterns and periods are looked for in."""
        return self.file_name.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Rejection:
    """One record that was not kept."""

    row_number: int
    reason_code: str
    column_name: str | None
    reason_text: str
    raw_content: str | None


@dataclass(frozen=True)
class RecordBatch:
    """Records as text cells, one column per header name plus `ROW`, and those that cannot even be split."""

    records: pl.DataFrame
    rejections: list[Rejection] = field(default_factory=list)


@dataclass(frozen=True)
class ReadBatch:
    """Rows in the raw contract's schema without file_id, and rows of raw.rejected_row without file_id."""

    rows: pl.DataFrame
    rejected: pl.DataFrame


@dataclass(frozen=True)
class HeaderDifference:
    """How a file's header differs from the declared one; all empty when it does not."""

    added: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    is_reordered: bool = False

    def __bool__(self) -> bool:
        return bool(self.added or self.missing or self.is_reordered)

    @property
    def text(self) -> str:
        """One line for a person, empty when there is no difference."""
        parts = []
        if self.added:
            parts.append(f"new columns: {_shortened(self.added)}")
        if self.missing:
            parts.append(f"missing columns: {_shortened(self.missing)}")
        if self.is_reordered:
            parts.append("columns in another order")
        return "; ".join(parts)


@dataclass(frozen=True)
class FileFacts:
    """What became of a file. Counts are final only after all batches were consumed; row = kept + rejected, always."""

    file_name: str = ""
    source_code: str | None = None
    record_kind: str = "unknown"
    state: str = "refused"
    problem_text: str | None = None
    suggestion_text: str | None = None
    warnings: tuple[str, ...] = ()
    encoding_name: str | None = None
    header: tuple[str, ...] = ()
    header_fingerprint: str | None = None
    header_difference: HeaderDifference = field(default_factory=HeaderDifference)
    declaration_version: str | None = None
    row_count: int = 0
    kept_count: int = 0
    rejected_count: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    zone_text: str | None = None
    vendor_total_count: int | None = None

    @classmethod
    def crashed(cls, error: BaseException, file_name: str = "") -> "FileFacts":
        """The facts of a file whose reading raised: a fault of the reader, kept apart from a bad file."""
        words = " ".join(str(error).split())[:200]
        problem = (
            f"reading it failed with {type(error).__name__}: {words}; this is a fault of the reader, please report it"
        )
        return cls(file_name=file_name, state="crashed", problem_text=problem)


def _shortened(names: tuple[str, ...], most: int = 12) -> str:
    shown = ", ".join(repr(name[:60]) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
