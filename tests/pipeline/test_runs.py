"""Runs through a real Dagster instance: again, later, broken, and piecemeal."""

from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from pipelines.definitions import ASSETS, build
from tests.pipeline.conftest import Demo, demo_workspace_at, run_quietly
from warehouse.release import content_hashes, current_release_id, reading, release_ids
from warehouse.store import open_warehouse
from warehouse.tables import mart
from warehouse.workspace import Workspace


def tables_of(workspace: Workspace) -> dict[str, str]:
    return content_hashes(workspace.link.resolve())


def test_a_second_run_publishes_nothing_and_says_so(demo: Demo) -> None:
    again = run_quietly(demo.workspace)
    assert again.succeeded and again.unchanged
    assert again.release_id == demo.outcome.release_id
    assert release_ids(demo.workspace) == [demo.outcome.release_id]


def test_the_same_file_dropped_again_under_another_name_changes_nothing(demo: Demo) -> None:
    archived = next(path for path in demo.workspace.archive.rglob("*") if path.is_file())
    (demo.workspace.inbox / "renamed.csv").write_bytes(archived.read_bytes())
    again = run_quietly(demo.workspace)
    assert [file["state"] for file in again.files] == ["known"]
    assert again.unchanged
    assert not list(demo.workspace.inbox.iterdir())


def test_a_late_delivery_gives_the_same_tables_as_one_on_time(demo: Demo, tmp_path: Path) -> None:
    workspace, _ = demo_workspace_at(tmp_path / "ws", batches=(1,))
    (workspace.private / "pseudonym.key").write_bytes((demo.workspace.private / "pseudonym.key").read_bytes())
    first = run_quietly(workspace)
    assert first.succeeded, first.problem
    for path in sorted((workspace.root / "later").iterdir()):
        path.rename(workspace.inbox / path.name)
    second = run_quietly(workspace)
    assert second.succeeded, second.problem
    assert tables_of(workspace) == tables_of(demo.workspace)


@pytest.fixture
def small(tmp_path: Path) -> Workspace:
    """A workspace with one canonical file."""
    workspace, truths = demo_workspace_at(tmp_path / "ws", batches=())
    [first, *_] = [file for file in truths.files_in((1,)) if file.source_format.startswith("canonical")]
    (workspace.root / "later" / first.name).rename(workspace.inbox / first.name)
    return workspace


def test_a_refused_gate_keeps_the_last_release_and_says_why_on_one_screen(small: Workspace) -> None:
    first = run_quietly(small)
    assert first.succeeded, first.problem
    with open_warehouse(small.warehouse_file) as warehouse:
        # A fault nobody planned: a table holds a share above one, and nothing that would rebuild it.
        warehouse.execute("UPDATE mart.share_of_voice_daily SET share_of_voice_ratio = 1.5")
    (small.inbox / "empty.csv").write_text("mention_id,source,platform,url,published_at,text\n")
    second = run_quietly(small)
    assert not second.succeeded
    assert second.failed_step == "release"
    assert "share_of_voice" in (second.problem or "")
    assert f"{first.release_id} stays published" in (second.problem or "")
    assert len((second.problem or "").splitlines()) < 40
    assert current_release_id(small) == first.release_id


def test_materialising_the_release_alone_still_audits(small: Workspace) -> None:
    run_quietly(small)
    before = current_release_id(small)
    with open_warehouse(small.warehouse_file) as warehouse:
        warehouse.execute("DELETE FROM mart.sentiment_daily")
        warehouse.execute("UPDATE raw.export_file SET declaration_version = 'other'")
    result = (
        build(str(small.root))
        .resolve_job_def("publish_listening_tables")
        .execute_in_process(
            asset_selection=[dg.AssetKey("release")], instance=dg.DagsterInstance.ephemeral(), raise_on_error=False
        )
    )
    assert not result.success
    assert current_release_id(small) == before


@pytest.mark.parametrize("asset", [a for a in ASSETS if a.op.name != "release"], ids=lambda asset: asset.op.name)
def test_no_other_asset_can_move_the_link(small: Workspace, asset: dg.AssetsDefinition) -> None:
    result = (
        build(str(small.root))
        .resolve_job_def("publish_listening_tables")
        .execute_in_process(
            asset_selection=list(asset.keys), instance=dg.DagsterInstance.ephemeral(), raise_on_error=False
        )
    )
    assert result is not None
    assert current_release_id(small) is None
    assert not small.link.exists()


def test_checks_of_every_table_are_visible_in_dagster(small: Workspace) -> None:
    instance = dg.DagsterInstance.ephemeral()
    job = build(str(small.root)).resolve_job_def("publish_listening_tables")
    result = job.execute_in_process(instance=instance, raise_on_error=False)
    checked = {evaluation.check_name for evaluation in result.get_asset_check_evaluations()}
    assert checked >= {"share_of_voice_daily", "mention", "spike", "export_file"}


def test_an_empty_workspace_publishes_nothing_and_says_why(tmp_path: Path) -> None:
    workspace, _ = demo_workspace_at(tmp_path / "ws", batches=())
    outcome = run_quietly(workspace)
    assert not outcome.succeeded
    assert outcome.failed_step == "release"
    assert not workspace.link.exists()


def test_broken_files_are_told_and_do_not_stop_the_others(small: Workspace) -> None:
    (small.inbox / "photo.csv").write_bytes(bytes(range(256)) * 50)
    (small.inbox / "nothing.csv").write_bytes(b"")
    (small.inbox / "unknown.csv").write_text("colour,shape\nred,round\n")
    outcome = run_quietly(small)
    assert outcome.succeeded, outcome.problem
    states = {file["file_name"]: file["state"] for file in outcome.files}
    assert states["unknown.csv"] == "refused"
    assert states["photo.csv"] == "refused"
    assert all(file["problem_text"] for file in outcome.files if file["state"] == "refused")
    assert not list(small.inbox.iterdir())
    with reading(small.link.resolve()) as read:
        assert read(mart.EXPORT_FILE, None).filter(pl.col("file_state_code") == "refused").height >= 2


def test_the_sensor_runs_on_an_ephemeral_instance_and_looks_twice(small: Workspace) -> None:
    import os

    for path in small.inbox.iterdir():
        os.utime(path, (0, 0))
    repository = build(str(small.root)).get_repository_def()
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, repository_def=repository)
        sensor = repository.get_sensor_def("inbox")
        answer = sensor(context)
    assert isinstance(answer, dg.SensorResult)
    assert answer.skip_reason is not None and "the same at the next" in str(answer.skip_reason.skip_message)
