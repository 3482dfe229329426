"""Counts between layers: nothing disappears, and nothing appears."""

from dataclasses import replace

import pytest

from quality.checks import AuditReport
from quality.reconciliation import LayerCounts, reconcile
from tests.unit.quality_tables import AS_OF

WHOLE = LayerCounts("mention", rows_read=100, kept=97, rejected=3, core_rows=90, linked_duplicates=7, mart_rows=90)


def failed(counts: LayerCounts) -> dict[str, str]:
    return {r.check.check_id.rsplit(".", 1)[1]: r.observed for r in reconcile(counts) if r.status == "failed"}


def test_rows_that_add_up_pass_at_every_layer() -> None:
    assert failed(WHOLE) == {}
    assert AuditReport(reconcile(WHOLE), AS_OF).may_publish


def test_a_record_neither_kept_nor_rejected_is_missed() -> None:
    assert failed(replace(WHOLE, rows_read=101)) == {
        "rows_read_are_kept_or_rejected": "101 read, but 97 kept + 3 rejected: 1 missing"
    }


def test_a_kept_row_that_is_neither_a_post_nor_a_duplicate_is_missed() -> None:
    counts = replace(WHOLE, linked_duplicates=5)
    assert failed(counts) == {
        "kept_rows_are_posts_or_duplicates": "97 kept, but 90 core rows + 5 linked duplicates: 2 missing"
    }
    assert not AuditReport(reconcile(counts), AS_OF).may_publish


def test_a_post_published_twice_is_too_many() -> None:
    assert failed(replace(WHOLE, mart_rows=91)) == {
        "core_rows_are_published": "90 core rows, but 91 mart rows: 1 too many"
    }


def test_a_negative_count_is_a_fault_of_the_counting() -> None:
    with pytest.raises(ValueError, match="negative"):
        reconcile(replace(WHOLE, mart_rows=-1))
