"""Reporting days as partitions of the tables that are built day by day, and one run for any range of them.

In the Dagster UI a job is started with "Materialize all": the latest day alone is a plain run, a range of days is one
run that computes these days again. Schedule, sensor and command line start runs that name no day.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb

from assets.declare import BUILT_BY_DAY
from warehouse.configuration import ConfigurationError
from warehouse.release import current_release_id, reading
from warehouse.tables import mart
from warehouse.workspace import Workspace

# Before anything is published and without schedule.first_day, days of the last two years can be asked for.
DEFAULT_DAYS = 730


def reporting_days(root: Path, *, today: date | None = None) -> dg.DailyPartitionsDefinition:
    """Days of the workspace's reporting zone, from the first one known to today, which is still growing."""
    workspace = Workspace(root)
    try:
        configuration = workspace.configuration()
    except ConfigurationError:
        zone, first = "UTC", None
    else:
        zone, first = configuration.workspace.reporting_zone, configuration.schedule.first_day
    today = today or datetime.now(UTC).date()
    first = first or _first_published_day(workspace) or today - timedelta(days=DEFAULT_DAYS)
    return dg.DailyPartitionsDefinition(start_date=min(first, today).isoformat(), timezone=zone, end_offset=1)


def _first_published_day(workspace: Workspace) -> date | None:
    """The first day with a mention in the release that is published; None if there is no readable one."""
    if current_release_id(workspace) is None:
        return None
    try:
        with reading(workspace.link.resolve()) as read:
            days = read(mart.RELEASE, ["first_mention_date"])["first_mention_date"]
    except (OSError, duckdb.Error):
        return None
    return days.min()  # type: ignore[return-value]


def with_days(assets: Sequence[dg.AssetsDefinition], days: dg.DailyPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """The assets, of which those built day by day have the days as partitions; any range of days is one run.

    The policy is given to all assets, or Dagster would start the ones without days in runs of their own.
    """

    def partitioned(spec: dg.AssetSpec) -> dg.AssetSpec:
        is_by_day = all(spec.tags.get(name) == value for name, value in BUILT_BY_DAY.items())
        return spec.replace_attributes(partitions_def=days) if is_by_day else spec

    one_run = dg.BackfillPolicy.single_run()
    return [asset.with_attributes(backfill_policy=one_run).map_asset_specs(partitioned) for asset in assets]
