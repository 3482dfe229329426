"""Log lines: structured, short, and without mention text or personal data."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg

_listeners: list[Callable[[str, str], None]] = []


class _Console(logging.Handler):
    """One JSON line per record on stderr, or a call to the command line's progress display while it listens."""

    def emit(self, record: logging.LogRecord) -> None:
        meta = getattr(record, "dagster_meta", {}) or {}
        step = str(meta.get("step_key") or "")
        message = str(meta.get("orig_message") or record.getMessage()).splitlines()[0]
        if _listeners:
            for listener in _listeners:
                listener(step, message)
            return
        line = {"level": record.levelname, "step": step, "run": str(meta.get("run_id") or ""), "message": message}
        logging.StreamHandler().stream.write(json.dumps(line, ensure_ascii=False) + "\n")


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
