"""Export rows of one post become one row, by rules that arrival order cannot change."""

from datetime import UTC, datetime

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.core.merge import COUNTERS, merge_rows

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROW = {
    "mention_id": "x:1",
    "file_id": "a",
    "row_number": 1,
    "source_code": "brandwatch",
    "tz_basis_code": "explicit",
    "published_at": AT,
    "mention_text": "hello",
    "is_text_truncated": False,
    "country_code": None,
} | dict.fromkeys(COUNTERS)
SCHEMA = dict.fromkeys(ROW, pl.String) | {
    "row_number": pl.Int64,
    "published_at": pl.Datetime("us", "UTC"),
    "is_text_truncated": pl.Boolean,
    **dict.fromkeys(COUNTERS, pl.Int64),
}


def merged(*rows: dict[str, object]) -> pl.DataFrame:
    frame = pl.DataFrame([{**ROW, **row} for row in rows], schema=SCHEMA)
    return merge_rows(frame, key="mention_id", text="mention_text")


def test_a_post_seen_by_two_vendors_is_one_post_that_knows_both() -> None:
    post = merged({}, {"file_id": "b", "source_code": "meltwater"}).row(0, named=True)
    assert post["source_codes"] == ["brandwatch", "meltwater"]
    assert post["source_row_count"] == 2


def test_counters_take_the_highest_value_and_stay_unknown_if_nobody_knows() -> None:
    post = merged({"like_count": 3, "share_count": None}, {"file_id": "b", "like_count": 5}).row(0, named=True)
    assert (post["like_count"], post["share_count"]) == (5, None)


def test_a_whole_text_is_preferred_to_a_cut_or_withheld_one() -> None:
    cut = {"file_id": "a", "mention_text": "hello, this is cut …", "is_text_truncated": True}
    whole = {"file_id": "b", "mention_text": "hello whole"}
    withheld = {"file_id": "0", "mention_text": None}
    assert merged(cut, whole, withheld)["mention_text"].to_list() == ["hello whole"]


def test_what_the_preferred_row_lacks_comes_from_the_next() -> None:
    assert merged({}, {"file_id": "b", "country_code": "FR"})["country_code"].to_list() == ["FR"]


def test_a_stated_zone_is_preferred_to_an_assumed_one() -> None:
    assumed = {"file_id": "a", "tz_basis_code": "assumed", "published_at": datetime(2026, 3, 1, 11, tzinfo=UTC)}
    assert merged(assumed, {"file_id": "b"})["published_at"].to_list() == [AT]


rows_of_posts = st.lists(
    st.fixed_dictionaries(
        {
            "mention_id": st.sampled_from(["x:1", "x:2", "x:3"]),
            "file_id": st.sampled_from(["a", "b", "c"]),
            "row_number": st.integers(1, 1000),
            "source_code": st.sampled_from(["brandwatch", "meltwater"]),
            "tz_basis_code": st.sampled_from(["explicit", "proved", "assumed"]),
            "mention_text": st.sampled_from([None, "a", "bb", "cc"]),
            "is_text_truncated": st.booleans(),
            "like_count": st.none() | st.integers(0, 9),
        }
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda row: (row["file_id"], row["row_number"]),
)


@given(rows=rows_of_posts, seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(rows: list[dict[str, object]], seed: object) -> None:
    shuffled = list(rows)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merged(*rows).equals(merged(*shuffled))


@given(rows=rows_of_posts)
def test_every_row_is_counted_once(rows: list[dict[str, object]]) -> None:
    assert merged(*rows)["source_row_count"].sum() == len(rows)
