"""What the weekly digest says: the same sections every week, in words, from one release and one week."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dashboard import cards, mentions, overview, panorama, service, spikes, strongest, trust
from dashboard.figures import BrandFigures, Changes, brand_figures, changes, comparison, daily
from dashboard.mentions import Narrowing
from dashboard.page import Page
from dashboard.releases import Facts
from dashboard.trust import Trust

WEEK = timedelta(days=7)
# A hashtag used by this many people for the first time asks for somebody's attention.
_NEW_HASHTAG = 10
_QUOTED = 3
# Spikes that make up this part of a rise are what the rise is.
_MOST = 0.5


@dataclass(frozen=True)
class Advice:
    """One thing to do next, why, and where to start."""

    text: str
    reason: str
    link: str | None


@dataclass(frozen=True)
class Digest:
    """A week of one brand; every text is plain text."""

    title: str
    brand: str
    period: str
    compared: str
    trust: tuple[str, ...]
    happened: tuple[str, ...]
    cards: tuple[cards.Card, ...]
    why: tuple[tuple[str, str], ...]
    rivals: tuple[tuple[str, str, str], ...]
    quotes_key: str
    quotes: tuple[tuple[str, str], ...]
    sure: tuple[str, ...]
    advice: tuple[Advice, ...]
    release_id: str


def last_complete_week(facts: Facts) -> date:
    """Monday of the newest week whose seven days are all covered to their end; else of the newest week."""
    monday = facts.anchor_date - timedelta(days=facts.anchor_date.weekday())
    for back in range(9):
        first = monday - back * WEEK
        days = {first + timedelta(days=n) for n in range(7)}
        if days <= facts.covered_dates and not days & facts.partial_dates:
            return first
    return monday


def content(page: Page) -> Digest:
    """The digest of the page's week (its filters hold Monday to Sunday)."""
    release, chosen, language, t = page.release, page.filters, page.language, page.language.t
    now, days = brand_figures(release, chosen), daily(release, chosen)
    earlier = comparison(release, chosen)
    before = brand_figures(release, earlier) if earlier else None
    focus = now[chosen.brand]
    changed = None
    if earlier is not None and before is not None:
        changed = changes(focus, before[chosen.brand], days, daily(release, earlier))
    bursts = [overview.told_spike(page, row) for row in spikes.spikes(release, chosen)]
    quotes_key, quoted = _quoted(page, bursts)
    state = trust.trust(release, chosen, page.today)
    shown = cards.cards(page, focus, before[chosen.brand] if before else None, changed)
    return Digest(
        title=t("digest.title", brand=page.brand(), period=language.days(chosen.start, chosen.end)),
        brand=page.brand(),
        period=language.days(chosen.start, chosen.end),
        compared=_compared(page, earlier is not None),
        trust=tuple(_trust_lines(page, state)),
        happened=tuple(cards.headline(page, focus, changed, [])),
        cards=tuple(shown),
        why=tuple((_capital(row["sentence"]), " · ".join(row["reasons"])) for row in bursts),
        rivals=tuple(_rivals(page, now, before)),
        quotes_key=quotes_key,
        quotes=tuple(_quote(page, post) for post in quoted),
        sure=tuple(_sure(page, shown, focus, _burst_part(focus, changed, bursts))),
        advice=tuple(_advice(page, focus, bursts, state)),
        release_id=page.facts.release_id,
    )


def _compared(page: Page, is_compared: bool) -> str:
    before = page.filters.before()
    period = page.language.days(before.start, before.end)
    return page.language.t("compare.with" if is_compared else "compare.not_covered", period=period)


def _trust_lines(page: Page, state: Trust) -> list[str]:
    t, language = page.language.t, page.language
    passed, total = state.check_count - len(state.failed_checks), language.count(state.check_count)
    lines = [
        t(f"trust.{state.state}")
        + " "
        + t("trust.newest", day=language.day(state.newest_date), n=max(state.age_days, 0)),
        t("trust.checks_warned", passed=language.count(passed), total=total)
        if state.failed_checks
        else t("trust.checks_passed", total=total),
    ]
    if state.missing_dates:
        lines.append(t("trust.missing", n=len(state.missing_dates), first=language.day(state.missing_dates[0])))
    if state.partial:
        sources = ", ".join(dict.fromkeys(source for _, source in state.partial))
        lines.append(t("digest.partial", day=language.day(state.partial[-1][0]), sources=sources))
    return lines


def _rivals(
    page: Page, now: dict[str, BrandFigures], before: dict[str, BrandFigures] | None
) -> list[tuple[str, str, str]]:
    language = page.language
    rows = []
    for brand in sorted(now.values(), key=lambda brand: -brand.mention_count):
        was = before[brand.brand_id].share_of_voice_ratio if before else None
        share = brand.share
        text = "—"
        if share:
            ends = {"low": language.percent(share[1]), "high": language.percent(share[2])}
            text = language.t("digest.share", share=language.percent(share[0]), **ends)
        moved = language.t("digest.was", share=language.percent(was)) if was is not None else ""
        rows.append((page.brand(brand.brand_id), text, moved))
    return rows


def _quoted(page: Page, bursts: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """The three mentions with the most interactions, and their title: in a week with a spike that speaks against the
    brand the negative ones of that spike, for praise is not what such a week is about."""
    against = [row for row in bursts if strongest.is_against(page.release, row)]
    if against:
        first = strongest.strongest(page, max(against, key=lambda row: row["excess_count"] or 0.0))[0]
        if first["title"] == "spike.posts_against":
            return "digest.quotes_against", first["posts"][:_QUOTED]
    return "digest.quotes", mentions.mention_page(page.release, page.filters, Narrowing(order="engagement"), _QUOTED)


def _quote(page: Page, post: dict[str, Any]) -> tuple[str, str]:
    """A mention as written, shortened; where, when, how much it was answered and how it speaks of the brand."""
    language, count = page.language, post["engagement_count"]
    where = (
        language.word("platform", post["platform_code"]),
        page.time(post["published_at"]),
        "—" if count is None else language.t("post.engagement", n=count),
        language.word("label", post["sentiment_label"]),
    )
    return _short(post["mention_text"] or post["title"] or language.t("post.withheld")), ", ".join(where)


def _burst_part(focus: BrandFigures, changed: Changes | None, bursts: list[dict[str, Any]]) -> float:
    """How much of a rise in mentions the week's spikes make up; 0 without a rise."""
    if changed is None or changed.volume is None or changed.volume.value <= 0:
        return 0.0
    rise = focus.mention_count - focus.mention_count / (1 + changed.volume.value)
    return sum(row["excess_count"] or 0.0 for row in bursts) / rise


def _sure(page: Page, shown: list[cards.Card], focus: BrandFigures, burst_part: float) -> list[str]:
    t, language = page.language.t, page.language
    lines = [
        t(f"digest.sure_{card.verdict}", what=card.title, change=card.change.removeprefix("▲ ").removeprefix("▼ "))
        for card in shown
        if card.verdict in ("yes", "no", "cannot_tell") and card.change
    ]
    if burst_part >= _MOST:
        lines.insert(0, t("digest.sure_burst", ratio=language.percent(min(burst_part, 1.0))))
    lines.append(t("sentiment.coverage", ratio=language.percent(focus.scored_ratio), brand=page.brand()))
    lines.append(t("digest.copies", ratio=language.percent(focus.syndication_ratio)))
    return lines


def _advice(page: Page, focus: BrandFigures, bursts: list[dict[str, Any]], state: Trust) -> list[Advice]:
    t, language = page.language.t, page.language
    found = []
    for row in bursts:
        if (row["negative_ratio"] or 0) >= spikes.ANGRY:
            reason = t("digest.spike_reason", ratio=language.percent(row["negative_ratio"]), n=row["observed_count"])
            found.append(Advice(t("digest.answer_spike", time=page.time(row["started_at"])), reason, row["mentions"]))
    for tag in panorama.hashtags(page.release, page.filters, page.filters.before(), 20).iter_rows(named=True):
        if tag["previous_count"] == 0 and tag["distinct_author_count"] >= _NEW_HASHTAG:
            key = "digest.avoid_hashtag" if (tag["negative_ratio"] or 0) >= spikes.ANGRY else "digest.new_hashtag"
            reason = t(
                "digest.hashtag_reason", n=tag["mention_count"], negative=language.percent(tag["negative_ratio"])
            )
            found.append(Advice(t(key, tag=tag["hashtag"]), reason, page.hashtag(tag["hashtag"])))
    waiting = service.queue(page)
    if waiting:
        reason = t("digest.queue_reason", need=waiting["rows"][0]["need"], waiting=waiting["rows"][0]["waiting"])
        found.append(Advice(t("digest.answer_queue", n=waiting["total"]), reason, page.link("/")))
    elif focus.asked_count:
        reason = t(
            "card.asked_detail",
            questions=language.count(focus.question_count),
            complaints=language.count(focus.complaint_count),
        )
        found.append(Advice(t("digest.answer_questions", n=focus.asked_count), reason, page.mentions(kind="asked")))
    if focus.purchase_intent_count:
        text = t("digest.purchase", n=focus.purchase_intent_count)
        found.append(Advice(text, t("digest.purchase_reason"), page.mentions(kind="purchase")))
    for target in service.targets(page):
        if target["status"] in ("at_risk", "missed"):
            numbers = {name: target[name] for name in ("actual", "projected", "target")}
            reason = t("digest.target_reason", **numbers, day=target["deadline"])
            text = t("digest.target", metric=target["metric"], brand=target["brand"], status=target["status_word"])
            found.append(Advice(text, reason, page.link("/")))
    if state.state == "stale":
        found.append(Advice(t("digest.renew"), t("digest.renew_reason", day=language.day(state.newest_date)), None))
    return found or [Advice(t("digest.nothing"), "", None)]


def _short(text: str, limit: int = 280) -> str:
    flat = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
