"""Every business rule holds on a healthy release, and each is the only one to notice the fault it is there for."""

import pytest

from quality.checks import CheckResult
from quality.context import AuditContext
from quality.rules import RULES, rules_for
from quality.runner import run_rule
from tests.unit import (
    quality_corruptions_insight,
    quality_corruptions_people,
    quality_corruptions_pulse,
    quality_corruptions_trust,
    quality_corruptions_voice,
)
from tests.unit.quality_corruptions import Corruption
from tests.unit.quality_tables import CONTEXT, CONTRACTS, Tables, healthy, reader

CORRUPTIONS = (
    *quality_corruptions_voice.CORRUPTIONS,
    *quality_corruptions_pulse.CORRUPTIONS,
    *quality_corruptions_trust.CORRUPTIONS,
)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return healthy()


def results(tables: Tables, context: AuditContext = CONTEXT) -> list[CheckResult]:
    return [run_rule(reader(tables), rule, CONTRACTS, context) for rule in rules_for(CONTRACTS)]


def test_a_healthy_release_breaks_no_rule(tables: Tables) -> None:
    assert [(r.check.check_id, r.observed) for r in results(tables) if r.status != "passed"] == []


def test_every_rule_has_a_corruption_and_every_corruption_a_rule() -> None:
    corruptions = (*CORRUPTIONS, *quality_corruptions_insight.CORRUPTIONS, *quality_corruptions_people.CORRUPTIONS)
    assert {corruption.rule for corruption in corruptions} == {rule.check.check_id for rule in RULES}


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=lambda c: f"{c.rule}: {c.story}")
def test_a_corruption_breaks_exactly_its_rule(corruption: Corruption, tables: Tables) -> None:
    found = [r for r in results(corruption.corrupt(tables), corruption.context) if r.status != "passed"]
    assert [(r.check.check_id, r.status) for r in found] == [(corruption.rule, "failed")], [r.observed for r in found]
    assert found[0].unexpected_count and found[0].observed
