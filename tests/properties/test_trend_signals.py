"""Laws of stored state: however the hours arrive, the answers are those of one run over everything."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.trend.signals import trend_signals, trend_signals_with_state

START = datetime(2025, 3, 3, tzinfo=UTC)


@st.composite
def hourly_volumes(draw: st.DrawFn) -> pl.DataFrame:
    """A few series that begin at different hours, with bursts, unknown hours and fractional values."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    hours = draw(st.integers(30, 700))
    frames = []
    for number in range(draw(st.integers(1, 5))):
        begin = int(rng.integers(0, hours // 2))
        values = rng.poisson(rng.gamma(0.7, 10.0, hours)) * draw(st.sampled_from([1.0, 0.37]))
        values[rng.random(hours) < 0.01] *= 40
        unknown = rng.random(hours) < draw(st.sampled_from([0.0, 0.2]))
        at = pl.datetime_range(START, START + timedelta(hours=hours - 1), "1h", eager=True)
        frame = pl.DataFrame(
            {"mention_hour_at": at, "brand_id": f"b{number % 2}", "platform_code": f"p{number}", "value": values}
        )
        frames.append(frame.with_columns(value=pl.when(pl.Series(unknown)).then(None).otherwise("value"))[begin:])
    return pl.concat(frames).sort("mention_hour_at", "platform_code")


@settings(max_examples=40, deadline=None)
@given(hourly_volumes(), st.lists(st.integers(1, 699), max_size=4))
def test_hours_in_any_portions_give_the_answers_of_a_full_run(volume: pl.DataFrame, cuts: list[int]) -> None:
    full = trend_signals(volume, as_of=None, value="value", details=True)
    edges = [0, *sorted(set(cuts)), 10_000]
    state, parts = None, []
    for begin, end in pairwise(edges):
        portion = volume.filter(
            pl.col("mention_hour_at").is_between(
                START + timedelta(hours=begin), START + timedelta(hours=end), closed="left"
            )
        )
        if portion.height:
            part, state = trend_signals_with_state(portion, as_of=None, state=state, value="value", details=True)
            parts.append(part)
    assert pl.concat(parts).equals(full)


@settings(max_examples=20, deadline=None)
@given(hourly_volumes(), st.integers(0, 999))
def test_the_order_of_rows_changes_no_answer(volume: pl.DataFrame, seed: int) -> None:
    order = ["mention_hour_at", "platform_code"]
    shuffled = trend_signals(volume.sample(fraction=1, shuffle=True, seed=seed), as_of=None, value="value")
    assert shuffled.sort(order).equals(trend_signals(volume, as_of=None, value="value").sort(order))


@settings(max_examples=20, deadline=None)
@given(hourly_volumes(), st.integers(20, 700))
def test_later_hours_never_change_an_earlier_answer(volume: pl.DataFrame, hours: int) -> None:
    known = volume.filter(pl.col("mention_hour_at") < START + timedelta(hours=hours))
    if known.height:
        later = trend_signals(volume, as_of=None, value="value").head(known.height)
        assert trend_signals(known, as_of=None, value="value").equals(later)
