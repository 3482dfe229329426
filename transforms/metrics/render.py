"""The registry as a page people read: `python -m transforms.metrics.render` prints it for transforms/METRICS.md."""

from collections.abc import Iterable

from transforms.metrics.definitions import Metric
from transforms.metrics.engagement import ALWAYS
from transforms.metrics.registry import METRICS, Registry

_HEAD = """# Metrics

Generated from `transforms/metrics/definitions.py`; do not edit. a test holds it fresh, and says how to write it anew.

`b` is a brand, `m` mentions, `P` `N` `U` positive, negative and neutral mentions, `E` engagement, `F` followers.
A metric that changes its definition keeps its id and gets a new version with the first day it holds for: a trend over
that day shows a break and is never compared silently. Unknown is null, not zero.

Not shipped: advertising value equivalency (the Barcelona Principles reject it) and a direct return on investment.
"""


def metrics_page(registry: Registry = METRICS) -> str:
    """The whole page as Markdown: one section per metric, versions oldest first."""
    sections = [_section(registry.history(metric_id)) for metric_id in registry.ids]
    return "\n".join([_HEAD, *sections])


def _section(history: tuple[Metric, ...]) -> str:
    newest = history[-1]
    lines = [f"## `{newest.id}`: {newest.name}", ""]
    for metric in history:
        since = "" if metric.valid_from == ALWAYS else f" (from {metric.valid_from:%Y-%m-%d})"
        lines.append(f"- version {metric.version}{since}: {metric.formula}")
    lines += [f"- {label}: {text}" for label, text in _facts(newest) if text]
    return "\n".join([*lines, ""])


def _facts(metric: Metric) -> Iterable[tuple[str, str]]:
    yield "numerator", metric.numerator
    yield "denominator", metric.denominator
    yield "unit", metric.unit
    yield "decisions", metric.decisions
    yield "made of", ", ".join(f"`{name}`" for name in metric.inputs)
    yield "source", metric.source


if __name__ == "__main__":
    print(metrics_page(), end="")
