"""What happens in the eight weeks: ordinary days, a spike with a cause, a syndicated story, decoys, replies, reposts.

Each function returns new posts and leaves the others alone; the order of the calls in `story` fixes the random stream.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from statistics import median

from pipelines.demo.hostile import HOSTILE_TEXTS
from pipelines.demo.people import Author
from pipelines.demo.phrases import weighted
from pipelines.demo.posts import ZONE, Post, PostMaker
from pipelines.demo.rhythm import DAYS, daily_count, day_start, local_day, moment
from pipelines.demo.world import BRANDS, INTENT_MIX, LANGUAGE_MIX, OWN, PLATFORM_MIX, DemoBrand

SPIKE_DAY = 37
SPIKE_HASHTAG = "NorviqueLeak"
SPIKE_RATIO = 9
SPIKE_TAGGED_SHARE = 0.6
_SPIKE_REPOSTS = 0.12
CAMPAIGN_BRAND = "ecumelle"
CAMPAIGN_DAYS = range(28, 35)
CAMPAIGN_HASHTAG = "MatinÉcumelle"
_CAMPAIGN_SHARE = 0.2
DECOYS_PER_DAY = 1.6
AMBASSADORS = 12
WITHHELD_POSTS = 6


def ordinary_posts(maker: PostMaker, scale: float) -> Iterator[Post]:
    """Yield the everyday posts about each brand, day by day, with the rhythm and the spread of real counts."""
    for index in range(DAYS):
        day = maker.first + timedelta(days=index)
        for brand in BRANDS:
            in_campaign = brand.brand_id == CAMPAIGN_BRAND and index in CAMPAIGN_DAYS
            mean = brand.daily_mentions * scale * (1.3 if in_campaign else 1.0)
            for _ in range(daily_count(maker.rng, mean, day)):
                yield _ordinary_post(maker, brand, day, in_campaign=in_campaign)


def _ordinary_post(maker: PostMaker, brand: DemoBrand, day: date, *, in_campaign: bool) -> Post:
    rng = maker.rng
    platform = weighted(rng, PLATFORM_MIX)
    language = weighted(rng, LANGUAGE_MIX[brand.brand_id])
    if platform in ("news", "blog"):
        return _news_post(maker, brand, day, platform, "fr" if language == "fr" else "en")
    intent = weighted(rng, INTENT_MIX[brand.brand_id])
    if in_campaign and language in ("en", "fr") and rng.random() < _CAMPAIGN_SHARE:
        intent = "campaign"
    if intent == "comparison" and language not in ("en", "fr"):
        intent = "neutral"
    rival = rng.choice([other for other in BRANDS if other is not brand]) if intent == "comparison" else None
    author = maker.people.draw(platform, language)
    tail = {"comparison": "tail_neutral", "campaign": "tail_praise"}.get(intent, f"tail_{intent}")
    text = maker.writer.compose(language, intent, tail, brand=brand, rival=rival)
    tone = {"praise": "positive", "complaint": "negative"}.get(intent, "neutral")
    text = maker.decorate(text, language=language, tone=tone, platform=platform, author=author)
    text = maker.address_brand(text, platform, brand.brand_id, intent)
    if intent == "campaign":
        text += f" #{CAMPAIGN_HASHTAG}"
    brands = (brand.brand_id, rival.brand_id) if rival else (brand.brand_id,)
    return maker.make(
        kind="ordinary",
        intent=intent,
        platform=platform,
        author=author,
        at=moment(rng, day, ZONE),
        text=text,
        brands=brands,
    )


def _news_post(maker: PostMaker, brand: DemoBrand, day: date, platform: str, language: str) -> Post:
    author = maker.people.draw(platform, language)
    text = maker.writer.compose(language, "news", "news_tail", brand=brand)
    if (more := maker.writer.line(language, "news_tail", brand=brand)) not in text:
        text += f" {more}"
    title = maker.writer.line(language, "headline", brand=brand).replace("#", "")
    at = moment(maker.rng, day, ZONE)
    return maker.make(
        kind="ordinary",
        intent="news",
        platform=platform,
        author=author,
        at=at,
        text=text,
        brands=(brand.brand_id,),
        title=title,
    )


def decoy_posts(maker: PostMaker, scale: float) -> Iterator[Post]:
    """Yield posts that a loose query for the brand Pestle brings in: kitchens, students, no brand at all."""
    for index in range(DAYS):
        day = maker.first + timedelta(days=index)
        for _ in range(daily_count(maker.rng, DECOYS_PER_DAY * scale, day)):
            platform = maker.rng.choice(("x", "x", "reddit"))
            author = maker.people.draw(platform, "en")
            text = maker.writer.compose("en", "decoy", "decoy_tail")
            text = text.lower() if author.is_lower_case else text
            at = moment(maker.rng, day, ZONE)
            yield maker.make(
                kind="decoy", intent="decoy", platform=platform, author=author, at=at, text=text, brands=()
            )


def hostile_posts(maker: PostMaker) -> Iterator[Post]:
    """Yield every hostile text once; those on X are in all three vendors' exports, so that each reader meets them."""
    for index, hostile in enumerate(HOSTILE_TEXTS):
        day = maker.first + timedelta(days=29 + index % 18)
        author = maker.people.newcomer(hostile.platform, hostile.language)
        exports = {"x": ("brandwatch", "meltwater", "x_api"), "news": ("meltwater",), "forum": ("canonical",)}
        yield maker.make(
            kind="hostile", intent="hostile", platform=hostile.platform, author=author, at=moment(maker.rng, day, ZONE),
            text=hostile.text, brands=hostile.brands, exports=exports[hostile.platform],
        )  # fmt: skip


def withheld_posts(maker: PostMaker) -> Iterator[Post]:
    """Yield posts whose text the vendor keeps back: valid rows with an id and no words."""
    for index in range(WITHHELD_POSTS):
        at = moment(maker.rng, maker.first + timedelta(days=8 * index + 2), ZONE)
        author = maker.people.draw("reddit", "en")
        yield maker.make(
            kind="withheld",
            intent="withheld",
            platform="reddit",
            author=author,
            at=at,
            text="",
            brands=(),
            exports=("brandwatch",),
        )


def repost_posts(maker: PostMaker, posts: list[Post], share: float = 0.11) -> Iterator[Post]:
    """Yield reposts of some of the posts on X, within hours, never past the last day."""
    last = day_start(maker.first + timedelta(days=DAYS), ZONE)
    for post in [post for post in posts if post.platform == "x" and post.kind == "ordinary"]:
        if maker.rng.random() >= share:
            continue
        at = post.at + timedelta(seconds=60 + int(maker.rng.expovariate(1 / 9_000)))
        if at < last:
            yield repost(maker, post, at)


def repost(maker: PostMaker, post: Post, at: datetime) -> Post:
    """Return a repost of a post on X; Brandwatch shows its text in full, the X API cuts it and adds the original."""
    original_in_api = "x_api" in post.exports
    return maker.make(
        kind="repost", intent=post.intent, platform="x", author=maker.people.draw("x", post.language), at=at,
        text=f"RT @{post.author.handle}: {post.text}", brands=post.brands, language=post.language, parent=post,
        is_repost=True, exports=("brandwatch", "x_api") if original_in_api else ("brandwatch",),
    )  # fmt: skip


def spike_posts(maker: PostMaker, posts: list[Post]) -> list[Post]:
    """Return posts that lift the own brand to nine times its usual count on one day of week 6: a leaking boiler."""
    day = maker.first + timedelta(days=SPIKE_DAY)
    counts = Counter(local_day(post.at, ZONE) for post in posts if OWN.brand_id in post.brands)
    usual = median(counts.get(maker.first + timedelta(days=index), 0) for index in range(DAYS) if index != SPIKE_DAY)
    wanted = max(6, round(SPIKE_RATIO * usual)) - counts.get(day, 0)
    originals = [_spike_post(maker, day) for _ in range(wanted - round(wanted * _SPIKE_REPOSTS))]
    end = day_start(day + timedelta(days=1), ZONE) - timedelta(hours=2)
    shared = [post for post in originals if post.platform == "x" and post.at < end]
    sources = [maker.rng.choice(shared) for _ in range(wanted - len(originals))] if shared else []
    _tag(maker, originals, sources, total=counts.get(day, 0) + len(originals) + len(sources))
    again = [repost(maker, post, post.at + timedelta(seconds=maker.rng.randrange(60, 7000))) for post in sources]
    return originals + again


def _tag(maker: PostMaker, originals: list[Post], sources: list[Post], *, total: int) -> None:
    """Give the spike's hashtag to originals until they and their coming reposts are six in ten of the day's posts."""
    copies = Counter(post.key for post in sources)
    open_count = round(SPIKE_TAGGED_SHARE * total)
    for post in originals:
        if open_count >= 1 + copies[post.key]:
            open_count -= 1 + copies[post.key]
            tag = f"#{SPIKE_HASHTAG}"
            post.text = f"{tag} {post.text}" if maker.rng.random() < 0.25 else f"{post.text} {tag}"


def _spike_post(maker: PostMaker, day: date) -> Post:
    rng = maker.rng
    platform = weighted(rng, (("x", 84), ("reddit", 8), ("instagram", 8)))
    language = weighted(rng, (("en", 66), ("fr", 34)))
    author = maker.people.sample(platform, language)
    text = maker.writer.compose(language, "leak", "leak_tail", brand=OWN)
    if rng.random() < 0.25:
        text += " " + rng.choice(("😡", "⚠️", "💔", "🤦‍♀️", "💧"))
    at = moment(rng, day, ZONE, is_spike=True)
    return maker.make(
        kind="spike", intent="leak", platform=platform, author=author, at=at, text=text, brands=(OWN.brand_id,)
    )


def ambassador_posts(maker: PostMaker, posts: list[Post]) -> list[Post]:
    """Return the replies of a dozen loyal owners under negative posts about the own brand, after the spike day."""
    rng, last = maker.rng, day_start(maker.first + timedelta(days=DAYS), ZONE)
    start = day_start(maker.first + timedelta(days=SPIKE_DAY + 1), ZONE)
    replies = []
    for index in range(AMBASSADORS):
        language = "fr" if index % 3 == 2 else "en"
        author = maker.people.newcomer("x", language)
        threads = [
            post for post in posts
            if post.tone == "negative" and post.platform == "x" and not post.is_repost and post.language == language
            and post.brands == (OWN.brand_id,) and maker.day_index(post.at) >= SPIKE_DAY
        ]  # fmt: skip
        for thread in rng.sample(threads, min(rng.randint(5, 8), len(threads))):
            at = max(start, thread.at) + timedelta(seconds=int(rng.expovariate(1 / 40_000)) + 300)
            if at < last:
                replies.append(_reply(maker, author, thread, at, "ambassador", (OWN.brand_id,)))
    return replies


def brand_replies(maker: PostMaker, posts: list[Post]) -> list[Post]:
    """Return the own brand's answers to questions and complaints on X: many in usual weeks, few in the storm."""
    rng, last = maker.rng, day_start(maker.first + timedelta(days=DAYS), ZONE)
    author = maker.people.official[OWN.brand_id]
    replies = []
    for post in posts:
        if (
            post.platform != "x"
            or post.is_repost
            or OWN.brand_id not in post.brands
            or post.language not in ("en", "fr")
        ):
            continue
        chance = {"question": 0.5, "complaint": 0.42, "leak": 0.06}.get(post.intent, 0.0)
        if chance and rng.random() < chance:
            at = post.at + timedelta(seconds=120 + int(rng.lognormvariate(8.6, 0.9)))
            if at < last:
                replies.append(_reply(maker, author, post, at, "reply", ()))
    return replies


def _reply(maker: PostMaker, author: Author, thread: Post, at: datetime, section: str, brands: tuple[str, ...]) -> Post:
    language = thread.language
    text = maker.writer.compose(language, section, f"{section}_tail", brand=OWN if brands else None)
    return maker.make(
        kind="brand_reply" if section == "reply" else section, intent=section, platform="x", author=author, at=at,
        text=f"@{thread.author.handle} {text}", brands=brands, language=language, parent=thread,
        exports=tuple(vendor for vendor in thread.exports if vendor != "meltwater") or ("brandwatch",),
    )  # fmt: skip
