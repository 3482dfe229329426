"""All built-in formats in the order in which they are tried: the first whose signature holds reads the file."""

from transforms.sources.brandwatch import BRANDWATCH
from transforms.sources.canonical import CANONICAL_AUDIENCE, CANONICAL_MENTIONS, CANONICAL_POSTS
from transforms.sources.crowdtangle import CROWDTANGLE_FACEBOOK, CROWDTANGLE_INSTAGRAM, CROWDTANGLE_X
from transforms.sources.declaration import SourceDeclaration
from transforms.sources.meltwater import MELTWATER_LEGACY
from transforms.sources.sprout import (
    SPROUT_COMPETITOR_POSTS,
    SPROUT_COMPETITORS_DAILY,
    SPROUT_INSTAGRAM_COMPETITORS_DAILY,
    SPROUT_INSTAGRAM_DAILY,
    SPROUT_POSTS,
    SPROUT_PROFILES_DAILY,
    SPROUT_TIKTOK_DAILY,
)
from transforms.sources.x_api import X_API_V2

DECLARATIONS: tuple[SourceDeclaration, ...] = (
    MELTWATER_LEGACY,
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
    X_API_V2,
    CANONICAL_MENTIONS,
    CANONICAL_POSTS,
    CANONICAL_AUDIENCE,
)
