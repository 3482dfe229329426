"""When the demo's posts happen: weekday and hour-of-day rhythm in the reporting zone, and over-dispersed daily counts.

Counts are negative binomial (a Poisson whose rate is gamma distributed), because real mention counts vary far more than
Poisson counts do.
"""

import math
import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAYS = 56
LATE_UNTIL_DAY = 49
"""Days before this index belong to the first delivery (batch 1), the last week to the second (batch 2)."""
WEEKDAY_FACTOR = (1.08, 1.12, 1.14, 1.08, 1.02, 0.76, 0.80)
DISPERSION = 9.0
"""Shape of the gamma: the variance of a day's count is m + m² / 9."""
_WORKDAY_HOURS = (2, 1, 1, 1, 1, 3, 8, 15, 19, 16, 13, 12, 16, 15, 12, 11, 12, 15, 19, 21, 23, 20, 12, 6)
_WEEKEND_HOURS = (5, 3, 2, 1, 1, 1, 3, 6, 11, 17, 20, 19, 16, 14, 14, 14, 13, 14, 16, 18, 19, 16, 12, 8)
_SPIKE_HOURS = (0, 0, 0, 0, 0, 0, 0, 1, 4, 22, 34, 30, 24, 19, 16, 13, 11, 9, 8, 7, 6, 4, 3, 2)


def first_day(end: date) -> date:
    """Return the Monday on which the eight weeks that end on Sunday `end` begin."""
    if end.weekday() != 6:
        raise ValueError(f"The demo covers whole weeks, so it must end on a Sunday; {end} is a {end:%A}.")
    return end - timedelta(days=DAYS - 1)


def poisson(rng: random.Random, rate: float) -> int:
    """Return a Poisson count (Knuth's product method, large rates split in halves)."""
    if rate > 30:
        return poisson(rng, rate / 2) + poisson(rng, rate / 2)
    limit, product, count = math.exp(-rate), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def daily_count(rng: random.Random, mean: float, day: date) -> int:
    """Return an over-dispersed count of one day whose mean follows the weekday."""
    rate = mean * WEEKDAY_FACTOR[day.weekday()]
    return poisson(rng, rng.gammavariate(DISPERSION, rate / DISPERSION))


def moment(rng: random.Random, day: date, zone: ZoneInfo, *, is_spike: bool = False) -> datetime:
    """Return a UTC instant, whole seconds, inside the local day, more likely in busy hours."""
    hours = _SPIKE_HOURS if is_spike else _WEEKEND_HOURS if day.weekday() >= 5 else _WORKDAY_HOURS
    hour = rng.choices(range(24), weights=hours)[0]
    local = datetime(day.year, day.month, day.day, hour, rng.randrange(60), rng.randrange(60), tzinfo=zone)
    return local.astimezone(UTC)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day of an instant in a zone."""
    return at.astimezone(zone).date()


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return the UTC instant at which a local day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
