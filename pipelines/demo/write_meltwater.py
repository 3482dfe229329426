"""Meltwater legacy CSV: UTF-16 with a byte order mark, tabs, account-local times, the true clock in `Document ID`."""

import random
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines.demo import ids
from pipelines.demo.counters import likes_in, vendor_sentiment
from pipelines.demo.delimited import Dialect, Faults, write_delimited
from pipelines.demo.headers import MELTWATER_HEADER
from pipelines.demo.posts import Post
from pipelines.demo.truths import PlantedFile
from pipelines.demo.world import MELTWATER_ZONE

_ZONE = ZoneInfo(MELTWATER_ZONE)
_DIALECT = Dialect(
    "meltwater_legacy", "mention", MELTWATER_HEADER, MELTWATER_ZONE, "utf-16-le", delimiter="\t", preamble="\ufeff"
)
_FAULTS = Faults(
    date_cells={
        "Date": "99-Foo-2026 25:61XM", "Alternate Date Format": "Foo", "Time": "later", "Document ID": "no-clock",
    },
    identity_columns=("Document ID", "Tweet Id", "URL", "Hit Sentence", "Opening Text", "Headline", "Parent URL"),
    counter_column="Views",
)  # fmt: skip
_LANGUAGES = {"en": "English", "fr": "French", "es": "Spanish", "de": "German"}
_COUNTRIES = {
    "GB": "United Kingdom", "US": "United States", "IE": "Ireland", "CA": "Canada", "FR": "France", "BE": "Belgium",
    "CH": "Switzerland", "ES": "Spain", "DE": "Germany", "AT": "Austria",
}  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def write_meltwater(
    path: Path, posts: Sequence[Post], *, batch: int, broken_from: Sequence[Post] = (), rng: random.Random
) -> PlantedFile:
    """Write one export and return its ledger."""
    rows, broken = [_row(post) for post in posts], [_row(post) for post in broken_from]
    return write_delimited(path, _DIALECT, rows, batch=batch, faults=_FAULTS, broken_from=broken, rng=rng)


def _clock(at: datetime) -> tuple[str, str, str]:
    """Return `13-Aug-2025 09:07AM`, `13-Aug-25` and `9:07 AM`, in English whatever the machine's locale."""
    hour, half = at.hour % 12 or 12, "AM" if at.hour < 12 else "PM"
    day = f"{at:%d}-{_MONTHS[at.month - 1]}"
    return f"{day}-{at:%Y} {hour:02d}:{at:%M}{half}", f"{day}-{at:%y}", f"{hour}:{at:%M} {half}"


def _row(post: Post) -> dict[str, str]:
    date_text, alternate, time_text = _clock(post.at.astimezone(_ZONE))
    likes = str(likes_in(post, "meltwater"))
    row = {
        "Date": date_text, "Alternate Date Format": alternate, "Time": time_text, "URL": post.url,
        "Headline": post.title, "Hit Sentence": post.text, "Country": _COUNTRIES[post.author.country],
        "Language": _LANGUAGES.get(post.language, "Unknown"), "Sentiment": vendor_sentiment(post).capitalize(),
        "Input Name": "Coffee machines (demo)", "Keywords": "coffee machine", "Is Verified": "false",
        "Document ID": _quoted(f"{ids.epoch_ms(post.at)}_{post.key}{post.native_id[-6:]}"), "Source": "X",
    }  # fmt: skip
    if post.platform == "x":
        row |= {
            "Reach": str(post.author.followers), "Engagement": likes, "Tweet Id": _quoted(post.native_id),
            "Twitter Id": _quoted(post.author.author_id), "Influencer": f"@{post.author.handle}",
            "Twitter Screen Name": post.author.name, "Twitter Followers": str(post.author.followers),
            "User Profile Url": f"https://x.com/{post.author.handle}", "Likes": likes, "Replies": str(post.comments),
            "Retweets": str(post.shares), "Views": str(post.views),
        }  # fmt: skip
        if post.parent:
            row["Parent URL"] = post.parent.url
        return row
    if post.platform == "reddit":
        return row | {"Source": "Reddit", "Influencer": post.author.handle, "Likes": likes,
                      "Comments": str(post.comments)}  # fmt: skip
    return row | {"Source": post.author.name, "Influencer": "", "Opening Text": post.text[:180], "AVE": "",
                  "Reach": str(post.author.followers * 3)}  # fmt: skip


def _quoted(number: str) -> str:
    """Return an id as this tool protects it from spreadsheets: inside literal quotes."""
    return f'"{number}"'
