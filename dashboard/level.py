"""Slow changes: whether a brand's level of conversation has shifted or drifted over the last weeks."""

from typing import Any

from dashboard.insight import publishes
from dashboard.page import UNFILTERED, Page


def level(page: Page) -> dict[str, Any] | None:
    """The level of the focus brand in one sentence, and where its mentions are; None where the release has none."""
    names = ("shift_code", "assessed_date", "first_date", "changed_date", "before_mean_count", "after_mean_count")
    if not publishes(page.release, "trend_shift", *names, "shift_ratio_low", "shift_ratio_high", "chance_ratio"):
        return None
    rows = page.release.dicts(
        "FROM r.trend_shift WHERE brand_id = ? AND platform_code = ?",
        [page.filters.brand, page.filters.platform or "all"],
    )
    if not rows:
        return None
    row, language = rows[0], page.language
    code = row["shift_code"]
    values = {"last": language.day(row["assessed_date"])}
    if code != "not_enough_data":
        values |= {
            "first": language.day(row["first_date"]),
            "before": language.count(row["before_mean_count"]),
            "chance": language.percent(row["chance_ratio"]),
        }
    if code not in ("not_enough_data", "stable"):
        values |= {
            "day": language.day(row["changed_date"]),
            "after": language.count(row["after_mean_count"]),
            "low": language.count(row["shift_ratio_low"], 2),
            "high": language.count(row["shift_ratio_high"], 2),
        }
    since = row["changed_date"] or row["first_date"]
    return {
        "code": code,
        "text": language.t(f"level.{code}", **values),
        "link": page.mentions_of_days(since, row["assessed_date"], **{**UNFILTERED, "platform": page.filters.platform})
        if since
        else None,
    }
