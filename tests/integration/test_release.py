"""The release on a real DuckDB: fresh, commented, atomic, and never without a passed audit."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from quality.context import counted_rows
from warehouse.release import (
    ABOUT_THE_RELEASE,
    Changed,
    GateRefused,
    Provenance,
    ReleaseReader,
    current_release_id,
    manifest,
    publish,
    reading,
)
from warehouse.store import Warehouse, open_warehouse
from warehouse.tables import PUBLISHED, mart
from warehouse.workspace import Workspace

PROVENANCE = Provenance(
    release_id="1",
    created_at=datetime(2026, 3, 2, 6, tzinfo=UTC),
    inputs_id="i",
    code_version="0",
    configuration_id="c",
    panel_id="p",
    reporting_zone_name="Europe/Paris",
    input_file_ids=("f1",),
)


@dataclass(frozen=True)
class Answer:
    may_publish: bool

    def as_rows(self) -> pl.DataFrame:
        status = "passed" if self.may_publish else "failed"
        row = ["spike.rows", "spike", "error", status, "rows", "0 rows", None, "nothing to do"]
        return pl.DataFrame([row], schema=mart.CHECK_RESULT.schema, orient="row")


def passes(_: ReleaseReader, __: Changed | None) -> Answer:
    return Answer(True)


def refuses(_: ReleaseReader, __: Changed | None) -> Answer:
    return Answer(False)


@pytest.fixture
def warehouse(workspace: Workspace) -> Iterator[Warehouse]:
    with open_warehouse(workspace.warehouse_file) as opened:
        opened.append(mart.TOP_MENTION_DAILY, top(1))
        yield opened


def top(engagement: int) -> pl.DataFrame:
    row = [date(2026, 3, 1), "acme", 1, "engagement", "x:1", "x", engagement, None, None, "neutral"]
    return pl.DataFrame([row], schema=mart.TOP_MENTION_DAILY.schema, orient="row")


def test_a_passed_candidate_is_what_readers_open(warehouse: Warehouse, workspace: Workspace) -> None:
    published = publish(warehouse, workspace, PROVENANCE, passes)
    assert workspace.link.resolve() == published.path.resolve()
    with reading(workspace.link.resolve()) as read:
        assert read(mart.TOP_MENTION_DAILY, ["engagement_count"])["engagement_count"].to_list() == [1]
        assert read(mart.RELEASE, None)["release_id"].to_list() == ["1"]
        assert read(mart.CHECK_RESULT, None)["check_id"].to_list() == ["spike.rows"]


def test_rows_counted_in_a_release_are_those_counted_in_memory(warehouse: Warehouse, workspace: Workspace) -> None:
    """Rules on counts are proved on frames, and asked of files."""
    second = top(1).with_columns(pl.lit("x:2").alias("mention_id"), pl.lit(2, pl.Int64).alias("rank_count"))
    third = second.with_columns(pl.lit("bolt").alias("brand_id"), pl.lit(None, pl.Int64).alias("engagement_count"))
    warehouse.append(mart.TOP_MENTION_DAILY, pl.concat([second, third]))
    published = publish(warehouse, workspace, PROVENANCE, passes)
    columns = ["mention_date", "brand_id", "engagement_count"]
    with reading(published.path) as read:
        where_they_lie = counted_rows(read, mart.TOP_MENTION_DAILY, columns)
        in_memory = counted_rows(lambda *asked: read(*asked), mart.TOP_MENTION_DAILY, columns)
    assert_frame_equal(where_they_lie, in_memory, check_row_order=False)
    assert sorted(where_they_lie["row_count"]) == [1, 2]


def test_a_refused_candidate_leaves_the_last_release_and_no_trace(warehouse: Warehouse, workspace: Workspace) -> None:
    publish(warehouse, workspace, PROVENANCE, passes)
    with pytest.raises(GateRefused, match="1 stays published"):
        publish(warehouse, workspace, replace(PROVENANCE, release_id="2"), refuses)
    assert current_release_id(workspace) == "1"
    assert sorted(path.name for path in workspace.releases.iterdir()) == ["listening-1.duckdb", "listening-1.json"]


def test_a_crash_in_the_audit_publishes_nothing(warehouse: Warehouse, workspace: Workspace) -> None:
    def crashes(_: ReleaseReader, __: Changed | None) -> Answer:
        raise RuntimeError("the auditor fell ill")

    with pytest.raises(RuntimeError, match="fell ill"):
        publish(warehouse, workspace, PROVENANCE, crashes)
    assert current_release_id(workspace) is None
    assert not list(workspace.releases.iterdir())


def test_rows_changed_between_audit_and_publication_are_noticed(warehouse: Warehouse, workspace: Workspace) -> None:
    def tampers(_: ReleaseReader, __: Changed | None) -> Answer:
        return Tampering(True, workspace.releases)

    with pytest.raises(RuntimeError, match="not what was built and audited"):
        publish(warehouse, workspace, PROVENANCE, tampers)
    assert current_release_id(workspace) is None


@dataclass(frozen=True)
class Tampering(Answer):
    """Says yes, and changes the candidate while it is being written up."""

    candidate_folder: Path = Path()

    def as_rows(self) -> pl.DataFrame:
        [candidate] = self.candidate_folder.glob(".candidate-*.duckdb")
        with duckdb.connect(str(candidate)) as connection:
            connection.execute("UPDATE top_mention_daily SET engagement_count = 999")
        return super().as_rows()


def test_what_a_killed_run_left_is_removed_and_never_published(warehouse: Warehouse, workspace: Workspace) -> None:
    (workspace.releases / ".candidate-old.duckdb").write_bytes(b"half a file")
    publish(warehouse, workspace, PROVENANCE, passes)
    assert not list(workspace.releases.glob(".candidate-*"))


def test_an_open_reader_keeps_the_release_it_opened(warehouse: Warehouse, workspace: Workspace) -> None:
    publish(warehouse, workspace, PROVENANCE, passes)
    with reading(workspace.link.resolve()) as read:
        warehouse.replace_all(mart.TOP_MENTION_DAILY, top(2))
        publish(warehouse, workspace, replace(PROVENANCE, release_id="2"), passes)
        assert read(mart.TOP_MENTION_DAILY, ["engagement_count"])["engagement_count"].to_list() == [1]
    with reading(workspace.link.resolve()) as read:
        assert read(mart.TOP_MENTION_DAILY, ["engagement_count"])["engagement_count"].to_list() == [2]


def test_every_table_and_column_is_commented_in_the_file_itself(warehouse: Warehouse, workspace: Workspace) -> None:
    published = publish(warehouse, workspace, PROVENANCE, passes)
    with duckdb.connect(str(published.path), read_only=True) as connection:
        tables = connection.execute("SELECT table_name, comment FROM duckdb_tables() WHERE NOT internal").fetchall()
        columns = connection.execute(
            "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()
    assert {name for name, _ in tables} == {contract.table for contract in PUBLISHED}
    assert not [row for row in (*tables, *columns) if not row[-1]]


def test_the_file_is_stored_for_older_clients(warehouse: Warehouse, workspace: Workspace) -> None:
    """Bytes 12 to 20 of a DuckDB file are its storage version; 64 is that of DuckDB 1.2 to 1.4 clients' defaults."""
    published = publish(warehouse, workspace, PROVENANCE, passes)
    with duckdb.connect() as connection:
        where = str(published.path)
        connection.execute(f"ATTACH '{where}' AS released (READ_ONLY)")
        [(tags,)] = connection.execute(
            "SELECT tags FROM duckdb_databases() WHERE database_name = 'released'"
        ).fetchall()
    assert tags["storage_version"].startswith("v1.2"), tags


def test_the_same_rows_make_the_same_content_id_whatever_the_release(
    warehouse: Warehouse, workspace: Workspace
) -> None:
    first = publish(warehouse, workspace, PROVENANCE, passes)
    second = publish(warehouse, workspace, replace(PROVENANCE, release_id="2", created_at=datetime.now(UTC)), passes)
    assert first.content_id == second.content_id
    warehouse.replace_all(mart.TOP_MENTION_DAILY, top(7))
    third = publish(warehouse, workspace, replace(PROVENANCE, release_id="3"), passes)
    assert third.content_id != first.content_id


def test_the_manifest_names_inputs_configuration_code_tables_and_checks(
    warehouse: Warehouse, workspace: Workspace
) -> None:
    publish(warehouse, workspace, PROVENANCE, passes)
    known = manifest(workspace, "1")
    assert known["input_file_ids"] == ["f1"]
    assert (known["configuration_id"], known["code_version"]) == ("c", "0")
    assert set(known["tables"]) == {contract.table for contract in PUBLISHED}
    assert all(known["tables"][c.table]["hash"] for c in PUBLISHED if c not in ABOUT_THE_RELEASE)
    assert known["checks"][0]["check_status_code"] == "passed"


def test_a_second_process_waits_for_the_first_ones_warehouse(warehouse: Warehouse, workspace: Workspace) -> None:
    code = (
        "import sys; from pathlib import Path; from warehouse.store import open_warehouse, WarehouseBusy\n"
        "try:\n    open_warehouse(Path(sys.argv[1]))\nexcept WarehouseBusy as error:\n    print(error)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(workspace.warehouse_file)], capture_output=True, text=True, check=False
    )
    assert "in use by another process" in result.stdout, result.stderr
