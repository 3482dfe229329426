"""The pages on what the pipeline itself has published: numbers are those of the release, in a real browser."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboard.app import create_app
from tests.browser.conftest import Watched, browser, watched  # noqa: F401 - the fixture and its watch
from tests.browser.serving import serving
from tests.pipeline.conftest import Demo

pytestmark = pytest.mark.browser
OWN = "norvique"


@pytest.fixture(scope="module")
def root(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of its own whose link may be moved."""
    found = tmp_path_factory.mktemp("pages")
    release = demo.workspace.link.resolve()
    (found / "releases").mkdir()
    shutil.copy(release, found / "releases" / release.name)
    shutil.copy(demo.workspace.configuration_file, found / "listening.yaml")
    (found / "listening.duckdb").symlink_to(Path("releases") / release.name)
    return found


@pytest.fixture(scope="module")
def shown(browser: Any, root: Path) -> Iterator[Watched]:  # noqa: F811
    with serving(create_app(root)) as address:
        context = browser.new_context(locale="en-GB")
        yield watched(context, address)
        context.close()


def asked(root: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    connection = duckdb.connect(str((root / "listening.duckdb").resolve()), read_only=True)
    try:
        return connection.execute(sql, list(values)).fetchall()
    finally:
        connection.close()


def number(text: str) -> int:
    return int(re.sub(r"[^0-9]", "", text) or 0)


def days(shown: Watched) -> tuple[str, str]:
    """First and last day in force."""
    first, last = (shown.page.locator(f"input[name={name}]").input_value() for name in ("from", "to"))
    return first, last


def card(shown: Watched, name: str) -> str:
    return shown.page.locator(f"[data-card={name}] .value").inner_text()


def test_key_figures_are_the_marts(shown: Watched, root: Path) -> None:
    shown.open("/?lang=en")
    period = days(shown)
    mentions, panel = asked(
        root,
        "SELECT sum(mention_count) FILTER (brand_id = ?), sum(mention_count) FROM share_of_voice_daily "
        "WHERE platform_code = 'all' AND mention_date BETWEEN ? AND ?",
        OWN,
        *period,
    )[0]
    labels = asked(
        root,
        "SELECT sum(negative_count), sum(positive_count), sum(neutral_count) FROM sentiment_daily "
        "WHERE platform_code = 'all' AND brand_id = ? AND mention_date BETWEEN ? AND ?",
        OWN,
        *period,
    )[0]
    assert number(card(shown, "mentions")) == mentions > 0
    assert card(shown, "share") == f"{mentions / panel:.0%}"
    assert number(card(shown, "negative")) == labels[0]
    net = round(100 * (labels[1] - labels[0]) / sum(labels))
    assert card(shown, "net") == f"{'+' if net > 0 else '−'}{abs(net)}"
    assert shown.faults() == []


def test_the_days_of_the_chart_are_the_marts(shown: Watched, root: Path) -> None:
    page = shown.open("/?lang=en")
    expected = asked(
        root,
        "SELECT mention_count FROM share_of_voice_daily WHERE platform_code = 'all' AND brand_id = ? "
        "AND mention_date BETWEEN ? AND ? ORDER BY mention_date",
        OWN,
        *days(shown),
    )
    page.locator("#volume summary").click()
    assert [number(text) for text in page.locator("#volume tbody td").all_inner_texts()] == [n for (n,) in expected]


def test_topics_and_their_mentions_are_the_releases(shown: Watched, root: Path) -> None:
    page = shown.open("/?lang=en")
    expected = asked(
        root,
        "SELECT t.topic_id, count(*) FROM mention_topic t JOIN mention m USING (mention_id) WHERE NOT m.is_owned "
        "AND list_contains(m.brand_ids, ?) AND m.mention_date BETWEEN ? AND ? GROUP BY 1 ORDER BY 2 DESC, 1",
        OWN,
        *days(shown),
    )
    rows = page.locator("section", has=page.locator("#s-talk")).locator("table").first.locator("tbody tr")
    assert [number(row.locator("td").first.inner_text()) for row in rows.all()] == [count for _, count in expected]
    rows.first.locator("td a").first.click()
    page.wait_for_url(f"**/mentions?**topic={expected[0][0]}**")
    assert number(page.locator("h1").inner_text().split("mention")[0]) == expected[0][1]


def test_sentiment_of_a_brand_is_that_towards_it(shown: Watched, root: Path) -> None:
    page = shown.open("/mentions?sentiment=negative&lang=en")
    towards = asked(
        root,
        "SELECT count(*) FROM mention_brand b JOIN mention m USING (mention_id) WHERE b.brand_id = ? "
        "AND NOT m.is_owned AND b.sentiment_label = 'negative' AND m.mention_date BETWEEN ? AND ?",
        OWN,
        *days(shown),
    )
    assert number(page.locator("h1").inner_text().split("mention")[0]) == towards[0][0]
    assert "that towards Norvique" in page.locator("main").inner_text()


def test_who_speaks_and_what_became_of_records_are_the_releases(shown: Watched, root: Path) -> None:
    page = shown.open(f"/brands/{OWN}?lang=en")
    text = page.locator("section", has=page.locator("#s-crowd")).inner_text()
    row = asked(
        root,
        "SELECT distinct_author_count, mention_count FROM participation_monthly WHERE brand_id = ? "
        "AND platform_code = 'all' AND is_complete_period ORDER BY month_date DESC LIMIT 1",
        OWN,
    )[0]
    assert f"{row[0]:,} known authors wrote {row[1]:,} mentions" in text
    page = shown.open("/data?lang=en")
    kept = asked(root, "SELECT sum(new_post_count) FROM source_reconciliation")[0][0]
    table = page.locator("section", has_text="Our totals against the vendor").locator("tbody tr")
    assert sum(number(row.locator("td").nth(9).inner_text()) for row in table.all()) == kept
    assert shown.faults() == []


def test_a_new_release_shows_at_once_and_a_permanent_link_stays(shown: Watched, root: Path) -> None:
    page = shown.open("/?lang=en")
    before = card(shown, "mentions")
    pinned = page.get_by_role("link", name="Permanent link to this view").get_attribute("href")
    assert pinned is not None
    old = (root / "listening.duckdb").resolve()
    fresh = old.with_name("listening-29990101T000000-fresh.duckdb")
    shutil.copy(old, fresh)
    fresh.chmod(0o644)
    connection = duckdb.connect(str(fresh))
    connection.execute("UPDATE release SET release_id = '29990101T000000-fresh'").fetchall()
    connection.execute("DELETE FROM mention WHERE list_contains(brand_ids, ?) AND rowid % 2 = 0", [OWN]).fetchall()
    connection.close()
    moved = root / ".fresh"
    moved.symlink_to(fresh.relative_to(root))
    moved.replace(root / "listening.duckdb")
    try:
        shown.open("/?lang=en")
        assert 0 < number(card(shown, "mentions")) < number(before)
        shown.open(pinned)
        assert card(shown, "mentions") == before
        assert "older release" in page.locator("main").inner_text()
    finally:
        moved.symlink_to(old.relative_to(root))
        moved.replace(root / "listening.duckdb")
