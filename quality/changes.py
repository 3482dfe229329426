"""What an audit need not look at again: rows as in a release that passed the very same checks."""

from calendar import monthrange
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import polars as pl

from quality.checks import CheckResult
from quality.context import ReadTable, counted_rows
from quality.rule import Rule
from warehouse.tables import PUBLISHED, TableContract


@dataclass(frozen=True)
class Changes:
    """Where the tables differ from those of an earlier release that passed the very same checks.

    `parts` maps a contract's name to the values of its partition column whose rows came, went or are others now; None
    stands for the whole table, no value for a table that is as it was. `of_parts` reads the rows of such parts,
    `sharing_key` the key of every row whose key a row of them has too, `having` (columns, by, parts) the rows of the
    table whose value of a column a row of these parts has, or had in that release, and `count` the number of all rows.
    """

    parts: Mapping[str, frozenset[date] | None]
    of_parts: Callable[[TableContract, Sequence[str], Collection[date]], pl.DataFrame]
    sharing_key: Callable[[TableContract, Collection[date]], pl.DataFrame]
    having: Callable[[TableContract, Sequence[str], str, Collection[date]], pl.DataFrame]
    count: Callable[[TableContract], int]


def decisive_rows(changes: Changes, read: ReadTable, parts: Collection[date]) -> ReadTable:
    """Reads the rows of a table that decide where all others passed: those of its changed parts.

    A key may be broken between a changed part and another, so the keys read are those that occur in a changed part;
    and a table that is large enough must not look short, so as many other rows come along as its floor asks for.
    """

    def decisive(contract: TableContract, columns: Sequence[str] | None) -> pl.DataFrame:
        if not columns:
            return read(contract, columns)
        if tuple(columns) != contract.key:
            return changes.of_parts(contract, columns, parts)
        keys = changes.sharing_key(contract, parts)
        missing = min(contract.minimum_rows, changes.count(contract)) - keys.height
        if missing <= 0:
            return keys
        others = read(contract, columns).join(keys, on=contract.key, how="anti", nulls_equal=True)
        return pl.concat([keys, others.head(missing)])

    return decisive


def of_changed_parts(result: CheckResult, changes: Changes, parts: Collection[date]) -> CheckResult:
    """The result of a contract check with words that say of which rows it speaks."""
    if result.check.check_id.endswith(".row_floor") and result.status == "passed":
        [contract] = [table for table in PUBLISHED if table.name == result.check.table]
        return replace(result, observed=f"{changes.count(contract):,} rows")
    if not result.check.columns:
        return result
    return replace(result, observed=f"{result.observed}{_since_then('part', len(parts), 'in')}")


def _since_then(what: str, count: int, where: str = "on") -> str:
    told = f"1 {what}" if count == 1 else f"{count:,} {what}s"
    return f" ({where} the {told} that changed since the release before, which passed)"


def rows_to_judge(
    rule: Rule, changes: Changes | None, contracts: Mapping[str, TableContract], read: ReadTable
) -> tuple[dict[str, pl.DataFrame], str]:
    """The rows a rule has to see, by contract name, and what is to be added to its words about them."""
    parts = _parts_of(rule, changes)
    if changes is None or parts is None:
        rows_of = partial(counted_rows, read) if rule.is_counted else read
        return {name: rows_of(contracts[name], columns) for name, columns in rule.needs.items()}, ""
    if rule.is_monthly:
        months = {part.replace(day=1) for part in parts}
        days = {day for month in months for day in _days_of(month)}
        of_table = {name: months if contracts[name].partition == "month_date" else days for name in rule.needs}
        rows = {name: changes.of_parts(contracts[name], needed, of_table[name]) for name, needed in rule.needs.items()}
        return rows, _since_then("month", len(months))
    told = _since_then("day", len(parts), f"where {rule.by} occurs on" if rule.by else "on")
    if rule.is_daily:
        rows = {name: changes.of_parts(contracts[name], columns, parts) for name, columns in rule.needs.items()}
        return rows, told
    rows = {name: changes.having(contracts[name], columns, rule.by, parts) for name, columns in rule.needs.items()}
    return rows, told


def _days_of(month: date) -> list[date]:
    return [month.replace(day=number + 1) for number in range(monthrange(month.year, month.month)[1])]


def _parts_of(rule: Rule, changes: Changes | None) -> frozenset[date] | None:
    """The changed parts of all tables a rule reads; None: it has to see all rows."""
    if changes is None or not rule.is_partial:
        return None
    parts: frozenset[date] = frozenset()
    for name in rule.needs:
        changed = changes.parts.get(name, frozenset())
        if changed is None:
            return None
        parts |= changed
    return parts
