"""The insight tables: comparisons, reasons, audiences, topics and rhythm, built on posts and listening tables."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import polars as pl

from assets.build import POSTS, by_day, whole
from assets.parameters import account_zones, kpi_targets, panel, topic_queries
from assets.posts import brand_mentions_of, origins_of
from assets.pulse import ASSETS as WATCH
from assets.walks import TOPIC_HISTORY, HashtagDays, TopicDays, own_names
from transforms.marts.brand_mention import CLUSTER_COLUMNS
from transforms.marts.care import CareParams, care_daily, reply_queue
from transforms.marts.content_mix import content_mix_monthly
from transforms.marts.kpi import kpi_attainment
from transforms.marts.kpi_series import KpiTables, kpi_series
from transforms.marts.ladder import AmbassadorParams, ambassador, engagement_ladder_monthly
from transforms.marts.mention_match import brand_matches_published, topic_matches_published
from transforms.marts.participation import audience_country_monthly, participation_monthly
from transforms.marts.pulse import shifts
from transforms.marts.reconciliation import account_reconciliation_daily, source_reconciliation
from transforms.marts.rhythm import posting_rhythm_hourly
from transforms.marts.sentiment_weekly import sentiment_weekly
from transforms.marts.share_of_voice import share_of_voice_weekly
from transforms.marts.share_of_voice_change import (
    share_of_voice_change,
    share_of_voice_driver,
    weekly_mention_shares,
)
from transforms.marts.standing import competitor_standing_monthly
from transforms.marts.threads import threads
from warehouse.configuration import Configuration
from warehouse.days import days_covered
from warehouse.refresh import Days, Sees, of_days, of_posts, threads_of_days
from warehouse.store import Warehouse
from warehouse.tables import core, insight, mart, pulse, raw, state

_TOPICS = (*POSTS, core.MENTION_TOPIC)
# Every word of a post is a row while its terms are counted; few parts are better, for each looks at the history again.
_TERMS_AT_ONCE = 200_000
_AMBASSADOR_DAYS = 7 * AmbassadorParams().weeks
_THREAD_COLUMNS = (
    *("mention_id", "mention_date", "published_at", "platform_code", "native_id", "parent_native_id", "kind_code"),
    *("author_id", "is_owned", "is_question", "sentiment_label"),
)
_POSTED = """
SELECT b.brand_id, m.author_id, m.mention_id, m.mention_date, b.sentiment_label
FROM core.mention m JOIN core.mention_brand b USING (mention_date, mention_id)
WHERE NOT m.is_owned AND m.author_id IS NOT NULL AND m.mention_date BETWEEN ? AND ?
"""
_CARE_COLUMNS = (*_THREAD_COLUMNS, "is_complaint", "has_purchase_intent")
_QUEUE_COLUMNS = (*_CARE_COLUMNS, "sentiment_score", "reach_count", "author_follower_count", "url")
_MEASURED_ON = (
    *(mart.SHARE_OF_VOICE_DAILY, mart.SENTIMENT_DAILY, mart.COMPETITOR_POST, mart.AUDIENCE_GROWTH_DAILY),
    *(insight.SENTIMENT_WEEKLY, insight.CARE_DAILY, insight.PARTICIPATION_MONTHLY),
)


def _brand_matches(warehouse: Warehouse, _: Configuration, days: Days) -> pl.DataFrame:
    return brand_matches_published(of_days(warehouse, core.MENTION_BRAND, days))


def _topic_matches(warehouse: Warehouse, _: Configuration, days: Days) -> pl.DataFrame:
    return topic_matches_published(of_days(warehouse, core.MENTION_TOPIC, days))


def _topics_of(warehouse: Warehouse, days: Days) -> pl.DataFrame:
    return of_days(warehouse, core.MENTION_TOPIC, days, ("mention_id", "topic_id"))


def _topic_versions(configuration: Configuration) -> list[tuple[str, str]]:
    return sorted((topic.query_id, topic.version) for topic in topic_queries(configuration))


def _shifts(warehouse: Warehouse, _: Configuration) -> pl.DataFrame:
    volume = warehouse.select(mart.MENTION_VOLUME_HOURLY)
    # The last day may still be growing; the one before is complete.
    last: date = volume["mention_date"].max()  # type: ignore[assignment]
    return shifts(volume, last - timedelta(days=1))


def _weekly_voice(warehouse: Warehouse, configuration: Configuration, days: Days) -> pl.DataFrame:
    return share_of_voice_weekly(brand_mentions_of(warehouse, days), panel(configuration), days)


def _voice_drivers(warehouse: Warehouse, configuration: Configuration, days: Days) -> pl.DataFrame:
    monday = min(days) - timedelta(days=min(days).weekday())
    read = [day for day in days_covered(warehouse) if monday - timedelta(days=7) <= day <= max(days)]
    mentions = brand_mentions_of(warehouse, read)
    weekly = weekly_mention_shares(mentions, panel(configuration), read)
    drivers = share_of_voice_driver(mentions, _topics_of(warehouse, read), weekly)
    return drivers.filter(pl.col("week_date") >= monday)


def _weekly_sentiment(warehouse: Warehouse, _: Configuration, days: Days) -> pl.DataFrame:
    return sentiment_weekly(brand_mentions_of(warehouse, days), _topics_of(warehouse, days))


def _participation(warehouse: Warehouse, _: Configuration, days: Days) -> pl.DataFrame:
    return participation_monthly(brand_mentions_of(warehouse, days), days)


def _countries(warehouse: Warehouse, _: Configuration, days: Days) -> pl.DataFrame:
    countries = of_days(warehouse, core.MENTION, days, ("mention_id", "country_code"), "t.country_code IS NOT NULL")
    return audience_country_monthly(brand_mentions_of(warehouse, days), countries, days)


def _threads(warehouse: Warehouse, days: Days) -> pl.DataFrame:
    return threads(*threads_of_days(warehouse, days, _THREAD_COLUMNS))


def _ladder(warehouse: Warehouse, _: Configuration, days: Days) -> pl.DataFrame:
    return engagement_ladder_monthly(brand_mentions_of(warehouse, days), _threads(warehouse, days), days)


def _ambassadors(warehouse: Warehouse, _: Configuration) -> pl.DataFrame:
    days = days_covered(warehouse)[-_AMBASSADOR_DAYS:]
    # A quarter of a year of posts, of which little is asked: the few columns only.
    posted = warehouse.query(_POSTED, [days[0], days[-1]])
    return ambassador(posted, _threads(warehouse, days), as_of=days[-1])


def _rhythm(warehouse: Warehouse, configuration: Configuration) -> pl.DataFrame:
    zones = {brand.id: configuration.workspace.reporting_zone for brand in configuration.brands}
    declared = account_zones(configuration)
    for brand in configuration.brands:
        for account in brand.official_accounts:
            key = (str(account.platform), account.handle.lstrip("@").lower())
            zones[brand.id] = declared.get(key, zones[brand.id])
    return posting_rhythm_hourly(warehouse.select(core.COMPETITOR_POST), zones, configuration.workspace.reporting_zone)


def _posts_covered(posts: pl.DataFrame) -> tuple[date, date]:
    days = posts["post_date"]
    return (days.min() or date.min, days.max() or date.min)  # type: ignore[return-value]


def _content_mix(warehouse: Warehouse, _: Configuration) -> pl.DataFrame:
    posts = warehouse.select(core.COMPETITOR_POST)
    return content_mix_monthly(posts, _posts_covered(posts))


def _standing(warehouse: Warehouse, _: Configuration) -> pl.DataFrame:
    posts = warehouse.select(mart.COMPETITOR_POST)
    return competitor_standing_monthly(posts, _posts_covered(posts))


def _asking_and_answers(
    warehouse: Warehouse, columns: Sequence[str], asked_after: datetime = datetime.min
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All that a table of care reads: posts that want something and posts of official accounts, and their brands."""
    asks = f"(is_question OR is_complaint OR has_purchase_intent) AND published_at > TIMESTAMP '{asked_after}'"
    posts = warehouse.select(core.MENTION, f"WHERE is_owned OR ({asks})", columns)
    return posts, of_posts(warehouse, core.MENTION_BRAND, posts, ("mention_id", "brand_id"))


def _reply_queue(warehouse: Warehouse, configuration: Configuration) -> pl.DataFrame:
    last: datetime = warehouse.scalar("SELECT max(published_at) FROM core.mention")
    posts, brands = _asking_and_answers(warehouse, _QUEUE_COLUMNS, last - timedelta(days=CareParams().waiting_days))
    clusters = of_posts(warehouse, core.DUPLICATE_CLUSTER, posts, CLUSTER_COLUMNS)
    replies = threads(posts, brands)
    return reply_queue(posts, brands, clusters, replies, panel(configuration), as_of=last.replace(tzinfo=UTC))


def _care(warehouse: Warehouse, configuration: Configuration) -> pl.DataFrame:
    posts, brands = _asking_and_answers(warehouse, _CARE_COLUMNS)
    zone = configuration.workspace.reporting_zone
    return care_daily(posts, brands, threads(posts, brands), panel(configuration), days_covered(warehouse), zone)


def _attainment(warehouse: Warehouse, configuration: Configuration) -> pl.DataFrame:
    tables = KpiTables(**{table.table: warehouse.select(table) for table in _MEASURED_ON})
    return kpi_attainment(kpi_series(tables), kpi_targets(configuration), days_covered(warehouse))


def _sources(warehouse: Warehouse, configuration: Configuration) -> pl.DataFrame:
    return source_reconciliation(warehouse.select(raw.EXPORT_FILE), origins_of(warehouse, configuration))


ASSETS = [
    by_day(insight.MENTION_BRAND, _brand_matches),
    by_day(insight.MENTION_TOPIC, _topic_matches, _TOPICS, _topic_versions, Sees("day", ("topics",))),
    by_day(insight.SHARE_OF_VOICE_WEEKLY, _weekly_voice, sees=Sees("week")),
    whole(
        insight.SHARE_OF_VOICE_CHANGE,
        lambda w, _: share_of_voice_change(w.select(insight.SHARE_OF_VOICE_WEEKLY)),
        [insight.SHARE_OF_VOICE_WEEKLY],
    ),
    by_day(
        insight.SHARE_OF_VOICE_DRIVER,
        _voice_drivers,
        [*_TOPICS, insight.SHARE_OF_VOICE_WEEKLY],
        sees=Sees("week", ("posts", "topics"), days_before=7),
    ),
    by_day(insight.SENTIMENT_WEEKLY, _weekly_sentiment, _TOPICS, sees=Sees("week", ("posts", "topics"))),
    by_day(
        insight.TOPIC_DAILY,
        TopicDays,
        _TOPICS,
        own_names,
        Sees("day", ("posts", "topics"), days_before=TOPIC_HISTORY),
        at_once=_TERMS_AT_ONCE,
    ),
    # When a hashtag was first seen may be any day before.
    by_day(insight.HASHTAG_CONTEXT, HashtagDays, sees=Sees("day", days_before=None)),
    by_day(insight.PARTICIPATION_MONTHLY, _participation, sees=Sees("month")),
    by_day(insight.AUDIENCE_COUNTRY_MONTHLY, _countries, sees=Sees("month")),
    by_day(insight.ENGAGEMENT_LADDER_MONTHLY, _ladder, sees=Sees("month", ("posts", "threads"))),
    whole(insight.AMBASSADOR, _ambassadors, aspects=("posts", "threads"), last_days=_AMBASSADOR_DAYS),
    whole(insight.POSTING_RHYTHM_HOURLY, _rhythm, [core.COMPETITOR_POST], lambda c: sorted(account_zones(c).items())),
    whole(insight.CONTENT_MIX_MONTHLY, _content_mix, [core.COMPETITOR_POST]),
    whole(insight.COMPETITOR_STANDING_MONTHLY, _standing, [mart.COMPETITOR_POST]),
    whole(insight.REPLY_QUEUE, _reply_queue),
    whole(insight.CARE_DAILY, _care),
    whole(
        insight.KPI_ATTAINMENT,
        _attainment,
        _MEASURED_ON,
        lambda c: [target.model_dump(mode="json") for target in c.targets],
    ),
    whole(
        insight.SOURCE_RECONCILIATION,
        _sources,
        [raw.EXPORT_FILE, core.MENTION_SOURCE, *POSTS],
        aspects=("posts", "sources"),
        counted_in=state.POST_ORIGIN_DAY,
    ),
    whole(
        insight.ACCOUNT_RECONCILIATION_DAILY,
        lambda w, _: account_reconciliation_daily(w.select(raw.AUDIENCE_SNAPSHOT), w.select(core.COMPETITOR_POST)),
        [raw.AUDIENCE_SNAPSHOT, core.COMPETITOR_POST],
    ),
    whole(pulse.TREND_SHIFT, _shifts, [mart.MENTION_VOLUME_HOURLY]),
    *WATCH,
]
