"""The rows behind a chart or list, by the name its download has in an address."""

from collections.abc import Mapping

import polars as pl

from dashboard import chart_lines, details, mentions, panorama, rivals, spikes
from dashboard.details import Unknown
from dashboard.figures import as_frame, brand_figures, comparison, daily
from dashboard.mentions import Narrowing
from dashboard.page import Page

_OF_BRAND = "brand_id = $brand"
_MONTHS = "month_date BETWEEN date_trunc('month', $start) AND $end"
_DAYS = "mention_date BETWEEN $start AND $end"
_PLATFORM = "platform_code = coalesce($platform, platform_code)"
# Tables that go out as the release holds them, cut to what the section shows.
TABLES = {
    "participation": ("participation_monthly", f"{_OF_BRAND} AND {_MONTHS} AND {_PLATFORM}"),
    "ladder": ("engagement_ladder_monthly", f"{_OF_BRAND} AND {_MONTHS}"),
    "countries": ("audience_country_monthly", f"{_OF_BRAND} AND {_MONTHS}"),
    "posting_rhythm": ("posting_rhythm_hourly", f"{_OF_BRAND} AND {_PLATFORM}"),
    "content_mix": ("content_mix_monthly", f"{_MONTHS} AND {_PLATFORM}"),
    "standing": ("competitor_standing_monthly", f"{_MONTHS} AND {_PLATFORM}"),
    "trend_shift": ("trend_shift", f"{_OF_BRAND} AND {_PLATFORM}"),
    "rising": ("topic_daily", f"{_OF_BRAND} AND {_DAYS}"),
    "hashtag_context": ("hashtag_context", _DAYS),
    "people": ("ambassador", _OF_BRAND),
    "reply_queue": ("reply_queue", f"{_OF_BRAND} AND {_PLATFORM}"),
    "care": ("care_daily", f"{_OF_BRAND} AND {_DAYS}"),
    "targets": ("kpi_attainment", "true"),
    "source_reconciliation": ("source_reconciliation", "true"),
    "account_reconciliation": (
        "account_reconciliation_daily",
        f"snapshot_date BETWEEN $start AND $end AND {_PLATFORM}",
    ),
    "files": ("export_file", "true"),
    "checks": ("check_result", "true"),
    "data_health": ("data_health_daily", _DAYS),
}
# Views of a single spike, whatever the period.
OF_A_SPIKE = ("hours", "drivers")


def views(page: Page, name: str, narrow: Narrowing, asked: Mapping[str, str]) -> pl.DataFrame:
    """The rows behind a chart or list, for a download. Raises Unknown for a name that is none."""
    release, chosen = page.release, page.filters
    if name in TABLES:
        return _table(page, *TABLES[name])
    match name:
        case "volume":
            return daily(release, chosen).filter(pl.col("brand_id") == chosen.brand)
        case "daily":
            return daily(release, chosen)
        case "share_weekly" | "sentiment_weekly":
            return _weekly(page, name)
        case name if name in OF_A_SPIKE:
            return _of_spike(page, name, asked.get("spike", ""))
        case "share_of_voice" | "sentiment":
            return as_frame(brand_figures(release, chosen))
        case "platforms" | "languages":
            return details.parts_frame(page, "platform_code" if name == "platforms" else "language_code")
        case "hashtags":
            return panorama.hashtags(release, chosen, comparison(release, chosen), 1000)
        case "topics":
            return panorama.topics(release, chosen)
        case "benchmark":
            return panorama.benchmark(release, chosen)
        case "posts":
            return panorama.top_posts(release, chosen, rivals.post_choice(page, asked), mentions.EXPORTED_ROWS)
        case "audience":
            return panorama.audience(release, chosen)
        case "spikes":
            return pl.DataFrame(spikes.spikes(release, chosen, every_platform=True), infer_schema_length=None)
        case "signals":
            return pl.DataFrame(spikes.others(release, chosen), infer_schema_length=None)
        case "mentions":
            return mentions.mention_frame(release, chosen, narrow)
    raise Unknown(name)


def _table(page: Page, table: str, condition: str) -> pl.DataFrame:
    """Rows of a table of the release. Raises Unknown where it has none."""
    if table not in page.release.tables:
        raise Unknown(table)
    chosen = page.filters
    known = {"brand": chosen.brand, "platform": chosen.platform, "start": chosen.start, "end": chosen.end}
    types = {"platform": "::VARCHAR", "start": "::DATE", "end": "::DATE"}
    bound = condition
    values: list[object] = []
    for name in known:
        if f"${name}" in condition:
            bound = bound.replace(f"${name}", f"${len(values) + 1}{types.get(name, '')}")
            values.append(known[name])
    return page.release.frame(f'SELECT * FROM r."{table}" WHERE {bound} ORDER BY ALL', values)  # noqa: S608 - fixed words


def _of_spike(page: Page, name: str, spike_id: str) -> pl.DataFrame:
    row = spikes.spike(page.release, spike_id)
    if row is None:
        raise Unknown(spike_id)
    if name == "hours":
        return spikes.hours_around(page.release, row)
    if "spike_driver" not in page.release.tables:
        raise Unknown(name)
    return page.release.frame(
        "SELECT * FROM r.spike_driver WHERE spike_id = ? ORDER BY dimension_code, driver_rank", [spike_id]
    )


def _weekly(page: Page, name: str) -> pl.DataFrame:
    """Counts by week (Monday) and brand: one row per week, brand and label counts; shares of the panel beside them."""
    days = daily(page.release, page.filters)
    weeks = pl.DataFrame(
        [
            {"mention_date": day, "week_first_date": first, "week_last_date": last}
            for first, last in chart_lines.weeks(page.filters.start, page.filters.end)
            for day in pl.date_range(first, last, eager=True)
        ]
    )
    counts = [column for column in days.columns if column.endswith("_count")]
    keys = ["week_first_date", "week_last_date", "brand_id"]
    found = days.join(weeks, on="mention_date").group_by(keys).agg(pl.col(counts).sum()).sort(keys)
    if name == "sentiment_weekly":
        return found.filter(pl.col("brand_id") == page.filters.brand)
    panel = pl.col("mention_count").sum().over("week_first_date")
    share = pl.when(panel > 0).then(pl.col("mention_count") / panel)
    return found.with_columns(share.alias("share_of_voice_ratio"))
