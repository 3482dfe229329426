"""What a reader has asked to see, read from the address and written back into it. Every page and export shares it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from dashboard.releases import Facts
from warehouse.tables.columns import SENTIMENT_LABELS

PRESETS = ("7", "28", "90", "all")
DEFAULT_PRESET = "28"
# Posts whose language nobody could tell.
UNKNOWN = "unknown"
# The parts of an address that are read here.
NAMES = (
    *("brand", "period", "from", "to", "platform", "topic", "language", "sentiment", "count", "compare"),
    *("release", "lang"),
)
COMPARISONS = ("previous", "year", "none")


@dataclass(frozen=True)
class Filters:
    """One choice: the focus brand, the days (both ends counted) and what is left out."""

    brand: str
    start: date
    end: date
    period: str | None = DEFAULT_PRESET
    platform: str | None = None
    topic: str | None = None
    language: str | None = None
    sentiment: str | None = None
    is_deduplicated: bool = False
    compare: str = "previous"
    release: str | None = None
    lang: str | None = None
    # The days chosen by hand where the release does not hold all of them.
    asked: tuple[date, date] | None = None
    # Parts of the address that mean nothing to this release, as they were written.
    unread: tuple[tuple[str, str], ...] = ()

    @property
    def is_outside(self) -> bool:
        """Whether the release holds none of the days that were asked for: the period is then all it holds."""
        return self.asked is not None and (self.asked[0] > self.end or self.asked[1] < self.start)

    @property
    def days(self) -> int:
        """Days in the period."""
        return (self.end - self.start).days + 1

    @property
    def span(self) -> tuple[date, date]:
        """First and last day."""
        return self.start, self.end

    @property
    def named(self) -> tuple[date, date]:
        """First and last day as an address names them: those shown, or those asked for where there are none."""
        return self.asked if self.asked and self.is_outside else self.span

    def over(self, start: date, end: date) -> "Filters":
        """The same choice over other days."""
        return replace(self, start=start, end=end, period=None, asked=None)

    def before(self) -> "Filters":
        """The same choice over the days it is compared with: as many days just before, or 52 weeks (364 days) ago,
        which keeps weekdays together."""
        back = timedelta(days=364 if self.compare == "year" else self.days)
        return self.over(self.start - back, self.end - back)

    def query(self, **changes: str | None) -> str:
        """The query string of this choice with some parts changed; None takes a part out."""
        parts: dict[str, str | None] = {"brand": self.brand}
        if self.period:
            parts["period"] = self.period
        else:
            first, last = self.named
            parts |= {"from": first.isoformat(), "to": last.isoformat()}
        parts |= {"platform": self.platform, "topic": self.topic, "language": self.language}
        parts |= {"sentiment": self.sentiment, "count": "deduplicated" if self.is_deduplicated else None}
        parts |= {"compare": self.compare if self.compare != "previous" else None}
        parts |= {"release": self.release, "lang": self.lang}
        parts |= changes
        return urlencode({name: value for name, value in parts.items() if value})

    def where(self, *, with_sentiment: bool = True) -> tuple[str, list[object]]:
        """The SQL condition on `vote` (for every brand of the panel) and its values."""
        parts = ["mention_date BETWEEN ? AND ?"]
        bound: list[object] = [self.start, self.end]
        conditions: list[tuple[str, object]] = [("platform_code", self.platform)]
        if self.language == UNKNOWN:
            parts.append("language_code IS NULL")
        else:
            conditions.append(("language_code", self.language))
        if with_sentiment:
            conditions.append(("sentiment_label", self.sentiment))
        for column, value in conditions:
            if value:
                parts.append(f"{column} = ?")
                bound.append(value)
        if self.topic:
            parts.append("mention_row IN (SELECT mention_row FROM vote_topic WHERE topic_id = ?)")
            bound.append(self.topic)
        return " AND ".join(parts), bound


def parse(asked: Mapping[str, str], facts: Facts) -> Filters:
    """The choice in an address. What the release does not know (a brand, a platform) falls back to everything, days it
    does not hold are cut off; both are kept, in `unread` and `asked`, for the page to say so."""
    period, start, end = _days(asked, facts)
    chosen = None if period else _chosen_days(asked, facts)
    compare = asked.get("compare", "previous")
    sentiment = asked.get("sentiment")
    found = Filters(
        brand=asked["brand"] if asked.get("brand") in facts.brand_ids else facts.own_brand,
        start=start,
        end=end,
        period=period,
        platform=_known(asked.get("platform"), facts.platforms),
        topic=_known(asked.get("topic"), tuple(facts.topic_names)),
        language=_known(asked.get("language"), (*facts.languages, UNKNOWN)),
        sentiment=_known(sentiment, SENTIMENT_LABELS),
        is_deduplicated=asked.get("count") == "deduplicated",
        compare=compare if compare in COMPARISONS else "previous",
        release=facts.release_id if asked.get("release") else None,
        lang=asked["lang"] if asked.get("lang") in ("en", "fr") else None,
        asked=chosen if chosen != (start, end) else None,
    )
    parts = ("brand", "platform", "topic", "language", "sentiment")
    unread = [name for name in parts if asked.get(name) and asked[name] != getattr(found, name)]
    unread += [name for name in ("from", "to") if asked.get(name) and _date(asked[name]) is None]
    return replace(found, unread=tuple((name, asked[name][:60]) for name in unread))


def is_covered(filters: Filters, facts: Facts) -> bool:
    """Whether the exports cover every day of the period: only such periods are compared."""
    days = (filters.start + timedelta(days=n) for n in range(filters.days))
    return all(day in facts.covered_dates for day in days)


def _days(asked: Mapping[str, str], facts: Facts) -> tuple[str | None, date, date]:
    preset, chosen = asked.get("period"), _chosen_days(asked, facts)
    # Days chosen by hand come with the preset that was shown before: the days win unless a preset was chosen after.
    if chosen and preset in (None, "", "custom"):
        start, end = max(chosen[0], facts.first_date), min(chosen[1], facts.last_date)
        return (None, start, end) if start <= end else (None, facts.first_date, facts.last_date)
    preset = preset if preset in PRESETS else DEFAULT_PRESET
    if preset == "all":
        return preset, facts.first_date, facts.last_date
    return preset, max(facts.anchor_date - timedelta(days=int(preset) - 1), facts.first_date), facts.anchor_date


def _chosen_days(asked: Mapping[str, str], facts: Facts) -> tuple[date, date] | None:
    """The days named by hand, in order; an end left open reaches as far as the release does."""
    start, end = _date(asked.get("from")), _date(asked.get("to"))
    if start and end:
        return min(start, end), max(start, end)
    if start:
        return start, max(start, facts.last_date)
    return (min(end, facts.first_date), end) if end else None


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _known(value: str | None, allowed: tuple[str, ...]) -> str | None:
    return value if value in allowed else None
