"""Every declared format: a synthetic look-alike is recognised by its content and read as its golden file says."""

from pathlib import Path

import pytest

from tests.exports.write_goldens import GOLDEN, LOOK_ALIKES, PAGE, page
from transforms.sources.reader import read_export
from transforms.sources.registry import DECLARATIONS


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_look_alike_reads_as_its_golden_file_says(name: str, tmp_path: Path) -> None:
    expected = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert LOOK_ALIKES[name]().golden(tmp_path) == expected


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_look_alike_is_recognised_by_content_and_rejects_only_what_it_should(name: str, tmp_path: Path) -> None:
    look_alike = LOOK_ALIKES[name]()
    reading = read_export(look_alike.write(tmp_path), look_alike.context())
    batches = list(reading.batches())
    facts = reading.facts()
    assert facts.source_code == look_alike.code
    assert facts.row_count == facts.kept_count + facts.rejected_count > 0
    assert tuple(code for batch in batches for code in batch.rejected["reason_code"]) == look_alike.rejected


def test_every_format_that_can_be_read_has_a_look_alike() -> None:
    readable = {declaration.code for declaration in DECLARATIONS if declaration.refused_because is None}
    assert readable == {build().code for build in LOOK_ALIKES.values()}


def test_no_golden_file_is_left_without_its_look_alike() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(LOOK_ALIKES)


def test_the_page_lists_every_format_as_the_registry_has_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
