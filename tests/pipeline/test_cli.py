"""The `listening` command as a person meets it: output, exit codes, and clear words for mistakes."""

import csv
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from tests.pipeline.conftest import Demo

COMMANDS = (
    *("init", "demo", "run", "status", "check", "query", "diff", "releases"),
    *("rejects", "remap", "rebuild"),
    *("dictionary", "score", "calibrate", "detect"),
)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def listening(*arguments: str) -> Ended:
    """The command in this process: starting Python anew for each takes longer than most of them."""
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


def listening_anew(*arguments: str, cwd: Path | None = None) -> Ended:
    """The command as a process of its own, as a person starts it."""
    command = [sys.executable, "-m", "pipelines.cli.main", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
    return Ended(result.returncode, result.stdout, result.stderr)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_speaks_json(command: str) -> None:
    result = listening(command, "--help")
    assert result.returncode == 0
    assert "--json" in result.stdout


def test_init_makes_a_workspace_once(tmp_path: Path) -> None:
    first = listening("init", str(tmp_path / "ws"), "--json")
    assert json.loads(first.stdout)["ok"] is True
    assert (tmp_path / "ws" / "inbox").is_dir()
    again = listening("init", str(tmp_path / "ws"))
    assert again.returncode == 2
    assert "exists already" in again.stderr


def test_a_mistake_in_the_configuration_is_one_line_with_its_place(tmp_path: Path) -> None:
    listening("init", str(tmp_path))
    path = tmp_path / "listening.yaml"
    path.write_text(path.read_text().replace("reporting_zone: Europe/Paris", "reporting_zone: Europe/Pari"))
    result = listening("run", "-w", str(tmp_path))
    assert result.returncode == 2
    [line] = result.stderr.strip().splitlines()
    assert line.startswith(f"{path}:6:3: workspace.reporting_zone: 'Europe/Pari' is not an IANA time zone")


def test_status_without_a_workspace_says_what_to_do(tmp_path: Path) -> None:
    result = listening("status", "-w", str(tmp_path))
    assert result.returncode == 2
    assert "listening init" in result.stderr


def test_status_tells_what_is_published_and_that_every_record_is_accounted_for(demo: Demo) -> None:
    known = json.loads(listening("status", "-w", str(demo.workspace.root), "--json").stdout)
    files = known["files"]
    assert known["release_id"] == demo.outcome.release_id
    assert files["records"] == files["kept"] + files["rejected"] == sum(f.row_count for f in demo.truths.files)


def test_query_reads_the_release_with_clean_output(demo: Demo) -> None:
    sql = "SELECT count(*) AS posts FROM mention"
    result = listening_anew("query", sql, "-w", str(demo.workspace.root), "--json")
    assert json.loads(result.stdout)["rows"] == [[len(demo.truths.posts)]]
    assert result.stderr == ""


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM mention",
        "COPY mention TO 'out.csv'",
        "SELECT * FROM read_text('/etc/hostname')",
        "ATTACH 'other.duckdb'",
        "SET enable_external_access = true",
        "SELECT nonsense",
    ],
)
def test_query_cannot_write_or_read_anything_else(demo: Demo, sql: str, tmp_path: Path) -> None:
    # A process of its own: in this one an open release would share its settings with the query's connection.
    result = listening_anew("query", sql, "-w", str(demo.workspace.root), cwd=tmp_path)
    assert result.returncode == 2
    assert "Error" in result.stderr
    assert not list(tmp_path.iterdir())


def test_query_as_csv_disarms_formulas(demo: Demo) -> None:
    sql = "SELECT mention_text FROM mention WHERE left(mention_text, 1) IN ('=', '@', '+')"
    result = listening_anew("query", sql, "-w", str(demo.workspace.root), "--csv")
    cells = [row[0] for row in csv.reader(result.stdout.splitlines(keepends=True))][1:]
    assert cells
    assert all(cell.startswith("'") for cell in cells)


def test_query_names_an_unknown_release(demo: Demo) -> None:
    result = listening("query", "FROM release", "--release", "1999", "-w", str(demo.workspace.root))
    assert result.returncode == 2
    assert "release '1999' is not kept" in result.stderr


def test_score_adds_its_columns_in_row_order(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text('id,text\n1,I love this coffee\n2,"Je déteste cette machine, quelle horreur"\n3,\n', "utf-8")
    result = listening("score", str(source), "--out", str(target))
    assert result.returncode == 0, result.stderr
    rows = list(csv.DictReader(target.open(encoding="utf-8")))
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    assert [row["sentiment_label"] for row in rows] == ["positive", "negative", "unscored"]
    assert [row["language_code"] for row in rows] == ["en", "fr", ""]
    assert [row["sentiment_improved_label"] for row in rows] == ["positive", "negative", "unscored"]


def test_score_without_the_column_names_those_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,message\n1,hi\n")
    result = listening("score", str(tmp_path / "in.csv"), "--out", str(tmp_path / "out.csv"))
    assert result.returncode == 2
    assert "no column 'text' (there are: id, message)" in result.stderr


def test_detect_judges_every_row_by_what_came_before(tmp_path: Path) -> None:
    values = [10 + (hour * 7) % 5 for hour in range(24 * 40)]
    values[24 * 35] = 400
    source = tmp_path / "series.csv"
    lines = [f"2026-01-{1 + i // 24:02d} {i % 24:02d}:00:00,{v}" for i, v in enumerate(values[: 24 * 31])]
    lines += [f"2026-02-{1 + i // 24:02d} {i % 24:02d}:00:00,{v}" for i, v in enumerate(values[24 * 31 :])]
    source.write_text("timestamp,value\n" + "\n".join(lines) + "\n")
    result = listening("detect", str(source), "--out", str(tmp_path / "out.csv"), "--json")
    assert result.returncode == 0, result.stderr
    rows = list(csv.DictReader((tmp_path / "out.csv").open()))
    assert list(rows[0]) == ["timestamp", "score", "is_alert"]
    assert [i for i, row in enumerate(rows) if row["is_alert"] == "1"] == [24 * 35]


def test_detect_points_at_the_line_of_a_bad_value(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("timestamp,value\n2026-01-01 00:00:00,1\n2026-01-01 01:00:00,many\n")
    result = listening("detect", str(tmp_path / "s.csv"), "--out", str(tmp_path / "o.csv"))
    assert result.returncode == 2
    assert "s.csv:3: value: 'many' is not a number" in result.stderr


def test_the_definitions_validate_as_dagster_users_do_it() -> None:
    root = Path(__file__).parents[2]
    result = subprocess.run(
        [str(Path(sys.executable).with_name("dagster")), "definitions", "validate", "-w", "workspace.yaml"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "Validation successful" in result.stdout + result.stderr


def test_a_fault_nobody_foresaw_is_one_line_and_exit_code_1() -> None:
    result = listening_anew("query", "FROM release", "-w", "x" * 5000)
    assert result.returncode == 1
    assert result.stderr.startswith("listening: OSError")
    assert "--debug" in result.stderr
