"""`listening digest`: writes the weekly digest of a workspace by starting the dashboard's module."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.exits import Exit, stop
from pipelines.cli.options import WorkspaceFolder, workspace_at
from pipelines.settings import module_environment


def digest(
    folder: WorkspaceFolder = None,
    out_folder: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where to write it; else the workspace's reports/digest.")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="en or fr.")] = "en",
    brand: Annotated[str | None, typer.Option("--brand", help="Brand id; the own brand if not given.")] = None,
    week: Annotated[
        str | None, typer.Option("--week", help="A day of the week meant (2026-02-23); else the last complete week.")
    ] = None,
    link: Annotated[str | None, typer.Option("--link", help="Address of the dashboard, for links.")] = None,
    sender: Annotated[str, typer.Option("--from", help="From: of the e-mail.")] = "listening@localhost",
    to: Annotated[list[str] | None, typer.Option("--to", help="To: of the e-mail; may be repeated.")] = None,
) -> None:
    """Write the week in one page and one e-mail: what happened, why, how sure, what to do next."""
    workspace = workspace_at(folder)
    if not workspace.link.exists():
        stop(f"{workspace.root}: nothing is published yet; `listening run` publishes", Exit.USAGE)
    command = digest_command(workspace.root, out_folder, lang, brand, week, link, sender, to)
    raise typer.Exit(subprocess.run(command, check=False, env=module_environment()).returncode)


def digest_command(
    root: Path,
    out_folder: Path | None = None,
    lang: str = "en",
    brand: str | None = None,
    week: str | None = None,
    link: str | None = None,
    sender: str = "listening@localhost",
    to: list[str] | None = None,
) -> list[str]:
    """The command that writes a digest, for this command and for a schedule."""
    command = [sys.executable, "-m", "dashboard", "digest", "--workspace", str(root)]
    command += ["--out", str(out_folder or root / "reports" / "digest"), "--lang", lang, "--sender", sender]
    command += ["--brand", brand] if brand else []
    command += ["--week", week] if week else []
    command += ["--link", link] if link else []
    for address in to or ():
        command += ["--to", address]
    return command
