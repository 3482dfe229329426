"""The tables around the pulse: topics by the hour, why a spike happened, slow changes, and what the watch can see."""

import polars as pl

from warehouse.tables import columns as c
from warehouse.tables.contract import UTC_MICROSECONDS, Column, TableContract

_DIMENSIONS = ("term", "hashtag", "link", "author", "platform", "country", "cluster")
_SHIFTS = ("level_up", "level_down", "drift_up", "drift_down", "stable", "not_enough_data")


def _number(name: str, description: str, minimum: float | None = None) -> Column:
    return Column(name, pl.Float64, description, "score", minimum=minimum)


def _ratio(name: str, description: str, maximum: float | None = 1.0) -> Column:
    return Column(name, pl.Float64, description, "ratio", minimum=0.0, maximum=maximum)


def _text(name: str, description: str) -> Column:
    return Column(name, pl.String, description, "text")


loudest_author_ratio = _ratio("loudest_author_ratio", "Share of the excess from the five strongest accounts.", None)
automated_ratio = _ratio("automated_ratio", "Share of mentions by accounts posting more than every ten minutes.")
copy_ratio = _ratio("copy_ratio", "Share of mentions whose text occurs at least three times.")
voice_code = Column(
    "voice_code",
    pl.String,
    "Whose voice the spike is.",
    "code",
    allowed=("organic", "few_accounts", "automated", "copies"),
)
origin_mention_id = Column(
    "origin_mention_id", pl.String, "First post of the strongest cluster of copies, if any.", "id"
)
representative_mention_ids = Column(
    "representative_mention_ids", pl.List(pl.String), "Posts that stand for it, from different clusters.", "list"
)
sentence_en_text = _text(
    "sentence_en_text", "What happened, in one English sentence; holds strangers' words, no markup."
)
sentence_fr_text = _text(
    "sentence_fr_text", "What happened, in one French sentence; holds strangers' words, no markup."
)
dimension_code = Column("dimension_code", pl.String, "What the excess is split by.", "code", allowed=_DIMENSIONS)
driver_rank = Column(
    "driver_rank", pl.Int64, "1 for the strongest; one more than the listed for the rest.", "count", minimum=0
)
driver_text = _text("driver_text", "The term, hashtag, link, author, platform, country or cluster; null for the rest.")
is_other = Column("is_other", pl.Boolean, "The rest of the dimension.", "flag")
driver_mention_count = Column(
    "driver_mention_count", pl.Int64, "Mentions of the spike that carry the driver.", "count", minimum=0
)
driver_mention_ratio = _ratio("driver_mention_ratio", "driver_mention_count / mentions of the spike.")
driver_expected_count = _number("driver_expected_count", "Votes the driver would have in a usual time.")
contribution_count = _number(
    "contribution_count", "Votes minus expected; within a dimension they add up to the excess."
)
contribution_share_ratio = _number("contribution_share_ratio", "contribution_count / excess of the spike.")
assessed_date = Column("assessed_date", pl.Date, "Last day looked at.", "day")
first_date = Column("first_date", pl.Date, "First day looked at.", "day")
shift_code = Column("shift_code", pl.String, "What changed over the last weeks.", "code", allowed=_SHIFTS)
changed_date = Column("changed_date", pl.Date, "First day of the new level or of the drift.", "day")
before_mean_count = _number("before_mean_count", "Mentions a day before the change.", 0.0)
after_mean_count = _number("after_mean_count", "Mentions a day after the change.", 0.0)
shift_ratio = _number("shift_ratio", "after_mean_count / before_mean_count.", 0.0)
shift_ratio_low = _number("shift_ratio_low", "Lower end of the 90 % interval of shift_ratio.", 0.0)
shift_ratio_high = _number("shift_ratio_high", "Upper end of the 90 % interval of shift_ratio.", 0.0)
chance_ratio = _ratio("chance_ratio", "Chance of such a change where the weeks could have come in any order.")

series_status_code = Column(
    "series_status_code",
    pl.String,
    "ok: judged; not_enough_data: less than a mention a day in every two weeks, or too short a history.",
    "code",
    allowed=("ok", "not_enough_data"),
)
known_from_at = Column("known_from_at", UTC_MICROSECONDS, "First hour taken as history. UTC.", "utc")
judged_hour_count = Column("judged_hour_count", pl.Int64, "Hours that could be judged.", "count", minimum=0)
alert_count = Column("alert_count", pl.Int64, "Alerts raised.", "count", minimum=0)
daily_mean_count = _number("daily_mean_count", "What the metric counts on an average day of the known history.", 0.0)
_SIMULATED = "simulated on the series' own level, rhythm and scatter; null where it was not simulated"
expected_false_alarm_count = _number(
    "expected_false_alarm_count", f"Alerts a year in which nothing happens, {_SIMULATED}.", 0.0
)
power_125_ratio = _ratio("power_125_ratio", f"Chance to see a whole day at 1.25 times its usual level, {_SIMULATED}.")
power_150_ratio = _ratio("power_150_ratio", f"Chance to see a whole day at 1.5 times its usual level, {_SIMULATED}.")
power_300_ratio = _ratio("power_300_ratio", f"Chance to see a whole day at 3 times its usual level, {_SIMULATED}.")

SPIKE_EXPLANATION = TableContract(
    name="mart.spike_explanation",
    question="What happened in each spike, in one sentence, and whose voice is it?",
    grain="one row per spike",
    key=("spike_id",),
    columns=(
        c.spike_id.required(),
        c.spike_ratio_low,
        c.spike_ratio_high,
        c.distinct_author_count,
        c.negative_ratio,
        c.author_spread_ratio,
        loudest_author_ratio,
        automated_ratio,
        copy_ratio,
        voice_code.required(),
        origin_mention_id,
        representative_mention_ids.required(),
        sentence_en_text.required(),
        sentence_fr_text.required(),
    ),
)

SPIKE_DRIVER = TableContract(
    name="mart.spike_driver",
    question="What are the extra mentions of each spike made of?",
    grain="one row per spike, dimension and driver, and one for the rest of the dimension",
    key=("spike_id", "dimension_code", "driver_rank"),
    columns=(
        c.spike_id.required(),
        dimension_code.required(),
        driver_rank.required(),
        driver_text,
        is_other.required(),
        driver_mention_count.required(),
        driver_mention_ratio,
        driver_expected_count,
        contribution_count,
        contribution_share_ratio,
        representative_mention_ids.required(),
    ),
)

TREND_SHIFT = TableContract(
    name="mart.trend_shift",
    question="Has a brand's level of conversation shifted or drifted over the last weeks?",
    grain="one row per platform (and 'all') and brand",
    key=("platform_code", "brand_id"),
    columns=(
        c.platform_or_all_code.required(),
        c.brand_id.required(),
        assessed_date.required(),
        first_date,
        shift_code.required(),
        changed_date,
        before_mean_count,
        after_mean_count,
        shift_ratio,
        shift_ratio_low,
        shift_ratio_high,
        chance_ratio,
    ),
)

TOPIC_VOLUME_HOURLY = TableContract(
    name="mart.topic_volume_hourly",
    question="What is the pulse of each topic of a brand?",
    grain="one row per hour, brand and topic with mentions: an hour of a covered day without a row is zero",
    key=("mention_hour_at", "brand_id", "topic_id"),
    partition="mention_date",
    columns=(
        c.mention_date.required(),
        c.mention_hour_at.required(),
        c.brand_id.required(),
        c.topic_id.required(),
        c.mention_count.required().saying("Posts of official accounts are not counted."),
        c.deduplicated_count.required(),
        c.negative_count.required(),
        c.unscored_count.required(),
        c.distinct_author_count.required(),
        c.deduplicated_negative_count.required(),
        c.deduplicated_scored_count.required(),
        c.engagement_count.saying("Summed over the mentions where it is known."),
    ),
)

TREND_SENSITIVITY = TableContract(
    name="mart.trend_sensitivity",
    question="What is watched, and how far can an alert, or its absence, be trusted?",
    grain="one row per series (metric, brand, platform or topic, raw or de-duplicated)",
    key=("brand_id", "platform_code", "topic_id", "metric_code", "is_deduplicated"),
    columns=(
        c.brand_id.required(),
        c.platform_or_all_code.required(),
        c.topic_id.saying("'all' for mentions whatever their topic.").required(),
        c.metric_code.required(),
        c.is_deduplicated.required(),
        series_status_code.required(),
        known_from_at,
        judged_hour_count.required(),
        daily_mean_count,
        alert_count.required(),
        expected_false_alarm_count,
        power_125_ratio,
        power_150_ratio,
        power_300_ratio,
    ),
)

TABLES = (SPIKE_EXPLANATION, SPIKE_DRIVER, TREND_SHIFT, TOPIC_VOLUME_HOURLY, TREND_SENSITIVITY)
