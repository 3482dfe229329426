"""What the checks are given and what may leave them: cheap frames in, key columns of a few rows out."""

from collections.abc import Sequence

import polars as pl

from quality.checks import SAMPLE_SIZE, Check, Scalar
from warehouse.tables import TableContract

NULLS_ONLY = "expect_column_values_to_not_be_null"
VALUE_LENGTH = 80


def in_utc(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with instants marked as UTC: a store's plain TIMESTAMP holds UTC by contract."""
    naive = [name for name, dtype in rows.schema.items() if isinstance(dtype, pl.Datetime) and dtype.time_zone is None]
    return rows.with_columns(pl.col(naive).dt.replace_time_zone("UTC")) if naive else rows


def handed_over(rows: pl.DataFrame, checks: Sequence[Check], contract: TableContract) -> pl.DataFrame:
    """What the checks of one batch are to see of the rows that were read for them."""
    sees = {check.expectation.sees for check in checks if check.expectation}
    if sees == {"types"}:
        found = [(name, str(dtype), str(rows.schema[name])) for name, dtype in contract.schema.items() if name in rows]
        return pl.DataFrame(found, schema=["column_name", "declared_type", "found_type"], orient="row")
    return rows.clear() if sees == {"header"} else _cheap(rows, checks)


def _cheap(rows: pl.DataFrame, checks: Sequence[Check]) -> pl.DataFrame:
    """The rows as pandas can hold them cheaply, without changing any answer.

    A column whose values matter stays as it is, with a float that is not a number made infinite, or pandas would take
    it for null. Of any other column only its nulls matter: it becomes 1.0 or null. A column no check is about stays
    behind.
    """
    about_values = (check for check in checks if check.expectation and check.expectation.name != NULLS_ONLY)
    valued = {name for check in about_values for name in check.columns}
    columns = []
    asked = {name for check in checks for name in check.columns}
    for name, dtype in rows.select(name for name in rows.columns if name in asked).schema.items():
        if name not in valued:
            columns.append(pl.when(pl.col(name).is_not_null()).then(pl.lit(1.0, dtype=pl.Float32)).alias(name))
        elif dtype.is_float():
            columns.append(pl.when(pl.col(name).is_nan()).then(float("inf")).otherwise(pl.col(name)).alias(name))
        else:
            columns.append(pl.col(name))
    return rows.select(columns)


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
