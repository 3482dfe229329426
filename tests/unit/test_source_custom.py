"""Custom sources: formats described in listening.yaml alone."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from tests.exports.reading import Outcome, read_bytes
from transforms.sources.custom import CustomSource, custom_source
from transforms.sources.registry import DECLARATIONS

AIRLINE = {
    "code": "airlines",
    "platform": "x",
    "date_format": "%m/%d/%Y %H:%M",
    "zone": "America/Los_Angeles",
    "columns": {
        "published_at": "tweet_created",
        "mention_text": "text",
        "native_id": "tweet_id",
        "author_handle": "name",
        "query_name": "airline",
        "vendor_sentiment_label": "airline_sentiment",
    },
}
HEADER = "tweet_id,airline_sentiment,airline,name,text,tweet_created\n"


def read(settings: dict[str, Any], content: str, name: str = "export.csv") -> Outcome:
    declarations = (custom_source(CustomSource.model_validate(settings)), *DECLARATIONS)
    return read_bytes(content.encode(), name, declarations=declarations)


def test_a_file_is_read_from_settings_alone() -> None:
    outcome = read(AIRLINE, HEADER + "20090000001,positive,Norvair,nora,lovely crew,2/24/2015 11:35\n")
    [row] = outcome.rows.to_dicts()
    assert row["source_code"] == "airlines"
    assert row["published_at"] == datetime(2015, 2, 24, 19, 35, tzinfo=UTC)
    assert (row["tz_basis_code"], row["query_name"]) == ("assumed", "Norvair")
    assert (row["vendor_sentiment_label"], row["native_id"]) == ("positive", "20090000001")


def test_ids_a_spreadsheet_destroyed_are_not_used_and_told_of() -> None:
    lines = "".join(f"5.7030{n}E+17,neutral,Norvair,nora,text {n},2/24/2015 11:3{n}\n" for n in range(5))
    outcome = read(AIRLINE, HEADER + lines)
    assert outcome.rows["native_id"].to_list() == [None] * 5
    assert any("destroyed by a spreadsheet" in warning for warning in outcome.facts.warnings)


def test_an_override_says_whether_ids_are_damaged() -> None:
    line = HEADER + "20090000001,neutral,Norvair,nora,text,2/24/2015 11:35\n"
    assert read({**AIRLINE, "id_is_damaged": True}, line).rows["native_id"].to_list() == [None]


def test_a_custom_source_comes_before_the_built_in_ones_and_its_pattern_only_narrows() -> None:
    settings = {**AIRLINE, "file_pattern": "*airline*.csv"}
    line = HEADER + "20090000001,neutral,Norvair,nora,text,2/24/2015 11:35\n"
    assert read(settings, line, "US Airlines.CSV".replace("Airlines", "airline")).facts.source_code == "airlines"
    assert read(settings, line, "other.csv").facts.state == "refused"
    assert read(settings, "a,b\n1,2\n", "airline.csv").facts.state == "refused"


def test_a_platform_column_is_mapped_and_constants_fill_every_row() -> None:
    settings = {
        "code": "posts",
        "record_kind": "competitor_post",
        "date_format": ["iso", "%Y-%m-%d"],
        "zone": "UTC",
        "columns": {
            "posted_at": "when",
            "platform_code": "net",
            "post_text": "what",
            "like_count": ["like", "heart"],
        },
        "platform_map": {"Insta": "instagram"},
        "constants": {"account_handle": "brewolo"},
        "delimiter": ";",
    }
    outcome = read(settings, "when;net;what;heart\n2025-07-24;insta;hello;7\n2025-07-24T10:00:00Z;Facebook;x;1\n")
    assert outcome.rows["platform_code"].to_list() == ["instagram", "facebook"]
    assert outcome.rows["account_handle"].to_list() == ["brewolo", "brewolo"]
    assert outcome.rows["like_count"].to_list() == [7, 1]
    assert outcome.rows["tz_basis_code"].to_list() == ["assumed", "explicit"]


def test_a_declared_header_row_and_encoding_are_taken_at_their_word() -> None:
    settings = {
        "code": "forum",
        "platform": "forum",
        "header_row": 3,
        "encoding": "cp1251",
        "file_pattern": "f*",
        "columns": {"published_at": "when", "mention_text": "what"},
    }
    content = "Отчёт\n\nwhen,what\n2025-07-24T10:00:00Z,чайник\n".encode("cp1251")
    declarations = (custom_source(CustomSource.model_validate(settings)), *DECLARATIONS)
    assert read_bytes(content, "forum.csv", declarations=declarations).texts == ["чайник"]


def test_sentiment_words_are_mapped_as_declared() -> None:
    settings = {**AIRLINE, "sentiment_map": {"Good": "positive", "bad": "negative"}}
    lines = "".join(f"2009000000{n},{word},N,a,t,2/24/2015 11:35\n" for n, word in enumerate(("good", "BAD", "meh")))
    assert read(settings, HEADER + lines).rows["vendor_sentiment_label"].to_list() == ["positive", "negative", None]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colums": {}}, "Extra inputs are not permitted"),
        ({"columns": {"mention_text": "text"}}, "must name the export's column for 'published_at'"),
        ({"columns": {**AIRLINE["columns"], "likes": "x"}}, "'likes' is no column of a mention"),  # type: ignore[dict-item]
        ({"zone": "Paris"}, "is not an IANA time zone"),
        ({"platform": "twitter"}, "'twitter' is no platform"),
        ({"platform": None}, "give either platform"),
        ({"delimiter": "::"}, "delimiter must be one character"),
        ({"code": "My Source"}, "should match pattern"),
        ({"record_kind": "competitor_post", "columns": {"posted_at": "a"}}, "must give account_handle"),
        ({"audience_kind": "x"}, "no kind of audience"),
        ({"encoding": "utf-99"}, "no encoding"),
        ({"date_format": "%Q"}, "date format"),
        ({"date_format": "%Y-%m-%d %H"}, "date format"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_settings_is_told_in_one_line(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        CustomSource.model_validate({**AIRLINE, **change})
