"""Charts of parts: a whole split into shares, and a grid of weekdays and hours. The same rules as `charts.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.charts import BLUE, GREY, INK, LIGHT, PLAIN_AXIS, Cell, Chart, base
from dashboard.language import Language

_PALETTE = ((BLUE, "#FFFFFF"), ("#B34700", "#FFFFFF"), (GREY, "#FFFFFF"), (LIGHT, INK), ("#EDEFF2", INK))
# Nothing known, a slot like any other, clearly better, clearly worse.
_SHADES = {"better": BLUE, "worse": "#B34700", "cannot_tell": LIGHT, "not_enough_data": "#DDE3E9"}


@dataclass(frozen=True)
class Whole:
    """One bar of a stacked chart: `parts` are share, count and link in the order of the chart's names."""

    name: str
    parts: Sequence[tuple[float | None, int, str | None]]


def stacked(
    language: Language, name: str, label: str, names: Sequence[str], wholes: Sequence[Whole], export: str
) -> Chart:
    """Horizontal bars that add up to 100 %, each part with its share in words where there is room."""
    option = base("percent", top=30)
    option["legend"] = {"top": 0, "left": 0, "data": list(names)}
    option["xAxis"] = {"type": "value", "min": 0, "max": 1, "splitLine": {"lineStyle": {"color": "#E4E7EB"}}}
    option["yAxis"] = {"type": "category", "data": [w.name for w in wholes], "inverse": True} | PLAIN_AXIS
    option["series"] = []
    for place, part in enumerate(names):
        colour, ink = _PALETTE[place % len(_PALETTE)]
        data = [
            {"value": share, "link": link, "tip": f"{whole.name}, {part}: {language.count(count)}"}
            for whole in wholes
            for share, count, link in [whole.parts[place]]
        ]
        option["series"].append(
            {"type": "bar", "stack": "s", "barWidth": "58%", "name": part, "data": data}
            | {"itemStyle": {"color": colour, "borderColor": "#FFFFFF", "borderWidth": 1}}
            | {"label": {"show": True, "color": ink, "format": "part"}}
        )
    rows: list[list[Cell]] = [
        [(whole.name, None), *(_told(language, *part) for part in parts)] for whole in wholes for parts in [whole.parts]
    ]
    return Chart(name, label, option, ["", *names], rows, 48 + 38 * len(wholes), export)


def _told(language: Language, share: float | None, count: int, link: str | None) -> Cell:
    """A part as a count and its share; nothing is a dash that leads nowhere."""
    return (f"{language.count(count)} ({language.percent(share)})", link) if count else ("—", None)


@dataclass(frozen=True)
class Slot:
    """One weekday (1 Monday to 7) and hour: how sure its shade is, what it says in words, where it leads."""

    weekday: int
    hour: int
    verdict: str
    post_count: int
    text: str
    cells: Sequence[Cell]
    link: str


def grid(
    language: Language, name: str, label: str, slots: Sequence[Slot], columns: Sequence[str], part: Mapping[str, str]
) -> Chart:
    """Weekdays by hours: a square where there were posts, blue with + where they clearly work, vermillion with −
    where they clearly do not, grey where nothing can be said."""
    hours, days = [f"{hour:02d}" for hour in range(24)], [language.t(f"weekday.{day}") for day in range(1, 8)]
    option = base("count", top=8)
    option["xAxis"] = {"type": "category", "data": hours, "axisTick": {"show": False}, "splitArea": {"show": False}}
    option["yAxis"] = {"type": "category", "data": days, "inverse": True, "axisTick": {"show": False}}
    option["series"] = [
        {
            "type": "custom",
            "renderItem": "square",
            "name": label,
            "encode": {"x": 0, "y": 1},
            "data": [
                {
                    "value": [slot.hour, slot.weekday - 1],
                    "link": slot.link,
                    "tip": slot.text,
                    "fill": _SHADES[slot.verdict],
                    "sign": {"better": "+", "worse": "−"}.get(slot.verdict, str(slot.post_count)),
                    "ink": "#FFFFFF" if slot.verdict in ("better", "worse") else INK,
                }
                for slot in slots
            ],
        }
    ]
    rows = [list(slot.cells) for slot in slots]
    return Chart(name, label, option, columns, rows, 250, "posting_rhythm", part)
