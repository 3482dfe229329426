"""A damaged file never loses or shifts a row unseen: one fault costs the rows it touches and no others."""

import csv
import io
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exports.reading import read_bytes
from tests.exports.write_goldens import LOOK_ALIKES

HEADER = ("mention_id", "published_at", "platform", "author_handle", "text", "likes", "shares", "comments")
COUNTERS = ("like_count", "share_count", "comment_count")
# Counters of other lengths and digits: a few bytes more or less turn none of them into a value of another column.
SIZES = (11_000, 2_222_000, 333_333_000)


@dataclass(frozen=True)
class Fault:
    """One damage: at `place` (a share of the file's length), `width` bytes give way to `insert`."""

    place: float
    width: int
    insert: bytes

    def span(self, size: int, first: int) -> tuple[int, int]:
        start = first + int(self.place * (size - first))
        return start, min(size, start + self.width)


def sound_file(texts: list[str], quoting: int, line_end: str) -> tuple[bytes, list[int]]:
    """A file of those texts and where each record ends."""
    content = io.StringIO(newline="")
    writer = csv.writer(content, quoting=quoting, lineterminator=line_end)
    writer.writerow(HEADER)
    ends = [len(content.getvalue().encode())]
    for number, text in enumerate(texts):
        counts = [size + number for size in SIZES]
        writer.writerow([20_090_000_000 + number, "2025-07-24T15:44:07Z", "x", f"author{number}", text, *counts])
        ends.append(len(content.getvalue().encode()))
    return content.getvalue().encode(), ends


TEXTS = st.lists(
    st.one_of(
        st.sampled_from(['so, "he" said', "two\nlines", "plain", 'a "b', "x,y,z", '"', "\n", "semi;colon", "naïve ☕"]),
        st.text(st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\0"), max_size=20),
    ).map(lambda text: f"text {text}"),
    min_size=4,
    max_size=12,
)  # fmt: skip
FAULTS = st.builds(
    Fault,
    place=st.floats(0, 0.999),
    width=st.integers(0, 3),
    insert=st.sampled_from([b"", b'"', b",", b"\n", b'""', b'",', b',"', b"\r\n", b"x", b'"\n', b"\xff", b"\0", b";"]),
)  # fmt: skip


@given(
    texts=TEXTS,
    fault=FAULTS,
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
@settings(max_examples=150, deadline=None)
def test_one_fault_costs_no_row_it_does_not_touch_and_moves_no_counter(
    texts: list[str], fault: Fault, quoting: int, line_end: str
) -> None:
    content, ends = sound_file(texts, quoting, line_end)
    start, stop = fault.span(len(content), ends[0])
    damaged = content[:start] + fault.insert + content[stop:]
    outcome = read_bytes(damaged)
    # Rows a fault touches: those it stands in, and the neighbour when it stands on the line end between them.
    touched = {row for row in range(len(texts)) if ends[row] - 1 <= stop and start <= ends[row + 1]}
    kept = {row["native_id"]: row for row in outcome.rows.to_dicts()}
    for number, text in enumerate(texts):
        row = kept.get(str(20_090_000_000 + number))
        if number in touched:
            continue
        assert row is not None, f"row {number} was lost without being touched"
        assert [row[name] for name in COUNTERS] == [size + number for size in SIZES]
        assert row["mention_text"] == text
        assert row["author_handle"] == f"author{number}"
    for row in outcome.rows.to_dicts():
        for place, name in enumerate(COUNTERS):
            others = [size for at, size in enumerate(SIZES) if at != place]
            assert not any(row[name] is not None and size <= row[name] < size + 20 for size in others), (
                "a counter moved"
            )


@given(texts=TEXTS, cut=st.floats(0.01, 0.999), quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
@settings(max_examples=60, deadline=None)
def test_a_file_cut_off_anywhere_keeps_every_row_before_the_cut(texts: list[str], cut: float, quoting: int) -> None:
    content, ends = sound_file(texts, quoting, "\n")
    end = ends[0] + int(cut * (len(content) - ends[0]))
    outcome = read_bytes(content[:end])
    whole = [text for text, stop in zip(texts, ends[1:], strict=True) if stop <= end]
    assert outcome.texts[: len(whole)] == whole
    # The last row may have lost only the last digits of its last cell; nothing tells such a cut.
    assert len(outcome.texts) <= len(whole) + 1


@given(texts=TEXTS, quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
@settings(max_examples=40, deadline=None)
def test_rows_kept_and_rejected_are_numbered_once_each(texts: list[str], quoting: int) -> None:
    content, _ = sound_file(texts, quoting, "\n")
    outcome = read_bytes(content.replace(b"11001", b"lots").replace(b"2025-07-24", b"someday", 1))
    numbers = [*outcome.rows["row_number"], *outcome.rejected["row_number"]]
    assert sorted(numbers) == list(range(1, len(texts) + 1))


LOOKS = {name: build() for name, build in LOOK_ALIKES.items()}
LEADS = [b"", b"{", b"[", b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"<?xml "]


@given(name=st.sampled_from(sorted(LOOKS)), faults=st.lists(FAULTS, min_size=1, max_size=4))
@settings(max_examples=80, deadline=None)
def test_no_damage_to_any_format_is_more_than_a_state_or_a_rejection(name: str, faults: list[Fault]) -> None:
    content = LOOKS[name].content
    for fault in faults:
        start, stop = fault.span(len(content), 0)
        content = content[:start] + fault.insert + content[stop:]
    facts = read_bytes(content, account_zones={LOOKS[name].code: "Europe/Paris"}).facts
    assert facts.state in ("ingested", "empty", "refused")
    assert (facts.problem_text is None) == (facts.state != "refused")


@given(content=st.binary(max_size=400), lead=st.sampled_from(LEADS))
@settings(max_examples=60, deadline=None)
def test_no_bytes_at_all_raise(content: bytes, lead: bytes) -> None:
    assert read_bytes(lead + content).facts.state in ("ingested", "empty", "refused")
