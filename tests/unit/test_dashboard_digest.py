"""The weekly digest: the same sections every week, safe to open and to forward."""

import html
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from dashboard.digest import write
from tests.browser.small_release import publish

GOLDEN = Path(__file__).parents[1] / "golden" / "digest"
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("digest")
    publish(root)
    return root


def digest(root: Path, lang: str = "en", week: str | None = "2026-02-17", **more: str) -> tuple[bytes, EmailMessage]:
    page, mail = write(root, root / "out", lang=lang, week=week, now=lambda: NOW, to=("team@brand.example",), **more)
    message = message_from_bytes(mail.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return page.read_bytes(), message


def body(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_text_is_the_one_an_analyst_has_read(workspace: Path, lang: str) -> None:
    _, message = digest(workspace, lang)
    assert body(message, "plain") == (GOLDEN / f"week-{lang}.txt").read_text(encoding="utf-8")


def test_the_page_is_small_and_asks_nobody_for_anything(workspace: Path) -> None:
    page = digest(workspace)[0].decode()
    assert len(page) < 150_000
    assert "<script" not in page
    policy = html.unescape(re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)[0])
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert re.findall(r'(?:src|href)="(?!data:image/svg)[^"]*"', page) == []


def test_hostile_texts_are_quoted_as_texts(workspace: Path) -> None:
    page, message = digest(workspace, week="2026-02-28")
    for text in (page.decode(), body(message, "html")):
        assert "&lt;" in text
        assert not re.search(r"<(script|iframe|svg|img src=\"(?!data:|cid:)|base|b>)", text)
    assert "\n" not in message["Subject"]


def test_every_picture_of_the_mail_is_inside_it(workspace: Path) -> None:
    _, message = digest(workspace)
    named = set(re.findall(r'src="cid:([^"]+)"', body(message, "html")))
    parts = {str(part["Content-ID"]).strip("<>"): part for part in message.walk() if part["Content-ID"]}
    assert named == set(parts) and len(named) == 2
    assert all(part.get_content().startswith(b"\x89PNG") for part in parts.values())
    assert len(message.as_bytes()) < 300_000


def test_links_lead_to_the_dashboard_only_when_it_is_named(workspace: Path) -> None:
    assert b"<a " not in digest(workspace)[0]
    page, message = digest(workspace, link="http://dashboard.example:8321/")
    assert b'href="http://dashboard.example:8321/mentions?' in page
    assert "http://dashboard.example:8321/mentions?" in body(message, "plain")
    assert b"<a " not in digest(workspace, link="javascript:alert(1)")[0]


def test_without_a_week_the_last_complete_one_is_told(workspace: Path) -> None:
    assert "16 Feb – 22 Feb 2026" in digest(workspace, week=None)[1]["Subject"]


def test_a_quiet_week_says_so(workspace: Path) -> None:
    text = body(digest(workspace, week="2026-01-20", brand="pico_bello")[1], "plain")
    assert "No spike this week" in text


@pytest.mark.parametrize(
    "wrong", [{"lang": "de"}, {"brand": "nobody"}, {"week": "2020-01-01"}, {"week": "soon"}, {"lang": "../x"}]
)
def test_what_there_is_not_is_refused(workspace: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        digest(workspace, **wrong)
