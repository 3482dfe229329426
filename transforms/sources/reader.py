"""The one entry to reading exports: a path and a context in, canonical batches and the facts about the file out."""

import hashlib
from collections.abc import Iterator
from datetime import UTC as UTC_ZONE
from datetime import date, datetime, time
from pathlib import Path

import polars as pl

from transforms.sources.cells import HeaderMap
from transforms.sources.declaration import ACCOUNT, EXPLICIT, UTC, SourceDeclaration
from transforms.sources.identity import damaged_ids
from transforms.sources.mapping import CONTRACTS, TIME_COLUMNS, RowMapper
from transforms.sources.opening import Opened, open_export
from transforms.sources.reading import FileFacts, HeaderDifference, ReadBatch, ReadContext, RefusedFile, Rejection
from transforms.sources.zones import ZonePlan
from warehouse.tables import raw

_REJECTED = pl.Schema({name: dtype for name, dtype in raw.REJECTED_ROW.schema.items() if name != "file_id"})


def read_export(path: Path, context: ReadContext) -> "ExportReading":
    """Recognise the file and stand ready to read it; bad content is a state of the reading, never an exception."""
    try:
        opened = open_export(path, context)
    except RefusedFile as refusal:
        return ExportReading(context, None, str(refusal))
    return ExportReading(context, opened, None)


class ExportReading:
    """One file being read. `batches` reads it once; `facts` is final afterwards."""

    def __init__(self, context: ReadContext, opened: Opened | None, problem: str | None) -> None:
        self._context = context
        self._opened = opened
        self._problem = None if problem is None else f"{context.file_name or 'file'}: {problem}"
        self._kept = self._rejected = 0
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._warnings: list[str] = list(opened.warnings) if opened else []
        self._plan = ZonePlan("unknown")

    def batches(self) -> Iterator[ReadBatch]:
        """Rows in the raw contract's schema and rejected rows, both without file_id; nothing for a refused file."""
        if self._opened is None:
            return
        declaration, records = self._opened.declaration, self._opened.records
        mapper: RowMapper | None = None
        try:
            for batch in records.batches():
                table = batch.records
                if declaration.hook is not None and declaration.signatures[0].container == "table":
                    table = declaration.hook(table)
                if mapper is None:
                    self._plan = self._zone_plan(declaration)
                    mapper = RowMapper(declaration, _header_of(table), self._plan, self._damaged(declaration, table))
                rows, rejections = mapper.map(table)
                yield self._counted(rows, sorted([*batch.rejections, *rejections], key=lambda r: r.row_number))
        except RefusedFile as refusal:
            self._problem = f"{self._context.file_name or 'file'}: {refusal}"
        if self._kept + self._rejected != records.record_count and self._problem is None:
            raise AssertionError(
                f"{records.record_count} records counted, {self._kept} kept, {self._rejected} rejected"
            )
        self._warnings += records.notes
        if mapper is not None and mapper.unknown_platforms:
            names = sorted(mapper.unknown_platforms, key=lambda n: -mapper.unknown_platforms[n])[:5]
            self._warnings.append(f"platforms no rule knows, read as 'other': {', '.join(names)}")

    def facts(self) -> FileFacts:
        """What became of the file so far."""
        opened = self._opened
        declaration = opened.declaration if opened else None
        header = opened.records.header if opened else ()
        count = self._kept + self._rejected
        state = "refused" if self._problem else "ingested" if count else "empty"
        return FileFacts(
            file_name=self._context.file_name,
            source_code=declaration.code if declaration else None,
            record_kind=declaration.record_kind if declaration else "unknown",
            state=state,
            problem_text=self._problem,
            warnings=tuple(dict.fromkeys(self._warnings)),
            encoding_name=opened.encoding_name if opened else None,
            header=header,
            header_fingerprint=_fingerprint(header) if header else None,
            header_difference=header_difference(header, declaration) if declaration else HeaderDifference(),
            declaration_version=declaration.version if declaration else None,
            row_count=count,
            kept_count=self._kept,
            rejected_count=self._rejected,
            first_at=self._first,
            last_at=self._last,
            zone_text=self._plan.text if declaration else None,
        )

    def _counted(self, rows: pl.DataFrame, rejections: list[Rejection]) -> ReadBatch:
        self._kept += rows.height
        self._rejected += len(rejections)
        if rows.height and self._opened is not None:
            times = rows[TIME_COLUMNS[self._opened.declaration.record_kind]].drop_nulls()
            first, last = _instant(times.min()), _instant(times.max())
            self._first = first if self._first is None or (first and first < self._first) else self._first
            self._last = last if self._last is None or (last and last > self._last) else self._last
        return ReadBatch(rows, rejected_frame(rejections))

    def _zone_plan(self, declaration: SourceDeclaration) -> ZonePlan:
        rule = declaration.time
        if rule.zone in (EXPLICIT, UTC):
            return ZonePlan("explicit", "UTC") if rule.zone == UTC else ZonePlan("unknown")
        zone = rule.zone if rule.zone != ACCOUNT and "/" in rule.zone else None
        zone = self._context.account_zones.get(declaration.code) or zone or self._context.default_account_zone
        return ZonePlan("assumed", zone) if zone else ZonePlan("unknown")

    def _damaged(self, declaration: SourceDeclaration, table: pl.DataFrame) -> bool:
        if declaration.ids_are_damaged is not None:
            return declaration.ids_are_damaged
        rule = declaration.columns.get("native_id", ())
        names = HeaderMap(table.columns).found(rule if isinstance(rule, tuple) else rule.otherwise)
        is_damaged = any(damaged_ids(table[name]) for name in names)
        if is_damaged:
            self._warnings.append(
                f"ids in column {names[0]!r} were destroyed by a spreadsheet and are not used: export the file again as text"
            )
        return is_damaged


def rejected_frame(rejections: list[Rejection]) -> pl.DataFrame:
    """Rejections in the schema of raw.rejected_row without file_id."""
    return pl.DataFrame([vars(rejection) for rejection in rejections], schema=_REJECTED)


def header_difference(header: tuple[str, ...], declaration: SourceDeclaration) -> HeaderDifference:
    """How the header differs from the one the declaration knows; nothing when it knows none."""
    known = declaration.known_header
    if not known or "\x00" in "".join(header):
        return HeaderDifference()
    folded_header = {name.casefold(): name for name in header}
    folded_known = {name.casefold(): name for name in known}
    added = tuple(name for key, name in folded_header.items() if key not in folded_known)
    missing = tuple(name for key, name in folded_known.items() if key not in folded_header)
    shared = [key for key in folded_header if key in folded_known]
    is_reordered = shared != [key for key in folded_known if key in folded_header]
    return HeaderDifference(added, missing, is_reordered)


def _header_of(table: pl.DataFrame) -> tuple[str, ...]:
    return tuple(name for name in table.columns if not name.startswith("\x00"))


def _fingerprint(header: tuple[str, ...]) -> str:
    return hashlib.sha256("\x1f".join(header).encode("utf-8", "replace")).hexdigest()[:16]


def _instant(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), tzinfo=UTC_ZONE) if isinstance(value, date) else None


__all__ = ["CONTRACTS", "ExportReading", "FileFacts", "ReadBatch", "ReadContext", "read_export", "rejected_frame"]
