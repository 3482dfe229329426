"""Targets against what was reached: value now, where it started, and whether the pace is enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from transforms.marts.kpi_series import MEASURED
from transforms.metrics.interval import ratio
from transforms.metrics.registry import METRICS, Registry
from warehouse.tables.insight import KPI_ATTAINMENT

LOWER_IS_BETTER = frozenset({"backlog", "reply_time", "cpc", "syndication_ratio", "regularity"})


@dataclass(frozen=True)
class KpiTarget:
    """A number to reach for a brand by a day, as declared in listening.yaml."""

    metric_id: str
    brand_id: str
    value: float
    deadline: date


@dataclass(frozen=True)
class KpiParams:
    """Values are taken over `window_days`: the first covered ones are the baseline, the last ones the actual value."""

    window_days: int = 28


def kpi_attainment(
    series: pl.DataFrame,
    targets: Sequence[KpiTarget],
    covered: Sequence[date],
    params: KpiParams = KpiParams(),
    registry: Registry = METRICS,
) -> pl.DataFrame:
    """One row per target: `mart.kpi_attainment`.

    `series` comes from `kpi_series`; `covered` are the days the exports cover. The pace is the straight line from the
    baseline (at the end of its window) to the target at its deadline. A baseline needs a window of its own before the
    actual one; a change of the metric's definition between the two makes them incomparable.
    """
    if not targets:
        return KPI_ATTAINMENT.empty()
    days = sorted(set(covered))
    rows = pl.DataFrame(
        [_row(target, series, days, params, registry) for target in targets], schema=_SCHEMA, orient="row"
    )
    return _judged(rows).select(KPI_ATTAINMENT.schema.names()).sort(KPI_ATTAINMENT.key)


_SCHEMA = pl.Schema(
    {
        "target_id": pl.String,
        "metric_id": pl.String,
        "metric_version": pl.Int64,
        "brand_id": pl.String,
        "target_value": pl.Float64,
        "deadline_date": pl.Date,
        "baseline_date": pl.Date,
        "baseline_value": pl.Float64,
        "as_of_date": pl.Date,
        "actual_value": pl.Float64,
        "is_lower_better": pl.Boolean,
        "problem_code": pl.String,
    }
)


def _row(
    target: KpiTarget, series: pl.DataFrame, days: list[date], params: KpiParams, registry: Registry
) -> tuple[object, ...]:
    is_known = target.metric_id in registry.ids
    version = registry.on(target.metric_id, days[-1]).version if is_known and days else None
    name = f"{target.metric_id}:{target.brand_id}:{target.deadline:%Y-%m-%d}:{target.value:g}"
    lower = target.metric_id in LOWER_IS_BETTER
    head = (name, target.metric_id, version, target.brand_id, target.value, target.deadline)
    if target.metric_id not in MEASURED:
        return (*head, None, None, days[-1] if days else None, None, lower, "not_measured")
    last = min(days[-1], target.deadline) if days else None
    window = timedelta(days=params.window_days - 1)
    if last is None or last - days[0] < 2 * window + timedelta(days=1):
        actual = _value(series, target, last - window, last) if last else None
        return (*head, None, None, last, actual, lower, "not_enough_data")
    start = days[0] + window
    baseline, actual = _value(series, target, days[0], start), _value(series, target, last - window, last)
    is_broken = bool(registry.breaks(target.metric_id, days[0], last))
    missing = "not_enough_data" if baseline is None or actual is None else None
    return (*head, start, baseline, last, actual, lower, "definition_changed" if is_broken else missing)


def _value(series: pl.DataFrame, target: KpiTarget, first: date, last: date) -> float | None:
    """The value of a window by the kind of its metric (see `MEASURED`); None where the window holds nothing of it."""
    mine = series.filter(
        (pl.col("metric_id") == target.metric_id)
        & (pl.col("brand_id") == target.brand_id)
        & pl.col("series_date").is_between(first, last)
    ).sort("series_date", "part_id")
    if mine.is_empty():
        return None
    kind, above, below = MEASURED[target.metric_id], float(mine["numerator"].sum()), float(mine["denominator"].sum())
    if kind == "stock":
        return float(mine["numerator"][-1])
    if kind == "sum":
        return above
    if kind == "growth":
        # Of each account, the audience before the window's first net additions: those are what has grown.
        below = float(mine.unique("part_id", keep="first", maintain_order=True)["denominator"].sum())
    return above / below if below else None


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    baseline, target, actual = pl.col("baseline_value"), pl.col("target_value"), pl.col("actual_value")
    total = (pl.col("deadline_date") - pl.col("baseline_date")).dt.total_days()
    passed = (pl.col("as_of_date") - pl.col("baseline_date")).dt.total_days()
    so_far = pl.when(total > 0).then((passed / total).clip(0.0, 1.0))
    sign = pl.when("is_lower_better").then(-1.0).otherwise(1.0)
    # A target that the baseline had reached already is to be held: no way to go, no way done.
    is_held = (sign * baseline >= sign * target).fill_null(False)
    is_reached = sign * actual >= sign * target
    is_over = pl.col("as_of_date") >= pl.col("deadline_date")
    is_on_pace = sign * actual >= sign * pl.col("expected_value")
    status = (
        pl.when((pl.col("problem_code") == "not_measured") | actual.is_null())
        .then(pl.coalesce("problem_code", pl.lit("not_enough_data")))
        .when(is_over)
        .then(pl.when(is_reached).then(pl.lit("reached")).otherwise(pl.lit("missed")))
        .when(pl.col("problem_code").is_not_null())
        .then(pl.col("problem_code"))
        .when(is_reached & (sign * pl.col("projected_value") < sign * target).fill_null(False))
        .then(pl.lit("at_risk"))
        .when(is_reached)
        .then(pl.lit("reached"))
        .when(is_on_pace & ~is_held)
        .then(pl.lit("on_track"))
        .otherwise(pl.lit("at_risk"))
    )
    moved = pl.when(~is_held).then((actual - baseline) / (target - baseline))
    line = baseline + (target - baseline) * so_far
    return rows.with_columns(
        pl.when(is_held & line.is_not_null()).then(target).otherwise(line).alias("expected_value"),
        (baseline + (actual - baseline) / ratio(passed, total)).alias("projected_value"),
        moved.alias("attainment_ratio"),
    ).with_columns(status.alias("kpi_status_code"))
