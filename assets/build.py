"""The two shapes a listening table's asset has: rebuilt part by part (days, weeks, months), or as a whole."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, Protocol

import dagster as dg
import polars as pl

from assets.days import forget_asked, tell_days
from assets.declare import BUILT_BY_DAY, POOL, materialized, spec
from assets.parameters import mart_version
from assets.resources import ListeningWorkspace
from warehouse.configuration import Configuration, digest
from warehouse.days import Aspect, posts_version
from warehouse.refresh import ONE_DAY, POSTS_AT_ONCE, Days, Sees, refresh_days, refresh_whole, table_hash
from warehouse.store import Warehouse
from warehouse.tables import core
from warehouse.tables.contract import TableContract

POSTS = (core.MENTION, core.MENTION_BRAND, core.DUPLICATE_CLUSTER)
# Tables whose changes are known day by day.
OF_POSTS = (*POSTS, core.MENTION_TOPIC, core.MENTION_SOURCE)
DayBuilder = Callable[[Warehouse, Configuration, Days], pl.DataFrame]
Builder = Callable[[Warehouse, Configuration], pl.DataFrame]
Progress = Callable[[str], None]
# Table → what brings it up to date, without Dagster around it.
REFRESHERS: dict[str, Callable[[Warehouse, Configuration], object]] = {}


def _quietly(_: str) -> None: ...


class DayWalk(Protocol):
    """Builds the days of a table chunk by chunk, in their order, and remembers what later days need of earlier ones.

    Made anew for every refresh, in which posts do not change.
    """

    def __init__(self, warehouse: Warehouse, configuration: Configuration) -> None: ...

    def build(self, days: Days) -> pl.DataFrame:
        """The rows of these days."""
        ...


def by_day(
    contract: TableContract,
    build: DayBuilder | type[DayWalk],
    deps: Sequence[TableContract] = POSTS,
    declared: Callable[[Configuration], object] = lambda _: None,
    sees: Sees = ONE_DAY,
    at_once: int = POSTS_AT_ONCE,
) -> dg.AssetsDefinition:
    """An asset whose table is rebuilt part by part, where what a part `sees`, or uses of `declared`, changed.

    Tables among `deps` besides posts must follow from the posts that the part sees: they are not looked at again.
    """
    tags = BUILT_BY_DAY if sees.period == "day" else None

    def refresh(warehouse: Warehouse, configuration: Configuration, progress: Progress = _quietly) -> list[date]:
        version = f"{mart_version(configuration)}:{platforms(warehouse)}"
        used = declared(configuration)
        if used is not None:
            version += f":{digest([used])}"
        build_days: Callable[[Days], pl.DataFrame]
        if isinstance(build, type):
            build_days = build(warehouse, configuration).build
        else:
            build_days = partial(build, warehouse, configuration)
        return refresh_days(warehouse, contract, version, build_days, progress, sees, at_once)

    @dg.multi_asset(name=contract.table, specs=[spec(contract, deps, tags)], pool=POOL)
    def of_days(context: dg.AssetExecutionContext, listening: ListeningWorkspace) -> dg.MaterializeResult[Any]:
        configuration = listening.configuration()
        with listening.warehouse() as warehouse:
            forget_asked(context, warehouse, contract)
            days = refresh(warehouse, configuration, context.log.info)
            if sees.period == "day":
                tell_days(context, warehouse, contract, days)
            return materialized(warehouse, contract, rebuilt_days=len(days))

    REFRESHERS[contract.name] = refresh
    return of_days


def whole(
    contract: TableContract,
    build: Builder,
    deps: Sequence[TableContract] = POSTS,
    declared: Callable[[Configuration], object] = lambda _: None,
    aspects: Sequence[Aspect] = ("posts",),
    last_days: int | None = None,
    counted_in: TableContract | None = None,
) -> dg.AssetsDefinition:
    """An asset whose small table is rebuilt as a whole, where its inputs or what it uses of `declared` changed.

    Where posts are among `deps`, `aspects` says what of them is read, and `last_days` of how many of the last days.
    What is remembered of days is forgotten with the table's, `counted_in` being the table that keeps it, if one does.
    """

    def refresh(warehouse: Warehouse, configuration: Configuration) -> bool:
        inputs = [posts_version(warehouse, aspects, last_days)] if set(OF_POSTS) & set(deps) else []
        inputs += [table_hash(warehouse, table) for table in deps if table not in OF_POSTS]
        version = digest([mart_version(configuration), declared(configuration), inputs])
        has_input = any(warehouse.count(table) for table in deps)
        return refresh_whole(
            warehouse,
            contract,
            version,
            lambda: build(warehouse, configuration) if has_input else contract.empty(),
        )

    @dg.multi_asset(name=contract.table, specs=[spec(contract, deps)], pool=POOL)
    def of_everything(context: dg.AssetExecutionContext, listening: ListeningWorkspace) -> dg.MaterializeResult[Any]:
        configuration = listening.configuration()
        with listening.warehouse() as warehouse:
            forget_asked(context, warehouse, contract)
            if counted_in:
                forget_asked(context, warehouse, counted_in)
            return materialized(warehouse, contract, rebuilt=refresh(warehouse, configuration))

    REFRESHERS[contract.name] = refresh
    return of_everything


def platforms(warehouse: Warehouse) -> list[str]:
    """Platforms seen anywhere in the data, sorted."""
    return warehouse.query("SELECT DISTINCT platform_code FROM core.mention ORDER BY 1")["platform_code"].to_list()
