"""The steps from passive to ambassador, as far as exports show them, and who stands on the last one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from transforms.marts.brand_mention import id_key
from transforms.marts.participation import CREATED
from transforms.marts.periods import covered_months, month_of, week_of
from transforms.marts.streaming import streamed
from warehouse.tables.insight import AMBASSADOR, ENGAGEMENT_LADDER_MONTHLY
from warehouse.tables.insight_people_columns import LADDER_STEPS

# What exports say of each step; the steps before 'sharer' leave no trace with a name.
_VISIBLE = {
    "mass": "not visible: people who never saw the brand's posts leave no trace",
    "inactive": "not visible: followers who never see a post leave no trace",
    "passive": "not visible: readers leave no trace",
    "clicker": "not visible by person: exports give clicks as totals, if at all",
    "sharer": "authors who only repost or quote",
    "commenter": "authors who reply or comment",
    "contributor": "authors who post about the brand themselves",
    "facilitator": "authors who answer somebody else's question in the brand's threads",
    "ambassador": "authors who answer a negative post of somebody else positively",
}
_REACTIONS = ("reply", "comment")


def engagement_ladder_monthly(
    brand_mentions: pl.DataFrame, thread_replies: pl.DataFrame, days: Sequence[date]
) -> pl.DataFrame:
    """One row per month, brand and step of the ladder: `mart.engagement_ladder_monthly`.

    `thread_replies` come from `threads`. Each known author stands on the highest step reached in the month; steps
    nobody can see have no count, never zero.
    """
    covered = brand_mentions.filter(pl.col("mention_date").is_in(list(days)) & pl.col("author_key").is_not_null())
    kind = pl.col("kind_code")
    posted = (
        pl.when(kind.is_in(CREATED)).then(pl.lit("contributor")).when(kind.is_in(_REACTIONS)).then(pl.lit("commenter"))
    ).otherwise(pl.lit("sharer"))
    steps = pl.concat(
        [
            covered.select("mention_date", "brand_id", "author_key", posted.alias("step")),
            _helpers(thread_replies, days, _helps(), "facilitator"),
            _helpers(thread_replies, days, _defends(), "ambassador"),
        ]
    )
    highest = steps.with_columns(
        month_of(pl.col("mention_date")).alias("month_date"), pl.col("step").cast(pl.Enum(LADDER_STEPS))
    )
    reached = streamed(
        highest.lazy().group_by("month_date", "brand_id", "author_key").agg(pl.col("step").to_physical().max())
    )
    counted = reached.group_by("month_date", "brand_id", "step").agg(pl.len().cast(pl.Int64).alias("author_count"))
    return _ladder(counted, days)


def _helps() -> pl.Expr:
    return pl.col("parent_is_question") & ~pl.col("is_question")


def _defends() -> pl.Expr:
    return (pl.col("parent_sentiment_label") == "negative") & (pl.col("sentiment_label") == "positive")


def _helpers(thread_replies: pl.DataFrame, days: Sequence[date], condition: pl.Expr, step: str) -> pl.DataFrame:
    people = ~pl.col("is_owned") & pl.col("author_id").is_not_null() & pl.col("mention_date").is_in(list(days))
    found = thread_replies.filter(people & condition)
    return found.select("mention_date", "brand_id", id_key("author_id").alias("author_key"), pl.lit(step).alias("step"))


def _ladder(counted: pl.DataFrame, days: Sequence[date]) -> pl.DataFrame:
    first_visible = LADDER_STEPS.index("sharer")
    rungs = pl.DataFrame(
        {
            "step": range(len(LADDER_STEPS)),
            "ladder_step_code": LADDER_STEPS,
            "is_observable": [number >= first_visible for number in range(len(LADDER_STEPS))],
            "step_text": [_VISIBLE[step] for step in LADDER_STEPS],
        }
    )
    cells = counted.select("month_date", "brand_id").unique().join(rungs, how="cross")
    keys = ["month_date", "brand_id", "step"]
    found = cells.with_columns(pl.col("step").cast(pl.Int64)).join(
        counted.with_columns(pl.col("step").cast(pl.Int64)), on=keys, how="left"
    )
    return (
        found.with_columns(pl.when("is_observable").then(pl.col("author_count").fill_null(0)).alias("author_count"))
        .join(covered_months(days), on="month_date")
        .rename({"step": "step_count"})
        .with_columns(pl.col("step_count") + 1)
        .select(ENGAGEMENT_LADDER_MONTHLY.schema.names())
        .sort("month_date", "brand_id", "step_count")
    )


@dataclass(frozen=True)
class AmbassadorParams:
    """Who is named: over the last `weeks` weeks, in at least `least_weeks` of them and `least_mentions` scored posts,
    with `least_leaning` of the positive and negative ones on one side. An ambassador also defended the brand under at
    least `least_defences` negative posts of others."""

    weeks: int = 13
    least_weeks: int = 3
    least_mentions: int = 4
    least_leaning: float = 0.75
    least_defences: int = 2


def ambassador(
    brand_mentions: pl.DataFrame,
    thread_replies: pl.DataFrame,
    *,
    as_of: date,
    params: AmbassadorParams = AmbassadorParams(),
) -> pl.DataFrame:
    """One row per brand and author who stands by it or against it, as of a day: `mart.ambassador`.

    Ambassadors come back over weeks, are positive, and defend the brand under negative posts; detractors come back
    over weeks and are negative. Official accounts are neither. Authors are pseudonyms.
    """
    since = as_of - timedelta(days=7 * params.weeks)
    recent = (pl.col("mention_date") > since) & (pl.col("mention_date") <= as_of) & pl.col("author_id").is_not_null()
    keys, label = ["brand_id", "author_id"], pl.col("sentiment_label")
    posted = brand_mentions.filter(recent).select(*keys, "mention_id", "mention_date", "sentiment_label")
    replied = thread_replies.filter(recent & ~pl.col("is_owned"))
    # A reply counts even if only the post above it names the brand.
    spoken = pl.concat([posted, replied.select(posted.columns)]).unique([*keys, "mention_id"])
    people = spoken.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("author_mention_count"),
        week_of(pl.col("mention_date")).n_unique().cast(pl.Int64).alias("active_week_count"),
        (label == "positive").sum().cast(pl.Int64).alias("positive_count"),
        (label == "negative").sum().cast(pl.Int64).alias("negative_count"),
        pl.col("mention_date").max().alias("last_mention_date"),
    )
    defended = (
        replied.filter(_defends())
        .group_by(keys)
        .agg(pl.col("mention_id").n_unique().cast(pl.Int64).alias("defence_count"))
    )
    found = people.join(defended, on=keys, how="left").with_columns(
        pl.col("defence_count").fill_null(0), _role(params).alias("author_role_code"), pl.lit(as_of).alias("as_of_date")
    )
    named = found.filter(pl.col("author_role_code").is_not_null())
    return named.select(AMBASSADOR.schema.names()).sort("brand_id", "author_role_code", "author_id")


def _role(params: AmbassadorParams) -> pl.Expr:
    positive, negative = pl.col("positive_count"), pl.col("negative_count")
    leaning = positive + negative
    returns = (pl.col("active_week_count") >= params.least_weeks) & (leaning >= params.least_mentions)
    defends = pl.col("defence_count").fill_null(0) >= params.least_defences
    return (
        pl.when(returns & (positive >= params.least_leaning * leaning) & defends)
        .then(pl.lit("ambassador"))
        .when(returns & (negative >= params.least_leaning * leaning))
        .then(pl.lit("detractor"))
    )
