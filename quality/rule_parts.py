"""Demands that several tables share: an interval holds its estimate, parts sum to one, a place in a text is whole."""

from collections.abc import Callable, Sequence

import polars as pl

from quality.context import AuditContext
from quality.rule import TOLERANCE, Finding, Frames, Rule, found, rule
from warehouse.tables import TableContract


def torn_interval(low: str, estimate: str, high: str) -> pl.Expr:
    """True where an interval has one end only, stands without an estimate, or does not hold it."""
    first, value, last = pl.col(low), pl.col(estimate), pl.col(high)
    outside = (first > value + TOLERANCE) | (value > last + TOLERANCE) | (first > last + TOLERANCE)
    return outside.fill_null(False) | (first.is_null() != last.is_null()) | (value.is_null() & first.is_not_null())


def intervals_hold(
    table: TableContract, intervals: Sequence[tuple[str, str, str]], name: str = "intervals_hold_estimates"
) -> Rule:
    """Every interval (low, estimate, high) of the table has both ends around its estimate."""

    def wrong(rows: pl.DataFrame) -> pl.Expr:
        return pl.any_horizontal(torn_interval(*interval) for interval in intervals)

    return row_rule(
        table,
        name,
        "Every interval has two ends, low before high, and holds its estimate.",
        f"Check the counts and the formula behind the intervals of the sampled rows of {table.table}.",
        tuple(dict.fromkeys(column for interval in intervals for column in interval)),
        wrong,
        "rows with an interval that does not hold its estimate",
    )


def row_rule(
    table: TableContract,
    name: str,
    says: str,
    do: str,
    columns: Sequence[str],
    wrong: Callable[[pl.DataFrame], pl.Expr],
    what: str,
) -> Rule:
    """An error for every row of one table at which `wrong` (an expression over its columns; null is right) is true."""

    def find(frames: Frames, _: AuditContext) -> Finding:
        rows = frames[table.name]
        return found(rows.filter(wrong(rows).fill_null(False)).sort(table.key), rows.height, what)

    needs = {table: tuple(dict.fromkeys((*table.key, *columns)))}
    return rule(table, name, "error", says, do, needs, find, is_daily=table.partition == "mention_date")


def sums_to_one(table: TableContract, name: str, share: str, whole: Sequence[str], of_what: str) -> Rule:
    """A share sums to one over each `whole` (columns of the table) in which any is given."""

    def find(frames: Frames, _: AuditContext) -> Finding:
        sums = (
            frames[table.name].group_by(whole).agg(pl.col(share).sum().alias("total"), pl.col(share).count().alias("n"))
        )
        wrong = sums.filter((pl.col("n") > 0) & ~((pl.col("total") - 1).abs() <= TOLERANCE)).sort(whole)
        return found(wrong, sums.height, f"{of_what} do not sum to 1")

    says = f"{share} sums to 1 over {of_what}."
    do = f"Recompute the sampled {of_what} of {table.table}: a part is missing or counted twice."
    return rule(table, name, "error", says, do, {table: (*whole, share)}, find)


def sample_is_of(
    table: TableContract,
    name: str,
    says: str,
    do: str,
    ids: str,
    where: Callable[[], pl.Expr],
    columns: Sequence[str],
    *,
    is_daily: bool = False,
) -> Rule:
    """Every post a row of the table shows as its evidence is in `mention` and keeps `where`.

    `where` is an expression over the row (`columns` of the table, a clash ends in `_row`) joined to its mention;
    `is_daily` if it demands a mention of the row's own day.
    """
    from warehouse.tables import mart  # the contract alone; kept here so that this module names no table of its own

    needed = ("mention_id", "mention_date", "is_owned", "brand_ids", "hashtags")

    def find(frames: Frames, _: AuditContext) -> Finding:
        rows = frames[table.name]
        shown = rows.explode(ids).filter(pl.col(ids).is_not_null())
        wanted = shown.select(ids).unique()
        mentions = frames[mart.MENTION.name].join(wanted, left_on="mention_id", right_on=ids, how="semi")
        evidence = shown.join(mentions.rename({"mention_id": ids}), on=ids, how="left", suffix="_mention")
        wrong = evidence.filter(~where().fill_null(False)).select(table.key).unique().sort(table.key)
        return found(wrong, rows.height, "rows that show a post that is not theirs")

    own = tuple(dict.fromkeys((*table.key, ids, *columns)))
    return rule(table, name, "error", says, do, {table: own, mart.MENTION: needed}, find, is_daily=is_daily)
