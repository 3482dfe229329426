"""Sprout Social reports: competitor posts and the daily competitor performance, two date formats in one bundle.

UTF-8, everything quoted, CRLF between rows and LF inside captions, times in the zone of the account.
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines.demo import ids
from pipelines.demo.competitors import AudienceSeries, OfficialPost
from pipelines.demo.delimited import Dialect, Faults, write_delimited
from pipelines.demo.headers import SPROUT_DAILY_HEADER, SPROUT_POSTS_HEADER
from pipelines.demo.truths import PlantedFile
from pipelines.demo.world import SPROUT_ZONE

_ZONE = ZoneInfo(SPROUT_ZONE)
_POSTS = Dialect(
    "sprout_competitor_posts", "competitor_post", SPROUT_POSTS_HEADER, SPROUT_ZONE, line_end="\r\n", is_quoted=True
)  # fmt: skip
_DAILY = Dialect(
    "sprout_competitor_performance",
    "audience_snapshot",
    SPROUT_DAILY_HEADER,
    SPROUT_ZONE,
    line_end="\r\n",
    is_quoted=True,
)
_POST_FAULTS = Faults(
    date_cells={"Date": "13/45/2026 25:61 pm"},
    identity_columns=("Post ID", "Link", "Post", "Linked Content"),
    counter_column="Reactions",
)
_DAILY_FAULTS = Faults(
    date_cells={"Date": "45-13-2026"},
    identity_columns=("Profile",),
    counter_column="Audience",
    identity_reason="missing_account",
)
_PUBLISHED = {
    "Carousel": "Published Carousels", "Video": "Published Videos", "Photo": "Published Photos",
    "Link": "Published Links", "Text": "Published Text",
}  # fmt: skip


def write_posts(
    path: Path,
    posts: Sequence[OfficialPost],
    *,
    batch: int,
    broken_from: Sequence[OfficialPost] = (),
    rng: random.Random,
) -> PlantedFile:
    """Write the competitor posts report and return its ledger."""
    rows, broken = [_post_row(post) for post in posts], [_post_row(post) for post in broken_from]
    return write_delimited(path, _POSTS, rows, batch=batch, faults=_POST_FAULTS, broken_from=broken, rng=rng)


def write_daily(
    path: Path, audiences: Sequence[AudienceSeries], posts: Sequence[OfficialPost], *, first: date, days: range,
    batch: int, rng: random.Random, with_faults: bool,
) -> PlantedFile:  # fmt: skip
    """Write the daily report of these days, its totals equal to the sums of the posts, and return its ledger."""
    by_account_day: dict[tuple[str, str, int], list[OfficialPost]] = defaultdict(list)
    for post in posts:
        by_account_day[post.brand.brand_id, post.network, post.day_index].append(post)
    rows = [
        _daily_row(series, index, first, by_account_day[series.brand.brand_id, series.network, index])
        for index in days
        for series in audiences
    ]
    # A broken copy stands for an account that nobody follows, so that no true day goes missing with it.
    broken = [row | {"Profile": "'@unwatched_account_demo"} for row in rows[-6:]] if with_faults else []
    return write_delimited(path, _DAILY, rows, batch=batch, faults=_DAILY_FAULTS, broken_from=broken, rng=rng)


def _post_date(at: datetime) -> str:
    """Return `7/24/2025 11:44 am` in the account's zone."""
    local = at.astimezone(_ZONE)
    half = "am" if local.hour < 12 else "pm"
    return f"{local.month}/{local.day}/{local.year} {local.hour % 12 or 12}:{local:%M} {half}"


def _post_row(post: OfficialPost) -> Mapping[str, str]:
    is_reel = post.network == "instagram" and post.content_type == "Video"
    return {
        "Date": _post_date(post.at),
        "Post ID": f"{post.day_index}{ids.epoch_ms(post.at)}",
        "Network": post.network.capitalize(),
        "Post Type": "Reel" if is_reel else "Post",
        "Content Type": post.content_type,
        "Profile": f"'@{post.brand.handle}",
        "Link": post.url,
        "Post": post.text,
        "Public Engagements": f"{post.engagement:,}",
        "Reactions": f"{post.reactions:,}",
        "Comments": f"{post.comments:,}",
        "Shares": f"{post.shares:,}" if post.network == "facebook" else "",
    }


def _daily_row(series: AudienceSeries, index: int, first: date, posts: Sequence[OfficialPost]) -> dict[str, str]:
    followers = series.followers[index]
    before = series.followers[index - 1] if index else series.opening
    row = {
        "Date": f"{first + timedelta(days=index):%m-%d-%Y}",
        "Network": series.network.capitalize(),
        "Profile": f"'@{series.brand.handle}",
        "Published Posts": str(len(posts)),
        "Audience": "" if followers is None else f"{followers:,}",
    }
    if followers is not None and before is not None:
        row["Net Audience Growth"] = f"{followers - before:,}"
        row["% Audience Growth"] = f"{100 * (followers - before) / before:.4f}%"
    for content_type, column in _PUBLISHED.items():
        row[column] = str(sum(post.content_type == content_type for post in posts))
    total = sum(post.engagement for post in posts)
    row |= {
        "Public Engagements": f"{total:,}",
        "Reactions": f"{sum(post.reactions for post in posts):,}",
        "Comments": f"{sum(post.comments for post in posts):,}",
        "Shares": f"{sum(post.shares for post in posts):,}",
    }
    if posts:
        row["Public Engagements per Post"] = f"{total / len(posts):.2f}"
        row["Top Hashtags by Lifetime Public Engagements"] = "#coffee"
    return row
