"""The commands that start the dashboard and write the digest, and days in the wrong order."""

import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from pipelines.cli.dashboard import dashboard
from pipelines.cli.digest import digest, digest_command
from pipelines.cli.main import app
from pipelines.settings import module_environment
from tests.browser.serving import fetch
from tests.browser.small_release import publish


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("commands")
    publish(root)
    return root


def started(*arguments: str) -> tuple[subprocess.Popen[str], list[str]]:
    """The server with those arguments and what it printed before it answered."""
    command = [sys.executable, "-m", "dashboard", "serve", "--port", "0", *arguments]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=module_environment() | {"PYTHONUNBUFFERED": "1"}
    )
    assert server.stdout is not None
    return server, [server.stdout.readline()]


def stopped(server: subprocess.Popen[str]) -> None:
    server.terminate()
    server.wait(10)


def answer(address: str) -> int:
    for _ in range(100):
        try:
            return fetch(address).status
        except OSError:
            time.sleep(0.05)
    raise AssertionError("nobody answers")


def test_on_this_machine_it_needs_no_token(workspace: Path) -> None:
    server, lines = started("--workspace", str(workspace))
    try:
        address = re.findall(r"http://127\.0\.0\.1:\d+/", lines[0])[0]
        assert "token" not in lines[0]
        assert answer(address) == 200
    finally:
        stopped(server)


def test_anything_wider_needs_a_token_and_says_so(workspace: Path) -> None:
    server, lines = started("--workspace", str(workspace), "--host", "0.0.0.0")
    try:
        assert server.stdout is not None
        lines += [server.stdout.readline(), server.stdout.readline()]
        token = re.findall(r"\?token=([\w-]{20,})", lines[0])[0]
        port = re.findall(r":(\d+)/", lines[0])[0]
        assert "only who has the token is answered" in lines[1]
        assert answer(f"http://127.0.0.1:{port}/") == 401
        assert answer(f"http://127.0.0.1:{port}/?token={token}") == 303
    finally:
        stopped(server)


def test_a_short_token_is_refused(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("short", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "dashboard",
        "serve",
        "-w",
        str(workspace),
        "--token-file",
        str(tmp_path / "token"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=module_environment())
    assert done.returncode == 2 and "at least 16 characters" in done.stderr


def test_the_digest_command_writes_both_files_from_any_folder(workspace: Path, tmp_path: Path) -> None:
    command = digest_command(workspace, tmp_path / "out", lang="fr", week="2026-02-17")
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=module_environment())
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "digest-nordlicht-2026-02-16-fr.eml",
        "digest-nordlicht-2026-02-16-fr.html",
    ]


def test_a_mistake_is_told_in_one_line(workspace: Path, tmp_path: Path) -> None:
    command = digest_command(workspace, tmp_path, brand="nobody")
    done = subprocess.run(command, capture_output=True, text=True, env=module_environment())
    assert (
        done.returncode == 2 and done.stderr.startswith("the release knows no brand") and "Traceback" not in done.stderr
    )


def test_an_empty_workspace_is_told_before_anything_starts(tmp_path: Path) -> None:
    for command in (dashboard, digest):
        with pytest.raises(typer.Exit) as stopped_by:
            command(folder=tmp_path)
        assert stopped_by.value.exit_code == 2


def test_ending_the_command_ends_the_server(workspace: Path) -> None:
    command = [sys.executable, "-m", "pipelines.cli.main", "dashboard", "-w", str(workspace), "--port", "0"]
    environment = module_environment() | {"PYTHONUNBUFFERED": "1"}
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert server.stdout is not None
    address = re.findall(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())[0]
    assert answer(address) == 200
    stopped(server)
    with pytest.raises(OSError):
        fetch(address)


def test_a_port_that_is_taken_is_a_mistake_in_the_command_not_a_refusal(workspace: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "dashboard", "serve", "--workspace", str(workspace), "--port", port]
        done = subprocess.run(command, capture_output=True, text=True, env=module_environment(), timeout=60)
    assert done.returncode == 2 and f"port {port}: choose another with --port" in done.stderr


def test_days_in_the_wrong_order_are_not_computed(workspace: Path) -> None:
    words = ["rebuild", "--from", "2026-03-01", "--to", "2026-02-01", "--workspace", str(workspace)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2 and "--from 2026-03-01 is after --to 2026-02-01" in result.output
