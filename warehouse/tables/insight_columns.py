"""Columns of the insight tables that no other table has; `columns.py` holds those they share with the rest."""

import polars as pl

from warehouse.tables.contract import Column, Unit

SHARE_BASES = ("mentions", "deduplicated", "authors", "engagement", "reach")
VERDICTS = ("yes", "no", "cannot_tell")
COMPARISON_STATES = ("ok", "no_previous", "incomplete", "panel_changed", "definition_changed", "too_few")


def text(name: str, description: str, unit: Unit = "text", **rest: object) -> Column:
    """A text column."""
    return Column(name, pl.String, description, unit, **rest)  # type: ignore[arg-type]


def count(name: str, description: str, **rest: object) -> Column:
    """A count, zero or more unless told otherwise."""
    rest.setdefault("minimum", 0)
    return Column(name, pl.Int64, description, "count", **rest)  # type: ignore[arg-type]


def ratio(name: str, description: str, **rest: object) -> Column:
    """A part of a whole, 0 to 1 unless told otherwise."""
    rest.setdefault("minimum", 0.0)
    rest.setdefault("maximum", 1.0)
    return Column(name, pl.Float64, description, "ratio", **rest)  # type: ignore[arg-type]


def number(name: str, description: str, **rest: object) -> Column:
    """Any other number."""
    return Column(name, pl.Float64, description, "score", **rest)  # type: ignore[arg-type]


def flag(name: str, description: str) -> Column:
    """Yes or no."""
    return Column(name, pl.Boolean, description, "flag")


def day(name: str, description: str) -> Column:
    """A calendar day."""
    return Column(name, pl.Date, description, "day")


def texts(name: str, description: str) -> Column:
    """A list of texts or ids."""
    return Column(name, pl.List(pl.String), description, "list")


# --- share of voice ---
potential_reach_count = count(
    "potential_reach_count",
    "Followers summed over distinct authors, each with the largest count seen: potential, never people reached; "
    "null if no author's count is known.",
    metric_id="potential_reach_unique",
)
potential_reach_total_count = count(
    "potential_reach_total_count",
    "Followers summed over mentions, an author counting at each of them: potential, never people reached; null if no "
    "author's count is known.",
    metric_id="potential_reach_total",
)
reach_coverage_ratio = ratio("reach_coverage_ratio", "Share of the distinct authors whose follower count is known.")
share_of_voice_reach_ratio = ratio(
    "share_of_voice_reach_ratio",
    "Potential reach of the brand / that of the panel on the platform; "
    "for 'all', the platforms' shares weighted by panel mentions.",
    metric_id="sov_reach",
)


def _interval_of(basis: str) -> tuple[Column, Column, Column]:
    share = f"share_of_voice_{basis}_ratio"
    return (
        ratio(
            f"share_of_voice_{basis}_low_ratio", f"Lower end of the 95 % interval of {share}.", metric_id="sov_interval"
        ),
        ratio(
            f"share_of_voice_{basis}_high_ratio",
            f"Upper end of the 95 % interval of {share}.",
            metric_id="sov_interval",
        ),
        number(
            f"{basis}_effective_count",
            f"Independent votes behind {share} (n_eff), weights and company taken into account.",
            minimum=0.0,
            metric_id="sov_interval",
        ),
    )


share_intervals = {basis: _interval_of(basis) for basis in SHARE_BASES[1:]}
basis_code = text("basis_code", "What the share is a share of.", "code", allowed=SHARE_BASES)
share_ratio = ratio("share_ratio", "Share of voice on that basis in the week.")
previous_share_ratio = ratio("previous_share_ratio", "The same a week before.")
share_change_ratio = ratio(
    "share_change_ratio",
    "share_ratio - previous_share_ratio, in parts of 1. Null where panel or definition changed.",
    minimum=-1.0,
    metric_id="sov_change",
)
share_change_low_ratio = ratio(
    "share_change_low_ratio",
    "Lower end of the 95 % interval of the change (Newcombe's hybrid score).",
    minimum=-1.0,
    metric_id="sov_change",
)
share_change_high_ratio = ratio(
    "share_change_high_ratio",
    "Upper end of the 95 % interval of the change (Newcombe's hybrid score).",
    minimum=-1.0,
    metric_id="sov_change",
)
is_different_code = text(
    "is_different_code",
    "Different from the week before: yes (the interval of the change excludes 0), no (it lies within the smallest "
    "change that matters), else cannot_tell.",
    "code",
    allowed=VERDICTS,
)
comparison_status_code = text(
    "comparison_status_code",
    "ok, or why the two weeks cannot be compared: a break in a trend must be shown, never drawn over.",
    "code",
    allowed=COMPARISON_STATES,
)
own_gain_ratio = ratio(
    "own_gain_ratio",
    "Part of the change that the brand's own mentions made; own_gain + rivals_loss = change. "
    "Null where the total is weighted over platforms.",
    minimum=-1.0,
    metric_id="sov_change",
)
rivals_loss_ratio = ratio(
    "rivals_loss_ratio", "Part of the change that the rivals' mentions made.", minimum=-1.0, metric_id="sov_change"
)
driver_brand_id = text("driver_brand_id", "Brand whose mentions moved the share: the brand itself or a rival.", "id")
part_count = number(
    "part_count", "Mentions of the driver in the week; a post on k topics counts 1/k in each.", minimum=0.0
)
previous_part_count = number("previous_part_count", "The same a week before.", minimum=0.0)
contribution_ratio = ratio(
    "contribution_ratio",
    "Part of the change of the brand's share that this driver made; the parts of a brand and week sum to the change.",
    minimum=-1.0,
    metric_id="sov_change",
)

# --- sentiment ---
segment_kind_code = text(
    "segment_kind_code",
    "What the mentions are split by; the segments of a kind may overlap (topics).",
    "code",
    allowed=("all", "platform", "topic", "language"),
)
segment_code = text(
    "segment_code",
    "Platform, topic or language of the segment; 'none' where a mention has none; 'all' for the total.",
    "code",
)
net_sentiment_polar_low_ratio = ratio(
    "net_sentiment_polar_low_ratio",
    "Lower end of its 95 % interval (Wilson on n_eff).",
    minimum=-1.0,
    metric_id="sentiment_interval",
)
net_sentiment_polar_high_ratio = ratio(
    "net_sentiment_polar_high_ratio",
    "Upper end of its 95 % interval (Wilson on n_eff).",
    minimum=-1.0,
    metric_id="sentiment_interval",
)
net_sentiment_all_low_ratio = ratio(
    "net_sentiment_all_low_ratio",
    "Lower end of its 95 % interval (hybrid score of two dependent shares, on n_eff).",
    minimum=-1.0,
    metric_id="sentiment_interval",
)
net_sentiment_all_high_ratio = ratio(
    "net_sentiment_all_high_ratio",
    "Upper end of its 95 % interval (hybrid score of two dependent shares, on n_eff).",
    minimum=-1.0,
    metric_id="sentiment_interval",
)
mean_sentiment_low_score = number(
    "mean_sentiment_low_score",
    "Lower end of the 95 % interval of the mean score; null under ten independent votes.",
    minimum=-1.0,
    maximum=1.0,
    metric_id="sentiment_interval",
)
mean_sentiment_high_score = number(
    "mean_sentiment_high_score",
    "Upper end of the 95 % interval of the mean score; null under ten independent votes.",
    minimum=-1.0,
    maximum=1.0,
    metric_id="sentiment_interval",
)
scored_effective_count = number(
    "scored_effective_count",
    "Independent votes behind the sentiment numbers: scored mentions / design effect of copies (Kish).",
    minimum=0.0,
    metric_id="sentiment_interval",
)
vendor_kappa_score = number(
    "vendor_kappa_score",
    "Cohen's kappa of our labels and the vendor's: 1 full agreement, 0 what chance gives; null where either side "
    "knows one label only or none.",
    minimum=-1.0,
    maximum=1.0,
    metric_id="vendor_kappa",
)

# --- topics and hashtags ---
term_kind_code = text(
    "term_kind_code",
    "Word, hashtag, or topic configured in listening.yaml.",
    "code",
    allowed=("word", "hashtag", "topic"),
)
term_text = text("term_text", "The word in lower case, the hashtag without #, or the id of the topic.")
term_state_code = text(
    "term_state_code",
    "new: not in the history; rising or fading: its share of the posts differs from the history's (|trend_score| at or "
    "over the threshold); steady; not_enough_data: the history is too short.",
    "code",
    allowed=("new", "rising", "fading", "steady", "not_enough_data"),
)
term_post_count = count("term_post_count", "Distinct texts of the day that use the term; copies count once.")
day_post_count = count("day_post_count", "Distinct texts of the day about the brand.")
history_post_count = count("history_post_count", "Distinct texts of the history that use the term, day by day.")
history_day_count = count("history_day_count", "Days of the history that the exports cover.")
expected_post_count = number(
    "expected_post_count", "Texts that would use the term today if its share were that of the history.", minimum=0.0
)
trend_score = number(
    "trend_score",
    "How far the term's share of today's texts lies from its share of the history: z of the log-odds ratio.",
    metric_id="term_trend",
)
panel_score = number(
    "panel_score",
    "How far it lies from the share among the other brands of the panel, today and history: z of the log-odds ratio.",
    metric_id="term_trend",
)
term_negative_ratio = ratio("term_negative_ratio", "Negative / scored among the day's texts that use the term.")
phrase_text = text("phrase_text", "Two-word phrase that most texts with a new or rising word share; null if none does.")
sample_mention_ids = texts("sample_mention_ids", "Posts behind the row, at most three.")
hashtag_text = text("hashtag_text", "The hashtag in lower case, without #.")
verdict_code = text(
    "verdict_code",
    "safe: nothing was found and everything could be looked at; review: a person should look; avoid.",
    "code",
    allowed=("safe", "review", "avoid"),
)
reason_texts = texts("reason_texts", "Why the verdict is not safe, weightiest first; empty for safe.")
hashtag_post_count = count("hashtag_post_count", "Distinct texts of the day with the hashtag, brands or not.")
hashtag_negative_ratio = ratio("hashtag_negative_ratio", "Negative / scored among the day's texts with the hashtag.")
history_negative_ratio = ratio("history_negative_ratio", "The same in the last texts of the four weeks before.")
crisis_ratio = ratio(
    "crisis_ratio", "Share of the day's texts that use a word of crisis or mourning (at most 100 read)."
)
co_terms = texts("co_terms", "Words most used together with the hashtag that day, most used first.")
first_seen_date = day("first_seen_date", "First day on which any export holds the hashtag.")
meaning_shift_ratio = ratio(
    "meaning_shift_ratio",
    "1 - (share of the day's texts that use the hashtag's usual words) / (that share in the four weeks before): "
    "0 as ever, 1 another meaning; null under 30 texts of history.",
)
