"""Real exports, read in place where `LISTENING_REAL_EXPORTS` names their folder; visibly skipped elsewhere."""

import os
from pathlib import Path

import polars as pl
import pytest

from tests.exports.reading import Outcome, read_bytes
from transforms.sources.custom import CustomSource, custom_source
from transforms.sources.registry import DECLARATIONS

FOLDER = os.environ.get("LISTENING_REAL_EXPORTS")
pytestmark = pytest.mark.skipif(not FOLDER, reason="LISTENING_REAL_EXPORTS names no folder of real exports")

AIRLINES = CustomSource.model_validate(
    {
        "code": "us_airlines",
        "columns": {
            "published_at": "tweet_created",
            "mention_text": "text",
            "author_handle": "name",
            "native_id": "tweet_id",
            "share_count": "retweet_count",
            "query_name": "airline",
            "vendor_sentiment_label": "airline_sentiment",
        },
        "date_format": "%m/%d/%Y %H:%M",
        "zone": "America/Los_Angeles",
        "platform": "x",
    }
)
BRANDS = CustomSource.model_validate(
    {
        "code": "sanders",
        "columns": {
            "published_at": "TweetDate",
            "mention_text": "TweetText",
            "native_id": "TweetId",
            "query_name": "Topic",
            "vendor_sentiment_label": "Sentiment",
        },
        "date_format": "%a %b %d %H:%M:%S %z %Y",
        "platform": "x",
    }
)
PAGES = CustomSource.model_validate(
    {
        "code": "facebook_pages",
        "record_kind": "competitor_post",
        "columns": {
            "posted_at": "Date Published",
            "account_handle": "Page",
            "native_id": "post_id",
            "url": "Post URL",
            "post_type_code": "Post Type",
            "share_count": "share_count",
            "like_count": "reaction_count",
            "comment_count": "comment_count",
        },
        "date_format": "%Y-%m-%d",
        "zone": "America/New_York",
        "platform": "facebook",
    }
)


def read(path: str) -> Outcome:
    file = Path(FOLDER or "") / path
    sources = (AIRLINES, BRANDS, PAGES)
    return read_bytes(file.read_bytes(), file.name, declarations=(*map(custom_source, sources), *DECLARATIONS))


@pytest.mark.parametrize(
    ("path", "code", "kept", "rejected"),
    [
        ("mentions/us_airlines_2015.csv", "us_airlines", 14_640, 0),
        ("mentions/us_airlines_2015_double_encoded.csv", "us_airlines", 14_640, 0),
        ("mentions/sanders_brands_2011.csv", "sanders", 5_113, 0),
        ("mentions/x_api_v2_brexit.jsonl", "x_api_v2", 100, 0),
        ("mentions/x_api_v2_kpop.jsonl", "x_api_v2", 100, 0),
        ("mentions/x_api_v2_flat.jsonl", "x_api_v2", 100, 0),
        ("mentions/reddit_comments.ndjson", "reddit_dump", 27, 0),
        ("mentions/reddit_submissions.ndjson", "reddit_dump", 31, 0),
        ("mentions/bluesky_jetstream.jsonl", "bluesky_jetstream", 17, 0),
        ("competitor_posts/facebook_pages_2016.csv", "facebook_pages", 2_282, 0),
        ("competitor_posts/youtube_data_tools_videolist.csv", "youtube_data_tools", 476, 0),
    ],
)
def test_every_record_of_a_real_export_is_kept(path: str, code: str, kept: int, rejected: int) -> None:
    facts = read(path).facts
    assert facts.vendor_total_count in (None, kept)
    assert (facts.source_code, facts.kept_count, facts.rejected_count) == (code, kept, rejected)


def test_the_doubly_encoded_airline_file_agrees_with_the_clean_one_row_by_row() -> None:
    clean, damaged = read("mentions/us_airlines_2015.csv"), read("mentions/us_airlines_2015_double_encoded.csv")
    for column in ("published_at", "vendor_sentiment_label", "query_name", "author_handle", "share_count"):
        assert clean.rows[column].equals(damaged.rows[column]), column
    agree = int((clean.rows["mention_text"] == damaged.rows["mention_text"]).sum())
    assert agree == 14_501
    assert any("86.8% of 1508 damaged places repaired" in warning for warning in damaged.facts.warnings)


def test_ids_of_real_posts_on_x_count_the_second_they_were_written_in_all_but_three() -> None:
    rows = read("mentions/sanders_brands_2011.csv").rows
    number = rows["native_id"].cast(pl.Int64)
    counted = ((number // 4_194_304 + 1_288_834_974_657) * 1000).cast(pl.Datetime("us", "UTC"))
    assert ((counted - rows["published_at"]).dt.total_seconds().abs() > 1).sum() == 3
