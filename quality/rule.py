"""What a business rule is, and the comparisons several rules share. The rules themselves stand in `rules_*.py`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from quality.checks import Check, Severity
from quality.context import AuditContext
from warehouse.tables import TableContract

# Frames by contract name, each with the columns the rule asked for.
Frames: TypeAlias = Mapping[str, pl.DataFrame]

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Finding:
    """What a rule found: `violations` has one row per violating key (none: the rule holds), `observed` says how much.

    Only the key columns of the rule's table are ever shown; a rule over a whole table names its key as it can.
    """

    violations: pl.DataFrame
    observed: str


@dataclass(frozen=True)
class Rule:
    """A check whose answer is a pure function over frames. `needs` names the columns of every table it reads.

    `is_daily` promises that what it finds on a day follows from the rows of that day, in all tables it reads: of days
    that are as in a release that passed it, there is nothing to find. `is_monthly` promises the same of the rows of a
    month, days and months, `by` of the rows that share the value of that column, for a rule about one table. A rule
    that `is_counted` asks for each distinct row once, with `row_count`: how often it occurs.
    """

    check: Check
    needs: Mapping[str, tuple[str, ...]]
    find: Callable[[Frames, AuditContext], Finding]
    is_daily: bool = False
    is_monthly: bool = False
    by: str = ""
    is_counted: bool = False

    @property
    def is_partial(self) -> bool:
        """Whether changed rows can be judged without all the others."""
        return bool(self.is_daily or self.is_monthly or self.by)


def rule(
    table: TableContract,
    name: str,
    severity: Severity,
    description: str,
    what_to_do: str,
    needs: Mapping[TableContract, Sequence[str]],
    find: Callable[[Frames, AuditContext], Finding],
    *,
    is_daily: bool = False,
    is_monthly: bool = False,
    by: str = "",
    is_counted: bool = False,
) -> Rule:
    """A rule with the id `<table>.<name>`.

    Raises KeyError when it needs a column its table does not declare, ValueError for one that is daily or monthly and
    cannot be: a warning may have been found before, and a table that is not kept by day or month has none.
    """
    kept_by = {contract.partition for contract in needs}
    if (is_daily or by) and (severity != "error" or kept_by != {"mention_date"}):
        raise ValueError(f"{table.name}.{name} cannot be judged day by day")
    if is_monthly and (severity != "error" or not kept_by <= {"mention_date", "month_date"}):
        raise ValueError(f"{table.name}.{name} cannot be judged month by month")
    if by and len(needs) > 1:
        raise ValueError(f"{table.name}.{name} cannot be judged by {by}: it reads several tables")
    columns = {
        contract.name: tuple(contract.column(name).name for name in wanted) for contract, wanted in needs.items()
    }
    check = Check(f"{table.name}.{name}", table.name, severity, description, what_to_do, columns.get(table.name, ()))
    return Rule(check, columns, find, is_daily, is_monthly, by, is_counted)


def found(violations: pl.DataFrame, of: int, what: str, detail: str = "") -> Finding:
    """A finding that counts: "3 of 120 days ..."; `detail` follows only where something is wrong."""
    tail = f"; {detail}" if detail and violations.height else ""
    return Finding(violations, f"{violations.height:,} of {of:,} {what}{tail}")


def differing(
    left: pl.DataFrame, right: pl.DataFrame, on: Sequence[str], value: str, other: str | None = None
) -> pl.DataFrame:
    """Keys at which two counts differ, a missing row counting as zero. Columns: `on`, left_count, right_count."""
    return (
        left.select(*on, pl.col(value).alias("left_count"))
        .join(right.select(*on, pl.col(other or value).alias("right_count")), on=on, how="full", coalesce=True)
        .with_columns(pl.col("left_count", "right_count").fill_null(0))
        .filter(pl.col("left_count") != pl.col("right_count"))
        .sort(on)
    )


def difference_detail(differences: pl.DataFrame) -> str:
    """ "largest difference 12, sum 40 against 52" of a frame made by `differing`."""
    if differences.is_empty():
        return ""
    largest = differences.select((pl.col("left_count") - pl.col("right_count")).abs().max()).item()
    left, right = differences["left_count"].sum(), differences["right_count"].sum()
    return f"largest difference {largest:,}; in these rows {left:,} against {right:,}"


def of_platforms(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of real platforms: 'all' has a rule of its own in each table, so that one fault is one failed check."""
    return rows.filter(pl.col("platform_code") != "all")


def platforms_against_all(rows: pl.DataFrame, on: Sequence[str], counts: Sequence[str]) -> pl.DataFrame:
    """Keys at which platform_code 'all' is not the sum over the platforms, in any of the counts.

    Columns: `on`, platform_code ('all'), left_count, right_count, column_name. A missing row counts as zero; a count
    that is null on every platform must be null or zero for 'all'.
    """
    total = rows.filter(pl.col("platform_code") == "all")
    parts = rows.filter(pl.col("platform_code") != "all").group_by(on).agg(pl.col(counts).sum())
    frames = [
        differing(total, parts, on, count).with_columns(
            platform_code=pl.lit("all"), column_name=pl.lit(count, dtype=pl.String)
        )
        for count in counts
    ]
    return pl.concat(frames).sort(on)


def beyond(left: pl.Expr, right: pl.Expr, relative: float = 0.0) -> pl.Expr:
    """True where two numbers differ by more than the tolerance, or only one of them is null."""
    scale = pl.max_horizontal(left.abs(), right.abs()) * relative
    return (
        (left.is_null() != right.is_null()) | ((left - right).abs() > pl.max_horizontal(scale, pl.lit(TOLERANCE)))
    ).fill_null(False)
