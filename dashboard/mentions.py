"""The posts behind a number: which ones, in what order, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from dashboard.filters import Filters
from dashboard.releases import Release

PAGE = 50
EXPORTED_ROWS = 100_000
KINDS = {
    "question": "is_question",
    "complaint": "is_complaint",
    "asked": "(is_question OR is_complaint)",
    "purchase": "has_purchase_intent",
}
# How a post came about: written by its author, passed on, or said in answer to somebody.
FORMS = {
    "own": ("post", "article"),
    "share": ("repost", "quote"),
    "answer": ("reply", "comment"),
    "joined": ("repost", "quote", "reply", "comment"),
}
ORDERS = {
    "newest": "published_at DESC, mention_row DESC",
    "oldest": "published_at, mention_row",
    "engagement": "engagement_count DESC NULLS LAST, published_at DESC, mention_row",
    "loudest": "voice_count DESC, author_key, published_at DESC, mention_row",
}
SHOWN = (
    *("mention_id", "published_at", "platform_code", "kind_code", "brand_ids", "url", "author_id", "author_label"),
    *("author_follower_count", "mention_text", "title", "is_text_withheld", "language_code", "sentiment_score"),
    *("sentiment_label", "vendor_sentiment_label", "like_count", "share_count", "comment_count", "view_count"),
    *("engagement_count", "hashtags", "is_question", "is_complaint", "has_purchase_intent", "cluster_id"),
    *("cluster_mention_count", "duplicate_kind_code"),
)


_TOWARDS = ("sentiment_label", "sentiment_score")


@dataclass(frozen=True)
class Narrowing:
    """What a drill-down adds to the filters; `brand` None means any brand of the panel."""

    any_brand: bool = False
    tag: str | None = None
    cluster: str | None = None
    author: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    kind: str | None = None
    form: str | None = None
    country: str | None = None
    mention: str | None = None
    term: str | None = None
    only_copies: bool = False
    words: str | None = None
    order: str = "newest"
    page: int = 1

    def parts(self) -> dict[str, str | None]:
        """As parts of an address, without the page."""
        return {
            "any": "1" if self.any_brand else None,
            "tag": self.tag,
            "cluster": self.cluster,
            "author": self.author,
            "since": self.since.strftime("%Y-%m-%dT%H:%M") if self.since else None,
            "until": self.until.strftime("%Y-%m-%dT%H:%M") if self.until else None,
            "kind": self.kind,
            "form": self.form,
            "country": self.country,
            "id": self.mention,
            "term": self.term,
            "copies": "1" if self.only_copies else None,
            "q": self.words,
            "sort": self.order if self.order != "newest" else None,
        }


def narrowing(asked: Mapping[str, str]) -> Narrowing:
    """The drill-down in an address; what cannot be understood is left out."""
    page = asked.get("page", "1")
    return Narrowing(
        any_brand=asked.get("any") == "1",
        tag=(asked.get("tag") or "").removeprefix("#").lower()[:200] or None,
        cluster=(asked.get("cluster") or "")[:200] or None,
        author=(asked.get("author") or "")[:200] or None,
        since=_instant(asked.get("since")),
        until=_instant(asked.get("until")),
        kind=asked["kind"] if asked.get("kind") in KINDS else None,
        form=asked["form"] if asked.get("form") in FORMS else None,
        country=(asked.get("country") or "")[:20] or None,
        mention=(asked.get("id") or "")[:200] or None,
        term=(asked.get("term") or "").strip()[:100] or None,
        only_copies=asked.get("copies") == "1",
        words=(asked.get("q") or "").strip()[:200] or None,
        order=asked["sort"] if asked.get("sort") in ORDERS else "newest",
        page=max(int(page[:9]), 1) if page.isdecimal() else 1,
    )


def mention_count(release: Release, filters: Filters, narrow: Narrowing) -> int:
    """How many posts there are."""
    sql, values = _chosen(filters, narrow)
    return int(release.rows(f"SELECT count(*) FROM ({sql})", values)[0][0])  # noqa: S608


def mention_page(release: Release, filters: Filters, narrow: Narrowing, limit: int = PAGE) -> list[dict[str, Any]]:
    """One page of posts or its first few, each with the columns of `SHOWN` and `link` (None unless http or https)."""
    found = _posts(release, filters, narrow, min(limit, PAGE), (narrow.page - 1) * PAGE).to_dicts()
    for post in found:
        post["link"] = safe_link(post["url"])
    return found


def mention_frame(release: Release, filters: Filters, narrow: Narrowing) -> pl.DataFrame:
    """All of them for an export, at most `EXPORTED_ROWS`, in the same order; lists joined by a space."""
    found = _posts(release, filters, narrow, EXPORTED_ROWS, 0)
    return found.with_columns(pl.col("brand_ids", "hashtags").list.join(" "))


def safe_link(url: str | None) -> str | None:
    """The address if a browser may be sent there: http or https with a host, nothing else."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    is_plain = all(letter.isprintable() and not letter.isspace() for letter in url)
    return url if is_plain and parts.scheme in ("http", "https") and parts.hostname else None


def _posts(release: Release, filters: Filters, narrow: Narrowing, limit: int, offset: int) -> pl.DataFrame:
    """Posts in order; wide rows are fetched for the chosen few only, sentiment is that towards the focus brand."""
    sql, values = _chosen(filters, narrow)
    order = ORDERS[narrow.order]
    if narrow.order == "loudest":
        # How often the author speaks within what is listed; nobody knows it of an unknown one.
        sql = f"SELECT *, count(author_key) OVER (PARTITION BY author_key) AS voice_count FROM ({sql})"  # noqa: S608
    top = f"SELECT * FROM ({sql}) ORDER BY {order} LIMIT {int(limit)} OFFSET {int(offset)}"  # noqa: S608
    chosen = release.frame(
        f"""SELECT mention_row, sentiment_label::VARCHAR AS sentiment_label, sentiment_score,
          row_number() OVER (ORDER BY {order}) AS place FROM ({top})""",  # noqa: S608
        values,
    )
    columns = ", ".join(f"m.{name}" for name in SHOWN if name not in _TOWARDS)
    source = f"SELECT {columns}, m.rowid AS mention_row FROM r.mention m"  # noqa: S608
    if chosen.height <= PAGE:
        listed = ", ".join(str(int(row)) for row in chosen["mention_row"]) or "-1"
        found = release.frame(f"{source} WHERE m.rowid IN ({listed})")
    else:
        found = release.frame(f"{source} JOIN ({top}) t ON m.rowid = t.mention_row", values)
    return chosen.join(found, on="mention_row").sort("place").select(SHOWN)


def _chosen(filters: Filters, narrow: Narrowing) -> tuple[str, list[object]]:
    """The rows of `vote` that are meant, one per post."""
    condition, values = filters.where()
    if narrow.since or narrow.until:
        # An exact span of hours: the days around it are only how the reader got here.
        values[:2] = [datetime.min.date().replace(year=1000), datetime.max.date()]
    for name, sign, instant in (("published_at", ">=", narrow.since), ("published_at", "<", narrow.until)):
        if instant:
            condition += f" AND {name} {sign} ?"
            values.append(instant)
    if narrow.only_copies:
        condition += " AND NOT is_alone"
    if narrow.kind:
        condition += f" AND {KINDS[narrow.kind]}"
    text, bound = _on_mention(narrow)
    if text:
        condition += f" AND mention_row IN (SELECT rowid FROM r.mention WHERE {text})"  # noqa: S608
        values += bound
    sql = f"SELECT * FROM vote WHERE {condition}"  # noqa: S608
    if narrow.any_brand:
        sql += " QUALIFY row_number() OVER (PARTITION BY mention_row ORDER BY brand_id) = 1"
        return sql, values
    sql += " AND brand_id = ?"
    values.append(filters.brand)
    if filters.is_deduplicated:
        sql += (
            " QUALIFY is_alone OR row_number() OVER (PARTITION BY cluster_key ORDER BY published_at, mention_row) = 1"
        )
    return sql, values


def _on_mention(narrow: Narrowing) -> tuple[str, list[object]]:
    parts: list[str] = []
    values: list[object] = []
    for condition, value in (
        ("list_contains(hashtags, ?)", narrow.tag),
        ("cluster_id = ?", narrow.cluster),
        ("author_id = ?", narrow.author),
        ("country_code = ?", narrow.country),
        ("mention_id = ?", narrow.mention),
    ):
        if value:
            parts.append(condition)
            values.append(value)
    if narrow.form:
        parts.append("list_contains(?, kind_code)")
        values.append(list(FORMS[narrow.form]))
    if narrow.term:
        # A whole word: no letter or figure stands on either side of it.
        parts.append("regexp_matches(lower(concat_ws(' ', title, mention_text)), ?)")
        values.append(rf"(^|[^\p{{L}}\p{{N}}]){_literal(narrow.term.lower())}($|[^\p{{L}}\p{{N}}])")
    if narrow.words:
        parts.append("contains(lower(concat_ws(' ', title, mention_text)), lower(?))")
        values.append(narrow.words)
    return " AND ".join(parts), values


def _literal(text: str) -> str:
    """The text as a pattern of RE2 that matches nothing but itself."""
    return "".join(letter if letter.isalnum() else f"\\x{{{ord(letter):x}}}" for letter in text)


def _instant(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found.astimezone(UTC).replace(tzinfo=None) if found and found.tzinfo else found
