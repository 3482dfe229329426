"""Work that overlaps: one thread makes the next piece while the other uses the last."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


def made_ahead(items: Iterator[Item]) -> Generator[Item]:
    """The items in order; each is made in a thread of its own while the one before is in use, never more than one.

    What making an item raises is raised where the item would have come. Closing waits for an item in the making.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as maker:
        coming = maker.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = maker.submit(next, items, None)
            yield item


def mapped_ahead(make: Callable[[Item], Made], items: Iterable[Item]) -> Generator[Made]:
    """`make` of each item, in order; while one result is in use, the next is made in a thread of its own.

    The items are taken in the caller's thread, for they may come from the warehouse, whose connection serves one
    thread at a time. At most two results, and the item of a third, are held.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as maker:
        coming: deque[Future[Made]] = deque()
        for item in items:
            coming.append(maker.submit(make, item))
            if len(coming) > 1:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
