"""The tables that let a reader follow a number back: earlier counters of posts, warnings of files by table."""

from collections.abc import Iterable, Mapping

import dagster as dg
import polars as pl

from assets.build import whole
from assets.declare import key_of
from transforms.core.accounts import post_counter_snapshots
from transforms.marts.table_warning import table_warnings
from warehouse.configuration import Configuration
from warehouse.store import Warehouse
from warehouse.tables import raw, trust
from warehouse.tables.contract import TableContract

_RECORDS = (raw.MENTION, raw.COMPETITOR_POST, raw.AUDIENCE_SNAPSHOT)


def record_kinds(assets: Iterable[dg.AssetsDefinition]) -> dict[str, set[str]]:
    """Listening table → kinds of the records it is made of, found by following the assets' inputs to the raw layer."""
    inputs: dict[dg.AssetKey, set[dg.AssetKey]] = {}
    for asset in assets:
        for spec in asset.specs:
            inputs[spec.key] = {dep.asset_key for dep in spec.deps}
    kinds = {key_of(table): table.table for table in _RECORDS}
    return {
        key.path[-1]: {kinds[raw_key] for raw_key in _reached(key, inputs) if raw_key in kinds}
        for key in inputs
        if key.path[0] == "mart"
    }


def _reached(key: dg.AssetKey, inputs: Mapping[dg.AssetKey, set[dg.AssetKey]]) -> set[dg.AssetKey]:
    found: set[dg.AssetKey] = set()
    open_keys = [key]
    while open_keys:
        for dep in inputs.get(open_keys.pop(), ()):
            if dep not in found:
                found.add(dep)
                open_keys.append(dep)
    return found


def _post_snapshots(warehouse: Warehouse, _: Configuration) -> pl.DataFrame:
    return post_counter_snapshots(warehouse.select(raw.COMPETITOR_POST), warehouse.select(raw.EXPORT_FILE))


POST_SNAPSHOTS = whole(trust.POST_COUNTER_SNAPSHOT, _post_snapshots, [raw.COMPETITOR_POST, raw.EXPORT_FILE])


def trust_assets(others: Iterable[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """The assets of this module; `others` are all that make listening tables."""
    kinds = record_kinds([*others, POST_SNAPSHOTS])
    fed: TableContract = raw.EXPORT_FILE
    warnings = whole(
        trust.TABLE_WARNING,
        lambda w, c: table_warnings(w.select(raw.EXPORT_FILE), kinds, zone=c.workspace.reporting_zone),
        [fed],
        lambda _: sorted((table, sorted(names)) for table, names in kinds.items()),
    )
    return [POST_SNAPSHOTS, warnings]
