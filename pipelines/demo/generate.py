"""Writing the demo: every post goes to the exports that hold it, in two deliveries; truths are counted."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from pipelines.demo import ids
from pipelines.demo.competitors import AudienceSeries, OfficialPost, audience_series, official_posts
from pipelines.demo.ledger import count_truths
from pipelines.demo.people import Population
from pipelines.demo.posts import X_API_FROM_DAY, ZONE, Post, PostMaker
from pipelines.demo.rhythm import DAYS, LATE_UNTIL_DAY, day_start, first_day
from pipelines.demo.story import broken_sources, tell_story
from pipelines.demo.truths import PlantedFile, PlantedTruths
from pipelines.demo.write_brandwatch import write_brandwatch
from pipelines.demo.write_canonical import write_canonical
from pipelines.demo.write_crowdtangle import write_crowdtangle
from pipelines.demo.write_meltwater import write_meltwater
from pipelines.demo.write_sprout import write_daily, write_posts
from pipelines.demo.write_x_api import write_x_api

OVERLAP_DAYS = range(25, 28)
"""Days that both Brandwatch exports of the first delivery cover: their rows come twice."""
CROWDTANGLE_BRANDS = ("tavorel", "ecumelle")


@dataclass(frozen=True)
class _Delivery:
    """What the writers share: the folder, the first day, all posts in time order, and which file got which post."""

    folder: Path
    maker: PostMaker
    posts: Sequence[Post]
    rows: dict[str, list[tuple[str, str]]]

    def day(self, index: int) -> date:
        return self.maker.first + timedelta(days=index)

    def span(self, days: range) -> tuple[datetime, datetime]:
        return day_start(self.day(days.start), ZONE), day_start(self.day(days.stop), ZONE)

    def select(self, vendor: str, days: range, name: str, *, with_late: bool = False) -> list[Post]:
        """Return the posts of a vendor's export of these days, and note that `name` holds them."""
        chosen = [
            post for post in self.posts
            if vendor in post.exports
            and (with_late if post.is_late else self.maker.day_index(post.at) in days)
        ]  # fmt: skip
        for post in chosen:
            self.rows[post.key].append((name, vendor))
        return chosen


def generate(folder: Path, *, seed: int = 7, end: date = date(2026, 3, 1), scale: float = 1.0) -> PlantedTruths:
    """Write the export files of eight weeks that end on Sunday `end` into `folder`, and return what was planted.

    The same arguments give the same bytes. `scale` multiplies the ordinary mention volume. Raises ValueError if
    `end` is not a Sunday or `scale` is not above zero.
    """
    if not scale > 0:
        raise ValueError(f"The scale must be above zero, not {scale}.")
    first = first_day(end)
    rng = random.Random(f"mentions:{seed}")
    maker = PostMaker(rng, Population(rng, scale), first)
    posts = tell_story(maker, scale)
    folder.mkdir(parents=True, exist_ok=True)
    delivery = _Delivery(folder, maker, posts, {post.key: [] for post in posts})
    files = _write_mentions(delivery, broken_sources(maker))
    official_rng = random.Random(f"competitors:{seed}")
    audiences = audience_series(official_rng)
    official = official_posts(official_rng, first, audiences)
    competitor_files, places = _write_competitors(delivery, official_rng, audiences, official)
    return count_truths(
        seed=seed, scale=scale, maker=maker, posts=posts, rows=delivery.rows, files=(*files, *competitor_files),
        audiences=audiences, official=official, places=places,
    )  # fmt: skip


def _write_mentions(delivery: _Delivery, broken: dict[str, list[Post]]) -> list[PlantedFile]:
    """Write the mention exports of both deliveries, first delivery first."""
    folder, rng = delivery.folder, delivery.maker.rng
    early, late = range(LATE_UNTIL_DAY), range(LATE_UNTIL_DAY, DAYS)
    files = []
    for batch, days in ((1, range(OVERLAP_DAYS.stop)), (1, range(OVERLAP_DAYS.start, LATE_UNTIL_DAY)), (2, late)):
        since, until = delivery.span(days)
        name = f"brandwatch_mentions_{delivery.day(days.start)}_{delivery.day(days.stop - 1)}.csv"
        chosen = delivery.select("brandwatch", days, name, with_late=batch == 2)
        if batch == 2:  # sorted by when they were found, so that late rows stand among the new ones
            chosen.sort(key=lambda post: (ids.epoch_ms(post.at) if not post.is_late else ids.epoch_ms(since), post.key))
        is_first = days.start == 0
        files.append(
            write_brandwatch(
                folder / name, chosen, since=since, until=until, added_after=since if batch == 2 else None, batch=batch,
                broken_from=broken["brandwatch"] if is_first else (), rng=rng,
            )
        )  # fmt: skip
    for batch, days in ((1, early), (2, late)):
        faulty = broken if batch == 1 else {}
        tag = f"{delivery.day(days.start)}_{delivery.day(days.stop - 1)}"
        name = f"meltwater_{tag}.csv"
        chosen = delivery.select("meltwater", days, name)
        files.append(
            write_meltwater(folder / name, chosen, batch=batch, broken_from=faulty.get("meltwater", ()), rng=rng)
        )
        name = f"community_{tag}.csv"
        chosen = delivery.select("canonical", days, name)
        files.append(
            write_canonical(folder / name, chosen, batch=batch, broken_from=faulty.get("canonical", ()), rng=rng)
        )
        api_days = range(max(X_API_FROM_DAY, days.start), days.stop)
        name = f"x_search_{delivery.day(api_days.start)}_{delivery.day(api_days.stop - 1)}.jsonl"
        files.append(write_x_api(folder / name, delivery.select("x_api", api_days, name), batch=batch, rng=rng))
    return sorted(files, key=lambda file: (file.batch, file.name))


def _write_competitors(
    delivery: _Delivery, rng: random.Random, audiences: list[AudienceSeries], official: list[OfficialPost]
) -> tuple[list[PlantedFile], dict[str, list[str]]]:
    """Write the competitor reports of both deliveries; also return which files hold each official post."""
    folder, first = delivery.folder, delivery.maker.first
    places: dict[str, list[str]] = {post.post_id: [] for post in official}
    files = []
    # Broken rows copy posts of an account that is nowhere else, so that a wrongly kept one is seen as a new post.
    spare = [
        post for post in official_posts(random.Random(f"spare:{first}"), first, audiences) if post.network == "facebook"
    ]
    for batch, days in ((1, range(LATE_UNTIL_DAY)), (2, range(LATE_UNTIL_DAY, DAYS))):
        span = f"{delivery.day(days.start)} - {delivery.day(days.stop - 1)}"
        name = f"Competitor Posts (Coffee machines) {span}.csv"
        chosen = [post for post in official if post.day_index in days]
        _note(places, chosen, name)
        files.append(
            write_posts(folder / name, chosen, batch=batch, broken_from=spare[:6] if batch == 1 else (), rng=rng)
        )
        name = f"Competitor Performance (Coffee machines) {span}.csv"
        daily = write_daily(
            folder / name, audiences, official, first=first, days=days, batch=batch, rng=rng, with_faults=batch == 1
        )
        files.append(daily)
    report = delivery.day(LATE_UNTIL_DAY)
    zone = day_start(report, ZONE).astimezone(ZONE).tzname()
    period = f"{first}--{delivery.day(LATE_UNTIL_DAY - 1)}"
    name = f"{report}-06-00-00-{zone}-Historical-Report-Coffee-machines-{period}.csv"
    chosen = [
        post for post in official
        if post.network == "facebook" and post.brand.brand_id in CROWDTANGLE_BRANDS and post.day_index < LATE_UNTIL_DAY
    ]  # fmt: skip
    _note(places, chosen, name)
    files.append(write_crowdtangle(folder / name, chosen, batch=1, broken_from=spare[6:13], rng=rng))
    return sorted(files, key=lambda file: (file.batch, file.name)), places


def _note(places: dict[str, list[str]], posts: Sequence[OfficialPost], name: str) -> None:
    for post in posts:
        places[post.post_id].append(name)
