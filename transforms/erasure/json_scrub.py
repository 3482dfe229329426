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
        gone = sum(place in numbers for place in range(number + 1, number + count + 1))
        number += count
        if gone and gone == count and records.is_lines and not isinstance(item, list):
            continue
        if not isinstance(item, Rejection) and (gone or walker.meets(item)):
            text = prefix + json.dumps(walker.without(item), ensure_ascii=False, separators=(",", ":"))
        yield redact(text if text.endswith("\n") else text + "\n")


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
