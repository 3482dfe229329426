"""The server: addresses, the cache of rendered pages, static files. What pages show is in `overview` and `details`."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard import details, overview, rivals
from dashboard.downloads import FORMS, as_file
from dashboard.filters import NAMES, parse
from dashboard.language import DEFAULT, LANGUAGES, language, preferred
from dashboard.mentions import narrowing
from dashboard.page import Page
from dashboard.releases import NoRelease, Release, Releases
from dashboard.render import STATIC, problem, render, static_files
from dashboard.security import LOOPBACK, Guard
from dashboard.shelf import Answer, Shelf
from dashboard.takeaway import OF_A_SPIKE, views

Context = Callable[[Page], dict[str, Any]]


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
        "/competitors": ("competitors.html", rivals.competitors),
        "/spikes": ("spikes.html", details.spike_list),
        "/hashtags": ("hashtags.html", details.hashtag_list),
        "/data": ("data.html", details.data),
        "/methods": ("methods.html", details.methods),
    }
    routes = [Route(path, desk.page(template, context)) for path, (template, context) in pages.items()]
    routes += [
        Route("/brands", desk.brand_chosen),
        Route("/mentions", desk.mentions),
        Route("/posts", desk.posts),
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

    def posts(self, request: Request) -> Response:
        """What a brand's accounts published."""
        asked = dict(request.query_params)
        return self._respond(request, asked, "posts.html", lambda page: rivals.posts(page, asked))

    def spike(self, request: Request) -> Response:
        wanted = request.path_params["id"]
        return self._respond(
            request, dict(request.query_params), "spike.html", lambda page: details.spike(page, wanted)
        )

    def hashtag(self, request: Request) -> Response:
        wanted = request.path_params["id"].lower()
        return self._respond(
            request, dict(request.query_params), "hashtag.html", lambda page: details.hashtag(page, wanted)
        )

    def export(self, request: Request) -> Response:
        form, view = request.path_params["form"], request.path_params["view"]
        asked = dict(request.query_params)
        try:
            page = self._open(asked, DEFAULT, "/export")
            if form not in FORMS:
                raise details.Unknown(form)
            if page.filters.is_outside and view not in OF_A_SPIKE and is_of_days(f"{view}.html", asked):
                covered = f"{page.facts.first_date} to {page.facts.last_date}"
                return PlainTextResponse(f"There is no such download: the exports cover {covered}.", 404)
            body = as_file(views(page, view, narrowing(asked), asked), form)
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
        code = (
            asked.get("lang")
            if asked.get("lang") in LANGUAGES
            else preferred(request.headers.get("accept-language", ""))
        )
        answer = self._answer(asked, code or DEFAULT, request.url.path, template, context)
        return Response(answer.body, answer.status, media_type="text/html", headers={"vary": "accept-language, cookie"})

    def _answer(self, asked: dict[str, str], code: str, path: str, template: str, context: Context) -> Answer:
        try:
            newest = self.releases.current_id()
            # The day is part of the key: "266 days old" must not outlive midnight.
            day = self.now().date()
            key = (newest, day, code, path, tuple(sorted(asked.items())))
            found = self.shelf.get(key)
            if found is None:
                page = self._open(asked, code, path)
                found = Answer(200, self._shown(page, asked, template, context))
                self.shelf.keep(key, found)
            return found
        except NoRelease as error:
            return Answer(404, problem(code, "problem.release", str(error)))
        except details.Unknown:
            return Answer(404, problem(code, "problem.unknown", ""))

    def _shown(self, page: Page, asked: Mapping[str, str], template: str, context: Context) -> bytes:
        if page.filters.is_outside and is_of_days(template, asked):
            kept = {name: value for name, value in asked.items() if name not in (*NAMES, "page")}
            return render("outside.html", page, {"parts": kept})
        return render(template, page, context(page))


def is_of_days(template: str, asked: Mapping[str, str]) -> bool:
    """Whether a page shows the days of the filter: one of a single spike or a span of hours has days of its own."""
    has_hours = template == "mentions.html" and ("since" in asked or "until" in asked)
    return template not in ("spike.html", "methods.html") and not has_hours


def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        return PlainTextResponse("There is no such file.", 404)
    plain, packed, _ = static_files()[name]
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type=STATIC[name], headers=headers | {"content-encoding": "gzip"})
    return Response(plain, media_type=STATIC[name], headers=headers)


def opened(app: Starlette) -> Release:
    """The release the app shows now, for tests and the benchmark."""
    found: Release = app.state.desk.releases.get()
    return found
