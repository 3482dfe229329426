"""The small release's tables about accounts, people and sources: rhythm, content, standing, ladder, reconciliation.

Handles, countries, file names and posts' ids are hostile wherever a stranger could have chosen them.
"""

from datetime import date, datetime
from typing import Any

from warehouse.tables import insight, pulse
from warehouse.tables.contract import TableContract

BAD = "<script>window.pwned = 30</script>"
MONTH = date(2026, 2, 1)
STEPS = ("mass", "inactive", "passive", "clicker", "sharer", "commenter", "contributor", "facilitator", "ambassador")


def account_rows() -> dict[TableContract, list[dict[str, Any]]]:
    """Rows by contract."""
    return {
        insight.PARTICIPATION_MONTHLY: [_participation()],
        insight.ENGAGEMENT_LADDER_MONTHLY: [_step(number, step) for number, step in enumerate(STEPS, start=1)],
        insight.AUDIENCE_COUNTRY_MONTHLY: [_country("FR", 30), _country(BAD[:20], 12), _country("other", 4)],
        insight.POSTING_RHYTHM_HOURLY: [
            _slot(1, 9, 12, "better", 1.8),
            _slot(3, 18, 5, "worse", 0.5),
            _slot(6, 22, 4, "cannot_tell", 1.0),
        ],
        insight.CONTENT_MIX_MONTHLY: [
            *(
                _mix(kind, code, part)
                for kind, code, part in (("content", "promotional", 0.6), ("content", "other", 0.4))
            ),
            _mix("format", "photo", 1.0),
        ],
        insight.COMPETITOR_STANDING_MONTHLY: [_standing("nordlicht", 0.75), _standing("tavola", 0.25)],
        insight.CARE_DAILY: [_care(day) for day in (20, 21)],
        insight.SOURCE_RECONCILIATION: [_source()],
        insight.ACCOUNT_RECONCILIATION_DAILY: [_account()],
        pulse.TREND_SHIFT: [_shift()],
    }


def _participation() -> dict[str, Any]:
    return {
        "month_date": MONTH,
        "is_complete_period": False,
        "platform_code": "all",
        "brand_id": "nordlicht",
        "distinct_author_count": 400,
        "mention_count": 800,
        "creator_count": 300,
        "participant_count": 100,
        "creator_ratio": 0.75,
        "single_mention_author_ratio": 0.5,
        "top_1_percent_ratio": 0.05,
        "top_10_percent_ratio": 0.3,
        "gini_ratio": 0.41,
    }


def _step(number: int, step: str) -> dict[str, Any]:
    return {
        "month_date": MONTH,
        "is_complete_period": False,
        "brand_id": "nordlicht",
        "step_count": number,
        "ladder_step_code": step,
        "is_observable": number > 4,
        "author_count": None if number < 5 else 100 * number,
        "step_text": BAD,
    }


def _country(code: str, count: int) -> dict[str, Any]:
    return {
        "month_date": MONTH,
        "brand_id": "nordlicht",
        "country_or_other_code": code,
        "distinct_author_count": count,
        "author_ratio": count / 46,
        "country_coverage_ratio": 0.9,
    }


def _slot(weekday: int, hour: int, count: int, verdict: str, lift: float) -> dict[str, Any]:
    return {
        "platform_code": "instagram",
        "account_handle": BAD,
        "brand_id": "nordlicht",
        "weekday_number": weekday,
        "hour_number": hour,
        "zone_name": "Europe/Paris",
        "slot_post_count": count,
        "lift_ratio": lift,
        "lift_low_ratio": lift - 0.2,
        "lift_high_ratio": lift + 0.2,
        "rhythm_verdict_code": verdict,
    }


def _mix(kind: str, code: str, ratio: float) -> dict[str, Any]:
    return {
        "month_date": MONTH,
        "is_complete_period": True,
        "platform_code": "instagram",
        "account_handle": BAD,
        "brand_id": "nordlicht",
        "mix_kind_code": kind,
        "mix_code": code,
        "post_count": round(10 * ratio),
        "mix_ratio": ratio,
        "mix_coverage_ratio": 1.0,
        "engagement_known_count": 10,
        "engagement_per_post": 80.0,
        "relative_engagement_ratio": 1.5,
    }


def _standing(brand: str, place: float) -> dict[str, Any]:
    return {
        "month_date": MONTH,
        "is_complete_period": True,
        "platform_code": "instagram",
        "account_handle": BAD,
        "brand_id": brand,
        "post_count": 10,
        "posts_per_week": 2.5,
        "engagement_known_count": 10,
        "engagement_per_post": 80.0,
        "er_followers_mean_ratio": 0.008,
        "peer_count": 4,
        "cadence_percentile_ratio": place,
        "er_followers_percentile_ratio": place,
        "engagement_percentile_ratio": place,
        "over_posting_code": "cannot_tell",
        "top_post_ids": ["p54", "p51"],
        "bottom_post_ids": ["p30", BAD],
    }


def _care(day: int) -> dict[str, Any]:
    return {
        "mention_date": date(2026, 2, day),
        "brand_id": "nordlicht",
        "asked_count": 6,
        "answer_observable_count": 4,
        "answered_count": 3,
        "median_reply_seconds": 5400.0,
        "mean_reply_seconds": 5400.0,
        "backlog_count": 9,
    }


def _source() -> dict[str, Any]:
    counts = {"row_count": 100, "rejected_count": 2, "kept_count": 98, "unexplained_count": 0}
    counts |= {"repeated_in_file_count": 1, "file_post_count": 97, "held_before_count": 7, "new_post_count": 90}
    counts |= {"off_panel_post_count": 3, "official_post_count": 4, "moved_day_post_count": 0}
    return counts | {
        "file_id": "f" * 64,
        "file_name": "=cmd|' /C calc'!A0<img src=x onerror=window.pwned=31>.csv",
        "source_code": "canonical_mentions",
        "vendor_total_count": 120,
        "not_in_file_count": 20,
        "zone_assumed_post_count": 0,
        "first_published_at": datetime(2026, 1, 5, 1),
        "last_published_at": datetime(2026, 3, 1, 20),
        "warning_texts": [BAD],
    }


def _account() -> dict[str, Any]:
    return {
        "snapshot_date": date(2026, 2, 20),
        "platform_code": "instagram",
        "account_handle": BAD,
        "vendor_post_count": 3,
        "held_post_count": 2,
        "missing_post_count": 1,
        "vendor_engagement_count": 300,
        "held_engagement_count": 200,
        "missing_engagement_count": 100,
    }


def _shift() -> dict[str, Any]:
    return {
        "platform_code": "all",
        "brand_id": "nordlicht",
        "assessed_date": date(2026, 2, 28),
        "first_date": date(2026, 1, 5),
        "shift_code": "level_up",
        "changed_date": date(2026, 2, 10),
        "before_mean_count": 20.0,
        "after_mean_count": 30.0,
        "shift_ratio": 1.5,
        "shift_ratio_low": 1.2,
        "shift_ratio_high": 1.9,
        "chance_ratio": 0.004,
    }
