"""What the brands themselves publish, and how their audiences grow: official posts, daily follower counts."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipelines.demo import ids
from pipelines.demo.events import CAMPAIGN_BRAND, CAMPAIGN_DAYS, CAMPAIGN_HASHTAG
from pipelines.demo.phrases import PhraseWriter, weighted
from pipelines.demo.posts import ZONE
from pipelines.demo.rhythm import DAYS, moment, poisson
from pipelines.demo.world import BRANDS, DemoBrand

NETWORKS = ("instagram", "facebook")
CAMPAIGN_FACTOR = 4.0
JUMP_BRAND = "copper_wren"
JUMP_NETWORK = "instagram"
JUMP_DAY = 24
JUMP_SHARE = 0.18
ADDED_LATE_BRAND = "pestle"
ADDED_LATE_DAY = 14
"""The tool began to follow this competitor in week 3: no follower counts before, which is unknown, not zero."""
_CONTENT = {
    "instagram": (("Photo", 40), ("Video", 35), ("Carousel", 25)),
    "facebook": (("Photo", 45), ("Video", 20), ("Link", 25), ("Text", 10)),
}
_EFFECT = {"Photo": 1.0, "Video": 1.6, "Carousel": 1.3, "Link": 0.5, "Text": 0.6}
_KINDS = (("official_promo", 50), ("official_curated", 28), ("official_interaction", 22))
_KIND_EFFECT = {"official_promo": 0.8, "official_curated": 0.9, "official_interaction": 1.7}


@dataclass(frozen=True)
class OfficialPost:
    """One post of an official account, minutes resolution, with the public counters of its network."""

    brand: DemoBrand
    network: str
    post_id: str
    url: str
    at: datetime
    day_index: int
    text: str
    content_type: str
    content_kind: str
    followers: int
    reactions: int
    comments: int
    shares: int

    @property
    def engagement(self) -> int:
        """Reactions, comments and shares together."""
        return self.reactions + self.comments + self.shares


@dataclass(frozen=True)
class AudienceSeries:
    """Followers of one account at the end of each day, oldest first; None where the tool did not follow it yet."""

    brand: DemoBrand
    network: str
    opening: int
    followers: tuple[int | None, ...]
    jump_followers: int


def audience_series(rng: random.Random) -> list[AudienceSeries]:
    """Return a follower count per account and day: slow noisy growth, and one jump."""
    return [_series(rng, brand, network) for brand in BRANDS for network in NETWORKS]


def _series(rng: random.Random, brand: DemoBrand, network: str) -> AudienceSeries:
    count = opening = brand.followers[network]
    values: list[int | None] = []
    jump = 0
    for index in range(DAYS):
        count += round(count * rng.gauss(0.0006, 0.0007))
        if (brand.brand_id, network, index) == (JUMP_BRAND, JUMP_NETWORK, JUMP_DAY):
            jump = round(count * JUMP_SHARE)
            count += jump
        is_followed = brand.brand_id != ADDED_LATE_BRAND or index >= ADDED_LATE_DAY
        values.append(count if is_followed else None)
    return AudienceSeries(brand, network, opening, tuple(values), jump)


def official_posts(rng: random.Random, first: date, audiences: list[AudienceSeries]) -> list[OfficialPost]:
    """Return what the official accounts posted, oldest first; one competitor posts four times as much for a week."""
    writer = PhraseWriter(rng)
    posts = []
    for series in audiences:
        for index in range(DAYS):
            in_campaign = series.brand.brand_id == CAMPAIGN_BRAND and index in CAMPAIGN_DAYS
            rate = series.brand.weekly_posts / 7 * (CAMPAIGN_FACTOR if in_campaign else 1.0)
            for _ in range(poisson(rng, rate)):
                posts.append(_official_post(rng, writer, first, series, index, in_campaign=in_campaign))
    return sorted(posts, key=lambda post: (post.at, post.post_id))


def _official_post(
    rng: random.Random, writer: PhraseWriter, first: date, series: AudienceSeries, index: int, *, in_campaign: bool
) -> OfficialPost:
    brand, network = series.brand, series.network
    at = moment(rng, first + timedelta(days=index), ZONE).replace(second=0)
    kind, content_type = weighted(rng, _KINDS), weighted(rng, _CONTENT[network])
    text = writer.line(brand.language, kind, brand=brand)
    if in_campaign:
        text += f" #{CAMPAIGN_HASHTAG}"
    if rng.random() < 0.3:
        text += "\n\n" + rng.choice(("☕️ #coffee", "❤️ #coffeetime", "✨ #newmachine", "👉 https://shop.example.org"))
    known = series.followers[index - 1] if index else series.opening
    followers = known or series.opening
    level = followers * 0.006 * _EFFECT[content_type] * _KIND_EFFECT[kind] * rng.lognormvariate(0.0, 0.55)
    if network == "instagram":
        post_id = ids.short_code(rng, at)
        url = f"https://www.instagram.com/p/{post_id}/"
    else:
        post_id = ids.digits(rng, 15)
        url = f"https://www.facebook.com/{brand.handle}/posts/{post_id}"
    return OfficialPost(
        brand=brand, network=network, post_id=post_id, url=url, at=at, day_index=index, text=text,
        content_type=content_type, content_kind=kind.removeprefix("official_"), followers=followers,
        reactions=int(level), comments=int(level * rng.uniform(0.02, 0.08)),
        shares=int(level * rng.uniform(0.02, 0.1)) if network == "facebook" else 0,
    )  # fmt: skip
