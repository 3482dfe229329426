"""The watch over a brand: every metric of every slice judged at once, false discoveries controlled, spikes told."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from transforms.trend.detect import STATUS_CODES, grid_of
from transforms.trend.discovery import discoveries_in_families
from transforms.trend.layout import HOUR_US, Laid, lay_out
from transforms.trend.params import DEFAULTS, TrendParams
from transforms.trend.share import judge_shares
from transforms.trend.signals import HOUR, announce, believe, judge_all
from transforms.trend.spikes import INTERVAL_QUANTILE, spikes
from transforms.trend.watched import KEYS, METRICS, SERIES, TIME, Metric, enough, platform_slices, topic_slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

OK = STATUS_CODES.index("ok")


class Watch(NamedTuple):
    """`signals` (one row per hour and series), `spikes` and `series` (one row per series) of one brand."""

    signals: pl.DataFrame
    spikes: pl.DataFrame
    series: pl.DataFrame


@dataclass(slots=True)
class _Judged:
    """One metric over one cut of a brand: a family of series, a question."""

    metric: Metric
    rows: pl.DataFrame
    laid: Laid
    score: "Numbers"
    burst: "Numbers"
    expected: "Numbers"
    low: "Numbers"
    high: "Numbers"
    status: "NDArray[np.int8]"


def watch_brand(
    volume: pl.DataFrame, topics: pl.DataFrame, params: TrendParams = DEFAULTS, *, as_of: datetime | None
) -> Watch:
    """Judge mentions, de-duplicated mentions, authors, engagement and negative shares of one brand.

    `volume` holds the brand's rows of `mart.mention_volume_hourly`, `topics` those of `mart.topic_volume_hourly`. The
    volume of mentions by platform is the headline: judged as by `trend_signals`, whatever else is watched. Every
    other metric by platform, and every metric by topic, is a further question; among those questions and their series
    false discoveries are controlled by the hour (`discoveries_in_families`), at the same rate.

    `signals` has the columns of `mart.trend_signal_hourly`: every hour of the headline, of other series the days of
    their spikes and the day before. `spikes` are those of `spikes(details=True)` with the columns of SERIES; `series`
    has SERIES, series_status_code, known_from_at, judged_hour_count, daily_mean_count and alert_count.
    """
    by_platform = platform_slices(volume)
    by_topic = topic_slices(topics, by_platform, params)
    cuts = [by_platform, *([by_topic] if by_topic.height else [])]
    judged = [_judge(rows, metric, params, as_of) for rows in cuts for metric in METRICS]
    believed = [believe(judged[0].laid, judged[0].score, judged[0].status, ["brand_id"], params)]
    believed += _believed(judged[1:], params)
    context = pl.concat(cuts)
    told = [
        _told(part, flags, context, params, is_headline=n == 0)
        for n, (part, flags) in enumerate(zip(judged, believed, strict=True))
    ]
    unwatched = _unwatched(topics, by_topic)
    return Watch(
        pl.concat([part.signals for part in told]),
        pl.concat([part.spikes for part in told]),
        pl.concat([*(part.series for part in told), unwatched]).sort(SERIES),
    )


def _judge(rows: pl.DataFrame, metric: Metric, params: TrendParams, as_of: datetime | None) -> _Judged:
    """Hours before the history is known are unknown, those of headline series and of others alike."""
    known = pl.col(TIME) >= pl.col("known_from_at")
    names = [name for name in (metric.count, metric.whole) if name]
    masked = rows.with_columns(pl.when(known).then(pl.col(name)).alias(name) for name in names)
    grid = grid_of(params, HOUR)
    if metric.whole is None:
        laid = lay_out(masked, KEYS, metric.count, TIME, as_of, None)
        out, _, status = judge_all(laid, grid)
        expected, low, high = out[3:6]
        if metric.is_heavy_tailed:
            laid.values = np.sqrt(laid.values)
            out, _, status = judge_all(laid, grid)
        return _Judged(metric, rows, laid, out[0], out[6], expected, low, high, status)
    laid, usual, score, _, status = judge_shares(masked, params, as_of, metric.count, metric.whole, TIME, KEYS)
    low, high = _chance_band(usual, laid.values)
    return _Judged(metric, rows, laid, score, score, usual * laid.values, low, high, status)


def _chance_band(usual: "Numbers", wholes: "Numbers") -> "tuple[Numbers, Numbers]":
    """Band that holds 90 % of the parts of `wholes` by chance alone, in arcsine roots (Anscombe 1948)."""
    angle = np.arcsin(np.sqrt(usual))
    reach = INTERVAL_QUANTILE * 0.5 / np.sqrt(wholes + 0.5)
    low, high = np.clip(angle - reach, 0.0, None), np.clip(angle + reach, None, np.pi / 2)
    return np.sin(low) ** 2 * wholes, np.sin(high) ** 2 * wholes


def _believed(judged: list[_Judged], params: TrendParams) -> "list[NDArray[np.bool_]]":
    """For each family, which places of its layout carry an alert-level score that survives."""
    if not judged:
        return []
    first = min(int(part.laid.instants.min()) for part in judged) // HOUR_US
    hours = [part.laid.instants // HOUR_US - first for part in judged]
    size = max(int(hour.max()) for hour in hours) + 1
    tested = np.zeros((len(judged), size), dtype=np.int64)
    reached = []
    for family, (part, hour) in enumerate(zip(judged, hours, strict=True)):
        at = part.laid.places
        is_judged = (part.status[at] == OK) & part.laid.complete
        tested[family] = np.bincount(hour[is_judged], minlength=size)
        reached.append(np.flatnonzero(is_judged & (part.score[at] >= params.alert_score)))
    asked = (tested > 0).sum(axis=0)
    candidates = pl.concat(
        pl.DataFrame(
            {
                "hour": hours[family][rows],
                "family": np.full(rows.size, family),
                "signal_score": part.score[part.laid.places[rows]],
                "tested": tested[family][hours[family][rows]],
                "families": asked[hours[family][rows]],
            }
        )
        for family, (part, rows) in enumerate(zip(judged, reached, strict=True))
    )
    flags = discoveries_in_families(candidates, rate=params.false_discovery_ratio).to_numpy()
    believed, begin = [], 0
    for part, rows in zip(judged, reached, strict=True):
        mine = np.zeros(part.score.size, dtype=np.bool_)
        mine[part.laid.places[rows[flags[begin : begin + rows.size]]]] = True
        begin += rows.size
        believed.append(mine)
    return believed


def _told(
    part: _Judged, believed: "NDArray[np.bool_]", context: pl.DataFrame, params: TrendParams, *, is_headline: bool
) -> Watch:
    """Alerts, spikes and series of one family; `context` has the counts that severity looks at."""
    grid = grid_of(params, HOUR)
    score, burst = np.where(believed, part.score, np.nan), np.where(believed, part.burst, np.nan)
    alerts = announce(part.laid, score, burst, grid)
    at = part.laid.places
    codes = np.where(part.laid.complete, part.status[at], STATUS_CODES.index("incomplete")).astype(np.uint32)
    is_young = ~(pl.col(TIME) >= pl.col("known_from_at")).fill_null(False)
    status = pl.Series("signal_status_code", STATUS_CODES).gather(codes)
    rows = part.rows.select(
        *("mention_date", TIME, *KEYS, "mention_count", "known_from_at"), watched_count=pl.col(part.metric.count)
    ).with_columns(
        pl.lit(part.metric.metric_code).alias("metric_code"),
        pl.lit(part.metric.is_deduplicated).alias("is_deduplicated"),
        *(
            pl.Series(name, values[at]).fill_nan(None)
            for name, values in (
                ("expected_count", part.expected),
                ("expected_low_count", part.low),
                ("expected_high_count", part.high),
                ("signal_score", part.score),
            )
        ),
        pl.Series("is_alert", alerts[at]),
        pl.when(is_young).then(pl.lit("not_enough_data")).otherwise(status).alias("signal_status_code"),
    )
    found = spikes(
        rows, context, params, value="watched_count", keys=SERIES, per_mention=part.metric.per_mention, details=True
    )
    if part.metric.metric_code != "mention_count":
        # Only volume can be a crisis: the same hours of the volume carry it.
        found = found.with_columns(severity_code=pl.col("severity_code").replace({"crisis": "high"}))
    signals = rows.drop("known_from_at") if is_headline else _around(rows.drop("known_from_at"), found)
    return Watch(signals, found, _series(rows, params))


def _around(rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The rows of the days in which a spike lived, and of the day before."""
    touched = rows.join(
        found.select(*SERIES, "started_at", "ended_at"), on=list(SERIES), how="inner", nulls_equal=True
    ).filter(pl.col(TIME) >= pl.col("started_at"), (pl.col(TIME) < pl.col("ended_at")).fill_null(True))
    days = touched.select(*SERIES, "mention_date").unique()
    before = days.with_columns(pl.col("mention_date") - pl.duration(days=1))
    kept = pl.concat([days, before]).unique()
    return rows.join(kept, on=[*SERIES, "mention_date"], how="semi", nulls_equal=True)


def _series(rows: pl.DataFrame, params: TrendParams) -> pl.DataFrame:
    """One row per series of a family."""
    counts = rows.group_by(SERIES).agg(
        known_from_at=pl.col("known_from_at").first(),
        judged_hour_count=(pl.col("signal_status_code") == "ok").sum().cast(pl.Int64),
        daily_mean_count=24 * pl.col("watched_count").filter(pl.col(TIME) >= pl.col("known_from_at")).mean(),
        alert_count=pl.col("is_alert").sum().cast(pl.Int64),
    )
    active = enough(rows.select("mention_date", *KEYS, "mention_count"), list(KEYS), params)
    is_active = pl.struct(KEYS).is_in(active.select(pl.struct(KEYS)).to_series().implode())
    is_ok = is_active & (pl.col("judged_hour_count") > 0)
    status = pl.when(is_ok).then(pl.lit("ok")).otherwise(pl.lit("not_enough_data"))
    return counts.with_columns(series_status_code=status).select(*_SERIES_COLUMNS)


_SERIES_COLUMNS = (
    *SERIES, "series_status_code", "known_from_at", "judged_hour_count", "daily_mean_count", "alert_count",
)  # fmt: skip


def _unwatched(topics: pl.DataFrame, watched: pl.DataFrame) -> pl.DataFrame:
    """One statement for each series of the topics too rare to be watched."""
    rare = topics.select("brand_id", "topic_id").unique().join(watched, on=["brand_id", "topic_id"], how="anti")
    metrics = pl.DataFrame(
        {
            "metric_code": [metric.metric_code for metric in METRICS],
            "is_deduplicated": [metric.is_deduplicated for metric in METRICS],
        }
    )
    return rare.join(metrics, how="cross").select(
        pl.lit("all").alias("platform_code"),
        *SERIES[1:],
        series_status_code=pl.lit("not_enough_data"),
        known_from_at=pl.lit(None, dtype=watched.schema["known_from_at"]),
        judged_hour_count=pl.lit(0, dtype=pl.Int64),
        daily_mean_count=pl.lit(None, dtype=pl.Float64),
        alert_count=pl.lit(0, dtype=pl.Int64),
    )
