"""A chart of each labelled series: values, what is usual, labelled windows, alerts. To be looked at.

usage: python tests/benchmarks/chart_trend.py FOLDER   (writes FOLDER/<series>.png)
Needs LISTENING_REAL_EXPORTS, beside which the labelled series lie.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import polars as pl
import vl_convert

sys.path.insert(0, str(Path(__file__).parents[2]))

from transforms.trend import detect

WIDTH, HEIGHT = 1400, 360


def chart(name: str, series: pl.DataFrame, windows: list[list[str]]) -> dict[str, Any]:
    """Half-hourly means on a root scale: the band of usual values, the values, windows in grey, alerts in red."""
    judged = detect(series)
    halves = (
        judged.group_by_dynamic("timestamp", every="30m")
        .agg(pl.col("value", "expected_low", "expected_high", "expected_value").mean())
        .with_columns(pl.col("timestamp").dt.to_string("%Y-%m-%dT%H:%M:%S"))
    )
    alerts = judged.filter("is_alert").select(pl.col("timestamp").dt.to_string("%Y-%m-%dT%H:%M:%S"), "score")
    time = {"field": "timestamp", "type": "temporal", "title": None}
    root = {"type": "sqrt"}
    found = sum(
        judged.filter(
            "is_alert", pl.col("timestamp").is_between(pl.lit(a).str.to_datetime(), pl.lit(b).str.to_datetime())
        ).height
        > 0
        for a, b in windows
    )
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": f"{name}: {alerts.height} alerts, {found} of {len(windows)} labelled windows found",
        "width": WIDTH,
        "height": HEIGHT,
        "layer": [
            {
                "data": {
                    "values": [{"a": a[:19].replace(" ", "T"), "b": b[:19].replace(" ", "T")} for a, b in windows]
                },
                "mark": {"type": "rect", "color": "#999", "opacity": 0.3},
                "encoding": {"x": {"field": "a", "type": "temporal"}, "x2": {"field": "b"}},
            },
            {
                "data": {"values": halves.to_dicts()},
                "layer": [
                    {
                        "mark": {"type": "area", "color": "#4c9be8", "opacity": 0.45},
                        "encoding": {
                            "x": time,
                            "y": {
                                "field": "expected_low",
                                "type": "quantitative",
                                "scale": root,
                                "title": "per 5 minutes",
                            },
                            "y2": {"field": "expected_high"},
                        },
                    },
                    {
                        "mark": {"type": "line", "color": "#222", "strokeWidth": 0.7},
                        "encoding": {"x": time, "y": {"field": "value", "type": "quantitative", "scale": root}},
                    },
                ],
            },
            {
                "data": {"values": alerts.to_dicts()},
                "mark": {"type": "rule", "color": "#d62728", "strokeWidth": 1.5},
                "encoding": {"x": time},
            },
        ],
    }


def main() -> None:
    """Write one chart per labelled series."""
    source = Path(os.environ["LISTENING_REAL_EXPORTS"]).parent / "evals" / "trends"
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    windows = json.loads((source / "windows.json").read_text())
    for name in sorted(windows):
        series = pl.read_csv(source / name, try_parse_dates=True)
        drawn = vl_convert.vegalite_to_png(chart(Path(name).stem, series, windows[name]), scale=1)
        (target / f"{Path(name).stem}.png").write_bytes(drawn)


if __name__ == "__main__":
    main()
