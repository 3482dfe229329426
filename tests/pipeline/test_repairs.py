"""What a person does after a fault: rejects, remap, rebuild, check."""

import json
import re
from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.conftest import demo_workspace_at, run_quietly
from tests.pipeline.test_cli import listening
from warehouse.release import content_hashes, reading
from warehouse.store import open_warehouse
from warehouse.tables import core, mart
from warehouse.workspace import Workspace

REVIEWS = "When;What;Who\n03/02/2026 10:00;Tavorel machine leaks;ann\n04/02/2026 11:30;Norvique is lovely;bob\n"
SOURCE = {
    "code": "shop_reviews",
    "file_pattern": "reviews*.csv",
    "delimiter": ";",
    "columns": {"published_at": "When", "mention_text": "What", "author_handle": "Who"},
    "date_format": "%d/%m/%Y %H:%M",
    "platform": "review",
}


def declare(workspace: Workspace, source: dict[str, object]) -> None:
    """Put one custom source into listening.yaml (JSON is YAML)."""
    text = workspace.configuration_file.read_text(encoding="utf-8").split("  custom:")[0]
    workspace.configuration_file.write_text(f"{text}  custom: {json.dumps([source])}\n", encoding="utf-8")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made, _ = demo_workspace_at(tmp_path / "ws", batches=())
    (made.inbox / "reviews.csv").write_text(REVIEWS, encoding="utf-8")
    (made.inbox / "posts.csv").write_text(
        "mention_id,source,platform,url,published_at,text\n"
        "1,own,x,https://x.example/status/1,2026-02-03T10:00:00Z,I like my Norvique\n",
        encoding="utf-8",
    )
    return made


def texts_of(workspace: Workspace) -> set[str]:
    with reading(workspace.link.resolve()) as read:
        return set(read(mart.MENTION, ["mention_text"])["mention_text"])


def test_a_refused_file_is_read_by_the_next_run_once_its_format_is_declared(workspace: Workspace) -> None:
    first = run_quietly(workspace)
    assert {f["file_name"]: f["state"] for f in first.files} == {"posts.csv": "ingested", "reviews.csv": "refused"}
    declare(workspace, {**SOURCE, "zone": "Europe/Paris"})
    second = run_quietly(workspace)
    assert second.succeeded, second.problem
    assert [(f["file_name"], f["state"], f["kept_count"]) for f in second.files] == [("reviews.csv", "ingested", 2)]
    assert "Norvique is lovely" in texts_of(workspace)


def test_rows_of_an_unknown_zone_are_rejected_listed_and_taken_after_remap(workspace: Workspace) -> None:
    declare(workspace, SOURCE)
    assert run_quietly(workspace).failed_step == "release", "two of three records rejected is no release"
    listed = json.loads(listening("rejects", "-w", str(workspace.root), "--json").stdout)
    assert [(row["reason_code"], row["records"]) for row in listed["reasons"]] == [("zone_unknown", 2)]
    assert "reviews.csv" in listening("rejects", "-w", str(workspace.root)).stdout
    assert (
        "No record was rejected of posts.csv."
        in listening("rejects", "-w", str(workspace.root), "--file", "inbox/posts.csv").stdout
    )
    assert "1 of 2 records shown" in listening("rejects", "-w", str(workspace.root), "--limit", "1").stdout
    for command, option, wrong, right in (
        ("rejects", "--file", "review.csv", "'reviews.csv'"),
        ("rejects", "--reason", "zone_unknwon", "'zone_unknown'"),
        ("remap", "--file", "nope", "'posts.csv', 'reviews.csv'"),
    ):
        mistaken = listening(command, "-w", str(workspace.root), option, wrong)
        assert mistaken.returncode == 2 and f"'{wrong}'" in mistaken.stderr and right in mistaken.stderr
    declare(workspace, {**SOURCE, "zone": "Europe/Paris"})
    remapped = listening("remap", "-w", str(workspace.root), "--json")
    assert remapped.returncode == 0, remapped.stderr
    assert "Tavorel machine leaks" in texts_of(workspace)
    assert json.loads(listening("rejects", "-w", str(workspace.root), "--json").stdout)["reasons"] == []


def test_a_corrected_mapping_moves_its_posts_and_leaves_none_behind(workspace: Workspace) -> None:
    declare(workspace, {**SOURCE, "zone": "Europe/Paris"})
    run_quietly(workspace)
    declare(workspace, {**SOURCE, "zone": "UTC"})
    assert listening("remap", "-w", str(workspace.root)).returncode == 0
    with open_warehouse(workspace.warehouse_file) as warehouse:
        posts = warehouse.select(core.MENTION, "WHERE platform_code = 'review'")
        assert warehouse.count(core.MENTION) == warehouse.count(core.MENTION_SOURCE) == 3
    assert sorted(posts["published_at"].dt.hour().to_list()) == [10, 11]


def test_remap_with_nothing_to_do_says_so(workspace: Workspace) -> None:
    declare(workspace, {**SOURCE, "zone": "Europe/Paris"})
    run_quietly(workspace)
    assert "No archived file needs to be read again" in listening("remap", "-w", str(workspace.root)).stdout


def test_a_spoiled_day_is_mended_by_rebuild_and_published(workspace: Workspace) -> None:
    declare(workspace, {**SOURCE, "zone": "Europe/Paris"})
    run_quietly(workspace)
    before = content_hashes(workspace.link.resolve())
    with open_warehouse(workspace.warehouse_file) as warehouse:
        warehouse.execute("UPDATE mart.sentiment_daily SET positive_count = 7")
    result = listening("rebuild", "--from", "2026-02-01", "-w", str(workspace.root))
    assert result.returncode == 0, result.stdout + result.stderr
    assert content_hashes(workspace.link.resolve()) == before


def test_rebuild_of_everything_equals_what_was_built_piece_by_piece(workspace: Workspace) -> None:
    run_quietly(workspace)
    declare(workspace, {**SOURCE, "zone": "Europe/Paris"})
    run_quietly(workspace)
    before = content_hashes(workspace.link.resolve())
    assert listening("rebuild", "--all", "-w", str(workspace.root)).returncode == 0
    assert content_hashes(workspace.link.resolve()) == before


def test_check_audits_what_is_published(workspace: Workspace) -> None:
    run_quietly(workspace)
    told = json.loads(listening("check", "-w", str(workspace.root), "--json").stdout)
    assert told["ok"] is True
    assert {result["status"] for result in told["results"]} <= {"passed", "failed"}


def test_editing_one_brand_changes_that_brand_only(workspace: Workspace) -> None:
    run_quietly(workspace)
    with open_warehouse(workspace.warehouse_file) as warehouse:
        before = warehouse.select(core.MENTION_BRAND)
    text = workspace.configuration_file.read_text(encoding="utf-8")
    workspace.configuration_file.write_text(text.replace("- Pestle\n", "- Pestle\n  - like\n", 1), encoding="utf-8")
    outcome = run_quietly(workspace)
    assert outcome.succeeded, outcome.problem
    with open_warehouse(workspace.warehouse_file) as warehouse:
        after = warehouse.select(core.MENTION_BRAND)
    others = pl.col("brand_id") != "pestle"
    assert after.filter(others).sort("mention_id").equals(before.filter(others).sort("mention_id"))
    assert after.filter(~others).height == 1


def test_rebuild_of_days_that_there_are_not_says_which_there_are(small_published: Workspace) -> None:
    for option, day in (("--from", "2030-01-01"), ("--to", "2020-01-01")):
        mistaken = listening("rebuild", option, day, "-w", str(small_published.root))
        assert mistaken.returncode == 2 and re.search(r"posts from 2026-\d\d-\d\d to", mistaken.stderr)


def test_status_and_check_count_alike_and_check_says_what_it_cannot_ask_again(small_published: Workspace) -> None:
    told = {name: listening(name, "-w", str(small_published.root)).stdout for name in ("status", "check")}
    counts = {
        name: [int(number) for number in re.search(r"(\d+) checks: (\d+) passed, (\d+) warnings?\.", text).groups()]  # type: ignore[union-attr]
        for name, text in told.items()
    }
    assert all(total == passed + warned for total, passed, warned in counts.values())
    beside = int(re.search(r"(\d+) more need the warehouse", told["check"])[1])  # type: ignore[index]
    assert counts["status"][0] == counts["check"][0] + beside
