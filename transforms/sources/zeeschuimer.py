"""Zeeschuimer: what a browser saw of TikTok, X and Instagram, one item per line. Tokens and viewers never pass."""

from collections.abc import Iterator, Mapping
from typing import Any

from transforms.sources.declaration import EPOCH, KindRule, PlatformRule, Signature, SourceDeclaration, TimeRule
from transforms.sources.json_lines import NotARecord, converted, path_value
from transforms.sources.x_other import v1_text

_X_TIME = "%a %b %d %H:%M:%S %z %Y"


def _tiktok(item: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any] | NotARecord:
    if "desc" not in data and "createTime" not in data:
        return NotARecord("items that are no videos", is_expected=True)
    stats, author = data.get("stats") or {}, data.get("author") or {}
    handle = author.get("uniqueId") if isinstance(author, Mapping) else author
    return {
        "_id": data.get("id") or item.get("item_id"),
        "_url": f"https://www.tiktok.com/@{handle}/video/{data.get('id')}" if handle else None,
        "_time": data.get("createTime"),
        "_text": data.get("desc"),
        "_handle": handle,
        "_name": author.get("nickname") if isinstance(author, Mapping) else None,
        "_author_id": author.get("id") if isinstance(author, Mapping) else None,
        "_followers": path_value(data, "authorStats.followerCount"),
        "_likes": stats.get("diggCount"),
        "_shares": stats.get("shareCount"),
        "_comments": stats.get("commentCount"),
        "_views": stats.get("playCount"),
        "saves": stats.get("collectCount"),
    }


def _x(item: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any] | NotARecord:
    legacy = data.get("legacy")
    if not isinstance(legacy, Mapping) or "created_at" not in legacy or data.get("promotedMetadata"):
        return NotARecord("cursors and advertisements", is_expected=True)
    user = path_value(data, "core.user_results.result") or {}
    about = {**(user.get("core") or {}), **(user.get("legacy") or {})}
    original = path_value(legacy, "retweeted_status_result.result") or {}
    long_text = path_value(original or data, "note_tweet.note_tweet_results.result.text")
    native_id = legacy.get("id_str") or data.get("rest_id") or item.get("item_id")
    parent = original.get("rest_id") or legacy.get("quoted_status_id_str") or legacy.get("in_reply_to_status_id_str")
    quoted = bool(legacy.get("quoted_status_id_str"))
    return {
        "_id": native_id,
        "_url": f"https://x.com/{about['screen_name']}/status/{native_id}" if about.get("screen_name") else None,
        "_time": legacy.get("created_at"),
        "_text": long_text or v1_text(original.get("legacy") or legacy),
        "_handle": about.get("screen_name"),
        "_name": about.get("name"),
        "_author_id": legacy.get("user_id_str"),
        "_followers": about.get("followers_count"),
        "_likes": legacy.get("favorite_count"),
        "_shares": None if original else legacy.get("retweet_count"),
        "_comments": legacy.get("reply_count"),
        "_views": path_value(data, "views.count"),
        "_kind": "repost" if original else "quote" if quoted else "reply" if parent else "post",
        "_parent_id": parent,
        "_lang": legacy.get("lang"),
    }


def _instagram(item: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any] | NotARecord:
    if "taken_at" not in data:
        return NotARecord("items that are no posts", is_expected=True)
    user, caption = data.get("user") or data.get("owner") or {}, data.get("caption") or {}
    is_hidden = bool(data.get("like_and_view_counts_disabled"))
    code = data.get("code")
    return {
        "_id": code or data.get("pk") or str(item.get("item_id") or "").split("_")[0],
        "_url": f"https://www.instagram.com/p/{code}/" if code else None,
        "_time": data.get("taken_at"),
        "_text": caption.get("text") if isinstance(caption, Mapping) else caption,
        "_handle": user.get("username"),
        "_name": user.get("full_name"),
        "_author_id": user.get("pk") or user.get("id"),
        "_likes": None if is_hidden else data.get("like_count"),
        "_comments": data.get("comment_count"),
        "_views": None if is_hidden else data.get("play_count") or data.get("view_count"),
        "media_type": data.get("media_type"),
        "product_type": data.get("product_type"),
    }


_READERS = {"tiktok": _tiktok, "twitter": _x, "x": _x, "instagram": _instagram, "threads": _instagram}
_PLATFORMS = {"tiktok": "tiktok", "twitter": "x", "x": "x", "instagram": "instagram", "threads": "threads"}


def _record(item: Any) -> dict[str, Any] | NotARecord:
    data = item.get("data")
    name = str(item.get("source_platform") or "").removesuffix(".com").removesuffix(".net").split(".")[-1]
    reader = _READERS.get(name)
    if reader is None or not isinstance(data, Mapping):
        return NotARecord(
            f"items of {name[:40] or 'an unnamed platform'} are not read: describe them as a custom source"
        )
    record = reader(item, data)
    if isinstance(record, NotARecord):
        return record
    return {**record, "_platform": _PLATFORMS[name], "_collected_at": item.get("timestamp_collected")}


def _items(item: Any) -> Iterator[Any]:
    yield from converted([item], _record)


ZEESCHUIMER = SourceDeclaration(
    code="zeeschuimer",
    title="Zeeschuimer items",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(Signature("json", header=("nav_index", "source_platform", "data")),),
    columns={
        "native_id": ("_id",),
        "url": ("_url",),
        "author_native_id": ("_author_id",),
        "author_handle": ("_handle",),
        "author_name": ("_name",),
        "author_follower_count": ("_followers",),
        "mention_text": ("_text",),
        "claimed_language_code": ("_lang",),
        "like_count": ("_likes",),
        "share_count": ("_shares",),
        "comment_count": ("_comments",),
        "view_count": ("_views",),
        "parent_native_id": ("_parent_id",),
        "collected_at": ("_collected_at",),
    },
    time=TimeRule(columns=("_time",), formats=(EPOCH, _X_TIME)),
    platform=PlatformRule(columns=("_platform",)),
    kinds=tuple(KindRule(kind, "_kind", values=(kind,)) for kind in ("repost", "quote", "reply")),
    hook=_items,
)
