"""Which days the exports cover: a day nobody exported is unknown, not zero."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

# A month without a single record in a file is a hole in the export rather than a silence of every brand in it.
LONGEST_SILENCE_DAYS = 31


def covered_days(file_days: pl.DataFrame) -> list[date]:
    """Every covered day, sorted. `file_days` has one row per file and day with records: file_id, mention_date.

    A file covers the days from its first to its last record, less the holes longer than LONGEST_SILENCE_DAYS; the
    workspace covers what any file covers.
    """
    if file_days.is_empty():
        return []
    stretches = (
        file_days.unique()
        .sort("file_id", "mention_date")
        .with_columns(
            (pl.col("mention_date").diff().over("file_id").dt.total_days() > LONGEST_SILENCE_DAYS)
            .fill_null(True)
            .cum_sum()
            .over("file_id")
            .alias("stretch")
        )
        .group_by("file_id", "stretch")
        .agg(pl.col("mention_date").min().alias("first"), pl.col("mention_date").max().alias("last"))
    )
    days: set[date] = set()
    for first, last in stretches.select("first", "last").unique().iter_rows():
        days.update(first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return sorted(days)


def chunks(days: Sequence[date], size: int) -> list[list[date]]:
    """The days in runs of at most `size`, in order."""
    return [list(days[start : start + size]) for start in range(0, len(days), size)]
