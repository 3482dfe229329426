"""What an audit need not look at again: rows as in a release that passed the very same checks."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from quality.context import ReadTable
from quality.rule import Rule
from warehouse.tables import TableContract


@dataclass(frozen=True)
class Changes:
    """Where the tables differ from those of an earlier release that passed the very same checks.

    `parts` maps a contract's name to the values of its partition column whose rows came, went or are others now; None
    stands for the whole table, no value for a table that is as it was. `of_parts` reads the rows of such parts,
    `sharing_key` the key of every row whose key a row of them has too, `count` the number of all rows.
    """

    parts: Mapping[str, frozenset[date] | None]
    of_parts: Callable[[TableContract, Sequence[str], Collection[date]], pl.DataFrame]
    sharing_key: Callable[[TableContract, Collection[date]], pl.DataFrame]
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


def changed_days(rule: Rule, changes: Changes | None) -> frozenset[date] | None:
    """The days to judge by a rule that is daily; None: all rows there are."""
    if changes is None or not rule.is_daily:
        return None
    days: frozenset[date] = frozenset()
    for name in rule.needs:
        parts = changes.parts.get(name, frozenset())
        if parts is None:
            return None
        days |= parts
    return days


def since_then(days: Collection[date] | None) -> str:
    """What is added to the words of a rule that looked at these days only."""
    if days is None:
        return ""
    told = "1 day" if len(days) == 1 else f"{len(days):,} days"
    return f" (on the {told} that changed since the release before, which passed)"
