"""What was planted: frozen, JSON-serialisable facts that tests compare with the pipeline's tables.

Days are ISO dates in the reporting zone, instants ISO 8601 in UTC. A post is one real post, however many rows tell of
it; batches say when a fact can be known: batch 1 is the first delivery, batch 2 the second.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

BOTH = (1, 2)


@dataclass(frozen=True)
class RejectedRow:
    """One row that must be refused: its place, why, and the column and value at fault (empty if the whole row is).

    `row_number` counts data rows from 1, `line_number` physical lines of the file from 1. Reasons: `unparseable_date`,
    `missing_date`, `missing_text_and_id`, `missing_account`, `wrong_field_count`, `bad_number`, `unreadable_json`.
    """

    row_number: int
    line_number: int
    reason: str
    column: str
    value: str


@dataclass(frozen=True)
class PlantedFile:
    """One written file: format, grain (mention, competitor_post, audience_snapshot), true zone, batch, row counts."""

    name: str
    source_format: str
    grain: str
    zone: str
    batch: int
    row_count: int
    kept_count: int
    rejected: tuple[RejectedRow, ...]


@dataclass(frozen=True)
class PlantedPost:
    """One real post: where it lives, what it says, the brands it names, and the rows that carry it.

    `rows` holds `[file name, likes]` per row; `kind` is ordinary, spike, story_copy, decoy, hostile, withheld, repost,
    ambassador or brand_reply; `text` is as written, except that reposts are cut in the X API files.
    """

    key: str
    kind: str
    intent: str
    platform_code: str
    native_id: str
    url: str
    published_at: str
    mention_date: str
    hour_of_day: int
    author_handle: str
    language_code: str
    tone: str
    brands: tuple[str, ...]
    text: str
    is_repost: bool
    is_official: bool
    parent_native_id: str | None
    batch: int
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class PlantedSpike:
    """The one real spike: day, volume against the median of the other days, and the hashtag that explains it."""

    brand: str
    mention_date: str
    mention_count: int
    usual_count: float
    ratio: float
    hashtag: str
    tagged_count: int
    tagged_ratio: float
    author_count: int
    negative_count: int


@dataclass(frozen=True)
class PlantedStory:
    """One article in many outlets: a cluster of near duplicates."""

    brand: str
    copy_count: int
    mention_dates: tuple[str, ...]
    post_keys: tuple[str, ...]


@dataclass(frozen=True)
class PlantedDuplicates:
    """Rows beyond the first of a post: across vendors, and the same row again in overlapping exports of one vendor."""

    cross_vendor_post_count: int
    cross_vendor_extra_rows: int
    cross_vendor_keys: tuple[str, ...]
    repeated_row_count: int
    repeated_files: tuple[str, ...]
    repeated_keys: tuple[str, ...]


@dataclass(frozen=True)
class PlantedLate:
    """Posts of earlier days that arrive only with the second delivery."""

    file: str
    row_count: int
    mention_dates: tuple[str, ...]
    post_keys: tuple[str, ...]


@dataclass(frozen=True)
class PlantedHostile:
    """One hostile text, exactly as it must be stored."""

    post_key: str
    kind: str
    text: str
    language_code: str


@dataclass(frozen=True)
class PlantedCare:
    """Questions and complaints of customers to the own brand on X, and its answers."""

    inbound_count: int
    answered_count: int
    median_reply_minutes: float
    ambassador_handles: tuple[str, ...]


@dataclass(frozen=True)
class PlantedCompetitorPost:
    """One post of an official account; `files` has two names where two tools saw the same post."""

    post_id: str
    platform_code: str
    brand: str
    account_handle: str
    posted_at: str
    posted_date: str
    content_type: str
    content_kind: str
    text: str
    engagement_total: int
    files: tuple[str, ...]
    batch: int


@dataclass(frozen=True)
class PlantedCampaign:
    """A week in which a competitor posts far more than usual."""

    brand: str
    first_date: str
    last_date: str
    hashtag: str
    post_count: int
    usual_weekly_post_count: float


@dataclass(frozen=True)
class PlantedAudience:
    """Followers of one account: ends of the series, days without a snapshot, and the jump if one was planted."""

    brand: str
    account_handle: str
    platform_code: str
    first_snapshot_date: str
    first_followers: int
    last_followers: int
    jump_date: str | None
    jump_followers: int


@dataclass(frozen=True)
class PlantedTruths:
    """Everything that was planted, with the totals that tables must reproduce."""

    seed: int
    scale: float
    first_date: str
    last_date: str
    reporting_zone: str
    files: tuple[PlantedFile, ...]
    posts: tuple[PlantedPost, ...]
    spike: PlantedSpike
    story: PlantedStory
    duplicates: PlantedDuplicates
    late: PlantedLate
    hostile: tuple[PlantedHostile, ...]
    care: PlantedCare
    competitor_posts: tuple[PlantedCompetitorPost, ...]
    campaign: PlantedCampaign
    audiences: tuple[PlantedAudience, ...]

    def posts_in(self, batches: Iterable[int] = BOTH) -> tuple[PlantedPost, ...]:
        """Return the posts that are known after these deliveries."""
        known = set(batches)
        return tuple(post for post in self.posts if post.batch in known)

    def mention_counts(self, batches: Iterable[int] = BOTH) -> dict[tuple[str, str], int]:
        """Return distinct posts by (brand, reporting day); a post naming two brands counts once for each."""
        return dict(Counter((brand, post.mention_date) for post in self.posts_in(batches) for brand in post.brands))

    def share_of_voice(self, batches: Iterable[int] = BOTH) -> dict[str, float]:
        """Return each brand's share of all (post, brand) pairs, 0 to 1; shares sum to 1."""
        counts = Counter(brand for post in self.posts_in(batches) for brand in post.brands)
        return {brand: count / counts.total() for brand, count in sorted(counts.items())}

    def files_in(self, batches: Iterable[int] = BOTH) -> tuple[PlantedFile, ...]:
        """Return the files of these deliveries."""
        known = set(batches)
        return tuple(file for file in self.files if file.batch in known)

    def to_json(self) -> str:
        """Return everything as one JSON document."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)
