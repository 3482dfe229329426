"""A release built on the one before holds the rows a fresh one would hold, and says truly what it changed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.test_release import PROVENANCE, passes
from warehouse import candidate
from warehouse.candidate import ABOUT_THE_RELEASE, AUDITED, Base, build, content_hashes, forget_sums, warehouse_hashes
from warehouse.reading import ReleaseReader
from warehouse.release import Changed, Verdict, manifest, publish, reading, release_file
from warehouse.remains import finish
from warehouse.store import Warehouse, open_warehouse
from warehouse.tables import mart, state
from warehouse.workspace import Workspace

TOP = mart.TOP_MENTION_DAILY
DAYS = [date(2026, 3, day) for day in range(1, 6)]


@pytest.fixture
def warehouse(workspace: Workspace) -> Iterator[Warehouse]:
    with open_warehouse(workspace.warehouse_file) as opened:
        opened.append(TOP, pl.concat([top(day, 1) for day in DAYS]))
        yield opened


def top(day: date, engagement: int, rank: int = 1) -> pl.DataFrame:
    row = [day, "acme", rank, "engagement", f"x:{day:%d}{rank}", "x", engagement, None, None, "neutral"]
    return pl.DataFrame([row], schema=TOP.schema, orient="row")


def test_only_the_parts_that_differ_are_replaced(warehouse: Warehouse, tmp_path: Path) -> None:
    build(warehouse, tmp_path / "1.duckdb", None)
    warehouse.replace_parts(TOP, "mention_date", [DAYS[1]], top(DAYS[1], 7))
    warehouse.replace_parts(TOP, "mention_date", [DAYS[4]], TOP.empty())
    built = build(warehouse, tmp_path / "2.duckdb", Base(tmp_path / "1.duckdb", {}))
    assert built.changed is not None
    assert built.changed[TOP.name] == {DAYS[1], DAYS[4]}
    assert all(not parts for name, parts in built.changed.items() if name != TOP.name)
    assert content_hashes(tmp_path / "2.duckdb") == built.hashes == warehouse_hashes(warehouse)


def test_a_table_without_parts_changes_as_a_whole(warehouse: Warehouse, tmp_path: Path) -> None:
    [contract] = [table for table in AUDITED if table is mart.EXPORT_FILE]
    build(warehouse, tmp_path / "1.duckdb", None)
    columns = {c.name: [None if c.nullable else _some(c.dtype, c.allowed)] for c in contract.columns}
    warehouse.append(contract, pl.DataFrame(columns, schema=contract.schema))
    built = build(warehouse, tmp_path / "2.duckdb", Base(tmp_path / "1.duckdb", {}))
    assert built.changed is not None and built.changed[contract.name] is None
    assert content_hashes(tmp_path / "2.duckdb") == built.hashes


def _some(dtype: pl.DataType, allowed: tuple[str, ...] | None) -> object:
    return allowed[0] if allowed else {pl.Int64: 1, pl.Boolean: False}.get(dtype.base_type(), "-")


STEPS = st.lists(st.dictionaries(st.sampled_from(DAYS), st.integers(0, 3), min_size=1), min_size=1, max_size=3)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_days_change_a_patched_file_holds_the_rows_of_a_fresh_one(
    steps: list[dict[date, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("patched")
    # Two tables of the forty: the others would only make the files slower.
    with pytest.MonkeyPatch.context() as few, open_warehouse(folder / "w.duckdb") as warehouse:
        few.setattr(candidate, "AUDITED", (TOP, mart.EXPORT_FILE))
        few.setattr(candidate, "PUBLISHED", (TOP, mart.EXPORT_FILE, *ABOUT_THE_RELEASE))
        warehouse.append(TOP, pl.concat([top(day, 1) for day in DAYS]))
        parts = build(warehouse, folder / "0.duckdb", None).parts()
        for number, step in enumerate(steps, 1):
            before = warehouse.select(TOP)
            for day, ranks in step.items():
                rows = [TOP.empty(), *(top(day, number, rank + 1) for rank in range(ranks))]
                warehouse.replace_parts(TOP, "mention_date", [day], pl.concat(rows))
            built = build(warehouse, folder / f"{number}.duckdb", Base(folder / f"{number - 1}.duckdb", parts))
            parts = built.parts()
            forget_sums(warehouse)
            fresh = build(warehouse, folder / f"fresh{number}.duckdb", None)
            assert content_hashes(folder / f"{number}.duckdb") == fresh.hashes == built.hashes
            now = warehouse.select(TOP)
            came, went = (
                a.join(b, on=a.columns, how="anti", nulls_equal=True) for a, b in ((now, before), (before, now))
            )
            differing = pl.concat([came, went])
            assert built.changed is not None and built.changed[TOP.name] == set(differing["mention_date"])


def told_changes(seen: list[Changed | None]) -> object:
    def audit(_: ReleaseReader, changed: Changed | None) -> Verdict:
        seen.append(changed)
        return passes(_, changed)

    return audit


def published(warehouse: Warehouse, workspace: Workspace, name: str, **differs: object) -> Changed | None:
    """Publish a release; what the audit was told."""
    seen: list[Changed | None] = []
    publish(warehouse, workspace, replace(PROVENANCE, release_id=name, **differs), told_changes(seen))  # type: ignore[arg-type]
    return seen[0]


def test_the_audit_is_told_what_changed_since_a_release_that_passed_the_same_checks(
    warehouse: Warehouse, workspace: Workspace
) -> None:
    assert published(warehouse, workspace, "1") is None
    warehouse.replace_parts(TOP, "mention_date", [DAYS[2]], top(DAYS[2], 9))
    changed = published(warehouse, workspace, "2")
    assert changed is not None and changed[TOP.name] == {DAYS[2]}
    assert (manifest(workspace, "1")["is_patched"], manifest(workspace, "2")["is_patched"]) == (False, True)


@pytest.mark.parametrize(
    "differs",
    [{"code_version": "1"}, {"configuration_id": "d"}]
    + [{"recorded": {name: 1}} for name in ("tombstone_count", "library_versions", "checks_version")],
    ids=str,
)
def test_other_code_settings_libraries_or_an_erasure_ask_for_a_fresh_file_and_a_whole_audit(
    differs: dict[str, object], warehouse: Warehouse, workspace: Workspace
) -> None:
    published(warehouse, workspace, "1")
    assert published(warehouse, workspace, "2", **differs) is None
    assert manifest(workspace, "2")["is_patched"] is False


def test_a_base_that_lost_rows_is_brought_up_to_the_warehouse_all_the_same(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    build(warehouse, tmp_path / "1.duckdb", None)
    with duckdb.connect(str(tmp_path / "1.duckdb")) as connection:
        connection.execute("DELETE FROM top_mention_daily WHERE mention_date = '2026-03-03'")
    built = build(warehouse, tmp_path / "2.duckdb", Base(tmp_path / "1.duckdb", {}))
    assert built.changed is not None and built.changed[TOP.name] == {DAYS[2]}
    assert content_hashes(tmp_path / "2.duckdb") == warehouse_hashes(warehouse)


def test_a_file_of_mostly_unused_blocks_is_built_fresh(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidate, "MOST_UNUSED", -1.0)
    monkeypatch.setattr(candidate, "MANY_UNUSED_BYTES", -1)
    build(warehouse, tmp_path / "1.duckdb", None)
    built = build(warehouse, tmp_path / "2.duckdb", Base(tmp_path / "1.duckdb", {}))
    assert built.changed is None
    assert content_hashes(tmp_path / "2.duckdb") == warehouse_hashes(warehouse)


def test_a_patched_file_keeps_its_comments_its_storage_and_one_row_about_itself(
    warehouse: Warehouse, workspace: Workspace
) -> None:
    published(warehouse, workspace, "1")
    warehouse.replace_parts(TOP, "mention_date", [DAYS[2]], top(DAYS[2], 9))
    published(warehouse, workspace, "2")
    with reading(release_file(workspace, "2")) as read:
        assert read(mart.RELEASE, ["release_id"])["release_id"].to_list() == ["2"]
    assert storage_and_uncommented(release_file(workspace, "2")) == ("v1.2", [])


def storage_and_uncommented(path: Path) -> tuple[str, list[tuple[str, str]]]:
    """The storage version of a file, in short, and its tables' columns without a comment."""
    of_file = "database_name = 'released'"
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{path}' AS released (READ_ONLY)")
        [(tags,)] = connection.execute(f"SELECT tags FROM duckdb_databases() WHERE {of_file}").fetchall()
        uncommented = connection.execute(
            f"SELECT table_name, column_name FROM duckdb_columns() WHERE {of_file} AND comment IS NULL"
        ).fetchall()
    return tags["storage_version"][:4], uncommented


def unused_blocks(path: Path) -> int:
    with duckdb.connect(str(path), read_only=True) as connection:
        [(count,)] = connection.execute("SELECT free_blocks FROM pragma_database_size()").fetchall()
    return int(count)


def test_after_an_erasure_no_release_keeps_the_bytes_of_rows_it_replaced(
    warehouse: Warehouse, workspace: Workspace
) -> None:
    random = Random(1)
    said = [f"zq-unforgettable-handle-{random.randbytes(60).hex()}" for _ in range(20_000)]
    rows = pl.DataFrame({"mention_id": said}).join(top(DAYS[2], 9).drop("mention_id"), how="cross")
    warehouse.replace_parts(TOP, "mention_date", [DAYS[2]], rows)
    published(warehouse, workspace, "1")
    warehouse.replace_parts(TOP, "mention_date", [DAYS[2]], top(DAYS[2], 9))
    published(warehouse, workspace, "2")
    path = release_file(workspace, "2")
    before, mode = content_hashes(path), path.stat().st_mode
    # The texts lie in them packed: a search of the bytes would not see them.
    assert unused_blocks(path) > 0, "the copy no longer keeps them: this test shows nothing"
    warehouse.close()
    report = finish(workspace, set(), ["zq-unforgettable-handle"], PROVENANCE.created_at)
    assert report.release_ids == ("1",)
    assert unused_blocks(path) == 0
    assert report.residues == ()
    assert (content_hashes(path), path.stat().st_mode) == (before, mode)
    assert manifest(workspace, "2")["is_patched"] is False
    assert storage_and_uncommented(path) == ("v1.2", [])


def test_rows_written_past_the_store_are_published_as_they_are(warehouse: Warehouse, workspace: Workspace) -> None:
    """What is remembered of the rows is then wrong: the file is built again from all of them, and audited whole."""
    published(warehouse, workspace, "1")
    warehouse.replace_parts(TOP, "mention_date", [DAYS[1]], top(DAYS[1], 4))
    past_the_store = "UPDATE mart.top_mention_daily SET engagement_count = 50 WHERE mention_date = '2026-03-02'"
    warehouse._connection.execute(past_the_store)
    seen: list[Changed | None] = []
    publish(warehouse, workspace, replace(PROVENANCE, release_id="2"), told_changes(seen))  # type: ignore[arg-type]
    assert [changed is None for changed in seen] == [False, True]
    with reading(release_file(workspace, "2")) as read:
        assert read(TOP, ["engagement_count"])["engagement_count"].sort().to_list() == [1, 1, 1, 1, 50]
    assert content_hashes(release_file(workspace, "2")) == warehouse_hashes(warehouse)


def test_a_statement_that_writes_rows_is_noticed(warehouse: Warehouse, tmp_path: Path) -> None:
    first = build(warehouse, tmp_path / "1.duckdb", None)
    warehouse.execute("UPDATE mart.top_mention_daily SET engagement_count = 50 WHERE mention_date = '2026-03-02'")
    built = build(warehouse, tmp_path / "2.duckdb", Base(tmp_path / "1.duckdb", first.parts()))
    assert built.changed is not None and built.changed[TOP.name] == {DAYS[1]}


def test_what_parts_add_up_to_is_remembered_as_they_are_written(warehouse: Warehouse) -> None:
    def remembered() -> list[tuple[object, ...]]:
        return warehouse.select(state.PART_SUM).sort("part_date").rows()

    assert remembered() == [], "rows were only appended so far"
    before = warehouse_hashes(warehouse)
    added_up = remembered()
    assert [row[1] for row in added_up] == DAYS
    warehouse.replace_parts(TOP, "mention_date", [DAYS[0]], top(DAYS[0], 9))
    assert [row for row, old in zip(remembered(), added_up, strict=True) if row != old] == [remembered()[0]]
    after = warehouse_hashes(warehouse)
    forget_sums(warehouse)
    assert after == warehouse_hashes(warehouse) != before
    warehouse.append(TOP, top(DAYS[0], 9, rank=2))
    assert remembered() == []
