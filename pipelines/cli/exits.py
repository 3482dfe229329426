"""Exit codes, and how a command ends: one clear message for a person, one JSON object for a program."""

import json
from enum import IntEnum
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

out = Console()
err = Console(stderr=True)


class Exit(IntEnum):
    """What the exit code of every command means."""

    OK = 0
    CRASHED = 1  # a fault of the pipeline or the machine
    USAGE = 2  # a mistake in the command, in listening.yaml or in a file it names
    GATE_REFUSED = 3  # the checks refused the release; the last one stays published
    BUSY = 4  # another run holds the warehouse: try again later


EXIT_CODES_HELP = (
    "Exit codes: 0 done · 1 crashed · 2 mistake in the command, in listening.yaml or in a file it names · "
    "3 the gate refused the release, the last one stays · 4 another run is writing, try again later."
)


def stop(message: str, code: Exit, *, as_json: bool = False) -> NoReturn:
    """End the command with a message (never markup: it may quote a file's content)."""
    if as_json:
        print_json({"ok": False, "exit_code": int(code), "error": message})
    else:
        err.print(Text(message), soft_wrap=True)
    raise typer.Exit(int(code))


def print_wide(table: Table, width: int) -> None:
    """A table that needs so many characters a line, whatever the terminal or pipe says it has."""
    Console(width=max(out.width, width)).print(table)


def print_json(value: dict[str, Any]) -> None:
    """One JSON object on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str, indent=1))
