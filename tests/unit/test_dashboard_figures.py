"""The dashboard's figures are the release's: the same formulas on any days, held to the tables where both exist."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import certainty, spikes
from dashboard.app import create_app
from dashboard.figures import brand_figures, changes, comparison, daily
from dashboard.filters import Filters, parse
from dashboard.language import language
from dashboard.mentions import Narrowing, mention_count, mention_page, narrowing
from dashboard.page import Page
from dashboard.panorama import topics
from dashboard.releases import Release, Releases
from dashboard.strongest import is_against, strongest
from tests.browser import small_release
from tests.browser.serving import fetch, serving
from tests.browser.small_release import publish
from tests.browser.small_tables import BRANDS
from transforms.marts.panel import Panel, PanelBrand
from transforms.marts.share_of_voice import share_of_voice_weekly
from transforms.marts.share_of_voice_change import share_of_voice_change

MONDAY = date(2026, 2, 16)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    root = tmp_path_factory.mktemp("figures")
    publish(root)
    return Releases(root).get()


def week(release: Release, monday: date = MONDAY, **asked: str) -> Filters:
    days = {"from": monday.isoformat(), "to": (monday + timedelta(days=6)).isoformat()}
    return parse(days | asked, release.facts)


def weekly_table(release: Release) -> pl.DataFrame:
    """What the pipeline's own transform makes of the same posts."""
    brand_mentions = release.frame(
        "SELECT mention_id, mention_date, platform_code, unnest(brand_ids) AS brand_id, "
        "hash(cluster_id) AS cluster_key, hash(author_id) AS author_key, engagement_count, author_follower_count "
        "FROM r.mention WHERE NOT is_owned"
    )
    panel = Panel("panel", tuple(PanelBrand(b, "own" if b == "nordlicht" else "competitor") for b in BRANDS))
    return share_of_voice_weekly(brand_mentions, panel, sorted(release.facts.covered_dates))


def test_shares_and_intervals_of_a_week_are_those_of_the_weekly_table(release: Release) -> None:
    figures = brand_figures(release, week(release))
    table = weekly_table(release).filter((pl.col("week_date") == MONDAY) & (pl.col("platform_code") == "all"))
    assert table.height == len(BRANDS)
    for row in table.iter_rows(named=True):
        brand = figures[row["brand_id"]]
        assert brand.mention_count == row["mention_count"]
        assert brand.distinct_author_count == row["distinct_author_count"]
        assert brand.syndication_ratio == pytest.approx(row["syndication_ratio"])
        assert brand.share_of_voice_ratio == pytest.approx(row["share_of_voice_ratio"])
        assert brand.effective_count == pytest.approx(row["effective_count"])
        assert brand.share_of_voice_low_ratio == pytest.approx(row["share_of_voice_low_ratio"])
        assert brand.share_of_voice_high_ratio == pytest.approx(row["share_of_voice_high_ratio"])


def test_a_change_of_share_is_judged_as_in_the_change_table(release: Release) -> None:
    now, before = week(release), week(release, MONDAY - timedelta(days=7))
    table = share_of_voice_change(weekly_table(release)).filter(
        (pl.col("week_date") == MONDAY) & (pl.col("platform_code") == "all") & (pl.col("basis_code") == "mentions")
    )
    for row in table.iter_rows(named=True):
        brand = row["brand_id"]
        found = changes(
            brand_figures(release, now)[brand],
            brand_figures(release, before)[brand],
            daily(release, now),
            daily(release, before),
        ).share
        assert found is not None
        told = (found.value, found.low, found.high)
        assert told == pytest.approx(
            (row["share_change_ratio"], row["share_change_low_ratio"], row["share_change_high_ratio"])
        )
        assert found.verdict == row["is_different_code"]


def test_days_add_up_to_the_period_raw_and_counted_once(release: Release) -> None:
    for count in ("", "deduplicated"):
        chosen = week(release, count=count)
        by_brand = daily(release, chosen).group_by("brand_id").agg(pl.col("mention_count").sum())
        figures = brand_figures(release, chosen)
        assert dict(by_brand.iter_rows()) == {name: brand.mention_count for name, brand in figures.items()}


def test_the_copied_post_counts_once_when_asked(release: Release) -> None:
    raw, once = (brand_figures(release, week(release, count=count))["tavola"] for count in ("", "deduplicated"))
    assert raw.mention_count - once.mention_count == round((raw.syndication_ratio or 0) * raw.mention_count)
    assert once.mention_count < raw.mention_count


def test_a_brand_nobody_named_has_zeros_not_gaps(release: Release) -> None:
    figures = brand_figures(release, week(release, language="fr", sentiment="positive", platform="news"))
    assert set(figures) == set(BRANDS)


def test_a_period_outside_the_exports_is_not_compared_with(release: Release) -> None:
    assert comparison(release, parse({"period": "28"}, release.facts)) is not None
    assert comparison(release, parse({"period": "all"}, release.facts)) is None
    assert comparison(release, parse({"period": "28", "compare": "year"}, release.facts)) is None


@given(st.integers(1, 400), st.integers(0, 400), st.integers(0, 400))
def test_a_net_sentiment_lies_inside_its_interval(positive: int, negative: int, neutral: int) -> None:
    scored = positive + negative + neutral
    found = certainty.mean_interval(positive, negative, scored, scored)
    assert found is not None
    net, low, high = found
    assert -1 <= low <= net <= high <= 1


@given(st.lists(st.integers(0, 60), min_size=2, max_size=28))
def test_a_volume_compared_with_itself_has_not_changed(days: list[int]) -> None:
    found = certainty.volume_change(days, days)
    if sum(days) == 0:
        assert found is None
    else:
        assert found is not None and found.value == 0 and found.verdict != "yes"


def test_ten_times_the_mentions_every_day_is_a_real_change() -> None:
    found = certainty.volume_change([40, 42, 39, 44, 41, 38, 40], [4, 4, 3, 5, 4, 4, 4])
    assert found is not None and found.verdict == "yes"


def test_one_loud_day_alone_does_not_make_a_change_real() -> None:
    found = certainty.volume_change([4, 4, 60, 5, 4, 4, 4], [4, 4, 3, 5, 4, 4, 4])
    assert found is not None and found.verdict == "cannot_tell"


def test_a_post_about_two_brands_counts_with_its_sentiment_towards_each(release: Release) -> None:
    chosen = week(release)
    towards = dict(
        release.rows(
            "SELECT b.brand_id, count(*) FILTER (b.sentiment_label = 'negative') FROM r.mention_brand b "
            "JOIN r.mention m USING (mention_id) WHERE NOT m.is_owned AND m.mention_date BETWEEN ? AND ? GROUP BY 1",
            [chosen.start, chosen.end],
        )
    )
    whole = release.rows(
        "SELECT count(*) FROM r.mention WHERE list_contains(brand_ids, 'tavola') AND sentiment_label = 'negative' "
        "AND NOT is_owned AND mention_date BETWEEN ? AND ?",
        [chosen.start, chosen.end],
    )[0][0]
    figures = brand_figures(release, chosen)
    assert {brand: figures[brand].negative_count for brand in BRANDS} == towards
    assert figures["tavola"].negative_count > whole
    against = replace(chosen, brand="tavola", sentiment="negative")
    shown = mention_page(release, against, Narrowing(order="oldest"))
    assert mention_count(release, against, Narrowing()) == towards["tavola"]
    assert {post["sentiment_label"] for post in shown} == {"negative"}


def test_of_a_crisis_the_strongest_negative_posts_come_first_and_their_link_opens_them(release: Release) -> None:
    page = Page(release, parse({}, release.facts), language("en"), MONDAY, "/spikes/spike1", "")
    spike = spikes.spike(release, "spike1")
    assert spike is not None and is_against(release, spike)
    against, others = strongest(page, spike)
    assert (against["title"], others["title"]) == ("spike.posts_against", "spike.posts_else")
    assert {post["sentiment_label"] for post in against["posts"]} == {"negative"}
    assert "negative" not in {post["sentiment_label"] for post in others["posts"]}
    asked = dict(parse_qsl(urlsplit(against["link"]).query))
    assert mention_page(release, parse(asked, release.facts), narrowing(asked), 8) == against["posts"]
    praised = spike | {"negative_ratio": 0.1}
    assert not is_against(release, praised)
    assert [part["title"] for part in strongest(page, praised)] == ["spike.posts"]
    assert is_against(release, praised | {"severity_code": "crisis"})


def test_a_topic_narrows_every_figure(release: Release) -> None:
    chosen = week(release, topic="kettles")
    expected = release.rows(
        "SELECT count(*) FROM r.mention WHERE list_contains(brand_ids, 'nordlicht') AND NOT is_owned "
        "AND mention_date BETWEEN ? AND ? AND mention_id IN (SELECT mention_id FROM r.mention_topic)",
        [chosen.start, chosen.end],
    )[0][0]
    assert 0 < brand_figures(release, chosen)["nordlicht"].mention_count == expected
    assert topics(release, week(release)).row(0)[:2] == ("kettles", expected)


def test_a_release_with_next_to_nothing_has_every_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = {"language_code": None, "author_id": None, "engagement_count": None, "sentiment_label": "unscored"}
    few = [
        mention | bare | {"sentiment_score": None, "hashtags": []} for mention in list(small_release._mentions(0))[:3]
    ]
    monkeypatch.setattr(small_release, "_mentions", lambda extra: few)
    publish(tmp_path, with_insight=False)
    with serving(create_app(tmp_path)) as address:
        for path in ("/", "/competitors", "/brands/tavola", "/mentions", "/hashtags", "/spikes", "/data", "/methods"):
            assert fetch(f"{address}{path}?lang=fr").status == 200, path
