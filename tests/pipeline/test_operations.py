"""Runs as Dagster starts them: days asked for, transient and permanent faults, log lines, freshness, the digest."""

from datetime import date, timedelta

import dagster as dg
import polars as pl
import pytest

from assets.days import DAYS_TOLD
from assets.digest import DIGEST_KEY
from assets.release import RELEASE_KEY
from pipelines.definitions import build
from pipelines.partitions import reporting_days
from pipelines.schedules import schedules
from tests.pipeline.small_runs import execute
from warehouse.release import content_hashes, current_release_id
from warehouse.store import open_warehouse
from warehouse.tables import mart
from warehouse.workspace import Workspace

SENTIMENT = dg.AssetKey(["mart", "sentiment_daily"])


@pytest.fixture
def workspace(small_copy: Workspace) -> Workspace:
    return small_copy


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
