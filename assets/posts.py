"""The posts as most listening tables count them, by brand: read once in a run, whatever number of tables asks."""

from datetime import date
from typing import NamedTuple
from weakref import WeakKeyDictionary

import polars as pl

from transforms.marts.brand_mention import BRAND_COLUMNS, CLUSTER_COLUMNS, POST_COLUMNS, brand_mentions
from warehouse.days import day_fingerprints
from warehouse.refresh import Days, of_days
from warehouse.store import Warehouse
from warehouse.tables import core

# Rows of days that are kept for the next table: some 130 bytes each. Days beyond are read by every table.
MOST_HELD = 1_200_000


class _Day(NamedTuple):
    fingerprint: str | None
    rows: pl.DataFrame


# Kept as long as the warehouse is open; a day whose posts changed has another fingerprint and is read again.
_HELD: WeakKeyDictionary[Warehouse, dict[date, _Day]] = WeakKeyDictionary()


def brand_mentions_of(warehouse: Warehouse, days: Days) -> pl.DataFrame:
    """Earned posts by brand of the given days: see `brand_mentions`."""
    held = _HELD.setdefault(warehouse, {})
    now = day_fingerprints(warehouse, ("posts",))
    for day in [day for day, kept in held.items() if kept.fingerprint != now.get(day)]:
        del held[day]
    read = _read(warehouse, [day for day in days if day not in held])
    found = {day: held[day].rows if day in held else read[day] for day in sorted(set(days))}
    room = MOST_HELD - sum(kept.rows.height for kept in held.values())
    for day, rows in read.items():
        if rows.height <= room:
            held[day] = _Day(now.get(day), rows)
            room -= rows.height
    return pl.concat(found.values())


def _read(warehouse: Warehouse, days: Days) -> dict[date, pl.DataFrame]:
    rows = brand_mentions(
        of_days(warehouse, core.MENTION, days, POST_COLUMNS),
        of_days(warehouse, core.MENTION_BRAND, days, BRAND_COLUMNS),
        of_days(warehouse, core.DUPLICATE_CLUSTER, days, CLUSTER_COLUMNS),
    )
    by_day = rows.partition_by("mention_date", as_dict=True)
    return {day: by_day.get((day,), rows.clear()) for day in days}
