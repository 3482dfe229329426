"""Cells, ids, addresses, codes and encodings: one rule at a time."""

from datetime import UTC, datetime

import polars as pl
import pytest

from transforms.sources.codes import country_code, language_code, platform_of_host
from transforms.sources.double_encoding import DoubleEncodingRepair
from transforms.sources.html_text import html_text
from transforms.sources.identity import (
    canonical_id,
    clean_id,
    damaged_ids,
    media_id,
    native_id_from_url,
    safe_url,
    shortcode,
)
from transforms.sources.rejects import is_dropped, shown
from transforms.sources.values import parse_counts, parse_instants, split_abbreviation

ADDRESSES = [
    ("x", "http://twitter.com/nora/statuses/1948408861815734277", "1948408861815734277"),
    ("x", "https://x.com/i/web/status/1948408861815734277?s=20", "1948408861815734277"),
    ("x", "https://x.com/nora", None),
    ("instagram", "https://www.instagram.com/p/DMfvoi_gAAH/?igsh=1", "DMfvoi_gAAH"),
    ("instagram", "https://www.instagram.com/nora/reel/DMfvoi_gAAH/", "DMfvoi_gAAH"),
    ("facebook", "https://www.facebook.com/brewolo/posts/1035057923259100", "1035057923259100"),
    ("facebook", "https://www.facebook.com/story.php?story_fbid=1035057923259100&id=7", "1035057923259100"),
    ("facebook", "https://www.facebook.com/permalink.php?id=7&story_fbid=1035057923259100", "1035057923259100"),
    ("facebook", "https://www.facebook.com/groups/77/permalink/1035057923259100/", "1035057923259100"),
    ("facebook", "https://www.facebook.com/watch/?v=1035057923259100", "1035057923259100"),
    ("facebook", "https://www.facebook.com/777/posts/pfbid02abcXYZ", None),
    ("youtube", "https://www.youtube.com/watch?app=desktop&v=abcDEF12345", "abcDEF12345"),
    ("youtube", "https://youtu.be/abcDEF12345?t=3", "abcDEF12345"),
    ("youtube", "https://www.youtube.com/watch?v=abcDEF12345&lc=UgxInvented_Comment", "UgxInvented_Comment"),
    ("tiktok", "https://www.tiktok.com/@nora/video/7530674740592115721?lang=en", "7530674740592115721"),
    ("linkedin", "https://www.linkedin.com/feed/update/urn:li:activity:7354174551359488003", "7354174551359488003"),
    ("linkedin", "https://www.linkedin.com/posts/x_y-activity-7354174551359488003-abcd", "7354174551359488003"),
    ("reddit", "https://www.reddit.com/r/kettles/comments/1abcde/a_title/", "t3_1abcde"),
    ("reddit", "https://old.reddit.com/r/kettles/comments/1abcde/a_title/kod0bkd/?context=3", "t1_kod0bkd"),
    ("telegram", "https://t.me/s/Kettles/77", "kettles/77"),
    ("mastodon", "https://Social.example/@nora/114900000000000001", "social.example/114900000000000001"),
    ("bluesky", "https://bsky.app/profile/did:plc:invented/post/3kkk", "did:plc:invented/3kkk"),
    ("bluesky", "https://bsky.app/profile/nora.example/post/3kkk", None),
    ("news", "https://daily.example/status/1948408861815734277", None),
    ("x", None, None),
]


@pytest.mark.parametrize(("platform", "url", "native_id"), ADDRESSES)
def test_an_address_gives_the_id_its_platform_gave(platform: str, url: str | None, native_id: str | None) -> None:
    frame = pl.DataFrame({"platform": [platform], "url": [url]}, schema={"platform": pl.String, "url": pl.String})
    assert frame.select(native_id_from_url(pl.col("platform"), pl.col("url"))).item() == native_id


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        *(("12", 12), ("1,972,048", 1_972_048), ("91.0", 91), ("1.2E+6", 1_200_000), ("'15", 15), ('"15"', 15)),
        *(("0", 0), ("-1", None), ("+7", 7), (" 8 ", 8), ("1,234.0", 1234)),
    ],
)
def test_counts_are_read_as_exports_write_them(cell: str, count: int | None) -> None:
    counts, failed = parse_counts(pl.Series([cell]), ("-1",))
    assert (counts[0], failed[0]) == (count, False)


@pytest.mark.parametrize(
    "cell", ["1.5", "1,5", "12,34", "lots", "0.0144%", "1e400", "9" * 30, "1 2", "inf", "nan", "0x10"]
)
def test_what_may_mean_several_numbers_is_not_guessed(cell: str) -> None:
    counts, failed = parse_counts(pl.Series([cell]))
    assert (counts[0], failed[0]) == (None, True)


@pytest.mark.parametrize(
    ("cell", "form", "at"),
    [
        ("2021-09-22T16:37:29.000Z", "iso", datetime(2021, 9, 22, 16, 37, 29, tzinfo=UTC)),
        ("2021-09-22T16:37:29+02:00", "iso", datetime(2021, 9, 22, 14, 37, 29, tzinfo=UTC)),
        ("2021-09-22 16:37:29", "iso", datetime(2021, 9, 22, 16, 37, 29)),
        ("1632328649", "epoch", datetime(2021, 9, 22, 16, 37, 29, tzinfo=UTC)),
        ("1632328649000", "epoch", datetime(2021, 9, 22, 16, 37, 29, tzinfo=UTC)),
        ("1632328649000000", "epoch", datetime(2021, 9, 22, 16, 37, 29, tzinfo=UTC)),
        ("1706745600.0", "epoch", datetime(2024, 2, 1, tzinfo=UTC)),
        ("42059.48", "excel_serial", datetime(2015, 2, 24, 11, 31, 12)),
        ("44008", "excel_serial", datetime(2020, 6, 26)),
        ("7/24/2025 11:44 am", "%m/%d/%Y %I:%M %p", datetime(2025, 7, 24, 11, 44)),
        ("02-01-2025", "%m-%d-%Y", datetime(2025, 2, 1)),
        ("13-Aug-2025 09:07AM", "%d-%b-%Y %I:%M%p", datetime(2025, 8, 13, 9, 7)),
        ("0021-09-22 16:37:29", "iso", None),
        ("1e300", "epoch", None),
        ("soon", "iso", None),
    ],
)
def test_times_are_read_in_the_form_they_are_written(cell: str, form: str, at: datetime | None) -> None:
    explicit, naive = parse_instants(pl.Series([cell]), (form,))
    assert (explicit[0] or naive[0]) == at
    assert (explicit[0] is None) or (naive[0] is None)


def test_a_zone_abbreviation_is_an_offset_or_nothing() -> None:
    cells, hours, words = split_abbreviation(pl.Series(["2023-05-15 18:00:00 BRT", "2023-05-15 18:00:00 IST"]))
    assert (cells[0], hours.to_list(), words.to_list()) == ("2023-05-15 18:00:00", [-3, None], ["BRT", "IST"])


@pytest.mark.parametrize(
    ("cell", "clean"),
    [
        *(
            ("20090000001", "20090000001"),
            ('"""2009"""', "2009"),
            ("'2009", "2009"),
            ("=2009", "2009"),
            ("2009.0", "2009"),
        ),
        *(("5.70306E+17", None), ("5,7E+17", None), ("", None)),
    ],
)
def test_ids_lose_the_escapes_of_spreadsheets(cell: str, clean: str | None) -> None:
    assert pl.DataFrame({"a": [cell]}).select(clean_id(pl.col("a"))).item() == clean


def test_ids_in_scientific_notation_are_damaged() -> None:
    assert damaged_ids(pl.Series(["5.70306E+17", "5.70301E+17"]))


def test_ids_cut_to_fifteen_digits_are_damaged_in_both_ways_they_are_written() -> None:
    genuine = [570_306_133_677_760_513 + n * 104_729_777 for n in range(20)]
    assert not damaged_ids(pl.Series([str(n) for n in genuine]))
    assert damaged_ids(pl.Series([str(n // 1000 * 1000) for n in genuine]))
    assert damaged_ids(pl.Series([str(int(float(f"{n:.14e}"))) for n in genuine]))


def test_genuine_ids_whose_clock_ends_in_zero_bits_are_not_called_damaged() -> None:
    # Ids of quiet years are multiples of 4096: doubles hold them exactly, which proves nothing.
    assert not damaged_ids(pl.Series([str((570_306_133 + n * 7) << 30) for n in range(20)]))


def test_an_instagram_media_id_and_its_shortcode_are_one() -> None:
    number = media_id("DMfvoi_gAAH")
    assert number is not None and shortcode(number) == "DMfvoi_gAAH"
    frame = pl.DataFrame({"p": ["instagram", "facebook"], "i": [f"{number}_9001", "777_1035"]})
    assert frame.select(canonical_id(pl.col("p"), pl.col("i"))).to_series().to_list() == ["DMfvoi_gAAH", "1035"]


@pytest.mark.parametrize(
    ("cell", "url"),
    [
        *(("https://x.com/a", "https://x.com/a"), ("t.me/kettles/77", "https://t.me/kettles/77")),
        *(("javascript:alert(1)", None), ("data:text/html,x", None), ("file:///etc/passwd", None), ("//evil", None)),
        *(("not an address", None), ("https://", None)),
    ],
)
def test_only_web_addresses_are_handed_on(cell: str, url: str | None) -> None:
    assert pl.DataFrame({"u": [cell]}).select(safe_url(pl.col("u"))).item() == url


@pytest.mark.parametrize(
    ("word", "code"),
    [("en", "en"), ("zh-Hans", "zh"), ("pt_BR", "pt"), ("French", "fr"), ("iw", "he"), ("und", None), ("?", None)],
)
def test_languages_are_codes(word: str, code: str | None) -> None:
    assert language_code(word) == code


@pytest.mark.parametrize(
    ("word", "code"),
    [("FRA", "FR"), ("uk", "GB"), ("United States", "US"), ("Francia", "FR"), ("zz", None), ("Atlantis", None)],
)
def test_countries_are_codes(word: str, code: str | None) -> None:
    assert country_code(word) == code


def test_a_subdomain_is_on_its_platform_and_a_look_alike_is_not() -> None:
    assert platform_of_host("old.reddit.com") == "reddit"
    assert platform_of_host("notreddit.com") is None


@pytest.mark.parametrize(
    ("text", "is_whole"),
    [("“ear worm” won’t", True), ("déjà vu", True), ("👍 ✈️ ☀️", True), ("no …but", True), ("I ❤ it 😊", False)],
)
def test_text_encoded_twice_comes_back_where_no_byte_was_lost(text: str, is_whole: bool) -> None:
    undefined = (0x81, 0x8D, 0x8F, 0x90, 0x9D)  # bytes cp1252 has no letter for passed through as they were
    wrong = "".join(
        bytes((byte,)).decode("cp1252") if byte not in undefined else chr(byte) for byte in text.encode("utf-8")
    )
    damaged = b"".join(
        bytes((ord(c),))
        if ord(c) in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
        else c.encode("mac_roman", "replace").replace(b"?", b"_")
        for c in wrong
    )
    repair = DoubleEncodingRepair()
    repaired = repair.repaired(damaged).decode()
    assert (repaired == text) is is_whole
    assert (repair.repaired_count == repair.run_count) is is_whole


def test_html_becomes_the_words_its_author_wrote() -> None:
    assert html_text("<p>a &amp; b<br>c</p><p>d</p><style>x</style><b>e</b>") == "a & b\nc\n\nde"


def test_names_of_personal_columns_match_whatever_their_case_and_brackets_are_letters() -> None:
    assert is_dropped(" gender ", ("Gender",))
    assert is_dropped("author.entities.url", ("author.*",))
    assert not is_dropped("marca x", ("Marca [x]",))


def test_a_value_in_a_message_is_one_short_line() -> None:
    assert shown("a\nb\u202ec") == "'a b c'"
    assert len(shown("x" * 10_000)) < 70
