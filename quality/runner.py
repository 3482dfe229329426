"""Runs an audit: reads what the checks need, has them answered, tells failed from crashed.

What follows from a contract is an expectation and is answered by Great Expectations on pandas: this is the only module
that imports either, and only when it runs. A business rule is answered in Polars and reported through the same result:
handing its violations over as a frame that must be empty would add time and one more way to pass vacuously, and no
information.
"""

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from quality.changes import Changes, decisive_rows, of_changed_parts, rows_to_judge
from quality.checks import SAMPLE_SIZE, AuditReport, Check, CheckResult
from quality.context import AuditContext, QualityThresholds, ReadTable
from quality.handover import distilled, handed_over, in_utc, key_sample, sees_of
from quality.rule import Rule
from quality.rules import rules_for
from quality.suites import suite_for
from warehouse.tables import TableContract

__all__ = [
    "AuditContext",
    "Changes",
    "Expectations",
    "QualityThresholds",
    "ReadTable",
    "audit",
    "check_table",
    "run_rule",
]

logger = logging.getLogger(__name__)

# Columns read, handed over and dropped together: an audit holds a few columns of the widest table, never all of it.
COLUMNS_AT_ONCE = 6
SMALL_TABLE_ROWS = 250_000
# Exceptions whose message speaks of tables and columns, never of the values in them.
HARMLESS = ("ColumnNotFoundError", "BinderException", "CatalogException", "IOException")


def audit(
    read: ReadTable,
    contracts: Sequence[TableContract],
    context: AuditContext,
    changes: Changes | None = None,
    engine: "Expectations | None" = None,
) -> AuditReport:
    """Every check of the given tables on the rows that `read` returns: contract checks, then business rules.

    A rule runs when all tables it needs are among `contracts`. Where `changes` says what is not as in a release that
    passed the same checks, what is judged row by row or day by day is judged there only; the rest is judged on all
    rows. Nothing that a check raises ends the audit: the check is `crashed` and the others go on. The report is dated
    by the context, for an audit has no clock.
    """
    engine = engine or Expectations()
    results = [result for contract in contracts for result in check_table(read, contract, engine, changes)]
    results += [run_rule(read, rule, contracts, context, changes) for rule in rules_for(contracts)]
    return AuditReport(tuple(results), started_at=context.as_of)


def check_table(
    read: ReadTable, contract: TableContract, engine: "Expectations", changes: Changes | None = None
) -> list[CheckResult]:
    """The results of one table's contract checks, in the order of its suite."""
    suite = suite_for(contract)
    parts = changes.parts.get(contract.name, frozenset()) if changes else None
    if changes and parts is not None:
        if not parts:
            return [CheckResult(check, "passed", "as in the release before, which passed") for check in suite]
        read = decisive_rows(changes, read, parts)
    results: dict[str, CheckResult] = {}
    height = 0
    batches = _batches(suite, contract, lambda: height)
    for columns, checks in batches:
        try:
            rows = in_utc(read(contract, columns))
            height = max(height, rows.height)
            with_key = partial(_with_key, read, contract, columns)
            for alike in _seeing_alike(checks):
                results |= _judge(rows, with_key, alike, contract, engine)
        except Exception as error:
            results |= {check.check_id: _crashed(check, error) for check in checks if check.check_id not in results}
    told = [results[check.check_id] for check in suite]
    return told if changes is None or parts is None else [of_changed_parts(result, changes, parts) for result in told]


def run_rule(
    read: ReadTable,
    rule: Rule,
    contracts: Sequence[TableContract],
    context: AuditContext,
    changes: Changes | None = None,
) -> CheckResult:
    """The result of one business rule on the columns it needs."""
    by_name = {contract.name: contract for contract in contracts}
    try:
        frames, told = rows_to_judge(rule, changes, by_name, read)
        finding = rule.find({name: in_utc(rows) for name, rows in frames.items()}, context)
        failed = finding.violations.height
        sample = key_sample(finding.violations, by_name[rule.check.table])
    except Exception as error:
        return _crashed(rule.check, error)
    return CheckResult(rule.check, "failed" if failed else "passed", finding.observed + told, failed, sample)


def _batches(
    suite: Sequence[Check], contract: TableContract, height: Callable[[], int]
) -> Iterator[tuple[tuple[str, ...], list[Check]]]:
    """Columns to read at once with the checks to answer from them; no columns means the header.

    `height` tells how many rows the batches read so far had: a small table is read in one go after its key, for
    Great Expectations takes its time for each frame, however small.
    """
    of_table = [check for check in suite if sees_of(check) == "rows"]
    of_values = [check for check in suite if sees_of(check) == "values"]
    yield (), [check for check in suite if check not in of_table and check not in of_values]
    yield contract.key, of_table
    names = list(dict.fromkeys(name for check in of_values for name in check.columns))
    at_once = COLUMNS_AT_ONCE if height() > SMALL_TABLE_ROWS else max(len(names), 1)
    for start in range(0, len(names), at_once):
        group = set(names[start : start + at_once])
        wanted = tuple(name for name in contract.schema if name in group)
        yield wanted, [check for check in of_values if group.issuperset(check.columns)]


def _with_key(read: ReadTable, contract: TableContract, columns: Sequence[str]) -> pl.DataFrame:
    """The rows of some columns with those of the key, by which a row at fault is named; nothing more of a header."""
    wanted = [name for name in contract.schema if name in columns or name in contract.key]
    return in_utc(read(contract, wanted if columns else ()))


def _seeing_alike(checks: Sequence[Check]) -> list[list[Check]]:
    """The checks by what they are to see."""
    kinds = dict.fromkeys(sees_of(check) for check in checks)
    return [[check for check in checks if sees_of(check) == sees] for sees in kinds]


def _judge(
    rows: pl.DataFrame,
    with_key: Callable[[], pl.DataFrame],
    checks: Sequence[Check],
    contract: TableContract,
    engine: "Expectations",
) -> dict[str, CheckResult]:
    """Results by check_id: the verdict from the few rows that decide it, faults counted on all rows."""
    answers = engine.answer(distilled(rows, checks, contract), checks, is_detailed=False)
    doubtful = [check for check in checks if not answers[check.check_id].is_success]
    if doubtful:
        rows = with_key()
        answers |= engine.answer(handed_over(rows, doubtful, contract), doubtful)
    return {check.check_id: _answered(check, answers[check.check_id], rows, contract) for check in checks}


def _answered(check: Check, answer: "Answer", rows: pl.DataFrame, contract: TableContract) -> CheckResult:
    if answer.exception is not None:
        return CheckResult(check, "crashed", f"could not be checked: {answer.exception}", None)
    if answer.is_success:
        return CheckResult(check, "passed", _nothing_wrong(check, rows))
    if sees_of(check) == "types":
        wrong = handed_over(rows, [check], contract)[list(answer.positions)].iter_rows()
        observed = "; ".join(f"{name} is {found}, not {declared}" for name, declared, found in wrong)
        return CheckResult(check, "failed", observed, answer.unexpected_count)
    sample = key_sample(rows[list(answer.positions)], contract)
    return CheckResult(check, "failed", answer.observed, answer.unexpected_count, sample)


def _nothing_wrong(check: Check, rows: pl.DataFrame) -> str:
    """What a passed check says: how many rows it was about."""
    if sees_of(check) in ("header", "types"):
        return "as declared"
    return f"{rows.height:,} rows" if check.check_id.endswith(".row_floor") else f"0 of {rows.height:,} rows"


def _crashed(check: Check, error: Exception) -> CheckResult:
    """A crash names the exception and its place; a message is shown only where it cannot quote a mention."""
    logger.debug("check %s crashed", check.check_id, exc_info=error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown place"
    name = type(error).__name__
    detail = f": {str(error).splitlines()[0][:200]}" if name in HARMLESS and str(error) else ""
    return CheckResult(check, "crashed", f"could not be checked: {name} at {place}{detail}", None)


@dataclass(frozen=True)
class Answer:
    """What Great Expectations said of one expectation. `positions` are row numbers of what it was shown."""

    is_success: bool
    observed: str
    unexpected_count: int
    positions: tuple[int, ...]
    exception: str | None = None


class Expectations:
    """One in-memory context of Great Expectations: nothing is written, sent, logged or drawn.

    Creating one imports the library, which takes seconds.
    """

    def __init__(self) -> None:
        import great_expectations as gx
        from great_expectations.data_context.types.base import (
            DataContextConfig,
            InMemoryStoreBackendDefaults,
            ProgressBarsConfig,
        )
        from great_expectations.expectations.registry import get_expectation_impl

        config = DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
        )
        context = gx.get_context(project_config=config, mode="ephemeral")
        self._make_suite = gx.ExpectationSuite
        self._implementation = get_expectation_impl
        source = context.data_sources.add_pandas("audit")
        self._rows = source.add_dataframe_asset("table").add_batch_definition_whole_dataframe("rows")

    def answer(self, rows: pl.DataFrame, checks: Sequence[Check], *, is_detailed: bool = True) -> dict[str, Answer]:
        """Answers by check_id, without detail only the verdicts; raises what building the batch raises.

        Every check must carry an expectation.
        """
        expectations = [
            self._implementation(check.expectation.name)(
                **check.expectation.arguments, meta={"check_id": check.check_id}
            )
            for check in checks
            if check.expectation is not None
        ]
        batch = self._rows.get_batch({"dataframe": rows.to_pandas()})
        suite = self._make_suite(name="suite", expectations=expectations)
        detail = {"result_format": "SUMMARY", "partial_unexpected_count": SAMPLE_SIZE}
        validation = batch.validate(suite, result_format=detail if is_detailed else "BOOLEAN_ONLY")
        # The order of the results is not that of the expectations.
        return {r.expectation_config.meta["check_id"]: _answer(r) for r in validation.results}


def _answer(result: Any) -> Answer:
    exception = _exception(result.exception_info)
    if exception is not None:
        return Answer(False, "", 0, (), exception)
    details: Mapping[str, Any] = result.result
    if not details:
        return Answer(bool(result.success), "", 0, ())
    positions = tuple(int(position) for position in details.get("partial_unexpected_index_list") or ())
    unexpected = int(details.get("unexpected_count") or 0)
    if result.expectation_config.type == "expect_table_row_count_to_be_between":
        observed = f"{details['observed_value']:,} rows"
    elif result.expectation_config.type == "expect_table_columns_to_match_ordered_list":
        observed = _column_difference(result.expectation_config.kwargs["column_list"], details["observed_value"])
    else:
        observed = f"{unexpected:,} of {details['element_count']:,} rows"
    count = 0 if result.success else max(unexpected, 1)
    return Answer(bool(result.success), observed, count, positions[:SAMPLE_SIZE])


def _exception(info: Mapping[str, Any]) -> str | None:
    """The first exception's type; Great Expectations reports them flat, or by metric. Messages may quote values."""
    for part in (info, *(value for value in info.values() if isinstance(value, Mapping))):
        if part.get("raised_exception"):
            text = str(part.get("exception_traceback") or "").strip().splitlines()
            return (text[-1].split(":")[0] if text else "an exception") + " inside Great Expectations"
    return None


def _column_difference(declared: Sequence[str], found: Sequence[str]) -> str:
    missing = [name for name in declared if name not in found]
    unknown = [name for name in found if name not in declared]
    if not missing and not unknown:
        same = list(declared) == list(found)
        return "as declared" if same else f"{len(found)} columns in another order"
    return f"missing: {', '.join(missing) or 'none'}; not declared: {', '.join(unknown) or 'none'}"
