"""The sections in depth: who speaks, when posts work, what became of records; every number and mark leads on."""

import re
from pathlib import Path

import pytest

from tests.browser.conftest import Watched
from tests.browser.test_pages import asked

pytestmark = pytest.mark.browser
# What has no mentions behind it: what was hoped for, what a model expects, and records that are not posts.
WITHOUT_MENTIONS = {
    *("Due by now", "Target", "At this pace", "Usual", "—"),
    *("Records", "Kept", "Rejected", "Days", "Vendor’s total", "Not in the file", "Unexplained"),
    *("Repeated in the file", "Held before", "Of them off the panel", "Of them official"),
    *("Posts, reported", "Posts, held", "Missing", "Engagement, reported", "Engagement, held"),
}
_NUMBERS = """() => [...document.querySelectorAll('main table')].flatMap(table => {
  const heads = [...table.querySelectorAll('thead th')].map(th => th.textContent.trim());
  return [...table.querySelectorAll('tbody tr')].flatMap(row => [...row.children].map((cell, place) =>
    [heads[place], cell.textContent.trim(), !!cell.querySelector('a')])
    .filter(([head, text, led], place) => row.children[place].classList.contains('number')));
})"""


@pytest.mark.parametrize("path", ["/", "/brands/nordlicht", "/competitors", "/spikes/spike1", "/hashtags", "/data"])
def test_every_number_of_every_table_opens_what_is_behind_it(desktop: Watched, path: str) -> None:
    page = desktop.open(f"{path}?lang=en")
    found = page.evaluate(_NUMBERS)
    left = {
        head
        for head, text, is_led in found
        if not is_led and text not in ("—", "", "cannot be seen") and re.search(r"\d", text)
    }
    # Charts behind "the same as a table" give intervals beside the number that leads on.
    assert left - WITHOUT_MENTIONS <= {"95% interval"}
    assert len(found) > 5


@pytest.mark.parametrize("path", ["/", "/brands/nordlicht", "/competitors", "/spikes/spike1", "/hashtags/kettlegate"])
def test_every_mark_of_every_chart_leads_on(desktop: Watched, path: str) -> None:
    page = desktop.open(f"{path}?lang=en")
    silent = page.evaluate(
        """() => [...document.querySelectorAll('.chart-figure')].flatMap(figure =>
          JSON.parse(figure.querySelector('script').textContent).series.filter(series => !series.silent)
            .flatMap(series => series.data.filter(mark => mark && mark.value !== null && !mark.link)
              .map(mark => figure.id + ' ' + series.name)))"""
    )
    assert silent == []


def test_a_square_of_the_rhythm_opens_the_posts_of_its_hour(desktop: Watched, workspace: Path) -> None:
    page = desktop.open("/brands/nordlicht?lang=en")
    assert "Best slot: Monday, 09:00, 1.8 times the usual engagement." in page.locator("main").inner_text()
    chart = page.locator("#rhythm-0 .chart")
    chart.scroll_into_view_if_needed()
    place = page.evaluate(
        "() => echarts.getInstanceByDom(document.querySelector('#rhythm-0 .chart'))"
        ".convertToPixel({xAxisIndex: 0, yAxisIndex: 0}, [9, 0])"
    )
    chart.click(position={"x": place[0], "y": place[1]})
    page.wait_for_url("**/posts?**weekday=1&hour=9**")
    # Winter time: nine in Paris is eight in UTC.
    expected = asked(
        workspace,
        "SELECT count(*) FROM competitor_post WHERE brand_id = 'nordlicht' AND isodow(posted_at) = 1 "
        "AND hour(posted_at) = 8",
    )
    assert page.locator("ol.posts > li").count() == expected[0][0]
    assert "Monday at 09:00 (Europe/Paris)" in page.locator("main").inner_text()
    assert desktop.faults() == []


def test_the_ladder_says_what_cannot_be_seen(desktop: Watched) -> None:
    page = desktop.open("/brands/nordlicht?lang=en")
    rows = page.locator("table.ladder tbody tr").all_inner_texts()
    assert len(rows) == 9 and sum("cannot be seen" in row for row in rows) == 4
    page.locator("table.ladder a").first.click()
    page.wait_for_url("**/mentions?**form=answer**")
    assert "replies and comments" in page.locator("main").inner_text()


def test_slow_changes_are_told_with_their_interval(desktop: Watched) -> None:
    text = desktop.open("/?lang=en").locator("section", has=desktop.page.locator("#s-volume")).inner_text()
    assert "since 10 Feb 2026 the usual level is higher: 30 mentions a day instead of 20 (times 1.20 to 1.90" in text


def test_best_and_worst_posts_stand_side_by_side(desktop: Watched) -> None:
    page = desktop.open("/competitors?lang=en")
    section = page.locator("section", has=page.locator("#s-best"))
    assert section.locator("h3").all_inner_texts() == ["Most engagement on Instagram", "Least engagement on Instagram"]
    assert section.locator("ol.posts").first.locator("li").count() == 2
    assert "2 of 5" in page.locator("section", has=page.locator("#s-standing")).inner_text()


def test_where_the_vendors_total_went_is_told_step_by_step(desktop: Watched) -> None:
    page = desktop.open("/data?lang=en")
    row = page.locator("section", has_text="Our totals against the vendor").locator("tbody tr").inner_text()
    assert re.search(r"120\s+20\s+100\s+2\s+0\s+1\s+7\s+90\s+3\s+4", row)


def test_on_paper_a_chart_keeps_its_proportions(desktop: Watched) -> None:
    page = desktop.open("/?lang=en")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    boxes = page.locator(".chart svg").evaluate_all("all => all.map(svg => svg.getAttribute('viewBox'))")
    assert boxes and all(re.fullmatch(r"0 0 \d+ \d+", box) for box in boxes)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".chart svg[viewBox]").count() == 0


def test_a_phone_of_the_smallest_kind_never_scrolls_sideways(phone: Watched) -> None:
    phone.page.set_viewport_size({"width": 360, "height": 740})
    for path in ("/", "/brands/nordlicht", "/competitors", "/data", "/methods"):
        page = phone.open(f"{path}?lang=fr")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
