"""The weekly digest as files: one page without scripts, and one e-mail with its pictures inside."""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from dashboard.digest_charts import Picture, pictures
from dashboard.digest_content import Digest, content, last_complete_week
from dashboard.figures import brand_figures, daily
from dashboard.filters import parse
from dashboard.language import LANGUAGES, language
from dashboard.page import Page
from dashboard.releases import Releases
from dashboard.render import templates

STYLE = files("dashboard").joinpath("static", "digest.css").read_text(encoding="utf-8")


def write(
    root: Path,
    out: Path,
    *,
    lang: str = "en",
    brand: str | None = None,
    week: str | None = None,
    link: str | None = None,
    sender: str = "listening@localhost",
    to: tuple[str, ...] = (),
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[Path]:
    """Write `digest-<brand>-<Monday>-<lang>.html` and `.eml` into `out`; returns both paths.

    `link` is the dashboard's address, for links. Raises NoRelease before the first release, ValueError for a
    language, brand or week there is not.
    """
    releases = Releases(root)
    try:
        page = _page(releases, lang, brand, week, now())
        told = content(page)
        month = replace(page.filters, start=page.filters.end - timedelta(days=27))
        drawn = pictures(page, daily(page.release, month), brand_figures(page.release, page.filters))
    finally:
        releases.close()
    name = f"digest-{page.filters.brand}-{page.filters.start}-{lang}"
    out.mkdir(parents=True, exist_ok=True)
    html, mail = out / f"{name}.html", out / f"{name}.eml"
    html.write_bytes(as_page(told, drawn, lang, link))
    mail.write_bytes(as_mail(told, drawn, lang, link, sender, to, now()))
    return [html, mail]


def as_page(told: Digest, drawn: list[Picture], lang: str, link: str | None = None) -> bytes:
    """One HTML page with everything in it: SVG pictures as data, a policy that allows nothing else."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    sources = {p.name: "data:image/svg+xml;base64," + base64.b64encode(p.svg).decode() for p in drawn}
    return _html(told, drawn, sources, lang, link, policy).encode()


def as_mail(
    told: Digest, drawn: list[Picture], lang: str, link: str | None, sender: str, to: tuple[str, ...], now: datetime
) -> bytes:
    """An e-mail: plain text, and HTML whose pictures are parts of the message."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _one_line(told.title)
    message["From"] = _one_line(sender)
    if to:
        message["To"] = ", ".join(_one_line(address) for address in to)
    message["Date"] = format_datetime(now)
    seed = hashlib.sha256(f"{told.release_id} {told.title} {lang}".encode()).hexdigest()[:24]
    message["Message-ID"] = f"<{seed}@listening.invalid>"
    message.set_content(as_text(told, lang, link))
    names = {picture.name: f"{picture.name}.{seed}@listening.invalid" for picture in drawn}
    sources = {name: f"cid:{cid}" for name, cid in names.items()}
    message.add_alternative(_html(told, drawn, sources, lang, link, None), subtype="html")
    parts = message.get_payload()
    assert isinstance(parts, list)
    page = parts[1]
    assert isinstance(page, EmailMessage)
    for picture in drawn:
        page.add_related(
            picture.png,
            "image",
            "png",
            cid=f"<{names[picture.name]}>",
            filename=f"{picture.name}.png",
            disposition="inline",
        )
    return message.as_bytes()


def as_text(told: Digest, lang: str, link: str | None = None) -> str:
    """The same sections as plain text."""
    t, gap = language(lang).t, language(lang).gap
    lines = [told.title, "=" * min(len(told.title), 70), "", *told.trust, told.compared]

    def section(key: str, found: list[str]) -> None:
        lines.extend(["", t(key), "-" * len(t(key)), *found])

    section("digest.happened", [*told.happened, *(_figure(card, gap) for card in told.cards)])
    section("digest.why", [f"* {text} {reason}".rstrip() for text, reason in told.why] or [t("digest.no_spike")])
    section(
        "digest.rivals", [f"* {name}{language(lang).gap}: {share} {was}".rstrip() for name, share, was in told.rivals]
    )
    section(told.quotes_key, [f'* "{text}" ({where})' for text, where in told.quotes] or [t("mentions.none")])
    section("digest.sure", [f"* {text}" for text in told.sure])
    advice = [f"{n}. {a.text} {a.reason}".rstrip() + _where(a.link, link) for n, a in enumerate(told.advice, start=1)]
    section("digest.next", advice)
    lines += ["", t("digest.footer", id=told.release_id)]
    return "\n".join(lines) + "\n"


def _page(releases: Releases, lang: str, brand: str | None, week: str | None, now: datetime) -> Page:
    if lang not in LANGUAGES:
        raise ValueError(f"there is no digest in {lang!r}; choose one of {', '.join(LANGUAGES)}")
    release = releases.get()
    facts = release.facts
    if brand is not None and brand not in facts.brand_ids:
        raise ValueError(f"the release knows no brand {brand!r}; it knows {', '.join(facts.brand_ids)}")
    try:
        day = date.fromisoformat(week) if week else last_complete_week(facts)
    except ValueError:
        raise ValueError(f"{week!r} is no day of a week; write one like 2026-02-23") from None
    monday = day - timedelta(days=day.weekday())
    if monday + timedelta(days=6) < facts.first_date or monday > facts.last_date:
        raise ValueError(f"the release covers {facts.first_date} to {facts.last_date}: not the week of {monday}")
    asked = {"brand": brand or facts.own_brand, "from": facts.first_date.isoformat()}
    chosen = replace(parse(asked, facts), start=monday, end=monday + timedelta(days=6), lang=lang)
    return Page(release, chosen, language(lang), now.astimezone(facts.zone).date(), "/", facts.release_id)


def _html(
    told: Digest, drawn: list[Picture], sources: dict[str, str], lang: str, link: str | None, policy: str | None
) -> str:
    base = link.rstrip("/") if link and re.match(r"https?://", link) else None
    return templates().get_template("digest.html").render(
        told=told,
        pictures={picture.name: (sources[picture.name], picture.alt) for picture in drawn},
        language=language(lang),
        t=language(lang).t,
        base=base,
        policy=policy,
        style=Markup(STYLE),
    )  # fmt: skip


def _figure(card: object, gap: str) -> str:
    title, value, change, verdict = (getattr(card, name) for name in ("title", "value", "change", "verdict_text"))
    return f"* {title}{gap}: {value} {change} {verdict}".rstrip()


def _where(path: str | None, link: str | None) -> str:
    return f"\n   {link.rstrip('/')}{path}" if path and link else ""


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)[:200]
