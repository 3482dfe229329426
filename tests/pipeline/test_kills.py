"""The pipeline is killed at chosen moments; readers and the next run do not mind.

A small proof by tests/benchmarks/prove_kills.py, which also makes the full one; and what the workspaces it leaves say
about two releases of the same inputs and of different ones.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.causes import COUNTERS, LATE_ROWS, UNEXPLAINED
from warehouse.diff import diff_releases
from warehouse.history import find_release, manifest
from warehouse.release import AUDITED
from warehouse.workspace import Workspace

SCRIPT = Path(__file__).resolve().parents[1] / "benchmarks" / "prove_kills.py"


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The folder and the words of a small proof: nine kills of releases, and three of a run and its recoveries."""
    folder = tmp_path_factory.mktemp("kills") / "proof"
    folder.mkdir()
    command = [sys.executable, str(SCRIPT), "12", "--quick", "--keep", str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.stdout, ended.stderr
    return folder, dict(json.loads(ended.stdout))


def test_readers_see_the_whole_old_or_the_whole_new_release_after_every_kill(
    proof: tuple[Path, dict[str, Any]],
) -> None:
    told = proof[1]
    assert told["kills"] == 12
    assert sum(told["seen"].values()) == told["kills"]
    assert set(told["seen"]) <= {"old", "new"}
    assert told["wrong"] == []


def test_the_next_undisturbed_run_comes_to_the_very_tables_of_one_that_was_never_disturbed(
    proof: tuple[Path, dict[str, Any]],
) -> None:
    assert proof[1]["converged"] == proof[1]["undisturbed"] == sum(proof[1]["episodes"].values())


def rows_as_stored(workspace: Workspace) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(workspace.link), read_only=True) as connection:
        return {table.table: connection.execute(f'FROM "{table.table}"').fetchall() for table in AUDITED}


def test_the_same_inputs_and_code_give_the_same_rows_in_the_same_order(proof: tuple[Path, dict[str, Any]]) -> None:
    one, other = (rows_as_stored(Workspace(proof[0] / name)) for name in ("undisturbed", "w0/trial"))
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
    assert one["mention"] and one["share_of_voice_daily"]


def test_what_a_second_delivery_changed_is_explained_to_the_last_cell(proof: tuple[Path, dict[str, Any]]) -> None:
    workspace = Workspace(proof[0] / "undisturbed")
    found = diff_releases(workspace, find_release(workspace, "previous"), find_release(workspace, "latest"))
    causes = set(found.cells["cause_codes"].explode())
    assert {LATE_ROWS, COUNTERS} <= causes
    assert UNEXPLAINED not in causes
    assert [file.file_name for file in found.differences.new_files if "mentions" in file.file_name] == [
        "mentions_2.csv"
    ]


def test_the_record_of_a_release_says_what_it_was_built_from(proof: tuple[Path, dict[str, Any]]) -> None:
    workspace = Workspace(proof[0] / "undisturbed")
    known = manifest(workspace, find_release(workspace, "latest"))
    assert {entry["file_name"] for entry in known["inputs"]} >= {"mentions_1.csv", "mentions_2.csv", "posts_2.csv"}
    assert all(len(entry["file_id"]) == 64 for entry in known["inputs"])
    assert set(known["query_versions"]["brand"]) == {"norvique", "tavorel", "pestle"}
    assert set(known["query_versions"]["topic"]) == {"price"}
    assert known["metric_versions"]["sov_mentions"] >= 1
    assert known["configuration"]["workspace"]["reporting_zone"] == "Europe/Paris"
    assert known["code_version"] and known["library_versions"]["duckdb"] and known["checks"]
