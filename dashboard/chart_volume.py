"""Mentions by day: the chart with the period before, numbered spikes, half days and days no export covers."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl

from dashboard.charts import BLUE, GREY, Chart, base
from dashboard.language import Language


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
    is_long = bool(parts) and (parts[-1]["last"] - parts[0]["first"]).days > 366
    names = [language.day(part["first"], year=is_long) for part in parts]
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
        series.append(_before(t("chart.before"), bucketed(before, "mention_count").to_dicts()[: len(parts)], link))
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


def _before(name: str, parts: list[dict[str, Any]], link: Callable[[date, date], str]) -> dict[str, Any]:
    """The period before as a stepped line, each step with its own mentions."""
    return {
        "type": "line",
        "name": name,
        "data": [{"value": part["mention_count"], "link": link(part["first"], part["last"])} for part in parts],
        "symbol": "circle",
        "symbolSize": 5,
        "showSymbol": True,
        "step": "middle",
        "lineStyle": {"color": GREY, "type": "dashed", "width": 1.5},
        "itemStyle": {"color": GREY},
    }


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


def _span(language: Language, first: date, last: date) -> str:
    return language.day(first) if first == last else language.days(first, last)
