"""Participation, countries, the engagement ladder and ambassadors, on a handful of invented people."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from transforms.marts.brand_mention import brand_mentions
from transforms.marts.ladder import AmbassadorParams, ambassador, engagement_ladder_monthly
from transforms.marts.participation import audience_country_monthly, participation_monthly
from transforms.marts.threads import threads
from warehouse.tables import BY_NAME, insight

MAY = [date(2024, 5, 1) + timedelta(days=day) for day in range(31)]


def core(*posts: dict[str, Any]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Mentions, mention_brands and clusters; a post is {author_id, ...}, about acme unless `brands` says otherwise."""
    empty = {pl.String: "-", pl.Int64: 1, pl.Boolean: False, pl.Float64: 0.0, pl.List(pl.String): []}
    contract = BY_NAME["core.mention"]
    records = []
    for number, post in enumerate(posts):
        day = post.get("day", 1)
        at = datetime(2024, 5, 1, 12, tzinfo=UTC) + timedelta(days=day - 1, minutes=number)
        defaults = {"kind_code": "post", "platform_code": "x", "sentiment_label": "neutral", "native_id": f"n{number}"}
        row = {**defaults, "mention_id": f"m{number}", "published_at": at, "mention_date": at.date(), **post}
        records.append({c.name: row.get(c.name, None if c.nullable else empty.get(c.dtype)) for c in contract.columns})
    mentions = pl.DataFrame(records, schema=contract.schema, orient="row")
    named = [(f"m{number}", brand) for number, post in enumerate(posts) for brand in post.get("brands", ["acme"])]
    brands = pl.DataFrame(named, schema={"mention_id": pl.String, "brand_id": pl.String}, orient="row")
    return mentions, brands, pl.DataFrame(schema={"mention_id": pl.String, "cluster_id": pl.String})


def participation(*posts: dict[str, Any]) -> dict[str, Any]:
    table = insight.PARTICIPATION_MONTHLY.conform(participation_monthly(brand_mentions(*core(*posts)), MAY))
    return table.row(by_predicate=pl.col("platform_code") == "all", named=True)


def test_equal_people_have_no_inequality_and_one_voice_has_all_of_it():
    equal = participation(*[{"author_id": f"a{n}"} for n in range(10)])
    assert equal["gini_ratio"] == pytest.approx(0.0)
    assert equal["single_mention_author_ratio"] == 1.0
    loud = participation(*[{"author_id": f"a{n}"} for n in range(9)], *[{"author_id": "loud"}] * 91)
    # Nine with one post and one with 91: sum(i x_i) = 45 + 910, so G = 2 * 955 / (10 * 100) - 11 / 10.
    assert loud["gini_ratio"] == pytest.approx(0.81)
    assert (loud["top_1_percent_ratio"], loud["top_10_percent_ratio"]) == (0.91, 0.91)


def test_creators_start_something_and_participants_react():
    row = participation(
        {"author_id": "writer"},
        {"author_id": "writer", "kind_code": "repost"},
        {"author_id": "fan", "kind_code": "repost"},
        {"author_id": "guest", "kind_code": "comment"},
        {"author_id": None},
    )
    assert (row["creator_count"], row["participant_count"], row["distinct_author_count"]) == (1, 2, 3)
    assert row["creator_ratio"] == pytest.approx(1 / 3)


def test_a_month_the_exports_cover_in_part_is_marked():
    posts = brand_mentions(*core({"author_id": "a"}))
    assert participation_monthly(posts, MAY)["is_complete_period"].all()
    assert not participation_monthly(posts, MAY[:20])["is_complete_period"].any()


def test_a_country_with_few_authors_cannot_single_anybody_out():
    people = [{"author_id": f"f{n}", "country_code": "FR"} for n in range(12)]
    people += [{"author_id": f"d{n}", "country_code": "DE"} for n in range(6)]
    people += [{"author_id": f"m{n}", "country_code": "MT"} for n in range(5)]
    people += [{"author_id": f"u{n}"} for n in range(23)]
    mentions, brands, clusters = core(*people)
    posts = brand_mentions(mentions, brands, clusters)
    table = insight.AUDIENCE_COUNTRY_MONTHLY.conform(audience_country_monthly(posts, mentions, MAY))
    assert table.select("country_or_other_code", "distinct_author_count").rows() == [("FR", 12), ("other", 11)]
    assert table["country_coverage_ratio"].to_list() == [0.5, 0.5]
    strict = audience_country_monthly(posts, mentions, MAY, least_authors=12)
    assert strict["country_or_other_code"].to_list() == ["FR"]


def reply(author: str, to: int, **rest: Any) -> dict[str, Any]:
    return {"author_id": author, "kind_code": "reply", "parent_native_id": f"n{to}", "brands": [], **rest}


def test_a_thread_carries_the_brand_of_the_post_it_answers():
    mentions, brands, _ = core(
        {"author_id": "ann", "is_question": True},
        reply("bob", 0, sentiment_label="positive"),
        reply("ann", 0),
        reply("cid", 99),
        reply("dan", 0, platform_code="facebook"),
    )
    found = threads(mentions, brands)
    assert found.select("mention_id", "parent_mention_id", "brand_id").rows() == [("m1", "m0", "acme")]


def ladder(*posts: dict[str, Any]) -> dict[str, int | None]:
    mentions, brands, clusters = core(*posts)
    table = engagement_ladder_monthly(brand_mentions(mentions, brands, clusters), threads(mentions, brands), MAY)
    rows = insight.ENGAGEMENT_LADDER_MONTHLY.conform(table)
    assert rows["step_count"].to_list() == list(range(1, 10))
    return dict(rows.select("ladder_step_code", "author_count").rows())


def test_each_author_stands_on_the_highest_step_reached():
    counts = ladder(
        {"author_id": "ann", "is_question": True, "sentiment_label": "negative"},
        {"author_id": "rex", "kind_code": "repost"},
        {"author_id": "cat", "kind_code": "comment"},
        {"author_id": "cat", "kind_code": "repost"},
        reply("hal", 0),
        reply("amy", 0, sentiment_label="positive"),
    )
    assert counts["sharer"] == 1 and counts["commenter"] == 1 and counts["contributor"] == 1
    assert counts["facilitator"] == 1 and counts["ambassador"] == 1


def test_steps_nobody_can_see_are_unknown_not_zero():
    counts = ladder({"author_id": "ann"})
    assert [counts[step] for step in ("mass", "inactive", "passive", "clicker")] == [None] * 4
    assert counts["ambassador"] == 0


def test_an_official_account_helps_nobody_up_the_ladder():
    counts = ladder({"author_id": "ann", "is_question": True}, reply("acme_help", 0, is_owned=True))
    assert counts["facilitator"] == 0


def loyal(author: str, weeks: int, label: str = "positive") -> list[dict[str, Any]]:
    return [{"author_id": author, "day": 1 + 7 * week, "sentiment_label": label} for week in range(weeks)]


def roles(*posts: dict[str, Any]) -> dict[str, str]:
    mentions, brands, clusters = core(*posts)
    table = ambassador(brand_mentions(mentions, brands, clusters), threads(mentions, brands), as_of=MAY[-1])
    return dict(insight.AMBASSADOR.conform(table).select("author_id", "author_role_code").rows())


def test_an_ambassador_returns_over_weeks_and_defends_under_negative_posts():
    angry = [{"author_id": f"x{n}", "sentiment_label": "negative"} for n in range(2)]
    defence = [reply("amy", n, sentiment_label="positive", day=3) for n in range(2)]
    found = roles(*angry, *defence, *loyal("amy", 4), *loyal("pal", 4), *loyal("foe", 4, "negative"))
    assert found == {"amy": "ambassador", "foe": "detractor"}


def test_praise_in_one_week_is_not_loyalty():
    angry = [{"author_id": f"x{n}", "sentiment_label": "negative"} for n in range(2)]
    defence = [reply("amy", n, sentiment_label="positive") for n in range(2)]
    assert roles(*angry, *defence, *[{"author_id": "amy", "sentiment_label": "positive"}] * 9) == {}


def test_an_ambassador_who_fell_silent_is_no_longer_one():
    mentions, brands, clusters = core(*loyal("foe", 4, "negative"))
    posts, replies = brand_mentions(mentions, brands, clusters), threads(mentions, brands)
    params = AmbassadorParams()
    assert len(ambassador(posts, replies, as_of=MAY[-1], params=params)) == 1
    assert ambassador(posts, replies, as_of=MAY[-1] + timedelta(days=100), params=params).is_empty()
