"""The pipeline is killed at chosen moments; readers and the next run do not mind. 200 kills: tests/benchmarks/prove_kills.py."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "benchmarks" / "prove_kills.py"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a small proof says: nine kills of releases and three of a run and its recoveries."""
    folder = tmp_path_factory.mktemp("kills") / "proof"
    folder.mkdir()
    command = [sys.executable, str(SCRIPT), "12", "--quick", "--keep", str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.stdout, ended.stderr
    return dict(json.loads(ended.stdout))


def test_a_killed_process_was_really_killed_in_the_middle_of_its_work(told: dict[str, Any]) -> None:
    assert told["kills"] >= 12
    assert len(told["killed"]) >= 4, "kills should hit several steps"


def test_readers_see_the_whole_old_or_the_whole_new_release_after_every_kill(told: dict[str, Any]) -> None:
    assert sum(told["seen"].values()) == told["kills"]
    assert set(told["seen"]) <= {"old", "new"}
    assert told["wrong"] == []


def test_the_next_undisturbed_run_comes_to_the_very_tables_of_one_that_was_never_disturbed(
    told: dict[str, Any],
) -> None:
    assert told["converged"] == told["undisturbed"] > 0
