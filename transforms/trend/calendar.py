"""Complete calendars: the step of a series, and rows for the periods nobody talked (zero is a row, unknown is null)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl

DAY = timedelta(days=1)


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
