"""The insight tables: comparisons, reasons, audiences, topics and rhythm, built on posts and listening tables."""

from datetime import UTC, date, timedelta

import polars as pl

from assets.build import POSTS, Days, brand_mentions_of, by_day, whole
from assets.parameters import account_zones, kpi_targets, panel, topic_queries
from assets.pulse import ASSETS as WATCH
from transforms.marts.care import care_daily, reply_queue
from transforms.marts.content_mix import content_mix_monthly
from transforms.marts.hashtag_context import hashtag_context, hashtag_first_seen
from transforms.marts.kpi import kpi_attainment
from transforms.marts.kpi_series import KpiTables, kpi_series
from transforms.marts.ladder import ambassador, engagement_ladder_monthly
from transforms.marts.mention_match import brand_matches_published, topic_matches_published
from transforms.marts.participation import audience_country_monthly, participation_monthly
from transforms.marts.pulse import shifts
from transforms.marts.reconciliation import account_reconciliation_daily, source_reconciliation
from transforms.marts.rhythm import posting_rhythm_hourly
from transforms.marts.sentiment_weekly import sentiment_weekly
from transforms.marts.share_of_voice import share_of_voice_weekly
from transforms.marts.share_of_voice_change import share_of_voice_change, share_of_voice_driver
from transforms.marts.standing import competitor_standing_monthly
from transforms.marts.threads import threads
from transforms.marts.topic_daily import TopicParams, topic_daily
from warehouse.configuration import Configuration
from warehouse.refresh import days_covered
from warehouse.store import Warehouse
from warehouse.tables import core, insight, mart, pulse, raw
from warehouse.tables.contract import TableContract

_TOPICS = (*POSTS, core.MENTION_TOPIC)
_MEASURED_ON = (
    *(mart.SHARE_OF_VOICE_DAILY, mart.SENTIMENT_DAILY, mart.COMPETITOR_POST, mart.AUDIENCE_GROWTH_DAILY),
    *(insight.SENTIMENT_WEEKLY, insight.CARE_DAILY, insight.PARTICIPATION_MONTHLY),
)


def _all_brand_mentions(warehouse: Warehouse) -> pl.DataFrame:
    return brand_mentions_of(warehouse, days_covered(warehouse))


def _days_of_posts(warehouse: Warehouse, days: Days) -> pl.DataFrame:
    with warehouse.frame("wanted_days", pl.DataFrame({"mention_date": pl.Series(list(days), dtype=pl.Date)})):
        wanted = "SEMI JOIN wanted_days w ON t.mention_date = w.mention_date"
        return warehouse.select(core.MENTION, wanted, ["mention_id", "mention_date"])


def _matches(warehouse: Warehouse, contract: TableContract, posts: pl.DataFrame) -> pl.DataFrame:
    with warehouse.frame("wanted_posts", posts):
        return warehouse.select(contract, "SEMI JOIN wanted_posts w ON t.mention_id = w.mention_id")


def _brand_matches(warehouse: Warehouse, _: Configuration, days: Days) -> pl.DataFrame:
    posts = _days_of_posts(warehouse, days)
    return brand_matches_published(posts, _matches(warehouse, core.MENTION_BRAND, posts))


def _topic_matches(warehouse: Warehouse, _: Configuration, days: Days) -> pl.DataFrame:
    posts = _days_of_posts(warehouse, days)
    return topic_matches_published(posts, _matches(warehouse, core.MENTION_TOPIC, posts))


def _topic_versions(configuration: Configuration) -> list[tuple[str, str]]:
    return sorted((topic.query_id, topic.version) for topic in topic_queries(configuration))


def _shifts(warehouse: Warehouse, _: Configuration) -> pl.DataFrame:
    volume = warehouse.select(mart.MENTION_VOLUME_HOURLY)
    # The last day may still be growing; the one before is complete.
    last: date = volume["mention_date"].max()  # type: ignore[assignment]
    return shifts(volume, last - timedelta(days=1))


def _own_names(configuration: Configuration) -> dict[str, list[str]]:
    return {brand.id: [brand.name, *brand.aliases] for brand in configuration.brands}


def _topics(warehouse: Warehouse, configuration: Configuration) -> pl.DataFrame:
    covered = days_covered(warehouse)
    posts, topics = warehouse.select(core.MENTION), warehouse.select(core.MENTION_TOPIC)
    params = TopicParams(own_names=_own_names(configuration))
    return topic_daily(_all_brand_mentions(warehouse), posts, topics, covered, covered, params)


def _hashtags(warehouse: Warehouse, _: Configuration) -> pl.DataFrame:
    posts, brands, clusters = (warehouse.select(table) for table in POSTS)
    return hashtag_context(posts, brands, clusters, hashtag_first_seen(posts), days_covered(warehouse))


def _countries(warehouse: Warehouse, _: Configuration) -> pl.DataFrame:
    posts = warehouse.select(core.MENTION)
    return audience_country_monthly(_all_brand_mentions(warehouse), posts, days_covered(warehouse))


def _threads(warehouse: Warehouse) -> pl.DataFrame:
    return threads(warehouse.select(core.MENTION), warehouse.select(core.MENTION_BRAND))


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


def _reply_queue(warehouse: Warehouse, configuration: Configuration) -> pl.DataFrame:
    as_of = warehouse.scalar("SELECT max(published_at) FROM core.mention").replace(tzinfo=UTC)
    posts, brands, clusters = (warehouse.select(table) for table in POSTS)
    return reply_queue(posts, brands, clusters, threads(posts, brands), panel(configuration), as_of=as_of)


def _care(warehouse: Warehouse, configuration: Configuration) -> pl.DataFrame:
    posts, brands = warehouse.select(core.MENTION), warehouse.select(core.MENTION_BRAND)
    zone = configuration.workspace.reporting_zone
    return care_daily(posts, brands, threads(posts, brands), panel(configuration), days_covered(warehouse), zone)


def _attainment(warehouse: Warehouse, configuration: Configuration) -> pl.DataFrame:
    tables = KpiTables(**{table.table: warehouse.select(table) for table in _MEASURED_ON})
    return kpi_attainment(kpi_series(tables), kpi_targets(configuration), days_covered(warehouse))


def _sources(warehouse: Warehouse, configuration: Configuration) -> pl.DataFrame:
    return source_reconciliation(
        warehouse.select(raw.EXPORT_FILE),
        warehouse.select(core.MENTION_SOURCE),
        warehouse.select(core.MENTION),
        warehouse.select(core.MENTION_BRAND),
        zone=configuration.workspace.reporting_zone,
    )


ASSETS = [
    by_day(insight.MENTION_BRAND, _brand_matches),
    by_day(insight.MENTION_TOPIC, _topic_matches, _TOPICS, _topic_versions),
    whole(
        insight.SHARE_OF_VOICE_WEEKLY,
        lambda w, c: share_of_voice_weekly(_all_brand_mentions(w), panel(c), days_covered(w)),
    ),
    whole(
        insight.SHARE_OF_VOICE_CHANGE,
        lambda w, _: share_of_voice_change(w.select(insight.SHARE_OF_VOICE_WEEKLY)),
        [insight.SHARE_OF_VOICE_WEEKLY],
    ),
    whole(
        insight.SHARE_OF_VOICE_DRIVER,
        lambda w, _: share_of_voice_driver(
            _all_brand_mentions(w), w.select(core.MENTION_TOPIC), w.select(insight.SHARE_OF_VOICE_WEEKLY)
        ),
        [*_TOPICS, insight.SHARE_OF_VOICE_WEEKLY],
    ),
    whole(
        insight.SENTIMENT_WEEKLY,
        lambda w, _: sentiment_weekly(_all_brand_mentions(w), w.select(core.MENTION_TOPIC)),
        _TOPICS,
    ),
    whole(insight.TOPIC_DAILY, _topics, _TOPICS, _own_names),
    whole(insight.HASHTAG_CONTEXT, _hashtags),
    whole(insight.PARTICIPATION_MONTHLY, lambda w, _: participation_monthly(_all_brand_mentions(w), days_covered(w))),
    whole(insight.AUDIENCE_COUNTRY_MONTHLY, _countries),
    whole(
        insight.ENGAGEMENT_LADDER_MONTHLY,
        lambda w, _: engagement_ladder_monthly(_all_brand_mentions(w), _threads(w), days_covered(w)),
    ),
    whole(
        insight.AMBASSADOR,
        lambda w, _: ambassador(_all_brand_mentions(w), _threads(w), as_of=days_covered(w)[-1]),
    ),
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
    whole(insight.SOURCE_RECONCILIATION, _sources, [raw.EXPORT_FILE, core.MENTION_SOURCE, *POSTS]),
    whole(
        insight.ACCOUNT_RECONCILIATION_DAILY,
        lambda w, _: account_reconciliation_daily(w.select(raw.AUDIENCE_SNAPSHOT), w.select(core.COMPETITOR_POST)),
        [raw.AUDIENCE_SNAPSHOT, core.COMPETITOR_POST],
    ),
    whole(pulse.TREND_SHIFT, _shifts, [mart.MENTION_VOLUME_HOURLY]),
    *WATCH,
]
