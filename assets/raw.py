"""The raw layer: export files read into typed rows, rejected rows with their reason."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from assets.declare import POOL, materialized, spec
from assets.parameters import declarations_id, read_context
from assets.resources import ListeningWorkspace
from warehouse.erasure import withdraw
from warehouse.erasure_log import ErasureLog
from warehouse.ingest import FileOutcome, ingest
from warehouse.tables import raw


@dg.multi_asset(name="read_exports", specs=[spec(contract) for contract in raw.TABLES], pool=POOL)
def read_exports(
    context: dg.AssetExecutionContext, listening: ListeningWorkspace
) -> Iterator[dg.MaterializeResult[Any]]:
    """Every waiting file of the inbox into the raw tables, one transaction a file; originals go to the archive."""
    configuration, now = listening.configuration(), datetime.now(UTC)
    tombstones = ErasureLog(listening.workspace).tombstones(dict(configuration.workspace.retention_days), now)
    with listening.warehouse() as warehouse:
        withdraw(listening.workspace, read_context(configuration), tombstones, context.log.info)
        outcomes = ingest(
            warehouse,
            listening.workspace,
            read_context(configuration),
            declarations_id=declarations_id(configuration),
            now=now,
            settle_seconds=listening.settle_seconds,
            progress=lambda name: context.log.info(f"reading {name}"),
        )
        for contract in raw.TABLES:
            told = _told(outcomes) if contract is raw.EXPORT_FILE else {}
            yield materialized(warehouse, contract, **told)


def _told(outcomes: list[FileOutcome]) -> dict[str, Any]:
    lines = ["| file | format | state | records | kept | rejected |", "|---|---|---|---:|---:|---:|"]
    lines += [
        f"| `{o.file_name.replace('|', '/').replace('`', '')}` | {o.source_code or ''} | {o.state} | {o.row_count:,} "
        f"| {o.kept_count:,} | {o.rejected_count:,} |"
        for o in outcomes
    ]
    return {
        "files": dg.MetadataValue.md("\n".join(lines) if outcomes else "No new file."),
        "outcomes": {"files": [asdict(outcome) for outcome in outcomes]},
    }
