"""How sure a figure is: intervals of shares, and whether a change between two periods is real.

The formulas are those of the release's own tables (transforms/METRICS.md), needed again because a reader may choose
any days and filters; tests hold them to the tables where both exist.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Z = 1.959963984540054
Verdict = Literal["yes", "no", "cannot_tell"]
# A change inside these margins is no change: five points of share or of net sentiment, a tenth of the volume.
SHARE_MARGIN, SENTIMENT_MARGIN, VOLUME_MARGIN = 0.05, 0.05, 0.10
LEAST_VOTES = 10.0
# As in the release's tables: company may narrow an interval to this part of the variance and no further, and a brand's
# company is averaged over its units and these.
_LEAST_VARIANCE, _UNITS_OF_DOUBT = 0.1, 10


@dataclass(frozen=True)
class Change:
    """A difference with its 95 % interval; `verdict` says whether it is real."""

    value: float
    low: float
    high: float
    verdict: Verdict


def wilson(share: float, votes: float) -> tuple[float, float]:
    """Wilson's 95 % score interval (1927) of a share of `votes` independent votes."""
    if votes <= 0:
        return 0.0, 1.0
    centre = share + Z * Z / (2 * votes)
    half = Z * math.sqrt(max(share * (1 - share), 0.0) / votes + Z * Z / (4 * votes * votes))
    scale = 1 + Z * Z / votes
    low = 0.0 if share == 0 else max((centre - half) / scale, 0.0)
    high = 1.0 if share == 1 else min((centre + half) / scale, 1.0)
    return low, high


def effective_votes(share: float, kish: float, company: float, named_with: float) -> float:
    """n_eff: Kish's (1965), over the part of the variance left where units name several brands at once.

    `company` is how many other brands the brand's units name on average, `named_with` the panel's sum of
    share x company.
    """
    variance = share * (1 - share)
    if variance <= 0:
        return kish
    left = variance - 2 * share**2 * company + share**2 * named_with
    return kish / min(max(left / variance, _LEAST_VARIANCE), 1.0)


def company(others: int, units: int) -> float:
    """How many other brands a brand's units name, on average; one post that names two proves no habit."""
    return others / (units + _UNITS_OF_DOUBT)


def share_change(
    now: tuple[float, float, float], before: tuple[float, float, float], votes: tuple[float, float]
) -> Change:
    """The difference of two shares, each (share, low, high): Newcombe's hybrid score interval (1998, method 10)."""
    value = now[0] - before[0]
    low = max(value - math.hypot(now[0] - now[1], before[2] - before[0]), -1.0)
    high = min(value + math.hypot(now[2] - now[0], before[0] - before[1]), 1.0)
    verdict = _verdict(low, high, SHARE_MARGIN) if min(votes) >= LEAST_VOTES else "cannot_tell"
    return Change(value, low, high, verdict)


def volume_change(now: Sequence[int], before: Sequence[int]) -> Change | None:
    """The relative change of a count from its daily counts in two periods of equal length; None without a base.

    Days are over-dispersed: the interval is that of a log ratio of quasi-Poisson counts, the dispersion (at least 1)
    taken from the days of both periods around their own means.
    """
    n, m = sum(now), sum(before)
    if not m:
        return None
    if not n or len(now) < 2:
        return Change(n / m - 1, -1.0, math.inf, "cannot_tell")
    spread = sum(_chi_square(days) for days in (now, before)) / max(len(now) + len(before) - 2, 1)
    error = Z * math.sqrt(max(spread, 1.0) * (1 / n + 1 / m))
    low, high = n / m * math.exp(-error) - 1, n / m * math.exp(error) - 1
    verdict = _verdict(low, high, VOLUME_MARGIN) if min(n, m) >= LEAST_VOTES else "cannot_tell"
    return Change(n / m - 1, low, high, verdict)


def mean_interval(positive: int, negative: int, scored: int, votes: float) -> tuple[float, float, float] | None:
    """(net, low, high) of (positive - negative) / scored as a mean of +1, 0, -1 over `votes` independent votes."""
    if not scored or votes <= 0:
        return None
    net = (positive - negative) / scored
    variance = (positive + negative) / scored - net * net
    half = Z * math.sqrt(max(variance, 0.0) / votes)
    return net, max(net - half, -1.0), min(net + half, 1.0)


def net_change(
    now: tuple[float, float, float] | None, before: tuple[float, float, float] | None, votes: tuple[float, float]
) -> Change | None:
    """The difference of two net sentiments with their intervals added in squares; None where one is unknown."""
    if now is None or before is None:
        return None
    value = now[0] - before[0]
    half = math.hypot((now[2] - now[1]) / 2, (before[2] - before[1]) / 2)
    low, high = value - half, value + half
    verdict = _verdict(low, high, SENTIMENT_MARGIN) if min(votes) >= LEAST_VOTES else "cannot_tell"
    return Change(value, low, high, verdict)


def _chi_square(days: Sequence[int]) -> float:
    mean = sum(days) / len(days) if days else 0.0
    return sum((count - mean) ** 2 for count in days) / mean if mean else 0.0


def _verdict(low: float, high: float, margin: float) -> Verdict:
    if low > 0 or high < 0:
        return "yes"
    return "no" if -margin < low and high < margin else "cannot_tell"
