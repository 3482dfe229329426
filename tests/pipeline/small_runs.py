"""One run of a small workspace through a Dagster instance, for some days or assets."""

import dagster as dg

from pipelines.definitions import build
from warehouse.workspace import Workspace


def execute(
    workspace: Workspace,
    instance: dg.DagsterInstance,
    days: tuple[str, str] | None = None,
    assets: list[dg.AssetKey] | None = None,
    job: str = "publish_listening_tables",
) -> dg.ExecuteInProcessResult:
    """One run, for a range of days or for none."""
    names = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
    tags = dict(zip(names, days, strict=True)) if days else {}
    return (
        build(str(workspace.root), settle_seconds=0)
        .resolve_job_def(job)
        .execute_in_process(instance=instance, asset_selection=assets, tags=tags, raise_on_error=False)
    )
