"""Options that several commands share, and how a command opens what they name."""

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.exits import Exit, stop
from pipelines.settings import settings
from warehouse.store import Warehouse, WarehouseBusy, WarehouseUnusable, open_warehouse
from warehouse.workspace import Workspace

WorkspaceFolder = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="Workspace folder; else LISTENING_WORKSPACE, else ./demo-workspace."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout instead of text.")]


def workspace_at(folder: Path | None) -> Workspace:
    """The workspace an option or the environment names."""
    return Workspace(folder.expanduser().absolute() if folder else settings().workspace)


@contextmanager
def opened_warehouse(workspace: Workspace, *, as_json: bool) -> Iterator[Warehouse]:
    """The private warehouse, or the end of the command with a clear message."""
    if not workspace.warehouse_file.exists():
        stop(
            f"{workspace.root}: nothing has been read yet; `listening run` reads the inbox", Exit.USAGE, as_json=as_json
        )
    try:
        warehouse = open_warehouse(workspace.warehouse_file)
    except WarehouseBusy as error:
        stop(str(error), Exit.BUSY, as_json=as_json)
    except WarehouseUnusable as error:
        stop(str(error), Exit.CRASHED, as_json=as_json)
    with warehouse:
        yield warehouse


def known(name: str, names: list[str], otherwise: str, hint: str, *, as_json: bool) -> str:
    """The name if it is one of those there are; else the end of the command, with the likeliest of them."""
    if name not in names:
        there = get_close_matches(name, names, 3, 0.3) or names[:3]
        told = ", ".join(f"'{each}'" for each in there) or "none"
        more = f" and {len(names) - len(there)} more" if len(names) > len(there) else ""
        stop(f"{otherwise}; there are: {told}{more}. {hint}", Exit.USAGE, as_json=as_json)
    return name


def read_file(warehouse: Warehouse, name: str, *, as_json: bool) -> str:
    """The file of that name (or path) among those that were read, or the end of the command."""
    names = warehouse.query("SELECT DISTINCT file_name FROM raw.export_file ORDER BY 1")["file_name"].to_list()
    hint = '`listening run` reads what waits in the inbox; `listening query "FROM export_file"` lists what was read.'
    return known(Path(name).name, names, f"no file '{name}' has been read", hint, as_json=as_json)
