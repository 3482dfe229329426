"""Complete calendars: the step of a series, and rows for the periods nobody talked (zero is a row, unknown is null)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MAX_PERIODS = 20_000_000
"""Longest calendar of one series; 38 years of minutes. Beyond it a timestamp is wrong rather than old."""


def infer_step(timestamps: pl.Series) -> timedelta:
    """Return the step of a regular series: the most frequent distance between neighbouring distinct instants.

    Fewer than two distinct instants have no step; a day is returned, which judges nothing. Of equally frequent
    distances the shortest wins, so that a gappy series is not read as a coarser one.
    """
    distances = timestamps.drop_nulls().unique().sort().diff().drop_nulls()
    if distances.is_empty():
        return DAY
    counts = distances.value_counts(name="n").sort(["n", distances.name or ""], descending=[True, False])
    step: timedelta = counts[distances.name or ""][0]
    return step


def complete_calendar(
    counts: pl.DataFrame,
    start: datetime,
    end: datetime,
    every: str,
    *,
    keys: Sequence[str] = (),
    time: str = "timestamp",
    values: Sequence[str] = ("value",),
    fill: float | None = 0,
) -> pl.DataFrame:
    """One row per key combination and period from `start` to `end` (both included), in that order.

    A period without a row becomes `fill`: 0 where the source was listening and heard nothing, None where it is not
    known to have listened. Rows that are present keep their values, nulls included. `every` is a polars duration
    ("5m", "1h", "1d") and `start` lies on its grid. Counts outside the span are left out; counts off the grid raise
    ValueError, since filling around them would lose them.
    """
    if end < start:
        raise ValueError(f"complete_calendar: end {end} lies before start {start}")
    dtype = counts.schema[time]
    periods = pl.DataFrame({time: pl.datetime_range(start, end, every, eager=True).cast(dtype)})
    inside = counts.filter(pl.col(time).is_between(pl.lit(start).cast(dtype), pl.lit(end).cast(dtype)))
    stray = inside.join(periods, on=time, how="anti")
    if stray.height:
        raise ValueError(
            f"complete_calendar: {stray.height} rows do not lie on the {every} grid from {start}, "
            f"first {stray[time][0]}; "
            "truncate the timestamps to the period first"
        )
    if inside.select(*keys, time).is_duplicated().any():
        raise ValueError("complete_calendar: a key and period occur twice; sum the counts per period first")
    grid = counts.select(*keys).unique(maintain_order=True).join(periods, how="cross") if keys else periods
    present = inside.with_columns(pl.lit(True).alias("__present"))
    joined = grid.join(present, on=[*keys, time], how="left", maintain_order="left")
    filled = [
        pl.when(pl.col("__present").is_null()).then(pl.lit(fill)).otherwise(pl.col(v)).cast(counts.schema[v]).alias(v)
        for v in values
    ]
    return joined.with_columns(filled).select(*keys, time, *values)


def on_grid(rows: pl.DataFrame, step: timedelta) -> "tuple[NDArray[np.float64], NDArray[np.int64]]":
    """Lay one series, sorted by `timestamp`, on its complete grid: the values (NaN is unknown) and each row's place.

    Periods without a row are unknown. Raises ValueError when two rows share a period, when the step is under a
    minute, or when a stray timestamp would make the calendar absurdly long.
    """
    if step < MINUTE:
        raise ValueError(f"the series has a step of {step}; sum it to minutes or more first")
    if not rows.height:
        return np.empty(0), np.empty(0, dtype=np.int64)
    step_us = step // timedelta(microseconds=1)
    instants = rows["timestamp"].cast(pl.Datetime("us")).to_physical().to_numpy()
    places = (instants - instants[0] + step_us // 2) // step_us
    if places[-1] >= MAX_PERIODS:
        raise ValueError(
            f"a series runs from {rows['timestamp'][0]} to {rows['timestamp'][-1]} in steps of {step}; "
            "one of its timestamps is wrong"
        )
    if rows.height > 1 and (np.diff(places) == 0).any():
        raise ValueError(f"two rows of one series fall into one period of {step}; sum the values per period first")
    values = np.full(int(places[-1]) + 1, np.nan)
    values[places] = rows["value"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    return values, places
