"""`listening rejects`: every record that was not kept, and why."""

from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from pipelines.cli.exits import out, print_json
from pipelines.cli.options import AsJson, WorkspaceFolder, known, opened_warehouse, read_file, workspace_at
from warehouse.store import Warehouse

SHOWN = 20
_ROWS = """
SELECT f.file_name, r.row_number, r.reason_code, r.column_name, r.reason_text, r.raw_content
FROM raw.rejected_row r JOIN raw.export_file f USING (file_id)
WHERE (? IS NULL OR f.file_name = ?) AND (? IS NULL OR r.reason_code = ?)
ORDER BY f.file_name, r.row_number LIMIT ?
"""
_REASONS = """
SELECT reason_code, count(*) AS records, count(DISTINCT file_id) AS files, any_value(reason_text) AS example
FROM raw.rejected_row r JOIN raw.export_file f USING (file_id)
WHERE (? IS NULL OR f.file_name = ?) AND (? IS NULL OR r.reason_code = ?)
GROUP BY reason_code ORDER BY records DESC, reason_code
"""


def rejects(
    folder: WorkspaceFolder = None,
    file: Annotated[str | None, typer.Option("--file", help="Only this file's.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Only these, e.g. bad_time.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many records.")] = SHOWN,
    as_json: AsJson = False,
) -> None:
    """List the records that were rejected, by file and reason, with what to do."""
    with opened_warehouse(workspace_at(folder), as_json=as_json) as warehouse:
        file = read_file(warehouse, file, as_json=as_json) if file else None
        reason = _known_reason(warehouse, reason, as_json=as_json) if reason else None
        by_reason = warehouse.query(_REASONS, [file, file, reason, reason]).to_dicts()
        records = _records(warehouse, file, reason, limit)
    if as_json:
        print_json({"ok": True, "reasons": by_reason, "records": records})
        return
    if not by_reason:
        out.print(Text("No record was rejected" + (f" of {file}." if file else ".")), soft_wrap=True)
        return
    table = Table("reason", "records", "files", title="Rejected records", title_justify="left")
    for row in by_reason:
        table.add_row(row["reason_code"], f"{row['records']:,}", f"{row['files']:,}")
    out.print(table)
    for row in records:
        out.print(Text(f"{row['file_name']}, row {row['row_number']}: {row['reason_text']}"), soft_wrap=True)
    rejected = sum(row["records"] for row in by_reason)
    if rejected > len(records):
        out.print(f"{len(records):,} of {rejected:,} records shown; --limit shows more, --file and --reason fewer.")
    out.print(
        "\nAfter mending listening.yaml, `listening remap` reads the archived originals again, without a new upload.",
        soft_wrap=True,
    )


def _known_reason(warehouse: Warehouse, reason: str, *, as_json: bool) -> str:
    reasons = warehouse.query("SELECT DISTINCT reason_code FROM raw.rejected_row ORDER BY 1")["reason_code"].to_list()
    if not reasons:
        return reason
    told = f"no record was rejected as '{reason}'"
    return known(reason, reasons, told, "`listening rejects` counts each.", as_json=as_json)


def _records(warehouse: Warehouse, file: str | None, reason: str | None, limit: int) -> list[dict[str, Any]]:
    return warehouse.query(_ROWS, [file, file, reason, reason, limit]).to_dicts()
