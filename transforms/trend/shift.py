"""Slow change: a new level or a drift over weeks, which no single day gives away, at a stated error rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from transforms.trend.layout import series_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Days = NDArray[np.float64]

WEEK = 7
SHIFTS = ("level_up", "level_down", "drift_up", "drift_down", "stable", "not_enough_data")
INTERVAL_QUANTILE = 1.6448536269514722
FIRST_LOOK, CLEARLY_STABLE = 99, 0.2


@dataclass(frozen=True, slots=True)
class ShiftParams:
    """What counts as a shift. The error rate is that of one look at one series; looks of every week overlap."""

    window_weeks: int = 12
    """Weeks looked at: a slide of two months and what was before it."""

    min_weeks: int = 6
    """Fewer known weeks are `not_enough_data`; six can be reordered in 720 ways, enough for the error rate."""

    min_daily_mean: float = 1.0
    """A brand with less than a mention a day is `not_enough_data`."""

    error_ratio: float = 0.01
    """Chance to call a shift where the weeks could have come in any order."""

    permutations: int = 999
    """Reorderings the statistic is compared with."""

    seed: int = 6
    """The reorderings are the same in every run, so that an answer does not change by itself."""

    def __post_init__(self) -> None:
        """Refuse settings under which the error rate could never be reached."""
        if self.error_ratio / 2 * (self.permutations + 1) < 1:
            raise ValueError("ShiftParams.permutations are too few for error_ratio: no shift could ever be called")
        if not 4 <= self.min_weeks <= self.window_weeks:
            raise ValueError("ShiftParams.min_weeks must lie between 4 and window_weeks")


DEFAULT_SHIFT = ShiftParams()


def trend_shift(
    daily: pl.DataFrame,
    params: ShiftParams = DEFAULT_SHIFT,
    *,
    as_of: date,
    value: str = "mention_count",
    day: str = "mention_date",
    keys: Sequence[str] | None = None,
) -> pl.DataFrame:
    """One row per series: has its level shifted or drifted over the `window_weeks` that end on `as_of`?

    `daily` holds `day`, `value` (a count; null or a missing day is unknown) and the keys (by default columns named
    `_id` or `_code`); `as_of` is the last complete day. Daily square roots, freed of the weekday and clipped at three
    sd (a spike is not a shift), are tested for a step (greatest standardised difference of means over all days, Page
    1955, James et al. 1987) and for a slope, each against the same weeks in random order, at half the error rate.
    Whole weeks are reordered, so that neighbouring days may depend on each other.

    Returns keys, assessed_date, first_date, shift_code, changed_date (first day of the new level, or of the drift),
    before_mean_count and after_mean_count (per day: before and after a step, first and last week of a drift's line,
    all days twice when stable), shift_ratio (after / before) with a 90 % interval, and chance_ratio (the smaller of
    the two tests, doubled).
    """
    names = list(keys) if keys is not None else series_keys(daily)
    first = as_of - timedelta(days=WEEK * params.window_weeks - 1)
    window = daily.filter(pl.col(day).is_between(first, as_of))
    rows: list[dict[str, Any]] = []
    parts = window.partition_by(names, maintain_order=True) if names else [window]
    for part in parts if window.height else []:
        days = np.full(WEEK * params.window_weeks, np.nan)
        places = (part[day] - first).dt.total_days().to_numpy()
        days[places] = part[value].cast(pl.Float64).fill_null(np.nan).to_numpy()
        rows.append({**part.row(0, named=True), **_assess(days, first, params)})
    schema = {name: daily.schema[name] for name in names} | _SCHEMA
    table = pl.DataFrame(rows, schema=schema) if rows else pl.DataFrame(schema=schema)
    return table.with_columns(assessed_date=pl.lit(as_of, dtype=pl.Date)).select(*names, *_SCHEMA)


_SCHEMA: dict[str, pl.DataType] = {
    "assessed_date": pl.Date(),
    "first_date": pl.Date(),
    "shift_code": pl.String(),
    "changed_date": pl.Date(),
    "before_mean_count": pl.Float64(),
    "after_mean_count": pl.Float64(),
    "shift_ratio": pl.Float64(),
    "shift_ratio_low": pl.Float64(),
    "shift_ratio_high": pl.Float64(),
    "chance_ratio": pl.Float64(),
}


def _assess(days: "Days", first: date, params: ShiftParams) -> dict[str, Any]:
    known = np.flatnonzero(~np.isnan(days))
    begin = 0 if not known.size else int(known[0]) + (days.size - int(known[0])) % WEEK
    counts = days[begin:]
    start = first + timedelta(days=begin)
    too_short = counts.size < WEEK * params.min_weeks or np.isnan(counts).mean() > 0.2
    if too_short or np.nanmean(counts) < params.min_daily_mean:
        return {"first_date": start, "shift_code": "not_enough_data"}
    rest = _residuals(counts)
    step, at, slope = _statistics(rest[None, :])
    orders = _orders(counts.size // WEEK, params)
    # A first hundred settles the clear cases; it can only end in `stable`, so the error rate stands.
    chance = _chance(rest, orders[:FIRST_LOOK], step[0], slope[0])
    if chance <= CLEARLY_STABLE:
        chance = _chance(rest, orders, step[0], slope[0])
    if chance > params.error_ratio:
        mean = float(np.nanmean(counts))
        stable = {"shift_code": "stable", "before_mean_count": mean, "after_mean_count": mean}
        return {"first_date": start, "chance_ratio": chance, **stable}
    return {"first_date": start, "chance_ratio": chance, **_describe(counts, rest, int(at[0]), start)}


def _chance(rest: "Days", orders: "NDArray[np.int64]", step: float, slope: float) -> float:
    """How often reordered weeks show as great a step or slope: the smaller share, doubled for the two tests."""
    shuffled = rest.reshape(-1, WEEK)[orders].reshape(orders.shape[0], -1)
    steps, _, slopes = _statistics(shuffled)
    exceeded = min(int((steps >= step).sum()), int((np.abs(slopes) >= abs(slope)).sum()))
    chance: float = min(1.0, 2 * (1 + exceeded) / (1 + orders.shape[0]))
    return chance


def _residuals(counts: "Days") -> "Days":
    """Square roots without the weekday's mean, clipped at three robust sd; unknown days take no side."""
    roots = np.sqrt(counts + 0.375)
    weekdays = np.arange(counts.size) % WEEK
    means = np.array(
        [np.nanmean(roots[weekdays == k]) if not np.isnan(roots[weekdays == k]).all() else 0.0 for k in range(WEEK)]
    )
    rest = np.nan_to_num(roots - means[weekdays])
    limit = 3 * 1.4826 * np.median(np.abs(rest - np.median(rest)))
    clipped: Days = np.clip(rest, -limit, limit) if limit > 0 else rest
    return clipped


@cache
def _orders(weeks: int, params: ShiftParams) -> "NDArray[np.int64]":
    rng = np.random.default_rng(params.seed)
    return rng.permuted(np.tile(np.arange(weeks), (params.permutations, 1)), axis=1)


def _statistics(rest: "Days") -> "tuple[Days, NDArray[np.int64], Days]":
    """Greatest standardised step with the first day after it, and the slope's numerator, for each row."""
    n = rest.shape[1]
    centred = rest - rest.mean(axis=1, keepdims=True)
    before = np.arange(WEEK, n - WEEK + 1)
    sums = np.abs(np.cumsum(centred, axis=1)[:, WEEK - 1 : n - WEEK])
    standardised = sums * np.sqrt(n / (before * (n - before)))
    at = np.argmax(standardised, axis=1)
    slope = centred @ (np.arange(n) - (n - 1) / 2)
    return standardised[np.arange(rest.shape[0]), at], before[at], slope


def _describe(counts: "Days", rest: "Days", at: int, start: date) -> dict[str, Any]:
    """A step or a line, whichever leaves less unexplained, with its size in mentions a day."""
    n = counts.size
    time = np.arange(n) - (n - 1) / 2
    centred = rest - rest.mean()
    line = centred - time * (centred @ time) / (time @ time)
    step = np.concatenate([rest[:at] - rest[:at].mean(), rest[at:] - rest[at:].mean()])
    if (step @ step) <= (line @ line):
        before, after = float(np.nanmean(counts[:at])), float(np.nanmean(counts[at:]))
        noise = np.hypot(_error(counts[:at]), _error(counts[at:]))
        kind, changed = "level", start + timedelta(days=at)
    else:
        weekly = np.nanmean(counts.reshape(-1, WEEK), axis=1)
        weeks = np.arange(weekly.size) - (weekly.size - 1) / 2
        slope, mean = float(weekly @ weeks / (weeks @ weeks)), float(weekly.mean())
        before, after = (max(mean + slope * end, 0.0) for end in (weeks[0], weeks[-1]))
        scatter = weekly - mean - slope * weeks
        error = np.sqrt(scatter @ scatter / max(weekly.size - 2, 1) / (weeks @ weeks)) * (weekly.size - 1)
        noise = error / mean
        kind, changed = "drift", start
    ratio = after / before if before > 0 else None
    factor = float(np.exp(INTERVAL_QUANTILE * noise))
    return {
        "shift_code": f"{kind}_{'up' if after > before else 'down'}",
        "changed_date": changed,
        "before_mean_count": before,
        "after_mean_count": after,
        "shift_ratio": ratio,
        "shift_ratio_low": None if ratio is None else ratio / factor,
        "shift_ratio_high": None if ratio is None else ratio * factor,
    }


def _error(counts: "Days") -> float:
    """Relative standard error of a mean level, from its weekly means where there are three, else from its days."""
    weeks = counts[: counts.size // WEEK * WEEK].reshape(-1, WEEK)
    mean = float(np.nanmean(counts))
    if not mean:
        return 0.0
    if weeks.shape[0] >= 3:
        return float(np.nanstd(np.nanmean(weeks, axis=1), ddof=1) / np.sqrt(weeks.shape[0]) / mean)
    known = counts[~np.isnan(counts)]
    return float(known.std(ddof=1) / np.sqrt(known.size) / mean)
