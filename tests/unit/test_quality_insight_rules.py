"""The rules of the insight tables hold on a healthy release, and each is the only one to notice its fault."""

import pytest

from quality.checks import CheckResult
from quality.context import AuditContext
from quality.rules import RULES, rules_for
from quality.runner import run_rule
from tests.unit import quality_corruptions_insight, quality_corruptions_people
from tests.unit.quality_corruptions import Corruption
from tests.unit.quality_insight_tables import CONTRACTS, healthy_release
from tests.unit.quality_tables import CONTEXT, Tables, reader

CORRUPTIONS = (*quality_corruptions_insight.CORRUPTIONS, *quality_corruptions_people.CORRUPTIONS)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return healthy_release()


def results(tables: Tables, changed: set[str], context: AuditContext = CONTEXT) -> list[CheckResult]:
    """What every rule of a whole release says that reads a changed table; the others read what they read before."""
    touched = [rule for rule in rules_for(CONTRACTS) if changed.intersection(rule.needs)]
    return [run_rule(reader(tables), rule, CONTRACTS, context) for rule in touched]


def test_a_healthy_release_breaks_no_rule(tables: Tables) -> None:
    found = results(tables, set(tables))
    assert len(found) == len(RULES)
    assert [(r.check.check_id, r.observed) for r in found if r.status != "passed"] == []


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=lambda c: f"{c.rule}: {c.story}")
def test_a_corruption_breaks_exactly_its_rule(corruption: Corruption, tables: Tables) -> None:
    corrupted = corruption.corrupt(tables)
    changed = {name for name in corrupted if corrupted[name] is not tables[name]}
    found = [r for r in results(corrupted, changed, corruption.context) if r.status != "passed"]
    assert [(r.check.check_id, r.status) for r in found] == [(corruption.rule, "failed")], [r.observed for r in found]
    assert found[0].unexpected_count and found[0].observed
