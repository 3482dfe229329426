"""Rules for the hourly volumes: complete calendar, hours add up to days, parts within mentions."""

import polars as pl

from quality.context import AuditContext
from quality.rule import (
    Finding,
    Frames,
    Rule,
    difference_detail,
    differing,
    found,
    of_platforms,
    platforms_against_all,
    rule,
)
from transforms.marts.volume import hour_calendar
from warehouse.tables import mart

VOLUME = mart.MENTION_VOLUME_HOURLY
VOICE = mart.SHARE_OF_VOICE_DAILY
SERIES = ("platform_code", "brand_id")
HOUR_KEY = ("mention_hour_at", *SERIES)
DAY_KEY = ("mention_date", *SERIES)


def _calendar_is_complete(frames: Frames, context: AuditContext) -> Finding:
    """A wrong calendar would hide here, but not from `hours_add_up_to_days`: its mentions would be missing there."""
    rows = frames[VOLUME.name].select("mention_date", *HOUR_KEY)
    days = frames[VOICE.name]["mention_date"].unique().sort().to_list()
    series = rows.select(SERIES).unique()
    expected = hour_calendar(days, context.reporting_zone).join(series, how="cross").select("mention_date", *HOUR_KEY)
    on = ("mention_date", *HOUR_KEY)
    missing, foreign = expected.join(rows, on=on, how="anti"), rows.join(expected, on=on, how="anti")
    wrong = pl.concat([missing, foreign]).sort(HOUR_KEY)
    detail = f"{missing.height:,} missing, {foreign.height:,} outside the covered days of the reporting zone"
    return found(wrong, expected.height, "hours of the calendar", detail)


def _series_are_complete(frames: Frames, context: AuditContext) -> Finding:
    rows = frames[VOLUME.name].select(SERIES).unique()
    brands = pl.DataFrame({"brand_id": context.brand_ids}, schema={"brand_id": pl.String})
    platforms = pl.concat([rows.select("platform_code"), frames[VOICE.name].select("platform_code")]).unique()
    expected = platforms.join(brands, how="cross").select(SERIES)
    missing, foreign = expected.join(rows, on=SERIES, how="anti"), rows.join(expected, on=SERIES, how="anti")
    detail = f"{missing.height:,} missing, {foreign.height:,} of brands outside the panel"
    return found(pl.concat([missing, foreign]).sort(SERIES), expected.height, "series", detail)


def _hours_add_up(frames: Frames, _: AuditContext) -> Finding:
    by_day = of_platforms(frames[VOLUME.name]).group_by(DAY_KEY).agg(pl.col("mention_count").sum())
    wrong = differing(by_day, of_platforms(frames[VOICE.name]), DAY_KEY, "mention_count")
    return found(wrong, by_day.height, "days whose hours miss share_of_voice_daily", difference_detail(wrong))


def _volume_all_is_sum(frames: Frames, _: AuditContext) -> Finding:
    counts = ("mention_count", "negative_count", "unscored_count")
    wrong = platforms_against_all(frames[VOLUME.name], ("mention_hour_at", "brand_id"), counts)
    return found(wrong, frames[VOLUME.name].height, "counts where 'all' is not the sum", difference_detail(wrong))


def _parts_within_volume(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[VOLUME.name]
    mentions = pl.col("mention_count")
    wrong = rows.filter(
        (pl.col("deduplicated_count") > mentions)
        | (pl.col("distinct_author_count") > mentions)
        | (pl.col("negative_count") + pl.col("unscored_count") > mentions)
    )
    return found(wrong.sort(HOUR_KEY), rows.height, "hours with more parts than mentions")


RULES: tuple[Rule, ...] = (
    rule(
        VOLUME,
        "calendar_is_complete",
        "error",
        "Every hour of every covered day is a row, quiet or not, for each platform and brand of the table.",
        "Rebuild the sampled days of mention_volume_hourly; its days must be those of share_of_voice_daily.",
        {VOLUME: ("mention_date", *HOUR_KEY), VOICE: ("mention_date",)},
        _calendar_is_complete,
    ),
    rule(
        VOLUME,
        "series_are_complete",
        "error",
        "Every platform of the release has one series for each brand of the panel, and for no other brand.",
        "Rebuild mention_volume_hourly whole: a brand or platform came or went after its days were computed.",
        {VOLUME: SERIES, VOICE: ("platform_code",)},
        _series_are_complete,
    ),
    rule(
        VOLUME,
        "hours_add_up_to_days",
        "error",
        "On every platform the hours of a day add up to mention_count of share_of_voice_daily.",
        "Rebuild the sampled days: mention_volume_hourly and share_of_voice_daily were made from different rows.",
        {VOLUME: (*DAY_KEY, "mention_count"), VOICE: (*DAY_KEY, "mention_count")},
        _hours_add_up,
    ),
    rule(
        VOLUME,
        "all_is_sum_of_platforms",
        "error",
        "Mentions, negative and unscored of platform 'all' are the sums over the platforms.",
        "Rebuild the sampled hours' days of mention_volume_hourly: a platform's rows are missing or stale.",
        {VOLUME: (*HOUR_KEY, "mention_count", "negative_count", "unscored_count")},
        _volume_all_is_sum,
    ),
    rule(
        VOLUME,
        "parts_within_mentions",
        "error",
        "Clusters, authors, and negative with unscored mentions are never more than the mentions of the hour.",
        "Look for a join that multiplies rows before they are counted in mention_volume_hourly.",
        {
            VOLUME: (
                *(*HOUR_KEY, "mention_count", "deduplicated_count"),
                *("negative_count", "unscored_count", "distinct_author_count"),
            )
        },
        _parts_within_volume,
    ),
)
