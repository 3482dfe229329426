"""Contract checks: derived from the contract alone, answered by Great Expectations, each broken by its own fault."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from quality.checks import CheckResult
from quality.runner import Expectations, check_table
from quality.suites import has_range, suite_for
from tests.unit.quality_tables import reader
from warehouse.tables import ALL_TABLES, BY_NAME, PUBLISHED, Column, TableContract

ROWS = 160
OTHER_TYPE = {
    pl.String: pl.Categorical(),
    pl.Int64: pl.Int32(),
    pl.Float64: pl.Float32(),
    pl.Date: pl.Datetime("us", "UTC"),
    pl.Datetime: pl.Datetime("ms", "UTC"),
    pl.Boolean: pl.Int8(),
    pl.List: pl.List(pl.Categorical()),
}
# Narrow, wide, with every kind of column between them; the others derive by the same few lines.
CONTRACTS = [
    BY_NAME[name]
    for name in ("mart.share_of_voice_daily", "mart.mention", "mart.spike", "mart.release", "raw.rejected_row")
]
by_name = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)


@pytest.fixture(scope="module")
def engine() -> Expectations:
    return Expectations()


def plausible(contract: TableContract, height: int = ROWS) -> pl.DataFrame:
    """Rows that satisfy everything the contract says, made from the contract alone; the key counts up."""
    rows = {
        c.name: [_value(c, n if c.name == _counting_key(contract) else 0) for n in range(height)]
        for c in contract.columns
    }
    return pl.DataFrame(rows, schema=contract.schema)


def _counting_key(contract: TableContract) -> str:
    return next(name for name in contract.key if contract.column(name).allowed is None)


def _value(column: Column, number: int) -> object:
    if column.allowed is not None:
        return column.allowed[0]
    low = column.minimum if column.minimum is not None else 0
    values: dict[Any, object] = {
        pl.String: f"v{number}",
        pl.Int64: int(low) + number,
        pl.Float64: float(low),
        pl.Boolean: True,
        pl.Date: date(2024, 1, 1) + timedelta(days=number),
        pl.Datetime: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=number),
        pl.List: [f"v{number}"],
    }
    return values[column.dtype.base_type()]


def results(engine: Expectations, contract: TableContract, rows: pl.DataFrame) -> list[CheckResult]:
    return check_table(reader({contract.name: rows}), contract, engine)


def wrong(found: list[CheckResult]) -> dict[str, int | None]:
    """Check → unexpected rows, of the checks that did not pass; the table's name is left out."""
    return {
        r.check.check_id.removeprefix(f"{r.check.table}."): r.unexpected_count for r in found if r.status != "passed"
    }


@pytest.mark.parametrize("contract", ALL_TABLES, ids=lambda contract: contract.name)
def test_every_contract_gets_columns_types_key_and_each_demand_of_its_columns(contract: TableContract) -> None:
    found = {check.check_id.removeprefix(f"{contract.name}.") for check in suite_for(contract)}
    assert {"columns", "types", "key"} <= found
    assert ("row_floor" in found) == (contract.minimum_rows > 0)
    for column in contract.columns:
        assert (f"{column.name}.required" in found) == (not column.nullable)
        assert (f"{column.name}.allowed" in found) == (column.allowed is not None)
        assert (f"{column.name}.range" in found) == has_range(column)


@pytest.mark.parametrize("contract", ALL_TABLES, ids=lambda contract: contract.name)
def test_every_check_names_its_table_and_column_and_what_to_do(contract: TableContract) -> None:
    for check in suite_for(contract):
        assert contract.name in check.description + check.what_to_do
        assert check.what_to_do.endswith(".") and check.description.endswith(".")
        assert all(name in check.description for name in check.columns if not check.check_id.endswith("row_floor"))


@by_name
def test_rows_that_keep_the_contract_pass(contract: TableContract, engine: Expectations) -> None:
    assert wrong(results(engine, contract, plausible(contract))) == {}


@by_name
def test_an_empty_table_fails_its_floor_and_nothing_else_notices(contract: TableContract, engine: Expectations) -> None:
    floor = {"row_floor": 1} if contract.minimum_rows else {}
    assert wrong(results(engine, contract, contract.empty())) == floor


@by_name
def test_columns_in_another_order_fail_the_columns_check_alone(contract: TableContract, engine: Expectations) -> None:
    rows = plausible(contract)
    assert set(wrong(results(engine, contract, rows.select(reversed(rows.columns))))) == {"columns"}


@by_name
def test_a_column_of_another_type_fails_the_types_check_alone(contract: TableContract, engine: Expectations) -> None:
    name = contract.columns[-1].name
    other = OTHER_TYPE[contract.schema[name].base_type()]
    found = results(engine, contract, plausible(contract).with_columns(pl.col(name).cast(other)))
    assert wrong(found) == {"types": 1}
    assert next(r.observed for r in found if r.status == "failed") == f"{name} is {other}, not {contract.schema[name]}"


@by_name
def test_a_repeated_key_fails_the_key_check_alone_and_is_named(contract: TableContract, engine: Expectations) -> None:
    rows = plausible(contract)
    found = results(engine, contract, pl.concat([rows, rows.slice(7, 1)]))
    assert wrong(found) == {"key": 2}
    sample = next(r.sample for r in found if r.status == "failed")
    assert [str(keys[_counting_key(contract)]) for keys in sample] == [str(rows[_counting_key(contract)][7])] * 2


Spoil = Callable[[Column], object]


def _of_kind(contract: TableContract, suffix: str) -> list[str]:
    """Columns outside the key with a check of a kind."""
    checks = [check for check in suite_for(contract) if check.check_id.endswith(f".{suffix}")]
    return [check.columns[0] for check in checks if check.columns[0] not in contract.key]


def _spoiled(contract: TableContract, suffix: str, spoil: Spoil) -> tuple[pl.DataFrame, dict[str, int]]:
    """Rows where the n-th check of a kind is broken in n rows: a check that looked at a wrong column would miscount."""
    rows, expected = plausible(contract), {}
    for number, name in enumerate(_of_kind(contract, suffix), start=1):
        value = pl.lit(spoil(contract.column(name)), dtype=contract.schema[name])
        is_spoiled = pl.int_range(pl.len()) < number
        rows = rows.with_columns(pl.when(is_spoiled).then(value).otherwise(pl.col(name)).alias(name))
        expected[f"{name}.{suffix}"] = number
    return rows, expected


def _below(column: Column) -> object:
    if column.minimum is None:
        return float("nan")
    return int(column.minimum) - 1 if column.dtype == pl.Int64 else column.minimum - 0.001


def _above(column: Column) -> object:
    if column.maximum is None:
        return float("inf") if column.dtype.is_float() else -1
    return int(column.maximum) + 1 if column.dtype == pl.Int64 else column.maximum + 0.001


SPOILS: list[tuple[str, str, Spoil]] = [
    ("required", "null", lambda _: None),
    ("allowed", "unknown", lambda _: "no such code"),
    ("range", "below", _below),
    ("range", "above", _above),
]


@pytest.mark.parametrize(
    ("contract", "suffix", "spoil"),
    [
        pytest.param(contract, suffix, spoil, id=f"{contract.name}-{word}")
        for contract in CONTRACTS
        for suffix, word, spoil in SPOILS
        if _of_kind(contract, suffix)
    ],
)
def test_each_check_of_a_column_counts_the_rows_of_that_column(
    contract: TableContract, suffix: str, spoil: Spoil, engine: Expectations
) -> None:
    rows, expected = _spoiled(contract, suffix, spoil)
    assert wrong(results(engine, contract, rows)) == expected


def _broken_everywhere(contract: TableContract) -> tuple[pl.DataFrame, dict[str, int]]:
    """Rows that break every check of a value: nulls on top, unknown codes and too low in the middle, too high below.

    The n-th column of a kind is broken in n rows (one row for the counting key, which must stay unique).
    """
    rows, expected = plausible(contract), {}
    for start, (suffix, _, spoil) in zip((0, 50, 50, 100), SPOILS, strict=True):
        checks = [check for check in suite_for(contract) if check.check_id.endswith(f".{suffix}")]
        for number, check in enumerate(checks):
            name = check.columns[0]
            height = 1 if name == _counting_key(contract) else 1 + number % 40
            is_spoiled = pl.int_range(pl.len()).is_between(start, start + height - 1)
            value = pl.lit(spoil(contract.column(name)), dtype=contract.schema[name])
            if (contract.column(name).maximum, spoil, contract.schema[name]) == (None, _above, pl.Int64):
                continue  # without a highest value there is nothing above it
            rows = rows.with_columns(pl.when(is_spoiled).then(value).otherwise(pl.col(name)).alias(name))
            expected[f"{name}.{suffix}"] = expected.get(f"{name}.{suffix}", 0) + height
    return rows, expected


@pytest.mark.parametrize("contract", PUBLISHED, ids=lambda contract: contract.name)
def test_every_check_of_every_published_table_has_a_fault_that_only_it_notices(
    contract: TableContract, engine: Expectations
) -> None:
    rows, expected = _broken_everywhere(contract)
    rows = pl.concat([rows, rows[-1:]])
    assert wrong(results(engine, contract, rows)) == {**expected, "key": 2}
    of_values = {c.check_id.removeprefix(f"{contract.name}.") for c in suite_for(contract) if len(c.columns) == 1}
    assert set(expected) == {name for name in of_values if "." in name}
    last = contract.columns[-1].name
    other = contract.empty().with_columns(pl.col(last).cast(OTHER_TYPE[contract.schema[last].base_type()]))
    floor = {"row_floor": 1} if contract.minimum_rows else {}
    found = wrong(results(engine, contract, other.select(reversed(other.columns))))
    assert found == {"types": 1, "columns": 1, **floor}


@by_name
def test_a_null_in_a_key_is_told_as_a_missing_value(contract: TableContract, engine: Expectations) -> None:
    name = _counting_key(contract)
    null = pl.lit(None, dtype=contract.schema[name])
    rows = plausible(contract).with_columns(
        pl.when(pl.int_range(pl.len()) == 3).then(null).otherwise(pl.col(name)).alias(name)
    )
    assert wrong(results(engine, contract, rows)) == {f"{name}.required": 1}


def test_not_a_number_is_a_fault_where_null_is_none(engine: Expectations) -> None:
    contract = BY_NAME["mart.share_of_voice_daily"]
    rows = plausible(contract).with_columns(share_of_voice_ratio=pl.lit(None, dtype=pl.Float64))
    assert wrong(results(engine, contract, rows)) == {}
    rows = rows.with_columns(share_of_voice_ratio=pl.lit(float("nan")))
    assert wrong(results(engine, contract, rows)) == {"share_of_voice_ratio.range": ROWS}


def test_a_missing_column_fails_the_columns_check_and_what_needs_it_crashes(engine: Expectations) -> None:
    contract = BY_NAME["mart.spike"]
    found = results(engine, contract, plausible(contract).drop("severity_code"))
    by_status = {status: {r.check.check_id for r in found if r.status == status} for status in ("failed", "crashed")}
    assert by_status["failed"] == {"mart.spike.columns"}
    assert {"mart.spike.severity_code.required", "mart.spike.severity_code.allowed"} <= by_status["crashed"]
    assert next(r.observed for r in found if r.status == "failed") == "missing: severity_code; not declared: none"


def test_a_timestamp_without_a_zone_is_utc_as_the_store_keeps_it(engine: Expectations) -> None:
    contract = BY_NAME["mart.spike"]
    naive = plausible(contract).with_columns(pl.col(pl.Datetime).dt.replace_time_zone(None))
    assert wrong(results(engine, contract, naive)) == {}
