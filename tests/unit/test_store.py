"""The private warehouse: by name, all or nothing, typed by contract."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from warehouse.store import Warehouse, WarehouseUnusable, open_warehouse
from warehouse.tables import raw

ROW = {
    "file_id": "f1",
    "row_number": 1,
    "reason_code": "bad_time",
    "column_name": "Date",
    "reason_text": "not a date",
    "raw_content": "{}",
}


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    with open_warehouse(tmp_path / "warehouse.duckdb") as opened:
        yield opened


def rejected(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame([{**ROW, **row} for row in rows], schema=raw.REJECTED_ROW.schema)


def test_reordered_columns_land_under_their_own_names(warehouse: Warehouse) -> None:
    shuffled = rejected({"reason_text": "why", "raw_content": "what"}).select(reversed(raw.REJECTED_ROW.schema.names()))
    warehouse.append(raw.REJECTED_ROW, shuffled)
    kept = warehouse.select(raw.REJECTED_ROW).row(0, named=True)
    assert (kept["reason_text"], kept["raw_content"]) == ("why", "what")


def test_a_frame_with_an_unknown_or_missing_column_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(ValueError, match="unknown \\['extra'\\]"):
        warehouse.append(raw.REJECTED_ROW, rejected({}).with_columns(pl.lit(1).alias("extra")))
    with pytest.raises(ValueError, match="missing \\['reason_text'\\]"):
        warehouse.append(raw.REJECTED_ROW, rejected({}).drop("reason_text"))


def test_an_empty_frame_does_not_empty_a_table(warehouse: Warehouse) -> None:
    warehouse.append(raw.REJECTED_ROW, rejected({}))
    warehouse.append(raw.REJECTED_ROW, raw.REJECTED_ROW.empty())
    assert warehouse.count(raw.REJECTED_ROW) == 1


def test_a_required_column_refuses_null(warehouse: Warehouse) -> None:
    with pytest.raises(duckdb.ConstraintException):
        warehouse.append(raw.REJECTED_ROW, rejected({"reason_code": None}))


def test_a_failure_inside_a_transaction_leaves_nothing_behind(warehouse: Warehouse) -> None:
    with pytest.raises(RuntimeError, match="power cut"), warehouse.transaction():
        warehouse.append(raw.REJECTED_ROW, rejected({}))
        raise RuntimeError("power cut")
    assert warehouse.count(raw.REJECTED_ROW) == 0


def test_parts_are_replaced_and_the_others_stay(warehouse: Warehouse) -> None:
    warehouse.append(raw.REJECTED_ROW, rejected({"file_id": "a"}, {"file_id": "b"}))
    warehouse.replace_parts(raw.REJECTED_ROW, "file_id", ["a"], rejected({"file_id": "a", "reason_text": "new"}))
    kept = dict(warehouse.select(raw.REJECTED_ROW).select("file_id", "reason_text").iter_rows())
    assert kept == {"a": "new", "b": "not a date"}


def test_instants_come_back_as_utc_whatever_the_machine_zone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    with open_warehouse(tmp_path / "w.duckdb") as warehouse:
        empty = {name: [None] for name in raw.EXPORT_FILE.schema}
        entry = {**empty, "file_id": ["f"], "file_name": ["n"], "record_kind_code": ["mention"], "byte_count": [1]}
        entry |= {"row_count": [0], "kept_count": [0], "rejected_count": [0], "file_state_code": ["empty"]}
        entry |= {"warning_texts": [[]], "ingested_at": [at], "archive_path": ["archive/f"]}
        warehouse.append(raw.EXPORT_FILE, pl.DataFrame(entry, schema=raw.EXPORT_FILE.schema))
        assert warehouse.select(raw.EXPORT_FILE)["ingested_at"].to_list() == [at]


def test_a_file_that_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(b"not a database at all, but long enough to look like one" * 100)
    with pytest.raises(WarehouseUnusable, match="move it away"):
        open_warehouse(path)


def test_a_derived_table_of_an_older_contract_is_made_anew_and_its_fingerprints_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with open_warehouse(path) as warehouse:
        warehouse.remember("core.mention_brand", {"acme": "v1"})
        warehouse.execute("ALTER TABLE core.mention_brand DROP COLUMN match_count")
    with open_warehouse(path) as warehouse:
        assert "match_count" in warehouse.query("FROM core.mention_brand").columns
        assert warehouse.fingerprints("core.mention_brand") == {}


def test_a_raw_table_of_an_older_contract_gains_columns_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with open_warehouse(path) as warehouse:
        warehouse.append(raw.REJECTED_ROW, rejected({}))
        warehouse.execute("ALTER TABLE raw.rejected_row DROP COLUMN raw_content")
    with open_warehouse(path) as warehouse:
        assert warehouse.select(raw.REJECTED_ROW)["raw_content"].to_list() == [None]
