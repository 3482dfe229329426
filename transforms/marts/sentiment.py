"""How the brands are talked about: sentiment by day. What is unscored stays apart from every denominator."""

import polars as pl

from transforms.marts.platforms import add_all_platforms
from transforms.marts.streaming import streamed
from transforms.metrics.interval import ratio

KEYS = ["mention_date", "platform_code", "brand_id"]
LABELS = ("positive", "neutral", "negative", "unscored")
# Scores are added as whole millionths: integers add up to the same sum in any order, floats do not.
SCORE_STEP = 1_000_000


def sentiment_daily(brand_mentions: pl.DataFrame) -> pl.DataFrame:
    """One row per day, platform (and 'all') and brand with mentions: `mart.sentiment_daily`.

    Net sentiment is given by both published definitions, null where its denominator is zero. Agreement with the
    vendor is counted over the mentions that both sides labelled.
    """
    counts = add_all_platforms(label_counts(brand_mentions, KEYS), KEYS)
    return label_ratios(counts).drop("score_sum", "agreed_count").sort(KEYS)


def label_counts(brand_mentions: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Additive sentiment counts by `keys`: mentions, labels, the sum of scores in millionths, vendor agreement."""
    label, vendor = pl.col("sentiment_label"), pl.col("vendor_sentiment_label")
    is_scored = label != "unscored"
    both = is_scored & vendor.is_not_null()
    counts = (
        brand_mentions.lazy()
        .group_by(keys)
        .agg(
            pl.len().cast(pl.Int64).alias("mention_count"),
            *[(label == name).sum().cast(pl.Int64).alias(f"{name}_count") for name in LABELS],
            (pl.col("sentiment_score").filter(is_scored) * SCORE_STEP).round().cast(pl.Int64).sum().alias("score_sum"),
            both.sum().cast(pl.Int64).alias("vendor_labelled_count"),
            (both & (label == vendor)).sum().cast(pl.Int64).alias("agreed_count"),
        )
    )
    return streamed(counts)


def label_ratios(counts: pl.DataFrame) -> pl.DataFrame:
    """The counts with coverage, both net sentiments, mean score and vendor agreement beside them."""
    positive, negative = pl.col("positive_count"), pl.col("negative_count")
    scored = positive + negative + pl.col("neutral_count")
    return counts.with_columns(
        ratio(scored, pl.col("mention_count")).alias("scored_ratio"),
        ratio(positive - negative, positive + negative).alias("net_sentiment_polar_ratio"),
        ratio(positive - negative, scored).alias("net_sentiment_all_ratio"),
        # Divided by a column, never by a constant: Polars multiplies by a constant's reciprocal in frames of several
        # rows and divides in a frame of one, and a day computed alone must equal a day computed among others.
        ratio(pl.col("score_sum"), scored * SCORE_STEP).alias("mean_sentiment_score"),
        ratio(pl.col("agreed_count"), pl.col("vendor_labelled_count")).alias("vendor_agreement_ratio"),
    )
