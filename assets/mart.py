"""The listening tables: each one rebuilt where its inputs changed. Nobody reads them here, only in a release."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import dagster as dg
import polars as pl

from assets.declare import POOL, materialized, spec
from assets.parameters import mart_version, panel
from assets.resources import ListeningWorkspace
from transforms.marts.audience import audience_growth_daily
from transforms.marts.brand_mention import brand_mentions
from transforms.marts.competitor import competitor_benchmark_weekly, competitor_posts
from transforms.marts.files import export_files
from transforms.marts.health import data_health_daily
from transforms.marts.mention import mentions_published, top_mention_daily
from transforms.marts.sentiment import sentiment_daily
from transforms.marts.share_of_voice import share_of_voice_daily
from transforms.marts.volume import mention_volume_hourly
from transforms.trend.signals import trend_signals
from transforms.trend.spikes import spikes
from warehouse.configuration import Configuration
from warehouse.refresh import posts_of_days, raw_mentions_of, refresh_days, refresh_whole, table_hash
from warehouse.store import Warehouse
from warehouse.tables import core, mart, raw
from warehouse.tables.contract import TableContract

_POSTS = (core.MENTION, core.MENTION_BRAND, core.DUPLICATE_CLUSTER)
Days = Sequence[date]
DayBuilder = Callable[[Warehouse, Configuration, Days], pl.DataFrame]
Builder = Callable[[Warehouse, Configuration], pl.DataFrame]


def _by_day(contract: TableContract, build: DayBuilder, deps: Sequence[TableContract] = _POSTS) -> dg.AssetsDefinition:
    """An asset whose table is rebuilt day by day, where the day's posts changed."""

    @dg.multi_asset(name=contract.table, specs=[spec(contract, deps)], pool=POOL)
    def by_day(context: dg.AssetExecutionContext, listening: ListeningWorkspace) -> dg.MaterializeResult[Any]:
        configuration = listening.configuration()
        with listening.warehouse() as warehouse:
            version = f"{mart_version(configuration)}:{_platforms(warehouse)}"
            days = refresh_days(
                warehouse, contract, version, lambda days: build(warehouse, configuration, days), context.log.info
            )
            return materialized(warehouse, contract, rebuilt_days=len(days))

    return by_day


def _whole(contract: TableContract, build: Builder, deps: Sequence[TableContract]) -> dg.AssetsDefinition:
    """An asset whose small table is rebuilt as a whole, where any of its inputs changed."""

    @dg.multi_asset(name=contract.table, specs=[spec(contract, deps)], pool=POOL)
    def whole(listening: ListeningWorkspace) -> dg.MaterializeResult[Any]:
        configuration = listening.configuration()
        with listening.warehouse() as warehouse:
            version = ":".join([mart_version(configuration), *(table_hash(warehouse, table) for table in deps)])
            rebuilt = refresh_whole(warehouse, contract, version, lambda: build(warehouse, configuration))
            return materialized(warehouse, contract, rebuilt=rebuilt)

    return whole


def _platforms(warehouse: Warehouse) -> list[str]:
    return warehouse.query("SELECT DISTINCT platform_code FROM core.mention ORDER BY 1")["platform_code"].to_list()


def _brand_mentions(warehouse: Warehouse, days: Days) -> pl.DataFrame:
    return brand_mentions(*posts_of_days(warehouse, days))


def _volume(warehouse: Warehouse, configuration: Configuration, days: Days) -> pl.DataFrame:
    zone = configuration.workspace.reporting_zone
    return mention_volume_hourly(
        _brand_mentions(warehouse, days), panel(configuration), days, zone, _platforms(warehouse)
    )


def _published(warehouse: Warehouse, configuration: Configuration, days: Days) -> pl.DataFrame:
    show = configuration.workspace.show_author_names
    return mentions_published(*posts_of_days(warehouse, days), show_author_names=show)


def _health(warehouse: Warehouse, configuration: Configuration) -> pl.DataFrame:
    return data_health_daily(
        raw_mentions_of(warehouse),
        warehouse.select(core.MENTION),
        warehouse.select(core.MENTION_BRAND),
        warehouse.select(raw.EXPORT_FILE),
        zone=configuration.workspace.reporting_zone,
    )


def _signals(warehouse: Warehouse, _: Configuration) -> pl.DataFrame:
    last = warehouse.scalar("SELECT max(published_at) FROM core.mention")
    return trend_signals(warehouse.select(mart.MENTION_VOLUME_HOURLY), as_of=last)


def _benchmark(warehouse: Warehouse, _: Configuration) -> pl.DataFrame:
    posts = warehouse.select(core.COMPETITOR_POST)
    days = posts["post_date"]
    if posts.is_empty():
        return mart.COMPETITOR_BENCHMARK_WEEKLY.empty()
    return competitor_benchmark_weekly(posts, (days.min(), days.max()))  # type: ignore[arg-type]


ASSETS = [
    _by_day(
        mart.SHARE_OF_VOICE_DAILY, lambda w, c, days: share_of_voice_daily(_brand_mentions(w, days), panel(c), days)
    ),
    _by_day(mart.SENTIMENT_DAILY, lambda w, _, days: sentiment_daily(_brand_mentions(w, days))),
    _by_day(mart.MENTION_VOLUME_HOURLY, _volume),
    _by_day(mart.TOP_MENTION_DAILY, lambda w, _, days: top_mention_daily(_brand_mentions(w, days))),
    _by_day(mart.MENTION, _published),
    _whole(mart.TREND_SIGNAL_HOURLY, _signals, [mart.MENTION_VOLUME_HOURLY]),
    _whole(
        mart.SPIKE,
        lambda w, _: spikes(w.select(mart.TREND_SIGNAL_HOURLY), w.select(mart.MENTION_VOLUME_HOURLY)),
        [mart.TREND_SIGNAL_HOURLY, mart.MENTION_VOLUME_HOURLY],
    ),
    _whole(mart.COMPETITOR_POST, lambda w, _: competitor_posts(w.select(core.COMPETITOR_POST)), [core.COMPETITOR_POST]),
    _whole(mart.COMPETITOR_BENCHMARK_WEEKLY, _benchmark, [core.COMPETITOR_POST]),
    _whole(
        mart.AUDIENCE_GROWTH_DAILY,
        lambda w, _: audience_growth_daily(w.select(core.AUDIENCE_SNAPSHOT)),
        [core.AUDIENCE_SNAPSHOT],
    ),
    _whole(mart.DATA_HEALTH_DAILY, _health, [raw.EXPORT_FILE, core.MENTION_SOURCE, core.MENTION, core.MENTION_BRAND]),
    _whole(
        mart.EXPORT_FILE,
        lambda w, _: export_files(w.select(raw.EXPORT_FILE), w.select(raw.REJECTED_ROW)),
        [raw.EXPORT_FILE, raw.REJECTED_ROW],
    ),
]
