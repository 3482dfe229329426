"""Charts as plain data: what ECharts draws, where each mark leads, and the same numbers as a table.

No function and no markup crosses into the page: `app.js` sets formats by name, and every text is drawn as text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.language import Language

BLUE, VERMILLION, GREY, LIGHT, INK = "#0072B2", "#D55E00", "#767676", "#C9CDD2", "#1F2933"
Cell = tuple[str, str | None]


@dataclass(frozen=True)
class Chart:
    """One chart: `option` for ECharts, `columns` and `rows` (text and where it leads) for the table behind it.

    `export` names the download, `part` what it needs beside the filters.
    """

    name: str
    label: str
    option: dict[str, Any]
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    height: int = 300
    export: str | None = None
    part: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = field(default=())


@dataclass(frozen=True)
class Bar:
    """One bar with an interval: the ends are None where it has none."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    link: str | None
    is_focus: bool
    before: float | None = None
    before_link: str | None = None


def base(axis: str, *, left: int | str = 8, right: int = 16, top: int = 30, bottom: int = 8) -> dict[str, Any]:
    """What every chart has: no animation, text tooltips, room for the axes. `axis` names the number format."""
    return {
        "animation": False,
        "format": axis,
        "textStyle": {"fontFamily": "system-ui, sans-serif", "color": INK},
        "grid": {"left": left, "right": right, "top": top, "bottom": bottom, "containLabel": True},
        "tooltip": {"renderMode": "richText", "trigger": "item", "confine": True},
        "aria": {"enabled": False},
    }


@dataclass(frozen=True)
class Scale:
    """How bars of one chart are read: `axis` names the number format, `before` what the diamonds stand for."""

    axis: str = "percent"
    before: str = "chart.before"
    label_width: int = 130

    def show(self, language: Language, value: float | None, digits: int) -> str:
        """A value in words."""
        if self.axis == "times":
            return "—" if value is None else f"{language.count(round(value, 2), 2)}{language.gap}×"
        return language.percent(value, digits) if self.axis == "percent" else language.count(value)


def bars(
    language: Language,
    name: str,
    label: str,
    items: Sequence[Bar],
    columns: Sequence[str],
    export: str | None = None,
    part: Mapping[str, str] | None = None,
    scale: Scale = Scale(),
) -> Chart:
    """Horizontal bars with 95 % whiskers: the focus in blue, the rest grey, what they are held against a diamond."""
    digits = 0 if max((i.value or 0.0 for i in items), default=0.0) > 0.05 else 2
    is_held = any(i.before is not None for i in items)
    option = base(scale.axis, right=58, top=26 if is_held else 8)
    option["xAxis"] = {"type": "value", "min": 0, "splitLine": {"lineStyle": {"color": "#E4E7EB"}}, "splitNumber": 4}
    option["yAxis"] = {"type": "category", "data": [item.name for item in items], "inverse": True} | PLAIN_AXIS
    if scale.axis == "percent" and max((i.value or 0.0 for i in items), default=0.0) > 0.8:
        option["xAxis"]["max"] = 1
    if scale.label_width != Scale.label_width:
        option["yAxis"] |= {"axisLabel": {"width": scale.label_width, "overflow": "break", "lineHeight": 14}}
    option["series"] = [
        {
            "type": "bar",
            "name": label,
            "barWidth": "58%",
            "data": [
                {"value": i.value, "link": i.link, "itemStyle": {"color": BLUE if i.is_focus else "#A9B0B8"}}
                for i in items
            ],
        },
        _whiskers(language, items, digits, scale),
    ]
    if is_held:
        option["legend"] = {"top": 0, "right": 0, "data": [language.t(scale.before)]}
        option["series"].append(_diamonds(language.t(scale.before), items))
    rows = _bar_rows(language, items, max(digits, 1), len(columns) > 2, scale)
    return Chart(name, label, option, columns, rows, 44 + 38 * len(items), export, part or {})


def _diamonds(name: str, items: Sequence[Bar]) -> dict[str, Any]:
    """What each bar is held against."""
    return {
        "type": "scatter",
        "name": name,
        "symbol": "diamond",
        "symbolSize": 11,
        "itemStyle": {"color": "#FFFFFF", "borderColor": INK, "borderWidth": 1.5},
        "z": 7,
        "data": [
            {"value": [i.before, n], "link": i.before_link or i.link}
            for n, i in enumerate(items)
            if i.before is not None
        ],
    }


def _whiskers(language: Language, items: Sequence[Bar], digits: int, scale: Scale) -> dict[str, Any]:
    """The intervals, and each bar's value in words; without an interval only the words are drawn."""
    return {
        "type": "custom",
        "renderItem": "whisker",
        "name": language.t("chart.interval"),
        "encode": {"x": [1, 2], "y": 0},
        "silent": True,
        "data": [
            [
                n,
                i.value if i.low is None else i.low,
                i.value if i.high is None else i.high,
                scale.show(language, i.value, digits),
            ]
            for n, i in enumerate(items)
            if i.value is not None
        ],
        "z": 6,
    }


def _bar_rows(
    language: Language, items: Sequence[Bar], digits: int, with_interval: bool, scale: Scale
) -> list[list[Cell]]:
    """The same numbers as a table."""
    rows = []
    for i in items:
        row: list[Cell] = [(i.name, None), (scale.show(language, i.value, digits), i.link)]
        if with_interval:
            known = i.low is not None
            ends = f"{scale.show(language, i.low, 1)} – {scale.show(language, i.high, 1)}" if known else "—"
            row.append((ends, None))
        rows.append(row)
    return rows


PLAIN_AXIS: dict[str, Any] = {
    "axisTick": {"show": False},
    "axisLine": {"show": False},
    "axisLabel": {"width": 130, "overflow": "truncate"},
}
