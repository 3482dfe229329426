"""Cells to values: counts and instants, with a mask of the cells that could not be read."""

from datetime import datetime, timedelta

import polars as pl

from transforms.sources.declaration import EPOCH, EXCEL_SERIAL, ISO

# An epoch is told by its size: seconds until the year 5138, milliseconds from 1973, microseconds from 1973.
_LARGEST_SECONDS, _LARGEST_MILLISECONDS = 100_000_000_000, 100_000_000_000_000
_ISO_FORMATS = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z", "%Y-%m-%d %H:%M%#z")
_ISO_NAIVE = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")
_MICROSECONDS = pl.Datetime("us")
_UTC = pl.Datetime("us", "UTC")
_EARLIEST, _LATEST = datetime(1990, 1, 1), datetime(2101, 1, 1)
_LARGEST_COUNT = 1 << 53

# Offset of a written time from UTC in hours, by the abbreviations seen in dashboards' exports; others are refused.
ABBREVIATIONS = {
    "UTC": 0,
    "GMT": 0,
    "WET": 0,
    "EST": -5,
    "EDT": -4,
    "CDT": -5,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "BRT": -3,
    "BRST": -2,
    "CET": 1,
    "CEST": 2,
}


def nothing(count: int, dtype: pl.DataType | type[pl.DataType] = pl.String) -> pl.Series:
    """That many nulls."""
    return pl.Series([None], dtype=dtype).new_from_index(0, count)


def parse_counts(cells: pl.Series, hidden: tuple[str, ...] = ()) -> tuple[pl.Series, pl.Series]:
    """Counts (Int64, null when unknown or hidden) and the mask of cells that hold something else.

    Reads `1,972,048`, `91.0`, `1.2E+6`, `'15` and `"15"`; what a spreadsheet or a person may have meant by `1.5` or
    `1,5` is not guessed.
    """
    counts = cells.cast(pl.Int64, strict=False)
    failed = cells.is_not_null() & counts.is_null()
    if failed.any():
        places = failed.arg_true()
        numbers, unread = _unusual_counts(cells.filter(failed))
        counts, failed = counts.scatter(places, numbers), failed.scatter(places, unread)
    if hidden:
        is_hidden = cells.str.strip_chars().is_in(list(hidden)).fill_null(False)
        counts, failed = counts.set(is_hidden, None), failed & ~is_hidden
    return counts.rename(cells.name), failed


def _unusual_counts(cells: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Counts that are more than bare digits: escaped, grouped by commas, or written as floats without a fraction."""
    bare = cells.str.strip_chars(" \t\u00a0'\"=")
    is_grouped = bare.str.contains(r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.0*)?$").fill_null(False)
    digits = pl.select(
        pl.when(is_grouped).then(bare.str.replace_all(",", "", literal=True)).otherwise(bare)
    ).to_series()
    numbers = digits.str.replace(r"\.0*$", "").cast(pl.Int64, strict=False)
    wide = digits.cast(pl.Float64, strict=False)
    is_whole = (wide.is_finite() & (wide == wide.round(0)) & (wide.abs() < _LARGEST_COUNT)).fill_null(False)
    # A cast of a float out of range would fail: put 0 where the value is not used anyway.
    whole = pl.select(pl.when(is_whole).then(wide).otherwise(0.0)).to_series().cast(pl.Int64)
    numbers = pl.select(pl.coalesce(numbers, pl.when(is_whole).then(whole))).to_series()
    return numbers, numbers.is_null() & (bare != "")


def parse_instants(cells: pl.Series, formats: tuple[str, ...]) -> tuple[pl.Series, pl.Series]:
    """Times that carry their zone (UTC) and times that do not (naive); at most one of the two is filled per cell."""
    explicit, naive = nothing(len(cells), _UTC), nothing(len(cells), _MICROSECONDS)
    for form in formats:
        if (explicit.is_not_null() | naive.is_not_null() | cells.is_null()).all():
            break
        with_zone, without = _parsed(cells, form)
        is_open = explicit.is_null() & naive.is_null()
        if with_zone is not None:
            explicit = pl.select(pl.when(is_open).then(_plausible(with_zone)).otherwise(explicit)).to_series()
            is_open = is_open & explicit.is_null()
        if without is not None:
            naive = pl.select(pl.when(is_open).then(_plausible(without)).otherwise(naive)).to_series()
    return explicit.rename(cells.name), naive.rename(cells.name)


def _parsed(cells: pl.Series, form: str) -> tuple[pl.Series | None, pl.Series | None]:
    text = cells.str.strip_chars(" '\"")
    if form == ISO:
        return _first(text, _ISO_FORMATS, _UTC), _first(text, _ISO_NAIVE, _MICROSECONDS)
    if form == EPOCH:
        number = pl.Series(text).cast(pl.Float64, strict=False)
        scale = (
            pl.when(number < _LARGEST_SECONDS)
            .then(1_000_000)
            .when(number < _LARGEST_MILLISECONDS)
            .then(1_000)
            .otherwise(1)
        )
        return pl.select((number * scale).round(0).cast(pl.Int64, strict=False).cast(_UTC)).to_series(), None
    if form == EXCEL_SERIAL:
        days = text.cast(pl.Float64, strict=False)
        days = days.set((days < 1) | (days > 100_000), None)
        # Day 0 is 1899-12-30; cells are rounded to the second, as spreadsheets show them.
        seconds = (days * 86_400).round(0).cast(pl.Int64, strict=False) - 2_209_161_600
        return None, (seconds * 1_000_000).cast(_MICROSECONDS)
    if "%z" in form or "%#z" in form or "%:z" in form:
        return text.str.to_datetime(form, strict=False, time_unit="us"), None
    if not any(code in form for code in ("%H", "%I", "%T", "%R")):
        return None, text.str.to_date(form, strict=False).cast(_MICROSECONDS)
    return None, _naive(text, form)


def _naive(text: pl.Series, form: str) -> pl.Series:
    """Naive times; a fraction of a second costs the parser six times as much, and hardly any cell has one but `.0`."""
    if not form.endswith("%S%.f"):
        return text.str.to_datetime(form, strict=False, time_unit="us")
    times = text.str.strip_suffix(".0").str.to_datetime(form.removesuffix("%.f"), strict=False, time_unit="us")
    left = times.is_null() & text.is_not_null()
    if not left.any():
        return times
    return times.scatter(left.arg_true(), text.filter(left).str.to_datetime(form, strict=False, time_unit="us"))


def _first(text: pl.Series, formats: tuple[str, ...], dtype: pl.Datetime) -> pl.Series:
    found = nothing(len(text), dtype)
    for form in formats:
        if found.null_count() == text.null_count():
            break
        parsed = text.str.to_datetime(form, strict=False, time_unit="us")
        found = pl.select(pl.coalesce(found, parsed)).to_series()
    return found


def _plausible(times: pl.Series) -> pl.Series:
    is_plausible = times.dt.replace_time_zone(None).is_between(_EARLIEST, _LATEST, closed="left")
    return times.set(~is_plausible, None)


def split_abbreviation(cells: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
    """The times without their zone abbreviation, the offset it stands for in hours, and the abbreviation itself."""
    words = cells.str.extract(r"\s([A-Z]{2,5})\s*$", 1)
    offsets = words.replace_strict(ABBREVIATIONS, default=None, return_dtype=pl.Int64)
    return cells.str.replace(r"\s[A-Z]{2,5}\s*$", ""), offsets, words


def shift_hours(times: pl.Series, hours: pl.Series) -> pl.Series:
    """UTC instants of naive times written that many hours ahead of UTC; null where the hours are unknown."""
    return (times - hours.cast(pl.Int64) * timedelta(hours=1)).dt.replace_time_zone("UTC")
