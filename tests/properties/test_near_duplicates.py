"""Laws of near-duplicate clusters: they are what pairwise comparison says, and depend on the set of mentions only."""

import math
from datetime import UTC, datetime, timedelta
from itertools import combinations
from random import Random
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.near_duplicate_tables import NearDuplicateTables
from transforms.text.minhash import Known, alike_groups, content_lengths, sketch_texts
from transforms.text.near_duplicates import (
    NearDuplicateParams,
    cluster_mentions,
    clusters_and_keys,
    near_duplicate_keys,
)
from transforms.text.normalise import canonical_text

PARAMS = NearDuplicateParams(similarity_threshold=0.6)
START = datetime(2024, 5, 1, tzinfo=UTC)
BASES = (
    "acme opens a new store in springfield this weekend",
    "acme closes the old store in springfield this weekend",
    "新しい製品の発売日は来週の金曜日に決まりました",
    "les bouilloires de globex sont rappelées en usine",
    "thanks!",
    "",
)
SCHEMA: dict[str, Any] = {
    "mention_id": pl.String,
    "mention_text": pl.String,
    "published_at": pl.Datetime("us", "UTC"),
    "platform_code": pl.String,
    "native_id": pl.String,
    "parent_id": pl.String,
    "is_repost": pl.Boolean,
}


@st.composite
def edited(draw: st.DrawFn) -> str | None:
    text = draw(st.sampled_from(BASES))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(["x", " new", "!", "🔥", " https://t.co/a ", "É"])) + text[at:]
    return draw(st.sampled_from([text, text, text.upper(), f"RT @a: {text}", None]))


ids = st.sampled_from(["1", "2", "3", None])


@st.composite
def mention_frames(draw: st.DrawFn, maximum: int = 14) -> pl.DataFrame:
    rows = [
        {
            "mention_id": f"m{number}",
            "mention_text": draw(edited()),
            "published_at": START + timedelta(hours=draw(st.integers(0, 3))) if draw(st.integers(0, 5)) else None,
            "platform_code": draw(st.sampled_from(["x", "bluesky"])),
            "native_id": draw(ids),
            "parent_id": draw(ids),
            "is_repost": draw(st.sampled_from([False, False, False, True, None])),
        }
        for number in range(draw(st.integers(0, maximum)))
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def expected_groups(mentions: pl.DataFrame) -> set[frozenset[str]]:
    """Groups by comparing every pair, the long way."""
    canonical = canonical_text(mentions["mention_text"]).to_list()
    lengths = content_lengths(pl.Series(canonical, dtype=pl.String)).to_list()
    bands = sketch_texts(pl.Series(canonical, dtype=pl.String).fill_null("")).bands
    rows = mentions.to_dicts()

    def is_linked(one: int, two: int) -> bool:
        a, b = rows[one], rows[two]
        if a["platform_code"] == b["platform_code"]:
            a_post, b_post = (row["parent_id"] if row["is_repost"] else None for row in (a, b))
            if a_post is not None and a_post in (b["native_id"], b_post):
                return True
            if b_post is not None and b_post == a["native_id"]:
                return True
        if min(lengths[one], lengths[two]) < PARAMS.min_content_length:
            return False
        left, right = ({text[i : i + 4] for i in range(len(text) - 3)} for text in (canonical[one], canonical[two]))
        is_alike = len(left & right) >= PARAMS.similarity_threshold * len(left | right)
        return canonical[one] == canonical[two] or (bool((bands[one] == bands[two]).any()) and is_alike)

    groups = [{number} for number in range(len(rows))]
    for one, two in combinations(range(len(rows)), 2):
        if groups[one] is not groups[two] and is_linked(one, two):
            groups[one] |= groups[two]
            for member in groups[two]:
                groups[member] = groups[one]
    return {frozenset(rows[number]["mention_id"] for number in group) for group in groups}


def as_groups(found: pl.DataFrame) -> set[frozenset[str]]:
    return {frozenset(group) for group in found.group_by("cluster_id").agg("mention_id")["mention_id"].to_list()}


@settings(max_examples=100, deadline=None)
@given(mention_frames())
def test_clusters_are_what_comparing_every_pair_says(mentions: pl.DataFrame) -> None:
    assert as_groups(cluster_mentions(mentions, PARAMS)) == expected_groups(mentions)


@settings(max_examples=40, deadline=None)
@given(mention_frames(), st.randoms(use_true_random=False))
def test_order_and_threads_do_not_matter(mentions: pl.DataFrame, random: Any) -> None:
    order = list(range(mentions.height))
    random.shuffle(order)
    found = cluster_mentions(mentions, PARAMS).sort("mention_id")
    one_thread = NearDuplicateParams(PARAMS.similarity_threshold, thread_count=1)
    assert cluster_mentions(mentions[order], one_thread).sort("mention_id").equals(found)


@settings(max_examples=40, deadline=None)
@given(mention_frames(), st.integers(1, 5))
def test_clusters_and_keys_made_together_and_in_parts_are_those_made_apart(mentions: pl.DataFrame, rows: int) -> None:
    clusters, keys = clusters_and_keys(mentions.iter_slices(rows) if len(mentions) else [mentions], PARAMS)
    assert clusters.equals(cluster_mentions(mentions, PARAMS))
    assert keys.equals(near_duplicate_keys(mentions, PARAMS))


@settings(max_examples=30, deadline=None)
@given(mention_frames(maximum=10), st.data())
def test_batches_edits_repeats_and_erasures_end_where_everything_at_once_ends(
    mentions: pl.DataFrame, data: st.DataObject
) -> None:
    tables = NearDuplicateTables(PARAMS)
    ids = mentions["mention_id"].to_list()
    now: dict[str, dict[str, Any]] = {}
    versions = {
        "first": mentions,
        "edited": mentions.with_columns(mention_text=pl.Series([data.draw(edited()) for _ in ids], dtype=pl.String)),
        "shifted": mentions.with_columns(pl.col("native_id", "is_repost", "published_at").shift(1)),
    }
    some_ids = st.lists(st.sampled_from(ids), unique=True) if ids else st.just([])
    for _ in range(data.draw(st.integers(1, 5))):
        batch = versions[data.draw(st.sampled_from(sorted(versions)))]
        arriving = data.draw(some_ids)
        removed = set(data.draw(some_ids)) - set(arriving)
        batch = batch.filter(pl.col("mention_id").is_in(arriving))[:: data.draw(st.sampled_from([1, -1]))]
        now = {key: row for key, row in now.items() if key not in removed}
        now |= {row["mention_id"]: row for row in batch.to_dicts()}
        tables.arrive(batch, removed)
        left = pl.DataFrame(list(now.values()), schema=SCHEMA, orient="row")
        assert tables.clusters().equals(cluster_mentions(left, PARAMS).sort("mention_id"))
        assert tables.key_ids() == set(now)


TEMPLATES = (
    "i just earned the {} badge on acme for drinking {} at the {} bar",
    "flight {} from {} to {} is late, please call {}",
    "{} {} {} acme",
)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(TEMPLATES), st.integers(20, 400), st.sampled_from([0.5, 0.6, 0.7, 0.8]))
def test_a_flood_of_posts_from_one_template_is_grouped_as_pair_by_pair(
    seed: int, template: str, word_count: int, threshold: float
) -> None:
    random = Random(seed)
    words = ["".join(random.choices("abcdefghijklmnop", k=random.randint(2, 9))) for _ in range(word_count)]
    texts = sorted({template.format(*(random.choice(words) for _ in range(4))) for _ in range(250)})
    sketches = sketch_texts(pl.Series(texts))
    sets = [{text[i : i + 4] for i in range(len(text) - 3)} for text in texts]
    groups = list(range(len(texts)))
    for one, two in combinations(range(len(texts)), 2):
        if groups[one] != groups[two] and (sketches.bands[one] == sketches.bands[two]).any():
            shared = len(sets[one] & sets[two])
            if shared >= threshold * (len(sets[one]) + len(sets[two]) - shared):
                low, high = sorted((groups[one], groups[two]))
                groups = [low if group == high else group for group in groups]
    for thread_count in (1, 2):
        assert alike_groups(sketches, np.arange(len(texts)), threshold, thread_count).tolist() == groups


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(TEMPLATES), st.integers(0, 15), st.sampled_from([0.3, 0.5, 0.7]))
def test_signatures_tell_which_texts_could_be_alike_to_known_ones(
    seed: int, template: str, known_count: int, threshold: float
) -> None:
    random = Random(seed)
    words = ["".join(random.choices("abcdefghijklmnop", k=random.randint(2, 9))) for _ in range(30)]
    texts = [template.format(*(random.choice(words) for _ in range(4))) for _ in range(80)]
    sketches = sketch_texts(pl.Series(texts))
    floor = math.ceil(64 * threshold - 4.5 * math.sqrt(64 * threshold * (1 - threshold)))
    expected = [
        any(
            (bands == sketches.bands[known]).any() and (signature == sketches.signatures[known]).sum() >= floor
            for known in range(known_count)
        )
        for bands, signature in zip(sketches.bands, sketches.signatures, strict=True)
    ]
    known = Known(sketches.signatures[:known_count], threshold)
    assert known.may_be_alike(sketches.signatures).tolist() == expected


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=6))
def test_a_text_has_as_many_shingles_as_it_has_distinct_runs_of_four_characters(texts: list[str]) -> None:
    expected = [len({text[i : i + 4] for i in range(len(text) - 3)}) for text in texts]
    assert sketch_texts(pl.Series(texts, dtype=pl.String)).sizes.tolist() == expected
