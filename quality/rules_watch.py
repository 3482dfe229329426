"""Rules for the watch: signals that meet the volumes, alerts and spikes that are there and add up."""

import polars as pl

from quality.context import AuditContext
from quality.rule import (
    Finding,
    Frames,
    Rule,
    beyond,
    difference_detail,
    differing,
    found,
    rule,
)
from warehouse.tables import mart

VOLUME, TREND, SPIKE = mart.MENTION_VOLUME_HOURLY, mart.TREND_SIGNAL_HOURLY, mart.SPIKE
SERIES = ("platform_code", "brand_id")
HOUR_KEY = ("mention_hour_at", *SERIES)
WATCHED = (*SERIES, "topic_id", "metric_code", "is_deduplicated")
WATCHED_KEY = ("mention_hour_at", *WATCHED)
RELATIVE = 1e-6


def _headline(rows: pl.DataFrame) -> pl.DataFrame:
    """Mentions of brands by platform, raw and whatever the topic: the series that have every hour."""
    is_headline = (
        (pl.col("metric_code") == "mention_count") & ~pl.col("is_deduplicated") & (pl.col("topic_id") == "all")
    )
    return rows.filter(is_headline)


def _trend_meets_volume(frames: Frames, _: AuditContext) -> Finding:
    trend, volume = _headline(frames[TREND.name]), frames[VOLUME.name]
    wrong = differing(trend, volume, HOUR_KEY, "mention_count")
    # `differing` takes a missing hour for zero; here every hour must be there, quiet or not.
    absent = pl.concat(
        [
            volume.join(trend, on=HOUR_KEY, how="anti").select(HOUR_KEY),
            trend.join(volume, on=HOUR_KEY, how="anti").select(HOUR_KEY),
        ]
    )
    rows = pl.concat([wrong.select(HOUR_KEY), absent]).unique().sort(HOUR_KEY)
    return found(rows, volume.height, "hours differ from mention_volume_hourly", f"{absent.height:,} only in one table")


def _band_holds_expected(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[TREND.name]
    low, expected, high = (pl.col(f"expected_{part}") for part in ("low_count", "count", "high_count"))
    wrong = rows.filter(((low > expected + 1e-6) | (expected > high + 1e-6) | (low > high + 1e-6)).fill_null(False))
    return found(wrong.sort(WATCHED_KEY), rows.height, "hours whose band does not hold the expected count")


def _alerts_are_known(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[TREND.name]
    alerts = rows.filter(pl.col("is_alert"))
    wrong = alerts.filter((pl.col("signal_status_code") != "ok") | pl.col("signal_score").is_null())
    return found(wrong.sort(WATCHED_KEY), alerts.height, "alerts at hours of which nothing can be said")


def _spike_starts_at_alert(frames: Frames, _: AuditContext) -> Finding:
    spikes = frames[SPIKE.name]
    alerts = frames[TREND.name].filter(pl.col("is_alert")).select(*WATCHED, started_at="mention_hour_at")
    wrong = spikes.join(alerts, on=[*WATCHED, "started_at"], how="anti")
    return found(wrong.sort("spike_id"), spikes.height, "spikes that start at no alert of their series")


def _spike_times_in_order(frames: Frames, _: AuditContext) -> Finding:
    spikes = frames[SPIKE.name]
    started, peak, ended = pl.col("started_at"), pl.col("peak_at"), pl.col("ended_at")
    is_open, is_closed = pl.col("spike_state_code") == "open", pl.col("spike_state_code") == "closed"
    by_data = pl.col("state_set_at").is_null()
    wrong = spikes.filter(
        (started > peak)
        | (peak >= ended).fill_null(False)
        | (by_data & (is_closed != ended.is_not_null()))
        | (~is_open & ~is_closed & ended.is_not_null())
        | (~is_open & ~is_closed & by_data)
    )
    return found(wrong.sort("spike_id"), spikes.height, "spikes whose start, peak, end and state contradict each other")


def _spike_numbers(frames: Frames, _: AuditContext) -> Finding:
    spikes = frames[SPIKE.name]
    observed, expected = pl.col("observed_count"), pl.col("expected_count")
    wrong = spikes.filter(
        beyond(pl.col("excess_count"), observed - expected, RELATIVE)
        | beyond(pl.col("spike_ratio"), pl.when(expected > 0).then(observed / expected), RELATIVE)
    )
    return found(
        wrong.sort("spike_id"), spikes.height, "spikes whose excess or ratio does not follow from their counts"
    )


def _spike_meets_volume(frames: Frames, _: AuditContext) -> Finding:
    spikes = _headline(frames[SPIKE.name])
    hours = frames[VOLUME.name].select(*HOUR_KEY, "mention_count")
    inside = spikes.join(hours, on=SERIES, how="inner").filter(
        (pl.col("mention_hour_at") >= pl.col("started_at"))
        & (pl.col("mention_hour_at") < pl.col("ended_at")).fill_null(True)
    )
    sums = inside.group_by("spike_id").agg(pl.col("mention_count").sum())
    wrong = differing(spikes, sums, ("spike_id",), "observed_count", "mention_count")
    return found(wrong, spikes.height, "spikes whose mentions are not those of their hours", difference_detail(wrong))


def _spike_meets_watched(frames: Frames, _: AuditContext) -> Finding:
    headline = _headline(frames[SPIKE.name]).select("spike_id")
    spikes = frames[SPIKE.name].join(headline, on="spike_id", how="anti")
    hours = frames[TREND.name].select(*WATCHED_KEY, "watched_count")
    inside = spikes.join(hours, on=WATCHED, how="inner").filter(
        (pl.col("mention_hour_at") >= pl.col("started_at"))
        & (pl.col("mention_hour_at") < pl.col("ended_at")).fill_null(True)
    )
    sums = inside.group_by("spike_id").agg(pl.col("watched_count").sum())
    wrong = differing(spikes, sums, ("spike_id",), "observed_count", "watched_count")
    return found(wrong, spikes.height, "spikes whose counts are not those of their hours", difference_detail(wrong))


def _watched_is_mentions(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[TREND.name]
    watched, mentions = pl.col("watched_count"), pl.col("mention_count")
    is_volume = pl.col("metric_code") == "mention_count"
    wrong = rows.filter(
        (is_volume & ~pl.col("is_deduplicated") & (watched != mentions).fill_null(True))
        | ((pl.col("metric_code") != "engagement_count") & (watched > mentions)).fill_null(True)
    )
    return found(wrong.sort(WATCHED_KEY), rows.height, "hours that count more than their mentions")


RULES: tuple[Rule, ...] = (
    rule(
        TREND,
        "meets_volume",
        "error",
        "For mentions by platform, trend_signal_hourly has the very hours and counts of mention_volume_hourly.",
        "Recompute trend_signal_hourly: it was made before mention_volume_hourly was last changed.",
        {TREND: (*WATCHED_KEY, "mention_count"), VOLUME: (*HOUR_KEY, "mention_count")},
        _trend_meets_volume,
    ),
    rule(
        TREND,
        "band_holds_expected",
        "error",
        "What is usual runs from low over expected to high.",
        "Check the band of the sampled hours of trend_signal_hourly: its ends are crossed or from another model.",
        {TREND: (*WATCHED_KEY, "expected_count", "expected_low_count", "expected_high_count")},
        _band_holds_expected,
    ),
    rule(
        TREND,
        "alerts_are_known",
        "error",
        "An alert stands only at an hour with a score and status ok: gaps and incomplete hours raise nothing.",
        "Look why trend_signal_hourly alerts at the sampled hours although it cannot judge them.",
        {TREND: (*WATCHED_KEY, "signal_score", "is_alert", "signal_status_code")},
        _alerts_are_known,
    ),
    rule(
        SPIKE,
        "starts_at_alert",
        "error",
        "Every spike starts at an alert of trend_signal_hourly for its series.",
        "Recompute spike: it was made from an earlier trend_signal_hourly.",
        {SPIKE: ("spike_id", *WATCHED, "started_at"), TREND: (*WATCHED_KEY, "is_alert")},
        _spike_starts_at_alert,
    ),
    rule(
        SPIKE,
        "times_are_in_order",
        "error",
        "A spike starts, peaks, then ends; closed ones have an end and open ones none, unless a person said otherwise.",
        "Recompute the sampled spikes from the alerts of their series.",
        {SPIKE: ("spike_id", "started_at", "peak_at", "ended_at", "spike_state_code", "state_set_at")},
        _spike_times_in_order,
    ),
    rule(
        SPIKE,
        "numbers_follow",
        "error",
        "excess_count is observed minus expected, spike_ratio observed by expected, null where nothing was expected.",
        "Recompute the sampled spikes by METRICS.md.",
        {SPIKE: ("spike_id", "observed_count", "expected_count", "excess_count", "spike_ratio")},
        _spike_numbers,
    ),
    rule(
        SPIKE,
        "meets_volume",
        "error",
        "Of a spike of mentions by platform, observed_count is the mentions of the hours from its start to its end.",
        "Recompute the sampled spikes: mention_volume_hourly changed after they were found.",
        {
            SPIKE: ("spike_id", *WATCHED, "started_at", "ended_at", "observed_count"),
            VOLUME: (*HOUR_KEY, "mention_count"),
        },
        _spike_meets_volume,
    ),
    rule(
        SPIKE,
        "meets_signals",
        "error",
        "Of any other spike, observed_count is the watched count of the hours from its start to its end.",
        "Recompute the sampled spikes: trend_signal_hourly lacks hours of theirs or changed after they were found.",
        {
            SPIKE: ("spike_id", *WATCHED, "started_at", "ended_at", "observed_count"),
            TREND: (*WATCHED_KEY, "watched_count"),
        },
        _spike_meets_watched,
    ),
    rule(
        TREND,
        "watched_within_mentions",
        "error",
        "The watched count of mentions is the mentions; clusters, authors and negative mentions are never more.",
        "Look which count the sampled series of trend_signal_hourly were made from.",
        {TREND: (*WATCHED_KEY, "mention_count", "watched_count")},
        _watched_is_mentions,
    ),
)
