"""Formats described in `listening.yaml` alone: plain settings to a declaration like any built-in one."""

import codecs
import re
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

import polars as pl
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from transforms.sources.declaration import (
    EPOCH,
    EXCEL_SERIAL,
    EXPLICIT,
    ISO,
    UTC,
    ColumnRule,
    PlatformRule,
    Signature,
    SourceDeclaration,
    TimeRule,
)
from transforms.sources.mapping import CONTRACTS, TIME_COLUMNS
from transforms.sources.values import parse_instants
from warehouse.tables.columns import PLATFORMS

AUDIENCE_KINDS = ("followers", "friends", "subscribers", "fans")
# What a chrono pattern may hold, with its paddings and fractions.
_SPECIFIER = r"%(?:[-_0]?[aAbBcCdDeFfgGhHIjklmMnpPrRsSTuUVwWxXyYzZ+%]|[:#]{1,2}z|\.[369]?f|[369]f)"
_OWN_RULES = frozenset(
    (
        "file_id",
        "row_number",
        "source_code",
        "tz_basis_code",
        "is_repost",
        "is_text_withheld",
        "is_text_truncated",
        "raw_json",
    )
)


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _known_zone(zone: str | None) -> str | None:
    if zone is not None and zone != "UTC" and zone not in available_timezones():
        raise ValueError(f"{zone!r} is not an IANA time zone (such as Europe/Paris) nor UTC")
    return zone


def _known_encoding(name: str | None) -> str | None:
    if name is not None:
        try:
            codecs.lookup(name)
        except LookupError:
            raise ValueError(f"{name!r} is no encoding (such as utf-8, utf-16, cp1252)") from None
    return name


def _known_formats(forms: tuple[str, ...]) -> tuple[str, ...]:
    for form in forms:
        if form in (ISO, EPOCH, EXCEL_SERIAL):
            continue
        is_sound = "%" in form and "%" not in re.sub(_SPECIFIER, "", form)
        try:
            parse_instants(pl.Series(["never a time"]), (form,))
        except pl.exceptions.PolarsError:
            is_sound = False  # such as an hour without a minute
        if not is_sound:
            words = f"{ISO}, {EPOCH}, {EXCEL_SERIAL}"
            raise ValueError(f"{form!r} is no date format (such as %d/%m/%Y %H:%M, or one of the words {words})")
    return forms


Names = Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class CustomSource(BaseModel):
    """One export format of your own. The header must hold every column named here; `file_pattern` only narrows.

    In JSON a column is a dotted path in a record; `records_at` is the path to the list of records in a document.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
    record_kind: Literal["mention", "competitor_post", "audience_snapshot"] = "mention"
    file_pattern: str | None = None
    columns: dict[str, Names]
    date_format: Annotated[Names, AfterValidator(_known_formats)] = (ISO,)
    zone: Annotated[str | None, AfterValidator(_known_zone)] = None
    platform: str | None = None
    platform_map: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    sentiment_map: dict[str, Literal["positive", "neutral", "negative"]] = Field(default_factory=dict)
    audience_kind: str = "followers"
    records_at: str | None = None
    delimiter: str | None = None
    encoding: Annotated[str | None, AfterValidator(_known_encoding)] = None
    header_row: Annotated[int, Field(ge=1, le=30)] | None = None
    id_is_damaged: bool | None = None
    dropped: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _makes_sense(self) -> "CustomSource":
        contract = CONTRACTS[self.record_kind].schema
        allowed = {name for name in contract if name not in _OWN_RULES}
        for name in (*self.columns, *self.constants):
            if name not in allowed:
                raise ValueError(
                    f"{name!r} is no column of a {self.record_kind}; choose from {', '.join(sorted(allowed))}"
                )
        time_column = TIME_COLUMNS[self.record_kind]
        if time_column not in self.columns:
            raise ValueError(f"columns must name the export's column for {time_column!r}")
        if self.platform is None and "platform_code" not in self.columns:
            raise ValueError("give either platform (a constant) or columns.platform_code")
        for code in (*self.platform_map.values(), *((self.platform,) if self.platform else ())):
            if code not in PLATFORMS:
                raise ValueError(f"{code!r} is no platform; choose from {', '.join(PLATFORMS)}")
        if self.record_kind != "mention" and "account_handle" not in (*self.columns, *self.constants):
            raise ValueError("columns or constants must give account_handle: whose post is it?")
        if self.audience_kind not in AUDIENCE_KINDS:
            raise ValueError(f"{self.audience_kind!r} is no kind of audience; choose from {', '.join(AUDIENCE_KINDS)}")
        if self.delimiter is not None and len(self.delimiter.replace("\\t", "\t")) != 1:
            raise ValueError("delimiter must be one character (\\t for a tab)")
        return self


def custom_source(spec: CustomSource) -> SourceDeclaration:
    """The declaration that reads files as the settings say."""
    time_column = TIME_COLUMNS[spec.record_kind]
    columns: dict[str, ColumnRule] = {
        name: names for name, names in spec.columns.items() if name not in (time_column, "platform_code", "kind_code")
    }
    # One alias of each column must stand in the header; a column with several is required through all its signatures.
    required = tuple(names[0] for names in spec.columns.values() if len(names) == 1)
    has_zone = any(re.search(r"%[#:]?z|^epoch_", form) for form in spec.date_format)
    zone = UTC if spec.zone == "UTC" else spec.zone or (EXPLICIT if has_zone else "account")
    platform = (
        PlatformRule(constant=spec.platform)
        if spec.platform
        else PlatformRule(columns=spec.columns["platform_code"], values=spec.platform_map)
    )
    anything = tuple(name for names in spec.columns.values() for name in names)
    table = Signature(header=required, any_header=anything)
    json_text = Signature("json", envelope=spec.records_at or "", header=required, any_header=anything)
    return SourceDeclaration(
        code=spec.code,
        title=f"custom source {spec.code}",
        record_kind=spec.record_kind,
        confidence="declared by the user",
        # A path to records is nothing a table has.
        signatures=(json_text,) if spec.records_at else (table, json_text),
        columns=columns,
        time=TimeRule(
            columns=spec.columns[time_column],
            formats=spec.date_format,
            zone=zone,
            is_day_only=not any(re.search(r"%[HIkl]|%T|%R|iso|epoch|excel", form) for form in spec.date_format),
            is_documented=False,
        ),
        platform=platform,
        constants=dict(spec.constants),
        sentiments=dict(spec.sentiment_map),
        audience_kind=spec.audience_kind,
        ids_are_damaged=spec.id_is_damaged,
        file_pattern=spec.file_pattern,
        encoding=spec.encoding,
        delimiter=spec.delimiter.replace("\\t", "\t") if spec.delimiter else None,
        header_row=spec.header_row,
        dropped=spec.dropped,
    )
