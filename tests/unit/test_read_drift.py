"""Exports change: reordered, renamed, added and missing columns, and formats nobody declared."""

import random

import pytest
import yaml

from tests.exports.listening_tools import brandwatch
from tests.exports.reading import canonical, read_bytes, record
from tests.exports.world import FIRST, delimited, table, x_id
from transforms.sources.brandwatch import BRANDWATCH
from transforms.sources.custom import CustomSource, custom_source
from transforms.sources.drift import header_difference
from transforms.sources.headers import known_header
from transforms.sources.registry import DECLARATIONS

ROW = {
    "Query Id": "77",
    "Query Name": "kettles",
    "Date": "2025-07-24 15:44:07.0",
    "Page Type": "twitter",
    "Url": f"http://twitter.com/nora/statuses/{x_id(FIRST)}",
    "Full Text": "hello",
    "Author": "nora",
    "X Likes": "7",
    "X Reposts": "3",
    "X Replies": "2",
    "Reach (new)": "9",
}
SERIES = 'sep=,\n"Facebook follows"\n"Date","Primary"\n"2025-07-01T00:00:00","1"\n'


def test_reordered_columns_give_the_same_rows_and_never_swap_likes_and_shares() -> None:
    header = list(known_header("brandwatch"))
    straight = read_bytes(delimited(table(header, [ROW])))
    random.Random(4).shuffle(header)
    header.remove("Query Id")
    shuffled = read_bytes(delimited(table(["Query Id", *header], [ROW])))
    assert shuffled.rows.drop("raw_json").equals(straight.rows.drop("raw_json"))
    assert shuffled.facts.header_difference.is_reordered
    assert shuffled.facts.header_fingerprint != straight.facts.header_fingerprint


def test_a_column_under_a_known_older_name_is_neither_new_nor_missing() -> None:
    header = [name.replace("X Likes", "Twitter Likes") for name in known_header("brandwatch")]
    difference = header_difference(tuple(header), BRANDWATCH)
    assert (difference.added, difference.missing) == ((), ())
    row = {("Twitter Likes" if name == "X Likes" else name): value for name, value in ROW.items()}
    assert read_bytes(delimited(table(header, [row]))).rows["like_count"].to_list() == [7]


def test_a_new_column_is_kept_aside_and_told_of() -> None:
    outcome = read_bytes(delimited(table([*known_header("brandwatch"), "Mood"], [{**ROW, "Mood": "calm"}])))
    assert '"Mood":"calm"' in outcome.rows["raw_json"][0]
    assert "the header differs from the known one: new columns: 'Mood'" in outcome.facts.warnings


def test_a_missing_counter_is_unknown_and_told_of() -> None:
    header = [name for name in known_header("brandwatch") if name not in ("X Likes", "Likes")]
    row = {name: value for name, value in ROW.items() if name != "X Likes"}
    outcome = read_bytes(delimited(table(header, [row])))
    assert outcome.rows["like_count"].to_list() == [None]
    assert outcome.facts.header_difference.missing == ("Likes", "X Likes")


def test_without_the_columns_it_is_known_by_a_file_is_refused_with_the_nearest_format() -> None:
    header = [name.replace("Query Id", "Search").replace("Date", "When") for name in known_header("brandwatch")]
    row = {name: value for name, value in ROW.items() if name not in ("Query Id", "Date")}
    facts = read_bytes(delimited(table(header, [row]))).facts
    assert facts.state == "refused"
    assert "nearest is Brandwatch bulk mentions download" in (facts.problem_text or "")
    assert "it lacks 'Query Id', 'Date'" in (facts.problem_text or "")


def test_the_suggested_block_reads_the_file_once_it_is_pasted() -> None:
    content = (
        b"Posted at;Message;Who;Permalink;Likes\n"
        b"24.07.2025 15:44;hello;nora;https://forum.example/1;7\n"
        b"25.07.2025 08:05;again;tavo;https://forum.example/2;0\n"
    )
    refused = read_bytes(content, "Forum Posts 20250701.csv").facts
    assert refused.state == "refused" and refused.suggestion_text is not None
    [settings] = yaml.safe_load(refused.suggestion_text)
    spec = CustomSource.model_validate(settings)
    assert spec.columns["mention_text"] == ("Message",)
    assert spec.columns["like_count"] == ("Likes",)
    outcome = read_bytes(content, declarations=(custom_source(spec), *DECLARATIONS))
    assert outcome.texts == ["hello", "again"]
    assert outcome.rows["like_count"].to_list() == [7, 0]


def test_the_name_alone_recognises_nothing() -> None:
    assert read_bytes(b"a,b\n1,2\n", "Bulk Mentions Download brandwatch.csv").facts.source_code is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Date,Tweets published,impressions,engagements\n2025-07-01,1,2,3\n", "totals by day"),
        (
            'sep=,\n"Facebook follows"\n"Date","Primary"\n"2025-07-01T00:00:00","1"\n'.encode("utf-16"),
            "a figure by day",
        ),
        (b"Date,Impressions (organic),Clicks (organic)\n07/01/2025,1,2\n", "totals by day"),
        (b'{"items": [{"kind": "youtube#channel", "id": "UC1", "statistics": {"subscriberCount": "5"}}]}', "not when"),
    ],
)
def test_files_known_to_hold_no_posts_are_refused_with_what_to_export_instead(content: bytes, words: str) -> None:
    facts = read_bytes(content).facts
    assert facts.state == "refused"
    assert words in (facts.problem_text or "")


def test_the_version_of_a_declaration_changes_with_what_it_says() -> None:
    assert BRANDWATCH.version == BRANDWATCH.version
    assert len({declaration.version for declaration in DECLARATIONS}) == len(DECLARATIONS)


def test_personal_columns_stand_neither_in_raw_json_nor_in_rejected_rows() -> None:
    look_alike = brandwatch()
    secret = ("female", "Lyon", "pic.example")
    outcome = read_bytes(look_alike.content)
    assert not any(word in (text or "") for text in outcome.rows["raw_json"] for word in secret)
    broken = look_alike.content.replace(b"2025-07-24 15:44:07.0", b"yesterday")
    rejected = read_bytes(broken).rejected
    assert rejected["reason_code"].to_list() == ["bad_time"]
    assert not any(word in rejected["raw_content"][0] for word in (*secret, "9001"))


@pytest.mark.parametrize("shift", [1, -1])
def test_a_broken_row_hides_every_place_its_personal_cells_may_have_moved_to(shift: int) -> None:
    header = list(known_header("brandwatch"))
    cells = [f"cell {name}" for name in header]
    moved = ["inserted", *cells] if shift > 0 else cells[1:]
    content = delimited([header, ["x"] * len(header), moved])
    [_, shown] = read_bytes(content).rejected.sort("row_number")["raw_content"]
    assert "cell Sentiment" in shown
    for name in ("Gender", "City", "Author", "Full Name", "X Author ID", "Latitude"):
        assert f'"cell {name}"' not in shown


def test_canonical_rows_go_on_being_read_when_a_column_is_renamed_to_its_contract_name() -> None:
    header = "published_at,platform_code,author_handle,mention_text,like_count"
    assert read_bytes(canonical(record("hello", likes="7"), header=header).encode()).rows["like_count"].to_list() == [7]


def test_files_glued_together_with_their_columns_in_other_places_are_refused_not_swapped() -> None:
    header = "published_at,platform,text,likes,shares"
    first = canonical("2025-07-24T15:44:07Z,x,hello,7,1", header=header)
    same = read_bytes((first + first).encode())
    assert same.texts == ["hello", "hello"]
    assert same.reasons == [(2, "bad_number")]
    other = canonical("2025-07-24T15:44:07Z,x,again,1,7", header="published_at,platform,text,shares,likes")
    facts = read_bytes((first + other).encode()).facts
    assert facts.state == "refused"
    assert "record 2 is a second header with its columns in other places: split the file" in str(facts.problem_text)
    moved = canonical("x,2025-07-24T15:44:07Z,again,1,7", header="platform,published_at,text,likes,shares")
    assert read_bytes((first + moved).encode()).facts.state == "refused"


def test_a_post_about_dates_is_no_header() -> None:
    header = "text,published_at,platform,likes"
    rows = ["published_at,2025-07-24T15:44:07Z,x,1", "text,likes,x,1"]
    outcome = read_bytes(canonical(*rows, header=header).encode())
    assert outcome.texts == ["published_at"]
    assert outcome.reasons == [(2, "bad_time")]


@pytest.mark.parametrize("second", ["likes", "Likes"])
def test_a_column_that_stands_twice_is_told_of(second: str) -> None:
    header = f"published_at,platform,text,likes,{second}"
    outcome = read_bytes(canonical("2025-07-24T15:44:07Z,x,hello,7,9", header=header).encode())
    assert outcome.rows["like_count"].to_list() == [7]
    [warning] = outcome.facts.warnings
    assert warning.startswith("these columns stand more than once, and one of each is read: 'likes'")
    single = "published_at,platform,text,likes,mood,mood"
    plain = read_bytes(canonical("2025-07-24T15:44:07Z,x,hello,7,a,b", header=single).encode())
    assert plain.facts.warnings == ()
