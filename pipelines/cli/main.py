"""The `listening` command: its subcommands, and what happens to a fault nobody foresaw."""

import sys

import typer

from pipelines.cli.alerts import alerts
from pipelines.cli.calibrate import calibrate
from pipelines.cli.check import check
from pipelines.cli.dashboard import dashboard
from pipelines.cli.demo import demo
from pipelines.cli.detect import detect
from pipelines.cli.dictionary import dictionary
from pipelines.cli.diff import diff
from pipelines.cli.digest import digest
from pipelines.cli.exits import EXIT_CODES_HELP, Exit, err
from pipelines.cli.forget import forget
from pipelines.cli.init import init
from pipelines.cli.query import query
from pipelines.cli.rebuild import rebuild
from pipelines.cli.rejects import rejects
from pipelines.cli.releases import releases
from pipelines.cli.remap import remap
from pipelines.cli.run import run
from pipelines.cli.score import score
from pipelines.cli.spike import spike
from pipelines.cli.status import status
from pipelines.settings import settings, switch_telemetry_off
from warehouse.faults import storage_fault

app = typer.Typer(
    name="listening",
    help="Exports of social mentions in, listening tables that people trust out.",
    epilog=EXIT_CODES_HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    init,
    demo,
    run,
    status,
    check,
    query,
    diff,
    releases,
    rejects,
    remap,
    rebuild,
    forget,
    dashboard,
    digest,
    dictionary,
    score,
    calibrate,
    detect,
):
    app.command()(command)
app.add_typer(alerts, name="alerts")
app.add_typer(spike)


def main() -> None:
    """Entry point; an unforeseen fault is told in one line, with its traceback only under --debug."""
    switch_telemetry_off()
    debug = "--debug" in sys.argv
    if debug:
        sys.argv.remove("--debug")
    try:
        app()
    except Exception as error:
        if debug:
            raise
        if told := storage_fault(error, settings().workspace):
            err.print(told, markup=False, soft_wrap=True)
            sys.exit(int(Exit.CRASHED))
        err.print(f"listening: {type(error).__name__}: {error}", markup=False, soft_wrap=True)
        err.print("This is a fault of the program; add --debug for the traceback.")
        sys.exit(int(Exit.CRASHED))


if __name__ == "__main__":
    main()
