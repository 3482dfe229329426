"""`listening diff`: two releases compared cell by cell, and why they differ."""

import contextlib
from typing import Annotated

import polars as pl
import typer
from rich.table import Table
from rich.text import Text

from pipelines.cli.exits import Exit, out, print_json, print_wide, stop
from pipelines.cli.options import AsJson, WorkspaceFolder, workspace_at
from pipelines.cli.query import csv_text
from pipelines.cli.releases import zone_of
from warehouse.causes import CAUSES, UNEXPLAINED
from warehouse.diff import ReleaseDiff, diff_releases
from warehouse.history import UnknownRelease, find_release

SHOWN_GROUPS = 40
CHANGES = {"changed": "changed", "row_added": "new row", "row_removed": "row gone"}
_COLUMNS = ("table_name", "change_code", "key_text", "column_name", "old_text", "new_text", "cause_codes", "basis_code")


def diff(
    old: Annotated[
        str, typer.Argument(help="Id, its beginning, latest, previous, a day or time as for `query --as-of`.")
    ] = "previous",
    new: Annotated[str, typer.Argument(help="The same for the newer one.")] = "latest",
    folder: WorkspaceFolder = None,
    table: Annotated[str | None, typer.Option("--table", help="Only this table.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV on stdout, every cell.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say which cells differ between two releases, from what to what, and why: late rows, refreshed counters, edited
    queries, merged duplicates, erasures, changed definitions, configuration or code. What nothing explains says so."""
    workspace = workspace_at(folder)
    try:
        ids = [find_release(workspace, name, zone_of(workspace)) for name in (old, new)]
        found = diff_releases(workspace, ids[0], ids[1])
    except (UnknownRelease, FileNotFoundError) as error:
        stop(str(error), Exit.USAGE, as_json=as_json)
    if table is not None:
        kept = found.cells.filter(pl.col("table_name") == table)
        found = ReleaseDiff(**{**vars(found), "cells": kept})
    if as_csv:
        cells = found.cells.with_columns(pl.col("cause_codes").list.join("; ")).select(_COLUMNS)
        typer.echo(csv_text(cells.columns, cells.rows()), nl=False)
    elif as_json:
        print_json(_facts(found))
    else:
        _tell(found)


def _facts(found: ReleaseDiff) -> dict[str, object]:
    return {
        "ok": True,
        "old_release_id": found.old_id,
        "new_release_id": found.new_id,
        "differences": found.differences.lines(),
        "new_tables": found.new_tables,
        "gone_tables": found.gone_tables,
        "new_columns": found.new_columns,
        "unexplained_count": _count(found, UNEXPLAINED),
        "groups": found.groups().to_dicts(),
        "cells": found.cells.select(_COLUMNS).to_dicts(),
    }


def _count(found: ReleaseDiff, cause: str) -> int:
    return found.cells.filter(pl.col("cause_codes").list.contains(cause)).height


def _tell(found: ReleaseDiff) -> None:
    """What the two are built from, how much differs, and why, on a screen or two."""
    out.print(Text(f"{found.old_id} → {found.new_id}"), soft_wrap=True)
    for line in found.differences.lines() or ["built from the same files, configuration and code"]:
        out.print(Text(f"  {line}"), soft_wrap=True)
    for what, names in (("table is new", found.new_tables), ("table is gone", found.gone_tables)):
        out.print(Text("".join(f"  {what}: {name}\n" for name in names)), end="")
    for name in found.new_columns:
        out.print(Text(f"  column is new: {name}"), soft_wrap=True)
    if found.cells.is_empty():
        out.print("No cell differs.")
        return
    groups = found.groups()
    out.print(f"\n{found.cells.height:,} cells differ in {found.cells['table_name'].n_unique()} tables:")
    for cause, words in CAUSES.items():
        if count := _count(found, cause):
            out.print(Text(f"  {count:>9,}  {words}", style="bold red" if cause == UNEXPLAINED else ""), soft_wrap=True)
    out.print(_summary(found))
    print_wide(_examples(groups), 150)
    out.print("--table narrows it to one table; --csv and --json give every cell.")


def _summary(found: ReleaseDiff) -> Table:
    summary = Table("table", "changed cells", "new rows", "rows gone", title="Per table", title_justify="left")
    counted = found.cells.group_by("table_name").agg(
        *((pl.col("change_code") == code).sum().alias(code) for code in CHANGES)
    )
    for row in counted.sort("table_name").iter_rows(named=True):
        summary.add_row(row["table_name"], *(f"{row[code]:,}" for code in CHANGES))
    for column in summary.columns[1:]:
        column.justify = "right"
    return summary


def _examples(groups: pl.DataFrame) -> Table:
    """By table and cause: how many cells, of which columns, and one of them; what is unexplained comes first."""
    by = ["table_name", "cause_codes", "basis_code"]
    what = pl.coalesce("column_name", pl.col("change_code").replace_strict(CHANGES))
    told = groups.sort("cell_count", descending=True, maintain_order=True).group_by(by, maintain_order=True)
    rows = told.agg(
        pl.col("cell_count").sum(),
        what.unique(maintain_order=True).alias("columns"),
        *(pl.col(name).first() for name in ("key_text", "column_name", "old_text", "new_text")),
    ).sort(pl.col("cause_codes").list.contains(UNEXPLAINED), "cell_count", descending=True, maintain_order=True)
    shown = Table("table", "cells", "columns", "why", "for example", title="Where and why", title_justify="left")
    shown.columns[1].justify = "right"
    for row in rows.head(SHOWN_GROUPS).iter_rows(named=True):
        names = ", ".join(row["columns"][:4]) + (f" and {len(row['columns']) - 4} more" if row["columns"][4:] else "")
        change = f": {_short(row['old_text'])} → {_short(row['new_text'])}" if row["column_name"] else ""
        why = f"{', '.join(row['cause_codes']).replace('_', ' ')} ({row['basis_code']})"
        cells = (Text(row["table_name"]), f"{row['cell_count']:,}", Text(names), Text(why))
        shown.add_row(*cells, Text(f"{_short(row['key_text'], 60)}{change}"))
    return shown


def _short(text: str | None, width: int = 30) -> str:
    told = "unknown" if text is None else "".join(letter if letter.isprintable() else " " for letter in text)
    with contextlib.suppress(ValueError):
        told = f"{float(told):.6g}" if "." in told else told
    return told if len(told) <= width else f"{told[: width - 1]}…"
