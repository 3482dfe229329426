"""What became of every record: our totals against the vendor's, file by file and account by account; what the gate
found, in the reader's language where it is a known finding.
"""

import re
from typing import Any

from dashboard.insight import publishes
from dashboard.page import Page

# From what was in the file to what a brand's figures count, in the order in which records leave.
STEPS = ("rejected", "unexplained", "repeated_in_file", "held_before", "off_panel_post", "official_post")
_REASON = re.compile(r"(?P<code>[a-z_]+): (?P<n>[0-9]+)")


def sources(page: Page) -> list[dict[str, Any]]:
    """One row per mention export: from the vendor's total to new posts, each step with its count."""
    names = ("file_name", "vendor_total_count", "not_in_file_count", "row_count", "new_post_count")
    if not publishes(page.release, "source_reconciliation", *names, *(f"{step}_count" for step in STEPS)):
        return []
    language = page.language
    counts = (*names[1:], "kept_count", "file_post_count", *(f"{step}_count" for step in STEPS))
    return [
        {name: language.count(row[name]) for name in counts}
        | {"file": row["file_name"], "format": row["source_code"] or "—"}
        | {
            "days": language.days(row["first_published_at"].date(), row["last_published_at"].date())
            if row["first_published_at"]
            else "—",
            "link": page.mentions_of_days(
                row["first_published_at"].date(), row["last_published_at"].date(), any="1", brand=None
            )
            if row["first_published_at"]
            else None,
        }
        for row in page.release.dicts("FROM r.source_reconciliation ORDER BY first_published_at, file_name")
    ]


def accounts(page: Page) -> list[dict[str, Any]]:
    """One row per account with a profile report that touches the period: posts and engagement held against it."""
    names = ("vendor_post_count", "held_post_count", "missing_post_count", "vendor_engagement_count")
    if not publishes(page.release, "account_reconciliation_daily", *names, "held_engagement_count"):
        return []
    language = page.language
    rows = page.release.dicts(
        "SELECT platform_code, account_handle, count(*) AS day_count, sum(vendor_post_count) AS vendor_posts, "
        "sum(held_post_count) AS held_posts, sum(vendor_engagement_count) AS vendor_engagement, "
        "sum(held_engagement_count) AS held_engagement FROM r.account_reconciliation_daily "
        "WHERE snapshot_date BETWEEN ? AND ? AND (? IS NULL OR platform_code = ?) "
        "GROUP BY ALL ORDER BY platform_code, account_handle",
        [page.filters.start, page.filters.end, page.filters.platform, page.filters.platform],
    )
    return [
        {name: language.count(row[name]) for name in row if name not in ("platform_code", "account_handle")}
        | {"platform": language.word("platform", row["platform_code"]), "handle": row["account_handle"]}
        | {
            "missing": "—"
            if row["vendor_posts"] is None
            else language.count(max(row["vendor_posts"] - row["held_posts"], 0))
        }
        for row in rows
    ]


def finding(page: Page, check: dict[str, Any]) -> dict[str, Any]:
    """A failed check in the reader's words where the catalogue knows its kind, else as the gate told it."""
    kind = str(check["check_id"]).rsplit(".", 1)[-1]
    known = page.language.words.get(f"check.{kind}")
    advice = page.language.words.get(f"check.{kind}.advice")
    return {
        "text": known or check["check_text"],
        "is_told_in_english": known is None,
        "observed": check["observed_text"],
        "advice": advice if known else check["advice_text"],
    }


def reasons(page: Page, texts: list[str]) -> list[tuple[str, bool]]:
    """Reasons of rejection in words, and whether each is in the reader's language."""
    found = []
    for text in texts:
        match = _REASON.fullmatch(text)
        word = page.language.words.get(f"reject.{match['code']}") if match else None
        found.append((f"{word}: {page.language.count(int(match['n']))}", True) if match and word else (text, False))
    return found
