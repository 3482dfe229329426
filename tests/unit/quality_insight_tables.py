"""A small healthy release with every published table: what `quality_tables` has, and the insight tables on top."""

from datetime import date, timedelta

import polars as pl

from tests.unit.quality_tables import DAYS, PANEL, ZONE, Tables, core_tables, filled, healthy, posts_of_days
from transforms.marts.brand_mention import brand_mentions
from transforms.marts.care import care_daily, reply_queue
from transforms.marts.content_mix import content_mix_monthly
from transforms.marts.ladder import engagement_ladder_monthly
from transforms.marts.mention import mentions_published
from transforms.marts.mention_match import brand_matches_published, topic_matches_published
from transforms.marts.participation import participation_monthly
from transforms.marts.sentiment_weekly import sentiment_weekly
from transforms.marts.share_of_voice import share_of_voice_weekly
from transforms.marts.share_of_voice_change import share_of_voice_change, share_of_voice_driver
from transforms.marts.standing import competitor_standing_monthly
from transforms.marts.threads import threads
from warehouse.tables import PUBLISHED, core, insight, mart

CONTRACTS = tuple(table for table in PUBLISHED if table is not mart.CHECK_RESULT)
LAST = DAYS[-1]
MARCH = date(2024, 3, 1)


def healthy_release() -> Tables:
    """Every table of the release by contract name; all rules pass.

    Every day a question about acme is answered by its account and a complaint is not; the first post carries a tag.
    """
    mentions, brands, clusters = core_tables([_asking(post) for post in posts_of_days({})])
    earned, replies = brand_mentions(mentions, brands, clusters), threads(mentions, brands)
    topics = filled(
        core.MENTION_TOPIC,
        [
            {"mention_id": f"{d:%m%d}-0", "mention_date": d, "topic_id": "care", "query_version": "v1"}
            for d in DAYS[::2]
        ],
    )
    weekly = share_of_voice_weekly(earned, PANEL, DAYS)
    tables = healthy()
    accounts = tables[mart.COMPETITOR_POST.name].with_columns(post_text=pl.lit("Only today: ten off"))
    tables[mart.COMPETITOR_POST.name] = accounts
    until = mentions["published_at"].max()
    basis = pl.lit("whole_text").alias("sentiment_basis_code")
    version = (pl.lit("v-") + pl.col("brand_id")).alias("query_version")
    made = {
        mart.MENTION: mentions_published(mentions, brands, clusters, show_author_names=False),
        insight.MENTION_BRAND: brand_matches_published(brands.with_columns(basis, version)),
        insight.MENTION_TOPIC: topic_matches_published(topics),
        insight.SHARE_OF_VOICE_WEEKLY: weekly,
        insight.SHARE_OF_VOICE_CHANGE: share_of_voice_change(weekly),
        insight.SHARE_OF_VOICE_DRIVER: share_of_voice_driver(earned, topics, weekly),
        insight.SENTIMENT_WEEKLY: sentiment_weekly(earned, topics),
        insight.PARTICIPATION_MONTHLY: participation_monthly(earned, DAYS),
        insight.ENGAGEMENT_LADDER_MONTHLY: engagement_ladder_monthly(earned, replies, DAYS),
        insight.CONTENT_MIX_MONTHLY: content_mix_monthly(accounts, (DAYS[0], LAST)),
        insight.COMPETITOR_STANDING_MONTHLY: competitor_standing_monthly(accounts, (DAYS[0], LAST)),
        insight.REPLY_QUEUE: reply_queue(mentions, brands, clusters, replies, PANEL, as_of=until),  # type: ignore[arg-type]
        insight.CARE_DAILY: care_daily(mentions, brands, replies, PANEL, DAYS, ZONE),
        **{contract: filled(contract, rows) for contract, rows in _told().items()},
    }
    # What no rule of this table of corruptions is about may be empty.
    rest = {contract.name: contract.empty() for contract in CONTRACTS if contract.name not in tables}
    return rest | tables | {contract.name: contract.conform(rows) for contract, rows in made.items()}


def _asking(post: dict[str, object]) -> dict[str, object]:
    name = str(post["mention_id"])
    number = name.split("-")[1]
    asks = {"0": {"is_question": True, "hashtags": ["tag"]}, "1": {"is_complaint": True}}.get(number, {})
    answers = {"kind_code": "reply", "parent_native_id": f"{name[:4]}-0"} if number == "5" else {}
    return {**post, "native_id": name, **asks, **answers}


def _told() -> dict[object, list[dict[str, object]]]:
    """Rows of the tables that need more than twelve days of a few posts to have any."""
    first = f"{LAST:%m%d}-0"
    bolt = {"platform_code": "x", "account_handle": "bolt_inc", "brand_id": "bolt"}
    slot = {**bolt, "weekday_number": 5, "hour_number": 11, "zone_name": ZONE, "slot_post_count": 2}
    target = {"metric_id": "sov_mentions", "metric_version": 1, "brand_id": "acme", "target_value": 0.5}
    target |= {"as_of_date": LAST, "deadline_date": LAST + timedelta(days=30), "actual_value": 0.4}
    return {
        insight.TOPIC_DAILY: [
            {
                "mention_date": LAST,
                "brand_id": "acme",
                "term_kind_code": "word",
                "term_text": "worm",
                "term_state_code": "rising",
                "term_post_count": 2,
                "day_post_count": 3,
                "distinct_author_count": 2,
                "history_post_count": 1,
                "history_day_count": 11,
                "trend_score": 4.0,
                "sample_mention_ids": [first],
            }
        ],
        insight.HASHTAG_CONTEXT: [
            {
                "mention_date": LAST,
                "hashtag_text": "tag",
                "verdict_code": "safe",
                "hashtag_post_count": 40,
                "distinct_author_count": 30,
                "crisis_ratio": 0.0,
                "hashtag_negative_ratio": 0.1,
                "meaning_shift_ratio": 0.0,
                "sample_mention_ids": [first],
                "history_post_count": 99,
            }
        ],
        insight.AUDIENCE_COUNTRY_MONTHLY: [
            {
                "month_date": MARCH,
                "brand_id": "acme",
                "country_or_other_code": code,
                "distinct_author_count": count,
                "author_ratio": count / 40,
                "country_coverage_ratio": 0.8,
            }
            for code, count in (("FR", 25), ("other", 15))
        ],
        insight.AMBASSADOR: [
            {
                "brand_id": "acme",
                "author_id": "zoe",
                "author_role_code": "ambassador",
                "as_of_date": LAST,
                "author_mention_count": 6,
                "active_week_count": 3,
                "positive_count": 5,
                "negative_count": 1,
                "defence_count": 2,
                "last_mention_date": DAYS[-2],
            },
            {
                "brand_id": "acme",
                "author_id": "yan",
                "author_role_code": "detractor",
                "as_of_date": LAST,
                "author_mention_count": 6,
                "active_week_count": 3,
                "positive_count": 1,
                "negative_count": 5,
                "defence_count": 0,
                "last_mention_date": DAYS[-3],
            },
        ],
        insight.POSTING_RHYTHM_HOURLY: [
            {**slot, "lift_ratio": 1.5, "lift_low_ratio": 1.1, "lift_high_ratio": 2.0, "rhythm_verdict_code": "better"},
            {**slot, "hour_number": 12, "rhythm_verdict_code": "not_enough_data"},
        ],
        insight.KPI_ATTAINMENT: [
            {
                **target,
                "target_id": "t1",
                "baseline_value": 0.3,
                "baseline_date": DAYS[4],
                "expected_value": 0.35,
                "attainment_ratio": 0.5,
                "kpi_status_code": "on_track",
            },
            {**target, "target_id": "t2", "metric_id": "cpc", "actual_value": None, "kpi_status_code": "not_measured"},
        ],
        insight.SOURCE_RECONCILIATION: [
            {
                "file_id": "file-1",
                "row_count": 109,
                "rejected_count": 1,
                "kept_count": 108,
                "new_post_count": 96,
                "unexplained_count": 0,
                "repeated_in_file_count": 12,
                "file_post_count": 96,
                "held_before_count": 0,
                "off_panel_post_count": 12,
                "official_post_count": 12,
                "moved_day_post_count": 0,
                "zone_assumed_post_count": 0,
            }
        ],
        insight.ACCOUNT_RECONCILIATION_DAILY: [
            {
                "snapshot_date": DAYS[0],
                "platform_code": "x",
                "account_handle": "bolt_inc",
                "vendor_post_count": 2,
                "held_post_count": 1,
                "missing_post_count": 1,
                "vendor_engagement_count": 50,
                "held_engagement_count": 30,
                "missing_engagement_count": 20,
            }
        ],
    }  # type: ignore[return-value]
