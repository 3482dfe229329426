"""Slow change: a new level or a slide over weeks is seen, noise and spikes are not taken for one."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from transforms.trend.shift import SHIFTS, ShiftParams, trend_shift
from transforms.trend.simulate import BrandProfile, simulate_counts

SUNDAY = date(2025, 6, 1)


def daily(factor: np.ndarray, *, mean: float = 100.0, seed: int = 1, brand: str = "acme") -> pl.DataFrame:
    """Counts of the days up to `SUNDAY`, an ordinary brand's, times a factor per day."""
    counts = simulate_counts(BrandProfile(mean), factor.size, np.random.default_rng(seed), hourly=False)
    days = [SUNDAY - timedelta(days=int(factor.size - 1 - i)) for i in range(factor.size)]
    return pl.DataFrame(
        {"mention_date": days, "brand_id": brand, "mention_count": np.round(counts * factor).astype(np.int64)}
    )


def assessed(frame: pl.DataFrame, as_of: date = SUNDAY) -> dict[str, object]:
    return trend_shift(frame, as_of=as_of).row(0, named=True)


def test_a_brand_sliding_for_two_months_is_seen() -> None:
    days = np.arange(84)
    shift = assessed(daily(np.where(days > 28, 0.5 ** ((days - 28) / 56), 1.0)))
    assert shift["shift_code"] in ("drift_down", "level_down")
    assert shift["shift_ratio"] < 0.8  # type: ignore[operator]
    assert shift["chance_ratio"] <= 0.01  # type: ignore[operator]


def test_a_steady_climb_is_a_drift_up_with_its_size() -> None:
    shift = assessed(daily(2.0 ** (np.arange(84) / 84), mean=1000))
    assert shift["shift_code"] == "drift_up"
    assert 1.5 <= shift["shift_ratio"] <= 2.4  # type: ignore[operator]
    assert shift["shift_ratio_low"] < shift["shift_ratio"] < shift["shift_ratio_high"]  # type: ignore[operator]


def test_a_new_level_is_dated_and_sized() -> None:
    shift = assessed(daily(np.where(np.arange(84) >= 50, 1.8, 1.0), mean=400))
    assert shift["shift_code"] == "level_up"
    wanted = SUNDAY - timedelta(days=33)
    assert abs((shift["changed_date"] - wanted).days) <= 4  # type: ignore[operator]
    assert shift["shift_ratio_low"] <= 1.8 <= shift["shift_ratio_high"]  # type: ignore[operator]


def test_a_spike_is_not_a_shift() -> None:
    factor = np.ones(84)
    factor[60:62] = 12.0
    assert assessed(daily(factor))["shift_code"] == "stable"


def test_a_weekly_rhythm_is_not_a_shift_whatever_day_the_look_is_taken() -> None:
    frame = daily(np.ones(100), mean=2000, seed=3)
    codes = {assessed(frame, SUNDAY - timedelta(days=back))["shift_code"] for back in range(10)}
    assert codes == {"stable"}


def test_the_error_rate_is_what_it_says() -> None:
    ordinary = pl.concat([daily(np.ones(84), mean=60, seed=s, brand=f"b{s:03}") for s in range(300)])
    table = trend_shift(ordinary, ShiftParams(error_ratio=0.05), as_of=SUNDAY)
    called = table.filter(pl.col("shift_code") != "stable").height / table.height
    assert 0.005 <= called <= 0.09


def test_a_young_and_a_silent_brand_are_not_enough_data() -> None:
    assert assessed(daily(np.ones(40)))["shift_code"] == "not_enough_data"
    assert assessed(daily(np.ones(84), mean=0.3))["shift_code"] == "not_enough_data"
    assert assessed(daily(np.ones(84)), SUNDAY + timedelta(days=30))["shift_code"] == "not_enough_data"


def test_unknown_days_take_no_side() -> None:
    frame = daily(np.where(np.arange(84) >= 42, 1.8, 1.0), mean=400)
    holes = frame.with_columns(
        mention_count=pl.when(pl.int_range(pl.len()) % 9 == 4).then(None).otherwise("mention_count")
    )
    assert assessed(holes)["shift_code"] == "level_up"
    assert assessed(holes.drop_nulls())["shift_ratio"] == assessed(holes)["shift_ratio"]


def test_each_series_is_assessed_alone_and_the_answer_repeats() -> None:
    both = pl.concat([daily(np.ones(84)), daily(np.where(np.arange(84) >= 40, 2.0, 1.0), brand="rival")])
    table = trend_shift(both, as_of=SUNDAY)
    assert table.select("brand_id", "shift_code").rows() == [("acme", "stable"), ("rival", "level_up")]
    assert table.equals(trend_shift(both, as_of=SUNDAY))
    assert set(table["shift_code"]) <= set(SHIFTS)
    assert trend_shift(both.clear(), as_of=SUNDAY).schema == table.schema


def test_too_few_reorderings_for_the_error_rate_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        ShiftParams(permutations=99, error_ratio=0.001)
    with pytest.raises(ValueError, match="min_weeks"):
        ShiftParams(min_weeks=20)
