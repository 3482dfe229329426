"""The further tables of the small release: reasons of its spike, rising terms, verdicts, people, queue, targets."""

from datetime import date, datetime
from typing import Any

from tests.browser.small_accounts import account_rows
from warehouse.tables import insight, pulse
from warehouse.tables import insight_mentions as why
from warehouse.tables.contract import TableContract

BAD = "<script>window.pwned = 20</script>"


def insight_rows(mentions: list[dict[str, Any]]) -> dict[TableContract, list[dict[str, Any]]]:
    """Rows by contract; texts that came from strangers are hostile."""
    return account_rows() | {
        why.MENTION_BRAND: [_towards(mention, brand) for mention in mentions for brand in mention["brand_ids"]],
        why.MENTION_TOPIC: [_topic(mention) for mention in mentions if "kettle" in mention["mention_text"]],
        pulse.SPIKE_EXPLANATION: [
            {
                "spike_id": "spike1",
                "voice_code": "organic",
                "representative_mention_ids": [],
                "sentence_en_text": f"People wrote #kettlegate {BAD}.",
                "sentence_fr_text": f"On a écrit #kettlegate {BAD}.",
            }
        ],
        pulse.SPIKE_DRIVER: [
            _driver("hashtag", 1, "kettlegate", 150),
            _driver("hashtag", 2, None, 29.6),
            _driver("term", 1, BAD, 179.6),
        ],
        insight.TOPIC_DAILY: [_term("word", "kettle", 6.5), _term("hashtag", 'a"b', 5.5), _term("word", BAD, 4.5)],
        insight.HASHTAG_CONTEXT: [_verdict("kettlegate", "avoid"), _verdict("tea", "safe")],
        insight.AMBASSADOR: [_author("author00001", "ambassador"), _author(BAD, "detractor")],
        insight.REPLY_QUEUE: [
            _waiting(rank, mention)
            for rank, mention in enumerate([m for m in mentions if m["engagement_count"] >= 900_000][:3], start=1)
        ],
        insight.KPI_ATTAINMENT: [
            _target("sov_mentions", 0.4, 0.52, "reached"),
            _target("net_sentiment_all", 0.3, 0.1, "at_risk"),
        ],
    }


def _towards(mention: dict[str, Any], brand: str) -> dict[str, Any]:
    """Posts that name two brands speak against the second."""
    is_against = len(mention["brand_ids"]) > 1 and brand == mention["brand_ids"][1]
    return {
        "mention_id": mention["mention_id"],
        "mention_date": mention["mention_date"],
        "brand_id": brand,
        "query_version": "1",
        "clause_text": brand,
        "match_count": 1,
        "sentiment_label": "negative" if is_against else mention["sentiment_label"],
        "sentiment_score": -0.7 if is_against else mention["sentiment_score"],
        "sentiment_basis_code": "clause" if is_against else "whole_text",
    }


def _topic(mention: dict[str, Any]) -> dict[str, Any]:
    return {
        "mention_id": mention["mention_id"],
        "mention_date": mention["mention_date"],
        "topic_id": "kettles",
        "query_version": "1",
        "clause_text": "kettle",
        "match_count": 1,
    }


def _driver(dimension: str, rank: int, text: str | None, contribution: float) -> dict[str, Any]:
    return {
        "spike_id": "spike1",
        "dimension_code": dimension,
        "driver_rank": rank,
        "driver_text": text,
        "is_other": text is None,
        "driver_mention_count": round(contribution) + 1,
        "contribution_count": contribution,
        "contribution_share_ratio": contribution / 179.6,
        "representative_mention_ids": [],
    }


def _term(kind: str, text: str, score: float) -> dict[str, Any]:
    return {
        "mention_date": date(2026, 2, 17),
        "brand_id": "nordlicht",
        "term_kind_code": kind,
        "term_text": text,
        "term_state_code": "rising",
        "term_post_count": 20,
        "day_post_count": 200,
        "distinct_author_count": 18,
        "history_post_count": 40,
        "history_day_count": 28,
        "trend_score": score,
        "sample_mention_ids": [],
    }


def _verdict(tag: str, code: str) -> dict[str, Any]:
    return {
        "mention_date": date(2026, 2, 17),
        "hashtag_text": tag,
        "verdict_code": code,
        "reason_texts": [f"told by {BAD}", "70 of 90 scored posts are negative"],
        "hashtag_post_count": 100,
        "distinct_author_count": 90,
        "brand_ids": ["nordlicht"],
        "co_terms": [BAD, "lid"],
        "history_post_count": 0,
        "sample_mention_ids": [],
    }


def _author(author: str, role: str) -> dict[str, Any]:
    return {
        "brand_id": "nordlicht",
        "author_id": author,
        "author_role_code": role,
        "as_of_date": date(2026, 3, 1),
        "author_mention_count": 7,
        "active_week_count": 4,
        "positive_count": 5,
        "negative_count": 1,
        "defence_count": 2,
        "last_mention_date": date(2026, 2, 27),
    }


def _waiting(rank: int, mention: dict[str, Any]) -> dict[str, Any]:
    return {
        "brand_id": "nordlicht",
        "rank_count": rank,
        "mention_id": mention["mention_id"],
        "mention_date": mention["mention_date"],
        "published_at": mention["published_at"],
        "platform_code": mention["platform_code"],
        "need_code": "complaint",
        "priority_score": 0.9,
        "is_answer_observable": rank > 1,
        "waiting_seconds": 3600 * 30 * rank,
        "sentiment_label": mention["sentiment_label"],
        "url": mention["url"],
    }


def _target(metric: str, target: float, actual: float, status: str) -> dict[str, Any]:
    return {
        "target_id": metric,
        "metric_id": metric,
        "brand_id": "nordlicht",
        "target_value": target,
        "deadline_date": date(2026, 3, 29),
        "as_of_date": datetime(2026, 3, 1).date(),
        "actual_value": actual,
        "projected_value": actual + 0.02,
        "kpi_status_code": status,
    }
