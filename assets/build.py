"""The two shapes a listening table's asset has: rebuilt day by day, or rebuilt as a whole, where its inputs changed."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import dagster as dg
import polars as pl

from assets.days import forget_asked, tell_days
from assets.declare import BUILT_BY_DAY, POOL, materialized, spec
from assets.parameters import mart_version
from assets.resources import ListeningWorkspace
from transforms.marts.brand_mention import brand_mentions
from warehouse.configuration import Configuration, digest
from warehouse.refresh import posts_of_days, posts_version, refresh_days, refresh_whole, table_hash
from warehouse.store import Warehouse
from warehouse.tables import core
from warehouse.tables.contract import TableContract

POSTS = (core.MENTION, core.MENTION_BRAND, core.DUPLICATE_CLUSTER)
Days = Sequence[date]
DayBuilder = Callable[[Warehouse, Configuration, Days], pl.DataFrame]
Builder = Callable[[Warehouse, Configuration], pl.DataFrame]


def by_day(
    contract: TableContract,
    build: DayBuilder,
    deps: Sequence[TableContract] = POSTS,
    declared: Callable[[Configuration], object] = lambda _: None,
) -> dg.AssetsDefinition:
    """An asset whose table is rebuilt day by day, where the day's posts, or what it uses of `declared`, changed."""

    @dg.multi_asset(name=contract.table, specs=[spec(contract, deps, BUILT_BY_DAY)], pool=POOL)
    def of_days(context: dg.AssetExecutionContext, listening: ListeningWorkspace) -> dg.MaterializeResult[Any]:
        configuration = listening.configuration()
        with listening.warehouse() as warehouse:
            version = f"{mart_version(configuration)}:{platforms(warehouse)}"
            used = declared(configuration)
            if used is not None:
                version += f":{digest([used])}"
            forget_asked(context, warehouse, contract)
            days = refresh_days(
                warehouse, contract, version, lambda days: build(warehouse, configuration, days), context.log.info
            )
            tell_days(context, warehouse, contract, days)
            return materialized(warehouse, contract, rebuilt_days=len(days))

    return of_days


def whole(
    contract: TableContract,
    build: Builder,
    deps: Sequence[TableContract] = POSTS,
    declared: Callable[[Configuration], object] = lambda _: None,
) -> dg.AssetsDefinition:
    """An asset whose small table is rebuilt as a whole, where its inputs or what it uses of `declared` changed."""

    @dg.multi_asset(name=contract.table, specs=[spec(contract, deps)], pool=POOL)
    def of_everything(context: dg.AssetExecutionContext, listening: ListeningWorkspace) -> dg.MaterializeResult[Any]:
        configuration = listening.configuration()
        with listening.warehouse() as warehouse:
            forget_asked(context, warehouse, contract)
            inputs = [posts_version(warehouse)] if set(POSTS) & set(deps) else []
            inputs += [table_hash(warehouse, table) for table in deps if table not in POSTS]
            version = digest([mart_version(configuration), declared(configuration), inputs])
            has_input = any(warehouse.count(table) for table in deps)
            rebuilt = refresh_whole(
                warehouse,
                contract,
                version,
                lambda: build(warehouse, configuration) if has_input else contract.empty(),
            )
            return materialized(warehouse, contract, rebuilt=rebuilt)

    return of_everything


def platforms(warehouse: Warehouse) -> list[str]:
    """Platforms seen anywhere in the data, sorted."""
    return warehouse.query("SELECT DISTINCT platform_code FROM core.mention ORDER BY 1")["platform_code"].to_list()


def brand_mentions_of(warehouse: Warehouse, days: Days) -> pl.DataFrame:
    """Earned posts by brand of the given days."""
    return brand_mentions(*posts_of_days(warehouse, days))
