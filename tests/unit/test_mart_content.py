"""Content mix and the standing of accounts among their peers. The captions are invented and labelled by hand."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from transforms.marts.competitor import competitor_posts
from transforms.marts.content_mix import content_code, content_mix_monthly
from transforms.marts.standing import competitor_standing_monthly
from warehouse.tables import BY_NAME, insight

CAPTIONS = Path(__file__).with_name("test_mart_content_captions.tsv")
MAY = (date(2024, 5, 1), date(2024, 5, 31))


def posts(*records: dict[str, Any]) -> pl.DataFrame:
    empty = {pl.String: "-", pl.Int64: 1, pl.Boolean: False, pl.Float64: 0.0, pl.List(pl.String): []}
    contract = BY_NAME["core.competitor_post"]
    rows = []
    for number, record in enumerate(records):
        at = datetime(2024, 5, 1, 9, tzinfo=UTC) + timedelta(days=record.get("day", 1) - 1, minutes=number)
        base = {"post_id": f"p{number:04}", "posted_at": at, "post_date": at.date(), "platform_code": "facebook"}
        row = {**base, "account_handle": "acme", **record}
        rows.append({c.name: row.get(c.name, None if c.nullable else empty.get(c.dtype)) for c in contract.columns})
    return competitor_posts(pl.DataFrame(rows, schema=contract.schema, orient="row"))


def codes(texts: list[str | None], patterns: dict[str, str] | None = None) -> list[str | None]:
    frame = pl.DataFrame({"text": texts, "type": pl.Series([None] * len(texts), dtype=pl.String)})
    return frame.select(content_code(pl.col("text"), pl.col("type"), patterns).alias("code"))["code"].to_list()


def test_nine_in_ten_captions_of_each_kind_are_what_they_are_called():
    labelled = pl.read_csv(CAPTIONS, separator="\t", quote_char=None)
    found = labelled.with_columns(pl.Series("found", codes(labelled["caption"].to_list())))
    is_right = pl.col("found") == pl.col("content_code")
    for kind in ("promotional", "interaction", "curated"):
        named = found.filter(pl.col("found") == kind)
        missed = found.filter((pl.col("content_code") == kind) & ~is_right)
        wrong = named.filter(~is_right)["caption"].to_list()
        assert len(named) >= 10
        assert named.select(is_right.mean()).item() >= 0.9, wrong
        assert len(missed) <= 0.3 * (found["content_code"] == kind).sum(), missed["caption"].to_list()


def test_a_caption_that_sells_with_a_question_sells():
    assert codes(["Which one would you take? All 20 % off today"]) == ["promotional"]


def test_a_post_without_a_caption_is_of_no_kind():
    assert codes([None, "  "]) == [None, None]


def test_the_rules_are_the_workspaces_to_change():
    assert codes(["Neu im Regal", "Guten Morgen"], {"promotional": "(?i)im regal"}) == ["promotional", "other"]


def mix(*records: dict[str, Any]) -> pl.DataFrame:
    return insight.CONTENT_MIX_MONTHLY.conform(content_mix_monthly(posts(*records), MAY))


def test_shares_of_a_mix_are_of_the_posts_whose_kind_is_known():
    table = mix(
        {"post_type_code": "video", "engagement_count": 30},
        {"post_type_code": "photo", "engagement_count": 10},
        {"post_type_code": "photo", "engagement_count": None},
        {"post_type_code": None, "engagement_count": 20},
    )
    rows = table.filter(pl.col("mix_kind_code") == "format").sort("mix_code").to_dicts()
    assert [(r["mix_code"], r["post_count"], r["engagement_per_post"]) for r in rows] == [
        ("photo", 2, 10.0),
        ("video", 1, 30.0),
    ]
    assert rows[0]["mix_ratio"] == pytest.approx(2 / 3)
    assert rows[0]["mix_coverage_ratio"] == 0.75
    assert rows[1]["relative_engagement_ratio"] == 1.5
    assert "content" not in set(table["mix_kind_code"])


def standing(*records: dict[str, Any]) -> pl.DataFrame:
    return insight.COMPETITOR_STANDING_MONTHLY.conform(competitor_standing_monthly(posts(*records), MAY))


def test_percentiles_are_shares_of_the_peers_below_and_need_three_peers():
    accounts = [
        {"account_handle": f"a{n}", "engagement_count": 10 * n, "account_follower_count": 1000} for n in range(5)
    ]
    table = standing(*accounts)
    assert table["engagement_percentile_ratio"].to_list() == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert table["cadence_percentile_ratio"].to_list() == [0.5] * 5
    assert standing(*accounts[:3])["engagement_percentile_ratio"].to_list() == [None] * 3


def test_engagement_is_never_ranked_across_platforms():
    accounts = [{"account_handle": f"a{n}", "engagement_count": n} for n in range(4)]
    loud = {"account_handle": "z", "platform_code": "youtube", "engagement_count": 10**6}
    table = standing(*accounts, loud)
    assert table.filter(pl.col("account_handle") == "z")["engagement_percentile_ratio"].to_list() == [None]
    assert table.filter(pl.col("account_handle") == "a3")["engagement_percentile_ratio"].to_list() == [1.0]


def test_rates_per_follower_are_over_the_posts_that_know_both():
    row = standing(
        {"like_count": 10, "account_follower_count": 100, "share_count": 1, "impression_count": 50},
        {"like_count": 99, "account_follower_count": None, "share_count": 5, "impression_count": None},
        {"like_count": None, "account_follower_count": 900},
    ).row(0, named=True)
    assert row["applause_per_follower_ratio"] == pytest.approx(0.1)
    assert row["virality_ratio"] == pytest.approx(1 / 50)
    assert row["conversation_per_follower_ratio"] is None
    assert row["posts_per_week"] == pytest.approx(3 / (31 / 7))


def test_the_cadence_of_a_month_covered_in_part_is_per_covered_week():
    rows = posts(*[{"day": day} for day in range(1, 15)])
    table = competitor_standing_monthly(rows, (date(2024, 5, 1), date(2024, 5, 14)))
    assert table["posts_per_week"].to_list() == [7.0]
    assert table["is_complete_period"].to_list() == [False]


def test_from_less_than_a_week_nobody_can_tell_a_cadence():
    table = competitor_standing_monthly(posts({"day": 1}), (date(2024, 5, 1), date(2024, 5, 6)))
    assert table["posts_per_week"].to_list() == [None]


def test_best_and_worst_posts_are_different_posts():
    row = standing(*[{"engagement_count": n} for n in range(5)], {"engagement_count": None}).row(0, named=True)
    assert row["top_post_ids"] == ["p0004", "p0003"]
    assert row["bottom_post_ids"] == ["p0000", "p0001"]
    assert standing({"engagement_count": 1}).row(0, named=True)["top_post_ids"] == []


def a_month(response: Any, days: int = 31) -> list[dict[str, Any]]:
    rng = np.random.default_rng(4)
    plan = [(day, int(rng.integers(1, 8))) for day in range(1, days + 1)]
    return [
        {"day": day, "engagement_count": int(response(count) * rng.lognormal(0, 0.2))}
        for day, count in plan
        for _ in range(count)
    ]


def test_days_with_many_posts_and_little_response_each_are_over_posting():
    assert standing(*a_month(lambda count: 1000 / count)).row(0, named=True)["over_posting_code"] == "yes"
    assert standing(*a_month(lambda count: 1000 * count)).row(0, named=True)["over_posting_code"] == "no"
    few = standing(*a_month(lambda count: 1000 / count, days=12)).row(0, named=True)
    assert (few["over_posting_code"], few["over_posting_score"]) == ("cannot_tell", None)
