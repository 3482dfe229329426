"""What people at work need: who waits for an answer, how fast answers come, which targets are met.

Each function gives nothing where the release has no such table: a section that is not there was never made up.
"""

from datetime import timedelta
from typing import Any

from dashboard.insight import publishes
from dashboard.page import Page

_RATIOS = ("sov", "audience_growth", "er_", "scored", "share")
_QUEUE = 10
# A target's number is that of the last 28 covered days.
_WINDOW = timedelta(days=27)


def queue(page: Page) -> dict[str, Any] | None:
    """Posts that wait for an answer of the focus brand, most pressing first: `total`, `rows`, `unseen` (how many stand
    on platforms whose exports show no answers)."""
    names = ("brand_id", "rank_count", "mention_id", "need_code", "waiting_seconds", "is_answer_observable")
    if not publishes(page.release, "reply_queue", *names):
        return None
    rows = page.release.dicts(
        "SELECT q.rank_count, q.need_code, q.waiting_seconds, q.is_answer_observable, q.mention_id, m.published_at, "
        "m.platform_code, m.mention_text, m.title, m.language_code, m.url, m.mention_date, count(*) OVER () AS total, "
        "count(*) FILTER (NOT q.is_answer_observable) OVER () AS unseen "
        "FROM r.reply_queue q JOIN r.mention m USING (mention_id) WHERE q.brand_id = ? "
        "AND (? IS NULL OR m.platform_code = ?) ORDER BY q.rank_count LIMIT ?",
        [page.filters.brand, page.filters.platform, page.filters.platform, _QUEUE],
    )
    if not rows:
        return None
    return {
        "total": rows[0]["total"],
        "unseen": rows[0]["unseen"],
        "care": care(page),
        "rows": [
            row
            | {
                "need": page.language.word("need", row["need_code"]),
                "waiting": waiting(page, row["waiting_seconds"]),
                "platform": page.language.word("platform", row["platform_code"]),
                "text": (row["mention_text"] or row["title"] or "")[:200],
                "open": page.mention(row["mention_id"], row["mention_date"]),
            }
            for row in rows
        ],
    }


def care(page: Page) -> str | None:
    """What was asked of the focus brand in the period and how fast it answered, in one sentence; nothing of a single
    platform, as the release counts all of them together."""
    names = ("asked_count", "answer_observable_count", "answered_count", "median_reply_seconds", "backlog_count")
    if page.filters.platform or not publishes(page.release, "care_daily", *names):
        return None
    rows = page.release.dicts(
        "FROM r.care_daily WHERE brand_id = ? AND mention_date BETWEEN ? AND ? ORDER BY mention_date",
        [page.filters.brand, page.filters.start, page.filters.end],
    )
    seen = sum(row["answer_observable_count"] for row in rows)
    if not rows or not seen:
        return None
    # The release gives a median per day: their middle, weighted by answers, is what is usual.
    days = sorted((row["median_reply_seconds"], row["answered_count"]) for row in rows if row["median_reply_seconds"])
    half, median = sum(count for _, count in days) / 2, None
    for seconds, count in days:
        half -= count
        if half <= 0:
            median = seconds
            break
    return page.language.t(
        "queue.answered",
        days=page.language.count(len(rows)),
        asked=page.language.count(sum(row["asked_count"] for row in rows)),
        seen=page.language.count(seen),
        answered=page.language.count(sum(row["answered_count"] or 0 for row in rows)),
        median="—" if median is None else waiting(page, int(median)),
        backlog=page.language.count(rows[-1]["backlog_count"]),
    )


def targets(page: Page) -> list[dict[str, Any]]:
    """Targets of every brand against what was reached."""
    names = ("metric_id", "brand_id", "target_value", "deadline_date", "actual_value", "expected_value")
    if not publishes(page.release, "kpi_attainment", *names, "projected_value", "kpi_status_code"):
        return []
    language = page.language
    return [
        {
            "metric": language.word("metric", row["metric_id"]),
            "brand": page.brand(row["brand_id"]),
            "target": _value(page, row["metric_id"], row["target_value"]),
            "deadline": language.day(row["deadline_date"]),
            "actual": _value(page, row["metric_id"], row["actual_value"]),
            "expected": _value(page, row["metric_id"], row["expected_value"]),
            "projected": _value(page, row["metric_id"], row["projected_value"]),
            "status": row["kpi_status_code"],
            "status_word": language.word("kpi", row["kpi_status_code"]),
            "link": _behind(page, row),
        }
        for row in page.release.dicts("FROM r.kpi_attainment ORDER BY brand_id, metric_id")
    ]


def _behind(page: Page, row: dict[str, Any]) -> str | None:
    """The mentions, or for an audience the posts, of the days a target's number is made of."""
    if row["as_of_date"] is None or row["actual_value"] is None:
        return None
    first, last = row["as_of_date"] - _WINDOW, row["as_of_date"]
    days = {"from": first.isoformat(), "to": last.isoformat(), "period": None, "platform": None, "topic": None}
    if row["metric_id"].startswith(("audience", "er_", "cadence")):
        return page.link("/posts", brand=row["brand_id"], **days)
    return page.mentions(brand=row["brand_id"], **days, language=None, sentiment=None)


def waiting(page: Page, seconds: int) -> str:
    """How long, in the largest whole unit."""
    hours = seconds // 3600
    if not hours:
        return page.language.t("wait.minutes", n=seconds // 60)
    return page.language.t("wait.days", n=hours // 24) if hours >= 24 else page.language.t("wait.hours", n=hours)


def _value(page: Page, metric: str, value: float | None) -> str:
    if value is None:
        return "—"
    if metric.startswith("net_sentiment"):
        return page.language.net(value)
    return page.language.percent(value, 1) if metric.startswith(_RATIOS) else page.language.count(value)
