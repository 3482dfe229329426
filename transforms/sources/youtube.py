"""YouTube: the video list of YouTube Data Tools, and what the Data API returns for videos, searches and comments."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from transforms.sources.declaration import ISO, MADE, KindRule, PlatformRule, Signature, SourceDeclaration, TimeRule
from transforms.sources.headers import known_header
from transforms.sources.json_lines import NotARecord, converted, path_value

_YOUTUBE = PlatformRule(constant="youtube")
_TEXT, _URL, _TYPE = f"{MADE}text", f"{MADE}url", f"{MADE}type"


def _video_columns(records: pl.DataFrame) -> pl.DataFrame:
    """Title and description make the text; the address is made of the id."""
    text = pl.concat_str([pl.col("videoTitle"), pl.col("videoDescription")], separator="\n\n", ignore_nulls=True)
    url = "https://www.youtube.com/watch?v=" + pl.col("videoId")
    return records.with_columns(text.alias(_TEXT), url.alias(_URL), pl.lit("video").alias(_TYPE))


YOUTUBE_DATA_TOOLS = SourceDeclaration(
    code="youtube_data_tools",
    title="YouTube Data Tools video list",
    record_kind="competitor_post",
    confidence="seen in real files",
    signatures=(Signature(header=("videoId", "publishedAtSQL", "videoTitle", "videoDescription")),),
    known_header=known_header("youtube_data_tools"),
    columns={
        "native_id": ("videoId",),
        "url": (_URL,),
        "account_handle": ("channelId", "channelTitle"),
        "account_name": ("channelTitle",),
        "post_text": (_TEXT, "videoTitle", "videoDescription"),
        "post_type_code": (_TYPE,),
        "like_count": ("likeCount",),
        "comment_count": ("commentCount",),
        "view_count": ("viewCount",),
    },
    time=TimeRule(columns=("publishedAt",), formats=(ISO,)),
    platform=_YOUTUBE,
    escape_char="\\",
    hook=_video_columns,
    dropped=("thumbnail_maxres",),
)


def _videos(document: Any) -> Iterator[Any]:
    items = document.get("items", [document]) if isinstance(document, Mapping) else document
    yield from converted(items, _video)


def _video(item: Any) -> dict[str, Any] | NotARecord:
    video_id = path_value(item, "id.videoId") or path_value(item, "contentDetails.videoId")
    video_id = video_id or (item.get("id") if isinstance(item.get("id"), str) else None)
    snippet = item.get("snippet") or {}
    if item.get("kind") == "youtube#channel" or not video_id or "publishedAt" not in snippet:
        return NotARecord("the item is no video")
    statistics = item.get("statistics") or {}
    texts = [text for text in (snippet.get("title"), snippet.get("description")) if text]
    return {
        "_id": video_id,
        "_url": f"https://www.youtube.com/watch?v={video_id}",
        "_time": snippet["publishedAt"],
        "_text": "\n\n".join(texts),
        "_channel_id": snippet.get("channelId"),
        "_channel": snippet.get("channelTitle"),
        "_likes": statistics.get("likeCount"),
        "_comments": statistics.get("commentCount"),
        "_views": statistics.get("viewCount"),
        "_type": "video",
        "tags": snippet.get("tags"),
    }


YOUTUBE_VIDEOS = SourceDeclaration(
    code="youtube_videos",
    title="YouTube Data API videos",
    record_kind="competitor_post",
    confidence="seen in real files",
    signatures=(
        Signature("json", envelope="items", header=("kind", "snippet.publishedAt", "id.videoId")),
        Signature(
            "json",
            envelope="items",
            header=("kind", "snippet.publishedAt", "statistics.viewCount", "snippet.channelId"),
        ),
        Signature("json", header=("kind", "snippet.publishedAt", "snippet.channelId"), without_header=("items",)),
    ),
    columns={
        "native_id": ("_id",),
        "url": ("_url",),
        "account_handle": ("_channel_id", "_channel"),
        "account_name": ("_channel",),
        "post_text": ("_text",),
        "post_type_code": ("_type",),
        "like_count": ("_likes",),
        "comment_count": ("_comments",),
        "view_count": ("_views",),
    },
    time=TimeRule(columns=("_time",), formats=(ISO,)),
    platform=_YOUTUBE,
    hook=_videos,
    total_paths=("pageInfo.totalResults",),
)


def _comments(document: Any) -> Iterator[Any]:
    items = document.get("items", [document]) if isinstance(document, Mapping) else document
    for item in items:
        thread = path_value(item, "snippet.topLevelComment")
        replies = path_value(item, "replies.comments") or []
        yield from converted([thread if thread is not None else item, *replies], _comment)


def _comment(item: Any) -> dict[str, Any] | NotARecord:
    snippet = item.get("snippet") or {}
    if "publishedAt" not in snippet or not ("textOriginal" in snippet or "textDisplay" in snippet):
        return NotARecord("the item is no comment")
    author = path_value(snippet, "authorChannelId.value") or snippet.get("authorChannelId")
    video = snippet.get("videoId")
    return {
        "_id": item.get("id"),
        "_url": f"https://www.youtube.com/watch?v={video}&lc={item.get('id')}" if video else None,
        "_time": snippet["publishedAt"],
        "_text": snippet.get("textOriginal") or snippet.get("textDisplay"),
        "_author_id": author if isinstance(author, str) else None,
        "_name": snippet.get("authorDisplayName"),
        "_likes": snippet.get("likeCount"),
        "_parent": snippet.get("parentId") or video,
        "_kind": "reply" if snippet.get("parentId") else "comment",
    }


YOUTUBE_COMMENTS = SourceDeclaration(
    code="youtube_comments",
    title="YouTube Data API comments",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(
        Signature("json", envelope="items", header=("snippet.topLevelComment.snippet.publishedAt",)),
        Signature("json", header=("snippet.topLevelComment.snippet.publishedAt",)),
        Signature("json", envelope="items", header=("kind", "snippet.textDisplay", "snippet.publishedAt")),
    ),
    columns={
        "native_id": ("_id",),
        "url": ("_url",),
        "author_native_id": ("_author_id",),
        "author_handle": ("_name",),
        "author_name": ("_name",),
        "mention_text": ("_text",),
        "like_count": ("_likes",),
        "parent_native_id": ("_parent",),
    },
    time=TimeRule(columns=("_time",), formats=(ISO,)),
    platform=_YOUTUBE,
    kinds=(KindRule("reply", "_kind", values=("reply",)), KindRule("comment", "_kind", values=("comment",))),
    hook=_comments,
    total_paths=("pageInfo.totalResults",),
)

YOUTUBE_CHANNELS = SourceDeclaration(
    code="youtube_channels",
    title="YouTube Data API channels",
    record_kind="audience_snapshot",
    confidence="seen in real files",
    signatures=(Signature("json", envelope="items", header=("kind", "statistics.subscriberCount")),),
    columns={},
    time=TimeRule(columns=("day",), formats=(ISO,)),
    platform=_YOUTUBE,
    refused_because="it says how many subscribers channels have but not when; add a day and use the canonical CSV",
)
