"""A French page holds no English: neither in what it shows nor in what its charts draw nor in what is read aloud."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from dashboard.app import create_app
from dashboard.formulas import every_formula, french
from dashboard.language import catalogue
from tests.browser.serving import fetch, serving
from tests.browser.small_release import publish
from tests.browser.test_pages import EVERY_PAGE
from transforms.metrics.registry import METRICS

VOID = {"meta", "link", "input", "br", "img", "hr"}
READ_ALOUD = ("aria-label", "alt", "title", "placeholder", "data-done")
WORD = re.compile(r"[a-zà-ÿœ’']{3,}")
# The same letters in both languages, proper names, and the words of the small release.
SHARED = {"nordlicht", "tavola", "pico", "bello", "small", "tidy", "paris", "europe", "all"}


class _Shown(HTMLParser):
    """Texts that a reader meets, except what strangers wrote and what is marked as English."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.charts: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._is_chart = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        foreign = tag in ("bdi", "style") or (tag != "html" and known.get("lang") == "en") or known.get("dir") == "auto"
        inside = bool(self._open) and self._open[-1][1]
        self._is_chart = tag == "script" and known.get("type") == "application/json"
        if tag not in VOID:
            self._open.append((tag, foreign or inside or tag == "script"))
        if not (foreign or inside):
            self.texts += [known[name] or "" for name in READ_ALOUD if name in known]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass
        self._is_chart = False

    def handle_data(self, data: str) -> None:
        if self._is_chart:
            self.charts.append(data)
        elif not (self._open and self._open[-1][1]):
            self.texts.append(data)


def drawn(value: object, key: str = "") -> Iterator[str]:
    """Texts in a chart's option that a reader sees: names, ticks, tips."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from drawn(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from drawn(part, key)
    elif isinstance(value, str) and key in ("name", "data", "tip", "formatter"):
        yield value


def english_only() -> set[str]:
    """Words of the English catalogue that no French text uses."""
    told = {code: re.sub(r"{\w+}", " ", " ".join(catalogue(code).values())).lower() for code in ("en", "fr")}
    return set(WORD.findall(told["en"])) - set(WORD.findall(f"{told['fr']} {' '.join(french().values())}")) - SHARED


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("french")
    publish(root)
    with serving(create_app(root)) as address:
        yield address


def leftovers(page: str) -> set[str]:
    shown = _Shown()
    shown.feed(page)
    texts = [*shown.texts, *(text for chart in shown.charts for text in drawn(json.loads(chart)))]
    return set(WORD.findall(re.sub(r"[#/{]\S+|\S+_\S+|auteur \w+", " ", " ".join(texts)).lower())) & english_only()


MORE = (
    *("/?compare=none", "/?period=all", "/mentions?form=own&term=kettle&country=FR&copies=1"),
    "/posts?on=instagram&weekday=1&hour=9&zone=Europe/Paris&format=photo",
)


@pytest.mark.parametrize("path", [*EVERY_PAGE, *MORE])
def test_a_french_page_has_no_english_word(base: str, path: str) -> None:
    page = fetch(f"{base}{path}{'&' if '?' in path else '?'}lang=fr").text
    assert leftovers(page) == set()


def test_the_scan_finds_what_it_is_for(base: str) -> None:
    assert {"spikes", "targets", "waiting", "ladder"} - leftovers(fetch(f"{base}/?lang=en").text) == {"ladder"}
    assert "sentiment" not in leftovers('<p lang="en">Nothing disappears</p>')
    assert leftovers("<p>Nothing disappears</p>") == {"nothing", "disappears"}


def test_every_metric_has_its_french_name_and_formula() -> None:
    for metric in METRICS.metrics:
        assert metric.name in french() and metric.formula in french(), metric.id
    day = METRICS.metrics[-1].valid_from.replace(year=2026)
    assert {told.language_code for told in every_formula("fr", day)} == {"fr"}
    assert {told.id for told in every_formula("en", day)} == set(METRICS.ids)
