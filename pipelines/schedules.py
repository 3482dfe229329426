"""When the pipeline runs by itself: every morning, and on Mondays for the digest."""

from pathlib import Path

import dagster as dg

from pipelines.jobs import DIGEST, PUBLISH
from warehouse.configuration import ConfigurationError
from warehouse.operations import ScheduleSection
from warehouse.workspace import Workspace

# An hour and a half after the run: it has long ended, and people are about to come in.
DIGEST_AFTER_MINUTES = 90


def schedules(root: str) -> list[dg.ScheduleDefinition]:
    """The daily run at `schedule.run_at` and the digest after Monday's, both in the workspace's reporting zone."""
    try:
        configuration = Workspace(Path(root)).configuration()
    except ConfigurationError:
        zone, declared = "UTC", ScheduleSection()
    else:
        zone, declared = configuration.workspace.reporting_zone, configuration.schedule
    hour, minute = (int(part) for part in declared.run_at.split(":"))
    daily = dg.ScheduleDefinition(
        name="every_morning",
        job=PUBLISH,
        cron_schedule=f"{minute} {hour} * * *",
        execution_timezone=zone,
        description="Publishes what the inbox holds once a day; without new files it says so and publishes nothing.",
    )
    later = hour * 60 + minute + DIGEST_AFTER_MINUTES
    # A run late on Monday evening has its digest on Tuesday.
    weekday = 1 + later // (24 * 60)
    weekly = dg.ScheduleDefinition(
        name="every_monday",
        job=DIGEST,
        cron_schedule=f"{later % 60} {later // 60 % 24} * * {weekday}",
        execution_timezone=zone,
        description="Writes the digest of the week that ended on Sunday.",
    )
    return [daily, weekly]
