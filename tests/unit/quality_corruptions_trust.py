"""The mutation table, third part: posts, accounts, files, health, the release row, and comparisons in time."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from quality.context import QualityThresholds
from tests.unit.quality_corruptions import Corruption, add, at, case, dropping, in_order, more, put, putting
from tests.unit.quality_tables import CONTEXT, DAYS, Tables, healthy, reader
from warehouse.tables import mart

MENTION, TOP, POST = mart.MENTION, mart.TOP_MENTION_DAILY, mart.COMPETITOR_POST
WEEK, AUDIENCE = mart.COMPETITOR_BENCHMARK_WEEKLY, mart.AUDIENCE_GROWTH_DAILY
HEALTH, FILE, RELEASE, VOICE = mart.DATA_HEALTH_DAILY, mart.EXPORT_FILE, mart.RELEASE, mart.SHARE_OF_VOICE_DAILY
FIRST, EVERY = pl.int_range(pl.len()) == 0, pl.lit(True)
BRANDLESS = pl.col("brand_ids").list.len() == 0
BEST = at(mention_date=DAYS[4], brand_id="acme", rank_count=1)
NO_FLAWS = {"duplicate_row_count": 0, "withheld_count": 0, "zone_assumed_count": 0, "unscored_count": 0}


def post(number: int) -> pl.Expr:
    """One of the posts of DAYS[4], numbered as in POSTS_OF_A_DAY."""
    return at(mention_id=f"0326-{number}")


def _eleven_ranks(tables: Tables) -> Tables:
    best = tables[TOP.name].filter(BEST).to_dicts()[0]
    ranks = tables[TOP.name].filter(at(mention_date=DAYS[4], brand_id="acme")).height
    return add(tables, TOP, *({**best, "rank_count": rank} for rank in range(ranks + 1, 12)))


def _foreign_format(tables: Tables) -> Tables:
    """A second format that brings posts without a brand only, counted consistently everywhere."""
    seen = put(tables, MENTION, BRANDLESS, source_codes=["other_csv", "plain_csv"])
    health = ({"mention_date": day, "source_code": "other_csv", "matched_count": 0, **NO_FLAWS} for day in DAYS)
    file = {"file_id": "file-3", "source_code": "other_csv", "record_kind_code": "mention"}
    counts = {"file_state_code": "ingested", "row_count": len(DAYS), "kept_count": len(DAYS), "rejected_count": 0}
    counted = add(add(seen, HEALTH, *health), FILE, {**file, **counts})
    return put(counted, RELEASE, FIRST, input_file_ids=["file-1", "file-2", "file-3"])


_withheld_everywhere = in_order(
    putting(MENTION, EVERY, is_text_withheld=True, mention_text=None),
    putting(HEALTH, EVERY, withheld_count=pl.col("mention_count")),
)
_withheld_with_text = in_order(
    putting(MENTION, post(2), is_text_withheld=True),
    putting(HEALTH, at(mention_date=DAYS[4]), withheld_count=1),
)
_nothing_scored = in_order(
    putting(MENTION, EVERY, sentiment_label="unscored", sentiment_score=None),
    putting(HEALTH, EVERY, unscored_count=pl.col("mention_count")),
)
_half_rejected = putting(
    FILE, at(file_id="file-1"), row_count=pl.col("kept_count") * 2, rejected_count=pl.col("kept_count")
)
_tuesday = {"week_date": date(2024, 5, 7), "post_count": 0, "engagement_known_count": 0, "follower_known_count": 0}

BEARS_REJECTS = replace(CONTEXT, thresholds=QualityThresholds(file_reject_warning_ratio=1.0))
A_MONTH_LATER = replace(CONTEXT, as_of=CONTEXT.as_of + timedelta(days=30))
RICHER_BEFORE = replace(CONTEXT, previous=reader(healthy({DAYS[3]: 2})))
ANGRIER_BEFORE = replace(
    CONTEXT,
    previous=reader(
        put(healthy(), MENTION, pl.col("sentiment_label") == "neutral", sentiment_label=pl.lit("negative"))
    ),
)
SCRIPTS = ("javascript:alert(1)", "\thttps://x.example", "data:text/html,x", "https:///x")

POSTS: tuple[Corruption, ...] = (
    case(
        MENTION,
        "day_is_of_zone",
        "a post of 23:30 is moved past midnight",
        putting(MENTION, post(7), published_at=pl.col("published_at") + timedelta(hours=1)),
    ),
    case(
        MENTION,
        "label_meets_score",
        "a positive post scores below zero",
        putting(MENTION, post(0), sentiment_score=-0.6),
    ),
    case(
        MENTION,
        "label_meets_score",
        "a negative post scores above zero",
        putting(MENTION, post(1), sentiment_score=0.6),
    ),
    case(MENTION, "label_meets_score", "a neutral post has no score", putting(MENTION, post(3), sentiment_score=None)),
    case(
        MENTION, "brands_are_of_panel", "a post names a stranger", putting(MENTION, post(5), brand_ids=["acme", "dyno"])
    ),
    case(
        MENTION,
        "brands_are_of_panel",
        "a post names a brand twice",
        putting(MENTION, post(5), brand_ids=["acme", "acme"]),
    ),
    case(MENTION, "clusters_are_whole", "a cluster lost a post", putting(MENTION, post(1), cluster_mention_count=3)),
    case(
        MENTION,
        "clusters_are_whole",
        "a copy points at a stranger",
        putting(MENTION, post(2), original_mention_id="0326-0"),
    ),
    case(MENTION, "withheld_text_is_absent", "a text that may not be handed on is there", _withheld_with_text),
    *(
        case(contract, "addresses_are_web", f"an address is {url!r}", putting(contract, FIRST, url=url))
        for contract in (MENTION, POST)
        for url in SCRIPTS
    ),
    case(TOP, "points_at_mentions", "a top mention is gone", putting(TOP, BEST, mention_id="gone")),
    case(TOP, "points_at_mentions", "a top mention is the brand's own post", putting(TOP, BEST, mention_id="0326-5")),
    case(TOP, "points_at_mentions", "a top mention is of another brand", putting(TOP, BEST, mention_id="0326-3")),
    case(TOP, "points_at_mentions", "a top mention is of another day", putting(TOP, BEST, mention_id="0325-0")),
    case(TOP, "ranks_run_from_one", "the best mention is missing", dropping(TOP, BEST)),
    case(TOP, "ranks_run_from_one", "a day has eleven ranks", _eleven_ranks),
    case(
        POST,
        "rates_are_formulas",
        "a rate is by other followers",
        putting(POST, FIRST, er_followers_ratio=more("er_followers_ratio", 0.01)),
    ),
    case(POST, "rates_are_formulas", "a rate is given without reach", putting(POST, FIRST, er_reach_ratio=0.5)),
    case(WEEK, "meets_posts", "a week counts a post too many", putting(WEEK, FIRST, post_count=more("post_count"))),
    case(
        WEEK,
        "weeks_are_weeks",
        "more posts known than made",
        putting(WEEK, FIRST, follower_known_count=more("post_count")),
    ),
    case(WEEK, "weeks_are_weeks", "a week starts on a Tuesday", lambda tables: add(tables, WEEK, _tuesday)),
    case(AUDIENCE, "growth_follows", "a snapshot was taken out", dropping(AUDIENCE, at(snapshot_date=DAYS[4]))),
    case(
        AUDIENCE,
        "growth_follows",
        "growth is by another base",
        putting(AUDIENCE, at(snapshot_date=DAYS[4]), growth_ratio=more("growth_ratio", 0.01)),
    ),
)

TRUST: tuple[Corruption, ...] = (
    case(FILE, "records_reconcile", "a record disappeared", putting(FILE, FIRST, row_count=more("row_count"))),
    case(FILE, "files_were_read", "a file was refused", putting(FILE, at(file_id="file-2"), file_state_code="refused")),
    case(FILE, "files_were_read", "a reader crashed", putting(FILE, at(file_id="file-2"), file_state_code="crashed")),
    case(FILE, "files_are_whole", "a file was capped", putting(FILE, FIRST, warning_texts=["exactly 5,000 rows"])),
    case(
        FILE,
        "few_rejects_per_file",
        "a small file lost a record in seven",
        putting(FILE, at(file_id="file-2"), row_count=7, rejected_count=1),
    ),
    case(FILE, "few_rejects_in_all", "half of all records are rejected", _half_rejected, BEARS_REJECTS),
    case(
        HEALTH,
        "meets_files",
        "a kept record never reached its day",
        putting(HEALTH, FIRST, row_count=more("row_count", -1)),
    ),
    case(
        HEALTH,
        "meets_mention",
        "an unscored mention too many",
        putting(HEALTH, FIRST, unscored_count=more("unscored_count")),
    ),
    case(HEALTH, "parts_within_whole", "more assumed zones than posts", putting(HEALTH, FIRST, zone_assumed_count=99)),
    case(HEALTH, "few_unscored", "no language can be scored", _nothing_scored),
    case(
        HEALTH,
        "few_duplicates",
        "every record is a repeated one",
        putting(HEALTH, EVERY, duplicate_row_count=pl.col("row_count")),
    ),
    case(HEALTH, "few_withheld", "every text is withheld", _withheld_everywhere),
    case(HEALTH, "few_unmatched", "a format brings posts without a brand", _foreign_format),
    case(RELEASE, "names_its_files", "an input is not named", putting(RELEASE, FIRST, input_file_ids=["file-1"])),
    case(
        RELEASE,
        "meets_its_tables",
        "it counts a mention more",
        putting(RELEASE, FIRST, mention_count=more("mention_count")),
    ),
    case(RELEASE, "meets_its_tables", "it is of another panel", putting(RELEASE, FIRST, panel_id="panel-2")),
    case(RELEASE, "meets_its_tables", "it starts on another day", putting(RELEASE, FIRST, first_mention_date=DAYS[1])),
    case(
        MENTION,
        "reaches_newest_file",
        "a newer file did not reach the table",
        putting(FILE, at(file_id="file-1"), last_published_at=pl.col("last_published_at") + timedelta(days=3)),
    ),
    case(MENTION, "is_fresh", "a month without a new export", lambda tables: tables, A_MONTH_LATER),
    case(VOICE, "volume_is_usual", "a day of six times the usual", lambda _: healthy({DAYS[10]: 6})),
    case(VOICE, "volume_is_usual", "a day without a post", lambda _: healthy({DAYS[10]: 0})),
    case(MENTION, "nothing_vanished", "a day lost half of its posts", lambda tables: tables, RICHER_BEFORE),
    case(MENTION, "moods_are_as_before", "what was negative is neutral", lambda tables: tables, ANGRIER_BEFORE),
)

CORRUPTIONS = (*POSTS, *TRUST)
