"""Why a run failed, in words that may leave the machine: step, kind and reason, without anything from the data."""

from dataclasses import dataclass
from typing import Any, Literal

import dagster as dg

FailureKind = Literal["gate_refused", "run_failed"]
PROBLEM_CHARACTERS = 600
# Faults whose message the project or the system words; any other message may quote what was being read.
_OWN_WORDS = ("WarehouseBusy", "WarehouseUnusable", "ConfigurationError", "OSError", "PermissionError", "TimeoutError")


@dataclass(frozen=True)
class RunFailure:
    """A failed step. `problem` is what a person at the machine reads, `told` what may be sent elsewhere."""

    kind: FailureKind
    step: str
    problem: str
    told: str
    refused_by: tuple[dict[str, str], ...] = ()


def failure_of(event: dg.DagsterEvent) -> RunFailure:
    """The failure behind a step-failure event."""
    data = event.step_failure_data
    step = event.step_key or ""
    said = data.user_failure_data
    if said is not None and said.description:
        refused_by = _refused_by(said.metadata)
        if refused_by:
            # The rest of the description shows examples of what was found.
            told = said.description.splitlines()[0]
            return RunFailure("gate_refused", step, str(said.description), told, refused_by)
        return RunFailure("run_failed", step, str(said.description), said.description[:PROBLEM_CHARACTERS])
    error = data.error
    cause = error.cause if error and error.cause else error
    if cause is None:
        return RunFailure(
            "run_failed", step, "the step failed without saying why", "the step failed without saying why"
        )
    problem = str(cause.message).strip()
    name = cause.cls_name or "fault"
    if name in _OWN_WORDS:
        return RunFailure("run_failed", step, problem, problem[:PROBLEM_CHARACTERS])
    return RunFailure("run_failed", step, problem, f"unforeseen {name}; the run's log has the details")


def _refused_by(metadata: Any) -> tuple[dict[str, str], ...]:
    found = (metadata or {}).get("refused_by")
    return tuple(found.value) if found is not None else ()
