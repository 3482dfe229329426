"""A post of the demo and how one is made: id, address, counters, hashtags, emoji, links. `events` tells the stories."""

import random
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pipelines.demo import ids
from pipelines.demo.people import Author, Population
from pipelines.demo.phrases import PhraseWriter
from pipelines.demo.rhythm import local_day
from pipelines.demo.world import EXPORTED_IN, OWN, REPORTING_ZONE

ZONE = ZoneInfo(REPORTING_ZONE)
X_API_FROM_DAY = 28

TONE_OF_INTENT = {
    "praise": "positive", "complaint": "negative", "leak": "negative", "ambassador": "positive", "reply": "neutral",
}  # fmt: skip
_EMOJI = {
    "positive": ("☕️", "😍", "❤️", "👍", "😊", "🎉", "✨", "👍🏽"),
    "negative": ("😡", "🤦‍♀️", "😤", "👎", "☹️", "⚠️"),
    "neutral": ("☕", "🤔", "📦", "🫘", "✌️"),
}
_HASHTAGS = {
    "en": ("coffee", "homebarista", "espresso", "morningcoffee", "kitchen", "latteart", "coffeetime", "smallkitchen"),
    "fr": ("café", "cafemaison", "barista", "pausecafé", "cuisine", "torréfaction", "petitdéjeuner"),
    "es": ("café", "cocina", "desayuno"),
    "de": ("kaffee", "küche", "frühstück"),
}
_LINK_HOSTS = ("blog.example.org", "photos.example.org", "counter-top.example", "tasse-et-grain.example")
_SUBREDDITS = ("kitchen_counter_invented_talk", "machines_a_cafe_imaginaires", "invented_espresso_corner")


@dataclass(slots=True)
class Post:
    """One real post of the invented world, whoever exported it. `at` is UTC, whole seconds."""

    key: str
    kind: str
    intent: str
    platform: str
    language: str
    author: Author
    at: datetime
    text: str
    brands: tuple[str, ...]
    native_id: str = ""
    url: str = ""
    title: str = ""
    tone: str = "neutral"
    parent: "Post | None" = None
    is_repost: bool = False
    is_late: bool = False
    likes: int = 0
    shares: int = 0
    comments: int = 0
    views: int = 0
    exports: tuple[str, ...] = ()

    @property
    def is_withheld(self) -> bool:
        """Whether the vendor kept the text back."""
        return self.kind == "withheld"


class PostMaker:
    """Makes posts with ids, counters and decorations from one random stream; keys are dealt in order."""

    def __init__(self, rng: random.Random, people: Population, first: date) -> None:
        """Share one stream with the phrase writer, so that a seed fixes all; `first` is the first day."""
        self.rng = rng
        self.people = people
        self.first = first
        self.writer = PhraseWriter(rng)
        self._made = 0

    def make(
        self, *, kind: str, intent: str, platform: str, author: Author, at: datetime, text: str,
        brands: tuple[str, ...], language: str = "", title: str = "", parent: Post | None = None,
        is_repost: bool = False, exports: tuple[str, ...] | None = None,
    ) -> Post:  # fmt: skip
        """Return a post with its id, address, tone, counters and exports; boards and news keep whole minutes."""
        self._made += 1
        at = at if platform in ("x", "instagram") else at.replace(second=0)
        post = Post(
            key=f"p{self._made:05d}", kind=kind, intent=intent, platform=platform, language=language or author.language,
            author=author, at=at, text=text, brands=brands, title=title, parent=parent, is_repost=is_repost,
            tone=parent.tone if is_repost and parent else TONE_OF_INTENT.get(intent, "neutral"),
        )  # fmt: skip
        self._address(post)
        self._count(post)
        post.exports = self.exports_of(post) if exports is None else exports
        return post

    def exports_of(self, post: Post) -> tuple[str, ...]:
        """Return which vendors hold the post, drawn by platform; the X API collection starts in week 5."""
        choices, weights = zip(*EXPORTED_IN[post.platform], strict=True)
        drawn: tuple[str, ...] = self.rng.choices(choices, weights=weights)[0]
        if self.day_index(post.at) < X_API_FROM_DAY:
            drawn = tuple(vendor for vendor in drawn if vendor != "x_api")
        return drawn or ("brandwatch",)

    def day_index(self, at: datetime) -> int:
        """Return the number of reporting days between the demo's first day and an instant."""
        return (local_day(at, ZONE) - self.first).days

    def _address(self, post: Post) -> None:
        rng, handle = self.rng, post.author.handle
        if post.platform == "x":
            post.native_id = ids.snowflake(rng, post.at)
            post.url = f"https://x.com/{handle}/status/{post.native_id}"
        elif post.platform == "reddit":
            post.native_id = ids.base36(rng, 7)
            post.url = f"https://www.reddit.com/r/{rng.choice(_SUBREDDITS)}/comments/{post.native_id}/"
        elif post.platform == "instagram":
            post.native_id = ids.short_code(rng, post.at)
            post.url = f"https://www.instagram.com/p/{post.native_id}/"
        elif post.platform == "youtube":
            post.native_id = ids.hex_id(rng, 26)
            post.url = f"https://www.youtube.com/watch?v=invented-demo&lc={post.native_id}"
        elif post.platform == "forum":
            post.native_id = ids.digits(rng, 8)
            post.url = f"https://forum.counter-top.example/t/{post.native_id}"
        else:
            post.native_id = ids.hex_id(rng, 10)
            post.url = f"https://{handle}/{post.at:%Y/%m/%d}/{post.native_id}"

    def _count(self, post: Post) -> None:
        rng = self.rng
        if post.is_repost or post.platform in ("news", "blog"):
            return
        reach = (post.author.followers + 20) ** 0.55 * rng.lognormvariate(0.0, 0.9)
        post.likes = int(reach * 0.35)
        post.comments = int(reach * 0.05 * rng.lognormvariate(0.0, 0.7))
        post.shares = int(reach * 0.06 * rng.lognormvariate(0.0, 0.7)) if post.platform != "instagram" else 0
        post.views = int(reach * 14) + post.likes

    def decorate(self, text: str, *, language: str, tone: str, platform: str, author: Author) -> str:
        """Return the text with some of: lower case, emoji, hashtags, a link. Nothing in it can hold a brand's name."""
        rng = self.rng
        if author.is_lower_case:
            text = text.lower()
        if rng.random() < 0.22:
            text += " " + rng.choice(_EMOJI[tone])
        if rng.random() < (0.9 if platform == "instagram" else 0.16):
            count = rng.randint(2, 4) if platform == "instagram" else 1
            tags = rng.sample(_HASHTAGS[language], min(count, len(_HASHTAGS[language])))
            text += " " + " ".join(f"#{tag}" for tag in tags)
        if rng.random() < 0.07:
            text += f" https://{rng.choice(_LINK_HOSTS)}/{ids.base36(rng, 6)}"
        return text

    def address_brand(self, text: str, platform: str, brand_id: str, intent: str) -> str:
        """Return the text, sometimes opened with the own brand's handle, as people do who want an answer."""
        wants_answer = intent in ("complaint", "question") and platform == "x" and brand_id == OWN.brand_id
        return f"@{OWN.handle} {text}" if wants_answer and self.rng.random() < 0.4 else text
