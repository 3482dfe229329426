"""What the checks are given and what may leave them: cheap frames in, key columns of a few rows out."""

from collections.abc import Sequence

import polars as pl

from quality.checks import SAMPLE_SIZE, Check, Scalar
from warehouse.tables import TableContract

NULLS_ONLY = "expect_column_values_to_not_be_null"
ALLOWED = "expect_column_values_to_be_in_set"
RANGE = "expect_column_values_to_be_between"
VALUE_LENGTH = 80


def in_utc(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with instants marked as UTC: a store's plain TIMESTAMP holds UTC by contract."""
    naive = [name for name, dtype in rows.schema.items() if isinstance(dtype, pl.Datetime) and dtype.time_zone is None]
    return rows.with_columns(pl.col(naive).dt.replace_time_zone("UTC")) if naive else rows


def handed_over(rows: pl.DataFrame, checks: Sequence[Check], contract: TableContract) -> pl.DataFrame:
    """All that the checks may see of the rows read for them; the checks must all see the same kind of thing.

    A row keeps its number, and a value its verdict: of a column in which only nulls matter it becomes 1.0 or null; a
    float that is not a number becomes infinite, or pandas would take it for null.
    """
    sees = sees_of(checks[0])
    if sees == "types":
        found = [(name, str(dtype), str(rows.schema[name])) for name, dtype in contract.schema.items() if name in rows]
        return pl.DataFrame(found, schema=["column_name", "declared_type", "found_type"], orient="row")
    if sees == "header":
        return rows.clear()
    about_values = [check for check in checks if check.expectation and check.expectation.name != NULLS_ONLY]
    valued = {name for check in about_values for name in check.columns}
    asked = {name for check in checks for name in check.columns}
    return rows.select(_judged(rows, name, name in valued) for name in rows.columns if name in asked)


def distilled(rows: pl.DataFrame, checks: Sequence[Check], contract: TableContract) -> pl.DataFrame:
    """The few rows of `handed_over` on which every check has the verdict it has on all of them.

    Great Expectations spends a second per million rows and check; a verdict needs less. A null matters once, a list of
    allowed values is about the distinct ones, a range about the lowest and highest. A key is broken among the rows that
    share theirs, and a floor below the floor. Which rows are at fault, and how many, only the whole can tell.
    """
    everything = handed_over(rows, checks, contract)
    sees = sees_of(checks[0])
    if sees == "rows":
        floor = max(int(c.expectation.arguments.get("min_value", 1)) for c in checks if c.expectation)
        shares_key = pl.struct(contract.key).is_duplicated() if len(contract.key) > 1 else pl.first().is_duplicated()
        return everything.filter(shares_key | (pl.int_range(pl.len()) < floor))
    if sees != "values" or everything.is_empty():
        return everything
    ranged = {c.columns[0] for c in checks if c.expectation and c.expectation.name == RANGE}
    listed = {c.columns[0] for c in checks if c.expectation and c.expectation.name == ALLOWED}
    essences = [_essence(everything[name], name in ranged and name not in listed) for name in everything.columns]
    height = max(len(essence) for essence in essences)
    # Columns are judged one by one, so a short one may repeat its last value to be as long as the others.
    place = pl.Series(range(height))
    return pl.DataFrame([essence.gather(place.clip(upper_bound=len(essence) - 1)) for essence in essences])


def _essence(values: pl.Series, is_only_ranged: bool) -> pl.Series:
    """The values that decide: lowest, highest and null where only a range is asked for, else the distinct ones."""
    if not is_only_ranged:
        return values.unique()
    ends = pl.Series(values.name, [values.min(), values.max()], dtype=values.dtype)
    return ends.append(values.filter(values.is_null()).head(1)).unique()


def sees_of(check: Check) -> str:
    """What the check is to see; a check without an expectation sees nothing here."""
    return check.expectation.sees if check.expectation else "nothing"


def _judged(rows: pl.DataFrame, name: str, by_value: bool) -> pl.Expr:
    if not by_value:
        return pl.when(pl.col(name).is_not_null()).then(pl.lit(1.0, dtype=pl.Float32)).alias(name)
    if rows.schema[name].is_float():
        return pl.when(pl.col(name).is_nan()).then(float("inf")).otherwise(pl.col(name)).alias(name)
    return pl.col(name)


def key_sample(rows: pl.DataFrame, contract: TableContract) -> tuple[dict[str, Scalar], ...]:
    """Key and day columns of the first rows, as short plain values; nothing else of a row may leave the audit."""
    identifying = dict.fromkeys((*contract.key, *((contract.partition,) if contract.partition else ())))
    names = [name for name in identifying if name in rows.columns and not contract.column(name).is_personal]
    if not names:
        return ()
    head = rows.select(names).head(SAMPLE_SIZE)
    return tuple({name: _plain(value) for name, value in row.items()} for row in head.to_dicts())


def _plain(value: object) -> Scalar:
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)[:VALUE_LENGTH]
