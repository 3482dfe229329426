"""The listening tables: nobody reads them here, only in a release."""

import polars as pl

from assets.build import POSTS, by_day, platforms, whole
from assets.parameters import panel, topic_queries
from assets.posts import brand_mentions_of, origins_of
from transforms.marts.audience import audience_growth_daily
from transforms.marts.competitor import competitor_benchmark_weekly, competitor_posts
from transforms.marts.files import export_files
from transforms.marts.health import data_health_daily
from transforms.marts.mention import POST_COLUMNS, mentions_published, top_mention_daily
from transforms.marts.sentiment import sentiment_daily
from transforms.marts.share_of_voice import share_of_voice_daily
from transforms.marts.volume import mention_volume_hourly, topic_volume_hourly
from warehouse.configuration import Configuration
from warehouse.refresh import Days, Sees, of_days
from warehouse.store import Warehouse
from warehouse.tables import core, mart, pulse, raw, state

_WITH_TOPICS = (*POSTS, core.MENTION_TOPIC)
# Posts with all that is published of them, texts included, take several times the room of those that are counted.
_WIDE_AT_ONCE = 100_000
# Zones differ by quarters of an hour: what is counted by quarters can be told by the day of any of them.
_RECORDS = """
SELECT file_id, source_code, time_bucket(INTERVAL 15 MINUTES, published_at) AS published_at, count(*) AS row_count
FROM raw.mention GROUP BY ALL
"""


def _volume(warehouse: Warehouse, configuration: Configuration, days: Days) -> pl.DataFrame:
    zone = configuration.workspace.reporting_zone
    rows = brand_mentions_of(warehouse, days)
    return mention_volume_hourly(rows, panel(configuration), days, zone, platforms(warehouse))


def _topic_volume(warehouse: Warehouse, configuration: Configuration, days: Days) -> pl.DataFrame:
    rows = brand_mentions_of(warehouse, days)
    topics = of_days(warehouse, core.MENTION_TOPIC, days, ("mention_id", "topic_id"))
    return topic_volume_hourly(rows, topics, configuration.workspace.reporting_zone)


def _topics_declared(configuration: Configuration) -> object:
    return sorted((topic.query_id, topic.version) for topic in topic_queries(configuration))


def _published(warehouse: Warehouse, configuration: Configuration, days: Days) -> pl.DataFrame:
    show = configuration.workspace.show_author_names
    posts = of_days(warehouse, core.MENTION, days, POST_COLUMNS)
    brands = of_days(warehouse, core.MENTION_BRAND, days, ("mention_id", "brand_id"))
    clusters = of_days(warehouse, core.DUPLICATE_CLUSTER, days)
    return mentions_published(posts, brands, clusters, show_author_names=show)


def _health(warehouse: Warehouse, configuration: Configuration) -> pl.DataFrame:
    records = warehouse.query(_RECORDS).with_columns(pl.col("published_at").dt.replace_time_zone("UTC"))
    return data_health_daily(
        records,
        origins_of(warehouse, configuration),
        warehouse.select(raw.EXPORT_FILE),
        zone=configuration.workspace.reporting_zone,
    )


def _benchmark(warehouse: Warehouse, _: Configuration) -> pl.DataFrame:
    posts = warehouse.select(core.COMPETITOR_POST)
    days = posts["post_date"]
    if posts.is_empty():
        return mart.COMPETITOR_BENCHMARK_WEEKLY.empty()
    return competitor_benchmark_weekly(posts, (days.min(), days.max()))  # type: ignore[arg-type]


ASSETS = [
    by_day(
        mart.SHARE_OF_VOICE_DAILY, lambda w, c, days: share_of_voice_daily(brand_mentions_of(w, days), panel(c), days)
    ),
    by_day(mart.SENTIMENT_DAILY, lambda w, _, days: sentiment_daily(brand_mentions_of(w, days))),
    by_day(mart.MENTION_VOLUME_HOURLY, _volume),
    by_day(mart.TOP_MENTION_DAILY, lambda w, _, days: top_mention_daily(brand_mentions_of(w, days))),
    by_day(mart.MENTION, _published, at_once=_WIDE_AT_ONCE),
    by_day(pulse.TOPIC_VOLUME_HOURLY, _topic_volume, _WITH_TOPICS, _topics_declared, Sees("day", ("posts", "topics"))),
    whole(mart.COMPETITOR_POST, lambda w, _: competitor_posts(w.select(core.COMPETITOR_POST)), [core.COMPETITOR_POST]),
    whole(mart.COMPETITOR_BENCHMARK_WEEKLY, _benchmark, [core.COMPETITOR_POST]),
    whole(
        mart.AUDIENCE_GROWTH_DAILY,
        lambda w, _: audience_growth_daily(w.select(core.AUDIENCE_SNAPSHOT)),
        [core.AUDIENCE_SNAPSHOT],
    ),
    whole(
        mart.DATA_HEALTH_DAILY,
        _health,
        [raw.EXPORT_FILE, core.MENTION_SOURCE, core.MENTION, core.MENTION_BRAND],
        aspects=("posts", "sources"),
        counted_in=state.POST_ORIGIN_DAY,
    ),
    whole(
        mart.EXPORT_FILE,
        lambda w, _: export_files(w.select(raw.EXPORT_FILE), w.select(raw.REJECTED_ROW)),
        [raw.EXPORT_FILE, raw.REJECTED_ROW],
    ),
]
