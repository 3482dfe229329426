"""Which mentions repeat one another: exactly, nearly, or as reposts.

Belongs here: what counts as a duplicate, and the two entries (everything at once, or new mentions among known ones).
Comparing texts is `minhash`'s work, turning links into clusters `near_duplicates_clusters`', what is kept between runs
`near_duplicates_keys`'.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import polars as pl

from transforms.text.minhash import Sketches, alike_groups, content_lengths, in_threads, shares_of, sketch_bytes
from transforms.text.near_duplicates_clusters import clusters_of
from transforms.text.near_duplicates_keys import KEY_COLUMNS, keys_of_mentions, signatures_of
from transforms.text.normalise import Bytes, Offsets, canonical_text, utf8_bytes

CLUSTER_COLUMNS: Final = (
    "mention_id",
    "cluster_id",
    "original_mention_id",
    "cluster_mention_count",
    "duplicate_kind_code",
)
MEMBER_COLUMNS: Final[dict[str, Any]] = {
    "mention_id": pl.String,
    "published_at": pl.Datetime("us", "UTC"),
    "platform_code": pl.String,
    "native_id": pl.String,
    "parent_id": pl.String,
    "is_repost": pl.Boolean,
    "canonical_text": pl.String,
}
_KEYS_AT_ONCE: Final = 100_000
INPUT_COLUMNS: Final = ("mention_text", *(name for name in MEMBER_COLUMNS if name != "canonical_text"))


@dataclass(frozen=True)
class NearDuplicateParams:
    """When two mentions are duplicates.

    similarity_threshold: Jaccard similarity of the character 4-grams of two canonical texts from which they are near
    duplicates. min_content_length: letters and digits (outside @handles and #hashtags, East Asian characters twice)
    that a text needs to be compared at all; shorter texts ("thanks!", "good morning") are what many people write
    without copying anyone, so they are joined as reposts only, never by their words, not even when they are equal.
    thread_count: threads for the compiled steps.
    """

    similarity_threshold: float = 0.7
    min_content_length: int = 24
    thread_count: int = 2


def cluster_mentions(mentions: pl.DataFrame, params: NearDuplicateParams) -> pl.DataFrame:
    """One row per mention, in order: its cluster, the cluster's original and size, and how it relates to the original.

    Reads `mention_id` (unique), `mention_text`, `published_at`, `platform_code`, `native_id`, `parent_id` (native id
    of the reposted post) and `is_repost`. Two mentions are linked if their canonical texts are equal, or alike (see
    `NearDuplicateParams`; both texts must be long enough), or if one is a repost of the other or both of one post on
    the same platform, whether or not that post is here. Clusters are the mentions joined by chains of links, so they
    depend on the set of mentions only, not on order, batches or re-runs.

    `original_mention_id` is the earliest mention that is no repost (ties and unknown times: by mention_id, unknown
    last), and `cluster_id` is its id. A later copy therefore never renames a cluster. A late arrival that links two
    clusters makes them one under the id of the earlier original; one that is itself the earliest renames its cluster.
    `cluster_mention_count` is at least 1. `duplicate_kind_code`: `unique` (alone), `original`, `repost` (flagged as
    one), `exact` (canonical text equal to the original's), `near` (any other). ValueError for a missing column or a
    repeated or null mention_id.
    """
    members, texts = _numbered(_unrepeated(_as_members(mentions, params)))
    sketches = sketch_bytes(*texts, params.thread_count)
    return _in_order(members, _clustered(members, _text_groups(members, sketches, params)))


def clusters_and_keys(
    mentions: Iterable[pl.DataFrame], params: NearDuplicateParams
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What `cluster_mentions` and `near_duplicate_keys` give for mentions that come in parts.

    The texts are sketched once for both. Of all that a step needs only what the next one needs is still held then.
    """
    members, texts = _numbered(_unrepeated(pl.concat(_with_keys(part, params) for part in mentions)))
    sketches = sketch_bytes(*texts, params.thread_count)
    text_groups, signatures = _text_groups(members, sketches, params), sketches.signatures
    del texts, sketches
    clusters = _in_order(members, _clustered(members, text_groups))
    return clusters, _with_signatures(members, signatures)


def near_duplicate_keys(mentions: pl.DataFrame, params: NearDuplicateParams) -> pl.DataFrame:
    """One row per mention, in order, what is kept of it between runs: the columns of `near_duplicates_keys`.

    Reads the columns that `cluster_mentions` reads. `content_key` (Int64) is another if anything changed that clusters
    depend on; the others tell `KeysOfNew` what could be linked. A change of the params or of this package asks for new
    keys and clusters of everything.
    """
    members, texts = _numbered(_unrepeated(_with_keys(mentions, params)))
    return _with_signatures(members, sketch_bytes(*texts, params.thread_count).signatures)


def cluster_mentions_incremental(
    new: pl.DataFrame, related: pl.DataFrame, params: NearDuplicateParams, *, removed_ids: Iterable[str] = ()
) -> pl.DataFrame:
    """Rows of every cluster that new, changed or removed mentions touch, as `cluster_mentions` on everything has them.

    Clusters that are not in the result stay as they were, whatever the batches and their order; a removed mention has
    no row. `new` are mentions that arrived or changed (columns as in `cluster_mentions`), `removed_ids` erased ones.
    `related` has the same columns and `cluster_id`: all members, as they are now, of every cluster that holds a new
    or removed mention, or one that could be linked to a new one. More than needed does no harm. New and removed
    mentions must be in it with the clusters they were in (their other columns are not read). ValueError as in
    `cluster_mentions`.

    With keys and clusters in tables, only keys and the related clusters are read:

        keys    = near_duplicate_keys(arrived, params), less those whose (mention_id, content_key) are in key_table:
                  nothing that clusters depend on changed
        new     = arrived, less the same
        linked  = rows of key_table of which KeysOfNew(keys, similarity_threshold).may_be_linked
        touched = SELECT cluster_id FROM cluster_table SEMI JOIN (ids of new, removed and linked) USING (mention_id)
        related = cluster_table LEFT JOIN mention_table USING (mention_id), of touched clusters
        rows    = cluster_mentions_incremental(new, related, params, removed_ids=removed)

    then the ids of `rows` and the removed ones are replaced in cluster_table by `rows`, and the ids of `keys` and the
    removed ones in key_table by `keys`.
    """
    incoming = _unrepeated(_as_members(new, params))
    gone = pl.Series("mention_id", [*removed_ids, *incoming["mention_id"]], dtype=pl.String).implode()
    is_gone = pl.col("mention_id").is_in(gone)
    opened = related.filter(is_gone)["cluster_id"].unique().implode()
    known = _unrepeated(_as_members(related.filter(~is_gone), params, "cluster_id"))
    is_opened = pl.col("cluster_id").is_in(opened)
    incoming = pl.concat([incoming, known.filter(is_opened).drop("cluster_id")])
    known = known.filter(~is_opened)
    members, texts = _numbered(pl.concat([known, incoming.with_columns(cluster_id=pl.lit(None, pl.String))]))
    clusters = _clustered(members, _text_groups(members, sketch_bytes(*texts, params.thread_count), params))
    touched_ids = clusters.join(incoming, on="mention_id", how="semi").select("cluster_id").unique()
    return clusters.join(touched_ids, on="cluster_id", how="semi")


def _text_groups(members: pl.DataFrame, sketches: Sketches, params: NearDuplicateParams) -> pl.Series:
    """The group that each sketched text is in, by the texts' numbers.

    Members with a `cluster_id` come first; their texts were compared before and stay with the others of the cluster.
    """
    groups = np.arange(len(sketches.sizes))
    known = members.filter(pl.col("cluster_id").is_not_null() & pl.col("text").is_not_null())
    together = known.select("text", first=pl.col("text").min().over("cluster_id")).unique("text")
    groups[together["text"].to_numpy()] = together["first"].to_numpy()
    threshold, threads = params.similarity_threshold, params.thread_count
    return pl.Series("text_group", alike_groups(sketches, groups, threshold, threads, first_fresh=together.height))


def _clustered(members: pl.DataFrame, text_groups: pl.Series) -> pl.DataFrame:
    """Rows of the clusters of all members; those that have a `cluster_id` stay with the others of their clusters."""
    grouped = members.with_columns(text_group=text_groups.gather(members["text"]))
    return clusters_of(grouped).select(CLUSTER_COLUMNS)


def _numbered(members: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Bytes, Offsets]]:
    """The members with the number of their canonical text as `text` in its place, and the distinct texts' bytes.

    They get a `cluster_id`, null, if they have none yet.
    """
    if "cluster_id" not in members.columns:
        members = members.with_columns(cluster_id=pl.lit(None, pl.String))
    texts = members.select("canonical_text").drop_nulls().unique(maintain_order=True)
    texts = texts.with_columns(text=pl.int_range(pl.len(), dtype=pl.Int64))
    numbered = members.join(texts, on="canonical_text", how="left", maintain_order="left").drop("canonical_text")
    return numbered, utf8_bytes(texts["canonical_text"])


def _with_signatures(members: pl.DataFrame, signatures: Bytes) -> pl.DataFrame:
    """The members' keys with the signatures of their texts; made part by part, for making takes thrice their room."""
    parts = _slices(members, 1 + members.height // _KEYS_AT_ONCE)
    return pl.concat(
        part.with_columns(text_signature=signatures_of(part["text"], signatures)).select(*KEY_COLUMNS) for part in parts
    )


def _in_order(members: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    return members.select("mention_id").join(clusters, on="mention_id", how="left", maintain_order="left")


def _unrepeated(members: pl.DataFrame) -> pl.DataFrame:
    """The same members; ValueError if one of them comes twice or has no id."""
    if members["mention_id"].null_count() or members["mention_id"].is_duplicated().any():
        raise ValueError("mention_id must be unique and never null: near-duplicates are counted per mention")
    return members


def _with_keys(mentions: pl.DataFrame, params: NearDuplicateParams) -> pl.DataFrame:
    """The members, as `_as_members` has them, with those of their keys that are not of the text alone."""
    members = _as_members(mentions, params)
    keys = in_threads(keys_of_mentions, _slices(members, params.thread_count))
    return members.with_columns(pl.concat(keys))


def _as_members(mentions: pl.DataFrame, params: NearDuplicateParams, *more: str) -> pl.DataFrame:
    """What of the mentions matters here, with the canonical text of those that are long enough to be compared."""
    missing = [name for name in (*INPUT_COLUMNS, *more) if name not in mentions.columns]
    if missing:
        raise ValueError(f"mentions lack the columns {missing}")

    def compared_text(part: pl.DataFrame) -> pl.Series:
        canonical = canonical_text(part["mention_text"])
        return canonical.set(content_lengths(canonical) < params.min_content_length, None)

    canonical = in_threads(compared_text, _slices(mentions, params.thread_count))
    return mentions.with_columns(
        canonical_text=pl.concat(canonical), is_repost=pl.col("is_repost").fill_null(False)
    ).select(*(pl.col(name).cast(kind) for name, kind in MEMBER_COLUMNS.items()), *more)


def _slices(rows: pl.DataFrame, count: int) -> list[pl.DataFrame]:
    """The rows in so many parts of like size, which may be empty."""
    return [rows.slice(first, last - first) for first, last in pairwise(shares_of(rows.height, count))]
