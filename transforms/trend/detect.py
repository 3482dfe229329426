"""Causal detection on volume series of any step: what each row was worth, what was expected, and when to speak up."""

from datetime import UTC, datetime, timedelta
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from transforms.trend.calendar import DAY, infer_step, on_grid
from transforms.trend.params import DEFAULTS, TrendParams

if TYPE_CHECKING:
    from numpy.typing import NDArray

STATUS_CODES = ("ok", "not_enough_data", "gap", "incomplete")
NEVER = 1e9
"""Rows since an alert that has not happened yet."""


class Grid(NamedTuple):
    """`TrendParams` in rows of a given step, as the kernel wants them."""

    block: int
    windows: "NDArray[np.int64]"
    gaps: "NDArray[np.int64]"
    reach: int
    settings: "NDArray[np.float64]"
    alert_rows: "NDArray[np.float64]"
    alert_levels: "NDArray[np.float64]"

    @property
    def lookback(self) -> int:
        """Rows before a row that can influence its score and band."""
        history = int(self.settings[0])
        judged = (history - 1) * self.block + self.gaps + self.block - 1 + self.windows - 1
        return int(max(judged.max(), history * self.block + self.reach))


def grid_of(params: TrendParams, step: timedelta) -> Grid:
    """Translate durations into rows. A step of a day or more makes one row a "day" and every window one row."""
    hours = step / timedelta(hours=1)
    block = max(1, round(DAY / step))
    windows = np.array(sorted({max(1, round(w / hours)) for w in params.window_hours}), dtype=np.int64)
    quantile = NormalDist().inv_cdf(0.5 + params.coverage_ratio / 2)
    settings = (
        params.history_days, params.min_history_days, params.prior_days, params.prior_sd_ratio, params.prior_sd_count,
        params.min_alert_count, quantile, params.min_history_count,
    )  # fmt: skip
    return Grid(
        block=block,
        windows=windows,
        gaps=np.maximum(windows, max(1, int(params.gap_hours / hours))),
        reach=int(1 / hours) if block > 1 else 0,
        settings=np.array(settings, dtype=np.float64),
        alert_rows=np.array(
            [max(1.0, int(d / hours)) for d in (params.cool_down_hours, params.calm_hours, params.reminder_hours)]
        ),
        alert_levels=np.array([params.alert_score, params.rearm_ratio]),
    )


class Judgement(NamedTuple):
    """What the kernel says of each row of one series on its complete grid."""

    score: "NDArray[np.float64]"
    observed: "NDArray[np.float64]"
    typical_peak: "NDArray[np.float64]"
    expected: "NDArray[np.float64]"
    low: "NDArray[np.float64]"
    high: "NDArray[np.float64]"
    burst: "NDArray[np.float64]"
    window: "NDArray[np.int8]"
    status: "NDArray[np.int8]"


def judge(values: "NDArray[np.float64]", grid: Grid, first: int = 0) -> Judgement:
    """Judge the rows from `first` on of one complete series; earlier rows are history only. NaN is unknown."""
    from transforms.trend import kernel

    out = np.empty((7, values.size))
    window = np.empty(values.size, dtype=np.int8)
    status = np.empty(values.size, dtype=np.int8)
    kernel.judge_series(
        values, first, grid.block, grid.windows, grid.gaps, grid.reach, grid.settings, out, window, status
    )
    return Judgement(out[0], out[1], out[2], out[3], out[4], out[5], out[6], window, status)


def announcements(verdict: Judgement, grid: Grid, first: int = 0) -> "NDArray[np.bool_]":
    """Rows on which someone should be told, of one series that has not been announced before row `first`."""
    from transforms.trend import kernel

    is_alert = np.zeros(verdict.score.size, dtype=np.bool_)
    state = np.full(4, NEVER)
    kernel.raise_alerts(verdict.score, verdict.burst, first, grid.alert_rows, grid.alert_levels, state, is_alert)
    return is_alert


def detect(series: pl.DataFrame, params: TrendParams = DEFAULTS, *, as_of: datetime | None = None) -> pl.DataFrame:
    """Judge every row of one or many series, causally: a row is judged by rows up to itself only.

    Input: `timestamp` (start of the period, Datetime, UTC or naive), `value` (>= 0, null is unknown) and, for many
    series, `series_id`. The step is inferred; missing rows are unknown, not zero (see `complete_calendar`).

    Returns one row per input row, in input order: timestamp, [series_id], value, expected_value (mean at this time
    of day), expected_low and expected_high (band that holds `coverage_ratio` of ordinary values), score, is_alert
    (true on the row where someone should be told, not on every row of the event) and status_code (`ok`,
    `not_enough_data`, `gap`, `incomplete`). The score is in standard deviations: how far the most unusual trailing
    window stands above the mean of that window's daily peaks, in square roots; null unless the status is `ok`.

    A period that is not over at `as_of` is `incomplete` and raises nothing. Raises ValueError for negative or
    non-finite values and for two rows of one series in one period.
    """
    _check(series)
    keyed = "series_id" in series.columns
    rows = series.with_row_index("__row").sort(*(["series_id"] if keyed else []), "timestamp")
    step = _step_of(series)
    grid = grid_of(params, step)
    parts = rows.partition_by("series_id", maintain_order=True) if keyed else [rows]
    judged = pl.concat([_detect_one(part, grid, step, as_of) for part in parts]) if rows.height else _empty(rows)
    columns = ["timestamp", *(["series_id"] if keyed else []), "value", *RESULT]
    return judged.sort("__row").select(columns)


RESULT = {
    "expected_value": pl.Float64,
    "expected_low": pl.Float64,
    "expected_high": pl.Float64,
    "score": pl.Float64,
    "is_alert": pl.Boolean,
    "status_code": pl.String,
}


def _empty(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns([pl.lit(None, dtype=dtype).alias(name) for name, dtype in RESULT.items()])


def _check(series: pl.DataFrame) -> None:
    missing = {"timestamp", "value"} - set(series.columns)
    if missing:
        raise ValueError(f"detect: the series has no column {', '.join(sorted(missing))}")
    if series["timestamp"].null_count():
        raise ValueError(f"detect: {series['timestamp'].null_count()} rows have no timestamp; drop or date them first")
    values = series["value"].cast(pl.Float64)
    bad = values.filter(values.is_not_null() & ~(values.is_finite() & (values >= 0)))
    if bad.len():
        raise ValueError(f"detect: {bad.len()} values are negative or not finite, first {bad[0]}; unknown is null")


def _step_of(series: pl.DataFrame) -> timedelta:
    """One step for the whole frame, read from its longest series so that a two-row series cannot set it."""
    if "series_id" not in series.columns or not series.height:
        return infer_step(series["timestamp"])
    longest = series["series_id"].value_counts(name="n").sort("n", descending=True)["series_id"][0]
    return infer_step(series.filter(pl.col("series_id").eq_missing(longest))["timestamp"])


def _detect_one(rows: pl.DataFrame, grid: Grid, step: timedelta, as_of: datetime | None) -> pl.DataFrame:
    values, places = on_grid(rows, step)
    if as_of is not None:
        cut = as_of.astimezone(UTC).replace(tzinfo=None) if as_of.tzinfo else as_of
        over = rows["timestamp"].cast(pl.Datetime("us")) + step <= cut
        # An unfinished period says nothing yet, about itself or about later ones.
        values[places[~over.to_numpy()]] = np.nan
    verdict = judge(values, grid)
    is_alert = announcements(verdict, grid)
    status = pl.Series("status_code", [STATUS_CODES[code] for code in verdict.status[places]], dtype=pl.String)
    if as_of is not None:
        status = pl.select(pl.when(over).then(status).otherwise(pl.lit("incomplete")).alias("status_code")).to_series()
    columns = {
        "expected_value": verdict.expected,
        "expected_low": verdict.low,
        "expected_high": verdict.high,
        "score": verdict.score,
    }
    return rows.with_columns(
        [pl.Series(name, array[places]).fill_nan(None) for name, array in columns.items()]
        + [pl.Series("is_alert", is_alert[places]), status]
    )
