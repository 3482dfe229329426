"""What tables share of a day's posts: read once while nothing changes, kept from run to run until the day does."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from assets import insight as insight_assets
from assets import posts as shared
from assets.posts import brand_mentions_of
from tests.unit.quality_tables import filled
from transforms.marts.panel import Panel, PanelBrand
from warehouse.days import Aspect, day_fingerprints, mark_days, post_counts
from warehouse.refresh import KeptParts
from warehouse.store import Warehouse, open_warehouse
from warehouse.tables import core, state

MONDAY = date(2024, 5, 6)
WEDNESDAY = MONDAY + timedelta(days=9)
ASPECTS: tuple[Aspect, ...] = ("posts", "topics", "threads", "sources")


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    with open_warehouse(tmp_path / "w.duckdb") as opened:
        yield opened


def deliver(warehouse: Warehouse, file_id: str, *posts: tuple[date, str]) -> None:
    """An export with one post per (day, brand), whose days are described anew."""
    rows = [
        {
            "mention_id": f"{file_id}-{number}",
            "mention_date": day,
            "published_at": datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
            "brand_id": brand,
            "file_id": file_id,
            "row_number": number,
            "revision_id": "1",
        }
        for number, (day, brand) in enumerate(posts)
    ]
    for table in (core.MENTION, core.MENTION_BRAND, core.MENTION_SOURCE):
        warehouse.append(table, filled(table, rows))
    mark_days(warehouse, {day for day, _ in posts})


def test_a_day_is_read_once_and_again_when_its_posts_changed(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[date]] = []

    def counted(store: Warehouse, contract: Any, days: Any, *rest: Any) -> pl.DataFrame:
        if contract is core.MENTION:
            asked.append(list(days))
        return real(store, contract, days, *rest)

    real = shared.of_days
    monkeypatch.setattr(shared, "of_days", counted)
    tuesday = MONDAY + timedelta(days=1)
    deliver(warehouse, "a", (MONDAY, "acme"), (tuesday, "acme"))
    assert brand_mentions_of(warehouse, [MONDAY]).height == 1
    assert brand_mentions_of(warehouse, [tuesday, MONDAY])["mention_date"].to_list() == [MONDAY, tuesday]
    deliver(warehouse, "b", (MONDAY, "bolt"))
    assert brand_mentions_of(warehouse, [MONDAY, tuesday]).height == 3
    assert [days for days in asked if days] == [[MONDAY], [tuesday], [MONDAY]]


def test_days_beyond_what_may_be_held_are_read_every_time(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "MOST_HELD", 1)
    days = [MONDAY, MONDAY + timedelta(days=1)]
    deliver(warehouse, "a", *((day, "acme") for day in days))
    first, second = brand_mentions_of(warehouse, days), brand_mentions_of(warehouse, days)
    assert first.height == 2
    assert first.equals(second)


def test_what_is_kept_of_a_day_holds_until_its_posts_change_and_goes_with_the_day(warehouse: Warehouse) -> None:
    deliver(warehouse, "a", (MONDAY, "acme"))
    rows = filled(
        state.TERM_DAY, [{"mention_date": MONDAY, "brand_id": "acme", "term_texts": ["latte"], "term_post_counts": [1]}]
    )
    kept = KeptParts(warehouse, state.TERM_DAY, "1")
    assert not kept.has(MONDAY)
    kept.keep([MONDAY], rows)
    assert kept.has(MONDAY)
    again = KeptParts(warehouse, state.TERM_DAY, "1")
    assert again.has(MONDAY)
    assert again.read([MONDAY])["term_texts"].to_list() == [["latte"]]
    assert not KeptParts(warehouse, state.TERM_DAY, "2").has(MONDAY)
    deliver(warehouse, "b", (MONDAY, "bolt"))
    assert not KeptParts(warehouse, state.TERM_DAY, "1").has(MONDAY)
    for table in (core.MENTION, core.MENTION_BRAND, core.MENTION_SOURCE):
        warehouse.replace_all(table, table.empty())
    mark_days(warehouse, None)
    KeptParts(warehouse, state.TERM_DAY, "1")
    assert warehouse.count(state.TERM_DAY) == 0


def test_days_that_were_marked_are_described_as_a_description_of_all_days_has_them(warehouse: Warehouse) -> None:
    tuesday = MONDAY + timedelta(days=1)
    deliver(warehouse, "a", (MONDAY, "acme"), (tuesday, "acme"))
    before = day_fingerprints(warehouse, ASPECTS)
    deliver(warehouse, "b", (tuesday, "bolt"))
    now = day_fingerprints(warehouse, ASPECTS)
    assert [day for day in now if now[day] != before[day]] == [tuesday]
    mark_days(warehouse, None)
    assert day_fingerprints(warehouse, ASPECTS) == now
    assert post_counts(warehouse) == {MONDAY: 1, tuesday: 2}
    assert warehouse.count(state.CHANGED_DAY) == 0


def test_drivers_of_a_week_that_begins_late_compare_it_with_the_whole_week_before(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read from seven days before the first covered day on, the Monday of the week before was missing from its share:
    the week computed alone differed from the week computed with the one before it."""
    monkeypatch.setattr(insight_assets, "panel", lambda _: PANEL)
    deliver(warehouse, "a", (MONDAY, "acme"), (MONDAY, "acme"), (MONDAY + timedelta(days=4), "bolt"))
    deliver(warehouse, "b", (WEDNESDAY, "acme"), (WEDNESDAY, "bolt"))
    drivers = [by_day(warehouse, days) for days in ([WEDNESDAY], insight_assets.days_covered(warehouse))]
    assert drivers[0].height > 0
    assert drivers[0].equals(drivers[1])


PANEL = Panel("p1", tuple(PanelBrand(brand, "competitor") for brand in ("acme", "bolt")))


def by_day(warehouse: Warehouse, days: list[date]) -> pl.DataFrame:
    return insight_assets._voice_drivers(warehouse, SimpleNamespace(), days)  # type: ignore[arg-type]
