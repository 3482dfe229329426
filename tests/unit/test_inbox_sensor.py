"""When the inbox asks for a run: once files are whole, once per batch, and not for ever when the run fails."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipelines.sensors import MAX_ATTEMPTS, Answer, LastRun, Memory, decide, look

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
FAILED, SUCCEEDED = dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS


class Inbox:
    """An inbox whose sensor is asked at given times, and whose runs end as the test says."""

    def __init__(self, root: Path) -> None:
        self.root, self.memory, self.last = root, Memory(), None
        (root / "inbox").mkdir()
        self.declare("workspace: {}")

    def declare(self, text: str, at: datetime = NOW) -> None:
        """A new listening.yaml."""
        self._write(self.root / "listening.yaml", text, at)

    def drop(self, name: str, text: str = "a,b\n", at: datetime = NOW) -> Path:
        """A file, written last at that time."""
        path = self.root / "inbox" / name
        self._write(path, text, at)
        return path

    def _write(self, path: Path, text: str, at: datetime) -> None:
        path.write_text(text)
        os.utime(path, (at.timestamp(), at.timestamp()))

    last: LastRun | None

    def ask(self, at: datetime) -> Answer:
        """One look of the sensor."""
        self.memory, answer = decide(look(self.root, at), self.memory, self.last, at)
        if isinstance(answer, dg.RunRequest):
            self.last = None
        return answer

    def ask_until_run(self, at: datetime) -> dg.RunRequest:
        """Two looks, half a minute apart, of which the second asks for a run."""
        self.ask(at)
        answer = self.ask(at + timedelta(seconds=30))
        assert isinstance(answer, dg.RunRequest), answer
        return answer

    def ends(self, status: dg.DagsterRunStatus, at: datetime) -> None:
        """The run asked for last ends."""
        self.last = LastRun(status, at)


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path)


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def told(answer: Answer) -> str:
    assert isinstance(answer, dg.SkipReason), answer
    return answer.skip_message or ""


def test_an_empty_inbox_asks_for_nothing(inbox: Inbox) -> None:
    assert told(inbox.ask(NOW)) == "The inbox is empty."


def test_a_file_that_was_written_just_now_is_waited_for(inbox: Inbox) -> None:
    inbox.drop("old.csv", at=later(-60))
    inbox.drop("young.csv")
    assert "1 of 2 files may still be written" in told(inbox.ask(NOW + timedelta(seconds=10)))


def test_a_file_that_keeps_its_old_time_while_it_grows_is_waited_for(inbox: Inbox) -> None:
    # A copy that preserves times, or a file server whose clock is behind: the time of last write proves nothing.
    for size in range(1, 5):
        inbox.drop("copied.csv", "x" * size, at=later(-600))
        assert "the same at the next look" in told(inbox.ask(later(size / 2)))
    assert isinstance(inbox.ask(later(3)), dg.RunRequest)


def test_a_time_in_the_future_does_not_hold_a_file_back_for_ever(inbox: Inbox) -> None:
    inbox.drop("ahead.csv", at=later(600))
    assert inbox.ask_until_run(NOW).run_key


def test_several_files_are_one_run(inbox: Inbox) -> None:
    for number in range(3):
        inbox.drop(f"{number}.csv")
    assert inbox.ask_until_run(later(5)).tags["listening/files"] == "3"


def test_a_file_that_vanishes_between_two_looks_harms_nothing(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = inbox.drop("gone.csv")
    inbox.drop("stays.csv")
    monkeypatch.setattr("pipelines.sensors.waiting_files", lambda _: [gone, inbox.root / "inbox" / "stays.csv"])
    gone.unlink()
    assert inbox.ask_until_run(later(5)).tags["listening/files"] == "1"


def test_unfinished_downloads_are_no_files(inbox: Inbox) -> None:
    inbox.drop("export.csv.part")
    assert told(inbox.ask(later(5))) == "The inbox is empty."


def test_a_batch_is_asked_for_once_while_its_run_is_under_way(inbox: Inbox) -> None:
    inbox.drop("a.csv")
    inbox.ask_until_run(later(5))
    inbox.ends(dg.DagsterRunStatus.STARTED, later(6))
    assert "under way" in told(inbox.ask(later(7)))


def test_files_a_finished_run_left_behind_are_not_asked_for_again(inbox: Inbox) -> None:
    inbox.drop("unreadable.csv")
    inbox.ask_until_run(later(5))
    inbox.ends(SUCCEEDED, later(6))
    assert all("left these files" in told(inbox.ask(later(minutes))) for minutes in (7, 60, 6000))


def test_a_failed_run_is_asked_for_again_later_each_time_and_then_no_more(inbox: Inbox) -> None:
    inbox.drop("a.csv")
    keys, clock = [inbox.ask_until_run(later(5)).run_key], later(5)
    waits = []
    for _ in range(10):
        inbox.ends(FAILED, clock)
        asked = [
            minutes
            for minutes in range(100)
            if isinstance(inbox.ask(clock + timedelta(minutes=minutes)), dg.RunRequest)
        ]
        if not asked:
            break
        waits.append(asked[0])
        keys.append(inbox.memory.run_key)
        clock += timedelta(minutes=asked[0])
    assert waits == [5, 15]
    assert len(set(keys)) == len(keys) == MAX_ATTEMPTS
    assert "failed 3 times" in told(inbox.ask(clock + timedelta(days=3)))


def test_a_run_somebody_stopped_is_not_started_again(inbox: Inbox) -> None:
    inbox.drop("a.csv")
    inbox.ask_until_run(later(5))
    inbox.ends(dg.DagsterRunStatus.CANCELED, later(6))
    assert "left these files" in told(inbox.ask(later(60)))


@pytest.mark.parametrize("mend", ["another file", "listening.yaml"])
def test_what_a_person_does_makes_a_new_try(inbox: Inbox, mend: str) -> None:
    inbox.drop("a.csv")
    first = inbox.ask_until_run(later(5))
    inbox.memory = Memory(inbox.memory.seen, inbox.memory.asked, MAX_ATTEMPTS)
    inbox.ends(FAILED, later(6))
    assert "failed 3 times" in told(inbox.ask(later(60)))
    if mend == "another file":
        inbox.drop("b.csv", at=later(60))
    else:
        inbox.declare("workspace: {name: mended}", at=later(60))
    again = inbox.ask_until_run(later(62))
    assert again.run_key != first.run_key and (again.run_key or "").endswith("-1")


def test_a_request_that_started_no_run_is_made_again_under_the_same_key(inbox: Inbox) -> None:
    inbox.drop("a.csv")
    first = inbox.ask_until_run(later(5))
    again = inbox.ask(later(6))
    assert isinstance(again, dg.RunRequest) and again.run_key == first.run_key


@pytest.mark.parametrize("cursor", [None, "", "{", "[]", '{"unknown": 1}'])
def test_a_cursor_nobody_can_read_is_a_new_start(cursor: str | None) -> None:
    assert Memory.of(cursor) == Memory()
