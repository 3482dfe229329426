"""A workspace with alerts, a spike and two failures: what the tests of alerts share."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from pipelines.failures import RunFailure
from tests.pipeline.alert_servers import WebReceiver
from warehouse.configuration import Configuration
from warehouse.workspace import Workspace

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
FAILURE = RunFailure("run_failed", "merge_posts", "KeyError: 'Zoë said so'", "unforeseen KeyError; see the log")
REFUSAL = RunFailure(
    "gate_refused",
    "release",
    "…",
    "The gate refused this release.",
    ({"check_id": "mart.a.b", "advice": "Rebuild a."},),
)
SPIKE = {
    "spike_id": "s1",
    "brand_id": "norvique",
    "platform_code": "all",
    "started_at": NOW - timedelta(hours=5),
    "peak_at": NOW - timedelta(hours=3),
    "ended_at": None,
    "observed_count": 412,
    "expected_count": 40.2,
    "excess_count": 371.8,
    "spike_ratio": 10.25,
    "negative_ratio": 0.5,
    "severity_code": "high",
    "spike_state_code": "open",
    "sentence_en_text": "People say <b>@everyone</b> leak; see https://evil.example/x",
    "sentence_fr_text": "Les gens disent « fuite ».",
}


def declare(workspace: Workspace, **alerts: Any) -> Configuration:
    """A listening.yaml with these alerts; by webhook over http unless they say otherwise."""
    alerts = {"webhook": {"allow_http": True}, **alerts}
    brand = {"id": "norvique", "name": "Norvique", "role": "own", "aliases": ["Norvique"]}
    zone = {"name": "Café", "reporting_zone": "Europe/Paris"}
    declared = {"workspace": zone, "brands": [brand], "alerts": alerts}
    workspace.configuration_file.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    return workspace.configuration()


def with_spikes(monkeypatch: pytest.MonkeyPatch, *spikes: dict[str, Any]) -> None:
    """A release with these spikes."""
    monkeypatch.setattr("pipelines.alerting.current_release_id", lambda _: "20260302T080000-0")
    monkeypatch.setattr("pipelines.alerting.released_spikes", lambda _: list(spikes))


def bodies(web: WebReceiver) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body in web.calls]


def quiet(_: str) -> None:
    pass
