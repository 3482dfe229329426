"""`listening releases`: every release that is kept; pinning, and letting go of, single ones."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli.exits import Exit, out, print_json, print_wide, stop
from pipelines.cli.options import AsJson, WorkspaceFolder, workspace_at
from warehouse.configuration import ConfigurationError
from warehouse.history import KeptRelease, UnknownRelease, find_release, kept_releases
from warehouse.retention import pin, retention_of
from warehouse.retention import prune as prune_releases
from warehouse.workspace import Workspace


def releases(
    folder: WorkspaceFolder = None,
    keep: Annotated[str | None, typer.Option("--pin", help="Keep this release whatever the retention says.")] = None,
    let_go: Annotated[str | None, typer.Option("--unpin", help="Let the retention decide again.")] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Remove what listening.yaml does not keep, now.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the releases that are kept: when they were made, from what, how large, and which one is published."""
    workspace = workspace_at(folder)
    try:
        for name, is_pinned in ((keep, True), (let_go, False)):
            if name is not None:
                pin(workspace, find_release(workspace, name, zone_of(workspace)), is_pinned=is_pinned)
        if prune:
            gone = prune_releases(workspace, retention_of(workspace.configuration()), datetime.now(UTC))
            if not as_json:
                out.print(f"Removed {len(gone)} releases.")
    except (UnknownRelease, ConfigurationError) as error:
        stop(str(error), Exit.USAGE, as_json=as_json)
    except OSError as error:
        stop(f"{workspace.releases}: cannot be written ({error.strerror}); check permissions", Exit.CRASHED)
    kept = kept_releases(workspace)
    if as_json:
        print_json({"ok": True, "releases": [_facts(known) for known in kept]})
    elif not kept:
        out.print("Nothing is published yet.")
    else:
        print_wide(_table(kept), 110)


def zone_of(workspace: Workspace) -> str:
    """The zone in which people say days: the reporting zone, UTC where listening.yaml cannot be read."""
    try:
        return workspace.configuration().workspace.reporting_zone
    except ConfigurationError:
        return "UTC"


def _facts(known: KeptRelease) -> dict[str, object]:
    return {**vars(known), "created_at": known.created_at.isoformat()}


def _table(kept: list[KeptRelease]) -> Table:
    table = Table("release", "made (UTC)", "files", "posts", "content", "MB", "", title_justify="left")
    for number in (2, 3, 5):
        table.columns[number].justify = "right"
    table.columns[0].no_wrap = True
    for known in kept:
        marks = [word for word, is_so in (("published", known.is_published), ("pinned", known.is_pinned)) if is_so]
        made, size = f"{known.created_at:%Y-%m-%d %H:%M}", f"{known.byte_count / 1e6:.1f}"
        counts = (f"{known.input_count:,}", f"{known.mention_count:,}")
        table.add_row(known.release_id, made, *counts, known.content_id[:8], size, ", ".join(marks))
    return table
