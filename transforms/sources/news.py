"""News and channels: Media Cloud, Google Alerts, GDELT's mentions, Hacker News, Open Measures."""

from urllib.parse import parse_qs, urlsplit

import polars as pl

from transforms.sources.codes import converted_words
from transforms.sources.declaration import ACCOUNT, ISO, MADE, UTC, PlatformRule, Signature, SourceDeclaration, TimeRule
from transforms.sources.headers import known_header

_NEWS = PlatformRule(constant="news")

MEDIACLOUD = SourceDeclaration(
    code="mediacloud",
    title="Media Cloud story list",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(Signature(header=("stories_id", "publish_date", "title", "url")),),
    known_header=known_header("mediacloud"),
    columns={
        "url": ("url",),
        "author_handle": ("media_name",),
        "author_name": ("media_name",),
        "title": ("title",),
        "claimed_language_code": ("language",),
    },
    time=TimeRule(columns=("publish_date",), formats=("%Y-%m-%d %H:%M:%S%.f", ISO), zone=UTC, is_documented=False),
    platform=_NEWS,
)


def _real_address(url: str) -> str:
    """The address behind Google's redirect."""
    parts = urlsplit(url)
    if parts.netloc.endswith("google.com") and parts.path == "/url":
        query = parse_qs(parts.query)
        return next(iter(query.get("url") or query.get("q") or [url]))
    return url


def _unwrapped(records: pl.DataFrame) -> pl.DataFrame:
    return records.with_columns(converted_words(records["url"], _real_address).alias("url"))


GOOGLE_ALERTS = SourceDeclaration(
    code="google_alerts",
    title="Google Alerts items",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(Signature(header=("daily_update", "snippet", "source", "title", "url")),),
    known_header=known_header("google_alerts"),
    columns={
        "url": ("url",),
        "author_handle": ("source",),
        "author_name": ("source",),
        "mention_text": ("snippet",),
        "title": ("title",),
    },
    time=TimeRule(columns=("daily_update",), formats=("%B %d, %Y",), zone=ACCOUNT, is_day_only=True),
    platform=_NEWS,
    hook=_unwrapped,
)

GDELT_MENTIONS = SourceDeclaration(
    code="gdelt_mentions",
    title="GDELT mentions",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(Signature(header=("globaleventid", "mentiontimedate", "mentionidentifier")),),
    known_header=known_header("gdelt"),
    columns={
        "url": ("mentionidentifier",),
        "author_handle": ("mentionsourcename",),
        "author_name": ("mentionsourcename",),
    },
    time=TimeRule(columns=("mentiontimedate",), formats=("%Y%m%d%H%M%S",), zone=UTC),
    platform=_NEWS,
)


def _item_address(records: pl.DataFrame) -> pl.DataFrame:
    return records.with_columns(("https://news.ycombinator.com/item?id=" + pl.col("id")).alias(f"{MADE}item"))


HACKER_NEWS = SourceDeclaration(
    code="hacker_news",
    title="Hacker News posts",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(Signature(header=("id", "title", "url", "num_points", "num_comments", "author", "created_at")),),
    known_header=known_header("hacker_news"),
    columns={
        "native_id": ("id",),
        "url": (f"{MADE}item",),
        "author_handle": ("author",),
        "title": ("title",),
        "like_count": ("num_points",),
        "comment_count": ("num_comments",),
    },
    time=TimeRule(columns=("created_at",), formats=("%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M:%S", ISO), zone=ACCOUNT),
    platform=PlatformRule(constant="hackernews"),
    hook=_item_address,
)

OPEN_MEASURES = SourceDeclaration(
    code="open_measures",
    title="Open Measures posts",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(Signature(header=("id", "created_at", "text", "url"), header_prefix="openmeasures_"),),
    known_header=known_header("open_measures"),
    columns={
        "native_id": ("id",),
        "url": ("url",),
        "author_handle": ("actor_username", "context_name"),
        "author_name": ("context_name",),
        "mention_text": ("text",),
        "like_count": ("engagement_likes",),
        "share_count": ("engagement_reshares",),
        "comment_count": ("engagement_replies",),
        "view_count": ("engagement_views",),
    },
    time=TimeRule(columns=("created_at",), formats=(ISO,)),
    platform=PlatformRule(otherwise="telegram"),
)

OPEN_MEASURES_KIBANA = SourceDeclaration(
    code="open_measures_kibana",
    title="Open Measures search (Kibana)",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(Signature(header=("date", "message", "channelusername", "url")),),
    known_header=known_header("open_measures_kibana"),
    columns={
        "url": ("url",),
        "author_handle": ("channelusername",),
        "author_name": ("channeltitle",),
        "mention_text": ("message",),
        "share_count": ("forwards",),
        "view_count": ("views",),
    },
    time=TimeRule(columns=("date",), formats=("%b %d, %Y @ %H:%M:%S%.f",), zone=ACCOUNT),
    platform=PlatformRule(constant="telegram"),
    text_null_words=("-",),
    dropped=("postauthor", "fwdfrom.from_name"),
)
