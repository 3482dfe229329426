"""Reddit dumps: submissions and comments as one JSON object per line."""

from collections.abc import Iterator
from typing import Any

from transforms.sources.declaration import EPOCH, KindRule, PlatformRule, Signature, SourceDeclaration, TimeRule
from transforms.sources.json_lines import NotARecord, converted, path_value

_GONE = ("[removed]", "[deleted]")
_KEPT = (
    "subreddit",
    "score",
    "num_comments",
    "over_18",
    "is_self",
    "link_flair_text",
    "locked",
    "stickied",
    "controversiality",
)


def _record(item: Any) -> dict[str, Any] | NotARecord:
    is_comment = "body" in item
    kind = "t1" if is_comment else "t3"
    native_id = item.get("name") or (f"{kind}_{item['id']}" if item.get("id") else None)
    if native_id is None:
        return NotARecord("the object is no post and no comment")
    text = item.get("body") if is_comment else item.get("selftext")
    author, score = item.get("author"), item.get("score")
    permalink = item.get("permalink")
    return {
        **{key: item[key] for key in _KEPT if item.get(key) not in (None, "", False)},
        "_id": native_id,
        "_url": f"https://www.reddit.com{permalink}" if permalink else None,
        "_time": item.get("created_utc"),
        "_text": None if text in _GONE else text,
        "_gone": text in _GONE,
        "_title": item.get("title"),
        "_handle": None if author in _GONE else author,
        "_author_id": item.get("author_fullname"),
        # A score is likes minus dislikes: below zero the likes are not known.
        "_likes": score if isinstance(score, int | float) and score >= 0 else None,
        "_comments": item.get("num_comments"),
        "_parent": item.get("parent_id"),
        "_kind": "comment" if is_comment else "post",
        "_collected_at": path_value(item, "_meta.retrieved_2nd_on") or item.get("retrieved_on"),
    }


def _items(item: Any) -> Iterator[Any]:
    yield from converted([item], _record)


REDDIT = SourceDeclaration(
    code="reddit_dump",
    title="Reddit dump",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(Signature("json", header=("created_utc", "subreddit")),),
    columns={
        "native_id": ("_id",),
        "url": ("_url",),
        "author_native_id": ("_author_id",),
        "author_handle": ("_handle",),
        "mention_text": ("_text",),
        "title": ("_title",),
        "like_count": ("_likes",),
        "comment_count": ("_comments",),
        "parent_native_id": ("_parent",),
        "collected_at": ("_collected_at",),
    },
    time=TimeRule(columns=("_time",), formats=(EPOCH,)),
    platform=PlatformRule(constant="reddit"),
    kinds=(KindRule("comment", "_kind", values=("comment",)),),
    withheld_when=(KindRule("post", "_gone", values=("true",)),),
    hook=_items,
)
