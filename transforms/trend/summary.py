"""What a spike was: whose voice, where it came from, which posts stand for it; told in sentences."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from transforms.trend.drivers import BASELINE_DAYS, spike_mentions, top_drivers
from transforms.trend.sentence import LOUD_ACCOUNTS, Facts, english, french

LOUD_RATIO = 0.5
"""A few loud accounts: five of them bring half of the excess."""
ROBOT_POSTS_PER_HOUR = 6
ROBOT_RATIO = 0.5
"""Automated: accounts that post more than every ten minutes for as long as they post bring half of the mentions."""
COPY_SIZE = 3
COPY_RATIO = 0.5
"""Copies: texts that occur at least three times make half of the mentions."""
WORTH_SAYING = 0.2
"""A share of the mentions below a fifth does not make it into the sentence."""

MAX_TAG = 50
VOICES = ("organic", "few_accounts", "automated", "copies")
_PLATFORMS = {"x": "X", "youtube": "YouTube", "linkedin": "LinkedIn", "tiktok": "TikTok", "hackernews": "Hacker News"}
_SCHEMA = {
    "spike_id": pl.String(),
    "distinct_author_count": pl.Int64(),
    "loudest_author_ratio": pl.Float64(),
    "automated_ratio": pl.Float64(),
    "copy_ratio": pl.Float64(),
    "voice_code": pl.String(),
    "negative_ratio": pl.Float64(),
    "origin_mention_id": pl.String(),
    "representative_mention_ids": pl.List(pl.String()),
    "sentence_en_text": pl.String(),
    "sentence_fr_text": pl.String(),
}


def spike_summaries(
    mentions: pl.DataFrame, spikes: pl.DataFrame, drivers: pl.DataFrame, *, zone: str = "UTC"
) -> pl.DataFrame:
    """One row per spike: whose voice it is, and a sentence in English and in French; dates are of `zone`.

    `loudest_author_ratio` is the share of the excess that the five strongest accounts contribute, `automated_ratio`
    the share of mentions by accounts that post more often than every ten minutes, `copy_ratio` the share that is one
    of three or more copies. `voice_code` is `automated`, `few_accounts`, `copies` or `organic`, in this order of
    precedence. `origin_mention_id` is the first mention of the strongest cluster of copies, if that is a fifth of
    the spike. The sentences hold words of strangers (one hashtag or two terms, letters and digits only): text, not
    markup.
    """
    rows = []
    for spike in spikes.iter_rows(named=True):
        members = spike_mentions(mentions, spike, BASELINE_DAYS).filter("is_during")
        rows.append(_summary(members, spike, drivers, ZoneInfo(zone)))
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def _summary(members: pl.DataFrame, spike: dict[str, Any], drivers: pl.DataFrame, zone: ZoneInfo) -> dict[str, Any]:
    loudest = top_drivers(drivers, spike["spike_id"], "author")[:LOUD_ACCOUNTS]
    loud = sum(max(author["contribution_ratio"] or 0.0, 0.0) for author in loudest)
    automated, copies = _automated(members), _copies(members)
    voice = "organic"
    if members.height:
        checks = (("automated", (automated or 0) >= ROBOT_RATIO), ("few_accounts", loud >= LOUD_RATIO))
        voice = next((name for name, holds in (*checks, ("copies", (copies or 0) >= COPY_RATIO)) if holds), voice)
    origin, origin_at, origin_ratio = _origin(members, drivers, spike["spike_id"])
    negative = _negative(members)
    facts = Facts(
        day=spike["started_at"].astimezone(zone),
        observed=spike["observed_count"],
        ratio=spike["spike_ratio"],
        negative=negative,
        **_subject(drivers, spike),
        **_platform(drivers, spike),
        origin_at=origin_at.astimezone(zone) if origin_at else None,
        origin_ratio=origin_ratio,
        voice=voice,
        metric=spike.get("metric_code") or "mention_count",
        is_deduplicated=bool(spike.get("is_deduplicated")),
        topic=spike.get("topic_id") if spike.get("topic_id") != "all" else None,
    )
    return {
        "spike_id": spike["spike_id"],
        "distinct_author_count": _distinct(members),
        "loudest_author_ratio": min(loud, 1.0) if loudest else None,
        "automated_ratio": automated,
        "copy_ratio": copies,
        "voice_code": voice,
        "negative_ratio": negative,
        "origin_mention_id": origin,
        "representative_mention_ids": _representative(members),
        "sentence_en_text": english(facts),
        "sentence_fr_text": french(facts),
    }


def _distinct(members: pl.DataFrame) -> int | None:
    return members["author_id"].drop_nulls().n_unique() if "author_id" in members.columns else None


def _negative(members: pl.DataFrame) -> float | None:
    if "sentiment_label" not in members.columns:
        return None
    scored = members.filter(pl.col("sentiment_label") != "unscored")
    return scored.filter(pl.col("sentiment_label") == "negative").height / scored.height if scored.height else None


def _automated(members: pl.DataFrame) -> float | None:
    """Share of mentions by accounts whose own posts follow each other faster than a person keeps up."""
    if "author_id" not in members.columns or not members.height:
        return None
    at = pl.col("published_at")
    pace = members.drop_nulls("author_id").group_by("author_id").agg(
        posts=pl.len(), hours=(at.max() - at.min()).dt.total_seconds() / 3600
    )  # fmt: skip
    robots = pace.filter(
        (pl.col("posts") > ROBOT_POSTS_PER_HOUR) & (pl.col("posts") > ROBOT_POSTS_PER_HOUR * pl.col("hours"))
    )
    return float(robots["posts"].sum()) / members.height


def _copies(members: pl.DataFrame) -> float | None:
    if "cluster_id" not in members.columns or not members.height:
        return None
    sizes = members.drop_nulls("cluster_id").group_by("cluster_id").len()
    return float(sizes.filter(pl.col("len") >= COPY_SIZE)["len"].sum()) / members.height


def _origin(members: pl.DataFrame, drivers: pl.DataFrame, spike_id: str) -> tuple[str | None, datetime | None, float]:
    """First mention of the strongest cluster of copies, when it was, and the cluster's share of the mentions."""
    clusters = top_drivers(drivers, spike_id, "cluster")
    if not clusters or clusters[0]["mention_ratio"] < WORTH_SAYING or clusters[0]["mention_count"] < COPY_SIZE:
        return None, None, 0.0
    first = members.filter(pl.col("cluster_id").cast(pl.String) == clusters[0]["driver_text"])
    row = first.sort("published_at", "mention_id").row(0, named=True)
    return str(row["mention_id"]), row["published_at"], float(clusters[0]["mention_ratio"])


def _subject(drivers: pl.DataFrame, spike: dict[str, Any]) -> dict[str, Any]:
    """The hashtag a fifth of the mentions carry, or else the two strongest terms; the brand's own name is neither."""
    brand = str(spike.get("brand_id") or "").lower()
    own = {*re.split(r"[\W_]+", brand), re.sub(r"[\W_]+", "", brand)}
    for tag in top_drivers(drivers, spike["spike_id"], "hashtag"):
        word = tag["driver_text"].removeprefix("#")
        is_word = word.replace("_", "").isalnum() and len(word) <= MAX_TAG
        if tag["mention_ratio"] >= WORTH_SAYING and is_word and word not in own:
            return {"subject": (f"#{word}",), "subject_ratio": tag["mention_ratio"]}
    terms = [
        term
        for term in top_drivers(drivers, spike["spike_id"], "term")
        if term["mention_ratio"] >= WORTH_SAYING / 2 and term["driver_text"] not in own
    ][:2]
    return {
        "subject": tuple(term["driver_text"] for term in terms),
        "subject_ratio": max((term["mention_ratio"] for term in terms), default=0.0),
    }


def _platform(drivers: pl.DataFrame, spike: dict[str, Any]) -> dict[str, Any]:
    """The platform that brings most of the excess of a spike over all platforms, if there is more than one."""
    strongest = top_drivers(drivers, spike["spike_id"], "platform")
    rest = drivers.filter(
        (pl.col("spike_id") == spike["spike_id"]) & (pl.col("dimension_code") == "platform") & pl.col("is_other")
    )
    is_only_one = len(strongest) == 1 and float(rest["expected_count"].fill_null(0.0).abs().sum()) < 1e-6
    if spike.get("platform_code") != "all" or not strongest or is_only_one or strongest[0]["mention_ratio"] < 0.5:
        return {"platform": None, "platform_ratio": 0.0}
    code = strongest[0]["driver_text"]
    return {"platform": _PLATFORMS.get(code, code.title()), "platform_ratio": strongest[0]["mention_ratio"]}


def _representative(members: pl.DataFrame) -> list[str]:
    """The three most engaging mentions, one of each cluster of copies."""
    order = members.sort("engagement", "published_at", "mention_id", descending=[True, False, False])
    if "cluster_id" in members.columns:
        order = order.unique(pl.col("cluster_id").fill_null(pl.col("mention_id")), keep="first", maintain_order=True)
    return [str(identity) for identity in order["mention_id"].head(3)]
