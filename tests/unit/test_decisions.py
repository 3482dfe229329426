"""What people decide about spikes: it survives re-runs, follows a spike that late mentions move, and ends in time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from transforms.trend.decisions import DECISION_SCHEMA, with_states
from transforms.trend.watched import SERIES
from warehouse.decisions import DecisionsUnreadable, append_decision, read_decisions

BEGAN = datetime(2025, 5, 5, 9, tzinfo=UTC)
NOW = BEGAN + timedelta(hours=10)
SPIKE: dict[str, Any] = {
    "spike_id": "s1", "brand_id": "acme", "platform_code": "all", "topic_id": "all", "metric_code": "mention_count",
    "is_deduplicated": False, "started_at": BEGAN, "ended_at": None, "severity_code": "medium", "excess_count": 100.0,
}  # fmt: skip


def spikes(*changes: dict[str, Any]) -> pl.DataFrame:
    schema = {name: DECISION_SCHEMA[name] for name in SPIKE}
    return pl.DataFrame([SPIKE | change for change in changes], schema=schema)


def decided(state: str, until: datetime | None = None, **change: Any) -> dict[str, Any]:
    said = {"spike_state_code": state, "snoozed_until_at": until, "state_set_at": NOW, "state_set_by_name": "Ana"}
    return SPIKE | said | {"state_note_text": "on it"} | change


def state(spike: dict[str, Any], *decisions: dict[str, Any]) -> str:
    table = with_states(spikes(spike), pl.DataFrame(decisions, schema=DECISION_SCHEMA), now=NOW)
    return str(table["spike_state_code"][0])


OVER = {"ended_at": BEGAN + timedelta(hours=5)}


def test_without_a_decision_the_data_say_open_or_closed() -> None:
    assert state({}) == "open"
    assert state(OVER) == "closed"


@pytest.mark.parametrize(
    ("said", "while_open", "when_over"),
    [
        ("open", "open", "open"),
        ("acknowledged", "acknowledged", "closed"),
        ("snoozed", "snoozed", "closed"),
        ("closed", "closed", "closed"),
    ],
)
def test_what_a_person_said_stands_as_long_as_it_makes_sense(said: str, while_open: str, when_over: str) -> None:
    assert state({}, decided(said)) == while_open
    assert state(OVER, decided(said)) == when_over


def test_the_last_decision_counts() -> None:
    assert state({}, decided("snoozed"), decided("acknowledged")) == "acknowledged"


def test_a_snooze_ends_on_its_date_by_the_clock_of_the_data() -> None:
    assert state({}, decided("snoozed", NOW + timedelta(hours=1))) == "snoozed"
    assert state({}, decided("snoozed", NOW - timedelta(hours=1))) == "open"


@pytest.mark.parametrize("change", [{"severity_code": "crisis"}, {"excess_count": 300.0}], ids=["severer", "tripled"])
def test_a_snoozed_or_closed_spike_that_escalates_is_open_again(change: dict[str, Any]) -> None:
    assert state(change, decided("snoozed", NOW + timedelta(days=9))) == "open"
    assert state(change, decided("closed")) == "open"
    assert state(change, decided("acknowledged")) == "acknowledged"
    assert state(change | OVER, decided("closed")) == "closed"


@pytest.mark.parametrize("hours", [-15, -1, 3, 17])
def test_a_decision_follows_a_spike_whose_start_late_mentions_moved(hours: int) -> None:
    moved = {"spike_id": "s2", "started_at": BEGAN + timedelta(hours=hours)}
    assert state(moved, decided("acknowledged")) == "acknowledged"


def test_a_decision_does_not_pass_to_another_spike() -> None:
    for other in (
        {"started_at": BEGAN + timedelta(days=3)},
        {"started_at": BEGAN - timedelta(days=3), "ended_at": BEGAN - timedelta(days=2)},
        {"platform_code": "x"},
        {"topic_id": "price"},
        {"metric_code": "negative_ratio"},
        {"is_deduplicated": True},
        {"brand_id": "rival"},
    ):
        decisions = pl.DataFrame([decided("closed")], schema=DECISION_SCHEMA)
        table = with_states(spikes({"spike_id": "s2"} | other), decisions, now=NOW)
        assert table["state_set_by_name"][0] is None


def test_a_decision_stays_with_its_own_spike_when_another_begins_nearby() -> None:
    table = with_states(
        spikes({}, {"spike_id": "s2", "started_at": BEGAN + timedelta(hours=4)}),
        pl.DataFrame([decided("acknowledged")], schema=DECISION_SCHEMA),
        now=NOW,
    )
    assert table["spike_state_code"].to_list() == ["acknowledged", "open"]


def test_who_said_it_when_and_why_stands_beside_the_state_while_it_counts() -> None:
    told = ["state_set_at", "state_set_by_name", "state_note_text"]
    decisions = pl.DataFrame([decided("acknowledged")], schema=DECISION_SCHEMA)
    assert with_states(spikes({}), decisions, now=NOW).select(told).row(0) == (NOW, "Ana", "on it")
    assert with_states(spikes(OVER), decisions, now=NOW).select(told).row(0) == (None, None, None)
    with pytest.raises(ValueError, match="unknown state"):
        state({}, decided("ignored"))


def test_states_come_out_the_same_when_they_are_set_twice() -> None:
    decisions = pl.DataFrame([decided("snoozed", NOW + timedelta(days=2))], schema=DECISION_SCHEMA)
    once = with_states(spikes({}), decisions, now=NOW)
    assert with_states(once, decisions, now=NOW).select(once.columns).equals(once)


# --- the file ---


def test_decisions_come_back_as_they_were_written_and_none_is_ever_lost(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "decisions.jsonl"
    assert read_decisions(path).is_empty()
    first, second = decided("snoozed", NOW + timedelta(days=1)), decided("closed", state_note_text='é\n"quoted"')
    for decision in (first, second):
        append_decision(path, decision)
    assert read_decisions(path).to_dicts() == [
        {name: decision.get(name) for name in DECISION_SCHEMA} for decision in (first, second)
    ]
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2


DAMAGED = (
    "{",
    "[]",
    "7",
    '{"spike_id": "s"}',
    '{"spike_id": "s", "spike_state_code": "open", "started_at": "soon"}',
)


@pytest.mark.parametrize("line", DAMAGED)
def test_a_damaged_line_is_named_rather_than_left_out(tmp_path: Path, line: str) -> None:
    path = tmp_path / "decisions.jsonl"
    append_decision(path, decided("closed"))
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(DecisionsUnreadable, match=r"decisions\.jsonl:2"):
        read_decisions(path)


def test_series_keys_and_decision_columns_agree() -> None:
    assert set(SERIES) <= set(DECISION_SCHEMA)
