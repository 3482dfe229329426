"""Sensors that tell people how runs ended: on from the start, silent while listening.yaml names no channel."""

from pathlib import Path

import dagster as dg

from pipelines.alerting import after_failure, after_success
from pipelines.failures import RunFailure, failure_of
from pipelines.jobs import PUBLISH, RECOMPUTE, WATCHED
from warehouse.workspace import Workspace

_CRASHED = RunFailure("run_failed", "-", "the process of the run ended", "the process of the run ended unexpectedly")


def alert_sensors(root: str) -> list[dg.SensorDefinition]:
    """One for failures of any job, one for runs that published or had nothing to publish."""
    workspace = Workspace(Path(root))

    @dg.run_failure_sensor(
        name="tell_of_failures",
        monitored_jobs=list(WATCHED),
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Sends an alert when a run fails or the gate refuses a release (alerts in listening.yaml).",
    )
    def tell_of_failures(context: dg.RunFailureSensorContext) -> dg.SkipReason:
        events = context.get_step_failure_events()
        failure = failure_of(events[0]) if events else _CRASHED
        taken = after_failure(workspace, failure, context.dagster_run.run_id, context.log.warning)
        return dg.SkipReason(f"Told by {', '.join(taken)}." if taken else "Nobody had to be told, or nobody could be.")

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="tell_of_spikes",
        monitored_jobs=[PUBLISH, RECOMPUTE],
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Sends an alert for each spike that is new or has grown (alerts in listening.yaml).",
    )
    def tell_of_spikes(context: dg.RunStatusSensorContext) -> dg.SkipReason:
        sent = after_success(workspace, context.log.warning)
        return dg.SkipReason(f"{len(sent)} alerts sent.")

    return [tell_of_failures, tell_of_spikes]
