"""How an alert leaves the machine: a signed JSON POST, and an e-mail. A channel that fails is warned of, never raised.

Addresses and passwords come from the environment and appear in no message, log or warning.
"""

import hashlib
import hmac
import html
import json
import smtplib
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from urllib.parse import urlsplit

from warehouse.operations import AlertsSection, EmailSection, WebhookSection

# Waits between tries: three tries in all.
WAITS_SECONDS = (1.0, 4.0)
_PASSING_CODES = (408, 425, 429)
Secrets = Callable[[str], str | None]
Warn = Callable[[str], None]


class DeliveryFailed(RuntimeError):
    """The alert did not arrive; `again` says whether another try may help. The message names no address."""

    def __init__(self, message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.again = again


def deliver(body: dict[str, Any], declared: AlertsSection, secrets: Secrets, warn: Warn) -> list[str]:
    """Send through every declared channel; the names of those that took it. Never raises."""
    channels: dict[str, Callable[[], None]] = {}
    if declared.webhook is not None:
        webhook = declared.webhook
        channels["webhook"] = lambda: post(body, webhook, secrets)
    if declared.email is not None:
        email = declared.email
        channels["email"] = lambda: mail(body, email, secrets)
    taken = []
    for name, send in channels.items():
        try:
            _with_retries(send)
            taken.append(name)
        except DeliveryFailed as error:
            warn(f"alert not delivered by {name}: {error}")
        except Exception as error:
            # Whatever a channel does wrong, the run it reports on goes on. The message may quote an address.
            warn(f"alert not delivered by {name}: {type(error).__name__}")
    return taken


def _with_retries(send: Callable[[], None]) -> None:
    for wait in WAITS_SECONDS:
        try:
            return send()
        except DeliveryFailed as error:
            if not error.again:
                raise
            time.sleep(wait)
    return send()


def post(body: dict[str, Any], declared: WebhookSection, secrets: Secrets) -> None:
    """POST the body as JSON; raises DeliveryFailed. A redirect is not followed: it would carry the alert elsewhere."""
    url = secrets(declared.url_env)
    if not url:
        raise DeliveryFailed(f"the environment variable {declared.url_env} is not set")
    scheme = urlsplit(url).scheme.lower()
    if scheme != "https" and not (scheme == "http" and declared.allow_http):
        raise DeliveryFailed("its address is not https; alerts.webhook.allow_http allows http")
    headers = _headers(body, declared, secrets)
    request = urllib.request.Request(url, data=_encoded(body), method="POST", headers=headers)
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.HTTPSHandler(context=_context(declared.ca_file)))
    try:
        with opener.open(request, timeout=declared.timeout_seconds) as answer:
            answer.read(1024)
    except urllib.error.HTTPError as error:
        error.close()
        raise DeliveryFailed(
            f"it answered {error.code}", again=error.code >= 500 or error.code in _PASSING_CODES
        ) from None
    except urllib.error.URLError as error:
        untrusted = isinstance(error.reason, ssl.SSLCertVerificationError)
        told = "its certificate is not trusted" if untrusted else f"no answer ({type(error.reason).__name__})"
        raise DeliveryFailed(told, again=not untrusted) from None
    except OSError as error:
        raise DeliveryFailed(f"no answer ({type(error).__name__})", again=True) from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _encoded(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, sort_keys=True).encode()


def _headers(body: dict[str, Any], declared: WebhookSection, secrets: Secrets) -> dict[str, str]:
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "listening-pipeline",
        "X-Listening-Alert": body["alert_id"],
        "X-Listening-Timestamp": stamp,
    }
    if declared.secret_env is not None:
        secret = secrets(declared.secret_env)
        if not secret:
            raise DeliveryFailed(f"the environment variable {declared.secret_env} is not set")
        headers["X-Listening-Signature"] = signature(secret, stamp, _encoded(body))
    return headers


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`v1=` and the hexadecimal HMAC-SHA256 of `timestamp.body`: what a receiver computes to know who called."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _context(ca_file: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file)


def mail(body: dict[str, Any], declared: EmailSection, secrets: Secrets) -> None:
    """Send the body as an e-mail of text and HTML; raises DeliveryFailed. Never falls back to an unencrypted line."""
    try:
        with _mail_server(declared) as server:
            if declared.username_env is not None and declared.password_env is not None:
                user, password = secrets(declared.username_env), secrets(declared.password_env)
                if not user or not password:
                    raise DeliveryFailed(f"{declared.username_env} or {declared.password_env} is not set")
                server.login(user, password)
            server.send_message(message(body, declared))
    except smtplib.SMTPNotSupportedError:
        raise DeliveryFailed("the mail server does not offer what alerts.email.security asks for") from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise DeliveryFailed("it refused every recipient", again=all(400 <= code < 500 for code in codes)) from None
    except smtplib.SMTPResponseException as error:
        raise DeliveryFailed(f"it answered {error.smtp_code}", again=400 <= error.smtp_code < 500) from None
    except ssl.SSLCertVerificationError:
        raise DeliveryFailed("its certificate is not trusted") from None
    except OSError as error:
        raise DeliveryFailed(f"no answer ({type(error).__name__})", again=True) from None


@contextmanager
def _mail_server(declared: EmailSection) -> Iterator[smtplib.SMTP]:
    context, wait = _context(declared.ca_file), declared.timeout_seconds
    if declared.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(declared.host, declared.port, timeout=wait, context=context)
    else:
        server = smtplib.SMTP(declared.host, declared.port, timeout=wait)
    with server:
        if declared.security == "starttls":
            server.starttls(context=context)
        yield server


def message(body: dict[str, Any], declared: EmailSection) -> EmailMessage:
    """The e-mail: what the webhook gets, for people; HTML escaped, nothing to load."""
    mailed = EmailMessage(policy=SMTP)
    mailed["Subject"] = "".join(letter if letter.isprintable() else " " for letter in body["title"])[:200]
    mailed["From"] = declared.sender
    mailed["To"] = ", ".join(declared.to)
    mailed["Message-ID"] = f"<{body['alert_id']}@listening.invalid>"
    mailed["Auto-Submitted"] = "auto-generated"
    link = body["link"] or ""
    mailed.set_content(f"{body['title']}\n\n{body['text']}\n\n{link}\n".rstrip() + "\n")
    lines = "<br>\n".join(html.escape(line) for line in body["text"].splitlines())
    anchor = f'<p><a href="{html.escape(link, quote=True)}">{html.escape(link)}</a></p>' if link else ""
    mailed.add_alternative(f"<h2>{html.escape(body['title'])}</h2>\n<p>{lines}</p>\n{anchor}", subtype="html")
    return mailed
