"""What is unusual now: causal detection on mention volumes, spikes as events, slow shifts."""

from transforms.trend.calendar import complete_calendar
from transforms.trend.detect import detect
from transforms.trend.params import TrendParams

__all__ = ["TrendParams", "complete_calendar", "detect"]
