"""The insight tables about accounts: posting rhythm, content mix, standing among peers."""

from warehouse.tables import columns as c
from warehouse.tables import insight_account_columns as a
from warehouse.tables import insight_people_columns as i
from warehouse.tables.contract import TableContract

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
        a.weekday_number.required(),
        a.hour_number.required(),
        c.zone_name.required(),
        a.slot_post_count.required(),
        a.lift_ratio,
        a.lift_low_ratio,
        a.lift_high_ratio,
        a.rhythm_verdict_code.required(),
    ),
)

CONTENT_MIX_MONTHLY = TableContract(
    name="mart.content_mix_monthly",
    question="What do accounts publish, in which formats and to what end, and what is answered?",
    grain="one row per month, platform, account and format or content with posts",
    key=("month_date", "platform_code", "account_handle", "mix_kind_code", "mix_code"),
    columns=(
        i.month_date.saying("For accounts: of their own days.").required(),
        c.is_complete_period.required(),
        *_ACCOUNT,
        a.mix_kind_code.required(),
        a.mix_code.required(),
        c.post_count.required(),
        a.mix_ratio,
        a.mix_coverage_ratio,
        c.engagement_known_count.required(),
        a.engagement_per_post,
        a.relative_engagement_ratio,
    ),
)

COMPETITOR_STANDING_MONTHLY = TableContract(
    name="mart.competitor_standing_monthly",
    question="Where does each account stand among its peers, and does it post too much?",
    grain="one row per month, platform and account with posts",
    key=("month_date", "platform_code", "account_handle"),
    columns=(
        i.month_date.saying("For accounts: of their own days.").required(),
        c.is_complete_period.required(),
        *_ACCOUNT,
        c.post_count.required(),
        a.posts_per_week,
        c.account_follower_count.saying("Here: of the month's last post that knows it."),
        c.engagement_known_count.required(),
        a.engagement_per_post,
        c.er_followers_mean_ratio,
        a.er_impressions_mean_ratio,
        a.er_reach_mean_ratio,
        a.applause_per_follower_ratio,
        a.conversation_per_follower_ratio,
        a.amplification_per_follower_ratio,
        a.virality_ratio,
        a.peer_count.required(),
        a.cadence_percentile_ratio,
        a.er_followers_percentile_ratio,
        a.engagement_percentile_ratio,
        a.over_posting_score,
        a.over_posting_code.required(),
        a.top_post_ids.required(),
        a.bottom_post_ids.required(),
    ),
)

TABLES = (POSTING_RHYTHM_HOURLY, CONTENT_MIX_MONTHLY, COMPETITOR_STANDING_MONTHLY)
