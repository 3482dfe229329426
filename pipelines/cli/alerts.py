"""`listening alerts`: whether alerts arrive, and what was told already."""

import typer
from rich.text import Text

from pipelines.cli.exits import Exit, out, print_json, stop
from pipelines.cli.options import AsJson, WorkspaceFolder, workspace_at
from warehouse.configuration import ConfigurationError

alerts = typer.Typer(help="Alerts of failures and spikes: try the channels.", no_args_is_help=True)


@alerts.callback()
def group() -> None:
    """Alerts of failures and spikes: try the channels."""


@alerts.command("test")
def test(folder: WorkspaceFolder = None, as_json: AsJson = False) -> None:
    """Send a sample through every channel of `alerts` in listening.yaml; 1 if a channel did not take it."""
    from pipelines.alerting import send_sample

    workspace = workspace_at(folder)
    try:
        configuration = workspace.configuration()
    except ConfigurationError as error:
        stop(str(error), Exit.USAGE, as_json=as_json)
    declared = configuration.alerts
    if declared.webhook is None and declared.email is None:
        stop(
            f"{workspace.configuration_file}: no channel; declare alerts.webhook or alerts.email",
            Exit.USAGE,
            as_json=as_json,
        )
    problems: list[str] = []
    taken = send_sample(configuration, problems.append)
    code = Exit.CRASHED if problems else Exit.OK
    if as_json:
        print_json({"ok": not problems, "exit_code": int(code), "delivered_by": taken, "problems": problems})
    else:
        for name in taken:
            out.print(f"A test alert went out by {name}.")
        for problem in problems:
            out.print(Text(problem), soft_wrap=True)
    raise typer.Exit(int(code))
