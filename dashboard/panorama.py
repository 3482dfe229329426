"""What is talked about, what rivals publish, how audiences grow: frames for the lower half of the overview."""

from dataclasses import dataclass

import polars as pl

from dashboard.figures import counted
from dashboard.filters import Filters
from dashboard.releases import Release


def hashtags(release: Release, filters: Filters, before: Filters | None, limit: int = 12) -> pl.DataFrame:
    """Hashtags of the focus brand's mentions: `hashtag`, `mention_count`, `previous_count` (null if not compared),
    `distinct_author_count`, `negative_ratio` (negative_count / scored_count), both counts; most frequent first."""
    now = _tags(release, filters)
    if before is None:
        joined = now.with_columns(pl.lit(None, dtype=pl.Int64).alias("previous_count"))
    else:
        earlier = _tags(release, before).select("hashtag", pl.col("mention_count").alias("previous_count"))
        joined = now.join(earlier, on="hashtag", how="left").with_columns(pl.col("previous_count").fill_null(0))
    counts = ("mention_count", "previous_count", "distinct_author_count")
    order = ("hashtag", *counts, "negative_ratio", "negative_count", "scored_count")
    return joined.select(order).sort(["mention_count", "hashtag"], descending=[True, False]).head(limit)


def _tags(release: Release, filters: Filters) -> pl.DataFrame:
    sql, values = counted(filters)
    return release.frame(
        f"""WITH chosen AS (SELECT mention_row, author_key, sentiment_label FROM ({sql}) WHERE brand_id = ?)
        SELECT hashtag, count(*) AS mention_count, count(DISTINCT author_key) AS distinct_author_count,
          count(*) FILTER (sentiment_label = 'negative') AS negative_count,
          count(*) FILTER (sentiment_label <> 'unscored') AS scored_count,
          negative_count / nullif(scored_count, 0) AS negative_ratio
        FROM (
          SELECT unnest(m.hashtags) AS hashtag, c.author_key, c.sentiment_label FROM chosen c
          JOIN r.mention m ON m.rowid = c.mention_row
          WHERE m.mention_date BETWEEN ? AND ? AND len(m.hashtags) > 0
        ) GROUP BY hashtag""",  # noqa: S608
        [*values, filters.brand, filters.start, filters.end],
    )


def topics(release: Release, filters: Filters) -> pl.DataFrame:
    """Configured topics of the focus brand's mentions: `topic_id`, `mention_count`, `negative_ratio`."""
    sql, values = counted(filters)
    return release.frame(
        f"""SELECT topic_id, count(*) AS mention_count, count(*) FILTER (sentiment_label = 'negative')
            / nullif(count(*) FILTER (sentiment_label <> 'unscored'), 0) AS negative_ratio
        FROM ({sql}) v JOIN vote_topic USING (mention_row) WHERE brand_id = ? GROUP BY 1 ORDER BY 2 DESC, 1""",  # noqa: S608
        [*values, filters.brand],
    )


def benchmark(release: Release, filters: Filters) -> pl.DataFrame:
    """One row per platform and brand with an account: posts of the period and how they did.

    `post_count`, `posts_per_week`, `er_followers_sum_ratio` (engagement / followers at post time, ratio of sums over
    posts with both), `known_count` (posts with both), `applause_per_post`, `conversation_per_post`,
    `amplification_per_post`. Engagement means something else on each platform: compare inside one.
    """
    if "competitor_post" not in release.tables:
        return pl.DataFrame()
    condition, values = _of_accounts("post_date", filters)
    return release.frame(
        f"""SELECT platform_code, brand_id, count(*) AS post_count, count(*) * 7.0 / ? AS posts_per_week,
          sum(engagement_count) FILTER (account_follower_count > 0)
            / nullif(sum(account_follower_count) FILTER (engagement_count IS NOT NULL), 0) AS er_followers_sum_ratio,
          count(*) FILTER (account_follower_count > 0 AND engagement_count IS NOT NULL) AS known_count,
          avg(like_count) AS applause_per_post, avg(comment_count) AS conversation_per_post,
          avg(share_count) AS amplification_per_post
        FROM r.competitor_post WHERE {condition} GROUP BY ALL
        ORDER BY platform_code, er_followers_sum_ratio DESC NULLS LAST, brand_id""",  # noqa: S608
        [filters.days, *values],
    )


def _of_accounts(day: str, filters: Filters) -> tuple[str, list[object]]:
    """The SQL condition on a table of the panel's accounts, whose day stands in that column, and its values."""
    condition = f"{day} BETWEEN ? AND ? AND brand_id IS NOT NULL AND (? IS NULL OR platform_code = ?)"
    return condition, [filters.start, filters.end, filters.platform, filters.platform]


def formats(release: Release, filters: Filters) -> pl.DataFrame:
    """One row per brand and format of its posts in the period: `brand_id`, `post_type_code`, `post_count`."""
    if "competitor_post" not in release.tables:
        return pl.DataFrame()
    condition, values = _of_accounts("post_date", filters)
    return release.frame(
        "SELECT brand_id, coalesce(post_type_code, 'unknown') AS post_type_code, count(*) AS post_count "  # noqa: S608
        f"FROM r.competitor_post WHERE {condition} GROUP BY ALL ORDER BY brand_id, post_count DESC, 2",
        values,
    )


POST_ORDERS = {
    "er": "er_followers_ratio",
    "likes": "like_count",
    "comments": "comment_count",
    "shares": "share_count",
    "engagement": "engagement_count",
}


@dataclass(frozen=True)
class PostChoice:
    """Which posts of the panel's accounts, and which first; hours are of `zone`, weekdays 1 (Monday) to 7."""

    brand: str | None = None
    platform: str | None = None
    format: str | None = None
    ids: tuple[str, ...] = ()
    weekday: int | None = None
    hour: int | None = None
    zone: str | None = None
    order: str = "er"
    is_worst_first: bool = False


def top_posts(release: Release, filters: Filters, choice: PostChoice, limit: int = 10) -> pl.DataFrame:
    """The panel's own posts of the period, highest engagement per follower first, those without one last."""
    if "competitor_post" not in release.tables:
        return pl.DataFrame()
    parts = ["post_date BETWEEN ? AND ?", "brand_id IS NOT NULL"]
    values: list[object] = [filters.start, filters.end]
    for condition, value in (
        ("brand_id = ?", choice.brand),
        ("platform_code = ?", choice.platform),
        ("coalesce(post_type_code, 'unknown') = ?", choice.format),
        ("list_contains(?, post_id)", list(choice.ids)),
    ):
        if value:
            parts.append(condition)
            values.append(value)
    way = "ASC" if choice.is_worst_first else "DESC"
    order = f"{POST_ORDERS[choice.order]} {way} NULLS LAST, posted_at DESC, post_id"
    found = release.frame(
        f"""SELECT brand_id, platform_code, account_handle, posted_at, post_type_code, post_text, url, like_count,
          comment_count, share_count, engagement_count, account_follower_count, er_followers_ratio
        FROM r.competitor_post WHERE {" AND ".join(parts)} ORDER BY {order}""",  # noqa: S608
        values,
    )
    if choice.zone and choice.weekday and choice.hour is not None:
        # On the account's own clock, as its rhythm is judged.
        clock = pl.col("posted_at").dt.replace_time_zone("UTC").dt.convert_time_zone(choice.zone)
        found = found.filter(clock.dt.weekday() == choice.weekday, clock.dt.hour() == choice.hour)
    return found.head(limit)


def audience(release: Release, filters: Filters) -> pl.DataFrame:
    """One row per account and kind of audience: `first_count`, `last_count`, `added_count`, `growth_ratio` between the
    first and the last snapshot of the period (`first_date`, `last_date`); growth is null with one snapshot."""
    if "audience_growth_daily" not in release.tables:
        return pl.DataFrame()
    condition, values = _of_accounts("snapshot_date", filters)
    return release.frame(
        f"""SELECT platform_code, brand_id, account_handle, audience_kind_code,
          min(snapshot_date) AS first_date, max(snapshot_date) AS last_date,
          min_by(follower_count, snapshot_date) AS first_count, max_by(follower_count, snapshot_date) AS last_count,
          CASE WHEN min(snapshot_date) < max(snapshot_date) THEN last_count - first_count END AS added_count,
          CASE WHEN min(snapshot_date) < max(snapshot_date) AND first_count > 0
            THEN last_count / first_count - 1 END AS growth_ratio
        FROM r.audience_growth_daily WHERE {condition}
        GROUP BY 1, 2, 3, 4 ORDER BY 1, growth_ratio DESC NULLS LAST, 2""",  # noqa: S608
        values,
    )
