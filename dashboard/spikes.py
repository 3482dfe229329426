"""Spikes of a brand, the hours around them and what their posts have in common."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from dashboard.filters import Filters
from dashboard.releases import Facts, Release
from warehouse.tables.columns import ALL_PLATFORMS

AROUND = timedelta(hours=36)
# From this share of negative posts on a spike, or a hashtag, speaks against the brand.
ANGRY = 0.5


def spikes(release: Release, filters: Filters, *, every_platform: bool = False) -> list[dict[str, Any]]:
    """Spikes of the focus brand that touch the period, oldest first, numbered from 1 (`number`).

    They are judged on all mentions of the brand: language, topic and sentiment filters do not change them.
    """
    if "spike" not in release.tables:
        return []
    watched = _of_mentions(release, "spike")
    order = "ORDER BY started_at, platform_code"
    found = release.dicts(f"FROM r.spike WHERE brand_id = ? {watched} {order}", [filters.brand])
    platform = filters.platform or ALL_PLATFORMS
    wanted = [row for row in found if touches(row, filters, release.facts)]
    if not every_platform:
        wanted = [row for row in wanted if row["platform_code"] == platform]
    for number, row in enumerate(wanted, start=1):
        row["number"] = number
    return wanted


def others(release: Release, filters: Filters) -> list[dict[str, Any]]:
    """Spikes of the focus brand in what else is watched (authors, engagement, the negative share, single topics, each
    text counted once) that touch the period, newest first; none where the release watches nothing else."""
    if "metric_code" not in release.columns("spike"):
        return []
    found = release.dicts(
        "FROM r.spike WHERE brand_id = ? AND NOT (metric_code = 'mention_count' AND NOT is_deduplicated "
        "AND topic_id = 'all') ORDER BY started_at DESC, metric_code, platform_code, topic_id, is_deduplicated",
        [filters.brand],
    )
    platform = (filters.platform,) if filters.platform else None
    return [
        row
        for row in found
        if touches(row, filters, release.facts)
        and (platform is None or row["platform_code"] in platform)
        and (filters.topic is None or row["topic_id"] == filters.topic)
    ]


def sensitivity(release: Release, filters: Filters) -> dict[str, Any] | None:
    """How far an alert on the focus brand's mentions, or its absence, can be trusted; None where nobody has tried."""
    if "power_150_ratio" not in release.columns("trend_sensitivity"):
        return None
    found = release.dicts(
        "FROM r.trend_sensitivity WHERE brand_id = ? AND platform_code = ? AND topic_id = 'all' "
        "AND metric_code = 'mention_count' AND NOT is_deduplicated AND power_150_ratio IS NOT NULL",
        [filters.brand, filters.platform or ALL_PLATFORMS],
    )
    return found[0] if found else None


def _series(release: Release, row: dict[str, Any]) -> tuple[str, list[object], str]:
    """The condition on trend_signal_hourly that picks a spike's own series, its values, and what counts in it."""
    values: list[object] = [row["brand_id"], row["platform_code"]]
    if "metric_code" not in release.columns("trend_signal_hourly"):
        return "brand_id = ? AND platform_code = ?", values, "mention_count"
    condition = "brand_id = ? AND platform_code = ? AND topic_id = ? AND metric_code = ? AND is_deduplicated = ?"
    return condition, [*values, row["topic_id"], row["metric_code"], row["is_deduplicated"]], "watched_count"


def _of_mentions(release: Release, table: str) -> str:
    """Pages tell of mentions, whatever the topic; a release from before other metrics were watched has nothing else."""
    if "metric_code" not in release.columns(table):
        return ""
    return "AND metric_code = 'mention_count' AND NOT is_deduplicated AND topic_id = 'all'"


def has_history(release: Release, filters: Filters) -> bool:
    """Whether any hour of the period could be judged: without a history there are no spikes to find."""
    return bool(
        release.rows(
            "SELECT 1 FROM r.trend_signal_hourly WHERE brand_id = ? AND platform_code = ? "  # noqa: S608
            f"{_of_mentions(release, 'trend_signal_hourly')} "
            "AND mention_date BETWEEN ? AND ? AND signal_status_code = 'ok' LIMIT 1",
            [filters.brand, filters.platform or ALL_PLATFORMS, filters.start, filters.end],
        )
    )


def spike(release: Release, spike_id: str) -> dict[str, Any] | None:
    """The spike of that id, None if the release has none."""
    if "spike" not in release.tables:
        return None
    found = release.dicts("FROM r.spike WHERE spike_id = ?", [spike_id])
    return found[0] if found else None


def touches(row: dict[str, Any], filters: Filters, facts: Facts) -> bool:
    """Whether any hour of the spike falls on a day of the period."""
    first = local(row["started_at"], facts).date()
    last = local(ends(row), facts).date()
    return bool(first <= filters.end and last >= filters.start)


def ends(row: dict[str, Any]) -> datetime:
    """End of the spike as far as known: an open one goes on at least to the end of its peak hour."""
    ended: datetime | None = row["ended_at"]
    peak: datetime = row["peak_at"]
    return ended or peak + timedelta(hours=1)


def local(instant: datetime, facts: Facts) -> datetime:
    """A UTC instant of the release in the reporting zone."""
    return instant.replace(tzinfo=UTC).astimezone(facts.zone)


def hours_around(release: Release, row: dict[str, Any]) -> pl.DataFrame:
    """One row per hour from a day and a half before the spike to as long after: `mention_hour_at`, `mention_count`
    (of what is watched), `expected_count`, `expected_high_count`, `is_alert`; usual is null where little is known."""
    start, end = row["started_at"] - AROUND, ends(row) + AROUND
    series, values, counted = _series(release, row)
    return release.frame(
        f"SELECT mention_hour_at, {counted} AS mention_count, expected_count, expected_high_count, "  # noqa: S608
        f"is_alert FROM r.trend_signal_hourly WHERE {series} AND mention_hour_at BETWEEN ? AND ? "
        "ORDER BY mention_hour_at",
        [*values, start, end],
    )


def in_common(release: Release, row: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """What the posts of the spike are: by platform, hashtag, copied text and sentiment, most frequent first.

    A description of the posts, not a cause.
    """
    condition = "brand_id::VARCHAR = ? AND published_at >= ? AND published_at < ?"
    values: list[object] = [row["brand_id"], row["started_at"], ends(row)]
    if row["platform_code"] != ALL_PLATFORMS:
        condition += " AND platform_code = ?"
        values.append(row["platform_code"])
    if row.get("topic_id", "all") != "all":
        condition += " AND mention_row IN (SELECT mention_row FROM vote_topic WHERE topic_id = ?)"
        values.append(row["topic_id"])
    chosen = f"SELECT mention_row, platform_code, sentiment_label FROM vote WHERE {condition}"  # noqa: S608
    posts = f"SELECT m.* FROM r.mention m JOIN ({chosen}) c ON m.rowid = c.mention_row"  # noqa: S608
    counted = {
        "platforms": f"SELECT platform_code::VARCHAR AS value, count(*) AS count FROM ({chosen}) GROUP BY 1",  # noqa: S608
        "sentiments": f"SELECT sentiment_label::VARCHAR AS value, count(*) AS count FROM ({chosen}) GROUP BY 1",  # noqa: S608
        "hashtags": f"SELECT unnest(hashtags) AS value, count(*) AS count FROM ({posts}) GROUP BY 1",  # noqa: S608
        "clusters": f"""SELECT cluster_id AS value, count(*) AS count,
          min_by(coalesce(mention_text, title), published_at) AS text
          FROM ({posts}) GROUP BY 1 HAVING count(*) > 1""",  # noqa: S608
    }
    return {name: release.dicts(f"{sql} ORDER BY count DESC, value LIMIT 6", values) for name, sql in counted.items()}
