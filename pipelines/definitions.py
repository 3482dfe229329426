"""Everything Dagster loads: the assets, their resource, the jobs, the schedules and the sensors."""

from pathlib import Path

import dagster as dg

from assets import core, insight, mart
from assets.digest import weekly_digest
from assets.raw import read_exports
from assets.release import release
from assets.resources import ListeningWorkspace
from assets.trust import trust_assets
from pipelines.alert_sensors import alert_sensors
from pipelines.cli.digest import digest_command
from pipelines.freshness import with_freshness
from pipelines.jobs import DIGEST, PUBLISH, READ, RECOMPUTE
from pipelines.logs import console_logger
from pipelines.partitions import reporting_days, with_days
from pipelines.schedules import schedules
from pipelines.sensors import SETTLE_SECONDS, inbox_sensor
from pipelines.settings import module_environment, settings, switch_telemetry_off
from warehouse.operations import DigestSection

switch_telemetry_off()


def _digest_command(root: Path, out: Path, language: str, declared: DigestSection) -> list[str]:
    return digest_command(
        root, out, language, link=declared.dashboard_url, sender=declared.sender, to=list(declared.to)
    )


_TABLES = [read_exports, *core.ASSETS, *mart.ASSETS, *insight.ASSETS]
ASSETS = [*_TABLES, *trust_assets(_TABLES), release]
REPORTS = [weekly_digest(_digest_command, module_environment)]


def build(root: str, *, settle_seconds: float = SETTLE_SECONDS) -> dg.Definitions:
    """The definitions for one workspace folder. Files younger than `settle_seconds` are left for the next run."""
    folder = Path(root)
    return dg.Definitions(
        assets=with_freshness(with_days([*ASSETS, *REPORTS], reporting_days(folder)), folder),
        jobs=[PUBLISH, RECOMPUTE, READ, DIGEST],
        schedules=schedules(root),
        sensors=[inbox_sensor(root), *alert_sensors(root)],
        resources={"listening": ListeningWorkspace(root=root, settle_seconds=settle_seconds)},
        loggers={"console": console_logger},
        # One process: the warehouse has one writer, and a second process would only wait for its lock.
        executor=dg.in_process_executor,
    )


defs = build(str(settings().workspace))
