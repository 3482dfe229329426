"""Sections of the further tables: there when the release has the table, absent when it has not."""

from pathlib import Path
from typing import Any

import pytest

from dashboard.app import create_app
from tests.browser.conftest import Watched, watched
from tests.browser.serving import serving
from tests.browser.small_release import publish

pytestmark = pytest.mark.browser
SECTIONS = ("Ambassadors and detractors", "Waiting for an answer", "Targets", "What is rising")


def test_each_section_stands_in_the_order_people_ask(desktop: Watched) -> None:
    page = desktop.open("/")
    titles = [text.strip() for text in page.locator("main h2").all_inner_texts()]
    order = ["How much is said", "Who is talked about", "How it is said", "What is talked about"]
    order += ["What the brands publish", "Audiences", "Ambassadors and detractors", "Waiting for an answer", "Targets"]
    assert [title for title in titles if title in order] == order
    assert desktop.faults() == []


def test_a_spike_tells_its_reasons_and_their_parts(desktop: Watched) -> None:
    page = desktop.open("/spikes/spike1")
    text = page.locator("main").inner_text()
    assert "People wrote #kettlegate" in text
    rows = page.locator("section", has_text="What moved it").locator("tbody tr").all_inner_texts()
    assert any(row.startswith("#kettlegate\t151\t150\t84%") for row in rows)
    assert any(row.startswith("the rest") for row in rows)
    page.get_by_role("link", name="151", exact=True).click()
    page.wait_for_url("**/mentions?**tag=kettlegate**")
    assert desktop.faults() == []


def test_a_hashtag_carries_its_verdict(desktop: Watched) -> None:
    page = desktop.open("/")
    row = page.locator("tr", has=page.get_by_role("link", name="#kettlegate", exact=True))
    assert "avoid" in row.inner_text()
    page = desktop.open("/hashtags/kettlegate")
    assert "told by <script>" in page.locator("main").inner_text()
    assert desktop.faults() == []


def test_who_waits_is_listed_with_what_cannot_be_seen(desktop: Watched) -> None:
    page = desktop.open("/")
    text = page.locator("section", has_text="Waiting for an answer").last.inner_text()
    assert "3 posts, most pressing first. 1 of them stands on a platform whose exports show no answers" in text
    assert "complaint" in text and "1 day" in text


def test_targets_say_where_they_stand(desktop: Watched) -> None:
    page = desktop.open("/?lang=fr")
    text = page.locator("section", has_text="Objectifs").last.inner_text()
    assert "52,0\u202f%" in text and "✓ atteint" in text and "! menacé" in text


def test_without_the_tables_there_are_no_sections(browser: Any, tmp_path: Path) -> None:
    publish(tmp_path, with_insight=False)
    with serving(create_app(tmp_path)) as address:
        context = browser.new_context()
        shown = watched(context, address)
        text = shown.open("/?lang=en").locator("main").inner_text()
        assert not [title for title in SECTIONS if title in text]
        shown.open("/spikes/spike1?lang=en")
        assert shown.faults() == []
        context.close()
