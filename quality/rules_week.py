"""Rules for the weekly share of voice: weeks are their days added up, and a change is the difference of two weeks."""

from datetime import timedelta

import polars as pl

from quality.context import AuditContext
from quality.rule import (
    TOLERANCE,
    Finding,
    Frames,
    Rule,
    beyond,
    difference_detail,
    differing,
    found,
    rule,
)
from quality.rule_parts import intervals_hold, row_rule
from transforms.marts.share_of_voice_change import NO_DIFFERENCE
from warehouse.tables import insight, mart
from warehouse.tables.columns import ALL_PLATFORMS

WEEKLY, CHANGE, DRIVER = insight.SHARE_OF_VOICE_WEEKLY, insight.SHARE_OF_VOICE_CHANGE, insight.SHARE_OF_VOICE_DRIVER
DAILY = mart.SHARE_OF_VOICE_DAILY
CELL = ("week_date", "platform_code")
KEY = (*CELL, "brand_id")
WEEK = timedelta(days=7)
# Each basis of a share: its column, the ends of its interval, the votes behind it.
BASES = {
    basis: (*(f"share_of_voice_{name}{end}ratio" for end in ("", "low_", "high_")), votes)
    for basis, name, votes in (
        ("mentions", "", "effective_count"),
        *((what, f"{what}_", f"{what}_effective_count") for what in ("deduplicated", "authors", "engagement", "reach")),
    )
}
# No company of brands makes a share surer than this: the floor under the variance in `transforms.marts.votes`.
MOST_PER_VOTE = 10.0


def monday(day: str) -> pl.Expr:
    """The week of a day column, as `week_date`."""
    return pl.col(day).dt.truncate("1w").alias("week_date")


def _shares_sum(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[WEEKLY.name]
    sums = rows.group_by(CELL).agg(pl.col(share).sum() for share, *_ in BASES.values())
    known = rows.group_by(CELL).agg(pl.col(share).count() for share, *_ in BASES.values())
    off = sums.join(known, on=CELL, suffix="_known")
    # Engagement and reach may be zero for all: their shares are unknown then, as the column says.
    is_off = pl.any_horizontal(
        (pl.col(f"{share}_known") > 0) & ~((pl.col(share) - 1).abs() <= TOLERANCE) for share, *_ in BASES.values()
    )
    return found(off.filter(is_off).sort(CELL), off.height, "weeks and platforms with shares that do not sum to 1")


def _panel_is_complete(frames: Frames, context: AuditContext) -> Finding:
    days = frames[DAILY.name].select(monday("mention_date"), "platform_code").unique()
    expected = days.join(pl.DataFrame({"brand_id": context.brand_ids}, schema={"brand_id": pl.String}), how="cross")
    rows = frames[WEEKLY.name].select(KEY)
    missing, foreign = expected.join(rows, on=KEY, how="anti"), rows.join(expected, on=KEY, how="anti")
    wrong = pl.concat([missing.select(KEY), foreign]).sort(KEY)
    return found(wrong, expected.height, "rows of the panel", f"{missing.height:,} missing, {foreign.height:,} unknown")


def _meets_daily(frames: Frames, _: AuditContext) -> Finding:
    counts = ("mention_count", "panel_mention_count", "engagement_count", "potential_reach_total_count")
    weekly = frames[WEEKLY.name]
    sums = frames[DAILY.name].group_by(monday("mention_date"), "platform_code", "brand_id").agg(pl.col(counts).sum())
    # A panel has no row for a day on which its platform was silent, so every count adds up over the days there are.
    # Rows that are missing are another rule's.
    sums = sums.join(weekly, on=KEY, how="semi")
    wrong = pl.concat([differing(weekly, sums, KEY, count) for count in counts])
    return found(wrong.sort(KEY), weekly.height * len(counts), "counts miss the days", difference_detail(wrong))


def _weeks_are_weeks(frames: Frames, _: AuditContext) -> Finding:
    days = frames[DAILY.name].select("mention_date").unique()
    whole = days.group_by(monday("mention_date")).agg((pl.len() == 7).alias("is_whole"))
    judged = frames[WEEKLY.name].join(whole, on="week_date", how="left")
    wrong = judged.filter(
        (pl.col("week_date").dt.weekday() != 1) | pl.col("is_complete_period").ne_missing(pl.col("is_whole"))
    )
    return found(wrong.sort(KEY), judged.height, "rows not of a Monday, or called complete without seven days")


def _wrong_votes(_: pl.DataFrame) -> pl.Expr:
    mentions = pl.col("panel_mention_count").cast(pl.Float64)
    too_many = [pl.col(votes) > MOST_PER_VOTE * mentions + TOLERANCE for *_, votes in BASES.values()]
    unknown = [
        (pl.col(votes) > 0).fill_null(False) != pl.col(share).is_not_null() for share, *_, votes in BASES.values()
    ]
    return pl.any_horizontal(*(expr.fill_null(False) for expr in too_many), *unknown)


def _shares_by_basis(weekly: pl.DataFrame) -> pl.DataFrame:
    parts = [
        weekly.select(*KEY, "panel_id", pl.lit(basis).alias("basis_code"), pl.col(share).alias("weekly_ratio"))
        for basis, (share, *_) in BASES.items()
    ]
    return pl.concat(parts)


def _change_meets_weekly(frames: Frames, _: AuditContext) -> Finding:
    on = [*KEY, "basis_code"]
    shares = _shares_by_basis(frames[WEEKLY.name]).drop("panel_id")
    before = shares.with_columns(pl.col("week_date") + WEEK).rename({"weekly_ratio": "before_ratio"})
    changes = frames[CHANGE.name]
    judged = changes.join(shares, on=on, how="full", coalesce=True).join(before, on=on, how="left")
    wrong = judged.filter(
        pl.col("comparison_status_code").is_null()
        | beyond(pl.col("share_ratio"), pl.col("weekly_ratio"))
        | beyond(pl.col("previous_share_ratio"), pl.col("before_ratio"))
    )
    return found(wrong.sort(on), changes.height, "changes are not of the shares of share_of_voice_weekly")


def _breaks_are_shown(frames: Frames, _: AuditContext) -> Finding:
    panels = frames[WEEKLY.name].group_by("week_date").agg(pl.col("panel_id").min())
    before = panels.with_columns(pl.col("week_date") + WEEK).rename({"panel_id": "panel_before"})
    changes = frames[CHANGE.name].join(panels.join(before, on="week_date"), on="week_date", how="left")
    is_broken = pl.col("panel_id") != pl.col("panel_before")
    may_be_new = pl.col("comparison_status_code").is_in(["panel_changed", "no_previous"])
    is_compared = pl.col("comparison_status_code").is_in(NO_DIFFERENCE) & pl.col("share_change_ratio").is_not_null()
    wrong = changes.filter((is_broken & ~may_be_new).fill_null(False) | is_compared)
    return found(wrong.sort(CHANGE.key), changes.height, "changes compare two panels as if they were one")


def _wrong_parts(_: pl.DataFrame) -> pl.Expr:
    change, now, before = (
        pl.col(f"{name}share{end}_ratio") for name, end in (("", "_change"), ("", ""), ("previous_", ""))
    )
    parts = pl.col("own_gain_ratio") + pl.col("rivals_loss_ratio")
    torn = pl.col("own_gain_ratio").is_null() != pl.col("rivals_loss_ratio").is_null()
    is_compared = ~pl.col("comparison_status_code").is_in(NO_DIFFERENCE)
    return (is_compared & beyond(change, now - before)) | torn | (parts.is_not_null() & beyond(parts, change))


def _wrong_verdict(_: pl.DataFrame) -> pl.Expr:
    low, high = pl.col("share_change_low_ratio"), pl.col("share_change_high_ratio")
    verdict, is_ok = pl.col("is_different_code"), pl.col("comparison_status_code") == "ok"
    is_clear = ((low > 0) | (high < 0)).fill_null(False)
    return (~is_ok & (verdict != "cannot_tell")) | (is_ok & ((verdict == "yes") != is_clear))


def _drivers_add_up(frames: Frames, _: AuditContext) -> Finding:
    on = ["week_date", "brand_id"]
    parts = frames[DRIVER.name].group_by(on).agg(pl.col("contribution_ratio").sum().alias("parts"))
    total = frames[CHANGE.name].filter(
        (pl.col("platform_code") == ALL_PLATFORMS)
        & (pl.col("basis_code") == "mentions")
        & pl.col("share_change_ratio").is_not_null()
    )
    judged = total.select(*on, "share_change_ratio").join(parts, on=on, how="full", coalesce=True)
    change = pl.col("share_change_ratio")
    wrong = judged.filter(change.is_null() | ((pl.col("parts").fill_null(0.0) - change).abs() > 1e-6))
    return found(wrong.sort(on), judged.height, "weeks and brands whose drivers do not add up to the change")


RULES: tuple[Rule, ...] = (
    rule(
        WEEKLY,
        "shares_sum_to_one",
        "error",
        "On each of the five bases the shares of a week and platform sum to 1, or are all unknown.",
        "Recompute the sampled weeks; look for a brand missing from the panel or counted twice.",
        {WEEKLY: (*KEY, *(share for share, *_ in BASES.values()))},
        _shares_sum,
    ),
    intervals_hold(WEEKLY, [(low, share, high) for share, low, high, _ in BASES.values()]),
    rule(
        WEEKLY,
        "panel_is_complete",
        "error",
        "Every week and platform of share_of_voice_daily has a row for each brand of the panel, and for no other.",
        "Rebuild share_of_voice_weekly: it was made before its days, or for another panel.",
        {WEEKLY: KEY, DAILY: ("mention_date", "platform_code")},
        _panel_is_complete,
    ),
    rule(
        WEEKLY,
        "meets_daily",
        "error",
        "Mentions, panel mentions, engagement and total potential reach of a week are the sums of its days.",
        "Rebuild the sampled weeks: share_of_voice_weekly was made before its days were last changed.",
        {
            WEEKLY: (*KEY, "mention_count", "panel_mention_count", "engagement_count", "potential_reach_total_count"),
            DAILY: (
                *("mention_date", "platform_code", "brand_id", "mention_count", "panel_mention_count"),
                *("engagement_count", "potential_reach_total_count"),
            ),
        },
        _meets_daily,
    ),
    rule(
        WEEKLY,
        "weeks_are_weeks",
        "error",
        "Weeks start on a Monday and are complete exactly if share_of_voice_daily has their seven days.",
        "Rebuild the sampled weeks of share_of_voice_weekly.",
        {WEEKLY: (*KEY, "is_complete_period"), DAILY: ("mention_date",)},
        _weeks_are_weeks,
    ),
    row_rule(
        WEEKLY,
        "votes_are_known",
        "Independent votes stand behind every share that is known, and never ten times more than the panel's mentions.",
        "Recompute the design effect of the sampled rows of share_of_voice_weekly.",
        ("panel_mention_count", *(column for share, _, _, votes in BASES.values() for column in (share, votes))),
        _wrong_votes,
        "rows with shares without votes, or with too many",
    ),
    rule(
        CHANGE,
        "meets_weekly",
        "error",
        "There is one change for each share of share_of_voice_weekly, between it and the one a week before.",
        "Rebuild share_of_voice_change: it was made before share_of_voice_weekly was last changed.",
        {
            CHANGE: (*CHANGE.key, "share_ratio", "previous_share_ratio", "comparison_status_code"),
            WEEKLY: (*KEY, "panel_id", *(share for share, *_ in BASES.values())),
        },
        _change_meets_weekly,
    ),
    rule(
        CHANGE,
        "breaks_are_shown",
        "error",
        "Two weeks with different panels, or definitions of the share, are not compared: no change is given.",
        "Rebuild share_of_voice_change; numbers of two panels are different numbers.",
        {
            CHANGE: (*CHANGE.key, "comparison_status_code", "share_change_ratio"),
            WEEKLY: ("week_date", "panel_id"),
        },
        _breaks_are_shown,
    ),
    row_rule(
        CHANGE,
        "parts_add_up",
        "The change is the share minus the one before; own gain and rivals' loss, where given, add up to it.",
        "Recompute the sampled changes by METRICS.md.",
        (
            *("share_ratio", "previous_share_ratio", "share_change_ratio", "own_gain_ratio", "rivals_loss_ratio"),
            "comparison_status_code",
        ),
        _wrong_parts,
        "changes whose parts do not add up",
    ),
    row_rule(
        CHANGE,
        "verdict_follows",
        "A change is called different exactly if the weeks can be compared and its interval excludes zero.",
        "Recompute the sampled changes: verdict and interval come from different runs.",
        ("share_change_low_ratio", "share_change_high_ratio", "is_different_code", "comparison_status_code"),
        _wrong_verdict,
        "changes whose verdict does not follow",
    ),
    intervals_hold(CHANGE, [("share_change_low_ratio", "share_change_ratio", "share_change_high_ratio")]),
    rule(
        DRIVER,
        "adds_up_to_change",
        "error",
        "The contributions of a week and brand add up to the change of its share by mentions over all platforms.",
        "Rebuild share_of_voice_driver: a post's topics changed after the weeks were compared.",
        {
            DRIVER: ("week_date", "brand_id", "contribution_ratio"),
            CHANGE: (*CHANGE.key, "share_change_ratio", "comparison_status_code"),
        },
        _drivers_add_up,
    ),
)
