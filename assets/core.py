"""The core layer: real posts, the brands they name, their near-duplicates; account posts and audiences."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from assets.declare import POOL, materialized, spec
from assets.parameters import account_zones, brand_accounts, core_params, core_version, matcher, matchings
from assets.resources import ListeningWorkspace
from transforms.core.accounts import core_posts, core_snapshots
from warehouse.clusters import refresh_clusters
from warehouse.code_version import code_version
from warehouse.posts import refresh_posts
from warehouse.refresh import refresh_whole, table_hash
from warehouse.tables import core, raw, trust

_POSTS = (
    *(core.MENTION_SOURCE, core.MENTION, core.MENTION_BRAND, core.MENTION_TOPIC),
    trust.MENTION_COUNTER_SNAPSHOT,
)


@dg.multi_asset(
    name="merge_posts",
    specs=[spec(contract, deps=[raw.EXPORT_FILE, raw.MENTION]) for contract in _POSTS],
    pool=POOL,
)
def merge_posts(
    context: dg.AssetExecutionContext, listening: ListeningWorkspace
) -> Iterator[dg.MaterializeResult[Any]]:
    """Posts touched by new rows merged again, scored, and matched with the brands' queries."""
    configuration = listening.configuration()
    calibrated = listening.calibrated_model()
    params = core_params(configuration, listening.workspace.pseudonym_key(), calibrated)
    with listening.warehouse() as warehouse:
        report = refresh_posts(
            warehouse,
            params,
            core_version(configuration, calibrated),
            matchings(configuration),
            matcher(configuration),
            progress=context.log.info,
        )
        for contract in _POSTS:
            yield materialized(warehouse, contract, touched_posts=report.touched_posts, linked_rows=report.linked_rows)


@dg.multi_asset(name="cluster_posts", specs=[spec(core.DUPLICATE_CLUSTER, deps=[core.MENTION])], pool=POOL)
def cluster_posts(listening: ListeningWorkspace) -> dg.MaterializeResult[Any]:
    """Posts that repeat one another, exactly or nearly."""
    with listening.warehouse() as warehouse:
        refresh_clusters(warehouse, code_version())
        return materialized(warehouse, core.DUPLICATE_CLUSTER)


@dg.multi_asset(name="count_audiences", specs=[spec(core.AUDIENCE_SNAPSHOT, deps=[raw.AUDIENCE_SNAPSHOT])], pool=POOL)
def count_audiences(listening: ListeningWorkspace) -> dg.MaterializeResult[Any]:
    """One audience count per account and day."""
    configuration = listening.configuration()
    brands = brand_accounts(configuration)
    with listening.warehouse() as warehouse:
        version = f"{core_version(configuration)}:{table_hash(warehouse, raw.AUDIENCE_SNAPSHOT)}"
        refresh_whole(
            warehouse,
            core.AUDIENCE_SNAPSHOT,
            version,
            lambda: core_snapshots(warehouse.select(raw.AUDIENCE_SNAPSHOT), brands),
        )
        return materialized(warehouse, core.AUDIENCE_SNAPSHOT)


@dg.multi_asset(
    name="merge_account_posts",
    specs=[spec(core.COMPETITOR_POST, deps=[raw.COMPETITOR_POST, core.AUDIENCE_SNAPSHOT])],
    pool=POOL,
)
def merge_account_posts(listening: ListeningWorkspace) -> dg.MaterializeResult[Any]:
    """Posts of the panel's accounts with the followers they had then."""
    configuration = listening.configuration()
    brands = brand_accounts(configuration)
    zones = account_zones(configuration)
    with listening.warehouse() as warehouse:
        inputs = [table_hash(warehouse, table) for table in (raw.COMPETITOR_POST, core.AUDIENCE_SNAPSHOT)]
        refresh_whole(
            warehouse,
            core.COMPETITOR_POST,
            f"{core_version(configuration)}:{inputs}:{sorted(zones.items())}",
            lambda: core_posts(
                warehouse.select(raw.COMPETITOR_POST),
                warehouse.select(core.AUDIENCE_SNAPSHOT),
                zone=configuration.workspace.reporting_zone,
                account_zones=zones,
                brands=brands,
            ),
        )
        return materialized(warehouse, core.COMPETITOR_POST)


ASSETS = [merge_posts, cluster_posts, count_audiences, merge_account_posts]
