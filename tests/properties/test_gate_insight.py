"""The gate and the transforms agree: whatever people post, no rule of the insight tables finds a fault in them."""

from datetime import UTC, datetime
from typing import Any

import polars as pl
from hypothesis import given, settings

from quality.context import AuditContext
from quality.rules import rules_for
from quality.runner import run_rule
from tests.properties.test_mart_insight import DAYS, PANEL, frames, posts_strategy, tables
from tests.unit.quality_tables import reader
from transforms.marts.brand_mention import brand_mentions
from transforms.marts.ladder import ambassador
from transforms.marts.mention import mentions_published
from transforms.marts.mention_match import topic_matches_published
from transforms.marts.participation import audience_country_monthly
from transforms.marts.sentiment import sentiment_daily
from transforms.marts.share_of_voice import share_of_voice_daily
from transforms.marts.threads import threads
from warehouse.tables import BY_NAME, core, insight, mart

CONTEXT = AuditContext(as_of=datetime(2024, 6, 1, tzinfo=UTC), brand_ids=("acme", "bolt"), reporting_zone="UTC")

OWN = {contract.name for contract in insight.TABLES}


@settings(max_examples=25, deadline=None)
@given(posts_strategy)
def test_no_conversation_makes_the_gate_refuse_what_the_transforms_made_of_it(posts: list[dict[str, Any]]) -> None:
    given_frames = frames(posts)
    mentions, brands, clusters = (given_frames[name] for name in ("mentions", "brands", "clusters"))
    of_brands = brand_mentions(mentions, brands, clusters)
    made = tables(given_frames) | {
        mart.SHARE_OF_VOICE_DAILY.name: share_of_voice_daily(of_brands, PANEL, DAYS),
        mart.SENTIMENT_DAILY.name: sentiment_daily(of_brands),
        mart.MENTION.name: mentions_published(
            mentions, brands, core.DUPLICATE_CLUSTER.empty(), show_author_names=False
        ),
        insight.MENTION_TOPIC.name: topic_matches_published(_complete(given_frames["topics"], mentions)),
        insight.AMBASSADOR.name: ambassador(of_brands, threads(mentions, brands), as_of=DAYS[-1]),
        insight.AUDIENCE_COUNTRY_MONTHLY.name: audience_country_monthly(of_brands, mentions, DAYS),
    }
    contracts = [BY_NAME[name] for name in made]
    rules = [rule for rule in rules_for(contracts) if rule.check.table in OWN]
    assert len(rules) > 25
    found = [run_rule(reader(made), rule, contracts, CONTEXT) for rule in rules]
    assert [(r.check.check_id, r.status, r.observed, r.sample) for r in found if r.status != "passed"] == []


def _complete(topics: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Rows of core.mention_topic, found in titles: without a place in the text."""
    values = {"query_version": "v1", "clause_text": "-", "match_count": 1}
    columns = [pl.lit(values.get(c.name), dtype=c.dtype).alias(c.name) for c in core.MENTION_TOPIC.columns[3:]]
    days = mentions.select("mention_id", "mention_date")
    return topics.with_columns(columns).join(days, on="mention_id")
