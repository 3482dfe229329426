"""What people decided about spikes: one line each in a file of the workspace that is only ever added to."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from transforms.trend.decisions import DECISION_SCHEMA


class DecisionsUnreadable(RuntimeError):
    """A line of the file is no decision; the message names it and says what to do."""


def read_decisions(path: Path) -> pl.DataFrame:
    """Every decision, oldest first, with the columns of DECISION_SCHEMA. No file: none were taken.

    Raises DecisionsUnreadable for a line that is no decision: leaving it out could wake what somebody put to sleep.
    """
    if not path.exists():
        return pl.DataFrame(schema=DECISION_SCHEMA)
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            rows.append(_read(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            told = f"{path}:{number}: not a decision about a spike ({error}); correct the line or take it out"
            raise DecisionsUnreadable(told) from error
    try:
        return pl.DataFrame(rows, schema=DECISION_SCHEMA, orient="row")
    except (TypeError, pl.exceptions.PolarsError) as error:
        raise DecisionsUnreadable(f"{path}: a value has the wrong type ({error})") from error


def append_decision(path: Path, decision: dict[str, Any]) -> None:
    """Add one decision (values by the names of DECISION_SCHEMA) in a single write, kept on disk when this returns."""
    unknown = set(decision) - set(DECISION_SCHEMA)
    if unknown:
        raise ValueError(f"append_decision: no column {', '.join(sorted(unknown))}")
    line = {name: _written(decision.get(name)) for name in DECISION_SCHEMA if decision.get(name) is not None}
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, (json.dumps(line, ensure_ascii=False) + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _read(line: dict[str, Any]) -> tuple[Any, ...]:
    line["spike_id"], line["spike_state_code"]
    return tuple(
        datetime.fromisoformat(line[name]) if isinstance(dtype, pl.Datetime) and line.get(name) else line.get(name)
        for name, dtype in DECISION_SCHEMA.items()
    )
