"""What is watched: which counts of which slices of a brand become series, and from when on their history is known."""

from dataclasses import dataclass

import polars as pl

from transforms.trend.params import DEFAULTS, TrendParams

ALL = "all"
TIME = "mention_hour_at"
KEYS = ("platform_code", "brand_id", "topic_id")
SERIES = (*KEYS, "metric_code", "is_deduplicated")
BEGINS_ANEW = 10
"""Times the busiest hour of a young history by which an hour leaps when an export begins; events seldom do."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A count that is watched, or a share: `count` of `whole`."""

    metric_code: str
    is_deduplicated: bool
    count: str
    whole: str | None = None
    is_heavy_tailed: bool = False
    """One post may bring more than all others of its day: judged in roots, so that the root of a root is compared."""
    per_mention: float = 1.0
    """How many of what is counted weigh as one mention where a spike's size is judged."""


METRICS = (
    Metric("mention_count", False, "mention_count"),
    Metric("mention_count", True, "deduplicated_count"),
    Metric("distinct_author_count", False, "distinct_author_count"),
    Metric("engagement_count", False, "engagement_count", is_heavy_tailed=True, per_mention=10.0),
    Metric("negative_ratio", False, "negative_count", "scored_count"),
    Metric("negative_ratio", True, "deduplicated_negative_count", "deduplicated_scored_count"),
)
"""Authors are distinct already and people's reactions to a copy are real, so these two have no de-duplicated twin."""
COUNTS = ("mention_count", "unscored_count", *dict.fromkeys(m.count for m in METRICS[1:]), "deduplicated_scored_count")


def platform_slices(volume: pl.DataFrame) -> pl.DataFrame:
    """The hours of one brand by platform (and 'all'), whatever the topic: rows of `mart.mention_volume_hourly`.

    Columns: mention_date, TIME, KEYS, the counts of METRICS, `scored_count` and `known_from_at` (see `known_from`).
    Sorted by series and hour.
    """
    rows = _prepared(volume.with_columns(topic_id=pl.lit(ALL)))
    return rows.join(known_from(rows), on=list(KEYS), how="left", maintain_order="left")


def topic_slices(topics: pl.DataFrame, platforms: pl.DataFrame, params: TrendParams = DEFAULTS) -> pl.DataFrame:
    """The hours of one brand by topic, on the calendar of its `platform_slices`; columns and order as there.

    `topics` are the brand's rows of `mart.topic_volume_hourly`. A topic is known from when its brand is: a brand that
    is listened to and not spoken of under a topic is a zero. Topics that never reach a mention a day over the history
    are left out: the rows of a year say no more than one "not enough data".
    """
    total = platforms.filter(pl.col("platform_code") == ALL).select("mention_date", TIME, "brand_id", "known_from_at")
    names = enough(topics.select("mention_date", "topic_id", "mention_count"), ["topic_id"], params)
    calendar = names.join(total, how="cross")
    rows = calendar.join(topics.drop("mention_date"), on=[TIME, "brand_id", "topic_id"], how="left")
    spoken = pl.col("mention_count").is_not_null()
    filled = rows.with_columns(
        pl.when(spoken).then(pl.col(name)).otherwise(0).alias(name) for name in COUNTS if name in rows.columns
    )
    return _prepared(filled.with_columns(platform_code=pl.lit(ALL)), "known_from_at")


def _prepared(rows: pl.DataFrame, *more: str) -> pl.DataFrame:
    scored = pl.col("mention_count") - pl.col("unscored_count")
    listed = rows.with_columns(scored_count=scored).select("mention_date", TIME, *KEYS, *COUNTS, "scored_count", *more)
    return listed.sort(*KEYS, TIME)


def enough(counts: pl.DataFrame, keys: list[str], params: TrendParams = DEFAULTS) -> pl.DataFrame:
    """Keys of the series with `min_history_count` mentions in the history days up to any day; one row per series.

    `counts` holds mention_date, the keys and `mention_count`, by the hour or by the day.
    """
    daily = counts.group_by(*keys, "mention_date").agg(pl.col("mention_count").sum()).sort(*keys, "mention_date")
    recent = daily.rolling("mention_date", period=f"{params.history_days}d", group_by=keys).agg(
        pl.col("mention_count").sum()
    )
    return recent.filter(pl.col("mention_count") >= params.min_history_count).select(keys).unique().sort(keys)


def known_from(slices: pl.DataFrame, params: TrendParams = DEFAULTS) -> pl.DataFrame:
    """One row per series: KEYS and `known_from_at`, the hour from which on its history may be trusted; else null.

    An export that begins in the middle of a calendar looks like silence, or a trickle, and then an outburst. Before
    its first mention a series is not known to have been listened to, and a few strays do not prove it: its history
    begins when `min_history_count` mentions have been heard, or `history_days` after the first one, whichever is
    earlier. And in its first `history_days` an hour that brings BEGINS_ANEW times the busiest hour so far begins it
    anew: whether the world or the export changed, so young a history cannot tell. Once it is older, no later hour
    changes the answer.
    """
    heard, at = pl.col("mention_count").fill_null(0), pl.col(TIME)
    busiest = heard.shift(round(params.gap_hours)).cum_max().over(KEYS).fill_null(0).clip(1)
    is_leap = (heard > BEGINS_ANEW * busiest) & (heard >= params.min_alert_count)
    first = at.filter(heard > 0).min().over(KEYS)
    is_young = at < first + pl.duration(days=params.history_days)
    marked = slices.with_columns(
        cumulated=heard.cum_sum().over(KEYS), first=first, is_anew=(is_leap & is_young).fill_null(False)
    )
    found = marked.group_by(KEYS).agg(
        enough=at.filter(pl.col("cumulated") >= params.min_history_count).min(),
        long=pl.col("first").first() + pl.duration(days=params.history_days),
        anew=at.filter("is_anew").max(),
    )
    begun = pl.min_horizontal("enough", "long")
    return found.select(*KEYS, known_from_at=pl.max_horizontal(begun, "anew")).sort(KEYS)
