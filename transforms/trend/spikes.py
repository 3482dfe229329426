"""Spikes as events: when a burst of conversation began, peaked and ended, how big it was, and what state it is in."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl

from transforms.trend.layout import series_keys
from transforms.trend.params import DEFAULTS, TrendParams
from transforms.trend.severity import with_severity

HOUR = timedelta(hours=1)
NOISE_DAYS = 28
"""Days before a spike from which the ordinary scatter of observed against expected is read."""
PRIOR_NOISE = 0.3
"""Assumed scatter (sd of the logarithm) with the weight of two windows: a week-old brand knows little of its own."""
INTERVAL_QUANTILE = 1.6448536269514722
"""For intervals that hold 90 %."""

LEAN = ("spike_id", "started_at", "peak_at", "ended_at", "observed_count", "expected_count", "excess_count")
LEAN_LAST = ("spike_ratio", "distinct_author_count", "negative_ratio", "severity_code", "spike_state_code")


def spikes(
    signals: pl.DataFrame,
    volume: pl.DataFrame | None = None,
    params: TrendParams = DEFAULTS,
    *,
    value: str = "mention_count",
    time: str = "mention_hour_at",
    keys: Sequence[str] | None = None,
    per_mention: float = 1.0,
    details: bool = False,
) -> pl.DataFrame:
    """One row per spike of a series, in order of series and start.

    `signals` is the table of `trend_signals`. A spike begins at an alert; further alerts and unusual hours belong to
    it until a burst would be a new alert (`cool_down_hours` and `calm_hours` over). It ended where its cumulated
    excess over the middle of expected and `expected_high_count` was greatest, and is closed once that is
    `calm_hours` ago; a flare-up while it may still merge opens it again. While it is open, `ended_at` is null and its
    counts run to the last hour. Start and `spike_id` never change with later data. An alert after which fewer than
    `min_alert_count` mentions came (the day had been heavy before it) makes no spike.

    Returns spike_id, keys, started_at, peak_at, ended_at, observed_count, expected_count, excess_count, spike_ratio
    (observed / expected), distinct_author_count (null: hourly counts do not tell, see `spike_drivers`),
    negative_ratio, severity_code and spike_state_code (open or closed by the data, see `decisions`); with `details`
    also peak_score, spike_ratio_low and spike_ratio_high (90 % interval from the ordinary scatter of this series) and
    author_spread_ratio. `volume` with
    `negative_count`, `unscored_count` and `distinct_author_count` per hour tells negativity and spread, without which
    nothing is a crisis (`severity`, which weighs `per_mention` of what is counted like one mention).
    """
    names = list(keys) if keys is not None else [k for k in series_keys(signals) if k != "signal_status_code"]
    alerting = signals.filter("is_alert").select(names).unique()
    rows = signals.join(alerting, on=names, how="semi", nulls_equal=True) if names else signals
    rows = rows.sort(*names, time, nulls_last=False)
    found = [_describe(rows, span, params, value, time) for span in _spans(rows, names, params, time)]
    table = pl.DataFrame(found, schema=_schema(rows, time), orient="row")
    table = table.filter(pl.col("observed_count") >= params.min_alert_count)
    table = pl.concat([rows.select(names)[table["row"].to_list()], table.drop("row")], how="horizontal")
    table = _identified(table, names)
    table = with_severity(table, volume, names, time, per_mention)
    is_open = pl.col("ended_at").is_null()
    table = table.with_columns(spike_state_code=pl.when(is_open).then(pl.lit("open")).otherwise(pl.lit("closed")))
    extra = ["peak_score", "spike_ratio_low", "spike_ratio_high", "author_spread_ratio"] if details else []
    return table.select("spike_id", *names, *LEAN[1:], *LEAN_LAST, *extra)


def _schema(rows: pl.DataFrame, time: str) -> dict[str, Any]:
    instant = rows.schema[time]
    return {
        "row": pl.Int64,
        "started_at": instant,
        "peak_at": instant,
        "ended_at": instant,
        "last_at": instant,
        "observed_count": pl.Int64,
        "expected_count": pl.Float64,
        "excess_count": pl.Float64,
        "spike_ratio": pl.Float64,
        "spike_ratio_low": pl.Float64,
        "spike_ratio_high": pl.Float64,
        "peak_score": pl.Float64,
    }


def _spans(
    rows: pl.DataFrame, names: list[str], params: TrendParams, time: str
) -> list[tuple[int, int, int, int, bool]]:
    """First row, last unusual row, first and last row of the series, and whether it is over, for each spike."""
    if not rows.height:
        return []
    number = (
        rows.select(pl.struct(names).rle_id()).to_series().to_numpy()
        if names
        else np.zeros(rows.height, dtype=np.int64)
    )
    hours = (rows[time].cast(pl.Datetime("us")).to_physical() // 3_600_000_000).to_numpy()
    above = (rows["signal_score"].fill_null(-1.0) >= params.alert_score).to_numpy()
    is_alert = rows["is_alert"].to_numpy()
    edges = np.flatnonzero(np.diff(number, prepend=-1))
    lasts = np.append(edges[1:], rows.height) - 1
    spans: list[tuple[int, int, int, int, bool]] = []
    for first, last in zip(edges.tolist(), lasts.tolist(), strict=True):
        current, last_alert, last_above = -1, 0, 0
        for i in (first + np.flatnonzero(above[first : last + 1] | is_alert[first : last + 1])).tolist():
            alive = current >= 0 and _alive(hours[i], hours[last_alert], hours[last_above], params)
            if current >= 0 and not alive:
                spans.append((current, last_above, first, last, True))
                current = -1
            if current < 0 and not is_alert[i]:
                continue
            current = i if current < 0 else current
            last_alert = i if is_alert[i] else last_alert
            last_above = i
        if current >= 0:
            over = not _alive(hours[last] + 1, hours[last_alert], hours[last_above], params)
            spans.append((current, last_above, first, last, over))
    return spans


def _alive(hour: int, last_alert: int, last_above: int, params: TrendParams) -> bool:
    """Whether a burst at `hour` would still belong to the spike."""
    return hour - last_alert < params.cool_down_hours or hour - last_above < params.calm_hours


def _describe(
    rows: pl.DataFrame, span: tuple[int, int, int, int, bool], params: TrendParams, value: str, time: str
) -> tuple[Any, ...]:
    start, last_above, first, last, over = span
    part = rows[start : (last_above if over else last) + 1]
    seen = part[value].cast(pl.Float64).fill_null(0.0).to_numpy()
    expected = part["expected_count"].fill_null(np.nan).to_numpy()
    usual = (expected + part["expected_high_count"].fill_null(np.nan).to_numpy()) / 2
    end = int(np.argmax(np.cumsum(seen - np.nan_to_num(usual)))) + 1
    over = over or seen.size - end >= params.calm_hours
    if over:
        seen, expected, part = seen[:end], expected[:end], part[:end]
    observed, wanted = float(seen.sum()), float(expected.sum())
    peak = int(np.argmax(seen))
    unknown = bool(np.isnan(wanted))
    ratio = None if unknown or wanted <= 0 else observed / wanted
    low, high = (None, None) if ratio is None else _interval(rows, start, first, seen.size, observed, wanted, value)
    times = part[time]
    return (
        start, times[0], times[peak], times[-1] + HOUR if over else None, times[-1],
        round(observed), None if unknown else wanted, None if unknown else observed - wanted, ratio, low, high,
        part["signal_score"].max(),
    )  # fmt: skip


def _interval(
    rows: pl.DataFrame, start: int, first: int, length: int, observed: float, expected: float, value: str
) -> tuple[float, float]:
    """How many times normal, allowing for how far ordinary stretches of this length and hour stray from expectation."""
    past = rows[max(first, start - NOISE_DAYS * 24) : start]
    seen = past[value].cast(pl.Float64).fill_null(np.nan).to_numpy()
    wanted = past["expected_count"].fill_null(np.nan).to_numpy()
    strays = []
    stride = -(-length // 24) * 24
    for begin in range(past.height - stride, -1, -stride):
        pair = seen[begin : begin + length].sum(), wanted[begin : begin + length].sum()
        if not np.isnan(pair).any():
            strays.append(np.log((pair[0] + 0.5) / (pair[1] + 0.5)))
    # The median square keeps earlier spikes from widening the interval; 0.455 is the median of a chi-square with 1 df.
    own = float(np.median(np.square(strays))) / 0.455 if strays else 0.0
    noise = np.sqrt((own * len(strays) + 2 * PRIOR_NOISE**2) / (len(strays) + 2))
    factor = float(np.exp(INTERVAL_QUANTILE * noise))
    return observed / expected / factor, observed / expected * factor


def _identified(table: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Name each spike by its series and its start alone: the same in every run and with any later data."""
    identities = []
    for row in table.select(*names, pl.col("started_at").dt.timestamp("us")).iter_rows():
        text = "\x1f".join("" if cell is None else str(cell) for cell in row)
        identities.append(hashlib.sha256(text.encode()).hexdigest()[:16])
    return table.with_columns(pl.Series("spike_id", identities, dtype=pl.String))
