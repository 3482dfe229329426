"""Simulated brands and what the detector does on them."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from transforms.trend import TrendParams
from transforms.trend.simulate import (
    MAX_SHAPE,
    BrandProfile,
    expected_false_alarms,
    expected_false_alarms_by_series,
    fit_profile,
    simulate_counts,
    simulated_performance,
)

MONDAY = datetime(2025, 3, 3)


def history(values: np.ndarray, every: str = "1h") -> pl.DataFrame:
    step = timedelta(hours=1) if every == "1h" else timedelta(days=1)
    return pl.DataFrame(
        {"timestamp": pl.datetime_range(MONDAY, MONDAY + step * (values.size - 1), every, eager=True), "value": values}
    )


def test_simulated_counts_have_the_mean_and_the_over_dispersion_they_were_asked_for() -> None:
    daily = simulate_counts(BrandProfile(400, week=(1,) * 7), 7000, np.random.default_rng(0), hourly=False)
    assert daily.mean() == pytest.approx(400, rel=0.02)
    assert daily.std() / daily.mean() == pytest.approx(0.23, abs=0.02)


def test_an_uplift_lifts_the_last_day_only() -> None:
    plain = [simulate_counts(BrandProfile(400), 8, np.random.default_rng(s)) for s in range(200)]
    lifted = [simulate_counts(BrandProfile(400), 8, np.random.default_rng(s), uplift=3) for s in range(200)]
    assert np.mean([v[-24:].sum() for v in lifted]) / np.mean([v[-24:].sum() for v in plain]) == pytest.approx(
        3, rel=0.1
    )
    assert all((a[:-24] == b[:-24]).mean() > 0.99 for a, b in zip(plain, lifted, strict=True))


def test_a_fitted_profile_finds_the_rhythm_it_was_simulated_with() -> None:
    true = BrandProfile(400, day_shape=16, hour_shape=4)
    fitted = fit_profile(simulate_counts(true, 364, np.random.default_rng(0)), 0, 0)
    assert fitted.daily_mean == pytest.approx(400, rel=0.05)
    assert np.allclose(fitted.week, np.array(true.week) / np.mean(true.week), atol=0.1)
    assert 10 <= fitted.day_shape <= 26
    assert 3 <= fitted.hour_shape <= 5.5


def test_a_fit_starts_at_the_first_midnight_and_knows_the_weekday() -> None:
    values = simulate_counts(BrandProfile(2000, day_shape=1000), 140, np.random.default_rng(0))
    whole, late = fit_profile(values, 0, 0), fit_profile(values[30:], 6, 1)
    assert np.allclose(whole.week, late.week, atol=0.02)
    assert np.allclose(whole.day, late.day, atol=0.05)


def test_poisson_counts_are_not_taken_for_over_dispersed() -> None:
    values = np.random.default_rng(0).poisson(10, 24 * 364).astype(float)
    fitted = fit_profile(values, 0, 0)
    assert fitted.hour_shape > 100
    assert fitted.day_shape > 100
    assert fit_profile(np.full(24 * 14, 5.0), 0, 0).hour_shape == MAX_SHAPE


def test_a_big_event_is_seen_more_often_than_a_small_one_and_a_strict_setting_cries_wolf_less() -> None:
    usual = simulated_performance(BrandProfile(400), years=4, trials=40)
    strict = simulated_performance(BrandProfile(400), TrendParams(alert_score=3.0), years=4, trials=40)
    assert usual["power_300_ratio"] > usual["power_150_ratio"] >= usual["power_125_ratio"]
    assert strict["false_alarms_per_year"] < usual["false_alarms_per_year"] / 3
    assert strict["power_150_ratio"] <= usual["power_150_ratio"]


def test_over_dispersed_small_brands_do_not_cry_wolf() -> None:
    for hourly in (True, False):
        rate = simulated_performance(BrandProfile(8), hourly=hourly, years=10, trials=1)["false_alarms_per_year"]
        assert rate < 10, rate


def test_a_brands_own_false_alarms_come_out_near_the_truth() -> None:
    true = BrandProfile(200, day_shape=12, hour_shape=4)
    truth = simulated_performance(true, years=20, trials=1)["false_alarms_per_year"]
    estimates = [
        expected_false_alarms(history(simulate_counts(true, 56, np.random.default_rng(s))), trials=1) for s in range(5)
    ]
    assert np.mean([e["false_alarms_per_year"] for e in estimates]) == pytest.approx(truth, rel=0.35)


def test_a_crisis_in_the_history_is_not_a_habit() -> None:
    values = simulate_counts(BrandProfile(200), 56, np.random.default_rng(1))
    calm = expected_false_alarms(history(values), years=10, trials=1)["false_alarms_per_year"]
    values[1000:1010] += 2000
    assert expected_false_alarms(history(values), years=10, trials=1)["false_alarms_per_year"] < 1.6 * calm + 3


def test_daily_histories_are_judged_too_and_other_steps_are_refused() -> None:
    daily = simulate_counts(BrandProfile(200), 90, np.random.default_rng(1), hourly=False)
    assert 0 < expected_false_alarms(history(daily, "1d"), trials=5)["power_300_ratio"] <= 1
    with pytest.raises(ValueError, match="hourly or daily"):
        expected_false_alarms(history(daily, "1d").with_columns(pl.col("timestamp").dt.offset_by("0d")).gather_every(2))


def test_a_silent_brand_has_no_false_alarms_and_no_power() -> None:
    silent = expected_false_alarms(history(np.zeros(24 * 20)), years=1, trials=2)
    assert silent == {
        "false_alarms_per_year": 0.0,
        "power_125_ratio": 0.0,
        "power_150_ratio": 0.0,
        "power_300_ratio": 0.0,
    }


def test_each_series_gets_its_own_figures() -> None:
    hours = history(simulate_counts(BrandProfile(400), 40, np.random.default_rng(1)))
    both = pl.concat(
        [
            hours.select(mention_hour_at="timestamp", brand_id=pl.lit("busy"), mention_count="value"),
            hours.select(mention_hour_at="timestamp", brand_id=pl.lit("quiet"), mention_count=pl.lit(0.0)),
        ]
    )
    figures = expected_false_alarms_by_series(both, years=4, trials=10)
    assert figures["brand_id"].to_list() == ["busy", "quiet"]
    assert figures["false_alarms_per_year"][0] > 2
    assert figures["false_alarms_per_year"][1] == 0
    assert figures["power_300_ratio"][0] > 0.5
    assert expected_false_alarms_by_series(both.clear()).schema == figures.schema
