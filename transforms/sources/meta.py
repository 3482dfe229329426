"""Meta: the content export of its Business Suite, and Facebook Page Insights until 2023."""

from collections.abc import Sequence

import polars as pl

from transforms.sources.declaration import (
    ACCOUNT,
    ISO,
    MADE,
    JoinedSheet,
    PlatformRule,
    Signature,
    SourceDeclaration,
    TimeRule,
)
from transforms.sources.headers import known_header

_TIME = TimeRule(columns=("Publish time",), formats=("%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p", ISO), zone=ACCOUNT)
_TEXT = f"{MADE}text"


def _longer_text(records: pl.DataFrame) -> pl.DataFrame:
    """The caption is the longer of title and description: one is often the other's beginning."""
    names = [name for name in ("Title", "Description") if name in records.columns]
    if len(names) < 2:
        return records.with_columns(pl.col(names[0]).alias(_TEXT)) if names else records
    title, description = (pl.col(name).fill_null("") for name in names)
    longer = pl.when(title.str.len_chars() > description.str.len_chars()).then(title).otherwise(description)
    return records.with_columns(pl.when(longer != "").then(longer).alias(_TEXT))


META_FACEBOOK = SourceDeclaration(
    code="meta_facebook",
    title="Meta Business Suite content of Facebook",
    record_kind="competitor_post",
    confidence="from public parser code",
    signatures=(Signature(header=("Post ID", "Page ID", "Publish time", "Permalink")),),
    columns={
        "native_id": ("Post ID",),
        "url": ("Permalink",),
        "account_handle": ("Page ID", "Page name"),
        "account_name": ("Page name",),
        "post_text": (_TEXT, "Description", "Title"),
        "post_type_code": ("Post type",),
        "like_count": ("Reactions",),
        "share_count": ("Shares",),
        "comment_count": ("Comments",),
        "view_count": ("Views", "3-second video views"),
        "impression_count": ("Impressions",),
        "reach_count": ("Reach",),
        "engagement_total_count": ("Reactions, Comments and Shares", "Reactions, comments and shares"),
    },
    time=_TIME,
    platform=PlatformRule(constant="facebook"),
    hook=_longer_text,
)

META_INSTAGRAM = SourceDeclaration(
    code="meta_instagram",
    title="Meta Business Suite content of Instagram",
    record_kind="competitor_post",
    confidence="from public parser code",
    signatures=(Signature(header=("Post ID", "Account ID", "Account username", "Publish time", "Permalink")),),
    columns={
        "url": ("Permalink",),
        "account_handle": ("Account username",),
        "account_name": ("Account name",),
        "post_text": (_TEXT, "Description"),
        "post_type_code": ("Post type",),
        "like_count": ("Likes",),
        "share_count": ("Shares",),
        "comment_count": ("Comments",),
        "view_count": ("Views",),
        "impression_count": ("Impressions",),
        "reach_count": ("Reach",),
        "save_count": ("Saves",),
    },
    time=_TIME,
    platform=PlatformRule(constant="instagram"),
    post_types={
        "ig image": "photo",
        "ig carousel": "carousel",
        "ig reel": "reel",
        "ig story": "story",
        "ig video": "video",
    },
    hook=_longer_text,
)


def _with_page(records: pl.DataFrame) -> pl.DataFrame:
    """The page is the first part of the post id, and named in the address."""
    page = pl.col("Post ID").str.extract(r"^(\d+)_\d+$", 1)
    named = pl.col("Permalink").str.extract(r"facebook\.com/([A-Za-z0-9.]{3,80})/(?:posts|videos|photos)", 1)
    return records.with_columns(pl.coalesce(named, page).alias(f"{MADE}page"))


FACEBOOK_INSIGHTS = SourceDeclaration(
    code="facebook_insights",
    title="Facebook Page Insights posts",
    record_kind="competitor_post",
    confidence="seen in real files",
    signatures=(
        Signature(header=("Post ID", "Permalink", "Post Message", "Type", "Posted"), sheets=("Key Metrics",)),
        Signature(header=("Post ID", "Permalink", "Post Message", "Type", "Posted", "Audience Targeting")),
    ),
    known_header=known_header("facebook_insights_2020")[:8],
    has_open_tail=True,
    rows_after_header=1,
    joined_sheet=JoinedSheet("Lifetime Post Stories by act", "Post ID", ("share", "like", "comment")),
    columns={
        "native_id": ("Post ID",),
        "url": ("Permalink",),
        "account_handle": (f"{MADE}page",),
        "post_text": ("Post Message",),
        "post_type_code": ("Type",),
        "like_count": ("like",),
        "share_count": ("share",),
        "comment_count": ("comment",),
        "impression_count": ("Lifetime Post Total Impressions", "post_impressions:lifetime"),
        "reach_count": ("Lifetime Post Total Reach", "post_impressions_unique:lifetime"),
    },
    time=TimeRule(columns=("Posted",), formats=(ISO, "%m/%d/%Y %I:%M:%S %p", "%m/%d/%y %I:%M:%S %p"), zone=ACCOUNT),
    platform=PlatformRule(constant="facebook"),
    post_types={"sharedvideo": "video", "sharedlink": "link"},
    hook=_with_page,
)


def _series_header(rows: Sequence[Sequence[str]]) -> int | None:
    """A line `sep=,`, one that names the figure, then `Date`; the first alone is a hint any export may give Excel."""
    words = [[cell for cell in row if cell.strip()] for row in rows[:3]]
    is_series = len(words) == 3 and words[0][:1] == ["sep="] and len(words[1]) == 1 and words[2][:1] == ["Date"]
    return 2 if is_series else None


META_PAGE_SERIES = SourceDeclaration(
    code="meta_page_series",
    title="Meta's series of page figures",
    record_kind="competitor_post",
    confidence="from public parser code",
    signatures=(Signature(rows_match=_series_header),),
    columns={},
    time=TimeRule(columns=("Date",), formats=(ISO,)),
    platform=PlatformRule(constant="facebook"),
    refused_because="it holds a figure by day, no posts; export Content instead",
)
