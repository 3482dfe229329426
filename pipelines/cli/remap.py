"""`listening remap`: archived originals read again by today's declarations."""

from typing import Annotated

import typer

from assets.parameters import read_context
from pipelines.cli.exits import Exit, out, print_json, stop
from pipelines.cli.options import AsJson, WorkspaceFolder, opened_warehouse, read_file, workspace_at
from pipelines.cli.run import run
from warehouse.configuration import ConfigurationError
from warehouse.ingest import ask_to_read_again
from warehouse.store import Warehouse

_CHOSEN = """
SELECT file_id, file_name FROM raw.export_file
WHERE CASE WHEN ? IS NOT NULL THEN file_name = ?
           WHEN ? THEN true
           ELSE rejected_count > 0 OR file_state_code IN ('refused', 'crashed') OR list_contains(?, source_code)
                AND NOT list_contains(?, declaration_version) END
ORDER BY file_name
"""


def remap(
    folder: WorkspaceFolder = None,
    file: Annotated[str | None, typer.Option("--file", help="Only the file of this name.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every archived file.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read archived originals again: those with rejects, the refused ones, and those whose declaration changed."""
    workspace = workspace_at(folder)
    try:
        declarations = read_context(workspace.configuration()).declarations
    except ConfigurationError as error:
        stop(str(error), Exit.USAGE, as_json=as_json)
    codes, versions = [d.code for d in declarations], [d.version for d in declarations]
    with opened_warehouse(workspace, as_json=as_json) as warehouse:
        file = read_file(warehouse, file, as_json=as_json) if file else None
        chosen = _choose(warehouse, [file, file, everything, codes, versions])
    if not chosen:
        if as_json:
            print_json({"ok": True, "files": []})
        else:
            out.print("No archived file needs to be read again.")
        return
    if not as_json:
        out.print(f"Reading {len(chosen)} archived files again.")
    run(folder=folder, as_json=as_json)


def _choose(warehouse: Warehouse, parameters: list[object]) -> list[str]:
    chosen = warehouse.query(_CHOSEN, parameters)
    ask_to_read_again(warehouse, chosen["file_id"].to_list())
    return chosen["file_name"].to_list()
