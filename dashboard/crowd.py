"""Who speaks: participation against 90-9-1, the engagement ladder, countries. By month, as the release publishes them.

Each function gives nothing where the release has no such table.
"""

from calendar import monthrange
from datetime import date
from typing import Any

from dashboard import charts
from dashboard.charts import Bar, Chart, Scale
from dashboard.insight import publishes
from dashboard.page import UNFILTERED, Page

# What the rule of thumb lets expect of those who can be seen: one in ten writes, and writes nine tenths of it.
_CREATORS, _TOP_TENTH = 0.1, 0.9
# Steps of the ladder that exports show, and what their mentions have in common.
_STEPS: dict[str, dict[str, str | None]] = {
    "sharer": {"form": "share"},
    "commenter": {"form": "answer"},
    "contributor": {"form": "own"},
    "facilitator": {"form": "answer"},
    "ambassador": {"form": "answer", "sentiment": "positive"},
}


def month_of(page: Page, table: str, *, brand: str | None = None) -> tuple[date, bool] | None:
    """The newest month that touches the period, a complete one if there is one; and whether it is complete."""
    found = page.release.rows(
        f"SELECT DISTINCT month_date, is_complete_period FROM r.{table} "  # noqa: S608 - a fixed name
        "WHERE month_date BETWEEN ? AND ? AND (? IS NULL OR brand_id = ?) ORDER BY 2 DESC, 1 DESC LIMIT 1",
        [page.filters.start.replace(day=1), page.filters.end, brand, brand],
    )
    return (found[0][0], found[0][1]) if found else None


def month_name(page: Page, month: date, is_complete: bool) -> str:
    """February 2026, and that only part of it is covered where that is so."""
    name = f"{page.language.t(f'month_long.{month.month}').capitalize()} {month.year}"
    return name if is_complete else page.language.t("month.part", month=name)


def everybody_of(month: date) -> dict[str, str | None]:
    """All mentions of a month as parts of an address: tables by month follow the platform at most."""
    return {**UNFILTERED, **days_of(month)}


def days_of(month: date) -> dict[str, str | None]:
    """A month as parts of an address."""
    last = month.replace(day=monthrange(month.year, month.month)[1])
    return {"from": month.isoformat(), "to": last.isoformat(), "period": None}


def participation(page: Page) -> dict[str, Any] | None:
    """How many people make the conversation of the focus brand, and how unequally."""
    if not publishes(page.release, "participation_monthly", "creator_ratio", "gini_ratio", "top_1_percent_ratio"):
        return None
    month = month_of(page, "participation_monthly", brand=page.filters.brand)
    if month is None:
        return None
    rows = page.release.dicts(
        "FROM r.participation_monthly WHERE brand_id = ? AND month_date = ? AND platform_code = ?",
        [page.filters.brand, month[0], page.filters.platform or "all"],
    )
    if not rows:
        return None
    row, language = rows[0], page.language
    days = everybody_of(month[0]) | {"platform": page.filters.platform}
    everything = page.mentions(**days)
    return {
        "month": month_name(page, *month),
        "authors": language.count(row["distinct_author_count"]),
        "mentions": language.count(row["mention_count"]),
        "gini": language.count(row["gini_ratio"], 2),
        "link": everything,
        "chart": _participation_chart(page, row, everything, days),
    }


def _participation_chart(page: Page, row: dict[str, Any], everything: str, days: dict[str, str | None]) -> Chart:
    t = page.language.t
    own, loudest = page.mentions(form="own", **days), page.mentions(sort="loudest", **days)
    items = [
        Bar(t("crowd.creators"), row["creator_ratio"], None, None, own, True, _CREATORS),
        Bar(t("crowd.once"), row["single_mention_author_ratio"], None, None, everything, True),
        Bar(t("crowd.top_1"), row["top_1_percent_ratio"], None, None, loudest, True),
        Bar(t("crowd.top_10"), row["top_10_percent_ratio"], None, None, loudest, True, _TOP_TENTH),
    ]
    columns = [t("crowd.part"), t("crowd.observed")]
    return charts.bars(
        page.language,
        "participation",
        t("crowd.title"),
        items,
        columns,
        "participation",
        scale=Scale(before="crowd.expected", label_width=230),
    )


def ladder(page: Page) -> dict[str, Any] | None:
    """The nine steps from passive to ambassador, as far as exports show them."""
    names = ("ladder_step_code", "step_count", "is_observable", "author_count")
    if not publishes(page.release, "engagement_ladder_monthly", *names):
        return None
    month = month_of(page, "engagement_ladder_monthly", brand=page.filters.brand)
    if month is None:
        return None
    rows = page.release.dicts(
        "FROM r.engagement_ladder_monthly WHERE brand_id = ? AND month_date = ? ORDER BY step_count DESC",
        [page.filters.brand, month[0]],
    )
    return {
        "month": month_name(page, *month),
        "rows": [
            {
                "number": row["step_count"],
                "name": page.language.t(f"ladder.{row['ladder_step_code']}"),
                "who": page.language.t(f"ladder.{row['ladder_step_code']}.who"),
                "is_seen": row["is_observable"],
                "count": page.language.count(row["author_count"]),
                "link": page.mentions(**(everybody_of(month[0]) | _STEPS[row["ladder_step_code"]]))
                if row["is_observable"] and row["author_count"] and row["ladder_step_code"] in _STEPS
                else None,
                "width": _width(row["author_count"], rows),
            }
            for row in rows
        ],
    }


def _width(count: int | None, rows: list[dict[str, Any]]) -> int:
    """Length of a step's bar in twentieths of the longest; something is never nothing."""
    longest = max((row["author_count"] or 0 for row in rows), default=0)
    return max(round(20 * count / longest), 1) if count and longest else 0


def countries(page: Page) -> dict[str, Any] | None:
    """Where the focus brand's authors come from, as far as exports say."""
    if not publishes(page.release, "audience_country_monthly", "country_or_other_code", "author_ratio"):
        return None
    found = page.release.rows(
        "SELECT max(month_date) FROM r.audience_country_monthly WHERE brand_id = ? AND month_date BETWEEN ? AND ? "
        "AND country_or_other_code <> 'other'",
        [page.filters.brand, page.filters.start.replace(day=1), page.filters.end],
    )
    if not found or found[0][0] is None:
        return None
    month: date = found[0][0]
    rows = page.release.dicts(
        "FROM r.audience_country_monthly WHERE brand_id = ? AND month_date = ? "
        "ORDER BY country_or_other_code = 'other', distinct_author_count DESC, country_or_other_code LIMIT 12",
        [page.filters.brand, month],
    )
    is_complete = month_of(page, "participation_monthly") if "participation_monthly" in page.release.tables else None
    whole = is_complete is None or (is_complete[0] == month and is_complete[1])
    return {
        "month": month_name(page, month, whole),
        "coverage": page.language.percent(rows[0]["country_coverage_ratio"]),
        "rows": [
            {
                "name": page.language.word("country", row["country_or_other_code"]),
                "count": page.language.count(row["distinct_author_count"]),
                "ratio": page.language.percent(row["author_ratio"]),
                "link": page.mentions(country=row["country_or_other_code"], **everybody_of(month))
                if row["country_or_other_code"] != "other"
                else page.mentions(**everybody_of(month)),
            }
            for row in rows
        ],
    }
