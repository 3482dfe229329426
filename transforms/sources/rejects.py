"""What a rejected record may show: its cells, shortened, without personal fields; and the words of the reasons."""

import fnmatch
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

_LONGEST_CELL, _LONGEST_CONTENT = 500, 8_000
_CONTROLS = dict.fromkeys(
    [*range(32), *range(127, 160), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], " "
)


def shown(value: str | None, most: int = 60) -> str:
    """A value as it may stand in a message: one line, no control or direction marks, shortened, in quotes."""
    if value is None:
        return "nothing"
    text = value[: most * 4].translate(_CONTROLS)
    text = text if len(text) <= most and len(value) <= most * 4 else text[:most] + "…"
    return f"'{text}'"


@lru_cache(maxsize=1 << 16)
def is_dropped(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a column may not be kept: patterns are names, or globs such as `author.entities.*`; case is ignored."""
    folded = name.strip().casefold()
    return any(fnmatch.fnmatchcase(folded, _escaped(pattern.casefold())) for pattern in patterns)


def _escaped(pattern: str) -> str:
    return pattern.replace("[", "[[]")


def aligned_content(cells: Mapping[str, str | None], dropped: tuple[str, ...]) -> str:
    """A record's non-empty cells by column name as a JSON object, personal ones left out."""
    kept = {name: value[:_LONGEST_CELL] for name, value in cells.items() if value and not is_dropped(name, dropped)}
    return json.dumps(kept, ensure_ascii=False)[:_LONGEST_CONTENT]


def misaligned_content(cells: Sequence[str], header: Sequence[str], dropped: tuple[str, ...]) -> str:
    """A broken record's cells as a JSON list; every place a personal cell may have moved to is left out.

    With k cells too many (or too few) the cell of column i stands at one of i to i + k (i - k to i).
    """
    extra = len(cells) - len(header)
    hidden: set[int] = set()
    for place, name in enumerate(header):
        if is_dropped(name, dropped):
            hidden |= set(range(place, place + extra + 1)) if extra >= 0 else set(range(place + extra, place + 1))
    kept = ["(left out)" if place in hidden else cell[:_LONGEST_CELL] for place, cell in enumerate(cells[:2_000])]
    return json.dumps(kept, ensure_ascii=False)[:_LONGEST_CONTENT]
