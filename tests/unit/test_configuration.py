"""listening.yaml: what is accepted, and how a mistake is told."""

from importlib.resources import files
from pathlib import Path

import pytest

from warehouse.configuration import ConfigurationError, load_configuration

GOOD = """\
workspace:
  name: Test
  reporting_zone: Europe/Paris
brands:
  - id: acme
    name: Acme
    role: own
    aliases: [Acme]
"""


def problems(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "listening.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(path)
    return [line.removeprefix(f"{path}:") for line in caught.value.problems]


def test_the_commented_template_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "listening.yaml"
    path.write_text(files("pipelines.cli").joinpath("listening.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert load_configuration(path).workspace.reporting_zone == "Europe/Paris"


def test_an_unknown_key_is_told_with_its_place_and_the_likely_meaning(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD.replace("aliases:", "alias:").replace("[Acme]", "[Acme]\n    query: acme")) == [
        "8:5: brands[0].alias: unknown key (did you mean 'aliases'?)"
    ]


def test_a_zone_that_does_not_exist_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    [line] = problems(tmp_path, GOOD.replace("Europe/Paris", "Europe/Pari"))
    assert line.startswith(
        "3:3: workspace.reporting_zone: 'Europe/Pari' is not an IANA time zone (did you mean 'Europe/Paris'"
    )


def test_a_bad_value_is_told_with_what_was_found(tmp_path: Path) -> None:
    [line] = problems(tmp_path, GOOD.replace("role: own", "role: mine"))
    assert line.startswith("7:5: brands[0].role: Input should be 'own' or 'competitor'")
    assert "mine" in line


def test_a_missing_key_is_told(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD.replace("  name: Test\n", "")) == ["1:1: workspace.name: this key is required"]


def test_broken_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    [line] = problems(tmp_path, GOOD + "topics: [\n")
    assert "not valid YAML" in line
    assert line.split(":")[0].isdigit()


def test_several_mistakes_are_told_at_once(tmp_path: Path) -> None:
    assert len(problems(tmp_path, GOOD.replace("role: own", "role: mine").replace("Europe/Paris", "Nowhere"))) == 2


def test_a_brand_declared_twice_is_refused(tmp_path: Path) -> None:
    twice = GOOD + "  - {id: acme, name: Other, role: competitor, aliases: [Other]}\n"
    assert "id 'acme' is declared twice" in problems(tmp_path, twice)[0]


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="listening init"):
        load_configuration(tmp_path / "listening.yaml")


def test_the_configuration_id_changes_with_what_is_declared_and_with_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "listening.yaml"
    path.write_text(GOOD)
    first = load_configuration(path).configuration_id
    path.write_text("# a comment\n" + GOOD)
    assert load_configuration(path).configuration_id == first
    path.write_text(GOOD.replace("[Acme]", "[Acme, ACME Inc]"))
    assert load_configuration(path).configuration_id != first
