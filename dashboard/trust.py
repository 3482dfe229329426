"""Can the page be trusted: how fresh the release is, what its days and files lack, what its gate found."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from dashboard.filters import Filters
from dashboard.releases import Release

State = Literal["fresh", "gap", "stale"]
FRESH_DAYS = 2


@dataclass(frozen=True)
class Trust:
    """What the banner says of a release and a period."""

    state: State
    newest_date: date
    age_days: int
    missing_dates: tuple[date, ...]
    partial: tuple[tuple[date, str], ...]
    check_count: int
    failed_checks: tuple[dict[str, Any], ...]
    record_count: int
    kept_count: int
    rejected_count: int
    unread_files: tuple[str, ...]
    unscored_ratio: float | None
    withheld_count: int
    zone_assumed_count: int
    warnings: tuple[str, ...]
    mentions_count: int


def trust(release: Release, filters: Filters, today: date) -> Trust:
    """The state of the data behind a period: stale if the newest day is more than two days old, gap if a day of the
    period is missing or will still grow."""
    facts = release.facts
    days = (filters.start + timedelta(days=n) for n in range(filters.days))
    missing = tuple(day for day in days if day not in facts.covered_dates)
    health = release.dicts(
        "FROM r.data_health_daily WHERE mention_date BETWEEN ? AND ? ORDER BY mention_date, source_code",
        [filters.start, filters.end],
    )
    partial = tuple((row["mention_date"], row["source_code"]) for row in health if row["is_last_day_partial"])
    files = release.dicts("FROM r.export_file ORDER BY file_name")
    mentions = sum(row["mention_count"] for row in health)
    texts = [*facts.about["warning_texts"], *(text for row in (*health, *files) for text in row["warning_texts"])]
    age = (today - facts.last_date).days
    state: State = "stale" if age > FRESH_DAYS else "gap" if missing or partial else "fresh"
    return Trust(
        state=state,
        newest_date=facts.last_date,
        age_days=age,
        missing_dates=missing,
        partial=partial,
        check_count=facts.about["check_count"],
        failed_checks=tuple(
            release.dicts(
                "FROM r.check_result WHERE check_status_code <> 'passed' ORDER BY check_severity_code, check_id"
            )
        ),
        record_count=sum(row["row_count"] for row in files),
        kept_count=sum(row["kept_count"] for row in files),
        rejected_count=sum(row["rejected_count"] for row in files),
        unread_files=tuple(row["file_name"] for row in files if row["file_state_code"] in ("refused", "crashed")),
        unscored_ratio=sum(row["unscored_count"] for row in health) / mentions if mentions else None,
        withheld_count=sum(row["withheld_count"] for row in health),
        zone_assumed_count=sum(row["zone_assumed_count"] for row in health),
        warnings=tuple(dict.fromkeys(texts)),
        mentions_count=mentions,
    )


def files(release: Release) -> list[dict[str, Any]]:
    """Every file the release is made from, and what became of its records."""
    return release.dicts("FROM r.export_file ORDER BY file_state_code DESC, first_published_at, file_name")


def today_in(release: Release, now: datetime) -> date:
    """The day it is in the reporting zone."""
    return now.astimezone(release.facts.zone).date()
