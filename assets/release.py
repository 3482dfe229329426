"""The release: the one step that publishes, and the gate inside it."""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import dagster as dg
import polars as pl

from assets.declare import POOL, column_schema, key_of
from assets.parameters import matchings, panel
from assets.posts import let_go
from assets.resources import ListeningWorkspace
from quality.checks import AuditReport
from quality.context import AuditContext, QualityThresholds
from quality.reconciliation import LayerCounts, reconcile
from quality.report import text_report, write_report
from quality.runner import Changes, Expectations, audit
from transforms.metrics.registry import METRICS
from warehouse.code_version import checks_version, code_version, library_versions
from warehouse.configuration import Configuration, digest
from warehouse.days import days_covered
from warehouse.erasure_log import ErasureLog
from warehouse.release import (
    AUDITED,
    Changed,
    GateRefused,
    Provenance,
    Published,
    ReleaseReader,
    current_release_id,
    inputs_of,
    manifest,
    publish,
    reading,
    warehouse_hashes,
)
from warehouse.retention import prune, retention_of
from warehouse.store import Warehouse
from warehouse.tables import core, mart, raw
from warehouse.tables.contract import TableContract
from warehouse.workspace import Workspace

RELEASE_KEY = dg.AssetKey("release")
_ABOUT_CHECKS = (
    "What the gate checks of {table}. The gate is inside the step that publishes: an error keeps the release from "
    "readers and fails the run, a warning goes with it."
)
_CHECKS = [
    dg.AssetCheckSpec(name=table.table, asset=RELEASE_KEY, description=_ABOUT_CHECKS.format(table=table.table))
    for table in AUDITED
]


@dg.asset(
    key=RELEASE_KEY,
    deps=[key_of(table) for table in AUDITED],
    group_name="release",
    owners=["team:data-platform"],
    kinds={"duckdb", "greatexpectations"},
    description="listening.duckdb, the file readers open: built fresh, audited, and linked only if the gate passes it.",
    metadata={"dagster/column_schema": column_schema(mart.RELEASE)},
    check_specs=_CHECKS,
    # A run on unchanged inputs publishes nothing, so that the age Dagster shows is the age of what readers get.
    output_required=False,
    pool=POOL,
)
def release(context: dg.AssetExecutionContext, listening: ListeningWorkspace) -> Iterator[Any]:
    """Build, audit, swap; unchanged inputs publish nothing, a refusal fails the run and keeps the last release."""
    configuration, workspace = listening.configuration(), listening.workspace
    with listening.warehouse() as warehouse:
        provenance = _provenance(warehouse, workspace, configuration)
        if _is_published(warehouse, workspace, provenance):
            context.log.info("Nothing changed since the release that is published: no new one is needed.")
            current = str(current_release_id(workspace))
            yield from _check_results_of(manifest(workspace, current)["checks"])
            yield dg.AssetObservation(RELEASE_KEY, metadata={"unchanged": True, "release_id": current})
            if context.instance.get_latest_materialization_event(RELEASE_KEY) is None:
                # Published before this instance looked: its age counts from now.
                yield dg.MaterializeResult(metadata={"release_id": current})
            return
        let_go(warehouse)
        published, report, refusal = _publish(warehouse, workspace, configuration, provenance)
        write_report(report, workspace.reports / "gate", provenance.release_id)
        if published is not None:
            prune(workspace, retention_of(configuration), provenance.created_at)
    yield from _check_results_of(report.as_rows().to_dicts())
    if published is None:
        raise _refused(refusal, report)
    yield _materialized(published)


def _publish(
    warehouse: Warehouse, workspace: Workspace, configuration: Configuration, provenance: Provenance
) -> tuple[Published | None, AuditReport, str]:
    """What was published (None if the gate refused), the audit, and the refusal in words."""
    reports: list[AuditReport] = []
    with _previous(workspace) as previous, ThreadPoolExecutor(1) as beside:
        gate = _gate(provenance, configuration, previous)
        # The library takes seconds to import: that goes on while the file is built.
        engine = beside.submit(Expectations)

        def judge(read: ReleaseReader, parts: Changed | None) -> AuditReport:
            changes = None if parts is None or previous is None else _changes(parts, read, previous)
            audited = audit(read, AUDITED, gate, changes, engine.result())
            layers = reconcile(_layer_counts(warehouse, read))
            reports.append(replace(audited, results=(*audited.results, *layers)))
            return reports[-1]

        try:
            return publish(warehouse, workspace, provenance, judge), reports[-1], ""
        except GateRefused as refusal:
            return None, reports[-1], str(refusal)


def _changes(parts: Changed, read: ReleaseReader, previous: ReleaseReader) -> Changes:
    """Where a candidate is not as the release it was built on."""

    def having(contract: TableContract, columns: Sequence[str], by: str, days: Collection[date]) -> pl.DataFrame:
        values = pl.concat([reader.of_parts(contract, [by], days) for reader in (read, previous)])
        return read.having(contract, columns, values)

    return Changes(parts, read.of_parts, read.sharing_key, having, read.count)


def _refused(refusal: str, report: AuditReport) -> dg.Failure:
    """The refusal on one screen for people; for alerts the checks that made it, without anything that was observed."""
    checks = [
        {"check_id": result.check.check_id, "advice": result.check.what_to_do}
        for result in (*report.crashed, *report.failed)
    ]
    told = f"{refusal}\n{text_report(report)}"
    return dg.Failure(description=told, metadata={"refused_by": dg.MetadataValue.json(checks)}, allow_retries=False)


def _gate(provenance: Provenance, configuration: Configuration, previous: ReleaseReader | None) -> AuditContext:
    return AuditContext(
        as_of=provenance.created_at,
        brand_ids=tuple(brand.id for brand in configuration.brands),
        reporting_zone=configuration.workspace.reporting_zone,
        previous=previous,
        thresholds=QualityThresholds(**configuration.quality.model_dump()),
    )


def _layer_counts(warehouse: Warehouse, read: ReleaseReader) -> LayerCounts:
    """Mentions at each layer, counted where they lie."""
    files = warehouse.select(raw.EXPORT_FILE, "WHERE record_kind_code = 'mention'", ["file_id", "row_count"])
    rejected = warehouse.select(raw.REJECTED_ROW, columns=["file_id"]).join(files, on="file_id", how="semi")
    posts = warehouse.count(core.MENTION)
    return LayerCounts(
        record_kind="mention",
        rows_read=int(files["row_count"].sum()),
        kept=warehouse.count(raw.MENTION),
        rejected=rejected.height,
        core_rows=posts,
        linked_duplicates=warehouse.count(core.MENTION_SOURCE) - posts,
        mart_rows=read.count(mart.MENTION),
    )


@contextmanager
def _previous(workspace: Workspace) -> Iterator[ReleaseReader | None]:
    """A reader of the release that is published, if one is."""
    if current_release_id(workspace) is None:
        yield None
        return
    with reading(workspace.link.resolve()) as read:
        yield read


def _provenance(warehouse: Warehouse, workspace: Workspace, configuration: Configuration) -> Provenance:
    files = warehouse.query("SELECT file_id, declaration_version FROM raw.export_file ORDER BY file_id").rows()
    now = datetime.now(UTC)
    panel_id = panel(configuration).panel_id
    inputs_id = digest([files, configuration.configuration_id, panel_id, code_version()])
    days = days_covered(warehouse)
    return Provenance(
        release_id=f"{now:%Y%m%dT%H%M%S}-{inputs_id[:8]}",
        created_at=now,
        inputs_id=inputs_id,
        code_version=code_version(),
        configuration_id=configuration.configuration_id,
        panel_id=panel_id,
        reporting_zone_name=configuration.workspace.reporting_zone,
        input_file_ids=tuple(file_id for file_id, _ in files),
        warning_texts=_warnings(warehouse) if days else ("No mention export has been read yet.",),
        recorded=_recorded(warehouse, workspace, configuration),
    )


def _warnings(warehouse: Warehouse) -> tuple[str, ...]:
    """That files carry warnings, and where they are told."""
    count = warehouse.scalar("SELECT count(DISTINCT file_id) FROM mart.table_warning")
    return (f"Warnings of {count} files limit these numbers: see table_warning.",) if count else ()


def _recorded(warehouse: Warehouse, workspace: Workspace, configuration: Configuration) -> dict[str, Any]:
    """What the manifest keeps besides ids, so that a later release can be told apart from this one and why."""
    brands, topics = matchings(configuration)
    return {
        "inputs": inputs_of(warehouse),
        "configuration": configuration.model_dump(mode="json"),
        "query_versions": {"brand": dict(brands.versions), "topic": dict(topics.versions)},
        "metric_versions": {name: METRICS.current(name).version for name in METRICS.ids},
        "library_versions": library_versions(),
        "checks_version": checks_version(),
        "tombstone_count": ErasureLog(workspace).tombstone_count(),
    }


def _is_published(warehouse: Warehouse, workspace: Workspace, provenance: Provenance) -> bool:
    """Whether the published release has these very inputs and these very rows."""
    current = current_release_id(workspace)
    if current is None:
        return False
    known = manifest(workspace, current)
    if known["inputs_id"] != provenance.inputs_id:
        return False
    hashes = warehouse_hashes(warehouse)
    return all(known["tables"][name]["hash"] == value for name, value in hashes.items())


def _check_results_of(checks: list[dict[str, Any]]) -> Iterator[dg.AssetCheckResult]:
    """One Dagster check per table: failed if any of its checks did; the failed ones are listed."""
    for table in AUDITED:
        of_table = [check for check in checks if check["checked_table_name"] == table.table]
        wrong = [check for check in of_table if check["check_status_code"] != "passed"]
        errors = [check for check in wrong if check["check_severity_code"] == "error"]
        lines = [
            f"- **{c['check_id']}** ({c['check_status_code']}): {c['observed_text']}. {c['advice_text']}" for c in wrong
        ]
        yield dg.AssetCheckResult(
            check_name=table.table,
            asset_key=RELEASE_KEY,
            passed=not wrong,
            severity=dg.AssetCheckSeverity.ERROR if errors else dg.AssetCheckSeverity.WARN,
            metadata={"checks": len(of_table), "not_passed": dg.MetadataValue.md("\n".join(lines) or "none")},
        )


def _materialized(published: Published) -> dg.MaterializeResult[Any]:
    return dg.MaterializeResult(
        asset_key=RELEASE_KEY,
        metadata={
            "release_id": published.release_id,
            "content_id": published.content_id,
            "path": dg.MetadataValue.path(str(published.path)),
            "dagster/row_count": sum(published.row_counts.values()),
            **{f"rows_{name}": count for name, count in published.row_counts.items()},
        },
    )
