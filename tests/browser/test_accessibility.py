"""axe-core finds nothing serious on any page, in either language, on a desk or a phone."""

from pathlib import Path

import pytest

from tests.browser.conftest import Watched
from tests.browser.test_pages import EVERY_PAGE

pytestmark = pytest.mark.browser
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")


def findings(shown: Watched) -> list[str]:
    # Handed over by the debugger: the page's own policy lets no foreign script in.
    shown.page.evaluate(f"() => {{ {AXE} }}")
    found = shown.page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})"
        ".then(result => result.violations.map("
        "v => v.impact + ' ' + v.id + ' ' + v.nodes.map(n => n.target).slice(0, 3)))"
    )
    return [str(line) for line in found if str(line).startswith(("serious", "critical", "moderate"))]


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_no_serious_finding_on_a_desk_in_english(desktop: Watched, path: str) -> None:
    page = desktop.open(path)
    for summary in page.locator("summary").all():
        summary.click()
    assert findings(desktop) == []


@pytest.mark.parametrize("path", ("/", "/mentions", "/spikes/spike1"))
def test_no_serious_finding_on_a_phone_in_french(phone: Watched, path: str) -> None:
    phone.open(f"{path}?lang=fr")
    assert findings(phone) == []


def test_every_chart_has_a_name_and_a_table(desktop: Watched) -> None:
    page = desktop.open("/")
    charts = page.locator("figure.chart-figure")
    assert charts.count() >= 3
    for place in range(charts.count()):
        chart = charts.nth(place)
        assert chart.locator(".chart").get_attribute("aria-label")
        assert chart.locator("table tbody tr").count() > 0
