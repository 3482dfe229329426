"""Files from the inbox into the raw tables: archives of several files, readers that break, files that grow."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.exports.json_formats import x_archive
from tests.exports.reading import canonical, record
from transforms.sources.reading import ReadContext, ReadLimits
from transforms.sources.registry import DECLARATIONS
from warehouse import ingest as ingesting
from warehouse.ingest import FileOutcome, ask_to_read_again, ingest
from warehouse.store import Warehouse, open_warehouse
from warehouse.tables import raw
from warehouse.workspace import Workspace

NOW = datetime(2026, 3, 2, tzinfo=UTC)
HELLO, AGAIN = canonical(record("hello")).encode(), canonical(record("again"), record("more")).encode()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "ws")
    made.inbox.mkdir(parents=True)
    return made


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    with open_warehouse(tmp_path / "w.duckdb") as opened:
        yield opened


def zipped(*members: tuple[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return content.getvalue()


def run(warehouse: Warehouse, workspace: Workspace, code: str = "1", **files: bytes) -> list[FileOutcome]:
    for name, content in files.items():
        (workspace.inbox / name.replace("__", ".")).write_bytes(content)
    context = ReadContext(declarations=DECLARATIONS, limits=ReadLimits(max_archive_members=50))
    return ingest(warehouse, workspace, context, declarations_id=code, now=NOW)


def states(outcomes: list[FileOutcome]) -> list[tuple[str, str, int]]:
    return [(o.file_name, o.state, o.kept_count) for o in outcomes]


def texts(warehouse: Warehouse) -> list[str]:
    return sorted(warehouse.select(raw.MENTION)["mention_text"].to_list())


def test_each_file_of_a_zip_is_a_file_of_its_own(warehouse: Warehouse, workspace: Workspace) -> None:
    content = zipped(("a.csv", HELLO), ("__MACOSX/._a.csv", b"litter"), ("sub/b.csv", AGAIN), ("cover.png", b"\x89PNG"))
    outcomes = run(warehouse, workspace, month__zip=content)
    assert states(outcomes) == [
        ("month.zip", "unpacked", 0),
        ("month.zip/a.csv", "ingested", 1),
        ("month.zip/sub/b.csv", "ingested", 2),
    ]
    assert outcomes[0].warning_texts == ("1 files in it are no exports and were passed over",)
    entries = warehouse.select(raw.EXPORT_FILE).sort("file_name")
    assert entries["archive_member_number"].to_list() == [1, 3]
    assert entries["archive_path"].n_unique() == 1
    assert entries["byte_count"].to_list() == [len(HELLO), len(AGAIN)]
    assert texts(warehouse) == ["again", "hello", "more"]
    assert not list(workspace.inbox.iterdir())


def test_a_file_has_one_identity_alone_and_in_any_zip(warehouse: Warehouse, workspace: Workspace) -> None:
    run(warehouse, workspace, alone__csv=HELLO, one__zip=zipped(("a.csv", HELLO), ("b.csv", AGAIN)))
    again = run(warehouse, workspace, two__zip=zipped(("x.csv", AGAIN), ("y.csv", HELLO), ("z.csv", HELLO)))
    assert [state for _, state, _ in states(again)] == ["unpacked", "known", "known", "known"]
    assert texts(warehouse) == ["again", "hello", "more"]


def test_names_in_a_zip_lead_nowhere_and_may_repeat(warehouse: Warehouse, workspace: Workspace, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = zipped(
            ("../../../escaped.csv", HELLO), ("../../../escaped.csv", AGAIN), ("/etc/x\n.csv", b"a,b\n1,2\n")
        )
    before = {path for path in tmp_path.rglob("*") if path.name == "escaped.csv"}
    outcomes = run(warehouse, workspace, evil__zip=content)
    assert [state for _, state, _ in states(outcomes)] == ["unpacked", "ingested", "ingested", "refused"]
    assert {path for path in tmp_path.rglob("*") if path.name == "escaped.csv"} == before == set()
    assert all("\n" not in outcome.file_name for outcome in outcomes)
    assert texts(warehouse) == ["again", "hello", "more"]


def test_files_of_a_zip_are_read_again_from_the_archive_alone(warehouse: Warehouse, workspace: Workspace) -> None:
    content = zipped(("a.csv", HELLO), ("b.csv", b"no,export\n1,2\n"))
    outcomes = run(warehouse, workspace, month__zip=content)
    assert [o.state for o in outcomes] == ["unpacked", "ingested", "refused"]
    assert states(run(warehouse, workspace, code="2")) == [("month.zip/b.csv", "refused", 0)]
    ask_to_read_again(warehouse, [outcomes[1].file_id])
    assert states(run(warehouse, workspace, code="2")) == [("month.zip/a.csv", "ingested", 1)]
    assert texts(warehouse) == ["hello"]


def test_a_zip_whose_files_together_are_a_bomb_is_one_refused_file(warehouse: Warehouse, workspace: Workspace) -> None:
    content = zipped(*((f"{n}.csv", b"0" * (2 << 20)) for n in range(20)))
    [outcome] = run(warehouse, workspace, bomb__zip=content)
    assert outcome.state == "refused" and "looks like a bomb" in str(outcome.problem_text)
    [outcome] = run(warehouse, workspace, many__zip=zipped(*((f"{n}.csv", b"x") for n in range(51))))
    assert outcome.state == "refused" and "holds 51 entries, more than 50" in str(outcome.problem_text)


def test_an_encrypted_or_damaged_file_of_a_zip_does_not_stop_the_others(
    warehouse: Warehouse, workspace: Workspace
) -> None:
    content = bytearray(zipped(("a.csv", HELLO), ("b.csv", AGAIN * 50)))
    place = content.index(b"b.csv") + 5
    content[place : place + 20] = bytes(20)
    outcomes = run(warehouse, workspace, month__zip=bytes(content))
    assert [o.state for o in outcomes] == ["unpacked", "ingested", "refused"]
    assert "damaged or encrypted" in str(outcomes[2].problem_text)


def test_of_an_account_archive_of_x_only_the_posts_are_read(warehouse: Warehouse, workspace: Workspace) -> None:
    others = [(f"data/{name}.js", b"window.YTD.x.part0 = []") for name in ("like", "direct-messages", "account")]
    content = zipped(*others, ("data/tweets.js", x_archive().content), ("Your archive.html", b"<html>"))
    outcomes = run(warehouse, workspace, twitter__zip=content)
    assert [(o.file_name, o.state) for o in outcomes] == [
        ("twitter.zip", "unpacked"),
        ("twitter.zip/data/tweets.js", "ingested"),
    ]
    assert outcomes[1].source_code == "x_archive"
    assert outcomes[0].warning_texts == ("4 files in it are no exports and were passed over",)


class PanicException(BaseException):
    """As libraries written in Rust raise: no Exception, so that `except Exception` does not see it."""


def test_a_panic_in_a_reader_is_a_crashed_file_and_the_run_goes_on(
    warehouse: Warehouse, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = ingesting.read_export

    def read(path: Path, context: ReadContext) -> Any:
        if context.file_name == "b.csv":
            raise PanicException("index out of bounds: the len is 0")
        return usual(path, context)

    monkeypatch.setattr(ingesting, "read_export", read)
    outcomes = run(warehouse, workspace, a__csv=HELLO, b__csv=AGAIN, c__csv=canonical(record("last")).encode())
    assert [(o.file_name, o.state) for o in outcomes] == [
        ("a.csv", "ingested"),
        ("b.csv", "crashed"),
        ("c.csv", "ingested"),
    ]
    assert "PanicException: index out of bounds" in str(outcomes[1].problem_text)
    assert run(warehouse, workspace) == []
    monkeypatch.undo()
    assert states(run(warehouse, workspace, code="2")) == [("b.csv", "ingested", 2)]


def test_stopping_the_run_is_no_crashed_file(
    warehouse: Warehouse, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ingesting, "read_export", stopped)
    with pytest.raises(KeyboardInterrupt):
        run(warehouse, workspace, a__csv=HELLO)
    monkeypatch.undo()
    assert warehouse.count(raw.EXPORT_FILE) == 0
    assert states(run(warehouse, workspace)) == [("a.csv", "ingested", 1)]


def test_a_file_that_grew_while_it_was_read_stays_to_be_read_again(
    warehouse: Warehouse, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = ingesting.read_export

    def read(path: Path, context: ReadContext) -> Any:
        reading = usual(path, context)
        with (workspace.inbox / "a.csv").open("ab") as file:
            file.write((record("late") + "\n").encode())
        return reading

    monkeypatch.setattr(ingesting, "read_export", read)
    run(warehouse, workspace, a__csv=HELLO)
    monkeypatch.undo()
    run(warehouse, workspace)
    assert "late" in texts(warehouse)
    assert not list(workspace.inbox.iterdir())


def test_the_entry_keeps_the_header_and_the_vendors_total(warehouse: Warehouse, workspace: Workspace) -> None:
    run(warehouse, workspace, a__csv=b"Total mentions:,12,,,\n" + HELLO)
    entry = warehouse.select(raw.EXPORT_FILE).row(0, named=True)
    assert entry["header_names"] == ["published_at", "platform", "author_handle", "text", "likes"]
    assert entry["vendor_total_count"] == 12
    assert isinstance(entry["header_fingerprint"], str)
    assert warehouse.select(raw.EXPORT_FILE).schema == pl.Schema(raw.EXPORT_FILE.schema)


def test_a_spreadsheet_of_another_office_is_one_file_and_no_archive(warehouse: Warehouse, workspace: Workspace) -> None:
    content = zipped(("mimetype", b"x"), ("content.xml", b"<a/>"), ("META-INF/manifest.xml", b"<a/>"), ("t.png", b"x"))
    [outcome] = run(warehouse, workspace, sheet__ods=content)
    assert outcome.state == "refused" and "save the sheet as XLSX or CSV" in str(outcome.problem_text)


def test_the_folder_an_erasure_wrote_into_goes_when_it_is_empty_and_no_other(
    warehouse: Warehouse, workspace: Workspace
) -> None:
    for name in ("erasure-1/left.json", "erasure-2/.0.scrubbed", "from agency/week.json"):
        (workspace.inbox / name).parent.mkdir()
        (workspace.inbox / name).write_bytes(AGAIN if name.startswith("from") else HELLO)
    run(warehouse, workspace)
    assert sorted(path.name for path in workspace.inbox.iterdir()) == ["erasure-2", "from agency"]
