"""Who the dashboard answers, and with which headers."""

import html
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from dashboard.app import create_app
from dashboard.security import host_name
from dashboard.takeaway import TABLES
from tests.browser.serving import fetch, serving
from tests.browser.small_release import publish

TOKEN = "a-token-that-is-long-enough"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("server")
    publish(root)
    return root


@pytest.fixture(scope="module")
def open_base(workspace: Path) -> Iterator[str]:
    with serving(create_app(workspace, now=lambda: datetime(2026, 3, 2, 8, tzinfo=UTC))) as address:
        yield address


@pytest.fixture(scope="module")
def guarded_base(workspace: Path) -> Iterator[str]:
    with serving(create_app(workspace, token=TOKEN)) as address:
        yield address


def test_a_foreign_host_name_is_turned_away(open_base: str) -> None:
    assert fetch(open_base, {"Host": "outside.example"}).status == 400
    assert fetch(open_base, {"Host": "localhost.outside.example:80"}).status == 400
    assert fetch(open_base, {"Host": "LOCALHOST:9999"}).status == 200


def test_a_host_name_is_read_without_port_and_brackets() -> None:
    assert [host_name(h) for h in ("[::1]:80", "::1", "a.example:80", "A.example")] == [
        "::1",
        "::1",
        "a.example",
        "a.example",
    ]


def test_without_the_token_nothing_is_answered(guarded_base: str) -> None:
    for path in ("/", "/mentions", "/export/mentions.csv", "/static/app.js", "/?token=wrong"):
        reply = fetch(guarded_base + path)
        assert reply.status == 401 and b"<" not in reply.body


def test_the_token_is_taken_once_and_leaves_the_address(guarded_base: str) -> None:
    reply = fetch(f"{guarded_base}/?lang=fr&token={TOKEN}")
    assert (reply.status, reply.headers["location"]) == (303, "/?lang=fr")
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and TOKEN not in cookie
    assert fetch(guarded_base, {"Cookie": cookie.split(";")[0]}).status == 200


def test_it_only_reads(open_base: str) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert fetch(open_base, method=method).status == 405


def test_every_answer_carries_the_policy(open_base: str) -> None:
    for path in ("/", "/mentions", "/none", "/static/app.css", "/export/volume.csv", "/?release=gone"):
        headers = fetch(open_base + path).headers
        assert "unsafe" not in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/../listening.yaml", "/static/../app.py", "/static/%2e%2e%2fapp.py", "/export/x.csv",
                                  "/export/mentions.html", "/?release=../../etc/passwd"])  # fmt: skip
def test_nothing_but_pages_and_downloads_can_be_had(open_base: str, path: str) -> None:
    assert fetch(open_base + path).status == 404


@pytest.mark.parametrize(
    "view",
    [
        *("volume", "daily", "share_of_voice", "sentiment", "hashtags", "topics", "benchmark", "audience", "spikes"),
        *("posts", "mentions", "share_weekly", "sentiment_weekly", "platforms", "languages"),
        *(name for name in TABLES if name != "data_health"),
    ],
)
def test_every_view_comes_in_every_form(open_base: str, view: str) -> None:
    for form, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("parquet", b"PAR1")):
        reply = fetch(f"{open_base}/export/{view}.{form}?period=7")
        assert reply.status == 200 and reply.body.startswith(start)
        assert reply.headers["content-disposition"].startswith(f'attachment; filename="{view}-2026-02-23-2026-03-01')


def test_a_file_name_that_would_run_as_a_formula_is_a_text_in_every_form(open_base: str) -> None:
    body = fetch(f"{open_base}/export/source_reconciliation.xlsx").body
    found = fastexcel.read_excel(body).load_sheet(0).to_polars()
    assert found["file_name"][0].startswith("'=cmd|")
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        assert not any(b"<f>" in book.read(name) for name in book.namelist())
    assert b",'=cmd|" in fetch(f"{open_base}/export/source_reconciliation.csv").body


def test_an_export_has_the_rows_of_the_page(open_base: str) -> None:
    reply = fetch(f"{open_base}/export/mentions.parquet?kind=complaint&sort=engagement")
    rows = pl.read_parquet(reply.body)
    assert rows["is_complaint"].all() and rows["engagement_count"].is_sorted(descending=True)
    page = fetch(f"{open_base}/mentions?kind=complaint&lang=en").text
    assert f"<h1>{rows.height} mentions" in page


def test_a_brand_that_is_not_of_the_panel_has_no_page(open_base: str) -> None:
    assert fetch(f"{open_base}/brands/nobody").status == 404


def test_among_mentions_of_one_sentiment_no_net_sentiment_is_told(open_base: str) -> None:
    page = fetch(f"{open_base}/?sentiment=negative&lang=en").text
    assert "not told while one sentiment is chosen" in page
    assert "−100, between" not in page and "between −100 and −100" not in page


def test_days_outside_the_exports_are_told_instead_of_shown_as_others(open_base: str) -> None:
    for path in ("/", "/brands/nordlicht", "/competitors", "/hashtags/kettlegate", "/mentions", "/posts", "/data"):
        for asked in ("from=2030-01-01&to=2030-01-31", "from=2030-01-01", "to=2020-01-31"):
            page = fetch(f"{open_base}{path}?{asked}&lang=en").text
            assert "Nothing is known of these days" in page and "the exports cover 5 Jan – 1 Mar 2026" in page
            assert "chart-figure" not in page and "post-text" not in page
    page = fetch(f"{open_base}/mentions?from=2030-01-01&to=2030-01-31&tag=kettlegate&lang=fr").text
    assert "Vous avez demandé\u202f: 1er janv. – 31 janv. 2030" in page
    assert "/mentions?brand=nordlicht&amp;lang=fr&amp;tag=kettlegate&amp;period=all" in page
    reply = fetch(f"{open_base}/export/volume.csv?from=2030-01-01")
    assert (reply.status, "cover 2026-01-05 to 2026-03-01" in reply.text) == (404, True)


def test_a_period_that_the_exports_cover_in_part_says_what_is_shown(open_base: str) -> None:
    page = fetch(f"{open_base}/?from=2025-12-01&to=2026-01-20&lang=en").text
    assert "You asked for 1 Dec 2025 – 20 Jan 2026" in page and "Shown: 5 Jan – 20 Jan 2026." in page
    assert "You asked for" not in fetch(f"{open_base}/?from=2026-01-05&to=2026-01-20&lang=en").text


def test_what_an_address_asks_for_in_vain_is_said_to_be_left_out(open_base: str) -> None:
    page = fetch(f"{open_base}/?brand=nope&platform=<b>&from=31/01/2026&lang=en").text
    told = (
        "Not known here, so left out: <bdi>Brand = nope</bdi>, <bdi>Platform = &lt;b&gt;</bdi>, <bdi>From = 31/01/2026"
    )
    assert told in page
    known = fetch(f"{open_base}/?brand=tavola&platform=x&language=unknown&from=2026-02-02&lang=en").text
    assert "left out" not in known


def test_what_has_days_of_its_own_is_shown_whatever_the_period(open_base: str) -> None:
    outside = "from=2030-01-01&to=2030-01-31"
    for path in ("/spikes/spike1?", "/methods?", "/mentions?since=2026-02-17T09:00&until=2026-02-17T15:00&"):
        reply = fetch(f"{open_base}{path}{outside}&lang=en")
        assert reply.status == 200 and "You asked for" not in reply.text
    assert fetch(f"{open_base}/export/hours.csv?spike=spike1&{outside}").status == 200


def test_beyond_the_last_page_the_last_one_is_shown_and_said_to_be(open_base: str) -> None:
    last = fetch(f"{open_base}/mentions?lang=en").text.split("Page 1 of ")[1].split("<")[0]
    told = f"There is no such page: the list has {last} pages, this is the last."
    for page in ("9999", "9" * 40):
        shown = fetch(f"{open_base}/mentions?page={page}&lang=en").text
        assert (
            told in shown and f"Page {last} of {last}" in shown and "post-text" in shown and 'rel="next"' not in shown
        )
    assert "There is no such page" not in fetch(f"{open_base}/mentions?page={last}&lang=en").text
    nothing = fetch(f"{open_base}/mentions?page=2&term=nobodywrotethis&lang=fr").text
    assert "la liste tient en 1 page" in nothing and "Aucune mention" in nothing


def test_sections_about_accounts_follow_the_platform(open_base: str) -> None:
    titles = ("What the brands publish", "Audiences", "Posts that did best", "Formats they use")
    for platform, is_there in (("instagram", True), ("x", False)):
        page = fetch(f"{open_base}/competitors?platform={platform}&lang=en").text
        assert [title in page for title in titles] == [is_there] * len(titles)
        assert ("0 posts" in fetch(f"{open_base}/posts?platform={platform}&lang=en").text) is not is_there
        for view in ("benchmark", "audience", "posts", "posting_rhythm", "standing", "reply_queue"):
            rows = pl.read_parquet(fetch(f"{open_base}/export/{view}.parquet?platform={platform}").body)
            assert set(rows["platform_code"]) <= {platform}


def test_what_stands_at_the_end_of_the_data_says_that_it_does_not_follow_an_earlier_period(open_base: str) -> None:
    told = "Not narrowed by the filter on period."
    for section in ('id="s-people"', 'id="s-queue"', 'id="s-targets"'):
        for period, is_told in (("from=2026-01-05&to=2026-01-31", True), ("period=7", False)):
            page = fetch(f"{open_base}/?{period}&lang=en").text
            start = page.index(section)
            assert (told in page[start : page.index("</section>", start)]) is is_told


def test_a_list_of_hours_offers_no_period_that_would_change_nothing(open_base: str) -> None:
    hours = fetch(f"{open_base}/mentions?since=2026-02-17T09:00&until=2026-02-17T15:00").text
    assert 'name="since"' in hours and 'name="period"' not in hours and 'type="date"' not in hours
    assert 'name="period"' in fetch(f"{open_base}/mentions").text


def test_a_number_that_follows_no_filter_opens_mentions_that_follow_none(open_base: str) -> None:
    narrow = "platform=x&sentiment=negative&topic=kettles&count=deduplicated"
    for path, section in (("/", "s-people"), ("/brands/nordlicht", "s-ladder"), ("/brands/nordlicht", "s-country")):
        told = []
        for filters in (narrow, ""):
            page = fetch(f"{open_base}{path}?{filters}").text
            start = page.index(f'id="{section}"')
            links = re.findall(r'"number"><a href="(/mentions[^"]+)"', page[start : page.index("</section>", start)])
            told.append([sorted(html.unescape(link).split("?")[1].split("&")) for link in links])
        assert told[0] == told[1] != []


def test_where_nobody_is_named_words_stand_in_place_of_empty_charts(open_base: str) -> None:
    for path, charts in (("/", ("share", "sentiment")), ("/competitors", ("share", "weekly"))):
        for platform, is_named in (("instagram", False), ("x", True)):
            page = fetch(f"{open_base}{path}?platform={platform}&lang=en").text
            assert [f'<figure class="chart-figure" id="{name}">' in page for name in charts] == [is_named, is_named]
            assert ("No mentions match these filters." in page) is not is_named


def test_of_mentions_chosen_by_their_label_no_coverage_is_told(open_base: str) -> None:
    assert "could be scored" in fetch(f"{open_base}/?lang=en").text
    assert "could be scored" not in fetch(f"{open_base}/?sentiment=negative&lang=en").text


def test_a_section_that_cannot_follow_a_filter_says_so(open_base: str) -> None:
    page = fetch(f"{open_base}/?platform=instagram&sentiment=negative&period=all&lang=en").text
    people = page[page.index("Ambassadors and detractors") :]
    assert people.index("Not narrowed by the filters on platform, sentiment.") < people.index("</section>")
    audience = page[page.index('id="s-audience"') :]
    assert audience.index("Not narrowed by the filter on sentiment.") < audience.index("</section>")
    assert "Not narrowed" not in fetch(f"{open_base}/?lang=en").text


def test_a_hashtag_that_the_filters_leave_out_is_not_said_to_be_unknown(open_base: str) -> None:
    reply = fetch(f"{open_base}/hashtags/kettlegate?from=2026-01-05&to=2026-01-11&lang=en")
    assert reply.status == 200 and "chosen here carries #kettlegate." in reply.text
    assert fetch(f"{open_base}/hashtags/nobodywrotethis").status == 404


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        (
            "en",
            (
                "Should you use it in posts of your own?",
                "✕ avoid",
                "Judged on everything written with it on 17 Feb 2026",
                "70 of 90 posts whose sentiment is known are negative",
            ),
        ),
        (
            "fr",
            (
                "Faut-il l’utiliser dans vos propres posts",
                "✕ à éviter",
                "D’après tout ce qui s’est écrit avec lui le 17 févr. 2026",
                "70 posts sur 90 dont la tonalité est connue sont négatifs",
            ),
        ),
    ],
)
def test_a_hashtag_page_says_what_to_do_what_it_goes_by_and_why(open_base: str, lang: str, told: tuple[str]) -> None:
    page = fetch(f"{open_base}/hashtags/kettlegate?lang={lang}").text
    assert [text for text in told if text not in page] == []


def test_an_empty_workspace_says_that_nothing_is_published(tmp_path: Path) -> None:
    with serving(create_app(tmp_path)) as address:
        assert fetch(address).status == 404 and "nothing is published yet" in fetch(address).text
        assert fetch(f"{address}/health").status == 503
        publish(tmp_path)
        assert fetch(address).status == 200
