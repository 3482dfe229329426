"""Every metric of the project, by id and version. A number that is not defined here is not published."""

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from transforms.metrics import definitions as d


@dataclass(frozen=True)
class Break:
    """The day on which a metric (or one it is made of) starts to follow another definition."""

    metric_id: str
    day: date
    version_before: int
    version_after: int


@dataclass(frozen=True)
class Registry:
    """Definitions by id; each id has versions 1, 2, ... with rising `valid_from`. Raises ValueError otherwise."""

    metrics: tuple[d.Metric, ...]
    _versions: dict[str, list[d.Metric]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        versions: dict[str, list[d.Metric]] = {}
        for metric in self.metrics:
            versions.setdefault(metric.id, []).append(metric)
        for metric_id, history in versions.items():
            days = [metric.valid_from for metric in history]
            if [metric.version for metric in history] != list(range(1, len(history) + 1)) or days != sorted(set(days)):
                raise ValueError(f"metric {metric_id}: versions must be 1, 2, ... with rising valid_from")
        unknown = {name for metric in self.metrics for name in metric.inputs} - versions.keys()
        if unknown:
            raise ValueError(f"metrics build on unknown ids: {sorted(unknown)}")
        object.__setattr__(self, "_versions", versions)

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id, in declared order."""
        return tuple(self._versions)

    def history(self, metric_id: str) -> tuple[d.Metric, ...]:
        """Every version of a metric, oldest first. Raises KeyError for an unknown id."""
        if metric_id not in self._versions:
            raise KeyError(f"no metric {metric_id}; known: {', '.join(sorted(self._versions))}")
        return tuple(self._versions[metric_id])

    def current(self, metric_id: str) -> d.Metric:
        """The newest version. Raises KeyError for an unknown id."""
        return self.history(metric_id)[-1]

    def on(self, metric_id: str, day: date) -> d.Metric:
        """The version that numbers of `day` follow. Raises KeyError for an unknown id."""
        return [metric for metric in self.history(metric_id) if metric.valid_from <= day][-1]

    def breaks(self, metric_id: str, first: date, last: date) -> tuple[Break, ...]:
        """Changes of definition after `first` up to `last`, of the metric or anything it is made of, by day.

        A trend or comparison over a period with a break must show it; two values on its two sides are not comparable.
        """
        history = self.history(metric_id)
        own = [
            Break(metric_id, after.valid_from, before.version, after.version)
            for before, after in pairwise(history)
            if first < after.valid_from <= last
        ]
        inputs = [found for name in history[-1].inputs for found in self.breaks(name, first, last)]
        return tuple(sorted({*own, *inputs}, key=lambda found: (found.day, found.metric_id)))


METRICS = Registry(
    (
        *d.VOLUME,
        *d.SHARE_OF_VOICE,
        *d.CHANGE,
        *d.SENTIMENT,
        *d.TERMS,
        *d.ENGAGEMENT,
        *d.ACCOUNTS,
        *d.RHYTHM,
        *d.PEOPLE,
        *d.CARE,
    )
)
