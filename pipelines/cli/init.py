"""`listening init`: a new workspace with a commented listening.yaml."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.exits import Exit, out, print_json, stop
from pipelines.cli.options import AsJson
from warehouse.workspace import Workspace


def init(
    folder: Annotated[Path, typer.Argument(help="Folder to make the workspace in; it may exist, but not hold one.")],
    as_json: AsJson = False,
) -> None:
    """Write a commented listening.yaml and the folders of a workspace."""
    workspace = Workspace(folder.expanduser().absolute())
    if workspace.configuration_file.exists():
        stop(
            f"{workspace.configuration_file} exists already; edit it, or choose another folder",
            Exit.USAGE,
            as_json=as_json,
        )
    try:
        create(workspace, files("pipelines.cli").joinpath("listening.yaml").read_text(encoding="utf-8"))
    except OSError as error:
        stop(f"{workspace.root}: cannot be written ({error.strerror})", Exit.USAGE, as_json=as_json)
    if as_json:
        print_json({"ok": True, "workspace": str(workspace.root), "configuration": str(workspace.configuration_file)})
        return
    out.print(f"Made a workspace in {workspace.root}", soft_wrap=True)
    out.print("  1. say what to listen to in listening.yaml", soft_wrap=True)
    out.print("  2. drop exports into inbox/", soft_wrap=True)
    out.print(f"  3. listening run -w {folder}", soft_wrap=True)


def create(workspace: Workspace, configuration: str) -> None:
    """The folders, listening.yaml with the given text, and Dagster's settings."""
    workspace.make_folders()
    workspace.configuration_file.write_text(configuration, encoding="utf-8")
    dagster = files("pipelines.cli").joinpath("dagster.yaml").read_text(encoding="utf-8")
    (workspace.private / "dagster.yaml").write_text(dagster, encoding="utf-8")
