"""What several listening tables ask of the posts: read once in a run, or kept by day from run to run."""

from datetime import date
from typing import NamedTuple
from weakref import WeakKeyDictionary

import polars as pl

from assets.parameters import mart_version
from transforms.marts.brand_mention import BRAND_COLUMNS, CLUSTER_COLUMNS, POST_COLUMNS, brand_mentions
from transforms.marts.origins import post_origins
from warehouse.configuration import Configuration
from warehouse.days import day_fingerprints
from warehouse.refresh import Days, Sees, of_days, refresh_days
from warehouse.store import Warehouse
from warehouse.tables import core, state

# Rows of days that are kept for the next table: some 130 bytes each. Days beyond are read by every table.
MOST_HELD = 1_200_000
_ORIGIN_COLUMNS = (
    *("mention_id", "mention_date", "published_at", "source_codes", "is_owned", "sentiment_label"),
    *("is_text_withheld", "tz_basis_code"),
)
_OF_ORIGINS = Sees("day", ("posts", "sources"))


class _Day(NamedTuple):
    fingerprint: str | None
    rows: pl.DataFrame


# Kept as long as the warehouse is open; a day whose posts changed has another fingerprint and is read again.
_HELD: WeakKeyDictionary[Warehouse, dict[date, _Day]] = WeakKeyDictionary()


def let_go(warehouse: Warehouse) -> None:
    """What is held for the next table is not needed any more."""
    _HELD.pop(warehouse, None)


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


def origins_of(warehouse: Warehouse, configuration: Configuration) -> pl.DataFrame:
    """Rows of `state.post_origin_day`, brought up to date: the days whose posts changed are counted again."""

    def build(days: Days) -> pl.DataFrame:
        posts, sources, brands = (
            of_days(warehouse, table, days, columns)
            for table, columns in (
                (core.MENTION, _ORIGIN_COLUMNS),
                (core.MENTION_SOURCE, ("mention_id", "file_id")),
                (core.MENTION_BRAND, ("mention_id",)),
            )
        )
        return post_origins(posts, sources, brands, zone=configuration.workspace.reporting_zone)

    refresh_days(warehouse, state.POST_ORIGIN_DAY, mart_version(configuration), build, sees=_OF_ORIGINS)
    return warehouse.select(state.POST_ORIGIN_DAY)
