"""The competitors' page: shares, engagement inside each platform, formats, best posts."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

import polars as pl

from dashboard import chart_lines, charts, overview, panorama, publishing
from dashboard.charts import Bar
from dashboard.figures import brand_figures, comparison, daily
from dashboard.page import Page
from dashboard.panorama import POST_ORDERS, PostChoice

_LISTED = 200


def competitors(page: Page) -> dict[str, Any]:
    """The panel side by side: shares by week, engagement on followers inside each platform, formats, best posts."""
    release, chosen, language = page.release, page.filters, page.language
    now, days = brand_figures(release, chosen), daily(release, chosen)
    earlier = comparison(release, chosen)
    before = brand_figures(release, earlier) if earlier else None
    rows = panorama.benchmark(release, chosen)
    platforms = rows["platform_code"].unique(maintain_order=True).to_list() if rows.height else []
    return {
        "has_panel": any(brand.mention_count for brand in now.values()),
        "share": overview.share_chart(page, now, before),
        "share_rows": overview.share_rows(page, now),
        "weekly": _share_by_week(page, days),
        "engagement": [
            charts.bars(
                language,
                f"engagement-{platform}",
                language.t("engagement.on", platform=language.word("platform", platform)),
                [
                    Bar(
                        page.brand(r["brand_id"]),
                        r["er_followers_sum_ratio"],
                        None,
                        None,
                        page.posts(r["brand_id"], platform),
                        r["brand_id"] == chosen.brand,
                    )
                    for r in rows.filter(pl.col("platform_code") == platform).iter_rows(named=True)
                ],
                [language.t("column.brand"), language.t("column.er")],
                "benchmark",
            )
            for platform in platforms
            if rows.filter(pl.col("platform_code") == platform)["er_followers_sum_ratio"].count()
        ],
        "benchmark": overview.benchmark_rows(page, rows),
        "audience": overview.audience_rows(page, panorama.audience(release, chosen)),
        "formats": _formats(page),
        "posts": panorama.top_posts(release, chosen, PostChoice(platform=chosen.platform)).to_dicts(),
        "mix": publishing.content_mix(page),
        "standing": publishing.standing(page),
    }


def post_choice(page: Page, asked: Mapping[str, str]) -> PostChoice:
    """Which posts an address asks for; what cannot be understood is left out."""
    weekday, hour, zone = (asked.get(name, "") for name in ("weekday", "hour", "zone"))
    return PostChoice(
        brand=page.filters.brand,
        platform=(asked.get("on") or "")[:40] or page.filters.platform,
        format=(asked.get("format") or "")[:40] or None,
        weekday=int(weekday) if weekday in ("1", "2", "3", "4", "5", "6", "7") else None,
        hour=int(hour) if hour.isdecimal() and len(hour) <= 2 else None,
        zone=zone if zone in available_timezones() else None,
        order=asked["sort"] if asked.get("sort") in POST_ORDERS else "er",
    )


def posts(page: Page, asked: Mapping[str, str]) -> dict[str, Any]:
    """The posts of the focus brand's accounts: on one platform or all, of one format or weekday and hour."""
    choice, t = post_choice(page, asked), page.language.t
    found = panorama.top_posts(page.release, page.filters, choice, _LISTED)
    part = {name: asked[name] for name in ("on", "format", "weekday", "hour", "zone", "sort") if asked.get(name)}
    narrowed = []
    if choice.format:
        narrowed.append(page.language.word("format", choice.format))
    if choice.zone and choice.weekday and choice.hour is not None:
        day = t(f"weekday_long.{choice.weekday}")
        narrowed.append(t("posts.slot", day=day, hour=f"{choice.hour:02d}", zone=choice.zone))
    return {
        "posts": found.to_dicts(),
        "platform": page.language.word("platform", choice.platform) if choice.platform else t("filter.all_platforms"),
        "narrowed": narrowed,
        "parts": part,
        "order": t(f"posts.order.{choice.order}"),
        "downloads": {form: page.export("posts", form, part) for form in ("csv", "xlsx", "parquet")},
        "is_cut": found.height == _LISTED,
    }


def _share_by_week(page: Page, days: pl.DataFrame) -> charts.Chart:
    weeks = chart_lines.covered_weeks(page.filters, page.facts)[-26:]
    totals = [days.filter(pl.col("mention_date").is_between(*week)) for week in weeks]
    series = []
    for brand_id in page.facts.brand_ids:
        values: list[float | None] = []
        links: list[str] = []
        for (first, last), week in zip(weeks, totals, strict=True):
            panel = int(week["mention_count"].sum() or 0)
            own = int(week.filter(pl.col("brand_id") == brand_id)["mention_count"].sum() or 0)
            values.append(own / panel if panel else None)
            links.append(page.mentions_of_days(first, last, brand=brand_id))
        series.append((page.brand(brand_id), values, links, brand_id == page.filters.brand))
    names = [page.week(first, last) for first, last in weeks]
    return chart_lines.lines(
        page.language,
        "weekly",
        page.language.t("share.weekly"),
        names,
        series,
        export="share_weekly",
        partial=[page.is_part_of_week(first, last) for first, last in weeks],
    )


def _formats(page: Page) -> list[tuple[str, list[tuple[str, str, str]]]]:
    rows = panorama.formats(page.release, page.filters)
    if not rows.height:
        return []
    totals: dict[str, int] = dict(rows.group_by("brand_id").agg(pl.col("post_count").sum()).iter_rows())
    return [
        (
            page.brand(brand_id),
            [
                (
                    page.language.word("format", row["post_type_code"]),
                    page.language.percent(row["post_count"] / totals[brand_id]),
                    page.link("/posts", brand=brand_id, format=row["post_type_code"]),
                )
                for row in rows.filter(pl.col("brand_id") == brand_id).head(4).iter_rows(named=True)
            ],
        )
        for brand_id in page.facts.brand_ids
        if brand_id in totals
    ]
