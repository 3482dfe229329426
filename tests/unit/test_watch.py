"""The watch over a brand: which counts are seen to be unusual, what is left unsaid, what is a crisis."""

from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.unit.watch_tables import START, at, counts_of, ordinary, topics, volume
from transforms.marts.pulse import spike_table, watch_tables
from transforms.trend.decisions import DECISION_SCHEMA
from transforms.trend.discovery import discoveries_in_families
from transforms.trend.sensitivity import FIGURES, series_figures
from transforms.trend.signals import trend_signals
from transforms.trend.watch import Watch, watch_brand
from transforms.trend.watched import SERIES, known_from, platform_slices
from warehouse.tables import mart, pulse

DAYS = 40
HOURS = 24 * DAYS
BURST = at(HOURS, {840: 120, 841: 260, 842: 200, 843: 90, 844: 60, 845: 40})
AT_BURST = pl.col("started_at").is_between(START + timedelta(hours=838), START + timedelta(hours=846))
HEADLINE = (pl.col("metric_code") == "mention_count") & ~pl.col("is_deduplicated") & (pl.col("topic_id") == "all")


def watched(of_topic: pl.DataFrame | None = None, days: int = DAYS, **planted: object) -> Watch:
    """A brand on two platforms; what is planted happens on x, and so in the total."""
    x, news = ordinary(1, days), ordinary(2, days, 40)
    platforms = {
        "all": counts_of(x + news, 1, **planted),  # type: ignore[arg-type]
        "x": counts_of(x, 2, **planted),  # type: ignore[arg-type]
        "news": counts_of(news, 3),
    }
    slices = topics({"price": of_topic} if of_topic is not None else {})
    return watch_brand(volume(platforms), slices, as_of=None)


def spike_metrics(watch: Watch, platform: str = "all") -> set[tuple[str, bool]]:
    near = watch.spikes.filter(
        pl.col("started_at").is_between(START + timedelta(hours=836), START + timedelta(hours=862)),
        pl.col("platform_code") == platform,
        pl.col("topic_id") == "all",
    )
    return set(near.select("metric_code", "is_deduplicated").iter_rows())


def test_the_mentions_by_platform_are_judged_as_if_nothing_else_were_watched() -> None:
    watch = watched(ordinary_topic(), extra=BURST)
    rows = volume({"all": counts_of(ordinary(1, DAYS) + ordinary(2, DAYS, 40), 1, extra=BURST)})
    alone = trend_signals(rows.select("mention_hour_at", "platform_code", "brand_id", "mention_count"), as_of=None)
    mine = watch.signals.filter(HEADLINE, pl.col("platform_code") == "all").sort("mention_hour_at")
    # The first mentions of all are not history yet.
    assert mine["signal_score"].tail(HOURS - 48).to_list() == pytest.approx(
        alone["signal_score"].tail(HOURS - 48).to_list(), abs=1e-9
    )
    assert watch.signals.filter(HEADLINE).height == 3 * HOURS


def ordinary_topic(extra: np.ndarray | None = None, mean: float = 40) -> pl.DataFrame:
    return counts_of(ordinary(5, DAYS, mean), 5, extra=extra)


def test_a_burst_of_many_people_is_seen_in_mentions_texts_and_authors() -> None:
    found = spike_metrics(watched(extra=BURST))
    assert {("mention_count", False), ("mention_count", True), ("distinct_author_count", False)} <= found
    assert ("negative_ratio", False) not in found


def test_a_turn_of_mood_at_unchanged_volume_is_seen_in_the_negative_share_alone() -> None:
    is_angry = pl.int_range(pl.len()).is_between(840, 863)
    x, news = ordinary(1, DAYS), ordinary(2, DAYS, 40)
    more = pl.when(is_angry).then((pl.col("mention_count") * 0.8).cast(pl.Int64)).otherwise("negative_count")
    turned = [
        counts.with_columns(negative_count=more).with_columns(
            deduplicated_negative_count=pl.min_horizontal("negative_count", "deduplicated_count")
        )
        for counts in (counts_of(x + news, 1), counts_of(x, 2))
    ]
    watch = watch_brand(volume({"all": turned[0], "x": turned[1], "news": counts_of(news, 3)}), topics({}), as_of=None)
    assert spike_metrics(watch) == {("negative_ratio", False), ("negative_ratio", True)}
    spike = watch.spikes.filter(metric_code="negative_ratio", is_deduplicated=False, platform_code="all").row(
        0, named=True
    )
    assert spike["observed_count"] > 2 * spike["expected_count"] > 0
    assert spike["severity_code"] != "crisis"


def test_a_topic_that_bursts_inside_an_ordinary_brand_is_seen_as_that_topic() -> None:
    watch = watched(ordinary_topic(extra=BURST // 4))
    starts = watch.spikes.filter(
        pl.col("started_at").is_between(START + timedelta(hours=838), START + timedelta(hours=846))
    )
    assert set(starts["topic_id"]) == {"price"}
    assert ("mention_count", False) in set(starts.select("metric_code", "is_deduplicated").iter_rows())


def test_a_viral_post_is_a_spike_of_engagement_and_of_nothing_else() -> None:
    x = ordinary(1, DAYS)
    rows = counts_of(x, 1).with_columns(
        engagement_count=pl.when(pl.int_range(pl.len()) == 840).then(60_000).otherwise("engagement_count")
    )
    watch = watch_brand(volume({"all": rows, "x": rows}), topics({}), as_of=None)
    assert spike_metrics(watch) == {("engagement_count", False)}


def test_series_that_are_too_rare_get_one_statement_and_no_hours() -> None:
    rare = counts_of(at(HOURS, {100: 1, 500: 2}))
    watch = watched(rare)
    assert watch.signals.filter(topic_id="price").is_empty()
    said = watch.series.filter(topic_id="price")
    assert said.height == 6
    assert set(said["series_status_code"]) == {"not_enough_data"}


def test_other_series_than_the_headline_keep_the_hours_of_their_spikes_and_the_day_before() -> None:
    watch = watched(extra=BURST)
    kept = watch.signals.filter(~HEADLINE)
    assert 0 < kept.height < 0.1 * HOURS * 13
    for spike in watch.spikes.filter(~HEADLINE).iter_rows(named=True):
        hours = kept.filter(pl.all_horizontal(pl.col(name) == spike[name] for name in SERIES))
        inside = hours.filter(
            pl.col("mention_hour_at") >= spike["started_at"], pl.col("mention_hour_at") < spike["ended_at"]
        )
        assert inside["watched_count"].sum() == spike["observed_count"]
        assert hours["mention_date"].min() < spike["started_at"].date()


def test_where_nothing_happens_the_many_further_series_of_a_year_raise_next_to_nothing() -> None:
    days = 365
    x = {f"p{n}": ordinary(10 + n, days, 30 + 10 * n) for n in range(6)}
    platforms = {"all": counts_of(sum(x.values()), 1), **{name: counts_of(part, 2) for name, part in x.items()}}  # type: ignore[arg-type]
    slices = {f"t{n}": counts_of(ordinary(30 + n, days, 20 + 5 * n), n) for n in range(10)}
    watch = watch_brand(volume(platforms), topics(slices), as_of=None)
    further = watch.series.filter(~HEADLINE)
    assert further.filter(series_status_code="ok").height == 95
    # Alone, each of these 95 series would raise several alerts a year.
    assert further["alert_count"].sum() < 25


# --- a history that begins in the middle ---


def begun(strays: dict[int, int], start: int = 400, level: float = 2000.0) -> Watch:
    """A brand of whom an export begins at full level at some hour; before it, zeros and a few strays."""
    mentions = ordinary(4, DAYS, level)
    mentions[:start] = 0
    mentions += at(HOURS, strays)
    rows = counts_of(mentions, 4)
    return watch_brand(volume({"all": rows, "x": rows}), topics({}), as_of=None)


@pytest.mark.parametrize(
    "strays", [{}, {300: 1, 322: 1, 345: 1, 380: 1}], ids=["silence before", "a few strays before"]
)
def test_an_export_that_begins_at_full_level_is_not_enough_data_rather_than_an_event(strays: dict[int, int]) -> None:
    watch = begun(strays)
    first = watch.signals.filter(
        HEADLINE, pl.col("platform_code") == "all", pl.col("mention_hour_at") < START + timedelta(hours=400 + 2 * 24)
    )
    assert set(first["signal_status_code"]) == {"not_enough_data"}
    assert watch.spikes.filter(pl.col("started_at") < START + timedelta(hours=400 + 8 * 24)).is_empty()


def test_a_brand_that_was_heard_of_before_is_announced_when_silence_ends() -> None:
    mentions = at(HOURS, {10: 1, 840: 30, 841: 30})
    watch = watch_brand(volume({"all": counts_of(mentions), "x": counts_of(mentions)}), topics({}), as_of=None)
    assert watch.spikes.filter(HEADLINE)["started_at"].min() == START + timedelta(hours=840)


def test_a_young_brand_may_have_an_event_that_is_not_a_leap() -> None:
    x = ordinary(1, 12)
    rows = counts_of(x, 1, extra=at(24 * 12, dict.fromkeys(range(230, 236), 100)))
    watch = watch_brand(volume({"all": rows, "x": rows}), topics({}), as_of=None)
    assert watch.spikes.filter(HEADLINE)["started_at"].min() == START + timedelta(hours=230)


def test_when_an_older_history_is_known_does_not_depend_on_what_comes_later() -> None:
    rows = volume({"all": counts_of(ordinary(4, 60, 30), extra=at(24 * 60, {1200: 5000}))})
    early = known_from(platform_slices(rows.head(24 * 15)).drop("known_from_at"))
    assert early["known_from_at"].equals(known_from(platform_slices(rows).drop("known_from_at"))["known_from_at"])


# --- crises and what only looks like one ---


def severity(**planted: Any) -> str:
    spikes = watched(extra=BURST, **planted).spikes.filter(HEADLINE, pl.col("platform_code") == "all")
    return str(spikes.filter(pl.col("observed_count") > 500)["severity_code"][0])


def test_volume_and_negativity_and_many_people_together_are_a_crisis() -> None:
    assert severity(extra_negative=0.8) == "crisis"


def test_a_flood_by_three_accounts_is_no_crisis_however_negative() -> None:
    assert severity(extra_negative=0.9, few_authors=3) == "high"


def test_praise_by_many_people_is_no_crisis() -> None:
    assert severity(extra_negative=0.0) == "high"


def test_the_usual_tone_of_many_people_is_no_crisis() -> None:
    assert severity(extra_negative=0.2) == "high"


# --- tables ---


def test_the_tables_of_the_watch_fit_their_contracts_and_spikes_of_one_moment_are_one_event() -> None:
    x = ordinary(1, DAYS)
    rows = volume({"all": counts_of(x, 1, extra=BURST), "x": counts_of(x, 2, extra=BURST)})
    of_topic = topics({"price": ordinary_topic(extra=BURST // 3)})
    figures = series_figures(rows, of_topic)
    signals, spikes, series = watch_tables(rows, of_topic, figures, as_of=None)
    for contract, table in (
        (mart.TREND_SIGNAL_HOURLY, signals),
        (mart.SPIKE, spikes),
        (pulse.TREND_SENSITIVITY, series),
    ):
        assert contract.conform(table).select(contract.key).is_unique().all()
    stated = spike_table(spikes, pl.DataFrame(schema=DECISION_SCHEMA), now=rows["mention_hour_at"].max())
    burst = stated.filter(AT_BURST)
    assert burst.height > 6
    leader = burst.filter(pl.col("spike_id") == pl.col("event_id")).row(0, named=True)
    assert burst["event_id"].n_unique() == 1
    assert (leader["metric_code"], leader["platform_code"], leader["topic_id"]) == ("mention_count", "all", "all")


def test_what_can_be_seen_of_a_series_is_told_and_repeats() -> None:
    rows, of_topic = (
        volume({"all": counts_of(ordinary(1, DAYS, 400)), "x": counts_of(ordinary(2, DAYS, 8))}),
        topics({}),
    )
    figures = series_figures(rows, of_topic)
    assert figures.equals(series_figures(rows, of_topic))
    mentions = figures.filter(metric_code="mention_count", is_deduplicated=False)
    busy, quiet = (mentions.filter(platform_code=name).row(0, named=True) for name in ("all", "x"))
    assert set(FIGURES) <= set(busy)
    assert 0.8 < busy["power_300_ratio"] <= 1 and busy["power_125_ratio"] < 0.6
    assert 3 < busy["expected_false_alarm_count"] < 40
    assert quiet["power_300_ratio"] < busy["power_300_ratio"]


def test_one_question_is_judged_as_its_only_family_and_many_questions_more_strictly() -> None:
    one = pl.DataFrame({"hour": 0, "family": 0, "signal_score": [3.0], "tested": [1], "families": [1]})
    many = one.with_columns(families=pl.lit(30))
    assert discoveries_in_families(one, rate=0.1).to_list() == [True]
    assert discoveries_in_families(many, rate=0.1).to_list() == [False]
    assert discoveries_in_families(many.with_columns(signal_score=pl.lit(6.0)), rate=0.1).to_list() == [True]
