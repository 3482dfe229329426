"""The mood: a share that rises is seen at any volume, and volume alone does not raise it."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from transforms.trend.share import share_signals
from transforms.trend.simulate import BrandProfile, simulate_counts

START = datetime(2025, 3, 3, tzinfo=UTC)


def moods(share: np.ndarray, *, mean: float = 240.0, seed: int = 1, wander: float = 0.0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    scored = simulate_counts(BrandProfile(mean), share.size // 24, rng).astype(int)
    daily = np.repeat(rng.normal(0, wander, share.size // 24), 24)
    negative = rng.binomial(scored, np.clip(share + daily, 0, 1))
    hours = pl.datetime_range(START, START + timedelta(hours=share.size - 1), "1h", eager=True)
    return pl.DataFrame(
        {"mention_hour_at": hours, "brand_id": "acme", "negative_count": negative, "scored_count": scored}
    )


def test_a_turn_of_mood_is_announced_within_hours() -> None:
    share = np.full(24 * 25, 0.2)
    share[500:520] = 0.6
    judged = share_signals(moods(share), as_of=None)
    first = judged["is_alert"].arg_true().to_list()
    assert len(first) >= 1
    assert 500 <= first[0] <= 508
    assert judged["usual_ratio"][499] == pytest.approx(0.2, abs=0.02)


def test_volume_alone_does_not_turn_the_mood() -> None:
    frame = moods(np.full(24 * 25, 0.2)).with_columns(
        pl.when(pl.int_range(pl.len()).is_between(500, 520)).then(pl.col(c) * 8).otherwise(pl.col(c)).alias(c)
        for c in ("negative_count", "scored_count")
    )
    assert not share_signals(frame, as_of=None)["is_alert"][:500].any()
    assert share_signals(frame, as_of=None)["signal_score"][500:520].max() < 3.5  # type: ignore[operator]


def test_ordinary_moods_rarely_alert_even_when_they_wander() -> None:
    for wander in (0.0, 0.05):
        judged = share_signals(moods(np.full(24 * 364, 0.25), wander=wander), as_of=None)
        assert judged["is_alert"].sum() <= 16, wander


def test_nine_negative_mentions_alert_nobody() -> None:
    share = np.full(24 * 25, 0.1)
    frame = moods(share, mean=40).with_columns(
        pl.when(pl.int_range(pl.len()) == 24 * 25 - 1).then(9).otherwise(0).alias("negative_count"),
        pl.when(pl.int_range(pl.len()) == 24 * 25 - 1).then(9).otherwise("scored_count").alias("scored_count"),
    )
    assert not share_signals(frame, as_of=None)["is_alert"].any()
    more = frame.with_columns(
        pl.when(pl.col("negative_count") == 9).then(14).otherwise(pl.col(c)).alias(c)
        for c in ("negative_count", "scored_count")
    )
    assert share_signals(more, as_of=None)["is_alert"][-1]


def test_statuses_are_those_of_the_volume_and_a_part_cannot_exceed_its_whole() -> None:
    frame = moods(np.full(24 * 25, 0.2)).with_columns(
        negative_count=pl.when(pl.int_range(pl.len()) == 400).then(None).otherwise("negative_count")
    )
    judged = share_signals(frame, as_of=START + timedelta(hours=24 * 25 - 1, minutes=5))
    assert judged["signal_status_code"][400] == "gap"
    assert judged["signal_status_code"][-1] == "incomplete"
    assert judged["signal_status_code"][30] == "not_enough_data"
    with pytest.raises(ValueError, match="larger than its whole"):
        share_signals(frame.with_columns(scored_count=pl.lit(0)), as_of=None)


def test_the_share_is_judged_looking_back_only() -> None:
    share = np.full(24 * 25, 0.2)
    share[480:] = 0.5
    frame = moods(share)
    assert share_signals(frame.head(500), as_of=None).equals(share_signals(frame, as_of=None).head(500))
