"""The insight tables: comparisons, audiences, topics, care and targets built on the listening tables."""

from warehouse.tables import columns as c
from warehouse.tables import insight_columns as i
from warehouse.tables.contract import TableContract

_WEEK = c.week_date.saying("For mentions: of the reporting zone.").required()

SHARE_OF_VOICE_WEEKLY = TableContract(
    name="mart.share_of_voice_weekly",
    question="Who is talked about, by posts, people, engagement and potential reach, and how sure is each share?",
    grain="one row per week (Monday), platform (and 'all') and brand of the panel",
    key=("week_date", "platform_code", "brand_id"),
    partition="week_date",
    minimum_rows=1,
    columns=(
        _WEEK,
        c.is_complete_period.required(),
        c.platform_or_all_code.required(),
        c.brand_id.required(),
        c.brand_role_code.required(),
        c.panel_id.required(),
        c.mention_count.required(),
        c.deduplicated_count.required(),
        c.syndication_ratio,
        c.distinct_author_count.required(),
        c.engagement_count,
        c.engagement_coverage_ratio,
        i.potential_reach_count,
        i.reach_coverage_ratio,
        c.panel_mention_count.required(),
        c.share_of_voice_ratio,
        c.share_of_voice_low_ratio,
        c.share_of_voice_high_ratio,
        c.effective_count,
        c.share_of_voice_deduplicated_ratio,
        *i.share_intervals["deduplicated"],
        c.share_of_voice_authors_ratio,
        *i.share_intervals["authors"],
        c.share_of_voice_engagement_ratio,
        *i.share_intervals["engagement"],
        i.share_of_voice_reach_ratio,
        *i.share_intervals["reach"],
    ),
)

SHARE_OF_VOICE_CHANGE = TableContract(
    name="mart.share_of_voice_change",
    question="Has a share of voice really changed since the week before, and was it the brand or its rivals?",
    grain="one row per week (Monday), platform (and 'all'), brand and basis of the share",
    key=("week_date", "platform_code", "brand_id", "basis_code"),
    partition="week_date",
    columns=(
        _WEEK,
        c.platform_or_all_code.required(),
        c.brand_id.required(),
        i.basis_code.required(),
        c.panel_id.required(),
        i.share_ratio,
        i.previous_share_ratio,
        i.share_change_ratio,
        i.share_change_low_ratio,
        i.share_change_high_ratio,
        i.is_different_code.required(),
        i.comparison_status_code.required(),
        i.own_gain_ratio,
        i.rivals_loss_ratio,
    ),
)

SHARE_OF_VOICE_DRIVER = TableContract(
    name="mart.share_of_voice_driver",
    question="Which brand's mentions, on which platform and topic, moved a share of voice?",
    grain="one row per week (Monday), brand, driving brand, platform and topic that moved",
    key=("week_date", "brand_id", "driver_brand_id", "platform_code", "topic_id"),
    partition="week_date",
    columns=(
        _WEEK,
        c.brand_id.required(),
        i.driver_brand_id.required(),
        c.platform_code.required(),
        i.topic_id.required(),
        i.part_count.required(),
        i.previous_part_count.required(),
        i.contribution_ratio.required(),
    ),
)

SENTIMENT_WEEKLY = TableContract(
    name="mart.sentiment_weekly",
    question="How are the brands talked about by platform, topic and language, how surely, and does the vendor agree?",
    grain="one row per week (Monday), brand and segment (all, platform, topic or language) with mentions",
    key=("week_date", "brand_id", "segment_kind_code", "segment_code"),
    partition="week_date",
    columns=(
        _WEEK,
        c.brand_id.required(),
        i.segment_kind_code.required(),
        i.segment_code.required(),
        c.mention_count.required(),
        c.positive_count.required(),
        c.neutral_count.required(),
        c.negative_count.required(),
        c.unscored_count.required(),
        c.scored_ratio,
        i.scored_effective_count,
        c.net_sentiment_polar_ratio,
        i.net_sentiment_polar_low_ratio,
        i.net_sentiment_polar_high_ratio,
        c.net_sentiment_all_ratio,
        i.net_sentiment_all_low_ratio,
        i.net_sentiment_all_high_ratio,
        c.mean_sentiment_score,
        i.mean_sentiment_low_score,
        i.mean_sentiment_high_score,
        c.vendor_labelled_count.required(),
        c.vendor_agreement_ratio,
        i.vendor_kappa_score,
    ),
)

TOPIC_DAILY = TableContract(
    name="mart.topic_daily",
    question="What is rising, fading or new in the conversation about each brand?",
    grain="one row per reporting day, brand and term that moves or is among the ten most used of its kind",
    key=("mention_date", "brand_id", "term_kind_code", "term_text"),
    partition="mention_date",
    columns=(
        c.mention_date.required(),
        c.brand_id.required(),
        i.term_kind_code.required(),
        i.term_text.required(),
        i.term_state_code.required(),
        i.term_post_count.required(),
        i.day_post_count.required(),
        c.distinct_author_count.saying("Here: of the texts that use the term.").required(),
        i.history_post_count.required(),
        i.history_day_count.required(),
        i.expected_post_count,
        i.trend_score,
        i.panel_score,
        i.term_negative_ratio,
        i.phrase_text,
        i.sample_mention_ids.required(),
    ),
)

HASHTAG_CONTEXT = TableContract(
    name="mart.hashtag_context",
    question="What does a hot hashtag stand for today, and is it safe to join?",
    grain="one row per reporting day and hashtag that is among the day's ten most used or three times its usual use",
    key=("mention_date", "hashtag_text"),
    partition="mention_date",
    columns=(
        c.mention_date.required(),
        i.hashtag_text.required(),
        i.verdict_code.required(),
        i.reason_texts.required(),
        i.hashtag_post_count.required(),
        i.expected_post_count.saying("Here: mean of the days before."),
        c.distinct_author_count.saying("Here: of the texts with the hashtag.").required(),
        c.brand_ids.saying("Here: by any of the day's texts with the hashtag.").required(),
        c.scored_ratio,
        i.hashtag_negative_ratio,
        i.history_negative_ratio,
        i.crisis_ratio,
        i.meaning_shift_ratio,
        i.co_terms.required(),
        i.history_post_count.required(),
        i.first_seen_date,
        i.sample_mention_ids.required(),
    ),
)

PARTICIPATION_MONTHLY = TableContract(
    name="mart.participation_monthly",
    question="How many people make the conversation, and how unequally?",
    grain="one row per month, platform (and 'all') and brand with known authors",
    key=("month_date", "platform_code", "brand_id"),
    partition="month_date",
    columns=(
        i.month_date.required(),
        c.is_complete_period.required(),
        c.platform_or_all_code.required(),
        c.brand_id.required(),
        c.distinct_author_count.required(),
        c.mention_count.saying("Here: of known authors.").required(),
        i.creator_count.required(),
        i.participant_count.required(),
        i.creator_ratio,
        i.single_mention_author_ratio,
        i.top_1_percent_ratio,
        i.top_10_percent_ratio,
        i.gini_ratio,
    ),
)

AUDIENCE_COUNTRY_MONTHLY = TableContract(
    name="mart.audience_country_monthly",
    question="Where do the authors come from, as far as exports say?",
    grain="one row per month, brand and country (or 'other') with enough authors",
    key=("month_date", "brand_id", "country_or_other_code"),
    partition="month_date",
    columns=(
        i.month_date.required(),
        c.brand_id.required(),
        i.country_or_other_code.required(),
        c.distinct_author_count.required(),
        i.author_ratio,
        i.country_coverage_ratio,
    ),
)

ENGAGEMENT_LADDER_MONTHLY = TableContract(
    name="mart.engagement_ladder_monthly",
    question="How far do people go, from passive to ambassador, and what of it can be seen?",
    grain="one row per month, brand with known authors and step of the ladder",
    key=("month_date", "brand_id", "ladder_step_code"),
    partition="month_date",
    columns=(
        i.month_date.required(),
        c.is_complete_period.required(),
        c.brand_id.required(),
        i.step_count.required(),
        i.ladder_step_code.required(),
        i.is_observable.required(),
        i.author_count,
        i.observed_text.required(),
    ),
)

AMBASSADOR = TableContract(
    name="mart.ambassador",
    question="Who stands by a brand under negative posts, and who keeps speaking against it?",
    grain="one row per brand and author who comes back over weeks and leans to one side",
    key=("brand_id", "author_id"),
    columns=(
        c.brand_id.required(),
        c.author_id.required(),
        i.author_role_code.required(),
        i.as_of_date.required(),
        i.author_mention_count.required(),
        i.active_week_count.required(),
        c.positive_count.required(),
        c.negative_count.required(),
        i.defence_count.required(),
        c.last_mention_date.saying("Here: of the author.").required(),
    ),
)

_ACCOUNT = (
    c.platform_code.required(),
    c.account_handle.required(),
    c.brand_id.saying("Null for an account no brand declares."),
)

POSTING_RHYTHM_HOURLY = TableContract(
    name="mart.posting_rhythm_hourly",
    question="On which weekday and hour do an account's posts work, and is that more than chance?",
    grain="one row per platform, account, weekday and hour of its own clock with posts",
    key=("platform_code", "account_handle", "weekday_number", "hour_number"),
    columns=(
        *_ACCOUNT,
        i.weekday_number.required(),
        i.hour_number.required(),
        c.zone_name.required(),
        i.slot_post_count.required(),
        i.lift_ratio,
        i.lift_low_ratio,
        i.lift_high_ratio,
        i.rhythm_verdict_code.required(),
    ),
)

TABLES = (
    SHARE_OF_VOICE_WEEKLY,
    SHARE_OF_VOICE_CHANGE,
    SHARE_OF_VOICE_DRIVER,
    SENTIMENT_WEEKLY,
    TOPIC_DAILY,
    HASHTAG_CONTEXT,
    PARTICIPATION_MONTHLY,
    AUDIENCE_COUNTRY_MONTHLY,
    ENGAGEMENT_LADDER_MONTHLY,
    AMBASSADOR,
    POSTING_RHYTHM_HOURLY,
)
