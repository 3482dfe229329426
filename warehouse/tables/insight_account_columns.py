"""Columns of the insight tables about accounts, care, targets and reconciliation that no other table has."""

from warehouse.tables.insight_columns import VERDICTS, count, day, flag, number, ratio, text, texts

# --- accounts ---
weekday_number = count(
    "weekday_number", "Day of the week on the account's clock, 1 Monday to 7 Sunday.", minimum=1, maximum=7
)
hour_number = count("hour_number", "Hour on the account's clock, 0 to 23.", maximum=23)
slot_post_count = count("slot_post_count", "Posts in the slot whose engagement is known.", minimum=1)
lift_ratio = number(
    "lift_ratio",
    "Engagement of the slot's posts against what is usual for the account that month, 1 is as usual; shrunk towards 1 "
    "by how little the slots differ beyond chance; null where data do not suffice.",
    minimum=0.0,
    metric_id="posting_rhythm",
)
lift_low_ratio = number("lift_low_ratio", "Lower end of its 95 % interval.", minimum=0.0, metric_id="posting_rhythm")
lift_high_ratio = number("lift_high_ratio", "Upper end of its 95 % interval.", minimum=0.0, metric_id="posting_rhythm")
rhythm_verdict_code = text(
    "rhythm_verdict_code",
    "better or worse than usual (the interval excludes 1), cannot_tell, or not_enough_data.",
    "code",
    allowed=("better", "worse", "cannot_tell", "not_enough_data"),
)
mix_kind_code = text(
    "mix_kind_code", "Split by format, or by what the caption is for.", "code", allowed=("format", "content")
)
mix_code = text(
    "mix_code",
    "Format of the post; or promotional (sells), interaction (talks with people), curated (shares what others made), "
    "other, by the rules of the workspace.",
    "code",
)
mix_ratio = ratio("mix_ratio", "Share of the account's posts of the month whose kind is known.")
mix_coverage_ratio = ratio(
    "mix_coverage_ratio", "Share of the account's posts of the month whose kind is known at all."
)
engagement_per_post = number("engagement_per_post", "Mean engagement of the posts where it is known.", minimum=0.0)
relative_engagement_ratio = number(
    "relative_engagement_ratio",
    "engagement_per_post / that of all the account's posts of the month; 1 is usual.",
    minimum=0.0,
)
posts_per_week = number(
    "posts_per_week", "Posts of the month / its covered days * 7.", minimum=0.0, metric_id="cadence"
)
peer_count = count("peer_count", "Other accounts on the platform with posts in the month.")
er_impressions_mean_ratio = number(
    "er_impressions_mean_ratio", "Mean over posts of engagement / impressions.", minimum=0.0, metric_id="er_impressions"
)
er_reach_mean_ratio = number(
    "er_reach_mean_ratio", "Mean over posts of engagement / reach.", minimum=0.0, metric_id="er_reach"
)
applause_per_follower_ratio = number(
    "applause_per_follower_ratio", "Sum of likes / sum of followers at post time.", minimum=0.0, metric_id="applause"
)
conversation_per_follower_ratio = number(
    "conversation_per_follower_ratio",
    "Sum of comments / sum of followers at post time.",
    minimum=0.0,
    metric_id="conversation",
)
amplification_per_follower_ratio = number(
    "amplification_per_follower_ratio",
    "Sum of shares / sum of followers at post time.",
    minimum=0.0,
    metric_id="amplification",
)
virality_ratio = number("virality_ratio", "Sum of shares / sum of impressions.", minimum=0.0, metric_id="virality")
cadence_percentile_ratio = ratio(
    "cadence_percentile_ratio", "Share of the peers that post less; null with fewer than three peers."
)
er_followers_percentile_ratio = ratio(
    "er_followers_percentile_ratio", "Share of the peers with a lower mean engagement rate on followers."
)
engagement_percentile_ratio = ratio(
    "engagement_percentile_ratio", "Share of the peers with less engagement per post (same platform only)."
)
over_posting_score = number(
    "over_posting_score",
    "Rank correlation of posts per day and engagement per post over the last quarter's posting days: below 0, more "
    "posts bring less each; null under twenty posting days.",
    minimum=-1.0,
    maximum=1.0,
)
over_posting_code = text(
    "over_posting_code",
    "Posts too much: yes (the 95 % interval of the correlation is below 0), no (it is above -0.2), else cannot_tell.",
    "code",
    allowed=VERDICTS,
)
top_post_ids = texts("top_post_ids", "The month's posts with the most engagement, best first, at most three.")
bottom_post_ids = texts("bottom_post_ids", "The month's posts with the least engagement, worst first, at most three.")

# --- care ---
need_code = text(
    "need_code",
    "What the post wants: the most pressing of its needs.",
    "code",
    allowed=("complaint", "purchase_intent", "question"),
)
priority_score = number(
    "priority_score",
    "0 to 1: weight of the need * (0.5 + 0.25 * reach among the waiting posts of the platform + 0.25 * negativity).",
    minimum=0.0,
    maximum=1.0,
)
is_answer_observable = flag(
    "is_answer_observable",
    "Exports of the platform hold answers of official accounts: an unanswered post is unanswered.",
)
waiting_seconds = count("waiting_seconds", "Seconds from the post to the newest data.")
asked_count = count("asked_count", "Questions, complaints and intents to buy of the day.")
answer_observable_count = count("answer_observable_count", "Those on platforms whose exports hold official answers.")
answered_count = count("answered_count", "Those with an official answer by now; null where no answer can be seen.")
median_reply_seconds = number(
    "median_reply_seconds",
    "Median time to the first official answer, of the answered.",
    minimum=0.0,
    metric_id="reply_time",
)
mean_reply_seconds = number(
    "mean_reply_seconds",
    "Mean time to the first official answer, of the answered.",
    minimum=0.0,
    metric_id="reply_time",
)
backlog_count = count(
    "backlog_count",
    "Posts of the last fourteen days without an answer at the day's end; null where no answer can be seen.",
    metric_id="backlog",
)

# --- targets ---
target_id = text("target_id", "Metric, brand, deadline and value of the target.", "id")
target_metric_id = text("metric_id", "Metric id of METRICS.md.", "id")
metric_version = count(
    "metric_version", "Version of the metric's definition; null for a metric nobody defined.", minimum=1
)
target_value = number("target_value", "Number to reach, in the metric's unit; counts are sums over 28 days.")
deadline_date = day("deadline_date", "Day by which it is to be reached.")
baseline_date = day("baseline_date", "Last day of the first 28 covered days.")
baseline_value = number(
    "baseline_value", "Value over the first 28 covered days; null if they are not two windows apart."
)
actual_value = number("actual_value", "Value over the last 28 covered days up to the deadline.")
expected_value = number("expected_value", "Value the straight line from baseline to target lets expect by now.")
projected_value = number("projected_value", "Value at the deadline if the pace so far goes on.")
attainment_ratio = number(
    "attainment_ratio",
    "Way done / way to go, from the baseline to the target; can exceed 1. Null where the baseline had reached it.",
)
kpi_status_code = text(
    "kpi_status_code",
    "reached (and not about to be lost), on_track (at least on the straight line), at_risk, missed; or why nothing can "
    "be said: not_enough_data, definition_changed, not_measured.",
    "code",
    allowed=("reached", "on_track", "at_risk", "missed", "not_enough_data", "definition_changed", "not_measured"),
)

# --- reconciliation ---
not_in_file_count = count(
    "not_in_file_count",
    "Vendor's total minus records in the file: cap, sample, deletion or another period.",
    minimum=None,
)
repeated_in_file_count = count("repeated_in_file_count", "Kept records that repeat a post of the same file.")
file_post_count = count("file_post_count", "Distinct posts in the file.")
held_before_count = count("held_before_count", "Posts of the file that an earlier file had brought.")
new_post_count = count("new_post_count", "Posts the file brought first.")
off_panel_post_count = count("off_panel_post_count", "Posts of the file that name no brand of the panel.")
official_post_count = count("official_post_count", "Posts of the file by official accounts: not earned.")
moved_day_post_count = count(
    "moved_day_post_count",
    "Posts whose day in the reporting zone is not their UTC day: vendors count by their own day.",
)
zone_assumed_post_count = count(
    "zone_assumed_post_count", "Posts whose zone was declared by the workspace, not proved."
)
unexplained_count = count(
    "unexplained_count", "Records neither kept nor rejected: anything but 0 is a fault.", minimum=None
)
vendor_post_count = count("vendor_post_count", "Posts of the day by the profile report; null if it gives none.")
held_post_count = count("held_post_count", "Posts of the day that post exports brought.")
missing_post_count = count(
    "missing_post_count",
    "The report's posts minus ours: stories without a row, deleted posts, or an export that is short.",
    minimum=None,
)
vendor_engagement_count = count("vendor_engagement_count", "Engagement of the day by the profile report.")
held_engagement_count = count("held_engagement_count", "Engagement of the day's posts by our definition.")
missing_engagement_count = count(
    "missing_engagement_count",
    "The report's engagement minus ours: it counts the day's engagement with posts of any day, and saves.",
    minimum=None,
)
