"""Engagement: which counters add up to it on which platform. Versioned, because suites keep changing theirs."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce

import polars as pl

CURRENT_VERSION = 2

_REACTIONS_COMMENTS_SHARES = ("like_count", "comment_count", "share_count")
_LIKES_COMMENTS = ("like_count", "comment_count")


@dataclass(frozen=True)
class EngagementDefinition:
    """The counters of one platform in one version, as columns of `core.mention` and `core.competitor_post`."""

    platform_code: str
    version: int
    counters: tuple[str, ...]


# Reposts and quotes reach us as one share_count, replies as comment_count, bookmarks as save_count.
DEFINITIONS: tuple[EngagementDefinition, ...] = (
    EngagementDefinition("x", 1, _REACTIONS_COMMENTS_SHARES),
    EngagementDefinition("x", 2, (*_REACTIONS_COMMENTS_SHARES, "save_count")),
    EngagementDefinition("facebook", 1, _REACTIONS_COMMENTS_SHARES),
    EngagementDefinition("instagram", 1, _LIKES_COMMENTS),
    EngagementDefinition("linkedin", 1, _REACTIONS_COMMENTS_SHARES),
    EngagementDefinition("youtube", 1, _LIKES_COMMENTS),
)
# Platforms without a definition of their own.
DEFAULT_COUNTERS = _REACTIONS_COMMENTS_SHARES


def counters_of(platform_code: str, version: int = CURRENT_VERSION) -> tuple[str, ...]:
    """The counters that make up engagement on a platform: its newest definition not newer than `version`."""
    known = [d for d in DEFINITIONS if d.platform_code == platform_code and d.version <= version]
    return max(known, key=lambda definition: definition.version).counters if known else DEFAULT_COUNTERS


def engagement(columns: Collection[str], version: int = CURRENT_VERSION) -> pl.Expr:
    """Engagement of each row by its `platform_code`: the sum of the platform's known counters, null if none is known.

    `columns` are the columns the frame has; a counter it lacks (mention exports carry no bookmarks) is unknown.
    The expression is named `engagement_count`, Int64.
    """
    platforms = sorted({definition.platform_code for definition in DEFINITIONS})
    expression = _known_sum(DEFAULT_COUNTERS, columns)
    groups: dict[tuple[str, ...], list[str]] = {}
    for platform in platforms:
        groups.setdefault(counters_of(platform, version), []).append(platform)
    for counters, members in groups.items():
        if counters != DEFAULT_COUNTERS:
            of_group = pl.col("platform_code").is_in(members)
            expression = pl.when(of_group).then(_known_sum(counters, columns)).otherwise(expression)
    return expression.cast(pl.Int64).alias("engagement_count")


def _known_sum(counters: tuple[str, ...], columns: Collection[str]) -> pl.Expr:
    present = [pl.col(counter) for counter in counters if counter in columns]
    if not present:
        return pl.lit(None, dtype=pl.Int64)
    any_known = reduce(lambda left, right: left | right, (counter.is_not_null() for counter in present))
    return pl.when(any_known).then(pl.sum_horizontal(present))
