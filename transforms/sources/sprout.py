"""Sprout Social reports: posts of competitors and of own profiles, and the daily counts of profiles."""

from transforms.sources.declaration import ACCOUNT, NULL_WORDS, PlatformRule, Signature, SourceDeclaration, TimeRule
from transforms.sources.headers import known_header

_POST_TIME = TimeRule(columns=("Date",), formats=("%m/%d/%Y %I:%M %p",), zone=ACCOUNT)
_DAY = TimeRule(columns=("Date",), formats=("%m-%d-%Y", "%m/%d/%Y"), zone=ACCOUNT, is_day_only=True)
_NETWORK = PlatformRule(columns=("Network",))
_STAFF = ("Sent by",)
# A plain post is told by its content (photo, video, carousel); stories and reels by their type.
_NO_TYPE = (*NULL_WORDS, "Post")

SPROUT_POSTS = SourceDeclaration(
    code="sprout_posts",
    title="Sprout Social post performance",
    record_kind="competitor_post",
    confidence="seen in real files",
    signatures=(
        Signature(
            header=("Date", "Post ID", "Network", "Post Type", "Content Type", "Profile", "Sent by"),
            first_header="Date",
        ),
    ),
    known_header=known_header("sprout_posts"),
    columns={
        "url": ("Link",),
        "account_handle": ("Profile",),
        "post_text": ("Post",),
        "post_type_code": ("Post Type", "Content Type"),
        "like_count": ("Reactions", "Likes"),
        "share_count": ("Shares",),
        "comment_count": ("Comments",),
        "view_count": ("Video Views",),
        "impression_count": ("Impressions",),
        "reach_count": ("Reach",),
        "save_count": ("Saves",),
        "engagement_total_count": ("Engagements",),
    },
    time=_POST_TIME,
    null_words=_NO_TYPE,
    platform=_NETWORK,
    dropped=_STAFF,
)

SPROUT_COMPETITOR_POSTS = SourceDeclaration(
    code="sprout_competitor_posts",
    title="Sprout Social competitor posts",
    record_kind="competitor_post",
    confidence="seen in real files",
    signatures=(
        Signature(
            header=("Date", "Post ID", "Network", "Post Type", "Content Type", "Profile", "Public Engagements"),
            first_header="Date",
        ),
    ),
    known_header=known_header("sprout_competitor_posts"),
    columns={
        "url": ("Link",),
        "account_handle": ("Profile",),
        "post_text": ("Post",),
        "post_type_code": ("Post Type", "Content Type"),
        "like_count": ("Reactions",),
        "share_count": ("Shares",),
        "comment_count": ("Comments",),
        "engagement_total_count": ("Public Engagements",),
    },
    time=_POST_TIME,
    null_words=_NO_TYPE,
    platform=_NETWORK,
)


def _daily(
    code: str, title: str, names: tuple[str, str, str], platform: PlatformRule, header: tuple[str, ...]
) -> SourceDeclaration:
    account, audience, growth = names
    return SourceDeclaration(
        code=code,
        title=title,
        record_kind="audience_snapshot",
        confidence="seen in real files",
        signatures=(Signature(header=header, first_header="Date"),),
        known_header=known_header(code),
        columns={"account_handle": (account,), "follower_count": (audience,), "net_growth_count": (growth,)},
        time=_DAY,
        platform=platform,
    )


SPROUT_COMPETITORS_DAILY = _daily(
    "sprout_competitors_daily",
    "Sprout Social competitor performance by day",
    ("Profile", "Audience", "Net Audience Growth"),
    _NETWORK,
    ("Date", "Network", "Profile", "Audience", "Public Engagements"),
)
SPROUT_PROFILES_DAILY = _daily(
    "sprout_profiles_daily",
    "Sprout Social profile performance by day",
    ("Profile", "Audience", "Net Audience Growth"),
    _NETWORK,
    ("Date", "Network", "Profile", "Audience", "Audience Gained"),
)
SPROUT_INSTAGRAM_COMPETITORS_DAILY = _daily(
    "sprout_instagram_competitors_daily",
    "Sprout Social Instagram competitors by day",
    ("Instagram Profile", "Followers", "Net Follower Growth"),
    PlatformRule(constant="instagram"),
    ("Date", "Instagram Profile", "Followers", "Public Engagements"),
)
SPROUT_INSTAGRAM_DAILY = _daily(
    "sprout_instagram_daily",
    "Sprout Social Instagram business profiles by day",
    ("Instagram Profile", "Followers", "Net Follower Growth"),
    PlatformRule(constant="instagram"),
    ("Date", "Instagram Profile", "Followers", "Followers Gained"),
)
SPROUT_TIKTOK_DAILY = _daily(
    "sprout_tiktok_daily",
    "Sprout Social TikTok profiles by day",
    ("TikTok Profiles", "Followers", "Net Follower Growth"),
    PlatformRule(constant="tiktok"),
    ("Date", "TikTok Profiles", "Followers"),
)
