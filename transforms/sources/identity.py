"""Which post a record is about: ids read off addresses, ids a spreadsheet destroyed, shortcodes and media ids.

The id in the address is preferred to the id column: spreadsheets do not damage addresses.
One post has one id however it was exported: Instagram ids become the shortcode, Reddit ids carry their t1_/t3_ prefix,
Telegram and Mastodon ids carry their channel or host.
"""

import re
from collections.abc import Collection, Mapping

import polars as pl

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

# Each pattern's groups, joined by the separator, are the id.
URL_PATTERNS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "x": ((r"(?i)(?:twitter|x)\.com/(?:[^/?#]+|i/web)/status(?:es)?/(\d{1,20})", ""),),
    "instagram": (
        (r"(?i:instagram\.com)/(?:[^/?#]+/)?(?:p|reel|reels|tv)/([A-Za-z0-9_-]{5,40})", ""),
        (r"(?i)instagram\.com/stories/[^/?#]+/(\d{10,20})", ""),
    ),
    "facebook": (
        (r"(?i)facebook\.com/.*?/(?:posts|videos|permalink|reel)/(?:[^/?#]+/)?(\d{5,20})(?:[/?#]|$)", ""),
        (r"(?i)facebook\.com/(?:reel|watch)/(?:\?v=)?(\d{5,20})(?:[/?#&]|$)", ""),
        (r"(?i)facebook\.com/.*?/photos/(?:[^/?#]+/)?(\d{5,20})(?:[/?#]|$)", ""),
        (r"(?i)facebook\.com/.*?[?&](?:story_fbid|fbid|v)=(\d{5,20})(?:[&#]|$)", ""),
        (r"(?i)facebook\.com/(?:\d+_)(\d{5,20})(?:[/?#]|$)", ""),
    ),
    "youtube": (
        (r"(?i:youtube\.com)/.*?[?&]lc=([A-Za-z0-9_.-]{10,60})", ""),
        (r"(?i:youtube\.com)/(?:watch\?(?:.*?&)?v=|shorts/|live/|embed/|v/)([A-Za-z0-9_-]{11})", ""),
        (r"(?i:youtu\.be)/([A-Za-z0-9_-]{11})", ""),
    ),
    "tiktok": ((r"(?i)tiktok\.com/(?:@[^/?#]*/)?(?:video|photo|v)/(\d{10,20})", ""),),
    "linkedin": (
        (r"(?i)linkedin\.com/.*?urn(?::|%3A)li(?::|%3A)(?:activity|share|ugcPost)(?::|%3A)(\d{10,20})", ""),
        (r"(?i)linkedin\.com/.*?-(?:activity|share|ugcPost)-(\d{10,20})", ""),
    ),
    "telegram": ((r"(?i)(?:t|telegram)\.me/(?:s/)?([A-Za-z0-9_]{3,64})/(\d{1,12})", "/"),),
    "threads": ((r"(?i:threads\.(?:net|com))/@[^/?#]+/post/([A-Za-z0-9_-]{5,40})", ""),),
    "bluesky": ((r"(?i:bsky\.app)/profile/(did:[a-z0-9:.%-]+)/post/([a-zA-Z0-9]+)", "/"),),
    "mastodon": (
        (r"(?i)^https?://([^/?#]+)/@[^/?#]+/(\d{10,20})", "/"),
        (r"(?i)^https?://([^/?#]+)/users/[^/?#]+/statuses/(\d{10,20})", "/"),
    ),
    "pinterest": ((r"(?i)pinterest\.[a-z.]+/pin/(\d{5,25})", ""),),
    "hackernews": ((r"(?i)news\.ycombinator\.com/item\?id=(\d+)", ""),),
}
_REDDIT_COMMENT = r"(?i)reddit\.com/.*?comments/[a-z0-9]{4,12}/[^/?#]*/([a-z0-9]{4,12})(?:[/?#]|$)"
_REDDIT_POST = r"(?i)(?:reddit\.com/.*?comments|redd\.it)/([a-z0-9]{4,12})"

SCIENTIFIC = r"^\s*'?\d[.,]\d+[eE]\+\d+$"


def _joined(url: pl.Expr, pattern: str, separator: str) -> pl.Expr:
    if not separator:
        return url.str.extract(pattern, 1)
    return url.str.extract(pattern, 1).str.to_lowercase() + separator + url.str.extract(pattern, 2)


def native_id_from_url(platform: pl.Expr, url: pl.Expr, present: Collection[str] | None = None) -> pl.Expr:
    """The platform's own id in the address, null where the address holds none; String.

    `present` names the platforms that occur: the patterns of all others need not be tried.
    """
    found: list[pl.Expr] = []
    for code, patterns in URL_PATTERNS.items():
        if present is None or code in present:
            # Only addresses of the platform: where there is nothing, a pattern costs next to nothing.
            address = pl.when(platform == code).then(url)
            found += [_joined(address, pattern, separator) for pattern, separator in patterns]
    if present is None or "reddit" in present:
        address = pl.when(platform == "reddit").then(url)
        found.append(("t1_" + address.str.extract(_REDDIT_COMMENT, 1)).str.to_lowercase())
        found.append(("t3_" + address.str.extract(_REDDIT_POST, 1)).str.to_lowercase())
    return pl.coalesce(pl.lit(None, pl.String), *found)


def clean_id(ids: pl.Expr) -> pl.Expr:
    """The id without the escapes and float tails of spreadsheets; null when it is in scientific notation."""
    bare = ids.str.strip_chars(" \t\r\n\"'=").str.replace(r"^(\d+)\.0+$", "$1")
    return pl.when(bare.str.contains(SCIENTIFIC) | (bare == "")).then(None).otherwise(bare)


def canonical_id(platform: pl.Expr, ids: pl.Expr) -> pl.Expr:
    """One spelling of an id per platform: Instagram's media id becomes its shortcode, Facebook's page part goes."""
    return (
        pl.when(platform == "instagram")
        .then(pl.when(platform == "instagram").then(ids).map_batches(_shortcodes, return_dtype=pl.String))
        .when(platform == "facebook")
        .then(ids.str.replace(r"^\d+_(\d+)$", "$1"))
        .when(platform == "linkedin")
        .then(ids.str.replace(r"^urn:li:[A-Za-z]+:", ""))
        .otherwise(ids)
    )


def shortcode(media_id: int) -> str:
    """Instagram's shortcode of a media id: base 64 over its own alphabet, big-endian."""
    letters = []
    while media_id:
        media_id, digit = divmod(media_id, 64)
        letters.append(_ALPHABET[digit])
    return "".join(reversed(letters))


def media_id(code: str) -> int | None:
    """Instagram's media id of a shortcode (its first 11 characters); None when it holds another character."""
    number = 0
    for letter in code[:11]:
        place = _ALPHABET.find(letter)
        if place < 0:
            return None
        number = number * 64 + place
    return number if number < 1 << 63 else None


def _shortcodes(ids: pl.Series) -> pl.Series:
    numeric = re.compile(r"^(\d{15,20})(?:_\d+)?$")
    found = {}
    for text in ids.drop_nulls().unique():
        match = numeric.match(text)
        if match:
            found[text] = shortcode(int(match.group(1)))
    return ids.replace(found) if found else ids


def damaged_ids(ids: pl.Series) -> bool:
    """Whether a spreadsheet destroyed the ids of a column: scientific notation, or long ids with 15 digits left.

    Spreadsheets keep 15 significant digits, as zeros at the end or as the double next to them. Of genuine ids of 17 to
    19 digits at most one in ten looks so (that ids are divisible by a power of two proves nothing: clocks count so).
    """
    texts = ids.drop_nulls()
    if texts.is_empty():
        return False
    if int(texts.str.contains(SCIENTIFIC).sum()) * 20 > len(texts):
        return True
    bare = texts.str.strip_chars(" \"'=").str.replace(r"\.0+$", "")
    long_ids = bare.filter(bare.str.contains(r"^\d{17,19}$")).unique()
    if len(long_ids) < 8:
        return False
    rounded = sum(1 for text in long_ids.head(500) if text.endswith("000") or _has_15_digits(text))
    return rounded * 2 > min(len(long_ids), 500)


def _has_15_digits(text: str) -> bool:
    number = float(text)
    return int(number) == int(text) and float(f"{number:.15g}") == number


def safe_url(url: pl.Expr) -> pl.Expr:
    """Web addresses only; a bare host and path gets https, any other scheme is nothing to hand on."""
    bare = url.str.strip_chars(" \"'").str.slice(0, 4096)
    is_web = bare.str.contains(r"(?i)^https?://[^\s/]+")
    is_bare = bare.str.contains(r"(?i)^[a-z0-9-]+(\.[a-z0-9-]+)+(/|$)")
    return pl.when(is_web).then(bare).when(is_bare).then("https://" + bare)


def identity_columns(
    drafts: pl.DataFrame, platform_column: str, *, has_posts: bool, are_damaged: bool
) -> dict[str, pl.Series]:
    """Address, id, parent's id and author's id of each row, each column only where the drafts can give it."""
    rows: dict[str, pl.Series] = {}
    filled = (name for name in drafts.columns if drafts[name].null_count() < drafts.height)
    drafts = drafts.select(platform_column, *(name for name in filled if name != platform_column))
    platform, nothing = pl.col(platform_column), pl.lit(None, pl.String)
    present = frozenset(drafts[platform_column].unique())
    if has_posts:
        url = safe_url(pl.col("url")) if "url" in drafts.columns else nothing
        ids = clean_id(pl.col("native_id")) if "native_id" in drafts.columns and not are_damaged else nothing
        found = pl.coalesce(native_id_from_url(platform, pl.col("url"), present), "ids")
        posts = drafts.select(platform, url=url, ids=ids).select("url", native_id=canonical_id(platform, found))
        rows |= {"url": posts["url"], "native_id": posts["native_id"]}
    if "parent_native_id" in drafts.columns:
        rows["parent_native_id"] = drafts.select(_parent_id(platform, pl.col("parent_native_id"), present)).to_series()
    if "author_native_id" in drafts.columns:
        # Vendors mark ids with their platform (`tw:9001`) or a word (`ID: 9001`).
        unmarked = pl.col("author_native_id").str.replace(r"^(?:ID: ?|[a-z]{2}:)", "")
        rows["author_native_id"] = drafts.select(clean_id(unmarked)).to_series()
    if "native_id" in rows and "parent_native_id" in rows:
        is_own = (rows["parent_native_id"] == rows["native_id"]).fill_null(False)
        rows["parent_native_id"] = rows["parent_native_id"].set(is_own, None)
    return rows


def _parent_id(platform: pl.Expr, parent: pl.Expr, present: Collection[str]) -> pl.Expr:
    """The id of the post that is repeated, quoted or answered, given as an address or as an id; 0 stands for none."""
    may_hold_slashes = platform.is_in(["bluesky", "mastodon", "telegram"])
    is_id = (~parent.str.contains("/", literal=True) | may_hold_slashes) & ~parent.str.contains("://", literal=True)
    bare = pl.when(is_id & (parent != "0")).then(clean_id(parent))
    return canonical_id(platform, pl.coalesce(native_id_from_url(platform, parent, present), bare))
