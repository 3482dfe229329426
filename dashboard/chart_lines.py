"""Charts over time: the hours around a spike, and lines by week. The same rules as `charts.py`."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from dashboard.charts import BLUE, GREY, INK, Chart, base
from dashboard.filters import Filters
from dashboard.language import Language
from dashboard.releases import Facts


def hours(
    language: Language,
    frame: pl.DataFrame,
    names: Sequence[str],
    links: Sequence[str],
    span: tuple[int, int],
    spike_id: str,
) -> Chart:
    """Mentions by hour around a spike, with what is usual; `span` are the first and last unusual hours' places."""
    t = language.t
    option = base("count", top=34)
    option["legend"] = {"top": 0, "right": 0}
    option["xAxis"] = {
        "type": "category",
        "data": list(names),
        "axisTick": {"show": False},
        "axisLabel": {"hideOverlap": True},
    }
    option["yAxis"] = {"type": "value", "minInterval": 1, "splitLine": {"lineStyle": {"color": "#E4E7EB"}}}
    counts = frame["mention_count"].to_list()
    usual, high = frame["expected_count"].to_list(), frame["expected_high_count"].to_list()
    data = [
        {"value": count, "link": links[n]} | ({"itemStyle": {"color": "#B34700"}} if span[0] <= n <= span[1] else {})
        for n, count in enumerate(counts)
    ]
    bars = {"type": "bar", "name": t("column.mentions"), "data": data}
    option["series"] = [
        bars | {"itemStyle": {"color": BLUE}, "barCategoryGap": "10%"},
        _level(t("spike.usual"), usual, INK, "solid"),
        _level(t("spike.usual_high"), high, GREY, "dashed"),
    ]
    rows = [
        [(names[n], None), (language.count(counts[n]), links[n]), (language.count(usual[n]), None)]
        for n in range(len(counts))
    ]
    columns = [t("column.hour"), t("column.mentions"), t("spike.usual")]
    return Chart("hours", t("spike.hours"), option, columns, rows, 300, "hours", {"spike": spike_id})


def _level(name: str, values: list[float | None], colour: str, dash: str) -> dict[str, Any]:
    """A stepped line without marks of its own."""
    shared = {"type": "line", "symbol": "none", "silent": True, "step": "middle", "name": name, "data": values}
    return shared | {"lineStyle": {"color": colour, "width": 1.5, "type": dash}, "itemStyle": {"color": colour}}


def lines(
    language: Language,
    name: str,
    label: str,
    names: Sequence[str],
    series: Sequence[tuple[str, Sequence[float | None], Sequence[str], bool]],
    axis: str = "percent",
    export: str | None = None,
    partial: Sequence[bool] = (),
) -> Chart:
    """Lines over time, the focus in blue and the rest in shades of grey, each named at its end; the points of weeks
    that are only partly covered are hollow."""
    option = base(axis, right=110, top=16)
    option["xAxis"] = {"type": "category", "data": list(names), "axisTick": {"show": False}, "boundaryGap": False}
    option["yAxis"] = {"type": "value", "splitLine": {"lineStyle": {"color": "#E4E7EB"}}}
    option["series"] = []
    hollow = {"color": "#FFFFFF", "borderWidth": 1.5}
    dashes = ["solid", "dashed", "dotted", [8, 3, 2, 3], [12, 4]]
    for place, (title, values, links, is_focus) in enumerate(series):
        colour = BLUE if is_focus else GREY
        option["series"].append(
            {
                "type": "line",
                "name": title,
                "data": [
                    {"value": v, "link": links[n]}
                    | ({"itemStyle": hollow | {"borderColor": colour}} if n < len(partial) and partial[n] else {})
                    for n, v in enumerate(values)
                ],
                "symbol": "circle",
                "symbolSize": 7 if is_focus else 5,
                "itemStyle": {"color": colour},
                "lineStyle": {
                    "color": colour,
                    "width": 3 if is_focus else 1.5,
                    "type": "solid" if is_focus else dashes[place % 5],
                },
                "endLabel": {"show": True, "format": "series", "color": colour, "width": 100, "overflow": "truncate"},
                "z": 4 if is_focus else 2,
            }
        )
    show = language.percent if axis == "percent" else language.net if axis == "net" else language.count
    rows = [
        [(names[n], None), *((show(values[n]), links[n]) for _, values, links, _ in series)] for n in range(len(names))
    ]
    columns = [language.t("column.week"), *(s[0] for s in series)]
    notes = [language.t("chart.part_week")] if any(partial) else []
    return Chart(name, label, option, columns, rows, 300, export, {}, notes)


def covered_weeks(filters: Filters, facts: Facts) -> list[tuple[date, date]]:
    """The weeks of a period that hold a day the exports cover: an archive may have years between two collections."""
    every = weeks(filters.start, filters.end)
    mondays = {day - timedelta(days=day.weekday()) for day in facts.covered_dates}
    return [week for week in every if week[0] - timedelta(days=week[0].weekday()) in mondays] or every[-1:]


def weeks(first: date, last: date) -> list[tuple[date, date]]:
    """The weeks (Monday to Sunday) that touch a period, cut to it."""
    found, day = [], first
    while day <= last:
        end = min(day + timedelta(days=6 - day.weekday()), last)
        found.append((day, end))
        day = end + timedelta(days=1)
    return found
