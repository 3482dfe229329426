"""What the integration tests share."""

from pathlib import Path

import pytest

from warehouse.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "ws")
    for folder in made.folders():
        folder.mkdir(parents=True)
    return made
