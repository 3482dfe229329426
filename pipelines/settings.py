"""What the environment decides. The only reader of environment variables."""

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_WORKSPACE = "demo-workspace"


@dataclass(frozen=True)
class Settings:
    """LISTENING_WORKSPACE: the workspace folder. DAGSTER_HOME: where Dagster keeps its runs, if anywhere."""

    workspace: Path
    dagster_home: Path | None


def settings() -> Settings:
    """The settings of this process."""
    home = os.environ.get("DAGSTER_HOME")
    return Settings(
        workspace=Path(os.environ.get("LISTENING_WORKSPACE") or DEFAULT_WORKSPACE).expanduser().absolute(),
        dagster_home=Path(home).expanduser().absolute() if home else None,
    )


def secret(name: str) -> str | None:
    """A secret that listening.yaml names the variable of; None where it is not set."""
    return os.environ.get(name) or None


def switch_telemetry_off() -> None:
    """Neither Dagster nor Great Expectations calls home from a process of ours."""
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")


def module_environment() -> dict[str, str]:
    """The environment for a child that runs a module of this project, wherever the command was started."""
    beside = str(Path(__file__).resolve().parents[1])
    known = os.environ.get("PYTHONPATH")
    return os.environ | {"PYTHONPATH": f"{beside}{os.pathsep}{known}" if known else beside}
