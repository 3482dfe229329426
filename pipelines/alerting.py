"""Telling people after a run: called by the command line, and by sensors for runs that Dagster starts.

Nothing here raises: an alert that cannot be sent is a warning, and a spike nobody was told of is told next time.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from pipelines.alert_channels import Warn, deliver
from pipelines.alert_memory import AlertMemory, remembered
from pipelines.alerts import (
    REMIND_AFTER,
    Alert,
    failure_alert,
    is_told,
    payload,
    recovery_alert,
    sample_alert,
    spike_alerts,
)
from pipelines.failures import RunFailure
from pipelines.settings import secret
from warehouse.configuration import Configuration, ConfigurationError
from warehouse.release import current_release_id, reading
from warehouse.tables import mart, pulse
from warehouse.workspace import Workspace


def after_failure(workspace: Workspace, failure: RunFailure, run_id: str | None, warn: Warn) -> list[str]:
    """Tell of a failed run, once a day for the same failure; the channels that took it."""
    try:
        configuration = workspace.configuration()
    except ConfigurationError:
        # Where to send it is written in the very file that cannot be read.
        warn("alert not delivered: listening.yaml has a mistake")
        return []
    if not is_told(configuration, failure.kind):
        return []
    try:
        now, alert = datetime.now(UTC), failure_alert(failure, configuration, run_id)
        with remembered(workspace) as memory:
            told_at = memory.told_at()
            if memory.failure_key == alert.key and told_at is not None and now - told_at < REMIND_AFTER:
                return []
            taken = _send(alert, configuration, warn)
            if taken:
                memory.failure_key, memory.failure_told_at = alert.key, now.isoformat()
            return taken
    except Exception as error:
        warn(f"alert not delivered: {type(error).__name__}")
        return []


def after_success(workspace: Workspace, warn: Warn) -> list[Alert]:
    """Tell of spikes that are new or have grown, and that runs end well again; the alerts that were delivered."""
    with suppress(ConfigurationError):
        configuration = workspace.configuration()
        try:
            with remembered(workspace) as memory:
                return [
                    *_told_recovery(workspace, configuration, memory, warn),
                    *_told_spikes(workspace, configuration, memory, warn),
                ]
        except Exception as error:
            warn(f"alerts not delivered: {type(error).__name__}")
    return []


def send_sample(configuration: Configuration, warn: Warn) -> list[str]:
    """Send a sample through every declared channel; those that took it."""
    return _send(sample_alert(configuration), configuration, warn)


def _told_recovery(workspace: Workspace, configuration: Configuration, memory: AlertMemory, warn: Warn) -> list[Alert]:
    if memory.failure_key is None:
        return []
    alert = recovery_alert(configuration, memory.failure_key, current_release_id(workspace))
    memory.failure_key = memory.failure_told_at = None
    return [alert] if is_told(configuration, "run_recovered") and _send(alert, configuration, warn) else []


def _told_spikes(workspace: Workspace, configuration: Configuration, memory: AlertMemory, warn: Warn) -> list[Alert]:
    if not is_told(configuration, "spike") or current_release_id(workspace) is None:
        return []
    spikes = released_spikes(workspace)
    present = {spike["spike_id"] for spike in spikes}
    memory.spikes = {spike_id: severity for spike_id, severity in memory.spikes.items() if spike_id in present}
    sent = []
    for alert in spike_alerts(spikes, memory.spikes, configuration, datetime.now(UTC)):
        if _send(alert, configuration, warn):
            memory.spikes[alert.key] = alert.level
            sent.append(alert)
    return sent


def released_spikes(workspace: Workspace) -> Sequence[dict[str, Any]]:
    """Spikes of mentions in the release that is published, oldest first, with their sentences."""
    with reading(workspace.link.resolve()) as read:
        spikes = read(mart.SPIKE, None).filter(metric_code="mention_count", is_deduplicated=False, topic_id="all")
        said = read(pulse.SPIKE_EXPLANATION, ["spike_id", "sentence_en_text", "sentence_fr_text"])
    return spikes.join(said, on="spike_id", how="left").sort("started_at", "spike_id").to_dicts()


def _send(alert: Alert, configuration: Configuration, warn: Warn) -> list[str]:
    return deliver(payload(alert, configuration, datetime.now(UTC)), configuration.alerts, secret, warn)
