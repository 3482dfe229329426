"""Sentiment around zero: the chart with negative to the left and positive to the right."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.charts import BLUE, PLAIN_AXIS, Cell, Chart, base
from dashboard.language import Language


@dataclass(frozen=True)
class Split:
    """One row of a diverging chart, in mentions; the links lead to the negative and to the positive ones."""

    name: str
    negative: int
    neutral: int
    positive: int
    unscored: int
    negative_link: str
    positive_link: str
    neutral_link: str
    unscored_link: str
    all_link: str | None = None


def sentiment(
    language: Language,
    splits: Sequence[Split],
    name: str = "sentiment",
    first: str = "column.brand",
    export: str = "sentiment",
    part: Mapping[str, str] | None = None,
) -> Chart:
    """Negative to the left of zero, positive to the right, in percent of the scored mentions; signs beside colours."""
    t = language.t
    option = base("percent-absolute", right=20, top=30)
    option["legend"] = {"top": 0, "right": 0, "selectedMode": False}
    option["xAxis"] = {"type": "value", "splitLine": {"lineStyle": {"color": "#E4E7EB"}}, "interval": 0.2}
    option["yAxis"] = {"type": "category", "data": [s.name for s in splits], "inverse": True} | PLAIN_AXIS
    negative, positive = [], []
    for s in splits:
        scored = s.negative + s.neutral + s.positive
        negative.append({"value": -s.negative / scored if scored else None, "link": s.negative_link})
        positive.append({"value": s.positive / scored if scored else None, "link": s.positive_link})
    option["xAxis"] |= {"min": -_ceiling(negative), "max": _ceiling(positive)}
    shared = {"type": "bar", "stack": "s", "barWidth": "58%"}
    label = {"show": True, "color": "#FFFFFF", "fontWeight": "bold"}
    option["series"] = [
        shared | {"name": t("label.negative"), "data": negative, "itemStyle": {"color": "#B34700"}, "label": label},
        shared | {"name": t("label.positive"), "data": positive, "itemStyle": {"color": BLUE}, "label": label},
    ]
    columns = [
        t(first),
        t("label.negative"),
        t("label.neutral"),
        t("label.positive"),
        t("label.unscored"),
        t("column.net"),
    ]
    rows: list[list[Cell]] = []
    for s in splits:
        scored = s.negative + s.neutral + s.positive
        net = (s.positive - s.negative) / scored if scored else None
        rows.append(
            [
                (s.name, None),
                (language.count(s.negative), s.negative_link),
                (language.count(s.neutral), s.neutral_link),
                (language.count(s.positive), s.positive_link),
                (language.count(s.unscored), s.unscored_link),
                (language.net(net), s.all_link),
            ]
        )
    return Chart(name, t("sentiment.title"), option, columns, rows, 56 + 38 * len(splits), export, part or {})


def _ceiling(bars: list[dict[str, Any]]) -> float:
    """The next fifth above the longest bar, at most 1."""
    longest = max((abs(bar["value"] or 0.0) for bar in bars), default=0.0)
    return min(math.floor(longest * 5 + 1) / 5, 1.0)
