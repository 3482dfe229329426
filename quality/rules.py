"""The registry of business rules, within tables and between them: which rules a set of tables is to be held to."""

from collections.abc import Sequence

from quality import rules_history, rules_mention, rules_pulse, rules_trust, rules_voice
from quality.rule import Rule
from warehouse.tables import TableContract

RULES: tuple[Rule, ...] = (
    *rules_voice.RULES,
    *rules_pulse.RULES,
    *rules_mention.RULES,
    *rules_trust.RULES,
    *rules_history.RULES,
)


def rules_for(contracts: Sequence[TableContract]) -> tuple[Rule, ...]:
    """The rules that need no table outside the given ones. All tables of a release: all rules of the release."""
    names = {contract.name for contract in contracts}
    return tuple(rule for rule in RULES if names.issuperset(rule.needs))
