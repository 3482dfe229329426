"""The audit for people: one screen of plain text, one self-contained page, and how many pages are kept.

Great Expectations' own Data Docs are not used: their pages load styles and scripts from six foreign hosts, so they
stay unstyled offline and call out wherever they are opened.
"""

import html
import os
import re
import sys
from collections import Counter
from pathlib import Path

from quality.checks import AuditReport, CheckResult

SCREEN_LINES = 40
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --bad: #b3261e; --warn: #9a6700; --good: #1a7f37 }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: 1px solid var(--line); padding: .35rem .5rem; text-align: left; vertical-align: top }
code { font-size: .9em; overflow-wrap: anywhere }
.failed, .crashed { color: var(--bad); font-weight: 600 } .warned { color: var(--warn); font-weight: 600 }
.passed { color: var(--good) }
"""


def text_report(report: AuditReport, *, max_lines: int = SCREEN_LINES) -> str:
    """The report on one screen: verdict, what went wrong and what to do, then the tables that are in order.

    At most `max_lines` lines; what does not fit is counted, never dropped silently.
    """
    lines = report.summary_lines()[:2]
    wrong = [*report.crashed, *report.failed, *report.warned]
    blocks = [_block(result) for result in wrong]
    closing = _tables_in_order(report)
    shown = 0
    room = max_lines - len(lines) - len(closing) - 1
    for block in blocks:
        if room < len(block):
            break
        lines += block
        room -= len(block)
        shown += 1
    if shown < len(blocks):
        lines.append(f"... and {len(blocks) - shown} more: see the audit page or `check_result`.")
    return "\n".join([*lines, *closing])


def _block(result: CheckResult) -> list[str]:
    lines = [f"{_word(result).upper():8} {printable(result.check.check_id)}: {printable(result.observed)}"]
    if result.sample:
        first = ", ".join(f"{name}={printable(str(value))}" for name, value in result.sample[0].items())
        lines.append(f"         for example {first}")
    lines.append(f"         {result.check.what_to_do}")
    return lines


def _tables_in_order(report: AuditReport) -> list[str]:
    wrong = {result.check.table for result in report.results if result.status != "passed"}
    counts = Counter(result.check.table for result in report.results if result.check.table not in wrong)
    if not counts:
        return []
    return [f"In order: {', '.join(f'{table} ({count})' for table, count in counts.items())}"]


def _word(result: CheckResult) -> str:
    return "warned" if result.is_warning else result.status


def printable(text: str) -> str:
    """The text on one line without control, bidirectional or invisible characters: it may come from a broken table."""
    return _UNPRINTABLE.sub("?", text)


def html_report(report: AuditReport) -> str:
    """A page that needs nothing but itself: no script, no link, every value escaped."""
    rows = "\n".join(_html_row(result) for result in sorted(report.results, key=_rank))
    summary = "".join(f"<p>{_escaped(line)}</p>" for line in report.summary_lines()[:2])
    started = report.started_at.isoformat(timespec="seconds")
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Audit of {_escaped(started)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>Audit of {_escaped(started)}</h1>{summary}"
        "<table><thead><tr><th>Result</th><th>Check</th><th>Found</th><th>What to do</th></tr></thead>"
        f"<tbody>\n{rows}\n</tbody></table></body></html>\n"
    )


def _rank(result: CheckResult) -> tuple[int, str]:
    order = {"crashed": 0, "failed": 1, "warned": 2, "passed": 3}
    return order[_word(result)], result.check.check_id


def _html_row(result: CheckResult) -> str:
    word = _word(result)
    sample = "".join(
        f"<br><code>{_escaped(', '.join(f'{name}={value}' for name, value in keys.items()))}</code>"
        for keys in result.sample
    )
    advice = "" if word == "passed" else _escaped(result.check.what_to_do)
    return (
        f"<tr><td class='{word}'>{word}</td>"
        f"<td><code>{_escaped(result.check.check_id)}</code><br>{_escaped(result.check.description)}</td>"
        f"<td>{_escaped(result.observed)}{sample}</td><td>{advice}</td></tr>"
    )


def _escaped(text: str) -> str:
    return html.escape(printable(text), quote=True)


def write_report(report: AuditReport, folder: Path, name: str, *, keep: int = 30) -> Path:
    """Write `<name>.html` and the same as `<name>.txt` in full, each whole or not at all, then prune; returns the page.

    Names sort by age, as release ids do. Raises ValueError for a name that is a path, OSError when the folder cannot
    be written.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot name a report: letters, digits, dot, dash and underscore only")
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / f"{name}.txt", text_report(report, max_lines=sys.maxsize) + "\n")
    page = folder / f"{name}.html"
    _write(page, html_report(report))
    prune_reports(folder, keep=keep)
    return page


def _write(target: Path, text: str) -> None:
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def prune_reports(folder: Path, *, keep: int) -> list[str]:
    """Remove all but the `keep` last reports by name, page and text together; returns the names removed.

    Raises ValueError when nothing would be kept.
    """
    if keep < 1:
        raise ValueError(f"keep at least one report, not {keep}")
    gone = [page.stem for page in sorted(folder.glob("*.html"))[:-keep]]
    for name in gone:
        for suffix in (".html", ".txt"):
            (folder / f"{name}{suffix}").unlink(missing_ok=True)
    return gone
