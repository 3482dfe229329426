"""Forgetting a person or a post: gone from every byte, kept out, and everything else as if it had never come."""

import gzip
import json
import shutil
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets.parameters import read_context
from pipelines.cli.demo import demo_configuration
from pipelines.cli.init import create
from tests.pipeline.conftest import run_quietly
from tests.pipeline.small_world import account_posts, deliver, small_workspace
from tests.pipeline.test_cli import listening
from warehouse.erasure import Wish, erase, request
from warehouse.erasure_log import ErasureLog
from warehouse.release import reading, release_ids
from warehouse.remains import finish, found_in_bytes
from warehouse.store import open_warehouse
from warehouse.tables import PUBLISHED, mart
from warehouse.workspace import Workspace

HEADER = "mention_id,source,platform,url,published_at,author_handle,text\n"
MOMENT = datetime(2026, 2, 3, 10, tzinfo=UTC)
THEIRS = (7, 19, 23)


def post(number: int, author: str, text: str) -> str:
    at = (MOMENT + timedelta(hours=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
    native = 1_950_000_000_000_000_000 + number
    return f"{native},own,x,https://x.com/{author}/status/{native},{at},{author},{text}\n"


def export(forgotten: tuple[int, ...] = ()) -> str:
    """Forty posts; those of jane_forgetme (numbers THEIRS) are there unless they are left out."""
    rows = []
    for number in range(40):
        brand = ("Norvique", "Tavorel")[number % 2]
        author = "jane_forgetme" if number in THEIRS else f"reader{number % 9}"
        if number not in forgotten:
            rows.append(post(number, author, f"My {brand} machine number {number} is lovely"))
    return HEADER + "".join(rows)


def workspace_with(root: Path, content: str, key_of: Workspace | None = None) -> Workspace:
    made = Workspace(root)
    create(made, demo_configuration())
    if key_of is not None:
        shutil.copy(key_of.private / "pseudonym.key", made.private / "pseudonym.key")
    (made.inbox / "posts.csv").write_text(content, encoding="utf-8")
    outcome = run_quietly(made)
    assert outcome.succeeded, outcome.problem
    return made


def tables_of(workspace: Workspace) -> dict[str, pl.DataFrame]:
    """Every published table but what is about this very release and the moment of reading."""
    with reading(workspace.link.resolve()) as read:
        tables = {c.table: read(c, None) for c in PUBLISHED if c not in (mart.RELEASE, mart.CHECK_RESULT)}
    return {name: rows.drop("ingested_at", strict=False) for name, rows in tables.items()}


@pytest.fixture(scope="module")
def forgotten(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = workspace_with(tmp_path_factory.mktemp("forget") / "ws", export())
    first = release_ids(made)
    done = listening(
        "forget", "--author", "@Jane_ForgetMe", "--by", "dpo", "--reference", "R-17", "-w", str(made.root), "--json"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert (told["files"], told["records"], told["residues"]) == (1, 3, [])
    assert told["releases_removed"] == first
    return made


def test_what_is_left_is_what_would_be_there_had_the_person_never_come(forgotten: Workspace, tmp_path: Path) -> None:
    never = workspace_with(tmp_path / "never", export(forgotten=THEIRS), key_of=forgotten)
    left, expected = tables_of(forgotten), tables_of(never)
    assert left.keys() == expected.keys()
    for name, rows in expected.items():
        assert rows.equals(left[name]), name


def test_no_byte_of_the_workspace_names_the_person_or_a_post(forgotten: Workspace) -> None:
    words = ["jane_forgetme", *(str(1_950_000_000_000_000_000 + number) for number in THEIRS), "machine number 19 is"]
    assert found_in_bytes(forgotten, words) == ()
    assert found_in_bytes(forgotten, ["machine number 18 is"]), "the search finds what is there"


def test_the_original_dropped_again_stays_out(forgotten: Workspace) -> None:
    before = tables_of(forgotten)
    (forgotten.inbox / "posts again.csv").write_text(export(), encoding="utf-8")
    outcome = run_quietly(forgotten)
    assert [file["state"] for file in outcome.files] == ["known"]
    assert tables_of(forgotten)["mention"].equals(before["mention"])
    assert found_in_bytes(forgotten, ["jane_forgetme"]) == ()


def test_another_vendors_export_of_the_same_post_stays_out(forgotten: Workspace) -> None:
    native = 1_950_000_000_000_000_019
    row = f"{native},own,x,https://x.com/i/status/{native},2026-02-04T05:00:00Z,,My Tavorel again\n"
    (forgotten.inbox / "other.csv").write_text(
        HEADER + row + post(50, "reader3", "Norvique once more"), encoding="utf-8"
    )
    outcome = run_quietly(forgotten)
    assert outcome.succeeded, outcome.problem
    assert [file["kept_count"] for file in outcome.files] == [1]
    assert not list(forgotten.inbox.iterdir()), "the folder of what could be kept of it is left behind"


def test_the_log_says_who_asked_and_when_and_not_whom_it_was_about(forgotten: Workspace) -> None:
    told = json.loads(listening("forget", "--log", "-w", str(forgotten.root), "--json").stdout)["entries"]
    assert [(entry["event"], entry.get("by"), entry.get("reference")) for entry in told] == [
        ("requested", "dpo", "R-17"),
        ("completed", None, None),
    ]
    assert "jane" not in (forgotten.private / "erasures.jsonl").read_text(encoding="utf-8").lower()


def test_the_log_does_not_call_complete_what_left_residues(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "ws")
    for folder in workspace.folders():
        folder.mkdir(parents=True)
    with open_warehouse(workspace.warehouse_file) as warehouse:
        wish = Wish(addresses=("https://news.example/a-story",))
        words = request(warehouse, workspace, wish, by="dpo", reference="R-20", now=MOMENT)
    (workspace.root / "notes.txt").write_text("see https://news.example/a-story", encoding="utf-8")
    report = finish(workspace, set(), words, MOMENT)
    assert report.residues == ("notes.txt",)
    assert [entry["event"] for entry in ErasureLog(workspace).entries()] == ["requested", "carried_out_with_residues"]
    assert ErasureLog(workspace).unfinished() == []


def test_an_official_account_is_no_person_to_forget(forgotten: Workspace) -> None:
    handle = forgotten.configuration().brands[0].official_accounts[0].handle
    refused = listening("forget", "--author", handle, "-w", str(forgotten.root))
    assert refused.returncode == 2
    assert "official account" in refused.stderr


def test_a_request_that_was_interrupted_is_carried_out_by_the_next_call(forgotten: Workspace) -> None:
    with open_warehouse(forgotten.warehouse_file) as warehouse:
        request(warehouse, forgotten, Wish(authors=(("x", "reader5"),)), by="dpo", reference="R-18", now=MOMENT)
    assert len(ErasureLog(forgotten).unfinished()) == 1
    assert listening("forget", "-w", str(forgotten.root)).returncode == 0
    assert ErasureLog(forgotten).unfinished() == []
    assert found_in_bytes(forgotten, ["/reader5/status"]) == ()


def test_a_request_interrupted_after_its_run_still_takes_the_older_releases(forgotten: Workspace) -> None:
    """Whom it was about is known no more by then, and the warehouse holds nothing of theirs."""
    before = release_ids(forgotten)
    configuration = forgotten.configuration()
    with open_warehouse(forgotten.warehouse_file) as warehouse:
        request(warehouse, forgotten, Wish(authors=(("x", "reader6"),)), by="dpo", reference="R-19", now=MOMENT)
        tombstones = ErasureLog(forgotten).tombstones({}, MOMENT)
        erase(warehouse, forgotten, read_context(configuration), tombstones)
    assert run_quietly(forgotten).succeeded
    told = json.loads(listening("forget", "-w", str(forgotten.root), "--json").stdout)
    assert (told["releases_removed"], told["searched"]) == (before, False)
    assert found_in_bytes(forgotten, ["/reader6/status"]) == ()


def test_what_is_packed_is_searched_too(tmp_path: Path) -> None:
    made = Workspace(tmp_path)
    made.make_folders()
    told = b"somebody says packed_person is kind\n"
    with zipfile.ZipFile(made.archive / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("sheet.xml", told)
    (made.archive / "b.csv.gz").write_bytes(gzip.compress(gzip.compress(told)))
    with duckdb.connect(str(made.releases / "c.duckdb")) as connection:
        connection.execute("CREATE TABLE t AS SELECT 'Packed_Person ' || i % 9 AS word FROM range(300000) r(i)")
    assert found_in_bytes(made, ["packed_person"]) == ("archive/a.xlsx", "archive/b.csv.gz", "releases/c.duckdb")
    assert found_in_bytes(made, ["nobody_at_all"]) == ()


def test_a_post_of_an_account_goes_from_older_releases_too(tmp_path: Path) -> None:
    made = small_workspace(tmp_path / "ws")
    posts = [
        {**post, "url": f"https://www.instagram.com/p/Cabcdefg{post['post_id']}/"} for post in account_posts([6, 7])
    ]
    deliver(made, {"posts_2.csv": posts})
    assert run_quietly(made).succeeded
    older = release_ids(made)
    told = json.loads(listening("forget", "--url", str(posts[0]["url"]), "-w", str(made.root), "--json").stdout)
    assert (told["records"], told["releases_removed"], told["residues"]) == (1, older, [])
