"""The candidate of a release: a file of its own with every audited table as the warehouse has it at that moment.

Built fresh, or on a copy of the release before in which the parts that differ are replaced: the same rows either way,
but a day's mentions added to millions cost what the day costs.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias

import polars as pl

from warehouse.configuration import digest
from warehouse.reading import opened
from warehouse.store import Warehouse
from warehouse.sums import part_sums_sql, rows_hash_sql
from warehouse.tables import PUBLISHED, mart, state
from warehouse.tables.contract import TableContract

# The oldest storage that comments survive in: clients from DuckDB 1.2 on can open the file.
STORAGE_VERSION = "v1.2.0"
ABOUT_THE_RELEASE = (mart.RELEASE, mart.CHECK_RESULT)
AUDITED = tuple(table for table in PUBLISHED if table not in ABOUT_THE_RELEASE)
# Replaced rows leave holes; a file with this share of unused blocks, if they are many, is worth building fresh.
MOST_UNUSED = 0.3
MANY_UNUSED_BYTES = 32 << 20

# Part → number of its rows and sum of their hashes; one part None for a table that is replaced as a whole.
Sums: TypeAlias = Mapping[date | None, tuple[int, int]]
# Table → the parts whose rows are not those of the release before, None where that is to be taken for the whole table.
Changed: TypeAlias = Mapping[str, frozenset[date] | None]


@dataclass(frozen=True)
class Candidate:
    """What was built: what its tables add up to, and where they are not those of the release before.

    `changed` is None for a file that was built fresh: nothing of it has been looked at before.
    """

    sums: Mapping[str, Sums]
    changed: Changed | None = None

    @property
    def hashes(self) -> dict[str, str]:
        """Table → hash of its rows."""
        return {contract.table: _digest_of(self.sums[contract.name]) for contract in AUDITED}

    def parts(self) -> dict[str, dict[str, list[str]]]:
        """Table → part → number and sum of its rows, of the tables that have parts; plain values for a record."""
        return {
            contract.table: {str(part): [str(count), str(total)] for part, (count, total) in of_table.items()}
            for contract in AUDITED
            if contract.partition and (of_table := self.sums[contract.name])
        }


@dataclass(frozen=True)
class Base:
    """A release of the very same contracts that the next one may be built on, and its `Candidate.parts`."""

    path: Path
    parts: Mapping[str, Mapping[str, Sequence[str]]]

    def sums(self, contract: TableContract) -> Sums | None:
        """What its table adds up to by its record; None where that does not say."""
        known = self.parts.get(contract.table)
        return {date.fromisoformat(part): (int(n), int(total)) for part, (n, total) in known.items()} if known else None


def build(warehouse: Warehouse, path: Path, base: Base | None) -> Candidate:
    """Make the file at `path`; on a copy of `base` where one is given.

    What the warehouse remembers of its parts is believed: the file must be hashed before anybody gets it, and built
    without a base, after `forget_sums`, if it is not what it should be.
    """
    sums = {contract.name: _known_sums(warehouse, contract) for contract in AUDITED}
    if base is not None:
        changed = _patched(warehouse, path, base, sums)
        if changed is not None:
            return Candidate(sums, changed)
    _build_fresh(warehouse, path)
    return Candidate(sums)


def forget_sums(warehouse: Warehouse) -> None:
    """The next candidate's tables are added up anew from all of their rows."""
    warehouse.execute("DELETE FROM state.part_sum")


def content_hashes(path: Path) -> dict[str, str]:
    """Table → hash of its rows whatever their order, for every table that is about the conversation."""
    with opened(path) as connection:
        return {
            contract.table: digest(connection.execute(rows_hash_sql(f'"{contract.table}"')).fetchall()[0][0])
            for contract in AUDITED
        }


def warehouse_hashes(warehouse: Warehouse) -> dict[str, str]:
    """The same of the tables a release would be built from now."""
    return {contract.table: _digest_of(_known_sums(warehouse, contract)) for contract in AUDITED}


def _known_sums(warehouse: Warehouse, contract: TableContract) -> Sums:
    """What a table adds up to: as it was last written, or, where that is not known, as it is now."""
    if contract.partition is None:
        return _sums(warehouse, contract, contract.name)
    known = _remembered_sums(warehouse, contract)
    if sum(count for count, _ in known.values()) != warehouse.count(contract):
        warehouse.remember_sums(contract)
        known = _remembered_sums(warehouse, contract)
    return known


def _remembered_sums(warehouse: Warehouse, contract: TableContract) -> Sums:
    known = warehouse.select(state.PART_SUM, "WHERE table_name = $1", parameters=[contract.name])
    rows = known.select("part_date", "part_row_count", "hash_sum_text").iter_rows()
    return {part: (count, int(total)) for part, count, total in rows}


def _sums(warehouse: Warehouse, contract: TableContract, table: str) -> Sums:
    """Part → number and sum of the hashes of its rows; one part None for a table that has no parts."""
    rows = warehouse.query(part_sums_sql(contract, table), [contract.name]).rows()
    return {part: (count, int(total)) for _, part, count, total in rows}


def _digest_of(sums: Sums) -> str:
    """What `rows_hash_sql` says of the whole table."""
    return digest(f"{sum(count for count, _ in sums.values())}-{sum(total for _, total in sums.values())}")


def _patched(warehouse: Warehouse, path: Path, base: Base, sums: Mapping[str, Sums]) -> Changed | None:
    """Bring a copy of the base up to the warehouse; returns what it changed, None if a fresh file is the better one."""
    shutil.copyfile(base.path, path)
    changed: dict[str, frozenset[date] | None] = {}
    with _attached(warehouse, path, ""):
        with warehouse.transaction():
            for contract in ABOUT_THE_RELEASE:
                warehouse.execute(f"DELETE FROM {_target(contract)}")  # noqa: S608
            for contract in AUDITED:
                now = sums[contract.name]
                before = base.sums(contract) or _sums(warehouse, contract, _target(contract))
                parts = {part for part in {*now, *before} if now.get(part) != before.get(part)}
                changed[contract.name] = None if None in parts else frozenset(part for part in parts if part)
                if parts:
                    _replace(warehouse, contract, changed[contract.name])
        free, total, size = warehouse.query(
            "SELECT free_blocks, total_blocks, block_size FROM pragma_database_size() WHERE database_name = 'candidate'"
        ).row(0)
    if free > MOST_UNUSED * total and free * size > MANY_UNUSED_BYTES:
        path.unlink()
        return None
    return changed


def _replace(warehouse: Warehouse, contract: TableContract, parts: frozenset[date] | None) -> None:
    """Make these parts of the candidate's table those of the warehouse; None: the whole table."""
    target = _target(contract)
    if parts is None:
        warehouse.execute(f"DELETE FROM {target}")  # noqa: S608
        _insert(warehouse, contract, "")
        return
    of_parts = f'"{contract.partition}" IN (SELECT part FROM changed_parts)'  # noqa: S608
    with warehouse.frame("changed_parts", pl.DataFrame({"part": sorted(parts)}, {"part": pl.Date})):
        warehouse.execute(f"DELETE FROM {target} WHERE {of_parts}")  # noqa: S608
        _insert(warehouse, contract, f"WHERE {of_parts}")


def _build_fresh(warehouse: Warehouse, path: Path) -> None:
    """A fresh file with every table, and a comment on every table and column."""
    with _attached(warehouse, path, f"(STORAGE_VERSION '{STORAGE_VERSION}')"):
        # Hundreds of small statements: one transaction waits for the disk once instead of hundreds of times.
        with warehouse.transaction():
            for contract in PUBLISHED:
                target = _target(contract)
                for statement in (contract.create_sql(target), *contract.comment_sql(target)):
                    warehouse.execute(statement)
        for contract in AUDITED:
            _insert(warehouse, contract, "")


def _insert(warehouse: Warehouse, contract: TableContract, where: str) -> None:
    """The rows as they lie: part by part, in the order they were written; without parts, in that of the key."""
    names = ", ".join(f'"{name}"' for name in contract.schema)
    order = "" if contract.partition else "ORDER BY " + ", ".join(f'"{name}"' for name in contract.key)
    warehouse.execute(
        f"INSERT INTO {_target(contract)} ({names}) SELECT {names} FROM {contract.name} {where} {order}"  # noqa: S608
    )


def _target(contract: TableContract) -> str:
    return f'candidate.main."{contract.table}"'


@contextmanager
def _attached(warehouse: Warehouse, path: Path, options: str) -> Iterator[None]:
    where = str(path).replace("'", "''")
    warehouse.execute(f"ATTACH '{where}' AS candidate {options}")
    try:
        yield
    finally:
        warehouse.execute("DETACH candidate")
