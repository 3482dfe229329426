"""Monitors of media and video known from public parsers (Determ, Tubular, NewsWhip), and two tables often met: reviews
of a shop and threads of customer care."""

import polars as pl

from transforms.sources.declaration import (
    ACCOUNT,
    ISO,
    MADE,
    KindRule,
    PlatformRule,
    Signature,
    SourceDeclaration,
    TimeRule,
)

_CELL_FORMATS = (ISO, "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%d.%m.%Y %H:%M", "%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y")

DETERM = SourceDeclaration(
    code="determ",
    title="Determ mentions",
    record_kind="mention",
    confidence="from public parser code",
    signatures=(
        Signature(header=("mention_snippet", "date", "author"), any_header=("time", "reach", "engagement_rate")),
    ),
    columns={
        "url": ("url", "link", "mention_url"),
        "author_handle": ("author",),
        "mention_text": ("mention_snippet", "mention_text"),
        "title": ("title",),
        "reach_count": ("reach",),
        "vendor_sentiment_label": ("sentiment", "auto_sentiment"),
        "claimed_language_code": ("language",),
        "country_code": ("country",),
    },
    time=TimeRule(columns=("date",), formats=_CELL_FORMATS, zone=ACCOUNT, second_columns=("time",)),
    platform=PlatformRule(columns=("source_type", "source", "type")),
    dropped=("author",),
)

TUBULAR = SourceDeclaration(
    code="tubular",
    title="Tubular videos",
    record_kind="competitor_post",
    confidence="from public parser code",
    signatures=(
        Signature(header=("Video_Title", "Published_Date", "Video_URL"), any_header=("Creator", "Channel Name")),
    ),
    columns={
        "url": ("Video_URL",),
        "account_handle": ("Creator", "Channel Name"),
        "account_name": ("Creator", "Channel Name"),
        "post_text": ("Video_Title",),
        "view_count": ("Views",),
        "engagement_total_count": ("Total_Engagements",),
    },
    time=TimeRule(columns=("Published_Date",), formats=_CELL_FORMATS, zone=ACCOUNT),
    platform=PlatformRule(columns=("Platform",)),
)

NEWSWHIP = SourceDeclaration(
    code="newswhip",
    title="NewsWhip articles",
    record_kind="mention",
    confidence="from public parser code",
    signatures=(Signature(header=("Headline", "Link", "Domain", "Published")),),
    columns={
        "url": ("Link",),
        "title": ("Headline",),
        "mention_text": ("Summary", "Excerpt"),
        "author_name": ("Domain",),
        "author_handle": ("Domain",),
        "country_code": ("Country",),
    },
    time=TimeRule(columns=("Published",), formats=("%m/%d/%y %I:%M:%S %p", "%m/%d/%Y %I:%M:%S %p", ISO), zone=ACCOUNT),
    platform=PlatformRule(constant="news"),
)

REVIEWS = SourceDeclaration(
    code="product_reviews",
    title="Product reviews",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(Signature(header=("rating", "date", "variation", "verified_reviews")),),
    known_header=("rating", "date", "variation", "verified_reviews", "feedback"),
    columns={"mention_text": ("verified_reviews",), "query_name": ("variation",)},
    # The day is all that is given, and nobody says in which zone.
    time=TimeRule(columns=("date",), formats=("%d-%b-%y", "%Y-%m-%d"), zone=ACCOUNT, is_day_only=True),
    platform=PlatformRule(constant="review"),
)

_REPLY_TO, _OWN = "in_response_to_tweet_id", f"{MADE}is_reply"


def _care_columns(records: pl.DataFrame) -> pl.DataFrame:
    """Ids of parents are floats, and a post with a parent answers it."""
    parent = pl.col(_REPLY_TO).str.replace(r"\.0$", "")
    return records.with_columns(parent.alias(_REPLY_TO), parent.alias(_OWN))


CUSTOMER_CARE = SourceDeclaration(
    code="customer_care_threads",
    title="Customer care threads of X",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(Signature(header=("tweet_id", "author_id", "inbound", "created_at", "text", _REPLY_TO)),),
    known_header=(
        "(unnamed 1)",
        "tweet_id",
        "author_id",
        "inbound",
        "created_at",
        "text",
        "response_tweet_id",
        _REPLY_TO,
    ),
    columns={
        # Ids of this collection are numbers of its own, no clock and no key beyond it.
        "author_handle": ("author_id",),
        "mention_text": ("text",),
        "parent_native_id": (_REPLY_TO,),
        "native_id": ("tweet_id",),
    },
    time=TimeRule(columns=("created_at",), formats=("%a %b %d %H:%M:%S %z %Y",)),
    platform=PlatformRule(constant="x"),
    kinds=(KindRule("reply", _OWN),),
    hook=_care_columns,
)
