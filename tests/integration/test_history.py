"""The releases that are kept: which stay, which are meant by a name, and what a publication cut short leaves."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.integration.test_release import PROVENANCE, passes, top
from warehouse.history import (
    KeptRelease,
    UnknownRelease,
    current_release_id,
    find_release,
    kept_releases,
    opened,
    publishing_file,
    release_as_of,
    release_file,
    release_ids,
)
from warehouse.release import clear_unfinished, publish
from warehouse.retention import Retention, pin, prune, remove_release, stays
from warehouse.store import open_warehouse
from warehouse.tables import mart
from warehouse.workspace import Workspace

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
AT_ONCE = timedelta(0)
IDS = ("20260101T060000-aa11", "20260301T060000-ab22", "20260302T060000-cc33")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "ws")
    made.make_folders()
    return made


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with three releases, of which the last one is published."""
    workspace = Workspace(tmp_path_factory.mktemp("built") / "ws")
    workspace.make_folders()
    with open_warehouse(workspace.warehouse_file) as warehouse:
        warehouse.append(mart.TOP_MENTION_DAILY, top(1))
        for name in IDS:
            made = datetime.strptime(name[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            publish(warehouse, workspace, replace(PROVENANCE, release_id=name, created_at=made), passes)
    return workspace.root


@pytest.fixture
def three(built: Path, tmp_path: Path) -> Workspace:
    """A copy of it."""
    return Workspace(Path(shutil.copytree(built, tmp_path / "three", symlinks=True)))


def kept(name: str, age_days: float, *, is_published: bool = False, is_pinned: bool = False) -> KeptRelease:
    return KeptRelease(name, NOW - timedelta(days=age_days), "c", 1, 1, 1, is_published, is_pinned)


def test_the_newest_the_published_and_the_pinned_stay() -> None:
    releases = [kept("a", 50, is_pinned=True), kept("b", 40, is_published=True), *(kept(n, 30) for n in "cdef")]
    assert stays(releases, Retention(newest=3), NOW) == set("abdef")


def test_one_before_the_newest_stays_whatever_is_asked_for_it_may_just_be_being_opened() -> None:
    assert stays([kept(n, 30) for n in "abc"], Retention(newest=1), NOW) == {"b", "c"}


def test_days_keep_every_release_of_those_days() -> None:
    releases = [kept("old", 9), *(kept(str(n), 7 - n) for n in range(7))]
    assert stays(releases, Retention(newest=1, days=5), NOW) == {"3", "4", "5", "6"}


def test_months_keep_the_last_release_of_each() -> None:
    releases = [kept("march", 80), kept("may1", 45), kept("may2", 16), kept("june1", 9), kept("june2", 8), kept("x", 1)]
    assert stays(releases, Retention(newest=1, months=2), NOW) == {"may2", "june2", "x"}
    assert stays(releases, Retention(newest=1, months=9), NOW) == {"march", "may2", "june2", "x"}


def test_within_a_moment_of_publishing_nothing_goes() -> None:
    releases = [kept(n, 20 / 86_400) for n in "abcde"]
    assert stays(releases, Retention(newest=2), NOW) == set("abcde")
    assert stays(releases, Retention(newest=2, grace=AT_ONCE), NOW) == {"d", "e"}


def test_pruning_removes_tables_record_and_nothing_else(three: Workspace) -> None:
    assert prune(three, Retention(newest=2), NOW) == [IDS[0]]
    assert release_ids(three) == list(IDS[1:])
    assert not list(three.releases.glob(f"*{IDS[0]}*"))
    assert current_release_id(three) == IDS[2]


def test_a_pinned_release_outlives_the_rule_until_it_is_let_go(three: Workspace) -> None:
    pin(three, IDS[0], is_pinned=True)
    assert prune(three, Retention(newest=2), NOW) == []
    assert [known.is_pinned for known in kept_releases(three)] == [True, False, False]
    pin(three, IDS[0], is_pinned=False)
    assert prune(three, Retention(newest=2), NOW) == [IDS[0]]


def test_the_linked_release_is_never_removed_so_that_the_link_cannot_dangle(three: Workspace) -> None:
    three.link.unlink()
    three.link.symlink_to(f"releases/listening-{IDS[0]}.duckdb")
    with pytest.raises(ValueError, match="is published"):
        remove_release(three, IDS[0])
    assert prune(three, Retention(newest=2), NOW) == []
    assert three.link.exists()


def test_a_link_whose_release_somebody_deleted_is_none_and_the_next_publication_mends_it(
    three: Workspace,
) -> None:
    release_file(three, IDS[2]).unlink()
    assert current_release_id(three) is None
    with open_warehouse(three.warehouse_file) as warehouse:
        publish(warehouse, three, replace(PROVENANCE, release_id="20260401T060000-dd44"), passes)
    assert current_release_id(three) == "20260401T060000-dd44"
    assert three.link.exists()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        (IDS[1], IDS[1]),
        ("20260302", IDS[2]),
        ("latest", IDS[2]),
        ("previous", IDS[1]),
        ("2026-03-01", IDS[1]),
        ("2026-02-10", IDS[0]),
        ("2026-03-02T05:59", IDS[1]),
        ("2026-03-02T06:00", IDS[2]),
        ("2026-03-02T06:30+01:00", IDS[1]),
    ],
)
def test_a_release_is_found_by_id_beginning_order_day_or_instant(three: Workspace, name: str, meant: str) -> None:
    assert find_release(three, name) == meant


def test_a_day_ends_in_the_zone_in_which_people_say_it(three: Workspace) -> None:
    assert find_release(three, "2026-03-01", "Pacific/Kiritimati") == IDS[1]
    assert find_release(three, "2026-03-01", "Pacific/Honolulu") == IDS[2]


@pytest.mark.parametrize("name", ["20260", "nothing", "2025-12-31", ""])
def test_a_name_that_means_none_or_several_says_which_are_kept(three: Workspace, name: str) -> None:
    with pytest.raises(UnknownRelease, match=IDS[0]):
        find_release(three, name)


def test_before_the_first_release_the_message_says_what_publishes(workspace: Workspace) -> None:
    with pytest.raises(UnknownRelease, match="listening run"):
        find_release(workspace, "latest")
    with pytest.raises(UnknownRelease, match="none is kept"):
        release_as_of(workspace, NOW)


def test_a_release_that_goes_while_it_is_being_opened_is_looked_for_again(three: Workspace) -> None:
    names = iter([IDS[0], IDS[2]])
    prune(three, Retention(newest=2), NOW)
    with opened(three, lambda: next(names)) as connection:
        assert connection.execute("SELECT release_id FROM release").fetchall() == [(IDS[2],)]


def test_a_release_that_was_never_linked_is_neither_listed_nor_kept(three: Workspace) -> None:
    """What a kill between the rename and the link leaves: the file under its own name, and its mark."""
    unseen = "20260501T060000-ee55"
    release_file(three, unseen).write_bytes(release_file(three, IDS[2]).read_bytes())
    (three.releases / f"listening-{unseen}.json").write_text("{}")
    publishing_file(three, unseen).touch()
    assert release_ids(three) == list(IDS)
    clear_unfinished(three)
    assert not list(three.releases.glob(f"*{unseen}*"))
    assert release_ids(three) == list(IDS)


def test_a_release_that_was_linked_stays_though_its_mark_is_still_there(three: Workspace) -> None:
    publishing_file(three, IDS[2]).touch()
    assert release_ids(three) == list(IDS)
    clear_unfinished(three)
    assert release_ids(three) == list(IDS)
    with duckdb.connect(str(three.link), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM top_mention_daily").fetchall() == [(1,)]
