"""The mutation table, second part: the hourly tables and spikes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from tests.unit.quality_corruptions import Corruption, at, case, dropping, in_order, more, putting
from tests.unit.quality_tables import DAYS, Tables
from warehouse.tables import mart

VOLUME, TREND, SPIKE = mart.MENTION_VOLUME_HOURLY, mart.TREND_SIGNAL_HOURLY, mart.SPIKE
# An hour of DAYS[4] in which nobody posts.
QUIET = at(mention_hour_at=datetime(2024, 3, 26, 11, tzinfo=UTC), brand_id="acme")
QUIET_X, QUIET_ALL = QUIET & at(platform_code="x"), QUIET & at(platform_code="all")
COIL_NEWS = at(platform_code="news", brand_id="coil")
# The first hour of the day on which the clocks go forward.
CLOCK_CHANGE = COIL_NEWS & at(mention_hour_at=datetime(2024, 3, 30, 23, tzinfo=UTC))
AUTHORS = at(metric_code="distinct_author_count")
SPIKES = at(spike_id="acme-all-1")


def _hours(where: pl.Expr, **values: Any) -> Callable[[Tables], Tables]:
    """The same change in mention_volume_hourly and trend_signal_hourly."""
    watched = {"watched_count": values["mention_count"]} if "mention_count" in values else {}
    return in_order(putting(VOLUME, where, **values), putting(TREND, where, **values, **watched))


def _hours_gone(where: pl.Expr) -> Callable[[Tables], Tables]:
    return in_order(dropping(VOLUME, where), dropping(TREND, where))


CORRUPTIONS: tuple[Corruption, ...] = (
    case(VOLUME, "calendar_is_complete", "a quiet hour is missing", _hours_gone(QUIET_X)),
    case(
        VOLUME,
        "calendar_is_complete",
        "an hour stands on the day before, by a clock that had not changed",
        _hours(CLOCK_CHANGE, mention_date=DAYS[8]),
    ),
    case(VOLUME, "series_are_complete", "a silent brand has no series", _hours_gone(COIL_NEWS)),
    case(VOLUME, "series_are_complete", "a series is given to a stranger", _hours(COIL_NEWS, brand_id="dyno")),
    case(
        VOLUME, "hours_add_up_to_days", "an hour has a mention too many", _hours(QUIET_X | QUIET_ALL, mention_count=1)
    ),
    case(
        VOLUME, "all_is_sum_of_platforms", "a total has a mention no platform has", _hours(QUIET_ALL, mention_count=1)
    ),
    case(VOLUME, "parts_within_mentions", "authors in a quiet hour", putting(VOLUME, QUIET_X, distinct_author_count=1)),
    case(VOLUME, "parts_within_mentions", "clusters in a quiet hour", putting(VOLUME, QUIET_X, deduplicated_count=1)),
    case(
        VOLUME,
        "parts_within_mentions",
        "anger in a quiet hour",
        putting(VOLUME, QUIET_X | QUIET_ALL, negative_count=1),
    ),
    case(
        TREND,
        "meets_volume",
        "a count is from another run",
        putting(TREND, QUIET_X, mention_count=7, watched_count=7),
    ),
    case(
        TREND,
        "watched_within_mentions",
        "authors without a mention",
        putting(TREND, AUTHORS & (pl.col("mention_count") == 0), watched_count=1),
    ),
    case(TREND, "meets_volume", "a quiet hour is not judged", dropping(TREND, QUIET_X)),
    case(TREND, "band_holds_expected", "the band starts too high", putting(TREND, QUIET_X, expected_low_count=1.0)),
    case(TREND, "band_holds_expected", "the band ends too low", putting(TREND, QUIET_X, expected_high_count=0.1)),
    case(
        TREND,
        "alerts_are_known",
        "an alert at an hour that is not complete",
        putting(TREND, pl.col("is_alert"), signal_status_code="incomplete"),
    ),
    case(TREND, "alerts_are_known", "an alert without a score", putting(TREND, pl.col("is_alert"), signal_score=None)),
    case(SPIKE, "starts_at_alert", "the alert of a spike is gone", putting(TREND, pl.col("is_alert"), is_alert=False)),
    case(
        SPIKE,
        "times_are_in_order",
        "a spike peaks before it starts",
        putting(SPIKE, SPIKES, peak_at=pl.col("started_at") - timedelta(hours=1)),
    ),
    case(
        SPIKE,
        "times_are_in_order",
        "a spike peaks when it has ended",
        putting(SPIKE, SPIKES, peak_at=pl.col("ended_at")),
    ),
    case(SPIKE, "times_are_in_order", "a spike that ended is open", putting(SPIKE, SPIKES, spike_state_code="open")),
    case(SPIKE, "numbers_follow", "the excess is made up", putting(SPIKE, SPIKES, excess_count=more("excess_count"))),
    case(
        SPIKE,
        "numbers_follow",
        "a ratio to nothing expected",
        putting(SPIKE, SPIKES, expected_count=0.0, excess_count=2.0),
    ),
    case(
        SPIKE,
        "meets_volume",
        "a spike counts a mention its hours do not have",
        putting(SPIKE, SPIKES, observed_count=3, excess_count=2.5, spike_ratio=6.0),
    ),
    case(
        SPIKE,
        "meets_signals",
        "a spike of authors counts one its hours do not have",
        putting(SPIKE, at(spike_id="acme-all-2"), observed_count=7, excess_count=6.5, spike_ratio=14.0),
    ),
)
