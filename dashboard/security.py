"""Who may ask, and what a browser may do with the answer: host check, token, headers. Plain ASGI, before everything."""

import hashlib
import hmac
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("localhost", "127.0.0.1", "::1")
COOKIE = "listening_token"
# Everything comes from this server; pictures of charts are data: addresses made in the page.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "x-robots-tag": "noindex, nofollow",
}


class Guard:
    """Turns away foreign hosts (a page elsewhere that points its name here) and, with a token, anyone without it."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], token: str | None) -> None:
        self.app = app
        self.hosts = hosts
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store" if self.token else "private, no-cache")
            await send(message)

        await (self._refusal(scope) or self.app)(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        if host_name(headers.get("host", "")) not in self.hosts:
            return PlainTextResponse("This address is not one the dashboard answers to; see --allow-host.", 400)
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("The dashboard only reads.", 405)
        if self.token is None or _holds(headers, self.token):
            return None
        asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = next((value for name, value in asked if name == "token"), "")
        if not hmac.compare_digest(given.encode(), self.token.encode()):
            return PlainTextResponse(
                "Open the address the dashboard printed when it started: it carries the token.", 401
            )
        # The token leaves the address bar (and the history, and any copied link) at once.
        rest = urlencode([(name, value) for name, value in asked if name != "token"])
        answer = RedirectResponse(scope["path"] + (f"?{rest}" if rest else ""), 303)
        answer.set_cookie(COOKIE, _digest(self.token), httponly=True, samesite="strict", path="/")
        return answer


def host_name(host: str) -> str:
    """The name in a Host header, without its port and brackets, in lower case."""
    name = host.strip().lower()
    if name.startswith("["):
        return name[1:].split("]")[0]
    return name.rsplit(":", 1)[0] if name.count(":") == 1 else name


def _holds(headers: Headers, token: str) -> bool:
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return False
    held = cookies[COOKIE].value if COOKIE in cookies else ""
    return hmac.compare_digest(held.encode(), _digest(token).encode())


def _digest(token: str) -> str:
    return hashlib.sha256(b"listening dashboard " + token.encode()).hexdigest()
