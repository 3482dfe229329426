"""Which parts of which tables are out of date, and bringing just those up to date.

A part (a day, a week, a month, a brand, or a whole table) carries a fingerprint of everything it was computed from. A
part whose fingerprint differs is computed again; after a crash the next run finds the same differences and converges.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import polars as pl

from warehouse.days import Aspect, day_fingerprints, post_counts
from warehouse.store import Warehouse
from warehouse.sums import rows_hash_sql
from warehouse.tables import core
from warehouse.tables.contract import TableContract

WHOLE = "all"
# Parts are built together up to this many posts: enough to be quick, few enough for their frames to fit in memory.
POSTS_AT_ONCE = 250_000
Days = Sequence[date]
Period = Literal["day", "week", "month"]
_PERIOD_COLUMNS: dict[Period, str] = {"day": "mention_date", "week": "week_date", "month": "month_date"}


@dataclass(frozen=True)
class Sees:
    """What of the posts a part of a table is computed from: the one place that says so.

    `period` is the part's span; `aspects` what it reads of a day's posts; `days_before` how many days before its first
    it reads too, None for all of them.
    """

    period: Period = "day"
    aspects: tuple[Aspect, ...] = ("posts",)
    days_before: int | None = 0

    def part_of(self, day: date) -> date:
        """The first day of the part that the day belongs to."""
        if self.period == "week":
            return day - timedelta(days=day.weekday())
        return day.replace(day=1) if self.period == "month" else day

    def fingerprints(self, days: Mapping[date, str], version: str) -> dict[date, str]:
        """Part → what it is computed from, of covered days in order with their fingerprints."""
        parts: dict[date, list[str]] = {}
        for day, value in days.items():
            parts.setdefault(self.part_of(day), []).append(f"{day.isoformat()}={value}")
        if self.days_before != 0:
            parts = {part: [*self._before(part, days), *own] for part, own in parts.items()}
        return {part: f"{version}:{_digest(seen)}" for part, seen in parts.items()}

    def _before(self, part: date, days: Mapping[date, str]) -> list[str]:
        since = date.min if self.days_before is None else part - timedelta(days=self.days_before)
        return [f"{day.isoformat()}={value}" for day, value in days.items() if since <= day < part]


ONE_DAY = Sees()


class KeptParts:
    """A table whose parts are kept from run to run, each with the fingerprint of what it was computed from.

    `version` stands for everything besides the posts (code, panel, platforms), `sees` for what of the posts. Parts of
    days that are no longer covered go.
    """

    def __init__(self, warehouse: Warehouse, contract: TableContract, version: str, sees: Sees = ONE_DAY) -> None:
        self._warehouse, self._contract, self._sees = warehouse, contract, sees
        days = day_fingerprints(warehouse, sees.aspects)
        self.days = tuple(days)
        self._wanted = {part.isoformat(): value for part, value in sees.fingerprints(days, version).items()}
        self._known = warehouse.fingerprints(contract.name)
        if gone := sorted(set(self._known) - set(self._wanted)):
            self._drop(gone)

    def has(self, day: date) -> bool:
        """Whether the part that the day belongs to is kept as it is now."""
        part = self._sees.part_of(day).isoformat()
        return part in self._wanted and self._known.get(part) == self._wanted[part]

    def read(self, days: Days) -> pl.DataFrame:
        """The rows of these days."""
        return of_days(self._warehouse, self._contract, days)

    def keep(self, days: Days, rows: pl.DataFrame) -> None:
        """Keep the rows of the parts that these days are, in place of what was kept of them."""
        parts = sorted({self._sees.part_of(day) for day in days})
        kept = {part.isoformat(): self._wanted[part.isoformat()] for part in parts}
        with self._warehouse.transaction():
            self._warehouse.replace_parts(self._contract, self._column, parts, rows)
            self._warehouse.remember(self._contract.name, kept)
        self._known |= kept

    @property
    def _column(self) -> str:
        return _PERIOD_COLUMNS[self._sees.period]

    def _drop(self, gone: Sequence[str]) -> None:
        with self._warehouse.transaction():
            if WHOLE in gone:  # the table was once kept as a whole
                self._warehouse.replace_all(self._contract, self._contract.empty())
            parts = [date.fromisoformat(part) for part in gone if part != WHOLE]
            self._warehouse.replace_parts(self._contract, self._column, parts, self._contract.empty())
            self._warehouse.remember(self._contract.name, {}, forget=gone)


def refresh_days(
    warehouse: Warehouse,
    contract: TableContract,
    version: str,
    build: Callable[[Sequence[date]], pl.DataFrame],
    progress: Callable[[str], None] = lambda _: None,
    sees: Sees = ONE_DAY,
    at_once: int = POSTS_AT_ONCE,
) -> list[date]:
    """Rebuild the parts of a table whose inputs changed (see `KeptParts`); returns the covered days of these parts.

    `build(days)` gives the rows of the parts that consist of these days, which hold about `at_once` posts.
    """
    kept = KeptParts(warehouse, contract, version, sees)
    rebuilt = [day for day in kept.days if not kept.has(day)]
    for chunk in _chunks(rebuilt, sees, post_counts(warehouse), at_once):
        progress(f"{chunk[0]} to {chunk[-1]}")
        kept.keep(chunk, build(chunk))
    return rebuilt


def _chunks(days: Sequence[date], sees: Sees, counts: Mapping[date, int], at_once: int) -> Iterator[list[date]]:
    """Days of whole parts, so many together as hold that many posts, at least one part."""
    chunk: list[date] = []
    held = 0
    for day in days:
        if chunk and held >= at_once and sees.part_of(day) != sees.part_of(chunk[-1]):
            yield chunk
            chunk, held = [], 0
        chunk.append(day)
        held += counts.get(day, 0)
    if chunk:
        yield chunk


def refresh_whole(
    warehouse: Warehouse, contract: TableContract, version: str, build: Callable[[], pl.DataFrame]
) -> bool:
    """Rebuild a small table if `version`, which stands for all its inputs, changed; returns whether it did."""
    if warehouse.fingerprints(contract.name).get(WHOLE) == version:
        return False
    rows = build()
    with warehouse.transaction():
        warehouse.replace_all(contract, rows)
        warehouse.remember(contract.name, {WHOLE: version})
    return True


def refresh_parts(
    warehouse: Warehouse,
    contracts: Sequence[TableContract],
    column: str,
    wanted: Mapping[str, str],
    build: Callable[[Sequence[str]], Sequence[pl.DataFrame]],
    *,
    at_once: int = 1,
) -> list[str]:
    """Rebuild the parts (values of `column`) of tables that are made together, where their version in `wanted` changed.

    `build(parts)` gives the rows of at most `at_once` parts, one frame per contract; parts that are no longer wanted
    are removed. Returns the parts that were rebuilt.
    """
    name = contracts[0].name
    known = warehouse.fingerprints(name)
    stale = [part for part in sorted(wanted) if known.get(part) != wanted[part]]
    gone = sorted(set(known) - set(wanted))
    if gone:
        with warehouse.transaction():
            for contract in contracts:
                warehouse.replace_parts(contract, column, gone, contract.empty())
            warehouse.remember(name, {}, forget=gone)
    for begin in range(0, len(stale), at_once):
        parts = stale[begin : begin + at_once]
        tables = build(parts)
        with warehouse.transaction():
            for contract, rows in zip(contracts, tables, strict=True):
                warehouse.replace_parts(contract, column, parts, rows)
            warehouse.remember(name, {part: wanted[part] for part in parts})
    return stale


def part_hashes(warehouse: Warehouse, contracts: Sequence[TableContract], column: str) -> dict[str, str]:
    """Value of `column` → hash of its rows in these tables, for every value the first table has."""
    found: dict[str, str] = {}
    for number, contract in enumerate(contracts):
        hashes = f"SELECT {column}, count(*)::VARCHAR || '-' || sum(hash(t))::VARCHAR FROM {contract.name} t GROUP BY 1"  # noqa: S608
        told = {str(part): str(value) for part, value in warehouse.query(hashes).iter_rows()}
        found = told if number == 0 else {part: f"{value}:{told.get(part, '')}" for part, value in found.items()}
    return found


def table_hash(warehouse: Warehouse, contract: TableContract) -> str:
    """Hash of a table's rows, whatever their order: what a table computed from it depends on."""
    return str(warehouse.scalar(rows_hash_sql(contract.name)))


def of_days(
    warehouse: Warehouse, contract: TableContract, days: Days, columns: Sequence[str] | None = None, where: str = ""
) -> pl.DataFrame:
    """Rows of a core table about posts (the posts, their brands, topics, clusters or export rows) of the given days.

    `columns` are those that are wanted, None for all of them; `where` is the project's own SQL about the table `t`.
    """
    wanted = _ON_WANTED_DAYS if "mention_date" in contract.schema else _ROWS_OF_WANTED_DAYS
    wanted += f" WHERE {where}" if where else ""
    with warehouse.frame("wanted_days", pl.DataFrame({"mention_date": pl.Series(list(days), dtype=pl.Date)})):
        return warehouse.select(contract, wanted, columns)


def of_posts(
    warehouse: Warehouse, contract: TableContract, posts: pl.DataFrame, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """Rows of a core table about posts (the posts, their brands, topics or clusters), of the given posts.

    `posts` has the columns mention_id and mention_date.
    """
    with warehouse.frame("wanted_posts", posts.select("mention_id", "mention_date")):
        return warehouse.select(contract, _OF_WANTED_POSTS, columns)


def threads_of_days(
    warehouse: Warehouse, days: Sequence[date], columns: Sequence[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Replies of the given days with the posts they answer, whatever their day, and the brands of both."""
    with warehouse.frame("wanted_days", pl.DataFrame({"mention_date": pl.Series(list(days), dtype=pl.Date)})):
        posts = warehouse.select(core.MENTION, _THREADS_OF_WANTED_DAYS, columns)
    return posts, of_posts(warehouse, core.MENTION_BRAND, posts, ("mention_id", "brand_id"))


_ON_WANTED_DAYS = "SEMI JOIN wanted_days w ON t.mention_date = w.mention_date"
# The day says where in the table to look.
_OF_WANTED_POSTS = "SEMI JOIN wanted_posts w ON t.mention_date = w.mention_date AND t.mention_id = w.mention_id"
# Export rows, of which only those of the files with such days need to be looked at.
_ROWS_OF_WANTED_DAYS = (
    "SEMI JOIN (SELECT mention_id FROM core.mention SEMI JOIN wanted_days USING (mention_date)) w "
    "ON t.mention_id = w.mention_id "
    "SEMI JOIN (SELECT DISTINCT file_id FROM state.file_day SEMI JOIN wanted_days USING (mention_date)) f "
    "ON t.file_id = f.file_id"
)
_THREADS_OF_WANTED_DAYS = """
SEMI JOIN (
  WITH reply AS (
    SELECT mention_id, platform_code, parent_native_id FROM core.mention SEMI JOIN wanted_days USING (mention_date)
    WHERE parent_native_id IS NOT NULL
  )
  SELECT mention_id FROM reply
  UNION SELECT p.mention_id FROM core.mention p
  SEMI JOIN reply r ON p.platform_code = r.platform_code AND p.native_id = r.parent_native_id
) w ON t.mention_id = w.mention_id
"""


def forget_days(warehouse: Warehouse, first: date | None, last: date | None) -> int:
    """Make the next run compute these days again (open ends: from the start, to the end); returns how many days."""
    bounds = [first.isoformat() if first else "0000", last.isoformat() if last else "9999"]
    where = "FROM state.fingerprint WHERE state_key BETWEEN ? AND ? AND state_key LIKE '____-__-__'"
    days = warehouse.scalar(f"SELECT count(DISTINCT state_key) {where}", bounds)
    if first:
        # The week and the month that hold the first day start before it.
        bounds[0] = min(first.replace(day=1), first - timedelta(days=first.weekday())).isoformat()
    warehouse.execute(f"DELETE {where}", bounds)
    warehouse.execute("DELETE FROM state.fingerprint WHERE state_key = ? AND table_name LIKE 'mart.%'", [WHOLE])
    return int(days)


def forget_everything(warehouse: Warehouse) -> None:
    """Make the next run compute everything again from the raw rows."""
    warehouse.execute("DELETE FROM state.fingerprint")


def _digest(values: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(values).encode()).hexdigest()[:16]
