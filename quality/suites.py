"""Checks that follow from a table's contract alone. What a business rule demands belongs in the rule registry."""

import sys

from quality.checks import Check, Expectation
from warehouse.tables import Column, TableContract

# A number that is not finite is a fault even where the contract sets no range: NaN would pass as "unknown".
FINITE_MAXIMUM = sys.float_info.max


def suite_for(contract: TableContract) -> list[Check]:
    """The checks of one table: row floor, columns, types, required values, key, allowed values, ranges. All errors.

    A table whose contract sets no floor gets no floor check, for it could not fail.
    """
    return [
        *_floor(contract),
        _columns(contract),
        _types(contract),
        _key(contract),
        *(_required(contract, column) for column in contract.columns if not column.nullable),
        *(_allowed(contract, column) for column in contract.columns if column.allowed is not None),
        *(_range(contract, column) for column in contract.columns if has_range(column)),
    ]


def has_range(column: Column) -> bool:
    """Whether the column gets a range check: it declares one, or it holds floats, which must at least be finite."""
    return column.minimum is not None or column.maximum is not None or column.dtype.is_float()


def _check(
    contract: TableContract, suffix: str, says: str, do: str, columns: tuple[str, ...], expectation: Expectation
) -> Check:
    return Check(f"{contract.name}.{suffix}", contract.name, "error", says, do, columns, expectation)


def _floor(contract: TableContract) -> list[Check]:
    if contract.minimum_rows < 1:
        return []
    return [
        _check(
            contract,
            "row_floor",
            f"{contract.name} has at least {contract.minimum_rows} rows.",
            f"See which step left {contract.name} short: perhaps no file was read, or no mention names a brand.",
            contract.key,
            Expectation("expect_table_row_count_to_be_between", {"min_value": contract.minimum_rows}, "rows"),
        )
    ]


def _columns(contract: TableContract) -> Check:
    return _check(
        contract,
        "columns",
        f"{contract.name} has exactly the {len(contract.columns)} declared columns, in the declared order.",
        f"Rebuild {contract.name} from its contract; if the contract changed, rebuild the warehouse.",
        (),
        Expectation("expect_table_columns_to_match_ordered_list", {"column_list": list(contract.schema)}, "header"),
    )


def _types(contract: TableContract) -> Check:
    return _check(
        contract,
        "types",
        f"Every column of {contract.name} has the declared type.",
        f"Rebuild {contract.name} from its contract; if the contract changed, rebuild the warehouse.",
        (),
        Expectation(
            "expect_column_pair_values_to_be_equal",
            {"column_A": "declared_type", "column_B": "found_type", "ignore_row_if": "neither"},
            "types",
        ),
    )


def _key(contract: TableContract) -> Check:
    names = ", ".join(contract.key)
    if len(contract.key) == 1:
        expectation = Expectation("expect_column_values_to_be_unique", {"column": contract.key[0]}, "rows")
    else:
        expectation = Expectation("expect_compound_columns_to_be_unique", {"column_list": list(contract.key)}, "rows")
    return _check(
        contract,
        "key",
        f"{names} {'is' if len(contract.key) == 1 else 'together are'} unique in {contract.name}.",
        f"Look at the sampled keys in {contract.name}: a join multiplied rows, or a day was added instead of replaced.",
        contract.key,
        expectation,
    )


def _required(contract: TableContract, column: Column) -> Check:
    return _check(
        contract,
        f"{column.name}.required",
        f"{column.name} of {contract.name} is never null.",
        f"Find the rows by the sampled keys and the transform that leaves {column.name} of {contract.name} unset.",
        (column.name,),
        Expectation("expect_column_values_to_not_be_null", {"column": column.name}),
    )


def _allowed(contract: TableContract, column: Column) -> Check:
    allowed = list(column.allowed or ())
    return _check(
        contract,
        f"{column.name}.allowed",
        f"{column.name} of {contract.name} is one of {len(allowed)} declared values.",
        f"Map the new value of {column.name} to a declared one where {contract.name} is made, or declare it.",
        (column.name,),
        Expectation("expect_column_values_to_be_in_set", {"column": column.name, "value_set": allowed}),
    )


def _range(contract: TableContract, column: Column) -> Check:
    bounds: dict[str, float] = {}
    if column.minimum is not None or column.dtype.is_float():
        bounds["min_value"] = -FINITE_MAXIMUM if column.minimum is None else column.minimum
    if column.maximum is not None or column.dtype.is_float():
        bounds["max_value"] = FINITE_MAXIMUM if column.maximum is None else column.maximum
    low = "unbounded" if column.minimum is None else f"{column.minimum:g}"
    high = "unbounded" if column.maximum is None else f"{column.maximum:g}"
    return _check(
        contract,
        f"{column.name}.range",
        f"{column.name} of {contract.name} is a finite number from {low} to {high}, or null.",
        f"Recompute {column.name} of {contract.name} for the sampled keys by its formula; look for a division by zero.",
        (column.name,),
        Expectation("expect_column_values_to_be_between", {"column": column.name, **bounds}),
    )
