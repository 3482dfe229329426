"""When an account's posts work: weekday and hour in its own zone, with how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from transforms.marts.periods import month_of
from transforms.metrics.interval import Z_95
from warehouse.tables.insight import POSTING_RHYTHM_HOURLY

ACCOUNT = ["platform_code", "account_handle"]
SLOT = [*ACCOUNT, "weekday_number", "hour_number"]


@dataclass(frozen=True)
class RhythmParams:
    """An account needs `least_posts` posts with known engagement, a slot `least_slot_posts`, to be judged."""

    least_posts: int = 60
    least_slot_posts: int = 4


def posting_rhythm_hourly(
    posts: pl.DataFrame, zones: Mapping[str, str], default_zone: str, params: RhythmParams = RhythmParams()
) -> pl.DataFrame:
    """One row per platform, account, weekday and hour with posts: `mart.posting_rhythm_hourly`.

    `posts` are rows of `core.competitor_post`; `zones` maps a brand to the IANA zone of its accounts, others follow
    `default_zone`. The response of a post is the logarithm of 1 + engagement against the account's mean of the month,
    so growth of the audience is not taken for a good hour. Slots are shrunk towards 'as usual' by how much they
    differ beyond chance (empirical Bayes, variance between slots by moments): 168 slots always have a best one.
    Accounts whose exports give days without times are left out.
    """
    # In one order, so that sums of logarithms do not depend on the order of the rows.
    known = posts.filter(pl.col("engagement_count").is_not_null()).sort(*ACCOUNT, "posted_at", "engagement_count")
    local = _local(known, zones, default_zone)
    # A day without a time is exported as midnight of some zone: at most two times of day over a year.
    has_times = pl.col("local").dt.time().n_unique().over(ACCOUNT) > 2
    timed = local.filter(has_times).with_columns(_response())
    slots = timed.group_by(SLOT).agg(
        pl.len().cast(pl.Int64).alias("slot_post_count"),
        pl.col("brand_id").drop_nulls().min(),
        pl.col("zone_name").first(),
        pl.col("response").sort().sum().alias("total"),
        (pl.col("response") ** 2).sort().sum().alias("squares"),
    )
    return _shrunk(slots.sort(SLOT), params).select(POSTING_RHYTHM_HOURLY.schema.names()).sort(SLOT)


def _local(posts: pl.DataFrame, zones: Mapping[str, str], default_zone: str) -> pl.DataFrame:
    """The posts with `zone_name`, `weekday_number` and `hour_number` on the account's own clock."""
    declared = pl.col("brand_id").replace_strict(dict(zones), default=default_zone, return_dtype=pl.String)
    named = posts.with_columns(declared.fill_null(default_zone).alias("zone_name"))
    local = [
        rows.with_columns(pl.col("posted_at").dt.convert_time_zone(zone[0]).dt.replace_time_zone(None).alias("local"))
        for zone, rows in named.partition_by("zone_name", as_dict=True, maintain_order=True).items()
    ]
    together = (
        pl.concat(local) if local else named.with_columns(pl.col("posted_at").dt.replace_time_zone(None).alias("local"))
    )
    return together.with_columns(
        pl.col("local").dt.weekday().cast(pl.Int64).alias("weekday_number"),
        pl.col("local").dt.hour().cast(pl.Int64).alias("hour_number"),
    )


def _response() -> pl.Expr:
    engaged = pl.col("engagement_count").log1p()
    return (engaged - engaged.mean().over(*ACCOUNT, month_of(pl.col("post_date")))).alias("response")


def _shrunk(slots: pl.DataFrame, params: RhythmParams) -> pl.DataFrame:
    size, total, squares = pl.col("slot_post_count"), pl.col("total"), pl.col("squares")
    within, between = pl.col("within"), pl.col("between")
    mean = total / size
    posts, cells = size.sum().over(ACCOUNT), pl.len().over(ACCOUNT)
    # One-way analysis of variance with unequal cells: what lies between slots beyond what chance puts there.
    spread_within = (squares - total * mean).sum().over(ACCOUNT) / (posts - cells)
    sum_between = (size * (mean - total.sum().over(ACCOUNT) / posts) ** 2).sum().over(ACCOUNT)
    typical = (posts - (size**2).sum().over(ACCOUNT) / posts) / (cells - 1)
    varied = slots.with_columns(
        posts.alias("account_posts"),
        pl.when(posts > cells).then(spread_within.clip(lower_bound=0.0)).alias("within"),
    ).with_columns(
        pl.when(cells > 1).then(((sum_between / (cells - 1) - within) / typical).clip(lower_bound=0.0)).alias("between")
    )
    weight = pl.when(between > 0).then(between / (between + within / size)).otherwise(0.0)
    estimate = weight * mean
    # Where slots differ no more than chance lets them, there is no interval to give: every hour is as usual.
    half = pl.when(between > 0).then(Z_95 * (weight * within / size).sqrt())
    return varied.with_columns(
        estimate.exp().alias("lift_ratio"),
        (estimate - half).exp().alias("lift_low_ratio"),
        (estimate + half).exp().alias("lift_high_ratio"),
    ).with_columns(_verdict(params).alias("rhythm_verdict_code"), *_only_where_enough(params))


def _enough(params: RhythmParams) -> pl.Expr:
    is_enough = (pl.col("account_posts") >= params.least_posts) & (pl.col("slot_post_count") >= params.least_slot_posts)
    return is_enough & pl.col("within").is_not_null() & pl.col("between").is_not_null()


def _only_where_enough(params: RhythmParams) -> list[pl.Expr]:
    return [
        pl.when(_enough(params)).then(pl.col(name)).alias(name)
        for name in ("lift_ratio", "lift_low_ratio", "lift_high_ratio")
    ]


def _verdict(params: RhythmParams) -> pl.Expr:
    return (
        pl.when(~_enough(params))
        .then(pl.lit("not_enough_data"))
        .when(pl.col("lift_low_ratio") > 1)
        .then(pl.lit("better"))
        .when(pl.col("lift_high_ratio") < 1)
        .then(pl.lit("worse"))
        .otherwise(pl.lit("cannot_tell"))
    )
