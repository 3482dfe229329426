"""Reporting days as Dagster's partitions: which days a run was asked for, and telling it which days were built.

A run that names no days does what is out of date. A run that names days computes these again, whatever was remembered
of them, and besides does what is out of date, so that every run ends in the same tables.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

import dagster as dg

from assets.declare import key_of
from warehouse.refresh import WHOLE
from warehouse.store import Warehouse
from warehouse.tables.contract import TableContract

# Telling Dagster of a day takes some ten milliseconds on its SQLite; of many years it hears run by run, latest first.
DAYS_TOLD = 400
_DAY_TAG = "dagster/partition"
_FIRST_TAG, _LAST_TAG = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


class AskedDays(NamedTuple):
    """The days a person asked a run to compute again, both ends included."""

    first: date
    last: date


def asked_days(context: dg.AssetExecutionContext) -> AskedDays | None:
    """The days the run was started for; None for a plain run."""
    tags = context.run.tags
    if _DAY_TAG in tags:
        day = date.fromisoformat(tags[_DAY_TAG])
        return AskedDays(day, day)
    if _FIRST_TAG in tags and _LAST_TAG in tags:
        return AskedDays(date.fromisoformat(tags[_FIRST_TAG]), date.fromisoformat(tags[_LAST_TAG]))
    return None


def forget_asked(context: dg.AssetExecutionContext, warehouse: Warehouse, contract: TableContract) -> AskedDays | None:
    """Forget what the table's asked days (or the whole table) were computed from, so that they are computed again.

    Days without any post, such as a today of which nothing was delivered yet, leave whole tables as they are.
    """
    asked = asked_days(context)
    if asked is None or not warehouse.scalar(
        "SELECT count(*) FROM core.mention WHERE mention_date BETWEEN ? AND ?", list(asked)
    ):
        return None
    # The week and the month that hold the first day start before it.
    begin = min(asked.first.replace(day=1), asked.first - timedelta(days=asked.first.weekday()))
    first = (asked.first if contract.partition == "mention_date" else begin).isoformat()
    last = asked.last.isoformat()
    parts = [part for part in warehouse.fingerprints(contract.name) if part == WHOLE or first <= part <= last]
    warehouse.remember(contract.name, {}, forget=parts)
    return asked


def tell_days(
    context: dg.AssetExecutionContext, warehouse: Warehouse, contract: TableContract, rebuilt: Iterable[date]
) -> None:
    """Tell Dagster which days of a table were rebuilt, and which older ones it has not heard of yet.

    Days may have been built by the command line, of which Dagster keeps nothing. Days the run was asked for are told by
    Dagster itself, and nobody looks at an instance that is thrown away.
    """
    if context.instance.is_ephemeral:
        return
    asked = asked_days(context)
    told = {day.isoformat() for day in rebuilt}
    built = {part for part in warehouse.fingerprints(contract.name) if part != WHOLE}
    told |= built - set(context.instance.get_materialized_partitions(key_of(contract)))
    if asked is not None:
        told -= {day for day in told if asked.first.isoformat() <= day <= asked.last.isoformat()}
    for day in sorted(told)[-DAYS_TOLD:]:
        context.log_event(dg.AssetMaterialization(key_of(contract), partition=day))
    if len(told) > DAYS_TOLD:
        context.log.info(f"{len(told) - DAYS_TOLD} older days are built too; Dagster hears of {DAYS_TOLD} days a run")
