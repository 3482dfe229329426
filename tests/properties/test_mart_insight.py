"""Laws of the insight tables, on generated posts: the order of rows means nothing, every row obeys its contract."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from transforms.marts.brand_mention import brand_mentions
from transforms.marts.care import care_daily, reply_queue
from transforms.marts.hashtag_context import HashtagParams, hashtag_context, hashtag_first_seen
from transforms.marts.ladder import AmbassadorParams, ambassador, engagement_ladder_monthly
from transforms.marts.panel import Panel, PanelBrand
from transforms.marts.participation import audience_country_monthly, participation_monthly
from transforms.marts.sentiment_weekly import sentiment_weekly
from transforms.marts.share_of_voice import share_of_voice_weekly
from transforms.marts.share_of_voice_change import (
    share_of_voice_change,
    share_of_voice_driver,
    weekly_mention_shares,
)
from transforms.marts.term_counts import counted_terms, term_rows, used_terms
from transforms.marts.threads import threads
from transforms.marts.topic_daily import TopicParams, topic_daily
from warehouse.tables import BY_NAME, core, insight

START = datetime(2024, 4, 29, tzinfo=UTC)
DAYS = [START.date() + timedelta(days=day) for day in range(21)]
PANEL = Panel("p1", (PanelBrand("acme", "own"), PanelBrand("bolt", "competitor")))
# Thresholds so low that a handful of posts reaches every branch.
TOPICS = TopicParams(least_history_days=3, least_posts=1, least_authors=1, threshold=0.5, top=2)
HASHTAGS = HashtagParams(least_posts=1, least_history_posts=2, top=2)
LOYAL = AmbassadorParams(least_weeks=1, least_mentions=1, least_defences=1)

post = st.fixed_dictionaries(
    {
        "minute": st.integers(0, 21 * 24 * 60 - 1),
        "platform_code": st.sampled_from(["x", "news"]),
        "kind_code": st.sampled_from(["post", "repost", "reply"]),
        "brands": st.sets(st.sampled_from(["acme", "bolt"]), max_size=2),
        "topics": st.sets(st.sampled_from(["price", "care"]), max_size=2),
        "author_id": st.sampled_from([None, "a", "b", "c", "help"]),
        "author_follower_count": st.sampled_from([None, 0, 50, 9000]),
        "cluster": st.sampled_from([None, None, "s"]),
        "engagement_count": st.sampled_from([None, 0, 3]),
        "sentiment": st.sampled_from([("positive", 0.4), ("negative", -0.7), ("neutral", 0.0), ("unscored", None)]),
        "vendor_sentiment_label": st.sampled_from([None, "positive", "negative"]),
        "mention_text": st.sampled_from([None, "box arrived late", "lovely box", "victims of the storm"]),
        "hashtags": st.lists(st.sampled_from(["box", "storm"]), unique=True, max_size=2),
        "language_code": st.sampled_from([None, "en", "fr"]),
        "country_code": st.sampled_from([None, "FR"]),
        "answers": st.integers(0, 9),
        "is_question": st.booleans(),
        "is_complaint": st.booleans(),
    }
)
posts_strategy = st.lists(post, min_size=1, max_size=20)
Frames = dict[str, pl.DataFrame]


def frames(posts: list[dict[str, Any]]) -> Frames:
    empty: dict[Any, Any] = {pl.String: "-", pl.Int64: 1, pl.Boolean: False, pl.List(pl.String): []}
    rows = []
    for number, p in enumerate(posts):
        at = START + timedelta(minutes=p["minute"])
        answers = f"n{p['answers']}" if p["kind_code"] == "reply" else None
        row = {
            "mention_id": f"m{number:03}",
            "native_id": f"n{number}",
            "published_at": at,
            "mention_date": at.date(),
            "sentiment_label": p["sentiment"][0],
            "sentiment_score": p["sentiment"][1],
            "parent_native_id": answers,
            "is_owned": p["author_id"] == "help",
            **p,
        }
        filled = {c.name: row.get(c.name, None if c.nullable else empty.get(c.dtype)) for c in core.MENTION.columns}
        rows.append(filled)

    def pairs(name: str, key: str) -> pl.DataFrame:
        found = [(f"m{n:03}", value) for n, p in enumerate(posts) for value in sorted(p[name])]
        return pl.DataFrame(found, schema={"mention_id": pl.String, key: pl.String}, orient="row")

    clusters = [(f"m{n:03}", p["cluster"]) for n, p in enumerate(posts) if p["cluster"]]
    schema = {"mention_id": pl.String, "cluster_id": pl.String}
    return {
        "mentions": pl.DataFrame(rows, schema=core.MENTION.schema, orient="row"),
        "brands": pairs("brands", "brand_id"),
        "topics": pairs("topics", "topic_id"),
        "clusters": pl.DataFrame(clusters, schema=schema, orient="row"),
    }


def tables(given_frames: Frames, days: list[date] = DAYS) -> Frames:
    mentions, brands, topics, clusters = (given_frames[name] for name in ("mentions", "brands", "topics", "clusters"))
    of_brands, replies = brand_mentions(mentions, brands, clusters), threads(mentions, brands)
    weekly = share_of_voice_weekly(of_brands, PANEL, days)
    seen, end = hashtag_first_seen(mentions), START + timedelta(days=21)
    built = {
        insight.SHARE_OF_VOICE_WEEKLY: weekly,
        insight.SHARE_OF_VOICE_CHANGE: share_of_voice_change(weekly),
        insight.SHARE_OF_VOICE_DRIVER: share_of_voice_driver(of_brands, topics, weekly),
        insight.SENTIMENT_WEEKLY: sentiment_weekly(of_brands, topics),
        insight.TOPIC_DAILY: topic_daily(used_terms(of_brands, mentions, topics), days, TOPICS),
        insight.HASHTAG_CONTEXT: hashtag_context(mentions, brands, clusters, seen, days, HASHTAGS),
        insight.PARTICIPATION_MONTHLY: participation_monthly(of_brands, days),
        insight.AUDIENCE_COUNTRY_MONTHLY: audience_country_monthly(of_brands, mentions, days, least_authors=1),
        insight.ENGAGEMENT_LADDER_MONTHLY: engagement_ladder_monthly(of_brands, replies, days),
        insight.AMBASSADOR: ambassador(of_brands, replies, as_of=days[-1], params=LOYAL),
        insight.REPLY_QUEUE: reply_queue(mentions, brands, clusters, replies, PANEL, as_of=end),
        insight.CARE_DAILY: care_daily(mentions, brands, replies, PANEL, days, "Europe/Paris"),
    }
    return {contract.name: contract.conform(table) for contract, table in built.items()}


@settings(max_examples=15, deadline=None)
@given(posts_strategy, st.integers(0, 999))
def test_shuffled_rows_give_the_same_tables(posts, seed):
    given_frames = frames(posts)
    shuffled = {name: rows.sample(fraction=1.0, shuffle=True, seed=seed) for name, rows in given_frames.items()}
    expected, found = tables(given_frames), tables(shuffled)
    for name, table in expected.items():
        assert_frame_equal(table, found[name], check_exact=True)


@settings(max_examples=25, deadline=None)
@given(posts_strategy)
def test_every_row_obeys_its_contract(posts):
    for name, table in tables(frames(posts)).items():
        assert table.select(BY_NAME[name].key).is_unique().all(), name
        for column in BY_NAME[name].columns:
            values = table[column.name].drop_nulls()
            assert column.nullable or table[column.name].null_count() == 0, f"{name}.{column.name}"
            if len(values) and column.allowed:
                assert set(values) <= set(column.allowed), f"{name}.{column.name}"
            if len(values) and column.dtype in (pl.Float64, pl.Int64):
                assert values.is_finite().all() if column.dtype == pl.Float64 else True, f"{name}.{column.name}"
                assert column.minimum is None or values.min() >= column.minimum - 1e-9, f"{name}.{column.name}"
                assert column.maximum is None or values.max() <= column.maximum + 1e-9, f"{name}.{column.name}"


@settings(max_examples=15, deadline=None)
@given(posts_strategy)
def test_weeks_computed_one_by_one_are_the_whole(posts):
    given_frames = frames(posts)
    of_brands = brand_mentions(given_frames["mentions"], given_frames["brands"], given_frames["clusters"])
    weeks = [DAYS[start : start + 7] for start in (0, 7, 14)]
    whole = share_of_voice_weekly(of_brands, PANEL, DAYS)
    parts = [share_of_voice_weekly(of_brands.filter(pl.col("mention_date").is_in(w)), PANEL, w) for w in weeks]
    assert_frame_equal(whole, pl.concat(parts), check_exact=True)
    moods = [sentiment_weekly(of_brands.filter(pl.col("mention_date").is_in(w)), given_frames["topics"]) for w in weeks]
    assert_frame_equal(sentiment_weekly(of_brands, given_frames["topics"]), pl.concat(moods), check_exact=True)


@settings(max_examples=15, deadline=None)
@given(posts_strategy)
def test_topics_of_days_counted_one_after_the_other_are_the_whole(posts):
    of_posts = frames(posts)
    of_brands = brand_mentions(of_posts["mentions"], of_posts["brands"], of_posts["clusters"])
    week, rest = (
        used_terms(of_brands.filter(rows), of_posts["mentions"], of_posts["topics"])
        for rows in (pl.col("mention_date").is_in(DAYS[:7]), ~pl.col("mention_date").is_in(DAYS[:7]))
    )
    # Whether the days before are counted now, were counted with others or read back from where they were kept.
    kept = counted_terms(term_rows(week))
    for before in (week, rest.with_days_of(week).of_days(DAYS[:7]), kept):
        assert_frame_equal(topic_daily(rest, DAYS, TOPICS, before), topic_daily(rest, DAYS, TOPICS, kept))
    parts = [topic_daily(week, DAYS, TOPICS), topic_daily(rest, DAYS, TOPICS, kept)]
    whole = topic_daily(used_terms(of_brands, of_posts["mentions"], of_posts["topics"]), DAYS, TOPICS)
    early = whole.filter(pl.col("mention_date").is_in(DAYS[:7]))
    late = whole.filter(~pl.col("mention_date").is_in(DAYS[:7]))
    assert_frame_equal(early, parts[0], check_exact=True)
    assert_frame_equal(late, parts[1], check_exact=True)


@settings(max_examples=15, deadline=None)
@given(posts_strategy)
def test_drivers_start_from_the_shares_of_the_weekly_table(posts):
    given_frames = frames(posts)
    of_brands = brand_mentions(given_frames["mentions"], given_frames["brands"], given_frames["clusters"])
    shares = weekly_mention_shares(of_brands, PANEL, DAYS)
    weekly = share_of_voice_weekly(of_brands, PANEL, DAYS).filter(pl.col("platform_code") == "all")
    assert_frame_equal(shares, weekly.select(shares.columns), check_exact=True, check_row_order=False)


@settings(max_examples=20, deadline=None)
@given(posts_strategy)
def test_drivers_always_add_up_to_the_change(posts):
    built = tables(frames(posts))
    totals = built["mart.share_of_voice_change"].filter(
        (pl.col("platform_code") == "all") & (pl.col("basis_code") == "mentions")
    )
    drivers = built["mart.share_of_voice_driver"]
    sums = drivers.group_by("week_date", "brand_id").agg(pl.col("contribution_ratio").sort().sum())
    joined = totals.filter(pl.col("share_change_ratio").is_not_null()).join(
        sums, on=["week_date", "brand_id"], how="left"
    )
    gap = (joined["share_change_ratio"] - joined["contribution_ratio"].fill_null(0.0)).abs()
    parts = (joined["share_change_ratio"] - joined["own_gain_ratio"] - joined["rivals_loss_ratio"]).abs()
    assert (gap < 1e-9).all() and (parts < 1e-9).all()
