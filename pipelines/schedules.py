"""When the pipeline runs by itself."""

from pathlib import Path

import dagster as dg

from pipelines.jobs import PUBLISH
from warehouse.configuration import ConfigurationError
from warehouse.workspace import Workspace

# Vendors deliver the day before by early morning; the numbers are there when people come in.
DAILY_AT = "0 6 * * *"


def daily_schedule(root: str) -> dg.ScheduleDefinition:
    """Every morning at six in the workspace's reporting zone (UTC while there is no usable listening.yaml)."""
    try:
        zone = Workspace(Path(root)).configuration().workspace.reporting_zone
    except ConfigurationError:
        zone = "UTC"
    return dg.ScheduleDefinition(
        name="every_morning",
        job=PUBLISH,
        cron_schedule=DAILY_AT,
        execution_timezone=zone,
        description="Publishes what the inbox holds every morning; without new files it says so and publishes nothing.",
    )
