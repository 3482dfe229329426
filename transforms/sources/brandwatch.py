"""Brandwatch: the bulk download of mentions (CSV or XLSX), before and after `Twitter *` became `X *`."""

from transforms.sources.declaration import (
    UTC,
    ByPlatform,
    KindRule,
    PlatformRule,
    Signature,
    SourceDeclaration,
    TimeRule,
)
from transforms.sources.headers import known_header

BRANDWATCH = SourceDeclaration(
    code="brandwatch",
    title="Brandwatch bulk mentions download",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(
        Signature(header=("Query Id", "Query Name", "Date", "Url"), first_header="Query Id"),
        Signature(header=("Query Id", "Query Name", "Date", "Url"), any_header=("Page Type", "Full Text", "Snippet")),
    ),
    known_header=known_header("brandwatch"),
    columns={
        "url": ("Url", "Original Url"),
        "author_native_id": ByPlatform(
            {
                "x": ("X Author ID", "Twitter Author ID"),
                "facebook": ("Facebook Author ID",),
                "bluesky": ("Bluesky Author Id",),
            }
        ),
        "author_handle": ("Author",),
        "author_name": ("Full Name",),
        "author_follower_count": ByPlatform(
            {
                "x": ("X Followers", "Twitter Followers"),
                "instagram": ("Instagram Followers",),
                "bluesky": ("Bluesky Followers",),
                "youtube": ("Youtube Subscriber Count",),
                "reddit": ("Subreddit Subscribers",),
            }
        ),
        "mention_text": ("Full Text", "Snippet"),
        "title": ("Title",),
        "claimed_language_code": ("Language",),
        "country_code": ("Country Code", "Country"),
        "like_count": ByPlatform(
            {
                "x": ("X Likes", "Twitter Likes", "Likes"),
                "facebook": ("Facebook Likes", "Likes"),
                "instagram": ("Instagram Likes", "Likes"),
                "linkedin": ("Linkedin Likes", "Likes"),
                "bluesky": ("Bluesky Likes",),
                "threads": ("Threads Likes",),
                "tiktok": ("Tiktok Likes",),
                "youtube": ("Youtube Likes", "Likes"),
                "reddit": ("Reddit Score",),
            },
            otherwise=("Likes",),
            is_zero_known_otherwise=False,
        ),
        "share_count": ByPlatform(
            {
                "x": ("X Reposts", "Twitter Retweets", "Shares"),
                "facebook": ("Facebook Shares", "Shares"),
                "linkedin": ("Linkedin Shares", "Shares"),
                "bluesky": ("Bluesky Reposts",),
                "threads": ("Threads Reposts", "Threads Shares"),
                "tiktok": ("Tiktok Shares",),
            },
            otherwise=("Shares",),
            is_zero_known_otherwise=False,
        ),
        "comment_count": ByPlatform(
            {
                "x": ("X Replies", "Twitter Reply Count", "Comments"),
                "facebook": ("Facebook Comments", "Comments"),
                "instagram": ("Instagram Comments", "Comments"),
                "linkedin": ("Linkedin Comments", "Comments"),
                "bluesky": ("Bluesky Replies",),
                "threads": ("Threads Replies",),
                "tiktok": ("Tiktok Comments",),
                "youtube": ("Youtube Comments", "Comments"),
                "reddit": ("Reddit Comments",),
            },
            otherwise=("Comments",),
            is_zero_known_otherwise=False,
        ),
        "view_count": ByPlatform(
            {"threads": ("Threads Views",), "tiktok": ("Tiktok Views",), "linkedin": ("Linkedin Video Views",)}
        ),
        "impression_count": ByPlatform(
            {"linkedin": ("Linkedin Impressions", "Impressions")}, otherwise=("Impressions",)
        ),
        "reach_count": ("Reach (new)", "Reach"),
        "parent_native_id": ("X Repost of", "X Reply to", "Twitter Retweet of", "Twitter Reply to", "Thread URL"),
        "query_name": ("Query Name",),
        "vendor_sentiment_label": ("Sentiment",),
        "collected_at": ("Updated", "Added"),
    },
    time=TimeRule(columns=("Date",), formats=("%Y-%m-%d %H:%M:%S%.f",), zone=UTC),
    platform=PlatformRule(
        columns=("Page Type", "Content Source Name", "Content Source", "Page Type Name"),
        values={"twitter": "x", "x": "x", "qq": "other", "video": "youtube"},
    ),
    kinds=(
        KindRule("repost", "Thread Entry Type", values=("share", "retweet", "repost")),
        KindRule("repost", "X Repost of"),
        KindRule("repost", "Twitter Retweet of"),
        KindRule("quote", "Thread Entry Type", values=("quote",)),
        KindRule("comment", "Thread Entry Type", values=("comment",)),
        KindRule("reply", "Thread Entry Type", values=("reply",)),
        KindRule("reply", "X Reply to"),
        KindRule("reply", "Twitter Reply to"),
    ),
    name_in_parentheses=True,
    negative_is_unknown=("like_count",),
    withheld_when=(KindRule("post", "Redacted", values=("true", "yes", "1")), KindRule("post", "Redaction Reason")),
    # Counters that are nothing but filler: an export writes 0 where the platform has no such number.
    zero_is_unknown=("reach_count", "impression_count", "author_follower_count", "view_count"),
    dropped=(
        *("Gender", "Interest", "Professions", "Account Type", "Avatar", "Assignment", "Latitude", "Longitude", "City"),
        *("City Code", "Location Name", "Mentioned Authors", "Thread Author", "Region", "Region Code", "Full Name"),
        *("Author", "* Author ID", "Bluesky Author Id", "Author Verified Type", "Raw Metadata", "Reddit Author *"),
        *("Twitter Author ID", "X Author ID", "Facebook Author ID", "Asset Thumb Id", "Subreddit Topics"),
    ),
)
