"""What changed between two sets of tables in memory, as an audit is told of it when a release follows another."""

from collections.abc import Collection, Sequence
from datetime import date

import polars as pl

from quality.changes import Changes
from tests.unit.quality_tables import Tables
from warehouse.tables import TableContract


def changes_between(before: Tables, now: Tables, contracts: Sequence[TableContract]) -> Changes:
    """The parts of `now` whose rows are not those of `before`, and readers of `now`."""

    def of_parts(contract: TableContract, columns: Sequence[str], parts: Collection[date]) -> pl.DataFrame:
        return now[contract.name].filter(pl.col(str(contract.partition)).is_in(list(parts))).select(columns)

    def sharing_key(contract: TableContract, parts: Collection[date]) -> pl.DataFrame:
        keys = of_parts(contract, contract.key, parts)
        return now[contract.name].select(contract.key).join(keys, on=contract.key, how="semi", nulls_equal=True)

    def having(contract: TableContract, columns: Sequence[str], by: str, parts: Collection[date]) -> pl.DataFrame:
        old = before[contract.name].filter(pl.col(str(contract.partition)).is_in(list(parts))).select(by)
        values = pl.concat([old, of_parts(contract, [by], parts)])
        return (
            now[contract.name]
            .select(list(dict.fromkeys((*columns, by))))
            .join(values, on=by, how="semi")
            .select(columns)
        )

    return Changes(
        {contract.name: _changed(contract, before[contract.name], now[contract.name]) for contract in contracts},
        of_parts,
        sharing_key,
        having,
        lambda contract: now[contract.name].height,
    )


def _changed(contract: TableContract, before: pl.DataFrame, now: pl.DataFrame) -> frozenset[date] | None:
    if before.equals(now):
        return frozenset()
    if contract.partition is None or before.schema != now.schema or now[contract.partition].null_count():
        return None
    old, new = (_by_part(rows, contract.partition) for rows in (before, now))
    return frozenset(part for part in {*old, *new} if old.get(part) != new.get(part))


def _by_part(rows: pl.DataFrame, partition: str) -> dict[date, list[str]]:
    parts: dict[date, list[str]] = {}
    for row in rows.iter_rows(named=True):
        parts.setdefault(row[partition], []).append(repr(row))
    return {part: sorted(rows_of_part) for part, rows_of_part in parts.items()}
