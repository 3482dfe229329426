"""Rendered pages kept for the next reader who asks for the same."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

CACHED_BYTES = 64_000_000


@dataclass(frozen=True)
class Answer:
    """What is kept of a rendered page."""

    status: int
    body: bytes


class Shelf:
    """Rendered pages, least recently used out first. Keyed by release, so a new release needs no clearing."""

    def __init__(self, limit: int = CACHED_BYTES) -> None:
        self._kept: OrderedDict[tuple[object, ...], Answer] = OrderedDict()
        self._lock = threading.Lock()
        self._size, self._limit = 0, limit

    def get(self, key: tuple[object, ...]) -> Answer | None:
        """The page kept under that key."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: tuple[object, ...], answer: Answer) -> None:
        """Keep a page, and let go of the oldest beyond the limit."""
        with self._lock:
            replaced = self._kept.pop(key, None)
            self._size += len(answer.body) - (len(replaced.body) if replaced else 0)
            self._kept[key] = answer
            while self._size > self._limit:
                _, gone = self._kept.popitem(last=False)
                self._size -= len(gone.body)
