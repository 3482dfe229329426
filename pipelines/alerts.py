"""Alerts: what they are, when one is due, and what they say. Sending is `alert_channels`, remembering `alert_memory`.

An alert holds counts, names that listening.yaml declares, and the pipeline's own words. Words from mentions come in
only where `alerts.include_sentence` says so, made harmless for chat tools and mail programs.
"""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.alert_words import words
from pipelines.failures import RunFailure
from warehouse.configuration import Configuration
from warehouse.operations import Happening

PAYLOAD_VERSION = 1
SEVERITIES = ("low", "medium", "high", "crisis")
# The same failure, morning after morning, is told again once a day.
REMIND_AFTER = timedelta(hours=23)
SENTENCE_CHARACTERS = 300


@dataclass(frozen=True)
class Alert:
    """One thing to tell. `key` is its identity, `level` grows when it has to be told again."""

    kind: str
    key: str
    level: str
    title: str
    text: str
    facts: dict[str, Any] = field(default_factory=dict)
    link: str | None = None

    @property
    def alert_id(self) -> str:
        """The same alert has the same id, however often it is delivered."""
        return hashlib.sha256(f"{self.kind}\0{self.key}\0{self.level}".encode()).hexdigest()[:24]


def payload(alert: Alert, configuration: Configuration, now: datetime) -> dict[str, Any]:
    """The documented body of a webhook call."""
    return {
        "version": PAYLOAD_VERSION,
        "kind": alert.kind,
        "alert_id": alert.alert_id,
        "workspace": configuration.workspace.name,
        "sent_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "title": alert.title,
        "text": alert.text,
        "link": alert.link,
        "facts": alert.facts,
    }


def failure_alert(failure: RunFailure, configuration: Configuration, run_id: str | None) -> Alert:
    """A run that failed, or a release that was refused; the same failure has the same key."""
    say = words(configuration.alerts.language)
    told = "\n".join([failure.told, *(f"- {check['check_id']}: {check['advice']}" for check in failure.refused_by)])
    what = [failure.step, failure.told, sorted(check["check_id"] for check in failure.refused_by)]
    return Alert(
        kind=failure.kind,
        key=hashlib.sha256(repr(what).encode()).hexdigest()[:16],
        level="failed",
        title=say[failure.kind].format(workspace=configuration.workspace.name, step=failure.step),
        text=told,
        facts={"run_id": run_id, "step": failure.step, "refused_by": list(failure.refused_by)},
        link=configuration.alerts.dashboard_url,
    )


def recovery_alert(configuration: Configuration, failure_key: str, release_id: str | None) -> Alert:
    """A run that ended well after one whose failure was told."""
    say = words(configuration.alerts.language)
    return Alert(
        kind="run_recovered",
        key=failure_key,
        level="recovered",
        title=say["run_recovered"].format(workspace=configuration.workspace.name),
        text=say["recovered_text"].format(release=release_id or "-"),
        facts={"release_id": release_id},
        link=configuration.alerts.dashboard_url,
    )


def spike_alerts(
    spikes: Sequence[dict[str, Any]], known: dict[str, str], configuration: Configuration, now: datetime
) -> list[Alert]:
    """Spikes that have to be told: severe enough, not told at this severity yet, and nobody looks after them.

    `spikes` are rows of mart.spike with `sentence_en_text` and `sentence_fr_text`, `known` the severity each spike was
    told with. A spike that is acknowledged or snoozed is left alone, and a closed one unless it ended within
    `alerts.ended_within_hours`.
    """
    declared = configuration.alerts
    least = SEVERITIES.index(declared.spike_severity)
    due = []
    for spike in spikes:
        rank = SEVERITIES.index(spike["severity_code"])
        told = known.get(spike["spike_id"])
        if rank < least or (told is not None and rank <= SEVERITIES.index(told)):
            continue
        if _is_live(spike, declared.ended_within_hours, now):
            due.append(_spike_alert(spike, told, configuration))
    return due


def _is_live(spike: dict[str, Any], ended_within_hours: float, now: datetime) -> bool:
    if spike["spike_state_code"] == "open":
        return True
    ended = spike["ended_at"]
    if spike["spike_state_code"] != "closed" or ended is None:
        return False
    return bool(now - ended <= timedelta(hours=ended_within_hours))


def _spike_alert(spike: dict[str, Any], told: str | None, configuration: Configuration) -> Alert:
    declared = configuration.alerts
    say = words(declared.language)
    brand = next((b.name for b in configuration.brands if b.id == spike["brand_id"]), spike["brand_id"])
    place = say["everywhere"] if spike["platform_code"] == "all" else spike["platform_code"]
    severity = say[spike["severity_code"]]
    title = say["spike" if told is None else "spike_escalated"].format(brand=brand, place=place, severity=severity)
    zone = ZoneInfo(configuration.workspace.reporting_zone)
    numbers = {
        "observed": spike["observed_count"],
        "since": f"{spike['started_at'].astimezone(zone):%Y-%m-%d %H:%M}",
        "expected": _rounded(spike["expected_count"]),
        "ratio": _rounded(spike["spike_ratio"]),
    }
    text = say["spike_text" if spike["spike_ratio"] is not None else "spike_text_new"].format(**numbers)
    facts: dict[str, Any] = {name: _plain(spike[name]) for name in SPIKE_FACTS}
    facts |= {"brand_name": brand, "previous_severity_code": told}
    if declared.include_sentence:
        facts["sentence"] = harmless(spike.get(f"sentence_{declared.language}_text") or "")
        text = f"{text}\n{facts['sentence']}".strip()
    return Alert("spike", spike["spike_id"], spike["severity_code"], title, text, facts, declared.dashboard_url)


SPIKE_FACTS = (
    *("spike_id", "brand_id", "platform_code", "severity_code", "started_at", "peak_at", "ended_at"),
    *("observed_count", "expected_count", "excess_count", "spike_ratio", "negative_ratio"),
)


def sample_alert(configuration: Configuration) -> Alert:
    """What `listening alerts test` sends."""
    say = words(configuration.alerts.language)
    name = configuration.workspace.name
    return Alert("test", "test", "test", say["test"].format(workspace=name), say["test_text"])


def harmless(text: str) -> str:
    """Strangers' words for a chat tool or a mail: one line, no control characters, no name to call, no link or tag."""
    plain = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    plain = " ".join(plain.split())[:SENTENCE_CHARACTERS]
    for old, new in (("<", "‹"), (">", "›"), ("@", "@\u200b"), ("://", "[:]//")):
        plain = plain.replace(old, new)
    return plain


def is_told(configuration: Configuration, kind: Happening) -> bool:
    """Whether listening.yaml wants this kind, and names anywhere to send it."""
    declared = configuration.alerts
    return kind in declared.tell and (declared.webhook is not None or declared.email is not None)


def _rounded(number: float | None) -> str:
    return "?" if number is None else f"{number:.0f}" if number >= 10 else f"{number:.1f}"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return round(value, 4) if isinstance(value, float) else value
