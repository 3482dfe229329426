"""When a record was written: the cells that say it, the instants they mean, and how the zone is known."""

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from transforms.sources.cells import HeaderMap, evaluated, picked
from transforms.sources.declaration import ABBREVIATION, UTC, SourceDeclaration
from transforms.sources.values import nothing, parse_instants, shift_hours, split_abbreviation
from transforms.sources.zones import ZonePlan, to_utc

_UTC = pl.Datetime("us", "UTC")
_FAR = timedelta(days=2)


@dataclass(frozen=True)
class Times:
    """Per record: the cell, the naive time it shows, what a vendor's own clock says, the instant, and its basis."""

    cells: pl.Series
    written: pl.Series
    clock: pl.Series
    at: pl.Series
    basis: pl.Series


@dataclass(frozen=True)
class TimeReader:
    """Reads the times of one file's records by its declaration."""

    declaration: SourceDeclaration
    names: HeaderMap

    @property
    def column(self) -> str:
        """The export's name of the time column, for messages."""
        return ", ".join(self.names.found(self.declaration.time.columns)) or self.declaration.time.columns[0]

    def read(self, records: pl.DataFrame, names: HeaderMap, plan: ZonePlan, id_at: pl.Series | None = None) -> Times:
        """The times of a batch. `id_at` is the time the platform's ids count, used where only the day is written."""
        rule = self.declaration.time
        cells = self.cells(records, names)
        hours = None
        bare = cells
        if rule.zone == ABBREVIATION:
            bare, hours, _ = split_abbreviation(cells)
        explicit, written = parse_instants(bare, rule.formats)
        if hours is not None:
            moved, basis = shift_hours(written, hours), _constant("explicit", records)
        elif rule.zone == UTC:
            moved = written.dt.replace_time_zone("UTC")
            basis = _constant("explicit" if rule.is_documented else "assumed", records)
        else:
            moved, basis = to_utc(written, plan)
        clock = self._clock(records, names, explicit, written)
        if rule.is_day_only and id_at is not None:
            clock = pl.select(pl.coalesce(clock, _near(id_at, written.dt.replace_time_zone("UTC")))).to_series()
        at = pl.select(pl.coalesce(explicit, clock, moved)).to_series()
        code = (
            pl.when(explicit.is_not_null())
            .then(pl.lit("explicit"))
            .when(clock.is_not_null())
            .then(pl.lit("proved"))
            .when(moved.is_not_null())
            .then(basis)
            .otherwise(pl.lit("unknown"))
        )
        return Times(cells, written, clock, at, pl.select(code).to_series())

    def cells(self, records: pl.DataFrame, names: HeaderMap) -> pl.Series:
        """The cells that hold the time, day and time of day joined where the format parts them."""
        rule = self.declaration.time
        cells = evaluated(records, picked(rule.columns, names, self.declaration, False))
        second = next(iter(names.found(rule.second_columns)), None)
        if second is None:
            return cells
        # Date cells of a spreadsheet read `2026-05-01 00:00:00`, its time cells `1899-12-31 22:03:00`.
        day = cells.str.replace(r"[ T]00:00:00(\.0+)?$", "")
        hour = records[second].str.replace(r"^(?:1899-12-3[01]|1900-01-0[01])[ T]", "")
        return pl.select(pl.when(hour.is_not_null()).then(day + " " + hour).otherwise(day)).to_series()

    def _clock(self, records: pl.DataFrame, names: HeaderMap, explicit: pl.Series, written: pl.Series) -> pl.Series:
        """The time a vendor's own id starts with, where it is near what is written beside it."""
        name = names.find(self.declaration.time.clock_column) if self.declaration.time.clock_column else None
        if name is None:
            return nothing(records.height, _UTC)
        clock = (records[name].str.extract(r"^[\"'=\s]*(\d{13})_", 1).cast(pl.Int64) * 1000).cast(_UTC)
        return _near(clock, pl.select(pl.coalesce(explicit, written.dt.replace_time_zone("UTC"))).to_series())


def _near(clock: pl.Series, said: pl.Series) -> pl.Series:
    """The clock where it is within two days of what is said, or nothing is: ids of drafts and fakes lie."""
    return clock.set(((clock - said).abs() > _FAR).fill_null(False), None)


def _constant(code: str, records: pl.DataFrame) -> pl.Series:
    return pl.repeat(code, records.height, dtype=pl.String, eager=True)
