"""Which metrics a target may name, and the day-by-day sums their values are made of."""

from typing import Literal

import polars as pl

from warehouse.tables.columns import ALL_PLATFORMS

Kind = Literal["ratio", "sum", "stock"]

_SENTIMENT = ("net_sentiment_polar", "net_sentiment_all", "scored_ratio", "mean_sentiment", "vendor_agreement")
_SHARES = ("sov_mentions", "sov_deduplicated", "sov_authors", "sov_engagement")
_RATES = (
    "er_followers",
    "er_impressions",
    "er_reach",
    "applause",
    "conversation",
    "amplification",
    "virality",
    "cadence",
)
# Sums are over the window (28 days unless told otherwise); of a stock the window's last day counts.
MEASURED: dict[str, Kind] = {
    **dict.fromkeys((*_SENTIMENT, *_SHARES, *_RATES, "syndication_ratio", "reply_time"), "ratio"),
    **dict.fromkeys(("mention_count", "deduplicated_count"), "sum"),
    "backlog": "stock",
}


def kpi_series(
    share_daily: pl.DataFrame, sentiment_daily: pl.DataFrame, posts: pl.DataFrame, care: pl.DataFrame
) -> pl.DataFrame:
    """One row per measured metric, brand and day: `numerator`, `denominator` (1 for sums and stocks).

    From `mart.share_of_voice_daily`, `mart.sentiment_daily` (platform 'all'), `mart.competitor_post` and
    `mart.care_daily`. The value over a window is the sum of numerators over the sum of denominators.
    """
    parts = [*_voice(share_daily), *_mood(sentiment_daily), *_account_posts(posts), *_care(care)]
    return pl.concat(parts).sort("metric_id", "brand_id", "series_date")


def _part(rows: pl.DataFrame, metric_id: str, numerator: pl.Expr, denominator: pl.Expr) -> pl.DataFrame:
    sums = rows.select(
        pl.lit(metric_id).alias("metric_id"),
        "brand_id",
        "series_date",
        numerator.cast(pl.Float64).alias("numerator"),
        denominator.cast(pl.Float64).alias("denominator"),
    )
    return sums.filter(pl.col("numerator").is_not_null() & pl.col("denominator").is_not_null())


def _voice(daily: pl.DataFrame) -> list[pl.DataFrame]:
    rows = daily.filter(pl.col("platform_code") == ALL_PLATFORMS).rename({"mention_date": "series_date"})
    one, mentions, panel = pl.lit(1), pl.col("mention_count"), pl.col("panel_mention_count")
    clusters, authors = pl.col("deduplicated_count"), pl.col("distinct_author_count")
    return [
        _part(rows, "mention_count", mentions, one),
        _part(rows, "deduplicated_count", clusters, one),
        _part(rows, "syndication_ratio", mentions - clusters, mentions),
        _part(rows, "sov_mentions", mentions, panel),
        _part(rows, "sov_deduplicated", clusters, clusters.sum().over("series_date")),
        _part(rows, "sov_authors", authors, authors.sum().over("series_date")),
        # Already weighted over platforms day by day: days are weighted by the panel's mentions in turn.
        _part(rows, "sov_engagement", pl.col("share_of_voice_engagement_ratio") * panel, panel),
    ]


def _mood(daily: pl.DataFrame) -> list[pl.DataFrame]:
    rows = daily.filter(pl.col("platform_code") == ALL_PLATFORMS).rename({"mention_date": "series_date"})
    positive, negative, neutral = (pl.col(f"{name}_count") for name in ("positive", "negative", "neutral"))
    scored, labelled = positive + negative + neutral, pl.col("vendor_labelled_count")
    return [
        _part(rows, "net_sentiment_polar", positive - negative, positive + negative),
        _part(rows, "net_sentiment_all", positive - negative, scored),
        _part(rows, "scored_ratio", scored, pl.col("mention_count")),
        _part(rows, "mean_sentiment", pl.col("mean_sentiment_score") * scored, scored),
        _part(rows, "vendor_agreement", pl.col("vendor_agreement_ratio") * labelled, labelled),
    ]


def _account_posts(posts: pl.DataFrame) -> list[pl.DataFrame]:
    """Rates are means over posts; a rate that is unknown for a post leaves the post out."""
    owned = posts.filter(pl.col("brand_id").is_not_null()).rename({"post_date": "series_date"})
    means = {
        "er_followers": "er_followers_ratio",
        "er_impressions": "er_impressions_ratio",
        "er_reach": "er_reach_ratio",
    }
    means |= {"applause": "like_count", "conversation": "comment_count", "amplification": "share_count"}
    both = pl.col("share_count").is_not_null() & (pl.col("impression_count") > 0)
    cells = owned.group_by("brand_id", "series_date").agg(
        *[pl.col(column).sort().sum().alias(f"{name}_sum") for name, column in means.items()],
        *[pl.col(column).count().alias(f"{name}_n") for name, column in means.items()],
        pl.col("share_count").filter(both).sum().alias("shares"),
        pl.col("impression_count").filter(both).sum().alias("impressions"),
        pl.len().alias("posts"),
    )
    # A day without posts still is a seventh of a week: the days between an account's first and last post count.
    return [
        *[_part(cells, name, pl.col(f"{name}_sum"), pl.col(f"{name}_n")) for name in means],
        _part(cells, "virality", pl.col("shares"), pl.col("impressions")),
        _part(_every_day(cells), "cadence", pl.col("posts"), pl.lit(1 / 7)),
    ]


def _every_day(cells: pl.DataFrame) -> pl.DataFrame:
    day = pl.col("series_date")
    spans = cells.group_by("brand_id").agg(day.min().alias("first"), day.max().alias("last"))
    days = spans.select("brand_id", pl.date_ranges("first", "last").alias("series_date")).explode("series_date")
    counted = days.join(cells.select("brand_id", "series_date", "posts"), on=["brand_id", "series_date"], how="left")
    return counted.with_columns(pl.col("posts").fill_null(0))


def _care(daily: pl.DataFrame) -> list[pl.DataFrame]:
    rows = daily.rename({"mention_date": "series_date"})
    answered = pl.col("answered_count")
    return [
        _part(rows, "reply_time", pl.col("mean_reply_seconds") * answered, answered),
        _part(rows, "backlog", pl.col("backlog_count"), pl.lit(1)),
    ]
