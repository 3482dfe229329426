"""`listening query`: SQL on the published release, read-only."""

import csv
import io
import re
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import duckdb
import typer
from rich.table import Table
from rich.text import Text

from pipelines.cli.exits import Exit, err, out, print_json, stop
from pipelines.cli.options import AsJson, WorkspaceFolder, workspace_at
from pipelines.cli.releases import zone_of
from warehouse.history import UnknownRelease, find_release, instant, opened, release_as_of

SHOWN_ROWS = 50
_NUMBER = re.compile(r"[+-]\d+(\.\d+)?(e[+-]?\d+)?")


def query(
    sql: Annotated[str, typer.Argument(help='One SELECT, e.g. "FROM share_of_voice_daily LIMIT 10".')],
    folder: WorkspaceFolder = None,
    release: Annotated[
        str | None, typer.Option("--release", help="An older release: its id, the beginning of it, previous.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            help="What was published at the end of a day (2026-03-01) or at a time (2026-03-01T06:00): both by the "
            "clock of the reporting zone in listening.yaml, unless the time names its own (2026-03-01T06:00Z, +02:00).",
        ),
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV on stdout, all rows.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask the published release; readers never block the pipeline, nor it them."""
    workspace = workspace_at(folder)
    if release and as_of:
        stop("give either --release or --as-of, not both", Exit.USAGE, as_json=as_json)
    try:
        zone = zone_of(workspace)
        at = instant(as_of, zone) if as_of else None
        asked = release_as_of(workspace, at) if at else release or "latest"
        connection = opened(workspace, lambda: find_release(workspace, asked, zone))
    except UnknownRelease as error:
        stop(str(error), Exit.USAGE, as_json=as_json)
    try:
        # A query reads the release and nothing else of this machine.
        connection.execute(
            "SET TimeZone = 'UTC'; SET enable_external_access = false; SET lock_configuration = true"
        ).fetchall()
        result = connection.execute(sql)
        names = [column[0] for column in result.description or []]
        rows = result.fetchall()
    except duckdb.Error as error:
        message = str(error)
        connection.close()
        stop(message, Exit.USAGE, as_json=as_json)
    connection.close()
    if as_json:
        meant = {"as_of_at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "release_id": asked} if at else {}
        print_json({"ok": True, **meant, "columns": names, "rows": [list(row) for row in rows]})
        return
    if at:
        err.print(Text(_meaning(at, zone, asked)), soft_wrap=True)
    if as_csv:
        typer.echo(csv_text(names, rows), nl=False)
    else:
        _show(names, rows)


def _meaning(at: datetime, zone: str, release_id: str) -> str:
    """What a day or time was taken to mean: the instant on both clocks, and the release published then."""
    local = "" if zone == "UTC" else f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S} {zone}, "
    return f"As of {local}{at:%Y-%m-%d %H:%M:%S} UTC: release {release_id}"


def csv_text(names: list[str], rows: list[tuple[object, ...]]) -> str:
    """RFC 4180; a text that a spreadsheet would run as a formula gets an apostrophe before it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return buffer.getvalue()


def _harmless(value: object) -> object:
    if not isinstance(value, str) or value[:1] not in ("=", "+", "-", "@", "\t", "\r") or _NUMBER.fullmatch(value):
        return value
    return f"'{value}"


def _show(names: list[str], rows: list[tuple[object, ...]]) -> None:
    """A table where it fits the screen, else one block of lines per row."""
    shown = [["" if value is None else _short(value) for value in row] for row in rows[:SHOWN_ROWS]]
    widths = [max(len(cell) for cell in column) for column in zip(names, *shown, strict=True)]
    if sum(min(width, 40) + 3 for width in widths) <= max(out.width, 60):
        table = Table(*names)
        for row in shown:
            table.add_row(*(Text(cell) for cell in row))
        out.print(table)
    else:
        margin = max(len(name) for name in names)
        for number, row in enumerate(shown, 1):
            out.print(Text(f"row {number}", style="bold"))
            for name, cell in zip(names, row, strict=True):
                out.print(Text(f"  {name:<{margin}}  {cell}"), soft_wrap=True)
    if len(rows) > SHOWN_ROWS:
        out.print(f"{SHOWN_ROWS} of {len(rows):,} rows shown; --csv and --json give all.")


def _short(value: object) -> str:
    text = f"{value:.4f}" if isinstance(value, float) else str(value)
    return "".join(letter if letter.isprintable() else " " for letter in text)[:200]
