"""CrowdTangle's archives: historical reports of Facebook and Instagram, the search of X, and its API's posts."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from transforms.sources.declaration import (
    ABBREVIATION,
    MADE,
    UTC,
    ColumnRule,
    PlatformRule,
    Signature,
    SourceDeclaration,
    TimeRule,
)
from transforms.sources.headers import known_header
from transforms.sources.json_lines import NotARecord, cell_text, converted, path_value

_LONGEST_LITERAL = 200_000

_CREATED = TimeRule(columns=("Post Created", "Created"), formats=("%Y-%m-%d %H:%M:%S",), zone=ABBREVIATION)
_TYPES = {
    "native video": "video",
    "live video complete": "live",
    "live video scheduled": "live",
    "photo album": "album",
}
_REACTIONS = ("Likes", "Love", "Wow", "Haha", "Sad", "Angry", "Care")
_SUM = f"{MADE}reactions"


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


def _api_posts(document: Any) -> Iterator[Any]:
    posts = path_value(document, "result.posts") if isinstance(document, Mapping) else document
    yield from converted(posts if isinstance(posts, list) else [document], _api_post)


def _api_post(item: Any) -> dict[str, Any] | NotARecord:
    """A post of the API with its actual (not expected) counts; all kinds of reactions are added up."""
    if "postUrl" not in item and "platformId" not in item:
        return NotARecord("the object is no post")
    account, actual = item.get("account") or {}, path_value(item, "statistics.actual") or {}
    kinds = ("likeCount", "favoriteCount", "loveCount", "wowCount", "hahaCount", "sadCount", "angryCount")
    reactions = [actual[kind] for kind in (*kinds, "thankfulCount", "careCount") if kind in actual]
    return {
        "_platform": item.get("platform") or account.get("platform"),
        "_id": item.get("platformId"),
        "_url": item.get("postUrl"),
        "_time": item.get("date"),
        "_text": item.get("message") or item.get("description") or item.get("title"),
        "_handle": account.get("handle") or account.get("id") or account.get("name"),
        "_name": account.get("name"),
        "_followers": item.get("subscriberCount") or None,
        "_type": item.get("type"),
        "_likes": sum(reactions) if reactions else None,
        "_shares": actual.get("shareCount"),
        "_comments": actual.get("commentCount"),
        "_updated": f"{item['updated']}Z" if item.get("updated") else None,
        "link": item.get("link"),
        "imageText": item.get("imageText"),
    }


_API_COLUMNS: dict[str, ColumnRule] = {
    "native_id": ("_id", "platformId"),
    "url": ("_url", "postUrl"),
    "account_handle": ("_handle",),
    "account_name": ("_name",),
    "account_follower_count": ("_followers", "subscriberCount"),
    "post_text": ("_text", "message"),
    "post_type_code": ("_type", "type"),
    "like_count": ("_likes",),
    "share_count": ("_shares",),
    "comment_count": ("_comments",),
    "collected_at": ("_updated", "updated"),
}

CROWDTANGLE_API = SourceDeclaration(
    code="crowdtangle_api",
    title="CrowdTangle API posts",
    record_kind="competitor_post",
    confidence="seen in real files",
    signatures=(
        Signature("json", envelope="result.posts", header=("date", "postUrl")),
        Signature("json", header=("platformId", "date", "postUrl", "account")),
    ),
    columns=_API_COLUMNS,
    time=TimeRule(columns=("_time",), formats=("%Y-%m-%d %H:%M:%S",), zone=UTC),
    platform=PlatformRule(columns=("_platform",)),
    post_types=_TYPES,
    hook=_api_posts,
)


def _literal(cell: str | None) -> Any:
    """A Python literal, as the flattened files hold them; None for anything else, or for one too long to be genuine."""
    if cell is None or len(cell) > _LONGEST_LITERAL:
        return None
    try:
        return ast.literal_eval(cell)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def _from_literals(records: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for row in records.iter_rows(named=True):
        item = {**row, "statistics": _literal(row.get("statistics")), "account": _literal(row.get("account"))}
        record = next(converted([item], _api_post))
        rows.append({} if isinstance(record, NotARecord) else record)
    names = sorted(set(CROWDTANGLE_API.export_columns()))
    flat = {name: [cell_text(row.get(name)) for row in rows] for name in names}
    return records.with_columns(pl.Series(name, cells, dtype=pl.String) for name, cells in flat.items())


CROWDTANGLE_API_CSV = SourceDeclaration(
    code="crowdtangle_api_csv",
    title="CrowdTangle API posts as CSV",
    record_kind="competitor_post",
    confidence="seen in real files",
    signatures=(Signature(header=("platformId", "platform", "date", "postUrl", "statistics", "account")),),
    known_header=known_header("crowdtangle_api_csv"),
    columns=_API_COLUMNS,
    time=TimeRule(columns=("date",), formats=("%Y-%m-%d %H:%M:%S",), zone=UTC),
    platform=PlatformRule(columns=("platform",)),
    post_types=_TYPES,
    text_null_words=("0",),
    dropped=("account", "statistics", "media"),
    hook=_from_literals,
)

CROWDTANGLE_LINKS = SourceDeclaration(
    code="crowdtangle_links",
    title="CrowdTangle link checker",
    record_kind="competitor_post",
    confidence="seen in real files",
    signatures=(Signature(header=("Source", "Followers", "Date", "Interactions", "Post Type", "Link")),),
    known_header=known_header("crowdtangle_links"),
    has_titles_between=True,
    columns={
        "url": ("Link",),
        "account_handle": ("Source",),
        "account_name": ("Source",),
        "account_follower_count": ("Followers",),
        "post_type_code": ("Post Type",),
        "engagement_total_count": ("Interactions",),
    },
    time=TimeRule(columns=("Date",), formats=("%a %b %d %Y %H:%M:%S GMT%z",)),
    platform=PlatformRule(otherwise="other"),
    post_types=_TYPES,
)
