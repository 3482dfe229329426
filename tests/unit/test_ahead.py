"""Work made ahead: in order, never more than one piece, and faults where they belong."""

from collections.abc import Iterator
from contextlib import closing
from threading import Event, current_thread

import pytest

from warehouse.ahead import made_ahead


def test_the_next_item_is_made_while_the_last_is_in_use() -> None:
    is_begun = Event()

    def items() -> Iterator[int]:
        yield 1
        is_begun.set()
        yield 2

    for item in made_ahead(items()):
        assert item == 2 or is_begun.wait(10)


def test_items_come_in_order_from_one_thread() -> None:
    makers = set()

    def items() -> Iterator[int]:
        for number in range(20):
            makers.add(current_thread())
            yield number

    assert list(made_ahead(items())) == list(range(20))
    assert len(makers) == 1 and current_thread() not in makers


def test_a_fault_of_making_is_raised_where_its_item_would_have_come() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("disk")

    taken = made_ahead(items())
    assert next(taken) == 1
    with pytest.raises(OSError, match="disk"):
        next(taken)


def test_no_more_than_one_item_is_made_ahead_of_a_reader_that_stops() -> None:
    made = []

    def items() -> Iterator[int]:
        for number in range(10):
            made.append(number)
            yield number

    with closing(made_ahead(items())) as taken:
        next(taken)
    assert made == [0, 1]
