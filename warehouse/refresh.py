"""Which parts of which tables are out of date, and bringing just those up to date.

A part (a day, a brand, or a whole table) carries a fingerprint of everything it was computed from. A part whose
fingerprint differs is computed again; after a crash the next run finds the same differences and converges.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import polars as pl

from transforms.core.coverage import chunks, covered_days
from warehouse.store import Warehouse, rows_hash_sql
from warehouse.tables import core, raw
from warehouse.tables.contract import TableContract

WHOLE = "all"
DAYS_AT_ONCE = 31

_DAY_HASHES = """
WITH brand AS (
  SELECT mention_id, bit_xor(hash(brand_id, query_version, match_start, sentiment_score)) AS h FROM core.mention_brand
  GROUP BY mention_id
)
SELECT m.mention_date,
       count(*)::VARCHAR || '-' || sum(
         hash(m.mention_id, m.revision_id, d.cluster_id, d.original_mention_id, d.cluster_mention_count,
              d.duplicate_kind_code, brand.h)
       )::VARCHAR AS fingerprint
FROM core.mention m
LEFT JOIN core.duplicate_cluster d USING (mention_id)
LEFT JOIN brand USING (mention_id)
GROUP BY m.mention_date
"""


def days_covered(warehouse: Warehouse) -> list[date]:
    """Every reporting day the ingested mention exports cover, sorted."""
    days = warehouse.query(
        "SELECT DISTINCT s.file_id, m.mention_date FROM core.mention_source s JOIN core.mention m USING (mention_id)"
    )
    return covered_days(days)


def refresh_days(
    warehouse: Warehouse,
    contract: TableContract,
    version: str,
    build: Callable[[Sequence[date]], pl.DataFrame],
    progress: Callable[[str], None] = lambda _: None,
) -> list[date]:
    """Rebuild the days of a day-partitioned table whose inputs changed; returns those days.

    `version` stands for everything besides the day's own posts (code, panel, platforms); `build(days)` gives the rows
    of these days.
    """
    posts = dict(warehouse.query(_DAY_HASHES).iter_rows())
    wanted = {day.isoformat(): f"{version}:{posts.get(day, 'none')}" for day in days_covered(warehouse)}
    known = warehouse.fingerprints(contract.name)
    stale = sorted(date.fromisoformat(day) for day, value in wanted.items() if known.get(day) != value)
    gone = sorted(set(known) - set(wanted))
    assert contract.partition is not None
    if gone:
        with warehouse.transaction():
            warehouse.replace_parts(
                contract, contract.partition, [date.fromisoformat(day) for day in gone], contract.empty()
            )
            warehouse.remember(contract.name, {}, forget=gone)
    for days in chunks(stale, DAYS_AT_ONCE):
        progress(f"{days[0]} to {days[-1]}")
        rows = build(days)
        with warehouse.transaction():
            warehouse.replace_parts(contract, contract.partition, days, rows)
            warehouse.remember(contract.name, {day.isoformat(): wanted[day.isoformat()] for day in days})
    return stale


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


def posts_by_day(warehouse: Warehouse) -> dict[date, str]:
    """Reporting day → hash of its posts with their brands and clusters."""
    return dict(warehouse.query(_DAY_HASHES).iter_rows())


def table_hash(warehouse: Warehouse, contract: TableContract) -> str:
    """Hash of a table's rows, whatever their order: what a table computed from it depends on."""
    return str(warehouse.scalar(rows_hash_sql(contract.name)))


def posts_version(warehouse: Warehouse) -> str:
    """Hash over every post with its brands and cluster, and over the covered days: what whole-table insights see."""
    days = sorted(warehouse.query(_DAY_HASHES).iter_rows())
    return hashlib.sha256(str(days).encode()).hexdigest()[:16]


def posts_of_days(warehouse: Warehouse, days: Sequence[date]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Posts, brands and clusters of the given days: core.mention, core.mention_brand, core.duplicate_cluster."""
    with warehouse.frame("wanted_days", pl.DataFrame({"mention_date": pl.Series(list(days), dtype=pl.Date)})):
        posts = warehouse.select(core.MENTION, "SEMI JOIN wanted_days w ON t.mention_date = w.mention_date")
    with warehouse.frame("wanted_posts", posts.select("mention_id")):
        brands = warehouse.select(core.MENTION_BRAND, "SEMI JOIN wanted_posts w ON t.mention_id = w.mention_id")
        clusters = warehouse.select(core.DUPLICATE_CLUSTER, "SEMI JOIN wanted_posts w ON t.mention_id = w.mention_id")
    return posts, brands, clusters


def raw_mentions_of(warehouse: Warehouse) -> pl.DataFrame:
    """What data health needs of every kept row: file_id, source_code, published_at."""
    return warehouse.select(raw.MENTION, columns=["file_id", "source_code", "published_at"])


def forget_days(warehouse: Warehouse, first: date | None, last: date | None) -> int:
    """Make the next run compute these days again (open ends: from the start, to the end); returns how many days."""
    bounds = [first.isoformat() if first else "0000", last.isoformat() if last else "9999"]
    where = "FROM state.fingerprint WHERE state_key BETWEEN ? AND ? AND state_key LIKE '____-__-__'"
    days = warehouse.scalar(f"SELECT count(DISTINCT state_key) {where}", bounds)
    warehouse.execute(f"DELETE {where}", bounds)
    warehouse.execute("DELETE FROM state.fingerprint WHERE state_key = ? AND table_name LIKE 'mart.%'", [WHOLE])
    return int(days)


def forget_everything(warehouse: Warehouse) -> None:
    """Make the next run compute everything again from the raw rows."""
    warehouse.execute("DELETE FROM state.fingerprint")
