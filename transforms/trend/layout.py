"""Many hourly series laid end to end on complete hours, from a frame and a stored state, and back into a state."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from transforms.trend.detect import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True)
class TrendState:
    """What must be kept to judge the next hours without the past: `series` has one row per series.

    Columns: the keys, `next_at` (the hour expected next), `tail_counts` (the last hours, NaN is unknown) and
    `since_alert_hours`, `since_above_hours`, `since_burst_hours`, `announced_score`. Valid for the parameters it was
    made with.
    """

    series: pl.DataFrame
    keys: tuple[str, ...]


def series_keys(hourly: pl.DataFrame) -> list[str]:
    """Return the columns that name a series: identities and codes."""
    return [name for name in hourly.columns if name.endswith(("_id", "_code"))]


@dataclass(slots=True)
class Laid:
    """Many series end to end on their complete hours: stored tail first, then the new hours."""

    rows: pl.DataFrame
    series: pl.DataFrame
    number: "NDArray[np.int64]"
    instants: "NDArray[np.int64]"
    places: "NDArray[np.int64]"
    values: "NDArray[np.float64]"
    bounds: "NDArray[np.int64]"
    firsts: "NDArray[np.int64]"
    complete: "NDArray[np.bool_]"
    states: "NDArray[np.float64]"
    time: str
    value: str


def lay_out(
    hourly: pl.DataFrame, keys: tuple[str, ...], value: str, time: str, as_of: datetime | None, state: TrendState | None
) -> Laid:
    """Lay out `hourly` after the stored tails. Raises ValueError for what cannot be laid: see the messages."""
    passed = [time, *(name for name in hourly.columns if name.endswith("_date")), *keys, value]
    rows = hourly.select(passed)
    if rows[time].null_count():
        raise ValueError(f"trend_signals: {rows[time].null_count()} rows have no {time}")
    counts = rows[value].cast(pl.Float64)
    bad = counts.len() - counts.null_count() - int(((counts >= 0) & counts.is_finite()).sum())
    if bad:
        raise ValueError(f"trend_signals: {bad} values of {value} are negative or not finite; unknown is null")
    number, instants, series = _number(rows, keys, time)
    series = _join_state(series, keys, state, time)
    hours = series["first_us"].to_numpy()
    tails = series["tail_counts"].list.len().fill_null(0).to_numpy().astype(np.int64)
    lengths = tails + (series["last_us"].to_numpy() - hours) // HOUR_US + 1
    bounds = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    places = bounds[number] + tails[number] + (instants - hours[number] + HOUR_US // 2) // HOUR_US
    values = np.full(int(bounds[-1]), np.nan)
    seen = np.zeros(values.size, dtype=np.bool_)
    seen[places] = True
    if int(seen.sum()) != rows.height:
        raise ValueError("trend_signals: two rows of one series fall into one hour; sum the counts per hour first")
    values[places] = counts.fill_null(np.nan).to_numpy()
    stored = series["tail_counts"].explode().drop_nulls() if tails.any() else pl.Series([], dtype=pl.Float64)
    at = np.repeat(bounds[:-1], tails) + np.arange(int(tails.sum())) - np.repeat(np.cumsum(tails) - tails, tails)
    values[at] = stored.to_numpy()
    complete = np.ones(rows.height, dtype=np.bool_)
    if as_of is not None:
        cut = as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)
        complete = instants + HOUR_US <= int(cut.timestamp() * 1_000_000)
        values[places[~complete]] = np.nan
    states = (
        series.select("since_alert_hours", "since_above_hours", "since_burst_hours", "announced_score")
        .fill_null(NEVER)
        .to_numpy()
    )
    states = np.array(states, order="C")
    return Laid(rows, series, number, instants, places, values, bounds, tails, complete, states, time, value)


def _number(
    rows: pl.DataFrame, keys: tuple[str, ...], time: str
) -> "tuple[NDArray[np.int64], NDArray[np.int64], pl.DataFrame]":
    """Each row's series number and instant, and one row per series with its first and last instant.

    Neighbouring rows of one series are numbered together: a frame sorted by series needs no join of all its rows.
    """
    instants = rows[time].cast(pl.Datetime("us")).to_physical().to_numpy()
    names = list(keys) or ["__one"]
    named = rows.select(keys) if keys else pl.DataFrame({"__one": np.zeros(rows.height, dtype=np.int8)})
    runs = named.select(pl.struct(names).rle_id()).to_series().to_numpy()
    starts = np.flatnonzero(np.diff(runs.astype(np.int64), prepend=-1))
    least = np.minimum.reduceat(instants, starts) if starts.size else instants
    most = np.maximum.reduceat(instants, starts) if starts.size else instants
    heads = named[starts].with_columns(pl.Series("first_us", least), pl.Series("last_us", most))
    series = heads.group_by(names, maintain_order=True).agg(pl.col("first_us").min(), pl.col("last_us").max())
    series = series.with_row_index("__series")
    numbers = heads.join(series, on=names, how="left", nulls_equal=True, maintain_order="left")["__series"].to_numpy()
    return numbers.astype(np.int64)[runs], instants, series.drop("__one", strict=False)


def _join_state(series: pl.DataFrame, keys: tuple[str, ...], state: TrendState | None, time: str) -> pl.DataFrame:
    empty: dict[str, pl.DataType] = {
        "next_us": pl.Int64(),
        "tail_counts": pl.List(pl.Float64()),
        "since_alert_hours": pl.Float64(),
        "since_above_hours": pl.Float64(),
        "since_burst_hours": pl.Float64(),
        "announced_score": pl.Float64(),
    }
    if state is None:
        return series.with_columns([pl.lit(None, dtype=dtype).alias(name) for name, dtype in empty.items()])
    stored = state.series.with_columns(next_us=pl.col("next_at").cast(pl.Datetime("us")).to_physical()).drop("next_at")
    joined = (
        series.join(stored, on=list(keys), how="left", nulls_equal=True, maintain_order="left")
        if keys
        else pl.concat([series, stored], how="horizontal")
    )
    late = joined.filter(pl.col("first_us") < pl.col("next_us"))
    if late.height:
        raise ValueError(
            f"trend_signals: {late.height} series bring a {time} before the hour their state expects next; "
            "the past has changed, run over the whole history"
        )
    return joined.with_columns(first_us=pl.col("next_us").fill_null(pl.col("first_us")))


def next_state(laid: Laid, keys: tuple[str, ...], lookback: int, state: TrendState | None) -> TrendState:
    """Return the last `lookback` complete hours of each series, and how long ago its alerts were."""
    ends = laid.bounds[1:].copy()
    open_places = laid.places[~laid.complete]
    if open_places.size:
        # An incomplete hour is judged again when it is over, so the state stops before the first one.
        owner = np.searchsorted(laid.bounds, open_places, side="right") - 1
        np.minimum.at(ends, owner, open_places)
    dropped = (laid.bounds[1:] - ends).astype(np.float64)
    starts = np.maximum(laid.bounds[:-1], ends - lookback)
    lengths = ends - starts
    at = np.repeat(starts, lengths) + np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    owner = np.repeat(np.arange(lengths.size), lengths)
    tails = pl.DataFrame({"owner": owner, "tail_counts": laid.values[at]}).group_by("owner", maintain_order=True)
    hours = laid.series["first_us"].to_numpy() + (ends - laid.bounds[:-1] - laid.firsts) * HOUR_US
    series = (
        laid.series.select(
            *keys,
            pl.Series("next_at", hours).cast(pl.Datetime("us", "UTC")),
            pl.Series("since_alert_hours", laid.states[:, 0] - dropped),
            pl.Series("since_above_hours", laid.states[:, 1] - dropped),
            pl.Series("since_burst_hours", laid.states[:, 2] - dropped),
            pl.Series("announced_score", laid.states[:, 3]),
        )
        .with_row_index("owner")
        .with_columns(pl.col("owner").cast(pl.Int64))
    )
    series = series.join(tails.agg(pl.col("tail_counts")), on="owner", how="left", maintain_order="left")
    series = series.drop("owner")
    if state is not None and keys:
        # Series that brought nothing this time are waited for; their missing hours will be unknown ones.
        waiting = state.series.join(series, on=list(keys), how="anti", nulls_equal=True)
        series = pl.concat([series, waiting.select(series.columns)])
    return TrendState(series, keys)
