"""Rules for the weekly sentiment: weeks are their days added up, segments of a kind hold every mention."""

import polars as pl

from quality.context import AuditContext
from quality.rule import Finding, Frames, Rule, beyond, difference_detail, differing, found, of_platforms, rule
from quality.rule_parts import intervals_hold, row_rule
from quality.rules_week import monday
from warehouse.tables import insight, mart

MOOD, MOOD_DAILY = insight.SENTIMENT_WEEKLY, mart.SENTIMENT_DAILY
LABELS = ("positive_count", "neutral_count", "negative_count", "unscored_count")


def _wrong_labels(_: pl.DataFrame) -> pl.Expr:
    positive, neutral, negative, _unscored = (pl.col(label) for label in LABELS)
    polar, scored = positive + negative, positive + negative + neutral
    return (
        (pl.sum_horizontal(LABELS) != pl.col("mention_count"))
        | beyond(pl.col("net_sentiment_polar_ratio"), pl.when(polar > 0).then((positive - negative) / polar))
        | beyond(pl.col("net_sentiment_all_ratio"), pl.when(scored > 0).then((positive - negative) / scored))
        | beyond(pl.col("scored_ratio"), scored / pl.col("mention_count"))
    )


def _mood_meets_daily(frames: Frames, _: AuditContext) -> Finding:
    on = ("week_date", "brand_id")
    weekly = frames[MOOD.name].filter(pl.col("segment_kind_code") == "all")
    days = of_platforms(frames[MOOD_DAILY.name]).group_by(monday("mention_date"), "brand_id").agg(pl.col(LABELS).sum())
    wrong = pl.concat([differing(weekly, days, on, label) for label in LABELS])
    return found(wrong.sort(on), weekly.height * len(LABELS), "counts miss sentiment_daily", difference_detail(wrong))


def _segments_reconcile(frames: Frames, _: AuditContext) -> Finding:
    on = ("week_date", "brand_id")
    rows = frames[MOOD.name]
    whole = rows.filter(pl.col("segment_kind_code") == "all").select(*on, pl.col("mention_count").alias("whole"))
    kinds = pl.DataFrame({"segment_kind_code": ["platform", "language", "topic"]})
    sums = rows.group_by(*on, "segment_kind_code").agg(pl.col("mention_count").sum().alias("parts"))
    judged = whole.join(kinds, how="cross").join(sums, on=[*on, "segment_kind_code"], how="left")
    parts, is_topic = pl.col("parts").fill_null(0), pl.col("segment_kind_code") == "topic"
    # Topics overlap, so theirs may be more; a mention without one is in 'none'.
    wrong = judged.filter(pl.when(is_topic).then(parts < pl.col("whole")).otherwise(parts != pl.col("whole")))
    return found(wrong.sort(on), judged.height, "kinds of segment that do not hold every mention once")


RULES: tuple[Rule, ...] = (
    row_rule(
        MOOD,
        "formulas_hold",
        "Labels add up to mention_count, and both net sentiments and the coverage follow from them.",
        "Recompute the sampled segments by METRICS.md; unscored belongs in no denominator but coverage.",
        ("mention_count", *LABELS, "net_sentiment_polar_ratio", "net_sentiment_all_ratio", "scored_ratio"),
        _wrong_labels,
        "segments whose ratios do not follow from their counts",
    ),
    intervals_hold(
        MOOD,
        [
            (f"{number}_low_{unit}", f"{number}_{unit}", f"{number}_high_{unit}")
            for number, unit in (("net_sentiment_polar", "ratio"), ("net_sentiment_all", "ratio"))
        ],
    ),
    rule(
        MOOD,
        "meets_daily",
        "error",
        "The labels of a week and brand are the sums of its days in sentiment_daily.",
        "Rebuild the sampled weeks: sentiment_weekly was made before its days were last changed.",
        {
            MOOD: ("week_date", "brand_id", "segment_kind_code", *LABELS),
            MOOD_DAILY: ("mention_date", "platform_code", "brand_id", *LABELS),
        },
        _mood_meets_daily,
    ),
    rule(
        MOOD,
        "segments_reconcile",
        "error",
        "Platforms and languages hold every mention of the week once; topics at least once ('none' included).",
        "Rebuild the sampled weeks of sentiment_weekly: a mention is in no segment, or in two.",
        {MOOD: ("week_date", "brand_id", "segment_kind_code", "mention_count")},
        _segments_reconcile,
    ),
)
