"""X beyond its API v2: API v1.1 objects, the account archive, twarc's CSV, and X Analytics."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from transforms.sources.declaration import (
    EXPLICIT,
    ISO,
    MADE,
    KindRule,
    PlatformRule,
    Signature,
    SourceDeclaration,
    TimeRule,
)
from transforms.sources.headers import known_header
from transforms.sources.json_lines import NotARecord, converted

_X = PlatformRule(constant="x")
_V1_TIME = TimeRule(columns=("created_at",), formats=("%a %b %d %H:%M:%S %z %Y", ISO))
_V1_COLUMNS = {
    "native_id": ("id_str", "id"),
    "url": ("_url",),
    "author_native_id": ("_author_id",),
    "author_handle": ("_handle",),
    "author_name": ("_name",),
    "author_follower_count": ("_followers",),
    "mention_text": ("_text",),
    "claimed_language_code": ("lang",),
    "like_count": ("favorite_count",),
    "share_count": ("retweet_count",),
    "comment_count": ("reply_count",),
    "parent_native_id": ("_parent_id",),
}
_V1_KINDS = tuple(KindRule(kind, "_kind", values=(kind,)) for kind in ("repost", "quote", "reply"))
_KEPT = (
    "id",
    "id_str",
    "created_at",
    "lang",
    "favorite_count",
    "retweet_count",
    "reply_count",
    "quote_count",
    "truncated",
)


def v1_text(item: Mapping[str, Any]) -> Any:
    """The whole text of a v1.1 object, wherever the API put it."""
    extended = item.get("extended_tweet") or {}
    return extended.get("full_text") or item.get("full_text") or item.get("text")


def v1_record(item: Any) -> dict[str, Any] | NotARecord:
    """One post of API v1.1 as a flat record; a repost carries the text it repeats."""
    item = item.get("tweet", item)
    if "id_str" not in item and "id" not in item:
        return NotARecord("the object is no post")
    original = item.get("retweeted_status") or {}
    user = item.get("user") or {}
    parent = original.get("id_str") or item.get("quoted_status_id_str") or item.get("in_reply_to_status_id_str")
    has_mark = not original and str(v1_text(item) or "").startswith("RT @")
    kind = (
        "repost"
        if original or has_mark
        else "quote"
        if item.get("quoted_status_id_str")
        else "reply"
        if parent
        else "post"
    )
    handle = user.get("screen_name")
    # A repost bears the repost count of what it repeats; its own is not known.
    kept = [key for key in _KEPT if key in item and not (original and key == "retweet_count")]
    return {
        **{key: item[key] for key in kept},
        "_text": v1_text(original) if original else v1_text(item),
        "_kind": kind,
        "_parent_id": parent,
        "_author_id": user.get("id_str") or user.get("id"),
        "_handle": handle,
        "_name": user.get("name"),
        "_followers": user.get("followers_count"),
        "_url": f"https://x.com/{handle}/status/{item.get('id_str') or item.get('id')}" if handle else None,
    }


def _v1_posts(item: Any) -> Iterator[Any]:
    items = item.get("statuses", [item]) if isinstance(item, Mapping) else item
    yield from converted(items, v1_record)


X_API_V1 = SourceDeclaration(
    code="x_api_v1",
    title="X API v1.1",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(
        Signature("json", header=("created_at", "user.screen_name")),
        Signature("json", header=("created_at", "full_text")),
        Signature("json", envelope="statuses", header=("created_at", "user.screen_name")),
    ),
    columns=_V1_COLUMNS,
    time=_V1_TIME,
    platform=_X,
    kinds=_V1_KINDS,
    truncated_when=(KindRule("post", "truncated", values=("true",)),),
    hook=_v1_posts,
)

X_ARCHIVE = SourceDeclaration(
    code="x_archive",
    title="X account archive (tweets.js)",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(Signature("json", header=("tweet.id_str", "tweet.created_at")),),
    columns=_V1_COLUMNS,
    time=_V1_TIME,
    platform=_X,
    kinds=_V1_KINDS,
    hook=_v1_posts,
)


def _unescaped(records: pl.DataFrame) -> pl.DataFrame:
    """twarc writes line breaks as backslash and n, and gives a repost the repost count of what it repeats."""
    columns = [pl.col("text").str.replace_all("\\n", "\n", literal=True)]
    shares, original = "public_metrics.retweet_count", "referenced_tweets.retweeted.id"
    if shares in records.columns and original in records.columns:
        columns.append(pl.when(pl.col(original).is_null()).then(pl.col(shares)).alias(shares))
    return records.with_columns(columns)


TWARC_CSV = SourceDeclaration(
    code="twarc_csv",
    title="twarc CSV",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(Signature(header=("id", "created_at", "text", "author_id"), header_prefix="__twarc."),),
    known_header=known_header("twarc"),
    columns={
        "native_id": ("id",),
        "author_native_id": ("author_id", "author.id"),
        "author_handle": ("author.username",),
        "author_name": ("author.name",),
        "author_follower_count": ("author.public_metrics.followers_count",),
        "mention_text": ("text",),
        "claimed_language_code": ("lang",),
        "like_count": ("public_metrics.like_count",),
        "share_count": ("public_metrics.retweet_count",),
        "comment_count": ("public_metrics.reply_count",),
        "impression_count": ("public_metrics.impression_count",),
        "parent_native_id": (
            "referenced_tweets.retweeted.id",
            "referenced_tweets.quoted.id",
            "referenced_tweets.replied_to.id",
        ),
        "collected_at": ("__twarc.retrieved_at",),
    },
    time=TimeRule(columns=("created_at",), formats=(ISO,)),
    platform=_X,
    kinds=(
        KindRule("repost", "referenced_tweets.retweeted.id"),
        KindRule("quote", "referenced_tweets.quoted.id"),
        KindRule("reply", "referenced_tweets.replied_to.id"),
    ),
    withheld_when=(KindRule("post", "withheld.country_codes"),),
    text_null_words=("0",),
    dropped=(
        *("author.*", "in_reply_to_*", "retweeted_user*", "quoted_user*", "entities.mentions", "geo.*", "__twarc.url"),
        *(
            "__twarc.version",
            "attachments.*",
            "entities.annotations",
            "context_annotations",
            "entities.urls",
            "author_id",
        ),
        *("edit_*", "reply_settings", "matching_rules"),
    ),
    hook=_unescaped,
)

_ANALYTICS_WIDTH = 40


def _analytics_header(rows: Sequence[Sequence[str]]) -> int | None:
    """The header is the row above one of forty cells whose second is a post's address: names are localised."""
    for place in range(len(rows) - 1):
        cells = rows[place + 1]
        if (
            len(cells) == _ANALYTICS_WIDTH == len(rows[place])
            and "/status/" in cells[1]
            and "://" not in rows[place][1]
        ):
            return place
    return None


def _with_handle(records: pl.DataFrame) -> pl.DataFrame:
    handle = pl.col("Tweet permalink").str.extract(r"(?:twitter|x)\.com/([^/?#]+)/status", 1)
    return records.with_columns(handle.alias(f"{MADE}handle"))


X_ANALYTICS = SourceDeclaration(
    code="x_analytics",
    title="X Analytics by post",
    record_kind="competitor_post",
    confidence="seen in real files",
    signatures=(
        Signature(rows_match=_analytics_header),
        Signature(header=("Tweet id", "Tweet permalink", "Tweet text", "impressions")),
        Signature(header=("id do Tweet", "link permanente do Tweet", "texto do Tweet")),
    ),
    known_header=known_header("x_analytics"),
    header_by_position=True,
    columns={
        "native_id": ("Tweet id",),
        "url": ("Tweet permalink",),
        "account_handle": (f"{MADE}handle",),
        "post_text": ("Tweet text",),
        "like_count": ("likes",),
        "share_count": ("retweets",),
        "comment_count": ("replies",),
        "view_count": ("media views",),
        "impression_count": ("impressions",),
        "engagement_total_count": ("engagements",),
    },
    time=TimeRule(columns=("time",), formats=("%Y-%m-%d %H:%M %z",), zone=EXPLICIT),
    platform=_X,
    hook=_with_handle,
)

X_ANALYTICS_DAILY = SourceDeclaration(
    code="x_analytics_daily",
    title="X Analytics by day",
    record_kind="competitor_post",
    confidence="seen in real files",
    signatures=(Signature(header=("Date", "Tweets published", "impressions", "engagements"), first_header="Date"),),
    columns={},
    time=TimeRule(columns=("Date",), formats=("%Y-%m-%d",)),
    platform=_X,
    refused_because="it holds totals by day, no posts; export by post instead",
)
