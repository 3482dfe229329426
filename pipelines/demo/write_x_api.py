"""X API v2, one page of search results per line: posts in `data`, their authors and originals in `includes`.

A row of this format is one post in `data`, or one line that cannot be read at all.
"""

import json
import random
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.demo.counters import likes_in
from pipelines.demo.people import Author
from pipelines.demo.posts import Post
from pipelines.demo.truths import PlantedFile, RejectedRow

_PAGE = 100
_CUT = 140
_HASHTAG = re.compile(r"#(\w+)")

Json = dict[str, Any]


def write_x_api(path: Path, posts: Sequence[Post], *, batch: int, rng: random.Random) -> PlantedFile:
    """Write pages of posts, newest first, with faulty posts on one page and one cut line; return the ledger."""
    newest_first = sorted(posts, key=lambda post: int(post.native_id), reverse=True)
    pages = [newest_first[start : start + _PAGE] for start in range(0, len(newest_first), _PAGE)]
    faulty_page = rng.randrange(len(pages)) if batch == 1 else -1
    lines: list[str] = []
    rejected: list[RejectedRow] = []
    row_count = 0
    for index, page in enumerate(pages):
        tweets = [_tweet(post) for post in page]
        if index == faulty_page:
            for tweet, reason, column, value in _faulty_tweets(page[0]):
                position = rng.randrange(len(tweets) + 1)
                tweets.insert(position, tweet | {"_fault": (reason, column, value)})
        for tweet in tweets:
            row_count += 1
            if fault := tweet.pop("_fault", None):
                rejected.append(RejectedRow(row_count, len(lines) + 1, *fault))
        lines.append(_page_line(tweets, page, index, is_last=index == len(pages) - 1))
        if index == faulty_page:
            row_count += 1
            rejected.append(RejectedRow(row_count, len(lines) + 1, "unreadable_json", "", "cut line"))
            lines.append('{"data":[{"id":"1","text":"this line was cut when the disk was fu')
            lines.append('{"errors":[{"title":"Too Many Requests","detail":"Rate limit, try later","status":429}]}')
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="")
    counts = (row_count, row_count - len(rejected))
    return PlantedFile(path.name, "x_api_v2", "mention", "UTC", batch, *counts, tuple(rejected))


def _faulty_tweets(near: Post) -> list[tuple[Json, str, str, str]]:
    """Return posts with one fault each; their ids are too short to hold a clock."""
    sound: Json = {
        "id": "20090000001", "text": "a post about a machine", "author_id": near.author.author_id, "lang": "en",
        "created_at": _iso(near.at), "conversation_id": "20090000001", "public_metrics": _metrics(0, 0, 0, 0),
    }  # fmt: skip
    undated = {key: value for key, value in sound.items() if key != "created_at"}
    nameless = {key: value for key, value in sound.items() if key not in ("id", "text", "conversation_id")}
    counted: Json = sound["public_metrics"] | {"like_count": "lots"}
    return [
        (sound | {"id": "20090000002", "created_at": "soonish"}, "unparseable_date", "created_at", "soonish"),
        (undated | {"id": "20090000003"}, "missing_date", "created_at", ""),
        (nameless, "missing_text_and_id", "", ""),
        (sound | {"id": "20090000004", "public_metrics": counted}, "bad_number", "public_metrics.like_count", "lots"),
    ]  # fmt: skip


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"


def _metrics(likes: int, shares: int, comments: int, views: int) -> Json:
    return {
        "retweet_count": shares, "reply_count": comments, "like_count": likes, "quote_count": 0,
        "impression_count": views,
    }  # fmt: skip


def _tweet(post: Post, *, is_included: bool = False) -> Json:
    cut = post.is_repost and len(post.text) > _CUT and not is_included
    text = post.text[: _CUT - 1] + "…" if cut else post.text
    tweet: Json = {
        "id": post.native_id, "text": text, "author_id": post.author.author_id, "lang": post.language,
        "created_at": _iso(post.at), "reply_settings": "everyone", "possibly_sensitive": False,
        "conversation_id": post.parent.native_id if post.parent and not post.is_repost else post.native_id,
        "public_metrics": _metrics(likes_in(post, "x_api"), post.shares, post.comments, post.views),
        "source": "Invented App",
    }  # fmt: skip
    tags = [{"start": match.start(), "end": match.end(), "tag": match[1]} for match in _HASHTAG.finditer(text)]
    if tags:
        tweet["entities"] = {"hashtags": tags}
    if post.parent:
        kind = "retweeted" if post.is_repost else "replied_to"
        tweet["referenced_tweets"] = [{"type": kind, "id": post.parent.native_id}]
        if not post.is_repost:
            tweet["in_reply_to_user_id"] = post.parent.author.author_id
    return tweet


def _user(author: Author) -> Json:
    return {
        "id": author.author_id, "username": author.handle, "name": author.name, "verified": author.is_official,
        "protected": False, "created_at": "2019-03-02T10:00:00.000Z", "description": "", "location": "",
        "public_metrics": {
            "followers_count": author.followers, "following_count": author.followers // 3 + 12, "tweet_count": 400,
            "listed_count": 0,
        },
    }  # fmt: skip


def _page_line(tweets: Sequence[Mapping[str, Any]], page: Sequence[Post], index: int, *, is_last: bool) -> str:
    parents = {post.parent.key: post.parent for post in page if post.parent}
    authors = {post.author.author_id: post.author for post in (*page, *parents.values())}
    document: Json = {
        "data": list(tweets),
        "includes": {
            "users": [_user(author) for author in authors.values()],
            "tweets": [_tweet(parent, is_included=True) for parent in parents.values()],
        },
        "meta": {"newest_id": page[0].native_id, "oldest_id": page[-1].native_id, "result_count": len(tweets)},
        "__twarc": {
            "url": "https://api.example.org/2/tweets/search/all?query=coffee", "version": "2.14.0",
            "retrieved_at": f"{page[0].at + timedelta(hours=30):%Y-%m-%dT%H:%M:%S}+00:00",
        },
    }  # fmt: skip
    if not is_last:
        document["meta"]["next_token"] = f"page{index + 1:04d}"
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
