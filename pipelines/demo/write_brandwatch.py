"""Brandwatch "Bulk Mentions Download": six lines of preamble, 186 columns, all quoted, times in unmarked UTC."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from pipelines.demo import ids
from pipelines.demo.counters import likes_in, vendor_sentiment
from pipelines.demo.delimited import Dialect, Faults, write_delimited
from pipelines.demo.headers import BRANDWATCH_HEADER
from pipelines.demo.posts import Post
from pipelines.demo.truths import PlantedFile

QUERY_NAME = "Coffee machines (demo)"
QUERY_ID = "2009000001"
_PAGE_TYPES = {
    "x": ("twitter", "X", "twitter.com"),
    "reddit": ("reddit", "Reddit", "reddit.com"),
    "instagram": ("instagram", "Instagram", "instagram.com"),
    "news": ("news", "News", ""),
    "blog": ("blog", "Blog", ""),
}
_COUNTRIES = {
    "GB": ("GBR", "United Kingdom", "EUROPE"), "US": ("USA", "United States", "NORTH AMERICA"),
    "IE": ("IRL", "Ireland", "EUROPE"), "CA": ("CAN", "Canada", "NORTH AMERICA"), "FR": ("FRA", "France", "EUROPE"),
    "BE": ("BEL", "Belgium", "EUROPE"), "CH": ("CHE", "Switzerland", "EUROPE"), "ES": ("ESP", "Spain", "EUROPE"),
    "DE": ("DEU", "Germany", "EUROPE"), "AT": ("AUT", "Austria", "EUROPE"),
}  # fmt: skip
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ZERO_COLUMNS = (
    "Likes", "Comments", "Shares", "Facebook Comments", "Facebook Likes", "Facebook Shares", "Thread Id", "X Followers",
    "X Likes", "X Reposts", "X Replies", "Reddit Score", "Instagram Likes", "Instagram Comments", "Tiktok Likes",
    "Youtube Likes",
)  # fmt: skip
"""The tool writes 0, not nothing, into the counters of other platforms."""
_CONSTANT_CELLS = dict.fromkeys(_ZERO_COLUMNS, "0") | {
    "Query Id": QUERY_ID, "Query Name": QUERY_NAME, "Account Type": "individual", "Checked": "false",
    "Starred": "false", "Latitude": "0.0", "Longitude": "0.0", "Thread Entry Type": "post", "Redacted": "false",
    "Is Syndicated": "false", "Has Full Text": "true",
}  # fmt: skip
FAULTS = Faults(
    date_cells={"Date": "32/13/2026 soon"},
    identity_columns=("Resource Id", "Url", "Full Text", "Title", "Original Url", "Thread URL", "Mention Id"),
    counter_column="Impressions",
)


def write_brandwatch(
    path: Path, posts: Sequence[Post], *, since: datetime, until: datetime, added_after: datetime | None = None,
    batch: int, broken_from: Sequence[Post] = (), rng: random.Random,
) -> PlantedFile:  # fmt: skip
    """Write one export of the range; `added_after` is when late posts were found. Return its ledger."""
    preamble = "".join(
        f'"{label}","{value}"\n'
        for label, value in (
            ("Report:", "Bulk Mentions Download"), ("Brand:", QUERY_NAME),
            ("From:", _stamp(since)), ("To:", _stamp(until)), ("Label:", ""),
        )
    )  # fmt: skip
    dialect = Dialect(
        "brandwatch", "mention", BRANDWATCH_HEADER, encoding="utf-8-sig", is_quoted=True, preamble=preamble + "\n"
    )
    rows = [_row(post, added_after) for post in posts]
    broken = [_row(post, None) for post in broken_from]
    return write_delimited(path, dialect, rows, batch=batch, faults=FAULTS, broken_from=broken, rng=rng)


def _stamp(at: datetime) -> str:
    """Return the Java-like stamp of the preamble, in English whatever the machine's locale."""
    return f"{_DAYS[at.weekday()]} {_MONTHS[at.month - 1]} {at:%d %H:%M:%S} UTC {at:%Y}"


def _row(post: Post, added_after: datetime | None) -> dict[str, str]:
    page_type, source_name, domain = _PAGE_TYPES[post.platform]
    code, country, continent = _COUNTRIES[post.author.country]
    resource_id = f"{post.key[1:]}_{ids.epoch_ms(post.at)}_{post.native_id}"
    added = post.at + timedelta(minutes=22)
    if post.is_late and added_after:
        added = added_after + timedelta(seconds=int(post.key[1:]))
    stamp = f"{added:%Y-%m-%dT%H:%M:%S}.426+0000"
    hashtags = [word for word in post.text.split() if word.startswith("#")]
    row = _CONSTANT_CELLS | {
        "Date": f"{post.at:%Y-%m-%d %H:%M:%S}.0",
        "Title": post.title or post.text[:120],
        "Url": _url(post),
        "Original Url": _url(post),
        "Domain": domain or post.author.handle,
        "Sentiment": vendor_sentiment(post),
        "Page Type": page_type,
        "Page Type Name": source_name,
        "Content Source": page_type,
        "Content Source Name": source_name,
        "Language": post.language,
        "Country Code": code,
        "Country": country,
        "Continent": continent,
        "Added": stamp,
        "Updated": stamp,
        "Author": post.author.handle,
        "Full Name": f"{post.author.handle} ({post.author.name})",
        "Full Text": post.text,
        "Impressions": str(post.views),
        "Reach (new)": str(post.views // 3),
        "Resource Id": resource_id,
        "Mention Id": f"MentionId{{queryId={QUERY_ID}, resourceId='{resource_id}'}}",
        "Hashtags": ", ".join(hashtags)[:200],
    }
    row |= _platform_cells(post)
    if post.is_withheld:
        row |= {"Redacted": "true", "Redacted Fields": "fullText,title", "Redaction Reason": "platform terms",
                "Has Full Text": "false", "Title": "", "Full Text": ""}  # fmt: skip
    return row


def _platform_cells(post: Post) -> dict[str, str]:
    likes = str(likes_in(post, "brandwatch"))
    if post.platform == "x":
        cells = {
            "X Author ID": post.author.author_id, "X Followers": str(post.author.followers), "X Likes": likes,
            "X Reposts": str(post.shares), "X Replies": str(post.comments), "X Verified": "false",
        }  # fmt: skip
        if post.parent:
            thread = f"http://twitter.com/{post.parent.author.handle}/statuses/{post.parent.native_id}"
            cells |= {"Thread URL": thread, "Thread Author": post.parent.author.handle}
            cells |= {"Thread Entry Type": "share", "X Repost of": thread} if post.is_repost else {
                "Thread Entry Type": "reply", "X Reply to": thread}  # fmt: skip
        return cells
    if post.platform == "instagram":
        counts = {"Comments": str(post.comments), "Instagram Comments": str(post.comments)}
        return counts | {
            "Likes": likes,
            "Instagram Likes": likes,
            "Instagram Followers": str(post.author.followers),
        }
    if post.platform == "reddit":
        subreddit = post.url.split("/r/")[1].split("/")[0]
        return {"Likes": likes, "Comments": str(post.comments), "Reddit Score": likes, "Subreddit": subreddit,
                "Reddit Comments": str(post.comments)}  # fmt: skip
    return {"Account Type": "", "Full Name": post.author.name}


def _url(post: Post) -> str:
    if post.platform == "x":
        return f"http://twitter.com/{post.author.handle}/statuses/{post.native_id}"
    return post.url
