"""`listening status`: what is published, how fresh it is, what waits, what the gate said."""

from datetime import UTC, datetime
from typing import Any

from rich.text import Text

from pipelines.cli.exits import Exit, out, print_json, stop
from pipelines.cli.options import AsJson, WorkspaceFolder, workspace_at
from quality.checks import tally
from warehouse.ingest import waiting_files
from warehouse.release import current_release_id, manifest, reading, release_ids
from warehouse.tables import mart
from warehouse.workspace import Workspace


def status(folder: WorkspaceFolder = None, as_json: AsJson = False) -> None:
    """What is published and whether to trust it; never touches the private warehouse."""
    workspace = workspace_at(folder)
    if not workspace.configuration_file.exists():
        stop(
            f"{workspace.root}: no listening.yaml here; `listening init` makes a workspace", Exit.USAGE, as_json=as_json
        )
    known = collect(workspace)
    if as_json:
        print_json({"ok": True, **known})
        return
    if known["release_id"] is None:
        out.print("Nothing is published yet.")
    else:
        tell(known)
    waiting = known["waiting_files"]
    out.print(
        Text(f"Inbox: {len(waiting)} files wait" + (f": {', '.join(waiting[:5])}" if waiting else "")), soft_wrap=True
    )


def collect(workspace: Workspace) -> dict[str, Any]:
    """The facts, as plain values."""
    release_id = current_release_id(workspace)
    waiting = [path.name for path in waiting_files(workspace)]
    if release_id is None:
        return {"release_id": None, "waiting_files": waiting}
    known = manifest(workspace, release_id)
    with reading(workspace.link.resolve()) as read:
        released = read(mart.RELEASE, None).row(0, named=True)
        files = read(mart.EXPORT_FILE, ["file_state_code", "row_count", "kept_count", "rejected_count"])
    created = datetime.fromisoformat(known["created_at"])
    return {
        "release_id": release_id,
        "created_at": known["created_at"],
        "age_hours": round((datetime.now(UTC) - created).total_seconds() / 3600, 1),
        "first_mention_date": released["first_mention_date"],
        "last_mention_date": released["last_mention_date"],
        "mentions": released["mention_count"],
        "files": {
            "read": files.filter(files["file_state_code"].is_in(["ingested", "empty"])).height,
            "not_read": files.filter(~files["file_state_code"].is_in(["ingested", "empty"])).height,
            "records": files["row_count"].sum(),
            "kept": files["kept_count"].sum(),
            "rejected": files["rejected_count"].sum(),
        },
        "checks": len(known["checks"]),
        "checks_not_passed": [check for check in known["checks"] if check["check_status_code"] != "passed"],
        "warnings": released["warning_texts"],
        "kept_releases": release_ids(workspace),
        "waiting_files": waiting,
        "tables": {name: table["rows"] for name, table in known["tables"].items()},
    }


def tell(known: dict[str, Any]) -> None:
    """The facts on one screen."""
    out.print(f"Release {known['release_id']}, {known['age_hours']} hours old; {len(known['kept_releases'])} kept.")
    out.print(
        f"{known['mentions']:,} posts from {known['first_mention_date']} to {known['last_mention_date']}; "
        f"{known['files']['records']:,} records read = {known['files']['kept']:,} kept + "
        f"{known['files']['rejected']:,} rejected; {known['files']['read']} files read, "
        f"{known['files']['not_read']} not readable."
    )
    tell_gate(known["checks"], known["checks_not_passed"])
    for warning in known["warnings"]:
        out.print(Text(f"  {warning}"), soft_wrap=True)


def tell_gate(total: int, wrong: list[dict[str, Any]]) -> None:
    """How many checks ran, and those that did not pass."""
    codes = [(check["check_status_code"], check["check_severity_code"]) for check in wrong]
    failed, warned = codes.count(("failed", "error")), codes.count(("failed", "warning"))
    out.print(f"Gate: {tally(total, failed, len(codes) - failed - warned, warned)}")
    for check in wrong:
        out.print(Text(f"  {check['check_id']}: {check['observed_text']}. {check['advice_text']}"), soft_wrap=True)
