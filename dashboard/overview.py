"""The overview: answers in the order people ask, from "can I trust it" to "are we on target"."""

from typing import Any

import polars as pl

from dashboard import (
    cards,
    chart_sentiment,
    chart_volume,
    charts,
    crowd,
    insight,
    level,
    panorama,
    service,
    spikes,
    trust,
)
from dashboard.chart_sentiment import Split
from dashboard.charts import Bar, Chart
from dashboard.figures import BrandFigures, brand_figures, changes, comparison, daily, partial_days
from dashboard.filters import Filters
from dashboard.page import Page
from warehouse.tables.columns import ALL_PLATFORMS

# Fewer scored mentions than this are told as such.
_FEW = 20


def context(page: Page) -> dict[str, Any]:
    """Everything the overview shows."""
    release, chosen = page.release, page.filters
    now, days = brand_figures(release, chosen), daily(release, chosen)
    earlier = comparison(release, chosen)
    before = brand_figures(release, earlier) if earlier else None
    days_before = daily(release, earlier) if earlier else None
    focus = now[chosen.brand]
    changed = None
    if before is not None and days_before is not None:
        changed = changes(focus, before[chosen.brand], days, days_before)
    bursts = spikes.spikes(release, chosen)
    return {
        "trust": trust.trust(release, chosen, page.today),
        "headline": cards.headline(page, focus, changed, bursts),
        "focus": focus,
        "earlier": earlier,
        "cards": cards.cards(page, focus, before[chosen.brand] if before else None, changed),
        "volume": volume_chart(page, days, days_before, bursts),
        "spikes": [told_spike(page, row) for row in bursts],
        "has_panel": any(brand.mention_count for brand in now.values()),
        "share": share_chart(page, now, before),
        "share_rows": share_rows(page, now),
        "sentiment": sentiment_chart(page, now),
        "hashtags": hashtag_rows(page, earlier),
        "topics": topic_rows(page),
        "benchmark": benchmark_rows(page, panorama.benchmark(release, chosen)),
        "audience": audience_rows(page, panorama.audience(release, chosen)),
        "rising": insight.rising(page),
        "verdicts": insight.verdicts(page),
        "people": insight.people(page),
        "crowd": crowd.participation(page),
        "queue": service.queue(page),
        "targets": service.targets(page),
        "level": level.level(page),
        "has_history": spikes.has_history(release, chosen),
    }


def volume_chart(page: Page, days: pl.DataFrame, before: pl.DataFrame | None, bursts: list[dict[str, Any]]) -> Chart:
    """Mentions of the focus brand by day."""
    brand = page.filters.brand
    pins = [
        (row["number"], spikes.local(row["peak_at"], page.facts).date(), page.spike(row["spike_id"])) for row in bursts
    ]
    return chart_volume.volume(
        page.language,
        days.filter(pl.col("brand_id") == brand),
        None if before is None else before.filter(pl.col("brand_id") == brand),
        pins,
        partial_days(page.release, page.filters),
        page.mentions_of_days,
    )


def told_spike(page: Page, row: dict[str, Any]) -> dict[str, Any]:
    """A spike with its sentence, what its posts have in common, and where it leads."""
    language = page.language
    common = spikes.in_common(page.release, row)
    parts = [
        (language.word("platform", p["value"]), language.percent(p["count"] / max(row["observed_count"], 1)))
        for p in common["platforms"][:1]
        if row["platform_code"] == ALL_PLATFORMS
    ]
    reasons = [language.t("spike.mostly_on", platform=name, ratio=ratio) for name, ratio in parts]
    reasons += [
        language.t("spike.hashtag", tag=tag["value"], count=language.count(tag["count"]))
        for tag in common["hashtags"][:1]
        if tag["count"] * 10 >= row["observed_count"]
    ]
    known = insight.explanation(page, row["spike_id"])
    if known:
        reasons = [known["sentence"]]
    return (
        {"metric_code": "mention_count"}
        | row
        | {
            "sentence": cards.spike_sentence(page, row),
            "reasons": reasons,
            "page": page.spike(row["spike_id"]),
            "mentions": insight.spike_mentions(page, row),
            "negative_mentions": insight.spike_mentions(page, row, sentiment="negative"),
            "severity": language.word("severity", row["severity_code"]),
        }
    )


def share_chart(page: Page, now: dict[str, BrandFigures], before: dict[str, BrandFigures] | None) -> Chart:
    """Share of voice of the panel with intervals, largest first."""
    ordered = sorted(now.values(), key=lambda brand: -brand.mention_count)
    items = [_share_bar(page, brand, before[brand.brand_id] if before else None) for brand in ordered]
    t = page.language.t
    columns = [t("column.brand"), t("column.share"), t("column.interval")]
    return charts.bars(page.language, "share", t("share.title"), items, columns, "share_of_voice")


def _share_bar(page: Page, brand: BrandFigures, before: BrandFigures | None) -> Bar:
    value, low, high = brand.share or (None, None, None)
    return Bar(
        page.brand(brand.brand_id),
        value,
        low,
        high,
        page.mentions(brand=brand.brand_id),
        brand.brand_id == page.filters.brand,
        before.share_of_voice_ratio if before else None,
        page.mentions_of_days(*page.filters.before().span, brand=brand.brand_id) if before else None,
    )


def share_rows(page: Page, now: dict[str, BrandFigures]) -> list[dict[str, Any]]:
    """Counts behind the shares: mentions, authors, repeated texts, share of authors."""
    language = page.language
    authors = sum(brand.distinct_author_count for brand in now.values())
    return [
        {
            "name": page.brand(brand.brand_id),
            "link": page.brand_page(brand.brand_id),
            "mentions": language.count(brand.mention_count),
            "mentions_link": page.mentions(brand=brand.brand_id),
            "repeated_link": page.mentions(brand=brand.brand_id, copies="1"),
            "share": language.percent(brand.share and brand.share[0]),
            "authors": language.count(brand.distinct_author_count),
            "authors_share": language.percent(brand.distinct_author_count / authors if authors else None),
            "repeated": language.percent(brand.syndication_ratio),
        }
        for brand in sorted(now.values(), key=lambda brand: -brand.mention_count)
    ]


def sentiment_chart(page: Page, now: dict[str, BrandFigures]) -> Chart:
    """Sentiment of each brand around zero, in the order of the shares."""
    ordered = sorted(now.values(), key=lambda brand: -brand.mention_count)
    return chart_sentiment.sentiment(
        page.language, [split(page, _with_few(page, b), b, brand=b.brand_id) for b in ordered if b.mention_count]
    )


def _with_few(page: Page, brand: BrandFigures) -> str:
    """A brand's name, with how few mentions its bar stands for where they are few."""
    name = page.brand(brand.brand_id)
    return name if brand.scored_count >= _FEW else f"{name} (n = {brand.scored_count})"


def split(page: Page, name: str, figures: BrandFigures, **changes: str | None) -> Split:
    """The label counts of one row of a sentiment chart, each with its mentions."""
    return Split(
        name,
        figures.negative_count,
        figures.neutral_count,
        figures.positive_count,
        figures.unscored_count,
        page.mentions(**changes, sentiment="negative"),
        page.mentions(**changes, sentiment="positive"),
        page.mentions(**changes, sentiment="neutral"),
        page.mentions(**changes, sentiment="unscored"),
        page.mentions(**changes),
    )


def hashtag_rows(page: Page, earlier: Filters | None, limit: int = 8) -> list[dict[str, Any]]:
    """Hashtags of the focus brand, most frequent first."""
    language = page.language
    return [
        {
            "tag": row["hashtag"],
            "page": page.hashtag(row["hashtag"]),
            "mentions": page.mentions(tag=row["hashtag"]),
            "count": language.count(row["mention_count"]),
            "before": language.count(row["previous_count"]),
            "is_new": row["previous_count"] == 0 and row["mention_count"] >= 5,
            "authors": language.count(row["distinct_author_count"]),
            "negative": _part_of(page, row["negative_count"], row["scored_count"]),
            "negative_link": page.mentions(tag=row["hashtag"], sentiment="negative"),
            "before_link": page.mentions_of_days(*earlier.span, tag=row["hashtag"]) if earlier else None,
        }
        for row in panorama.hashtags(page.release, page.filters, earlier, limit).iter_rows(named=True)
    ]


def _part_of(page: Page, count: int, total: int) -> str:
    """A part in percent, or told as counts where so few would make any percentage look like more than it is."""
    if total >= _FEW:
        return page.language.percent(count / total)
    return page.language.t("few.of", count=count, total=total) if total else "—"


def topic_rows(page: Page) -> list[dict[str, Any]]:
    """Configured topics of the focus brand."""
    language = page.language
    return [
        {
            "name": page.facts.topic_names.get(row["topic_id"], row["topic_id"]),
            "mentions": page.mentions(topic=row["topic_id"]),
            "count": language.count(row["mention_count"]),
            "negative": language.percent(row["negative_ratio"]),
            "negative_link": page.mentions(topic=row["topic_id"], sentiment="negative"),
        }
        for row in panorama.topics(page.release, page.filters).iter_rows(named=True)
    ]


def benchmark_rows(page: Page, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """The panel's own publishing, brand by brand inside each platform."""
    language = page.language
    return [
        row
        | {
            "platform": language.word("platform", row["platform_code"]),
            "brand": page.brand(row["brand_id"]),
            "is_focus": row["brand_id"] == page.filters.brand,
            "posts": language.count(row["post_count"]),
            "posts_link": page.posts(row["brand_id"], row["platform_code"]),
            **{
                f"{order}_link": page.posts(row["brand_id"], row["platform_code"], sort=order)
                for order in ("likes", "comments", "shares")
            },
            "per_week": language.count(round(row["posts_per_week"], 1)),
            "er": language.percent(row["er_followers_sum_ratio"], 2),
            "applause": language.count(row["applause_per_post"]),
            "conversation": language.count(row["conversation_per_post"]),
            "amplification": language.count(row["amplification_per_post"]),
        }
        for row in rows.iter_rows(named=True)
    ]


def audience_rows(page: Page, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Audiences at the end of the period and what they gained."""
    language = page.language
    return [
        {
            "platform": language.word("platform", row["platform_code"]),
            "brand": page.brand(row["brand_id"]),
            "is_focus": row["brand_id"] == page.filters.brand,
            "kind": language.word("audience", row["audience_kind_code"]),
            "link": page.posts(row["brand_id"], row["platform_code"]),
            "count": language.count(row["last_count"]),
            "added": signed(page, row["added_count"]),
            "growth": "—" if row["growth_ratio"] is None else language.points(row["growth_ratio"]) + language.gap + "%",
            "days": language.days(row["first_date"], row["last_date"]),
        }
        for row in rows.iter_rows(named=True)
    ]


def signed(page: Page, value: int | None) -> str:
    """A count with its sign."""
    if value is None:
        return "—"
    return ("+" if value > 0 else "−" if value < 0 else "") + page.language.count(abs(value))
