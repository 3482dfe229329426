"""Tables whose days need their history: walked through in order, so that no post is read once per day it is before."""

from datetime import date, timedelta

import polars as pl

from assets.parameters import mart_version
from assets.posts import brand_mentions_of
from transforms.marts.brand_mention import CLUSTER_COLUMNS
from transforms.marts.hashtag_context import HashtagParams, hashtag_context, hashtag_first_seen
from transforms.marts.term_counts import NO_TERMS, Terms, counted_terms, term_rows, used_terms
from transforms.marts.topic_daily import TopicParams, topic_daily
from warehouse.configuration import Configuration
from warehouse.days import days_covered
from warehouse.refresh import Days, KeptParts, Sees, of_days, of_posts
from warehouse.store import Warehouse
from warehouse.tables import core, state

TOPIC_HISTORY = TopicParams().history_days
_HASHTAG_HISTORY = HashtagParams().history_days
_HASHTAG_COLUMNS = (
    *("mention_id", "mention_date", "published_at", "author_id", "mention_text", "hashtags", "sentiment_label"),
    "is_owned",
)


def own_names(configuration: Configuration) -> dict[str, list[str]]:
    """Brand → the words it goes by."""
    return {brand.id: [brand.name, *brand.aliases] for brand in configuration.brands}


class TopicDays:
    """`mart.topic_daily`: the terms of a text are counted once, and kept in `state.term_day` for the days after it."""

    def __init__(self, warehouse: Warehouse, configuration: Configuration) -> None:
        self._warehouse = warehouse
        self._params = TopicParams(own_names=own_names(configuration))
        version, sees = mart_version(configuration), Sees("day", ("posts", "topics"))
        self._kept = KeptParts(warehouse, state.TERM_DAY, version, sees)
        self._counts = NO_TERMS

    def build(self, days: Days) -> pl.DataFrame:
        """The rows of these days."""
        since = min(days) - timedelta(days=self._params.history_days)
        others = {day for day in self._kept.days if since <= day <= max(days)} - set(days)
        before = self._counts.of_days(others)
        missing = others - set(before.cells["mention_date"])
        if kept := sorted(day for day in missing if self._kept.has(day)):
            before = before.with_days_of(counted_terms(self._kept.read(kept)))
        if unknown := sorted(missing - set(kept)):
            before = before.with_days_of(self._terms(unknown))
        terms = self._terms(days)
        self._counts = terms.with_days_of(before)
        return topic_daily(terms, self._kept.days, self._params, before)

    def _terms(self, days: Days) -> Terms:
        posts = of_days(self._warehouse, core.MENTION, days, ("mention_id", "mention_text", "hashtags"))
        topics = of_days(self._warehouse, core.MENTION_TOPIC, days, ("mention_id", "topic_id"))
        terms = used_terms(brand_mentions_of(self._warehouse, days), posts, topics)
        self._kept.keep(days, term_rows(terms))
        return terms


class HashtagDays:
    """`mart.hashtag_context`: of the posts only those with hashtags are read."""

    def __init__(self, warehouse: Warehouse, _: Configuration) -> None:
        self._warehouse = warehouse
        self._covered = days_covered(warehouse)
        self._first_seen: pl.DataFrame | None = None
        self._read: set[date] = set()
        self._posts = warehouse.select(core.MENTION, "LIMIT 0", _HASHTAG_COLUMNS)

    def build(self, days: Days) -> pl.DataFrame:
        """The rows of these days."""
        if self._first_seen is None:
            tags = self._warehouse.select(core.MENTION, "WHERE len(hashtags) > 0", ("mention_date", "hashtags"))
            self._first_seen = hashtag_first_seen(tags)
        since = min(days) - timedelta(days=_HASHTAG_HISTORY)
        wanted = {day for day in self._covered if since <= day <= max(days)}
        missing = sorted(wanted - self._read)
        posts = of_days(self._warehouse, core.MENTION, missing, _HASHTAG_COLUMNS, "len(t.hashtags) > 0")
        self._posts = pl.concat([self._posts.filter(pl.col("mention_date").is_in(wanted)), posts])
        self._read = wanted
        brands = of_posts(self._warehouse, core.MENTION_BRAND, self._posts, ("mention_id", "brand_id"))
        clusters = of_posts(self._warehouse, core.DUPLICATE_CLUSTER, self._posts, CLUSTER_COLUMNS)
        return hashtag_context(self._posts, brands, clusters, self._first_seen, days)
