"""Meltwater: the legacy CSV (UTF-16 with tabs), the new workbook, the feed of its API as a workbook."""

from transforms.sources.declaration import ACCOUNT, ISO, KindRule, PlatformRule, Signature, SourceDeclaration, TimeRule
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

MELTWATER = SourceDeclaration(
    code="meltwater",
    title="Meltwater export",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(Signature(header=("Date", "Time", "Document ID", "URL", "Input Name", "Information Type")),),
    known_header=known_header("meltwater"),
    columns={
        "url": ("URL",),
        "author_handle": ("Author Handle",),
        "author_name": ("Author Name",),
        "mention_text": ("Hit Sentence", "Opening Text"),
        "title": ("Title",),
        "claimed_language_code": ("Language",),
        "country_code": ("Country",),
        "like_count": ("Likes", "Reactions"),
        "share_count": ("Reposts", "Shares"),
        "comment_count": ("Replies", "Comments"),
        "view_count": ("Views", "Estimated Views"),
        "reach_count": ("Reach",),
        "query_name": ("Input Name",),
        "vendor_sentiment_label": ("Sentiment",),
    },
    time=TimeRule(
        columns=("Date",),
        formats=("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d-%b-%Y %H:%M", "%d-%b-%Y %I:%M %p", "%m/%d/%Y %H:%M"),
        zone=ACCOUNT,
        second_columns=("Time",),
        clock_column="Document ID",
    ),
    platform=PlatformRule(
        columns=("Source Domain", "Source Type"),
        values={"reddit.com": "reddit", "x.com": "x", "twitter.com": "x", "facebook.com": "facebook", "forum": "forum"},
        otherwise="news",
    ),
    kinds=(
        KindRule("repost", "Content Type", values=("repost", "retweet", "share")),
        KindRule("quote", "Content Type", values=("quote", "quote post", "quoted post")),
        KindRule("comment", "Content Type", values=("forum post reply", "comment")),
        KindRule("reply", "Content Type", values=("reply",)),
    ),
    withheld_platforms=("reddit",),
    dropped=_DROPPED,
)

MELTWATER_FEED = SourceDeclaration(
    code="meltwater_feed",
    title="Meltwater API feed",
    record_kind="mention",
    confidence="seen in real files",
    signatures=(
        Signature(header=("id", "document_id", "external_id", "published_at")),
        Signature(header=("document_id", "match_sentence", "published_at")),
    ),
    known_header=known_header("meltwater_feed"),
    columns={
        "url": ("url", "original_url"),
        "native_id": ("external_id",),
        "author_handle": ("author_handle", "author"),
        "author_name": ("author_name",),
        "author_follower_count": ("tw_followers",),
        "mention_text": ("content", "full_content", "ingress"),
        "title": ("title",),
        "claimed_language_code": ("language",),
        "country_code": ("country",),
        "like_count": ("tw_likes", "fb_likes", "fb_post_reactions"),
        "share_count": ("tw_retweets", "fb_shares"),
        "comment_count": ("tw_replies",),
        "reach_count": ("reach",),
        "query_name": ("keywords",),
        "vendor_sentiment_label": ("sentiment",),
    },
    time=TimeRule(columns=("published_at",), formats=(ISO,)),
    platform=PlatformRule(columns=("media_type", "source"), values={"online_news": "news"}),
    kinds=(KindRule("reply", "discussion_type", values=("re",)),),
    # N and V are read as the vendor's order of letters suggests; no documentation says so.
    sentiments={"p": "positive", "n": "neutral", "v": "negative"},
    dropped=("author", "author_url", "images", "place", "author_authority", "region", "named_entities"),
)
