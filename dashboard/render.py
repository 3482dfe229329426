"""Templates, static files, and the one way chart data gets into a page."""

import gzip
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dashboard.filters import PRESETS
from dashboard.language import language
from dashboard.mentions import safe_link
from dashboard.page import Page
from warehouse.tables.columns import SENTIMENT_LABELS

STATIC = {"app.js": "text/javascript", "app.css": "text/css", "echarts.min.js": "text/javascript"}


def render(template: str, page: Page, context: dict[str, Any]) -> bytes:
    """A page as HTML. Everything from the data is escaped; charts travel as JSON that cannot close its element."""
    words = page.language
    shared = {
        "page": page,
        "facts": page.facts,
        "filters": page.filters,
        "language": words,
        "t": words.t,
        "presets": PRESETS,
        "labels": SENTIMENT_LABELS,
        "safe_link": safe_link,
        "static": static_address,
        "permalink": _permalink(page),
        "other_language": "fr" if words.code == "en" else "en",
    }
    return templates().get_template(template).render(**shared, **context).encode()


def problem(code: str, key: str, detail: str) -> bytes:
    """A page that says what is wrong, without a release to show."""
    words = language(code)
    return (
        templates()
        .get_template("problem.html")
        .render(t=words.t, language=words, static=static_address, message=words.t(key), detail=detail)
        .encode()
    )


@cache
def templates() -> Environment:
    """The page templates: escaping is on for every one, and a missing name is an error."""
    found = Environment(
        loader=PackageLoader("dashboard", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["data"] = as_data
    return found


def as_data(value: object) -> Markup:
    """JSON for a script element of type application/json: no character in it can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)


@cache
def static_files() -> dict[str, tuple[bytes, bytes, str]]:
    """Name → content, the same gzipped, and a short hash of it."""
    found = {}
    for name in STATIC:
        body = files("dashboard").joinpath("static", name).read_bytes()
        found[name] = (body, gzip.compress(body, 6, mtime=0), hashlib.sha256(body).hexdigest()[:12])
    return found


def static_address(name: str) -> str:
    """Where a static file is, with its content in the address so that browsers may keep it for good."""
    return f"/static/{name}?{urlencode({'v': static_files()[name][2]})}"


def _permalink(page: Page) -> str:
    """This view for ever: the same days and the same release, whatever is published later."""
    first, last = page.filters.named
    days = {"from": first.isoformat(), "to": last.isoformat(), "period": None}
    return page.link(page.path, release=page.facts.release_id, **days)
