"""The audit as a whole: failed is not crashed, one fault stops no other check, and nothing but keys leaves it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from quality import runner
from quality.checks import AuditReport, Check, CheckResult
from quality.context import AuditContext, QualityThresholds
from quality.rule import Finding, rule
from quality.rules import RULES
from quality.runner import audit, run_rule
from tests.unit.quality_corruptions import at, put
from tests.unit.quality_tables import AS_OF, CONTEXT, CONTRACTS, DAYS, Tables, healthy, reader
from warehouse.tables import TableContract, mart
from warehouse.thresholds import QualitySection

ROOT = Path(__file__).parents[2]
NOTICE = mart.SPIKE
HOURLY = (mart.SHARE_OF_VOICE_DAILY, mart.MENTION_VOLUME_HOURLY, mart.TREND_SIGNAL_HOURLY, mart.SPIKE)
WITH_TEXT = (mart.MENTION, mart.COMPETITOR_POST, mart.TOP_MENTION_DAILY)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return healthy()


@pytest.fixture(scope="module")
def report(tables: Tables) -> AuditReport:
    return audit(reader(tables), CONTRACTS, CONTEXT)


def statuses(report: AuditReport, status: str) -> set[str]:
    return {r.check.check_id for r in report.results if r.status == status}


def test_a_healthy_release_may_be_published(report: AuditReport) -> None:
    assert [(r.check.check_id, r.observed) for r in report.results if r.status != "passed"] == []
    assert report.may_publish
    assert report.started_at == AS_OF


def test_every_check_has_a_name_of_its_own(report: AuditReport) -> None:
    names = [r.check.check_id for r in report.results]
    assert len(names) == len(set(names)) > 300


def test_the_report_is_rows_of_check_result_and_plain_json(report: AuditReport) -> None:
    rows = mart.CHECK_RESULT.conform(report.as_rows())
    assert rows.height == len(report.results)
    assert rows["checked_table_name"].unique().sort().to_list() == sorted(contract.table for contract in CONTRACTS)
    assert len(json.loads(json.dumps(report.as_dict()))["results"]) == rows.height


def test_a_table_that_cannot_be_read_crashes_its_checks_and_no_others(tables: Tables) -> None:
    read = reader(tables)

    def broken(contract: TableContract, columns: Sequence[str] | None) -> pl.DataFrame:
        if contract is NOTICE:
            raise OSError("the disk said: @ana_private wrote 'invented words'")
        return read(contract, columns)

    found = audit(broken, HOURLY, CONTEXT)
    assert statuses(found, "failed") == set()
    assert {name.split(".")[1] for name in statuses(found, "crashed")} == {"spike"}
    assert not found.may_publish
    observed = {r.observed for r in found.results if r.status == "crashed"}
    assert all("OSError" in text and "ana_private" not in text for text in observed)


def test_a_rule_that_raises_is_crashed_even_if_it_is_only_a_warning(tables: Tables) -> None:
    def find(_: object, __: AuditContext) -> Finding:
        raise ZeroDivisionError("invented words")

    broken = rule(NOTICE, "broken", "warning", "It holds.", "Mend it.", {NOTICE: ("spike_id",)}, find)
    result = run_rule(reader(tables), broken, CONTRACTS, CONTEXT)
    assert (result.status, result.unexpected_count) == ("crashed", None)
    assert "ZeroDivisionError at test_quality_runner.py" in result.observed
    assert not AuditReport((result,), AS_OF).may_publish


def test_an_audit_without_checks_proves_nothing() -> None:
    assert not AuditReport((), AS_OF).may_publish
    assert not audit(reader({}), (), CONTEXT).may_publish


def test_a_warning_goes_with_the_release_and_an_error_stops_it() -> None:
    check = Check("t.c", "t", "warning", "It holds.", "Mend it.")
    assert AuditReport((CheckResult(check, "failed", "3 of 4 rows", 3),), AS_OF).may_publish
    error = replace(check, severity="error")
    assert not AuditReport((CheckResult(error, "failed", "3 of 4 rows", 3),), AS_OF).may_publish


def test_an_empty_release_cannot_pass(tables: Tables) -> None:
    found = audit(reader({name: rows.clear() for name, rows in tables.items()}), CONTRACTS, CONTEXT)
    assert not found.may_publish
    floors = {f"{contract.name}.row_floor" for contract in CONTRACTS if contract.minimum_rows}
    assert floors <= statuses(found, "failed")
    assert statuses(found, "crashed") == set()


@pytest.mark.parametrize("contract", [c for c in CONTRACTS if c.minimum_rows], ids=lambda contract: contract.name)
def test_a_release_with_one_empty_table_cannot_pass(contract: TableContract, tables: Tables) -> None:
    emptied = reader({**tables, contract.name: contract.empty()})
    found = audit(emptied, [contract], CONTEXT)
    assert f"{contract.name}.row_floor" in statuses(found, "failed")
    assert not found.may_publish


def test_samples_hold_key_and_day_columns_only_and_are_short(tables: Tables) -> None:
    spoiled = put(tables, mart.MENTION, at(mention_date=DAYS[4]), sentiment_score=7.0)
    found = audit(reader(spoiled), WITH_TEXT, CONTEXT)
    samples = {r.check.check_id: r.sample for r in found.results if r.status == "failed"}
    assert set(samples) == {"mart.mention.sentiment_score.range", "mart.mention.label_meets_score"}
    for sample in samples.values():
        assert 1 <= len(sample) <= 5
        assert all(set(keys) == {"mention_id", "mention_date"} or set(keys) == {"mention_id"} for keys in sample)
        assert all(str(keys["mention_id"]).startswith("0326-") for keys in sample)


def test_no_text_and_no_whole_large_table_is_read_but_the_withheld_texts(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "SMALL_TABLE_ROWS", 50)
    assert tables[mart.MENTION.name].height > 50
    asked: list[tuple[str, tuple[str, ...] | None]] = []
    read = reader(tables)

    def watched(contract: TableContract, columns: Sequence[str] | None) -> pl.DataFrame:
        asked.append((contract.name, None if columns is None else tuple(columns)))
        return read(contract, columns)

    audit(watched, WITH_TEXT, CONTEXT)
    assert all(columns is not None for _, columns in asked)
    with_text = [columns for _, columns in asked if columns and {"mention_text", "post_text", "title"} & set(columns)]
    assert with_text == [("mention_id", "is_text_withheld", "mention_text")]
    assert max(len(columns) for name, columns in asked if name == "mart.mention" and columns) <= 7


def test_rules_run_only_where_their_tables_are_audited(tables: Tables) -> None:
    found = audit(reader(tables), [mart.EXPORT_FILE], CONTEXT)
    names = {r.check.check_id for r in found.results if r.check.expectation is None}
    assert names == {rule.check.check_id for rule in RULES if set(rule.needs) == {"mart.export_file"}}
    assert "mart.export_file.records_reconcile" in names


def test_what_vanished_is_not_judged_when_files_were_removed(tables: Tables) -> None:
    before = healthy({DAYS[3]: 2})
    files = before["mart.export_file"].vstack(before["mart.export_file"].head(1).with_columns(file_id=pl.lit("gone")))
    context = replace(CONTEXT, previous=reader({**before, "mart.export_file": files}))
    found = audit(reader(tables), [mart.MENTION, mart.EXPORT_FILE], context)
    result = next(r for r in found.results if r.check.check_id == "mart.mention.nothing_vanished")
    assert (result.status, result.observed) == ("passed", "not compared: 1 files of the earlier release were removed")


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        AuditContext(datetime(2024, 1, 1), ("acme",), "UTC")
    assert AuditContext(datetime(2024, 1, 1, tzinfo=UTC), ("acme",), "UTC").previous is None


@pytest.mark.parametrize(("name", "value"), [("unscored_warning_ratio", 1.5), ("lag_error_hours", float("nan"))])
def test_a_threshold_at_which_a_rule_could_not_speak_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        QualityThresholds(**{name: value})  # type: ignore[arg-type]


def test_an_old_release_is_told_in_days(tables: Tables) -> None:
    late = replace(CONTEXT, as_of=AS_OF + timedelta(days=30))
    found = audit(reader(tables), [mart.MENTION], late)
    fresh = next(r for r in found.results if r.check.check_id == "mart.mention.is_fresh")
    assert (fresh.status, fresh.observed) == ("failed", "newest mention 30 days old (limit 2 days)")
    assert found.may_publish


def test_an_audit_writes_nothing_says_nothing_and_calls_nobody(tmp_path: Path) -> None:
    """In a process of its own: home and working folder stay empty, both outputs too, and no socket is opened."""
    program = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise SystemExit('a socket was opened')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from tests.unit.quality_tables import *\n"
        "from quality.runner import audit\n"
        "assert 'great_expectations' not in sys.modules and 'pandas' not in sys.modules\n"
        "assert audit(reader(healthy()), CONTRACTS[:2], CONTEXT).may_publish\n"
    )
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    places = {"HOME": str(home), "TMPDIR": str(temporary), "XDG_CONFIG_HOME": str(home), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=temporary,
        env={**os.environ, **places},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [*home.rglob("*"), *temporary.rglob("*")] == []


def test_every_threshold_can_be_set_in_listening_yaml_and_is_the_gates_own_by_default() -> None:
    assert asdict(QualityThresholds()) == QualitySection().model_dump()


def test_a_workspace_that_gets_its_exports_weekly_is_not_called_stale(tables: Tables) -> None:
    a_week_later = replace(CONTEXT, as_of=AS_OF + timedelta(days=7))
    patient = replace(
        a_week_later, thresholds=QualityThresholds(**QualitySection(stale_warning_hours=240).model_dump())
    )
    fresh = next(rule for rule in RULES if rule.check.check_id == "mart.mention.is_fresh")
    assert run_rule(reader(tables), fresh, CONTRACTS, a_week_later).status == "failed"
    assert run_rule(reader(tables), fresh, CONTRACTS, patient).status == "passed"
