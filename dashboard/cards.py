"""Key figures and sentences: what a period's numbers say, in words, with how sure they are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dashboard.certainty import Change
from dashboard.figures import BrandFigures, Changes
from dashboard.page import Page


@dataclass(frozen=True)
class Card:
    """One key figure: `verdict` is yes, no, cannot_tell or none (not compared)."""

    name: str
    title: str
    value: str
    detail: str
    change: str
    verdict: str
    verdict_text: str
    link: str


def cards(page: Page, now: BrandFigures, before: BrandFigures | None, changed: Changes | None) -> list[Card]:
    """The five key figures of the focus brand."""
    language, t = page.language, page.language.t
    share, net = now.share, now.net
    if page.filters.sentiment:
        # Of mentions chosen by their label, the label says nothing more.
        net, changed = None, changed and replace(changed, net=None)
    share_detail = t("card.interval", low=language.percent(share[1]), high=language.percent(share[2])) if share else ""
    net_detail = t("card.net_interval", low=language.net(net[1]), high=language.net(net[2])) if net else ""
    coverage = (
        t("card.one_label") if page.filters.sentiment else t("card.scored", ratio=language.percent(now.scored_ratio))
    )
    return [
        _card(page, "mentions", language.count(now.mention_count), t("card.authors", n=now.distinct_author_count),
              changed.volume if changed else None, "change", page.mentions()),
        _card(page, "share", language.percent(share and share[0]), share_detail,
              changed.share if changed else None, "points", page.mentions()),
        _card(page, "net", language.net(net and net[0]), f"{net_detail} {coverage}".strip(),
              changed.net if changed else None, "net", page.mentions(sort="engagement")),
        Card("negative", t("card.negative"), language.count(now.negative_count),
             t("card.negative_detail", ratio=language.percent(_part(now.negative_count, now.scored_count))),
             _was(page, before.negative_count if before else None), "none", "", page.mentions(sentiment="negative")),
        Card("asked", t("card.asked"), language.count(now.asked_count),
             t("card.asked_detail", questions=language.count(now.question_count),
               complaints=language.count(now.complaint_count)),
             _was(page, before.asked_count if before else None), "none", "",
             page.mentions(kind="asked")),
    ]  # fmt: skip


def _card(page: Page, name: str, value: str, detail: str, change: Change | None, unit: str, link: str) -> Card:
    t = page.language.t
    title = t(f"card.{name}")
    if change is None:
        return Card(name, title, value, detail, "", "none", t("verdict.none"), link)
    shown = {"change": page.language.change, "points": page.language.points, "net": page.language.net}[unit](
        change.value
    )
    arrow = "▲" if change.value > 0 else "▼" if change.value < 0 else "■"
    text = t(f"change.{unit}", arrow=arrow, value=shown)
    return Card(name, title, value, detail, text, change.verdict, t(f"verdict.{change.verdict}"), link)


def _was(page: Page, value: int | None) -> str:
    return "" if value is None else page.language.t("card.was", value=page.language.count(value))


def _part(count: int, total: int) -> float | None:
    return count / total if total else None


def headline(page: Page, now: BrandFigures, changed: Changes | None, spikes: list[dict[str, Any]]) -> list[str]:
    """The period in two or three sentences: how much, whose share, did it move, and the largest burst."""
    language, t = page.language, page.language.t
    if not now.mention_count:
        return [t("headline.silent", brand=page.brand(), period=language.days(page.filters.start, page.filters.end))]
    sentences = [_volume_sentence(page, now)]
    share = changed.share if changed else None
    if share is not None:
        direction = "up" if share.value > 0 else "down"
        key = f"headline.share_{direction}" if share.verdict == "yes" else f"headline.share_{share.verdict}"
        sentences.append(t(key, points=language.points(abs(share.value)).removeprefix("+")))
    if spikes:
        largest = max(spikes, key=lambda row: row["excess_count"] or 0)
        sentences.append(t("headline.spike", sentence=spike_sentence(page, largest)))
    return sentences


def _volume_sentence(page: Page, now: BrandFigures) -> str:
    language, t = page.language, page.language.t
    share = now.share or (0.0, 0.0, 0.0)
    what = "headline.volume_narrowed" if is_narrowed(page) else "headline.volume"
    return t(
        what,
        brand=page.brand(),
        n=now.mention_count,
        period=language.days(page.filters.start, page.filters.end),
        share=language.percent(share[0]),
        low=language.percent(share[1]),
        high=language.percent(share[2]),
    )


def is_narrowed(page: Page) -> bool:
    """Whether a filter leaves part of the conversation out."""
    chosen = page.filters
    return bool(chosen.platform or chosen.topic or chosen.language or chosen.sentiment)


def spike_sentence(page: Page, row: Mapping[str, Any]) -> str:
    """A spike in one sentence: when, how many instead of how many, how negative."""
    language, t = page.language, page.language.t
    values = {
        "brand": page.brand(row["brand_id"]),
        "time": page.time(row["started_at"]),
        "count": language.count(row["observed_count"]),
        "usual": language.count(round(row["expected_count"])) if row["expected_count"] is not None else "—",
    }
    text = t(f"spike.sentence.{row.get('metric_code', 'mention_count')}", **values)
    if row["negative_ratio"] is not None:
        text += " " + t("spike.negative", ratio=language.percent(row["negative_ratio"]))
    return text
