"""The project's own CSV or workbook: columns named as in the canonical record, times with their zone."""

from transforms.sources.declaration import ISO, KindRule, PlatformRule, Signature, SourceDeclaration, TimeRule

_COUNTERS = {
    "like_count": ("like_count", "likes"),
    "share_count": ("share_count", "shares"),
    "comment_count": ("comment_count", "comments"),
    "view_count": ("view_count", "views"),
    "impression_count": ("impression_count", "impressions"),
    "reach_count": ("reach_count", "reach"),
}
_PLATFORM = PlatformRule(columns=("platform_code", "platform"))

CANONICAL_MENTIONS = SourceDeclaration(
    code="canonical_mentions",
    title="canonical mentions",
    record_kind="mention",
    confidence="the project's own",
    signatures=(
        Signature(
            header=("published_at",), any_header=("platform", "platform_code"), without_header=("document_id", "worker")
        ),
    ),
    columns={
        "native_id": ("native_id", "mention_id"),
        "url": ("url",),
        "author_native_id": ("author_native_id", "author_id"),
        "author_handle": ("author_handle",),
        "author_name": ("author_name",),
        "author_follower_count": ("author_follower_count", "author_followers"),
        "mention_text": ("mention_text", "text"),
        "title": ("title",),
        "claimed_language_code": ("claimed_language_code", "language_code", "language"),
        "country_code": ("country_code", "country"),
        **_COUNTERS,
        "parent_native_id": ("parent_native_id", "parent_id"),
        "query_name": ("query_name",),
        "vendor_sentiment_label": ("vendor_sentiment_label", "vendor_sentiment", "sentiment"),
        "collected_at": ("collected_at",),
    },
    time=TimeRule(columns=("published_at",), formats=(ISO,)),
    platform=_PLATFORM,
    kinds=(
        KindRule("repost", "is_repost", values=("true", "1", "yes")),
        *(
            KindRule(kind, "kind_code", values=(kind,))
            for kind in ("repost", "quote", "reply", "comment", "article", "post")
        ),
        KindRule("reply", "parent_id"),
        KindRule("reply", "parent_native_id"),
    ),
    withheld_when=(
        KindRule("post", "text_withheld", values=("true", "1", "yes")),
        KindRule("post", "is_text_withheld", values=("true", "1", "yes")),
    ),
)

CANONICAL_POSTS = SourceDeclaration(
    code="canonical_posts",
    title="canonical competitor posts",
    record_kind="competitor_post",
    confidence="the project's own",
    signatures=(Signature(header=("posted_at", "account_handle"), any_header=("platform", "platform_code")),),
    columns={
        "native_id": ("native_id", "post_id"),
        "url": ("url",),
        "account_handle": ("account_handle",),
        "account_name": ("account_name",),
        "account_follower_count": ("account_follower_count", "account_followers"),
        "post_text": ("post_text", "text"),
        "post_type_code": ("post_type_code", "post_type"),
        **_COUNTERS,
        "save_count": ("save_count", "saves"),
        "engagement_total_count": ("engagement_total_count", "engagement_total"),
        "collected_at": ("collected_at",),
    },
    time=TimeRule(columns=("posted_at",), formats=(ISO,)),
    platform=_PLATFORM,
)

CANONICAL_AUDIENCE = SourceDeclaration(
    code="canonical_audience",
    title="canonical audience snapshots",
    record_kind="audience_snapshot",
    confidence="the project's own",
    signatures=(
        Signature(
            header=("account_handle",), any_header=("followers", "follower_count"), without_header=("posted_at",)
        ),
    ),
    columns={
        "account_handle": ("account_handle",),
        "follower_count": ("follower_count", "followers"),
        "net_growth_count": ("net_growth_count", "net_growth"),
        "audience_kind_code": ("audience_kind_code", "audience_kind"),
    },
    time=TimeRule(columns=("snapshot_date", "day", "date"), formats=("%Y-%m-%d",), is_day_only=True),
    platform=_PLATFORM,
)
