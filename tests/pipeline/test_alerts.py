"""Alerts as their receivers get them: when, how often, with what in them, and never at the cost of a run."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipelines import alert_channels
from pipelines.alerting import after_failure, after_success
from pipelines.alerts import harmless, spike_alerts
from pipelines.cli.main import app
from tests.pipeline.alert_servers import WebReceiver, web_receiver
from tests.pipeline.alert_workspace import FAILURE, NOW, REFUSAL, SPIKE, bodies, declare, quiet, with_spikes
from warehouse.configuration import ConfigurationError, load_configuration
from warehouse.workspace import Workspace


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_channels, "WAITS_SECONDS", (0.0, 0.0))


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebReceiver]:
    with web_receiver() as found:
        monkeypatch.setenv("LISTENING_WEBHOOK_URL", found.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
        yield found


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_a_webhook_gets_the_documented_payload(
    workspace: Workspace, web: WebReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(workspace, dashboard_url="https://listening.example.com/")
    with_spikes(monkeypatch, SPIKE)
    after_success(workspace, quiet)
    [body] = bodies(web)
    assert set(body) == {*("version", "kind", "alert_id", "workspace", "sent_at", "title", "text", "link", "facts")}
    assert (body["version"], body["kind"], body["workspace"]) == (1, "spike", "Café")
    assert body["title"] == "Spike: Norvique, all platforms (high)"
    assert body["text"] == "412 mentions since 2026-03-02 04:00, where about 40 are usual: 10 times as many."
    assert body["facts"] == {
        "spike_id": "s1",
        "brand_id": "norvique",
        "brand_name": "Norvique",
        "platform_code": "all",
        "severity_code": "high",
        "previous_severity_code": None,
        "started_at": "2026-03-02T03:00:00+00:00",
        "peak_at": "2026-03-02T05:00:00+00:00",
        "ended_at": None,
        "observed_count": 412,
        "expected_count": 40.2,
        "excess_count": 371.8,
        "spike_ratio": 10.25,
        "negative_ratio": 0.5,
    }


def test_a_receiver_can_check_who_called(
    workspace: Workspace, web: WebReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_SECRET", "s3cret")
    declare(workspace, webhook={"allow_http": True, "secret_env": "HOOK_SECRET"})
    after_failure(workspace, FAILURE, "run-1", quiet)
    [(headers, body)] = web.calls
    signed = headers["X-Listening-Timestamp"].encode() + b"." + body
    assert headers["X-Listening-Signature"] == "v1=" + hmac.new(b"s3cret", signed, hashlib.sha256).hexdigest()
    assert headers["X-Listening-Alert"] == json.loads(body)["alert_id"]


def test_a_spike_is_told_once_and_again_when_it_grows(
    workspace: Workspace, web: WebReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(workspace)
    for severity in ("high", "high", "crisis", "high", "crisis"):
        with_spikes(monkeypatch, {**SPIKE, "severity_code": severity})
        after_success(workspace, quiet)
    assert [body["title"] for body in bodies(web)] == [
        "Spike: Norvique, all platforms (high)",
        "Spike grown: Norvique, all platforms (now crisis)",
    ]
    assert bodies(web)[1]["facts"]["previous_severity_code"] == "high"
    assert bodies(web)[0]["alert_id"] != bodies(web)[1]["alert_id"]


@pytest.mark.parametrize(
    ("change", "is_told"),
    [
        ({}, True),
        ({"severity_code": "medium"}, False),
        ({"spike_state_code": "acknowledged"}, False),
        ({"spike_state_code": "snoozed"}, False),
        ({"spike_state_code": "closed", "ended_at": NOW - timedelta(hours=2)}, False),
    ],
)
def test_only_severe_spikes_nobody_looks_after_are_told(
    workspace: Workspace, change: dict[str, Any], is_told: bool
) -> None:
    configuration = declare(workspace)
    assert bool(spike_alerts([{**SPIKE, **change}], {}, configuration, NOW)) is is_told


@pytest.mark.parametrize(("hours", "is_told"), [(1, True), (30, False)])
def test_where_files_come_a_day_late_spikes_that_just_ended_can_be_told(
    workspace: Workspace, hours: int, is_told: bool
) -> None:
    configuration = declare(workspace, ended_within_hours=24)
    ended = {**SPIKE, "spike_state_code": "closed", "ended_at": NOW - timedelta(hours=hours)}
    assert bool(spike_alerts([ended], {}, configuration, NOW)) is is_told


def test_words_of_strangers_stay_out_unless_asked_for_and_are_harmless_then(workspace: Workspace) -> None:
    [bare] = spike_alerts([SPIKE], {}, declare(workspace), NOW)
    assert "leak" not in repr(bare)
    [told] = spike_alerts([SPIKE], {}, declare(workspace, include_sentence=True), NOW)
    assert told.facts["sentence"] == "People say ‹b›@\u200beveryone‹/b› leak; see https[:]//evil.example/x"
    [french] = spike_alerts([SPIKE], {}, declare(workspace, include_sentence=True, language="fr"), NOW)
    assert french.title == "Pic : Norvique, toutes plateformes (fort)" and "« fuite »" in french.text


def test_harmless_words_are_one_short_line() -> None:
    text = harmless("a\nb\x00\u202ec\u2028" + "x" * 1000)
    assert text.startswith("a b c x") and len(text) == 300


def test_a_failure_is_told_once_a_day_and_its_end_once(
    workspace: Workspace, web: WebReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(workspace)
    for _ in range(3):
        after_failure(workspace, FAILURE, "run-1", quiet)
    after_failure(workspace, REFUSAL, "run-2", quiet)
    monkeypatch.setattr("pipelines.alerts.REMIND_AFTER", timedelta(0))
    monkeypatch.setattr("pipelines.alerting.REMIND_AFTER", timedelta(0))
    after_failure(workspace, REFUSAL, "run-3", quiet)
    for _ in range(2):
        after_success(workspace, quiet)
    kinds = [body["kind"] for body in bodies(web)]
    assert kinds == ["run_failed", "gate_refused", "gate_refused", "run_recovered"]
    assert "mart.a.b: Rebuild a." in bodies(web)[1]["text"]


def test_what_a_fault_quotes_from_the_data_stays_on_the_machine(workspace: Workspace, web: WebReceiver) -> None:
    declare(workspace)
    after_failure(workspace, FAILURE, "run-1", quiet)
    assert b"Zo" not in web.calls[0][1]


def test_kinds_that_are_not_asked_for_are_not_told(workspace: Workspace, web: WebReceiver) -> None:
    declare(workspace, tell=["spike"])
    assert after_failure(workspace, FAILURE, "run-1", quiet) == []
    assert web.calls == []


def test_an_alert_nobody_took_is_told_after_the_next_run(
    workspace: Workspace, web: WebReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(workspace)
    with_spikes(monkeypatch, SPIKE)
    web.answers = [400]
    assert after_success(workspace, quiet) == []
    assert [alert.key for alert in after_success(workspace, quiet)] == ["s1"]


@pytest.mark.parametrize(
    ("email", "told"),
    [
        ({"security": "none"}, "allow_plain"),
        ({"security": "none", "allow_plain": True, "username_env": "U", "password_env": "P"}, "password is not sent"),
        ({"username_env": "U"}, "both"),
        ({"to": ["not an address"]}, "String should match pattern"),
    ],
)
def test_unsafe_mail_settings_are_refused_in_listening_yaml(
    workspace: Workspace, email: dict[str, Any], told: str
) -> None:
    with pytest.raises(ConfigurationError, match=told):
        declare(workspace, email={"host": "mail", "sender": "a@example.com", "to": ["b@example.com"], **email})


def test_alerts_change_no_release(workspace: Workspace) -> None:
    first = declare(workspace).configuration_id
    assert declare(workspace, spike_severity="low", include_sentence=True).configuration_id == first


def test_the_command_sends_a_sample(workspace: Workspace, web: WebReceiver) -> None:
    declare(workspace)
    result = CliRunner().invoke(app, ["alerts", "test", "-w", str(workspace.root)])
    assert (result.exit_code, result.stdout) == (0, "A test alert went out by webhook.\n")
    assert [body["kind"] for body in bodies(web)] == ["test"]
    web.answers = [410]
    result = CliRunner().invoke(app, ["alerts", "test", "-w", str(workspace.root), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["problems"] == ["alert not delivered by webhook: it answered 410"]


def test_a_workspace_without_a_channel_is_told_so_by_the_command_and_silent_otherwise(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(workspace, webhook=None)
    result = CliRunner().invoke(app, ["alerts", "test", "-w", str(workspace.root)])
    assert result.exit_code == 2 and "no channel" in result.stderr
    with_spikes(monkeypatch, SPIKE)
    assert after_success(workspace, pytest.fail) == []
    assert after_failure(workspace, FAILURE, "run-1", pytest.fail) == []


def test_a_broken_memory_or_release_never_fails_a_run(workspace: Workspace, web: WebReceiver) -> None:
    declare(workspace)
    workspace.make_folders()
    (workspace.private / "alerts.json").write_text("{")
    workspace.link.write_bytes(b"no database")
    after_success(workspace, quiet)
    assert after_failure(workspace, FAILURE, "run-1", quiet) == ["webhook"]


def test_the_commented_example_is_valid() -> None:
    from importlib.resources import files

    assert load_configuration(Path(str(files("pipelines.cli").joinpath("listening.yaml")))).alerts.webhook is None
