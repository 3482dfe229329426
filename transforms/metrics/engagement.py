"""Engagement: which counters add up to it on which platform. Versioned, because suites keep changing theirs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import reduce

import polars as pl

ALWAYS = date(1970, 1, 1)
_REACTIONS_COMMENTS_SHARES = ("like_count", "comment_count", "share_count")
_LIKES_COMMENTS = ("like_count", "comment_count")
# Platforms without a definition of their own.
DEFAULT_COUNTERS = _REACTIONS_COMMENTS_SHARES


@dataclass(frozen=True)
class EngagementDefinition:
    """The counters of one platform in one version, for posts made on `valid_from` (UTC) or later."""

    platform_code: str
    version: int
    valid_from: date
    counters: tuple[str, ...]


# Reposts and quotes reach us as one share_count, replies as comment_count, bookmarks as save_count.
# X made bookmark counts public in spring 2023; before that no export can hold them.
DEFINITIONS: tuple[EngagementDefinition, ...] = (
    EngagementDefinition("x", 1, ALWAYS, _REACTIONS_COMMENTS_SHARES),
    EngagementDefinition("x", 2, date(2023, 4, 1), (*_REACTIONS_COMMENTS_SHARES, "save_count")),
    EngagementDefinition("facebook", 1, ALWAYS, _REACTIONS_COMMENTS_SHARES),
    EngagementDefinition("instagram", 1, ALWAYS, _LIKES_COMMENTS),
    EngagementDefinition("linkedin", 1, ALWAYS, _REACTIONS_COMMENTS_SHARES),
    EngagementDefinition("youtube", 1, ALWAYS, _LIKES_COMMENTS),
)
CURRENT_VERSION = max(definition.version for definition in DEFINITIONS)


def counters_of(platform_code: str, version: int = CURRENT_VERSION) -> tuple[str, ...]:
    """The counters that make up engagement on a platform: its newest definition not newer than `version`."""
    known = [d for d in DEFINITIONS if d.platform_code == platform_code and d.version <= version]
    return max(known, key=lambda definition: definition.version).counters if known else DEFAULT_COUNTERS


def engagement(columns: Collection[str], version: int | None = None) -> pl.Expr:
    """Engagement of each row by its `platform_code`: the sum of the platform's known counters, null if none is known.

    `columns` are the columns the frame has; a counter it lacks (mention exports carry no bookmarks) is unknown.
    Without `version` each row follows the definition valid on the day it was published (`published_at`, or
    `posted_at` of an account's post), the newest where the frame has neither. The expression is named
    `engagement_count`, Int64.
    """
    at = next((name for name in ("published_at", "posted_at") if name in columns), None)
    if version is not None or at is None:
        return _by_platform(columns, version or CURRENT_VERSION).alias("engagement_count")
    expression = _by_platform(columns, 1)
    for definition in sorted(DEFINITIONS, key=lambda d: d.version):
        if definition.version > 1:
            is_newer = (pl.col("platform_code") == definition.platform_code) & (
                pl.col(at).dt.date() >= definition.valid_from
            )
            expression = pl.when(is_newer).then(_known_sum(definition.counters, columns)).otherwise(expression)
    return expression.alias("engagement_count")


def _by_platform(columns: Collection[str], version: int) -> pl.Expr:
    expression = _known_sum(DEFAULT_COUNTERS, columns)
    members: dict[tuple[str, ...], list[str]] = {}
    for platform in sorted({definition.platform_code for definition in DEFINITIONS}):
        members.setdefault(counters_of(platform, version), []).append(platform)
    for counters, platforms in members.items():
        if counters != DEFAULT_COUNTERS:
            of_group = pl.col("platform_code").is_in(platforms)
            expression = pl.when(of_group).then(_known_sum(counters, columns)).otherwise(expression)
    return expression


def _known_sum(counters: tuple[str, ...], columns: Collection[str]) -> pl.Expr:
    present = [pl.col(counter).cast(pl.Int64) for counter in counters if counter in columns]
    if not present:
        return pl.lit(None, dtype=pl.Int64)
    any_known = reduce(lambda left, right: left | right, (counter.is_not_null() for counter in present))
    return pl.when(any_known).then(pl.sum_horizontal(present))
