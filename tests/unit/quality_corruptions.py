"""How the gate's mutation table is written: a corruption, the rule that must notice it, and ways to corrupt tables."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from quality.context import AuditContext
from tests.unit.quality_tables import CONTEXT, Tables, filled
from warehouse.tables import TableContract


@dataclass(frozen=True)
class Corruption:
    """What is done to the healthy tables, in words, and the rule that must notice, alone."""

    rule: str
    story: str
    corrupt: Callable[[Tables], Tables]
    context: AuditContext = CONTEXT


def at(**values: object) -> pl.Expr:
    """Rows with these values."""
    return pl.all_horizontal(pl.col(name) == value for name, value in values.items())


def put(tables: Tables, contract: TableContract, where: pl.Expr, **values: Any) -> Tables:
    """The tables with values (or expressions) put where the condition holds; raises when it holds nowhere."""
    rows = tables[contract.name]
    if rows.filter(where).is_empty():
        raise AssertionError(f"no row of {contract.name} to corrupt")
    replaced = [
        pl.when(where)
        .then(value if isinstance(value, pl.Expr) else pl.lit(value, dtype=contract.column(name).dtype))
        .otherwise(pl.col(name))
        .cast(contract.column(name).dtype)
        .alias(name)
        for name, value in values.items()
    ]
    return {**tables, contract.name: rows.with_columns(replaced)}


def without(tables: Tables, contract: TableContract, where: pl.Expr) -> Tables:
    """The tables without the rows of a condition; raises when there is none."""
    rows = tables[contract.name]
    if rows.filter(where).is_empty():
        raise AssertionError(f"no row of {contract.name} to drop")
    return {**tables, contract.name: rows.filter(~where)}


def add(tables: Tables, contract: TableContract, *records: dict[str, object]) -> Tables:
    return {**tables, contract.name: pl.concat([tables[contract.name], filled(contract, list(records))])}


def more(column: str, by: float = 1) -> pl.Expr:
    return pl.col(column) + by


def case(
    contract: TableContract,
    rule: str,
    story: str,
    corrupt: Callable[[Tables], Tables],
    context: AuditContext = CONTEXT,
) -> Corruption:
    return Corruption(f"{contract.name}.{rule}", story, corrupt, context)


def putting(contract: TableContract, where: pl.Expr, **values: Any) -> Callable[[Tables], Tables]:
    """The corruption that puts these values where the condition holds."""
    return lambda tables: put(tables, contract, where, **values)


def dropping(contract: TableContract, where: pl.Expr) -> Callable[[Tables], Tables]:
    """The corruption that loses the rows of a condition."""
    return lambda tables: without(tables, contract, where)


def in_order(*steps: Callable[[Tables], Tables]) -> Callable[[Tables], Tables]:
    """One corruption after the other."""

    def corrupt(tables: Tables) -> Tables:
        for step in steps:
            tables = step(tables)
        return tables

    return corrupt
