"""`listening spike`: what a person sees and sets, and what the command says when it cannot."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from pipelines.cli.main import app
from pipelines.cli.spike import _table
from tests.browser.small_release import publish
from warehouse.decisions import read_decisions
from warehouse.workspace import Workspace


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("spikes")
    publish(root, "20260302T060000-aaaaaaaa")
    yield root


@pytest.fixture
def workspace(released: Path) -> Iterator[Path]:
    yield released
    (released / "spike_decisions.jsonl").unlink(missing_ok=True)


def call(workspace: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["spike", *words, "--workspace", str(workspace)])


def listed(workspace: Path, *words: str) -> list[dict[str, Any]]:
    result = call(workspace, "list", *words, "--json")
    assert result.exit_code == 0, result.output
    spikes: list[dict[str, Any]] = json.loads(result.stdout)["spikes"]
    return spikes


def test_a_decision_is_kept_with_who_when_and_why_and_shows_at_once(workspace: Path) -> None:
    assert [spike["spike_state_code"] for spike in listed(workspace)] == ["closed"]
    result = call(workspace, "set", "spike1", "open", "--note", "still <b>answering</b>", "--by", "Ana")
    assert result.exit_code == 0, result.output
    spike = listed(workspace)[0]
    told = (
        spike["spike_state_code"],
        spike["released_state_code"],
        spike["state_set_by_name"],
        spike["state_note_text"],
    )
    assert told == ("open", "closed", "Ana", "still <b>answering</b>")
    assert "open*" in call(workspace, "list").output


def test_earlier_decisions_are_never_overwritten(workspace: Path) -> None:
    for state in ("open", "acknowledged", "closed"):
        assert call(workspace, "set", "spi", state, "--by", "Ana").exit_code == 0
    decisions = read_decisions(Workspace(workspace).decisions_file)
    assert decisions["spike_state_code"].to_list() == ["open", "acknowledged", "closed"]
    assert decisions["state_set_at"].is_sorted() and decisions["started_at"].null_count() == 0


def test_lists_can_be_narrowed_to_a_brand_and_a_state(workspace: Path) -> None:
    assert len(listed(workspace, "--brand", "nordlicht", "--state", "closed")) == 1
    assert listed(workspace, "--brand", "tavola") == []
    assert listed(workspace, "--state", "open") == []
    assert call(workspace, "list", "--brand", "tavola").output.startswith("No such spikes")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "nothing", "closed"), "the release has no spike 'nothing'"),
        (("set", "spike1", "shut"), "no state 'shut'"),
        (("set", "spike1", "closed", "--until", "2026-05-01"), "'closed' has none"),
        (("list", "--state", "shut"), "no state 'shut'"),
    ],
)
def test_a_mistake_is_told_and_changes_nothing(workspace: Path, words: tuple[str, ...], said: str) -> None:
    result = call(workspace, *words)
    assert result.exit_code == 2
    assert said in result.output
    told = json.loads(call(workspace, *words, "--json").stdout)
    assert (told["ok"], told["exit_code"]) == (False, 2) and said in told["error"]
    assert not Workspace(workspace).decisions_file.exists()


def test_a_snooze_has_an_end(workspace: Path) -> None:
    assert call(workspace, "set", "spike1", "snoozed", "--until", "2026-05-01", "--by", "Ana").exit_code == 0
    kept = json.loads(Workspace(workspace).decisions_file.read_text())
    assert kept["snoozed_until_at"] == "2026-05-01T00:00:00+00:00"


def test_a_state_that_will_not_stand_is_not_promised(workspace: Path) -> None:
    for words in (("acknowledged",), ("snoozed", "--until", "2020-01-01")):
        told = " ".join(call(workspace, "set", "spike1", *words, "--by", "Ana").output.split())
        assert "goes on showing closed: the conversation is back to usual" in told
    assert "closed → open; the release shows it" in call(workspace, "set", "spike1", "open", "--by", "Ana").output


def test_without_a_release_or_with_damaged_decisions_the_next_step_is_told(workspace: Path, tmp_path: Path) -> None:
    assert "listening run" in call(tmp_path, "list").output
    Workspace(workspace).decisions_file.write_text("{\n")
    result = call(workspace, "list")
    assert result.exit_code == 2 and "spike_decisions.jsonl:1" in result.output.replace("\n", "")


def test_the_list_fits_a_screen_of_eighty_characters(workspace: Path) -> None:
    connection = duckdb.connect(str((workspace / "listening.duckdb").resolve()), read_only=True)
    spike = pl.DataFrame(connection.sql("FROM spike").to_arrow_table())
    connection.close()
    widest = {"brand_id": "copper_wren", "metric_code": "engagement_count", "topic_id": "leaks", "spike_ratio": 1599.8}
    widest |= {"spike_state_code": "acknowledged", "released_state_code": "open", "severity_code": "medium"}
    listed = spike.with_columns(**{name: pl.lit(value) for name, value in widest.items()}, is_deduplicated=pl.lit(True))
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(_table(listed))
    first, _, row, *_ = console.export_text().splitlines()
    assert first.split() == ["spike", "began", "(UTC)", "brand", "what", "times", "severity", "state"]
    assert row.split() == [
        "spike1",
        "26-02-17",
        "09:00",
        "copper_wren",
        "engagement,",
        "1599.8",
        "medium",
        "acknowledged*",
    ]


def test_a_brand_that_there_is_not_is_told_with_those_there_are(workspace: Path) -> None:
    mistaken = call(workspace, "list", "--brand", "nordlich")
    assert mistaken.exit_code == 2 and "no brand 'nordlich'; there are: 'nordlicht'" in mistaken.output
    assert "No such spikes." in call(workspace, "list", "--brand", "tavola").output
