"""What else is watched beside the number of mentions: authors, interactions, the negative share, single topics; what
people noted about a spike; how far an alert can be trusted.
"""

from typing import Any

from dashboard import insight, spikes
from dashboard.page import Page
from warehouse.tables.columns import ALL_PLATFORMS


def signals(page: Page) -> list[dict[str, Any]]:
    """What else was unusual for the focus brand, newest first: on all platforms or the chosen one, raw or counted once
    as the reader has chosen; a download holds every series."""
    language, platform = page.language, page.filters.platform or ALL_PLATFORMS
    return [
        {
            "what": watched(page, row),
            "where": language.word("platform", row["platform_code"]),
            "time": page.time(row["started_at"]),
            "observed": language.count(row["observed_count"]),
            "usual": language.count(row["expected_count"]),
            "factor": "—" if row["spike_ratio"] is None else f"{language.count(row['spike_ratio'])}{language.gap}×",
            "severity": language.word("severity", row["severity_code"]),
            "page": page.spike(row["spike_id"]),
            "mentions": insight.spike_mentions(page, row),
        }
        for row in spikes.others(page.release, page.filters)
        if row["platform_code"] == platform and row["is_deduplicated"] == page.filters.is_deduplicated
    ]


def watched(page: Page, row: dict[str, Any]) -> str:
    """What a spike is one of: mentions, authors, interactions ..., of which topic, each text counted once or not."""
    parts = [page.language.t(f"watched.{row.get('metric_code', 'mention_count')}")]
    topic = row.get("topic_id", "all")
    if topic != "all":
        parts.append(page.facts.declared_topics.get(topic, topic))
    if row.get("is_deduplicated"):
        parts.append(page.language.t("watched.once"))
    return ", ".join(parts)


def kept_state(page: Page, row: dict[str, Any]) -> str | None:
    """Who said what of a spike, where somebody did."""
    if not row.get("state_set_at"):
        return None
    by = f", {row['state_set_by_name']}" if row.get("state_set_by_name") else ""
    note = f": {row['state_note_text']}" if row.get("state_note_text") else ""
    return f"{page.language.word('state', row['spike_state_code'])}, {page.time(row['state_set_at'])}{by}{note}"


def sensitivity(page: Page) -> str | None:
    """How far an alert, or its absence, can be trusted, in one sentence."""
    row, language = spikes.sensitivity(page.release, page.filters), page.language
    if row is None:
        return None
    return language.t(
        "spike.sensitivity",
        false_alarms=language.count(round(row["expected_false_alarm_count"] or 0)),
        half=language.percent(row["power_150_ratio"]),
        three=language.percent(row["power_300_ratio"]),
    )
