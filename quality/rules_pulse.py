"""Rules for the hourly tables and spikes: complete calendar, hours add up to days, alerts and spikes that are there."""

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
    of_platforms,
    platforms_against_all,
    rule,
)
from transforms.marts.volume import hour_calendar
from warehouse.tables import mart

VOLUME, TREND, SPIKE = mart.MENTION_VOLUME_HOURLY, mart.TREND_SIGNAL_HOURLY, mart.SPIKE
VOICE = mart.SHARE_OF_VOICE_DAILY
SERIES = ("platform_code", "brand_id")
HOUR_KEY = ("mention_hour_at", *SERIES)
DAY_KEY = ("mention_date", *SERIES)
RELATIVE = 1e-6


def _calendar_is_complete(frames: Frames, context: AuditContext) -> Finding:
    """A wrong calendar would hide here, but not from `hours_add_up_to_days`: its mentions would be missing there."""
    rows = frames[VOLUME.name].select("mention_date", *HOUR_KEY)
    days = frames[VOICE.name]["mention_date"].unique().sort().to_list()
    series = rows.select(SERIES).unique()
    expected = hour_calendar(days, context.reporting_zone).join(series, how="cross").select("mention_date", *HOUR_KEY)
    on = ("mention_date", *HOUR_KEY)
    missing, foreign = expected.join(rows, on=on, how="anti"), rows.join(expected, on=on, how="anti")
    wrong = pl.concat([missing, foreign]).sort(HOUR_KEY)
    detail = f"{missing.height:,} missing, {foreign.height:,} outside the covered days of the reporting zone"
    return found(wrong, expected.height, "hours of the calendar", detail)


def _series_are_complete(frames: Frames, context: AuditContext) -> Finding:
    rows = frames[VOLUME.name].select(SERIES).unique()
    brands = pl.DataFrame({"brand_id": context.brand_ids}, schema={"brand_id": pl.String})
    platforms = pl.concat([rows.select("platform_code"), frames[VOICE.name].select("platform_code")]).unique()
    expected = platforms.join(brands, how="cross").select(SERIES)
    missing, foreign = expected.join(rows, on=SERIES, how="anti"), rows.join(expected, on=SERIES, how="anti")
    detail = f"{missing.height:,} missing, {foreign.height:,} of brands outside the panel"
    return found(pl.concat([missing, foreign]).sort(SERIES), expected.height, "series", detail)


def _hours_add_up(frames: Frames, _: AuditContext) -> Finding:
    by_day = of_platforms(frames[VOLUME.name]).group_by(DAY_KEY).agg(pl.col("mention_count").sum())
    wrong = differing(by_day, of_platforms(frames[VOICE.name]), DAY_KEY, "mention_count")
    return found(wrong, by_day.height, "days whose hours miss share_of_voice_daily", difference_detail(wrong))


def _volume_all_is_sum(frames: Frames, _: AuditContext) -> Finding:
    counts = ("mention_count", "negative_count", "unscored_count")
    wrong = platforms_against_all(frames[VOLUME.name], ("mention_hour_at", "brand_id"), counts)
    return found(wrong, frames[VOLUME.name].height, "counts where 'all' is not the sum", difference_detail(wrong))


def _parts_within_volume(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[VOLUME.name]
    mentions = pl.col("mention_count")
    wrong = rows.filter(
        (pl.col("deduplicated_count") > mentions)
        | (pl.col("distinct_author_count") > mentions)
        | (pl.col("negative_count") + pl.col("unscored_count") > mentions)
    )
    return found(wrong.sort(HOUR_KEY), rows.height, "hours with more parts than mentions")


def _trend_meets_volume(frames: Frames, _: AuditContext) -> Finding:
    trend, volume = frames[TREND.name], frames[VOLUME.name]
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
    return found(wrong.sort(HOUR_KEY), rows.height, "hours whose band does not hold the expected count")


def _alerts_are_known(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[TREND.name]
    alerts = rows.filter(pl.col("is_alert"))
    wrong = alerts.filter((pl.col("signal_status_code") != "ok") | pl.col("signal_score").is_null())
    return found(wrong.sort(HOUR_KEY), alerts.height, "alerts at hours of which nothing can be said")


def _spike_starts_at_alert(frames: Frames, _: AuditContext) -> Finding:
    spikes = frames[SPIKE.name]
    alerts = frames[TREND.name].filter(pl.col("is_alert")).select(*SERIES, started_at="mention_hour_at")
    wrong = spikes.join(alerts, on=[*SERIES, "started_at"], how="anti")
    return found(wrong.sort("spike_id"), spikes.height, "spikes that start at no alert of their series")


def _spike_times_in_order(frames: Frames, _: AuditContext) -> Finding:
    spikes = frames[SPIKE.name]
    started, peak, ended = pl.col("started_at"), pl.col("peak_at"), pl.col("ended_at")
    is_open, is_closed = pl.col("spike_state_code") == "open", pl.col("spike_state_code") == "closed"
    wrong = spikes.filter(
        (started > peak)
        | (peak >= ended).fill_null(False)
        | (is_closed & ended.is_null())
        | (is_open & ended.is_not_null())
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
    spikes = frames[SPIKE.name]
    hours = frames[VOLUME.name].select(*HOUR_KEY, "mention_count")
    inside = spikes.join(hours, on=SERIES, how="inner").filter(
        (pl.col("mention_hour_at") >= pl.col("started_at"))
        & (pl.col("mention_hour_at") < pl.col("ended_at")).fill_null(True)
    )
    sums = inside.group_by("spike_id").agg(pl.col("mention_count").sum())
    wrong = differing(spikes, sums, ("spike_id",), "observed_count", "mention_count")
    return found(wrong, spikes.height, "spikes whose mentions are not those of their hours", difference_detail(wrong))


RULES: tuple[Rule, ...] = (
    rule(
        VOLUME,
        "calendar_is_complete",
        "error",
        "Every hour of every covered day is a row, quiet or not, for each platform and brand of the table.",
        "Rebuild the sampled days of mention_volume_hourly; its days must be those of share_of_voice_daily.",
        {VOLUME: ("mention_date", *HOUR_KEY), VOICE: ("mention_date",)},
        _calendar_is_complete,
    ),
    rule(
        VOLUME,
        "series_are_complete",
        "error",
        "Every platform of the release has one series for each brand of the panel, and for no other brand.",
        "Rebuild mention_volume_hourly whole: a brand or platform came or went after its days were computed.",
        {VOLUME: SERIES, VOICE: ("platform_code",)},
        _series_are_complete,
    ),
    rule(
        VOLUME,
        "hours_add_up_to_days",
        "error",
        "On every platform the hours of a day add up to mention_count of share_of_voice_daily.",
        "Rebuild the sampled days: mention_volume_hourly and share_of_voice_daily were made from different rows.",
        {VOLUME: (*DAY_KEY, "mention_count"), VOICE: (*DAY_KEY, "mention_count")},
        _hours_add_up,
    ),
    rule(
        VOLUME,
        "all_is_sum_of_platforms",
        "error",
        "Mentions, negative and unscored of platform 'all' are the sums over the platforms.",
        "Rebuild the sampled hours' days of mention_volume_hourly: a platform's rows are missing or stale.",
        {VOLUME: (*HOUR_KEY, "mention_count", "negative_count", "unscored_count")},
        _volume_all_is_sum,
    ),
    rule(
        VOLUME,
        "parts_within_mentions",
        "error",
        "Clusters, authors, and negative with unscored mentions are never more than the mentions of the hour.",
        "Look for a join that multiplies rows before they are counted in mention_volume_hourly.",
        {
            VOLUME: (
                *(*HOUR_KEY, "mention_count", "deduplicated_count"),
                *("negative_count", "unscored_count", "distinct_author_count"),
            )
        },
        _parts_within_volume,
    ),
    rule(
        TREND,
        "meets_volume",
        "error",
        "trend_signal_hourly has the very hours and counts of mention_volume_hourly.",
        "Recompute trend_signal_hourly: it was made before mention_volume_hourly was last changed.",
        {TREND: (*HOUR_KEY, "mention_count"), VOLUME: (*HOUR_KEY, "mention_count")},
        _trend_meets_volume,
    ),
    rule(
        TREND,
        "band_holds_expected",
        "error",
        "What is usual runs from low over expected to high.",
        "Check the band of the sampled hours of trend_signal_hourly: its ends are crossed or from another model.",
        {TREND: (*HOUR_KEY, "expected_count", "expected_low_count", "expected_high_count")},
        _band_holds_expected,
    ),
    rule(
        TREND,
        "alerts_are_known",
        "error",
        "An alert stands only at an hour with a score and status ok: gaps and incomplete hours raise nothing.",
        "Look why trend_signal_hourly alerts at the sampled hours although it cannot judge them.",
        {TREND: (*HOUR_KEY, "signal_score", "is_alert", "signal_status_code")},
        _alerts_are_known,
    ),
    rule(
        SPIKE,
        "starts_at_alert",
        "error",
        "Every spike starts at an alert of trend_signal_hourly for its brand and platform.",
        "Recompute spike: it was made from an earlier trend_signal_hourly.",
        {SPIKE: ("spike_id", *SERIES, "started_at"), TREND: (*HOUR_KEY, "is_alert")},
        _spike_starts_at_alert,
    ),
    rule(
        SPIKE,
        "times_are_in_order",
        "error",
        "A spike starts, peaks, then ends; a closed one has an end, an open one has none.",
        "Recompute the sampled spikes from the alerts of their series.",
        {SPIKE: ("spike_id", "started_at", "peak_at", "ended_at", "spike_state_code")},
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
        "observed_count is the mentions of the hours from the start of the spike to its end.",
        "Recompute the sampled spikes: mention_volume_hourly changed after they were found.",
        {
            SPIKE: ("spike_id", *SERIES, "started_at", "ended_at", "observed_count"),
            VOLUME: (*HOUR_KEY, "mention_count"),
        },
        _spike_meets_volume,
    ),
)
