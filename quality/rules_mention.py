"""Rules for posts and accounts: days, labels, copies, addresses, ranks, benchmark weeks and audience steps."""

import polars as pl

from quality.context import AuditContext
from quality.rule import (
    Finding,
    Frames,
    Rule,
    beyond,
    difference_detail,
    differing,
    found,
    rule,
)
from warehouse.tables import TableContract, mart

MENTION, TOP = mart.MENTION, mart.TOP_MENTION_DAILY
POST, WEEK, AUDIENCE = mart.COMPETITOR_POST, mart.COMPETITOR_BENCHMARK_WEEKLY, mart.AUDIENCE_GROWTH_DAILY
TOP_GROUP = ("mention_date", "brand_id")
TOP_LIMIT = 10
WEEK_KEY = ("week_date", "platform_code", "account_handle")
SERIES = ("platform_code", "account_handle", "audience_kind_code")
RELATIVE = 1e-9


def _day_is_of_zone(frames: Frames, context: AuditContext) -> Finding:
    rows = frames[MENTION.name]
    local = pl.col("published_at").dt.convert_time_zone(context.reporting_zone).dt.date()
    wrong = rows.filter(pl.col("mention_date") != local)
    return found(wrong, rows.height, f"mentions on another day than theirs in {context.reporting_zone}")


def _label_meets_score(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[MENTION.name]
    label, score = pl.col("sentiment_label"), pl.col("sentiment_score")
    wrong = rows.filter(
        ((label == "unscored") != score.is_null())
        | ((label == "positive") & (score <= 0)).fill_null(False)
        | ((label == "negative") & (score >= 0)).fill_null(False)
    )
    return found(wrong, rows.height, "mentions whose label contradicts the score")


def _brands_are_of_panel(frames: Frames, context: AuditContext) -> Finding:
    rows = frames[MENTION.name]
    foreign = pl.col("brand_ids").list.set_difference(list(context.brand_ids)).list.len() > 0
    twice = pl.col("brand_ids").list.n_unique() != pl.col("brand_ids").list.len()
    wrong = rows.filter(foreign | twice)
    return found(wrong, rows.height, "mentions that name a brand outside the panel, or one brand twice")


def _clusters_are_whole(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[MENTION.name]
    sizes = rows.group_by("cluster_id").agg(size=pl.len().cast(pl.Int64))
    of_another_size = rows.join(sizes, on="cluster_id").filter(pl.col("cluster_mention_count") != pl.col("size"))
    # Most posts are their own original, and so in its cluster.
    copies = rows.filter(pl.col("original_mention_id") != pl.col("mention_id"))
    originals = rows.join(copies, left_on="mention_id", right_on="original_mention_id", how="semi")
    originals = originals.select("cluster_id", original_mention_id="mention_id")
    astray = copies.join(originals, on=["original_mention_id", "cluster_id"], how="anti")
    wrong = pl.concat([of_another_size.select("mention_id"), astray.select("mention_id")]).unique().sort("mention_id")
    return found(wrong, rows.height, "mentions whose cluster has another size, or whose original is not in it")


def _addresses_are_web(contract: TableContract) -> Rule:
    def find(frames: Frames, _: AuditContext) -> Finding:
        rows = frames[contract.name].filter(pl.col("url").is_not_null())
        wrong = rows.filter(~pl.col("url").str.contains(r"(?i)^https?://[^\s/]"))
        return found(wrong, rows.height, "addresses that are not plain http or https")

    return rule(
        contract,
        "addresses_are_web",
        "error",
        "url is an http or https address: readers turn it into a link.",
        f"Drop the address where the row of {contract.name} is made; a script address must never reach a reader.",
        {contract: (*contract.key, "url")},
        find,
        is_daily=contract.partition == "mention_date",
    )


def _withheld_text_is_absent(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[MENTION.name]
    wrong = rows.filter(pl.col("is_text_withheld") & pl.col("mention_text").is_not_null())
    return found(wrong, rows.height, "mentions published with a text that may not be handed on")


def _top_mentions_exist(frames: Frames, _: AuditContext) -> Finding:
    top = frames[TOP.name]
    named = frames[MENTION.name].filter(~pl.col("is_owned")).select("mention_id", "mention_date", "brand_ids")
    # Only the rows that are pointed at: the mention table may be large, the list of the best is short.
    named = named.join(top.select("mention_id").unique(), on="mention_id", how="semi")
    pairs = named.select("mention_id", "mention_date", brand_id="brand_ids").explode("brand_id")
    wrong = top.join(pairs, on=["mention_id", "mention_date", "brand_id"], how="anti")
    return found(wrong.sort(TOP.key), top.height, "top mentions without an earned mention of that day and brand")


def _ranks_run_from_one(frames: Frames, _: AuditContext) -> Finding:
    top = frames[TOP.name].sort(TOP.key)
    counted = top.with_columns(place=pl.int_range(1, pl.len() + 1).over(TOP_GROUP))
    wrong = counted.filter((pl.col("rank_count") != pl.col("place")) | (pl.col("rank_count") > TOP_LIMIT))
    return found(wrong, top.height, f"ranks that leave a gap or pass {TOP_LIMIT}")


def _rates_are_formulas(frames: Frames, _: AuditContext) -> Finding:
    posts = frames[POST.name]
    wrong = posts.filter(
        pl.any_horizontal(
            beyond(pl.col(rate), pl.when(pl.col(by) > 0).then(pl.col("engagement_count") / pl.col(by)), RELATIVE)
            for rate, by in RATES.items()
        )
    )
    return found(wrong.sort("post_id"), posts.height, "posts whose engagement rate is not its formula")


RATES = {
    "er_followers_ratio": "account_follower_count",
    "er_impressions_ratio": "impression_count",
    "er_reach_ratio": "reach_count",
}


def _weeks_meet_posts(frames: Frames, _: AuditContext) -> Finding:
    weeks = frames[WEEK.name]
    posts = frames[POST.name].with_columns(week_date=pl.col("post_date").dt.truncate("1w"))
    counts = posts.group_by(WEEK_KEY).agg(post_count=pl.len().cast(pl.Int64))
    wrong = differing(weeks, counts, WEEK_KEY, "post_count")
    return found(wrong, weeks.height, "weeks that miss the posts of competitor_post", difference_detail(wrong))


def _weeks_are_weeks(frames: Frames, _: AuditContext) -> Finding:
    weeks = frames[WEEK.name]
    known = pl.max_horizontal("engagement_known_count", "follower_known_count")
    wrong = weeks.filter((pl.col("week_date").dt.weekday() != 1) | (known > pl.col("post_count")))
    return found(wrong.sort(WEEK_KEY), weeks.height, "weeks that start on no Monday or know more posts than there are")


def _growth_follows(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[AUDIENCE.name].sort(*SERIES, "snapshot_date")
    before = pl.col("follower_count").shift(1).over(SERIES)
    days = (pl.col("snapshot_date") - pl.col("snapshot_date").shift(1).over(SERIES)).dt.total_days()
    added = pl.col("follower_count") - before
    checked = rows.with_columns(
        wrong_net=beyond(pl.col("net_added_count"), added),
        wrong_days=beyond(pl.col("days_since_previous_count"), days),
        wrong_growth=beyond(pl.col("growth_ratio"), pl.when(before > 0).then(added / before), RELATIVE),
    )
    wrong = checked.filter(pl.any_horizontal("wrong_net", "wrong_days", "wrong_growth"))
    return found(wrong, rows.height, "audience steps that do not follow from the count before")


RULES: tuple[Rule, ...] = (
    rule(
        MENTION,
        "day_is_of_zone",
        "error",
        "mention_date is the day of published_at in the reporting zone.",
        "Rebuild mention: the reporting zone changed, or a day was taken from another zone.",
        {MENTION: ("mention_id", "mention_date", "published_at")},
        _day_is_of_zone,
        is_daily=True,
    ),
    rule(
        MENTION,
        "label_meets_score",
        "error",
        "A mention is unscored exactly when it has no score; positive is above zero, negative below.",
        "Score the sampled mentions again: label and score come from different runs.",
        {MENTION: ("mention_id", "sentiment_score", "sentiment_label")},
        _label_meets_score,
        is_daily=True,
    ),
    rule(
        MENTION,
        "brands_are_of_panel",
        "error",
        "brand_ids holds brands of the panel only, each once.",
        "Match the sampled mentions again: listening.yaml lost or renamed a brand after they were matched.",
        {MENTION: ("mention_id", "brand_ids")},
        _brands_are_of_panel,
        is_daily=True,
    ),
    rule(
        MENTION,
        "clusters_are_whole",
        "error",
        "cluster_mention_count is the number of mentions in the cluster, and the original is one of them.",
        "Recompute the duplicate clusters: mentions came or went after they were made.",
        {MENTION: ("mention_id", "cluster_id", "cluster_mention_count", "original_mention_id")},
        _clusters_are_whole,
        by="cluster_id",
    ),
    rule(
        MENTION,
        "withheld_text_is_absent",
        "error",
        "A text that the vendor may not hand on is not published.",
        "Do not publish; clear mention_text of the sampled mentions where core.mention is made.",
        {MENTION: ("mention_id", "is_text_withheld", "mention_text")},
        _withheld_text_is_absent,
        is_daily=True,
    ),
    _addresses_are_web(MENTION),
    _addresses_are_web(POST),
    rule(
        TOP,
        "points_at_mentions",
        "error",
        "Every top mention is an earned mention of that day that names the brand.",
        "Rebuild the sampled days of top_mention_daily: they point at mentions that are gone.",
        {TOP: (*TOP.key, "mention_id"), MENTION: ("mention_id", "mention_date", "brand_ids", "is_owned")},
        _top_mentions_exist,
        is_daily=True,
    ),
    rule(
        TOP,
        "ranks_run_from_one",
        "error",
        f"Ranks of a day and brand run from 1 without a gap, at most to {TOP_LIMIT}.",
        "Rebuild the sampled days of top_mention_daily.",
        {TOP: TOP.key},
        _ranks_run_from_one,
    ),
    rule(
        POST,
        "rates_are_formulas",
        "error",
        "Each engagement rate is engagement by its denominator, null where either is unknown.",
        "Recompute the sampled posts of competitor_post by METRICS.md.",
        {POST: ("post_id", "engagement_count", *RATES, *RATES.values())},
        _rates_are_formulas,
    ),
    rule(
        WEEK,
        "meets_posts",
        "error",
        "post_count is the number of posts of competitor_post in the week.",
        "Rebuild competitor_benchmark_weekly: it was made from other posts.",
        {WEEK: (*WEEK_KEY, "post_count"), POST: ("post_date", "platform_code", "account_handle")},
        _weeks_meet_posts,
    ),
    rule(
        WEEK,
        "weeks_are_weeks",
        "error",
        "Weeks start on a Monday, and no more posts are known by engagement or followers than there are.",
        "Rebuild the sampled weeks of competitor_benchmark_weekly.",
        {WEEK: (*WEEK_KEY, "post_count", "engagement_known_count", "follower_known_count")},
        _weeks_are_weeks,
    ),
    rule(
        AUDIENCE,
        "growth_follows",
        "error",
        "net_added_count, days_since_previous_count and growth_ratio follow from the snapshot before in the series.",
        "Rebuild audience_growth_daily whole: a late snapshot came between two old ones.",
        {
            AUDIENCE: (
                *(*AUDIENCE.key, "follower_count"),
                *("net_added_count", "days_since_previous_count", "growth_ratio"),
            )
        },
        _growth_follows,
    ),
)
