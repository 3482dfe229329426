"""Simulated brands: how often the detector cries wolf on an ordinary year, and what it can see.

A brand is a daily mean, a weekday and an hour rhythm, and two over-dispersions: days differ by more than chance
(gamma with shape `day_shape`) and so do hours within a day (`hour_shape`); counts are Poisson around that, that is,
negative binomial. Shapes are inverse squared coefficients of variation: 25 means days differ by 20 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from transforms.trend.calendar import infer_step, on_grid
from transforms.trend.detect import announcements, grid_of, judge
from transforms.trend.layout import series_keys
from transforms.trend.params import DEFAULTS, TrendParams

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORDINARY_WEEK = (1.12, 1.17, 1.17, 1.12, 1.07, 0.7, 0.65)
ORDINARY_DAY = (
    0.35, 0.25, 0.2, 0.15, 0.15, 0.25, 0.5, 0.8, 1.1, 1.3, 1.4, 1.4,
    1.4, 1.4, 1.35, 1.3, 1.3, 1.35, 1.5, 1.7, 1.8, 1.6, 1.2, 0.7,
)  # fmt: skip
UPLIFTS = (1.25, 1.5, 3.0)
CLEAR_EVENT_RATIO = 1.5
"""Hours this far beyond the alert score are events; nearer ones are mostly the false alarms that are being counted."""
MAX_SHAPE = 1e4
"""Shape that stands for no over-dispersion: plain Poisson."""


@dataclass(frozen=True, slots=True)
class BrandProfile:
    """An ordinary brand's habits. `week` (from Monday) and `day` (from midnight UTC) are factors around 1."""

    daily_mean: float
    week: Sequence[float] = ORDINARY_WEEK
    day: Sequence[float] = ORDINARY_DAY
    day_shape: float = 25.0
    hour_shape: float = 8.0


def simulate_counts(
    profile: BrandProfile,
    days: int,
    rng: np.random.Generator,
    *,
    hourly: bool = True,
    uplift: float = 1.0,
    uplift_hours: int = 24,
) -> "NDArray[np.float64]":
    """Counts per hour (or day) of `days` days from a Monday; the last `uplift_hours` hours are lifted by `uplift`."""
    week = np.resize(np.asarray(profile.week) / np.mean(profile.week), days)
    day = np.asarray(profile.day) / np.sum(profile.day)
    level = rng.gamma(profile.day_shape, 1 / profile.day_shape, days) * profile.daily_mean * week
    rates = np.outer(level, day).ravel()
    rates[rates.size - uplift_hours :] *= uplift
    counts = rng.poisson(rng.gamma(profile.hour_shape, rates / profile.hour_shape)).astype(np.float64)
    return counts if hourly else counts.reshape(days, -1).sum(axis=1)


def fit_profile(values: "NDArray[np.float64]", first_hour: int, first_weekday: int) -> BrandProfile:
    """Read a brand's habits off complete hourly counts (NaN is unknown and left out) by the method of moments.

    Weekday factors are shrunk towards 1 with the weight of two days, hour factors with that of one day, since a few
    weeks say little about either. Days with unknown hours are left out; without two full days the ordinary shapes are
    returned with the observed mean.
    """
    skipped = (24 - first_hour) % 24
    hours = values[skipped : skipped + (values.size - skipped) // 24 * 24].reshape(-1, 24)
    weekdays = (np.arange(hours.shape[0]) + first_weekday + (skipped > 0)) % 7
    known = ~np.isnan(hours).any(axis=1)
    hours, weekdays = hours[known], weekdays[known]
    if hours.shape[0] < 2 or hours.sum() == 0:
        return BrandProfile(daily_mean=float(np.nan_to_num(np.nanmean(values) * 24)) if values.size else 0.0)
    totals = hours.sum(axis=1)
    mean = float(totals.mean())
    week = np.array([(totals[weekdays == k].sum() + 2 * mean) / ((weekdays == k).sum() + 2) for k in range(7)]) / mean
    day = (hours.sum(axis=0) + mean / 24) / (totals.sum() + mean) * 24
    rates = np.outer(totals, day / 24)
    hour_shape = _shape(float(((hours - rates) ** 2 - rates).sum()), float((rates**2).sum()))
    expected = mean * week[weekdays]
    within = float(((day / 24) ** 2).sum()) / hour_shape
    day_shape = _shape(
        float(((totals - expected) ** 2 - expected - expected**2 * within).sum()), float((expected**2).sum())
    )
    return BrandProfile(mean, tuple(week.tolist()), tuple(day.tolist()), day_shape, hour_shape)


def _shape(excess_variance: float, squared_mean: float) -> float:
    """Gamma shape from a moment estimate, between extreme over-dispersion and none."""
    if excess_variance <= 0:
        return MAX_SHAPE
    return min(max(squared_mean / excess_variance, 0.2), MAX_SHAPE)


def simulated_performance(
    profile: BrandProfile,
    params: TrendParams = DEFAULTS,
    *,
    hourly: bool = True,
    years: int = 5,
    trials: int = 40,
    seed: int = 0,
) -> dict[str, float]:
    """False alarms per year when nothing happens, and the chance to see a whole day at ×1.25, ×1.5 and ×3.

    An event counts as seen when the alert score is reached before its day is over. Returns
    `false_alarms_per_year` and `power_<uplift in percent>_ratio` for each of `UPLIFTS`.
    """
    rng = np.random.default_rng(seed)
    step = timedelta(hours=1) if hourly else timedelta(days=1)
    grid = grid_of(params, step)
    warm_up = params.history_days + 2
    per_day = grid.block
    days = 364 * years + warm_up
    quiet = judge(simulate_counts(profile, days, rng, hourly=hourly), grid)
    alarms = announcements(quiet, grid, warm_up * per_day).sum()
    result = {"false_alarms_per_year": float(alarms) * 365.0 / (364.0 * years)}
    for uplift in UPLIFTS:
        seen = 0
        for trial in range(trials):
            days = warm_up + 1 + trial % 7
            values = simulate_counts(profile, days, rng, hourly=hourly, uplift=uplift)
            seen += bool(np.nanmax(judge(values, grid, values.size - per_day).score, initial=-1) >= params.alert_score)
        result[f"power_{round(uplift * 100)}_ratio"] = seen / trials
    return result


def expected_false_alarms(
    history: pl.DataFrame, params: TrendParams = DEFAULTS, *, years: int = 5, trials: int = 40, seed: int = 0
) -> dict[str, float]:
    """What the detector would do on an ordinary year of this brand: `simulated_performance` of its own habits.

    `history` holds `timestamp` and `value` (null is unknown) of one brand, hourly, or daily when no finer counts
    exist; two to eight weeks are enough. Hours in which the detector saw a clear event are left out, so that the
    brand's crises do not count as its habits; the answer is therefore a figure for quiet times. Daily counts keep
    the ordinary shape of a day. Raises ValueError when the history has any other step.
    """
    rows = history.sort("timestamp")
    step = infer_step(rows["timestamp"])
    if step not in (timedelta(hours=1), timedelta(days=1)):
        raise ValueError(f"expected_false_alarms: history is every {step}, but hourly or daily counts are needed")
    grid = grid_of(params, step)
    values, _ = on_grid(rows, step)
    verdict = judge(values, grid)
    values[np.nan_to_num(verdict.score, nan=-1.0) >= CLEAR_EVENT_RATIO * params.alert_score] = np.nan
    start = rows["timestamp"][0] if rows.height else datetime(1970, 1, 1)
    hourly = step == timedelta(hours=1)
    profile = fit_profile(values, start.hour, start.weekday()) if hourly else _fit_daily(values, start.weekday())
    return simulated_performance(profile, params, hourly=hourly, years=years, trials=trials, seed=seed)


def _fit_daily(values: "NDArray[np.float64]", first_weekday: int) -> BrandProfile:
    """Habits read off daily counts: the day's dispersion carries everything the hours would."""
    weekdays = (np.arange(values.size) + first_weekday) % 7
    known = ~np.isnan(values)
    totals, weekdays = values[known], weekdays[known]
    if totals.size < 2 or totals.sum() == 0:
        return BrandProfile(daily_mean=float(totals.mean()) if totals.size else 0.0)
    mean = float(totals.mean())
    week = np.array([(totals[weekdays == k].sum() + 2 * mean) / ((weekdays == k).sum() + 2) for k in range(7)]) / mean
    expected = mean * week[weekdays]
    shape = _shape(float(((totals - expected) ** 2 - expected).sum()), float((expected**2).sum()))
    return BrandProfile(mean, tuple(week.tolist()), day_shape=shape, hour_shape=MAX_SHAPE)


def expected_false_alarms_by_series(
    hourly: pl.DataFrame,
    params: TrendParams = DEFAULTS,
    *,
    value: str = "mention_count",
    time: str = "mention_hour_at",
    keys: Sequence[str] | None = None,
    years: int = 5,
    trials: int = 40,
) -> pl.DataFrame:
    """One row per series: keys and the figures of `expected_false_alarms` on its own hourly history.

    They are those of the detector on this series alone; in `trend_signals` the control of false discoveries among a
    brand's series lowers the false alarms, and the power of a lonely signal, further.
    """
    names = list(keys) if keys is not None else series_keys(hourly)
    parts = hourly.partition_by(names, maintain_order=True) if names and hourly.height else [hourly]
    figures = [
        {name: part[name][0] for name in names}
        | expected_false_alarms(
            part.select(timestamp=time, value=value), params, years=years, trials=trials, seed=number
        )
        for number, part in enumerate(parts)
        if part.height
    ]
    columns = ["false_alarms_per_year", *(f"power_{round(uplift * 100)}_ratio" for uplift in UPLIFTS)]
    schema = {name: hourly.schema[name] for name in names} | dict.fromkeys(columns, pl.Float64())
    return pl.DataFrame(figures, schema=schema)
