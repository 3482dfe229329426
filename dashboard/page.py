"""What every page shares: the release, the reader's choice and language, and the addresses that lead on from here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote, urlencode

from dashboard.filters import Filters
from dashboard.formulas import Formula, formula
from dashboard.language import Language
from dashboard.releases import Facts, Release
from dashboard.spikes import local

# Parts of an address that let every mention be counted, whatever the reader has filtered.
UNFILTERED: Mapping[str, None] = dict.fromkeys(("platform", "topic", "language", "sentiment", "count"))


@dataclass(frozen=True)
class Page:
    """One request: `path` is the page's own address without its query."""

    release: Release
    filters: Filters
    language: Language
    today: date
    path: str
    newest_id: str

    @property
    def facts(self) -> Facts:
        """What the release says about itself."""
        return self.release.facts

    def brand(self, brand_id: str | None = None) -> str:
        """Name of a brand, the focus brand if none is given."""
        wanted = brand_id or self.filters.brand
        return self.facts.brand_names.get(wanted, wanted)

    def link(self, path: str, **changes: str | None) -> str:
        """An address on this dashboard with the reader's choice kept."""
        return f"{path}?{self.filters.query(**changes)}"

    def unfollowed(self, *names: str) -> str:
        """Which of the filters that are set a section cannot follow, in one sentence; nothing where it follows all.

        A section about the end of the data follows a period that reaches it.
        """
        chosen = self.filters
        is_set = {"period": chosen.end < self.facts.last_date}
        found = [name for name in names if is_set.get(name, getattr(chosen, name))]
        told = ", ".join(self.language.t(f"filter.{name}").lower() for name in found)
        return self.language.t("filter.unfollowed", n=len(found), names=told) if found else ""

    def everything(self, **parts: str | None) -> str:
        """This page over all days the release holds; `parts` are those of the address that no filter knows."""
        return self.link(self.path, **(parts | {"period": "all", "from": None, "to": None}))

    def mentions(self, **changes: str | None) -> str:
        """The mentions behind a number."""
        return self.link("/mentions", **changes)

    def mentions_of_days(self, first: date, last: date, **changes: str | None) -> str:
        """The mentions of some days."""
        days = {"from": first.isoformat(), "to": last.isoformat(), "period": None}
        return self.link("/mentions", **(days | changes))

    def mentions_of_hours(self, since: datetime, until: datetime, **changes: str | None) -> str:
        """The mentions of an exact span, whatever other filters are set; instants are UTC."""
        parts: dict[str, str | None] = {
            "brand": self.filters.brand,
            "since": f"{since:%Y-%m-%dT%H:%M}",
            "until": f"{until:%Y-%m-%dT%H:%M}",
        }
        parts |= {"release": self.filters.release, "lang": self.filters.lang} | changes
        return f"/mentions?{urlencode({name: value for name, value in parts.items() if value})}"

    def mention(self, mention_id: str, day: date) -> str:
        """One mention in the list, whatever other filters are set."""
        return self.mentions_of_days(day, day, id=mention_id, **UNFILTERED)

    def posts(self, brand_id: str, platform: str, **changes: str | None) -> str:
        """The posts a brand's accounts published on a platform."""
        return self.link("/posts", brand=brand_id, on=platform, **changes)

    def week(self, first: date, last: date) -> str:
        """A week by its first day, with a star where days of it are missing or will still grow."""
        return self.language.day(first, year=False) + ("*" if self.is_part_of_week(first, last) else "")

    def is_part_of_week(self, first: date, last: date) -> bool:
        """Whether a week lacks a day, or has one that the exports hold only in part."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        is_whole = len(days) == 7 and all(day in self.facts.covered_dates for day in days)
        return not is_whole or any(day in self.facts.partial_dates for day in days)

    def spike(self, spike_id: str) -> str:
        """A spike's page."""
        return self.link(f"/spikes/{quote(spike_id, safe='')}")

    def hashtag(self, tag: str) -> str:
        """A hashtag's page."""
        return self.link(f"/hashtags/{quote(tag, safe='')}")

    def brand_page(self, brand_id: str) -> str:
        """A brand's page."""
        return self.link(f"/brands/{quote(brand_id, safe='')}", brand=brand_id)

    def export(self, view: str, form: str, part: Mapping[str, str] | None = None) -> str:
        """A download of one view; `part` is what it needs beside the filters."""
        return self.link(f"/export/{view}.{form}", **(part or {}))

    def formula(self, metric_id: str) -> Formula:
        """A metric's definition in the reader's language."""
        return formula(metric_id, self.language.code, self.facts.last_date)

    def time(self, instant: datetime) -> str:
        """A UTC instant, shown in the reporting zone."""
        return self.language.time(local(instant, self.facts))
