"""Which releases stay, and removing the others. The published one, the one before it and pinned ones always stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from warehouse.configuration import Configuration
from warehouse.history import (
    KeptRelease,
    current_release_id,
    kept_releases,
    manifest_file,
    pin_file,
    release_file,
    release_ids,
)
from warehouse.workspace import Workspace

# Whoever resolved the link a moment before it moved still finds the file.
ALWAYS_KEPT = 2


@dataclass(frozen=True)
class Retention:
    """The newest `newest` releases stay, every one of the last `days` days, and the last one of each of the last
    `months` calendar months (UTC) that have one. Within `grace` nothing goes: somebody may be about to open it."""

    newest: int = 10
    days: int = 0
    months: int = 0
    grace: timedelta = timedelta(minutes=1)


def retention_of(configuration: Configuration) -> Retention:
    """What listening.yaml declares."""
    declared = configuration.workspace
    return Retention(declared.keep_releases, declared.keep_days, declared.keep_months)


def stays(releases: Sequence[KeptRelease], rule: Retention, now: datetime) -> set[str]:
    """Ids of the releases that a rule keeps; `releases` oldest first."""
    keep = {known.release_id for known in releases[-max(rule.newest, ALWAYS_KEPT) :]}
    keep |= {known.release_id for known in releases if known.is_pinned or known.is_published}
    span = max(timedelta(days=rule.days), rule.grace)
    keep |= {known.release_id for known in releases if now - known.created_at < span}
    last_of_month = {(known.created_at.year, known.created_at.month): known.release_id for known in releases}
    if rule.months:
        keep |= {last_of_month[month] for month in sorted(last_of_month)[-rule.months :]}
    return keep


def prune(workspace: Workspace, rule: Retention, now: datetime) -> list[str]:
    """Remove the releases that no rule keeps; returns their ids, oldest first."""
    kept = kept_releases(workspace)
    keep = stays(kept, rule, now)
    gone = [known.release_id for known in kept if known.release_id not in keep]
    for name in gone:
        remove_release(workspace, name)
    return gone


def remove_release(workspace: Workspace, release_id: str) -> None:
    """Remove a release and its record; raises ValueError for the published one, whose readers would find nothing."""
    if release_id == current_release_id(workspace):
        raise ValueError(f"release {release_id} is published; publish another one first")
    # The record goes last: one without its tables is no release, and the next run removes it.
    for path in (f(workspace, release_id) for f in (release_file, pin_file, manifest_file)):
        path.unlink(missing_ok=True)


def pin(workspace: Workspace, release_id: str, *, is_pinned: bool) -> None:
    """Keep a release whatever the rule says, or no longer; raises KeyError for one that is not kept."""
    if release_id not in release_ids(workspace):
        raise KeyError(release_id)
    mark = pin_file(workspace, release_id)
    if is_pinned:
        mark.touch()
    else:
        mark.unlink(missing_ok=True)
