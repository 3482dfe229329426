"""Repair of text that was decoded wrongly twice: UTF-8 read as cp1252, then saved as Mac Roman (CrowdFlower's family).

Each run of non-ASCII bytes is repaired on its own, before the text is split into cells. What cannot be brought back
keeps its Mac Roman reading and is counted.
"""

import re
from dataclasses import dataclass

import numpy as np

_RUN = re.compile(rb"_?[\x80-\xff]+(?:[\x81\x8d\x8f\x90\x9d_]*[\x80-\xff]+)*_?")
_SIGN = b"\x89\xdb"
_UNDEFINED = frozenset(b"\x81\x8d\x8f\x90\x9d")


@dataclass(frozen=True)
class RepairReport:
    """How many runs of non-ASCII bytes there were and how many came back whole."""

    run_count: int
    repaired_count: int

    @property
    def text(self) -> str:
        """One line for the file's warnings."""
        share = self.repaired_count / self.run_count if self.run_count else 1.0
        lost = self.run_count - self.repaired_count
        return f"text was encoded twice: {share:.1%} of {self.run_count} damaged places repaired, {lost} kept as found"


def looks_double_encoded(content: np.ndarray) -> bool:
    """Whether a file that is not UTF-8 carries the damage's sign (0x89 0xDB, the start of every curly quote) often."""
    sample = content[: 64 << 20].tobytes()
    high = int(np.count_nonzero(content[: 64 << 20] >= 0x80))
    return sample.count(_SIGN) >= 3 and sample.count(_SIGN) * 50 > high


def repair_double_encoding(content: bytes) -> tuple[bytes, RepairReport]:
    """The content as UTF-8 and the report."""
    counts = {"runs": 0, "repaired": 0}
    known: dict[bytes, tuple[str, bool]] = {}

    def replacement(match: re.Match[bytes]) -> bytes:
        run = match.group()
        if run not in known:
            known[run] = _repair_run(run)
        text, is_whole = known[run]
        counts["runs"] += 1
        counts["repaired"] += is_whole
        return text.encode("utf-8")

    repaired = _RUN.sub(replacement, content)
    return repaired, RepairReport(counts["runs"], counts["repaired"])


def _repair_run(run: bytes) -> tuple[str, bool]:
    lead = trail = ""
    body = run
    candidates = [("", body, "")]
    if body.startswith(b"_"):
        candidates.append(("_", body[1:], ""))
    if body.endswith(b"_"):
        candidates += [(lead, middle[:-1], "_") for lead, middle, _ in list(candidates)]
    for lead, middle, trail in candidates:
        repaired = _twice(middle)
        if repaired is not None:
            return lead + repaired + trail, True
    return run.decode("mac_roman"), False


def _twice(run: bytes) -> str | None:
    """The run read as Mac Roman, written as cp1252 and read as UTF-8; None when that is no text."""
    if not run:
        return None
    as_cp1252 = _as_cp1252(run)
    if as_cp1252 is None:
        return None
    for attempt in (as_cp1252, as_cp1252.replace(b"_\x9f", b"\xf0\x9f"), as_cp1252.replace(b"\xe2\x80_", "…".encode())):
        try:
            text = attempt.decode("utf-8")
        except UnicodeDecodeError:
            continue
        return _once_more(text)
    return None


def _as_cp1252(run: bytes) -> bytes | None:
    parts = bytearray()
    for byte in run:
        letter = bytes((byte,)).decode("mac_roman")
        try:
            parts += letter.encode("cp1252")
        except UnicodeEncodeError:
            if byte not in _UNDEFINED:
                return None
            parts.append(byte)
    return bytes(parts)


def _once_more(text: str) -> str:
    """Text that was damaged a third time is still readable as cp1252 of UTF-8."""
    if "â€" not in text and "Ã" not in text:
        return text
    raw = bytearray()
    for letter in text:
        try:
            raw += letter.encode("cp1252")
        except UnicodeEncodeError:
            if ord(letter) > 0xFF:
                return text
            raw.append(ord(letter))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return text
