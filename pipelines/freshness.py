"""When Dagster calls an asset stale. Two different clocks, on purpose.

The release is materialised only when a new one is published: it is stale when no new data came through for longer than
`schedule.fresh_within_hours`. Every other table is materialised by every run, even one that had nothing to do: those
of the core are stale when the pipeline itself has not run for more than a day and a bit.

Dagster judges this in its daemon, where `freshness: {enabled: true}` stands in dagster.yaml.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import dagster as dg

from assets.declare import key_of
from assets.release import RELEASE_KEY
from warehouse.configuration import ConfigurationError
from warehouse.operations import ScheduleSection
from warehouse.tables import core
from warehouse.workspace import Workspace

# A daily run may start late or take long; a second one that is missed may not.
RUN_WARNS_AFTER, RUN_FAILS_AFTER = timedelta(hours=26), timedelta(hours=50)
WARNS_AT = 0.75


def with_freshness(assets: Sequence[dg.AssetsDefinition], root: Path) -> list[dg.AssetsDefinition]:
    """The assets, of which the release and the core tables say when they are stale."""
    try:
        declared = Workspace(root).configuration().schedule
    except ConfigurationError:
        declared = ScheduleSection()
    fresh = timedelta(hours=declared.fresh_within_hours)
    policies = {
        key_of(contract): dg.FreshnessPolicy.time_window(RUN_FAILS_AFTER, RUN_WARNS_AFTER) for contract in core.TABLES
    }
    # Dagster takes windows from a minute on; three minutes are the shortest that can be declared.
    policies[RELEASE_KEY] = dg.FreshnessPolicy.time_window(fresh, fresh * WARNS_AT)

    def judged(spec: dg.AssetSpec) -> dg.AssetSpec:
        policy = policies.get(spec.key)
        return spec.replace_attributes(freshness_policy=policy) if policy else spec

    return [asset.map_asset_specs(judged) for asset in assets]
