"""Every column of the project, declared once: a name has one meaning wherever it stands."""

import polars as pl

from warehouse.tables.contract import UTC_MICROSECONDS, Column, Unit

PLATFORMS = (
    *("x", "facebook", "instagram", "linkedin", "youtube", "tiktok", "reddit", "mastodon", "bluesky", "threads"),
    *("telegram", "pinterest", "hackernews", "wechat", "weibo", "xiaohongshu"),
    *("news", "blog", "forum", "review", "podcast", "broadcast", "qa", "other"),
)
MENTION_KINDS = ("post", "repost", "quote", "reply", "comment", "article")
TZ_BASES = ("explicit", "proved", "assumed", "unknown")
SENTIMENT_LABELS = ("positive", "neutral", "negative", "unscored")
VENDOR_LABELS = ("positive", "neutral", "negative")
RECORD_KINDS = ("mention", "competitor_post", "audience_snapshot", "unknown")
FILE_STATES = ("ingested", "empty", "refused", "crashed")
POST_TYPES = ("photo", "video", "carousel", "link", "text", "story", "reel", "live", "album", "poll", "event", "other")
ALL_PLATFORMS = "all"


def _text(name: str, description: str, unit: Unit = "text", **rest: object) -> Column:
    return Column(name, pl.String, description, unit, **rest)  # type: ignore[arg-type]


def _count(name: str, description: str, **rest: object) -> Column:
    rest.setdefault("minimum", 0)
    return Column(name, pl.Int64, description, "count", **rest)  # type: ignore[arg-type]


def _ratio(name: str, description: str, **rest: object) -> Column:
    rest.setdefault("minimum", 0.0)
    rest.setdefault("maximum", 1.0)
    return Column(name, pl.Float64, description, "ratio", **rest)  # type: ignore[arg-type]


def _number(name: str, description: str, **rest: object) -> Column:
    return Column(name, pl.Float64, description, "score", **rest)  # type: ignore[arg-type]


def _instant(name: str, description: str) -> Column:
    return Column(name, UTC_MICROSECONDS, f"{description} UTC.", "utc")


def _day(name: str, description: str) -> Column:
    return Column(name, pl.Date, description, "day")


def _flag(name: str, description: str) -> Column:
    return Column(name, pl.Boolean, description, "flag")


# --- where a row came from ---
file_id = _text("file_id", "SHA-256 of the export file's bytes: the file's identity.", "id")
file_name = _text("file_name", "Name the file had when it was dropped into the inbox.")
row_number = _count("row_number", "Record number in the file, 1 for the first record after the header.", minimum=0)
source_code = _text(
    "source_code", "Export format the row was read by (built in, or declared in listening.yaml).", "code"
)
source_codes = Column("source_codes", pl.List(pl.String), "Every export format this post was seen in, sorted.", "list")
record_kind_code = _text("record_kind_code", "What the file's records are.", "code", allowed=RECORD_KINDS)
raw_json = _text("raw_json", "Non-empty fields no canonical column took, as a JSON object; personal fields left out.")
raw_content = _text("raw_content", "The rejected record as it stood in the file; personal fields left out.")
reason_code = _text("reason_code", "Why the record was rejected.", "code")
reason_text = _text("reason_text", "What was wrong with the record and what to do about it.")
column_name = _text("column_name", "Column of the export that holds the fault; null if the whole record is at fault.")
byte_count = _count("byte_count", "Size of the file in bytes.")
encoding_name = _text("encoding_name", "Text encoding found in the file.")
header_fingerprint = _text("header_fingerprint", "Hash of the header's names in order: a change is drift.", "id")
header_names = Column(
    "header_names",
    pl.List(pl.String),
    "Names in the header, in order; of JSON, sorted, the keys that every record has. Null where too few tell.",
    "list",
)
declaration_version = _text("declaration_version", "Hash of the source declaration that read the file.", "id")
row_count = _count("row_count", "Records in the file, counted independently of the parser.")
kept_count = _count("kept_count", "Records kept.")
rejected_count = _count("rejected_count", "Records rejected with a reason.")
vendor_total_count = _count(
    "vendor_total_count", "Mentions the vendor says there are; null if neither file nor vendor says."
)
file_state_code = _text("file_state_code", "What became of the file.", "code", allowed=FILE_STATES)
problem_text = _text("problem_text", "What was wrong with the file and what to do; null when nothing was.")
warning_texts = Column("warning_texts", pl.List(pl.String), "Warnings that go with the numbers of this row.", "list")
first_published_at = _instant("first_published_at", "Earliest time among the rows.")
last_published_at = _instant("last_published_at", "Latest time among the rows.")
ingested_at = _instant("ingested_at", "When the pipeline read the file.")
archive_path = _text("archive_path", "Where the original lies, relative to the workspace.")
archive_member_number = _count(
    "archive_member_number",
    "Place of the file among the entries of the zip it came in; null if it came alone.",
    minimum=1,
)

# --- a mention ---
native_id = _text("native_id", "Id the platform gave the post; null if the export's id is damaged or absent.", "id")
mention_id = _text(
    "mention_id",
    "Identity of a real post across exports: hash of platform and native id, else of author, time and text.",
    "id",
)
identity_basis_code = _text(
    "identity_basis_code", "What mention_id was made of.", "code", allowed=("native_id", "url", "content")
)
platform_code = _text("platform_code", "Platform the post stands on.", "code", allowed=PLATFORMS)
platform_or_all_code = Column(
    "platform_code",
    pl.String,
    "Platform the post stands on; 'all' is the total over platforms.",
    "code",
    allowed=(*PLATFORMS, ALL_PLATFORMS),
)
url = _text("url", "Address of the post as exported; http or https only.")
site_name = _text("site_name", "Domain of the address, without www.")
published_at = _instant("published_at", "When the post was published.")
tz_basis_code = _text("tz_basis_code", "How the zone of published_at is known.", "code", allowed=TZ_BASES)
mention_date = _day("mention_date", "Day of publication in the workspace's reporting zone.")
mention_hour_at = _instant("mention_hour_at", "Start of the hour of publication.")
kind_code = _text("kind_code", "Post, repost, quote, reply, comment or article.", "code", allowed=MENTION_KINDS)
author_native_id = _text("author_native_id", "Author's id on the platform.", "id", is_personal=True)
author_handle = _text("author_handle", "Author's handle, without @.", is_personal=True)
author_name = _text("author_name", "Author's display name.", is_personal=True)
author_id = _text(
    "author_id", "Author's pseudonym: keyed hash of platform and account; the key never leaves the workspace.", "id"
)
author_follower_count = _count("author_follower_count", "Followers of the author when the post was exported.")
mention_text = _text("mention_text", "Text as its author wrote it; null if withheld.")
title = _text("title", "Headline or title, as exported.")
claimed_language_code = _text("claimed_language_code", "Language the export claims, ISO 639-1.", "code")
language_code = _text(
    "language_code", "Language detected from the text, ISO 639-1; null where the text does not tell.", "code"
)
language_confidence_ratio = _ratio("language_confidence_ratio", "Confidence of the detected language.")
country_code = _text("country_code", "Country the export gives, ISO 3166-1 alpha-2.", "code")
like_count = _count("like_count", "Likes or reactions; null if unknown.")
share_count = _count("share_count", "Shares or reposts; null if unknown.")
comment_count = _count("comment_count", "Comments or replies; null if unknown.")
view_count = _count("view_count", "Views; null if unknown.")
impression_count = _count("impression_count", "Impressions; null if unknown.")
reach_count = _count("reach_count", "Reach as the export estimates it; null if unknown.")
engagement_count = _count(
    "engagement_count", "Engagement by the platform's definition in METRICS.md; null if no counter is known."
)
is_repost = _flag("is_repost", "The post repeats another one unchanged.")
parent_native_id = _text("parent_native_id", "Platform id of the post this one reposts, quotes or answers.", "id")
query_name = _text("query_name", "Saved search of the vendor that found the post.")
query_names = Column(
    "query_names",
    pl.List(pl.String),
    "Every saved search or brand column value the post was exported under, sorted.",
    "list",
)
vendor_sentiment_label = _text("vendor_sentiment_label", "Sentiment the vendor gave.", "code", allowed=VENDOR_LABELS)
is_text_withheld = _flag("is_text_withheld", "The vendor may not hand on the text (licence or redaction).")
is_text_truncated = _flag("is_text_truncated", "The export cut the text.")
collected_at = _instant("collected_at", "When the counters were collected, if the export says so.")

# --- what the text says ---
sentiment_score = _number(
    "sentiment_score",
    "Sentiment of the text, -1 to 1 (compound score of the lexicon engine); null if unscored.",
    minimum=-1.0,
    maximum=1.0,
)
sentiment_label = _text(
    "sentiment_label",
    "positive (score >= 0.05), negative (<= -0.05), neutral, or unscored for a language without a lexicon.",
    "code",
    allowed=SENTIMENT_LABELS,
)
sentiment_lexicon_id = _text("sentiment_lexicon_id", "Lexicon and version that scored the text.", "id")
sentiment_improved_score = _number(
    "sentiment_improved_score",
    "Score with the known traps of the lexicon mended (a versioned layer, see KERNELS.md), -1 to 1; null if unscored.",
    minimum=-1.0,
    maximum=1.0,
)
sentiment_improved_label = _text(
    "sentiment_improved_label",
    "Label of sentiment_improved_score, by the same thresholds.",
    "code",
    allowed=SENTIMENT_LABELS,
)
sentiment_calibrated_score = _number(
    "sentiment_calibrated_score",
    "Positive less negative share of the workspace's own model (`listening calibrate`), -1 to 1; null without one.",
    minimum=-1.0,
    maximum=1.0,
)
sentiment_calibrated_label = _text(
    "sentiment_calibrated_label",
    "Likeliest label by the workspace's own model; unscored in languages it was not fitted on, null without a model.",
    "code",
    allowed=SENTIMENT_LABELS,
)
sentiment_calibrated_model_id = _text(
    "sentiment_calibrated_model_id", "Model that gave the calibrated score: other labels, another id.", "id"
)
sentiment_basis_code = _text(
    "sentiment_basis_code",
    "Whether the score is that of the whole text or of the clauses around the brand.",
    "code",
    allowed=("whole_text", "clause"),
)
hashtags = Column("hashtags", pl.List(pl.String), "Hashtags in the text, lower case, without #.", "list")
links = Column("links", pl.List(pl.String), "Addresses in the text, without tracking parameters.", "list")
is_question = _flag("is_question", "The text asks something.")
is_complaint = _flag("is_complaint", "The text complains.")
has_purchase_intent = _flag("has_purchase_intent", "The author wants to buy.")
cluster_id = _text(
    "cluster_id", "Cluster of posts with the same or nearly the same text; alone in its own if unlike any other.", "id"
)
cluster_mention_count = _count("cluster_mention_count", "Posts in the cluster.", minimum=1)
original_mention_id = _text("original_mention_id", "Earliest post of the cluster.", "id")
duplicate_kind_code = _text(
    "duplicate_kind_code",
    "How the post relates to its cluster's original.",
    "code",
    allowed=("unique", "original", "exact", "near", "repost"),
)
is_owned = _flag("is_owned", "Written by an official account of the brand or a competitor: not earned conversation.")
source_row_count = _count("source_row_count", "Export rows that were merged into this post.", minimum=1)
revision_id = _text("revision_id", "Hash of the row's content: changes whenever anything in the row does.", "id")

# --- brands ---
brand_id = _text("brand_id", "Brand of the panel, as declared in listening.yaml.", "id")
brand_role_code = _text("brand_role_code", "Own brand or competitor.", "code", allowed=("own", "competitor"))
query_version = _text("query_version", "Hash of the brand query that matched: a new query is a new number.", "id")
clause_text = _text("clause_text", "The clause of the query that matched.")
match_text = _text("match_text", "The words of the text that matched.")
match_start = _count("match_start", "Offset in characters at which the first match starts.")
match_end = _count("match_end", "Offset in characters at which the first match ends.")
match_count = _count("match_count", "Times the query matched in title and text; 0 where metadata alone matched.")
brand_ids = Column("brand_ids", pl.List(pl.String), "Brands of the panel the post names, sorted.", "list")
author_label = _text(
    "author_label",
    "Name shown for the author: the handle of an official account, or of anyone where the workspace allows it.",
)
topic_id = _text("topic_id", "Topic, as declared in listening.yaml.", "id")
panel_id = _text(
    "panel_id", "Version of the panel (brands and their queries): numbers of two panels are not comparable.", "id"
)

# --- aggregates ---
mention_count = _count(
    "mention_count", "Earned mentions; a post that names k brands counts once for each.", metric_id="mention_count"
)
deduplicated_count = _count(
    "deduplicated_count", "The same with one vote per cluster of near-identical texts.", metric_id="deduplicated_count"
)
distinct_author_count = _count("distinct_author_count", "Distinct authors.", metric_id="distinct_author_count")
panel_mention_count = _count("panel_mention_count", "Mentions summed over the panel: the share's denominator.")
share_of_voice_ratio = _ratio(
    "share_of_voice_ratio",
    "Mentions of the brand / mentions of the panel; null when the panel has none.",
    metric_id="sov_mentions",
)
share_of_voice_low_ratio = _ratio(
    "share_of_voice_low_ratio",
    "Lower end of the 95 % interval of share_of_voice_ratio (Wilson on n_eff).",
    metric_id="sov_interval",
)
share_of_voice_high_ratio = _ratio(
    "share_of_voice_high_ratio",
    "Upper end of the 95 % interval of share_of_voice_ratio (Wilson on n_eff).",
    metric_id="sov_interval",
)
effective_count = _number(
    "effective_count",
    "n_eff: panel mentions / design effect of duplicate clusters (Kish). Above the panel's mentions where posts name "
    "several brands: shares that move together are surer than as many separate votes.",
    minimum=0.0,
    metric_id="sov_interval",
)
share_of_voice_deduplicated_ratio = _ratio(
    "share_of_voice_deduplicated_ratio", "Share of voice when each cluster votes once.", metric_id="sov_deduplicated"
)
share_of_voice_authors_ratio = _ratio(
    "share_of_voice_authors_ratio",
    "Distinct authors of the brand / distinct authors summed over the panel.",
    metric_id="sov_authors",
)
share_of_voice_engagement_ratio = _ratio(
    "share_of_voice_engagement_ratio",
    "Engagement of the brand / engagement of the panel on the platform; "
    "for 'all', the platforms' shares weighted by panel mentions.",
    metric_id="sov_engagement",
)
engagement_coverage_ratio = _ratio("engagement_coverage_ratio", "Share of the mentions whose engagement is known.")
syndication_ratio = _ratio(
    "syndication_ratio", "Share of the mentions that repeat another one's text.", metric_id="syndication_ratio"
)
positive_count = _count("positive_count", "Mentions labelled positive.")
neutral_count = _count("neutral_count", "Mentions labelled neutral.")
negative_count = _count("negative_count", "Mentions labelled negative.")
unscored_count = _count("unscored_count", "Mentions in a language without a lexicon, or without text.")
scored_ratio = _ratio(
    "scored_ratio",
    "Scored mentions / mentions: the coverage of every sentiment number beside it.",
    metric_id="scored_ratio",
)
net_sentiment_polar_ratio = _ratio(
    "net_sentiment_polar_ratio",
    "(positive - negative) / (positive + negative); null without either.",
    minimum=-1.0,
    metric_id="net_sentiment_polar",
)
net_sentiment_all_ratio = _ratio(
    "net_sentiment_all_ratio",
    "(positive - negative) / (positive + negative + neutral); null without any.",
    minimum=-1.0,
    metric_id="net_sentiment_all",
)
mean_sentiment_score = _number(
    "mean_sentiment_score",
    "Mean score of the scored mentions, -1 to 1.",
    minimum=-1.0,
    maximum=1.0,
    metric_id="mean_sentiment",
)
vendor_labelled_count = _count("vendor_labelled_count", "Mentions that both we and the vendor labelled.")
vendor_agreement_ratio = _ratio(
    "vendor_agreement_ratio", "Share of vendor_labelled_count with the same label.", metric_id="vendor_agreement"
)
expected_count = _number(
    "expected_count",
    "Watched count expected from the series' own history; for a share, the usual share of the scored mentions.",
    minimum=0.0,
)
expected_low_count = _number("expected_low_count", "Lower end of what is usual.", minimum=0.0)
expected_high_count = _number("expected_high_count", "Upper end of what is usual.", minimum=0.0)
metric_code = _text(
    "metric_code",
    "What is watched: mentions, the negative share of scored mentions, engagement, or distinct authors.",
    "code",
    allowed=("mention_count", "negative_ratio", "engagement_count", "distinct_author_count"),
)
is_deduplicated = _flag("is_deduplicated", "Each cluster of near-identical texts counts once an hour.")
watched_count = _count(
    "watched_count",
    "What the metric counts in the hour: mentions (or clusters), engagement, authors; negative mentions for the share.",
)
deduplicated_negative_count = _count(
    "deduplicated_negative_count", "Clusters of near-identical texts that hold a negative mention."
)
deduplicated_scored_count = _count(
    "deduplicated_scored_count", "Clusters of near-identical texts that hold a scored mention."
)
signal_score = _number("signal_score", "How unusual the hour is; the scale is described in TREND.md.")
is_alert = _flag("is_alert", "An alert was raised at this hour.")
signal_status_code = _text(
    "signal_status_code",
    "ok, or why nothing can be said.",
    "code",
    allowed=("ok", "not_enough_data", "incomplete", "gap"),
)

# --- spikes ---
spike_id = _text("spike_id", "Identity of the spike: its series (metric, brand, platform, topic) and start.", "id")
event_id = _text(
    "event_id", "Spike that stands for the event: spikes of one brand whose hours overlap are one event.", "id"
)
started_at = _instant("started_at", "First alerting hour.")
peak_at = _instant("peak_at", "Hour with the highest count of the metric.")
ended_at = _instant("ended_at", "End of the last unusual hour; null while the spike is open.")
observed_count = _count("observed_count", "Watched count of the metric during the spike, summed over its hours.")
excess_count = _number("excess_count", "Observed minus expected count.")
spike_ratio = _number(
    "spike_ratio", "Observed / expected count during the spike; null when nothing was expected.", minimum=0.0
)
spike_ratio_low = _number("spike_ratio_low", "Lower end of the 90 % interval of spike_ratio.", minimum=0.0)
spike_ratio_high = _number("spike_ratio_high", "Upper end of the 90 % interval of spike_ratio.", minimum=0.0)
author_spread_ratio = _ratio(
    "author_spread_ratio",
    "Authors per mention against the weeks before: 1 as usual, near 0 a few loud accounts.",
    maximum=None,
)
negative_ratio = _ratio("negative_ratio", "Negative / scored mentions during the spike.")
severity_code = _text(
    "severity_code", "How far from usual the spike is.", "code", allowed=("low", "medium", "high", "crisis")
)
spike_state_code = _text(
    "spike_state_code",
    "Open until the conversation is back to usual, then closed; or what a person set, see state_set_at.",
    "code",
    allowed=("open", "acknowledged", "snoozed", "closed"),
)
state_set_at = _instant("state_set_at", "When a person set the state that counts; null where the data set it.")
state_set_by_name = _text("state_set_by_name", "Who set it.")
state_note_text = _text("state_note_text", "What that person noted.")
snoozed_until_at = _instant("snoozed_until_at", "End of the snooze; null for none, or without an end.")

# --- accounts and their posts ---
post_id = _text(
    "post_id",
    "Identity of a competitor's or own post: hash of platform and native id, else of account, time and text.",
    "id",
)
account_handle = _text("account_handle", "Handle of a brand's public account, without @.")
account_name = _text("account_name", "Display name of a brand's public account.")
account_follower_count = _count(
    "account_follower_count", "Followers of the account when the post was made, or as near as known."
)
follower_as_of_date = _day(
    "follower_as_of_date", "Day of the follower count that was used; null if the export gave it with the post."
)
posted_at = _instant("posted_at", "When the post was made.")
post_date = _day("post_date", "Day of the post in the account's zone (the reporting zone unless declared).")
post_text = _text("post_text", "Caption as written.")
post_type_code = _text("post_type_code", "Format of the post.", "code", allowed=POST_TYPES)
save_count = _count("save_count", "Saves; null if unknown.")
engagement_total_count = _count(
    "engagement_total_count", "Engagement total as the export gives it; null if it gives none."
)
er_followers_ratio = _number(
    "er_followers_ratio",
    "Engagement / followers at post time; null if either is unknown.",
    minimum=0.0,
    metric_id="er_followers",
)
er_impressions_ratio = _number(
    "er_impressions_ratio",
    "Engagement / impressions; null if either is unknown.",
    minimum=0.0,
    metric_id="er_impressions",
)
er_reach_ratio = _number(
    "er_reach_ratio", "Engagement / reach; null if either is unknown.", minimum=0.0, metric_id="er_reach"
)
week_date = _day("week_date", "Monday of the week, in the account's zone.")
post_count = _count("post_count", "Posts in the period.", metric_id="cadence")
regularity_score = _number(
    "regularity_score",
    "Coefficient of variation of the gaps between posts; null under three posts; 0 is clockwork.",
    minimum=0.0,
    metric_id="regularity",
)
follower_known_count = _count("follower_known_count", "Posts whose follower count is known.")
engagement_known_count = _count("engagement_known_count", "Posts whose engagement is known.")
er_followers_sum_ratio = _number(
    "er_followers_sum_ratio",
    "Sum of engagement / sum of followers at post time, over posts with both: the ratio of sums.",
    minimum=0.0,
    metric_id="er_followers",
)
er_followers_mean_ratio = _number(
    "er_followers_mean_ratio",
    "Mean over posts of engagement / followers: the mean of ratios.",
    minimum=0.0,
    metric_id="er_followers",
)
applause_per_post = _number(
    "applause_per_post",
    "Likes or reactions per post, over posts where they are known.",
    minimum=0.0,
    metric_id="applause",
)
conversation_per_post = _number(
    "conversation_per_post",
    "Comments per post, over posts where they are known.",
    minimum=0.0,
    metric_id="conversation",
)
amplification_per_post = _number(
    "amplification_per_post",
    "Shares per post, over posts where they are known.",
    minimum=0.0,
    metric_id="amplification",
)
is_complete_period = _flag("is_complete_period", "The whole period lies inside the time the exports cover.")
snapshot_date = _day("snapshot_date", "Day of the count, in the account's zone.")
audience_kind_code = _text(
    "audience_kind_code",
    "What is counted: kinds are never added up.",
    "code",
    allowed=("followers", "friends", "subscribers", "fans"),
)
follower_count = _count("follower_count", "Audience on that day.")
net_growth_count = Column(
    "net_growth_count", pl.Int64, "Audience gained minus lost that day, as the export gives it.", "count"
)
zone_name = _text("zone_name", "IANA zone the day or time was written in.")
net_added_count = Column("net_added_count", pl.Int64, "Audience minus the audience of the snapshot before.", "count")
days_since_previous_count = _count(
    "days_since_previous_count", "Days since the snapshot before: snapshots are irregular.", minimum=1
)
growth_ratio = _number(
    "growth_ratio",
    "(audience - audience before) / audience before; null without a snapshot before.",
    metric_id="audience_growth",
)
daily_growth_ratio = _number(
    "daily_growth_ratio", "growth_ratio per day since the snapshot before.", metric_id="audience_growth"
)
acceleration_count = _number(
    "acceleration_count", "Net adds per day minus those of the interval before.", metric_id="audience_growth"
)

# --- mentions that stand for a number ---
rank_count = _count("rank_count", "1 for the first.", minimum=1)
rank_basis_code = _text(
    "rank_basis_code",
    "What the rank is by: engagement, else reach, else followers.",
    "code",
    allowed=("engagement", "reach", "followers", "time"),
)

# --- trust ---
duplicate_row_count = _count("duplicate_row_count", "Export rows that repeated a post already held.")
matched_count = _count("matched_count", "Posts that name a brand of the panel.")
withheld_count = _count("withheld_count", "Posts without text because the vendor may not hand it on.")
zone_assumed_count = _count("zone_assumed_count", "Posts whose zone was declared by the workspace, not proved.")
is_last_day_partial = _flag("is_last_day_partial", "The exports end during this day: its numbers will still grow.")
reject_reason_texts = Column(
    "reject_reason_texts", pl.List(pl.String), "Reasons of the rejected records with their counts.", "list"
)
release_id = _text("release_id", "Id of the release.", "id")
created_at = _instant("created_at", "When the release was built.")
code_version = _text("code_version", "Version of the pipeline that built it.")
configuration_id = _text("configuration_id", "Hash of listening.yaml as it was.", "id")
input_file_ids = Column(
    "input_file_ids", pl.List(pl.String), "SHA-256 of every file it was built from, sorted.", "list"
)
check_count = _count("check_count", "Checks the gate ran.")
failed_check_count = _count(
    "failed_check_count", "Checks that failed with severity warning; an error would have stopped the release."
)
reporting_zone_name = _text("reporting_zone_name", "Zone in which days are counted.")
content_id = _text("content_id", "Hash over the contents of every other table: same inputs, same id.", "id")
first_mention_date = _day("first_mention_date", "First day with mentions.")
last_mention_date = _day("last_mention_date", "Last day with mentions.")
check_id = _text("check_id", "Name of the check.", "id")
checked_table_name = _text("checked_table_name", "Table the check is about.", "code")
check_severity_code = _text(
    "check_severity_code", "An error stops a release, a warning goes with it.", "code", allowed=("error", "warning")
)
check_status_code = _text(
    "check_status_code",
    "Passed, failed, or crashed: a check that could not give an answer.",
    "code",
    allowed=("passed", "failed", "crashed"),
)
check_text = _text("check_text", "What the check demands.")
observed_text = _text("observed_text", "What was found.")
advice_text = _text("advice_text", "What to do when it fails.")
unexpected_count = _count("unexpected_count", "Rows that break the rule; null if the check is not about rows.")
