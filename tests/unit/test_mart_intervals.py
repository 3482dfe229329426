"""Intervals against simulated conversations: a 95 % interval must hold the truth in 93 to 97 of 100 days."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from transforms.marts.panel import Panel, PanelBrand
from transforms.marts.share_of_voice import share_of_voice_daily, share_of_voice_weekly

BRANDS = ("acme", "bolt", "cord")
PANEL = Panel("p1", tuple(PanelBrand(brand, "competitor") for brand in BRANDS))
FIRST = date(2000, 1, 1)


def conversation(days: int, stories: int, share: float, *, copied: float, company: float) -> tuple[pl.DataFrame, float]:
    """Days of independent stories, and acme's true share of their mentions.

    Each story is about acme with probability `share`, else about one of the others; a part `copied` of the stories is
    syndicated 20 to 120 times; a part `company` names a second brand.
    """
    rng = np.random.default_rng(1927)
    chances = np.array([share, (1 - share) / 2, (1 - share) / 2])
    beside = np.array([[0 if i == j else chances[j] / (1 - chances[i]) for j in range(3)] for i in range(3)])
    truth = chances + company * (chances @ beside)
    count = days * stories
    first = rng.choice(3, count, p=chances)
    second = (rng.random(count)[:, None] > beside.cumsum(axis=1)[first]).sum(axis=1)
    copies = np.where(rng.random(count) < copied, rng.integers(20, 121, count), 1)
    story = pl.DataFrame(
        {"story": np.arange(count), "day": np.arange(count) // stories, "brand": first, "copies": copies}
    )
    named = pl.concat([story, story.with_columns(pl.Series("brand", second)).filter(rng.random(count) < company)])
    mentions = named.select(pl.exclude("copies").repeat_by("copies").explode())
    at = datetime(2000, 1, 1, 12, tzinfo=UTC)
    return mentions.select(
        (pl.lit(FIRST) + pl.duration(days="day")).cast(pl.Date).alias("mention_date"),
        pl.lit(at).alias("published_at"),
        pl.lit("x").alias("platform_code"),
        pl.col("brand").replace_strict(dict(enumerate(BRANDS))).alias("brand_id"),
        pl.col("story").hash().alias("cluster_key"),
        pl.col("story").hash().alias("author_key"),
        pl.lit(None, dtype=pl.Int64).alias("author_follower_count"),
        pl.lit(None, dtype=pl.Int64).alias("engagement_count"),
    ), float(truth[0] / truth.sum())


def coverage(mentions: pl.DataFrame, truth: float, days: int) -> float:
    table = share_of_voice_daily(mentions, PANEL, [FIRST + timedelta(days=day) for day in range(days)])
    acme = table.filter((pl.col("brand_id") == "acme") & (pl.col("platform_code") == "all"))
    assert len(acme) == days
    holds = (pl.col("share_of_voice_low_ratio") <= truth) & (truth <= pl.col("share_of_voice_high_ratio"))
    return float(acme.select(holds.mean()).item())


@pytest.mark.parametrize(
    ("stories", "share", "copied", "company"),
    [
        (200, 0.1, 0.0, 0.0),
        (200, 0.3, 0.0, 0.0),
        (300, 0.1, 0.05, 0.0),
        (300, 0.5, 0.05, 0.0),
        (200, 0.3, 0.0, 0.3),
        (400, 0.3, 0.05, 0.3),
    ],
)
def test_the_interval_of_a_day_holds_the_true_share_in_93_to_97_percent_of_days(stories, share, copied, company):
    days = 1500
    mentions, truth = conversation(days, stories, share, copied=copied, company=company)
    assert 0.93 <= coverage(mentions, truth, days) <= 0.97


def test_an_interval_that_ignores_copies_would_miss_most_days():
    days = 400
    mentions, truth = conversation(days, 300, 0.3, copied=0.05, company=0.0)
    alone = mentions.with_columns(pl.int_range(pl.len(), dtype=pl.UInt64).alias("cluster_key"))
    assert coverage(alone, truth, days) < 0.5


def test_an_interval_narrows_with_mentions_and_widens_with_copies():
    def width(stories: int, copied: float) -> float:
        mentions, _ = conversation(100, stories, 0.3, copied=copied, company=0.0)
        table = share_of_voice_daily(mentions, PANEL, [FIRST + timedelta(days=day) for day in range(100)])
        return float((table["share_of_voice_high_ratio"] - table["share_of_voice_low_ratio"]).mean())

    assert width(50, 0.0) > 1.8 * width(200, 0.0)
    assert width(200, 0.05) > 1.8 * width(200, 0.0)


@pytest.mark.parametrize("spread", [1.0, 1.5])
def test_shares_of_engagement_reach_and_authors_hold_the_truth_too_although_a_few_weigh_most(spread):
    weeks, posts, truth = 500, 300, 0.3
    rng = np.random.default_rng(3)
    count = weeks * posts
    weights = np.exp(rng.normal(3, spread, count)).astype(np.int64)
    monday = date(2000, 1, 3)
    mentions = pl.DataFrame(
        {
            "mention_date": [monday + timedelta(days=7 * week) for week in range(weeks) for _ in range(posts)],
            "brand_id": np.where(rng.random(count) < truth, "acme", "bolt"),
            "cluster_key": np.arange(count, dtype=np.uint64),
            "author_key": np.arange(count, dtype=np.uint64),
            "author_follower_count": weights,
            "engagement_count": weights,
        }
    ).with_columns(pl.lit("x").alias("platform_code"))
    table = share_of_voice_weekly(mentions, PANEL, [monday + timedelta(days=day) for day in range(7 * weeks)])
    acme = table.filter((pl.col("brand_id") == "acme") & (pl.col("platform_code") == "all"))
    for basis in ("engagement", "reach", "authors"):
        low, high = (acme[f"share_of_voice_{basis}_{end}_ratio"] for end in ("low", "high"))
        assert 0.93 <= ((low <= truth) & (truth <= high)).mean() <= 0.97, basis


def test_votes_exceed_mentions_only_where_posts_name_several_brands():
    """Posts that name both of two brands leave no doubt about their shares, whatever their number: n_eff says how many
    separate votes would leave as little, at most ten for each mention."""

    def votes(company: float) -> pl.DataFrame:
        mentions, _ = conversation(20, 60, 0.3, copied=0.0, company=company)
        return share_of_voice_daily(mentions, PANEL, [FIRST + timedelta(days=day) for day in range(20)])

    effective, mentions = pl.col("effective_count"), pl.col("panel_mention_count")
    assert votes(0.0).select((effective <= mentions + 1e-9).all()).item()
    together = votes(1.0)
    assert together.select((effective > mentions).any() & (effective <= 10 * mentions).all()).item()
