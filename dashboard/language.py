"""Words, numbers and days in the reader's language: catalogues in `languages/`, one file each with the same keys."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "fr")
DEFAULT = "en"
_NARROW = "\u202f"  # what French puts between thousands and before signs
_MINUS = "\u2212"


class Language:
    """One language: `t` for words, the rest for values. Unknown values are an em dash, never zero."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.words = catalogue(code)
        self.thousands, self.point = (_NARROW, ",") if code == "fr" else (",", ".")
        self.gap = _NARROW if code == "fr" else ""

    def t(self, key: str, **values: object) -> str:
        """The text of a key with its values set in; with `n` the singular where the language wants it.

        Raises KeyError for a key the catalogue does not have: a missing translation is a fault, not a blank.
        """
        if "n" in values:
            one = values["n"] in (0, 1) if self.code == "fr" else values["n"] == 1
            key = f"{key}.one" if one else f"{key}.other"
            values["n"] = self.count(values["n"])
        text = self.words[key]
        return text.format_map(values) if values else text

    def word(self, part: str, code: object) -> str:
        """The word for a code of the data (`platform.x`), or the code itself where the catalogue has none."""
        return self.words.get(f"{part}.{code}", str(code))

    def count(self, value: Any, decimals: int = 1) -> str:
        """1,234 or 1 234; up to one decimal (or as many as asked) for a number that is not whole."""
        if value is None:
            return "—"
        digits = 0 if float(value).is_integer() or abs(value) >= 100 else decimals
        return self._number(float(value), digits)

    def percent(self, ratio: Any, digits: int = 0) -> str:
        """31% or 31 %; small ratios get the decimals they need."""
        if ratio is None:
            return "—"
        value = float(ratio) * 100
        if digits == 0 and 0 < abs(value) < 1:
            digits = 2 if abs(value) < 0.1 else 1
        return f"{self._number(value, digits)}{self.gap}%"

    def points(self, ratio: Any) -> str:
        """A difference of two shares, signed, in percentage points."""
        return "—" if ratio is None else self._signed(float(ratio) * 100, 1)

    def change(self, ratio: Any) -> str:
        """A relative change, signed, in percent."""
        if ratio is None:
            return "—"
        value = float(ratio) * 100
        return f"{self._signed(value, 0)}{self.gap}%"

    def net(self, ratio: Any) -> str:
        """A net sentiment, -100 to +100, signed."""
        return "—" if ratio is None else self._signed(float(ratio) * 100, 0)

    def day(self, value: date | None, *, year: bool = True) -> str:
        """12 Feb 2026, 12 févr. 2026."""
        if value is None:
            return "—"
        month = self.words[f"month.{value.month}"]
        first = "1er" if self.code == "fr" and value.day == 1 else str(value.day)
        return f"{first} {month} {value.year}" if year else f"{first} {month}"

    def days(self, start: date, end: date) -> str:
        """A period: 5 Jan – 1 Feb 2026."""
        if start == end:
            return self.day(start)
        return f"{self.day(start, year=start.year != end.year)} – {self.day(end)}"

    def time(self, value: datetime | None) -> str:
        """12 Feb 2026, 14:05 (the instant is already in the zone to show)."""
        return "—" if value is None else f"{self.day(value.date())}, {value:%H:%M}"

    def _signed(self, value: float, digits: int) -> str:
        text = self._number(abs(value), digits)
        is_zero = not any(letter in "123456789" for letter in text)
        return text if is_zero else f"{'+' if value > 0 else _MINUS}{text}"

    def _number(self, value: float, digits: int) -> str:
        text = f"{value:,.{digits}f}".replace("-", _MINUS)
        if self.code == "en":
            return text
        return text.replace(",", "\0").replace(".", self.point).replace("\0", self.thousands)


@cache
def language(code: str) -> Language:
    """The language of that code, English for any other."""
    return Language(code if code in LANGUAGES else DEFAULT)


def preferred(accepted: str) -> str:
    """The first language of an Accept-Language header that there is a catalogue for."""
    wanted = (part.split(";")[0].strip().lower()[:2] for part in accepted.split(","))
    return next((code for code in wanted if code in LANGUAGES), DEFAULT)


@cache
def catalogue(code: str) -> Mapping[str, str]:
    """Key → text of one language."""
    text = files("dashboard").joinpath("languages", f"{code}.json").read_text(encoding="utf-8")
    return dict(json.loads(text))
