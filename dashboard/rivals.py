"""The competitors' page: shares, engagement inside each platform, formats, best posts."""

from typing import Any

import polars as pl

from dashboard import chart_lines, charts, overview, panorama
from dashboard.charts import Bar
from dashboard.figures import brand_figures, comparison, daily
from dashboard.page import Page

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
        ],
        "benchmark": overview.benchmark_rows(page, rows),
        "audience": overview.audience_rows(page, panorama.audience(release, chosen)),
        "formats": _formats(page),
        "posts": panorama.top_posts(release, chosen).to_dicts(),
    }


def posts(page: Page, platform: str | None) -> dict[str, Any]:
    """The posts of the focus brand's accounts, on one platform or all."""
    chosen = page.filters
    found = panorama.top_posts(page.release, chosen, chosen.brand, platform, _LISTED)
    forms = ("csv", "xlsx", "parquet")
    part = {"on": platform} if platform else {}
    return {
        "posts": found.to_dicts(),
        "platform": page.language.word("platform", platform) if platform else page.language.t("filter.all_platforms"),
        "downloads": {form: page.export("posts", form, part) for form in forms},
        "is_cut": found.height == _LISTED,
    }


def _share_by_week(page: Page, days: pl.DataFrame) -> charts.Chart:
    weeks = chart_lines.weeks(page.filters.start, page.filters.end)[-26:]
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
    names = [page.language.day(first, year=False) for first, _ in weeks]
    return chart_lines.lines(page.language, "weekly", page.language.t("share.weekly"), names, series)


def _formats(page: Page) -> list[tuple[str, list[tuple[str, str]]]]:
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
                )
                for row in rows.filter(pl.col("brand_id") == brand_id).head(4).iter_rows(named=True)
            ],
        )
        for brand_id in page.facts.brand_ids
        if brand_id in totals
    ]
