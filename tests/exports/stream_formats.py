"""Look-alikes of JSON files of open networks and research dumps."""

# Spread literals keep several columns on a line, as a header does.
# ruff: noqa: PIE800
import json
from typing import Any

from tests.exports.world import (
    FIRST,
    TEXTS,
    ZONE,
    LookAlike,
    x_id,
)

_X_TIME = "%a %b %d %H:%M:%S +0000 %Y"


def _lines(*items: Any) -> bytes:
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items).encode()


def _document(item: Any) -> bytes:
    return json.dumps(item, ensure_ascii=False, indent=1).encode()


def youtube_videos() -> LookAlike:
    snippet = {
        "publishedAt": "2025-07-24T15:44:07Z",
        "channelId": "UCinvented0000000000000a",
        "channelTitle": "Brewolo",
    }
    items = [
        {
            **{
                "kind": "youtube#video",
                "id": "abcDEF12345",
                "snippet": {**snippet, "title": "Kettle", "description": "How"},
            },
            "statistics": {"viewCount": "900", "likeCount": "12", "commentCount": "2"},
        },
        {"kind": "youtube#searchResult", "id": {"kind": "youtube#channel", "channelId": "UC1"}, "snippet": snippet},
    ]
    content = _document({"kind": "youtube#videoListResponse", "items": items})
    return LookAlike("youtube_videos", "videos.json", content, rejected=("not_a_post",))


def youtube_comments() -> LookAlike:
    def comment(name: str, **more: Any) -> dict[str, Any]:
        snippet = {"textOriginal": TEXTS[1], "authorDisplayName": "@nora_lind", "authorChannelId": {"value": "UC9"}}
        about = {"publishedAt": "2025-07-24T15:44:07Z", "likeCount": 2, "videoId": "abcDEF12345"}
        return {"kind": "youtube#comment", "id": name, "snippet": {**snippet, **about, **more}}

    top, answer = comment("UgxInventedComment1"), comment("UgxInventedComment1.reply2", parentId="UgxInventedComment1")
    thread = {
        "kind": "youtube#commentThread",
        "id": "t",
        "snippet": {"topLevelComment": top},
        "replies": {"comments": [answer]},
    }
    return LookAlike("youtube_comments", "comments.json", _document({"items": [thread]}))


def reddit() -> LookAlike:
    base = {"subreddit": "kettles", "created_utc": FIRST.timestamp(), "_meta": {"retrieved_2nd_on": 1_753_900_000}}
    post = {
        **{**base, "id": "1abcde", "name": "t3_1abcde", "author": "nora_lind", "title": "Kettle", "selftext": TEXTS[0]},
        **{"score": 0, "num_comments": 2, "permalink": "/r/kettles/comments/1abcde/kettle/", "author_flair_text": "me"},
    }
    gone = {
        **{**base, "id": "kod0bkd", "name": "t1_kod0bkd", "author": "[deleted]", "body": "[removed]", "score": -4},
        **{"parent_id": "t3_1abcde", "link_id": "t3_1abcde", "permalink": "/r/kettles/comments/1abcde/kettle/kod0bkd/"},
    }
    return LookAlike("reddit_dump", "reddit.ndjson", _lines(post, gone))


def mastodon() -> LookAlike:
    actor = "https://social.example/users/nora_lind"
    note = {
        **{"id": f"{actor}/statuses/114900000000000001", "type": "Note", "published": "2025-07-24T15:44:07Z"},
        **{"url": "https://social.example/@nora_lind/114900000000000001", "inReplyTo": None, "contentMap": {"en": "x"}},
        "content": '<p>A kettle &amp; <a href="https://x.example">more</a></p><p>Second<br>line</p><script>no()</script>',
    }
    create = {"id": "a", "type": "Create", "actor": actor, "published": "2025-07-24T15:44:07Z", "object": note}
    boost = {
        **{"id": f"{actor}/statuses/114900000000000002/activity", "type": "Announce", "actor": actor},
        **{
            "published": "2025-07-25T08:05:00Z",
            "object": "https://other.example/users/tavo/statuses/114900000000000000",
        },
    }
    follow = {"id": "f", "type": "Follow", "actor": actor, "published": "2025-07-25T08:05:00Z", "object": "x"}
    content = _document({"orderedItems": [create, boost, follow]})
    return LookAlike("mastodon_outbox", "outbox.json", content)


def bluesky() -> LookAlike:
    def event(key: str, record: dict[str, Any] | None, kind: str = "app.bsky.feed.post") -> dict[str, Any]:
        commit = {"operation": "create" if record else "delete", "collection": kind, "rkey": key, "record": record}
        return {"did": "did:plc:invented", "time_us": int(FIRST.timestamp() * 1e6), "kind": "commit", "commit": commit}

    record = {"text": TEXTS[0], "createdAt": "2025-07-24T15:44:06.240Z", "langs": ["en"]}
    parent = {"parent": {"uri": "at://did:plc:other/app.bsky.feed.post/3aaa"}}
    lies = {**record, "createdAt": "1999-01-01T00:00:00Z", "reply": parent}
    events = [event("3kkk", record), event("3lll", lies), event("3mmm", record), event("3mmm", None)]
    content = _lines(*events, event("3nnn", {"subject": {}}, "app.bsky.feed.like"))
    return LookAlike("bluesky_jetstream", "stream.jsonl", content, rejected=("deleted",))


def crimson_hexagon() -> LookAlike:
    post = {
        **{
            "url": f"http://twitter.com/nora_lind/status/{x_id(FIRST)}",
            "date": "2025-07-24T17:44:07",
            "type": "Twitter",
        },
        **{"author": "nora_lind (Nora Lind)", "contents": TEXTS[0], "language": "en", "assignedCategoryId": 12},
        "categoryScores": [
            {"categoryId": 11, "categoryName": "Basic Positive"},
            {"categoryId": 12, "categoryName": "Basic Negative"},
        ],
        "location": "Lyon",
    }
    return LookAlike("crimson_hexagon", "posts.json", _document({"posts": [post]}), ZONE)


LOOK_ALIKES = (
    youtube_videos,
    youtube_comments,
    reddit,
    mastodon,
    bluesky,
    crimson_hexagon,
)
