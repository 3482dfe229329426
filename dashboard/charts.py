"""Charts as plain data: what ECharts draws, where each mark leads, and the same numbers as a table.

No function and no markup crosses into the page: `app.js` sets formats by name, and every text is drawn as text.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

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


def buckets(days: pl.DataFrame) -> pl.DataFrame:
    """Days as they are, or weeks or months where days would be hairlines: adds `bucket_date`, first day of each."""
    span = days["mention_date"].n_unique()
    every = "1d" if span <= 186 else "1w" if span <= 1100 else "1mo"
    return days.with_columns(pl.col("mention_date").dt.truncate(every).alias("bucket_date"))


def bucketed(days: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """`days` (one row per day) summed by bucket: `first`, `last` day and the columns; null where no day is covered."""
    return (
        buckets(days)
        .group_by("bucket_date")
        .agg(
            pl.col("mention_date").min().alias("first"),
            pl.col("mention_date").max().alias("last"),
            *(pl.when(pl.col(c).count() > 0).then(pl.col(c).sum()).alias(c) for c in columns),
        )
        .sort("bucket_date")
    )


def volume(
    language: Language,
    days: pl.DataFrame,
    before: pl.DataFrame | None,
    spikes: Sequence[tuple[int, date, str]],
    partial: Sequence[date],
    link: Callable[[date, date], str],
) -> Chart:
    """Mentions by day of one brand, the period before as a line, spikes numbered, half days hatched."""
    t = language.t
    parts = bucketed(days, "mention_count").to_dicts()
    names = [language.day(part["first"], year=False) for part in parts]
    option = base("count")
    option["xAxis"] = {
        "type": "category",
        "data": names,
        "axisTick": {"show": False},
        "axisLabel": {"hideOverlap": True},
    }
    option["yAxis"] = {"type": "value", "minInterval": 1, "splitLine": {"lineStyle": {"color": "#E4E7EB"}}}
    series: list[dict[str, Any]] = [
        {
            "type": "bar",
            "name": t("chart.now"),
            "data": _bars(parts, partial, link),
            "itemStyle": {"color": BLUE},
            "barCategoryGap": "25%",
        }
    ]
    if before is not None:
        earlier = bucketed(before, "mention_count")["mention_count"].to_list()[: len(parts)]
        series.append(
            {"type": "line", "name": t("chart.before"), "data": earlier, "symbol": "none", "step": "middle"}
            | {
                "lineStyle": {"color": GREY, "type": "dashed", "width": 1.5},
                "itemStyle": {"color": GREY},
                "silent": True,
            }
        )
    series[0]["markArea"] = _gaps(parts, t("chart.no_data"))
    series.append(_pins(parts, spikes, t("spike.one")))
    option["legend"] = {"top": 0, "right": 0, "data": [s["name"] for s in series[:2] if s["type"] != "scatter"]}
    option["series"] = series
    rows = [
        [
            (_span(language, part["first"], part["last"]), None),
            (language.count(part["mention_count"]), link(part["first"], part["last"])),
        ]
        for part in parts
    ]
    return Chart("volume", t("volume.title"), option, [t("column.day"), t("column.mentions")], rows, 290, "volume")


def _bars(
    parts: list[dict[str, Any]], partial: Sequence[date], link: Callable[[date, date], str]
) -> list[dict[str, Any]]:
    """One bar per day or longer span; one that holds a half day has a dashed outline."""
    bars = []
    for part in parts:
        bar: dict[str, Any] = {"value": part["mention_count"], "link": link(part["first"], part["last"])}
        if any(part["first"] <= day <= part["last"] for day in partial):
            bar["itemStyle"] = {"color": "#FFFFFF", "borderColor": BLUE, "borderType": "dashed", "borderWidth": 1.5}
        bars.append(bar)
    return bars


def _gaps(parts: list[dict[str, Any]], text: str) -> dict[str, Any]:
    """Grey ground behind the days no export covers: nothing is known of them, which is not zero."""
    runs: list[list[int]] = []
    for place, part in enumerate(parts):
        if part["mention_count"] is not None:
            continue
        if runs and runs[-1][1] == place - 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    label = {"position": "inside", "color": GREY, "fontSize": 11}
    areas = [
        [
            {"xAxis": first, "label": label | {"show": last - first > 3, "formatter": text}},
            {"xAxis": last},
        ]
        for first, last in runs
    ]
    return {"silent": True, "itemStyle": {"color": "#EDEFF2"}, "data": areas}


def _pins(parts: list[dict[str, Any]], spikes: Sequence[tuple[int, date, str]], name: str) -> dict[str, Any]:
    data = []
    for number, day, where in spikes:
        index = next((i for i, part in enumerate(parts) if part["first"] <= day <= part["last"]), None)
        if index is not None:
            height = parts[index]["mention_count"] or 0
            data.append({"value": [index, height], "link": where, "name": f"{name} {number}", "number": number})
    label = {"show": True, "format": "number", "color": "#FFFFFF", "fontWeight": "bold", "fontSize": 12}
    return {
        "type": "scatter",
        "name": name,
        "data": data,
        "symbol": "circle",
        "symbolSize": 22,
        "symbolOffset": [0, -14],
        "itemStyle": {"color": "#A34700", "opacity": 1},
        "label": label,
        "z": 5,
    }


def bars(
    language: Language, name: str, label: str, items: Sequence[Bar], columns: Sequence[str], export: str | None = None
) -> Chart:
    """Horizontal bars of ratios with 95 % whiskers: the focus in blue, the rest grey, the period before a diamond."""
    digits = 0 if max((i.value or 0.0 for i in items), default=0.0) > 0.05 else 2

    option = base("percent", right=58, top=26 if any(i.before is not None for i in items) else 8)
    option["xAxis"] = {"type": "value", "min": 0, "splitLine": {"lineStyle": {"color": "#E4E7EB"}}, "splitNumber": 4}
    option["yAxis"] = {"type": "category", "data": [item.name for item in items], "inverse": True} | PLAIN_AXIS
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
        _whiskers(language, items, digits),
    ]
    if any(i.before is not None for i in items):
        option["legend"] = {"top": 0, "right": 0, "data": [language.t("chart.before")]}
        option["series"].append(
            {
                "type": "scatter",
                "name": language.t("chart.before"),
                "symbol": "diamond",
                "symbolSize": 11,
                "silent": True,
            }
            | {"itemStyle": {"color": "#FFFFFF", "borderColor": INK, "borderWidth": 1.5}, "z": 7}
            | {"data": [[i.before, n] for n, i in enumerate(items) if i.before is not None]}
        )
    rows = _bar_rows(language, items, max(digits, 1), len(columns) > 2)
    return Chart(name, label, option, columns, rows, 44 + 38 * len(items), export)


def _whiskers(language: Language, items: Sequence[Bar], digits: int) -> dict[str, Any]:
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
                language.percent(i.value, digits),
            ]
            for n, i in enumerate(items)
            if i.value is not None
        ],
        "z": 6,
    }


def _bar_rows(language: Language, items: Sequence[Bar], digits: int, with_interval: bool) -> list[list[Cell]]:
    """The same numbers as a table."""
    rows = []
    for i in items:
        row: list[Cell] = [(i.name, None), (language.percent(i.value, digits), i.link)]
        if with_interval:
            known = i.low is not None
            row.append((f"{language.percent(i.low, 1)} – {language.percent(i.high, 1)}" if known else "—", None))
        rows.append(row)
    return rows


PLAIN_AXIS: dict[str, Any] = {
    "axisTick": {"show": False},
    "axisLine": {"show": False},
    "axisLabel": {"width": 130, "overflow": "truncate"},
}


def _span(language: Language, first: date, last: date) -> str:
    return language.day(first) if first == last else language.days(first, last)
