"""The mutation table: matches, weeks, terms and hashtags."""

from collections.abc import Callable
from datetime import timedelta

import polars as pl

from tests.unit.quality_corruptions import Corruption, at, case, dropping, in_order, more, put, putting
from tests.unit.quality_insight_tables import LAST
from tests.unit.quality_tables import DAYS, Tables
from warehouse.tables import TableContract, insight, mart

BRAND, TOPICS, MENTION = insight.MENTION_BRAND, insight.MENTION_TOPIC, mart.MENTION
WEEKLY, CHANGE, DRIVER = insight.SHARE_OF_VOICE_WEEKLY, insight.SHARE_OF_VOICE_CHANGE, insight.SHARE_OF_VOICE_DRIVER
MOOD, TERM, TAG = insight.SENTIMENT_WEEKLY, insight.TOPIC_DAILY, insight.HASHTAG_CONTEXT
EVERY = pl.lit(True)
MONDAY = DAYS[3]
FULL_WEEK = at(week_date=MONDAY)
ACME_X = FULL_WEEK & at(platform_code="x", brand_id="acme")
WIDE = {"share_of_voice_low_ratio": 0.0, "share_of_voice_high_ratio": 1.0}
CHANGED = FULL_WEEK & at(platform_code="x", brand_id="acme", basis_code="mentions")
FIRST_MATCH = at(mention_id=f"{DAYS[4]:%m%d}-0", brand_id="acme")
FIRST_ASK = at(mention_id=f"{DAYS[4]:%m%d}-0")
ALL_MOOD = FULL_WEEK & at(brand_id="acme", segment_kind_code="all")


def put_each(
    contract: TableContract, where: pl.Expr, rule: str, faults: dict[str, dict[str, object]]
) -> list[Corruption]:
    """One corruption per story: these values put where the condition holds."""
    return [case(contract, rule, story, putting(contract, where, **values)) for story, values in faults.items()]


def _elsewhere(tables: Tables, contract: TableContract, value: str) -> Tables:
    return put(tables, contract, EVERY, sample_mention_ids=[value])


def _compared_across_panels(tables: Tables) -> Tables:
    return put(tables, WEEKLY, at(week_date=MONDAY), panel_id="panel-0")


def lost_as_whole(contract: TableContract) -> Callable[[Tables], Tables]:
    """The corruption that empties a table."""
    return lambda tables: {**tables, contract.name: tables[contract.name].clear()}


def _mood_moved(tables: Tables) -> Tables:
    """A negative mention told as positive in every segment of the week, ratios and intervals following."""
    labels = {"positive_count": more("positive_count"), "negative_count": more("negative_count", -1)}
    moved = put(tables, MOOD, ALL_MOOD, **labels)
    positive, negative, neutral = (pl.col(f"{name}_count") for name in ("positive", "negative", "neutral"))
    scored = positive + negative + neutral
    return put(
        moved,
        MOOD,
        ALL_MOOD,
        net_sentiment_polar_ratio=(positive - negative) / (positive + negative),
        net_sentiment_all_ratio=(positive - negative) / scored,
        net_sentiment_polar_low_ratio=-1.0,
        net_sentiment_polar_high_ratio=1.0,
        net_sentiment_all_low_ratio=-1.0,
        net_sentiment_all_high_ratio=1.0,
    )


def _another_share(tables: Tables) -> Tables:
    """A share of authors that no other has given up, in the week and in the changes from and to it."""
    cell, wide = at(platform_code="news", brand_id="bolt"), ("authors_low_ratio", "authors_high_ratio")
    shares = {f"share_of_voice_{end}": value for end, value in zip(wide, (0.0, 1.0), strict=True)}
    moved = put(tables, WEEKLY, FULL_WEEK & cell, share_of_voice_authors_ratio=0.9, **shares)
    by_author = cell & at(basis_code="authors")
    now, before = pl.col("share_ratio"), pl.col("previous_share_ratio")
    moved = put(moved, CHANGE, FULL_WEEK & by_author, share_ratio=0.9)
    moved = put(moved, CHANGE, at(week_date=MONDAY + timedelta(days=7)) & by_author, previous_share_ratio=0.9)
    unknown = {"own_gain_ratio": None, "rivals_loss_ratio": None, "is_different_code": "cannot_tell"}
    ends = {"share_change_low_ratio": -1.0, "share_change_high_ratio": 1.0, "comparison_status_code": "incomplete"}
    return put(moved, CHANGE, by_author & before.is_not_null(), share_change_ratio=now - before, **unknown, **ends)


MATCHES = (
    case(BRAND, "meets_mention", "a match is lost", dropping(BRAND, FIRST_MATCH)),
    case(BRAND, "meets_mention", "a match is of another day", putting(BRAND, FIRST_MATCH, mention_date=DAYS[5])),
    case(BRAND, "meets_mention", "the table is empty", lost_as_whole(BRAND)),
    *put_each(
        BRAND,
        FIRST_MATCH,
        "place_follows",
        {
            "a match ends before it starts": {"match_start": 9, "match_end": 4},
            "a match has a start alone": {"match_start": 9},
            "metadata matched, with words": {"match_count": 0, "match_text": "acme"},
        },
    ),
    case(BRAND, "one_query_at_a_time", "a day has an old query", putting(BRAND, FIRST_MATCH, query_version="v-0")),
    case(
        BRAND,
        "label_meets_score",
        "a positive match is called negative",
        putting(BRAND, FIRST_MATCH, sentiment_label="negative"),
    ),
    case(
        BRAND, "whole_text_is_the_posts", "a score is of another run", putting(BRAND, FIRST_MATCH, sentiment_score=0.4)
    ),
    case(
        TOPICS,
        "points_at_mentions",
        "a match points at a mention that is gone",
        putting(TOPICS, FIRST_ASK, mention_id="gone"),
    ),
    case(
        TOPICS, "place_follows", "a match ends where it starts", putting(TOPICS, FIRST_ASK, match_start=4, match_end=4)
    ),
    case(TOPICS, "one_query_at_a_time", "a day has an old query", putting(TOPICS, FIRST_ASK, query_version="v0")),
)

WEEKS = (
    case(WEEKLY, "shares_sum_to_one", "a share of authors is of another run", _another_share),
    case(
        WEEKLY,
        "intervals_hold_estimates",
        "an interval lies above its share",
        putting(WEEKLY, ACME_X, share_of_voice_low_ratio=0.99, share_of_voice_high_ratio=1.0),
    ),
    case(
        WEEKLY,
        "intervals_hold_estimates",
        "an interval has one end",
        putting(WEEKLY, ACME_X, share_of_voice_high_ratio=None),
    ),
    case(
        WEEKLY,
        "panel_is_complete",
        "a silent brand has no row",
        in_order(
            dropping(WEEKLY, at(brand_id="coil")),
            dropping(CHANGE, at(brand_id="coil")),
            dropping(DRIVER, at(brand_id="coil")),
        ),
    ),
    case(
        WEEKLY,
        "panel_is_complete",
        "a whole week is lost",
        in_order(*(dropping(table, at(week_date=DAYS[-1] - timedelta(days=1))) for table in (WEEKLY, CHANGE, DRIVER))),
    ),
    case(
        WEEKLY,
        "meets_daily",
        "a week counts a mention more than its days",
        putting(WEEKLY, ACME_X, mention_count=more("mention_count")),
    ),
    case(WEEKLY, "meets_daily", "a week forgot its engagement", putting(WEEKLY, ACME_X, engagement_count=0)),
    case(
        WEEKLY,
        "weeks_are_weeks",
        "a week in parts is called complete",
        putting(WEEKLY, at(week_date=DAYS[-1] - timedelta(days=1)), is_complete_period=True),
    ),
    case(
        WEEKLY,
        "votes_are_known",
        "a share stands on more votes than can be",
        putting(WEEKLY, ACME_X, effective_count=1e6),
    ),
    case(WEEKLY, "votes_are_known", "a share stands on no votes", putting(WEEKLY, ACME_X, effective_count=None)),
    case(
        WEEKLY,
        "votes_are_known",
        "a share of authors stands on no votes",
        putting(WEEKLY, ACME_X, authors_effective_count=0.0),
    ),
    case(
        CHANGE,
        "meets_weekly",
        "a change is of another run",
        putting(
            CHANGE,
            CHANGED,
            share_ratio=more("share_ratio", -0.1),
            previous_share_ratio=more("previous_share_ratio", -0.1),
        ),
    ),
    case(CHANGE, "meets_weekly", "a change is lost", dropping(CHANGE, CHANGED)),
    case(
        CHANGE,
        "breaks_are_shown",
        "a change is given across two definitions",
        putting(CHANGE, CHANGED, comparison_status_code="definition_changed", is_different_code="cannot_tell"),
    ),
    case(CHANGE, "breaks_are_shown", "another panel is compared as if it were the same", _compared_across_panels),
    *put_each(
        CHANGE,
        CHANGED,
        "parts_add_up",
        {
            "the parts are not the change": {"own_gain_ratio": 0.4, "rivals_loss_ratio": 0.4},
            "a part is missing": {"own_gain_ratio": None},
        },
    ),
    case(
        CHANGE,
        "verdict_follows",
        "weeks that cannot be compared are called different",
        putting(CHANGE, CHANGED, is_different_code="yes", comparison_status_code="incomplete"),
    ),
    case(
        CHANGE,
        "verdict_follows",
        "a clear change is called none",
        putting(
            CHANGE,
            CHANGED,
            is_different_code="no",
            comparison_status_code="ok",
            share_change_low_ratio=-0.9,
            share_change_high_ratio=-1e-12,
            share_change_ratio=pl.col("share_change_ratio"),
        ),
    ),
    case(
        CHANGE,
        "intervals_hold_estimates",
        "the change lies outside its interval",
        putting(CHANGE, CHANGED, share_change_low_ratio=0.9, share_change_high_ratio=0.95),
    ),
    case(
        DRIVER, "adds_up_to_change", "a driver is lost", lambda tables: {**tables, DRIVER.name: tables[DRIVER.name][1:]}
    ),
    case(
        MOOD,
        "formulas_hold",
        "a net sentiment is of another run",
        putting(
            MOOD,
            ALL_MOOD,
            net_sentiment_all_ratio=0.5,
            net_sentiment_all_low_ratio=-1.0,
            net_sentiment_all_high_ratio=1.0,
        ),
    ),
    case(
        MOOD,
        "intervals_hold_estimates",
        "an interval lies below its number",
        putting(MOOD, ALL_MOOD, net_sentiment_polar_low_ratio=-1.0, net_sentiment_polar_high_ratio=-0.99),
    ),
    case(MOOD, "meets_daily", "a mention is told as positive that was negative", _mood_moved),
    case(
        MOOD,
        "segments_reconcile",
        "a platform is lost",
        dropping(MOOD, FULL_WEEK & at(brand_id="acme", segment_code="news")),
    ),
    case(
        MOOD,
        "segments_reconcile",
        "the mentions without a topic are lost",
        dropping(MOOD, FULL_WEEK & at(brand_id="acme", segment_kind_code="topic", segment_code="none")),
    ),
)

TERMS = (
    case(
        TERM, "meets_share_of_voice", "a day counts more texts than there are", putting(TERM, EVERY, day_post_count=9)
    ),
    *put_each(
        TERM,
        EVERY,
        "state_follows",
        {
            "more texts use a term than there are": {"term_post_count": 4},
            "more authors than texts": {"distinct_author_count": 3},
            "a rising term scores below zero": {"trend_score": -4.0},
            "a term with a history is new": {"term_state_code": "new"},
            "a term without a history is rising": {"history_post_count": 0},
        },
    ),
    case(TERM, "samples_are_its_mentions", "a sample is gone", lambda t: _elsewhere(t, TERM, "gone")),
    case(
        TERM,
        "samples_are_its_mentions",
        "a sample is the brand's own post",
        lambda t: _elsewhere(t, TERM, f"{LAST:%m%d}-5"),
    ),
    case(
        TERM,
        "samples_are_its_mentions",
        "a sample is of another day",
        lambda t: _elsewhere(t, TERM, f"{DAYS[2]:%m%d}-0"),
    ),
    *put_each(
        TAG,
        EVERY,
        "verdict_follows",
        {
            "a tragedy is called safe": {"crisis_ratio": 0.4},
            "an angry tag is called safe": {"hashtag_negative_ratio": 0.8},
            "a tag that means something else today is called safe": {"meaning_shift_ratio": 0.9},
            "a handful of posts is called safe": {"hashtag_post_count": 3},
            "a tag is avoided without a reason": {"verdict_code": "avoid"},
            "a tag is safe for a reason": {"reason_texts": ["words of mourning in 9 of 40 posts"]},
        },
    ),
    case(
        TAG, "samples_carry_the_tag", "a sample does not carry the tag", lambda t: _elsewhere(t, TAG, f"{LAST:%m%d}-1")
    ),
)

CORRUPTIONS = (*MATCHES, *WEEKS, *TERMS)
