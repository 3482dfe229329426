"""Signals for the tables: thousands of hourly series judged at once, and one more hour of them from stored state."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from transforms.trend.detect import STATUS_CODES, Grid, grid_of
from transforms.trend.discovery import daily_chance, discoveries
from transforms.trend.layout import HOUR_US, Laid, TrendState, lay_out, next_state, series_keys
from transforms.trend.params import DEFAULTS, TrendParams

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOUR = timedelta(hours=1)
THREADS = 2


def trend_signals(
    hourly: pl.DataFrame,
    params: TrendParams = DEFAULTS,
    *,
    as_of: datetime | None,
    value: str = "mention_count",
    time: str = "mention_hour_at",
    keys: Sequence[str] | None = None,
    family: Sequence[str] | None = None,
    details: bool = False,
) -> pl.DataFrame:
    """One row per row of `hourly`, in its order: is this hour of this series unusual?

    `hourly` holds `time` (start of the hour), `value` (a count; null is unknown, a missing hour too) and the series'
    keys, by default all columns named `_id` or `_code`. Columns named `_date` are passed through. Hours that are not
    over at `as_of` are `incomplete` (None: all are over).

    Returns time, dates, keys, `value`, `expected_count` with its band, `signal_score`, `is_alert` and
    `signal_status_code` as in `detect`, except that an alert must also survive the control of false discoveries
    among the series of its `family` in its hour (by default the series of one brand; see `discovery`). `details` adds
    the telling window (`window_hours`, `window_count`, `usual_peak_count`), `daily_chance_ratio` and `is_discovery`.
    """
    return trend_signals_with_state(
        hourly, params, as_of=as_of, value=value, time=time, keys=keys, family=family, details=details
    )[0]


def trend_signals_with_state(
    hourly: pl.DataFrame,
    params: TrendParams = DEFAULTS,
    *,
    as_of: datetime | None,
    state: TrendState | None = None,
    value: str = "mention_count",
    time: str = "mention_hour_at",
    keys: Sequence[str] | None = None,
    family: Sequence[str] | None = None,
    details: bool = False,
) -> tuple[pl.DataFrame, TrendState]:
    """`trend_signals`, from a stored state if one is given, with the state for the next call.

    With a state, `hourly` holds the new hours only, and each hour for all its series in one call, since false
    discoveries are controlled across them. The answers are those of a run over everything. Raises ValueError for an
    hour before the state's next one: late mentions changed the past, which takes a full run.
    """
    names = tuple(keys if keys is not None else series_keys(hourly) if state is None else state.keys)
    grid = grid_of(params, HOUR)
    laid = lay_out(hourly, names, value, time, as_of, state)
    out, window, status = judge_all(laid, grid)
    groups = list(family) if family is not None else [name for name in names if name == "brand_id"]
    believed = believe(laid, out[0], status, groups, params)
    alerts = announce(laid, np.where(believed, out[0], np.nan), np.where(believed, out[6], np.nan), grid)
    signals = _table(laid, out, window, status, believed, alerts, grid, details)
    return signals, next_state(laid, names, grid.lookback, state)


def judge_all(laid: Laid, grid: Grid) -> "tuple[NDArray[np.float64], NDArray[np.int8], NDArray[np.int8]]":
    """The kernel's seven outputs (see `Judgement`), telling window and status of every place of the layout."""
    from transforms.trend import kernel

    out = np.empty((7, laid.values.size))
    window = np.empty(laid.values.size, dtype=np.int8)
    status = np.empty(laid.values.size, dtype=np.int8)
    count = laid.bounds.size - 1
    # A few slices per thread even out series of different lengths.
    edges = np.linspace(0, count, min(count, 4 * THREADS) + 1).astype(np.int64)

    def work(part: int) -> None:
        kernel.judge_many(
            laid.values, laid.bounds, laid.firsts, edges[part], edges[part + 1], grid.block, grid.windows, grid.gaps,
            grid.reach, grid.settings, out, window, status,
        )  # fmt: skip

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(work, range(edges.size - 1)))
    return out, window, status


def believe(
    laid: Laid, score: "NDArray[np.float64]", status: "NDArray[np.int8]", family: list[str], params: TrendParams
) -> "NDArray[np.bool_]":
    """Which places of the layout carry an alert-level score that survives the control of false discoveries."""
    believed = np.zeros(score.size, dtype=np.bool_)
    at = laid.places
    judged = np.flatnonzero(status[at] == 0)
    reached = judged[score[at[judged]] >= params.alert_score]
    if not reached.size:
        return believed
    # Families are numbered (family of the series, hour): counting integers is cheap where joining names is not.
    families = laid.series.select(pl.struct(family).rank("dense") if family else pl.lit(1)).to_series()
    hours = laid.instants // HOUR_US
    hours -= hours.min()
    number = np.broadcast_to(families.to_numpy(), laid.series.height)[laid.number].astype(np.int64)
    group = number * (int(hours.max()) + 1) + hours
    if group.max() > 4 * group.size:
        group = np.unique(group, return_inverse=True)[1]
    tested = np.bincount(group[judged])[group[reached]]
    candidates = pl.DataFrame({"family": group[reached], "signal_score": score[at[reached]], "tested": tested})
    flags = discoveries(candidates, ["family"], rate=params.false_discovery_ratio)
    believed[at[reached[flags.to_numpy()]]] = True
    return believed


def announce(laid: Laid, score: "NDArray[np.float64]", burst: "NDArray[np.float64]", grid: Grid) -> "NDArray[np.bool_]":
    """Alerts by place; the states of the layout move on to the last complete hour of each series."""
    from transforms.trend import kernel

    is_alert = np.zeros(score.size, dtype=np.bool_)
    kernel.raise_many(score, burst, laid.bounds, laid.firsts, grid.alert_rows, grid.alert_levels, laid.states, is_alert)
    return is_alert


def _table(
    laid: Laid,
    out: "NDArray[np.float64]",
    window: "NDArray[np.int8]",
    status: "NDArray[np.int8]",
    believed: "NDArray[np.bool_]",
    is_alert: "NDArray[np.bool_]",
    grid: Grid,
    details: bool,
) -> pl.DataFrame:
    at = laid.places
    score = pl.Series("signal_score", out[0][at]).fill_nan(None)
    codes = np.where(laid.complete, status[at], STATUS_CODES.index("incomplete")).astype(np.uint32)
    columns = [
        pl.Series("expected_count", out[3][at]).fill_nan(None),
        pl.Series("expected_low_count", out[4][at]).fill_nan(None),
        pl.Series("expected_high_count", out[5][at]).fill_nan(None),
        score,
        pl.Series("is_alert", is_alert[at]),
        pl.Series("signal_status_code", STATUS_CODES).gather(codes),
    ]
    if details:
        hours = np.append(grid.windows, 0).astype(np.float64)[window[at]]
        columns += [
            pl.Series("window_hours", np.where(hours > 0, hours, np.nan)).fill_nan(None),
            pl.Series("window_count", out[1][at]).fill_nan(None),
            pl.Series("usual_peak_count", out[2][at]).fill_nan(None),
            pl.select(daily_chance(pl.lit(score)).alias("daily_chance_ratio")).to_series(),
            pl.Series("is_discovery", believed[at]),
        ]
    return laid.rows.with_columns(columns)
