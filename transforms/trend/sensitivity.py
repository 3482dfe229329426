"""How honest the watch is about each series: alerts it raises by chance in a year, and what it would see."""

import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import polars as pl

from transforms.trend.params import DEFAULTS, TrendParams
from transforms.trend.simulate import UPLIFTS, expected_false_alarms
from transforms.trend.watched import ALL, KEYS, METRICS, SERIES, TIME, Metric, platform_slices, topic_slices

MIN_DAYS = 14
"""Days of known history below which a series' habits are not known well enough to simulate them."""
HISTORY_DAYS = 56
"""Two to eight weeks tell the habits; older ones are out of date."""
MAX_SERIES = 60
"""Largest series of a brand that are simulated: the cost of a run stays bounded whatever is declared."""
YEARS, TRIALS = 4, 40
POWERS = tuple(f"power_{round(100 * uplift)}_ratio" for uplift in UPLIFTS)
FIGURES = ("expected_false_alarm_count", *POWERS)


def series_figures(volume: pl.DataFrame, topics: pl.DataFrame, params: TrendParams = DEFAULTS) -> pl.DataFrame:
    """One row per simulated series of one brand: SERIES and FIGURES, the same in every run over the same hours.

    `volume` and `topics` as for `watch_brand`. Simulated are mentions (also de-duplicated) and authors of the brand
    as a whole, and its mentions by platform and by topic, the largest first; engagement and shares follow no count
    model and are not. False alarms are those of the series alone: the control among many series only lowers them.
    """
    platforms = platform_slices(volume)
    cuts = [(rows, metric) for rows in (platforms, topic_slices(topics, platforms, params)) for metric in METRICS]
    parts = [part for rows, metric in cuts for part in _histories(rows, metric, params)]
    parts.sort(key=lambda part: -float(part["value"].sum()))
    # Each series draws from a seed of its own, so the order in which they are done does not matter.
    with ThreadPoolExecutor(pl.thread_pool_size()) as threads:
        rows = list(threads.map(lambda part: _figures(part, params), parts[:MAX_SERIES]))
    schema = dict.fromkeys(SERIES, pl.String()) | {"is_deduplicated": pl.Boolean()}
    return pl.DataFrame(rows, schema=schema | dict.fromkeys(FIGURES, pl.Float64()), orient="row").sort(SERIES)


def _histories(rows: pl.DataFrame, metric: Metric, params: TrendParams) -> list[pl.DataFrame]:
    """The known hours of each series to simulate: SERIES, timestamp, value."""
    if metric.whole is not None or metric.is_heavy_tailed or not rows.height:
        return []
    is_whole = (pl.col("platform_code") == ALL) & (pl.col("topic_id") == ALL)
    wanted = pl.lit(True) if metric == METRICS[0] else is_whole
    since = rows[TIME].max() - timedelta(days=HISTORY_DAYS)  # type: ignore[operator]
    known = rows.filter(wanted, pl.col(TIME) >= pl.col("known_from_at"), pl.col(TIME) > since).select(
        *KEYS,
        pl.lit(metric.metric_code).alias("metric_code"),
        pl.lit(metric.is_deduplicated).alias("is_deduplicated"),
        timestamp=TIME,
        value=pl.col(metric.count),
    )
    parts = known.partition_by(*KEYS, maintain_order=True) if known.height else []
    least = params.min_history_count / params.history_days / 24
    return [part for part in parts if part.height >= 24 * MIN_DAYS and part["value"].sum() >= part.height * least]


def _figures(part: pl.DataFrame, params: TrendParams) -> tuple[object, ...]:
    series = part.select(SERIES).row(0)
    seed = zlib.crc32("\x1f".join(map(str, series)).encode())
    told = expected_false_alarms(part.select("timestamp", "value"), params, years=YEARS, trials=TRIALS, seed=seed)
    return (*series, told["false_alarms_per_year"], *(told[name] for name in POWERS))
