"""Crimson Hexagon: posts of its API as JSON, or flattened into a table."""

from collections.abc import Iterator, Mapping
from typing import Any

from transforms.sources.declaration import ACCOUNT, ColumnRule, PlatformRule, Signature, SourceDeclaration, TimeRule
from transforms.sources.headers import known_header
from transforms.sources.json_lines import NotARecord, converted

_TIME = TimeRule(columns=("date",), formats=("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S"), zone=ACCOUNT)
_PLATFORM = PlatformRule(columns=("type",), values={"twitter": "x", "tumblr": "blog", "googleplus": "other"})
_COLUMNS: dict[str, ColumnRule] = {
    "url": ("url",),
    "author_handle": ("author",),
    "author_name": ("author",),
    "author_follower_count": ("authorsFollowers",),
    "mention_text": ("contents",),
    "title": ("title",),
    "claimed_language_code": ("language",),
    "country_code": ("geolocation.country",),
    "vendor_sentiment_label": ("category",),
}
_DROPPED = (
    "authorGender",
    "author",
    "location",
    "geolocation.*",
    "imageInfo*",
    "image.*",
    "authorPosts",
    "authorsFollowing",
)


def _posts(document: Any) -> Iterator[Any]:
    items = document.get("posts", [document]) if isinstance(document, Mapping) else document
    yield from converted(items, _post)


def _post(item: Any) -> dict[str, Any] | NotARecord:
    """A post with the names of the categories that won."""
    if "date" not in item or "type" not in item:
        return NotARecord("the object is no post")
    record = {key: value for key, value in item.items() if key not in ("categoryScores", "emotionScores", "imageInfo")}
    for key, name in (("category", "Category"), ("emotion", "Emotion")):
        scores = item.get(f"{key}Scores") or []
        winner = item.get(f"assigned{name}Id")
        record[key] = next((s.get(f"{key}Name") for s in scores if s.get(f"{key}Id") == winner), None)
    return record


CRIMSON_HEXAGON = SourceDeclaration(
    code="crimson_hexagon",
    title="Crimson Hexagon API posts",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(
        Signature("json", envelope="posts", header=("assignedCategoryId", "date", "type")),
        Signature("json", header=("assignedCategoryId", "date", "type")),
    ),
    columns=_COLUMNS,
    time=_TIME,
    platform=_PLATFORM,
    name_in_parentheses=True,
    dropped=_DROPPED,
    hook=_posts,
    total_paths=("totalPostsAvailable", "totalResults"),
)

CRIMSON_HEXAGON_TABLE = SourceDeclaration(
    code="crimson_hexagon_table",
    title="Crimson Hexagon posts as a table",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(Signature(header=("assignedCategoryId", "contents", "date", "type", "url")),),
    known_header=known_header("crimson_hexagon"),
    columns=_COLUMNS,
    time=_TIME,
    platform=_PLATFORM,
    name_in_parentheses=True,
    dropped=_DROPPED,
)
