"""The insight tables: comparisons, reasons, audiences, topics and rhythm, built on posts and listening tables."""

from datetime import date, timedelta

import polars as pl

from assets.build import POSTS, brand_mentions_of, whole
from assets.parameters import account_zones, panel
from transforms.marts.hashtag_context import hashtag_context, hashtag_first_seen
from transforms.marts.ladder import ambassador, engagement_ladder_monthly
from transforms.marts.participation import audience_country_monthly, participation_monthly
from transforms.marts.pulse import brand_posts, shifts, spike_driver_table, spike_explanation
from transforms.marts.rhythm import posting_rhythm_hourly
from transforms.marts.sentiment_weekly import sentiment_weekly
from transforms.marts.share_of_voice import share_of_voice_weekly
from transforms.marts.share_of_voice_change import share_of_voice_change, share_of_voice_driver
from transforms.marts.threads import threads
from transforms.marts.topic_daily import topic_daily
from warehouse.configuration import Configuration
from warehouse.refresh import days_covered
from warehouse.store import Warehouse
from warehouse.tables import core, insight, mart, pulse

_PULSE = (mart.TREND_SIGNAL_HOURLY, mart.MENTION_VOLUME_HOURLY)
_TOPICS = (*POSTS, core.MENTION_TOPIC)


def _all_brand_mentions(warehouse: Warehouse) -> pl.DataFrame:
    return brand_mentions_of(warehouse, days_covered(warehouse))


def _brand_posts(warehouse: Warehouse) -> pl.DataFrame:
    return brand_posts(*(warehouse.select(table) for table in POSTS))


def _explanation(warehouse: Warehouse, configuration: Configuration) -> pl.DataFrame:
    signals, volume = (warehouse.select(table) for table in _PULSE)
    drivers = warehouse.select(pulse.SPIKE_DRIVER)
    zone = configuration.workspace.reporting_zone
    return spike_explanation(signals, volume, drivers, _brand_posts(warehouse), zone=zone)


def _shifts(warehouse: Warehouse, _: Configuration) -> pl.DataFrame:
    volume = warehouse.select(mart.MENTION_VOLUME_HOURLY)
    # The last day may still be growing; the one before is complete.
    last: date = volume["mention_date"].max()  # type: ignore[assignment]
    return shifts(volume, last - timedelta(days=1))


def _topics(warehouse: Warehouse, _: Configuration) -> pl.DataFrame:
    covered = days_covered(warehouse)
    posts = warehouse.select(core.MENTION)
    return topic_daily(_all_brand_mentions(warehouse), posts, warehouse.select(core.MENTION_TOPIC), covered, covered)


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


ASSETS = [
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
    whole(insight.TOPIC_DAILY, _topics, _TOPICS),
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
    whole(insight.POSTING_RHYTHM_HOURLY, _rhythm, [core.COMPETITOR_POST]),
    whole(
        pulse.SPIKE_DRIVER,
        lambda w, _: spike_driver_table(w.select(mart.SPIKE), _brand_posts(w)),
        [mart.SPIKE, *POSTS],
    ),
    whole(pulse.SPIKE_EXPLANATION, _explanation, [*_PULSE, pulse.SPIKE_DRIVER, *POSTS]),
    whole(pulse.TREND_SHIFT, _shifts, [mart.MENTION_VOLUME_HOURLY]),
]
