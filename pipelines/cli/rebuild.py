"""`listening rebuild`: days, or everything, computed again from the raw rows."""

from datetime import datetime
from typing import Annotated

import typer

from pipelines.cli.exits import Exit, out, stop
from pipelines.cli.options import AsJson, WorkspaceFolder, opened_warehouse, workspace_at
from pipelines.cli.run import run
from warehouse.days import days_covered
from warehouse.refresh import forget_days, forget_everything
from warehouse.store import Warehouse


def rebuild(
    folder: WorkspaceFolder = None,
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First reporting day.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last reporting day.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Posts and every table, whatever the day.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compute days again and publish; the tables come out the same unless something was wrong with them."""
    if everything == (first is not None or last is not None):
        stop("say which days with --from and --to, or --all", Exit.USAGE, as_json=as_json)
    if first is not None and last is not None and first > last:
        stop(f"--from {first:%Y-%m-%d} is after --to {last:%Y-%m-%d}", Exit.USAGE, as_json=as_json)
    with opened_warehouse(workspace_at(folder), as_json=as_json) as warehouse:
        if everything:
            forget_everything(warehouse)
        else:
            _check_days(warehouse, first, last, as_json=as_json)
            days = forget_days(warehouse, first and first.date(), last and last.date())
            if not as_json:
                out.print(f"Computing {days} days again.")
    run(folder=folder, as_json=as_json)


def _check_days(warehouse: Warehouse, first: datetime | None, last: datetime | None, *, as_json: bool) -> None:
    """The end of the command where no covered day is meant."""
    days = days_covered(warehouse)
    if days and ((first and first.date() > days[-1]) or (last and last.date() < days[0])):
        stop(f"no such day is held: there are posts from {days[0]} to {days[-1]}", Exit.USAGE, as_json=as_json)
