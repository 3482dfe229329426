"""Laws of spikes and their drivers: starts are alerts, identities last, contributions add up."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.trend.drivers import DIMENSIONS, spike_drivers
from transforms.trend.signals import trend_signals
from transforms.trend.spikes import spikes

START = datetime(2025, 3, 3, tzinfo=UTC)


@st.composite
def bursty_volumes(draw: st.DrawFn) -> pl.DataFrame:
    """Two series of hours with random bursts, one of them with unknown hours."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    hours = draw(st.integers(200, 800))
    frames = []
    for platform in ("all", "x"):
        counts = rng.poisson(rng.gamma(2.0, 5.0, hours))
        for _ in range(draw(st.integers(0, 4))):
            at = int(rng.integers(80, hours))
            counts[at : at + int(rng.integers(1, 30))] += int(rng.integers(20, 300))
        unknown = rng.random(hours) < 0.05 if platform == "x" else np.zeros(hours, dtype=bool)
        at_hours = pl.datetime_range(START, START + timedelta(hours=hours - 1), "1h", eager=True)
        frame = pl.DataFrame({"mention_hour_at": at_hours, "brand_id": "b", "platform_code": platform, "n": counts})
        frames.append(frame.select(pl.exclude("n"), mention_count=pl.when(~pl.Series(unknown)).then("n")))
    return pl.concat(frames)


@settings(max_examples=30, deadline=None)
@given(bursty_volumes())
def test_a_spike_starts_at_an_alert_and_its_numbers_are_those_of_its_hours(volume: pl.DataFrame) -> None:
    signals = trend_signals(volume, as_of=None)
    table = spikes(signals, details=True)
    starts = signals.filter("is_alert").select("platform_code", started_at="mention_hour_at")
    assert table.join(starts, on=["platform_code", "started_at"], how="anti").height == 0
    for spike in table.iter_rows(named=True):
        end = spike["ended_at"] or START + timedelta(days=999)
        hours = signals.filter(
            (pl.col("platform_code") == spike["platform_code"])
            & pl.col("mention_hour_at").is_between(spike["started_at"], end, closed="left")
        )
        assert spike["observed_count"] == hours["mention_count"].sum()
        assert spike["started_at"] <= spike["peak_at"] < end
        assert (spike["ended_at"] is None) == (spike["spike_state_code"] == "open")
        assert spike["spike_ratio_low"] <= spike["spike_ratio"] <= spike["spike_ratio_high"]


@settings(max_examples=30, deadline=None)
@given(bursty_volumes(), st.integers(100, 800))
def test_later_hours_neither_rename_nor_restart_a_spike(volume: pl.DataFrame, hours: int) -> None:
    cut = START + timedelta(hours=hours)
    early = spikes(trend_signals(volume.filter(pl.col("mention_hour_at") < cut), as_of=None))
    whole = spikes(trend_signals(volume, as_of=None))
    identity = ["spike_id", "platform_code", "started_at"]
    lost = early.select(identity).join(whole.select(identity), on=identity, how="anti")
    # A spike may shrink below the least number of mentions when its end becomes known; it never changes its name.
    assert early.join(lost, on="spike_id").filter(pl.col("observed_count") >= 60).height == 0
    assert whole["spike_id"].is_unique().all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 120), st.floats(0, 200), st.integers(0, 300))
def test_contributions_add_up_to_the_excess_whatever_the_mentions(
    seed: int, size: int, expected: float, observed: int
) -> None:
    rng = np.random.default_rng(seed)
    words = ["boiler", "leak", "price", "été", "the", "#tag", "https://a.example", "@who", "😡"]
    mentions = pl.DataFrame(
        {
            "mention_id": [f"m{i}" for i in range(size)],
            "brand_id": ["b"] * size,
            "platform_code": rng.choice(["x", "news"], size),
            "published_at": [START + timedelta(minutes=int(m)) for m in rng.integers(-20_000, 600, size)],
            "author_id": [None if i % 5 == 0 else f"a{i % 7}" for i in range(size)],
            "mention_text": [" ".join(rng.choice(words, 6)) for _ in range(size)],
            "cluster_id": [f"c{i % 20}" for i in range(size)],
            "hashtags": [list(rng.choice(words, int(rng.integers(0, 3)))) for _ in range(size)],
        },
        schema_overrides={
            "mention_id": pl.String, "brand_id": pl.String, "platform_code": pl.String, "author_id": pl.String,
            "published_at": pl.Datetime("us", "UTC"), "mention_text": pl.String, "cluster_id": pl.String,
            "hashtags": pl.List(pl.String),
        },
    )  # fmt: skip
    spike = pl.DataFrame(
        {
            "spike_id": "s", "brand_id": "b", "platform_code": "all", "started_at": [START],
            "ended_at": [START + timedelta(hours=10)], "observed_count": observed, "expected_count": expected,
        }
    )  # fmt: skip
    drivers = spike_drivers(mentions, spike)
    sums = drivers.group_by("dimension_code").agg(pl.col("contribution_count", "expected_count").sum())
    assert set(sums["dimension_code"]) == set(DIMENSIONS)
    assert np.allclose(sums["contribution_count"], observed - expected, atol=1e-6)
    assert np.allclose(sums["expected_count"], expected, atol=1e-6)
    assert drivers.group_by("dimension_code").agg(pl.col("is_other").sum())["is_other"].to_list() == [1] * 7
