"""What the panel's accounts publish: when it works, to what end, where each account stands, best and worst posts.

Each function gives nothing where the release has no such table.
"""

from datetime import date
from typing import Any

from dashboard import chart_parts, panorama
from dashboard.chart_parts import Slot, Whole
from dashboard.charts import Chart
from dashboard.crowd import days_of, month_name, month_of
from dashboard.insight import publishes
from dashboard.page import Page

_CONTENTS = ("interaction", "promotional", "curated", "other")
_JUDGED = ("better", "worse")


def rhythm(page: Page) -> list[dict[str, Any]]:
    """Per account of the focus brand: the grid of weekdays and hours, and what can be said of it in words."""
    names = ("weekday_number", "hour_number", "slot_post_count", "lift_ratio", "rhythm_verdict_code", "zone_name")
    if not publishes(page.release, "posting_rhythm_hourly", *names):
        return []
    rows = page.release.dicts(
        "FROM r.posting_rhythm_hourly WHERE brand_id = ? AND (? IS NULL OR platform_code = ?) "
        "ORDER BY platform_code, account_handle, weekday_number, hour_number",
        [page.filters.brand, page.filters.platform, page.filters.platform],
    )
    accounts: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        accounts.setdefault((row["platform_code"], row["account_handle"]), []).append(row)
    return [_account(page, number, slots) for number, slots in enumerate(accounts.values())]


def _account(page: Page, number: int, slots: list[dict[str, Any]]) -> dict[str, Any]:
    t, platform = page.language.t, page.language.word("platform", slots[0]["platform_code"])
    judged = [slot for slot in slots if slot["rhythm_verdict_code"] in _JUDGED]
    best = max(judged, key=lambda slot: slot["lift_ratio"], default=None)
    if best is not None and best["rhythm_verdict_code"] == "better":
        said = t("rhythm.best", slot=_slot_name(page, best), lift=page.language.count(best["lift_ratio"]))
    elif any(slot["rhythm_verdict_code"] != "not_enough_data" for slot in slots):
        said = t("rhythm.none")
    else:
        said = t("rhythm.too_few", n=sum(slot["slot_post_count"] for slot in slots))
    return {
        "platform": platform,
        "handle": slots[0]["account_handle"],
        "zone": slots[0]["zone_name"],
        "said": said,
        "chart": _grid(page, f"rhythm-{number}", t("rhythm.title", platform=platform), slots),
    }


def _grid(page: Page, name: str, label: str, slots: list[dict[str, Any]]) -> Chart:
    t = page.language.t
    part = {"on": slots[0]["platform_code"]}
    columns = [t("rhythm.slot"), t("column.posts"), t("rhythm.lift"), t("column.interval"), t("rhythm.verdict")]
    return chart_parts.grid(page.language, name, label, [_slot(page, slot) for slot in slots], columns, part)


def _slot(page: Page, row: dict[str, Any]) -> Slot:
    language, name = page.language, _slot_name(page, row)
    lift, low, high = (
        "—" if row[key] is None else language.count(row[key], 2)
        for key in ("lift_ratio", "lift_low_ratio", "lift_high_ratio")
    )
    ends = f"{low} – {high}" if row["lift_low_ratio"] is not None else "—"
    verdict = language.t(f"rhythm.{row['rhythm_verdict_code']}")
    posts = language.count(row["slot_post_count"])
    link = page.posts(
        row["brand_id"],
        row["platform_code"],
        weekday=str(row["weekday_number"]),
        hour=str(row["hour_number"]),
        zone=row["zone_name"],
        **_everything(page),
    )
    text = language.t("rhythm.tip", slot=name, posts=posts, lift=lift, interval=ends, verdict=verdict)
    cells = [(name, None), (posts, link), (lift, link), (ends, None), (verdict, None)]
    count, verdict_code = row["slot_post_count"], row["rhythm_verdict_code"]
    return Slot(row["weekday_number"], row["hour_number"], verdict_code, count, text, cells, link)


def _slot_name(page: Page, row: dict[str, Any]) -> str:
    day = page.language.t(f"weekday_long.{row['weekday_number']}")
    return page.language.t("rhythm.at", day=day, hour=f"{row['hour_number']:02d}")


def _everything(page: Page) -> dict[str, str | None]:
    first, last = page.facts.first_date, page.facts.last_date
    return {"from": first.isoformat(), "to": last.isoformat(), "period": None}


def content_mix(page: Page) -> dict[str, Any] | None:
    """To what end each account publishes, side by side, and which formats of the focus brand are answered."""
    if not publishes(page.release, "content_mix_monthly", "mix_kind_code", "mix_code", "relative_engagement_ratio"):
        return None
    month = month_of(page, "content_mix_monthly")
    if month is None:
        return None
    rows = page.release.dicts(
        "FROM r.content_mix_monthly WHERE month_date = ? AND brand_id IS NOT NULL AND (? IS NULL OR platform_code = ?) "
        "ORDER BY platform_code, brand_id, mix_ratio DESC, mix_code",
        [month[0], page.filters.platform, page.filters.platform],
    )
    content = [row for row in rows if row["mix_kind_code"] == "content"]
    platforms = list(dict.fromkeys(row["platform_code"] for row in content))
    return {
        "month": month_name(page, *month),
        "charts": [_mix_chart(page, code, content, month[0]) for code in platforms],
        "formats": [
            {
                "platform": page.language.word("platform", row["platform_code"]),
                "format": page.language.word("format", row["mix_code"]),
                "posts": page.language.count(row["post_count"]),
                "part": page.language.percent(row["mix_ratio"]),
                "engagement": page.language.count(row["engagement_per_post"]),
                "relative": "—"
                if row["relative_engagement_ratio"] is None
                else f"{page.language.count(row['relative_engagement_ratio'])}{page.language.gap}×",
                "link": page.posts(row["brand_id"], row["platform_code"], format=row["mix_code"], **days_of(month[0])),
            }
            for row in rows
            if row["mix_kind_code"] == "format" and row["brand_id"] == page.filters.brand
        ],
    }


def _mix_chart(page: Page, platform: str, rows: list[dict[str, Any]], month: date) -> Chart:
    t = page.language.t
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        if row["platform_code"] == platform:
            found.setdefault(row["brand_id"], {})[row["mix_code"]] = row
    brands = sorted(found, key=lambda brand: (brand != page.filters.brand, brand))
    wholes = []
    for brand in brands:
        link = page.posts(brand, platform, **days_of(month))
        parts = [found[brand].get(code) for code in _CONTENTS]
        wholes.append(
            Whole(
                page.brand(brand),
                [(part["mix_ratio"], part["post_count"], link) if part else (None, 0, None) for part in parts],
            )
        )
    label = t("mix.on", platform=page.language.word("platform", platform))
    names = [t(f"content.{code}") for code in _CONTENTS]
    return chart_parts.stacked(page.language, f"mix-{platform}", label, names, wholes, "content_mix")


def standing(page: Page) -> dict[str, Any] | None:
    """Where each account stands among its peers in the newest month, and the focus brand's best and worst posts."""
    names = ("cadence_percentile_ratio", "er_followers_percentile_ratio", "over_posting_code", "top_post_ids")
    if not publishes(page.release, "competitor_standing_monthly", *names, "bottom_post_ids"):
        return None
    month = month_of(page, "competitor_standing_monthly")
    if month is None:
        return None
    rows = page.release.dicts(
        "FROM r.competitor_standing_monthly WHERE month_date = ? AND brand_id IS NOT NULL "
        "AND (? IS NULL OR platform_code = ?) "
        "ORDER BY platform_code, er_followers_mean_ratio DESC NULLS LAST, brand_id",
        [month[0], page.filters.platform, page.filters.platform],
    )
    own = [row for row in rows if row["brand_id"] == page.filters.brand]
    days = days_of(month[0])
    return {
        "month": month_name(page, *month),
        "rows": [_standing_row(page, row, days) for row in rows],
        "posts": [
            {
                "platform": page.language.word("platform", row["platform_code"]),
                "top": _posts(page, row["top_post_ids"], month[0], is_worst=False),
                "bottom": _posts(page, row["bottom_post_ids"], month[0], is_worst=True),
            }
            for row in own
        ],
    }


def _standing_row(page: Page, row: dict[str, Any], days: dict[str, str | None]) -> dict[str, Any]:
    language = page.language

    def place(ratio: float | None) -> str:
        """First is ahead of all its peers."""
        peers = row["peer_count"]
        return (
            "—" if ratio is None else language.t("standing.rank", rank=round(peers * (1 - ratio)) + 1, total=peers + 1)
        )

    return {
        "platform": language.word("platform", row["platform_code"]),
        "brand": page.brand(row["brand_id"]),
        "is_focus": row["brand_id"] == page.filters.brand,
        "per_week": language.count(row["posts_per_week"]),
        "cadence": place(row["cadence_percentile_ratio"]),
        "er": language.percent(row["er_followers_mean_ratio"], 2),
        "er_place": place(row["er_followers_percentile_ratio"]),
        "engagement": language.count(row["engagement_per_post"]),
        "engagement_place": place(row["engagement_percentile_ratio"]),
        "over": language.t(f"over_posting.{row['over_posting_code']}"),
        "link": page.posts(row["brand_id"], row["platform_code"], **days),
    }


def _posts(page: Page, ids: list[str], month: date, *, is_worst: bool) -> list[dict[str, Any]]:
    """Posts by their ids, in the order of the list's purpose."""
    if not ids:
        return []
    choice = panorama.PostChoice(ids=tuple(ids), order="engagement", is_worst_first=is_worst)
    period = page.filters.over(month, date.fromisoformat(str(days_of(month)["to"])))
    return panorama.top_posts(page.release, period, choice, len(ids)).to_dicts()
