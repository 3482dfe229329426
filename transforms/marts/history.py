"""What lay before a day: sums over the days before it, for comparing a day with its own history."""

from datetime import timedelta

import polars as pl


def sum_before(
    rows: pl.DataFrame, counts: pl.DataFrame, by: list[str], span: int, name: str, *, including_today: bool = False
) -> pl.DataFrame:
    """The rows with the sum of `post_count` of their series over the `span` days before (and on) their day as `name`.

    A difference of two running sums: no window is ever walked.
    """
    running = counts.sort("mention_date").select(
        *by, pl.col("mention_date").alias("_at"), pl.col("post_count").cum_sum().over(by).alias("_sum")
    )
    found = rows.sort("mention_date")
    for column, shift in (("_until", 0 if including_today else 1), ("_since", span + 1)):
        found = found.with_columns((pl.col("mention_date") - timedelta(days=shift)).alias("_wanted")).join_asof(
            running.rename({"_sum": column}), left_on="_wanted", right_on="_at", by=by, check_sortedness=False
        )
    total = (pl.col("_until").fill_null(0) - pl.col("_since").fill_null(0)).alias(name)
    return found.with_columns(total).drop("_wanted", "_until", "_since", "_at", "_at_right", strict=False)
