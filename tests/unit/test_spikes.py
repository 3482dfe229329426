"""Spikes as events: start, peak, end, size, severity, and a state a person may set."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from transforms.trend.signals import trend_signals
from transforms.trend.simulate import BrandProfile, simulate_counts
from transforms.trend.spikes import spikes

START = datetime(2025, 3, 3, tzinfo=UTC)
DAYS = 30


def volume(
    burst: dict[int, int], *, days: int = DAYS, negative: float = 0.25, authors: float = 0.8, seed: int = 1
) -> pl.DataFrame:
    """One brand's hours with extra mentions at some of them; the extra ones have their own tone and authors."""
    counts = simulate_counts(BrandProfile(240), days, np.random.default_rng(seed)).astype(int)
    extra = np.zeros_like(counts)
    for hour, more in burst.items():
        extra[hour] = more
    hours = pl.datetime_range(START, START + timedelta(hours=counts.size - 1), "1h", eager=True)
    return pl.DataFrame(
        {
            "mention_date": hours.dt.date(),
            "mention_hour_at": hours,
            "platform_code": "all",
            "brand_id": "acme",
            "mention_count": counts + extra,
            "deduplicated_count": counts + extra,
            "negative_count": (counts * 0.25).astype(int) + (extra * negative).astype(int),
            "unscored_count": np.zeros_like(counts),
            "distinct_author_count": (counts * 0.8).astype(int) + (extra * authors).astype(int),
        }
    )


def found(hourly: pl.DataFrame, **rest: object) -> pl.DataFrame:
    return spikes(trend_signals(hourly, as_of=None), hourly, details=True, **rest).filter(  # type: ignore[arg-type]
        pl.col("observed_count") > 300
    )


BURST = {500: 120, 501: 400, 502: 260, 503: 90}


def test_a_burst_is_one_spike_from_its_first_alert_to_its_last_unusual_hour() -> None:
    hourly = volume(BURST)
    spike = found(hourly).row(0, named=True)
    assert spike["started_at"] == START + timedelta(hours=500)
    assert spike["peak_at"] == START + timedelta(hours=501)
    assert spike["ended_at"] == START + timedelta(hours=504)
    assert spike["observed_count"] == hourly["mention_count"][500:504].sum()
    assert spike["excess_count"] == pytest.approx(spike["observed_count"] - spike["expected_count"])
    assert 0.8 * 870 <= spike["excess_count"] <= 1.2 * 870
    assert spike["spike_state_code"] == "closed"


def test_the_table_has_the_columns_of_the_contract_even_without_spikes() -> None:
    hourly = volume(BURST)
    signals = trend_signals(hourly, as_of=None)
    table = spikes(signals, hourly)
    assert table.height >= 1
    assert spikes(signals.with_columns(is_alert=False), hourly).schema == table.schema
    assert spikes(signals.clear(), hourly.clear()).schema == table.schema


def test_neighbouring_alerts_are_one_spike() -> None:
    assert found(volume({500: 200, 504: 900})).height == 1
    assert found(volume({500: 400, 540: 400})).height == 2


def test_a_spike_is_open_while_it_lasts_and_its_counts_run_to_the_last_hour() -> None:
    burst = dict.fromkeys(range(DAYS * 24 - 3, DAYS * 24), 400)
    spike = found(volume(burst)).row(-1, named=True)
    assert spike["ended_at"] is None
    assert spike["spike_state_code"] == "open"
    assert spike["observed_count"] > 1200


def test_identity_start_and_past_never_change_with_later_data() -> None:
    hourly = volume(BURST | {620: 500})
    whole = found(hourly)
    for hours in (501, 503, 510, 530, 560):
        early = found(hourly.head(hours))
        known = whole.head(early.height)
        assert early.select("spike_id", "started_at").equals(known.select("spike_id", "started_at")), hours
    assert found(hourly.head(600))[:1].equals(whole[:1])


def test_a_spike_closes_six_calm_hours_after_its_end_and_a_flare_up_opens_it_again() -> None:
    hourly = volume(BURST | {515: 700})
    states = [(h, found(hourly.head(h)).row(0, named=True)["spike_state_code"]) for h in (505, 512, 516, 524)]
    assert states == [(505, "open"), (512, "closed"), (516, "open"), (524, "closed")]
    assert found(hourly).height == 1


def test_the_interval_is_narrow_for_a_steady_brand_and_wide_for_a_restless_one() -> None:
    steady = volume(BURST)
    restless = steady.with_columns(
        mention_count=pl.when(pl.int_range(pl.len()).is_between(500, 503))
        .then("mention_count")
        .otherwise((pl.col("mention_count") * ((pl.int_range(pl.len()) // 24) % 2 * 1.6 + 0.2)).cast(pl.Int64))
    )
    ends = []
    for hourly in (steady, restless):
        spike = found(hourly).filter(pl.col("started_at") == START + timedelta(hours=500)).row(0, named=True)
        assert spike["spike_ratio_low"] < spike["spike_ratio"] < spike["spike_ratio_high"]
        ends.append(spike["spike_ratio_high"] / spike["spike_ratio_low"])
    assert ends[1] > 1.5 * ends[0]


def test_volume_alone_is_not_a_crisis_nor_volume_and_anger_of_a_few() -> None:
    assert found(volume(BURST))["severity_code"].to_list() == ["high"]
    assert found(volume(BURST, negative=0.7))["severity_code"].to_list() == ["crisis"]
    assert found(volume(BURST, negative=0.7, authors=0.1))["severity_code"].to_list() == ["high"]
    assert found(volume(BURST, negative=0.7, authors=0.1))["author_spread_ratio"][0] < 0.3


def test_without_the_tone_of_the_mentions_nothing_is_a_crisis() -> None:
    signals = trend_signals(volume(BURST, negative=0.9), as_of=None)
    table = spikes(signals)
    assert "crisis" not in table["severity_code"].to_list()
    assert table["negative_ratio"].null_count() == table.height


def test_a_fluke_of_a_dozen_mentions_is_low_whatever_its_ratio() -> None:
    counts = np.zeros(24 * DAYS, dtype=int)
    counts[::12] = 1
    counts[-1] = 12
    hourly = volume({}).with_columns(mention_count=pl.Series(counts))
    spike = spikes(trend_signals(hourly, as_of=None), details=True).row(-1, named=True)
    assert spike["spike_ratio"] > 5
    assert spike["severity_code"] == "low"


def test_each_platform_has_its_own_spikes_and_identities() -> None:
    hourly = volume(BURST)
    both = pl.concat([hourly, hourly.with_columns(platform_code=pl.lit("x"))])
    table = found(both)
    assert table["platform_code"].to_list() == ["all", "x"]
    assert table["spike_id"].n_unique() == 2


def test_an_alert_at_the_end_of_a_heavy_day_makes_no_spike_of_two_mentions() -> None:
    counts = np.zeros(24 * DAYS, dtype=int)
    counts[::6] = 1
    counts[24 * 28 : 24 * 28 + 14] = 1
    hourly = volume({}).with_columns(mention_count=pl.Series(counts))
    signals = trend_signals(hourly, as_of=None)
    assert signals["is_alert"].sum() == 1
    assert spikes(signals).height == 0
