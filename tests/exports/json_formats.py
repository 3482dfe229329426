"""Look-alikes of JSON files: API dumps, scrapers, archives, streams."""

# Spread literals keep several columns on a line, as a header does.
# ruff: noqa: PIE800
import json
from datetime import datetime
from typing import Any

from tests.exports.world import (
    FIRST,
    SECOND,
    TEXTS,
    THIRD,
    LookAlike,
    instagram_code,
    linkedin_id,
    tiktok_id,
    x_id,
)

_X_TIME = "%a %b %d %H:%M:%S +0000 %Y"


def _lines(*items: Any) -> bytes:
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items).encode()


def _document(item: Any) -> bytes:
    return json.dumps(item, ensure_ascii=False, indent=1).encode()


def _author(number: int, name: str) -> dict[str, Any]:
    return {
        **{"id": str(number), "username": name, "name": name.title(), "description": "call me", "location": "Lyon"},
        "public_metrics": {"followers_count": 120},
        "profile_image_url": "https://pic.example/a.png",
    }


def _counts(likes: object) -> dict[str, object]:
    return {"retweet_count": 3, "reply_count": 2, "like_count": likes, "quote_count": 0, "impression_count": 900}


def x_api_v2() -> LookAlike:
    original = {"id": x_id(FIRST), "text": TEXTS[0] * 3, "author_id": "9001"}
    data = [
        {
            **{"id": x_id(FIRST), "text": TEXTS[0], "author_id": "9001", "lang": "en", "public_metrics": _counts(12)},
            "created_at": f"{FIRST:%Y-%m-%dT%H:%M:%S}.000Z",
            "entities": {"mentions": [{"username": "someone"}], "hashtags": [{"tag": "kettle"}]},
        },
        {
            **{"id": x_id(SECOND), "text": "RT @nora_lind: " + TEXTS[0][:20] + "…", "author_id": "9002", "lang": "en"},
            **{"created_at": f"{SECOND:%Y-%m-%dT%H:%M:%S}.000Z", "public_metrics": _counts(0)},
            "referenced_tweets": [{"type": "retweeted", "id": x_id(FIRST)}],
        },
        {"id": x_id(THIRD), "author_id": "9001", "created_at": "soon", "text": "when?", "public_metrics": _counts(0)},
        {"id": "77", "text": "odd", "author_id": "9001", "created_at": "2025-07-24T15:44:07Z", "referenced_tweets": 5},
        {
            **{
                "id": "78",
                "author_id": "9001",
                "created_at": "2025-07-24T15:44:07Z",
                "public_metrics": _counts("lots"),
            },
            "text": "counted",
        },
    ]
    page = {
        "data": data,
        "includes": {"users": [_author(9001, "nora_lind"), _author(9002, "tavo_fan")], "tweets": [original]},
        "meta": {"newest_id": x_id(SECOND), "oldest_id": x_id(FIRST), "result_count": 5},
        "__twarc": {"url": "https://api.example.org/?token=secret", "retrieved_at": "2025-07-30T10:00:00+00:00"},
    }
    error = {"errors": [{"title": "Too Many Requests", "status": 429}]}
    content = _lines(page, error) + b'{"data": [{"id": "1", "text": "cut'
    return LookAlike("x_api_v2", "pages.jsonl", content, rejected=("bad_time", "bad_json", "bad_number", "bad_json"))


def x_api_v2_flat() -> LookAlike:
    post = {
        **{"id": x_id(FIRST), "text": TEXTS[0], "author_id": "9001", "lang": "und", "public_metrics": _counts(12)},
        **{"created_at": f"{FIRST:%Y-%m-%dT%H:%M:%S}.000Z", "author": _author(9001, "nora_lind")},
        **{"withheld": {"country_codes": ["DE"]}, "conversation_id": x_id(FIRST)},
        "referenced_tweets": [{"type": "quoted", "id": x_id(SECOND), "text": "other"}],
    }
    return LookAlike("x_api_v2", "flat.jsonl", _lines(post))


def _v1(**more: Any) -> dict[str, Any]:
    user = {
        "id_str": "9001",
        "screen_name": "nora_lind",
        "name": "Nora Lind",
        "followers_count": 120,
        "location": "Lyon",
    }
    return {
        **{
            "created_at": FIRST.strftime(_X_TIME),
            "id": int(x_id(FIRST)),
            "id_str": x_id(FIRST),
            "user": user,
            "lang": "en",
        },
        **{"full_text": TEXTS[0], "favorite_count": 12, "retweet_count": 3, "in_reply_to_status_id_str": None, **more},
    }


def x_api_v1() -> LookAlike:
    again = _v1(
        id_str=x_id(SECOND),
        created_at=SECOND.strftime(_X_TIME),
        full_text="RT @nora_lind: cut…",
        retweeted_status=_v1(),
    )
    return LookAlike("x_api_v1", "tweets.json", _document([_v1(), again]))


def x_archive() -> LookAlike:
    tweet = {
        **{"id_str": x_id(FIRST), "created_at": FIRST.strftime(_X_TIME), "full_text": TEXTS[0], "favorite_count": "12"},
        **{"retweet_count": "3", "lang": "en", "in_reply_to_status_id_str": x_id(SECOND)},
    }
    content = b"window.YTD.tweets.part0 = " + _document([{"tweet": tweet}])
    return LookAlike("x_archive", "tweets.js", content)


def _seen(platform: str, data: object) -> dict[str, Any]:
    return {
        **{"nav_index": "1:1", "item_id": "1", "timestamp_collected": 1_753_900_000_000, "source_platform": platform},
        **{"source_url": "https://x.example/?session=secret", "user_agent": "agent", "data": data},
    }


def zeeschuimer_tiktok() -> LookAlike:
    data = {
        **{"id": tiktok_id(FIRST), "desc": TEXTS[1], "createTime": int(FIRST.timestamp())},
        "stats": {"diggCount": 12, "commentCount": 2, "shareCount": 3, "playCount": 900, "collectCount": 1},
        "author": {"id": "9001", "uniqueId": "nora_lind", "nickname": "Nora", "signature": "call me"},
        "authorStats": {"followerCount": 120},
    }
    content = _lines(_seen("tiktok.com", data), _seen("tiktok.com", {"live": True}))
    return LookAlike("zeeschuimer", "tiktok.ndjson", content)


def zeeschuimer_x() -> LookAlike:
    legacy = {"id_str": x_id(FIRST), "created_at": FIRST.strftime(_X_TIME), "full_text": "cut…", "favorite_count": 12}
    user = {"result": {"legacy": {"screen_name": "nora_lind", "name": "Nora Lind", "followers_count": 120}}}
    data = {
        **{"rest_id": x_id(FIRST), "views": {"count": "900"}, "core": {"user_results": user}},
        "legacy": {**legacy, "lang": "en", "user_id_str": "9001", "retweet_count": 3, "reply_count": 2},
        "note_tweet": {"note_tweet_results": {"result": {"text": TEXTS[0]}}},
    }
    content = _lines(_seen("twitter.com", data), _seen("twitter.com", {"cursorType": "Bottom"}))
    return LookAlike("zeeschuimer", "x.ndjson", content)


def zeeschuimer_instagram() -> LookAlike:
    data = {
        **{"code": instagram_code(FIRST), "taken_at": int(FIRST.timestamp()), "caption": None, "like_count": 3},
        **{"comment_count": 2, "like_and_view_counts_disabled": True, "user": {"pk": "9001", "username": "nora_lind"}},
        **{"top_likers": ["someone"], "location": {"lat": 1.5}},
    }
    return LookAlike("zeeschuimer", "instagram.ndjson", _lines(_seen("instagram.com", data)))


def apify_instagram() -> LookAlike:
    post = {
        **{"id": "1", "shortCode": instagram_code(FIRST), "caption": TEXTS[0], "likesCount": -1, "commentsCount": 2},
        **{"url": f"https://www.instagram.com/p/{instagram_code(FIRST)}/", "timestamp": "2025-07-24T15:44:07.000Z"},
        **{"ownerUsername": "nora_lind", "ownerId": "9001", "latestComments": [{"text": "hi", "ownerUsername": "x"}]},
        **{"type": "Video", "videoPlayCount": 900, "taggedUsers": [{"username": "someone"}]},
    }
    content = _document([post, {"error": "not_found", "errorDescription": "gone"}])
    return LookAlike("apify_instagram", "instagram.json", content, rejected=("not_a_post",))


def apify_linkedin() -> LookAlike:
    post = {
        **{"activity_urn": linkedin_id(FIRST), "text": TEXTS[1], "post_type": "regular", "post_language_code": "en"},
        "post_url": f"https://www.linkedin.com/posts/brewolo_kettle-activity-{linkedin_id(FIRST)}-abcd?rcm=secret",
        "posted_at": {"date": "2025-07-24 08:44:07", "timestamp": int(FIRST.timestamp() * 1000)},
        "author": {
            "name": "Brewolo",
            "follower_count": 5000,
            "company_url": "https://www.linkedin.com/company/brewolo/",
        },
        "stats": {"total_reactions": 12, "like": 10},
        "media": {"type": "image"},
    }
    return LookAlike("apify_linkedin", "linkedin.json", _document([post]))


def crowdtangle_api() -> LookAlike:
    account = {
        "id": 7,
        "name": "Brewolo",
        "handle": "brewolo",
        "platform": "Facebook",
        "profileImage": "https://pic.example",
    }
    post = {
        **{
            "platformId": "777_1035057923259100",
            "platform": "Facebook",
            "date": "2025-07-24 15:44:07",
            "type": "photo",
        },
        **{"updated": "2025-07-30 10:00:00", "message": TEXTS[1], "subscriberCount": 5000, "account": account},
        "postUrl": "https://www.facebook.com/brewolo/posts/1035057923259100",
        "statistics": {"actual": {"likeCount": 20, "loveCount": 5, "shareCount": 3}, "expected": {"likeCount": 1}},
    }
    return LookAlike("crowdtangle_api", "posts.json", _document({"status": 200, "result": {"posts": [post]}}))


def talkwalker_api() -> LookAlike:
    def epoch(at: datetime) -> int:
        return int(at.timestamp() * 1000)

    article = {
        **{"url": "https://news.example/kettles", "published": epoch(FIRST), "indexed": epoch(SECOND)},
        **{"search_indexed": epoch(SECOND), "title": "Kettles", "content": TEXTS[1], "lang": "en", "sentiment": 5},
        **{"source_type": ["ONLINENEWS", "ONLINENEWS_NEWSPAPER"], "matched_profile": ["SEARCH /  / kettles"]},
        "extra_author_attributes": {"name": "Nora Lind", "gender": "FEMALE", "description": "bio"},
        "extra_article_attributes": {"world_data": {"country_code": "fr", "city": "Lyon"}},
        "reach": 0,
    }
    post = {
        **{"external_id": x_id(SECOND), "external_author_id": "9002", "published": epoch(SECOND), "sentiment": -5},
        **{"search_indexed": epoch(THIRD), "source_type": ["SOCIALMEDIA", "SOCIALMEDIA_TWITTER"]},
        "matched_profile": ["kettles"],
    }
    content = {"data": [{"data": article}, {"data": post}, {"data": {"url": "https://news.example/none"}}]}
    document = {"status_code": "0", "pagination": {"total": 1200}, "result_content": content}
    return LookAlike("talkwalker_api", "results.json", _document(document), rejected=("not_a_post",))


LOOK_ALIKES = (
    talkwalker_api,
    x_api_v2,
    x_api_v2_flat,
    x_api_v1,
    x_archive,
    zeeschuimer_tiktok,
    zeeschuimer_x,
    zeeschuimer_instagram,
    apify_instagram,
    apify_linkedin,
    crowdtangle_api,
)
