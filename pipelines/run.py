"""One run of the pipeline through Dagster, in this process, and what it did, in plain values."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.logs import listening_to_steps
from pipelines.settings import settings
from warehouse.release import current_release_id, manifest
from warehouse.workspace import Workspace


@dataclass(frozen=True)
class RunOutcome:
    """What a run did. `files` are the outcomes of the inbox; `problem` is set when the run failed."""

    succeeded: bool
    unchanged: bool
    release_id: str | None
    files: list[dict[str, Any]]
    row_counts: dict[str, int]
    checks: list[dict[str, Any]]
    problem: str | None
    failed_step: str | None


def run(root: Path, progress: Callable[[str, str], None], *, job_name: str = "publish_listening_tables") -> RunOutcome:
    """Materialise everything; `progress(step, message)` is told how it goes. Never raises for a failed step.

    Runs are kept in DAGSTER_HOME where it is set (so that the Dagster UI shows them), else nowhere.
    """
    from pipelines.definitions import build

    os.environ["LISTENING_WORKSPACE"] = str(root)
    job = build(str(root)).resolve_job_def(job_name)
    instance = dg.DagsterInstance.get() if settings().dagster_home else dg.DagsterInstance.ephemeral()
    with instance, listening_to_steps(progress):
        result = job.execute_in_process(instance=instance, raise_on_error=False)
        return _outcome(Workspace(root), result)


def _outcome(workspace: Workspace, result: dg.ExecuteInProcessResult) -> RunOutcome:
    metadata = {
        event.asset_key.to_user_string(): event.step_materialization_data.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    released = metadata.get("release", {})
    failures = [event for event in result.all_events if event.is_step_failure]
    release_id = current_release_id(workspace)
    known = manifest(workspace, release_id) if release_id else {}
    files = metadata.get("raw/export_file", {}).get("outcomes")
    return RunOutcome(
        succeeded=result.success,
        unchanged=bool(released.get("unchanged") and released["unchanged"].value),
        release_id=release_id,
        files=_rows(files),
        row_counts={name: table["rows"] for name, table in known.get("tables", {}).items()},
        checks=known.get("checks", []),
        problem=_problem(failures[0]) if failures else None,
        failed_step=failures[0].step_key if failures else None,
    )


def _rows(outcomes: Any) -> list[dict[str, Any]]:
    return list(outcomes.value["files"]) if outcomes else []


def _problem(event: dg.DagsterEvent) -> str:
    data = event.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return str(data.user_failure_data.description)
    error = data.error
    cause = error.cause if error and error.cause else error
    return str(cause.message).strip() if cause else "the step failed without saying why"
