"""Who waits for an answer: the queue of questions, complaints and buyers, and how fast answers come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from transforms.marts.panel import Panel
from transforms.metrics.interval import ratio
from warehouse.tables.insight import CARE_DAILY, REPLY_QUEUE

# What a post wants, the most pressing first, and how much each weighs in the priority.
NEEDS = (
    ("complaint", "is_complaint", 1.0),
    ("purchase_intent", "has_purchase_intent", 0.8),
    ("question", "is_question", 0.6),
)
# An author who cannot be scored is neither calm nor angry.
_UNKNOWN_MOOD = 0.5


@dataclass(frozen=True)
class CareParams:
    """A post waits in the queue for `waiting_days`; then it is too late for an answer."""

    waiting_days: int = 14


def reply_queue(
    mentions: pl.DataFrame,
    mention_brands: pl.DataFrame,
    clusters: pl.DataFrame,
    thread_replies: pl.DataFrame,
    panel: Panel,
    *,
    as_of: datetime,
    params: CareParams = CareParams(),
) -> pl.DataFrame:
    """One row per own brand and post that waits for its answer, most urgent first: `mart.reply_queue`.

    Questions, complaints and intents to buy of the last days before `as_of` that no official account answered.
    Of copies of one text the first stands for all. Priority (0 to 1) is the need's weight times a mean of reach and
    negativity: `need * (0.5 + 0.25 * reach + 0.25 * negativity)`, reach being the rank among the waiting posts of the
    platform. Where a platform's exports hold no answer of any official account, nobody can tell what was answered.
    """
    asked = _asked(mentions, mention_brands, panel)
    since = as_of - timedelta(days=params.waiting_days)
    recent = asked.filter((pl.col("published_at") > since) & (pl.col("published_at") <= as_of))
    answered = _answers(thread_replies).select("mention_id")
    waiting = recent.join(answered, on="mention_id", how="anti")
    waiting = (
        waiting.join(clusters.select("mention_id", "cluster_id"), on="mention_id", how="left")
        .with_columns(pl.coalesce("cluster_id", "mention_id").alias("cluster_id"))
        .sort("brand_id", "published_at", "mention_id")
        .unique(["brand_id", "cluster_id"], keep="first", maintain_order=True)
    )
    ranked = waiting.with_columns(
        _priority().round(6).alias("priority_score"),
        pl.col("platform_code").is_in(_answering_platforms(mentions).implode()).alias("is_answer_observable"),
        (pl.lit(as_of) - pl.col("published_at")).dt.total_seconds().alias("waiting_seconds"),
    ).sort("brand_id", -pl.col("priority_score"), "published_at", "mention_id")
    place = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("brand_id").alias("rank_count")
    return ranked.with_columns(place).select(REPLY_QUEUE.schema.names())


def _asked(mentions: pl.DataFrame, mention_brands: pl.DataFrame, panel: Panel) -> pl.DataFrame:
    """Earned posts that want something of an own brand, with `need_code`."""
    own = [brand.brand_id for brand in panel.brands if brand.role == "own"]
    need = pl.lit(None, dtype=pl.String)
    for code, column, _ in reversed(NEEDS):
        need = pl.when(pl.col(column)).then(pl.lit(code)).otherwise(need)
    named = mention_brands.filter(pl.col("brand_id").is_in(own)).select("mention_id", "brand_id")
    wanting = mentions.filter(~pl.col("is_owned") & pl.any_horizontal(column for _, column, _ in NEEDS))
    return wanting.with_columns(need.alias("need_code")).join(named, on="mention_id")


def _answers(thread_replies: pl.DataFrame) -> pl.DataFrame:
    """One row per answered post: `mention_id`, `answered_at` (the first reply of an official account)."""
    official = thread_replies.filter("is_owned")
    return official.group_by(pl.col("parent_mention_id").alias("mention_id")).agg(
        pl.col("published_at").min().alias("answered_at")
    )


def _answering_platforms(mentions: pl.DataFrame) -> pl.Series:
    answers = pl.col("is_owned") & pl.col("parent_native_id").is_not_null()
    return mentions.filter(answers)["platform_code"].unique()


def _priority() -> pl.Expr:
    weight = pl.lit(0.0)
    for code, _, value in NEEDS:
        weight = pl.when(pl.col("need_code") == code).then(value).otherwise(weight)
    seen = pl.coalesce("reach_count", "author_follower_count")
    platform = ["brand_id", "platform_code"]
    reach = ratio(seen.rank("average").over(platform), seen.count().over(platform)).fill_null(0.0)
    mood = pl.when(pl.col("sentiment_label") != "unscored").then((-pl.col("sentiment_score")).clip(0.0, 1.0))
    return weight * (0.5 + 0.25 * reach + 0.25 * mood.fill_null(_UNKNOWN_MOOD))


def care_daily(
    mentions: pl.DataFrame,
    mention_brands: pl.DataFrame,
    thread_replies: pl.DataFrame,
    panel: Panel,
    days: Sequence[date],
    zone: str,
    params: CareParams = CareParams(),
) -> pl.DataFrame:
    """One row per covered day and own brand: what was asked, what was answered and how fast: `mart.care_daily`.

    Counts only platforms whose exports hold answers of official accounts; where none does, everything but the asked
    posts is unknown. The backlog is what had been asked within the waiting time and had no answer at the day's end in
    `zone`. An answer that arrives later changes the day on which the post was asked: build the table whole.
    """
    platforms = _answering_platforms(mentions)
    asked = _asked(mentions, mention_brands, panel).join(_answers(thread_replies), on="mention_id", how="left")
    asked = asked.with_columns(pl.col("platform_code").is_in(platforms.implode()).alias("is_observable"))
    keys = ["mention_date", "brand_id"]
    seconds = (pl.col("answered_at") - pl.col("published_at")).dt.total_seconds()
    # Exports cut times to the minute: an answer dated before its question is an answer, after an unknown time.
    seconds = pl.when(seconds >= 0).then(seconds)
    visible = pl.col("is_observable")
    counted = asked.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("asked_count"),
        visible.sum().cast(pl.Int64).alias("answer_observable_count"),
        pl.col("answered_at").filter(visible).count().cast(pl.Int64).alias("answered_count"),
        seconds.filter(visible).median().alias("median_reply_seconds"),
        seconds.filter(visible).sum().alias("reply_seconds_sum"),
    )
    own = pl.DataFrame(
        {"brand_id": [b.brand_id for b in panel.brands if b.role == "own"]}, schema={"brand_id": pl.String}
    )
    calendar = pl.DataFrame({"mention_date": sorted(set(days))}, schema={"mention_date": pl.Date}).join(
        own, how="cross"
    )
    table = calendar.join(counted, on=keys, how="left").join(
        _backlog(asked, calendar, zone, params), on=keys, how="left"
    )
    counts = ["asked_count", "answer_observable_count", "answered_count", "backlog_count"]
    known = pl.lit(len(platforms) > 0)
    return (
        table.with_columns(pl.col(counts).fill_null(0))
        .with_columns(pl.when(known).then(pl.col(name)).alias(name) for name in ("answered_count", "backlog_count"))
        .with_columns(ratio(pl.col("reply_seconds_sum"), pl.col("answered_count")).alias("mean_reply_seconds"))
        .select(CARE_DAILY.schema.names())
        .sort(keys)
    )


def _backlog(asked: pl.DataFrame, calendar: pl.DataFrame, zone: str, params: CareParams) -> pl.DataFrame:
    """Posts open at the end of each day, counted as openings minus closings: a post opens when asked and closes when
    answered or when its time is over."""
    visible = asked.filter("is_observable")
    too_late = pl.col("published_at") + timedelta(days=params.waiting_days)
    closed = pl.min_horizontal(pl.col("answered_at").fill_null(too_late), too_late)
    local_day = closed.dt.convert_time_zone(zone).dt.date()
    steps = pl.concat(
        [
            visible.select("brand_id", "mention_date", pl.lit(1, dtype=pl.Int64).alias("step")),
            visible.select("brand_id", local_day.alias("mention_date"), pl.lit(-1, dtype=pl.Int64).alias("step")),
        ]
    )
    totals = steps.group_by("brand_id", "mention_date").agg(pl.col("step").sum()).sort("mention_date")
    running = totals.with_columns(pl.col("step").cum_sum().over("brand_id").alias("backlog_count")).drop("step")
    return calendar.sort("mention_date").join_asof(running, on="mention_date", by="brand_id", check_sortedness=False)
