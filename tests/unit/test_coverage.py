"""Covered days: what nobody exported is unknown, not zero."""

from datetime import date, timedelta

import polars as pl

from transforms.core.coverage import LONGEST_SILENCE_DAYS, covered_days


def days_of(*rows: tuple[str, date]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"file_id": pl.String, "mention_date": pl.Date}, orient="row")


FIRST = date(2026, 1, 1)


def test_days_between_a_files_first_and_last_record_are_covered() -> None:
    assert covered_days(days_of(("a", FIRST), ("a", date(2026, 1, 4)))) == [FIRST + timedelta(days=n) for n in range(4)]


def test_a_stray_old_record_does_not_cover_the_years_between() -> None:
    assert covered_days(days_of(("a", date(2009, 1, 1)), ("a", FIRST))) == [date(2009, 1, 1), FIRST]


def test_a_gap_of_exactly_the_longest_silence_is_still_covered() -> None:
    last = FIRST + timedelta(days=LONGEST_SILENCE_DAYS)
    assert len(covered_days(days_of(("a", FIRST), ("a", last)))) == LONGEST_SILENCE_DAYS + 1
    assert len(covered_days(days_of(("a", FIRST), ("a", last + timedelta(days=1))))) == 2


def test_the_gap_between_two_files_is_not_covered() -> None:
    rows = days_of(("a", FIRST), ("a", date(2026, 1, 2)), ("b", date(2026, 1, 5)))
    assert covered_days(rows) == [FIRST, date(2026, 1, 2), date(2026, 1, 5)]


def test_without_files_nothing_is_covered() -> None:
    assert covered_days(days_of()) == []
