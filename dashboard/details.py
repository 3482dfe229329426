"""The pages behind the overview: a brand, spikes, hashtags, mentions, the data. Competitors are in `rivals`."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import polars as pl

from dashboard import (
    chart_lines,
    chart_sentiment,
    crowd,
    formulas,
    insight,
    ledger,
    level,
    mentions,
    overview,
    publishing,
    signals,
    spikes,
    strongest,
    trust,
)
from dashboard.chart_sentiment import Split
from dashboard.figures import brand_figures, comparison, counted, daily
from dashboard.filters import UNKNOWN
from dashboard.mentions import Narrowing
from dashboard.page import Page

_HAS_HASHTAG = "SELECT 1 FROM r.mention WHERE list_contains(hashtags, ?) AND NOT is_owned LIMIT 1"
LABELS = ("negative", "neutral", "positive", "unscored")


class Unknown(LookupError):
    """There is no such brand, spike or hashtag in the release."""


def brand(page: Page) -> dict[str, Any]:
    """One brand: volume, sentiment by week, where and in which language it is talked about, its strongest posts.

    Raises Unknown for an address that names no brand of the panel.
    """
    release, chosen = page.release, page.filters
    if page.path.rsplit("/", 1)[-1] != quote(chosen.brand, safe=""):
        raise Unknown(page.path)
    figures, days = brand_figures(release, chosen)[chosen.brand], daily(release, chosen)
    earlier = comparison(release, chosen)
    of_brand = days.filter(pl.col("brand_id") == chosen.brand)
    bursts = spikes.spikes(release, chosen)
    first, last = page.filters.span
    return {
        "silent": page.language.t("headline.silent", brand=page.brand(), period=page.language.days(first, last)),
        "focus": figures,
        "volume": overview.volume_chart(page, days, daily(release, earlier) if earlier else None, bursts),
        "spikes": [overview.told_spike(page, row) for row in bursts],
        "sentiment": chart_sentiment.sentiment(
            page.language, _by_week(page, of_brand), "sentiment", "column.week", "sentiment_weekly"
        ),
        "platforms": _parts(page, "platform_code", "platform"),
        "languages": _parts(page, "language_code", "language"),
        "vendor": _vendor(page),
        "hashtags": overview.hashtag_rows(page, earlier),
        "verdicts": insight.verdicts(page),
        "has_history": spikes.has_history(release, chosen),
        "posts": mentions.mention_page(release, chosen, Narrowing(order="engagement"), 5),
        "level": level.level(page),
        "crowd": crowd.participation(page),
        "ladder": crowd.ladder(page),
        "countries": crowd.countries(page),
        "rhythm": publishing.rhythm(page),
        "signals": signals.signals(page),
    }


def spike_list(page: Page) -> dict[str, Any]:
    """Spikes of the period on every platform."""
    found = spikes.spikes(page.release, page.filters, every_platform=page.filters.platform is None)
    told = [overview.told_spike(page, row) for row in found]
    return {
        "spikes": told,
        "has_history": spikes.has_history(page.release, page.filters),
        "signals": signals.signals(page),
        "sensitivity": signals.sensitivity(page),
    }


def spike(page: Page, spike_id: str) -> dict[str, Any]:
    """One spike: what, when, how unusual, and what its posts have in common. Raises Unknown."""
    row = spikes.spike(page.release, spike_id)
    if row is None:
        raise Unknown(spike_id)
    frame = spikes.hours_around(page.release, row)
    hours = frame["mention_hour_at"].to_list()
    places = [n for n, hour in enumerate(hours) if row["started_at"] <= hour < spikes.ends(row)]
    platform = None if row["platform_code"] == "all" else row["platform_code"]
    topic = None if row.get("topic_id", "all") == "all" else row["topic_id"]
    parts = {"brand": row["brand_id"], "platform": platform, "topic": topic}
    parts["sentiment"] = "negative" if row.get("metric_code") == "negative_ratio" else None
    links = [page.mentions_of_hours(h, h + timedelta(hours=1), **parts) for h in hours]
    names = [
        f"{page.language.day(spikes.local(h, page.facts).date(), year=False)} {spikes.local(h, page.facts):%H:%M}"
        for h in hours
    ]
    return {
        "spike": overview.told_spike(page, row | {"number": None}),
        "watched": signals.watched(page, row),
        "kept_state": signals.kept_state(page, row),
        "hours": chart_lines.hours(page.language, frame, names, links, span_of(places), spike_id),
        "common": _linked(page, row, spikes.in_common(page.release, row)),
        "drivers": insight.drivers(page, row),
        "posts": strongest.strongest(page, row),
        "started": page.time(row["started_at"]),
        "peak": page.time(row["peak_at"]),
        "ended": page.time(row["ended_at"]) if row["ended_at"] else page.language.t("spike.open"),
    }


def hashtag_list(page: Page) -> dict[str, Any]:
    """Hashtags of the focus brand in the period."""
    earlier = comparison(page.release, page.filters)
    rows = overview.hashtag_rows(page, earlier, 50)
    return {"hashtags": rows, "earlier": earlier, "verdicts": insight.verdicts(page)}


def hashtag(page: Page, tag: str) -> dict[str, Any]:
    """One hashtag in the focus brand's mentions of the period. Raises Unknown if no mention of the release has it."""
    narrow = Narrowing(tag=tag)
    found = mentions.mention_frame(page.release, page.filters, narrow)
    if not found.height and not page.release.rows(_HAS_HASHTAG, [tag]):
        raise Unknown(tag)
    labels = dict(found["sentiment_label"].value_counts().iter_rows())
    beside = (
        found.select(pl.col("hashtags").str.split(" ").explode())
        .filter(~pl.col("hashtags").is_in(["", tag]))["hashtags"]
        .value_counts(sort=True)
        .head(12)
    )
    links = {label: page.mentions(tag=tag, sentiment=label) for label in LABELS} | {"all": page.mentions(tag=tag)}
    split = _split(f"#{tag}", [labels.get(label, 0) for label in LABELS], links)
    return {
        "tag": tag,
        "count": found.height,
        "authors": found["author_id"].drop_nulls().n_unique(),
        "sentiment": chart_sentiment.sentiment(
            page.language, [split], "sentiment", "column.hashtag", "mentions", {"tag": tag}
        ),
        "beside": [(name, page.language.count(n), page.hashtag(name)) for name, n in beside.iter_rows()],
        "context": insight.verdicts(page).get(tag),
        "posts": mentions.mention_page(page.release, page.filters, replace(narrow, order="engagement"), 8),
        "link": page.mentions(tag=tag),
        "strongest": page.mentions(tag=tag, sort="engagement"),
    }


def mention_list(page: Page, narrow: Narrowing) -> dict[str, Any]:
    """A page of mentions, with how to go on."""
    total = mentions.mention_count(page.release, page.filters, narrow)
    last = max((total + mentions.PAGE - 1) // mentions.PAGE, 1)
    parts = narrow.parts()
    here = min(narrow.page, last)
    asked, narrow = narrow.page, replace(narrow, page=here)

    def at(number: int) -> str:
        return page.mentions(**parts, page=str(number))

    return {
        "total": total,
        "posts": mentions.mention_page(page.release, page.filters, narrow),
        "narrow": narrow,
        "parts": {name: value for name, value in parts.items() if value},
        "first": (here - 1) * mentions.PAGE + 1 if total else 0,
        "last": min(here * mentions.PAGE, total),
        "here": here,
        "pages": last,
        "is_beyond": asked > last,
        "previous": at(here - 1) if here > 1 else None,
        "following": at(here + 1) if here < last else None,
        "without": {name: page.mentions(**(parts | {name: None})) for name in parts if parts[name]},
        "downloads": {form: page.link(f"/export/mentions.{form}", **parts) for form in ("csv", "xlsx", "parquet")},
        "since": spikes.local(narrow.since, page.facts) if narrow.since else None,
        "until": spikes.local(narrow.until, page.facts) if narrow.until else None,
    }


def data(page: Page) -> dict[str, Any]:
    """What the release is made from, and what its checks found."""
    state, files = trust.trust(page.release, page.filters, page.today), trust.files(page.release)
    return {
        "trust": state,
        "files": [file | {"reasons": ledger.reasons(page, file["reject_reason_texts"])} for file in files],
        "findings": [ledger.finding(page, check) for check in state.failed_checks],
        "sources": ledger.sources(page),
        "accounts": ledger.accounts(page),
        "about": page.facts.about,
    }


def methods(page: Page) -> dict[str, Any]:
    """How every number is counted, and the formulas of the metric registry."""
    return {"formulas": formulas.every_formula(page.language.code, page.facts.last_date)}


def span_of(places: list[int]) -> tuple[int, int]:
    """First and last of some places; nothing for none."""
    return (places[0], places[-1]) if places else (0, -1)


def _split(name: str, counts: list[int], links: dict[str, str]) -> Split:
    """A row of a diverging chart; `counts` in the order of `LABELS`."""
    negative, neutral, positive, unscored = counts
    return Split(
        name,
        negative,
        neutral,
        positive,
        unscored,
        links["negative"],
        links["positive"],
        links["neutral"],
        links["unscored"],
        links["all"],
    )


def _by_week(page: Page, days: pl.DataFrame) -> list[Split]:
    rows = []
    for first, last in chart_lines.covered_weeks(page.filters, page.facts)[-16:]:
        week = days.filter(pl.col("mention_date").is_between(first, last))
        counts = [int(week[f"{label}_count"].sum() or 0) for label in LABELS]
        if not sum(counts):
            continue
        links = {label: page.mentions_of_days(first, last, sentiment=label) for label in LABELS}
        links["all"] = page.mentions_of_days(first, last)
        rows.append(_split(page.week(first, last), counts, links))
    return rows


def parts_frame(page: Page, column: str) -> pl.DataFrame:
    """The focus brand by platform or language: `code`, `mention_count`, `negative_count`, `scored_count`."""
    sql, values = counted(page.filters)
    return page.release.frame(
        f"""SELECT {column}::VARCHAR AS code, count(*) AS mention_count,
          count(*) FILTER (sentiment_label = 'negative') AS negative_count,
          count(*) FILTER (sentiment_label <> 'unscored') AS scored_count
        FROM ({sql}) WHERE brand_id = ? GROUP BY 1 ORDER BY 2 DESC, 1""",  # noqa: S608
        [*values, page.filters.brand],
    )


def _parts(page: Page, column: str, part: str) -> list[dict[str, Any]]:
    found = parts_frame(page, column)
    total, language = found["mention_count"].sum() or 1, page.language
    return [
        {
            "name": language.word(part, row["code"]) if row["code"] else language.t("unknown"),
            "link": page.mentions(**{part: row["code"] or UNKNOWN}),
            "negative_link": page.mentions(**{part: row["code"] or UNKNOWN}, sentiment="negative"),
            "count": language.count(row["mention_count"]),
            "ratio": language.percent(row["mention_count"] / total),
            "negative": language.percent(row["negative_count"] / row["scored_count"] if row["scored_count"] else None),
        }
        for row in found.head(12).iter_rows(named=True)
    ]


def _vendor(page: Page) -> tuple[int, float] | None:
    """Mentions both we and the vendor labelled in the period, and the part with the same label."""
    found = page.release.rows(
        "SELECT sum(vendor_labelled_count), sum(vendor_agreement_ratio * vendor_labelled_count) FROM r.sentiment_daily "
        "WHERE brand_id = ? AND platform_code = ? AND mention_date BETWEEN ? AND ?",
        [page.filters.brand, page.filters.platform or "all", page.filters.start, page.filters.end],
    )[0]
    return (int(found[0]), found[1] / int(found[0])) if found[0] and found[1] is not None else None


def _linked(
    page: Page, row: dict[str, Any], common: dict[str, list[dict[str, Any]]]
) -> dict[str, list[dict[str, Any]]]:
    since, until = row["started_at"], spikes.ends(row)
    names = {"platforms": "platform", "sentiments": "sentiment", "hashtags": "tag", "clusters": "cluster"}
    platform = None if row["platform_code"] == "all" else row["platform_code"]
    for part, entries in common.items():
        for entry in entries:
            changes = {"brand": row["brand_id"], "platform": platform} | {names[part]: entry["value"]}
            entry["link"] = page.mentions_of_hours(since, until, **changes)
            entry["ratio"] = page.language.percent(entry["count"] / max(row["observed_count"], 1))
    return common
