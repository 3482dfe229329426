"""X: what its API v2 returns, as pages (one response per line) or flattened (one post per line)."""

from collections.abc import Iterator, Mapping
from typing import Any

from transforms.sources.declaration import ISO, KindRule, PlatformRule, Signature, SourceDeclaration, TimeRule
from transforms.sources.json_lines import NotARecord, converted


def _posts(item: Any) -> Iterator[dict[str, Any] | NotARecord]:
    """The posts of a page or of a flattened line, each with its author and the post it repeats joined in."""
    if not isinstance(item, Mapping):
        yield NotARecord("the line holds no object")
        return
    if "data" not in item and "id" not in item and "text" not in item:
        # Error and rate-limit objects stand between pages; they announce no post.
        if "errors" in item or "meta" in item or "title" in item:
            return
        yield NotARecord("the object is no post")
        return
    data = item.get("data", item)
    posts = data if isinstance(data, list) else [data]
    includes = item.get("includes") or {}
    users = {user.get("id"): user for user in includes.get("users") or []}
    originals = {post.get("id"): post for post in includes.get("tweets") or []}
    retrieved = (item.get("__twarc") or {}).get("retrieved_at")
    yield from converted(posts, lambda post: _joined(post, users, originals, retrieved))


def _joined(
    post: dict[str, Any], users: Mapping[Any, Any], originals: Mapping[Any, Any], retrieved: Any
) -> dict[str, Any]:
    references = post.get("referenced_tweets") or []
    by_type = {reference.get("type"): reference for reference in references}
    kind = next((kind for kind in ("retweeted", "quoted", "replied_to") if kind in by_type), None)
    joined: dict[str, Any] = {**post, "_kind": kind, "_collected_at": retrieved}
    if kind is not None:
        reference = by_type[kind]
        joined["_parent_id"] = reference.get("id")
        original = {**reference, **originals.get(reference.get("id"), {})}
        if kind == "retweeted":
            # A repost's own text is cut; the original's is whole.
            joined["_full_text"] = _full_text(original)
            # The API gives a repost the repost count of what it repeats; its own is not known.
            joined["public_metrics"] = {
                k: v for k, v in (post.get("public_metrics") or {}).items() if k != "retweet_count"
            }
    author = post.get("author") or users.get(post.get("author_id")) or {}
    joined["_handle"], joined["_name"] = author.get("username"), author.get("name")
    joined["_followers"] = (author.get("public_metrics") or {}).get("followers_count")
    joined["_own_text"] = _full_text(post)
    if post.get("id") and author.get("username"):
        joined["_url"] = f"https://x.com/{author['username']}/status/{post['id']}"
    return joined


def _full_text(post: Mapping[str, Any]) -> Any:
    return (post.get("note_tweet") or {}).get("text") or post.get("text")


X_API_V2 = SourceDeclaration(
    code="x_api_v2",
    title="X API v2 (JSON lines)",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(
        Signature(
            "json",
            envelope_keys=("data", "includes"),
            envelope="data",
            header=("id",),
            any_header=("text", "author_id"),
        ),
        Signature("json", envelope_keys=("data", "meta.newest_id"), envelope="data", header=("id",)),
        Signature("json", header=("id", "author_id", "text"), without_header=("user", "full_text")),
        Signature("json", header=("id", "text", "created_at", "public_metrics")),
    ),
    columns={
        "native_id": ("id",),
        "url": ("_url",),
        "author_native_id": ("author_id",),
        "author_handle": ("_handle",),
        "author_name": ("_name",),
        "author_follower_count": ("_followers",),
        "mention_text": ("_full_text", "_own_text"),
        "claimed_language_code": ("lang",),
        "like_count": ("public_metrics.like_count",),
        "share_count": ("public_metrics.retweet_count",),
        "comment_count": ("public_metrics.reply_count",),
        "impression_count": ("public_metrics.impression_count",),
        "parent_native_id": ("_parent_id",),
        "collected_at": ("_collected_at",),
    },
    time=TimeRule(columns=("created_at",), formats=(ISO,)),
    platform=PlatformRule(constant="x"),
    kinds=(
        KindRule("repost", "_kind", values=("retweeted",)),
        KindRule("quote", "_kind", values=("quoted",)),
        KindRule("reply", "_kind", values=("replied_to",)),
    ),
    withheld_when=(KindRule("post", "withheld"),),
    total_paths=("meta.result_count",),
    is_total_of_page=True,
    dropped=(
        *(
            "text",
            "author",
            "author.*",
            "includes",
            "referenced_tweets",
            "entities.mentions",
            "entities.mentions.*",
            "geo",
        ),
        *(
            "geo.*",
            "in_reply_to_user",
            "in_reply_to_user.*",
            "in_reply_to_user_id",
            "note_tweet",
            "edit_history_tweet_ids",
        ),
        *("__twarc", "__twarc.*", "attachments.*", "edit_controls", "reply_settings", "source", "entities.annotations"),
        *("context_annotations", "entities.urls", "possibly_sensitive", "matching_rules"),
    ),
    hook=_posts,
)
