"""How the brands are talked about by platform, topic and language: sentiment with intervals and vendor agreement."""

import polars as pl

from transforms.marts.periods import week_of
from transforms.marts.sentiment import label_counts, label_ratios
from transforms.marts.streaming import streamed
from transforms.metrics.interval import Z_95, ratio, wilson_high, wilson_low
from warehouse.tables.columns import SENTIMENT_LABELS
from warehouse.tables.insight import SENTIMENT_WEEKLY

NONE, ALL = "none", "all"
CELL = ["week_date", "brand_id", "segment_kind_code", "segment_code"]
# Squares are added in ten-thousandths, so that a billion mentions still fit a 64-bit sum.
_SQUARE_STEP = 10_000
_LEAST_VOTES = 10
_LABELS = ("positive", "neutral", "negative")


def sentiment_weekly(brand_mentions: pl.DataFrame, mention_topics: pl.DataFrame) -> pl.DataFrame:
    """One row per week, brand and segment with mentions: `mart.sentiment_weekly`.

    `mention_topics` has one row per post and topic (`mention_id`, `topic_id`). A post on two topics counts in both.
    Unscored mentions are counted apart and stand in no denominator.
    """
    rows = _compact(brand_mentions.with_columns(week_of(pl.col("mention_date")).alias("week_date")))
    counts = pl.concat([_segment(rows, kind, code) for kind, code in _segments(mention_topics)])
    counts = counts.with_columns(pl.col("brand_id").cast(pl.String))
    table = _intervals(label_ratios(counts)).with_columns(_kappa().alias("vendor_kappa_score"))
    return table.select(SENTIMENT_WEEKLY.schema.names()).sort(CELL)


def _compact(rows: pl.DataFrame) -> pl.DataFrame:
    """Brands and labels as small numbers under their names: they are grouped and compared four times over."""
    labels = pl.Enum(SENTIMENT_LABELS)
    return rows.with_columns(
        pl.col("brand_id").cast(pl.Enum(rows["brand_id"].unique().sort())),
        pl.col("sentiment_label", "vendor_sentiment_label").cast(labels),
    )


def _segments(mention_topics: pl.DataFrame) -> list[tuple[str, pl.DataFrame | pl.Expr]]:
    topics = mention_topics.select("mention_id", pl.col("topic_id").alias("segment_code")).unique()
    return [
        ("all", pl.lit(ALL)),
        ("platform", pl.col("platform_code")),
        ("language", pl.col("language_code").fill_null(NONE)),
        ("topic", topics),
    ]


def _segment(rows: pl.DataFrame, kind: str, code: pl.DataFrame | pl.Expr) -> pl.DataFrame:
    if isinstance(code, pl.Expr):
        split = rows.with_columns(code.alias("segment_code"))
    else:
        split = rows.join(code, on="mention_id", how="left").with_columns(pl.col("segment_code").fill_null(NONE))
    keys = ["week_date", "brand_id", "segment_code"]
    counts = (
        label_counts(split, keys).join(_agreement(split, keys), on=keys).join(_votes(split, keys), on=keys, how="left")
    )
    return counts.with_columns(pl.lit(kind).alias("segment_kind_code"))


def _votes(split: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Kish's sum of w^2 over clusters, w the scored mentions of a cluster, and the sum of squared scores."""
    scored = split.lazy().filter(pl.col("sentiment_label") != "unscored")
    squares = ((pl.col("sentiment_score") * _SQUARE_STEP).round().cast(pl.Int64) ** 2).sum().alias("square_sum")
    clusters = scored.group_by(*keys, "cluster_key").agg(pl.len().cast(pl.Int64).alias("w"))
    votes = clusters.group_by(keys).agg((pl.col("w") ** 2).sum().alias("w_squares"))
    return streamed(votes).join(streamed(scored.group_by(keys).agg(squares)), on=keys)


def _agreement(split: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """What chance would agree on: the totals of both labellers over the mentions that both labelled."""
    ours, vendors = pl.col("sentiment_label"), pl.col("vendor_sentiment_label")
    both = split.lazy().filter((ours != "unscored") & vendors.is_not_null())
    totals = [
        (column == label).sum().cast(pl.Int64).alias(f"{side}_{label}")
        for side, column in (("ours", ours), ("vendors", vendors))
        for label in _LABELS
    ]
    cells = streamed(split.lazy().select(keys).unique())
    return cells.join(streamed(both.group_by(keys).agg(totals)), on=keys, how="left").fill_null(0)


def _kappa() -> pl.Expr:
    labelled = pl.col("vendor_labelled_count")
    by_chance = sum(pl.col(f"ours_{label}") * pl.col(f"vendors_{label}") for label in _LABELS)
    # In whole counts: (n * agreed - chance) / (n^2 - chance), null where chance alone agrees on everything.
    return ratio(labelled * pl.col("agreed_count") - by_chance, labelled**2 - by_chance)


def _intervals(counts: pl.DataFrame) -> pl.DataFrame:
    positive, negative, neutral = (pl.col(f"{label}_count") for label in ("positive", "negative", "neutral"))
    scored, polar, votes = positive + negative + neutral, positive + negative, pl.col("scored_effective_count")
    polar_votes, leaning = votes * ratio(polar, scored), ratio(positive, polar)
    net_low, net_high = _difference(ratio(positive, scored), ratio(negative, scored), votes)
    mean = pl.col("mean_sentiment_score")
    variance = (pl.col("square_sum") / (scored * _SQUARE_STEP**2) - mean**2).clip(lower_bound=0.0)
    half = pl.when(votes >= _LEAST_VOTES).then(Z_95 * (variance / votes).sqrt())
    return counts.with_columns(ratio(scored**2, pl.col("w_squares")).alias("scored_effective_count")).with_columns(
        (2 * wilson_low(leaning, polar_votes) - 1).alias("net_sentiment_polar_low_ratio"),
        (2 * wilson_high(leaning, polar_votes) - 1).alias("net_sentiment_polar_high_ratio"),
        net_low.alias("net_sentiment_all_low_ratio"),
        net_high.alias("net_sentiment_all_high_ratio"),
        (mean - half).clip(-1.0, 1.0).alias("mean_sentiment_low_score"),
        (mean + half).clip(-1.0, 1.0).alias("mean_sentiment_high_score"),
    )


def _difference(first: pl.Expr, second: pl.Expr, votes: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """95 % interval of the difference of two shares of the same votes, from their Wilson intervals.

    Shares of one whole push each other down; their correlation is -sqrt(p q / ((1 - p) (1 - q))).
    """
    opposite = (1 - first) * (1 - second)
    correlation = pl.when(opposite > 0).then(-(first * second / opposite).sqrt()).otherwise(0.0)
    down, up = first - wilson_low(first, votes), wilson_high(first, votes) - first
    other_down, other_up = second - wilson_low(second, votes), wilson_high(second, votes) - second
    low = (first - second) - (down**2 - 2 * correlation * down * other_up + other_up**2).sqrt()
    high = (first - second) + (up**2 - 2 * correlation * up * other_down + other_down**2).sqrt()
    return low.clip(-1.0, 1.0), high.clip(-1.0, 1.0)
