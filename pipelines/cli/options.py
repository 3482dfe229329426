"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.settings import settings
from warehouse.workspace import Workspace

WorkspaceFolder = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="Workspace folder; else LISTENING_WORKSPACE, else ./demo-workspace."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout instead of text.")]


def workspace_at(folder: Path | None) -> Workspace:
    """The workspace an option or the environment names."""
    return Workspace(folder.expanduser().absolute() if folder else settings().workspace)
