"""Bytes to records: encodings, line ends, quotes. Nothing is lost, nothing moves to another column."""

import codecs

import polars as pl
import pytest

from tests.exports.reading import canonical, read_bytes, record

SOUND = canonical(record("naïve ☕"), record('"a ""b"", c\nd"'))
TEXTS = ["naïve ☕", 'a "b", c\nd']


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (SOUND.encode(), "utf-8"),
        (SOUND.encode("utf-8-sig"), "utf-8-sig"),
        (codecs.BOM_UTF16_LE + SOUND.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + SOUND.encode("utf-16-be"), "utf-16-be"),
        (SOUND.encode("utf-16-le"), "utf-16-le"),
    ],
)
def test_text_is_read_in_the_encoding_it_has(content: bytes, encoding: str) -> None:
    outcome = read_bytes(content)
    assert outcome.facts.encoding_name == encoding
    assert outcome.texts == TEXTS


def test_what_is_not_utf8_and_not_doubly_encoded_is_cp1252() -> None:
    outcome = read_bytes(canonical(record("naïve café – “ok”")).encode("cp1252"))
    assert outcome.facts.encoding_name == "cp1252"
    assert outcome.texts == ["naïve café – “ok”"]


def test_a_cut_character_among_sound_ones_is_replaced_and_counted() -> None:
    content = canonical(record("é" * 40)).encode() + record("cut").encode() + b"\xf0\x9f\n"
    outcome = read_bytes(content.replace(b"cut,1\xf0\x9f", b"cut\xf0\x9f,1"))
    assert outcome.facts.encoding_name == "utf-8"
    assert outcome.texts == ["é" * 40, "cut\ufffd"]
    assert any("1 places are no utf-8" in warning for warning in outcome.facts.warnings)


def test_nul_bytes_are_taken_out_and_counted() -> None:
    outcome = read_bytes(SOUND.replace("naïve", "na\0ïve").encode())
    assert outcome.texts == TEXTS
    assert "1 NUL bytes were taken out" in outcome.facts.warnings


def test_carriage_returns_alone_end_records_and_line_feeds_in_cells_stay() -> None:
    # A parser that knows line feeds only reads such a file as one header and no rows, without an error.
    content = canonical(record("one"), record('"two\nlines"'), line_end="\r").encode()
    assert read_bytes(content).texts == ["one", "two\nlines"]


def test_line_feeds_in_cells_between_crlf_records_stay() -> None:
    assert read_bytes(canonical(record('"a\nb"'), record("c"), line_end="\r\n").encode()).texts == ["a\nb", "c"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_by_the_header(delimiter: str) -> None:
    line = delimiter.join(("2025-07-24T15:44:07Z", "x", "nora_lind", "hello", "1"))
    header = delimiter.join(("published_at", "platform", "author_handle", "text", "likes"))
    assert read_bytes(canonical(line, header=header).encode()).texts == ["hello"]


def test_a_table_with_tabs_that_never_quotes_keeps_its_quotes_and_its_rows() -> None:
    lines = [f"2025-07-24T15:44:07Z\tx\tnora\t{text}\t1" for text in ('"so they say', "plain", 'say "no"', '"')]
    header = "published_at\tplatform\tauthor_handle\ttext\tlikes"
    assert read_bytes(canonical(*lines, header=header).encode()).texts == ['"so they say', "plain", 'say "no"', '"']


def test_a_record_of_another_width_is_rejected_and_its_neighbours_keep_their_places() -> None:
    forty = "2025-07-24T15:44:07Z,x,nora," + ",".join("abcdefgh" * 5)
    outcome = read_bytes(canonical(record("first"), forty, "x,y", record("last")).encode())
    assert outcome.texts == ["first", "last"]
    assert outcome.reasons == [(2, "wrong_field_count"), (3, "wrong_field_count")]
    assert "43 cells where the header has 5" in outcome.rejected["reason_text"][0]


def test_an_unescaped_comma_never_shifts_a_like_into_the_next_column() -> None:
    outcome = read_bytes(canonical(record("so, what", likes="7"), record("fine", likes="8")).encode())
    assert outcome.rows["like_count"].to_list() == [8]
    assert outcome.reasons == [(1, "wrong_field_count")]


def test_cells_that_moved_while_their_number_stayed_are_told_by_what_they_hold() -> None:
    # Seen in a file saved again: the semicolon of `&lt;` became a comma, and an empty last cell made up for it.
    header = "published_at,platform,text,url,sentiment,likes,shares"
    shifted = "2025-07-24T15:44:07Z,x,a &lt,b,https://x.com/a/status/20090000001,7,3"
    sound = "2025-07-24T15:44:07Z,x,a &lt;b,https://x.com/a/status/20090000001,positive,7,3"
    outcome = read_bytes(canonical(shifted, sound, header=header).encode())
    assert outcome.rows["like_count"].to_list() == [7]
    assert outcome.reasons == [(1, "bad_url")]


def test_stray_quotes_inside_a_quoted_cell_are_its_own() -> None:
    outcome = read_bytes(canonical(record('"He said "hi" to me"'), record("next")).encode())
    assert outcome.texts == ['He said "hi" to me', "next"]
    assert any("stray quotes" in warning for warning in outcome.facts.warnings)


def test_a_missing_quote_costs_its_own_record_only() -> None:
    outcome = read_bytes(
        canonical(record("first"), record('"never closed'), record("third"), record("fourth")).encode()
    )
    assert outcome.texts == ["first", "third", "fourth"]
    assert outcome.reasons == [(2, "wrong_field_count")]


def test_a_record_cut_off_at_the_end_is_rejected() -> None:
    content = canonical(record("first"), record("last")).encode()
    outcome = read_bytes(content[:-12])
    assert outcome.texts == ["first"]
    assert outcome.reasons == [(2, "wrong_field_count")]


def test_a_record_cut_off_inside_quotes_is_rejected() -> None:
    outcome = read_bytes((canonical(record("first")) + '2025-07-24T15:44:07Z,x,nora,"cut here').encode())
    assert outcome.texts == ["first"]
    assert outcome.reasons == [(2, "unclosed_quote")]


def test_ghost_cells_and_blank_lines_at_the_end_are_no_fault() -> None:
    outcome = read_bytes(canonical(record("first") + ",,", "", ",,,,", record("last")).encode())
    assert outcome.texts == ["first", "last"]
    assert outcome.facts.row_count == 2
    assert "2 blank lines were passed over" in outcome.facts.warnings


def test_of_two_columns_with_one_name_the_first_counts() -> None:
    header = "published_at,platform,author_handle,text,likes,likes"
    outcome = read_bytes(canonical(record("hello", likes="7") + ",99", header=header).encode())
    assert outcome.facts.header[-2:] == ("likes", "likes.1")
    assert outcome.rows["like_count"].to_list() == [7]


def test_lines_above_the_header_are_passed_over() -> None:
    content = '"Report of July"\n\n"From:","2025-07-01"\n' + SOUND
    assert read_bytes(content.encode()).texts == TEXTS


def test_records_a_fast_parser_loses_are_found_by_the_count_and_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # The regression this guards against: a parser that drops rows without an error, and a reader that trusts it.
    fast = pl.read_csv
    monkeypatch.setattr(pl, "read_csv", lambda *args, **kwargs: fast(*args, **kwargs).head(1))
    outcome = read_bytes(canonical(*(record(f"text {n}") for n in range(5))).encode())
    assert outcome.texts == [f"text {n}" for n in range(5)]


def test_a_header_without_records_is_an_empty_file_and_no_fault() -> None:
    facts = read_bytes(canonical().encode()).facts
    assert (facts.state, facts.row_count, facts.problem_text) == ("empty", 0, None)
