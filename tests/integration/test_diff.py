"""Two releases compared: which cells differ, and the reason that is told for each, on a handful of rows."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from tests.integration.test_release import PROVENANCE, passes
from tests.pipeline.small_world import CONFIGURATION
from warehouse import causes as c
from warehouse.diff import ReleaseDiff, diff_releases
from warehouse.release import publish
from warehouse.store import open_warehouse
from warehouse.tables import insight, mart
from warehouse.tables.contract import TableContract
from warehouse.workspace import Workspace

DAY, NEXT_DAY = date(2026, 3, 1), date(2026, 3, 2)
FILES = [
    {
        "file_id": "f1",
        "file_name": "one.csv",
        "source_code": "canonical_mentions",
        "record_kind_code": "mention",
        "declaration_version": "1",
        "kept_count": 2,
    }
]
NEW_FILE = FILES[0] | {"file_id": "f2", "file_name": "two.csv"}
RECORDED: dict[str, Any] = {
    "inputs": FILES,
    "configuration": {
        "workspace": {"languages": ["en"], "keep_releases": 10},
        "sentiment": {"positive_threshold": 0.05},
    },
    "query_versions": {"brand": {"acme": "1", "rival": "1"}, "topic": {}},
    "metric_versions": {"mention_count": 1},
    "library_versions": {"polars": "1"},
    "tombstone_count": 0,
}


def rows(contract: TableContract, *given: Mapping[str, Any]) -> pl.DataFrame:
    """Rows with what is given; what else is required gets a plain value."""
    plain = {pl.String: "-", pl.Int64: 0, pl.Float64: 0.0, pl.Boolean: False, pl.Date: DAY}
    filled: list[dict[str, Any]] = []
    for row in given:
        default = {
            column.name: None
            if column.nullable
            else []
            if column.dtype == pl.List(pl.String)
            else plain.get(column.dtype, datetime(2026, 3, 1, 9, tzinfo=UTC))
            for column in contract.columns
        }
        filled.append(default | dict(row))
    return pl.DataFrame(filled, schema=contract.schema)


def post(name: str, day: date = DAY, **values: Any) -> dict[str, Any]:
    told = {"mention_id": name, "mention_date": day, "platform_code": "x", "brand_ids": ["acme"], "cluster_id": name}
    return {**told, "source_row_count": 1, "source_codes": ["canonical_mentions"], "like_count": 3, **values}


def daily(day: date, brand: str, count: int, **values: Any) -> dict[str, Any]:
    return {"mention_date": day, "platform_code": "all", "brand_id": brand, "mention_count": count, **values}


BASE = (
    (mart.MENTION, [post("x:1"), post("x:2", NEXT_DAY)]),
    (insight.MENTION_BRAND, [{"mention_id": f"x:{n}", "brand_id": "acme", "mention_date": day, "query_version": "1"}
                             for n, day in ((1, DAY), (2, NEXT_DAY))]),
    (mart.SENTIMENT_DAILY, [daily(day, "acme", 1) for day in (DAY, NEXT_DAY)]),
    (mart.SHARE_OF_VOICE_DAILY, [daily(day, brand, brand == "acme", share_of_voice_ratio=float(brand == "acme"))
                                 for day in (DAY, NEXT_DAY) for brand in ("acme", "rival")]),
)  # fmt: skip


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = Workspace(tmp_path_factory.mktemp("before") / "ws")
    workspace.make_folders()
    with open_warehouse(workspace.warehouse_file) as warehouse:
        for contract, given in BASE:
            warehouse.append(contract, rows(contract, *given))
        publish(warehouse, workspace, replace(PROVENANCE, release_id="1", recorded=RECORDED), passes)
    return workspace.root


@pytest.fixture
def workspace(before: Path, tmp_path: Path) -> Workspace:
    return Workspace(Path(shutil.copytree(before, tmp_path / "ws", symlinks=True)))


def then(
    workspace: Workspace, *statements: str, recorded: Mapping[str, Any] | None = None, **about: Any
) -> ReleaseDiff:
    """What differs after the tables were changed so and published with another record."""
    with open_warehouse(workspace.warehouse_file) as warehouse:
        for statement in statements:
            warehouse.execute(statement)
        told = replace(PROVENANCE, release_id="2", recorded=RECORDED | dict(recorded or {}), **about)
        publish(warehouse, workspace, told, passes)
    return diff_releases(workspace, "1", "2")


def added(workspace: Workspace, contract: TableContract, *given: Mapping[str, Any]) -> None:
    with open_warehouse(workspace.warehouse_file) as warehouse:
        warehouse.append(contract, rows(contract, *given))


def why(found: ReleaseDiff, table: str, column: str | None = None) -> list[list[str]]:
    """The causes of a table's (column's) cells, in key order."""
    cells = found.cells.filter(pl.col("table_name") == table)
    if column is not None:
        cells = cells.filter(pl.col("column_name") == column)
    return cells.sort("key_text")["cause_codes"].to_list()


def test_the_same_rows_make_no_difference(workspace: Workspace) -> None:
    found = then(workspace)
    assert found.cells.is_empty()
    assert found.differences.lines() == []


def test_a_late_post_explains_itself_its_days_numbers_and_the_shares_of_the_others(workspace: Workspace) -> None:
    added(workspace, mart.MENTION, post("x:9"))
    found = then(
        workspace,
        "UPDATE mart.sentiment_daily SET mention_count = 2 WHERE mention_date = '2026-03-01'",
        "UPDATE mart.share_of_voice_daily SET share_of_voice_ratio = 0.5 WHERE mention_date = '2026-03-01'",
        recorded={"inputs": [*FILES, NEW_FILE]},
    )
    assert why(found, "mention") == why(found, "sentiment_daily") == [[c.LATE_ROWS]]
    assert why(found, "share_of_voice_daily") == [[c.LATE_ROWS], [c.LATE_ROWS]]
    [cell] = found.cells.filter(pl.col("table_name") == "sentiment_daily").iter_rows(named=True)
    assert (cell["key_text"], cell["old_text"], cell["new_text"]) == ("2026-03-01, all, acme", "1", "2")
    assert cell["basis_code"] == "own posts"
    assert found.differences.lines() == ["new file: two.csv"]


def test_a_number_that_moved_on_a_day_without_a_changed_post_is_unexplained(workspace: Workspace) -> None:
    added(workspace, mart.MENTION, post("x:9"))
    found = then(
        workspace,
        "UPDATE mart.sentiment_daily SET mention_count = 7 WHERE mention_date = '2026-03-02'",
        recorded={"inputs": [*FILES, NEW_FILE]},
    )
    assert why(found, "sentiment_daily") == [[c.UNEXPLAINED]]
    screen = CliRunner().invoke(app, ["diff", "1", "2", "-w", str(workspace.root)]).stdout
    assert "UNEXPLAINED" in screen


def test_more_likes_in_a_newer_export_are_refreshed_counters(workspace: Workspace) -> None:
    found = then(
        workspace,
        "UPDATE mart.mention SET like_count = 8, source_row_count = 2 WHERE mention_id = 'x:1'",
        recorded={"inputs": [*FILES, NEW_FILE]},
    )
    assert why(found, "mention", "like_count") == [[c.COUNTERS]]


def test_more_likes_without_a_newer_export_are_unexplained(workspace: Workspace) -> None:
    found = then(workspace, "UPDATE mart.mention SET like_count = 8 WHERE mention_id = 'x:1'")
    assert why(found, "mention", "like_count") == [[c.UNEXPLAINED]]


def test_an_edited_query_explains_matches_and_the_numbers_of_their_days(workspace: Workspace) -> None:
    queries = {"query_versions": {"brand": {"acme": "2", "rival": "1"}, "topic": {}}}
    found = then(
        workspace,
        "DELETE FROM mart.mention_brand WHERE mention_id = 'x:1'",
        "UPDATE mart.mention SET brand_ids = [] WHERE mention_id = 'x:1'",
        "UPDATE mart.sentiment_daily SET mention_count = 0 WHERE mention_date = '2026-03-01'",
        recorded=queries,
        panel_id="other",
    )
    assert why(found, "mention_brand") == why(found, "mention") == why(found, "sentiment_daily") == [[c.QUERY]]


def test_a_post_that_joined_a_cluster_is_a_merged_duplicate(workspace: Workspace) -> None:
    added(workspace, mart.MENTION, post("x:9", cluster_id="x:1"))
    found = then(
        workspace,
        "UPDATE mart.mention SET cluster_mention_count = 2 WHERE mention_id IN ('x:1', 'x:9')",
        recorded={"inputs": [*FILES, NEW_FILE]},
    )
    assert why(found, "mention", "cluster_mention_count") == [[c.DUPLICATES]]


def test_an_erased_post_is_an_erasure_and_so_are_its_numbers(workspace: Workspace) -> None:
    found = then(
        workspace,
        "DELETE FROM mart.mention WHERE mention_id = 'x:1'",
        "DELETE FROM mart.mention_brand WHERE mention_id = 'x:1'",
        "UPDATE mart.sentiment_daily SET mention_count = 0 WHERE mention_date = '2026-03-01'",
        recorded={"tombstone_count": 2},
    )
    assert why(found, "mention") == why(found, "mention_brand") == why(found, "sentiment_daily") == [[c.ERASURE]]


def test_another_version_of_a_metric_explains_its_columns_only(workspace: Workspace) -> None:
    found = then(
        workspace,
        "UPDATE mart.sentiment_daily SET mention_count = 5, unscored_count = 5 WHERE mention_date = '2026-03-01'",
        recorded={"metric_versions": {"mention_count": 2}},
    )
    assert why(found, "sentiment_daily", "mention_count") == [[c.DEFINITION]]
    assert why(found, "sentiment_daily", "unscored_count") == [[c.UNEXPLAINED]]


def test_other_code_explains_what_nothing_else_does(workspace: Workspace) -> None:
    found = then(workspace, "UPDATE mart.sentiment_daily SET mention_count = 5", code_version="other")
    assert why(found, "sentiment_daily") == [[c.CODE], [c.CODE]]


def test_another_threshold_explains_labels_and_how_long_releases_are_kept_explains_nothing(
    workspace: Workspace,
) -> None:
    configuration = {"workspace": {"languages": ["en"], "keep_releases": 3}, "sentiment": {"positive_threshold": 0.3}}
    found = then(
        workspace,
        "UPDATE mart.mention SET sentiment_label = 'neutral', like_count = 9 WHERE mention_id = 'x:1'",
        recorded={"configuration": configuration},
    )
    assert found.differences.configuration == ("sentiment.positive_threshold",)
    assert why(found, "mention", "sentiment_label") == [[c.CONFIGURATION]]
    assert why(found, "mention", "like_count") == [[c.UNEXPLAINED]]


def test_json_and_csv_hold_every_cell_and_the_screen_sums_them_up(workspace: Workspace) -> None:
    then(workspace, "UPDATE mart.sentiment_daily SET mention_count = 5", code_version="other")
    asked = ["diff", "previous", "latest", "-w", str(workspace.root)]
    told = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert [(cell["old_text"], cell["new_text"], cell["cause_codes"]) for cell in told["cells"]] == [
        ("1", "5", [c.CODE]),
        ("1", "5", [c.CODE]),
    ]
    assert told["unexplained_count"] == 0
    table = CliRunner().invoke(app, [*asked, "--csv"]).stdout.splitlines()
    assert len(table) == 3 and table[1].startswith("sentiment_daily,changed,")
    screen = CliRunner().invoke(app, asked).stdout
    assert "2 cells differ in 1 tables" in screen and "code changed: 0 → other" in screen


def test_query_reads_an_older_release_by_name_and_by_day(workspace: Workspace) -> None:
    then(workspace, "DELETE FROM mart.mention", created_at=datetime(2026, 3, 9, 6, tzinfo=UTC))
    count = ["query", "SELECT count(*) AS n FROM mention", "--json", "-w", str(workspace.root)]
    for options, posts in (
        ((), 0),
        (("--release", "1"), 2),
        (("--as-of", "2026-03-05"), 2),
        (("--as-of", "2026-03-09"), 0),
    ):
        assert json.loads(CliRunner().invoke(app, [*count, *options]).stdout)["rows"] == [[posts]]
    early = CliRunner().invoke(app, [*count, "--as-of", "2026-01-01"])
    assert early.exit_code == 2 and "the oldest that is kept is 1" in early.output


def test_a_time_without_a_zone_is_of_the_reporting_zone_and_the_instant_is_told(workspace: Workspace) -> None:
    workspace.configuration_file.write_text(CONFIGURATION, encoding="utf-8")
    then(workspace, "DELETE FROM mart.mention", created_at=datetime(2026, 3, 9, 6, tzinfo=UTC))
    count = ["query", "SELECT count(*) AS n FROM mention", "-w", str(workspace.root)]
    for asked_at, at, release in (
        ("2026-03-08", "2026-03-08T22:59:59Z", "1"),
        ("2026-03-09T06:59", "2026-03-09T05:59:00Z", "1"),
        ("2026-03-09T07:00", "2026-03-09T06:00:00Z", "2"),
        ("2026-03-09T06:00Z", "2026-03-09T06:00:00Z", "2"),
        ("2026-03-09T06:00+02:00", "2026-03-09T04:00:00Z", "1"),
    ):
        told = json.loads(CliRunner().invoke(app, [*count, "--json", "--as-of", asked_at]).stdout)
        assert (told["as_of_at"], told["release_id"]) == (at, release)
    meant = CliRunner().invoke(app, [*count, "--csv", "--as-of", "2026-03-08"])
    assert meant.stderr == "As of 2026-03-08 23:59:59 Europe/Paris, 2026-03-08 22:59:59 UTC: release 1\n"
    assert meant.stdout.split() == ["n", "2"]


def test_releases_are_listed_and_pinned(workspace: Workspace) -> None:
    then(workspace)
    asked = ["releases", "-w", str(workspace.root), "--json"]
    told = json.loads(CliRunner().invoke(app, [*asked, "--pin", "previous"]).stdout)["releases"]
    assert [(known["release_id"], known["is_pinned"], known["is_published"]) for known in told] == [
        ("1", True, False),
        ("2", False, True),
    ]
    assert told[0]["mention_count"] == 2
