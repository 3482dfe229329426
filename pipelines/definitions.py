"""Everything Dagster loads: the assets, their resource, the jobs, the schedule and the inbox sensor."""

import dagster as dg

from assets import core, insight, mart
from assets.raw import read_exports
from assets.release import release
from assets.resources import ListeningWorkspace
from pipelines.jobs import PUBLISH, READ
from pipelines.logs import console_logger
from pipelines.schedules import daily_schedule
from pipelines.sensors import inbox_sensor
from pipelines.settings import settings, switch_telemetry_off

switch_telemetry_off()

ASSETS = [read_exports, *core.ASSETS, *mart.ASSETS, *insight.ASSETS, release]


def build(root: str) -> dg.Definitions:
    """The definitions for one workspace folder."""
    return dg.Definitions(
        assets=ASSETS,
        jobs=[PUBLISH, READ],
        schedules=[daily_schedule(root)],
        sensors=[inbox_sensor(root)],
        resources={"listening": ListeningWorkspace(root=root)},
        loggers={"console": console_logger},
        # One process: the warehouse has one writer, and a second process would only wait for its lock.
        executor=dg.in_process_executor,
    )


defs = build(str(settings().workspace))
