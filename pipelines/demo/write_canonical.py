"""The project's own canonical CSV: one column per field of the mention record, UTF-8, times in UTC."""

import random
from collections.abc import Sequence
from pathlib import Path

from pipelines.demo.counters import likes_in, vendor_sentiment
from pipelines.demo.delimited import Dialect, Faults, write_delimited
from pipelines.demo.headers import CANONICAL_HEADER
from pipelines.demo.posts import Post
from pipelines.demo.truths import PlantedFile

_DIALECT = Dialect("canonical", "mention", CANONICAL_HEADER)
_FAULTS = Faults(
    date_cells={"published_at": "not a time"},
    identity_columns=("mention_id", "url", "text", "title"),
    counter_column="likes",
)


def write_canonical(
    path: Path, posts: Sequence[Post], *, batch: int, broken_from: Sequence[Post] = (), rng: random.Random
) -> PlantedFile:
    """Write one file and return its ledger."""
    rows, broken = [_row(post) for post in posts], [_row(post) for post in broken_from]
    return write_delimited(path, _DIALECT, rows, batch=batch, faults=_FAULTS, broken_from=broken, rng=rng)


def _row(post: Post) -> dict[str, str]:
    return {
        "mention_id": post.native_id, "source": "community_export", "platform": post.platform, "url": post.url,
        "published_at": f"{post.at:%Y-%m-%dT%H:%M:%SZ}", "author_id": post.author.author_id,
        "author_handle": post.author.handle, "author_name": post.author.name, "text": post.text, "title": post.title,
        "author_followers": str(post.author.followers) if post.platform == "youtube" else "",
        "language": post.language, "country": post.author.country, "likes": str(likes_in(post, "canonical")),
        "shares": "", "comments": str(post.comments), "views": str(post.views) if post.platform == "forum" else "",
        "impressions": "", "reach": "", "is_repost": "false", "parent_id": "", "query_name": "Coffee machines (demo)",
        "vendor_sentiment": vendor_sentiment(post),
    }  # fmt: skip
