"""The detector's settings, each with its unit and the reason for its default. One setting serves every series."""

import math
from dataclasses import dataclass

MIN_COVERAGE_RATIO = 0.5
"""A day of history with less than half of its periods known says too little about that day's peak to be counted."""


@dataclass(frozen=True, slots=True)
class TrendParams:
    """What counts as unusual. Durations are in hours or days, never in rows, so that any step reads them alike.

    The defaults are those of TREND.md, where each is moved by a quarter either way.
    """

    window_hours: tuple[float, ...] = (1.0, 3.0, 24.0)
    """Trailing windows that are summed and judged side by side: a burst, a story, a heavy day."""

    history_days: int = 14
    """Days whose peaks a window is compared with: two of each weekday, short enough to follow growth."""

    min_history_days: int = 3
    """Fewer known days than this is `not_enough_data`."""

    prior_days: float = 4.0
    """Weight, in days, of the assumption below about how much a daily peak varies, against what is observed."""

    prior_sd_ratio: float = 0.15
    """Assumed sd of a daily peak's square root, relative to its mean: an ordinary brand's peak varies by about 30 %."""

    prior_sd_count: float = 1.0
    """Assumed sd of a daily peak's square root for tiny counts; 0.5 is pure Poisson, the rest is over-dispersion."""

    gap_hours: float = 6.0
    """The build-up of an event is not its own baseline: the most recent hours are left out of the history."""

    alert_score: float = 1.8
    """Standard deviations of the daily peak, in square roots, above the mean daily peak."""

    min_alert_count: float = 10.0
    """A window with fewer mentions raises nothing: ten can be read faster than an alert about them."""

    min_history_count: float = 14.0
    """Mentions in the history below which a series is `not_enough_data`: on average one a day in two weeks."""

    cool_down_hours: float = 18.0
    """No second alert this soon; under a day, so that tomorrow's event at the same time of day is heard."""

    calm_hours: float = 6.0
    """An event is over after so many hours below the alert score (a burst: of the windows under a day)."""

    reminder_hours: float = 48.0
    """An event that is still alive after so long is announced again."""

    rearm_ratio: float = 3.0
    """A score so many times the announced one is announced at once: the small spike was only the start."""

    false_discovery_ratio: float = 0.1
    """Expected share of false ones among the series of a family that are believed unusual in one hour (tables only)."""

    coverage_ratio: float = 0.9
    """Nominal share of ordinary values between `expected_low` and `expected_high`."""

    def __post_init__(self) -> None:
        """Refuse settings that would silently judge nothing or everything."""
        positive = (
            "history_days",
            "min_history_days",
            "prior_days",
            "alert_score",
            "cool_down_hours",
            "reminder_hours",
        )
        for name in positive:
            if not getattr(self, name) > 0:
                raise ValueError(f"TrendParams.{name} must be positive, got {getattr(self, name)}")
        if not self.window_hours or not all(hours > 0 and math.isfinite(hours) for hours in self.window_hours):
            raise ValueError(f"TrendParams.window_hours must name positive durations, got {self.window_hours}")
        if self.min_history_days > self.history_days:
            raise ValueError("TrendParams.min_history_days exceeds history_days: nothing could ever be judged")
        for name in ("coverage_ratio", "false_discovery_ratio"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(f"TrendParams.{name} must lie between 0 and 1, got {getattr(self, name)}")


DEFAULTS = TrendParams()
"""The setting that ships and that every published number is measured with."""
