"""Laws of the watch: votes are what was counted, families keep their rate, decisions are append-only in effect."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.marts.brand_mention import id_key
from transforms.marts.panel import Panel, PanelBrand
from transforms.marts.pulse import windows_of
from transforms.marts.volume import mention_volume_hourly
from transforms.trend.discovery import discoveries, discoveries_in_families, score_of_chance
from transforms.trend.drivers import DIMENSIONS, spike_drivers, spike_mentions
from transforms.trend.watched import METRICS, Metric

START = datetime(2025, 3, 3, tzinfo=UTC)
SPIKE_AT = START + timedelta(days=15, hours=9)
LABELS = ("positive", "neutral", "negative", "unscored")


def posts(seed: int, size: int) -> pl.DataFrame:
    """Posts of one brand around a spike, as `brand_posts` gives them, with the keys that volumes count."""
    dice = np.random.default_rng(seed)
    before = dice.integers(0, 15 * 1440, size // 2)
    during = dice.integers(15 * 1440 + 540, 15 * 1440 + 840, size - size // 2)
    minutes = np.concatenate([before, during])
    frame = pl.DataFrame(
        {
            "mention_id": [f"m{n}" for n in range(size)],
            "brand_id": ["acme"] * size,
            "platform_code": dice.choice(["x", "news"], size),
            "published_at": [START + timedelta(minutes=int(m)) for m in minutes],
            "author_id": [None if n % 6 == 0 else f"a{int(dice.integers(0, 9))}" for n in range(size)],
            "mention_text": [" ".join(dice.choice(["leak", "price", "boiler", "été"], 3)) for _ in range(size)],
            "country_code": [None] * size,
            "hashtags": [["tag"] if n % 4 == 0 else [] for n in range(size)],
            "links": [[] for _ in range(size)],
            "cluster_id": [None if n % 3 else f"c{int(dice.integers(0, 5))}" for n in range(size)],
            "sentiment_label": dice.choice(LABELS, size),
            "engagement_count": [None if n % 7 == 0 else int(dice.integers(0, 90)) for n in range(size)],
        },
        schema_overrides={
            "mention_id": pl.String, "brand_id": pl.String, "platform_code": pl.String, "author_id": pl.String,
            "published_at": pl.Datetime("us", "UTC"), "mention_text": pl.String, "country_code": pl.String,
            "hashtags": pl.List(pl.String), "links": pl.List(pl.String), "cluster_id": pl.String,
            "engagement_count": pl.Int64, "sentiment_label": pl.String,
        },
    )  # fmt: skip
    keyed = frame.with_columns(
        mention_date=pl.col("published_at").dt.date(), whole=pl.coalesce("cluster_id", "mention_id")
    )
    return keyed.with_columns(id_key("whole").alias("cluster_key"), id_key("author_id").alias("author_key"))


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 160),
    st.sampled_from(METRICS),
    st.sampled_from(["all", "x"]),
    st.floats(0, 400),
)
def test_the_votes_of_a_spike_are_what_its_hours_counted_and_its_drivers_add_up_to_the_excess(
    seed: int, size: int, metric: Metric, platform: str, expected: float
) -> None:
    mentions = posts(seed, size)
    panel = Panel("p", (PanelBrand("acme", "own"),))
    days = [(START + timedelta(days=n)).date() for n in range(17)]
    hours = mention_volume_hourly(mentions, panel, days, "UTC", ["x", "news"])
    end = SPIKE_AT + timedelta(hours=5)
    inside = hours.filter(
        pl.col("platform_code") == platform, pl.col("mention_hour_at").is_between(SPIKE_AT, end, closed="left")
    )
    observed = int(inside[metric.count].fill_null(0).sum())
    spike: dict[str, Any] = {
        "spike_id": "s", "brand_id": "acme", "platform_code": platform, "topic_id": "all",
        "metric_code": metric.metric_code, "is_deduplicated": metric.is_deduplicated,
        "started_at": SPIKE_AT, "ended_at": end, "observed_count": observed, "expected_count": expected,
    }  # fmt: skip
    members = spike_mentions(mentions, spike)
    assert np.isclose(float(members.filter("is_during")["vote"].sum()), observed)
    drivers = spike_drivers(mentions, pl.DataFrame([spike]))
    sums = drivers.group_by("dimension_code").agg(pl.col("contribution_count", "expected_count").sum())
    assert set(sums["dimension_code"]) == set(DIMENSIONS)
    assert np.allclose(sums["contribution_count"], observed - expected, atol=1e-6)
    assert np.allclose(sums["expected_count"], expected, atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.floats(1.8, 12.0)), max_size=30), st.integers(1, 40))
def test_many_questions_never_believe_more_than_each_alone_would(drawn: list[tuple[int, float]], tested: int) -> None:
    candidates = pl.DataFrame(
        {
            "hour": [0] * len(drawn),
            "family": [family for family, _ in drawn],
            "signal_score": [score for _, score in drawn],
            "tested": [max(tested, len(drawn))] * len(drawn),
            "families": [4] * len(drawn),
        },
        schema={
            "hour": pl.Int64,
            "family": pl.Int64,
            "signal_score": pl.Float64,
            "tested": pl.Int64,
            "families": pl.Int64,
        },
    )
    together = discoveries_in_families(candidates, rate=0.1)
    alone = discoveries(candidates, ["hour", "family"], rate=0.1)
    assert not (together & ~alone).any()
    single = candidates.with_columns(family=pl.lit(0, dtype=pl.Int64), families=pl.lit(1, dtype=pl.Int64))
    assert discoveries_in_families(single, rate=0.1).equals(discoveries(single, ["hour"], rate=0.1))


def test_at_random_the_believed_share_of_hours_is_the_stated_one() -> None:
    """Where all is chance, something is believed in no more hours than the rate says (all discoveries are false)."""
    dice, hours, families, series = np.random.default_rng(1), 4000, 10, 12
    chances = dice.random((hours, families, series))
    hour, family, place = np.nonzero(chances <= 0.054)
    scores = [score_of_chance(float(chance)) for chance in chances[hour, family, place]]
    candidates = pl.DataFrame(
        {"hour": hour, "family": family, "signal_score": scores, "tested": series, "families": families}
    )
    believed = candidates.filter(discoveries_in_families(candidates, rate=0.1))
    assert 0.06 * hours < believed["hour"].n_unique() <= 0.11 * hours


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 900), st.integers(1, 100)), min_size=1, max_size=8))
def test_the_windows_of_spikes_hold_every_hour_that_explains_one_and_do_not_overlap(
    drawn: list[tuple[str, int, int]],
) -> None:
    instant = pl.Datetime("us", "UTC")
    spikes = pl.DataFrame(
        [(brand, START + timedelta(hours=at), START + timedelta(hours=at + length)) for brand, at, length in drawn],
        schema={"brand_id": pl.String, "started_at": instant, "ended_at": instant},
        orient="row",
    )
    windows = windows_of(spikes)
    for brand in windows["brand_id"].unique():
        mine = windows.filter(brand_id=brand)
        assert (mine["begin_at"].shift(-1) > mine["end_at"]).drop_nulls().all()
    for brand, begin, length in drawn:
        for day in (0, max(1, -(-length // 24))):
            at = START + timedelta(hours=begin + length - 1) - timedelta(days=day)
            held = windows.filter(pl.col("brand_id") == brand, pl.col("begin_at") <= at, pl.col("end_at") > at)
            assert held.height == 1
