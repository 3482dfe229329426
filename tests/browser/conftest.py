"""One browser and one served workspace for every page test; skipped where no Chromium is installed."""

import atexit
import functools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Playwright, Route, sync_playwright

from dashboard.app import create_app
from tests.browser.serving import serving
from tests.browser.small_release import publish

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation',
  event => window.violations.push(event.violatedDirective + ' ' + event.blockedURI));
"""


@dataclass
class Watched:
    """A browser page that notes what must never happen."""

    page: Page
    base: str
    outside: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go there and wait until the charts are drawn."""
        self.page.goto(self.base + path)
        self.page.wait_for_selector("html[data-ready='1']", state="attached")
        return self.page

    def faults(self) -> list[str]:
        """Requests to elsewhere, script errors, dialogs, blocked policy, and code from the data that ran."""
        ran = self.page.evaluate("window.pwned === undefined ? [] : ['ran ' + window.pwned]")
        return [*self.outside, *self.trouble, *self.page.evaluate("window.violations"), *ran]


@functools.cache
def _playwright() -> Playwright:
    """One per process: it cannot be started twice, and tests of another folder use this fixture too."""
    started = sync_playwright().start()
    atexit.register(started.stop)
    return started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    found = _playwright().chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    yield found
    found.close()


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("dashboard")
    publish(root)
    return root


@pytest.fixture(scope="session")
def base(workspace: Path) -> Iterator[str]:
    with serving(create_app(workspace, now=lambda: datetime(2026, 3, 2, 8, tzinfo=UTC))) as address:
        yield address


def watched(context: BrowserContext, base: str) -> Watched:
    """A new page in that context under watch."""
    page = context.new_page()
    found = Watched(page, base)

    def route(request: Route) -> None:
        if request.request.url.startswith((base, "data:")):
            request.continue_()
        else:
            found.outside.append(request.request.url)
            request.abort()

    def dismiss(dialog: Dialog) -> None:
        found.trouble.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.route("**/*", route)
    page.add_init_script(_WATCH)
    page.on("pageerror", lambda error: found.trouble.append(f"error {error}"))
    page.on("console", lambda line: found.trouble.append(line.text) if line.type == "error" else None)
    page.on("dialog", dismiss)
    return found


@pytest.fixture
def desktop(browser: Browser, base: str) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", accept_downloads=True)
    yield watched(context, base)
    context.close()


@pytest.fixture
def phone(browser: Browser, base: str) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 375, "height": 812}, locale="en-GB", has_touch=True)
    yield watched(context, base)
    context.close()
