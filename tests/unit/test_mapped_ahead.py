"""Results made in a second thread while the caller works with the last."""

import threading
from collections.abc import Iterator

import pytest

from warehouse.ahead import mapped_ahead


def test_results_come_in_order_made_elsewhere_of_items_taken_here() -> None:
    takers: set[int] = set()
    makers: set[int] = set()

    def items() -> Iterator[int]:
        for number in range(5):
            takers.add(threading.get_ident())
            yield number

    def squared(number: int) -> int:
        makers.add(threading.get_ident())
        return number * number

    assert list(mapped_ahead(squared, items())) == [0, 1, 4, 9, 16]
    assert takers == {threading.get_ident()}
    assert len(makers) == 1
    assert makers.isdisjoint(takers)


def test_the_next_result_is_made_before_the_last_is_let_go() -> None:
    is_second_made = threading.Event()
    results = mapped_ahead(lambda number: is_second_made.set() if number else None, range(2))
    next(results)
    assert is_second_made.wait(timeout=30)
    results.close()


def test_a_fault_comes_where_its_result_would_have_come() -> None:
    results = mapped_ahead(lambda number: 6 // number, [3, 0, 2])
    assert next(results) == 2
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_nothing_given_makes_nothing() -> None:
    assert list(mapped_ahead(str, [])) == []
