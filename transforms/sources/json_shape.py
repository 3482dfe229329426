"""What a JSON text shows beside its records: where they lie, the keys they all have (its header), vendors' totals."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_DEPTH, _COUNTED_RECORDS, _FEWEST_RECORDS, _MOST_PATHS = 3, 1_000, 20, 5_000
_LOOKED_AT, _MOST_CELLS, _LONGEST_CELL = 20, 400, 500
# Keys that are names; ids and words of people used as keys are data.
_NAME = re.compile(r"^[A-Za-z_$@][A-Za-z0-9_$@:-]{0,50}$")


def key_paths(record: Any, depth: int = _DEPTH, prefix: str = "") -> Iterator[str]:
    """The dotted paths of a record's keys, down to a depth; lists are not entered."""
    if not isinstance(record, Mapping):
        return
    for key, value in record.items():
        if not isinstance(key, str) or not _NAME.match(key):
            continue
        yield prefix + key
        if depth > 1:
            yield from key_paths(value, depth - 1, f"{prefix}{key}.")


def records_at(item: Any, envelope: str) -> Sequence[Any]:
    """The records of a document as they stand in the file, before a format's hook makes rows of them."""
    if isinstance(item, list):
        return item
    for part in envelope.split(".") if envelope else ():
        item = item.get(part) if isinstance(item, Mapping) else None
    return item if isinstance(item, list) else [item] if isinstance(item, Mapping) else []


def found_records(objects: Sequence[Any], depth: int = _DEPTH) -> tuple[str, list[Mapping[str, Any]]]:
    """Where the records of an unknown JSON text lie, and the first of them.

    The path is empty where each object is a record; else it leads to the longest list of objects in the document.
    """
    if len(objects) == 1 and isinstance(objects[0], Mapping):
        lists = list(_record_lists(objects[0], depth))
        if lists:
            path, items = max(lists, key=lambda found: len(found[1]))
            return path, items[:_LOOKED_AT]
    return "", [item for item in objects if isinstance(item, Mapping)][:_LOOKED_AT]


def _record_lists(item: Mapping[str, Any], depth: int, prefix: str = "") -> Iterator[tuple[str, list[Any]]]:
    for key, value in item.items():
        if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value[:_LOOKED_AT]):
            yield prefix + str(key), value
        elif isinstance(value, Mapping) and depth > 1:
            yield from _record_lists(value, depth - 1, f"{prefix}{key}.")


def flattened(records: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    """Records as rows of text cells under a first row of dotted paths, those of lists left out."""
    rows = [dict(_leaves(record, _DEPTH)) for record in records]
    names = tuple(dict.fromkeys(name for row in rows for name in row))[:_MOST_CELLS]
    return (names, *(tuple(row.get(name, "") for name in names) for row in rows))


def _leaves(item: Mapping[str, Any], depth: int, prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in item.items():
        if isinstance(value, Mapping):
            if depth > 1:
                yield from _leaves(value, depth - 1, f"{prefix}{key}.")
        elif not isinstance(value, list) and value is not None:
            yield f"{prefix}{key}", str(value)[:_LONGEST_CELL]


@dataclass
class JsonShape:
    """Collects from one reading of a text; what it says is final after the last object."""

    envelope: str
    total_paths: tuple[str, ...] = ()
    is_total_of_page: bool = False
    _records: int = 0
    _paths: Counter[str] = field(default_factory=Counter)
    _totals: list[int] = field(default_factory=list)

    def add(self, item: Any) -> None:
        """Takes note of one object of the text."""
        self._add_total(item)
        for record in records_at(item, self.envelope):
            if self._records >= _COUNTED_RECORDS or len(self._paths) > _MOST_PATHS:
                return
            self._records += 1
            self._paths.update(set(key_paths(record)))

    def _add_total(self, item: Any) -> None:
        for path in self.total_paths:
            found = item
            for part in path.split("."):
                found = found.get(part) if isinstance(found, Mapping) else None
            if isinstance(found, str) and found.isdecimal() and len(found) < 16:
                found = int(found)
            if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 1 << 53:
                self._totals.append(found)
                return

    @property
    def names(self) -> tuple[str, ...]:
        """The keys every record has, sorted: the text's header. Empty where too few records tell."""
        if self._records < _FEWEST_RECORDS:
            return ()
        return tuple(sorted(path for path, count in self._paths.items() if count == self._records))

    @property
    def total(self) -> int | None:
        """How many records there are by the vendor's own count; None where it does not say."""
        if not self._totals:
            return None
        return sum(self._totals) if self.is_total_of_page else max(self._totals)
