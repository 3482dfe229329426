"""One run of the pipeline through Dagster, in this process, and what it did, in plain values."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.alerting import after_failure, after_success
from pipelines.failures import RunFailure, failure_of
from pipelines.logs import listening_to_steps
from pipelines.settings import settings
from warehouse.release import current_release_id, manifest
from warehouse.workspace import Workspace

Progress = Callable[[str, str], None]


@dataclass(frozen=True)
class RunOutcome:
    """What a run did. `files` are the outcomes of the inbox; `problem` is set when the run failed.

    `alerts` holds what could not be told to the channels of listening.yaml, in words.
    """

    succeeded: bool
    unchanged: bool
    release_id: str | None
    files: list[dict[str, Any]]
    row_counts: dict[str, int]
    checks: list[dict[str, Any]]
    problem: str | None
    failed_step: str | None
    failure_kind: str | None = None
    alerts: tuple[str, ...] = ()


def run(
    root: Path,
    progress: Progress | None,
    *,
    job_name: str = "publish_listening_tables",
    log_level: str = "INFO",
    settle_seconds: float = 0,
    tags: Mapping[str, str] | None = None,
) -> RunOutcome:
    """Materialise everything and tell people how it ended. Never raises for a failed step.

    `progress(step, message)` is told how it goes; without it the run's structured log lines go to stderr, from
    `log_level` on. Runs are kept in DAGSTER_HOME where it is set (so that the Dagster UI shows them), else nowhere.
    """
    from pipelines.definitions import build

    os.environ["LISTENING_WORKSPACE"] = str(root)
    job = build(str(root), settle_seconds=settle_seconds).resolve_job_def(job_name)
    config = {"loggers": {"console": {"config": {"log_level": log_level}}}}
    with _instance() as instance, listening_to_steps(progress) if progress else nullcontext():
        result = job.execute_in_process(instance=instance, raise_on_error=False, run_config=config, tags=tags)
    failures = [failure_of(event) for event in result.all_events if event.is_step_failure]
    warnings: list[str] = []
    if failures:
        after_failure(Workspace(root), failures[0], result.run_id, warnings.append)
    else:
        after_success(Workspace(root), warnings.append)
    return _outcome(Workspace(root), result, failures[0] if failures else None, tuple(warnings))


@contextmanager
def _instance() -> Iterator[dg.DagsterInstance]:
    home = settings().dagster_home
    with dg.DagsterInstance.get() if home else dg.DagsterInstance.ephemeral() as instance:
        yield instance


def _outcome(
    workspace: Workspace, result: dg.ExecuteInProcessResult, failure: RunFailure | None, warnings: tuple[str, ...]
) -> RunOutcome:
    release_id = current_release_id(workspace)
    known = manifest(workspace, release_id) if release_id else {}
    return RunOutcome(
        succeeded=result.success,
        unchanged=_is_unchanged(result),
        release_id=release_id,
        files=_files(result),
        row_counts={name: table["rows"] for name, table in known.get("tables", {}).items()},
        checks=known.get("checks", []),
        problem=failure.problem if failure else None,
        failed_step=failure.step if failure else None,
        failure_kind=failure.kind if failure else None,
        alerts=warnings,
    )


def _is_unchanged(result: dg.ExecuteInProcessResult) -> bool:
    """Whether the release said that nothing had to be published."""
    return any(
        bool(event.asset_observation_data.asset_observation.metadata["unchanged"].value)
        for event in result.all_events
        if event.event_type == dg.DagsterEventType.ASSET_OBSERVATION
        and "unchanged" in event.asset_observation_data.asset_observation.metadata
    )


def _files(result: dg.ExecuteInProcessResult) -> list[dict[str, Any]]:
    """What became of each file of the inbox, as the raw layer told it."""
    for event in result.get_asset_materialization_events():
        outcomes = event.step_materialization_data.materialization.metadata.get("outcomes")
        if outcomes is not None:
            value: Any = outcomes.value
            return list(value["files"])
    return []
