"""What a declared export format is: the vocabulary. Formats live in the vendor files, code in the engine.

A declaration says where a format is recognised (`signatures`), how its columns become the canonical ones of
`warehouse.tables.raw` (`columns`, `time`, `platform`, `kinds`, ...) and which of them are never kept (`dropped`).
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Literal

import polars as pl

RecordKind = Literal["mention", "competitor_post", "audience_snapshot"]
Confidence = Literal[
    "seen in real files",
    "from public parser code",
    "from vendor documentation",
    "the project's own",
    "declared by the user",
]
Container = Literal["table", "json"]

EXPLICIT, UTC, ACCOUNT, ABBREVIATION, HEADER = "explicit", "utc", "account", "abbreviation", "header"
ISO, EPOCH, EXCEL_SERIAL = "iso", "epoch", "excel_serial"

# Columns a hook makes start with this mark: they feed canonical columns but are nothing the export had.
MADE = "\x01"

NULL_WORDS = ("", "-", "N/A", "nan", "NaN", "Unknown", "unknown", "null", "None")


@dataclass(frozen=True)
class Signature:
    """One way to recognise a format by its content; every part that is given must hold.

    `header` names must all stand in one row of the first thirty (for JSON: dotted paths that each of the first records
    has), `any_header` at least one of them, `header_prefix` one that starts so, `first_header` is the row's first cell.
    `sheets` names the workbook sheets to look at (any when empty), `envelope` the path to the list of records in a
    JSON document ("" when a record is a line or an item of the outermost list), `envelope_keys` keys of the document.
    `rows_match` is for formats whose headers are localised: it takes the first rows and returns the header's index.
    """

    container: Container = "table"
    header: tuple[str, ...] = ()
    any_header: tuple[str, ...] = ()
    header_prefix: str | None = None
    first_header: str | None = None
    without_header: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    envelope: str = ""
    envelope_keys: tuple[str, ...] = ()
    rows_match: Callable[[Sequence[Sequence[str]]], int | None] | None = None


@dataclass(frozen=True)
class ByPlatform:
    """Columns that depend on the row's platform: exports write 0, not nothing, in the counters of all the others.

    `otherwise` serves every platform without a choice; there 0 is nothing known unless `is_zero_known_otherwise`.
    """

    choices: Mapping[str, tuple[str, ...]]
    otherwise: tuple[str, ...] = ()
    is_zero_known_otherwise: bool = True


ColumnRule = tuple[str, ...] | ByPlatform


@dataclass(frozen=True)
class TimeRule:
    """How the time of a record is written.

    `columns` are tried in order, `formats` (chrono patterns, or the words of this module) in order for each. `zone` is
    EXPLICIT (the value says it), UTC (unmarked but known), ACCOUNT (the account's own, to be proved or declared),
    ABBREVIATION (`... EST` at the end of the value), HEADER (`(GMT-04:00)` in the column's name), or an IANA name.
    `clock_column` holds an id that starts with the epoch in milliseconds. `second_columns` hold the time of day when
    `columns` hold the day only. `is_documented` is False where UTC is a belief that no real file has confirmed.
    """

    columns: tuple[str, ...]
    formats: tuple[str, ...]
    zone: str = EXPLICIT
    clock_column: str | None = None
    second_columns: tuple[str, ...] = ()
    is_day_only: bool = False
    is_documented: bool = True


@dataclass(frozen=True)
class PlatformRule:
    """The platform of a record: a constant, or the first of `columns` whose folded value stands in `values`.

    A value may stand in `values` as a whole or as a part of the cell's words; what stays open is taken from the host
    of the record's address, or with `is_in_preamble` of the first address in the lines above the header; then it is
    `otherwise`, or `other` with a warning.
    """

    constant: str | None = None
    columns: tuple[str, ...] = ()
    otherwise: str | None = None
    is_in_preamble: bool = False
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class KindRule:
    """The record is of `kind` when the column is filled, or holds one of `values` (folded), or contains `part`."""

    kind: str
    column: str
    values: tuple[str, ...] = ()
    part: str | None = None


@dataclass(frozen=True)
class JoinedSheet:
    """Columns that stand on another sheet of the workbook, whose name starts with `prefix`, joined by `key`."""

    prefix: str
    key: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class SourceDeclaration:
    """One export format.

    `columns` maps each canonical column of the raw contract to the export's columns in order of preference: later
    ones stand in, row by row, where earlier ones are absent or empty. `known_header` is the full header as known, for
    drift reports. A format with `refused_because` is recognised only to say what it is. `hook` is the one place for
    code: for tables it takes and returns the frame of text cells, for JSON it takes one decoded document or line and
    yields the records in it. `total_paths` lead to the vendor's own number of records in a JSON document;
    with `is_total_of_page` each document (a line) tells of its own records only.
    """

    code: str
    title: str
    record_kind: RecordKind
    confidence: Confidence
    signatures: tuple[Signature, ...]
    columns: Mapping[str, ColumnRule]
    time: TimeRule
    platform: PlatformRule
    kinds: tuple[KindRule, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    sentiments: Mapping[str, str] = field(default_factory=dict)
    post_types: Mapping[str, str] = field(default_factory=dict)
    null_words: tuple[str, ...] = NULL_WORDS
    text_null_words: tuple[str, ...] = ()
    zero_is_unknown: tuple[str, ...] = ()
    hidden_counts: tuple[str, ...] = ("-1",)
    negative_is_unknown: tuple[str, ...] = ()
    hidden_when: Mapping[str, str] = field(default_factory=dict)
    withheld_when: tuple[KindRule, ...] = ()
    withheld_platforms: tuple[str, ...] = ()
    truncated_when: tuple[KindRule, ...] = ()
    dropped: tuple[str, ...] = ()
    known_header: tuple[str, ...] = ()
    row_cap: int | None = None
    rows_after_header: int = 0
    has_open_tail: bool = False
    escape_char: str | None = None
    has_titles_between: bool = False
    header_by_position: bool = False
    joined_sheet: JoinedSheet | None = None
    account_in_name: str | None = None
    name_in_parentheses: bool = False
    refused_because: str | None = None
    withdrawn_id: Callable[[Any], str | None] | None = None
    total_paths: tuple[str, ...] = ()
    is_total_of_page: bool = False
    audience_kind: str = "followers"
    ids_are_damaged: bool | None = None
    file_pattern: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    hook: Callable[..., Any] | None = None

    @property
    def version(self) -> str:
        """Hash of everything declared: another version may read the same file differently."""
        text = json.dumps(_plain(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def export_columns(self) -> set[str]:
        """Every column of the export the declaration takes a canonical value from."""
        taken: set[str] = set(self.time.columns) | set(self.platform.columns)
        taken |= {*((self.time.clock_column,) if self.time.clock_column else ()), *self.time.second_columns}
        for rule in self.columns.values():
            taken |= set(rule_columns(rule))
        taken |= {rule.column for rule in (*self.kinds, *self.withheld_when, *self.truncated_when)}
        return taken

    @property
    def unshown(self) -> tuple[str, ...]:
        """Columns that no rejected record may show: the dropped ones and those that name an author."""
        rules = (self.columns.get(name) for name in ("author_native_id", "author_handle", "author_name"))
        return (*self.dropped, *(name for rule in rules if rule is not None for name in rule_columns(rule)))


JsonHook = Callable[[Any], Iterable[dict[str, Any]]]
TableHook = Callable[[pl.DataFrame], pl.DataFrame]


def rule_columns(rule: ColumnRule) -> tuple[str, ...]:
    """All export columns a rule may read."""
    if isinstance(rule, ByPlatform):
        return tuple(name for names in rule.choices.values() for name in names) + rule.otherwise
    return rule


def rule_branches(rule: ColumnRule) -> tuple[tuple[str, ...], ...]:
    """The lists of columns that stand in for one another: one, or one for each platform."""
    return (*rule.choices.values(), rule.otherwise) if isinstance(rule, ByPlatform) else (rule,)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if callable(value):
        return getattr(value, "__qualname__", "hook")
    return value
