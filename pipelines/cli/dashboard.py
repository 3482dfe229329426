"""`listening dashboard`: starts the dashboard of a workspace as a module of its own; nothing here imports it."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.exits import Exit, stop
from pipelines.cli.options import WorkspaceFolder, workspace_at
from pipelines.settings import module_environment


def dashboard(
    folder: WorkspaceFolder = None,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; anything but this machine needs a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", "-p", help="Port; 0 takes a free one.")] = 8321,
    token_file: Annotated[
        Path | None,
        typer.Option("--token-file", help="File that holds the token; else one is made where one is needed."),
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option("--allow-host", help="Another name the dashboard answers to.")
    ] = None,
) -> None:
    """Open the pages on the published release; new releases show without a restart."""
    workspace = workspace_at(folder)
    if not workspace.link.exists():
        stop(f"{workspace.root}: nothing is published yet; `listening run` publishes", Exit.USAGE)
    command = [sys.executable, "-m", "dashboard", "serve", "--workspace", str(workspace.root)]
    command += ["--host", host, "--port", str(port)]
    command += ["--token-file", str(token_file)] if token_file else []
    for name in allow_host or ():
        command += ["--allow-host", name]
    # This process becomes the server: the signal that ends the command ends the server, and none is left behind.
    os.execve(sys.executable, command, module_environment())
