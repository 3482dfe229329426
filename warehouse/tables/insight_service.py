"""The insight tables that serve people at work: the reply queue, targets, and our totals against the vendor's."""

from warehouse.tables import columns as c
from warehouse.tables import insight_account_columns as a
from warehouse.tables import insight_people_columns as i
from warehouse.tables.contract import TableContract

REPLY_QUEUE = TableContract(
    name="mart.reply_queue",
    question="Who waits for an answer of the brand, and who is most urgent?",
    grain="one row per own brand and earned post of the last fourteen days that asks, complains or wants to buy",
    key=("brand_id", "mention_id"),
    partition="mention_date",
    columns=(
        c.brand_id.required(),
        c.rank_count.required(),
        c.mention_id.required(),
        c.mention_date.required(),
        c.published_at.required(),
        c.platform_code.required(),
        a.need_code.required(),
        a.priority_score.required(),
        a.is_answer_observable.required(),
        a.waiting_seconds.required(),
        c.sentiment_label.required(),
        c.reach_count,
        c.author_follower_count,
        c.url,
    ),
)

CARE_DAILY = TableContract(
    name="mart.care_daily",
    question="How much is asked of the brand, how fast is it answered, and what piles up?",
    grain="one row per covered reporting day and own brand",
    key=("mention_date", "brand_id"),
    partition="mention_date",
    columns=(
        c.mention_date.required(),
        c.brand_id.required(),
        a.asked_count.required(),
        a.answer_observable_count.required(),
        a.answered_count,
        a.median_reply_seconds,
        a.mean_reply_seconds,
        a.backlog_count,
    ),
)

KPI_ATTAINMENT = TableContract(
    name="mart.kpi_attainment",
    question="Which targets are reached, on track, at risk or missed?",
    grain="one row per target of listening.yaml",
    key=("target_id",),
    columns=(
        a.target_id.required(),
        a.target_metric_id.required(),
        a.metric_version,
        c.brand_id.required(),
        a.target_value.required(),
        a.deadline_date.required(),
        a.baseline_date,
        a.baseline_value,
        i.as_of_date,
        a.actual_value,
        a.expected_value,
        a.projected_value,
        a.attainment_ratio,
        a.kpi_status_code.required(),
    ),
)

SOURCE_RECONCILIATION = TableContract(
    name="mart.source_reconciliation",
    question="What became of every record of an export, and what is the gap to the vendor's own number made of?",
    grain="one row per mention export that was read",
    key=("file_id",),
    columns=(
        c.file_id.required(),
        c.file_name.required(),
        c.source_code,
        c.vendor_total_count,
        a.not_in_file_count,
        c.row_count.required(),
        c.rejected_count.required(),
        c.kept_count.required(),
        a.unexplained_count.required(),
        a.repeated_in_file_count.required(),
        a.file_post_count.required(),
        a.held_before_count.required(),
        a.new_post_count.required(),
        a.off_panel_post_count.required(),
        a.official_post_count.required(),
        a.moved_day_post_count.required(),
        a.zone_assumed_post_count.required(),
        c.first_published_at,
        c.last_published_at,
        c.warning_texts.required(),
    ),
)

ACCOUNT_RECONCILIATION_DAILY = TableContract(
    name="mart.account_reconciliation_daily",
    question="Do the posts we hold match what a profile report says was published and earned?",
    grain="one row per platform, account and local day with totals in a profile report",
    key=("snapshot_date", "platform_code", "account_handle"),
    columns=(
        c.snapshot_date.required(),
        c.platform_code.required(),
        c.account_handle.required(),
        a.vendor_post_count,
        a.held_post_count.required(),
        a.missing_post_count,
        a.vendor_engagement_count,
        a.held_engagement_count,
        a.missing_engagement_count,
    ),
)

TABLES = (REPLY_QUEUE, CARE_DAILY, KPI_ATTAINMENT, SOURCE_RECONCILIATION, ACCOUNT_RECONCILIATION_DAILY)
