"""Text cells to canonical rows: one declaration applied to one batch of records, with a reason for each row not kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import polars as pl

from transforms.sources import codes
from transforms.sources.cells import (
    PLATFORM,
    TEXT_COLUMNS,
    HeaderMap,
    dictionary_of,
    evaluated,
    holds,
    left_columns,
    picked,
    raw_json,
    taken_columns,
)
from transforms.sources.declaration import ABBREVIATION, EPOCH, ISO, UTC, SourceDeclaration
from transforms.sources.identity import canonical_id, clean_id, native_id_from_url
from transforms.sources.reading import Rejection
from transforms.sources.records import ROW
from transforms.sources.rejects import aligned_content, shown
from transforms.sources.values import ABBREVIATIONS, parse_counts, parse_instants, shift_hours, split_abbreviation
from transforms.sources.zones import ZonePlan, to_utc
from warehouse.tables import raw
from warehouse.tables.contract import TableContract

CONTRACTS: dict[str, TableContract] = {
    "mention": raw.MENTION,
    "competitor_post": raw.COMPETITOR_POST,
    "audience_snapshot": raw.AUDIENCE_SNAPSHOT,
}
TIME_COLUMNS = {"mention": "published_at", "competitor_post": "posted_at", "audience_snapshot": "snapshot_date"}
_UTC = pl.Datetime("us", "UTC")
_DERIVED = ("row_number", "source_code", "tz_basis_code", "kind_code", "is_repost", "is_text_withheld")


@dataclass
class Fault:
    """Rows that cannot be kept: a mask, a code, and words made only for the rows at fault."""

    mask: pl.Series
    code: str
    column_name: str | None
    text: Callable[[int], str]


@dataclass
class RowMapper:
    """Applies one declaration to the batches of one file; `unknown_platforms` collects what no rule knew."""

    declaration: SourceDeclaration
    header: tuple[str, ...]
    plan: ZonePlan
    ids_are_damaged: bool = False
    unknown_platforms: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = HeaderMap(self.header)
        self.contract = CONTRACTS[self.declaration.record_kind]
        self.schema = pl.Schema({n: t for n, t in self.contract.schema.items() if n != "file_id"})
        self.left = left_columns(self.header, self.declaration, taken_columns(self.declaration, self.names))

    def map(self, records: pl.DataFrame) -> tuple[pl.DataFrame, list[Rejection]]:
        """The rows kept, in the contract's schema without file_id, and the rejections of the others."""
        drafts = self.drafts(records)
        faults: list[Fault] = []
        rows = {"row_number": records[ROW], **self._constants(records.height)}
        rows |= self._texts(drafts)
        rows |= self._counts(drafts, faults)
        rows |= self._times(records, faults)
        rows |= self._codes(drafts)
        rows |= self._flags(records, rows)
        rows["raw_json"] = self._raw(records)
        self._required(rows, faults)
        frame = pl.DataFrame(
            {
                n: rows[n].rename(n) if n in rows else pl.Series(n, [None] * records.height, dtype=t)
                for n, t in self.schema.items()
            },
            schema=self.schema,
        )
        return self._parted(frame, records, faults)

    def drafts(self, records: pl.DataFrame) -> pl.DataFrame:
        """One String column per canonical column the declaration names, plus the platform code as `PLATFORM`."""
        with_platform = records.with_columns(self._platform(records).alias(PLATFORM))
        rules = {
            name: picked(rule, self.names, self.declaration, name in TEXT_COLUMNS)
            for name, rule in self.declaration.columns.items()
        }
        return with_platform.select(pl.col(PLATFORM), **rules)

    def _constants(self, height: int) -> dict[str, pl.Series]:
        constants = {"source_code": self.declaration.code, **self.declaration.constants}
        if "audience_kind_code" in self.schema:
            constants.setdefault("audience_kind_code", self.declaration.audience_kind)
        return {name: pl.repeat(value, height, dtype=pl.String, eager=True) for name, value in constants.items()}

    def _platform(self, records: pl.DataFrame) -> pl.Series:
        rule = self.declaration.platform
        if rule.constant is not None:
            return pl.repeat(rule.constant, records.height, dtype=pl.String, eager=True)
        found = pl.Series([None] * records.height, dtype=pl.String)
        words = {**codes.COMMON_PLATFORMS, **{key.casefold(): value for key, value in rule.values.items()}}
        for name in self.names.found(rule.columns):
            said = codes.mapped_words(records[name], words)
            found = pl.select(pl.coalesce(found, said)).to_series()
        url = self.declaration.columns.get("url")
        if found.null_count() and url is not None:
            address = evaluated(records, picked(url, self.names, self.declaration, False))
            host = address.str.extract(r"(?i)^(?:https?://)?([^/?#:]+)", 1).str.to_lowercase()
            by_host = codes.converted_words(host, platform_of_host)
            found = pl.select(pl.coalesce(found, by_host)).to_series()
        if found.null_count() and rule.otherwise is None:
            for name in self.names.found(rule.columns)[:1]:
                for word in records[name].filter(found.is_null()).drop_nulls():
                    self.unknown_platforms[word] = self.unknown_platforms.get(word, 0) + 1
        return found.fill_null(rule.otherwise or "other")

    def _texts(self, drafts: pl.DataFrame) -> dict[str, pl.Series]:
        plain = [n for n, t in self.schema.items() if t == pl.String and n in drafts.columns]
        rows = {name: drafts[name] for name in plain}
        platform = pl.col(PLATFORM)
        if "url" in self.schema:
            url = drafts.select(_safe_url(pl.col("url"))).to_series() if "url" in drafts.columns else None
            if url is not None:
                rows["url"] = url
            frame = drafts.with_columns(url=url if url is not None else pl.lit(None, pl.String))
            native = (
                pl.col("native_id")
                if "native_id" in drafts.columns and not self.ids_are_damaged
                else pl.lit(None, pl.String)
            )
            rows["native_id"] = frame.select(
                canonical_id(platform, pl.coalesce(native_id_from_url(platform, pl.col("url")), clean_id(native)))
            ).to_series()
        for name in ("parent_native_id",):
            if name in drafts.columns:
                cell = pl.col(name)
                rows[name] = drafts.select(
                    canonical_id(
                        platform,
                        pl.coalesce(
                            native_id_from_url(platform, cell),
                            clean_id(
                                pl.when(
                                    ~cell.str.contains("/", literal=True)
                                    | (platform == "bluesky")
                                    | (platform == "mastodon")
                                ).then(cell)
                            ),
                        ),
                    )
                ).to_series()
        for name in ("author_handle", "account_handle"):
            if name in drafts.columns:
                rows[name] = drafts[name].str.replace(r"^['\"\s]*@?", "").str.strip_chars(" \"'")
        if "author_native_id" in drafts.columns:
            rows["author_native_id"] = drafts.select(clean_id(pl.col("author_native_id"))).to_series()
        for name in ("mention_text", "post_text", "title"):
            if name in rows:
                # Spreadsheets and exporters put an apostrophe before what would be a formula.
                rows[name] = rows[name].str.replace(r"^'([@=+\-])", "$1")
        rows["platform_code"] = drafts[PLATFORM]
        return rows

    def _counts(self, drafts: pl.DataFrame, faults: list[Fault]) -> dict[str, pl.Series]:
        rows: dict[str, pl.Series] = {}
        for name in (n for n, t in self.schema.items() if t == pl.Int64 and n in drafts.columns):
            hidden = () if name == "net_growth_count" else self.declaration.hidden_counts
            counts, failed = parse_counts(drafts[name], hidden)
            if name != "net_growth_count":
                failed = failed | (counts < 0).fill_null(False)
            if name in self.declaration.zero_is_unknown:
                counts = counts.set(counts == 0, None)
            rows[name] = counts
            if failed.any():
                column = ", ".join(self.names.found(_names_of(self.declaration, name))) or name
                faults.append(Fault(failed, "bad_number", column, _number_text(column, drafts[name])))
        return rows

    def _times(self, records: pl.DataFrame, faults: list[Fault]) -> dict[str, pl.Series]:
        target = TIME_COLUMNS[self.declaration.record_kind]
        rows: dict[str, pl.Series] = {}
        cells = self.time_cells(records)
        column = ", ".join(self.names.found(self.declaration.time.columns)) or "time"
        instants, basis, written = self.instants(records, cells)
        missing = cells.is_null() & instants.is_null()
        faults.append(
            Fault(missing, "missing_time", column, lambda _: f"column {column!r} is empty: a row needs a time")
        )
        if target == "snapshot_date":
            days = pl.select(pl.coalesce(written.dt.date(), instants.dt.date())).to_series()
            rows[target] = days
            rows["zone_name"] = pl.repeat(self.plan.zone_name, records.height, dtype=pl.String, eager=True)
            unread = cells.is_not_null() & days.is_null()
        else:
            rows[target], rows["tz_basis_code"] = instants, basis
            unread = cells.is_not_null() & instants.is_null() & written.is_null()
            homeless = written.is_not_null() & instants.is_null()
            faults.append(Fault(homeless, "zone_unknown", column, self._zone_text(cells)))
        formats = ", ".join(self.declaration.time.formats)
        faults.append(
            Fault(
                unread,
                "bad_time",
                column,
                lambda place: (
                    f"column {column!r} holds {shown(cells[place])}, which is not a time as this format writes it ({formats})"
                ),
            )
        )
        if "collected_at" in self.declaration.columns and "collected_at" in self.schema:
            rule = self.declaration.columns["collected_at"]
            said = evaluated(records, picked(rule, self.names, self.declaration, False))
            rows["collected_at"] = parse_instants(said, (ISO, EPOCH))[0]
        return rows

    def time_cells(self, records: pl.DataFrame) -> pl.Series:
        """The cells that hold the time, day and time of day joined where the format parts them."""
        rule = self.declaration.time
        cells = evaluated(records, picked(rule.columns, self.names, self.declaration, False))
        second = self.names.find(rule.second_column) if rule.second_column else None
        if second is not None:
            # A date cell of a spreadsheet reads `2026-05-01 00:00:00`: its time of day says nothing.
            day = cells.str.replace(r"[ T]00:00:00(\.0+)?$", "")
            cells = pl.select(
                pl.when(records[second].is_not_null()).then(day + " " + records[second]).otherwise(day)
            ).to_series()
        return cells

    def instants(self, records: pl.DataFrame, cells: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
        """UTC instants, the basis of each, and the naive times as written."""
        rule = self.declaration.time
        hours = None
        if rule.zone == ABBREVIATION:
            cells, hours, _ = split_abbreviation(cells)
        explicit, written = parse_instants(cells, rule.formats)
        if hours is not None:
            moved, basis = shift_hours(written, hours), pl.repeat("explicit", len(cells), eager=True)
        elif rule.zone == UTC:
            moved = written.dt.replace_time_zone("UTC")
            basis = pl.repeat("explicit" if rule.is_documented else "assumed", len(cells), eager=True)
        else:
            moved, basis = to_utc(written, self.plan)
        clock = self._clock(records, explicit, written)
        instants = pl.select(pl.coalesce(explicit, clock, moved)).to_series()
        basis = pl.select(
            pl.when(explicit.is_not_null())
            .then(pl.lit("explicit"))
            .when(clock.is_not_null())
            .then(pl.lit("proved"))
            .when(moved.is_not_null())
            .then(basis)
            .otherwise(pl.lit("unknown"))
        ).to_series()
        return instants, basis, written

    def _clock(self, records: pl.DataFrame, explicit: pl.Series, written: pl.Series) -> pl.Series:
        """The time a vendor's own id starts with, where it is within two days of what is written beside it."""
        name = self.names.find(self.declaration.time.clock_column) if self.declaration.time.clock_column else None
        if name is None:
            return pl.Series([None] * records.height, dtype=_UTC)
        clock = (records[name].str.extract(r"^[\"'=\s]*(\d{13})_", 1).cast(pl.Int64) * 1000).cast(_UTC)
        near = pl.select(pl.coalesce(explicit, written.dt.replace_time_zone("UTC"))).to_series()
        far = ((clock - near).abs() > timedelta(days=2)).fill_null(False)
        return clock.set(far, None)

    def _zone_text(self, cells: pl.Series) -> Callable[[int], str]:
        code = self.declaration.code

        def text(place: int) -> str:
            if self.declaration.time.zone == ABBREVIATION:
                known = ", ".join(ABBREVIATIONS)
                return f"{shown(cells[place])} ends in no zone abbreviation that is known ({known}): export it in UTC"
            return (
                f"{shown(cells[place])} says no zone and the file's ids prove none: set sources.account_zones.{code} in listening.yaml "
                "to the zone of the account that exported it (an IANA name such as Europe/Paris)"
            )

        return text

    def _codes(self, drafts: pl.DataFrame) -> dict[str, pl.Series]:
        rows: dict[str, pl.Series] = {}
        declaration = self.declaration
        if "claimed_language_code" in drafts.columns:
            rows["claimed_language_code"] = codes.converted_words(drafts["claimed_language_code"], codes.language_code)
        if "country_code" in drafts.columns:
            rows["country_code"] = codes.converted_words(drafts["country_code"], codes.country_code)
        if "vendor_sentiment_label" in drafts.columns:
            words = {**codes.SENTIMENTS, **{k.casefold(): v for k, v in declaration.sentiments.items()}}
            rows["vendor_sentiment_label"] = codes.mapped_words(drafts["vendor_sentiment_label"], words)
        if "post_type_code" in drafts.columns:
            words = {**codes.POST_TYPES, **{k.casefold(): v for k, v in declaration.post_types.items()}}
            said = codes.mapped_words(drafts["post_type_code"], words)
            is_other = drafts["post_type_code"].is_not_null() & said.is_null()
            rows["post_type_code"] = said.set(is_other, "other")
        return rows

    def _flags(self, records: pl.DataFrame, rows: dict[str, pl.Series]) -> dict[str, pl.Series]:
        if self.declaration.record_kind != "mention":
            return {}
        kind: pl.Expr = pl.lit(None, pl.String)
        for rule in self.declaration.kinds:
            condition = holds(rule, self.names, self.declaration)
            if condition is not None:
                kind = pl.coalesce(kind, pl.when(condition).then(pl.lit(rule.kind)))
        platform = rows["platform_code"]
        article = pl.when(platform.is_in(["news", "blog"])).then(pl.lit("article")).otherwise(pl.lit("post"))
        kinds = evaluated(records, pl.coalesce(kind, article))
        text = rows.get("mention_text", pl.Series([None] * records.height, dtype=pl.String))
        withheld = self._any(self.declaration.withheld_when, records)
        withheld = withheld | platform.is_in(list(self.declaration.withheld_platforms))
        cut = text.str.contains(r"(?:…|\.\.\.)\s*(?:https?://\S*)?$").fill_null(False) & (kinds == "repost")
        return {
            "kind_code": kinds,
            "is_repost": kinds == "repost",
            "is_text_withheld": withheld & text.is_null(),
            "is_text_truncated": self._any(self.declaration.truncated_when, records) | cut,
        }

    def _any(self, rules: tuple[object, ...], records: pl.DataFrame) -> pl.Series:
        result = pl.repeat(False, records.height, dtype=pl.Boolean, eager=True)
        for rule in rules:
            condition = holds(rule, self.names, self.declaration)  # type: ignore[arg-type]
            if condition is not None:
                result = result | evaluated(records, condition)
        return result

    def _raw(self, records: pl.DataFrame) -> pl.Series:
        if "\x00raw" in records.columns:
            return records["\x00raw"]
        return raw_json(records, self.left)

    def _required(self, rows: dict[str, pl.Series], faults: list[Fault]) -> None:
        if "account_handle" in self.schema:
            handle = rows.get("account_handle")
            names = ", ".join(self.names.found(_names_of(self.declaration, "account_handle"))) or "account_handle"
            height = len(rows["row_number"])
            missing = handle.is_null() | (handle == "") if handle is not None else pl.repeat(True, height, eager=True)
            faults.append(
                Fault(missing, "missing_account", names, lambda _: f"column {names!r} is empty: whose post is it?")
            )
        if self.declaration.record_kind != "audience_snapshot":
            empty = pl.repeat(True, len(rows["row_number"]), eager=True)
            for name in ("mention_text", "post_text", "title", "url", "native_id"):
                if name in rows:
                    empty = empty & rows[name].is_null()
            if "is_text_withheld" in rows:
                empty = empty & ~rows["is_text_withheld"]
            faults.append(Fault(empty, "no_content", None, lambda _: "the row has neither text, title, address nor id"))

    def _parted(
        self, frame: pl.DataFrame, records: pl.DataFrame, faults: list[Fault]
    ) -> tuple[pl.DataFrame, list[Rejection]]:
        kept = pl.repeat(True, frame.height, dtype=pl.Boolean, eager=True)
        rejections: dict[int, Rejection] = {}
        for fault in faults:
            mask = fault.mask.fill_null(False)
            if not mask.any():
                continue
            kept = kept & ~mask
            for place in mask.arg_true():
                if place not in rejections:
                    content = aligned_content(dictionary_of(records, place, self.header), self.declaration.dropped)
                    number = int(records[ROW][place])
                    rejections[place] = Rejection(number, fault.code, fault.column_name, fault.text(place), content)
        return frame.filter(kept), [rejections[place] for place in sorted(rejections)]


def platform_of_host(host: str) -> str | None:
    """The platform a host belongs to, by its name or a parent domain's."""
    parts = host.split(".")
    for start in range(len(parts) - 1):
        code = codes.HOST_PLATFORMS.get(".".join(parts[start:]))
        if code is not None:
            return code
    return None


def _safe_url(url: pl.Expr) -> pl.Expr:
    """Web addresses only; a bare host and path gets https, any other scheme is nothing we hand on."""
    bare = url.str.strip_chars(" \"'").str.slice(0, 4096)
    is_web = bare.str.contains(r"(?i)^https?://[^\s/]+")
    is_bare = bare.str.contains(r"(?i)^[a-z0-9-]+(\.[a-z0-9-]+)+(/|$)")
    return pl.when(is_web).then(bare).when(is_bare).then("https://" + bare)


def _names_of(declaration: SourceDeclaration, column: str) -> tuple[str, ...]:
    from transforms.sources.declaration import rule_columns

    rule = declaration.columns.get(column)
    return () if rule is None else rule_columns(rule)


def _number_text(column: str, cells: pl.Series) -> Callable[[int], str]:
    return lambda place: f"column {column!r} holds {shown(cells[place])} where a count is expected"
