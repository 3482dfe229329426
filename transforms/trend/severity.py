"""How bad a spike is. A crisis is volume and negativity and author spread together, not volume alone."""

import polars as pl

from transforms.metrics.interval import ratio, wilson_low
from transforms.trend.discovery import score_of_chance

BASELINE_DAYS = 28
MEDIUM_RATIO, HIGH_RATIO = 2.0, 4.0
MEDIUM_EXCESS, HIGH_EXCESS = 20, 50
"""Below so many extra mentions nothing is more than low, or medium: they can be answered one by one."""
MEDIUM_SCORE, HIGH_SCORE = score_of_chance(1 / 365), score_of_chance(1 / 3650)
CRISIS_NEGATIVE_RISE = 0.1
"""Negativity has risen when it is, beyond chance, ten points above what it was."""
CRISIS_AUTHOR_SHARE = 0.5
"""Authors have spread when there are at least half as many of them to a mention as usual: not a few loud accounts."""
CRISIS_AUTHOR_RISE = 1.5
"""More people must speak than the expected mentions would bring: a flood by three accounts adds three."""
CRISIS_MIN_AUTHORS = 10


def with_severity(
    spikes: pl.DataFrame, volume: pl.DataFrame | None, keys: list[str], time: str, per_mention: float = 1.0
) -> pl.DataFrame:
    """Add `severity_code`, `negative_ratio`, `author_spread_ratio` and a null `distinct_author_count` to spikes.

    low; medium: surely twice the usual (the lower end of the ratio's interval counts) or a peak such as not every
    year brings, and 20 extra mentions; high: surely four times, or not every ten years, and 50; crisis: at least
    medium, the negative share beyond chance ten points above that of the four weeks before, and distinct
    authors (summed over the hours) to a mention at least half as many as in those weeks, ten or more, and half again
    as many as the expected mentions would bring.
    An excess is weighed in mentions: `per_mention` of what is counted are as much as one.
    `author_spread_ratio` is the quotient of these two quotas: 1 is as usual, near 0 is a few loud accounts.
    """
    spread = _spread(spikes, volume, keys, time)
    negative = ratio(pl.col("negative_count"), pl.col("scored_count"))
    surely_negative = wilson_low(negative, pl.col("scored_count"))
    surely, peak, excess = pl.col("spike_ratio_low"), pl.col("peak_score"), pl.col("excess_count") / per_mention
    is_high = ((surely >= HIGH_RATIO) | (peak >= HIGH_SCORE)) & (excess >= HIGH_EXCESS)
    is_medium = ((surely >= MEDIUM_RATIO) | (peak >= MEDIUM_SCORE)) & (excess >= MEDIUM_EXCESS)
    size = pl.when(is_high).then(pl.lit("high")).when(is_medium).then(pl.lit("medium")).otherwise(pl.lit("low"))
    is_crisis = (
        (is_medium | is_high)
        & (surely_negative >= pl.col("usual_negative_ratio") + CRISIS_NEGATIVE_RISE)
        & (pl.col("author_spread_ratio") >= CRISIS_AUTHOR_SHARE)
        & (pl.col("author_hours") >= CRISIS_MIN_AUTHORS)
        & (pl.col("author_hours") >= CRISIS_AUTHOR_RISE * pl.col("usual_authors") * pl.col("expected_count"))
    ).fill_null(False)
    joined = spikes.join(spread, on="spike_id", how="left", maintain_order="left")
    return joined.with_columns(
        severity_code=pl.when(is_crisis).then(pl.lit("crisis")).otherwise(size),
        negative_ratio=negative,
        distinct_author_count=pl.lit(None, dtype=pl.Int64),
    ).drop("negative_count", "scored_count", "usual_negative_ratio", "author_hours", "usual_authors")


def _spread(spikes: pl.DataFrame, volume: pl.DataFrame | None, keys: list[str], time: str) -> pl.DataFrame:
    """Per spike: negative and scored mentions, the usual negative share, author-hours and their ratio to the usual."""
    empty = {
        "spike_id": pl.String, "negative_count": pl.Int64, "scored_count": pl.Int64, "author_hours": pl.Int64,
        "usual_negative_ratio": pl.Float64, "usual_authors": pl.Float64, "author_spread_ratio": pl.Float64,
    }  # fmt: skip
    needed = {"mention_count", "negative_count", "unscored_count", "distinct_author_count"}
    if volume is None or not spikes.height or not needed <= set(volume.columns):
        return pl.DataFrame(schema=empty)
    shared = [key for key in keys if key in volume.columns]
    before = pl.col("started_at").dt.offset_by(f"-{BASELINE_DAYS}d")
    rows = (
        volume.select(*shared, time, *needed)
        .join(spikes.select("spike_id", *shared, "started_at", "last_at"), on=shared, how="inner", nulls_equal=True)
        .filter(pl.col(time).is_between(before, pl.col("last_at")))
        .with_columns(during=pl.col(time) >= pl.col("started_at"))
    )
    scored = pl.col("mention_count") - pl.col("unscored_count")
    during, usual = pl.col("during"), ~pl.col("during")
    sums = rows.group_by("spike_id").agg(
        negative_count=pl.col("negative_count").filter(during).sum(),
        scored_count=scored.filter(during).sum(),
        author_hours=pl.col("distinct_author_count").filter(during).sum(),
        usual_negative_ratio=ratio(pl.col("negative_count").filter(usual).sum(), scored.filter(usual).sum()),
        mentions=pl.col("mention_count").filter(during).sum(),
        usual_authors=ratio(
            pl.col("distinct_author_count").filter(usual).sum(), pl.col("mention_count").filter(usual).sum()
        ),
    )
    quota = ratio(pl.col("author_hours"), pl.col("mentions"))
    return sums.select(
        *(name for name in empty if name != "author_spread_ratio"),
        author_spread_ratio=ratio(quota, pl.col("usual_authors")),
    )
