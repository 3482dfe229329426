"""How long the listening tables take from a million core mentions, and how much memory: seconds per table, the total.

Run `python tests/benchmarks/bench_marts.py [MENTIONS]`; the mentions are generated (seeded): a year, five brands, six
platforms, 5 % of the stories copied 20 to 120 times, ids as long as the real ones.
"""

import platform
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[2]))

from transforms.marts.brand_mention import brand_mentions
from transforms.marts.care import care_daily, reply_queue
from transforms.marts.hashtag_context import hashtag_context, hashtag_first_seen
from transforms.marts.ladder import ambassador, engagement_ladder_monthly
from transforms.marts.mention import mentions_published, top_mention_daily
from transforms.marts.mention_match import brand_matches_published, topic_matches_published
from transforms.marts.panel import Panel, PanelBrand
from transforms.marts.participation import audience_country_monthly, participation_monthly
from transforms.marts.sentiment import sentiment_daily
from transforms.marts.sentiment_weekly import sentiment_weekly
from transforms.marts.share_of_voice import share_of_voice_daily, share_of_voice_weekly
from transforms.marts.share_of_voice_change import share_of_voice_change, share_of_voice_driver
from transforms.marts.term_counts import used_terms
from transforms.marts.threads import threads
from transforms.marts.topic_daily import topic_daily
from transforms.marts.volume import mention_volume_hourly
from warehouse.tables import BY_NAME, insight

START = datetime(2024, 1, 1, tzinfo=UTC)
DAY_COUNT = 366
BRANDS = ("acme", "bolt", "cord", "dune", "ebb")
PLATFORMS = ("x", "facebook", "instagram", "reddit", "news", "youtube")
PANEL = Panel("p1", tuple(PanelBrand(brand, "own" if brand == "acme" else "competitor") for brand in BRANDS))
DAYS = [START.date() + timedelta(days=day) for day in range(DAY_COUNT)]


def _ids(numbers: np.ndarray, salt: int) -> pl.Series:
    """64 hexadecimal digits, as long as the pipeline's hashes."""
    part = pl.Series(numbers).hash(salt).cast(pl.String).str.zfill(20)
    return part + part + part + part.str.slice(0, 4)


def _texts(rng: np.random.Generator, count: int) -> pl.Series:
    """Sixteen words a text, from 20,000 invented words of falling frequency; a fifth are function words."""
    vocabulary = pl.Series(
        [f"w{number:x}ord".translate(str.maketrans("0123456789", "ghijklmnop")) for number in range(20_000)]
    )
    distinct = min(count, 100_000)
    ranks = np.minimum(rng.zipf(1.3, distinct * 16) - 1, 19_999)
    words = pl.DataFrame({"text": np.arange(distinct * 16) // 16, "word": vocabulary.gather(ranks)})
    words = words.with_columns(
        pl.when(pl.int_range(pl.len()) % 5 == 0).then(pl.lit("the")).otherwise("word").alias("word")
    )
    texts = words.group_by("text", maintain_order=True).agg(pl.col("word").str.join(" "))["word"]
    return texts.gather(rng.integers(0, distinct, count))


def core_tables(count: int, seed: int = 11) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Generated rows of core.mention, core.mention_brand and core.duplicate_cluster."""
    rng = np.random.default_rng(seed)
    sizes = np.where(rng.random(count) < 0.05 / 4, rng.integers(20, 121, count), 1)
    cluster = np.repeat(np.arange(count), sizes)[:count]
    seconds = np.sort(rng.integers(0, DAY_COUNT * 86_400, count))
    author = (rng.pareto(1.2, count) * count / 50).astype(np.int64) % (count // 3)
    score = np.round(rng.uniform(-1, 1, count), 4)
    scored = rng.random(count) < 0.7
    word = pl.Series(rng.integers(0, 400, count)).cast(pl.String)
    likes = rng.integers(0, 50, count)
    mentions = pl.DataFrame(
        {
            "mention_id": _ids(np.arange(count), 1),
            "published_at": pl.Series(seconds * 1_000_000).cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
            "platform_code": rng.choice(PLATFORMS, count, p=[0.5, 0.1, 0.1, 0.1, 0.15, 0.05]),
            "author_id": _ids(author, 2),
            "author_follower_count": rng.integers(0, 100_000, count),
            "engagement_count": pl.Series(likes),
            "like_count": likes,
            "sentiment_score": pl.Series(score).zip_with(
                pl.Series(scored), pl.Series([None] * count, dtype=pl.Float64)
            ),
            "sentiment_label": np.where(
                ~scored, "unscored", np.where(score > 0.05, "positive", np.where(score < -0.05, "negative", "neutral"))
            ),
            "vendor_sentiment_label": rng.choice(["positive", "negative", "neutral"], count),
            "mention_text": _texts(rng, count) + " #tag" + word,
            "language_code": rng.choice(["en", "fr", "de"], count),
            "is_question": rng.random(count) < 0.1,
            "is_complaint": rng.random(count) < 0.1,
            "country_code": rng.choice(["FR", "DE", "US", "GB"], count),
            "native_id": pl.Series(np.arange(count)).cast(pl.String),
            "parent_native_id": pl.Series(rng.integers(0, count, count)).cast(pl.String),
            "kind_code": rng.choice(["post", "repost", "reply", "article"], count, p=[0.5, 0.25, 0.15, 0.1]),
            "is_owned": rng.random(count) < 0.01,
        }
    )
    since_epoch = pl.duration(microseconds=int(START.timestamp() * 1_000_000))
    mentions = mentions.with_columns(pl.col("published_at") + since_epoch).with_columns(
        pl.col("published_at").dt.date().alias("mention_date"),
        pl.concat_list(("tag" + word).alias("tag")).alias("hashtags"),
    )
    brand = rng.choice(len(BRANDS), count, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    second = rng.random(count) < 0.05
    names = pl.concat(
        [
            pl.DataFrame({"mention_id": mentions["mention_id"], "b": brand}),
            pl.DataFrame({"mention_id": mentions["mention_id"], "b": (brand + 1) % len(BRANDS)}).filter(second),
        ]
    ).with_columns(pl.col("b").replace_strict(dict(enumerate(BRANDS))).alias("brand_id"))
    clusters = pl.DataFrame(
        {
            "mention_id": mentions["mention_id"],
            "cluster_id": _ids(cluster, 1),
            "original_mention_id": _ids(cluster, 1),
            "cluster_mention_count": np.bincount(cluster, minlength=count)[cluster],
            "duplicate_kind_code": np.where(np.bincount(cluster, minlength=count)[cluster] > 1, "exact", "unique"),
        }
    )
    return _complete("core.mention", mentions), names.drop("b"), clusters


def _complete(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    empty: dict[object, object] = {pl.String: "-", pl.Int64: 1, pl.Boolean: False, pl.List(pl.String): []}
    contract = BY_NAME[table]
    absent = [c for c in contract.columns if c.name not in rows.columns]
    filled = rows.with_columns(
        pl.lit(None if c.nullable else empty[c.dtype], dtype=c.dtype).alias(c.name) for c in absent
    )
    return contract.conform(filled)


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(count: int) -> None:
    """Builds every table once and prints what each took."""
    mentions, brands, clusters = core_tables(count)
    print(f"python {platform.python_version()}, polars {pl.__version__}, {pl.thread_pool_size()} threads")
    print(f"{count:,} mentions, {len(brands):,} brand mentions, {len(DAYS)} days")
    held_before = _peak_mib()
    taken: dict[str, float] = {}
    cpu: dict[str, float] = {}

    def timed(name: str, build: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        started, worked = time.perf_counter(), time.process_time()
        table = build()
        taken[name], cpu[name] = time.perf_counter() - started, time.process_time() - worked
        print(f"{name:28} {taken[name]:6.2f} s {cpu[name]:6.2f} s of work {len(table):>10,} rows")
        return table

    of_brands = timed("brand_mentions", lambda: brand_mentions(mentions, brands, clusters))
    timed("share_of_voice_daily", lambda: share_of_voice_daily(of_brands, PANEL, DAYS))
    timed("sentiment_daily", lambda: sentiment_daily(of_brands))
    timed("mention_volume_hourly", lambda: mention_volume_hourly(of_brands, PANEL, DAYS, "Europe/Paris", PLATFORMS))
    timed("top_mention_daily", lambda: top_mention_daily(of_brands))
    topics = mentions.filter(pl.col("is_question")).select("mention_id", pl.lit("care").alias("topic_id"))
    weekly = timed("share_of_voice_weekly", lambda: share_of_voice_weekly(of_brands, PANEL, DAYS))
    timed("share_of_voice_change", lambda: share_of_voice_change(weekly))
    timed("share_of_voice_driver", lambda: share_of_voice_driver(of_brands, topics, weekly))
    timed("sentiment_weekly", lambda: sentiment_weekly(of_brands, topics))
    timed("topic_daily", lambda: topic_daily(used_terms(of_brands, mentions, topics), DAYS))
    timed("hashtag_context", lambda: hashtag_context(mentions, brands, clusters, hashtag_first_seen(mentions), DAYS))
    timed("participation_monthly", lambda: participation_monthly(of_brands, DAYS))
    timed("audience_country_monthly", lambda: audience_country_monthly(of_brands, mentions, DAYS))
    replies = timed("threads", lambda: threads(mentions, brands))
    timed("engagement_ladder_monthly", lambda: engagement_ladder_monthly(of_brands, replies, DAYS))
    timed("ambassador", lambda: ambassador(of_brands, replies, as_of=DAYS[-1]))
    end = START + timedelta(days=DAY_COUNT)
    timed("reply_queue", lambda: reply_queue(mentions, brands, clusters, replies, PANEL, as_of=end))
    timed("care_daily", lambda: care_daily(mentions, brands, replies, PANEL, DAYS, "Europe/Paris"))
    where = {
        c.name: pl.lit("-" if c.dtype == pl.String else 0, dtype=c.dtype) for c in insight.MENTION_BRAND.columns[3:]
    }
    days = mentions.select("mention_id", "mention_date")
    matched = brands.with_columns(**where).join(days, on="mention_id")
    on_topic = topics.join(days, on="mention_id").with_columns(
        **{c.name: where[c.name] for c in insight.MENTION_TOPIC.columns[3:]}
    )
    timed("mention_brand", lambda: brand_matches_published(matched))
    timed("mention_topic", lambda: topic_matches_published(on_topic))
    timed("mention", lambda: mentions_published(mentions, brands, clusters, show_author_names=False))
    print(f"{'total':28} {sum(taken.values()):6.2f} s {sum(cpu.values()):6.2f} s of work")
    # What others do with the cores stretches the clock: the work is the better measure on a shared machine.
    print(f"peak memory {held_before:,.0f} MiB with the generated posts, {_peak_mib():,.0f} MiB with the tables")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
