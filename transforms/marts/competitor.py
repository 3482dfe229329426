"""What the panel's accounts publish and how it does: posts with rates, and the weekly benchmark."""

from datetime import date, timedelta

import polars as pl

from transforms.metrics.interval import ratio

POST_COLUMNS = (
    "post_id",
    "post_date",
    "posted_at",
    "platform_code",
    "brand_id",
    "account_handle",
    "url",
    "post_type_code",
    "post_text",
    "like_count",
    "comment_count",
    "share_count",
    "view_count",
    "impression_count",
    "reach_count",
    "engagement_count",
    "account_follower_count",
    "follower_as_of_date",
    "source_codes",
)
ACCOUNT = ["platform_code", "account_handle"]
WEEK = ["week_date", *ACCOUNT]


def competitor_posts(posts: pl.DataFrame) -> pl.DataFrame:
    """One row per account post of `core.competitor_post` with its three engagement rates: `mart.competitor_post`.

    A rate is null where its engagement or its denominator is unknown or zero.
    """
    engaged = pl.col("engagement_count")
    return (
        posts.select(POST_COLUMNS)
        .with_columns(
            ratio(engaged, pl.col("account_follower_count")).alias("er_followers_ratio"),
            ratio(engaged, pl.col("impression_count")).alias("er_impressions_ratio"),
            ratio(engaged, pl.col("reach_count")).alias("er_reach_ratio"),
        )
        .sort("post_id")
    )


def competitor_benchmark_weekly(posts: pl.DataFrame, covered: tuple[date, date]) -> pl.DataFrame:
    """One row per week, platform and account: `mart.competitor_benchmark_weekly`.

    `posts` are rows of `core.competitor_post` or `mart.competitor_post`; `covered` are the first and last day of the
    post exports. Between an account's first and last post a week without posts is a row with zero; outside them
    nothing is known of the account. Gaps for the regularity are those between posts of the same week.
    """
    monday = pl.col("post_date").dt.truncate("1w").alias("week_date")
    weekly = posts.with_columns(monday).sort(*WEEK, "posted_at", "post_id")
    first, last = covered
    week_end = pl.col("week_date") + timedelta(days=6)
    return (
        _weeks(weekly)
        .join(_brands(weekly), on=ACCOUNT, how="left")
        .join(_measures(weekly), on=WEEK, how="left")
        .with_columns(pl.col("post_count", "engagement_known_count", "follower_known_count").fill_null(0))
        .with_columns(((pl.col("week_date") >= first) & (week_end <= last)).alias("is_complete_period"))
        .sort(WEEK)
    )


def _weeks(weekly: pl.DataFrame) -> pl.DataFrame:
    week = pl.col("week_date")
    spans = weekly.group_by(ACCOUNT).agg(week.min().alias("first"), week.max().alias("last"))
    ranges = pl.date_ranges("first", "last", interval="1w").alias("week_date")
    return spans.select(*ACCOUNT, ranges).explode("week_date")


def _brands(weekly: pl.DataFrame) -> pl.DataFrame:
    return weekly.group_by(ACCOUNT).agg(pl.col("brand_id").drop_nulls().min())


def _measures(weekly: pl.DataFrame) -> pl.DataFrame:
    engaged, followers = pl.col("engagement_count"), pl.col("account_follower_count")
    both = engaged.is_not_null() & (followers > 0)
    # Posts that share an instant were exported with a day and no time: their gaps are not known.
    has_times = pl.col("posted_at").n_unique() * 10 >= pl.len() * 9
    gaps = pl.col("posted_at").diff().dt.total_microseconds().drop_nulls()
    return weekly.group_by(WEEK, maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("post_count"),
        # Sample deviation over mean; two gaps (three posts) are the least that has a deviation.
        pl.when((pl.len() >= 3) & has_times).then(ratio(gaps.std(ddof=1), gaps.mean())).alias("regularity_score"),
        pl.when(engaged.count() > 0).then(engaged.sum()).alias("engagement_count"),
        engaged.count().cast(pl.Int64).alias("engagement_known_count"),
        followers.count().cast(pl.Int64).alias("follower_known_count"),
        ratio(engaged.filter(both).sum(), followers.filter(both).sum()).alias("er_followers_sum_ratio"),
        (engaged.filter(both) / followers.filter(both)).mean().alias("er_followers_mean_ratio"),
        pl.col("like_count").mean().alias("applause_per_post"),
        pl.col("comment_count").mean().alias("conversation_per_post"),
        pl.col("share_count").mean().alias("amplification_per_post"),
    )
