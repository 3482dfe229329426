"""Rules that compare in time: mentions with the newest file, with now, with usual volumes, with the last release."""

from datetime import datetime, timedelta
from typing import cast

import polars as pl

from quality.context import AuditContext, counted_rows
from quality.rule import Finding, Frames, Rule, found, rule
from warehouse.tables import mart

FILE, HEALTH, MENTION, VOICE = mart.EXPORT_FILE, mart.DATA_HEALTH_DAILY, mart.MENTION, mart.SHARE_OF_VOICE_DAILY


def _span(time: timedelta) -> str:
    """A time for people: whole days from two days on, else hours with one digit."""
    hours = time / timedelta(hours=1)
    return f"{hours / 24:,.0f} days" if abs(hours) >= 48 else f"{hours:.1f} hours"


def _newest(instants: pl.Series) -> datetime | None:
    return cast("datetime | None", instants.max())


def _mentions_reach_newest_file(frames: Frames, context: AuditContext) -> Finding:
    files = frames[FILE.name].filter((pl.col("record_kind_code") == "mention") & (pl.col("kept_count") > 0))
    reached, newest = _newest(files["last_published_at"]), _newest(frames[MENTION.name]["published_at"])
    limit = timedelta(hours=context.thresholds.lag_error_hours)
    if reached is None:
        return Finding(files.clear(), "no file says how far its mentions reach")
    if newest is not None and reached - newest <= limit:
        return Finding(files.clear(), f"newest mention at most {_span(limit)} behind the newest record of a file")
    behind = "no mention at all" if newest is None else f"newest mention {_span(reached - newest)} behind"
    wrong = files.filter(pl.col("last_published_at") == reached)
    return Finding(wrong, f"{behind} the newest record of a file (limit {_span(limit)})")


def _mentions_are_fresh(frames: Frames, context: AuditContext) -> Finding:
    instants = frames[MENTION.name].select(pl.col("published_at").max())
    newest = _newest(instants["published_at"])
    limit = timedelta(hours=context.thresholds.stale_warning_hours)
    if newest is None:
        return Finding(instants, "no mention at all")
    age = context.as_of - newest
    return Finding(
        instants if age > limit else instants.clear(), f"newest mention {_span(age)} old (limit {_span(limit)})"
    )


def _volume_is_usual(frames: Frames, context: AuditContext) -> Finding:
    limits = context.thresholds
    partial = frames[HEALTH.name].filter(pl.col("is_last_day_partial")).select("mention_date").unique()
    days = (
        frames[VOICE.name]
        .filter(pl.col("platform_code") == "all")
        .group_by("mention_date")
        .agg(volume=pl.col("mention_count").sum())
        .join(partial, on="mention_date", how="anti")
        .sort("mention_date")
        .with_columns(
            usual=pl.col("volume")
            .shift(1)
            .rolling_median(limits.volume_history_days, min_samples=limits.volume_minimum_history_days)
        )
    )
    judged = days.tail(limits.volume_judged_days).filter(pl.col("usual") > 0)
    ratio = pl.col("volume") / pl.col("usual")
    wrong = judged.filter((ratio < limits.volume_low_ratio) | (ratio > limits.volume_high_ratio))
    detail = "; ".join(f"{day}: {volume:,} against {usual:,.0f}" for day, volume, usual in wrong.iter_rows())
    return found(wrong, judged.height, "last complete days far from the median of the days before", detail)


def _nothing_vanished(frames: Frames, context: AuditContext) -> Finding:
    mentions = frames[MENTION.name].select("mention_date", now="row_count")
    if context.previous is None:
        return Finding(mentions.clear(), "no earlier release to compare with")
    earlier_files = context.previous(FILE, ["file_id"])["file_id"].implode()
    gone = set(earlier_files[0]) - set(frames[FILE.name]["file_id"])
    if gone:
        return Finding(mentions.clear(), f"not compared: {len(gone):,} files of the earlier release were removed")
    before = counted_rows(context.previous, MENTION, ["mention_date"]).select("mention_date", before="row_count")
    limit = context.thresholds.vanished_warning_ratio
    days = before.join(mentions, on="mention_date", how="left").with_columns(pl.col("now").fill_null(0))
    wrong = days.filter(pl.col("now") < pl.col("before") * (1 - limit)).sort("mention_date")
    lost = (wrong["before"].cast(pl.Int64) - wrong["now"].cast(pl.Int64)).sum()
    return found(wrong, days.height, f"days lost more than {limit:.0%} of their mentions", f"{lost:,} mentions in all")


def _moods_are_as_before(frames: Frames, context: AuditContext) -> Finding:
    now = frames[MENTION.name]
    if context.previous is None:
        return Finding(now.clear(), "no earlier release to compare with")
    before = counted_rows(context.previous, MENTION, ["mention_date", "sentiment_label"])
    shared = now["mention_date"].unique().implode()
    was = before.filter(pl.col("mention_date").is_in(shared)).group_by("sentiment_label").agg(pl.sum("row_count"))
    shared = before["mention_date"].unique().implode()
    is_ = now.filter(pl.col("mention_date").is_in(shared)).group_by("sentiment_label").agg(pl.sum("row_count"))
    shares = is_.join(was, on="sentiment_label", how="full", coalesce=True, suffix="_before").select(
        "sentiment_label",
        now=pl.col("row_count").fill_null(0) / pl.sum("row_count"),
        before=pl.col("row_count_before").fill_null(0) / pl.sum("row_count_before"),
    )
    limit = context.thresholds.mood_shift_warning_ratio
    moved = shares.filter((pl.col("now") - pl.col("before")).abs() > limit).sort("sentiment_label")
    told = [f"{label}: {before_share:.0%} before, {share:.0%} now" for label, share, before_share in moved.rows()]
    return found(moved, shares.height, f"labels whose share moved by more than {limit:.0%}", "; ".join(told))


RULES: tuple[Rule, ...] = (
    rule(
        MENTION,
        "reaches_newest_file",
        "error",
        "The newest mention is as new as the newest record that was read.",
        "Rebuild: the release's tables are older than its files.",
        {
            MENTION: ("published_at",),
            FILE: ("file_id", "record_kind_code", "kept_count", "last_published_at"),
        },
        _mentions_reach_newest_file,
    ),
    rule(
        MENTION,
        "is_fresh",
        "warning",
        "Mentions are recent at the time of the audit.",
        "Drop a newer export into the inbox, or see why none arrived.",
        {MENTION: ("published_at",)},
        _mentions_are_fresh,
    ),
    rule(
        VOICE,
        "volume_is_usual",
        "warning",
        "The last complete days have about as many mentions as the days before them.",
        "See whether an export is missing, capped or doubled before reading anything into these days.",
        {
            VOICE: ("mention_date", "platform_code", "mention_count"),
            HEALTH: ("mention_date", "is_last_day_partial"),
        },
        _volume_is_usual,
    ),
    rule(
        MENTION,
        "nothing_vanished",
        "warning",
        "No day has clearly fewer mentions than in the release before, unless files were removed.",
        "Compare the two releases for the sampled days; mentions were erased, merged or lost.",
        {MENTION: ("mention_date",), FILE: ("file_id",)},
        _nothing_vanished,
        is_counted=True,
    ),
    rule(
        MENTION,
        "moods_are_as_before",
        "warning",
        "On the days of the release before, about as many mentions are positive, neutral, negative and unscored.",
        "See what scores differently: thresholds, lexicons or words in listening.yaml, a new model, or a fault.",
        {MENTION: ("mention_date", "sentiment_label")},
        _moods_are_as_before,
        is_counted=True,
    ),
)
