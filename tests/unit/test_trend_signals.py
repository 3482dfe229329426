"""Signals for the tables: many series, families, incomplete hours, stored state."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from transforms.trend import TrendParams, detect
from transforms.trend.discovery import daily_chance, discoveries, score_of_chance
from transforms.trend.signals import trend_signals, trend_signals_with_state
from transforms.trend.simulate import BrandProfile, simulate_counts

START = datetime(2025, 3, 3, tzinfo=UTC)
DAYS = 25


def volume(series: dict[tuple[str, str], np.ndarray]) -> pl.DataFrame:
    """`mention_volume_hourly` as the mart hands it over: hour by hour, all series side by side."""
    frames = []
    for (brand, platform), counts in series.items():
        hours = pl.datetime_range(START, START + timedelta(hours=counts.size - 1), "1h", eager=True)
        frames.append(
            pl.DataFrame(
                {
                    "mention_date": hours.dt.date(),
                    "mention_hour_at": hours,
                    "platform_code": platform,
                    "brand_id": brand,
                    "mention_count": counts.astype(np.int64),
                    "negative_count": (counts // 4).astype(np.int64),
                }
            )
        )
    return pl.concat(frames).sort("mention_hour_at", "platform_code", "brand_id")


def counts(seed: int, days: int = DAYS, mean: float = 240.0) -> np.ndarray:
    return simulate_counts(BrandProfile(mean), days, np.random.default_rng(seed))


def test_the_table_has_the_rows_of_the_volume_and_what_was_judged() -> None:
    hourly = volume({("acme", "all"): counts(1), ("acme", "x"): counts(2)})
    signals = trend_signals(hourly, as_of=None)
    assert signals.height == hourly.height
    kept = ["mention_date", "mention_hour_at", "platform_code", "brand_id", "mention_count"]
    assert signals.select(kept).equals(hourly.select(kept))
    assert trend_signals(hourly.clear(), as_of=None).schema == signals.schema


def test_each_series_gets_the_score_it_would_get_alone() -> None:
    hourly = volume({("acme", "all"): counts(1), ("rival", "all"): counts(2)})
    signals = trend_signals(hourly, as_of=None)
    for brand in ("acme", "rival"):
        mine = signals.filter(pl.col("brand_id") == brand)
        alone = detect(mine.select(timestamp="mention_hour_at", value="mention_count"))
        assert mine["signal_score"].equals(alone["score"])
        assert mine["expected_high_count"].equals(alone["expected_high"])
        assert mine["is_alert"].equals(alone["is_alert"])


def test_an_unfinished_hour_raises_nothing_and_is_said_to_be_unfinished() -> None:
    spiky = counts(1)
    spiky[-1] += 900
    hourly = volume({("acme", "all"): spiky})
    now = START + timedelta(hours=spiky.size - 1, minutes=40)
    last = trend_signals(hourly, as_of=now).row(-1, named=True)
    assert (last["signal_status_code"], last["is_alert"], last["signal_score"]) == ("incomplete", False, None)
    assert trend_signals(hourly, as_of=now + timedelta(minutes=20))["is_alert"][-1]


def test_a_lonely_blip_among_many_series_of_a_brand_is_not_believed_but_a_coherent_one_is() -> None:
    def table(struck: int, height: float) -> pl.DataFrame:
        series = {("acme", f"p{i}"): np.full(24 * DAYS, 10.0) + np.arange(24 * DAYS) % 5 for i in range(12)}
        for i in range(struck):
            series["acme", f"p{i}"][-1] = height
        return trend_signals(volume(series), as_of=None, details=True).filter(
            pl.col("mention_hour_at") == START + timedelta(hours=24 * DAYS - 1)
        )

    lonely, coherent = table(1, 29), table(12, 29)
    assert (lonely["signal_score"].max() or 0) > 1.8
    assert not lonely["is_alert"].any()
    assert coherent["is_alert"].all()
    assert table(1, 400)["is_alert"].sum() == 1


def test_other_brands_do_not_raise_the_bar_of_mine() -> None:
    quiet = {(f"rival{i}", "all"): counts(10 + i) for i in range(12)}
    spiky = counts(1)
    spiky[-1] = 60
    alone = trend_signals(volume({("acme", "all"): spiky}), as_of=None)
    among = trend_signals(volume({("acme", "all"): spiky} | quiet), as_of=None)
    pooled = trend_signals(volume({("acme", "all"): spiky} | quiet), as_of=None, family=[])
    assert alone["is_alert"][-1]
    assert among.filter(pl.col("brand_id") == "acme")["is_alert"][-1]
    assert not pooled.filter(pl.col("brand_id") == "acme")["is_alert"][-1]


def test_details_tell_the_window_and_the_chance() -> None:
    spiky = counts(1)
    spiky[-1] += 300
    last = trend_signals(volume({("acme", "all"): spiky}), as_of=None, details=True).row(-1, named=True)
    assert last["window_hours"] == 1.0
    assert last["window_count"] == spiky[-1]
    assert last["usual_peak_count"] < 60
    assert last["daily_chance_ratio"] < 1e-3
    assert last["is_discovery"] is True


def test_the_next_hour_from_stored_state_is_judged_as_in_a_full_run() -> None:
    spiky = counts(3)
    spiky[-6:] += 200
    hourly = volume({("acme", "all"): spiky, ("acme", "x"): counts(4), ("rival", "all"): counts(5)})
    full = trend_signals(hourly, as_of=None, details=True)
    cut = START + timedelta(hours=24 * DAYS - 10)
    head, state = trend_signals_with_state(hourly.filter(pl.col("mention_hour_at") < cut), as_of=None, details=True)
    parts = [head]
    for hour in range(10):
        now = cut + timedelta(hours=hour)
        part, state = trend_signals_with_state(
            hourly.filter(pl.col("mention_hour_at") == now), as_of=None, state=state, details=True
        )
        parts.append(part)
    assert pl.concat(parts).equals(full)


def test_a_state_can_be_stored_and_read_back() -> None:
    hourly = volume({("acme", "all"): counts(3)})
    cut = START + timedelta(hours=24 * DAYS - 1)
    _, state = trend_signals_with_state(hourly.filter(pl.col("mention_hour_at") < cut), as_of=None)
    assert state.series.columns == [
        *("platform_code", "brand_id", "next_at"),
        *("since_alert_hours", "since_above_hours", "since_burst_hours", "announced_score", "tail_counts"),
    ]
    assert state.series["next_at"].to_list() == [cut]
    buffer = state.series.serialize()
    again = type(state)(pl.DataFrame.deserialize(buffer), state.keys)
    new = hourly.filter(pl.col("mention_hour_at") == cut)
    assert trend_signals_with_state(new, as_of=None, state=again)[0].equals(trend_signals(hourly, as_of=None).tail(1))


def test_an_unfinished_hour_is_not_stored_and_may_come_again() -> None:
    hourly = volume({("acme", "all"): counts(3)})
    end = START + timedelta(hours=24 * DAYS)
    _, state = trend_signals_with_state(hourly, as_of=end - timedelta(minutes=1))
    assert state.series["next_at"].to_list() == [end - timedelta(hours=1)]
    again, _ = trend_signals_with_state(hourly.tail(1), as_of=end, state=state)
    assert again.equals(trend_signals(hourly, as_of=end).tail(1))


def test_late_mentions_ask_for_a_full_run_instead_of_being_judged_wrongly() -> None:
    hourly = volume({("acme", "all"): counts(3)})
    _, state = trend_signals_with_state(hourly, as_of=None)
    with pytest.raises(ValueError, match="the past has changed"):
        trend_signals_with_state(hourly.tail(1), as_of=None, state=state)


def test_a_series_that_pauses_keeps_its_state_and_its_missing_hours_are_unknown() -> None:
    hourly = volume({("acme", "all"): counts(3), ("rival", "all"): counts(4)})
    cut, end = START + timedelta(hours=24 * DAYS - 5), START + timedelta(hours=24 * DAYS - 1)
    paused = hourly.filter(
        (pl.col("brand_id") == "acme") | ~pl.col("mention_hour_at").is_between(cut, end, closed="left")
    )
    _, state = trend_signals_with_state(paused.filter(pl.col("mention_hour_at") < cut), as_of=None)
    middle = paused.filter(pl.col("mention_hour_at").is_between(cut, end, closed="left"))
    _, state = trend_signals_with_state(middle, as_of=None, state=state)
    assert state.series.height == 2
    last, _ = trend_signals_with_state(paused.filter(pl.col("mention_hour_at") == end), as_of=None, state=state)
    assert last.equals(trend_signals(paused, as_of=None).filter(pl.col("mention_hour_at") == end))


def test_two_rows_of_one_hour_are_refused() -> None:
    hourly = volume({("acme", "all"): counts(3)})
    with pytest.raises(ValueError, match="two rows of one series"):
        trend_signals(pl.concat([hourly, hourly.tail(1)]), as_of=None)
    with pytest.raises(ValueError, match="negative or not finite"):
        trend_signals(hourly.with_columns(mention_count=pl.lit(-1)), as_of=None)


def test_dates_pass_through() -> None:
    signals = trend_signals(volume({("acme", "all"): counts(3)}), as_of=None)
    assert signals["mention_date"][0] == date(2025, 3, 3)


def test_the_chance_of_a_score_falls_and_has_an_inverse() -> None:
    scores = pl.Series([0.0, 1.8, 3.0, 5.0, 8.0])
    chances = pl.select(daily_chance(pl.lit(scores))).to_series().to_list()
    assert chances == sorted(chances, reverse=True)
    assert chances[1] == pytest.approx(0.054, abs=0.001)
    assert [score_of_chance(chance) for chance in chances] == pytest.approx(scores.to_list())


def test_step_up_believes_a_weak_score_in_strong_company() -> None:
    candidates = pl.DataFrame(
        {"hour": [1] * 3 + [2] * 3, "signal_score": [9.0, 9.0, 2.5, 2.5, 1.9, 1.9], "tested": [10] * 6}
    )
    assert discoveries(candidates, ["hour"], rate=0.1).to_list() == [True, True, True, False, False, False]
    assert discoveries(candidates.with_columns(tested=pl.lit(1000)), ["hour"], rate=0.1).sum() == 2


def test_false_alarms_of_ordinary_series_stay_within_the_simulated_chance() -> None:
    rng = np.random.default_rng(11)
    quiet = {("acme", f"p{i:02}"): simulate_counts(BrandProfile(200), 120, rng) for i in range(20)}
    usual = trend_signals(volume(quiet), as_of=None)["is_alert"].sum()
    lenient = trend_signals(volume(quiet), TrendParams(false_discovery_ratio=0.999), as_of=None)["is_alert"].sum()
    assert usual <= lenient / 4
    assert lenient >= 40
