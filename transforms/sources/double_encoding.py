"""Repair of text that was decoded wrongly twice: UTF-8 read as cp1252, then saved as Mac Roman (CrowdFlower's family).

Each run of non-ASCII bytes is repaired on its own, before the text is split into cells. What cannot be brought back
keeps its Mac Roman reading and is counted.
"""

import re
from dataclasses import dataclass, field

import numpy as np

_RUN = re.compile(rb"_?[\x80-\xff]+(?:[\x81\x8d\x8f\x90\x9d_]*[\x80-\xff]+)*_?")
_SIGN = b"\x89\xdb"
_UNDEFINED = frozenset(b"\x81\x8d\x8f\x90\x9d")


@dataclass
class DoubleEncodingRepair:
    """Repairs a text piece by piece; counts the runs of non-ASCII bytes and those that came back whole."""

    run_count: int = 0
    repaired_count: int = 0
    _known: dict[bytes, tuple[bytes, bool]] = field(default_factory=dict, repr=False)

    def repaired(self, content: bytes) -> bytes:
        """A piece of the text as UTF-8; pieces must not part a run (they end at line ends)."""
        return _RUN.sub(self._replacement, content)

    @property
    def text(self) -> str:
        """One line for the file's warnings."""
        share = self.repaired_count / self.run_count if self.run_count else 1.0
        lost = self.run_count - self.repaired_count
        places = f"{self.run_count} damaged places"
        return f"text was encoded twice: {share:.1%} of {places} repaired, {lost} kept as found"

    def _replacement(self, match: re.Match[bytes]) -> bytes:
        run = match.group()
        if run not in self._known:
            text, is_whole = _repair_run(run)
            self._known[run] = text.encode("utf-8"), is_whole
        content, is_whole = self._known[run]
        self.run_count += 1
        self.repaired_count += is_whole
        return content


def looks_double_encoded(content: np.ndarray) -> bool:
    """Whether a file that is not UTF-8 carries the damage's sign (0x89 0xDB, the start of every curly quote) often."""
    sample = content[: 64 << 20].tobytes()
    high = int(np.count_nonzero(content[: 64 << 20] >= 0x80))
    return sample.count(_SIGN) >= 3 and sample.count(_SIGN) * 50 > high


def _repair_run(run: bytes) -> tuple[str, bool]:
    """The run's text and whether all of it came back; characters are repaired one by one, from the left."""
    parts: list[str] = []
    is_whole = True
    position = 0
    while position < len(run):
        found = _character(run, position)
        if found is not None:
            letter, width = found
        else:
            letter, width = run[position : position + 1].decode("mac_roman"), 1
            is_whole = is_whole and run[position] < 0x80
        parts.append(letter)
        position += width
    return _once_more("".join(parts)), is_whole


def _character(run: bytes, position: int) -> tuple[str, int] | None:
    """The character whose damaged bytes start here, and how many they are; None when they are no character."""
    if run[position] == ord("_") and run[position + 1 : position + 2] == b"\xd9":
        lead = 0xF0  # the lead byte of emoji was lost: Mac Roman cannot write it
    elif run[position] < 0x80:
        return None
    elif run[position : position + 3] == b"\x89\xdb_":
        return "…", 3  # the only character of common text whose last byte Mac Roman cannot write
    else:
        lead = _cp1252_byte(run[position])
    width = 4 if lead >= 0xF0 else 3 if lead >= 0xE0 else 2 if lead >= 0xC2 else 0
    if not width or position + width > len(run):
        return None
    followers = [byte if byte in _UNDEFINED else _cp1252_byte(byte) for byte in run[position + 1 : position + width]]
    try:
        return bytes((lead, *followers)).decode("utf-8"), width
    except UnicodeDecodeError:
        return None


def _cp1252_byte(byte: int) -> int:
    """The cp1252 byte of what Mac Roman shows for a byte; 0 where cp1252 has none."""
    return _CP1252[byte]


def _cp1252_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        try:
            table.append(bytes((byte,)).decode("mac_roman").encode("cp1252")[0])
        except UnicodeEncodeError:
            table.append(0)
    return tuple(table)


_CP1252 = _cp1252_table()


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
