"""What each vendor says about one post: likes counted on different days, a label that is at times wrong."""

import zlib

from pipelines.demo.posts import Post

_GROWTH = {"x_api": 0.7, "canonical": 1.0, "brandwatch": 1.0, "meltwater": 1.25}
"""The X API was asked soon after posting, Meltwater last: the same post carries three different counts."""
_LABELS = ("positive", "neutral", "negative")


def likes_in(post: Post, vendor: str) -> int:
    """Return the likes of a post as a vendor's export shows them."""
    return int(post.likes * _GROWTH[vendor])


def vendor_sentiment(post: Post) -> str:
    """Return the vendor's label: the true tone four times in five, else another (fixed by the post's key)."""
    chance = zlib.crc32(post.key.encode())
    return post.tone if chance % 5 else _LABELS[chance // 5 % 3]
