"""JSON without the forgotten: whole lines go where they hold nothing else, list items where they do."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from transforms.erasure.tombstones import REDACTED, Tombstones, author_value
from transforms.sources.json_lines import JsonRecords
from transforms.sources.reading import Rejection

_ID_KEY = re.compile(r"(^|_|[a-z])(id|id_str|uri|url|did|shortcode|permalink)$", re.IGNORECASE)
_NAME_KEY = re.compile(
    r"(author|handle|user_?name|screen_?name|login|acct|did)$|^(by|from|account|owner)$", re.IGNORECASE
)
_AUTHOR_KEY = re.compile(r"(user|author|account|owner|from|creator|profile|actor|authorchannelid)$", re.IGNORECASE)
# A value under such a key says whom or what a post answers: the post itself is somebody else's.
_ELSEWHERE = re.compile(r"reply|parent|root|quoted|retweeted|conversation|thread|in_response|mention", re.IGNORECASE)
_DEEPEST = 64


def scrubbed_pieces(
    records: JsonRecords, numbers: frozenset[int], tombstones: Tombstones, redact: Callable[[str], str]
) -> Iterator[str]:
    """The text of what may be kept, in the order it stood in; lines nothing was taken out of stay byte for byte."""
    number = 0
    walker = _Walker(tombstones)
    for text, prefix, item in records.pieces():
        count = len(records.records_in(item))
        gone = frozenset(place for place in range(1, count + 1) if number + place in numbers)
        number += count
        if gone and len(gone) == count and records.is_lines and not isinstance(item, list):
            continue
        if not isinstance(item, Rejection) and (gone or walker.meets(item)):
            left = walker.without(_without_records(records, item, gone, count))
            text = prefix + json.dumps(left, ensure_ascii=False, separators=(",", ":"))
        yield redact(text if text.endswith("\n") else text + "\n")


def _without_records(records: JsonRecords, item: Any, gone: frozenset[int], count: int) -> Any:
    """The object without these of its `count` records, as the list items that make them are left out.

    Which item of which list makes which record is found by reading each alone; the object as it is where none fits.
    """
    for path in _list_paths(item) if gone else ():
        items = _at(item, path)
        made = [len(records.records_in(_with(item, path, [one]))) for one in items]
        if sum(made) != count or (len(items) == 1 and len(gone) < count):
            continue
        left, number = [], 0
        for one, size in zip(items, made, strict=True):
            mine = frozenset(place - number for place in gone if number < place <= number + size)
            number += size
            if len(mine) < size or size == 0:
                alone = _with(item, path, [one])
                left.append(one if not mine else _at(_without_records(records, alone, mine, size), path)[0])
        return _with(item, path, left)
    return _blanked(records, item, gone) if gone else item


def _blanked(records: JsonRecords, item: Any, gone: frozenset[int]) -> Any:
    """The object with that inner object emptied which makes just these records; as it is when none does."""
    others = [one for place, one in enumerate(records.records_in(item), start=1) if place not in gone]
    others = [one for one in others if not isinstance(one, Rejection)]
    waiting: list[tuple[Any, tuple[str | int, ...]]] = [(item, ())]
    while waiting:
        found, path = waiting.pop(0)
        if isinstance(found, Mapping):
            left = _with(item, path, {})
            # An emptied object may be read as a record that says nothing, which is rejected: it tells nobody anything.
            if path and [one for one in records.records_in(left) if not isinstance(one, Rejection)] == others:
                return left
            waiting += [(value, (*path, key)) for key, value in found.items() if len(path) < _DEEPEST]
        elif isinstance(found, list) and len(found) == 1:
            waiting.append((found[0], (*path, 0)))
    return item


def _list_paths(item: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Paths of the lists of objects in an object, outer ones first; a list of one object is also looked into."""
    waiting = [(item, path)]
    while waiting:
        found, place = waiting.pop(0)
        if isinstance(found, list):
            if any(isinstance(one, Mapping) for one in found):
                yield place
            waiting += [(found[0], (*place, 0))] if len(found) == 1 else []
        elif isinstance(found, Mapping) and len(place) < _DEEPEST:
            waiting += [(value, (*place, key)) for key, value in found.items() if isinstance(value, list | Mapping)]


def _at(item: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        item = item[key]
    return item


def _with(item: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """A copy of the object with another value at the path."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(item, list):
        return [_with(one, rest, value) if place == key else one for place, one in enumerate(item)]
    return {name: _with(one, rest, value) if name == key else one for name, one in item.items()}


class _Walker:
    """Goes through decoded JSON, drops list items that are the forgotten's, and replaces their handles elsewhere."""

    def __init__(self, tombstones: Tombstones) -> None:
        self._tombstones = tombstones
        self._known: dict[tuple[bool, str], bool] = {}

    def meets(self, item: Any, depth: int = 0) -> bool:
        """Whether the item holds something of the forgotten's, or their handle where a handle stands."""
        if depth > _DEEPEST:
            return False
        if isinstance(item, Mapping):
            return any(self._is_handle(key, value) or self.meets(value, depth + 1) for key, value in item.items())
        if isinstance(item, list):
            return any(self._is_theirs(one) or self.meets(one, depth + 1) for one in item)
        return False

    def without(self, item: Any, depth: int = 0) -> Any:
        """The item without what is the forgotten's."""
        if depth > _DEEPEST:
            return item
        if isinstance(item, list):
            return [self.without(one, depth + 1) for one in item if not self._is_theirs(one)]
        if isinstance(item, Mapping):
            return {
                key: REDACTED if self._is_handle(key, value) else self.without(value, depth + 1)
                for key, value in item.items()
            }
        return item

    def _is_theirs(self, item: Any) -> bool:
        """Whether a list item is about a forgotten author or post; one that only answers them is not."""
        if not isinstance(item, Mapping):
            return False
        for key, value in item.items():
            if _ELSEWHERE.search(key):
                continue
            if self._is_handle(key, value) or self._is_id(key, value):
                return True
            is_author = isinstance(value, Mapping) and _AUTHOR_KEY.search(key)
            if is_author and any(self._is_handle(k, v) or self._is_id(k, v) for k, v in value.items()):
                return True
        return False

    def _is_id(self, key: str, value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, str | int) or not _ID_KEY.search(key):
            return False
        text = str(value)
        return self._cached(False, text, lambda: self._has_id(text))

    def _is_handle(self, key: str, value: Any) -> bool:
        if not isinstance(value, str) or not _NAME_KEY.search(key):
            return False
        return self._cached(True, value, lambda: self._tombstones.is_word(author_value(value)))

    def _has_id(self, text: str) -> bool:
        return self._tombstones.has("id", text) or self._tombstones.has("id", text.rsplit("/", 1)[-1])

    def _cached(self, is_name: bool, text: str, look_up: Callable[[], bool]) -> bool:
        if (is_name, text) not in self._known:
            self._known[is_name, text] = look_up()
        return self._known[is_name, text]
