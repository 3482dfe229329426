"""The total over platforms: how the row 'all' is made. Nothing else."""

import polars as pl

from warehouse.tables.columns import ALL_PLATFORMS


def with_all_platforms(rows: pl.DataFrame) -> pl.DataFrame:
    """Each row twice: once under its own platform, once under 'all'.

    Distinct counts (authors, clusters) of the total are not sums of the platforms', so they need the rows again.
    """
    return pl.concat([rows, rows.with_columns(pl.lit(ALL_PLATFORMS).alias("platform_code"))])


def add_all_platforms(counts: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Counts by `keys` (one of them `platform_code`) with the sums over platforms appended as platform 'all'.

    Only for integer counts that add up over platforms; a null stays out of a sum, a sum of nulls is null.
    """
    rest = [key for key in keys if key != "platform_code"]
    measures = [name for name in counts.columns if name not in keys]
    known = [pl.when(pl.col(m).count() > 0).then(pl.col(m).sum()).alias(m) for m in measures]
    total = counts.group_by(rest).agg(known).with_columns(pl.lit(ALL_PLATFORMS).alias("platform_code"))
    return pl.concat([counts, total.select(counts.columns)])
