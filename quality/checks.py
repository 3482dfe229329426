"""What a check, its result and an audit's report are. Plain frozen values: no evaluation, no rendering of pages."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

import polars as pl

from warehouse.tables.mart import CHECK_RESULT

Severity: TypeAlias = Literal["error", "warning"]
Status: TypeAlias = Literal["passed", "failed", "crashed"]
Scalar: TypeAlias = str | int | float | bool | None

SAMPLE_SIZE = 5


@dataclass(frozen=True)
class Expectation:
    """A Great Expectations expectation by its name, with its arguments, and what it is to see.

    `values` are those of one column, each judged by itself; `rows` the table's rows, judged together; `header` the
    table without rows; `types` one row per declared column: column_name, declared_type, found_type.
    """

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    sees: Literal["values", "rows", "header", "types"] = "values"


@dataclass(frozen=True)
class Check:
    """One question about one table. An error stops the release, a warning goes with it.

    `table` is the contract's name, `columns` what the check reads of that table. `expectation` is None for a business
    rule, which is a function over frames and lives in the rule registry.
    """

    check_id: str
    table: str
    severity: Severity
    description: str
    what_to_do: str
    columns: tuple[str, ...] = ()
    expectation: Expectation | None = None


@dataclass(frozen=True)
class CheckResult:
    """What a check found: `failed` means the data are wrong, `crashed` means that nothing is known about them.

    `unexpected_count` counts violating rows (or groups of rows), null when the check crashed. `sample` holds the key
    columns of at most `SAMPLE_SIZE` of them: never texts, never personal data.
    """

    check: Check
    status: Status
    observed: str
    unexpected_count: int | None = 0
    sample: tuple[dict[str, Scalar], ...] = ()

    @property
    def stops_release(self) -> bool:
        """A failed error, or anything crashed: what could not be checked cannot be published."""
        return self.status == "crashed" or (self.status == "failed" and self.check.severity == "error")

    @property
    def is_warning(self) -> bool:
        """Failed, but not a reason to keep the release back."""
        return self.status == "failed" and self.check.severity == "warning"

    def as_dict(self) -> dict[str, Any]:
        """The result as JSON-serialisable values."""
        return asdict(self)


@dataclass(frozen=True)
class AuditReport:
    """All results of one audit, in the order the checks ran."""

    results: tuple[CheckResult, ...]
    started_at: datetime

    @property
    def may_publish(self) -> bool:
        """True when checks ran, none of them crashed and no error failed. An audit without checks proves nothing."""
        return bool(self.results) and not any(result.stops_release for result in self.results)

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """Errors that failed."""
        return tuple(r for r in self.results if r.status == "failed" and r.check.severity == "error")

    @property
    def crashed(self) -> tuple[CheckResult, ...]:
        """Checks that could not be evaluated, of either severity."""
        return tuple(r for r in self.results if r.status == "crashed")

    @property
    def warned(self) -> tuple[CheckResult, ...]:
        """Warnings that failed."""
        return tuple(r for r in self.results if r.is_warning)

    def as_rows(self) -> pl.DataFrame:
        """One row per check, as `mart.check_result` declares it: tables are named as in the release."""
        return pl.DataFrame(
            [
                {
                    "check_id": r.check.check_id,
                    "checked_table_name": r.check.table.split(".")[-1],
                    "check_severity_code": r.check.severity,
                    "check_status_code": r.status,
                    "check_text": r.check.description,
                    "observed_text": r.observed,
                    "unexpected_count": r.unexpected_count,
                    "advice_text": r.check.what_to_do,
                }
                for r in self.results
            ],
            schema=CHECK_RESULT.schema,
        )

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-serialisable values."""
        return {
            "started_at": self.started_at.isoformat(),
            "may_publish": self.may_publish,
            "results": [result.as_dict() for result in self.results],
        }

    def summary_lines(self) -> list[str]:
        """The verdict, then one line for every check that did not pass: the worst first."""
        verdict = "may be published" if self.may_publish else "is held back; readers keep the last release"
        lines = [
            f"The release {verdict}.",
            tally(len(self.results), len(self.failed), len(self.crashed), len(self.warned)),
        ]
        for word, results in (("CRASHED", self.crashed), ("FAILED", self.failed), ("warned", self.warned)):
            lines += [f"{word} {r.check.check_id}: {r.observed}" for r in results]
        return lines


def tally(total: int, failed: int, crashed: int, warned: int) -> str:
    """What so many checks found, in one line that every command tells alike: 964 checks: 961 passed, 3 warnings."""
    counts = {
        "passed": total - failed - crashed - warned,
        "failed": failed,
        "crashed": crashed,
        "warning" if warned == 1 else "warnings": warned,
    }
    told = (f"{count:,} {word}" for word, count in counts.items() if count or word == "passed")
    return f"{total:,} {'check' if total == 1 else 'checks'}: {', '.join(told)}."
