"""All built-in formats in the order in which they are tried: the first whose signature holds reads the file.

The order is that of the sniffing table: what is told by a word no other format uses comes first, formats that are
only told by common words (the canonical ones) last.
"""

from transforms.sources.apify import APIFY_INSTAGRAM, APIFY_LINKEDIN, APIFY_TIKTOK
from transforms.sources.brandwatch import BRANDWATCH
from transforms.sources.canonical import CANONICAL_AUDIENCE, CANONICAL_MENTIONS, CANONICAL_POSTS
from transforms.sources.crimson_hexagon import CRIMSON_HEXAGON, CRIMSON_HEXAGON_TABLE
from transforms.sources.crowdtangle import (
    CROWDTANGLE_API,
    CROWDTANGLE_API_CSV,
    CROWDTANGLE_FACEBOOK,
    CROWDTANGLE_INSTAGRAM,
    CROWDTANGLE_LINKS,
    CROWDTANGLE_X,
)
from transforms.sources.dashboards import (
    EXPORT_COMMENTS,
    FANPAGE_KARMA,
    NETBASE,
    PULSAR,
    SPRINKLR_LISTENING,
    SPRINKLR_POSTS,
    YOUSCAN,
)
from transforms.sources.declaration import SourceDeclaration
from transforms.sources.fediverse import BLUESKY, MASTODON
from transforms.sources.linkedin import LINKEDIN_TOTALS, LINKEDIN_UPDATES
from transforms.sources.meltwater import MELTWATER, MELTWATER_FEED, MELTWATER_LEGACY
from transforms.sources.meta import FACEBOOK_INSIGHTS, META_FACEBOOK, META_INSTAGRAM, META_PAGE_SERIES
from transforms.sources.monitoring import CUSTOMER_CARE, DETERM, NEWSWHIP, REVIEWS, TUBULAR
from transforms.sources.news import (
    GDELT_MENTIONS,
    GOOGLE_ALERTS,
    HACKER_NEWS,
    MEDIACLOUD,
    OPEN_MEASURES,
    OPEN_MEASURES_KIBANA,
)
from transforms.sources.reddit import REDDIT
from transforms.sources.sprout import (
    SPROUT_COMPETITOR_POSTS,
    SPROUT_COMPETITORS_DAILY,
    SPROUT_INSTAGRAM_COMPETITORS_DAILY,
    SPROUT_INSTAGRAM_DAILY,
    SPROUT_POSTS,
    SPROUT_PROFILES_DAILY,
    SPROUT_TIKTOK_DAILY,
)
from transforms.sources.talkwalker import TALKWALKER, TALKWALKER_API
from transforms.sources.x_api import X_API_V2
from transforms.sources.x_other import TWARC_CSV, X_ANALYTICS, X_ANALYTICS_DAILY, X_API_V1, X_ARCHIVE
from transforms.sources.youtube import YOUTUBE_CHANNELS, YOUTUBE_COMMENTS, YOUTUBE_DATA_TOOLS, YOUTUBE_VIDEOS
from transforms.sources.zeeschuimer import ZEESCHUIMER

_TABLES: tuple[SourceDeclaration, ...] = (
    MELTWATER_LEGACY,
    META_PAGE_SERIES,
    FACEBOOK_INSIGHTS,
    TALKWALKER,
    MELTWATER,
    YOUSCAN,
    LINKEDIN_UPDATES,
    LINKEDIN_TOTALS,
    EXPORT_COMMENTS,
    MELTWATER_FEED,
    SPRINKLR_LISTENING,
    SPRINKLR_POSTS,
    FANPAGE_KARMA,
    BRANDWATCH,
    SPROUT_POSTS,
    SPROUT_COMPETITOR_POSTS,
    SPROUT_COMPETITORS_DAILY,
    SPROUT_PROFILES_DAILY,
    SPROUT_INSTAGRAM_COMPETITORS_DAILY,
    SPROUT_INSTAGRAM_DAILY,
    SPROUT_TIKTOK_DAILY,
    CROWDTANGLE_INSTAGRAM,
    CROWDTANGLE_FACEBOOK,
    CROWDTANGLE_X,
    CROWDTANGLE_API_CSV,
    CROWDTANGLE_LINKS,
    NETBASE,
    MEDIACLOUD,
    APIFY_TIKTOK,
    X_ANALYTICS,
    X_ANALYTICS_DAILY,
    META_FACEBOOK,
    META_INSTAGRAM,
    TWARC_CSV,
    YOUTUBE_DATA_TOOLS,
    GDELT_MENTIONS,
    OPEN_MEASURES,
    OPEN_MEASURES_KIBANA,
    GOOGLE_ALERTS,
    HACKER_NEWS,
    PULSAR,
    DETERM,
    TUBULAR,
    NEWSWHIP,
    REVIEWS,
    CUSTOMER_CARE,
    CRIMSON_HEXAGON_TABLE,
)
_JSON: tuple[SourceDeclaration, ...] = (
    ZEESCHUIMER,
    BLUESKY,
    X_ARCHIVE,
    TALKWALKER_API,
    CRIMSON_HEXAGON,
    MASTODON,
    YOUTUBE_COMMENTS,
    YOUTUBE_CHANNELS,
    YOUTUBE_VIDEOS,
    APIFY_INSTAGRAM,
    APIFY_LINKEDIN,
    CROWDTANGLE_API,
    REDDIT,
    X_API_V1,
    X_API_V2,
)
_CANONICAL: tuple[SourceDeclaration, ...] = (CANONICAL_MENTIONS, CANONICAL_POSTS, CANONICAL_AUDIENCE)

DECLARATIONS: tuple[SourceDeclaration, ...] = (*_TABLES, *_JSON, *_CANONICAL)
