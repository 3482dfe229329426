"""The one direction imports may run in, and the few places that may know a big library."""

import ast
from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[2]
PACKAGES = ("pipelines", "assets", "transforms", "quality", "warehouse", "dashboard")


def imports_of(path: Path) -> set[str]:
    """Top-level names a module imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def modules_importing(library: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if library in imports_of(path)
    }


def test_imports_run_one_way() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == EXIT_STATUS_SUCCESS


def test_only_pipelines_and_assets_know_dagster() -> None:
    assert {name.split("/")[0] for name in modules_importing("dagster")} == {"assets", "pipelines"}


def test_only_the_runner_knows_great_expectations_and_pandas() -> None:
    assert modules_importing("great_expectations") == {"quality/runner.py"}
    assert modules_importing("pandas") <= {"quality/runner.py"}


def test_transforms_know_no_database_clock_or_environment() -> None:
    for library in ("duckdb", "dagster"):
        assert not {name for name in modules_importing(library) if name.startswith("transforms/")}
    for path in (ROOT / "transforms").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for forbidden in ("datetime.now(", "date.today(", "os.environ", "time.time("):
            assert forbidden not in text, f"{path.relative_to(ROOT)} uses {forbidden}"


def test_only_settings_read_the_environment() -> None:
    readers = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "os.environ.get" in path.read_text(encoding="utf-8") or "os.getenv" in path.read_text(encoding="utf-8")
    }
    assert readers == {"pipelines/settings.py"}


def test_the_link_to_the_release_is_moved_in_one_place_only() -> None:
    movers = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "symlink_to" in path.read_text(encoding="utf-8")
    }
    assert movers == {"warehouse/release.py"}
