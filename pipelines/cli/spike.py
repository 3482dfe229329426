"""`listening spike list` and `listening spike set`: spikes, and what people decided about them."""

from datetime import UTC, datetime
from getpass import getuser
from typing import Annotated, Any

import polars as pl
import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from pipelines.cli.exits import Exit, out, print_json, stop
from pipelines.cli.options import AsJson, WorkspaceFolder, known, workspace_at
from transforms.trend.decisions import STATES, with_states
from warehouse.decisions import DecisionsUnreadable, append_decision, read_decisions
from warehouse.release import current_release_id, reading
from warehouse.tables import mart
from warehouse.workspace import Workspace

spike = typer.Typer(
    name="spike", help="Spikes of the release, and what people decided about them.", no_args_is_help=True
)
SHORT = 8
"""Letters of an id that a person is shown; `set` takes the beginning of one."""
_SEEN = ("brand_id", "platform_code", "topic_id", "metric_code", "is_deduplicated", "started_at", "ended_at")


@spike.command("list")
def list_spikes(
    folder: WorkspaceFolder = None,
    state: Annotated[str | None, typer.Option(help=f"Only spikes in this state: {', '.join(STATES)}.")] = None,
    brand: Annotated[str | None, typer.Option(help="Only spikes of this brand.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every spike, not only the one that stands for each event.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Spikes of the published release, newest first, in the state they will have after the next run."""
    if state is not None and state not in STATES:
        stop(f"no state '{state}'; there are {', '.join(STATES)}", Exit.USAGE, as_json=as_json)
    workspace = workspace_at(folder)
    published, now = _published(workspace, as_json=as_json)
    if brand is not None:
        with reading(workspace.link.resolve()) as read:
            brands = read(mart.SHARE_OF_VOICE_DAILY, ["brand_id"])["brand_id"].unique().sort().to_list()
        known(brand, brands, f"the release has no brand '{brand}'", "Brands are named by their id.", as_json=as_json)
    spikes = with_states(published, _decisions(workspace, as_json=as_json), now=now)
    before = published.select("spike_id", released_state_code="spike_state_code")
    listed = spikes.join(before, on="spike_id").sort("started_at", "spike_id", descending=[True, False])
    if not every:
        listed = listed.filter((pl.col("event_id") == pl.col("spike_id")).fill_null(True))
    for name, wanted in (("spike_state_code", state), ("brand_id", brand)):
        listed = listed.filter(pl.col(name) == wanted) if wanted else listed
    if as_json:
        print_json({"ok": True, "spikes": listed.to_dicts()})
    elif listed.is_empty():
        out.print("No such spikes.")
    else:
        out.print(_table(listed))
        if not listed["spike_state_code"].equals(listed["released_state_code"].rename("spike_state_code")):
            out.print("* from the next run on")


@spike.command("set")
def set_state(
    spike_id: Annotated[str, typer.Argument(help="Identity of the spike, or the beginning of it, as listed.")],
    state: Annotated[str, typer.Argument(help=f"{', '.join(STATES)}.")],
    folder: WorkspaceFolder = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="End of the snooze, UTC, by the clock of the data."),
    ] = None,
    note: Annotated[str | None, typer.Option(help="Why; kept with the decision.")] = None,
    by: Annotated[str | None, typer.Option(help="Who decided; else the name of the account.")] = None,
    as_json: AsJson = False,
) -> None:
    """Set the state of a spike. The decision is kept in the workspace and shows in the release from the next run on."""
    if state not in STATES:
        stop(f"no state '{state}'; there are {', '.join(STATES)}", Exit.USAGE, as_json=as_json)
    if until is not None and state != "snoozed":
        stop(f"--until is the end of a snooze; '{state}' has none", Exit.USAGE, as_json=as_json)
    workspace = workspace_at(folder)
    published, now = _published(workspace, as_json=as_json)
    _decisions(workspace, as_json=as_json)
    row = _one(published, spike_id, as_json=as_json)
    decision = {
        **{name: row[name] for name in ("spike_id", *_SEEN, "severity_code", "excess_count")},
        "spike_state_code": state,
        "snoozed_until_at": until.replace(tzinfo=UTC) if until else None,
        "state_set_at": datetime.now(UTC).replace(microsecond=0),
        "state_set_by_name": by or getuser(),
        "state_note_text": note,
    }
    append_decision(workspace.decisions_file, decision)
    if as_json:
        print_json({"ok": True, "decision": decision})
        return
    told = f"{row['brand_id']}, {row['started_at']:%Y-%m-%d %H:%M}"
    due = with_states(published, _decisions(workspace, as_json=as_json), now=now)
    shown = due.filter(pl.col("spike_id") == row["spike_id"])["spike_state_code"][0]
    if shown == state:
        told += f": {row['spike_state_code']} → {state}; the release shows it from the next run on."
    else:
        why = "the conversation is back to usual" if row["ended_at"] is not None else "the data is already past the end"
        told += f": kept, but the release goes on showing {shown}: {why}."
    out.print(Text(told), soft_wrap=True)


def _published(workspace: Workspace, *, as_json: bool) -> tuple[pl.DataFrame, datetime | None]:
    """The spikes of the release, and the last hour of its data."""
    if current_release_id(workspace) is None:
        told = f"{workspace.root}: nothing is published yet; `listening run` reads the inbox"
        stop(told, Exit.USAGE, as_json=as_json)
    with reading(workspace.link.resolve()) as read:
        if "event_id" not in read(mart.SPIKE, ()).columns:
            told = "this release was made before spikes had states; `listening run` makes a new one"
            stop(told, Exit.USAGE, as_json=as_json)
        last = read(mart.MENTION_VOLUME_HOURLY, ["mention_hour_at"])["mention_hour_at"].max()
        return read(mart.SPIKE, None), last  # type: ignore[return-value]


def _decisions(workspace: Workspace, *, as_json: bool) -> pl.DataFrame:
    try:
        return read_decisions(workspace.decisions_file)
    except DecisionsUnreadable as error:
        stop(str(error), Exit.USAGE, as_json=as_json)


def _one(spikes: pl.DataFrame, spike_id: str, *, as_json: bool) -> dict[str, Any]:
    found = spikes.filter(pl.col("spike_id").str.starts_with(spike_id))
    if found.height != 1:
        what = f"{found.height} spikes begin with" if found.height else "the release has no spike"
        stop(f"{what} '{spike_id}'; `listening spike list --all` lists them", Exit.USAGE, as_json=as_json)
    return found.row(0, named=True)


_WATCHED = {
    "mention_count": "mentions",
    "distinct_author_count": "authors",
    "engagement_count": "engagement",
    "negative_ratio": "negative share",
}


def _table(spikes: pl.DataFrame) -> Table:
    # Without lines between them all columns fit a screen of 80 characters.
    table = Table(box=SIMPLE, show_edge=False, padding=0)
    for name in ("spike", "began (UTC)", "brand", "what", "times", "severity", "state"):
        is_short = name not in ("brand", "what")
        table.add_column(name, no_wrap=is_short, overflow="fold", justify="right" if name == "times" else "left")
    for row in spikes.iter_rows(named=True):
        places = [row[name] for name in ("platform_code", "topic_id") if row[name] != "all"]
        places += ["copies once"] if row["is_deduplicated"] else []
        times = f"{row['spike_ratio']:.1f}" if row["spike_ratio"] else "new"
        state = row["spike_state_code"]
        state += "" if state == row["released_state_code"] else "*"
        began = f"{row['started_at']:%y-%m-%d %H:%M}"
        told = ", ".join([_WATCHED.get(row["metric_code"], row["metric_code"]), *places])
        cells = (row["spike_id"][:SHORT], began, row["brand_id"], told, times, row["severity_code"], state)
        table.add_row(*(Text(str(cell)) for cell in cells))
    return table
