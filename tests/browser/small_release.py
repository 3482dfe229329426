"""A small invented release, written straight from the contracts: eight weeks, three brands, one spike, hostile texts.

Every number in it follows from a fixed seed. `publish` can be called again for a second, different release.
"""

import random
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import yaml

from tests.browser import small_tables
from tests.browser.small_insight import insight_rows
from tests.browser.small_tables import BRANDS, DAYS, FIRST, HOSTILE, HOSTILE_LINKS, HOSTILE_TAGS
from warehouse.tables import mart
from warehouse.tables.contract import TableContract

_WORDS = ("kettle", "lid", "colour", "steam", "gift", "shop", "repair", "morning", "tea", "sofa")
_SPIKE_START = datetime(2026, 2, 17, 9)


def publish(
    root: Path, release_id: str = "20260302T060000-small", extra: int = 0, *, with_insight: bool = True
) -> Path:
    """Write a release with `extra` more mentions and point the workspace's link at it; returns its path.

    Without insight it has the listening tables only, as an early release had.
    """
    (root / "releases").mkdir(parents=True, exist_ok=True)
    (root / "listening.yaml").write_text(
        yaml.safe_dump(
            {"workspace": {"name": "Small & <i>tidy</i>"}, "brands": [{"id": b, "name": n} for b, n in BRANDS.items()]},
            allow_unicode=True,
        ),
        encoding="utf-8",
    )
    path = root / "releases" / f"listening-{release_id}.duckdb"
    mentions = list(_mentions(extra))
    tables: dict[TableContract, list[dict[str, Any]]] = {
        mart.MENTION: mentions,
        mart.SHARE_OF_VOICE_DAILY: list(_share(mentions)),
        mart.SENTIMENT_DAILY: [],
        mart.MENTION_VOLUME_HOURLY: list(_volume(mentions)),
        mart.TREND_SIGNAL_HOURLY: list(_signal(mentions)),
        mart.SPIKE: [_spike(mentions)],
        mart.COMPETITOR_POST: list(small_tables.posts()),
        mart.COMPETITOR_BENCHMARK_WEEKLY: [],
        mart.AUDIENCE_GROWTH_DAILY: list(small_tables.audience()),
        mart.TOP_MENTION_DAILY: [],
        mart.DATA_HEALTH_DAILY: list(small_tables.health(mentions)),
        mart.EXPORT_FILE: [small_tables.file(len(mentions))],
        mart.CHECK_RESULT: [small_tables.check()],
        mart.RELEASE: [small_tables.release(release_id, len(mentions))],
    }
    if with_insight:
        tables |= insight_rows(mentions)
    connection = duckdb.connect(str(path))
    for contract, rows in tables.items():
        connection.execute(contract.create_sql(f'"{contract.table}"'))
        frame = contract.conform(pl.DataFrame(rows, schema=contract.schema))
        connection.register("rows_of_table", frame.to_arrow())
        connection.execute(f'INSERT INTO "{contract.table}" BY NAME FROM rows_of_table').fetchall()
        connection.unregister("rows_of_table")
    connection.close()
    fresh = root / ".listening.duckdb.fresh"
    fresh.symlink_to(path.relative_to(root))
    fresh.replace(root / "listening.duckdb")
    return path


def _mentions(extra: int) -> Iterable[dict[str, Any]]:
    dice = random.Random(7)
    number = 0
    for day in range(DAYS):
        for brand, weight in zip(BRANDS, (22, 14, 9), strict=True):
            for _ in range(dice.randint(weight - 6, weight + 6)):
                at = datetime.combine(FIRST, datetime.min.time()) + timedelta(days=day, seconds=dice.randrange(82800))
                yield _mention(number, at, [brand], dice)
                number += 1
    for _ in range(180):
        at = _SPIKE_START + timedelta(seconds=dice.randrange(6 * 3600))
        yield _mention(number, at, ["nordlicht"], dice, labels=("negative",) * 3 + ("neutral",), tags=["kettlegate"])
        number += 1
    for place in range(30):
        at = datetime(2026, 2, 20, 8) + timedelta(minutes=place)
        yield _mention(number, at, ["nordlicht", "tavola"], dice, cluster="copied", copies=30)
        number += 1
    for place, text in enumerate((*HOSTILE, *HOSTILE)):
        at = datetime(2026, 2, 28, 12) + timedelta(minutes=place)
        link = HOSTILE_LINKS[place % len(HOSTILE_LINKS)]
        tags = [HOSTILE_TAGS[place % len(HOSTILE_TAGS)]]
        yield _mention(number, at, ["nordlicht"], dice, tags=tags) | {
            "mention_text": text,
            "title": text,
            "author_label": text[:200],
            "url": link,
            "engagement_count": 900_000 + place,
        }
        number += 1
    for place in range(extra):
        yield _mention(number + place, datetime(2026, 2, 26, 10, place % 60), ["tavola"], dice)


def _mention(
    number: int,
    at: datetime,
    brands: list[str],
    dice: random.Random,
    *,
    labels: tuple[str, ...] = ("positive", "positive", "neutral", "negative", "unscored"),
    tags: list[str] | None = None,
    cluster: str | None = None,
    copies: int = 1,
) -> dict[str, Any]:
    label = dice.choice(labels)
    text = (
        f"The {dice.choice(_WORDS)} of my {brands[0]} number {number}, {dice.choice(_WORDS)} and {dice.choice(_WORDS)}"
    )
    local = at + timedelta(hours=1)
    return {
        "mention_id": f"x:{number:06d}",
        "mention_date": local.date(),
        "published_at": at,
        "tz_basis_code": "explicit",
        "platform_code": dice.choice(("x", "x", "x", "reddit", "news")),
        "kind_code": "post",
        "brand_ids": brands,
        "url": f"https://posts.example/{number}",
        "author_id": f"author{dice.randrange(900):05d}",
        "is_owned": number % 97 == 0,
        "mention_text": text,
        "is_text_withheld": False,
        "language_code": dice.choice(("en", "en", "fr")),
        "sentiment_score": {"positive": 0.6, "neutral": 0.0, "negative": -0.6}.get(label),
        "sentiment_label": label,
        "like_count": dice.randrange(50),
        "engagement_count": dice.randrange(90),
        "hashtags": tags if tags is not None else [dice.choice(_WORDS)] if number % 3 == 0 else [],
        "is_question": number % 11 == 0,
        "is_complaint": number % 13 == 0,
        "has_purchase_intent": number % 40 == 0,
        "cluster_id": cluster or f"c{number}",
        "cluster_mention_count": copies,
        "original_mention_id": f"x:{number:06d}",
        "duplicate_kind_code": "unique",
        "source_codes": ["canonical_mentions"],
        "source_row_count": 1,
    }


def _counts(mentions: list[dict[str, Any]], key: str) -> Counter[tuple[Any, str]]:
    """How often each brand is named by others, by day or by hour."""
    found: Counter[tuple[Any, str]] = Counter()
    for mention in mentions:
        at = mention["published_at"].replace(minute=0, second=0)
        for brand in () if mention["is_owned"] else mention["brand_ids"]:
            found[(mention["mention_date"] if key == "day" else at, brand)] += 1
    return found


def _share(mentions: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    counts = _counts(mentions, "day")
    for day in (FIRST + timedelta(days=n) for n in range(DAYS)):
        for brand in BRANDS:
            yield {
                "mention_date": day,
                "platform_code": "all",
                "brand_id": brand,
                "brand_role_code": "own" if brand == "nordlicht" else "competitor",
                "panel_id": "panel",
                "mention_count": counts[(day, brand)],
                "deduplicated_count": 0,
                "distinct_author_count": 0,
                "panel_mention_count": sum(counts[(day, other)] for other in BRANDS),
            }


def _hours() -> Iterable[tuple[date, datetime]]:
    for hour in range(DAYS * 24):
        at = datetime.combine(FIRST, datetime.min.time()) + timedelta(hours=hour - 1)
        yield (at + timedelta(hours=1)).date(), at


def _volume(mentions: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    counts = _counts(mentions, "hour")
    for day, at in _hours():
        for brand in BRANDS:
            row = {"mention_date": day, "mention_hour_at": at, "platform_code": "all", "brand_id": brand}
            yield (
                row
                | {"mention_count": counts[(at, brand)]}
                | dict.fromkeys(("deduplicated_count", "negative_count", "unscored_count", "distinct_author_count"), 0)
            )


def _signal(mentions: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    counts = _counts(mentions, "hour")
    for day, at in _hours():
        yield {
            "mention_date": day,
            "mention_hour_at": at,
            "platform_code": "all",
            "brand_id": "nordlicht",
            "topic_id": "all",
            "metric_code": "mention_count",
            "is_deduplicated": False,
            "mention_count": counts[(at, "nordlicht")],
            "watched_count": counts[(at, "nordlicht")],
            "expected_count": 0.9,
            "expected_low_count": 0.0,
            "expected_high_count": 3.5,
            "is_alert": at == _SPIKE_START,
            "signal_status_code": "ok",
        }


def _spike(mentions: list[dict[str, Any]]) -> dict[str, Any]:
    end = _SPIKE_START + timedelta(hours=6)
    inside = [
        m
        for m in mentions
        if "nordlicht" in m["brand_ids"] and not m["is_owned"] and _SPIKE_START <= m["published_at"] < end
    ]
    return {
        "spike_id": "spike1",
        "brand_id": "nordlicht",
        "platform_code": "all",
        "topic_id": "all",
        "metric_code": "mention_count",
        "is_deduplicated": False,
        "started_at": _SPIKE_START,
        "peak_at": _SPIKE_START + timedelta(hours=1),
        "ended_at": end,
        "observed_count": len(inside),
        "expected_count": 5.4,
        "excess_count": len(inside) - 5.4,
        "spike_ratio": len(inside) / 5.4,
        "negative_ratio": 0.7,
        "severity_code": "high",
        "spike_state_code": "closed",
    }
