"""Signals on a share, such as the negative share of scored mentions: has the mood turned, whatever the volume?"""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from transforms.trend.detect import STATUS_CODES, Grid, grid_of
from transforms.trend.discovery import score_of_chance
from transforms.trend.layout import Laid, lay_out, series_keys
from transforms.trend.params import DEFAULTS, TrendParams
from transforms.trend.signals import HOUR, announce, believe

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOOKS_PER_DAY = 24
"""One look an hour, as if all were independent: a whole day shares its mood, which the sd knows only roughly."""
USUAL_WANDER = 0.08
"""Assumed day-to-day sd of a share, in arcsine roots: 8 points at a share of one half, 7 at a quarter."""
MIN_RISE = 0.1
"""A rise of less than ten points is nobody's business, however sure it is."""


def share_signals(
    hourly: pl.DataFrame,
    params: TrendParams = DEFAULTS,
    *,
    as_of: datetime | None,
    part: str = "negative_count",
    whole: str = "scored_count",
    time: str = "mention_hour_at",
    keys: Sequence[str] | None = None,
    family: Sequence[str] | None = None,
) -> pl.DataFrame:
    """One row per row of `hourly`, in its order: is `part` an unusually large share of `whole` in the last hours?

    The share of the trailing windows of `params` that are longer than an hour is compared with that of the history
    days before, in arcsine roots (Anscombe 1948), against chance and the share's own wandering from day to day. A
    window needs `min_alert_count` of the part and a rise of ten points. The score is on the scale of `trend_signals`:
    the chance to see such a rise once a day is that of a volume score of the same height. Alerts, cool-down and the
    control of false discoveries are the same too.

    Returns time, dates, keys, `part`, `whole`, `usual_ratio`, `window_hours` (null when nothing has risen),
    `signal_score`, `is_alert` and `signal_status_code`.
    """
    names = tuple(keys if keys is not None else series_keys(hourly))
    grid = grid_of(params, HOUR)
    laid, usual, score, window, status = judge_shares(hourly, params, as_of, part, whole, time, names)
    groups = list(family) if family is not None else [name for name in names if name == "brand_id"]
    believed = np.where(believe(laid, score, status, groups, params), score, np.nan)
    is_alert = announce(laid, believed, believed, grid)
    at = laid.places
    codes = np.where(laid.complete, status[at], STATUS_CODES.index("incomplete")).astype(np.uint32)
    passed = [time, *(name for name in hourly.columns if name.endswith("_date")), *names, part, whole]
    return hourly.select(passed).with_columns(
        pl.Series("usual_ratio", usual[at]).fill_nan(None),
        pl.Series("window_hours", np.where(window[at] > 0, window[at], np.nan)).fill_nan(None),
        pl.Series("signal_score", score[at]).fill_nan(None),
        pl.Series("is_alert", is_alert[at]),
        pl.Series("signal_status_code", STATUS_CODES).gather(codes),
    )


def judge_shares(
    hourly: pl.DataFrame,
    params: TrendParams,
    as_of: datetime | None,
    part: str,
    whole: str,
    time: str,
    names: tuple[str, ...],
) -> "tuple[Laid, NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int8]]":
    """The layout of `hourly` and, of every place in it, usual share, score, telling window in hours and status."""
    both = hourly.with_columns(pl.when(pl.col(part).is_not_null()).then(pl.col(whole)).alias(whole))
    laid = lay_out(both, names, whole, time, as_of, None)
    parts = np.full(laid.values.size, np.nan)
    parts[laid.places] = hourly[part].cast(pl.Float64).fill_null(np.nan).to_numpy()
    if (parts > laid.values + 1e-9).any():
        raise ValueError(f"share_signals: {part} exceeds {whole} in some hours; a part cannot be larger than its whole")
    usual, z, window, status = _judge(parts, laid, grid_of(params, HOUR), params)
    return laid, usual, _score(z), window, status


def _judge(
    parts: "NDArray[np.float64]", laid: Laid, grid: Grid, params: TrendParams
) -> "tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int8]]":
    """Usual share, standardised rise, telling window in hours and status of every place of the layout."""
    from transforms.trend import kernel, share_kernel

    usual, z = np.full(parts.size, np.nan), np.full(parts.size, np.nan)
    window = np.zeros(parts.size, dtype=np.int64)
    status = np.full(parts.size, kernel.NOT_ENOUGH_DATA, dtype=np.int8)
    rows = grid.windows[grid.windows > 1]
    gap = int(max(rows.max(), params.gap_hours))
    settings = np.array(
        (
            params.history_days, params.min_history_days, params.min_alert_count, params.min_history_count,
            params.prior_days, USUAL_WANDER, MIN_RISE,
        )
    )  # fmt: skip
    for begin, end in zip(laid.bounds[:-1], laid.bounds[1:], strict=True):
        place = slice(begin, end)
        share_kernel.judge_share(
            parts[place], laid.values[place], rows, gap, settings, usual[place], z[place], window[place], status[place]
        )
    return usual, z, window, status


def _score(z: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Standard normal rises as scores of the volume scale, by equal chance per day; straight on beyond 12 sd."""
    grid = np.linspace(0.0, 12.0, 241)
    chances = [-math.expm1(LOOKS_PER_DAY * math.log1p(-0.5 * math.erfc(x / math.sqrt(2)))) for x in grid]
    scores = np.array([score_of_chance(chance) for chance in chances])
    slope = (scores[-1] - scores[-2]) / (grid[-1] - grid[-2])
    beyond = np.maximum(z - grid[-1], 0.0) * slope
    return np.where(np.isnan(z), np.nan, np.interp(np.nan_to_num(z), grid, scores) + np.nan_to_num(beyond))
