"""`listening forget`: people, posts, and what is past its retention out of everything, and kept out; the log of it."""

import csv
import getpass
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from assets.parameters import official_accounts, read_context
from pipelines.cli.exits import EXIT_CODES_HELP, Exit, err, out, print_json, stop
from pipelines.cli.options import AsJson, WorkspaceFolder, opened_warehouse, workspace_at
from pipelines.cli.run import exit_code, tell
from transforms.erasure.scrub import NotScrubbable
from transforms.erasure.tombstones import author_value
from warehouse.configuration import Configuration, ConfigurationError
from warehouse.erasure import Wish, erase, request
from warehouse.erasure_log import ErasureLog, ErasureLogDamaged
from warehouse.remains import finish, post_ids
from warehouse.tables.columns import PLATFORMS
from warehouse.workspace import Workspace

_COLUMNS = ("author", "url", "platform")


def forget(
    folder: WorkspaceFolder = None,
    author: Annotated[list[str] | None, typer.Option(help="Handle, platform id or name of an author.")] = None,
    platform: Annotated[str | None, typer.Option(help="The author on this platform only.")] = None,
    url: Annotated[list[str] | None, typer.Option(help="Address of a post.")] = None,
    file: Annotated[Path | None, typer.Option(help="CSV with columns author, url, platform.")] = None,
    expired: Annotated[bool, typer.Option("--expired", help="Posts past retention_days of listening.yaml.")] = False,
    by: Annotated[str | None, typer.Option(help="Who asks; else the user of this machine.")] = None,
    reference: Annotated[str, typer.Option(help="Number of the request, for the log.")] = "",
    drop_files: Annotated[bool, typer.Option("--drop-files", help="Files that cannot be cleaned go whole.")] = False,
    log: Annotated[bool, typer.Option("--log", help="Only show who asked when.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take people or posts out of archive, warehouse, releases and reports, keep them out, and publish what is left.

    Their handle in other people's words is replaced. A request that was interrupted is carried out by the next call.
    """
    workspace = workspace_at(folder)
    try:
        configuration = workspace.configuration()
        if log:
            _show_log(workspace, as_json=as_json)
            return
        wish = _wish(author or [], url or [], file, platform, as_json=as_json)
        _check(wish, configuration, as_json=as_json)
        open_requests = ErasureLog(workspace).unfinished()
    except (ConfigurationError, ErasureLogDamaged) as error:
        stop(str(error), Exit.USAGE, as_json=as_json)
    if not (wish.authors or wish.addresses or expired or open_requests):
        stop("say what to forget: --author, --url, --file or --expired", Exit.USAGE, as_json=as_json)
    who = by or getpass.getuser()
    _carry_out(workspace, configuration, wish, who, reference, expired=expired, drop_files=drop_files, as_json=as_json)


forget.__doc__ = f"{forget.__doc__}\n\n{EXIT_CODES_HELP}"


def _carry_out(
    workspace: Workspace,
    configuration: Configuration,
    wish: Wish,
    by: str,
    reference: str,
    *,
    expired: bool,
    drop_files: bool,
    as_json: bool,
) -> None:
    now = datetime.now(UTC)
    is_resumed = expired or bool(ErasureLog(workspace).unfinished())
    with opened_warehouse(workspace, as_json=as_json) as warehouse, err.status("looking through the archive") as status:
        before = post_ids(warehouse)
        words = request(warehouse, workspace, wish, by=by, reference=reference, now=now)
        tombstones = ErasureLog(workspace).tombstones(dict(configuration.workspace.retention_days), now)
        try:
            taken, files = erase(
                warehouse,
                workspace,
                read_context(configuration),
                tombstones,
                drop_files=drop_files,
                progress=lambda name: status.update(Text(f"looking through {name}"[:120])),
            )
        except NotScrubbable as error:
            stop(f"{error}\nThe request is kept: run this again once that is done.", Exit.CRASHED, as_json=as_json)
    from pipelines.run import run as run_pipeline

    with err.status("computing what is left"):
        outcome = run_pipeline(workspace.root, lambda *_: None)
    if not outcome.succeeded:
        if not as_json:
            tell(outcome, workspace.root)
        told = "what is published still holds it: mend what the run says, then call `listening forget` again"
        stop(told, exit_code(outcome), as_json=as_json)
    report = finish(workspace, before, words, now, tombstones if is_resumed else None)
    told_counts = {
        "files": files,
        "records": taken.removed_count,
        "releases_removed": list(report.release_ids),
        "reports_removed": report.report_count,
        "residues": list(report.residues),
        "searched": bool(words),
        "release_id": outcome.release_id,
    }
    if as_json:
        print_json({"ok": not report.residues, **told_counts})
    else:
        _tell(told_counts, report.residues, is_searched=bool(words))
    if report.residues:
        raise typer.Exit(int(Exit.CRASHED))


def _tell(counts: dict[str, object], residues: Sequence[str], *, is_searched: bool) -> None:
    releases = counts["releases_removed"]
    assert isinstance(releases, list)
    if not counts["files"]:
        out.print("No record of it was found: look at the spelling. It will be kept out all the same.", style="bold")
    out.print(
        f"Taken out: {counts['records']:,} records of {counts['files']} files, {len(releases)} older releases, "
        f"{counts['reports_removed']} reports. Published: release {counts['release_id']}."
    )
    if residues:
        out.print("Still named, byte for byte, in:", style="bold red")
        for name in residues:
            out.print(Text(f"  {name}"))
    elif is_searched:
        out.print("No file of the workspace names it any more.")
    else:
        out.print("The bytes were not searched: whom it was about is not kept. Name them again to search.")


def _wish(authors: list[str], urls: list[str], file: Path | None, platform: str | None, *, as_json: bool) -> Wish:
    """What the options and the file ask for."""
    if platform is not None and platform not in PLATFORMS:
        stop(f"--platform {platform}: not one of {', '.join(PLATFORMS)}", Exit.USAGE, as_json=as_json)
    people = [(platform, value) for value in authors]
    addresses = list(urls)
    if file is not None:
        try:
            with file.open(newline="", encoding="utf-8-sig") as lines:
                rows = list(csv.DictReader(lines))
        except (OSError, UnicodeDecodeError) as error:
            stop(f"{file}: cannot be read ({error})", Exit.USAGE, as_json=as_json)
        for number, row in enumerate(rows, start=2):
            where = (row.get("platform") or "").strip().lower() or None
            person, address = (row.get("author") or "").strip(), (row.get("url") or "").strip()
            if where is not None and where not in PLATFORMS:
                stop(f"{file}, line {number}, column platform: '{where}' is unknown", Exit.USAGE, as_json=as_json)
            if not person and not address:
                names = ", ".join(_COLUMNS)
                stop(f"{file}, line {number}: no author and no url; columns are {names}", Exit.USAGE, as_json=as_json)
            people += [(where, person)] if person else []
            addresses += [address] if address else []
    for address in addresses:
        if not address.lower().startswith(("http://", "https://")):
            stop(f"'{address}' is no address: it begins with https://", Exit.USAGE, as_json=as_json)
    return Wish(tuple(people), tuple(addresses))


def _check(wish: Wish, configuration: Configuration, *, as_json: bool) -> None:
    """An official account is a brand, not a person: it leaves by taking it out of listening.yaml."""
    official = {handle for _, handle in official_accounts(configuration)}
    for _, value in wish.authors:
        if author_value(value) in official:
            told = f"'{value}' is an official account of listening.yaml, not a person: take it out there first"
            stop(told, Exit.USAGE, as_json=as_json)


def _show_log(workspace: Workspace, *, as_json: bool) -> None:
    """Who asked what when, and whether it was done; never whom it was about."""
    entries = [
        {name: value for name, value in entry.items() if name != "tombstones"}
        for entry in ErasureLog(workspace).entries()
    ]
    if as_json:
        print_json({"ok": True, "entries": entries})
        return
    table = Table("when", "request", "event", "by", "reference", "authors", "posts")
    for entry in entries:
        names = ("at", "request_id", "event", "by", "reference", "author_count", "post_count")
        table.add_row(*(Text(str(entry.get(name, ""))) for name in names))
    out.print(table)
