"""The page about the checks says what the code does."""

from pathlib import Path

from quality.render import checks_page
from quality.rules import RULES

PAGE = Path(__file__).parents[2] / "quality" / "CHECKS.md"


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == checks_page(), "python -m quality.render > quality/CHECKS.md"


def test_the_page_tells_of_every_rule_what_it_demands_and_what_to_do() -> None:
    page = checks_page()
    for rule in RULES:
        assert rule.check.description in page and rule.check.what_to_do in page


def test_every_rule_speaks_in_sentences_that_fit_a_cell() -> None:
    for rule in RULES:
        for text in (rule.check.description, rule.check.what_to_do):
            assert text.endswith(".") and "|" not in text and "\n" not in text
