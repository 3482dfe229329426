"""How surprising a score is, and which scores to believe when hundreds of series are watched at once."""

import math
from collections.abc import Sequence

import polars as pl

EULER_GAMMA = 0.5772156649015329
GUMBEL_SD = math.pi / math.sqrt(6.0)


def daily_chance(score: pl.Expr) -> pl.Expr:
    """Chance that an ordinary day of the series reaches this score at least once, 0 to 1.

    Scores are daily peaks in standard deviations, and peaks of blocks follow a Gumbel distribution (Gumbel 1958;
    Coles 2001, chapter 3): P = 1 - exp(-exp(-(gamma + z pi / sqrt 6))). On simulated over-dispersed counts it errs
    on the safe side (TREND.md).
    """
    return -(-(-(EULER_GAMMA + score * GUMBEL_SD)).exp()).exp() + 1.0


def score_of_chance(chance: float) -> float:
    """Return the score whose `daily_chance` this is; the inverse, for thresholds and for shares."""
    return (-math.log(-math.log1p(-chance)) - EULER_GAMMA) / GUMBEL_SD


def discoveries(
    candidates: pl.DataFrame, family: Sequence[str], *, rate: float, score: str = "signal_score", tested: str = "tested"
) -> pl.Series:
    """Which candidates to believe: Benjamini and Hochberg (1995) within each family, expected false share <= `rate`.

    One row per candidate; `tested` counts the series of its family that were judged, candidates or not. Returns one
    flag per row. Series of a brand move together (its total holds its platforms), the positive dependence under
    which the step-up procedure keeps its rate (Benjamini and Yekutieli 2001). Candidates stop at the alert score, so
    a family is judged a little more strictly than the rate allows.
    """
    if not candidates.height:
        return pl.Series("is_discovery", [], dtype=pl.Boolean)
    ranked = candidates.select(
        *family, chance=daily_chance(pl.col(score)), tested=pl.col(tested), row=pl.int_range(pl.len())
    ).with_columns(rank=pl.col("chance").rank("max").over(family) if family else pl.col("chance").rank("max"))
    passed = pl.when(pl.col("chance") <= rate * pl.col("rank") / pl.col("tested")).then(pl.col("chance"))
    limit = passed.max().over(family) if family else passed.max()
    return (
        ranked.with_columns(limit=limit)
        .select((pl.col("chance") <= pl.col("limit")).fill_null(False).alias("is_discovery"))
        .to_series()
    )


def discoveries_in_families(candidates: pl.DataFrame, *, rate: float) -> pl.Series:
    """Which candidates to believe where one hour asks several questions: false discoveries among those selected.

    One row per candidate: `hour`, `family` (a question: one metric over one cut of a brand), `signal_score`, `tested`
    (series of the family that were judged in the hour) and `families` (questions asked in the hour). A family is
    selected by its Simes chance among the families, then judged within, at `rate` times the share of families that
    were selected: the false share, averaged over the selected families, is at most `rate` (Benjamini and Bogomolov
    2014). Candidates stop at the alert score, so families are judged a little more strictly than the rate allows.
    """
    if not candidates.height:
        return pl.Series("is_discovery", [], dtype=pl.Boolean)
    chances = candidates.select(
        "hour", "family", "tested", "families", chance=daily_chance(pl.col("signal_score")), row=pl.int_range(pl.len())
    ).with_columns(rank=pl.col("chance").rank("max").over("hour", "family"))
    simes = chances.group_by("hour", "family").agg(
        (pl.col("chance") * pl.col("tested") / pl.col("rank")).min().alias("simes"), pl.col("families").first()
    )
    simes = simes.with_columns(place=pl.col("simes").rank("max").over("hour"))
    passed = pl.when(pl.col("simes") <= rate * pl.col("place") / pl.col("families")).then("place")
    selected = simes.with_columns(selected=passed.max().over("hour")).with_columns(
        level=pl.when(pl.col("place") <= pl.col("selected")).then(rate * pl.col("selected") / pl.col("families"))
    )
    judged = chances.join(selected.select("hour", "family", "level"), on=["hour", "family"], maintain_order="left")
    within = pl.when(pl.col("chance") <= pl.col("level") * pl.col("rank") / pl.col("tested")).then(pl.col("chance"))
    return (
        judged.with_columns(limit=within.max().over("hour", "family"))
        .select((pl.col("chance") <= pl.col("limit")).fill_null(False).alias("is_discovery"))
        .to_series()
    )
