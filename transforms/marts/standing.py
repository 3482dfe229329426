"""Where an account stands among its peers: rates, percentiles, best and worst posts, and whether it posts too much."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from transforms.marts.periods import covered_days, is_whole_month, month_of
from transforms.metrics.interval import Z_95, ratio
from warehouse.tables.insight import COMPETITOR_STANDING_MONTHLY

ACCOUNT = ["platform_code", "account_handle"]
CELL = ["month_date", *ACCOUNT]
RATES = ("er_followers", "er_impressions", "er_reach")


@dataclass(frozen=True)
class StandingParams:
    """`least_peers` others for a percentile; over-posting is judged on the posting days of the last `window_days`, at
    least `least_days` of them; `mild` is the correlation that would be too weak to matter; `listed` best and worst."""

    least_peers: int = 3
    window_days: int = 91
    least_days: int = 20
    mild: float = 0.2
    listed: int = 3


def competitor_standing_monthly(
    posts: pl.DataFrame, covered: tuple[date, date], params: StandingParams = StandingParams()
) -> pl.DataFrame:
    """One row per month, platform and account with posts: `mart.competitor_standing_monthly`.

    `posts` are rows of `mart.competitor_post`; `covered` are the first and last day of the post exports. A percentile
    is the share of the other accounts of the platform and month that lie below (ties count half).
    """
    monthly = posts.with_columns(month_of(pl.col("post_date")).alias("month_date")).sort(*CELL, "posted_at", "post_id")
    table = monthly.group_by(CELL, maintain_order=True).agg(
        pl.col("brand_id").drop_nulls().min(), *_measures(), *_extremes(params)
    )
    days = covered_days(pl.col("month_date"), covered)
    # From a day or two nobody can tell a cadence per week.
    table = table.with_columns(pl.when(days >= 7).then(pl.col("post_count") / (days / 7)).alias("posts_per_week"))
    return (
        table.with_columns(
            (pl.len().over("month_date", "platform_code") - 1).cast(pl.Int64).alias("peer_count"),
            _percentile("posts_per_week", params).alias("cadence_percentile_ratio"),
            _percentile("er_followers_mean_ratio", params).alias("er_followers_percentile_ratio"),
            _percentile("engagement_per_post", params).alias("engagement_percentile_ratio"),
            is_whole_month(pl.col("month_date"), covered).alias("is_complete_period"),
        )
        .join(_over_posting(posts, table.select(CELL), params), on=CELL, how="left")
        .with_columns(pl.col("over_posting_code").fill_null("cannot_tell"))
        .select(COMPETITOR_STANDING_MONTHLY.schema.names())
        .sort(CELL)
    )


def _measures() -> list[pl.Expr]:
    followers = pl.col("account_follower_count")
    means = [pl.col(f"{rate}_ratio").mean().alias(f"{rate}_mean_ratio") for rate in RATES]
    # Sums over the posts that know both, as in every ratio of sums.
    per_follower = [
        _ratio_of_sums(pl.col(count), followers).alias(f"{name}_per_follower_ratio")
        for name, count in (
            ("applause", "like_count"),
            ("conversation", "comment_count"),
            ("amplification", "share_count"),
        )
    ]
    return [
        pl.len().cast(pl.Int64).alias("post_count"),
        pl.col("engagement_count").count().cast(pl.Int64).alias("engagement_known_count"),
        pl.col("engagement_count").mean().alias("engagement_per_post"),
        followers.drop_nulls().last().alias("account_follower_count"),
        *means,
        *per_follower,
        _ratio_of_sums(pl.col("share_count"), pl.col("impression_count")).alias("virality_ratio"),
    ]


def _ratio_of_sums(top: pl.Expr, bottom: pl.Expr) -> pl.Expr:
    both = top.is_not_null() & (bottom > 0)
    return ratio(top.filter(both).sum(), bottom.filter(both).sum())


def _extremes(params: StandingParams) -> list[pl.Expr]:
    """The posts with the most and the least engagement; no post is both best and worst."""
    known = pl.col("engagement_count").is_not_null()
    ranked = (
        pl.col("post_id")
        .filter(known)
        .sort_by(pl.col("engagement_count").filter(known), descending=True, maintain_order=True)
    )
    listed = pl.min_horizontal(pl.lit(params.listed), known.sum() // 2)
    return [ranked.head(listed).alias("top_post_ids"), ranked.tail(listed).reverse().alias("bottom_post_ids")]


def _percentile(name: str, params: StandingParams) -> pl.Expr:
    peers, value = ["month_date", "platform_code"], pl.col(name)
    others = value.count().over(peers) - 1
    below = (value.rank("average").over(peers) - 1) / others
    return pl.when(value.is_not_null() & (others >= params.least_peers)).then(below)


def _over_posting(posts: pl.DataFrame, cells: pl.DataFrame, params: StandingParams) -> pl.DataFrame:
    """Per cell whether days with more posts bring less engagement per post: Spearman's rank correlation over the
    posting days up to the month's end, with Fisher's interval (variance 1.06 / (n - 3): Fieller et al. 1957)."""
    engaged = posts.filter(pl.col("engagement_count").is_not_null())
    daily = engaged.group_by(*ACCOUNT, "post_date").agg(
        pl.len().alias("posts"), pl.col("engagement_count").log1p().sort().mean().alias("response")
    )
    ends = cells.with_columns(pl.col("month_date").dt.month_end().alias("end"))
    age = (pl.col("end") - pl.col("post_date")).dt.total_days()
    windows = ends.join(daily, on=ACCOUNT).filter((age >= 0) & (age < params.window_days)).sort(*CELL, "post_date")
    ranks = [pl.col(name).rank("average").over(CELL) for name in ("posts", "response")]
    found = (
        windows.with_columns(ranks)
        .group_by(CELL, maintain_order=True)
        .agg(pl.corr("posts", "response").fill_nan(None).alias("over_posting_score"), pl.len().alias("days"))
    )
    score = pl.col("over_posting_score").clip(-0.999, 0.999)
    half = Z_95 * (1.06 / (pl.col("days") - 3)).sqrt()
    low, high = (score.arctanh() - half).tanh(), (score.arctanh() + half).tanh()
    is_enough = (pl.col("days") >= params.least_days) & score.is_not_null()
    verdict = (
        pl.when(~is_enough)
        .then(pl.lit("cannot_tell"))
        .when(high < 0)
        .then(pl.lit("yes"))
        .when(low > -params.mild)
        .then(pl.lit("no"))
        .otherwise(pl.lit("cannot_tell"))
    )
    return found.select(
        *CELL,
        pl.when(is_enough).then("over_posting_score").alias("over_posting_score"),
        verdict.alias("over_posting_code"),
    )
