"""The mutation table, last part: people, accounts, care, targets and vendors' totals."""

from datetime import timedelta

import polars as pl

from tests.unit.quality_corruptions import at, case, dropping, in_order, more, put, putting
from tests.unit.quality_corruptions_insight import EVERY, lost_as_whole, put_each
from tests.unit.quality_insight_tables import LAST, MARCH
from tests.unit.quality_tables import DAYS, Tables
from warehouse.tables import insight

PEOPLE, COUNTRY, LADDER = (
    insight.PARTICIPATION_MONTHLY,
    insight.AUDIENCE_COUNTRY_MONTHLY,
    insight.ENGAGEMENT_LADDER_MONTHLY,
)
PERSON, RHYTHM, MIX = insight.AMBASSADOR, insight.POSTING_RHYTHM_HOURLY, insight.CONTENT_MIX_MONTHLY
STANDING, QUEUE, CARE = insight.COMPETITOR_STANDING_MONTHLY, insight.REPLY_QUEUE, insight.CARE_DAILY
TARGET, SOURCES, ACCOUNTS = (
    insight.KPI_ATTAINMENT,
    insight.SOURCE_RECONCILIATION,
    insight.ACCOUNT_RECONCILIATION_DAILY,
)
WAITING = at(mention_id=f"{DAYS[4]:%m%d}-1")


def _without_day(tables: Tables) -> Tables:
    """A day of care and the posts that wait since then, lost together."""
    return in_order(dropping(CARE, at(mention_date=DAYS[4])), dropping(QUEUE, at(mention_date=DAYS[4])), _ranked)(
        tables
    )


def _ranked(tables: Tables) -> Tables:
    return put(tables, QUEUE, EVERY, rank_count=pl.int_range(1, pl.len() + 1).over("brand_id"))


CROWD = (
    case(
        PEOPLE,
        "meets_mention",
        "a month lost a mention",
        putting(
            PEOPLE, at(month_date=MARCH, platform_code="x", brand_id="acme"), mention_count=more("mention_count", -1)
        ),
    ),
    case(PEOPLE, "meets_mention", "a platform is lost", dropping(PEOPLE, at(month_date=MARCH, platform_code="x"))),
    *put_each(
        PEOPLE,
        at(month_date=MARCH, platform_code="x", brand_id="acme"),
        "parts_follow",
        {
            "an author is neither creator nor participant": {"participant_count": 9},
            "a ratio is of another run": {"creator_ratio": 0.25},
            "the top percent holds more than the top ten": {"top_1_percent_ratio": 0.9, "top_10_percent_ratio": 0.5},
        },
    ),
    case(
        COUNTRY,
        "floor_is_kept",
        "three people of a country are told",
        putting(COUNTRY, at(country_or_other_code="other"), distinct_author_count=3, author_ratio=3 / 40),
    ),
    case(
        COUNTRY,
        "one_whole",
        "a country is a share of other authors",
        putting(COUNTRY, at(country_or_other_code="other"), author_ratio=0.9),
    ),
    case(
        COUNTRY,
        "one_whole",
        "a country has another coverage",
        putting(COUNTRY, at(country_or_other_code="other"), country_coverage_ratio=0.3),
    ),
    case(LADDER, "nine_steps", "a step is lost", dropping(LADDER, at(month_date=MARCH, brand_id="acme", step_count=4))),
    case(LADDER, "nine_steps", "a month is lost", dropping(LADDER, at(month_date=MARCH))),
    case(
        LADDER,
        "unseen_is_unknown",
        "the silent are counted as none",
        putting(LADDER, at(ladder_step_code="mass"), author_count=0),
    ),
    case(
        LADDER,
        "unseen_is_unknown",
        "nobody counted those who comment",
        putting(LADDER, at(ladder_step_code="commenter"), author_count=None),
    ),
    case(
        PERSON,
        "no_official_account",
        "the brand is its own ambassador",
        putting(PERSON, at(author_id="zoe"), author_id="acme_inc"),
    ),
    *put_each(
        PERSON,
        at(author_id="zoe"),
        "evidence_is_enough",
        {
            "an ambassador never defended the brand": {"defence_count": 0},
            "an ambassador came once": {"active_week_count": 1},
            "an ambassador leans nowhere": {"positive_count": 3, "negative_count": 3},
            "an ambassador is judged on more posts than written": {"author_mention_count": 4},
            "an ambassador has been silent for months": {"last_mention_date": LAST - timedelta(days=120)},
            "an ambassador is from the future": {"last_mention_date": LAST + timedelta(days=1)},
        },
    ),
    case(
        PERSON,
        "evidence_is_enough",
        "a detractor is positive",
        putting(PERSON, at(author_id="yan"), positive_count=5, negative_count=1),
    ),
)

PUBLISHING = (
    case(
        RHYTHM,
        "meets_posts",
        "a slot counts a post more than there are",
        putting(RHYTHM, at(hour_number=12), slot_post_count=3),
    ),
    *put_each(
        RHYTHM,
        at(hour_number=11),
        "verdict_follows",
        {
            "a slot is better by chance": {"lift_low_ratio": 0.9},
            "a slot above the usual is worse": {"rhythm_verdict_code": "worse"},
            "a slot without enough data has a lift": {"rhythm_verdict_code": "not_enough_data", "lift_low_ratio": 0.9},
        },
    ),
    case(
        RHYTHM,
        "intervals_hold_estimates",
        "a lift lies above its interval",
        putting(RHYTHM, at(hour_number=11), lift_ratio=2.5),
    ),
    case(MIX, "shares_sum_to_one", "a mix is half a whole", putting(MIX, at(month_date=MARCH), mix_ratio=0.5)),
    case(MIX, "meets_posts", "a mix is of fewer posts", putting(MIX, at(month_date=MARCH), post_count=1)),
    case(MIX, "is_complete", "a month's mix is lost", dropping(MIX, at(month_date=MARCH))),
    case(
        STANDING,
        "meets_posts",
        "a month counts another number of posts",
        putting(STANDING, at(month_date=MARCH), post_count=9),
    ),
    case(STANDING, "meets_posts", "the table is empty", lost_as_whole(STANDING)),
    case(
        STANDING,
        "extremes_are_posts",
        "a best post is another's",
        putting(STANDING, at(month_date=MARCH), top_post_ids=["post-99"]),
    ),
    case(
        STANDING,
        "extremes_are_posts",
        "a post is both best and worst",
        putting(STANDING, at(month_date=MARCH), top_post_ids=["post-0"], bottom_post_ids=["post-0"]),
    ),
    case(
        STANDING,
        "percentiles_have_peers",
        "an account alone is first of all",
        putting(STANDING, EVERY, cadence_percentile_ratio=1.0),
    ),
)

SERVICE = (
    case(QUEUE, "asks_are_mentions", "a post that waits is gone", putting(QUEUE, WAITING, mention_id="gone")),
    case(
        QUEUE,
        "asks_are_mentions",
        "a post that asks nothing waits",
        putting(QUEUE, WAITING, mention_id=f"{DAYS[4]:%m%d}-4"),
    ),
    case(
        QUEUE,
        "asks_are_mentions",
        "the brand waits for itself",
        putting(QUEUE, WAITING, mention_id=f"{DAYS[4]:%m%d}-5"),
    ),
    case(
        QUEUE,
        "only_unanswered",
        "an answered post waits on",
        putting(CARE, at(mention_date=DAYS[4], brand_id="acme"), answered_count=more("answered_count")),
    ),
    case(QUEUE, "only_unanswered", "the queue is empty", lost_as_whole(QUEUE)),
    case(QUEUE, "ranks_follow_priority", "two posts have one place", putting(QUEUE, at(rank_count=2), rank_count=1)),
    case(
        QUEUE,
        "ranks_follow_priority",
        "the last is the most urgent",
        putting(QUEUE, at(rank_count=pl.col("rank_count").max()), priority_score=0.99),
    ),
    case(
        QUEUE,
        "waits_no_longer_than_it_may",
        "a post waits for a year",
        putting(QUEUE, WAITING, waiting_seconds=31_536_000),
    ),
    *put_each(
        CARE,
        at(mention_date=DAYS[4]),
        "parts_within_whole",
        {
            "more can be seen than was asked": {"answer_observable_count": 9},
            "no answer came, and fast": {"answered_count": 0},
        },
    ),
    case(
        CARE,
        "meets_mention",
        "a question is not counted",
        putting(CARE, at(mention_date=DAYS[4]), asked_count=more("asked_count")),
    ),
    case(CARE, "meets_mention", "a day is lost that had nothing in the queue", _without_day),
    *put_each(
        TARGET,
        at(target_id="t1"),
        "status_follows",
        {
            "a target nobody measures is on track": {"metric_id": "cpc"},
            "a target is on track without a value": {"actual_value": None, "attainment_ratio": None},
            "a target is missed before its day": {"kpi_status_code": "missed"},
            "the way done is of another target": {"attainment_ratio": 0.9},
            "a target is on track after its day": {"deadline_date": LAST},
        },
    ),
    case(SOURCES, "meets_files", "a file is missing", lost_as_whole(SOURCES)),
    case(
        SOURCES,
        "meets_files",
        "a file was read otherwise",
        putting(SOURCES, EVERY, row_count=more("row_count"), unexplained_count=1),
    ),
    *put_each(
        SOURCES,
        EVERY,
        "steps_add_up",
        {
            "records vanished": {"unexplained_count": 5},
            "repeats vanished": {"repeated_in_file_count": 0},
            "posts vanished": {"new_post_count": 90},
            "more posts are off the panel than there are": {"off_panel_post_count": 900},
        },
    ),
    case(
        ACCOUNTS,
        "meets_posts",
        "a post is counted twice",
        putting(ACCOUNTS, EVERY, held_post_count=2, missing_post_count=0),
    ),
    case(ACCOUNTS, "missing_follows", "a gap is hidden", putting(ACCOUNTS, EVERY, missing_engagement_count=0)),
)


CORRUPTIONS = (*CROWD, *PUBLISHING, *SERVICE)
