"""Runs as Dagster starts them: days asked for, transient and permanent faults, log lines, freshness, the digest."""

import errno
import json
import os
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest

from assets.days import DAYS_TOLD
from assets.digest import DIGEST_KEY
from assets.release import RELEASE_KEY
from assets.resources import FAULT_RETRIES
from pipelines.definitions import build
from pipelines.partitions import reporting_days
from pipelines.run import RunOutcome, run
from pipelines.schedules import schedules
from tests.pipeline.conftest import demo_workspace_at, run_quietly
from warehouse.release import content_hashes, current_release_id
from warehouse.store import open_warehouse
from warehouse.tables import mart
from warehouse.workspace import Workspace

SENTIMENT = dg.AssetKey(["mart", "sentiment_daily"])
HOSTILE = "Zoë Hostile-Author told <script>alert(1)</script> everything"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace of one canonical file, published once; tests work on copies of it."""
    workspace, truths = demo_workspace_at(tmp_path_factory.mktemp("ws") / "ws", batches=())
    [first, *_] = [file for file in truths.files_in((1,)) if file.source_format.startswith("canonical")]
    lines = (workspace.root / "later" / first.name).read_text(encoding="utf-8").splitlines(keepends=True)
    shutil.rmtree(workspace.root / "later")
    (workspace.inbox / first.name).write_text("".join(lines[:160]), encoding="utf-8")
    outcome = run_quietly(workspace)
    assert outcome.succeeded, outcome.problem
    return workspace


@pytest.fixture
def workspace(published: Workspace, tmp_path: Path) -> Workspace:
    shutil.copytree(published.root, tmp_path / "copy", symlinks=True)
    return Workspace(tmp_path / "copy")


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance that keeps what it is told."""
    with dg.DagsterInstance.local_temp(str(tmp_path)) as found:
        yield found


def execute(
    workspace: Workspace,
    instance: dg.DagsterInstance,
    days: tuple[str, str] | None = None,
    assets: list[dg.AssetKey] | None = None,
    job: str = "publish_listening_tables",
) -> dg.ExecuteInProcessResult:
    """One run, for a range of days or for none."""
    names = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
    tags = dict(zip(names, days, strict=True)) if days else {}
    return (
        build(str(workspace.root), settle_seconds=0)
        .resolve_job_def(job)
        .execute_in_process(instance=instance, asset_selection=assets, tags=tags, raise_on_error=False)
    )


def days_of(workspace: Workspace) -> list[str]:
    with open_warehouse(workspace.warehouse_file) as warehouse:
        return sorted(warehouse.fingerprints("mart.sentiment_daily"))


def spoil(workspace: Workspace) -> None:
    """A fault nobody planned, in every row of a table."""
    with open_warehouse(workspace.warehouse_file) as warehouse:
        warehouse.execute("UPDATE mart.sentiment_daily SET positive_count = 7777")


def spoiled_days(workspace: Workspace) -> set[date]:
    with open_warehouse(workspace.warehouse_file) as warehouse:
        rows = warehouse.select(mart.SENTIMENT_DAILY)
    return set(rows.filter(pl.col("positive_count") == 7777)["mention_date"])


def test_a_range_of_days_is_computed_again_and_no_other_day(workspace: Workspace, instance: dg.DagsterInstance) -> None:
    days = days_of(workspace)
    spoil(workspace)
    wrong = spoiled_days(workspace)
    assert execute(workspace, instance, (days[1], days[3]), [SENTIMENT]).success
    again = {date.fromisoformat(day) for day in days[1:4]}
    assert spoiled_days(workspace) == wrong - again and wrong & again


def test_a_plain_run_computes_no_day_again_whose_inputs_are_the_same(
    workspace: Workspace, instance: dg.DagsterInstance
) -> None:
    spoil(workspace)
    wrong = spoiled_days(workspace)
    assert execute(workspace, instance, None, [SENTIMENT]).success
    assert spoiled_days(workspace) == wrong


def test_asking_for_a_day_without_posts_is_a_plain_run(workspace: Workspace, instance: dg.DagsterInstance) -> None:
    spoil(workspace)
    wrong = spoiled_days(workspace)
    assert execute(workspace, instance, ("2026-11-21", "2026-11-22"), [SENTIMENT]).success
    assert spoiled_days(workspace) == wrong


def test_recomputing_every_day_publishes_the_very_same_tables(
    workspace: Workspace, instance: dg.DagsterInstance
) -> None:
    before, days = content_hashes(workspace.link.resolve()), days_of(workspace)
    spoil(workspace)
    assert execute(workspace, instance, (days[0], days[-1]), job="recompute_days").success
    assert content_hashes(workspace.link.resolve()) == before


def test_dagster_hears_of_days_that_were_built_before_it_looked(
    workspace: Workspace, instance: dg.DagsterInstance
) -> None:
    days = days_of(workspace)
    assert 2 < len(days) < DAYS_TOLD
    execute(workspace, instance, None, [SENTIMENT])
    assert instance.get_materialized_partitions(SENTIMENT) == set(days)
    told_again = execute(workspace, instance, None, [SENTIMENT]).get_asset_materialization_events()
    assert [event.partition for event in told_again] == [None]


def test_days_start_where_the_release_does_or_where_listening_yaml_says(workspace: Workspace) -> None:
    days = reporting_days(workspace.root)
    assert days.get_first_partition_key() == days_of(workspace)[0]
    assert str(days.timezone) == "Europe/Paris"
    text = workspace.configuration_file.read_text(encoding="utf-8")
    workspace.configuration_file.write_text(text + "\nschedule: {first_day: 2025-12-24}\n", encoding="utf-8")
    assert reporting_days(workspace.root).get_first_partition_key() == "2025-12-24"
    assert reporting_days(workspace.root / "nowhere").get_first_partition_key() is not None


def test_tables_built_by_day_have_days_and_the_others_have_none() -> None:
    graph = build("/nonexistent").resolve_asset_graph()
    by_day = {key.path[-1] for key in graph.get_all_asset_keys() if graph.get(key).is_partitioned}
    assert by_day >= {"sentiment_daily", "share_of_voice_daily", "mention_volume_hourly", "mention"}
    assert not by_day & {"release", "export_file", "spike"}


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
        assert said is not None and "No space left on device" in (said.description or "")


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


def test_a_run_without_news_does_not_make_the_release_younger(
    workspace: Workspace, instance: dg.DagsterInstance
) -> None:
    told = []
    for _ in range(2):
        assert execute(workspace, instance, None, [RELEASE_KEY]).success
        told.append(instance.get_latest_materialization_event(RELEASE_KEY))
    # The first run of an instance hears of what was published before it looked; the second has no news.
    assert told[0] is not None and told[1] is not None and told[0].timestamp == told[1].timestamp


def test_the_release_and_the_core_say_when_they_are_stale(workspace: Workspace) -> None:
    text = workspace.configuration_file.read_text(encoding="utf-8")
    workspace.configuration_file.write_text(text + "\nschedule: {fresh_within_hours: 12}\n", encoding="utf-8")
    specs = {spec.key: spec for spec in build(str(workspace.root)).resolve_all_asset_specs()}
    policy = specs[RELEASE_KEY].freshness_policy
    assert policy == dg.FreshnessPolicy.time_window(timedelta(hours=12), timedelta(hours=9))
    assert specs[dg.AssetKey(["core", "mention"])].freshness_policy is not None
    assert specs[SENTIMENT].freshness_policy is None


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


def test_the_digest_is_a_job_of_its_own_and_writes_each_language(
    workspace: Workspace, instance: dg.DagsterInstance
) -> None:
    text = workspace.configuration_file.read_text(encoding="utf-8")
    workspace.configuration_file.write_text(text + "\ndigest: {languages: [en, fr]}\n", encoding="utf-8")
    publishing = build(str(workspace.root)).resolve_job_def("publish_listening_tables")
    assert DIGEST_KEY not in publishing.asset_layer.executable_asset_keys
    result = execute(workspace, instance, job="write_weekly_digest")
    assert result.success
    names = sorted(path.name for path in (workspace.reports / "digest").iterdir())
    assert {name.rsplit("-", 1)[1] for name in names} == {"en.html", "en.eml", "fr.html", "fr.eml"}


def test_a_digest_that_cannot_be_written_says_why_and_touches_no_release(
    workspace: Workspace, instance: dg.DagsterInstance
) -> None:
    before = current_release_id(workspace)
    (workspace.reports / "digest").write_text("a file where a folder should be")
    result = execute(workspace, instance, job="write_weekly_digest")
    assert not result.success and current_release_id(workspace) == before
    workspace.link.unlink()
    [failed] = [e for e in execute(workspace, instance, job="write_weekly_digest").all_events if e.is_step_failure]
    said = failed.step_failure_data.user_failure_data
    assert said is not None and "nothing is published yet" in (said.description or "")


@pytest.mark.parametrize(
    ("run_at", "crons"),
    [("06:00", ["0 6 * * *", "30 7 * * 1"]), ("23:15", ["15 23 * * *", "45 0 * * 2"])],
)
def test_schedules_follow_listening_yaml_and_the_reporting_zone(
    workspace: Workspace, run_at: str, crons: list[str]
) -> None:
    text = workspace.configuration_file.read_text(encoding="utf-8")
    workspace.configuration_file.write_text(text + f"\nschedule: {{run_at: '{run_at}'}}\n", encoding="utf-8")
    found = schedules(str(workspace.root))
    assert [schedule.cron_schedule for schedule in found] == crons
    assert {schedule.execution_timezone for schedule in found} == {"Europe/Paris"}
