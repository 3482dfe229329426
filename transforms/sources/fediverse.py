"""Open networks: the outbox of a Mastodon account and Bluesky's Jetstream."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from transforms.sources.declaration import EPOCH, ISO, KindRule, PlatformRule, Signature, SourceDeclaration, TimeRule
from transforms.sources.html_text import html_text
from transforms.sources.json_lines import NotARecord, converted, path_value

_POST = "app.bsky.feed.post"
_FAR_SECONDS = 86_400
_AT_URI = re.compile(r"^at://([^/]+)/app\.bsky\.feed\.post/([^/]+)$")


def _activities(document: Any) -> Iterator[Any]:
    items = document.get("orderedItems", [document]) if isinstance(document, Mapping) else document
    yield from converted(items, _activity)


def _activity(item: Any) -> dict[str, Any] | NotARecord:
    kind, content = item.get("type"), item.get("object")
    actor = str(item.get("actor") or "")
    handle = f"{actor.rstrip('/').split('/')[-1]}@{actor.split('/')[2]}" if actor.count("/") > 2 else None
    if kind == "Announce":
        parent = content if isinstance(content, str) else path_value(content, "id")
        identity = str(item.get("id") or "").removesuffix("/activity")
        return {
            "_id": identity,
            "_time": item.get("published"),
            "_kind": "repost",
            "_parent": parent,
            "_handle": handle,
        }
    if kind not in ("Create", "Note") or not isinstance(content if kind == "Create" else item, Mapping):
        return NotARecord(f"{str(kind)[:40]} activities", is_expected=True)
    post = content if kind == "Create" else item
    assert isinstance(post, Mapping)
    return {
        "_id": post.get("id"),
        "_url": post.get("url") or post.get("id"),
        "_time": post.get("published") or item.get("published"),
        "_text": html_text(post.get("content") or "") or None,
        "_title": post.get("summary"),
        "_lang": next(iter(post.get("contentMap") or {}), None),
        "_kind": "reply" if post.get("inReplyTo") else "post",
        "_parent": post.get("inReplyTo"),
        "_handle": handle,
        "sensitive": post.get("sensitive") or None,
    }


MASTODON = SourceDeclaration(
    code="mastodon_outbox",
    title="Mastodon outbox",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(
        Signature("json", envelope="orderedItems", header=("type", "published", "object")),
        Signature("json", header=("type", "published", "object", "actor")),
    ),
    columns={
        "url": ("_url", "_id"),
        "author_handle": ("_handle",),
        "mention_text": ("_text",),
        "title": ("_title",),
        "claimed_language_code": ("_lang",),
        "parent_native_id": ("_parent",),
    },
    time=TimeRule(columns=("_time",), formats=(ISO,)),
    platform=PlatformRule(constant="mastodon"),
    kinds=tuple(KindRule(kind, "_kind", values=(kind,)) for kind in ("repost", "reply")),
    hook=_activities,
    total_paths=("totalItems",),
)


def _events(item: Any) -> Iterator[Any]:
    yield from converted([item], _event)


def _event(item: Any) -> dict[str, Any] | NotARecord:
    commit = item.get("commit") or {}
    if commit.get("operation") != "create" or commit.get("collection") != _POST:
        what = f"{commit.get('operation', item.get('kind'))} {commit.get('collection', '')}".strip()
        return NotARecord(f"{what[:60]} events", is_expected=True)
    did, key, record = item.get("did"), commit.get("rkey"), commit.get("record") or {}
    quoted = path_value(record, "embed.record.uri") or path_value(record, "embed.record.record.uri")
    parent = path_value(record, "reply.parent.uri") or quoted
    match = _AT_URI.match(str(parent or ""))
    return {
        "_id": f"{did}/{key}",
        "_url": f"https://bsky.app/profile/{did}/post/{key}",
        "_time": _trusted_time(record.get("createdAt"), item.get("time_us")),
        "_text": record.get("text"),
        "_lang": next(iter(record.get("langs") or []), None),
        "_author_id": did,
        "_parent": f"{match.group(1)}/{match.group(2)}" if match else None,
        "_kind": "reply" if record.get("reply") else "quote" if quoted else "post",
        "tags": record.get("tags"),
    }


def _trusted_time(claimed: Any, seen_us: Any) -> Any:
    """What the author's client claims, unless it is more than a day from when the network saw the post."""
    if not isinstance(seen_us, int):
        return claimed
    try:
        at = datetime.fromisoformat(str(claimed))
    except ValueError:
        return str(seen_us)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return str(seen_us) if abs(at.timestamp() - seen_us / 1e6) > _FAR_SECONDS else claimed


def _deleted(item: Any) -> str | None:
    commit = item.get("commit") or {}
    if isinstance(commit, Mapping) and commit.get("operation") == "delete" and commit.get("collection") == _POST:
        return f"{item.get('did')}/{commit.get('rkey')}"
    return None


BLUESKY = SourceDeclaration(
    code="bluesky_jetstream",
    title="Bluesky Jetstream",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(Signature("json", header=("did", "time_us", "kind")),),
    columns={
        "native_id": ("_id",),
        "url": ("_url",),
        "author_native_id": ("_author_id",),
        "mention_text": ("_text",),
        "claimed_language_code": ("_lang",),
        "parent_native_id": ("_parent",),
    },
    time=TimeRule(columns=("_time",), formats=(ISO, EPOCH)),
    platform=PlatformRule(constant="bluesky"),
    kinds=tuple(KindRule(kind, "_kind", values=(kind,)) for kind in ("reply", "quote")),
    hook=_events,
    withdrawn_id=_deleted,
)
