"""The report for people: one screen, nothing hidden, nothing that runs, only the newest kept."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from quality.checks import AuditReport, Check, CheckResult, Severity, Status
from quality.report import html_report, prune_reports, text_report, write_report

AT = datetime(2024, 4, 3, 6, tzinfo=UTC)


def result(name: str, status: Status, severity: Severity = "error", **rest: object) -> CheckResult:
    check = Check(f"mart.t.{name}", "mart.t", severity, f"{name} holds.", f"Mend {name}.")
    return CheckResult(check, status, **{"observed": "3 of 4 rows", "unexpected_count": 3, **rest})  # type: ignore[arg-type]


def test_the_text_says_the_verdict_then_the_worst_with_what_to_do() -> None:
    report = AuditReport(
        (
            result("late", "failed", "warning"),
            result("sum", "failed", sample=({"mention_date": "2024-03-22", "brand_id": "acme"},)),
            result("lost", "crashed", observed="could not be checked: OSError"),
            result("fine", "passed"),
        ),
        AT,
    )
    assert text_report(report).splitlines() == [
        "The release is held back; readers keep the last release.",
        "4 checks: 1 passed, 1 failed, 1 crashed, 1 warning.",
        "CRASHED  mart.t.lost: could not be checked: OSError",
        "         Mend lost.",
        "FAILED   mart.t.sum: 3 of 4 rows",
        "         for example mention_date=2024-03-22, brand_id=acme",
        "         Mend sum.",
        "WARNED   mart.t.late: 3 of 4 rows",
        "         Mend late.",
    ]


def test_the_text_fits_a_screen_and_counts_what_it_leaves_out() -> None:
    report = AuditReport(tuple(result(f"r{number}", "failed") for number in range(50)), AT)
    lines = text_report(report, max_lines=24).splitlines()
    assert len(lines) <= 24
    shown = sum(line.startswith("FAILED") for line in lines)
    assert lines[-1].startswith(f"... and {50 - shown} more")


def test_tables_in_order_are_named_when_all_is_well() -> None:
    report = AuditReport((result("a", "passed"), result("b", "passed")), AT)
    assert text_report(report).splitlines()[-1] == "In order: mart.t (2)"


def test_control_and_direction_characters_reach_no_terminal() -> None:
    hostile = result("x", "failed", observed="a\x1b[31mb\u202ec\nd", sample=({"brand_id": "\x07\u2066e"},))
    text = text_report(AuditReport((hostile,), AT))
    assert "a?[31mb?c?d" in text and "brand_id=??e" in text


class Tags(HTMLParser):
    """Collects tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_the_page_runs_nothing_and_loads_nothing() -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>'\""
    report = AuditReport((result("x", "failed", observed=hostile, sample=({"brand_id": hostile},)),), AT)
    page, tags = html_report(report), Tags()
    tags.feed(page)
    assert tags.tags.isdisjoint({"script", "img", "link", "iframe", "a"})
    assert tags.attributes <= {"lang", "charset", "http-equiv", "content", "class"}
    assert "default-src 'none'" in page and "&lt;script&gt;" in page


def test_every_result_stands_in_the_page() -> None:
    report = AuditReport((result("a", "passed"), result("b", "failed"), result("c", "crashed")), AT)
    page = html_report(report)
    assert all(f"mart.t.{name}" in page for name in "abc")
    assert page.index("mart.t.c") < page.index("mart.t.b") < page.index("mart.t.a")


def test_only_the_newest_reports_are_kept_page_and_text_together(tmp_path: Path) -> None:
    report = AuditReport((result("a", "passed"),), AT)
    for day in range(1, 6):
        page = write_report(report, tmp_path / "gate", f"2024040{day}T060000-aa", keep=3)
    assert page.read_text(encoding="utf-8") == html_report(report)
    kept = sorted(path.name for path in (tmp_path / "gate").iterdir())
    assert kept == [f"2024040{day}T060000-aa.{kind}" for day in (3, 4, 5) for kind in ("html", "txt")]
    assert prune_reports(tmp_path / "gate", keep=1) == ["20240403T060000-aa", "20240404T060000-aa"]


def test_a_report_is_not_written_outside_its_folder(tmp_path: Path) -> None:
    report = AuditReport((result("a", "passed"),), AT)
    for name in ("../escape", "", "a/b", ".hidden"):
        with pytest.raises(ValueError, match="cannot name a report"):
            write_report(report, tmp_path, name)
    with pytest.raises(ValueError, match="at least one"):
        prune_reports(tmp_path, keep=0)
