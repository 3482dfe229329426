"""Whether an export is whole: caps, asked-for periods that its rows do not reach, texts cut at one length, samples."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from transforms.sources.values import parse_instants

# Row counts at which vendors stop: paging limits, report limits, the last row of a sheet.
KNOWN_CAPS = (5_000, 10_000, 20_000, 25_000, 30_000, 50_000, 65_535, 65_536, 100_000, 200_000, 1_048_575, 1_048_576)
_FEWEST_ROWS = 10
_ROUND, _FEWEST_TEXTS, _SHORTEST_CUT, _FEWEST_COUNTED = 1_000, 20, 80, 20
_GAP_FACTOR, _LEAST_GAP = 20, timedelta(hours=6)
_CLIFF_ROWS, _CLIFF_FACTOR = 60, 3
_LIMITED_PLATFORMS = ["x", "bluesky", "mastodon", "threads"]
_NAME_PERIOD = re.compile(r"(\d{4}-\d{2}-\d{2})\s*(?:_|to|-+)\s*(\d{4}-\d{2}-\d{2})(?!\d)")
_COUNTED = r"(?:mentions?|results?|documents?|posts?|comments?|hits|items)"
_TOTAL = re.compile(
    rf"(?i)^(?:total|(?:total |all )?(?:number of |no\. of |n° of )?{_COUNTED}(?: found| count| total)?)\s*[:=]\s*"
    r"(\d{1,3}(?:[,. \u00a0\u202f']\d{3})+|\d{1,12})(?:\.0)?$"
)
_A_DAY = timedelta(days=1)
_PERIOD_WORDS = {
    **dict.fromkeys(("from", "start", "start date", "since"), "from"),
    **dict.fromkeys(("to", "end", "end date", "until"), "to"),
}
_PERIOD_FORMATS = ("%a %b %d %H:%M:%S UTC %Y", "%Y-%m-%d %H:%M:%S", "iso", "%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y")


@dataclass
class Coverage:
    """Collects what the rows of one file show; `warnings` says what is wrong with the whole."""

    row_cap: int | None = None
    preamble: Sequence[Sequence[str]] = ()
    file_name: str = ""
    counters: Sequence[str] = ()
    _times: list[np.ndarray] = field(default_factory=list)
    _unknown: set[str] = field(default_factory=set)
    _row_count: int = 0
    _lengths: np.ndarray = field(default_factory=lambda: np.zeros(20_001, np.int64))

    def add(self, times: pl.Series, platforms: pl.Series, texts: pl.Series | None) -> None:
        """Takes note of a batch's times (instants or days) and texts, but for platforms that limit texts themselves."""
        self._times.append(times.drop_nulls().cast(pl.Datetime("us")).cast(pl.Int64).to_numpy())
        if texts is not None:
            free = texts.filter(~platforms.is_in(_LIMITED_PLATFORMS)).drop_nulls()
            self._lengths += np.bincount(free.str.len_chars().clip(0, 20_000).to_numpy(), minlength=20_001)

    def add_counters(self, rows: pl.DataFrame) -> None:
        """Takes note of which of `counters` (canonical columns a JSON format always fills) the rows leave empty."""
        empty = {name for name in self.counters if rows[name].null_count() == rows.height}
        self._unknown = empty if self._row_count == 0 else self._unknown & empty
        self._row_count += rows.height

    def _empty_counters(self) -> str | None:
        if not self._unknown or self._row_count < _FEWEST_COUNTED:
            return None
        names = ", ".join(sorted(self._unknown))
        return f"none of {self._row_count:,} records gives {names}: did its keys get other names? they are unknown here"

    def warnings(self, row_count: int) -> list[str]:
        """What a reader of the numbers must know, given the number of records in the file."""
        times = np.sort(np.concatenate(self._times)) if self._times else np.zeros(0, np.int64)
        found = [self._cap(row_count), self._sample(), *self._periods(times), self._cliff(times), self._cut_texts()]
        found.append(self._empty_counters())
        return [warning for warning in found if warning]

    def _cap(self, row_count: int) -> str | None:
        if self.row_cap is not None and row_count >= self.row_cap:
            return f"the export holds {row_count:,} rows, the most this format gives: it is probably cut off there"
        if row_count in KNOWN_CAPS or (row_count >= _ROUND and row_count % _ROUND == 0):
            return f"the export holds exactly {row_count:,} rows, a number exports are capped at: it may be incomplete"
        return None

    def _sample(self) -> str | None:
        words = " ".join(cell for row in self.preamble for cell in row)
        match = re.search(r"(?i)\bsampl(?:e|ed|ing)\b[^.,;]{0,40}", words)
        return f"the export says it is a sample ({match.group(0).strip()!r}): counts are not totals" if match else None

    def period(self) -> tuple[datetime | None, datetime | None]:
        """The period that the lines above the header, or else the file's name, say the export was asked for, in UTC."""
        bounds: dict[str, datetime | None] = {"from": None, "to": None}
        for row in self.preamble:
            cells = [cell.strip() for cell in row if cell.strip()]
            key = _PERIOD_WORDS.get(cells[0].rstrip(":").strip().casefold()) if cells else None
            if key is not None and len(cells) > 1:
                bounds[key] = _instant(cells[1])
        named = _NAME_PERIOD.search(self.file_name)
        if named and bounds["from"] is None and bounds["to"] is None:
            # Days of an unknown zone: a day more on each side.
            first, last = _instant(named.group(1)), _instant(named.group(2))
            return (first and first + _A_DAY, last) if first and last and first < last else (None, None)
        return bounds["from"], bounds["to"]

    def _periods(self, times: np.ndarray) -> list[str]:
        if len(times) < _FEWEST_ROWS:
            return []
        start, end = self.period()
        first, last = (datetime.fromtimestamp(int(t) / 1e6, UTC) for t in (times[0], times[-1]))
        usual = timedelta(microseconds=int(np.median(np.diff(times)))) * _GAP_FACTOR
        found = []
        if start and first - start > max(_LEAST_GAP, usual):
            found.append(f"asked for from {start:%Y-%m-%d %H:%M}, but the first row is of {first:%Y-%m-%d %H:%M} UTC")
        if end and end - last > max(_LEAST_GAP, usual):
            found.append(f"asked for until {end:%Y-%m-%d %H:%M}, but the last row is of {last:%Y-%m-%d %H:%M} UTC")
        return [f"the rows do not reach the whole period: {text}" for text in found]

    def _cliff(self, times: np.ndarray) -> str | None:
        """The oldest rows begin at full rate in the middle of an hour: exports run backwards in time until a cap."""
        if len(times) < _CLIFF_ROWS * 5 or self.period()[0] is not None:
            return None
        hour = 3_600_000_000
        span = max(1, int((times[-1] - times[0]) // hour))
        first_hour = int(np.searchsorted(times, times[0] + hour))
        is_on_the_hour = times[0] % (hour // 4) < 120_000_000
        if is_on_the_hour or first_hour < _CLIFF_ROWS or span < 3 or first_hour < _CLIFF_FACTOR * len(times) / span:
            return None
        first = datetime.fromtimestamp(int(times[0]) / 1e6, UTC)
        return (
            f"the rows begin abruptly at {first:%Y-%m-%d %H:%M} UTC ({first_hour} in the first hour): "
            "older ones may be cut off"
        )

    def _cut_texts(self) -> str | None:
        places = np.flatnonzero(self._lengths[:20_000])
        if not len(places) or places[-1] < _SHORTEST_CUT:
            return None
        longest = int(places[-1])
        here = int(self._lengths[longest])
        near = float(self._lengths[max(0, longest - 10) : longest].mean())
        if here < _FEWEST_TEXTS or here < 10 * max(near, 1.0):
            return None
        return f"{here:,} texts are exactly {longest} characters long and none is longer: the export cuts texts there"


def stated_total(preamble: Sequence[Sequence[str]]) -> int | None:
    """The vendor's own number of records in the lines above the header; None where no line gives one.

    A line gives one as `Total mentions:` with a number in the next cell, or as one cell `Results: 1,234`.
    """
    for row in preamble:
        cells = [cell.strip() for cell in row if cell.strip()]
        texts = cells[:1] if len(cells) == 1 else [f"{cells[0].rstrip(':')}: {cells[1]}"] if cells else []
        for text in texts:
            found = _TOTAL.match(text)
            if found:
                return int(re.sub(r"[,. \u00a0\u202f']", "", found.group(1)))
    return None


def _instant(cell: str) -> datetime | None:
    explicit, naive = parse_instants(pl.Series([cell]), _PERIOD_FORMATS)
    found = explicit[0] or (naive[0].replace(tzinfo=UTC) if naive[0] is not None else None)
    return found if isinstance(found, datetime) else None
