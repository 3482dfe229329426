"""Texts, names, links, hashtags and file names of strangers: shown as they are, run by nothing, fetched by nobody."""

import re

import pytest

from tests.browser.conftest import Watched
from tests.browser.small_tables import HOSTILE, HOSTILE_TAGS
from tests.browser.test_pages import EVERY_PAGE

pytestmark = pytest.mark.browser
MORE = (
    "/mentions?sort=engagement",
    "/mentions?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "/mentions?q=outside&sort=engagement",
    "/mentions?tag=%3Cscript%3Ex%3C/script%3E",
    "/mentions?since=x&until=%27%3B--&cluster=%3Cb%3E&author=%22%3E",
    "/hashtags/a%2Fb%3Fc=d&e%23f",
    "/?brand=%3Cscript%3E&platform=%22%3E&lang=%3Cb%3E&from=x",
)


@pytest.mark.parametrize("path", (*EVERY_PAGE, *MORE))
def test_nothing_runs_and_nothing_is_fetched_from_elsewhere(desktop: Watched, path: str) -> None:
    page = desktop.open(path)
    for summary in page.locator("summary").all():
        summary.click()
    page.locator("main").hover()
    page.wait_for_timeout(100)
    # A tag of another period is a page that says it is not there.
    faults = [fault for fault in desktop.faults() if "404" not in fault]
    assert faults == []


def test_hostile_texts_are_shown_letter_by_letter(desktop: Watched) -> None:
    page = desktop.open("/mentions?sort=engagement")
    shown = page.locator(".post-text").all_text_contents()
    for text in HOSTILE:
        assert any(text[:1500].strip() in found for found in shown), text[:60]


def test_only_web_links_can_be_followed_and_they_tell_nobody(desktop: Watched) -> None:
    page = desktop.open("/mentions?sort=engagement")
    links = page.locator("main a").evaluate_all("all => all.map(a => [a.getAttribute('href'), a.rel])")
    assert links
    for address, rel in links:
        assert re.match(r"(/(?!/)|https?://)", address), address
        if address.startswith("http"):
            assert set(rel.split()) >= {"noopener", "noreferrer", "nofollow"}


def test_tooltips_draw_hostile_names_as_text(desktop: Watched) -> None:
    page = desktop.open("/")
    for name in ("share", "sentiment", "volume"):
        chart = page.locator(f"#{name} .chart")
        chart.scroll_into_view_if_needed()
        box = chart.bounding_box()
        assert box is not None
        for step in range(6):
            chart.hover(position={"x": box["width"] * (0.2 + 0.1 * step), "y": box["height"] * 0.4})
    page.wait_for_timeout(150)
    assert page.locator("figure .chart b, figure .chart img, figure .chart script").count() == 0
    assert desktop.faults() == []


def test_hostile_hashtags_have_pages_of_their_own(desktop: Watched) -> None:
    page = desktop.open("/hashtags")
    names = {text.strip() for text in page.locator("th a").all_text_contents()}
    assert {f"#{tag}" for tag in HOSTILE_TAGS} <= names
    for tag in HOSTILE_TAGS:
        page = desktop.open("/hashtags")
        page.get_by_role("link", name=f"#{tag}", exact=True).click()
        page.wait_for_selector("html[data-ready='1']", state="attached")
        assert page.locator("h1").inner_text().startswith(f"#{tag}")
    assert desktop.faults() == []
