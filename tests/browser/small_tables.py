"""Parts of the small release that do not follow from its mentions, and the hostile texts it is full of."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

FIRST, DAYS = date(2026, 1, 5), 56
LAST = FIRST + timedelta(days=DAYS - 1)
BRANDS = {"nordlicht": "Nordlicht <b>& Söhne</b>", "tavola": "Tavola", "pico_bello": "Pico Bello"}
HOSTILE = (
    "<script>window.pwned = 1</script>",
    "</script><script>window.pwned = 2</script>",
    '<img src="https://outside.example/p.png" onerror="window.pwned = 3">',
    "<svg/onload=window.pwned=4>",
    '"><iframe src="https://outside.example/"></iframe>',
    "![logo](https://outside.example/pixel.gif) [click](javascript:window.pwned=5)",
    "{{ 7 * 7 }} {% raw %} ${window.pwned = 6} {b|rich} {a}",
    '=HYPERLINK("https://outside.example","win")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+491701234567 call now",
    "\u202eright to left override\u202c and \u200bzero width",
    "W" * 3000,
    "<!-- <script> ]]> &amp; &lt;script&gt;",
    "<style>*{display:none}</style><base href='https://outside.example/'>",
)
HOSTILE_LINKS = (
    "javascript:window.pwned=7",
    "data:text/html,<script>window.pwned=8</script>",
    'https://outside.example/" onmouseover="window.pwned=9',
    "//outside.example/x",
    "https://posts.example/1",
)
HOSTILE_TAGS = ("<script>x</script>", 'a"b', "a/b?c=d&e#f", "100%", "köln")


def posts() -> Iterable[dict[str, Any]]:
    for number in range(60):
        yield {
            "post_id": f"p{number}",
            "post_date": FIRST + timedelta(days=number % DAYS),
            "posted_at": datetime(2026, 1, 5, 9) + timedelta(days=number % DAYS),
            "platform_code": "instagram",
            "brand_id": list(BRANDS)[number % 3],
            "account_handle": f"account{number % 3}",
            "url": HOSTILE_LINKS[number % len(HOSTILE_LINKS)],
            "post_type_code": "photo",
            "post_text": HOSTILE[number % len(HOSTILE)],
            "like_count": 40 + number,
            "engagement_count": 50 + number,
            "account_follower_count": 10_000,
            "er_followers_ratio": (50 + number) / 10_000,
            "source_codes": ["canonical_posts"],
        }


def audience() -> Iterable[dict[str, Any]]:
    for place, brand in enumerate(BRANDS):
        for week in range(8):
            yield {
                "snapshot_date": FIRST + timedelta(days=7 * week),
                "platform_code": "instagram",
                "account_handle": f"account{place}",
                "brand_id": brand,
                "audience_kind_code": "followers",
                "follower_count": 10_000 + 120 * week,
            }


def health(mentions: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for day in (FIRST + timedelta(days=n) for n in range(DAYS)):
        of_day = [m for m in mentions if m["mention_date"] == day]
        yield {
            "mention_date": day,
            "source_code": "canonical_mentions",
            "row_count": len(of_day),
            "mention_count": len(of_day),
            "duplicate_row_count": 0,
            "matched_count": len(of_day),
            "unscored_count": sum(m["sentiment_label"] == "unscored" for m in of_day),
            "withheld_count": 0,
            "zone_assumed_count": 0,
            "is_last_day_partial": day == LAST,
            "warning_texts": [],
        }


def file(count: int) -> dict[str, Any]:
    return {
        "file_id": "f" * 64,
        "file_name": "<img src=x onerror=window.pwned=10>.csv",
        "source_code": "canonical_mentions",
        "record_kind_code": "mention",
        "file_state_code": "ingested",
        "row_count": count + 2,
        "kept_count": count,
        "rejected_count": 2,
        "reject_reason_texts": ["bad_time: 2"],
        "warning_texts": ["<script>window.pwned = 11</script>"],
    }


def check() -> dict[str, Any]:
    return {
        "check_id": "mart.mention.is_fresh",
        "checked_table_name": "mention",
        "check_severity_code": "warning",
        "check_status_code": "failed",
        "check_text": "Mentions are recent.",
        "observed_text": "<b>old</b>",
        "advice_text": "Drop a newer export into the inbox.",
    }


def release(release_id: str, count: int) -> dict[str, Any]:
    return {
        "release_id": release_id,
        "created_at": datetime(2026, 3, 2, 6),
        "content_id": "content",
        "code_version": "0",
        "configuration_id": "configuration",
        "panel_id": "panel",
        "reporting_zone_name": "Europe/Paris",
        "first_mention_date": FIRST,
        "last_mention_date": LAST,
        "input_file_ids": [],
        "mention_count": count,
        "check_count": 40,
        "failed_check_count": 1,
        "warning_texts": [],
    }
