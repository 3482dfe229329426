"""The watch over whole brands measured: alerts where nothing happens, what it sees, time and rows. For TREND.md.

usage: python tests/benchmarks/bench_watch.py [nothing|power|speed]... (none: all)
A brand is split over ten platforms and twenty topics; days differ by 20 % and hours by 35 % beyond chance.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("POLARS_MAX_THREADS", "2")

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.unit.watch_tables import START, topics, volume
from transforms.trend.events import with_events
from transforms.trend.simulate import BrandProfile, simulate_counts
from transforms.trend.watch import Watch, watch_brand

PLATFORMS, TOPICS = 10, 20
HEADLINE = (pl.col("metric_code") == "mention_count") & ~pl.col("is_deduplicated") & (pl.col("topic_id") == "all")
ENGAGEMENT_SIGMA = 1.8
"""Log sd of a post's engagement: one post in a hundred brings 66 times the median."""


def measured(mentions: np.ndarray, dice: np.random.Generator, negative: np.ndarray, lift: np.ndarray) -> pl.DataFrame:
    """Counts of one series; negative share and lift of engagement by the hour; some texts are copies."""
    authors = np.maximum(dice.binomial(mentions, 0.95), mentions > 0)
    single = np.maximum(dice.binomial(mentions, 0.95), mentions > 0)
    bad = dice.binomial(mentions, negative)
    post = np.repeat(np.arange(mentions.size), mentions)
    engagement = np.zeros(mentions.size)
    np.add.at(engagement, post, np.floor(np.exp(dice.normal(1.0, ENGAGEMENT_SIGMA, post.size)) * lift[post]))
    return pl.DataFrame(
        {
            "mention_count": mentions,
            "deduplicated_count": single,
            "negative_count": bad,
            "unscored_count": np.zeros_like(mentions),
            "distinct_author_count": authors,
            "deduplicated_negative_count": np.minimum(bad, single),
            "deduplicated_scored_count": single,
            "engagement_count": engagement.astype(np.int64),
        }
    )


def world(
    mean: float,
    days: int,
    seed: int,
    *,
    rise: float = 1.0,
    topic_rise: float = 1.0,
    turn: float = 0.0,
    lift: float = 1.0,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A brand; on its last day mentions, its first topic, its negative share (from 0.2) or its engagement change."""
    dice = np.random.default_rng(seed)
    total = simulate_counts(BrandProfile(mean), days, dice, uplift=rise).astype(np.int64)
    is_last = np.arange(total.size) >= total.size - 24
    shares = dice.dirichlet(np.full(TOPICS, 2.0))
    extra = dice.poisson(total * min(shares[0] * 2, 1.0) * (topic_rise - 1.0)) * is_last
    total = total + extra
    parts = dice.multinomial(total, dice.dirichlet(np.full(PLATFORMS, 2.0)))
    negative, engaged = np.where(is_last, 0.2 + turn, 0.2), np.where(is_last, lift, 1.0)
    of_platform = [measured(np.ascontiguousarray(parts[:, n]), dice, negative, engaged) for n in range(PLATFORMS)]
    whole = of_platform[0].select(
        sum((part[name] for part in of_platform[1:]), of_platform[0][name]).alias(name)
        for name in of_platform[0].columns
    )
    about = [
        dice.binomial(total - extra, min(share * 2, 1.0)) + (extra if n == 0 else 0) for n, share in enumerate(shares)
    ]
    return (
        volume({"all": whole, **{f"p{n}": part for n, part in enumerate(of_platform)}}),
        topics({f"t{n:02}": measured(part, dice, negative, engaged) for n, part in enumerate(about)}),
    )


def nothing(days: int = 380) -> None:
    """Alerts a year of one brand in which nothing happens."""
    print("| mentions a day | series | alerts a year, mentions by platform | further series | events a year |")
    for mean, brands in ((40, 6), (270, 6), (2700, 4)):
        told = [_year(watch_brand(*world(mean, days, 100 + n), as_of=None)) for n in range(brands)]
        average = np.mean(told, axis=0) * 365 / (days - 16)
        print(f"| {mean:,} | {told[0][0]:.0f} | {average[1]:.1f} | {average[2]:.1f} | {average[3]:.1f} |")


def _year(watch: Watch) -> tuple[float, float, float, float]:
    judged = watch.series.filter(series_status_code="ok")
    mentions, further = (float(judged.filter(rows)["alert_count"].sum()) for rows in (HEADLINE, ~HEADLINE))
    return judged.height, mentions, further, with_events(watch.spikes)["event_id"].n_unique()


def power(trials: int = 40, days: int = 40) -> None:
    """How often a change of the last day is announced in the series it happens to, among all that are watched."""
    whole = (pl.col("platform_code") == "all") & (pl.col("topic_id") == "all")
    is_topic = (pl.col("topic_id") == "t00") & (pl.col("metric_code") == "mention_count")
    is_share, is_engagement, is_author = (
        whole & (pl.col("metric_code") == name)
        for name in ("negative_ratio", "engagement_count", "distinct_author_count")
    )
    plants: dict[str, tuple[dict[str, float], pl.Expr]] = {
        "mentions ×3: mentions": ({"rise": 3.0}, HEADLINE & whole),
        "mentions ×3: authors": ({"rise": 3.0}, is_author),
        "a topic ×5: that topic": ({"topic_rise": 5.0}, is_topic),
        "negative share 0.2 → 0.4: share": ({"turn": 0.2}, is_share),
        "engagement of every post ×5: engagement": ({"lift": 5.0}, is_engagement),
    }
    print("| what happens for a day, where it is looked for | 40 a day | 270 | 2,700 |")
    for name, (plant, where) in plants.items():
        seen = []
        for mean in (40, 270, 2700):
            count = trials if mean < 1000 else trials // 2
            seen.append(np.mean([_seen(world(mean, days + n % 7, n, **plant), where) for n in range(count)]))
        print(f"| {name} | " + " | ".join(f"{share:.2f}" for share in seen) + " |", flush=True)


def _seen(brand: tuple[pl.DataFrame, pl.DataFrame], where: pl.Expr) -> bool:
    watch = watch_brand(*brand, as_of=None)
    last = brand[0]["mention_hour_at"].max() - timedelta(hours=24)  # type: ignore[operator]
    return bool(watch.signals.filter(where, pl.col("is_alert"), pl.col("mention_hour_at") > last).height)


def speed(days: int = 365, brands: int = 10, mean: float = 274.0) -> None:
    """A year of ten brands, a million mentions: seconds and rows."""
    made = [world(mean, days, n) for n in range(brands)]
    watch_brand(*made[0], as_of=None)
    begin, cpu = time.perf_counter(), time.process_time()
    watched = [watch_brand(*brand, as_of=None) for brand in made]
    took, used = time.perf_counter() - begin, time.process_time() - cpu
    mentions = sum(brand[0].filter(platform_code="all")["mention_count"].sum() for brand in made)
    series = sum(watch.series.height for watch in watched)
    rows = sum(watch.signals.height for watch in watched)
    headline = sum(watch.signals.filter(HEADLINE).height for watch in watched)
    in_topics = sum(brand[1].height for brand in made)
    every = series * days * 24
    print(f"{mentions:,} mentions, {series:,} series × {days} days: {took:.1f} s ({used:.1f} s of processor)")
    print(f"topic_volume_hourly {in_topics:,} rows; trend_signal_hourly {rows:,}, {headline:,} of them headline")
    print(f"(every hour of every series would be {every:,}) polars {version('polars')}, from {START:%Y-%m-%d}")


TASKS: dict[str, Callable[[], None]] = {"nothing": nothing, "power": power, "speed": speed}

if __name__ == "__main__":
    for task in sys.argv[1:] or TASKS:
        print(f"--- {task}")
        TASKS[task]()
