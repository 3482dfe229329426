"""The order in which the demo's events are told; the order fixes the random stream, so new events go last."""

from datetime import timedelta

from pipelines.demo.events import (
    SPIKE_DAY,
    ambassador_posts,
    brand_replies,
    decoy_posts,
    hostile_posts,
    ordinary_posts,
    repost_posts,
    spike_posts,
    withheld_posts,
)
from pipelines.demo.posts import ZONE, Post, PostMaker
from pipelines.demo.rhythm import LATE_UNTIL_DAY, moment
from pipelines.demo.syndication import story_posts
from pipelines.demo.world import OWN

LATE_POSTS = 45
LATE_FROM_DAY = 28
BROKEN_ROWS = 6


def tell_story(maker: PostMaker, scale: float) -> list[Post]:
    """Return every post of the eight weeks, oldest first."""
    posts = list(ordinary_posts(maker, scale))
    posts += decoy_posts(maker, scale)
    posts += hostile_posts(maker)
    posts += withheld_posts(maker)
    posts += repost_posts(maker, posts)
    posts += story_posts(maker)
    posts += spike_posts(maker, posts)
    posts += ambassador_posts(maker, posts)
    posts += brand_replies(maker, posts)
    _mark_late(maker, posts)
    return sorted(posts, key=lambda post: (post.at, post.key))


def _mark_late(maker: PostMaker, posts: list[Post]) -> None:
    """Mark posts of weeks 5 to 7 that Brandwatch finds only in week 8; the spike day stays whole."""
    candidates = [
        post for post in posts
        if post.exports == ("brandwatch",) and post.kind == "ordinary"
        and LATE_FROM_DAY <= maker.day_index(post.at) < LATE_UNTIL_DAY and maker.day_index(post.at) != SPIKE_DAY
    ]  # fmt: skip
    for post in maker.rng.sample(candidates, min(LATE_POSTS, len(candidates) // 2)):
        post.is_late = True


def broken_sources(maker: PostMaker) -> dict[str, list[Post]]:
    """Return sound posts, outside the story, that the writers copy and break; no id of theirs holds a clock."""
    platforms = {"brandwatch": "blog", "meltwater": "news", "canonical": "forum"}
    sources: dict[str, list[Post]] = {}
    for vendor, platform in platforms.items():
        sources[vendor] = []
        for index in range(BROKEN_ROWS):
            author = maker.people.newcomer(platform, "en")
            at = moment(maker.rng, maker.first + timedelta(days=3 * index + 1), ZONE)
            text = f"This row is broken on purpose ({vendor}, {index + 1}); nobody may count it for Norvique."
            post = maker.make(
                kind="broken",
                intent="neutral",
                platform=platform,
                author=author,
                at=at,
                text=text,
                brands=(OWN.brand_id,),
            )
            sources[vendor].append(post)
    return sources
