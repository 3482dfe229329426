"""JSON that changes, JSON nobody declared, and what vendors say of how many records there are."""

import json
from typing import Any

import pytest
import yaml

from tests.exports.reading import canonical, read_bytes, record
from tests.exports.world import delimited, workbook
from transforms.sources.coverage import stated_total
from transforms.sources.custom import CustomSource, custom_source
from transforms.sources.json_shape import JsonShape
from transforms.sources.registry import DECLARATIONS

AT = "2025-07-24T15:44:07Z"


def lines(*items: Any) -> bytes:
    return "".join(json.dumps(item) + "\n" for item in items).encode()


def tweet(number: int, **more: Any) -> dict[str, Any]:
    counts = {"like_count": number, "retweet_count": 1, "reply_count": 0}
    base = {"id": str(1948655709189046277 + number), "text": f"hello {number}", "author_id": "9", "created_at": AT}
    return {**base, "public_metrics": counts, **more}


def hits(number: int) -> dict[str, Any]:
    user, stats = {"screen_name": "nora", "followers": 5}, {"likes": number, "comments": 1}
    return {"uid": f"a{number}", "created": AT, "body": f"hello {number}", "user": user, "stats": stats}


def test_json_nobody_declared_is_refused_with_a_block_that_reads_it_once_pasted() -> None:
    content = json.dumps({"status": "ok", "result": {"count": 2, "hits": [hits(7), hits(0)]}}).encode()
    facts = read_bytes(content, "search.json").facts
    assert facts.state == "refused" and facts.suggestion_text is not None
    assert "no known export format has these keys ('uid', 'created', 'body', 'user', 'stats')" in str(
        facts.problem_text
    )
    [settings] = yaml.safe_load(facts.suggestion_text)
    assert settings["records_at"] == "result.hits"
    source = custom_source(CustomSource.model_validate(settings))
    outcome = read_bytes(content, "search.json", declarations=(source, *DECLARATIONS))
    assert outcome.texts == ["hello 7", "hello 0"]
    assert outcome.rows["like_count"].to_list() == [7, 0]
    assert outcome.rows["author_handle"].to_list() == ["nora", "nora"]


def test_a_custom_source_reads_an_object_per_line_as_well_as_a_table_of_the_same_names() -> None:
    settings = {"code": "forum", "platform": "forum", "columns": {"published_at": "when", "mention_text": "words"}}
    sources = (custom_source(CustomSource.model_validate(settings)), *DECLARATIONS)
    as_lines = read_bytes(lines({"when": AT, "words": "hello"}), declarations=sources)
    as_table = read_bytes(delimited([["when", "words"], [AT, "hello"]]), declarations=sources)
    assert as_lines.texts == as_table.texts == ["hello"]
    assert as_lines.facts.source_code == as_table.facts.source_code == "forum"


@pytest.mark.parametrize(
    ("items", "words"),
    [
        (
            [{"created": 1753371847, "subreddit": "kettles", "selftext": "hello"}],
            "nearest is Reddit dump (1 keys match: 'subreddit'; it lacks 'created_utc')",
        ),
        (
            [{"navindex": 1, "source_platform": "tiktok.com", "data": {"desc": "x"}}],
            "nearest is Zeeschuimer items (2 keys match: 'source_platform', 'data'; it lacks 'nav_index')",
        ),
    ],
)
def test_json_whose_telling_key_was_renamed_is_refused_with_the_nearest_format(
    items: list[dict[str, Any]], words: str
) -> None:
    assert words in str(read_bytes(lines(*items), "x.jsonl").facts.problem_text)


def test_keys_that_any_json_has_are_near_to_nothing() -> None:
    text = str(read_bytes(lines({"id": 1, "date": "soon", "type": "x"}), "x.jsonl").facts.problem_text)
    assert "nearest" not in text and "no record in it has a time that can be told" in text


def test_the_keys_that_every_record_has_are_the_header_whatever_others_some_have() -> None:
    plain = read_bytes(lines(*(tweet(n) for n in range(30)))).facts
    some = read_bytes(lines(*(tweet(n, **({"geo": {"id": "1"}} if n % 3 else {})) for n in range(30)))).facts
    assert plain.header_fingerprint == some.header_fingerprint is not None
    assert "public_metrics.like_count" in plain.header and "geo" not in some.header
    renamed = read_bytes(lines(*(tweet(n, lang="en") for n in range(30)))).facts
    assert renamed.header_fingerprint != plain.header_fingerprint
    assert set(renamed.header) - set(plain.header) == {"lang"}


def test_a_few_records_do_not_make_a_header() -> None:
    assert read_bytes(lines(*(tweet(n) for n in range(19)))).facts.header_fingerprint is None


def test_ids_used_as_keys_are_no_names() -> None:
    shape = JsonShape("")
    for number in range(30):
        shape.add({"id": number, "media": {"123": {"x": 1}, "a b": 2, "kind": "photo"}})
    assert shape.names == ("id", "media", "media.kind")


def test_a_counter_whose_key_got_another_name_is_unknown_and_told_of() -> None:
    renamed = [tweet(n, public_metrics={"likes": n, "retweet_count": 1, "reply_count": 0}) for n in range(25)]
    outcome = read_bytes(lines(*renamed))
    assert outcome.rows["like_count"].null_count() == 25
    [warning] = [text for text in outcome.facts.warnings if "other names" in text]
    assert warning.startswith("none of 25 records gives like_count:")
    assert not [text for text in read_bytes(lines(*map(tweet, range(25)))).facts.warnings if "other names" in text]


def test_pages_of_an_api_add_up_to_the_vendors_total_and_documents_repeat_it() -> None:
    def page(numbers: range, count: int) -> dict[str, Any]:
        meta = {"newest_id": "2", "oldest_id": "1", "result_count": count}
        return {"data": [tweet(n) for n in numbers], "includes": {"users": []}, "meta": meta}

    assert read_bytes(lines(page(range(3), 3), page(range(3, 5), 4))).facts.vendor_total_count == 7
    video = {"kind": "youtube#video", "id": "aB3dE6gH9jK", "snippet": {"publishedAt": AT, "channelId": "UC1"}}
    video["statistics"] = {"viewCount": "5"}  # type: ignore[assignment]
    document = {"items": [video], "pageInfo": {"totalResults": 1200}}
    assert read_bytes(json.dumps(document).encode()).facts.vendor_total_count == 1200
    assert read_bytes(lines(*map(tweet, range(3)))).facts.vendor_total_count is None


@pytest.mark.parametrize(
    ("row", "total"),
    [
        (("Total mentions:", "1,234"), 1234),
        (("Number of results", "99"), 99),
        (("Results: 12 345",), 12345),
        (("Total", "7"), 7),
        (("Mentions found:", "1.234"), 1234),
        (("Brand:", "12"), None),
        (("Total mentions:", "many"), None),
        (("Total mentions of Brewolo", "5"), None),
        (("Posts by 3 authors",), None),
    ],
)
def test_lines_above_the_header_say_how_many_records_there_are(row: tuple[str, ...], total: int | None) -> None:
    assert stated_total([("Report:", "x"), row]) == total


def test_the_total_above_the_header_is_kept_with_the_file_in_text_and_workbook() -> None:
    rows = [["Query", "kettles"], ["Total mentions", "1,200"], []]
    text = delimited(rows) + canonical(record("hello")).encode()
    assert read_bytes(text).facts.vendor_total_count == 1200
    assert "the vendor counts 1,200 records, the file holds 1" in read_bytes(text).facts.warnings
    cells = [["Total mentions", 1200], ["published_at", "platform", "text"], [AT, "x", "hello"]]
    outcome = read_bytes(workbook({"Export": cells}), "x.xlsx")
    assert (outcome.texts, outcome.facts.vendor_total_count) == (["hello"], 1200)


def test_objects_after_one_another_are_as_many_records_however_they_are_laid_out() -> None:
    pretty = "\n".join(json.dumps(tweet(n), indent=2) for n in range(3)).encode()
    one_line = "".join(json.dumps(tweet(n)) for n in range(3)).encode()
    with_commas = ",\n".join(json.dumps(tweet(n)) for n in range(3)).encode()
    listed = json.dumps([tweet(n) for n in range(3)]).encode()
    for content in (pretty, one_line, with_commas, listed):
        outcome = read_bytes(content)
        assert outcome.texts == ["hello 0", "hello 1", "hello 2"], content[:60]
        assert outcome.facts.rejected_count == 0


def test_a_list_that_is_cut_off_loses_its_last_object_only() -> None:
    content = json.dumps([tweet(n) for n in range(3)], indent=1).encode()[:-40]
    outcome = read_bytes(content)
    assert outcome.texts == ["hello 0", "hello 1"]
    assert outcome.reasons == [(3, "bad_json")]
    uncut = json.dumps([tweet(0)]).encode()[:-1]
    assert (read_bytes(uncut).texts, read_bytes(uncut).reasons) == (["hello 0"], [(2, "bad_json")])
