"""Rules for the tables people act on: the reply queue, care, targets, and the totals of vendors."""

from datetime import timedelta

import polars as pl

from quality.context import AuditContext
from quality.rule import Finding, Frames, Rule, beyond, difference_detail, differing, found, rule
from quality.rule_parts import row_rule
from transforms.marts.care import NEEDS, CareParams
from transforms.marts.kpi_series import MEASURED
from warehouse.tables import insight, mart

QUEUE, CARE, TARGET = insight.REPLY_QUEUE, insight.CARE_DAILY, insight.KPI_ATTAINMENT
SOURCES, ACCOUNTS = insight.SOURCE_RECONCILIATION, insight.ACCOUNT_RECONCILIATION_DAILY
MENTION, VOICE, POSTS, FILE = mart.MENTION, mart.SHARE_OF_VOICE_DAILY, mart.COMPETITOR_POST, mart.EXPORT_FILE
DAY = ("mention_date", "brand_id")
WANTS = tuple(column for _, column, _ in NEEDS)
WAITING_DAYS = CareParams().waiting_days
JUDGED = ("reached", "on_track", "at_risk", "missed")


def _asks_are_mentions(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[QUEUE.name]
    own = frames[MENTION.name].join(rows, on="mention_id", how="semi")
    judged = rows.join(own.rename({"mention_date": "posted_on"}), on="mention_id", how="left")
    is_right = (
        ~pl.col("is_owned")
        & (pl.col("mention_date") == pl.col("posted_on"))
        & pl.col("brand_ids").list.contains(pl.col("brand_id"))
        & pl.any_horizontal(pl.col(WANTS))
    )
    wrong = judged.filter(~is_right.fill_null(False)).sort(QUEUE.key)
    return found(wrong, rows.height, "posts in the queue ask the brand nothing")


def _only_unanswered(frames: Frames, _: AuditContext) -> Finding:
    """More waiting posts than care_daily has open ones: an answered one is among them. None although many are open:
    the queue was lost. A day may have fewer, for copies of a text wait as one."""
    on = list(DAY)
    listed = frames[QUEUE.name].filter("is_answer_observable").group_by(on).agg(pl.len().cast(pl.Int64).alias("listed"))
    # Care counts what is answered ever after, the queue what is answered so far: both as of the newest post.
    open_posts = frames[CARE.name].with_columns(
        (pl.col("answer_observable_count") - pl.col("answered_count").fill_null(0)).alias("open")
    )
    judged = open_posts.join(listed, on=on, how="full", coalesce=True).with_columns(
        pl.col("listed", "open").fill_null(0)
    )
    if judged.is_empty():
        return found(judged, 0, "days whose queue is not what care_daily says is open")
    last = judged["mention_date"].max()
    recent = judged.filter(pl.col("mention_date") > pl.lit(last) - timedelta(days=WAITING_DAYS - 1))
    lost = recent.filter((pl.col("open") > 0).any().over("brand_id") & (pl.col("listed") == 0).all().over("brand_id"))
    wrong = pl.concat([judged.filter(pl.col("listed") > pl.col("open")), lost]).unique(on).sort(on)
    return found(wrong, judged.height, "days whose queue is not what care_daily says is open")


def _ranks_follow(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[QUEUE.name].sort("brand_id", "rank_count")
    place = pl.int_range(1, pl.len() + 1).over("brand_id")
    falls = pl.col("priority_score") <= pl.col("priority_score").shift(1).over("brand_id").fill_null(float("inf"))
    wrong = rows.filter((pl.col("rank_count") != place) | ~falls)
    return found(wrong, rows.height, "places of the queue not by falling priority from 1")


def _wrong_care(_: pl.DataFrame) -> pl.Expr:
    asked, visible, answered = (pl.col(f"{name}_count") for name in ("asked", "answer_observable", "answered"))
    unanswered = (answered.fill_null(0) == 0) & pl.col("mean_reply_seconds").is_not_null()
    return (visible > asked) | (answered > visible).fill_null(False) | unanswered


def _care_meets_mention(frames: Frames, _: AuditContext) -> Finding:
    own = frames[VOICE.name].filter(pl.col("brand_role_code") == "own").select(DAY).unique()
    asking = frames[MENTION.name].filter(~pl.col("is_owned") & pl.any_horizontal(pl.col(WANTS)))
    named = asking.select("mention_date", pl.col("brand_ids").alias("brand_id")).explode("brand_id")
    counts = named.join(own, on=DAY, how="semi").group_by(DAY).agg(pl.len().cast(pl.Int64).alias("asked_count"))
    care = frames[CARE.name]
    missing = own.join(care, on=DAY, how="anti").select(
        *DAY, pl.lit(0).alias("left_count"), pl.lit(0).alias("right_count")
    )
    differ = differing(care, counts, DAY, "asked_count")
    wrong = pl.concat([differ, missing.select(differ.columns).cast(dict(differ.schema))]).unique(DAY).sort(DAY)  # type: ignore[arg-type]
    return found(wrong, own.height, "days of own brands miss what mention asks", difference_detail(differ))


def _wrong_target(_: pl.DataFrame) -> pl.Expr:
    status, actual, target, baseline = (
        pl.col(name) for name in ("kpi_status_code", "actual_value", "target_value", "baseline_value")
    )
    is_measured = pl.col("metric_id").is_in(sorted(MEASURED))
    is_over = pl.col("as_of_date") >= pl.col("deadline_date")
    attained = pl.col("attainment_ratio")
    return (
        ((status == "not_measured") == is_measured)
        | (status.is_in(JUDGED) & actual.is_null())
        | ((status == "missed") & ~is_over)
        | (status.is_in(["on_track", "at_risk"]) & is_over)
        | (attained.is_not_null() & beyond(attained * (target - baseline), actual - baseline))
        | (pl.col("as_of_date") > pl.col("deadline_date"))
    )


def _sources_meet_files(frames: Frames, _: AuditContext) -> Finding:
    counts = ("row_count", "kept_count", "rejected_count")
    read = (pl.col("record_kind_code") == "mention") & (pl.col("file_state_code") == "ingested")
    files, rows = frames[FILE.name].filter(read).select("file_id", *counts), frames[SOURCES.name]
    own = rows.select("file_id", *counts)
    off = [own.join(files, on=own.columns, how="anti"), files.join(own, on=own.columns, how="anti")]
    wrong = pl.concat(off).unique("file_id").sort("file_id")
    return found(wrong, files.height, "mention files are not in source_reconciliation as they were read")


def _wrong_source(_: pl.DataFrame) -> pl.Expr:
    kept, posts = pl.col("kept_count"), pl.col("file_post_count")
    parts = ("off_panel_post_count", "official_post_count", "moved_day_post_count", "zone_assumed_post_count")
    return (
        (pl.col("row_count") != pl.col("rejected_count") + kept + pl.col("unexplained_count"))
        | (kept != posts + pl.col("repeated_in_file_count"))
        | (posts != pl.col("held_before_count") + pl.col("new_post_count"))
        | pl.any_horizontal(pl.col(part) > posts for part in parts)
    )


def _accounts_meet_posts(frames: Frames, _: AuditContext) -> Finding:
    on, rows = ACCOUNTS.key, frames[ACCOUNTS.name]
    held = frames[POSTS.name].group_by("platform_code", "account_handle", snapshot_date="post_date")
    counted = rows.select(on).join(held.agg(pl.len().cast(pl.Int64).alias("held_post_count")), on=on, how="left")
    wrong = differing(rows, counted.with_columns(pl.col("held_post_count").fill_null(0)), on, "held_post_count")
    return found(wrong, rows.height, "account days miss competitor_post", difference_detail(wrong))


def _wrong_missing(_: pl.DataFrame) -> pl.Expr:
    return pl.any_horizontal(
        beyond(pl.col(f"missing_{what}_count"), pl.col(f"vendor_{what}_count") - pl.col(f"held_{what}_count"))
        for what in ("post", "engagement")
    )


RULES: tuple[Rule, ...] = (
    rule(
        QUEUE,
        "asks_are_mentions",
        "error",
        "Every waiting post is an earned mention of its day that names the brand and asks, complains or wants to buy.",
        "Rebuild reply_queue: it was made before the sampled mentions last changed.",
        {QUEUE: (*QUEUE.key, "mention_date"), MENTION: ("mention_id", "mention_date", "brand_ids", "is_owned", *WANTS)},
        _asks_are_mentions,
        is_daily=True,
    ),
    rule(
        QUEUE,
        "only_unanswered",
        "error",
        "Where answers can be seen, no day has more posts in the queue than care_daily has open, and what is open is "
        "in the queue.",
        "Rebuild reply_queue and care_daily from the same posts: an answered post must not be answered twice.",
        {
            QUEUE: (*QUEUE.key, "mention_date", "is_answer_observable"),
            CARE: (*DAY, "answer_observable_count", "answered_count"),
        },
        _only_unanswered,
    ),
    rule(
        QUEUE,
        "ranks_follow_priority",
        "error",
        "Places run from 1 without a gap for each brand, and priority falls with them.",
        "Rebuild reply_queue.",
        {QUEUE: (*QUEUE.key, "rank_count", "priority_score")},
        _ranks_follow,
    ),
    row_rule(
        QUEUE,
        "waits_no_longer_than_it_may",
        f"Nothing in the queue is from the future, or has waited for more than {WAITING_DAYS} days.",
        "Rebuild reply_queue: it is as of another day.",
        ("waiting_seconds",),
        lambda _: ~pl.col("waiting_seconds").is_between(0, WAITING_DAYS * 86_400),
        "posts that wait for too long or not yet",
    ),
    row_rule(
        CARE,
        "parts_within_whole",
        "No more is answered than could be seen, nor seen than was asked; without an answer there is no reply time.",
        "Look for a join that multiplies rows before they are counted in care_daily.",
        ("asked_count", "answer_observable_count", "answered_count", "mean_reply_seconds"),
        _wrong_care,
        "days with more answers than questions",
    ),
    rule(
        CARE,
        "meets_mention",
        "error",
        "Every covered day of an own brand is a row, and asked_count is what mention asks of the brand that day.",
        "Rebuild care_daily: it was made before the sampled days last changed.",
        {
            CARE: (*DAY, "asked_count"),
            VOICE: (*DAY, "brand_role_code"),
            MENTION: ("mention_date", "brand_ids", "is_owned", *WANTS),
        },
        _care_meets_mention,
        is_daily=True,
    ),
    row_rule(
        TARGET,
        "status_follows",
        "A status fits what was measured: no verdict without a value, none missed before its deadline, none on the way "
        "after it; the way done follows from baseline, value and target.",
        "Recompute the sampled targets.",
        (
            *("metric_id", "kpi_status_code", "actual_value", "target_value", "baseline_value", "attainment_ratio"),
            *("as_of_date", "deadline_date"),
        ),
        _wrong_target,
        "targets whose status does not follow",
    ),
    rule(
        SOURCES,
        "meets_files",
        "error",
        "Every mention export that was read has its row, with the counts of export_file.",
        "Rebuild source_reconciliation: it was made before a file was read.",
        {
            SOURCES: ("file_id", "row_count", "kept_count", "rejected_count"),
            FILE: ("file_id", "record_kind_code", "file_state_code", "row_count", "kept_count", "rejected_count"),
        },
        _sources_meet_files,
    ),
    row_rule(
        SOURCES,
        "steps_add_up",
        "Every step from records to posts adds up: rejected, kept, repeated, held before, new.",
        "Find the step that loses posts between the files and core.mention_source.",
        (
            *("row_count", "rejected_count", "kept_count", "unexplained_count", "file_post_count"),
            *("repeated_in_file_count", "held_before_count", "new_post_count", "off_panel_post_count"),
            *("official_post_count", "moved_day_post_count", "zone_assumed_post_count"),
        ),
        _wrong_source,
        "files whose steps do not add up",
    ),
    rule(
        ACCOUNTS,
        "meets_posts",
        "error",
        "held_post_count is the number of posts of competitor_post by the account on its day.",
        "Rebuild account_reconciliation_daily: it was made before the posts last changed.",
        {ACCOUNTS: (*ACCOUNTS.key, "held_post_count"), POSTS: ("platform_code", "account_handle", "post_date")},
        _accounts_meet_posts,
    ),
    row_rule(
        ACCOUNTS,
        "missing_follows",
        "What is missing is the vendor's number minus ours, unknown where either is.",
        "Recompute the sampled account days.",
        tuple(f"{side}_{what}_count" for what in ("post", "engagement") for side in ("vendor", "held", "missing")),
        _wrong_missing,
        "account days whose gap is not the difference",
    ),
)
