"""What goes wrong in a run: transient and permanent faults, odd files in the inbox, and what the log says of it."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.resources import FAULT_RETRIES
from pipelines.run import RunOutcome, run
from tests.pipeline.small_runs import execute
from warehouse.workspace import Workspace

SENTIMENT = dg.AssetKey(["mart", "sentiment_daily"])
HOSTILE = "Zoë Hostile-Author told <script>alert(1)</script> everything"


@pytest.fixture
def workspace(small_copy: Workspace) -> Workspace:
    return small_copy


def with_fault(monkeypatch: pytest.MonkeyPatch, error: Exception, times: int) -> list[int]:
    """`refresh_clusters` raises the error so many times; the list counts its calls."""
    from assets import core

    calls: list[int] = []
    really = core.refresh_clusters

    def faulty(*arguments: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) <= times:
            raise error
        return really(*arguments, **named)

    monkeypatch.setattr(core, "refresh_clusters", faulty)
    monkeypatch.setattr("assets.resources.FAULT_WAIT_SECONDS", 0)
    return calls


CLUSTERS = [dg.AssetKey(["core", "duplicate_cluster"])]


def test_a_transient_fault_is_tried_again_and_forgotten(
    workspace: Workspace, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = with_fault(monkeypatch, OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)), times=2)
    assert execute(workspace, instance, None, CLUSTERS).success
    assert len(calls) == 3


def test_a_transient_fault_that_stays_fails_the_run_after_a_few_tries(
    workspace: Workspace, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = with_fault(monkeypatch, OSError(errno.ESTALE, os.strerror(errno.ESTALE)), times=99)
    assert not execute(workspace, instance, None, CLUSTERS).success
    assert len(calls) == 1 + FAULT_RETRIES


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), KeyError("a column"), MemoryError()], ids=repr
)
def test_a_permanent_fault_is_not_tried_again(
    workspace: Workspace, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    calls = with_fault(monkeypatch, error, times=99)
    result = execute(workspace, instance, None, CLUSTERS)
    assert not result.success and len(calls) == 1
    [failed] = [event for event in result.all_events if event.is_step_failure]
    if isinstance(error, OSError):
        said = failed.step_failure_data.user_failure_data
        assert said is not None and "the disk is full" in (said.description or "")


def test_a_mistake_in_listening_yaml_is_not_tried_again(workspace: Workspace, instance: dg.DagsterInstance) -> None:
    workspace.configuration_file.write_text("workspace: {}\n")
    result = execute(workspace, instance, None, [SENTIMENT])
    assert not result.success
    assert not [event for event in result.all_events if event.is_step_restarted or event.is_step_up_for_retry]


def reading_only(workspace: Workspace, settle_seconds: float = 0) -> RunOutcome:
    """A run that reads the inbox and stops there."""
    return run(workspace.root, lambda _, __: None, job_name="read_exports_only", settle_seconds=settle_seconds)


def test_a_file_that_may_not_be_read_stays_and_the_others_go_on(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from warehouse import ingest

    really = ingest.content_id

    def guarded(path: Path) -> str:
        if path.name == "secret.csv":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return really(path)

    monkeypatch.setattr(ingest, "content_id", guarded)
    (workspace.inbox / "secret.csv").write_text("a,b\n")
    (workspace.inbox / "unknown.csv").write_text("colour,shape\nred,round\n")
    states = {file["file_name"]: file["state"] for file in reading_only(workspace).files}
    assert states == {"secret.csv": "unreadable", "unknown.csv": "refused"}
    assert [path.name for path in workspace.inbox.iterdir()] == ["secret.csv"]


def test_a_file_that_vanishes_before_it_is_read_harms_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from warehouse import ingest

    monkeypatch.setattr(ingest, "waiting_files", lambda _: [workspace.inbox / "gone.csv"])
    outcome = reading_only(workspace)
    assert outcome.succeeded and outcome.files == []


def test_a_scheduled_run_leaves_files_that_may_still_be_written(workspace: Workspace) -> None:
    (workspace.inbox / "growing.csv").write_text("mention_id,source,pla")
    outcome = reading_only(workspace, settle_seconds=20)
    assert outcome.succeeded and outcome.files == []
    assert (workspace.inbox / "growing.csv").exists()


def test_log_lines_are_json_and_hold_nothing_people_wrote(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    header = "mention_id,source,platform,url,published_at,text,author_handle,author_name"
    rows = [
        f'"{HOSTILE}",api,x,https://example.com/1,not a time,"{HOSTILE}","{HOSTILE}","{HOSTILE}"',
        f'h2,api,x,https://example.com/2,2026-01-20T10:00:00Z,"{HOSTILE}","{HOSTILE}","{HOSTILE}"',
        f'h3,api,"{HOSTILE}",https://example.com/3,2026-01-20T10:00:00Z,"{HOSTILE}",x,y',
    ]
    (workspace.inbox / "hostile.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    (workspace.inbox / "headless.csv").write_text(f'"{HOSTILE}","{HOSTILE}"\n' * 3, encoding="utf-8")
    capsys.readouterr()
    outcome = run(workspace.root, None, log_level="DEBUG")
    told = capsys.readouterr().err
    assert outcome.succeeded, outcome.problem
    lines = [json.loads(line) for line in told.splitlines()]
    assert {"at", "level", "run", "job", "step", "event", "message"} <= set(lines[0])
    assert any(line["message"] == "reading hostile.csv" for line in lines)
    assert {line["level"] for line in lines} >= {"DEBUG", "INFO"}
    assert not any(word in told for word in ("Zoë", "Zo\\u00eb", "Hostile-Author", "script"))


def test_a_fault_that_quotes_the_data_is_logged_by_its_class_only(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_fault(monkeypatch, ValueError(f"cannot cast {HOSTILE}"), times=99)
    capsys.readouterr()
    outcome = run(workspace.root, None, log_level="DEBUG")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["error"] for line in lines if line["event"] == "STEP_FAILURE"] == ["ValueError"]
    assert not any("Zoë" in json.dumps(line, ensure_ascii=False) for line in lines)
    assert "Zoë" in (outcome.problem or "")
