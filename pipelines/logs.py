"""Log lines: one JSON object each, short, and without mention text or personal data.

What a line says is written by the project: steps, counts, days, file names. Of a fault nobody foresaw only its class is
told, because its message may quote what was being read; the whole of it is in Dagster's private event log.
"""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import dagster as dg

_listeners: list[Callable[[str, str], None]] = []


class _Console(logging.Handler):
    """One JSON line per record on stderr, or a call to the command line's progress display while it listens."""

    def emit(self, record: logging.LogRecord) -> None:
        meta = getattr(record, "dagster_meta", {}) or {}
        line = _line(record, meta)
        if _listeners:
            for listener in _listeners:
                listener(line["step"], line["message"])
            return
        sys.stderr.write(json.dumps(line, ensure_ascii=False) + "\n")


def _line(record: logging.LogRecord, meta: dict[str, Any]) -> dict[str, Any]:
    said = str(meta.get("orig_message") or record.getMessage()).strip()
    line: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "run": str(meta.get("run_id") or ""),
        "job": str(meta.get("job_name") or ""),
        "step": str(meta.get("step_key") or ""),
        "event": "",
        "message": said.splitlines()[0] if said else "",
    }
    event = meta.get("dagster_event")
    if isinstance(event, dg.DagsterEvent):
        line["event"] = event.event_type_value
        if event.is_step_failure and event.step_failure_data.error is not None:
            error = event.step_failure_data.error.cause or event.step_failure_data.error
            line["error"] = error.cls_name
    return line


@dg.logger(
    config_schema={"log_level": dg.Field(str, default_value="INFO", description="Records below it are left out.")},
    description="Structured lines on stderr.",
)
def console_logger(context: dg.InitLoggerContext) -> logging.Logger:
    """The console logger of every run."""
    logger = logging.Logger("listening", level=context.logger_config["log_level"].upper())
    logger.addHandler(_Console())
    return logger


@contextmanager
def listening_to_steps(listener: Callable[[str, str], None]) -> Iterator[None]:
    """While the block runs, records go to `listener(step, message)` instead of stderr."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
