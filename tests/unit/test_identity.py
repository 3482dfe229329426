"""Which post an export row is."""

from datetime import UTC, datetime

import polars as pl

from transforms.core.identity import canonical_address, identify, pseudonyms

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROW = {
    "platform_code": "x",
    "native_id": None,
    "url": None,
    "kind_code": "post",
    "author": "ann",
    "at": AT,
    "text": "hi",
}
SCHEMA = dict.fromkeys(ROW, pl.String) | {"at": pl.Datetime("us", "UTC")}


def ids(*rows: dict[str, object]) -> list[tuple[str, str]]:
    frame = pl.DataFrame([{**ROW, **row} for row in rows], schema=SCHEMA)
    return identify(frame, account="author", time="at", text="text").rows()


def test_the_platforms_own_id_is_the_identity() -> None:
    assert ids({"native_id": "17"}) == [("x:17", "native_id")]


def test_the_same_number_on_another_platform_is_another_post() -> None:
    assert len(set(ids({"native_id": "17"}, {"native_id": "17", "platform_code": "facebook"}))) == 2


def test_an_article_is_its_address_however_it_is_written() -> None:
    plain = {"platform_code": "news", "url": "https://www.example.org/a/b/?utm_source=mail&id=7#top"}
    other = {"platform_code": "news", "url": "http://EXAMPLE.org/a/b?id=7", "author": None, "text": "another cut"}
    first, second = ids(plain, other)
    assert first == second
    assert first[1] == "url"


def test_replies_that_share_a_threads_address_are_posts_of_their_own() -> None:
    thread = {"platform_code": "forum", "url": "https://forum.example/t/1"}
    assert len(set(ids({**thread, "text": "yes"}, {**thread, "text": "no"}))) == 2


def test_without_id_author_time_and_text_decide_and_the_case_of_a_handle_does_not_matter() -> None:
    first, second, third = ids({}, {"author": "Ann"}, {"text": "hi!"})
    assert first == second != third


def test_addresses_lose_scheme_fragment_tracking_and_last_slash_but_no_real_parameter() -> None:
    urls = pl.DataFrame({"url": ["https://www.A.example/P/?v=1&utm_medium=x", "http://a.example/"]})
    assert urls.select(canonical_address(pl.col("url")))["url"].to_list() == ["a.example/P?v=1", "a.example"]


def test_one_account_has_one_pseudonym_and_another_key_gives_another() -> None:
    rows = pl.DataFrame(
        {
            "platform_code": ["x", "x", "facebook", "x"],
            "author_handle": ["Ann", "ann", "ann", None],
            "author_native_id": ["1", None, None, None],
            "author_name": [None, None, None, None],
        },
        schema_overrides={"author_name": pl.String},
    )
    first = pseudonyms(rows, b"k" * 32).to_list()
    assert first[0] == first[1] != first[2]
    assert first[3] is None
    assert pseudonyms(rows, b"q" * 32).to_list()[0] != first[0]
