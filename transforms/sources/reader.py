"""The one entry to reading exports: a path and a context in, canonical batches and the facts about the file out."""

from collections.abc import Iterator
from datetime import UTC as UTC_ZONE
from datetime import date, datetime, time
from pathlib import Path

import polars as pl

from transforms.sources.cells import HeaderMap
from transforms.sources.coverage import Coverage, stated_total
from transforms.sources.declaration import ABBREVIATION, ACCOUNT, EXPLICIT, HEADER, UTC, SourceDeclaration, rule_columns
from transforms.sources.drift import doubled_columns, fingerprint, header_difference, refuse_glued
from transforms.sources.identity import damaged_ids
from transforms.sources.json_lines import JsonRecords
from transforms.sources.mapping import CONTRACTS, TIME_COLUMNS, RowMapper
from transforms.sources.opening import Opened, open_export
from transforms.sources.reading import (
    FileFacts,
    HeaderDifference,
    ReadBatch,
    ReadContext,
    RecordBatch,
    RefusedFile,
    Rejection,
)
from transforms.sources.zone_proof import check_utc, prove_zone
from transforms.sources.zones import ZonePlan, header_plan, id_instants
from warehouse.tables import raw

_REJECTED = pl.Schema({name: dtype for name, dtype in raw.REJECTED_ROW.schema.items() if name != "file_id"})
_EVIDENCE = pl.Schema({"written": pl.Datetime("us"), "id_at": pl.Datetime("us", "UTC")})
_CHECKED_BATCHES = 2


def read_export(path: Path, context: ReadContext) -> "ExportReading":
    """Recognise the file and stand ready to read it; bad content is a state of the reading, never an exception."""
    try:
        return ExportReading(context, open_export(path, context))
    except RefusedFile as refusal:
        return ExportReading(context, None, refusal)


class ExportReading:
    """One file being read. `batches` reads it once; `facts` is final afterwards."""

    def __init__(self, context: ReadContext, opened: Opened | None, refusal: RefusedFile | None = None) -> None:
        self._context = context
        self._opened = opened
        self._problem = None if refusal is None else self._told(refusal)
        self._suggestion = None if refusal is None else refusal.suggestion
        self._kept = self._rejected = 0
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._warnings: list[str] = list(opened.warnings) if opened else []
        self._plan = ZonePlan("unknown")
        self._if_assumed: str | None = None
        self._difference = HeaderDifference()
        if opened is not None:
            self._difference = header_difference(opened.records.header, opened.declaration)
            if self._difference:
                self._warnings.append(f"the header differs from the known one: {self._difference.text}")
            doubled = doubled_columns(opened.records.header, opened.declaration)
            self._warnings += [doubled] if doubled else []

    def batches(self) -> Iterator[ReadBatch]:
        """Rows in the raw contract's schema and rejected rows, both without file_id; nothing for a refused file."""
        if self._opened is None:
            return
        try:
            yield from self._read(self._opened)
        except RefusedFile as refusal:
            self._problem = self._told(refusal)

    def facts(self) -> FileFacts:
        """What became of the file so far."""
        opened = self._opened
        declaration = opened.declaration if opened else None
        records = opened.records if opened else None
        header = records.shape.names if isinstance(records, JsonRecords) else records.header if records else ()
        count = self._kept + self._rejected
        return FileFacts(
            file_name=self._context.file_name,
            source_code=declaration.code if declaration else None,
            record_kind=declaration.record_kind if declaration else "unknown",
            state="refused" if self._problem else "ingested" if count else "empty",
            problem_text=self._problem,
            suggestion_text=self._suggestion,
            warnings=tuple(dict.fromkeys(self._warnings)),
            encoding_name=opened.encoding_name if opened else None,
            header=header,
            header_fingerprint=fingerprint(header) if header else None,
            header_difference=self._difference,
            declaration_version=declaration.version if declaration else None,
            row_count=count,
            kept_count=self._kept,
            rejected_count=self._rejected,
            first_at=self._first,
            last_at=self._last,
            zone_text=self._zone_text(),
            vendor_total_count=self._vendor_total(),
        )

    def _read(self, opened: Opened) -> Iterator[ReadBatch]:
        declaration, records = opened.declaration, opened.records
        self._plan = self._zone_plan(opened)
        coverage = Coverage(
            declaration.row_cap, opened.preamble, self._context.own_name, _always_counted(declaration, records)
        )
        mapper: RowMapper | None = None
        evidence: list[pl.DataFrame] = []
        for batch in records.batches():
            refuse_glued(batch, records.header, declaration)
            table = _hooked(batch, declaration)
            if mapper is None:
                mapper = self._mapper(opened, table, self._plan)
            rows, rejections = mapper.map(table)
            if declaration.time.zone in (UTC, EXPLICIT, ABBREVIATION, HEADER) and len(evidence) < _CHECKED_BATCHES:
                evidence.append(_evidence_of(rows, TIME_COLUMNS[declaration.record_kind]))
            coverage.add(
                rows[TIME_COLUMNS[declaration.record_kind]],
                rows["platform_code"],
                rows["mention_text"] if "mention_text" in rows.columns else None,
            )
            coverage.add_counters(rows)
            yield self._counted(rows, sorted([*batch.rejections, *rejections], key=lambda r: r.row_number))
        if self._kept + self._rejected != records.record_count:
            raise AssertionError(
                f"{records.record_count} records counted, {self._kept} kept, {self._rejected} rejected"
            )
        self._warnings += [*records.notes, *coverage.warnings(records.record_count)]
        total = self._vendor_total()
        if total is not None and total > records.record_count:
            self._warnings.append(f"the vendor counts {total:,} records, the file holds {records.record_count:,}")
        self._warnings += [w for w in (mapper.platforms.warning if mapper else None, _checked(evidence)) if w]

    def _counted(self, rows: pl.DataFrame, rejections: list[Rejection]) -> ReadBatch:
        self._kept += rows.height
        self._rejected += len(rejections)
        if rows.height and self._opened is not None:
            times = rows[TIME_COLUMNS[self._opened.declaration.record_kind]]
            first, last = _instant(times.min()), _instant(times.max())
            if self._if_assumed and "tz_basis_code" in rows.columns and (rows["tz_basis_code"] == "assumed").any():
                self._warnings.append(self._if_assumed)
            self._first = first if self._first is None or (first and first < self._first) else self._first
            self._last = last if self._last is None or (last and last > self._last) else self._last
        return ReadBatch(rows, rejected_frame(rejections))

    def _zone_plan(self, opened: Opened) -> ZonePlan:
        """How naive times of the file become UTC; reads the file once for its evidence where that decides."""
        declaration = opened.declaration
        rule = declaration.time
        if rule.zone == UTC:
            return ZonePlan("explicit" if rule.is_documented else "assumed", "UTC")
        if rule.zone == ABBREVIATION:
            return ZonePlan("unknown")
        if rule.zone == EXPLICIT:
            # Values that lack the zone they should say are read in the declared one, if there is one.
            zone, _ = self._declared_zone(declaration)
            return ZonePlan("assumed", zone) if zone else ZonePlan("unknown")
        if rule.zone == HEADER:
            return header_plan(opened.records.header)
        declared, text = self._declared_zone(declaration)
        if declaration.record_kind == "audience_snapshot":
            return ZonePlan("assumed", declared) if declared else ZonePlan("unknown")
        plan = prove_zone(self._evidence(opened), declared, text)
        self._warnings += plan.warnings
        if plan.basis == "assumed":
            self._if_assumed = f"the zone of its times is assumed to be {declared} ({text})"
        return plan

    def _evidence(self, opened: Opened) -> pl.DataFrame:
        frames = [pl.DataFrame(schema=_EVIDENCE)]
        mapper: RowMapper | None = None
        for batch in opened.records.batches():
            table = _hooked(batch, opened.declaration)
            if mapper is None:
                mapper = self._mapper(opened, table, ZonePlan("unknown"))
            frames.append(mapper.evidence(table))
        return pl.concat(frames)

    def _declared_zone(self, declaration: SourceDeclaration) -> tuple[str | None, str]:
        if declaration.code in self._context.account_zones:
            return self._context.account_zones[declaration.code], f"the zone declared for {declaration.code}"
        if declaration.time.zone not in (ACCOUNT, EXPLICIT):
            return declaration.time.zone, f"the zone of source {declaration.code}"
        return self._context.default_account_zone, "the zone declared for all accounts"

    def _mapper(self, opened: Opened, table: pl.DataFrame, plan: ZonePlan) -> RowMapper:
        is_damaged = self._damaged(opened.declaration, table)
        above = " ".join(cell for row in opened.preamble for cell in row)
        return RowMapper(opened.declaration, _header_of(table), plan, is_damaged, self._context.own_name, above)

    def _damaged(self, declaration: SourceDeclaration, table: pl.DataFrame) -> bool:
        if declaration.ids_are_damaged is not None:
            return declaration.ids_are_damaged
        names = HeaderMap(table.columns).found(rule_columns(declaration.columns.get("native_id", ())))
        damaged = [name for name in names if damaged_ids(table[name])]
        if damaged:
            words = (
                f"ids in column {damaged[0]!r} were destroyed by a spreadsheet and are not used: export them as text"
            )
            self._warnings.append(words)
        return bool(damaged)

    def _vendor_total(self) -> int | None:
        """What the file itself says of how many records there are: the lines above its header, or its JSON."""
        if self._opened is None:
            return None
        records = self._opened.records
        return records.shape.total if isinstance(records, JsonRecords) else stated_total(self._opened.preamble)

    def _zone_text(self) -> str | None:
        if self._opened is None:
            return None
        zone = self._opened.declaration.time.zone
        return "in each value" if zone in (EXPLICIT, ABBREVIATION) else self._plan.text

    def _told(self, refusal: RefusedFile) -> str:
        return f"{self._context.file_name or 'file'}: {refusal}"


def rejected_frame(rejections: list[Rejection]) -> pl.DataFrame:
    """Rejections in the schema of raw.rejected_row without file_id."""
    return pl.DataFrame([vars(rejection) for rejection in rejections], schema=_REJECTED)


def _always_counted(declaration: SourceDeclaration, records: object) -> tuple[str, ...]:
    """Counters that a JSON format gives of every post; a table says by its header which it has."""
    if not isinstance(records, JsonRecords):
        return ()
    return tuple(name for name in ("like_count", "share_count") if name in declaration.columns)


def _evidence_of(rows: pl.DataFrame, time_column: str) -> pl.DataFrame:
    """The UTC times that were made of the written ones, beside those of ids."""
    if "native_id" not in rows.columns:
        return pl.DataFrame(schema=_EVIDENCE)
    written = rows[time_column].dt.replace_time_zone(None).alias("written")
    return pl.DataFrame([written, id_instants(rows["platform_code"], rows["native_id"])]).drop_nulls()


def _checked(evidence: list[pl.DataFrame]) -> str | None:
    return check_utc(pl.concat(evidence)) if evidence else None


def _hooked(batch: RecordBatch, declaration: SourceDeclaration) -> pl.DataFrame:
    """The batch as the format's hook leaves it; the hook finds every known column, empty where the file has none."""
    if declaration.hook is None or declaration.signatures[0].container != "table":
        return batch.records
    missing = [name for name in declaration.known_header if name not in batch.records.columns]
    table = declaration.hook(batch.records.with_columns(pl.lit(None, pl.String).alias(name) for name in missing))
    assert isinstance(table, pl.DataFrame)
    return table.drop(missing)


def _header_of(table: pl.DataFrame) -> tuple[str, ...]:
    return tuple(name for name in table.columns if not name.startswith("\x00"))


def _instant(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), tzinfo=UTC_ZONE) if isinstance(value, date) else None


__all__ = ["CONTRACTS", "ExportReading", "FileFacts", "ReadBatch", "ReadContext", "read_export", "rejected_frame"]
