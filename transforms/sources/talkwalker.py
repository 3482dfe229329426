"""Talkwalker: the workbook of results, every cell a text, zeros for what is not known; and its API's JSON, in which
the same names are nested and times are epochs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from transforms.sources.declaration import (
    ACCOUNT,
    EPOCH,
    ByPlatform,
    ColumnRule,
    KindRule,
    PlatformRule,
    Signature,
    SourceDeclaration,
    TimeRule,
)
from transforms.sources.headers import known_header
from transforms.sources.json_lines import NotARecord, converted

_TOPIC_PREFIX = r"SEARCH\s*/[^/,]*/\s*"
_ARTICLE, _AUTHOR, _SOURCE = "article_extended_attributes.", "extra_author_attributes.", "source_extended_attributes."


def _topic_names(records: pl.DataFrame) -> pl.DataFrame:
    """`SEARCH /  / kettles` is the topic `kettles` of a project."""
    if "matched_profile" not in records.columns:
        return records
    return records.with_columns(pl.col("matched_profile").str.replace_all(_TOPIC_PREFIX, ""))


TALKWALKER = SourceDeclaration(
    code="talkwalker",
    title="Talkwalker results",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(
        Signature(header=("url", "published", "search_indexed", "content_snippet")),
        Signature(header=("url", "published"), header_prefix=_AUTHOR),
        Signature(header=("url", "published"), header_prefix=_ARTICLE),
    ),
    known_header=known_header("talkwalker"),
    columns={
        "url": ("url",),
        "author_native_id": (f"{_AUTHOR}id",),
        "author_handle": (f"{_AUTHOR}short_name",),
        "author_name": (f"{_AUTHOR}name", "extra_source_attributes.name"),
        "author_follower_count": ByPlatform(
            {
                p: (f"{_SOURCE}{n}_followers",)
                for p, n in (("x", "twitter"), ("facebook", "facebook"), ("instagram", "instagram"))
            }
        ),
        "mention_text": ("content", "content_snippet"),
        "title": ("title", "title_snippet"),
        "claimed_language_code": ("lang",),
        "country_code": ("extra_article_attributes.world_data.country_code",),
        "like_count": ByPlatform(
            {
                "x": (f"{_ARTICLE}twitter_likes",),
                "facebook": (f"{_ARTICLE}facebook_likes",),
                "instagram": (f"{_ARTICLE}instagram_likes",),
                "youtube": (f"{_ARTICLE}youtube_likes",),
                "pinterest": (f"{_ARTICLE}pinterest_likes",),
            }
        ),
        "share_count": ByPlatform(
            {
                "x": (f"{_ARTICLE}twitter_retweets",),
                "facebook": (f"{_ARTICLE}facebook_shares",),
                "linkedin": (f"{_ARTICLE}linkedin_shares",),
                "pinterest": (f"{_ARTICLE}pinterest_repins",),
            }
        ),
        "comment_count": (f"{_ARTICLE}num_comments",),
        "view_count": ByPlatform({"youtube": (f"{_ARTICLE}youtube_views",)}),
        "reach_count": ("reach",),
        "parent_native_id": ("parent_url",),
        "query_name": ("matched_profile",),
        "vendor_sentiment_label": ("sentiment",),
    },
    time=TimeRule(columns=("published",), formats=("%d/%m/%y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "epoch"), zone=ACCOUNT),
    platform=PlatformRule(
        columns=("source_type",),
        values={
            "socialmedia,socialmedia_twitter": "x",
            "socialmedia,socialmedia_facebook": "facebook",
            "socialmedia,socialmedia_instagram": "instagram",
            "socialmedia,socialmedia_linkedin": "linkedin",
            "socialmedia,socialmedia_youtube": "youtube",
            "socialmedia,socialmedia_tiktok": "tiktok",
            "onlinenews,onlinenews_newspaper": "news",
            "onlinenews,onlinenews_other": "news",
            "onlinenews,onlinenews_magazine": "news",
            "onlinenews,onlinenews_agency": "news",
        },
    ),
    kinds=(
        KindRule("repost", "tags_internal", part="isRepost"),
        KindRule("reply", "tags_internal", part="isTwitterReply"),
        KindRule("comment", "tags_internal", part="isComment"),
    ),
    sentiments={"5": "positive", "0": "neutral", "-5": "negative"},
    # 0 stands for "not known" in most counters; only those of the post's own platform can be genuine.
    zero_is_unknown=("reach_count", "author_follower_count", "comment_count", "view_count"),
    dropped=(
        *(f"{_AUTHOR}birthdate.*", f"{_AUTHOR}gender", f"{_AUTHOR}image_url", f"{_AUTHOR}url", f"{_AUTHOR}description"),
        *(f"{_AUTHOR}id", f"{_AUTHOR}name", f"{_AUTHOR}short_name", f"{_AUTHOR}world_data.*", f"{_AUTHOR}type"),
        *(
            "extra_*_attributes.world_data.city",
            "extra_*_attributes.world_data.l*tude",
            "extra_source_attributes.world_data.*",
        ),
        *("extra_article_attributes.world_data.region", "tags_internal"),
    ),
    hook=_topic_names,
)


def _results(document: Any) -> Iterator[Any]:
    """`result_content.data[].data`, or a result alone; the API gives lists where the workbook joins by commas."""
    content = document.get("result_content", document) if isinstance(document, Mapping) else document
    items = content.get("data", [content]) if isinstance(content, Mapping) else content
    yield from converted(items if isinstance(items, list) else [items], _result)


def _result(item: Any) -> dict[str, Any] | NotARecord:
    record = item.get("data", item)
    if "published" not in record:
        return NotARecord("the object is no result")
    lists = {name: ",".join(map(str, record[name])) for name in _LISTS if isinstance(record.get(name), list)}
    if "matched_profile" in lists:
        lists["matched_profile"] = re.sub(_TOPIC_PREFIX, "", lists["matched_profile"])
    author = record.get("extra_author_attributes") or {}
    # Of posts on X the API gives ids and sentiment, neither address nor text.
    ids = {"_id": record.get("external_id"), "_author_id": record.get("external_author_id") or author.get("id")}
    return {**record, **lists, **ids}


_LISTS = ("source_type", "post_type", "tags_internal", "matched_profile")
_API_COLUMNS: dict[str, ColumnRule] = {
    **TALKWALKER.columns,
    "native_id": ("_id",),
    "author_native_id": ("_author_id",),
}

TALKWALKER_API = replace(
    TALKWALKER,
    code="talkwalker_api",
    title="Talkwalker API results",
    confidence="from vendor documentation",
    signatures=(
        Signature("json", envelope="result_content.data", header=("data.published", "data.search_indexed")),
        Signature("json", header=("published", "search_indexed", "source_type")),
    ),
    known_header=(),
    columns=_API_COLUMNS,
    time=TimeRule(columns=("published",), formats=(EPOCH,)),
    withheld_platforms=("x",),
    dropped=(*TALKWALKER.dropped, "external_id", "external_author_id", f"{_AUTHOR}*", "data", "result_content"),
    total_paths=("pagination.total", "result_content.total", "total"),
    hook=_results,
)
