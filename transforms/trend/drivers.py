"""Why a spike happened: who and what its extra mentions are made of, in contributions that add up to the excess."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from transforms.trend.terms import terms

DIMENSIONS = ("term", "hashtag", "link", "author", "platform", "country", "cluster")
BASELINE_DAYS = 14
TOP = 10
REPRESENTATIVES = 3
TICK = timedelta(microseconds=1)
MIN_CARRIERS = {"term": 3, "hashtag": 2, "link": 2, "author": 2, "cluster": 2, "platform": 1, "country": 1}
"""A word in two mentions is chance; an author with one mention is anybody."""

_SOURCES = {
    "term": ("mention_text", terms(pl.col("mention_text"))),
    "hashtag": ("hashtags", pl.col("hashtags").list.eval(pl.element().str.to_lowercase())),
    "link": ("links", pl.col("links")),
    "author": ("author_id", pl.col("author_id")),
    "platform": ("platform_code", pl.col("platform_code")),
    "country": ("country_code", pl.col("country_code")),
    "cluster": ("cluster_id", pl.col("cluster_id")),
}
_SCHEMA = {
    "spike_id": pl.String(),
    "dimension_code": pl.String(),
    "driver_rank": pl.Int64(),
    "driver_text": pl.String(),
    "is_other": pl.Boolean(),
    "mention_count": pl.Int64(),
    "mention_ratio": pl.Float64(),
    "expected_count": pl.Float64(),
    "contribution_count": pl.Float64(),
    "contribution_ratio": pl.Float64(),
    "representative_mention_ids": pl.List(pl.String()),
}


def spike_drivers(
    mentions: pl.DataFrame, spikes: pl.DataFrame, *, top: int = TOP, baseline_days: int = BASELINE_DAYS
) -> pl.DataFrame:
    """One row per spike, dimension and driver, and one row `is_other` for the rest of each dimension.

    Every mention has one vote. Where it has several terms, hashtags or links, the vote is split by how much more
    often each occurs than before (the logarithm of the ratio of shares; none for what is no more frequent). A
    driver's `expected_count` is the spike's expected count times its share of the votes at the same hours of the
    `baseline_days` before; `contribution_count` is votes minus expected. Within a dimension contributions add up to
    the spike's `excess_count`, and `contribution_ratio` to 1.

    `mention_count` and `mention_ratio` count the mentions that carry the driver, whole (for the rest: that carry none
    of those listed). `representative_mention_ids` are the most engaging ones, from different duplicate clusters.
    A spike of another metric than mentions splits what that metric counts: see `votes_of`.
    Needs of `mentions`: mention_id, brand_id, platform_code, published_at, and what the dimensions are read from;
    columns that are missing leave their dimension to `is_other`. A spike on platform 'all' takes every platform.
    """
    rows = [
        _drivers_of(members, spike, top)
        for spike in spikes.iter_rows(named=True)
        for members in [spike_mentions(mentions, spike, baseline_days)]
    ]
    return pl.concat(rows) if rows else pl.DataFrame(schema=_SCHEMA)


def spike_mentions(mentions: pl.DataFrame, spike: dict[str, Any], baseline_days: int = BASELINE_DAYS) -> pl.DataFrame:
    """Mentions of one spike and of the same hours before: one row per mention, with `is_during` and `engagement`.

    Days (or multiples of days, for a longer spike) are stepped back until `baseline_days` are used up.
    """
    start: datetime = spike["started_at"]
    end: datetime = spike["ended_at"] or max(start, _last(mentions) or start) + TICK
    stride = -(-(end - start) // timedelta(days=1))
    wanted = pl.lit(True)
    for key in ("brand_id", "platform_code"):
        if key in spike and key in mentions.columns and spike[key] not in (None, "all"):
            wanted &= pl.col(key) == spike[key]
    if spike.get("topic_id") not in (None, "all"):
        wanted &= pl.col("topic_ids").list.contains(spike["topic_id"])
    at = pl.col("published_at")
    windows = at.is_between(start, end, closed="left")
    for step in range(1, max(1, baseline_days // stride) + 1):
        shift = timedelta(days=step * stride)
        windows |= at.is_between(start - shift, end - shift, closed="left")
    counters = [c for c in ("like_count", "share_count", "comment_count") if c in mentions.columns]
    return (
        mentions.filter(wanted & windows)
        .unique("mention_id", keep="first", maintain_order=True)
        .with_columns(
            is_during=at >= start,
            engagement=pl.sum_horizontal(pl.col(c).fill_null(0) for c in counters) if counters else pl.lit(0),
        )
        .with_columns(vote=votes_of(spike))
        .with_row_index("row")
    )


def votes_of(spike: dict[str, Any]) -> pl.Expr:
    """What each mention of a spike counts for in the spike's metric; the votes of the spike add up to what it observed.

    Mentions: one. De-duplicated: what the copies of a text in an hour share. Authors: what an author's mentions in an
    hour share; none for an unknown one. Engagement: its own. Negative share: one for a negative mention.
    """
    metric, once = spike.get("metric_code") or "mention_count", bool(spike.get("is_deduplicated"))
    hour = (pl.col("published_at") - pl.lit(spike["started_at"])).dt.total_microseconds() // 3_600_000_000
    one = pl.lit(1.0)
    if metric == "engagement_count":
        return pl.col("engagement_count").fill_null(0).cast(pl.Float64)
    if metric == "distinct_author_count":
        return pl.when(pl.col("author_id").is_not_null()).then(one / pl.len().over("author_id", hour)).otherwise(0.0)
    text = pl.coalesce("cluster_id", "mention_id") if once else pl.lit(None)
    if metric == "negative_ratio":
        is_negative = pl.col("sentiment_label") == "negative"
        share = one / is_negative.sum().over(text, hour) if once else one
        return pl.when(is_negative).then(share).otherwise(0.0)
    return one / pl.len().over(text, hour) if once else one


def _last(mentions: pl.DataFrame) -> datetime | None:
    last = mentions["published_at"].max()
    return last if isinstance(last, datetime) else None


def carried_values(members: pl.DataFrame, dimension: str) -> pl.DataFrame:
    """Which mention carries what in a dimension: `row`, `is_during`, `vote`, `value`, each pair once."""
    column, read = _SOURCES[dimension]
    if column not in members.columns:
        return pl.DataFrame(schema={"row": pl.UInt32, "is_during": pl.Boolean, "vote": pl.Float64, "value": pl.String})
    carried = members.select("row", "is_during", "vote", value=read)
    if isinstance(carried.schema["value"], pl.List):
        carried = carried.explode("value").unique(["row", "value"], maintain_order=True)
    return carried.with_columns(pl.col("value").cast(pl.String)).drop_nulls("value")


def _drivers_of(members: pl.DataFrame, spike: dict[str, Any], top: int) -> pl.DataFrame:
    members = members.filter(pl.col("vote") > 0)
    expected = spike["expected_count"]
    if expected is None:
        expected = float(members.filter(~pl.col("is_during"))["vote"].sum()) / BASELINE_DAYS
    parts = [_dimension(members, dimension, spike, float(expected), top) for dimension in DIMENSIONS]
    return pl.concat(parts)


def _dimension(members: pl.DataFrame, dimension: str, spike: dict[str, Any], expected: float, top: int) -> pl.DataFrame:
    during = members.filter("is_during").height
    before = members.height - during
    cast_before = float(members.filter(~pl.col("is_during"))["vote"].sum())
    observed = float(spike["observed_count"])
    excess = observed - expected
    # A single post may well be what engages.
    is_engagement = spike.get("metric_code") == "engagement_count"
    least = 1 if is_engagement and dimension != "term" else MIN_CARRIERS[dimension]
    carried = carried_values(members, dimension)
    votes = _votes(carried, during, before, split=dimension in ("term", "hashtag", "link")).with_columns(
        expected_count=pl.col("votes_before") * (expected / cast_before if cast_before else 0.0)
    )
    listed = (
        votes.with_columns(contribution_count=pl.col("votes_during") - pl.col("expected_count"))
        .filter((pl.col("contribution_count") > 0) & (pl.col("mention_count") >= least))
        .sort("contribution_count", "mention_count", "value", descending=[True, True, False])
        .head(top)
        .with_row_index("driver_rank", offset=1)
    )
    engaging = _representatives(members, carried.join(listed.select("value"), on="value", how="semi"))
    listed = listed.join(engaging, on="value", how="left", maintain_order="left").select(
        driver_rank=pl.col("driver_rank").cast(pl.Int64),
        driver_text="value",
        is_other=pl.lit(False),
        mention_count=pl.col("mention_count").cast(pl.Int64),
        expected_count="expected_count",
        contribution_count="contribution_count",
        representative_mention_ids=pl.col("representative_mention_ids").fill_null([]),
    )
    touched = carried.filter("is_during").join(
        listed.select(value="driver_text"), on="value", how="semi"
    )["row"].n_unique()  # fmt: skip
    rest: dict[str, Any] = {
        "driver_rank": listed.height + 1,
        "driver_text": None,
        "is_other": True,
        "mention_count": during - touched,
        "expected_count": expected - float(listed["expected_count"].sum()),
        "contribution_count": excess - float(listed["contribution_count"].sum()),
        "representative_mention_ids": [],
    }
    rows = pl.concat([listed, pl.DataFrame([rest], schema=listed.schema)])
    unknown = pl.lit(None, dtype=pl.Float64)
    return rows.with_columns(
        spike_id=pl.lit(spike["spike_id"]),
        dimension_code=pl.lit(dimension),
        mention_ratio=pl.col("mention_count") / during if during else unknown,
        contribution_ratio=pl.col("contribution_count") / excess if excess else unknown,
    ).select(pl.col(name).cast(dtype) for name, dtype in _SCHEMA.items())


def _votes(carried: pl.DataFrame, during: int, before: int, *, split: bool) -> pl.DataFrame:
    """Per value: mentions that carry it during the spike, and its votes during and before."""
    counts = carried.group_by("value").agg(
        mention_count=pl.col("is_during").sum(), before_count=(~pl.col("is_during")).sum()
    )
    if split:
        # One mention of the pooled mix is added on either side, so that a new word's surprise is finite and a thin
        # history does not hide everything.
        pooled = (pl.col("mention_count") + pl.col("before_count")) / (during + before)
        share_during = (pl.col("mention_count") + pooled) / (during + 1)
        share_before = (pl.col("before_count") + pooled) / (before + 1)
        surprise = (share_during / share_before).log()
        counts = counts.with_columns(
            weight=pl.when(pl.col("mention_count") >= 2).then(surprise.clip(0.0)).otherwise(0.0)
        )
        weighed = carried.join(counts.select("value", "weight"), on="value", maintain_order="left").with_columns(
            weight=pl.col("vote") * pl.col("weight") / pl.col("weight").sum().over("row")
        )
    else:
        weighed = carried.with_columns(weight=pl.col("vote"))
    sums = weighed.group_by("value").agg(
        votes_during=pl.col("weight").filter("is_during").fill_nan(0.0).sum(),
        votes_before=pl.col("weight").filter(~pl.col("is_during")).fill_nan(0.0).sum(),
    )
    return counts.join(sums, on="value", how="left").select("value", "mention_count", "votes_during", "votes_before")


def _representatives(members: pl.DataFrame, carried: pl.DataFrame) -> pl.DataFrame:
    """Per value the most engaging mentions of the spike, earliest first among equals, one of each cluster."""
    cluster = (
        pl.col("cluster_id").fill_null(pl.col("mention_id"))
        if "cluster_id" in members.columns
        else pl.col("mention_id")
    )
    ranked = (
        carried.filter("is_during")
        .join(members.select("row", "mention_id", "engagement", "published_at", cluster=cluster), on="row")
        .sort("engagement", "published_at", "mention_id", descending=[True, False, False])
        .unique(["value", "cluster"], keep="first", maintain_order=True)
    )
    return ranked.group_by("value", maintain_order=True).agg(
        representative_mention_ids=pl.col("mention_id").cast(pl.String).head(REPRESENTATIVES)
    )


def top_drivers(drivers: pl.DataFrame, spike_id: str, dimension: str) -> Sequence[dict[str, Any]]:
    """Return the listed drivers of one spike in one dimension, strongest first."""
    return drivers.filter(
        (pl.col("spike_id") == spike_id) & (pl.col("dimension_code") == dimension) & ~pl.col("is_other")
    ).to_dicts()
