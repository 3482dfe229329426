"""The pages in a real browser: numbers are the release's, filters and marks lead where they say."""

import copy
import csv
import io
import itertools
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboard.app import create_app
from tests.browser.conftest import Watched, watched
from tests.browser.serving import fetch, serving
from tests.browser.small_release import publish

pytestmark = pytest.mark.browser
START, END = date(2026, 2, 2), date(2026, 3, 1)
EVERY_PAGE = (
    *("/", "/brands/nordlicht", "/competitors", "/spikes", "/spikes/spike1", "/hashtags", "/hashtags/kettlegate"),
    *("/mentions", "/posts?on=instagram", "/data", "/methods"),
    *("/?from=2030-01-01&to=2030-01-31", "/?from=2025-12-01&to=2026-01-20"),
)


def asked(workspace: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    connection = duckdb.connect(str((workspace / "listening.duckdb").resolve()), read_only=True)
    try:
        return connection.execute(sql, list(values)).fetchall()
    finally:
        connection.close()


def number(text: str) -> int:
    return int(re.sub(r"[^0-9]", "", text))


def card(shown: Watched, name: str) -> str:
    return shown.page.locator(f"[data-card={name}] .value").inner_text()


EARNED = "list_contains(brand_ids, 'nordlicht') AND NOT is_owned AND mention_date BETWEEN ? AND ?"


def test_key_figures_are_the_releases(desktop: Watched, workspace: Path) -> None:
    desktop.open("/")
    count, bad = asked(
        workspace,
        f"SELECT count(*), count(*) FILTER (sentiment_label = 'negative') FROM mention WHERE {EARNED}",
        START,
        END,
    )[0]
    daily = asked(
        workspace,
        "SELECT sum(mention_count) FILTER (brand_id = 'nordlicht'), sum(mention_count) FROM share_of_voice_daily "
        "WHERE mention_date BETWEEN ? AND ?",
        START,
        END,
    )[0]
    assert number(card(desktop, "mentions")) == count == daily[0]
    assert card(desktop, "share") == f"{daily[0] / daily[1]:.0%}"
    assert number(card(desktop, "negative")) == bad


def test_every_bar_of_the_volume_chart_is_a_day_of_the_release(desktop: Watched, workspace: Path) -> None:
    page = desktop.open("/")
    page.locator("#volume summary").click()
    shown = [number(text) for text in page.locator("#volume tbody td").all_inner_texts()]
    days = asked(
        workspace,
        "SELECT mention_count FROM share_of_voice_daily WHERE brand_id = 'nordlicht' AND mention_date BETWEEN ? AND ? "
        "ORDER BY mention_date",
        START,
        END,
    )
    assert shown == [count for (count,) in days]


def test_a_filter_changes_the_numbers_and_the_address(desktop: Watched, workspace: Path) -> None:
    page = desktop.open("/")
    page.get_by_label("Platform").select_option("reddit")
    page.wait_for_url("**platform=reddit**")
    expected = asked(workspace, f"SELECT count(*) FROM mention WHERE {EARNED} AND platform_code = 'reddit'", START, END)
    assert number(card(desktop, "mentions")) == expected[0][0]


def test_days_chosen_by_hand_win_over_the_preset(desktop: Watched, workspace: Path) -> None:
    page = desktop.open("/")
    page.get_by_label("From").fill("2026-01-10")
    page.get_by_label("To", exact=True).fill("2026-01-12")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**from=2026-01-10**")
    expected = asked(workspace, f"SELECT count(*) FROM mention WHERE {EARNED}", date(2026, 1, 10), date(2026, 1, 12))
    assert number(card(desktop, "mentions")) == expected[0][0]


def test_copies_count_once_when_asked(desktop: Watched, workspace: Path) -> None:
    desktop.open("/?count=deduplicated")
    expected = asked(workspace, f"SELECT count(DISTINCT cluster_id) FROM mention WHERE {EARNED}", START, END)
    assert number(card(desktop, "mentions")) == expected[0][0]


def test_a_number_opens_exactly_its_mentions(desktop: Watched) -> None:
    page = desktop.open("/")
    told = number(card(desktop, "negative"))
    page.locator("[data-card=negative] .value a").click()
    page.wait_for_url("**/mentions?**")
    assert number(page.locator("h1").inner_text().split("mention")[0]) == told


def test_a_click_on_a_bar_opens_the_mentions_of_its_day(desktop: Watched) -> None:
    page = desktop.open("/")
    page.locator("#volume summary").click()
    link = page.locator("#volume tbody tr").nth(10).locator("a")
    told, address = number(link.inner_text()), link.get_attribute("href")
    chart = page.locator("#volume .chart")
    chart.scroll_into_view_if_needed()
    # The eleventh of 28 bars, in the middle of its column and low enough to be inside the bar or under none.
    place = page.evaluate(
        "() => { const chart = echarts.getInstanceByDom(document.querySelector('#volume .chart'));"
        "return chart.convertToPixel({seriesIndex: 0}, [10, 3]); }"
    )
    chart.click(position={"x": place[0], "y": place[1]})
    page.wait_for_url(f"**{address}")
    assert number(page.locator("h1").inner_text().split("mention")[0]) == told


def test_a_spike_is_numbered_told_and_leads_to_its_posts(desktop: Watched, workspace: Path) -> None:
    page = desktop.open("/")
    observed = asked(workspace, "SELECT observed_count FROM spike")[0][0]
    item = page.locator("ol.spikes li")
    assert item.locator(".pin").inner_text() == "1"
    assert f"{observed} mentions" in item.inner_text()
    item.get_by_role("link", name="Read the mentions").click()
    page.wait_for_url("**/mentions?**since**")
    assert number(page.locator("h1").inner_text().split("mention")[0]) == observed


def test_a_comparison_is_made_only_between_covered_periods(desktop: Watched) -> None:
    page = desktop.open("/")
    assert "Compared with 5 Jan – 1 Feb 2026" in page.locator("main").inner_text()
    page = desktop.open("/?period=all")
    assert "Not compared: the exports do not cover both periods" in page.locator("main").inner_text()
    assert page.locator(".verdict").count() == 0


def test_the_half_day_at_the_end_is_drawn_as_half(desktop: Watched) -> None:
    page = desktop.open("/")
    option = page.locator("#volume script").inner_text()
    assert option.count("dashed") >= 2
    assert "1 Mar 2026 is only half covered" in page.locator(".trust").inner_text()


def test_charts_are_saved_as_pictures_and_tables_as_files(desktop: Watched) -> None:
    page = desktop.open("/")
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<svg")):
        with page.expect_download() as download:
            page.locator(f"#share button[data-save={kind}]").click()
        assert Path(download.value.path()).read_bytes().startswith(start)
    with page.expect_download() as download:
        page.locator("#share .take a", has_text="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_bytes().decode("utf-8-sig"))))
    assert sum(float(row["share_of_voice_ratio"]) for row in rows) == pytest.approx(1)
    assert desktop.faults() == []


def test_the_page_follows_a_new_release_and_a_permanent_link_stays(browser: Any, tmp_path: Path) -> None:
    publish(tmp_path, "20260302T060000-first")
    with serving(create_app(tmp_path)) as address:
        context = browser.new_context()
        shown = watched(context, address)
        page = shown.open("/")
        before = card(shown, "share")
        pinned = page.get_by_role("link", name="Permanent link to this view").get_attribute("href") or ""
        publish(tmp_path, "20260303T060000-second", extra=2000)
        shown.open("/")
        after = card(shown, "share")
        assert before != after
        shown.open(pinned)
        assert card(shown, "share") == before
        assert "older release" in page.locator("main").inner_text()
        context.close()


def test_french_reads_french_everywhere(desktop: Watched) -> None:
    page = desktop.open("/?lang=fr")
    assert page.locator("html").get_attribute("lang") == "fr"
    text = page.locator("main").inner_text()
    assert "De qui on parle" in text and "févr." in text and "\u202f%" in text
    assert not re.search(r"\b(Take it along|Who is talked about|real change|Mentions by day)\b", text)
    page.get_by_role("link", name="Concurrents", exact=True).click()
    assert "lang=fr" in page.url


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_no_page_scrolls_sideways_on_a_phone(phone: Watched, path: str) -> None:
    for language in ("en", "fr"):
        page = phone.open(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_the_keyboard_reaches_the_mentions_behind_a_chart(desktop: Watched) -> None:
    page = desktop.open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("#share summary").focus()
    page.keyboard.press("Enter")
    # Past the scrolling table to its first link.
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "A":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/mentions?**")


def test_a_page_that_is_not_there_says_so(base: str) -> None:
    assert fetch(f"{base}/spikes/none").status == 404
    assert fetch(f"{base}/hashtags/none").status == 404
    assert fetch(f"{base}/?release=20200101T000000-gone").status == 404
    assert "not kept any more" in fetch(f"{base}/?release=20200101T000000-gone").text


def test_an_engagement_bar_leads_to_the_posts_behind_it(desktop: Watched, workspace: Path) -> None:
    page = desktop.open("/competitors")
    page.locator("#engagement-instagram summary").click()
    page.locator("#engagement-instagram tbody a").first.click()
    page.wait_for_url("**/posts?**on=instagram**")
    brand = re.findall(r"brand=(\w+)", page.url)[0]
    expected = asked(
        workspace,
        "SELECT count(*) FROM competitor_post WHERE brand_id = ? AND post_date BETWEEN ? AND ?",
        brand,
        START,
        END,
    )
    assert page.locator("ol.posts > li").count() == expected[0][0] > 0


def _crowded(page: str, brands: int) -> str:
    """A page whose weekly lines, copied to that many, all end close together."""
    before, figure = page.split('id="weekly"', 1)
    data = re.search(r"<script type=.application/json.>(.*?)</script>", figure, re.DOTALL)
    assert data is not None
    option = json.loads(data[1])
    option["series"] = [copy.deepcopy(option["series"][n % 3]) | {"name": f"brand {n}"} for n in range(brands)]
    for place, line in enumerate(option["series"]):
        line["data"][-1]["value"] = 0.2 + place / 1000
    return f'{before}id="weekly"{figure.replace(data[1], json.dumps(option), 1)}'


@pytest.mark.parametrize("width", [390, 820, 1440])
@pytest.mark.parametrize("brands", [6, 30])
def test_names_of_lines_that_end_together_stand_clear_of_each_other(
    browser: Any, base: str, width: int, brands: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="en-GB")
    shown = watched(context, base)
    body = _crowded(fetch(f"{base}/competitors?lang=en").text, brands)
    shown.page.route("**/competitors", lambda route: route.fulfill(body=body, content_type="text/html"))
    names = shown.open("/competitors").locator("#weekly svg text").filter(has_text=re.compile("^brand "))
    boxes = [box for box in (name.bounding_box() for name in names.all()) if box is not None]
    # A legend shows as many as there is room for, a page at a time.
    assert len(boxes) == 6 if brands == 6 else boxes
    for one, other in itertools.combinations(boxes, 2):
        is_beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
        assert is_beside or abs(one["y"] - other["y"]) >= one["height"] - 1
    context.close()
