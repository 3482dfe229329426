"""`listening demo`: a workspace full of invented exports, run once, so that there is something to look at."""

from pathlib import Path
from typing import Annotated

import typer
import yaml

from pipelines.cli.exits import Exit, out, stop
from pipelines.cli.init import create
from pipelines.cli.options import AsJson
from pipelines.cli.run import run
from warehouse.workspace import Workspace

_INTRODUCTION = """\
# The demo: five invented brands, eight weeks, English and French. Edit it and run again to see what changes.
# `listening init DIR` writes a commented listening.yaml for a workspace of your own.
"""


def demo(
    folder: Annotated[Path, typer.Argument(help="Folder of the demo workspace.")] = Path("demo-workspace"),
    as_json: AsJson = False,
) -> None:
    """Make a demo workspace from generated exports and run the pipeline on it. Twice is harmless."""
    from pipelines.demo import generate

    workspace = Workspace(folder.expanduser().absolute())
    if not workspace.configuration_file.exists():
        if workspace.root.exists() and any(workspace.root.iterdir()):
            stop(
                f"{workspace.root} is not empty and holds no workspace; choose another folder",
                Exit.USAGE,
                as_json=as_json,
            )
        create(workspace, demo_configuration())
        truths = generate(workspace.inbox)
        if not as_json:
            out.print(f"Made {len(truths.files)} invented export files in {folder}/inbox", soft_wrap=True)
    run(folder=folder, as_json=as_json)


def demo_configuration() -> str:
    """The demo's listening.yaml."""
    from pipelines.demo import demo_workspace

    declared = demo_workspace()
    declared["sources"] = {"account_zones": declared.pop("source_zones")}
    return _INTRODUCTION + yaml.safe_dump(declared, allow_unicode=True, sort_keys=False, width=110)
