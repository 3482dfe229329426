"""Sections from tables that a release may or may not publish: why spikes happened, what is rising, which hashtags are
safe to join, who stands by the brand.

Each function gives nothing where the release has no such table: a section that is not there was never made up.
"""

import re
from typing import Any

from dashboard import spikes
from dashboard.page import UNFILTERED, Page
from dashboard.releases import Release
from warehouse.tables.columns import ALL_PLATFORMS

_TERMS, _PEOPLE, _DRIVERS = 12, 8, 6
_DIMENSIONS = ("hashtag", "term", "platform", "link", "cluster", "author", "country")
# A driver of less than this part of the excess is nothing to look at.
_NOTABLE = 0.03


def publishes(release: Release, table: str, *columns: str) -> bool:
    """Whether the release has that table with rows and those columns."""
    return set(columns) <= set(release.columns(table)) and release.has(table)


def explanation(page: Page, spike_id: str) -> dict[str, Any] | None:
    """The release's own sentence about a spike."""
    text = f"sentence_{page.language.code}_text"
    if not publishes(page.release, "spike_explanation", "spike_id", text):
        return None
    rows = page.release.dicts("FROM r.spike_explanation WHERE spike_id = ?", [spike_id])
    if not rows:
        return None
    return rows[0] | {"sentence": rows[0][text]}


def drivers(page: Page, row: dict[str, Any]) -> list[dict[str, Any]]:
    """What a spike's extra mentions are made of, dimension by dimension; within one the parts add up to the excess.

    Dimensions in which nothing stands out are left out.
    """
    names = ("spike_id", "dimension_code", "driver_rank", "driver_text", "is_other", "driver_mention_count")
    if not publishes(page.release, "spike_driver", *names, "contribution_count", "contribution_share_ratio"):
        return []
    found: dict[str, list[dict[str, Any]]] = {dimension: [] for dimension in _DIMENSIONS}
    for part in page.release.dicts("FROM r.spike_driver WHERE spike_id = ? ORDER BY driver_rank", [row["spike_id"]]):
        found.setdefault(part["dimension_code"], []).append(part)
    return [
        {"name": page.language.word("dimension", dimension), "rows": _parts(page, row, parts)}
        for dimension, parts in found.items()
        if any((part["contribution_share_ratio"] or 0) >= _NOTABLE for part in parts if not part["is_other"])
    ]


def _parts(page: Page, row: dict[str, Any], parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The strongest drivers of a dimension, and everything else in one line."""
    named = [part for part in parts if not part["is_other"]]
    shown, left = named[:_DRIVERS], [*named[_DRIVERS:], *(part for part in parts if part["is_other"])]
    language = page.language
    rows = [_driver(page, row, part) for part in shown]
    whole = spike_mentions(page, row)
    if left:
        extra = sum(part["contribution_count"] or 0.0 for part in left)
        share = sum(part["contribution_share_ratio"] or 0.0 for part in left)
        rest = {"text": language.t("driver.rest"), "count": "", "link": whole}
        rows.append(rest | {"contribution": language.count(extra), "share": language.percent(share)})
    return rows


def spike_mentions(page: Page, row: dict[str, Any], **changes: str | None) -> str:
    """The mentions of a spike."""
    platform = None if row["platform_code"] == ALL_PLATFORMS else row["platform_code"]
    topic = row.get("topic_id", "all")
    parts = {"brand": row["brand_id"], "platform": platform, "topic": None if topic == "all" else topic}
    parts["sentiment"] = "negative" if row.get("metric_code") == "negative_ratio" else None
    parts |= changes
    return page.mentions_of_hours(row["started_at"], spikes.ends(row), **parts)


def _driver(page: Page, row: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    language, dimension, text = page.language, part["dimension_code"], part["driver_text"]
    narrowing = {"platform": "platform", "hashtag": "tag", "author": "author", "cluster": "cluster"}
    narrowing |= {"term": "term", "link": "q", "country": "country"}
    link = spike_mentions(page, row, **{narrowing[dimension]: text}) if dimension in narrowing and text else None
    return {
        "text": _driver_text(page, dimension, text) if text else language.t("unknown"),
        "count": language.count(part["driver_mention_count"]),
        "contribution": language.count(part["contribution_count"]),
        "share": language.percent(part["contribution_share_ratio"]),
        "link": link,
    }


def _driver_text(page: Page, dimension: str, text: str) -> str:
    match dimension:
        case "platform":
            return page.language.word("platform", text)
        case "country":
            return page.language.word("country", text)
        case "hashtag":
            return f"#{text}"
        case "author":
            return page.language.t("post.author", id=text[:6])
        case "cluster":
            sql = (
                "SELECT coalesce(mention_text, title) FROM r.mention WHERE cluster_id = ? ORDER BY published_at LIMIT 1"
            )
            found = page.release.rows(sql, [text])
            return str(found[0][0])[:120] if found and found[0][0] else text
    return text


def rising(page: Page) -> list[dict[str, Any]]:
    """Terms, hashtags and topics of the focus brand that are new or rising on a day of the period, strongest first.

    Counted on all platforms, languages and sentiments, copies once: so are the mentions a row opens.
    """
    names = ("mention_date", "brand_id", "term_kind_code", "term_text", "term_state_code", "term_post_count")
    if not publishes(page.release, "topic_daily", *names, "trend_score"):
        return []
    chosen, language = page.filters, page.language
    rows = page.release.dicts(
        "SELECT term_kind_code, term_text, max_by(mention_date, trend_score) AS day, max(trend_score) AS score, "
        "max_by(term_state_code, trend_score) AS state, max_by(term_post_count, trend_score) AS count "
        "FROM r.topic_daily WHERE brand_id = ? AND mention_date BETWEEN ? AND ? "
        "AND term_state_code IN ('new', 'rising') AND trend_score IS NOT NULL "
        "GROUP BY ALL ORDER BY score DESC, term_text LIMIT ?",
        [chosen.brand, chosen.start, chosen.end, _TERMS],
    )
    asked = {"hashtag": "tag", "word": "term", "topic": "topic"}
    counted: dict[str, str | None] = dict.fromkeys(("platform", "topic", "language", "sentiment"))
    counted["count"] = "deduplicated"
    return [
        {
            "text": f"#{row['term_text']}" if row["term_kind_code"] == "hashtag" else _topic(page, row),
            "kind": language.word("term", row["term_kind_code"]),
            "state": language.word("term_state", row["state"]),
            "day": language.day(row["day"]),
            "count": language.count(row["count"]),
            "link": page.mentions_of_days(
                row["day"], row["day"], **(counted | {asked[row["term_kind_code"]]: row["term_text"]})
            )
            if row["term_kind_code"] != "topic" or row["term_text"] in page.facts.topic_names
            else None,
        }
        for row in rows
    ]


def _topic(page: Page, row: dict[str, Any]) -> str:
    text = str(row["term_text"])
    return page.facts.declared_topics.get(text, text) if row["term_kind_code"] == "topic" else text


def verdicts(page: Page) -> dict[str, dict[str, Any]]:
    """Hashtag → the newest verdict of the period on joining it: `code`, `word`, `reasons`, `beside`, `day`."""
    names = ("mention_date", "hashtag_text", "verdict_code", "reason_texts", "co_terms")
    if not publishes(page.release, "hashtag_context", *names):
        return {}
    rows = page.release.dicts(
        "FROM r.hashtag_context WHERE mention_date BETWEEN ? AND ? "
        "QUALIFY row_number() OVER (PARTITION BY hashtag_text ORDER BY mention_date DESC) = 1",
        [page.filters.start, page.filters.end],
    )
    return {
        row["hashtag_text"]: {
            "code": row["verdict_code"],
            "word": page.language.word("verdict_hashtag", row["verdict_code"]),
            "reasons": [told(page, text) for text in row["reason_texts"]],
            "beside": row["co_terms"][:8],
            "day": page.language.day(row["mention_date"]),
        }
        for row in rows
    }


# The sentences of the release about hashtags, as patterns: the catalogue has each in every language.
_TOLD = (
    ("reason.crisis", r"words of crisis or mourning in (?P<n>\d+) of (?P<total>\d+) posts \((?P<terms>.*)\)"),
    ("reason.negative_before", r"(?P<n>\d+) of (?P<total>\d+) scored posts are negative \((?P<before>\d+) % before\)"),
    ("reason.negative", r"(?P<n>\d+) of (?P<total>\d+) scored posts are negative"),
    ("reason.shift", r"its usual words are missing from (?P<ratio>\d+) % of the posts that would use them"),
    ("reason.new", r"new here: (?P<n>\d+) posts in the four weeks before"),
    ("reason.few_posts", r"only (?P<n>\d+) different posts"),
    ("reason.few_authors", r"only (?P<n>\d+) known authors"),
    ("reason.unscored", r"mood unknown in (?P<ratio>\d+) % of the posts: no lexicon for their language"),
)


def told(page: Page, text: str) -> tuple[str, bool]:
    """A reason in the reader's language, and whether it is: one the catalogue does not know stays as it was written."""
    for key, pattern in _TOLD:
        found = re.fullmatch(pattern, text, re.DOTALL)
        if found:
            values = {f"{name}_": value for name, value in found.groupdict().items()}
            return page.language.t(key, **values), True
    return text, page.language.code == "en"


def people(page: Page) -> list[dict[str, Any]]:
    """Authors who stand by the focus brand, or keep speaking against it."""
    names = ("brand_id", "author_id", "author_role_code", "author_mention_count", "defence_count", "active_week_count")
    if not publishes(page.release, "ambassador", *names, "positive_count", "negative_count"):
        return []
    language = page.language
    rows = page.release.dicts(
        "FROM r.ambassador WHERE brand_id = ? "
        "ORDER BY author_role_code, defence_count DESC, author_mention_count DESC, author_id",
        [page.filters.brand],
    )
    shown: list[dict[str, Any]] = []
    for role in ("ambassador", "detractor"):
        shown += [row for row in rows if row["author_role_code"] == role][:_PEOPLE]
    first, last = page.facts.first_date.isoformat(), page.facts.last_date.isoformat()
    everything: dict[str, str | None] = {**UNFILTERED, "from": first, "to": last, "period": None}
    praise, blame = everything | {"sentiment": "positive"}, everything | {"sentiment": "negative"}
    return [
        {
            "name": language.t("post.author", id=row["author_id"][:6]),
            "link": page.mentions(author=row["author_id"], **everything),
            "positive_link": page.mentions(author=row["author_id"], **praise),
            "negative_link": page.mentions(author=row["author_id"], **blame),
            "defence_link": page.mentions(author=row["author_id"], form="answer", **praise),
            "role": language.word("role", row["author_role_code"]),
            "mentions": language.count(row["author_mention_count"]),
            "weeks": language.count(row["active_week_count"]),
            "positive": language.count(row["positive_count"]),
            "negative": language.count(row["negative_count"]),
            "defences": language.count(row["defence_count"]),
        }
        for row in shown
    ]
