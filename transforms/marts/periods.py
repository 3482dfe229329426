"""Weeks and months of days, and which of them the exports cover whole."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl


def week_of(day: pl.Expr) -> pl.Expr:
    """Monday of the day's week."""
    return day.dt.truncate("1w")


def month_of(day: pl.Expr) -> pl.Expr:
    """First day of the day's month."""
    return day.dt.truncate("1mo")


def covered_weeks(days: Sequence[date]) -> pl.DataFrame:
    """One row per week that holds a covered day: `week_date` (Monday), `is_complete_period` (all seven are covered)."""
    counts = Counter(day - timedelta(days=day.weekday()) for day in set(days))
    return _periods("week_date", {week: count == 7 for week, count in counts.items()})


def covered_months(days: Sequence[date]) -> pl.DataFrame:
    """One row per month that holds a covered day: `month_date` (its first day), `is_complete_period`."""
    counts = Counter(day.replace(day=1) for day in set(days))
    lengths = {month: ((month + timedelta(days=32)).replace(day=1) - month).days for month in counts}
    return _periods("month_date", {month: counts[month] == lengths[month] for month in counts})


def _periods(name: str, complete: dict[date, bool]) -> pl.DataFrame:
    firsts = sorted(complete)
    return pl.DataFrame(
        {name: firsts, "is_complete_period": [complete[first] for first in firsts]},
        schema={name: pl.Date, "is_complete_period": pl.Boolean},
    )


def is_whole_month(month: pl.Expr, covered: tuple[date, date]) -> pl.Expr:
    """Whether the month that starts on `month` lies inside the covered days (first and last)."""
    first, last = covered
    return (month >= first) & (month.dt.month_end() <= last)


def covered_days(month: pl.Expr, covered: tuple[date, date]) -> pl.Expr:
    """How many days of the month that starts on `month` lie inside the covered days (first and last)."""
    first = pl.max_horizontal(month, pl.lit(covered[0]))
    last = pl.min_horizontal(month.dt.month_end(), pl.lit(covered[1]))
    return ((last - first).dt.total_days() + 1).clip(lower_bound=0)
