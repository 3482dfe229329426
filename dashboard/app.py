"""The server: addresses, the cache of rendered pages, static files. What pages show is in `overview` and `details`."""

import gzip
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard import details, overview
from dashboard.downloads import FORMS, as_file
from dashboard.filters import PRESETS, parse
from dashboard.language import LANGUAGES, language, preferred
from dashboard.mentions import narrowing
from dashboard.page import Page
from dashboard.releases import NoRelease, Release, Releases
from dashboard.security import LOOPBACK, Guard
from warehouse.tables.columns import SENTIMENT_LABELS

CACHED_BYTES = 64_000_000
STATIC = {"app.js": "text/javascript", "app.css": "text/css", "echarts.min.js": "text/javascript"}
Context = Callable[[Page], dict[str, Any]]


@dataclass(frozen=True)
class Answer:
    """What is kept of a rendered page."""

    status: int
    body: bytes


class Shelf:
    """Rendered pages, least recently used out first. Keyed by release, so a new release needs no clearing."""

    def __init__(self, limit: int = CACHED_BYTES) -> None:
        self._kept: OrderedDict[tuple[object, ...], Answer] = OrderedDict()
        self._lock = threading.Lock()
        self._size, self._limit = 0, limit

    def get(self, key: tuple[object, ...]) -> Answer | None:
        """The page kept under that key."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: tuple[object, ...], answer: Answer) -> None:
        """Keep a page, and let go of the oldest beyond the limit."""
        with self._lock:
            replaced = self._kept.pop(key, None)
            self._size += len(answer.body) - (len(replaced.body) if replaced else 0)
            self._kept[key] = answer
            while self._size > self._limit:
                _, gone = self._kept.popitem(last=False)
                self._size -= len(gone.body)


def create_app(
    root: Path,
    *,
    token: str | None = None,
    hosts: tuple[str, ...] = LOOPBACK,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Starlette:
    """The dashboard of the workspace at `root`. With a token nobody is answered without it; `hosts` are the names it
    answers to; `now` tells how old the data is."""
    desk = _Desk(Releases(root), now)
    pages: dict[str, tuple[str, Context]] = {
        "/": ("overview.html", overview.context),
        "/brands/{id}": ("brand.html", details.brand),
        "/competitors": ("competitors.html", details.competitors),
        "/spikes": ("spikes.html", details.spike_list),
        "/hashtags": ("hashtags.html", details.hashtag_list),
        "/data": ("data.html", details.data),
        "/methods": ("methods.html", lambda page: {}),
    }
    routes = [Route(path, desk.page(template, context)) for path, (template, context) in pages.items()]
    routes += [
        Route("/brands", desk.brand_chosen),
        Route("/mentions", desk.mentions),
        Route("/spikes/{id}", desk.spike),
        Route("/hashtags/{id:path}", desk.hashtag),
        Route("/export/{view}.{form}", desk.export),
        Route("/static/{name}", _static),
        Route("/health", desk.health),
    ]
    app = Starlette(routes=routes)
    app.add_middleware(Guard, hosts=frozenset(hosts), token=token)
    app.state.desk = desk
    return app


class _Desk:
    """Answers requests from the releases it is given."""

    def __init__(self, releases: Releases, now: Callable[[], datetime]) -> None:
        self.releases = releases
        self.now = now
        self.shelf = Shelf()

    def warm(self) -> None:
        """Open the current release and render the overview before anybody asks."""
        try:
            asked: dict[str, str] = {}
            for code in LANGUAGES:
                self._answer(asked, code, "/", "overview.html", overview.context)
        except NoRelease:
            return

    def page(self, template: str, context: Context) -> Callable[[Request], Response]:
        """The endpoint of one page."""

        def endpoint(request: Request) -> Response:
            asked = dict(request.query_params)
            if "id" in request.path_params:
                asked["brand"] = request.path_params["id"]
            return self._respond(request, asked, template, context)

        return endpoint

    def brand_chosen(self, request: Request) -> Response:
        """The page of the brand that the filter bar names."""
        asked = dict(request.query_params)
        chosen = quote(asked.pop("brand", ""), safe="")
        return RedirectResponse(f"/brands/{chosen}?{urlencode(asked)}" if chosen else "/", 303)

    def mentions(self, request: Request) -> Response:
        narrow = narrowing(request.query_params)
        return self._respond(
            request, dict(request.query_params), "mentions.html", lambda page: details.mention_list(page, narrow)
        )

    def spike(self, request: Request) -> Response:
        wanted = request.path_params["id"]
        return self._respond(request, dict(request.query_params), "spike.html", lambda page: details.spike(page, wanted))

    def hashtag(self, request: Request) -> Response:
        wanted = request.path_params["id"].lower()
        return self._respond(
            request, dict(request.query_params), "hashtag.html", lambda page: details.hashtag(page, wanted)
        )

    def export(self, request: Request) -> Response:
        form, view = request.path_params["form"], request.path_params["view"]
        asked = dict(request.query_params)
        try:
            page = self._open(asked, DEFAULT_LANGUAGE, "/export")
            if form not in FORMS:
                raise details.Unknown(form)
            body = as_file(details.views(page, view, narrowing(asked)), form)
        except (NoRelease, details.Unknown):
            return PlainTextResponse("There is no such download.", 404)
        name = f"{view}-{page.filters.start}-{page.filters.end}-{page.facts.release_id}.{form}"
        return Response(body, media_type=FORMS[form], headers={"content-disposition": f'attachment; filename="{name}"'})

    def health(self, request: Request) -> Response:
        try:
            return Response(json.dumps({"release_id": self.releases.current_id()}), media_type="application/json")
        except NoRelease:
            return Response('{"release_id": null}', 503, media_type="application/json")

    def _open(self, asked: Mapping[str, str], code: str, path: str) -> Page:
        newest = self.releases.current_id()
        release = self.releases.get(asked.get("release") or newest)
        today = self.now().astimezone(release.facts.zone).date()
        return Page(release, parse(asked, release.facts), language(code), today, path, newest)

    def _respond(self, request: Request, asked: dict[str, str], template: str, context: Context) -> Response:
        code = asked.get("lang") if asked.get("lang") in LANGUAGES else preferred(request.headers.get("accept-language", ""))
        answer = self._answer(asked, code or DEFAULT_LANGUAGE, request.url.path, template, context)
        return Response(
            answer.body, answer.status, media_type="text/html", headers={"vary": "accept-language, cookie"}
        )

    def _answer(self, asked: dict[str, str], code: str, path: str, template: str, context: Context) -> Answer:
        try:
            newest = self.releases.current_id()
            # The day is part of the key: "266 days old" must not outlive midnight.
            day = self.now().date()
            key = (newest, day, code, path, tuple(sorted(asked.items())))
            found = self.shelf.get(key)
            if found is None:
                page = self._open(asked, code, path)
                found = Answer(200, render(template, page, context(page)))
                self.shelf.keep(key, found)
            return found
        except NoRelease as error:
            return Answer(404, problem(code, "problem.release", str(error)))
        except details.Unknown:
            return Answer(404, problem(code, "problem.unknown", ""))


DEFAULT_LANGUAGE = "en"


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
        "static": static_address,
        "permalink": _permalink(page),
        "other_language": "fr" if words.code == "en" else "en",
    }
    return templates().get_template(template).render(**shared, **context).encode()


def problem(code: str, key: str, detail: str) -> bytes:
    """A page that says what is wrong, without a release to show."""
    words = language(code)
    return templates().get_template("problem.html").render(
        t=words.t, language=words, static=static_address, message=words.t(key), detail=detail
    ).encode()


@cache
def templates() -> Environment:
    """The page templates: escaping is on for every one, and a missing name is an error."""
    found = Environment(
        loader=PackageLoader("dashboard", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    found.filters["data"] = as_data
    return found


def as_data(value: object) -> Markup:
    """JSON for a script element of type application/json: no character in it can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)  # noqa: S704 - escaped above


@cache
def _static_files() -> dict[str, tuple[bytes, bytes, str]]:
    found = {}
    for name in STATIC:
        body = files("dashboard").joinpath("static", name).read_bytes()
        found[name] = (body, gzip.compress(body, 6, mtime=0), hashlib.sha256(body).hexdigest()[:12])
    return found


def static_address(name: str) -> str:
    """Where a static file is, with its content in the address so that browsers may keep it for good."""
    return f"/static/{name}?{urlencode({'v': _static_files()[name][2]})}"


def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        return PlainTextResponse("There is no such file.", 404)
    plain, packed, _ = _static_files()[name]
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type=STATIC[name], headers=headers | {"content-encoding": "gzip"})
    return Response(plain, media_type=STATIC[name], headers=headers)


def _permalink(page: Page) -> str:
    """This view for ever: the same days and the same release, whatever is published later."""
    days = {"from": page.filters.start.isoformat(), "to": page.filters.end.isoformat(), "period": None}
    return page.link(page.path, release=page.facts.release_id, **days)


def opened(app: Starlette) -> Release:
    """The release the app shows now, for tests and the benchmark."""
    found: Release = app.state.desk.releases.get()
    return found
