"""Apify's scrapers: TikTok (CSV or JSON), Instagram (JSON), posts of LinkedIn companies (JSON)."""

from collections.abc import Iterator, Mapping
from typing import Any

from transforms.sources.declaration import EPOCH, ISO, PlatformRule, Signature, SourceDeclaration, TimeRule
from transforms.sources.json_lines import NotARecord, converted, path_value

_TIKTOK_DROPPED = (
    *("authorMeta/*", "authorMeta.*", "locationMeta*", "detailedMentions*", "mentions*", "videoMeta*", "musicMeta*"),
    *("mediaUrls*", "effectStickers*", "slideshowImageLinks*", "hashtags/*/cover", "hashtags/*/title", "hashtags/*/id"),
)


def _both(path: str) -> tuple[str, str]:
    """A path as the CSV and as the JSON file writes it."""
    return path, path.replace("/", ".")


APIFY_TIKTOK = SourceDeclaration(
    code="apify_tiktok",
    title="Apify TikTok scraper",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(
        Signature(header=("id", "text", "webVideoUrl"), header_prefix="authorMeta/"),
        Signature(header=("createTimeISO", "webVideoUrl", "playCount")),
        Signature("json", header=("createTimeISO", "webVideoUrl", "playCount")),
    ),
    columns={
        "native_id": ("id",),
        "url": ("webVideoUrl",),
        "author_native_id": _both("authorMeta/id"),
        "author_handle": _both("authorMeta/name"),
        "author_name": _both("authorMeta/nickName"),
        "author_follower_count": _both("authorMeta/fans"),
        "mention_text": ("text",),
        "claimed_language_code": ("textLanguage",),
        "like_count": ("diggCount",),
        "share_count": ("shareCount",),
        "comment_count": ("commentCount",),
        "view_count": ("playCount",),
        "query_name": ("searchQuery", "searchHashtag/name", "input"),
    },
    time=TimeRule(columns=("createTimeISO", "createTime"), formats=(ISO, EPOCH)),
    platform=PlatformRule(constant="tiktok"),
    dropped=_TIKTOK_DROPPED,
)


def _instagram_posts(item: Any) -> Iterator[Any]:
    items = item if isinstance(item, list) else [item]
    yield from converted(items, _instagram_post)


def _instagram_post(item: Any) -> dict[str, Any] | NotARecord:
    if "shortCode" not in item:
        return NotARecord(f"the item is no post ({str(item.get('errorDescription') or item.get('error') or '')[:80]})")
    kept = (
        "shortCode",
        "caption",
        "commentsCount",
        "likesCount",
        "videoViewCount",
        "videoPlayCount",
        "timestamp",
        "type",
    )
    more = ("productType", "ownerUsername", "ownerId", "ownerFullName", "url", "hashtags", "isSponsored", "inputUrl")
    return {key: item[key] for key in (*kept, *more) if key in item}


APIFY_INSTAGRAM = SourceDeclaration(
    code="apify_instagram",
    title="Apify Instagram scraper",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(Signature("json", header=("shortCode", "timestamp")),),
    columns={
        "native_id": ("shortCode",),
        "url": ("url",),
        "author_native_id": ("ownerId",),
        "author_handle": ("ownerUsername",),
        "author_name": ("ownerFullName",),
        "mention_text": ("caption",),
        "like_count": ("likesCount",),
        "comment_count": ("commentsCount",),
        "view_count": ("videoPlayCount", "videoViewCount"),
        "query_name": ("inputUrl",),
    },
    time=TimeRule(columns=("timestamp",), formats=(ISO,)),
    platform=PlatformRule(constant="instagram"),
    dropped=("owner*",),
    hook=_instagram_posts,
)


def _linkedin_posts(item: Any) -> Iterator[Any]:
    yield from converted(item if isinstance(item, list) else [item], _linkedin_post)


def _linkedin_post(item: Any) -> dict[str, Any] | NotARecord:
    if "activity_urn" not in item and "full_urn" not in item:
        return NotARecord("the item is no post")
    author, stats = item.get("author") or {}, item.get("stats") or {}
    company = str(author.get("company_url") or item.get("source_company") or "").rstrip("/").split("/")[-1]
    reactions = stats.get("total_reactions", 0)
    media = path_value(item, "media.type")
    return {
        "_id": str(item.get("activity_urn") or item.get("full_urn")).split(":")[-1],
        # Query strings of post addresses carry the scraper's session.
        "_url": str(item.get("post_url") or "").split("?")[0] or None,
        "_time": path_value(item, "posted_at.timestamp"),
        "_text": item.get("text"),
        "_handle": company,
        "_name": author.get("name"),
        "_type": media or ("document" if item.get("document") else "text"),
        # Statistics that are left out are zero here.
        "_likes": reactions,
        "_comments": stats.get("comments", 0),
        "_shares": stats.get("reposts", 0),
        "followers_at_scrape": author.get("follower_count") if isinstance(author, Mapping) else None,
        "post_type": item.get("post_type"),
    }


APIFY_LINKEDIN = SourceDeclaration(
    code="apify_linkedin",
    title="Apify LinkedIn company posts",
    record_kind="competitor_post",
    confidence="seen in real files",
    signatures=(
        Signature("json", header=("activity_urn", "posted_at")),
        Signature("json", header=("full_urn", "posted_at")),
    ),
    columns={
        "native_id": ("_id",),
        "url": ("_url",),
        "account_handle": ("_handle", "_name"),
        "account_name": ("_name",),
        "post_text": ("_text",),
        "post_type_code": ("_type",),
        "like_count": ("_likes",),
        "share_count": ("_shares",),
        "comment_count": ("_comments",),
    },
    time=TimeRule(columns=("_time",), formats=(EPOCH,)),
    platform=PlatformRule(constant="linkedin"),
    hook=_linkedin_posts,
)
