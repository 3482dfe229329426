"""`listening check`: the gate's checks on what is published, again and now."""

from datetime import UTC, datetime

import typer
from rich.text import Text

from pipelines.cli.exits import Exit, out, print_json, stop
from pipelines.cli.options import AsJson, WorkspaceFolder, workspace_at
from warehouse.configuration import ConfigurationError
from warehouse.release import AUDITED, current_release_id, manifest, reading


def check(folder: WorkspaceFolder = None, as_json: AsJson = False) -> None:
    """Audit the published release again: is it still complete, consistent and fresh?"""
    from quality.context import AuditContext
    from quality.report import text_report
    from quality.runner import audit

    workspace = workspace_at(folder)
    try:
        configuration = workspace.configuration()
    except ConfigurationError as error:
        stop(str(error), Exit.USAGE, as_json=as_json)
    release_id = current_release_id(workspace)
    if release_id is None:
        stop(f"{workspace.root}: nothing is published yet; `listening run` publishes", Exit.USAGE, as_json=as_json)
    context = AuditContext(
        as_of=datetime.now(UTC),
        brand_ids=tuple(brand.id for brand in configuration.brands),
        reporting_zone=configuration.workspace.reporting_zone,
    )
    with reading(workspace.link.resolve()) as read:
        report = audit(read, AUDITED, context)
    # Those that hold the release against what was read need the private warehouse, which a reader leaves alone.
    again = {result.check.check_id for result in report.results}
    beside = [each["check_id"] for each in manifest(workspace, release_id)["checks"] if each["check_id"] not in again]
    code = Exit.OK if report.may_publish else Exit.GATE_REFUSED
    if as_json:
        about = {"ok": report.may_publish, "exit_code": int(code), "release_id": release_id, "checks_beside": beside}
        print_json(about | report.as_dict())
    else:
        out.print(Text(f"Release {release_id}\n{text_report(report)}"), soft_wrap=True)
        if beside:
            told = f"{len(beside)} more need the warehouse and were asked before the release (`listening status`)"
            out.print(Text(f"{told}: {', '.join(beside)}."), soft_wrap=True)
    raise typer.Exit(int(code))
