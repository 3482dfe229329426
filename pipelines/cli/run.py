"""`listening run`: read the inbox, compute, audit, publish; and say what happened on one screen."""

import shutil
import sys
from contextlib import nullcontext
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from pipelines.cli.exits import EXIT_CODES_HELP, Exit, err, out, print_json, stop
from pipelines.cli.options import AsJson, WorkspaceFolder, workspace_at
from pipelines.cli.status import tell_gate
from warehouse.configuration import ConfigurationError

if TYPE_CHECKING:
    from pipelines.run import RunOutcome


class LogLevel(StrEnum):
    """Levels of log lines."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


STEPS = {
    "read_exports": "reading exports",
    "merge_posts": "merging posts, language, sentiment, brands",
    "cluster_posts": "finding repeated texts",
    "release": "auditing and publishing",
}


def run(
    folder: WorkspaceFolder = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    log: Annotated[
        bool, typer.Option("--log", help="JSON log lines on stderr instead of progress, for timers.")
    ] = False,
    log_level: Annotated[LogLevel, typer.Option(help="Log lines from this level on.")] = LogLevel.INFO,
    settled: Annotated[
        bool, typer.Option("--settled", help="Leave files written in the last 20 seconds for the next run, for timers.")
    ] = False,
) -> None:
    """Run the pipeline: inbox to release."""
    workspace = workspace_at(folder)
    try:
        workspace.configuration()
    except ConfigurationError as error:
        stop(str(error), Exit.USAGE, as_json=as_json)
    with nullcontext() if log else err.status("starting") as status:
        # Dagster takes a second to load, which the other commands need not wait for.
        from pipelines.run import run as run_pipeline
        from pipelines.sensors import SETTLE_SECONDS

        def show(step: str, message: str) -> None:
            if status is not None and not (quiet or as_json):
                status.update(Text(f"{STEPS.get(step, step.replace('_', ' '))}: {message}"[:120]))

        settle = SETTLE_SECONDS if settled else 0
        outcome = run_pipeline(workspace.root, None if log else show, log_level=log_level.value, settle_seconds=settle)
    if as_json:
        print_json({"ok": outcome.succeeded, "exit_code": int(exit_code(outcome)), **asdict(outcome)})
    else:
        tell(outcome, workspace.root)
    raise typer.Exit(int(exit_code(outcome)))


run.__doc__ = f"{run.__doc__}\n\n{EXIT_CODES_HELP}"


def exit_code(outcome: "RunOutcome") -> Exit:
    """0, or what kind of failure it was."""
    if outcome.succeeded:
        return Exit.OK
    if outcome.failure_kind == "gate_refused":
        return Exit.GATE_REFUSED
    return Exit.BUSY if "in use by another process" in (outcome.problem or "") else Exit.CRASHED


def tell(outcome: "RunOutcome", root: Path) -> None:
    """The outcome on one screen: files, tables, gate, what to open next."""
    tell_files(outcome)
    for warning in outcome.alerts:
        err.print(Text(warning), soft_wrap=True)
    if not outcome.succeeded:
        out.print(Text(f"\nThe run stopped at '{outcome.failed_step}'.", style="bold red"))
        out.print(Text(outcome.problem or ""), soft_wrap=True)
        return
    if outcome.unchanged:
        out.print(f"\nNothing changed: release {outcome.release_id} stays published.")
        return
    tables = Table("listening table", "rows", title=f"Published release {outcome.release_id}", title_justify="left")
    for name, count in outcome.row_counts.items():
        tables.add_row(name, f"{count:,}", end_section=False)
    tables.columns[1].justify = "right"
    out.print(tables)
    tell_gate(len(outcome.checks), [c for c in outcome.checks if c["check_status_code"] != "passed"])
    here = root.name if root.parent == Path.cwd() else str(root)
    command = command_name()
    out.print("\nOpen next:")
    out.print(Text(f'  {command} query "FROM share_of_voice_daily LIMIT 10" -w {here}'), soft_wrap=True)
    out.print(Text(f"  {command} status -w {here}      what is published and whether to trust it"), soft_wrap=True)
    out.print(Text(f"  {command} dashboard -w {here}      the pages marketers read"), soft_wrap=True)
    out.print(Text(f"  {here}/listening.duckdb      in any DuckDB client, read-only"), soft_wrap=True)


def command_name() -> str:
    """How the person can call this command again: by name where it is on the PATH, else by its path."""
    called = Path(sys.argv[0]).absolute()
    if shutil.which("listening") or called.name != "listening":
        return "listening"
    return str(called.relative_to(Path.cwd())) if called.is_relative_to(Path.cwd()) else str(called)


def tell_files(outcome: "RunOutcome") -> None:
    """What became of each file of the inbox."""
    if not outcome.files:
        out.print("No new file in the inbox.")
        return
    table = Table("file", "format", "state", "records", "kept", "rejected", title="Files read", title_justify="left")
    table.columns[0].no_wrap, table.columns[0].min_width = True, 24
    for column in table.columns[3:]:
        column.justify = "right"
    for file in outcome.files:
        counts = [f"{file[name]:,}" for name in ("row_count", "kept_count", "rejected_count")]
        table.add_row(Text(file["file_name"]), file["source_code"] or "", file["state"], *counts)
    out.print(table)
    for file in outcome.files:
        for text in filter(None, [file["problem_text"], *file["warning_texts"]]):
            out.print(Text(f"  {file['file_name']}: {text.removeprefix(file['file_name'] + ': ')}"), soft_wrap=True)
        if file["suggestion_text"]:
            out.print("  To read it, put this under sources.custom in listening.yaml, mend it, run again:")
            out.print(Text(file["suggestion_text"]), soft_wrap=True)
