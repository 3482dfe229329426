"""Meltwater: the legacy CSV (UTF-16 with tabs), the new workbook, the feed of its API as a workbook."""

from transforms.sources.declaration import ACCOUNT, KindRule, PlatformRule, Signature, SourceDeclaration, TimeRule
from transforms.sources.headers import known_header

_DROPPED = (
    *("Twitter Bio", "Image", "State", "City", "Subregion", "Region", "User Profile Url", "Twitter User Profile Url"),
    *("Influencer", "Twitter Screen Name", "Twitter Id", "Author Name", "Author Handle"),
)

MELTWATER_LEGACY = SourceDeclaration(
    code="meltwater_legacy",
    title="Meltwater legacy CSV",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(
        Signature(
            header=("Date", "Headline", "URL", "Hit Sentence", "Input Name"), without_header=("Information Type",)
        ),
    ),
    known_header=known_header("meltwater_legacy"),
    columns={
        "native_id": ("Tweet Id",),
        "url": ("URL",),
        "author_native_id": ("Twitter Id",),
        "author_handle": ("Influencer",),
        "author_name": ("Twitter Screen Name",),
        "author_follower_count": ("Twitter Followers",),
        "mention_text": ("Hit Sentence", "Opening Text"),
        "title": ("Headline",),
        "claimed_language_code": ("Language",),
        "country_code": ("Country",),
        "like_count": ("Likes", "Reactions"),
        "share_count": ("Retweets", "Shares"),
        "comment_count": ("Replies", "Comments"),
        "view_count": ("Views",),
        "reach_count": ("Reach",),
        "parent_native_id": ("Parent URL",),
        "query_name": ("Input Name",),
        "vendor_sentiment_label": ("Sentiment",),
    },
    time=TimeRule(
        columns=("Date",),
        formats=("%d-%b-%Y %I:%M%p", "%d-%b-%Y %I:%M %p", "%d-%b-%y %I:%M%p"),
        zone=ACCOUNT,
        clock_column="Document ID",
    ),
    platform=PlatformRule(columns=("Source",), otherwise="news"),
    kinds=(
        KindRule("repost", "Hit Sentence", part="RT @"),
        KindRule("repost", "Document Tags", values=("repost", "retweet")),
        KindRule("reply", "Parent URL"),
    ),
    dropped=_DROPPED,
)
