"""The tables that explain the pulse: why a spike happened, in words and in parts, and slow changes of level."""

import polars as pl

from warehouse.tables import columns as c
from warehouse.tables.contract import Column, TableContract

_DIMENSIONS = ("term", "hashtag", "link", "author", "platform", "country", "cluster")
_SHIFTS = ("level_up", "level_down", "drift_up", "drift_down", "stable", "not_enough_data")


def _number(name: str, description: str, minimum: float | None = None) -> Column:
    return Column(name, pl.Float64, description, "score", minimum=minimum)


def _ratio(name: str, description: str, maximum: float | None = 1.0) -> Column:
    return Column(name, pl.Float64, description, "ratio", minimum=0.0, maximum=maximum)


def _text(name: str, description: str) -> Column:
    return Column(name, pl.String, description, "text")


spike_ratio_low = _number("spike_ratio_low", "Lower end of the 90 % interval of spike_ratio.", 0.0)
spike_ratio_high = _number("spike_ratio_high", "Upper end of the 90 % interval of spike_ratio.", 0.0)
author_spread_ratio = _ratio(
    "author_spread_ratio", "Authors per mention against the weeks before: 1 as usual, near 0 a few loud accounts.", None
)
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

SPIKE_EXPLANATION = TableContract(
    name="mart.spike_explanation",
    question="What happened in each spike, in one sentence, and whose voice is it?",
    grain="one row per spike",
    key=("spike_id",),
    columns=(
        c.spike_id.required(),
        spike_ratio_low,
        spike_ratio_high,
        c.distinct_author_count,
        c.negative_ratio,
        author_spread_ratio,
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

TABLES = (SPIKE_EXPLANATION, SPIKE_DRIVER, TREND_SHIFT)
