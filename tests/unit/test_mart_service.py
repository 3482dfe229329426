"""The reply queue, reply times, targets and reconciliation, on a handful of rows."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from transforms.marts.care import care_daily, reply_queue
from transforms.marts.kpi import KpiTarget, kpi_attainment
from transforms.marts.kpi_series import MEASURED, NOT_MEASURED, KpiTables, kpi_series
from transforms.marts.origins import post_origins
from transforms.marts.panel import Panel, PanelBrand
from transforms.marts.reconciliation import account_reconciliation_daily, source_reconciliation
from transforms.marts.threads import threads
from transforms.metrics.definitions import Metric
from transforms.metrics.registry import METRICS, Registry
from warehouse.tables import BY_NAME, core, insight, mart
from warehouse.tables.contract import TableContract

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
PANEL = Panel("p1", (PanelBrand("acme", "own"), PanelBrand("bolt", "competitor")))
NO_CLUSTERS = pl.DataFrame(schema={"mention_id": pl.String, "cluster_id": pl.String})


def rows(contract: TableContract, records: list[dict[str, Any]]) -> pl.DataFrame:
    empty = {pl.String: "-", pl.Int64: 1, pl.Boolean: False, pl.Float64: 0.0, pl.List(pl.String): []}
    filled = [
        {c.name: r.get(c.name, None if c.nullable else empty.get(c.dtype)) for c in contract.columns} for r in records
    ]
    return pl.DataFrame(filled, schema=contract.schema, orient="row")


def conversation(*posts: dict[str, Any]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Mentions, their brands (acme unless told otherwise) and their threads; post n has id m<n> and native id n<n>."""
    records = []
    for number, post in enumerate(posts):
        at = NOON + timedelta(hours=post.get("hour", number))
        base = {"platform_code": "x", "kind_code": "post", "sentiment_label": "neutral", "sentiment_score": 0.0}
        ids = {"mention_id": f"m{number}", "native_id": f"n{number}", "author_id": f"a{number}"}
        records.append({**base, **ids, "published_at": at, "mention_date": at.date(), **post})
    mentions = rows(core.MENTION, records)
    named = [(f"m{number}", brand) for number, post in enumerate(posts) for brand in post.get("brands", ["acme"])]
    brands = pl.DataFrame(named, schema={"mention_id": pl.String, "brand_id": pl.String}, orient="row")
    return mentions, brands, threads(mentions, brands)


def official(to: int, **rest: Any) -> dict[str, Any]:
    return {"kind_code": "reply", "parent_native_id": f"n{to}", "is_owned": True, "author_id": "help", **rest}


def queue(*posts: dict[str, Any], clusters: pl.DataFrame = NO_CLUSTERS, as_of: datetime | None = None) -> pl.DataFrame:
    mentions, brands, replies = conversation(*posts)
    until = as_of or NOON + timedelta(days=1)
    return insight.REPLY_QUEUE.conform(reply_queue(mentions, brands, clusters, replies, PANEL, as_of=until))


def test_what_is_answered_officially_waits_no_longer_and_a_strangers_answer_does_not_count():
    table = queue(
        {"is_question": True},
        {"is_complaint": True},
        {"author_id": "fan"},
        official(0),
        {"kind_code": "reply", "parent_native_id": "n1", "author_id": "fan"},
    )
    assert table["mention_id"].to_list() == ["m1"]
    assert table["is_answer_observable"].to_list() == [True]
    assert table["waiting_seconds"].to_list() == [23 * 3600]


def test_an_angry_complaint_with_reach_comes_before_a_calm_question():
    table = queue(
        {"is_question": True, "reach_count": 10},
        {
            "is_complaint": True,
            "is_question": True,
            "sentiment_label": "negative",
            "sentiment_score": -0.9,
            "reach_count": 9000,
        },
        {"has_purchase_intent": True, "reach_count": 50},
    )
    assert table.select("rank_count", "need_code").rows() == [(1, "complaint"), (2, "purchase_intent"), (3, "question")]
    assert table["priority_score"][0] == pytest.approx(1.0 * (0.5 + 0.25 * 1.0 + 0.25 * 0.9))


def test_where_no_official_answer_is_in_the_data_nobody_can_tell_what_was_answered():
    table = queue({"is_question": True}, {"is_question": True, "platform_code": "reddit"}, official(0))
    assert table.select("platform_code", "is_answer_observable").rows() == [("reddit", False)]


def test_rivals_customers_old_posts_and_copies_do_not_wait():
    clusters = pl.DataFrame({"mention_id": ["m0", "m1"], "cluster_id": ["c", "c"]})
    table = queue(
        {"is_complaint": True},
        {"is_complaint": True},
        {"is_complaint": True, "brands": ["bolt"]},
        {"is_complaint": True, "hour": -24 * 20},
        {"is_complaint": True, "hour": 100},
        clusters=clusters,
    )
    assert table["mention_id"].to_list() == ["m0"]


def care(*posts: dict[str, Any], days: int = 3) -> list[dict[str, Any]]:
    mentions, brands, replies = conversation(*posts)
    covered = [NOON.date() + timedelta(days=day) for day in range(days)]
    return insight.CARE_DAILY.conform(care_daily(mentions, brands, replies, PANEL, covered, "UTC")).to_dicts()


def test_reply_time_runs_to_the_first_official_answer_and_the_backlog_to_the_end_of_the_day():
    first, second, third = care(
        {"is_question": True, "hour": 0},
        {"is_complaint": True, "hour": 1},
        official(0, hour=2),
        official(0, hour=5),
        official(1, hour=26),
    )
    assert (first["asked_count"], first["answered_count"], first["backlog_count"]) == (2, 2, 1)
    assert (first["median_reply_seconds"], first["mean_reply_seconds"]) == (13.5 * 3600, 13.5 * 3600)
    assert (second["asked_count"], second["backlog_count"], third["backlog_count"]) == (0, 0, 0)


def test_an_answer_dated_before_its_question_is_an_answer_after_an_unknown_time():
    first, *_ = care({"is_question": True, "hour": 3}, official(0, hour=2))
    assert (first["asked_count"], first["answered_count"], first["median_reply_seconds"]) == (1, 1, None)


def test_without_any_official_answer_reply_time_and_backlog_are_unknown_not_zero():
    day = care({"is_question": True})[0]
    assert (day["asked_count"], day["answered_count"], day["backlog_count"]) == (1, None, None)


def test_a_post_nobody_answered_leaves_the_backlog_when_it_is_too_old():
    found = care({"is_question": True}, {"is_question": True}, official(1), days=20)
    assert [day["backlog_count"] for day in found] == [1] * 14 + [0] * 6


def test_an_answer_that_comes_too_late_does_not_keep_a_post_in_the_backlog():
    found = care({"is_question": True}, official(0, hour=24 * 18), days=20)
    assert [day["backlog_count"] for day in found] == [1] * 14 + [0] * 6
    assert found[0]["answered_count"] == 1


FIRST = date(2024, 1, 1)
COVERED = [FIRST + timedelta(days=day) for day in range(84)]


def series(metric_id: str, values: list[float], denominator: float = 1.0) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "metric_id": metric_id,
            "brand_id": "acme",
            "part_id": "",
            "series_date": COVERED[: len(values)],
            "numerator": values,
            "denominator": [denominator] * len(values),
        }
    )


def tables(**given: pl.DataFrame) -> KpiTables:
    """The tables targets are measured on, empty but for those given."""
    names = {f.name: BY_NAME[f"mart.{f.name}"].empty() for f in fields(KpiTables)}
    return KpiTables(**names | given)


def kpi(metric_id: str, values: list[float], target: float, deadline: date, **rest: Any) -> dict[str, Any]:
    below = 100.0 if MEASURED.get(metric_id) == "ratio" else 1.0
    table = kpi_attainment(
        series(metric_id, values, below), [KpiTarget(metric_id, "acme", target, deadline)], COVERED, **rest
    )
    return insight.KPI_ATTAINMENT.conform(table).row(0, named=True)


IN_A_YEAR = FIRST + timedelta(days=365)
RISING = [20.0] * 28 + [25.0] * 28 + [30.0] * 28


def test_a_share_that_grows_faster_than_its_line_is_on_track():
    row = kpi("sov_mentions", RISING, 0.5, IN_A_YEAR)
    assert (row["baseline_value"], row["actual_value"]) == (pytest.approx(0.2), pytest.approx(0.3))
    assert row["expected_value"] == pytest.approx(0.2 + 0.3 * 56 / 338)
    assert row["projected_value"] == pytest.approx(0.2 + 0.1 * 338 / 56)
    assert (row["kpi_status_code"], row["attainment_ratio"]) == ("on_track", pytest.approx(1 / 3))


@pytest.mark.parametrize(
    ("metric_id", "values", "target", "deadline", "status"),
    [
        ("sov_mentions", [20.0] * 84, 0.5, IN_A_YEAR, "at_risk"),
        ("sov_mentions", RISING, 0.28, IN_A_YEAR, "reached"),
        ("sov_mentions", list(reversed(RISING)), 0.19, IN_A_YEAR, "at_risk"),
        ("sov_mentions", list(reversed(RISING)), 0.19, COVERED[-1], "reached"),
        ("sov_mentions", list(reversed(RISING)), 0.25, IN_A_YEAR, "at_risk"),
        ("distinct_author_count", [10.0] * 84, 9, IN_A_YEAR, "reached"),
        ("sov_mentions", RISING, 0.5, COVERED[-1], "missed"),
        ("sov_mentions", RISING, 0.3, COVERED[-1], "reached"),
        ("reply_time", [300.0] * 28 + [200.0] * 28 + [100.0] * 28, 0.5, IN_A_YEAR, "on_track"),
        ("reply_time", [300.0] * 84, 0.5, IN_A_YEAR, "at_risk"),
        ("mention_count", [10.0] * 84, 500, IN_A_YEAR, "at_risk"),
        ("backlog", [9.0] * 83 + [2.0], 3, IN_A_YEAR, "reached"),
        ("advertising_value", [10.0] * 84, 500, IN_A_YEAR, "not_measured"),
        ("net_sentiment_polar", [], 0.5, IN_A_YEAR, "not_enough_data"),
    ],
)
def test_a_target_is_reached_on_track_at_risk_missed_or_says_why_not(metric_id, values, target, deadline, status):
    assert kpi(metric_id, values, target, deadline)["kpi_status_code"] == status


def test_counts_are_sums_over_the_window():
    assert kpi("mention_count", [10.0] * 84, 500, IN_A_YEAR)["actual_value"] == 280


def test_eight_weeks_are_needed_for_a_baseline_and_a_value():
    short = kpi_attainment(
        series("sov_mentions", RISING[:55]), [KpiTarget("sov_mentions", "acme", 1, IN_A_YEAR)], COVERED[:55]
    )
    assert short["kpi_status_code"].to_list() == ["not_enough_data"]
    assert short["baseline_value"].to_list() == [None]


def test_a_target_the_baseline_had_reached_is_to_be_held():
    row = kpi("sov_mentions", list(reversed(RISING)), 0.19, IN_A_YEAR)
    assert (row["expected_value"], row["attainment_ratio"]) == (0.19, None)


def test_an_audience_grows_by_what_its_accounts_gained_on_what_they_had():
    counts = {"big": (1000, 1100), "small": (100, 105)}
    days = [FIRST, FIRST + timedelta(days=7)]
    snapshots = [
        {
            "platform_code": "x",
            "account_handle": account,
            "audience_kind_code": "followers",
            "brand_id": "acme",
            "snapshot_date": day,
            "follower_count": count,
            "net_added_count": added,
        }
        for account, (before, after) in counts.items()
        for day, count, added in ((days[0], before, None), (days[1], after, after - before))
    ]
    fans = {**snapshots[1], "audience_kind_code": "fans", "follower_count": 9_999, "net_added_count": 9_000}
    series = kpi_series(tables(audience_growth_daily=rows(mart.AUDIENCE_GROWTH_DAILY, [*snapshots, fans])))
    target = KpiTarget("audience_growth", "acme", 0.2, IN_A_YEAR)
    found = kpi_attainment(series, [target], COVERED[:28])
    assert found["actual_value"].to_list() == [pytest.approx(105 / 1100)]


def test_a_pace_is_not_drawn_across_a_change_of_definition():
    old = METRICS.current("mention_count")
    new = Metric(old.id, 2, COVERED[40], *[getattr(old, name) for name in list(vars(old))[3:]])
    row = kpi("sov_mentions", RISING, 0.5, IN_A_YEAR, registry=Registry((*METRICS.metrics, new)))
    assert row["kpi_status_code"] == "definition_changed"


def test_every_measured_metric_is_registered_and_has_a_series():
    voice = rows(
        mart.SHARE_OF_VOICE_DAILY,
        [
            {
                "mention_date": FIRST,
                "platform_code": "all",
                "brand_id": "acme",
                "share_of_voice_engagement_ratio": 0.4,
                "share_of_voice_reach_ratio": 0.4,
                "potential_reach_count": 90,
                "potential_reach_total_count": 95,
            }
        ],
    )
    mood = rows(
        mart.SENTIMENT_DAILY,
        [
            {
                "mention_date": FIRST,
                "platform_code": "all",
                "brand_id": "acme",
                "mean_sentiment_score": 0.1,
                "vendor_agreement_ratio": 0.5,
            }
        ],
    )
    known = ("like_count", "comment_count", "share_count", "impression_count", "engagement_count")
    counters = dict.fromkeys(known, 5)
    rates = dict.fromkeys(("er_followers_ratio", "er_impressions_ratio", "er_reach_ratio"), 0.1)
    post = rows(
        mart.COMPETITOR_POST, [{"post_date": FIRST, "posted_at": NOON, "brand_id": "acme", **counters, **rates}]
    )
    asked = rows(
        insight.CARE_DAILY,
        [
            {
                "mention_date": FIRST,
                "brand_id": "acme",
                "answered_count": 2,
                "mean_reply_seconds": 60.0,
                "backlog_count": 1,
            }
        ],
    )
    three = [{**counters, "posted_at": NOON + timedelta(hours=hours)} for hours in (3, 5, 9)]
    week = [{**post, "brand_id": "acme", "post_date": FIRST + timedelta(days=7)} for post in three]
    last = {"brand_id": "acme", "post_date": FIRST + timedelta(days=20), "posted_at": NOON + timedelta(days=20)}
    found = kpi_series(
        tables(
            share_of_voice_daily=voice,
            sentiment_daily=mood,
            sentiment_weekly=rows(
                insight.SENTIMENT_WEEKLY,
                [{"week_date": FIRST, "brand_id": "acme", "segment_kind_code": "all", "vendor_kappa_score": 0.4}],
            ),
            competitor_post=pl.concat([post, rows(mart.COMPETITOR_POST, [*week, last])]),
            care_daily=asked,
            audience_growth_daily=rows(
                mart.AUDIENCE_GROWTH_DAILY, [{"snapshot_date": FIRST, "brand_id": "acme", "net_added_count": 1}]
            ),
            participation_monthly=rows(
                insight.PARTICIPATION_MONTHLY,
                [{"month_date": FIRST, "brand_id": "acme", "platform_code": "all", "is_complete_period": True}],
            ),
        )
    )
    assert set(found["metric_id"]) == set(MEASURED)
    cadence = found.filter(pl.col("metric_id") == "cadence")
    assert cadence.select(pl.col("numerator").sum() / pl.col("denominator").sum()).item() == pytest.approx(5 * 7 / 21)


def test_every_registered_metric_can_be_a_target_or_says_why_not():
    assert {*MEASURED, *NOT_MEASURED} == set(METRICS.ids)
    assert not set(MEASURED) & set(NOT_MEASURED)


def test_every_record_of_a_file_is_accounted_for():
    files = rows(
        BY_NAME["raw.export_file"],
        [
            {
                "file_id": "f1",
                "row_count": 6,
                "kept_count": 5,
                "rejected_count": 1,
                "ingested_at": NOON,
                "vendor_total_count": 9,
            },
            {
                "file_id": "f2",
                "row_count": 2,
                "kept_count": 2,
                "rejected_count": 0,
                "ingested_at": NOON + timedelta(hours=1),
            },
        ],
    ).with_columns(pl.lit("mention").alias("record_kind_code"), pl.lit("ingested").alias("file_state_code"))
    sources = pl.DataFrame(
        {
            "file_id": ["f1"] * 5 + ["f2"] * 2,
            "row_number": [1, 2, 3, 4, 5, 1, 2],
            "mention_id": ["m0", "m0", "m1", "m2", "m3", "m0", "m4"],
        }
    )
    mentions, brands, _ = conversation(
        {}, {"brands": []}, {"is_owned": True}, {"hour": 11.5, "tz_basis_code": "assumed"}, {}
    )
    table = source_reconciliation(files, post_origins(mentions, sources, brands, zone="Europe/Paris"))
    one, two = insight.SOURCE_RECONCILIATION.conform(table).to_dicts()
    assert one["vendor_total_count"] == one["not_in_file_count"] + one["rejected_count"] + one["kept_count"]
    assert one["kept_count"] == one["repeated_in_file_count"] + one["held_before_count"] + one["new_post_count"]
    assert (one["not_in_file_count"], one["repeated_in_file_count"], one["file_post_count"]) == (3, 1, 4)
    assert (one["off_panel_post_count"], one["official_post_count"]) == (1, 1)
    assert (one["moved_day_post_count"], one["zone_assumed_post_count"], one["unexplained_count"]) == (1, 1, 0)
    assert (two["held_before_count"], two["new_post_count"], two["vendor_total_count"]) == (1, 1, None)


def test_a_profile_report_that_counts_more_posts_than_we_hold_shows_the_gap():
    day = {"platform_code": "instagram", "account_handle": "acme", "snapshot_date": FIRST}
    profile = rows(
        BY_NAME["raw.audience_snapshot"],
        [
            {**day, "raw_json": '{"Published Posts (Total)": "3", "Engagements": "1,234"}'},
            {**day, "account_handle": "bolt", "raw_json": '{"Reactions": "2"}'},
        ],
    )
    post = {"platform_code": "instagram", "account_handle": "acme", "post_date": FIRST, "posted_at": NOON}
    posts = rows(core.COMPETITOR_POST, [{**post, "engagement_count": 1000}, {**post, "engagement_count": None}])
    table = insight.ACCOUNT_RECONCILIATION_DAILY.conform(account_reconciliation_daily(profile, posts))
    row = table.row(0, named=True)
    assert len(table) == 1
    assert (row["vendor_post_count"], row["held_post_count"], row["missing_post_count"]) == (3, 2, 1)
    assert row["missing_engagement_count"] == 234
