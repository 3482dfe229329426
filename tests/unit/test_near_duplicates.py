"""Which mentions repeat one another, what their cluster is called, and what late arrivals change."""

import importlib.util
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.unit.near_duplicate_tables import NearDuplicateTables
from transforms.text.minhash import Known, content_lengths
from transforms.text.near_duplicates import NearDuplicateParams, cluster_mentions, near_duplicate_keys
from transforms.text.normalise import canonical_text

PARAMS = NearDuplicateParams()
STORY = "Acme opens a new store in Springfield this weekend, come and see"
OTHER = "Globex recalls forty thousand kettles after reports of melting handles"
START = datetime(2024, 5, 1, tzinfo=UTC)


def mention(mention_id: str, text: str | None, hour: int | None = 0, **more: Any) -> dict[str, Any]:
    return {
        "mention_id": mention_id,
        "mention_text": text,
        "published_at": None if hour is None else START + timedelta(hours=hour),
        "platform_code": "x",
        "native_id": f"n-{mention_id}",
        "parent_id": None,
        "is_repost": False,
        **more,
    }


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    schema: dict[str, Any] = {
        "mention_id": pl.String,
        "mention_text": pl.String,
        "published_at": pl.Datetime("us", "UTC"),
        "platform_code": pl.String,
        "native_id": pl.String,
        "parent_id": pl.String,
        "is_repost": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def clusters(*rows: dict[str, Any], params: NearDuplicateParams = PARAMS) -> dict[str, tuple[str, int, str]]:
    """Cluster, size and kind by mention."""
    found = cluster_mentions(frame(*rows), params)
    assert found["mention_id"].to_list() == [row["mention_id"] for row in rows]
    assert found["cluster_id"].equals(found["original_mention_id"], check_names=False)
    columns = ("mention_id", "cluster_id", "cluster_mention_count", "duplicate_kind_code")
    return {mention_id: rest for mention_id, *rest_ in found.select(columns).rows() for rest in [tuple(rest_)]}


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Great   NEWS\n today ", "great news today"),
        ("RT @acme: great news", "great news"),
        ("rt @a: RT @b: great news", "great news"),
        ("Great news https://t.co/abc", "great news"),
        ("great news… https://t.co/abc", "great news"),
        ("great news ...", "great news"),
        ("“Great” news, it’s here", '"great" news, it\'s here'),
        ("Fish &amp; chips", "fish & chips"),
        ("I \u2764\ufe0f it\u200b", "i \u2764 it"),
        ("cafe\u0301", "caf\u00e9"),
        ("great news!", "great news!"),
        ("great #news @acme", "great #news @acme"),
        ("start RT @acme: news", "start rt @acme: news"),
        ("https://t.co/abc", ""),
        ("", ""),
        (None, None),
    ],
)
def test_the_canonical_text_is_what_copies_share(text: str | None, canonical: str | None) -> None:
    assert canonical_text(pl.Series([text], dtype=pl.String)).to_list() == [canonical]


def test_copies_edits_and_other_stories_are_told_apart() -> None:
    assert clusters(
        mention("a", STORY, 1),
        mention("b", f"RT @news: {STORY.upper()}… https://t.co/1", 2),
        mention("c", f"{STORY}!! #springfield", 3),
        mention("d", OTHER, 4),
    ) == {
        "a": ("a", 3, "original"),
        "b": ("a", 3, "exact"),
        "c": ("a", 3, "near"),
        "d": ("d", 1, "unique"),
    }


def test_opposite_statements_in_like_words_are_no_duplicates() -> None:
    found = clusters(
        mention("a", "@acme your customer service is horrible"),
        mention("b", "@acme your customer service is wonderful"),
    )
    assert {kind for _, _, kind in found.values()} == {"unique"}


@pytest.mark.parametrize(
    "text", ["thanks!", "Good morning everyone", "@acme @globex thanks so much #love #blessed", "", None]
)
def test_short_texts_are_what_many_people_write_and_no_duplicates(text: str | None) -> None:
    found = clusters(*(mention(str(i), text, i) for i in range(5)))
    assert {kind for _, _, kind in found.values()} == {"unique"}


def test_content_is_letters_and_digits_without_tags_and_east_asian_characters_twice() -> None:
    texts = pl.Series(["@acme #sale_now abc 12!", "été", "新製品", "안녕", "🔥🔥 — ok", "привет", "", "a@b c"])
    assert content_lengths(texts).to_list() == [5, 3, 6, 4, 2, 6, 0, 2]


def test_a_short_repost_belongs_to_its_original() -> None:
    found = clusters(
        mention("a", "ok", 1, native_id="77"),
        mention("b", "RT @x: ok", 2, parent_id="77", is_repost=True),
        mention("c", "ok", 3),
    )
    assert found == {"a": ("a", 2, "original"), "b": ("a", 2, "repost"), "c": ("c", 1, "unique")}


def test_reposts_of_a_post_that_is_not_here_belong_together() -> None:
    found = clusters(
        mention("b", None, 2, parent_id="77", is_repost=True),
        mention("a", None, 1, parent_id="77", is_repost=True),
        mention("c", None, 3, parent_id="77", is_repost=True, platform_code="bluesky"),
    )
    assert found == {"b": ("a", 2, "repost"), "a": ("a", 2, "original"), "c": ("c", 1, "unique")}


def test_a_repost_of_a_repost_reaches_the_original() -> None:
    found = clusters(
        mention("a", "ok", 1, native_id="1"),
        mention("b", "ok", 2, native_id="2", parent_id="1", is_repost=True),
        mention("c", "ok", 3, native_id="3", parent_id="2", is_repost=True),
    )
    assert [cluster for cluster, _, _ in found.values()] == ["a", "a", "a"]


def test_an_answer_has_a_parent_but_repeats_nothing() -> None:
    found = clusters(mention("a", STORY, 1, native_id="1"), mention("b", OTHER, 2, parent_id="1", is_repost=False))
    assert {kind for _, _, kind in found.values()} == {"unique"}


def test_the_original_is_the_earliest_post_that_is_no_repost() -> None:
    found = clusters(
        mention("late", STORY, 9),
        mention("repost", STORY, 1, is_repost=True),
        mention("unknown time", STORY, None),
        mention("early", STORY, 2),
    )
    assert {cluster for cluster, _, _ in found.values()} == {"early"}


def test_a_megabyte_of_text_can_be_compared() -> None:
    long = " ".join(f"chapter {i} tells of kettles" for i in range(40_000))
    found = clusters(mention("a", long, 1), mention("b", long + " the end", 2), mention("c", STORY, 3))
    assert found["b"] == ("a", 2, "near")


def test_no_mentions_have_no_clusters() -> None:
    found = cluster_mentions(frame(), PARAMS)
    assert found.is_empty()
    assert found.schema["cluster_mention_count"] == pl.Int64


@pytest.mark.parametrize("ids", [["a", "a"], ["a", None]])
def test_a_mention_without_an_id_of_its_own_is_refused(ids: list[str]) -> None:
    with pytest.raises(ValueError, match="unique"):
        cluster_mentions(frame(*(mention(mention_id, STORY) for mention_id in ids)), PARAMS)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match="native_id"):
        cluster_mentions(frame(mention("a", STORY)).drop("native_id"), PARAMS)


def arrived(tables: NearDuplicateTables, *rows: dict[str, Any], removed: tuple[str, ...] = ()) -> dict[str, str]:
    """Cluster by mention, for the rows that changed."""
    return dict(tables.arrive(frame(*rows), removed).select("mention_id", "cluster_id").rows())


def test_a_later_copy_joins_without_renaming_the_cluster() -> None:
    tables = NearDuplicateTables(PARAMS)
    arrived(tables, mention("a", STORY, 1), mention("x", OTHER, 1))
    assert arrived(tables, mention("b", STORY, 2)) == {"a": "a", "b": "a"}


def test_a_late_arrival_that_links_two_clusters_makes_them_one_under_the_earlier_name() -> None:
    beginning, middle, end = "alpha beta gamma delta epsilon", " zeta eta theta iota kappa", " lambda my ny xi omikron"
    tables = NearDuplicateTables(NearDuplicateParams(similarity_threshold=0.6))
    apart = arrived(tables, mention("a", beginning + middle, 2), mention("b", middle + end, 1))
    assert apart == {"a": "a", "b": "b"}
    assert arrived(tables, mention("c", beginning + middle + end, 3)) == {"a": "b", "b": "b", "c": "b"}


def test_an_original_that_arrives_late_gives_the_cluster_its_name() -> None:
    tables = NearDuplicateTables(PARAMS)
    arrived(tables, mention("b", STORY, 2, native_id="2", parent_id="1", is_repost=True))
    assert arrived(tables, mention("a", STORY, 1, native_id="1")) == {"a": "a", "b": "a"}


def test_a_known_mention_that_did_not_change_touches_nothing() -> None:
    tables = NearDuplicateTables(PARAMS)
    arrived(tables, mention("a", STORY, 1), mention("b", STORY, 2))
    assert arrived(tables, mention("b", STORY + " https://t.co/9", 2)) == {}
    assert tables.clusters()["cluster_id"].to_list() == ["a", "a"]


def test_an_edited_mention_leaves_its_cluster() -> None:
    tables = NearDuplicateTables(PARAMS)
    arrived(tables, mention("a", STORY, 1), mention("b", STORY, 2), mention("c", OTHER, 3))
    assert arrived(tables, mention("a", OTHER, 1)) == {"a": "a", "b": "b", "c": "a"}


def test_a_post_whose_repost_flag_is_taken_back_leaves_the_cluster_of_the_post() -> None:
    tables = NearDuplicateTables(PARAMS)
    arrived(tables, mention("a", "ok", 1, native_id="1"), mention("b", "ok", 2, parent_id="1", is_repost=True))
    assert arrived(tables, mention("b", "ok", 2, parent_id="1")) == {"a": "a", "b": "b"}


def test_an_erased_original_leaves_its_name_and_its_keys() -> None:
    tables = NearDuplicateTables(PARAMS)
    arrived(tables, mention("a", STORY + " for real", 1), mention("b", STORY, 2), mention("c", STORY, 3))
    assert arrived(tables, removed=("a",)) == {"b": "b", "c": "b"}
    assert tables.key_ids() == {"b", "c"}


def test_an_erased_link_leaves_two_clusters() -> None:
    beginning, middle, end = "alpha beta gamma delta epsilon", " zeta eta theta iota kappa", " lambda my ny xi omikron"
    tables = NearDuplicateTables(NearDuplicateParams(similarity_threshold=0.6))
    bridge = mention("b", beginning + middle + end, 1)
    arrived(tables, mention("a", beginning + middle, 2), bridge, mention("c", middle + end, 3))
    assert set(tables.clusters()["cluster_id"]) == {"b"}
    assert arrived(tables, removed=("b",)) == {"a": "a", "c": "c"}


def test_kept_keys_are_the_same_for_ever() -> None:
    keys = near_duplicate_keys(
        frame(mention("a", STORY, 1, native_id="1"), mention("b", "ok", None, parent_id="1", is_repost=True)), PARAMS
    )
    assert keys["content_key"].to_list() == [-1422202613976132130, -6334927175179015010]
    a, b = keys.select("post_hash_id", "reposted_post_hash_id", "text_signature").rows()
    assert a[:2] == (-8221226862480046113, None)
    assert (len(a[2]), a[2][0], a[2][7]) == (8, -7025242353145415281, 6954660953349072338)
    assert b == (5143780134491515164, a[0], None)


def test_a_mention_without_text_id_or_parent_has_a_content_key_only() -> None:
    keys = near_duplicate_keys(frame(mention("a", None, None, native_id=None)), PARAMS)
    assert keys.drop("mention_id", "content_key").rows() == [(None, None, None)]


def test_a_text_could_be_alike_to_one_it_shares_a_band_and_enough_of_the_signature_with() -> None:
    known = np.arange(64, dtype=np.uint8)[None, :]
    same_band, moved = known.copy(), np.roll(known, 4)
    same_band[:, 4:] += 1
    assert Known(known, 0.7).may_be_alike(np.concatenate([known, same_band, moved])).tolist() == [True, False, False]
    assert Known(known[:0], 0.7).may_be_alike(known).tolist() == [False]


def test_a_text_in_a_flood_that_shares_a_band_is_not_compared_with_all_of_it() -> None:
    flood = np.random.default_rng(5).integers(0, 256, (300, 64), dtype=np.uint8)
    flood[:, :4] = 7
    text = np.zeros((1, 64), dtype=np.uint8)
    text[:, :4] = 7
    assert not Known(flood[:200], 0.7).may_be_alike(text).any()
    assert Known(flood, 0.7).may_be_alike(text).all()


def bench() -> ModuleType:
    path = Path(__file__).parents[1] / "benchmarks" / "bench_near_duplicates.py"
    spec = importlib.util.spec_from_file_location("bench_near_duplicates", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_planted_edits_are_found_and_nothing_else() -> None:
    planting = bench()
    random_ = random.Random(11)
    words = planting.vocabulary(random_, 2_000)
    weights = [sum(1 / (rank + 10) for rank in range(upto + 1)) for upto in range(len(words))]
    mentions = planting.planted(6_000, planting.made_up(random_, words, weights, 3_000), words, random_)
    both = mentions.join(cluster_mentions(mentions, PARAMS), on="mention_id")
    together = planting.pairs(both.group_by("story", "cluster_id").len()["len"])
    assert together >= 0.98 * planting.pairs(both.group_by("cluster_id").len()["len"])
    assert together >= 0.98 * planting.pairs(both.group_by("story").len()["len"])
