"""CrowdTangle's Facebook historical report: 40 columns, times with a zone abbreviation, followers at posting."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.demo.competitors import OfficialPost
from pipelines.demo.delimited import Dialect, Faults, write_delimited
from pipelines.demo.headers import CROWDTANGLE_HEADER
from pipelines.demo.people import official_author
from pipelines.demo.posts import ZONE
from pipelines.demo.truths import PlantedFile
from pipelines.demo.world import REPORTING_ZONE

_DIALECT = Dialect("crowdtangle_facebook", "competitor_post", CROWDTANGLE_HEADER, REPORTING_ZONE)
_FAULTS = Faults(
    date_cells={"Post Created": "someday CET", "Post Created Date": "someday", "Post Created Time": "noon"},
    identity_columns=("URL", "Message", "Link", "Final Link", "Facebook Id", "Description", "Link Text", "Image Text"),
    counter_column="Likes",
    bad_dates=("2026-01-20 18:00:00 QRST",),
)
_TYPES = {"Photo": "Photo", "Video": "Native Video", "Link": "Link", "Text": "Status"}


def write_crowdtangle(
    path: Path, posts: Sequence[OfficialPost], *, batch: int, broken_from: Sequence[OfficialPost], rng: random.Random
) -> PlantedFile:
    """Write the report of these Facebook posts and return its ledger."""
    rows, broken = [_row(post) for post in posts], [_row(post) for post in broken_from]
    return write_delimited(path, _DIALECT, rows, batch=batch, faults=_FAULTS, broken_from=broken, rng=rng)


def _row(post: OfficialPost) -> Mapping[str, str]:
    local = post.at.astimezone(ZONE)
    love = post.reactions // 8
    is_video = post.content_type == "Video"
    return {
        "Page Name": post.brand.name,
        "User Name": post.brand.handle,
        "Page Category": "APPLIANCES",
        "Page Admin Top Country": "FR",
        "Page Created": "2014-03-02 10:00:00",
        "Facebook Id": official_author(post.brand, "facebook").author_id,
        "Likes at Posting": str(post.followers - post.followers // 20),
        "Followers at Posting": str(post.followers),
        "Post Created": f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}",
        "Post Created Date": f"{local:%Y-%m-%d}",
        "Post Created Time": f"{local:%H:%M:%S}",
        "Type": _TYPES[post.content_type],
        "Total Interactions": f"{post.engagement:,}",
        "Likes": str(post.reactions - love),
        "Comments": str(post.comments),
        "Shares": str(post.shares),
        "Love": str(love),
        "Wow": "0",
        "Haha": "0",
        "Sad": "0",
        "Angry": "0",
        "Care": "0",
        "Video Share Status": "owned" if is_video else "",
        "Is Video Owner?": "Yes" if is_video else "-",
        "Post Views": str(post.reactions * 21) if is_video else "0",
        "Total Views": "0",
        "Total Views For All Crossposts": "0",
        "Video Length": "00:00:31" if is_video else "N/A",
        "URL": post.url,
        "Message": post.text,
        "Link": post.url,
        CROWDTANGLE_HEADER[-1]: "1.0",
    }
