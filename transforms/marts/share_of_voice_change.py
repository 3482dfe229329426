"""Whether a share of voice moved since the week before, and what moved it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from transforms.marts.panel import Panel
from transforms.marts.periods import covered_weeks, week_of
from transforms.marts.share_of_voice import BASES
from transforms.metrics.interval import ratio
from transforms.metrics.registry import METRICS, Registry
from warehouse.tables.columns import ALL_PLATFORMS
from warehouse.tables.insight import SHARE_OF_VOICE_CHANGE, SHARE_OF_VOICE_DRIVER

WEEK = timedelta(days=7)
KEYS = ["week_date", "platform_code", "brand_id"]
NO_TOPIC = "none"
NO_DIFFERENCE = ("panel_changed", "definition_changed")
DIFFERENCES = (
    *("share_change_ratio", "share_change_low_ratio", "share_change_high_ratio"),
    *("own_gain_ratio", "rivals_loss_ratio"),
)


@dataclass(frozen=True)
class ChangeParams:
    """`smallest_change`: a change inside +- this is no change (0.05 is five points); `least_votes`: n_eff needed."""

    smallest_change: float = 0.05
    least_votes: float = 10.0


def share_of_voice_change(
    weekly: pl.DataFrame, params: ChangeParams = ChangeParams(), registry: Registry = METRICS
) -> pl.DataFrame:
    """One row per week, platform (and 'all'), brand and basis: `mart.share_of_voice_change`.

    `weekly` are rows of `mart.share_of_voice_weekly`. The interval of the change is Newcombe's hybrid score interval
    (1998, method 10) of two Wilson intervals. A first or incomplete week, a change of the panel or of a definition
    and too few votes are named in the status; the answer is then cannot_tell. Across two panels or two definitions
    there is no change to give: both shares stand, their difference is null.
    """
    bases = [_one_basis(weekly, basis, count, params, registry) for basis, count in BASES]
    return pl.concat(bases).select(SHARE_OF_VOICE_CHANGE.schema.names()).sort(*KEYS, "basis_code")


def _one_basis(weekly: pl.DataFrame, basis: str, count: str, params: ChangeParams, registry: Registry) -> pl.DataFrame:
    now = _basis_rows(weekly, basis, count)
    before = now.with_columns(pl.col("week_date") + WEEK)
    pairs = now.join(before, on=KEYS, how="left", suffix="_before").with_columns(pl.lit(basis).alias("basis_code"))
    weeks = pairs["week_date"].unique().sort().to_list()
    return _verdict(_parts(_differences(pairs), basis), _broken_weeks(weeks, basis, registry), params)


def _basis_rows(weekly: pl.DataFrame, basis: str, count: str) -> pl.DataFrame:
    share, votes = ("share_of_voice", "") if basis == "mentions" else (f"share_of_voice_{basis}", f"{basis}_")
    return weekly.select(
        *KEYS,
        "panel_id",
        "is_complete_period",
        pl.col(f"{share}_ratio").alias("share_ratio"),
        pl.col(f"{share}_low_ratio").alias("low"),
        pl.col(f"{share}_high_ratio").alias("high"),
        pl.col(f"{votes}effective_count").alias("votes"),
        pl.col(count).alias("count"),
        pl.col(count).sum().over("week_date", "platform_code").alias("panel"),
    )


def _differences(pairs: pl.DataFrame) -> pl.DataFrame:
    now, before = pl.col("share_ratio"), pl.col("share_ratio_before")
    change = now - before
    low = change - ((now - pl.col("low")) ** 2 + (pl.col("high_before") - before) ** 2).sqrt()
    high = change + ((pl.col("high") - now) ** 2 + (before - pl.col("low_before")) ** 2).sqrt()
    return pairs.with_columns(
        before.alias("previous_share_ratio"),
        change.alias("share_change_ratio"),
        low.clip(-1.0, 1.0).alias("share_change_low_ratio"),
        high.clip(-1.0, 1.0).alias("share_change_high_ratio"),
    )


def _parts(pairs: pl.DataFrame, basis: str) -> pl.DataFrame:
    """The change split exactly: d(m / M) = ((1 - p) dm - p dR) / M, with p and M the means of the two weeks."""
    mean_share = (pl.col("share_ratio") + pl.col("share_ratio_before")) / 2
    mean_panel = (pl.col("panel") + pl.col("panel_before")) / 2
    own = pl.col("count") - pl.col("count_before")
    rivals = pl.col("panel") - pl.col("panel_before") - own
    # A total that is weighted over platforms is not a quotient of two sums.
    is_quotient = pl.lit(basis not in ("engagement", "reach")) | (pl.col("platform_code") != ALL_PLATFORMS)
    return pairs.with_columns(
        pl.when(is_quotient).then((1 - mean_share) * own / mean_panel).alias("own_gain_ratio"),
        pl.when(is_quotient).then(-mean_share * rivals / mean_panel).alias("rivals_loss_ratio"),
    )


def _verdict(pairs: pl.DataFrame, broken_weeks: list[date], params: ChangeParams) -> pl.DataFrame:
    low, high = pl.col("share_change_low_ratio"), pl.col("share_change_high_ratio")
    votes = pl.min_horizontal("votes", "votes_before")
    status = (
        pl.when(pl.col("panel_id_before").is_null())
        .then(pl.lit("no_previous"))
        .when(pl.col("panel_id") != pl.col("panel_id_before"))
        .then(pl.lit("panel_changed"))
        .when(pl.col("week_date").is_in(broken_weeks))
        .then(pl.lit("definition_changed"))
        .when(~pl.col("is_complete_period") | ~pl.col("is_complete_period_before"))
        .then(pl.lit("incomplete"))
        .when(low.is_null() | votes.is_null() | (votes < params.least_votes))
        .then(pl.lit("too_few"))
        .otherwise(pl.lit("ok"))
    )
    margin = params.smallest_change
    verdict = (
        pl.when(pl.col("comparison_status_code") != "ok")
        .then(pl.lit("cannot_tell"))
        .when((low > 0) | (high < 0))
        .then(pl.lit("yes"))
        .when((low > -margin) & (high < margin))
        .then(pl.lit("no"))
        .otherwise(pl.lit("cannot_tell"))
    )
    may_compare = ~pl.col("comparison_status_code").is_in(NO_DIFFERENCE)
    differences = [pl.when(may_compare).then(pl.col(name)).alias(name) for name in DIFFERENCES]
    named = pairs.with_columns(status.alias("comparison_status_code"))
    return named.with_columns(verdict.alias("is_different_code"), *differences)


def weekly_mention_shares(brand_mentions: pl.DataFrame, panel: Panel, days: Sequence[date]) -> pl.DataFrame:
    """One row per week with a covered day and brand of the panel: its share by mentions over all platforms.

    The columns of `mart.share_of_voice_weekly` that drivers are found from, with the values they have there.
    """
    counted = brand_mentions.filter(pl.col("mention_date").is_in(list(days)))
    weeks = counted.select("brand_id", week_of(pl.col("mention_date")).alias("week_date"))
    counts = weeks.group_by("week_date", "brand_id").agg(pl.len().cast(pl.Int64).alias("mention_count"))
    cells = covered_weeks(days).select("week_date", pl.lit(ALL_PLATFORMS).alias("platform_code"))
    count = pl.col("mention_count")
    return (
        cells.join(panel.frame(), how="cross")
        .join(counts, on=["week_date", "brand_id"], how="left")
        .with_columns(count.fill_null(0))
        .with_columns(count.sum().over("week_date").alias("panel_mention_count"))
        .with_columns(ratio(count, pl.col("panel_mention_count")).alias("share_of_voice_ratio"))
        .select(*KEYS, "panel_id", "panel_mention_count", "share_of_voice_ratio")
    )


def share_of_voice_driver(
    brand_mentions: pl.DataFrame, mention_topics: pl.DataFrame, weekly: pl.DataFrame, registry: Registry = METRICS
) -> pl.DataFrame:
    """One row per week, brand, driving brand, platform and topic that moved: `mart.share_of_voice_driver`.

    `mention_topics` has one row per post and topic (`mention_id`, `topic_id`); `weekly` are `weekly_mention_shares`
    (or rows of `mart.share_of_voice_weekly`) of the same panel, and `brand_mentions` the posts of its weeks. The
    contributions of a week and brand sum to the change of its share by mentions over all platforms. Weeks that follow
    no covered week, or whose panel or definition changed or had no mentions, have no rows.
    """
    parts = _topic_parts(brand_mentions, mention_topics).join(
        weekly.select("brand_id").unique(), on="brand_id", how="semi"
    )
    before = parts.with_columns(pl.col("week_date") + WEEK).rename({"part_count": "previous_part_count"})
    cells = ["week_date", "brand_id", "platform_code", "topic_id"]
    moved = parts.join(before, on=cells, how="full", coalesce=True).with_columns(
        pl.col("part_count", "previous_part_count").fill_null(0.0)
    )
    moved = moved.filter(pl.col("part_count") != pl.col("previous_part_count"))
    change, mean_share = pl.col("part_count") - pl.col("previous_part_count"), pl.col("mean_share")
    side = pl.when(pl.col("brand_id") == pl.col("driver_brand_id")).then(1 - mean_share).otherwise(-mean_share)
    return (
        _comparable(weekly, registry)
        .join(moved.rename({"brand_id": "driver_brand_id"}), on="week_date")
        .with_columns((side * change / pl.col("mean_panel")).alias("contribution_ratio"))
        .select(SHARE_OF_VOICE_DRIVER.schema.names())
        .sort(SHARE_OF_VOICE_DRIVER.key)
    )


def _broken_weeks(weeks: list[date], basis: str, registry: Registry) -> list[date]:
    """The weeks that follow another definition than the week before them did, or change theirs on the way."""
    return [week for week in weeks if registry.breaks(f"sov_{basis}", week - WEEK, week + WEEK - timedelta(days=1))]


def _comparable(weekly: pl.DataFrame, registry: Registry) -> pl.DataFrame:
    """Per week and brand that has a share now and the week before: `mean_share`, `mean_panel`."""
    now = weekly.filter(pl.col("platform_code") == ALL_PLATFORMS).select(
        "week_date", "brand_id", "panel_id", "panel_mention_count", "share_of_voice_ratio"
    )
    before = now.with_columns(pl.col("week_date") + WEEK)
    broken = _broken_weeks(now["week_date"].unique().to_list(), "mentions", registry)
    pairs = now.join(before, on=["week_date", "brand_id", "panel_id"], suffix="_before")
    pairs = pairs.filter(~pl.col("week_date").is_in(broken))
    means = [
        ((pl.col(name) + pl.col(f"{name}_before")) / 2).alias(alias)
        for name, alias in (("share_of_voice_ratio", "mean_share"), ("panel_mention_count", "mean_panel"))
    ]
    return pairs.select("week_date", "brand_id", *means).filter(pl.col("mean_share").is_not_null())


def _topic_parts(brand_mentions: pl.DataFrame, mention_topics: pl.DataFrame) -> pl.DataFrame:
    """Mentions by week, brand, platform and topic, a post on k topics counting 1/k in each (whole counts per k first:
    sums of thirds would depend on the order of rows)."""
    cells = ["week_date", "brand_id", "platform_code", "topic_id"]
    topics = mention_topics.select("mention_id", "topic_id")
    topics = topics.with_columns(pl.len().over("mention_id").alias("k"))
    counted = brand_mentions.select("mention_id", "mention_date", "brand_id", "platform_code")
    return (
        counted.join(topics, on="mention_id", how="left")
        .with_columns(
            week_of(pl.col("mention_date")).alias("week_date"),
            pl.col("topic_id").fill_null(NO_TOPIC),
            pl.col("k").fill_null(1),
        )
        .group_by(*cells, "k")
        .agg(pl.len().alias("count"))
        .sort(*cells, "k")
        .group_by(cells, maintain_order=True)
        .agg((pl.col("count") / pl.col("k")).sum().alias("part_count"))
    )
