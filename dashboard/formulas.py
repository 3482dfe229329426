"""How numbers are made: the formulas of the metric registry, in the reader's language, as of the release's last day.

A formula is written once, in the registry. `languages/formulas.fr.json` holds each one's French beside the English it
was translated from: where the two no longer agree, the English is shown rather than an old translation.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from transforms.metrics.registry import METRICS


@dataclass(frozen=True)
class Formula:
    """One metric as a reader sees it; `language_code` says which language its texts are in."""

    id: str
    name: str
    formula: str
    version: int
    is_versioned: bool
    language_code: str


def formula(metric_id: str, code: str, day: date) -> Formula:
    """The definition that numbers of `day` follow. Raises KeyError for a metric nobody defined."""
    metric = METRICS.on(metric_id, day)
    texts = [metric.formula]
    if metric.formula.startswith("as version"):
        # A version told by what it adds is no formula without what it adds to.
        texts = [earlier.formula for earlier in METRICS.history(metric_id)[: metric.version]]
    name, shown = metric.name, "en"
    if code == "fr" and all(text in french() for text in (name, *texts)):
        name, texts, shown = french()[name], [french()[text] for text in texts], "fr"
    text = "\u202f; ".join(texts) if shown == "fr" else "; ".join(texts)
    return Formula(metric_id, name, text, metric.version, len(METRICS.history(metric_id)) > 1, shown)


def every_formula(code: str, day: date) -> list[Formula]:
    """Every metric, in the registry's order."""
    return [formula(metric_id, code, day) for metric_id in METRICS.ids]


@cache
def french() -> Mapping[str, str]:
    """English name or formula → French."""
    text = files("dashboard").joinpath("languages", "formulas.fr.json").read_text(encoding="utf-8")
    return dict(json.loads(text))
