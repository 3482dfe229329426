"""Counts between layers: what was read is kept or rejected, what is kept arrives. Plain numbers in, results out."""

from dataclasses import dataclass

from quality.checks import Check, CheckResult


@dataclass(frozen=True)
class LayerCounts:
    """Rows at each layer of one kind of record, as plain numbers counted by whoever holds the layer.

    `rows_read` is counted independently of the parser; `linked_duplicates` are kept records that were merged into a
    post already held; `core_rows` are the real posts; `mart_rows` the posts of the listening table.
    """

    record_kind: str
    rows_read: int
    kept: int
    rejected: int
    core_rows: int
    linked_duplicates: int
    mart_rows: int


def reconcile(counts: LayerCounts) -> tuple[CheckResult, ...]:
    """Three results: read = kept + rejected, kept = core rows + linked duplicates, core rows = mart rows.

    Raises ValueError for a negative count: that is a fault of the counting, not of the data.
    """
    numbers = (counts.rows_read, counts.kept, counts.rejected, counts.core_rows, counts.linked_duplicates)
    if min(*numbers, counts.mart_rows) < 0:
        raise ValueError(f"{counts.record_kind}: a count of rows is negative: {counts}")
    kind = counts.record_kind
    return (
        _equal(
            f"raw.{kind}.rows_read_are_kept_or_rejected",
            f"raw.{kind}",
            f"Every {kind} record read is kept or rejected with a reason.",
            "Find the reader that drops records silently.",
            ("read", counts.rows_read),
            (("kept", counts.kept), ("rejected", counts.rejected)),
        ),
        _equal(
            f"core.{kind}.kept_rows_are_posts_or_duplicates",
            f"core.{kind}",
            f"Every kept {kind} record is a row of core or is linked to one as its duplicate.",
            "Rebuild core: a file was read after core was made, or a merge lost rows.",
            ("kept", counts.kept),
            (("core rows", counts.core_rows), ("linked duplicates", counts.linked_duplicates)),
        ),
        _equal(
            f"mart.{kind}.core_rows_are_published",
            f"mart.{kind}",
            f"Every {kind} of core is a row of the listening table, and no other.",
            "Rebuild the listening table: core changed after it was made.",
            ("core rows", counts.core_rows),
            (("mart rows", counts.mart_rows),),
        ),
    )


def _equal(
    check_id: str,
    table: str,
    description: str,
    what_to_do: str,
    left: tuple[str, int],
    right: tuple[tuple[str, int], ...],
) -> CheckResult:
    check = Check(check_id, table, "error", description, what_to_do)
    difference = left[1] - sum(count for _, count in right)
    parts = " + ".join(f"{count:,} {name}" for name, count in right)
    if difference == 0:
        return CheckResult(check, "passed", f"{left[1]:,} {left[0]} = {parts}")
    word = "missing" if difference > 0 else "too many"
    observed = f"{left[1]:,} {left[0]}, but {parts}: {abs(difference):,} {word}"
    return CheckResult(check, "failed", observed, abs(difference))
