"""Sentiment by week and segment: counts, intervals and agreement with the vendor."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from transforms.marts.sentiment_weekly import sentiment_weekly
from warehouse.tables import insight

MONDAY = date(2024, 5, 6)
NO_TOPICS = pl.DataFrame(schema={"mention_id": pl.String, "topic_id": pl.String})
SCORES = {"positive": 0.5, "neutral": 0.0, "negative": -0.5, "unscored": None}


def posts(*records: dict[str, Any]) -> pl.DataFrame:
    filled = []
    for key, record in enumerate(records):
        label = record.get("sentiment_label", "neutral")
        base = {"mention_id": f"m{key}", "cluster_key": key, "platform_code": "x", "brand_id": "acme"}
        filled.append(
            {**base, "mention_date": MONDAY, "sentiment_score": SCORES[label], "sentiment_label": label, **record}
        )
    schema = pl.Schema(
        {
            "mention_id": pl.String,
            "mention_date": pl.Date,
            "platform_code": pl.String,
            "brand_id": pl.String,
            "cluster_key": pl.UInt64,
            "language_code": pl.String,
            "sentiment_label": pl.String,
            "sentiment_score": pl.Float64,
            "vendor_sentiment_label": pl.String,
        }
    )
    frame = pl.DataFrame([{name: r.get(name) for name in schema} for r in filled], schema=schema, orient="row")
    return frame.with_columns(pl.lit(datetime(2024, 5, 6, tzinfo=UTC)).alias("published_at"))


def table(mentions: pl.DataFrame, topics: pl.DataFrame = NO_TOPICS) -> pl.DataFrame:
    return insight.SENTIMENT_WEEKLY.conform(sentiment_weekly(mentions, topics))


def total(mentions: pl.DataFrame) -> dict[str, Any]:
    return table(mentions).row(by_predicate=pl.col("segment_kind_code") == "all", named=True)


def labelled(*pairs: tuple[str, str | None, int]) -> pl.DataFrame:
    return posts(*[{"sentiment_label": o, "vendor_sentiment_label": v} for o, v, n in pairs for _ in range(n)])


def test_kappa_is_agreement_beyond_chance():
    # Cohen's own arithmetic: observed 0.70, by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5, so kappa is 0.4.
    row = total(
        labelled(
            ("positive", "positive", 20),
            ("positive", "negative", 5),
            ("negative", "positive", 10),
            ("negative", "negative", 15),
        )
    )
    assert row["vendor_agreement_ratio"] == pytest.approx(0.7)
    assert row["vendor_kappa_score"] == pytest.approx(0.4)


def test_two_labellers_who_know_one_word_agree_by_chance_only():
    row = total(labelled(("neutral", "neutral", 30)))
    assert (row["vendor_agreement_ratio"], row["vendor_kappa_score"]) == (1.0, None)


def test_what_either_side_left_unlabelled_is_in_no_agreement():
    row = total(labelled(("unscored", "negative", 9), ("positive", None, 9), ("positive", "positive", 1)))
    assert (row["vendor_labelled_count"], row["unscored_count"], row["mention_count"]) == (1, 9, 19)


def test_segments_of_a_kind_count_every_mention_and_topics_may_overlap():
    mentions = posts({"language_code": "en"}, {"language_code": None}, {"platform_code": "news", "language_code": "fr"})
    topics = pl.DataFrame({"mention_id": ["m0", "m0", "m2"], "topic_id": ["price", "care", "care"]})
    rows = table(mentions, topics).select("segment_kind_code", "segment_code", "mention_count").rows()
    assert rows == [
        ("all", "all", 3),
        ("language", "en", 1),
        ("language", "fr", 1),
        ("language", "none", 1),
        ("platform", "news", 1),
        ("platform", "x", 2),
        ("topic", "care", 2),
        ("topic", "none", 1),
        ("topic", "price", 1),
    ]


def test_copies_widen_every_interval():
    spread = [{"sentiment_label": label} for label in ("positive", "negative", "neutral") for _ in range(30)]
    alone, copied = total(posts(*spread)), total(posts(*[{**p, "cluster_key": k % 30} for k, p in enumerate(spread)]))
    assert (alone["scored_effective_count"], copied["scored_effective_count"]) == (90.0, 30.0)
    for name in ("net_sentiment_polar", "net_sentiment_all"):
        widths = [row[f"{name}_high_ratio"] - row[f"{name}_low_ratio"] for row in (alone, copied)]
        assert widths[1] > 1.4 * widths[0]
    widths = [row["mean_sentiment_high_score"] - row["mean_sentiment_low_score"] for row in (alone, copied)]
    assert widths[1] == pytest.approx(widths[0] * 3**0.5)


def test_an_unscored_week_has_no_intervals():
    row = total(posts({"sentiment_label": "unscored"}))
    unknown = [name for name in row if name.startswith(("net_", "mean_", "scored_effective"))]
    assert len(unknown) == 10 and all(row[name] is None for name in unknown)


@pytest.mark.parametrize(("positive", "negative"), [(0.3, 0.2), (0.1, 0.05), (0.6, 0.3)])
def test_intervals_of_net_sentiment_hold_the_truth_in_93_to_97_of_100_weeks(positive, negative):
    rng, weeks, size = np.random.default_rng(5), 1000, 120
    labels = rng.choice(
        ["positive", "negative", "neutral"], weeks * size, p=[positive, negative, 1 - positive - negative]
    )
    mentions = pl.DataFrame(
        {
            "mention_id": pl.Series(np.arange(weeks * size)).cast(pl.String),
            "mention_date": [MONDAY + timedelta(days=7 * week) for week in range(weeks) for _ in range(size)],
            "cluster_key": np.arange(weeks * size, dtype=np.uint64),
            "sentiment_label": labels,
        }
    ).with_columns(
        pl.lit("acme").alias("brand_id"),
        pl.lit("x").alias("platform_code"),
        pl.lit("en").alias("language_code"),
        pl.col("sentiment_label").replace_strict(SCORES, return_dtype=pl.Float64).alias("sentiment_score"),
        pl.lit(None, dtype=pl.String).alias("vendor_sentiment_label"),
    )
    rows = table(mentions).filter(pl.col("segment_kind_code") == "all")
    truths = {
        "net_sentiment_polar_{}_ratio": (positive - negative) / (positive + negative),
        "net_sentiment_all_{}_ratio": positive - negative,
        "mean_sentiment_{}_score": (positive - negative) / 2,
    }
    for name, truth in truths.items():
        holds = (rows[name.format("low")] <= truth) & (rows[name.format("high")] >= truth)
        assert 0.93 <= holds.mean() <= 0.97, name
