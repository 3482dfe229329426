"""Text cells to canonical rows: one declaration applied to one batch, with a reason for each row not kept."""

import re
from dataclasses import dataclass, field

import polars as pl

from transforms.sources import codes, faults
from transforms.sources.cells import (
    PLATFORM,
    TEXT_COLUMNS,
    HeaderMap,
    changed,
    dictionary_of,
    evaluated,
    filled_columns,
    holds,
    left_columns,
    picked,
    raw_json,
    taken_columns,
)
from transforms.sources.declaration import ABBREVIATION, EPOCH, ISO, MADE, KindRule, SourceDeclaration, rule_columns
from transforms.sources.faults import Fault
from transforms.sources.identity import identity_columns
from transforms.sources.json_lines import RAW
from transforms.sources.platforms import PlatformReader
from transforms.sources.reading import Rejection
from transforms.sources.records import ROW
from transforms.sources.rejects import aligned_content
from transforms.sources.times import TimeReader, Times
from transforms.sources.values import nothing, parse_counts, parse_instants
from transforms.sources.zones import ZonePlan, id_instants
from warehouse.tables import raw
from warehouse.tables.contract import TableContract

CONTRACTS: dict[str, TableContract] = {
    "mention": raw.MENTION,
    "competitor_post": raw.COMPETITOR_POST,
    "audience_snapshot": raw.AUDIENCE_SNAPSHOT,
}
TIME_COLUMNS = {"mention": "published_at", "competitor_post": "posted_at", "audience_snapshot": "snapshot_date"}
_LONGEST_TWEET_CUT = 100
_HANDLE_AND_NAME = r"^\S+ \(.+\)$"
_CUT = r"…\s*(?:https?://\S*)?$"
_Rows = dict[str, pl.Series]


@dataclass
class RowMapper:
    """Applies one declaration to the batches of one file."""

    declaration: SourceDeclaration
    header: tuple[str, ...]
    plan: ZonePlan
    ids_are_damaged: bool = False
    file_name: str = ""
    preamble_text: str = ""
    platforms: PlatformReader = field(init=False)

    def __post_init__(self) -> None:
        self.names = self.filled = HeaderMap(self.header)
        self.platforms = PlatformReader(self.declaration, self.preamble_text)
        self.times = TimeReader(self.declaration, self.names)
        schema = CONTRACTS[self.declaration.record_kind].schema
        self.schema = pl.Schema({name: dtype for name, dtype in schema.items() if name != "file_id"})
        self.left = left_columns(self.header, self.declaration, taken_columns(self.declaration, self.names))

    def map(self, records: pl.DataFrame) -> tuple[pl.DataFrame, list[Rejection]]:
        """The rows kept, in the contract's schema without file_id, and the rejections of the others."""
        found: list[Fault] = []
        records = self._filled_only(records)
        drafts = self.drafts(records)
        rows = {"row_number": records[ROW], **self._constants(records.height)}
        rows |= self._texts(drafts)
        rows |= self._identity(drafts)
        if "url" in drafts.columns and "url" in self.schema:
            self._judge_urls(drafts["url"], found)
        rows |= self._counts(records, drafts, found)
        rows |= self._times(records, rows, found)
        rows |= self._codes(drafts)
        rows |= self._flags(records, rows)
        rows["raw_json"] = (
            records[RAW] if RAW in records.columns else raw_json(records, self.left, self.declaration.null_words)
        )
        self._require(rows, found)
        columns = {
            name: rows[name] if name in rows else nothing(records.height, dtype) for name, dtype in self.schema.items()
        }
        return self._parted(pl.DataFrame(columns, schema=self.schema), records, found)

    def evidence(self, records: pl.DataFrame) -> pl.DataFrame:
        """What a batch says about the zone: naive times (`written`) beside the UTC times of ids (`id_at`)."""
        records = self._filled_only(records)
        times = self.times.read(records, self.filled, ZonePlan("unknown"))
        id_at = self._id_at(self._identity(self.drafts(records)))
        id_at = pl.select(pl.coalesce(times.clock, id_at)).to_series()
        return pl.DataFrame({"written": times.written, "id_at": id_at}).drop_nulls()

    def _filled_only(self, records: pl.DataFrame) -> pl.DataFrame:
        filled = filled_columns(records, (ROW, RAW))
        self.filled = HeaderMap(filled.columns)
        return filled

    def drafts(self, records: pl.DataFrame) -> pl.DataFrame:
        """One String column per canonical column the declaration names, plus the platform code as `PLATFORM`."""
        with_platform = records.with_columns(self.platforms.read(records, self.filled).alias(PLATFORM))
        rules = {
            name: picked(rule, self.filled, self.declaration, name in TEXT_COLUMNS)
            for name, rule in self.declaration.columns.items()
        }
        return with_platform.select(pl.col(PLATFORM), **rules)

    def _constants(self, height: int) -> _Rows:
        constants = {"source_code": self.declaration.code, **self.declaration.constants}
        named = (
            re.search(self.declaration.account_in_name, self.file_name) if self.declaration.account_in_name else None
        )
        if named is not None:
            constants["account_handle"] = named.group(1)
        if "audience_kind_code" in self.schema and "audience_kind_code" not in self.declaration.columns:
            constants.setdefault("audience_kind_code", self.declaration.audience_kind)
        return {name: pl.repeat(value, height, dtype=pl.String, eager=True) for name, value in constants.items()}

    def _texts(self, drafts: pl.DataFrame) -> _Rows:
        rows = {name: drafts[name] for name, t in self.schema.items() if t == pl.String and name in drafts.columns}
        for name in ("author_handle", "account_handle"):
            if name in rows:
                rows[name] = changed(rows[name], r"^['\"\s@]|[ \"']$", _bare_handle)
        if self.declaration.name_in_parentheses and "author_name" in rows:
            rows["author_name"] = changed(rows["author_name"], _HANDLE_AND_NAME, lambda c: _parts(c, "field_1"))
            rows["author_handle"] = changed(rows["author_handle"], _HANDLE_AND_NAME, lambda c: _parts(c, "field_0"))
        for name in ("mention_text", "post_text", "title"):
            if name in rows:
                # Spreadsheets and exporters put an apostrophe before what would be a formula.
                rows[name] = changed(rows[name], r"^'[@=+\-]", lambda cells: cells.str.strip_prefix("'"))
        rows["platform_code"] = drafts[PLATFORM]
        return rows

    def _identity(self, drafts: pl.DataFrame) -> _Rows:
        rows = identity_columns(drafts, PLATFORM, has_posts="url" in self.schema, are_damaged=self.ids_are_damaged)
        return rows | {"platform_code": drafts[PLATFORM]}

    def _judge_urls(self, cells: pl.Series, found: list[Fault]) -> None:
        is_address = cells.str.contains(r"^[^\s]*[./:][^\s]*$") | (cells == "0")
        is_other = (~is_address).fill_null(False)
        if is_other.any():
            found.append(faults.bad_url(is_other, self._export_name("url"), cells))

    def _id_at(self, rows: _Rows) -> pl.Series:
        height = len(rows["platform_code"])
        ids = rows.get("native_id", nothing(height))
        return id_instants(rows["platform_code"], ids)

    def _counts(self, records: pl.DataFrame, drafts: pl.DataFrame, found: list[Fault]) -> _Rows:
        rows: _Rows = {}
        for name in (name for name, dtype in self.schema.items() if dtype == pl.Int64 and name in drafts.columns):
            is_signed = name == "net_growth_count"
            counts, failed = parse_counts(drafts[name], () if is_signed else self.declaration.hidden_counts)
            if not is_signed:
                failed = failed | (counts < 0).fill_null(False)
            if name in self.declaration.negative_is_unknown:
                counts = counts.set((counts < 0).fill_null(False), None)
                failed = failed & ~drafts[name].str.starts_with("-").fill_null(False)
            if name in self.declaration.zero_is_unknown:
                counts = counts.set((counts == 0).fill_null(False), None)
            flag = self.declaration.hidden_when.get(name)
            if flag is not None:
                rule = KindRule("post", flag, values=("true", "yes", "1"))
                counts = counts.set(self._any((rule,), records), None)
            rows[name] = counts
            if failed.any():
                found.append(faults.bad_number(failed, self._export_name(name), drafts[name]))
        return rows

    def _times(self, records: pl.DataFrame, rows: _Rows, found: list[Fault]) -> _Rows:
        rule = self.declaration.time
        id_at = self._id_at(rows) if rule.is_day_only and "native_id" in rows else None
        times = self.times.read(records, self.filled, self.plan, id_at)
        column = self.times.column
        found.append(faults.missing_time(times.cells.is_null() & times.at.is_null(), column))
        result: _Rows = {}
        if self.declaration.record_kind == "audience_snapshot":
            result |= self._days(times)
            unread = times.cells.is_not_null() & result["snapshot_date"].is_null()
        else:
            result |= {TIME_COLUMNS[self.declaration.record_kind]: times.at, "tz_basis_code": times.basis}
            homeless = times.written.is_not_null() & times.at.is_null()
            unread = times.cells.is_not_null() & times.at.is_null() & ~homeless
            found.append(
                faults.unknown_abbreviation(homeless, column, times.cells)
                if rule.zone == ABBREVIATION
                else faults.unknown_zone(homeless, column, times.cells, self.declaration.code)
            )
        found.append(faults.bad_time(unread, column, times.cells, rule.formats))
        if "collected_at" in self.declaration.columns and "collected_at" in self.schema:
            collected = picked(self.declaration.columns["collected_at"], self.filled, self.declaration, False)
            result["collected_at"] = parse_instants(evaluated(records, collected), (ISO, EPOCH))[0]
        return result

    def _days(self, times: Times) -> _Rows:
        days = pl.select(pl.coalesce(times.written.dt.date(), times.at.dt.date())).to_series()
        zone = pl.repeat(self.plan.zone_name, len(days), dtype=pl.String, eager=True)
        return {"snapshot_date": days, "zone_name": zone}

    def _codes(self, drafts: pl.DataFrame) -> _Rows:
        rows: _Rows = {}
        if "claimed_language_code" in drafts.columns:
            rows["claimed_language_code"] = codes.converted_words(drafts["claimed_language_code"], codes.language_code)
        if "country_code" in drafts.columns:
            rows["country_code"] = codes.converted_words(drafts["country_code"], codes.country_code)
        if "vendor_sentiment_label" in drafts.columns:
            words = {**codes.SENTIMENTS, **{k.casefold(): v for k, v in self.declaration.sentiments.items()}}
            rows["vendor_sentiment_label"] = codes.mapped_words(drafts["vendor_sentiment_label"], words)
        if "post_type_code" in drafts.columns:
            words = {**codes.POST_TYPES, **{k.casefold(): v for k, v in self.declaration.post_types.items()}}
            said = codes.mapped_words(drafts["post_type_code"], words)
            rows["post_type_code"] = said.set(drafts["post_type_code"].is_not_null() & said.is_null(), "other")
        return rows

    def _flags(self, records: pl.DataFrame, rows: _Rows) -> _Rows:
        if self.declaration.record_kind != "mention":
            return {}
        kind: pl.Expr = pl.lit(None, pl.String)
        for rule in self.declaration.kinds:
            condition = holds(rule, self.filled, self.declaration)
            if condition is not None:
                kind = pl.coalesce(kind, pl.when(condition).then(pl.lit(rule.kind)))
        platform = rows["platform_code"]
        usual = pl.when(platform.is_in(["news", "blog"])).then(pl.lit("article")).otherwise(pl.lit("post"))
        kinds = evaluated(records, pl.coalesce(kind, usual))
        text = rows.get("mention_text", nothing(records.height))
        withheld = self._any(self.declaration.withheld_when, records)
        withheld = withheld | platform.is_in(list(self.declaration.withheld_platforms))
        is_cut = (text.str.contains(_CUT) & (text.str.len_chars() >= _LONGEST_TWEET_CUT)).fill_null(False)
        return {
            "kind_code": kinds,
            "is_repost": kinds == "repost",
            "is_text_withheld": withheld & text.is_null(),
            "is_text_truncated": self._any(self.declaration.truncated_when, records) | is_cut,
        }

    def _any(self, rules: tuple[KindRule, ...], records: pl.DataFrame) -> pl.Series:
        result = pl.repeat(False, records.height, dtype=pl.Boolean, eager=True)
        for rule in rules:
            condition = holds(rule, self.filled, self.declaration)
            if condition is not None:
                result = result | evaluated(records, condition)
        return result

    def _require(self, rows: _Rows, found: list[Fault]) -> None:
        none = nothing(len(rows["row_number"]))
        if "account_handle" in self.schema:
            handle = rows.get("account_handle", none)
            empty = handle.is_null() | (handle == "").fill_null(False)
            found.append(faults.missing_account(empty, self._export_name("account_handle")))
        if self.declaration.record_kind != "audience_snapshot":
            empty = none.is_null()
            for name in ("mention_text", "post_text", "title", "url", "native_id"):
                empty = empty & rows.get(name, none).is_null()
            if "is_text_withheld" in rows:
                empty = empty & ~rows["is_text_withheld"]
            found.append(faults.no_content(empty))

    def _export_name(self, column: str) -> str:
        """The export's own names for a canonical column, for messages."""
        names = self.names.found(rule_columns(self.declaration.columns.get(column, ())))
        return ", ".join(name for name in names if not name.startswith((MADE, "_"))) or column

    def _parted(
        self, rows: pl.DataFrame, records: pl.DataFrame, found: list[Fault]
    ) -> tuple[pl.DataFrame, list[Rejection]]:
        kept = pl.repeat(True, rows.height, dtype=pl.Boolean, eager=True)
        rejections: dict[int, Rejection] = {}
        for fault in found:
            mask = fault.mask.fill_null(False)
            for place in mask.arg_true() if mask.any() else ():
                if place not in rejections:
                    content = aligned_content(dictionary_of(records, place, self.header), self.declaration.unshown)
                    number = int(records[ROW][place])
                    rejections[place] = Rejection(number, fault.code, fault.column_name, fault.text(place), content)
            kept = kept & ~mask
        return rows.filter(kept), [rejections[place] for place in sorted(rejections)]


def _bare_handle(cells: pl.Series) -> pl.Series:
    return cells.str.replace(r"^['\"\s]*@?", "").str.strip_chars(" \"'")


def _parts(cells: pl.Series, field: str) -> pl.Series:
    """The handle (`field_0`) or the name (`field_1`) of cells such as `nora_lind (Nora Lind)`."""
    return cells.str.splitn(" (", 2).struct.field(field).str.strip_suffix(")" if field == "field_1" else "")
