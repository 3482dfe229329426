"""`listening calibrate`: what it reports, what it keeps and refuses, and what a kept model changes in the posts."""

import csv
import json
import random
from pathlib import Path

import pytest

from assets.parameters import core_params, core_version
from tests.pipeline.test_cli import listening
from transforms.core.mentions import core_mentions
from transforms.text.calibration_file import kept_model
from warehouse.configuration import ConfigurationError
from warehouse.workspace import Workspace

# praise and complaint in words that VADER does not know
SAID = {
    "positive": ["bussin", "snappy", "slaps"],
    "negative": ["laggy", "janky", "bricked"],
    "neutral": ["launch", "update", "tuesday"],
}


def label_rows(count: int = 150) -> list[dict[str, str]]:
    rng = random.Random(5)
    rows = []
    for number in range(count):
        label = rng.choice(list(SAID))
        text = f"my phone {rng.choice(SAID[label])} {rng.choice(['today', 'again'])} {number}, isn't it"
        rows.append({"text": text, "label": label, "brand": "acme" if number % 2 else "globex", "language": "en"})
    return rows


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    assert listening("init", str(tmp_path / "ws")).returncode == 0
    return Workspace(tmp_path / "ws")


def test_a_model_that_beats_stock_is_reported_kept_and_scores_beside_the_stock_score(
    workspace: Workspace, tmp_path: Path
) -> None:
    from pipelines.warm import warm_rows

    labels = write(tmp_path / "labels.csv", label_rows())
    tried = listening("calibrate", str(labels), "-w", str(workspace.root), "--dry-run")
    assert tried.returncode == 0 and "without --dry-run" in tried.stdout
    assert workspace.calibrated_model() is None
    result = listening("calibrate", str(labels), "-w", str(workspace.root))
    assert result.returncode == 0, result.stderr
    for told in ("macro-recall", "model ←", "globex", "is kept in calibrated-sentiment.json", "labelled ↓ said →"):
        assert told in result.stdout
    model = workspace.calibrated_model()
    assert model is not None and model.model_id in result.stdout

    configuration = workspace.configuration()
    assert core_version(configuration, model) != core_version(configuration)
    rows = warm_rows(["my phone slaps", "my phone is so laggy", "mon téléphone est lent et je le déteste"])
    stock = core_mentions(rows, core_params(configuration, bytes(32)))
    both = core_mentions(rows, core_params(configuration, bytes(32), model))
    assert both["sentiment_score"].equals(stock["sentiment_score"])
    assert stock["sentiment_calibrated_label"].null_count() == 3
    assert both["sentiment_calibrated_label"].to_list() == ["positive", "negative", "unscored"]
    assert both["sentiment_calibrated_model_id"].to_list() == [model.model_id] * 2 + [None]


def test_labels_by_chance_keep_no_model_and_leave_an_earlier_one(workspace: Workspace, tmp_path: Path) -> None:
    rows = label_rows()
    good = write(tmp_path / "good.csv", rows)
    listening("calibrate", str(good), "-w", str(workspace.root))
    kept = workspace.calibration_file.read_bytes()
    shuffled = random.Random(1).sample([row["label"] for row in rows], len(rows))
    chance = write(
        tmp_path / "chance.csv", [{**row, "label": label} for row, label in zip(rows, shuffled, strict=True)]
    )
    result = listening("calibrate", str(chance), "-w", str(workspace.root), "--json")
    told = json.loads(result.stdout)
    assert (result.returncode, told["chosen"], told["is_kept"]) == (0, "stock", False)
    assert "earlier calibration stays" in told["verdict"]
    assert workspace.calibration_file.read_bytes() == kept
    assert {row["candidate"] for row in told["confusion"]} == {"stock", "improved", "thresholds", "model"}


def test_the_same_labels_give_the_same_file(workspace: Workspace, tmp_path: Path) -> None:
    labels = write(tmp_path / "labels.csv", label_rows())
    listening("calibrate", str(labels), "-w", str(workspace.root))
    first = workspace.calibration_file.read_bytes()
    listening("calibrate", str(labels), "-w", str(workspace.root))
    assert workspace.calibration_file.read_bytes() == first


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"label": "good"}, "row 5, column label: 'good' is no label: use negative, neutral or positive"),
        ({"text": " "}, "row 5, column text: ' ' is empty"),
        ({"language": "English"}, "row 5, column language: 'English' is no language code such as en"),
    ],
)
def test_a_mistake_is_told_with_file_row_and_column(
    workspace: Workspace, tmp_path: Path, changed: dict[str, str], told: str
) -> None:
    rows = label_rows(12)
    rows[3] |= changed
    labels = write(tmp_path / "labels.csv", rows)
    result = listening("calibrate", str(labels), "-w", str(workspace.root))
    assert result.returncode == 2
    assert f"labels.csv, {told}" in result.stderr.replace("\n", "")


def test_too_few_labels_missing_columns_files_and_workspaces_are_usage_mistakes(
    workspace: Workspace, tmp_path: Path
) -> None:
    few = write(tmp_path / "few.csv", label_rows(12))
    unlabelled = write(tmp_path / "plain.csv", [{"text": "x"}])
    for arguments, told in (
        ([str(few), "-w", str(workspace.root)], "label at least 100"),
        ([str(unlabelled), "-w", str(workspace.root)], "no column 'label'"),
        ([str(tmp_path / "none.csv"), "-w", str(workspace.root)], "not found"),
        ([str(few), "-w", str(tmp_path / "nowhere")], "listening init"),
    ):
        result = listening("calibrate", *arguments)
        assert result.returncode == 2 and told in result.stderr, result.stderr


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"model": {}}', '{"model": 3, "model_id": "x"}'])
def test_a_kept_file_that_is_no_model_is_told(workspace: Workspace, content: str) -> None:
    workspace.calibration_file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"calibrated-sentiment\.json.*calibrate"):
        workspace.calibrated_model()


def test_a_kept_file_that_was_changed_by_hand_is_told(workspace: Workspace, tmp_path: Path) -> None:
    listening("calibrate", str(write(tmp_path / "labels.csv", label_rows())), "-w", str(workspace.root))
    kept = json.loads(workspace.calibration_file.read_text(encoding="utf-8"))
    kept["model"]["constants"][0] += 1
    with pytest.raises(ValueError, match="changed since"):
        kept_model(json.dumps(kept))
