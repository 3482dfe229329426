"""CrowdTangle's archives: historical reports of Facebook and Instagram, the search of X, and its API's posts."""

import polars as pl

from transforms.sources.declaration import ABBREVIATION, PlatformRule, Signature, SourceDeclaration, TimeRule
from transforms.sources.headers import known_header

_CREATED = TimeRule(columns=("Post Created", "Created"), formats=("%Y-%m-%d %H:%M:%S",), zone=ABBREVIATION)
_TYPES = {
    "native video": "video",
    "live video complete": "live",
    "live video scheduled": "live",
    "photo album": "album",
}
_REACTIONS = ("Likes", "Love", "Wow", "Haha", "Sad", "Angry", "Care")
_SUM = "\x00reactions"


def _sum_of_reactions(records: pl.DataFrame) -> pl.DataFrame:
    """Adds all kinds of reactions up where each is a number; else the `Likes` cell stands, to be judged as it is."""
    names = [name for name in _REACTIONS if name in records.columns]
    numbers = [pl.col(name).str.replace_all(",", "", literal=True).cast(pl.Int64, strict=False) for name in names]
    if not names:
        return records
    are_numbers = pl.all_horizontal(n.is_not_null() | pl.col(c).is_null() for n, c in zip(numbers, names, strict=True))
    total = pl.sum_horizontal(n.fill_null(0) for n in numbers).cast(pl.String)
    total = pl.when(pl.col(names[0]).is_not_null() & are_numbers).then(total).otherwise(pl.col(names[0]))
    return records.with_columns(total.alias(_SUM))


CROWDTANGLE_FACEBOOK = SourceDeclaration(
    code="crowdtangle_facebook",
    title="CrowdTangle Facebook historical report",
    record_kind="competitor_post",
    confidence="from vendor documentation",
    signatures=(
        Signature(header=("Total Interactions", "URL", "Message"), any_header=("Page Name", "Group Name")),
        Signature(header=("Post Created", "URL", "Message", "Shares"), any_header=("Page Name", "Group Name")),
        Signature(header=("Facebook Id", "Created", "URL", "Message"), any_header=("Page Name", "Group Name")),
    ),
    known_header=known_header("crowdtangle_facebook"),
    columns={
        "url": ("URL", "Link"),
        "account_handle": ("User Name", "Facebook Id", "Page Name", "Group Name"),
        "account_name": ("Page Name", "Group Name"),
        "account_follower_count": ("Followers at Posting",),
        "post_text": ("Message", "Description"),
        "post_type_code": ("Type",),
        "like_count": (_SUM, "Likes"),
        "share_count": ("Shares",),
        "comment_count": ("Comments",),
        "view_count": ("Post Views",),
        "engagement_total_count": ("Total Interactions",),
    },
    time=_CREATED,
    platform=PlatformRule(constant="facebook"),
    post_types=_TYPES,
    zero_is_unknown=("view_count", "account_follower_count"),
    dropped=("Page Description",),
    hook=_sum_of_reactions,
)

CROWDTANGLE_INSTAGRAM = SourceDeclaration(
    code="crowdtangle_instagram",
    title="CrowdTangle Instagram historical report",
    record_kind="competitor_post",
    confidence="seen in real files",
    signatures=(
        Signature(header=("Account", "User Name", "Post Created", "Total Interactions", "Photo")),
        Signature(header=("Account", "User Name", "Post Created", "URL", "Description")),
    ),
    known_header=known_header("crowdtangle_instagram"),
    columns={
        "url": ("URL",),
        "account_handle": ("User Name", "Account"),
        "account_name": ("Account",),
        "account_follower_count": ("Followers at Posting",),
        "post_text": ("Description", "Title"),
        "post_type_code": ("Type",),
        "like_count": ("Likes",),
        "comment_count": ("Comments",),
        "view_count": ("Views",),
        "engagement_total_count": ("Total Interactions",),
    },
    time=_CREATED,
    platform=PlatformRule(constant="instagram"),
    post_types=_TYPES,
    zero_is_unknown=("view_count", "account_follower_count"),
    hidden_when={
        "like_count": "Like and View Counts Disabled",
        "view_count": "Like and View Counts Disabled",
        "engagement_total_count": "Like and View Counts Disabled",
    },
    dropped=("Photo",),
)

CROWDTANGLE_X = SourceDeclaration(
    code="crowdtangle_x",
    title="CrowdTangle search of X",
    record_kind="competitor_post",
    confidence="seen in real files",
    signatures=(Signature(header=("Account", "User Name", "Followers at Posting", "Created", "Retweets", "URL")),),
    known_header=known_header("crowdtangle_x"),
    columns={
        "url": ("URL",),
        "account_handle": ("User Name", "Screen Name", "Account"),
        "account_name": ("Account",),
        "account_follower_count": ("Followers at Posting",),
        "post_text": ("Message",),
        "post_type_code": ("Type",),
        "like_count": ("Likes",),
        "share_count": ("Retweets",),
    },
    time=_CREATED,
    platform=PlatformRule(constant="x"),
    post_types=_TYPES,
    zero_is_unknown=("account_follower_count",),
)
