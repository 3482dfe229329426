"""Which metrics a target may name, and the sums of days (weeks, months) their values are made of."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from transforms.marts.competitor import competitor_benchmark_weekly
from warehouse.tables.columns import ALL_PLATFORMS

Kind = Literal["ratio", "sum", "stock", "growth", "typical"]

_SENTIMENT = ("net_sentiment_polar", "net_sentiment_all", "scored_ratio", "mean_sentiment", "brand_sentiment")
_VENDOR = ("vendor_agreement", "vendor_kappa")
_SHARES = ("sov_mentions", "sov_deduplicated", "sov_authors", "sov_engagement", "sov_reach")
_RATES = (
    *("er_followers", "er_impressions", "er_reach", "applause", "conversation", "amplification"),
    *("virality", "cadence", "regularity"),
)
# How the value of a window (28 days unless told otherwise) follows from what lies in it: sums over sums; a plain sum;
# the last day of a stock; net additions over the audience at the start; the mean day, where days cannot be added
# because a person may be in several of them.
MEASURED: dict[str, Kind] = {
    **dict.fromkeys((*_SENTIMENT, *_VENDOR, *_SHARES, *_RATES), "ratio"),
    **dict.fromkeys(("syndication_ratio", "reply_time", "participation"), "ratio"),
    **dict.fromkeys(("mention_count", "deduplicated_count", "engagement", "potential_reach_total"), "sum"),
    **dict.fromkeys(("distinct_author_count", "potential_reach_unique"), "typical"),
    "audience_growth": "growth",
    "backlog": "stock",
}
# Registered, and never a target: clicks and spend, which no export format read here gives by brand; and what is no
# number of a brand (a label, an interval, a score of each term or hour, the change of a share).
NOT_MEASURED: dict[str, str] = {
    **dict.fromkeys(("cpc", "ctr"), "no export that is read gives clicks or spend"),
    **dict.fromkeys(
        ("sentiment_label", "sentiment_interval", "sov_interval", "sov_change", "term_trend", "posting_rhythm"),
        "not one number of a brand",
    ),
}


@dataclass(frozen=True)
class KpiTables:
    """The tables targets are measured on, each with the rows and columns of its contract in the `mart` layer."""

    share_of_voice_daily: pl.DataFrame
    sentiment_daily: pl.DataFrame
    sentiment_weekly: pl.DataFrame
    competitor_post: pl.DataFrame
    care_daily: pl.DataFrame
    audience_growth_daily: pl.DataFrame
    participation_monthly: pl.DataFrame


def kpi_series(tables: KpiTables) -> pl.DataFrame:
    """One row per measured metric, brand, day and part: `metric_id`, `brand_id`, `series_date`, `part_id` (the account
    of an audience, else empty), `numerator`, `denominator` (1 for sums and stocks).

    What is known by week or month only stands at its last day, and only if the period is complete.
    """
    parts = [
        *_voice(tables.share_of_voice_daily),
        *_mood(tables.sentiment_daily),
        _kappa(tables.sentiment_weekly),
        *_account_posts(tables.competitor_post),
        *_care(tables.care_daily),
        _growth(tables.audience_growth_daily),
        _participation(tables.participation_monthly),
    ]
    return pl.concat(parts).sort("metric_id", "brand_id", "series_date", "part_id")


def _part(
    rows: pl.DataFrame, metric_id: str, numerator: pl.Expr, denominator: pl.Expr, part_id: pl.Expr | None = None
) -> pl.DataFrame:
    sums = rows.select(
        pl.lit(metric_id).alias("metric_id"),
        "brand_id",
        "series_date",
        (pl.lit("") if part_id is None else part_id).alias("part_id"),
        numerator.cast(pl.Float64).alias("numerator"),
        denominator.cast(pl.Float64).alias("denominator"),
    )
    return sums.filter(pl.col("numerator").is_not_null() & pl.col("denominator").is_not_null())


def _voice(daily: pl.DataFrame) -> list[pl.DataFrame]:
    rows = daily.filter(pl.col("platform_code") == ALL_PLATFORMS).rename({"mention_date": "series_date"})
    one, mentions, panel = pl.lit(1), pl.col("mention_count"), pl.col("panel_mention_count")
    clusters, authors = pl.col("deduplicated_count"), pl.col("distinct_author_count")
    return [
        _part(rows, "mention_count", mentions, one),
        _part(rows, "deduplicated_count", clusters, one),
        _part(rows, "distinct_author_count", authors, one),
        _part(rows, "potential_reach_total", pl.col("potential_reach_total_count"), one),
        _part(rows, "potential_reach_unique", pl.col("potential_reach_count"), one),
        _part(rows, "syndication_ratio", mentions - clusters, mentions),
        _part(rows, "sov_mentions", mentions, panel),
        _part(rows, "sov_deduplicated", clusters, clusters.sum().over("series_date")),
        _part(rows, "sov_authors", authors, authors.sum().over("series_date")),
        # Already weighted over platforms day by day: days are weighted by the panel's mentions in turn. A day on
        # which the share is unknown is left out on both sides.
        *[
            _part(rows.filter(pl.col(share).is_not_null()), metric_id, pl.col(share) * panel, panel)
            for metric_id, share in (
                ("sov_engagement", "share_of_voice_engagement_ratio"),
                ("sov_reach", "share_of_voice_reach_ratio"),
            )
        ],
    ]


def _mood(daily: pl.DataFrame) -> list[pl.DataFrame]:
    rows = daily.filter(pl.col("platform_code") == ALL_PLATFORMS).rename({"mention_date": "series_date"})
    positive, negative, neutral = (pl.col(f"{name}_count") for name in ("positive", "negative", "neutral"))
    scored, labelled = positive + negative + neutral, pl.col("vendor_labelled_count")
    return [
        _part(rows, "net_sentiment_polar", positive - negative, positive + negative),
        _part(rows, "net_sentiment_all", positive - negative, scored),
        _part(rows, "scored_ratio", scored, pl.col("mention_count")),
        # The scores of these tables are those towards the brand.
        *[
            _part(rows, metric_id, pl.col("mean_sentiment_score") * scored, scored)
            for metric_id in ("mean_sentiment", "brand_sentiment")
        ],
        _part(rows, "vendor_agreement", pl.col("vendor_agreement_ratio") * labelled, labelled),
    ]


def _kappa(weekly: pl.DataFrame) -> pl.DataFrame:
    """The weeks' kappas, each weighted by the mentions both sides labelled."""
    whole = weekly.filter(pl.col("segment_kind_code") == "all")
    rows = whole.with_columns((pl.col("week_date") + pl.duration(days=6)).alias("series_date"))
    labelled = pl.col("vendor_labelled_count")
    return _part(rows, "vendor_kappa", pl.col("vendor_kappa_score") * labelled, labelled)


def _account_posts(posts: pl.DataFrame) -> list[pl.DataFrame]:
    """Rates are means over posts; a rate that is unknown for a post leaves the post out."""
    owned = posts.filter(pl.col("brand_id").is_not_null()).rename({"post_date": "series_date"})
    means = {
        "er_followers": "er_followers_ratio",
        "er_impressions": "er_impressions_ratio",
        "er_reach": "er_reach_ratio",
    }
    means |= {"applause": "like_count", "conversation": "comment_count", "amplification": "share_count"}
    both = pl.col("share_count").is_not_null() & (pl.col("impression_count") > 0)
    engaged = pl.col("engagement_count")
    cells = owned.group_by("brand_id", "series_date").agg(
        *[pl.col(column).sort().sum().alias(f"{name}_sum") for name, column in means.items()],
        *[pl.col(column).count().alias(f"{name}_n") for name, column in means.items()],
        pl.col("share_count").filter(both).sum().alias("shares"),
        pl.col("impression_count").filter(both).sum().alias("impressions"),
        pl.when(engaged.count() > 0).then(engaged.sum()).alias("engagement"),
        pl.len().alias("posts"),
    )
    # A day without posts still is a seventh of a week: the days between an account's first and last post count.
    return [
        *[_part(cells, name, pl.col(f"{name}_sum"), pl.col(f"{name}_n")) for name in means],
        _part(cells, "engagement", pl.col("engagement"), pl.lit(1)),
        _part(cells, "virality", pl.col("shares"), pl.col("impressions")),
        _part(_every_day(cells), "cadence", pl.col("posts"), pl.lit(1 / 7)),
        _regularity(posts),
    ]


def _every_day(cells: pl.DataFrame) -> pl.DataFrame:
    day = pl.col("series_date")
    spans = cells.group_by("brand_id").agg(day.min().alias("first"), day.max().alias("last"))
    days = spans.select("brand_id", pl.date_ranges("first", "last").alias("series_date")).explode("series_date")
    counted = days.join(cells.select("brand_id", "series_date", "posts"), on=["brand_id", "series_date"], how="left")
    return counted.with_columns(pl.col("posts").fill_null(0))


def _regularity(posts: pl.DataFrame) -> pl.DataFrame:
    """The mean of the complete weeks of the brand's accounts that have one."""
    if posts.is_empty():
        return _part(posts.rename({"post_date": "series_date"}), "regularity", pl.lit(0.0), pl.lit(0.0))
    first, last = posts["post_date"].min(), posts["post_date"].max()
    weekly = competitor_benchmark_weekly(posts, (first, last))  # type: ignore[arg-type]
    is_known = pl.col("brand_id").is_not_null() & pl.col("regularity_score").is_not_null()
    known = weekly.filter(is_known & pl.col("is_complete_period"))
    rows = known.with_columns((pl.col("week_date") + pl.duration(days=6)).alias("series_date"))
    account = pl.concat_str("platform_code", "account_handle", separator=":")
    return _part(rows, "regularity", pl.col("regularity_score"), pl.lit(1), account)


def _care(daily: pl.DataFrame) -> list[pl.DataFrame]:
    rows = daily.rename({"mention_date": "series_date"})
    answered = pl.col("answered_count")
    return [
        _part(rows, "reply_time", pl.col("mean_reply_seconds") * answered, answered),
        _part(rows, "backlog", pl.col("backlog_count"), pl.lit(1)),
    ]


def _growth(daily: pl.DataFrame) -> pl.DataFrame:
    """Net additions of each account over its audience before them. Kinds of audience are never added: a brand's is
    the kind that most of its counts are of."""
    owned = daily.filter(pl.col("brand_id").is_not_null()).rename({"snapshot_date": "series_date"})
    kinds = owned.group_by("brand_id", "audience_kind_code").agg(pl.len().alias("counts"))
    main = kinds.sort("brand_id", -pl.col("counts").cast(pl.Int64), "audience_kind_code").unique(
        "brand_id", keep="first", maintain_order=True
    )
    rows = owned.join(main, on=["brand_id", "audience_kind_code"], how="semi")
    before = pl.col("follower_count") - pl.col("net_added_count")
    account = pl.concat_str("platform_code", "account_handle", separator=":")
    return _part(rows, "audience_growth", pl.col("net_added_count"), before, account)


def _participation(monthly: pl.DataFrame) -> pl.DataFrame:
    """Authors who join in without starting anything, of all authors: the rule 90-9-1 lets expect nine in ten."""
    whole = monthly.filter((pl.col("platform_code") == ALL_PLATFORMS) & pl.col("is_complete_period"))
    rows = whole.with_columns(pl.col("month_date").dt.month_end().alias("series_date"))
    return _part(rows, "participation", pl.col("participant_count"), pl.col("distinct_author_count"))
