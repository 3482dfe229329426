"""The causal detector, one behaviour a test."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from transforms.trend import TrendParams, detect
from transforms.trend.simulate import BrandProfile, simulate_counts

START = datetime(2025, 3, 3)
REAL_EXPORTS = os.environ.get("LISTENING_REAL_EXPORTS", "")


def hourly(values: "list[float | None] | np.ndarray", start: datetime = START) -> pl.DataFrame:
    hours = pl.datetime_range(start, start + timedelta(hours=len(values) - 1), "1h", eager=True)
    return pl.DataFrame({"timestamp": hours, "value": pl.Series(values, dtype=pl.Float64)})


def quiet(days: int, daily_mean: float = 240.0, seed: int = 1) -> np.ndarray:
    return simulate_counts(BrandProfile(daily_mean), days, np.random.default_rng(seed))


def test_a_burst_is_announced_once_in_the_hour_it_happens() -> None:
    values = quiet(21)
    values[490:494] += 200
    judged = detect(hourly(values))
    assert judged["is_alert"].arg_true().to_list()[-1] == 490
    assert judged["is_alert"][485:].sum() == 1


def test_a_heavy_day_without_any_burst_is_announced() -> None:
    values = quiet(21, daily_mean=24.0)
    values[-24:] = 4.0
    judged = detect(hourly(values))
    assert not judged["is_alert"][:-24].any()
    assert judged["is_alert"][-24:].any()


def test_an_event_that_grows_threefold_is_announced_again_at_once() -> None:
    values = quiet(21)
    values[480] += 120
    values[484] += 900
    assert detect(hourly(values))["is_alert"].arg_true().to_list()[-2:] == [480, 484]


def test_tomorrows_event_at_the_same_hour_is_a_new_alert() -> None:
    values = quiet(21)
    values[456] += 150
    values[480] += 300
    assert detect(hourly(values))["is_alert"].arg_true().to_list()[-2:] == [456, 480]


def test_an_unfinished_last_period_raises_nothing() -> None:
    values = quiet(21)
    values[-1] += 500
    series = hourly(values)
    now = START + timedelta(hours=len(values) - 1, minutes=30)
    judged = detect(series, as_of=now.replace(tzinfo=UTC))
    assert judged["status_code"][-1] == "incomplete"
    assert not judged["is_alert"][-1]
    assert detect(series, as_of=now + timedelta(minutes=30))["is_alert"][-1]


def test_two_days_of_history_are_not_enough_data() -> None:
    values = quiet(3)
    values[-1] += 500
    judged = detect(hourly(values))
    assert judged["status_code"].unique().to_list() == ["not_enough_data"]
    assert judged["score"].null_count() == judged.height
    assert not judged["is_alert"].any()


def test_a_brand_with_a_mention_every_other_day_is_not_enough_data() -> None:
    values = np.zeros(24 * 30)
    values[::48] = 1
    assert detect(hourly(values))["status_code"][-24:].unique().to_list() == ["not_enough_data"]


def test_a_silent_brand_that_is_suddenly_talked_about_is_announced() -> None:
    values = np.zeros(24 * 30)
    values[-2:] = 30
    judged = detect(hourly(values))
    assert judged["is_alert"].arg_true().to_list() == [24 * 30 - 2]
    assert judged["status_code"][-2:].to_list() == ["ok", "ok"]


def test_nine_mentions_raise_nothing_and_ten_do() -> None:
    for count, expected in ((9, False), (10, True)):
        values = np.zeros(24 * 30)
        values[:-24:24] = 1
        values[-1] = count
        assert detect(hourly(values))["is_alert"][-1] is expected


def test_unknown_is_not_zero() -> None:
    values: list[float | None] = list(quiet(21))
    values[300:330] = [None] * 30
    judged = detect(hourly(values))
    assert judged["status_code"][300:330].unique().to_list() == ["gap"]
    assert judged["score"][300:330].null_count() == 30
    with_zeros = detect(hourly([0.0 if v is None else v for v in values]))
    assert with_zeros["expected_value"][348] < judged["expected_value"][348]


def test_missing_rows_are_unknown_rows() -> None:
    series = hourly(quiet(21)).with_columns(
        pl.when(pl.int_range(pl.len()).is_between(300, 329)).then(None).otherwise("value").alias("value")
    )
    kept = series.filter(pl.col("value").is_not_null())
    assert detect(kept).equals(detect(series).filter(pl.col("value").is_not_null()))


def test_growth_is_not_an_event() -> None:
    profile = BrandProfile(1.0)
    values = simulate_counts(profile, 120, np.random.default_rng(3)) * 0
    rng = np.random.default_rng(4)
    for day in range(120):
        values[24 * day : 24 * day + 24] = simulate_counts(BrandProfile(100 * 1.01**day), 1, rng)
    assert detect(hourly(values))["is_alert"].sum() <= 120 / 365 * 40


def test_five_minute_hourly_and_daily_counts_of_one_event_all_raise_it() -> None:
    rng = np.random.default_rng(7)
    per_hour = quiet(28, 2400)
    per_hour[-20:] *= 4
    five_minutes = rng.multinomial(per_hour.astype(int), [1 / 12] * 12).ravel()
    fine = pl.DataFrame(
        {
            "timestamp": pl.datetime_range(
                START, START + timedelta(minutes=5 * (five_minutes.size - 1)), "5m", eager=True
            ),
            "value": five_minutes,
        }
    )
    for every, last in (("5m", 240), ("1h", 20), ("1d", 1)):
        series = fine.group_by_dynamic("timestamp", every=every).agg(pl.col("value").sum())
        assert detect(series)["is_alert"][-last:].any(), every


def test_the_band_holds_about_nine_ordinary_values_in_ten() -> None:
    for daily_mean in (40.0, 400.0, 4000.0):
        judged = detect(hourly(quiet(364, daily_mean))).filter(pl.col("expected_low").is_not_null())
        held = judged["value"].is_between(judged["expected_low"], judged["expected_high"]).mean()
        assert 0.86 <= held <= 0.97, (daily_mean, held)
        assert judged["expected_value"].mean() == pytest.approx(judged["value"].mean(), rel=0.03)


def test_yesterdays_spike_does_not_become_todays_norm() -> None:
    values = quiet(28)
    calm = detect(hourly(values))["expected_value"][-10]
    values[-34] += 5000
    assert detect(hourly(values))["expected_value"][-10] < 1.5 * calm


def test_rows_come_back_in_their_order_with_their_series() -> None:
    one, two = hourly(quiet(21)), hourly(quiet(21, seed=2))
    series = pl.concat(
        [one.with_columns(pl.lit("b").alias("series_id")), two.with_columns(pl.lit("a").alias("series_id"))]
    ).sample(fraction=1.0, shuffle=True, seed=5)
    judged = detect(series)
    assert judged.columns[:3] == ["timestamp", "series_id", "value"]
    assert judged.select("timestamp", "series_id", "value").equals(series.select("timestamp", "series_id", "value"))
    alone = judged.filter(pl.col("series_id") == "b").drop("series_id").sort("timestamp")
    assert alone.equals(detect(one))


def test_an_empty_series_gives_an_empty_answer_with_the_same_columns() -> None:
    series = hourly(quiet(5))
    assert detect(series.clear()).schema == detect(series).schema


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (pl.when(pl.int_range(pl.len()) == 5).then(-1.0).otherwise("value").alias("value"), "negative or not finite"),
        (pl.when(pl.int_range(pl.len()) == 5).then(float("nan")).otherwise("value").alias("value"), "unknown is null"),
        (pl.when(pl.int_range(pl.len()) == 5).then(None).otherwise("timestamp").alias("timestamp"), "no timestamp"),
        (
            pl.when(pl.int_range(pl.len()) == 5)
            .then(START + timedelta(hours=4))
            .otherwise("timestamp")
            .alias("timestamp"),
            "two rows",
        ),
        (
            pl.when(pl.int_range(pl.len()) == 0)
            .then(datetime(1, 1, 1))
            .otherwise(pl.col("timestamp").dt.round("1m"))
            .alias("timestamp"),
            "timestamps is wrong",
        ),
    ],
)
def test_input_that_cannot_be_judged_is_refused_with_a_reason(change: pl.Expr, message: str) -> None:
    series = hourly(quiet(5)).with_columns(change)
    if "wrong" in message:
        series = series.with_columns(pl.col("timestamp"))
        minutes = pl.datetime_range(START, START + timedelta(minutes=500), "1m", eager=True)
        series = pl.DataFrame({"timestamp": [datetime(1900, 1, 1), *minutes], "value": [1.0] * 502})
    with pytest.raises(ValueError, match=message):
        detect(series)


def test_settings_that_could_judge_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="exceeds history_days"):
        TrendParams(history_days=2)
    with pytest.raises(ValueError, match="alert_score must be positive"):
        TrendParams(alert_score=0)


@pytest.mark.skipif(not REAL_EXPORTS, reason="LISTENING_REAL_EXPORTS does not point at the real exports")
def test_the_shipped_setting_clears_the_bar_on_the_labelled_series(tmp_path: Path) -> None:
    folder = Path(REAL_EXPORTS).parent / "evals" / "trends"
    for path in sorted(folder.glob("*.csv")):
        judged = detect(pl.read_csv(path, try_parse_dates=True))
        judged.select("timestamp", pl.col("is_alert").cast(pl.Int8)).write_csv(tmp_path / path.name)
    for profile, bar in (("standard", 85.0), ("reward_low_FP_rate", 78.0), ("reward_low_FN_rate", 89.0)):
        command = [sys.executable, str(folder / "score.py"), str(tmp_path), "--profile", profile]
        last = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]
        assert float(last.split()[1]) >= bar, last
