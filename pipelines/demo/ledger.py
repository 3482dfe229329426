"""Counting the truths: from the posts made and the rows written to the facts that tests compare with tables."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta
from statistics import median

from pipelines.demo.competitors import ADDED_LATE_BRAND, ADDED_LATE_DAY, JUMP_DAY, AudienceSeries, OfficialPost
from pipelines.demo.counters import likes_in
from pipelines.demo.events import CAMPAIGN_BRAND, CAMPAIGN_DAYS, CAMPAIGN_HASHTAG, SPIKE_DAY, SPIKE_HASHTAG
from pipelines.demo.hostile import HOSTILE_TEXTS
from pipelines.demo.posts import ZONE, Post, PostMaker
from pipelines.demo.rhythm import DAYS, local_day
from pipelines.demo.syndication import STORY_BRAND
from pipelines.demo.truths import (
    PlantedAudience,
    PlantedCampaign,
    PlantedCare,
    PlantedCompetitorPost,
    PlantedDuplicates,
    PlantedFile,
    PlantedHostile,
    PlantedLate,
    PlantedPost,
    PlantedSpike,
    PlantedStory,
    PlantedTruths,
)
from pipelines.demo.world import OWN, REPORTING_ZONE

Rows = Mapping[str, Sequence[tuple[str, str]]]


def count_truths(
    *, seed: int, scale: float, maker: PostMaker, posts: Sequence[Post], rows: Rows, files: tuple[PlantedFile, ...],
    audiences: Sequence[AudienceSeries], official: Sequence[OfficialPost], places: Mapping[str, Sequence[str]],
) -> PlantedTruths:  # fmt: skip
    """Return the planted truths of one generated folder; `rows` maps a post's key to the (file, vendor) of each row."""
    batch_of = {file.name: file.batch for file in files}
    planted = tuple(_post(post, rows[post.key], batch_of) for post in posts)
    first = maker.first
    return PlantedTruths(
        seed=seed,
        scale=scale,
        first_date=str(first),
        last_date=str(first + timedelta(days=DAYS - 1)),
        reporting_zone=REPORTING_ZONE,
        files=files,
        posts=planted,
        spike=_spike(planted, maker),
        story=_story(planted),
        duplicates=_duplicates(posts, rows),
        late=_late(posts, rows),
        hostile=_hostile(posts),
        care=_care(posts),
        competitor_posts=tuple(_competitor_post(post, places[post.post_id], batch_of) for post in official),
        campaign=_campaign(official, maker),
        audiences=tuple(_audience(series, maker) for series in audiences),
    )


def _post(post: Post, rows: Sequence[tuple[str, str]], batch_of: Mapping[str, int]) -> PlantedPost:
    local = post.at.astimezone(ZONE)
    return PlantedPost(
        key=post.key, kind=post.kind, intent=post.intent, platform_code=post.platform, native_id=post.native_id,
        url=post.url, published_at=f"{post.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", mention_date=str(local.date()),
        hour_of_day=local.hour, author_handle=post.author.handle, language_code=post.language, tone=post.tone,
        brands=post.brands, text=post.text, is_repost=post.is_repost, is_official=post.author.is_official,
        parent_native_id=post.parent.native_id if post.parent else None, batch=min(batch_of[name] for name, _ in rows),
        rows=tuple((name, likes_in(post, vendor)) for name, vendor in rows),
    )  # fmt: skip


def _spike(planted: Sequence[PlantedPost], maker: PostMaker) -> PlantedSpike:
    days = [str(maker.first + timedelta(days=index)) for index in range(DAYS)]
    own = [post for post in planted if OWN.brand_id in post.brands]
    counts = Counter(post.mention_date for post in own)
    usual = median(counts[day] for index, day in enumerate(days) if index != SPIKE_DAY)
    on_day = [post for post in own if post.mention_date == days[SPIKE_DAY]]
    tagged = sum(f"#{SPIKE_HASHTAG}" in post.text for post in on_day)
    return PlantedSpike(
        brand=OWN.brand_id, mention_date=days[SPIKE_DAY], mention_count=len(on_day), usual_count=usual,
        ratio=len(on_day) / usual if usual else 0.0, hashtag=SPIKE_HASHTAG, tagged_count=tagged,
        tagged_ratio=tagged / len(on_day), author_count=len({post.author_handle for post in on_day}),
        negative_count=sum(post.tone == "negative" for post in on_day),
    )  # fmt: skip


def _story(planted: Sequence[PlantedPost]) -> PlantedStory:
    copies = [post for post in planted if post.kind == "story_copy"]
    days = tuple(sorted({post.mention_date for post in copies}))
    return PlantedStory(STORY_BRAND, len(copies), days, tuple(post.key for post in copies))


def _duplicates(posts: Sequence[Post], rows: Rows) -> PlantedDuplicates:
    vendors = {post.key: sorted({vendor for _, vendor in rows[post.key]}) for post in posts}
    shared = tuple(key for key, names in vendors.items() if len(names) > 1)
    repeated = tuple(post.key for post in posts if len(rows[post.key]) > len(vendors[post.key]))
    repeats = {name for key in repeated for name, vendor in rows[key] if vendor == "brandwatch"}
    return PlantedDuplicates(
        cross_vendor_post_count=len(shared), cross_vendor_extra_rows=sum(len(vendors[key]) - 1 for key in shared),
        cross_vendor_keys=shared, repeated_row_count=sum(len(rows[key]) - len(vendors[key]) for key in repeated),
        repeated_files=tuple(sorted(repeats)), repeated_keys=repeated,
    )  # fmt: skip


def _late(posts: Sequence[Post], rows: Rows) -> PlantedLate:
    late = [post for post in posts if post.is_late]
    days = tuple(sorted({str(local_day(post.at, ZONE)) for post in late}))
    file = rows[late[0].key][0][0] if late else ""
    return PlantedLate(file, len(late), days, tuple(post.key for post in late))


def _hostile(posts: Sequence[Post]) -> tuple[PlantedHostile, ...]:
    kinds = {hostile.text: hostile.kind for hostile in HOSTILE_TEXTS}
    return tuple(
        PlantedHostile(post.key, kinds[post.text], post.text, post.language) for post in posts if post.kind == "hostile"
    )


def _care(posts: Sequence[Post]) -> PlantedCare:
    inbound = [
        post for post in posts
        if post.platform == "x" and not post.is_repost and OWN.brand_id in post.brands
        and post.intent in ("question", "complaint", "leak")
    ]  # fmt: skip
    replies = [post for post in posts if post.kind == "brand_reply"]
    minutes = [(post.at - post.parent.at).total_seconds() / 60 for post in replies if post.parent]
    handles = sorted({post.author.handle for post in posts if post.kind == "ambassador"})
    return PlantedCare(len(inbound), len(replies), median(minutes) if minutes else 0.0, tuple(handles))


def _competitor_post(post: OfficialPost, files: Sequence[str], batch_of: Mapping[str, int]) -> PlantedCompetitorPost:
    return PlantedCompetitorPost(
        post_id=post.post_id, platform_code=post.network, brand=post.brand.brand_id, account_handle=post.brand.handle,
        posted_at=f"{post.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", posted_date=str(local_day(post.at, ZONE)),
        content_type=post.content_type, content_kind=post.content_kind, text=post.text,
        engagement_total=post.engagement, files=tuple(files), batch=min(batch_of[name] for name in files),
    )  # fmt: skip


def _campaign(official: Sequence[OfficialPost], maker: PostMaker) -> PlantedCampaign:
    own = [post for post in official if post.brand.brand_id == CAMPAIGN_BRAND]
    inside = [post for post in own if post.day_index in CAMPAIGN_DAYS]
    usual = (len(own) - len(inside)) / (DAYS / 7 - 1)
    start = maker.first + timedelta(days=CAMPAIGN_DAYS.start)
    end = maker.first + timedelta(days=CAMPAIGN_DAYS.stop - 1)
    return PlantedCampaign(CAMPAIGN_BRAND, str(start), str(end), CAMPAIGN_HASHTAG, len(inside), usual)


def _audience(series: AudienceSeries, maker: PostMaker) -> PlantedAudience:
    start = ADDED_LATE_DAY if series.brand.brand_id == ADDED_LATE_BRAND else 0
    opening, closing = series.followers[start], series.followers[-1]
    jump = str(maker.first + timedelta(days=JUMP_DAY)) if series.jump_followers else None
    return PlantedAudience(
        brand=series.brand.brand_id,
        account_handle=series.brand.handle,
        platform_code=series.network,
        first_snapshot_date=str(maker.first + timedelta(days=start)),
        first_followers=opening or 0,
        last_followers=closing or 0,
        jump_date=jump,
        jump_followers=series.jump_followers,
    )
