"""A disk that is full and folders that may not be written: a clear word, nothing harmed, and the next run goes on."""

import contextlib
import ctypes
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from tests.integration.test_release import PROVENANCE, passes, top
from warehouse.faults import is_storage_error, storage_fault
from warehouse.history import current_release_id, release_ids
from warehouse.ingest import archive, content_id
from warehouse.release import Provenance, content_hashes, publish
from warehouse.store import WarehouseUnusable, open_warehouse
from warehouse.tables import mart
from warehouse.workspace import Workspace

NEEDS_MOUNTS = "needs the right to mount a small disk (root)"


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A real disk of so many megabytes; skips where this user may not mount one."""
    folder.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"size={megabytes}m".encode()
    if os.geteuid() or libc.mount(b"tmpfs", str(folder).encode(), b"tmpfs", 0, options):
        pytest.skip(NEEDS_MOUNTS)
    try:
        yield folder
    finally:
        libc.umount2(str(folder).encode(), 2)


def read_only(folder: Path) -> None:
    """Mount the small disk again, read-only."""
    remount, read_only_flag = 32, 1
    libc = ctypes.CDLL(None, use_errno=True)
    assert not libc.mount(b"tmpfs", str(folder).encode(), b"tmpfs", remount | read_only_flag, b""), NEEDS_MOUNTS


def fill(folder: Path, leave: int) -> Path:
    """Fill the disk up to so many bytes."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        file.write(b"\0" * max(shutil.disk_usage(folder).free - leave, 0))
    return ballast


def workspace_on(disk: Path) -> Workspace:
    """A workspace with one release."""
    workspace = Workspace(disk / "ws")
    workspace.make_folders()
    with open_warehouse(workspace.warehouse_file) as warehouse:
        warehouse.append(mart.TOP_MENTION_DAILY, top(1))
        publish(warehouse, workspace, PROVENANCE, passes)
    return workspace


@pytest.mark.parametrize("leave", [0, 300_000, 1_000_000], ids=lambda n: f"{n:,}_bytes_left")
def test_a_full_disk_while_publishing_is_told_and_harms_nothing(tmp_path: Path, leave: int) -> None:
    with small_disk(tmp_path / "disk", 60) as disk:
        workspace = workspace_on(disk)
        before = content_hashes(workspace.link.resolve())
        ballast = fill(disk, leave)
        told = ""
        try:
            with open_warehouse(workspace.warehouse_file) as warehouse:
                publish(warehouse, workspace, _release("2"), passes)
        except WarehouseUnusable as error:
            told = str(error)
        except Exception as error:
            told = storage_fault(error, workspace.root) or ""
        assert "disk is full" in told or "disk space" in told, told
        assert str(workspace.root) in told
        assert current_release_id(workspace) == "1"
        assert content_hashes(workspace.link.resolve()) == before
        ballast.unlink()
        with open_warehouse(workspace.warehouse_file) as warehouse:
            publish(warehouse, workspace, _release("3"), passes)
        assert release_ids(workspace) == ["1", "3"]
        assert content_hashes(workspace.link.resolve()) == before
        assert not [path for path in workspace.releases.iterdir() if path.name.startswith(".")]


def test_a_read_only_folder_is_told_by_name_and_readers_go_on(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 60) as disk:
        workspace = workspace_on(disk)
        read_only(disk)
        with pytest.raises((WarehouseUnusable, OSError)) as caught:
            (workspace.releases / "probe").touch()
        told = storage_fault(caught.value, workspace.root) or str(caught.value)
        assert f"{workspace.releases}: cannot be written" in told
        with pytest.raises(WarehouseUnusable, match="permissions and disk space"):
            open_warehouse(workspace.warehouse_file)
        assert content_hashes(workspace.link.resolve())


def test_the_command_says_which_folder_and_what_to_do_and_ends_with_1(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 60) as disk:
        workspace = workspace_on(disk)
        workspace.configuration_file.write_text(
            "workspace: {name: A, reporting_zone: UTC}\nbrands: [{id: a, name: A, role: own, aliases: [A]}]\n"
        )
        read_only(disk)
        ended = CliRunner().invoke(app, ["run", "--json", "-w", str(workspace.root)])
        told = json.loads(ended.stdout)
        assert ended.exit_code == 1, ended.output
        assert str(workspace.root) in told["problem"]
        assert "permission" in told["problem"]
        assert current_release_id(workspace) == "1"


def test_an_original_that_does_not_fit_leaves_no_half_copy_and_stays_in_the_inbox(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 4) as disk:
        workspace = Workspace(disk)
        workspace.make_folders()
        export = tmp_path / "export.csv"  # on another disk, so that a link is not possible
        export.write_bytes(b"x" * 8_000_000)
        with pytest.raises(OSError) as caught:
            archive(workspace, export, content_id(export))
        assert "disk is full" in str(storage_fault(caught.value, workspace.root))
        assert export.exists()
        assert not [path for path in workspace.archive.rglob("*") if path.is_file() and path.suffix != ".part"]


def test_a_full_disk_is_no_fault_of_the_file_that_was_being_read() -> None:
    assert is_storage_error(OSError(28, "No space left on device"))
    assert not is_storage_error(ValueError("a bad cell"))
    assert storage_fault(ValueError("a bad cell"), Path("/workspace")) is None


def _release(name: str) -> Provenance:
    return replace(PROVENANCE, release_id=name)
