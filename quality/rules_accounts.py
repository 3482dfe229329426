"""Rules for what accounts publish: rhythm, content mix, standing among peers; all are posts of `competitor_post`."""

import polars as pl

from quality.context import AuditContext
from quality.rule import Finding, Frames, Rule, difference_detail, differing, found, rule
from quality.rule_parts import intervals_hold, row_rule, sums_to_one
from transforms.marts.standing import StandingParams
from warehouse.tables import insight, mart

RHYTHM, MIX, STANDING = insight.POSTING_RHYTHM_HOURLY, insight.CONTENT_MIX_MONTHLY, insight.COMPETITOR_STANDING_MONTHLY
POSTS = mart.COMPETITOR_POST
ACCOUNT = ("platform_code", "account_handle")
CELL = ("month_date", *ACCOUNT)
LEAST_PEERS = StandingParams().least_peers


def _month() -> pl.Expr:
    return pl.col("post_date").dt.truncate("1mo").alias("month_date")


def _rhythm_meets_posts(frames: Frames, _: AuditContext) -> Finding:
    slots = frames[RHYTHM.name].group_by(ACCOUNT).agg(pl.col("slot_post_count").sum())
    known = frames[POSTS.name].filter(pl.col("engagement_count").is_not_null())
    posts = known.group_by(ACCOUNT).agg(pl.len().cast(pl.Int64).alias("posts"))
    # Accounts whose times are not exported have no rhythm; one that has, has all its posts in it.
    wrong = slots.join(posts, on=ACCOUNT, how="left").filter(pl.col("slot_post_count").ne_missing(pl.col("posts")))
    return found(wrong.sort(ACCOUNT), slots.height, "accounts whose slots do not hold their posts")


def _wrong_rhythm(_: pl.DataFrame) -> pl.Expr:
    low, high, verdict = pl.col("lift_low_ratio"), pl.col("lift_high_ratio"), pl.col("rhythm_verdict_code")
    return (
        ((verdict == "better") != (low > 1).fill_null(False))
        | ((verdict == "worse") != (high < 1).fill_null(False))
        | ((verdict == "not_enough_data") & pl.col("lift_ratio").is_not_null())
    )


def _mix_meets_posts(frames: Frames, _: AuditContext) -> Finding:
    """A kind's posts are those of the month whose kind is known: what the coverage says."""
    on = [*CELL, "mix_kind_code"]
    known = pl.col("post_count").sum() / pl.col("mix_coverage_ratio").first()
    mixes = frames[MIX.name].group_by(on).agg(known.round().cast(pl.Int64).alias("post_count"))
    posts = frames[POSTS.name].group_by(_month(), *ACCOUNT).agg(pl.len().cast(pl.Int64).alias("post_count"))
    wrong = mixes.join(posts, on=CELL, how="left", suffix="_held").filter(
        pl.col("post_count").ne_missing(pl.col("post_count_held"))
    )
    return found(wrong.sort(on), mixes.height, "mixes are not of the month's posts")


def _mix_is_complete(frames: Frames, _: AuditContext) -> Finding:
    texts = frames[POSTS.name].filter(pl.col("post_text").str.strip_chars().str.len_chars() > 0)
    cells = texts.select(_month(), *ACCOUNT).unique()
    content = frames[MIX.name].filter(pl.col("mix_kind_code") == "content")
    wrong = cells.join(content, on=CELL, how="anti").sort(CELL)
    return found(wrong, cells.height, "months of accounts with captions have no content mix")


def _standing_meets_posts(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[STANDING.name]
    posts = frames[POSTS.name].group_by(_month(), *ACCOUNT).agg(pl.len().cast(pl.Int64).alias("post_count"))
    wrong = differing(rows, posts, CELL, "post_count")
    return found(wrong, rows.height, "months of accounts miss competitor_post", difference_detail(wrong))


def _extremes_are_posts(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[STANDING.name]
    listed = pl.concat(
        [
            rows.select(*CELL, pl.col(name).alias("post_id")).explode("post_id")
            for name in ("top_post_ids", "bottom_post_ids")
        ]
    ).filter(pl.col("post_id").is_not_null())
    twice = listed.filter(pl.struct(*CELL, "post_id").is_duplicated())
    own = frames[POSTS.name].select(_month(), *ACCOUNT, "post_id")
    foreign = listed.join(own, on=[*CELL, "post_id"], how="anti")
    wrong = pl.concat([twice, foreign]).select(CELL).unique().sort(CELL)
    return found(wrong, rows.height, "months list posts that are not theirs, or as both best and worst")


def _wrong_percentile(_: pl.DataFrame) -> pl.Expr:
    ranks = [pl.col(f"{name}_percentile_ratio") for name in ("cadence", "er_followers", "engagement")]
    return (pl.col("peer_count") < LEAST_PEERS) & pl.any_horizontal(rank.is_not_null() for rank in ranks)


RULES: tuple[Rule, ...] = (
    rule(
        RHYTHM,
        "meets_posts",
        "error",
        "The slots of an account hold every post of competitor_post whose engagement is known.",
        "Rebuild posting_rhythm_hourly: it was made from other posts.",
        {RHYTHM: (*RHYTHM.key, "slot_post_count"), POSTS: (*ACCOUNT, "engagement_count")},
        _rhythm_meets_posts,
    ),
    row_rule(
        RHYTHM,
        "verdict_follows",
        "A slot is better exactly if its interval lies above 1, worse if below; without enough data there is no lift.",
        "Recompute the sampled slots.",
        ("lift_ratio", "lift_low_ratio", "lift_high_ratio", "rhythm_verdict_code"),
        _wrong_rhythm,
        "slots whose verdict does not follow from the interval",
    ),
    intervals_hold(RHYTHM, [("lift_low_ratio", "lift_ratio", "lift_high_ratio")]),
    sums_to_one(MIX, "shares_sum_to_one", "mix_ratio", (*CELL, "mix_kind_code"), "mixes of an account's month"),
    rule(
        MIX,
        "meets_posts",
        "error",
        "The posts of a mix, by its coverage, are the posts of competitor_post in the month.",
        "Rebuild content_mix_monthly: it was made from other posts.",
        {MIX: (*MIX.key, "post_count", "mix_coverage_ratio"), POSTS: (*ACCOUNT, "post_date")},
        _mix_meets_posts,
    ),
    rule(
        MIX,
        "is_complete",
        "error",
        "Every month of an account with captions in competitor_post has a content mix.",
        "Rebuild content_mix_monthly: months are missing.",
        {MIX: (*CELL, "mix_kind_code"), POSTS: (*ACCOUNT, "post_date", "post_text")},
        _mix_is_complete,
    ),
    rule(
        STANDING,
        "meets_posts",
        "error",
        "post_count is the number of posts of competitor_post in the month, for every account with posts.",
        "Rebuild competitor_standing_monthly: it was made from other posts.",
        {STANDING: (*CELL, "post_count"), POSTS: (*ACCOUNT, "post_date")},
        _standing_meets_posts,
    ),
    rule(
        STANDING,
        "extremes_are_posts",
        "error",
        "Best and worst posts are the account's own of that month, and no post is both.",
        "Rebuild the sampled months of competitor_standing_monthly.",
        {STANDING: (*CELL, "top_post_ids", "bottom_post_ids"), POSTS: (*ACCOUNT, "post_id", "post_date")},
        _extremes_are_posts,
    ),
    row_rule(
        STANDING,
        "percentiles_have_peers",
        f"A percentile is given only among at least {LEAST_PEERS} others.",
        "Recompute the sampled months of competitor_standing_monthly.",
        ("peer_count", *(f"{name}_percentile_ratio" for name in ("cadence", "er_followers", "engagement"))),
        _wrong_percentile,
        "percentiles among too few peers",
    ),
)
