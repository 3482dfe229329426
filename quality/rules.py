"""The registry of business rules, within tables and between them: which rules a set of tables is to be held to."""

from collections.abc import Sequence

from quality import (
    rules_accounts,
    rules_history,
    rules_match,
    rules_mention,
    rules_people,
    rules_pulse,
    rules_service,
    rules_trust,
    rules_voice,
    rules_watch,
    rules_week,
    rules_week_mood,
)
from quality.rule import Rule
from warehouse.tables import TableContract

RULES: tuple[Rule, ...] = (
    *rules_voice.RULES,
    *rules_pulse.RULES,
    *rules_watch.RULES,
    *rules_mention.RULES,
    *rules_match.RULES,
    *rules_week.RULES,
    *rules_week_mood.RULES,
    *rules_people.RULES,
    *rules_accounts.RULES,
    *rules_service.RULES,
    *rules_trust.RULES,
    *rules_history.RULES,
)


def rules_for(contracts: Sequence[TableContract]) -> tuple[Rule, ...]:
    """The rules that need no table outside the given ones. All tables of a release: all rules of the release."""
    names = {contract.name for contract in contracts}
    return tuple(rule for rule in RULES if names.issuperset(rule.needs))
