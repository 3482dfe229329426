"""Which posts stand for a spike: those with the most interactions, of a crisis the negative ones before the others."""

from dataclasses import replace
from typing import Any

from dashboard import insight, mentions, spikes
from dashboard.mentions import Narrowing
from dashboard.page import Page
from dashboard.releases import Release

_SHOWN, _OTHERS = 8, 4


def strongest(page: Page, row: dict[str, Any]) -> list[dict[str, Any]]:
    """The posts of a spike with the most interactions, as groups of `title`, `posts` and the `link` to all of them: of
    one that speaks against the brand the negative posts first, then the others."""
    platform = None if row["platform_code"] == "all" else row["platform_code"]
    topic = None if row.get("topic_id", "all") == "all" else row["topic_id"]
    during = replace(page.filters, brand=row["brand_id"], platform=platform, sentiment=None, topic=topic, language=None)
    span = Narrowing(since=row["started_at"], until=spikes.ends(row), order="engagement")
    order: dict[str, str | None] = {"sort": "engagement", "count": "deduplicated" if during.is_deduplicated else None}
    posts = mentions.mention_page(page.release, during, span)
    every = insight.spike_mentions(page, row, **order, sentiment=None)
    against = mentions.mention_page(page.release, replace(during, sentiment="negative"), span, _SHOWN)
    if not against or not is_against(page.release, row):
        return [{"title": "spike.posts", "posts": posts[:_SHOWN], "link": every}]
    others = [post for post in posts if post["sentiment_label"] != "negative"][:_OTHERS]
    negative = insight.spike_mentions(page, row, **order, sentiment="negative")
    return [
        {"title": "spike.posts_against", "posts": against, "link": negative},
        *([{"title": "spike.posts_else", "posts": others, "link": every}] if others else []),
    ]


def is_against(release: Release, row: dict[str, Any]) -> bool:
    """Whether a spike speaks against the brand: by its own negative share, or as part of an event that is a crisis."""
    is_negative = row.get("metric_code") == "negative_ratio" or (row["negative_ratio"] or 0.0) >= spikes.ANGRY
    if is_negative or row["severity_code"] == "crisis":
        return True
    if row.get("event_id") is None:
        return False
    sql = "SELECT 1 FROM r.spike WHERE event_id = ? AND severity_code = 'crisis' LIMIT 1"
    return bool(release.rows(sql, [row["event_id"]]))
