"""The watch, brand by brand, and the reasons, spike by spike: only what has changed is judged and told again."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import dagster as dg
import polars as pl

from assets.build import POSTS
from assets.declare import POOL, materialized, spec
from assets.parameters import mart_version, topic_queries
from assets.resources import ListeningWorkspace
from transforms.marts.pulse import (
    REASON_DAYS,
    brand_posts,
    spike_driver_table,
    spike_explanation,
    spike_table,
    watch_tables,
    windows_of,
)
from transforms.trend.sensitivity import series_figures
from warehouse.configuration import Configuration, digest
from warehouse.days import day_fingerprints
from warehouse.decisions import DecisionsUnreadable, read_decisions
from warehouse.refresh import of_posts, part_hashes, refresh_parts
from warehouse.store import Warehouse
from warehouse.tables import core, mart, pulse

WATCHED = (mart.MENTION_VOLUME_HOURLY, pulse.TOPIC_VOLUME_HOURLY)
WATCH = (mart.TREND_SIGNAL_HOURLY, mart.SPIKE, pulse.TREND_SENSITIVITY)
REASONS = (pulse.SPIKE_DRIVER, pulse.SPIKE_EXPLANATION)
SPIKES_AT_ONCE = 50


@dg.multi_asset(name="watch", specs=[spec(table, WATCHED) for table in WATCH], pool=POOL)
def watch(context: dg.AssetExecutionContext, listening: ListeningWorkspace):  # type: ignore[no-untyped-def]
    """Judge the brands whose hours changed; then say what state every spike is in."""
    version = mart_version(listening.configuration())
    try:
        decisions = read_decisions(listening.workspace.decisions_file)
    except DecisionsUnreadable as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
    with listening.warehouse() as warehouse:
        now = _last_post(warehouse)
        hours = part_hashes(warehouse, WATCHED, "brand_id")
        wanted = {brand: digest([version, str(now), of_brand]) for brand, of_brand in hours.items()}
        judged = refresh_parts(
            warehouse, WATCH, "brand_id", wanted, lambda brands: _watched(warehouse, version, brands[0], now)
        )
        context.log.info(f"judged again: {', '.join(judged) or 'nothing'}")
        _set_states(warehouse, decisions)
        for table in WATCH:
            yield materialized(warehouse, table, rebuilt_brands=len(judged))


@dg.multi_asset(
    name="spike_reasons", specs=[spec(t, [mart.SPIKE, *POSTS, core.MENTION_TOPIC]) for t in REASONS], pool=POOL
)
def spike_reasons(listening: ListeningWorkspace):  # type: ignore[no-untyped-def]
    """Tell why, of the spikes whose numbers or posts changed."""
    configuration = listening.configuration()
    with listening.warehouse() as warehouse:
        spikes = warehouse.select(mart.SPIKE)
        wanted = _reason_versions(spikes, day_fingerprints(warehouse, ("posts", "topics")), configuration)
        told = refresh_parts(
            warehouse, REASONS, "spike_id", wanted,
            lambda ids: _reasons(warehouse, spikes.filter(pl.col("spike_id").is_in(list(ids))), configuration),
            at_once=SPIKES_AT_ONCE,
        )  # fmt: skip
        for table in REASONS:
            yield materialized(warehouse, table, rebuilt_spikes=len(told))


def _last_post(warehouse: Warehouse) -> datetime | None:
    last = warehouse.query("SELECT max(published_at) AS at FROM core.mention")["at"].cast(pl.Datetime("us", "UTC"))
    return last[0] if last.len() else None


def _of_brand(warehouse: Warehouse, brand: str) -> Sequence[pl.DataFrame]:
    with warehouse.frame("wanted_brand", pl.DataFrame({"brand_id": [brand]})):
        return [warehouse.select(table, "SEMI JOIN wanted_brand w ON t.brand_id = w.brand_id") for table in WATCHED]


def _watched(warehouse: Warehouse, version: str, brand: str, now: datetime | None) -> Sequence[pl.DataFrame]:
    volume, topics = _of_brand(warehouse, brand)
    return watch_tables(volume, topics, _figures(warehouse, version, brand, volume, topics), as_of=now)


def _figures(
    warehouse: Warehouse, version: str, brand: str, volume: pl.DataFrame, topics: pl.DataFrame
) -> pl.DataFrame:
    """What the watch would do in an ordinary year: simulated once a week, on the weeks that are over."""
    last: date = volume["mention_date"].max()  # type: ignore[assignment]
    monday = last - timedelta(days=last.weekday())
    volume, topics = (rows.filter(pl.col("mention_date") < monday) for rows in (volume, topics))
    seen = [str(rows.hash_rows(seed=6).sum()) for rows in (volume, topics)]
    key, value = f"{brand}:figures", digest([version, monday.isoformat(), seen])
    known = warehouse.fingerprints(pulse.TREND_SENSITIVITY.name).get(key)
    stored = warehouse.select(pulse.TREND_SENSITIVITY).filter(pl.col("brand_id") == brand)
    if known == value and stored.height:
        return stored.drop_nulls("expected_false_alarm_count")
    figures = series_figures(volume, topics)
    warehouse.remember(pulse.TREND_SENSITIVITY.name, {key: value})
    return figures


def _set_states(warehouse: Warehouse, decisions: pl.DataFrame) -> None:
    spikes = warehouse.select(mart.SPIKE)
    last = warehouse.query("SELECT max(mention_hour_at) AS at FROM mart.mention_volume_hourly")["at"]
    stated = spike_table(spikes, decisions, now=last[0] if last.len() else None)
    if not stated.equals(spikes.sort("spike_id")):
        warehouse.replace_all(mart.SPIKE, stated)


def _reason_versions(spikes: pl.DataFrame, posts: dict[date, str], configuration: Configuration) -> dict[str, str]:
    """Of each spike: its numbers, and the posts of the days that tell about it."""
    topics = sorted((topic.query_id, topic.version) for topic in topic_queries(configuration))
    version = digest([mart_version(configuration), topics])
    days = sorted(posts)
    state = {"event_id", "spike_state_code", "state_set_at", "state_set_by_name", "state_note_text", "snoozed_until_at"}
    versions = {}
    for spike in spikes.drop(state).iter_rows(named=True):
        last = (spike["ended_at"] or datetime.max).date()
        first = spike["started_at"].date() - timedelta(days=REASON_DAYS + 1)
        long = (spike["ended_at"] - spike["started_at"]) if spike["ended_at"] else timedelta(days=REASON_DAYS)
        seen = [posts[day] for day in days if first - long <= day and (day - timedelta(days=1) <= last)]
        versions[spike["spike_id"]] = digest([version, [str(cell) for cell in spike.values()], seen])
    return versions


def _reasons(warehouse: Warehouse, spikes: pl.DataFrame, configuration: Configuration) -> Sequence[pl.DataFrame]:
    ended = spikes.with_columns(pl.col("ended_at").fill_null(_after_last(warehouse)))
    posts = _posts_of(warehouse, ended)
    drivers = spike_driver_table(ended, posts)
    zone = configuration.workspace.reporting_zone
    return drivers, spike_explanation(ended, drivers, posts, zone=zone)


def _after_last(warehouse: Warehouse) -> Any:
    last = _last_post(warehouse)
    return None if last is None else last + timedelta(microseconds=1)


def _posts_of(warehouse: Warehouse, spikes: pl.DataFrame) -> pl.DataFrame:
    """The posts of the hours of the spikes and of the same hours before, and no others."""
    with warehouse.frame("spike_windows", windows_of(spikes)):
        wanted = warehouse.query(
            "SELECT DISTINCT m.mention_id, m.mention_date "
            "FROM core.mention m JOIN core.mention_brand b USING (mention_date, mention_id) "
            "ASOF JOIN spike_windows w ON b.brand_id = w.brand_id AND m.published_at >= w.begin_at "
            "WHERE m.published_at < w.end_at AND NOT m.is_owned"
        )
    return brand_posts(*(of_posts(warehouse, table, wanted) for table in (*POSTS, core.MENTION_TOPIC)))


ASSETS = [watch, spike_reasons]
