"""Rules for share of voice and sentiment: parts add up, shares sum to one, formulas hold, counts meet the mentions."""

import polars as pl

from quality.context import AuditContext
from quality.rule import (
    TOLERANCE,
    Finding,
    Frames,
    Rule,
    beyond,
    difference_detail,
    differing,
    found,
    of_platforms,
    platforms_against_all,
    rule,
)
from warehouse.tables import mart

VOICE, SENTIMENT, MENTION = mart.SHARE_OF_VOICE_DAILY, mart.SENTIMENT_DAILY, mart.MENTION
GROUP = ("mention_date", "platform_code")
KEY = (*GROUP, "brand_id")
# Each share with the count it is a share of.
SHARES = {
    "share_of_voice_ratio": "mention_count",
    "share_of_voice_deduplicated_ratio": "deduplicated_count",
    "share_of_voice_authors_ratio": "distinct_author_count",
    "share_of_voice_engagement_ratio": "engagement_count",
}
LABELS = ("positive_count", "neutral_count", "negative_count", "unscored_count")


def _shares_sum_to_one(share: str, count: str) -> Rule:
    def find(frames: Frames, _: AuditContext) -> Finding:
        sums = pl.col(share).sum().alias("total"), pl.col(share).count().alias("known"), pl.col(count).sum()
        groups = frames[VOICE.name].group_by(GROUP).agg(sums)
        has_total = pl.col(count) > 0
        off = (pl.col("total") - has_total.cast(pl.Float64)).abs()
        # Without anything to share no share may be given; with something the shares given make up the whole.
        wrong = groups.filter(~(off <= TOLERANCE) | (~has_total & (pl.col("known") > 0)))
        wrong = wrong.sort(off, *GROUP, descending=[True, False, False])
        furthest = f"furthest sum {wrong['total'][0]:.6f}" if wrong.height else ""
        return found(wrong, groups.height, "days and platforms do not sum to 1", furthest)

    return rule(
        VOICE,
        f"{share}.sums_to_one",
        "error",
        f"{share} sums to 1 over the brands of each day and platform that has any {count}, and is null elsewhere.",
        "Recompute those days; look for a brand missing from the panel or counted twice in share_of_voice_daily.",
        {VOICE: (*GROUP, share, count)},
        find,
    )


def _share_is_mentions_by_panel(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[VOICE.name]
    panel = pl.col("panel_mention_count")
    wrong = rows.filter(
        beyond(pl.col("share_of_voice_ratio"), pl.when(panel > 0).then(pl.col("mention_count") / panel))
    )
    return found(wrong.sort(KEY), rows.height, "rows whose share is not mention_count / panel_mention_count")


def _interval_holds_estimate(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[VOICE.name]
    low, share, high = (pl.col(f"share_of_voice_{part}") for part in ("low_ratio", "ratio", "high_ratio"))
    outside = (low > share + TOLERANCE) | (share > high + TOLERANCE) | (low > high + TOLERANCE)
    # An interval without its estimate, or with one end only, says nothing either.
    torn = (low.is_null() != high.is_null()) | (share.is_null() & low.is_not_null())
    wrong = rows.filter(outside.fill_null(False) | torn)
    return found(wrong.sort(KEY), rows.height, "rows whose interval does not hold the share")


def _panel_is_complete(frames: Frames, context: AuditContext) -> Finding:
    rows = frames[VOICE.name]
    groups = rows.select(GROUP).unique()
    expected = groups.join(pl.DataFrame({"brand_id": context.brand_ids}, schema={"brand_id": pl.String}), how="cross")
    missing = expected.join(rows, on=KEY, how="anti")
    foreign = rows.filter(~pl.col("brand_id").is_in(list(context.brand_ids))).select(KEY)
    wrong = pl.concat([missing.select(KEY), foreign]).sort(KEY)
    detail = f"{missing.height:,} missing, {foreign.height:,} of brands outside the panel"
    return found(wrong, expected.height, "rows of the panel", detail)


def _parts_within_mentions(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[VOICE.name]
    parts = ("deduplicated_count", "distinct_author_count")
    wrong = rows.filter(pl.any_horizontal(pl.col(part) > pl.col("mention_count") for part in parts))
    return found(wrong.sort(KEY), rows.height, "rows with more clusters or authors than mentions")


def _effective_count_is_known(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[VOICE.name]
    is_known = (pl.col("effective_count") > 0).fill_null(False)
    wrong = rows.filter(is_known != (pl.col("panel_mention_count") > 0))
    return found(wrong.sort(KEY), rows.height, "rows with an effective count but no mentions, or the reverse")


def _voice_all_is_sum(frames: Frames, _: AuditContext) -> Finding:
    wrong = platforms_against_all(frames[VOICE.name], ("mention_date", "brand_id"), ("mention_count",))
    return found(wrong, frames[VOICE.name].height, "rows where 'all' is not the sum", difference_detail(wrong))


def _voice_meets_mentions(frames: Frames, _: AuditContext) -> Finding:
    earned = frames[MENTION.name].filter(~pl.col("is_owned") & (pl.col("brand_ids").list.len() > 0))
    named = earned.select(*GROUP, brand_id="brand_ids").explode("brand_id")
    counts = named.group_by(KEY).agg(mention_count=pl.len().cast(pl.Int64))
    voice = of_platforms(frames[VOICE.name])
    wrong = differing(voice, counts, KEY, "mention_count")
    return found(wrong, voice.height, "rows miss the count of mention", difference_detail(wrong))


def _sentiment_meets_voice(frames: Frames, _: AuditContext) -> Finding:
    sentiment, voice = of_platforms(frames[SENTIMENT.name]), of_platforms(frames[VOICE.name])
    wrong = differing(sentiment, voice, KEY, "mention_count")
    return found(wrong, sentiment.height, "rows miss share_of_voice_daily", difference_detail(wrong))


def _labels_add_up(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[SENTIMENT.name]
    wrong = rows.filter(pl.sum_horizontal(LABELS) != pl.col("mention_count"))
    return found(wrong.sort(KEY), rows.height, "rows whose labels do not add up to mention_count")


def _sentiment_all_is_sum(frames: Frames, _: AuditContext) -> Finding:
    counts = (*LABELS, "vendor_labelled_count")
    wrong = platforms_against_all(frames[SENTIMENT.name], ("mention_date", "brand_id"), counts)
    return found(wrong, frames[SENTIMENT.name].height, "counts where 'all' is not the sum", difference_detail(wrong))


def _sentiment_formulas(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[SENTIMENT.name]
    positive, neutral, negative, unscored = (pl.col(label) for label in LABELS)
    polar, scored = positive + negative, positive + negative + neutral
    wrong = rows.filter(
        beyond(pl.col("net_sentiment_polar_ratio"), pl.when(polar > 0).then((positive - negative) / polar))
        | beyond(pl.col("net_sentiment_all_ratio"), pl.when(scored > 0).then((positive - negative) / scored))
        | beyond(pl.col("scored_ratio"), pl.when(scored + unscored > 0).then(scored / (scored + unscored)))
    )
    return found(wrong.sort(KEY), rows.height, "rows whose net sentiment or coverage is not its formula")


def _vendor_within_scored(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[SENTIMENT.name]
    wrong = rows.filter(
        (pl.col("vendor_labelled_count") > pl.col("mention_count"))
        | ((pl.col("vendor_labelled_count") == 0) & pl.col("vendor_agreement_ratio").is_not_null())
    )
    return found(wrong.sort(KEY), rows.height, "rows that compare more labels with the vendor's than there are")


RULES: tuple[Rule, ...] = (
    *(_shares_sum_to_one(share, count) for share, count in SHARES.items()),
    rule(
        VOICE,
        "share_is_its_formula",
        "error",
        "share_of_voice_ratio is mention_count / panel_mention_count, and null where the panel has no mention.",
        "Recompute the sampled days of share_of_voice_daily; one of the three columns is from another run.",
        {VOICE: (*KEY, "mention_count", "panel_mention_count", "share_of_voice_ratio")},
        _share_is_mentions_by_panel,
    ),
    rule(
        VOICE,
        "interval_holds_estimate",
        "error",
        "The 95 % interval has two ends, low before high, and holds share_of_voice_ratio.",
        "Check n_eff and the interval's formula for the sampled rows of share_of_voice_daily.",
        {VOICE: (*KEY, "share_of_voice_ratio", "share_of_voice_low_ratio", "share_of_voice_high_ratio")},
        _interval_holds_estimate,
    ),
    rule(
        VOICE,
        "panel_is_complete",
        "error",
        "Every day and platform has one row for each brand of the panel, and for no other brand.",
        "Rebuild the sampled days of share_of_voice_daily: brands were added, renamed or removed in listening.yaml.",
        {VOICE: KEY},
        _panel_is_complete,
    ),
    rule(
        VOICE,
        "parts_within_mentions",
        "error",
        "Clusters and authors are never more than the mentions they are counted in.",
        "Look for a join that multiplies rows before distinct values are counted in share_of_voice_daily.",
        {VOICE: (*KEY, "mention_count", "deduplicated_count", "distinct_author_count")},
        _parts_within_mentions,
    ),
    rule(
        VOICE,
        "effective_count_is_known",
        "error",
        "effective_count is above zero exactly where the panel has mentions: without it an interval says nothing.",
        "Recompute the design effect of the sampled rows of share_of_voice_daily.",
        {VOICE: (*KEY, "panel_mention_count", "effective_count")},
        _effective_count_is_known,
    ),
    rule(
        VOICE,
        "all_is_sum_of_platforms",
        "error",
        "mention_count of platform 'all' is the sum over the platforms.",
        "Rebuild the sampled days of share_of_voice_daily: a platform's rows are missing or left from an earlier run.",
        {VOICE: (*KEY, "mention_count")},
        _voice_all_is_sum,
    ),
    rule(
        VOICE,
        "meets_mention",
        "error",
        "mention_count of every platform is the number of earned rows of mention that name the brand.",
        "Rebuild the sampled days: share_of_voice_daily and mention were made from different core rows.",
        {VOICE: (*KEY, "mention_count"), MENTION: (*GROUP, "brand_ids", "is_owned")},
        _voice_meets_mentions,
        is_daily=True,
    ),
    rule(
        SENTIMENT,
        "meets_share_of_voice",
        "error",
        "mention_count of every platform equals share_of_voice_daily's for the same day and brand.",
        "Rebuild the sampled days: sentiment_daily and share_of_voice_daily were made from different rows.",
        {SENTIMENT: (*KEY, "mention_count"), VOICE: (*KEY, "mention_count")},
        _sentiment_meets_voice,
    ),
    rule(
        SENTIMENT,
        "labels_add_up",
        "error",
        "Positive, neutral, negative and unscored add up to mention_count.",
        "Look for a label outside the four, or a null one, in the mentions of the sampled rows of sentiment_daily.",
        {SENTIMENT: (*KEY, "mention_count", *LABELS)},
        _labels_add_up,
    ),
    rule(
        SENTIMENT,
        "all_is_sum_of_platforms",
        "error",
        "Each count of platform 'all' is the sum over the platforms.",
        "Rebuild the sampled days of sentiment_daily: a platform's rows are missing or left from an earlier run.",
        {SENTIMENT: (*KEY, *LABELS, "vendor_labelled_count")},
        _sentiment_all_is_sum,
    ),
    rule(
        SENTIMENT,
        "formulas_hold",
        "error",
        "Both net sentiments and scored_ratio follow from the counts beside them, null where nothing was scored.",
        "Recompute the sampled rows of sentiment_daily by METRICS.md; unscored belongs in no denominator but coverage.",
        {
            SENTIMENT: (
                *(*KEY, *LABELS, "scored_ratio"),
                *("net_sentiment_polar_ratio", "net_sentiment_all_ratio"),
            )
        },
        _sentiment_formulas,
    ),
    rule(
        SENTIMENT,
        "vendor_within_mentions",
        "error",
        "Agreement with the vendor is counted over at most the mentions, and is null when none has both labels.",
        "Check how vendor labels are joined to the mentions of the sampled rows of sentiment_daily.",
        {SENTIMENT: (*KEY, "mention_count", "vendor_labelled_count", "vendor_agreement_ratio")},
        _vendor_within_scored,
    ),
)
