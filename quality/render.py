"""What the gate checks, as a page people read: `python -m quality.render` prints it for quality/CHECKS.md."""

from collections.abc import Iterable
from dataclasses import fields

from quality.context import QualityThresholds
from quality.rule import Rule
from quality.rules import RULES

_HEAD = """# What the gate checks

Generated from `quality/`; do not edit. A test holds it fresh: `python -m quality.render > quality/CHECKS.md`.

A release is published only if its audit ran, no **error** failed and nothing **crashed**. A *failed* check says that
the rows are wrong; a *crashed* one that nothing is known about them, whatever its severity. A failed **warning** goes
with the release. Every result says how much is wrong, names up to five keys, and says what to do; texts and personal
data never leave the audit.

## From the contracts

Every table gets these from its contract in `warehouse/tables/`, all of them errors, answered by Great Expectations:

| check | demands |
|---|---|
| `row_floor` | at least the contract's `minimum_rows`: an empty table passes every other check of this list |
| `columns` | exactly the declared columns, in order |
| `types` | every column of the declared type |
| `key` | the key is unique |
| `<column>.required` | no null where the contract allows none |
| `<column>.allowed` | only declared values |
| `<column>.range` | a finite number within the declared bounds; NaN is a fault where null is none |

## Business rules

Evaluated in Polars, within a table and between tables. The tests hold a table of corruptions: for every rule at least
one that makes exactly that rule fail (`tests/unit/quality_corruptions*.py`). A new rule without one fails the tests.
"""

_READER = """
## What the audit is given

`audit(read, contracts, context)` asks `read(contract, columns)` for a few columns at a time; an empty sequence of
columns asks for the header: every column as the table really has it, and no rows. Give the header as stored, not
conformed to the contract, or `columns` and `types` have nothing to find. A `TIMESTAMP` without a zone is taken for
UTC, as the store keeps it. A rule runs when every table it needs is among `contracts`.
"""


def checks_page(rules: Iterable[Rule] = RULES) -> str:
    """The whole page as Markdown: contract checks, rules by table in the order they run, thresholds."""
    by_table: dict[str, list[Rule]] = {}
    for rule in rules:
        by_table.setdefault(rule.check.table, []).append(rule)
    sections = [_section(table, of_table) for table, of_table in by_table.items()]
    return "\n".join([_HEAD, *sections, _thresholds(), _READER.lstrip("\n")])


def _section(table: str, rules: list[Rule]) -> str:
    lines = [f"### {table}", "", "| rule | severity | demands | also reads | if it fails |", "|---|---|---|---|---|"]
    for rule in rules:
        name = rule.check.check_id.removeprefix(f"{table}.")
        others = ", ".join(other for other in rule.needs if other != table)
        cells = (f"`{name}`", rule.check.severity, rule.check.description, others, rule.check.what_to_do)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def _thresholds() -> str:
    lines = ["## Thresholds", "", "| name | default |", "|---|---|"]
    lines += [f"| `{threshold.name}` | {threshold.default} |" for threshold in fields(QualityThresholds)]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    print(checks_page(), end="")
