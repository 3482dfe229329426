"""What every table and asset must say of itself."""

from pathlib import Path

import pytest

from warehouse.tables import ALL_TABLES, PUBLISHED, TableContract, columns
from warehouse.tables.contract import Column
from warehouse.tables.dictionary import dictionary_markdown

DICTIONARY = Path(__file__).parents[2] / "warehouse" / "tables" / "DICTIONARY.md"


@pytest.mark.parametrize("contract", ALL_TABLES, ids=lambda contract: contract.name)
def test_a_table_says_its_question_grain_key_and_owner(contract: TableContract) -> None:
    assert contract.question.endswith("?")
    assert contract.grain.startswith("one row")
    assert contract.key
    assert contract.owner.startswith("team:")


@pytest.mark.parametrize("contract", ALL_TABLES, ids=lambda contract: contract.name)
def test_every_column_is_described_in_a_sentence(contract: TableContract) -> None:
    for column in contract.columns:
        assert len(column.description) > 8, column.name
        assert column.description.rstrip()[-1] in ".", f"{contract.name}.{column.name}: {column.description}"


def test_names_end_in_what_they_hold() -> None:
    endings = {"utc": ("_at",), "day": ("_date",), "id": ("_id",), "flag": ("is_", "has_")}
    for contract in ALL_TABLES:
        for column in contract.columns:
            wanted = endings.get(column.unit)
            if wanted is None or column.name in (
                "header_fingerprint",
                "declaration_version",
                "query_version",
                "state_key",
                "content_key",
            ):
                continue
            fits = column.name.startswith(wanted) if column.unit == "flag" else column.name.endswith(wanted)
            assert fits, f"{contract.name}.{column.name} is a {column.unit}"


def test_a_column_has_one_type_and_one_first_sentence_in_the_whole_project() -> None:
    meanings: dict[str, tuple[object, str]] = {}
    for contract in ALL_TABLES:
        for column in contract.columns:
            if column.name == "platform_code":
                continue
            first = column.description.split(". ")[0].rstrip(".")
            known = meanings.setdefault(column.name, (column.dtype, first))
            assert known == (column.dtype, first), f"{contract.name}.{column.name}"


def test_published_tables_hold_no_personal_column() -> None:
    for contract in PUBLISHED:
        assert not [column.name for column in contract.columns if column.is_personal]


def test_every_declared_column_is_used_by_a_table() -> None:
    declared = {name for name, value in vars(columns).items() if isinstance(value, Column)}
    used = {column.name for contract in ALL_TABLES for column in contract.columns} | {"platform_or_all_code"}
    assert declared - used == set()


def test_the_dictionary_is_fresh() -> None:
    assert DICTIONARY.read_text(encoding="utf-8") == dictionary_markdown(PUBLISHED), (
        "run: listening dictionary --out warehouse/tables/DICTIONARY.md"
    )
