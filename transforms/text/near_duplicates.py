"""Which mentions repeat one another: exactly, nearly, or as reposts.

Belongs here: what counts as a duplicate, and the two entries (everything at once, or new mentions against a kept
state). Comparing texts is `minhash`'s work, turning links into clusters `near_duplicates_clusters`'.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl

from transforms.text.minhash import Sketches, alike_groups, content_lengths, in_threads, sketch_texts
from transforms.text.near_duplicates_clusters import clusters_of
from transforms.text.near_duplicates_state import MEMBER_COLUMNS, NearDuplicateState
from transforms.text.normalise import canonical_text

CLUSTER_COLUMNS: Final = (
    "mention_id",
    "cluster_id",
    "original_mention_id",
    "cluster_mention_count",
    "duplicate_kind_code",
)
_INPUT_COLUMNS: Final = (
    "mention_id",
    "mention_text",
    "published_at",
    "platform_code",
    "parent_id",
    "native_id",
    "is_repost",
)


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
    clusters, _ = cluster_mentions_incremental(mentions, NearDuplicateState.empty(), params)
    return mentions.select("mention_id").join(clusters, on="mention_id", how="left", maintain_order="left")


def cluster_mentions_incremental(
    new: pl.DataFrame, state: NearDuplicateState, params: NearDuplicateParams, *, removed_ids: Iterable[str] = ()
) -> tuple[pl.DataFrame, NearDuplicateState]:
    """Rows of every cluster that `new` mentions touch (old members included), and the state with them.

    The same clusters come out as from `cluster_mentions` on all mentions, whatever the batches; rows of clusters that
    are not in the result stay as they were. A mention known to the state is left alone if nothing about it changed
    and clustered again, with its old cluster, if something did. `removed_ids` (erased posts) leave the state, and
    what is left of their clusters is clustered again. The state must come from the same params.
    """
    incoming = _as_members(new, params)
    held = state.members.join(incoming, on="mention_id", how="semi").drop("cluster_id")
    unchanged = incoming.join(held, on=incoming.columns, how="semi", nulls_equal=True)
    incoming = incoming.join(unchanged, on="mention_id", how="anti", maintain_order="left")
    gone = pl.Series("mention_id", [*removed_ids, *incoming["mention_id"]], dtype=pl.String)
    kept, reopened = state.without(gone)
    incoming = pl.concat([incoming, reopened])
    texts = incoming.select("canonical_text").drop_nulls().unique(maintain_order=True)
    fresh = sketch_texts(
        texts.join(kept.texts, on="canonical_text", how="anti", maintain_order="left")["canonical_text"],
        params.thread_count,
    )
    related = kept.related_members(incoming, fresh.bands)
    members = pl.concat([related, incoming.with_columns(cluster_id=pl.lit(None, pl.String))])
    clustered = clusters_of(members.join(_text_groups(related, fresh, params), on="canonical_text", how="left"))
    touched_ids = clustered.join(incoming, on="mention_id", how="semi").select("cluster_id").unique()
    touched = clustered.join(touched_ids, on="cluster_id", how="semi")
    return touched.select(CLUSTER_COLUMNS), kept.with_clusters(touched, fresh)


def _as_members(mentions: pl.DataFrame, params: NearDuplicateParams) -> pl.DataFrame:
    """The mentions as the state keeps them, with the canonical text of those that are long enough to be compared."""
    missing = [name for name in _INPUT_COLUMNS if name not in mentions.columns]
    if missing:
        raise ValueError(f"mentions lack the columns {missing}")
    if mentions["mention_id"].null_count() or mentions["mention_id"].is_duplicated().any():
        raise ValueError("mention_id must be unique and never null: near-duplicates are counted per mention")
    bounds = list(pairwise(np.linspace(0, mentions.height, params.thread_count + 1).astype(int).tolist()))

    def compared_text(part: tuple[int, int]) -> pl.Series:
        canonical = canonical_text(mentions["mention_text"].slice(part[0], part[1] - part[0]))
        return canonical.set(content_lengths(canonical) < params.min_content_length, None)

    return mentions.with_columns(
        canonical_text=pl.concat(in_threads(compared_text, bounds)), is_repost=pl.col("is_repost").fill_null(False)
    ).select(pl.col(name).cast(kind) for name, kind in MEMBER_COLUMNS.items() if name != "cluster_id")


def _text_groups(related: pl.DataFrame, fresh: Sketches, params: NearDuplicateParams) -> pl.DataFrame:
    """One row per text, fresh ones and those of related members: `canonical_text` and the `text_group` it is in."""
    known = related.group_by("canonical_text", maintain_order=True).agg(pl.col("cluster_id").first()).drop_nulls()
    texts = pl.concat([known, pl.select(canonical_text=fresh.texts, cluster_id=pl.lit(None, pl.String))])
    same_cluster = pl.when(pl.col("cluster_id").is_not_null()).then(pl.col("text").first().over("cluster_id"))
    groups = texts.with_row_index("text").select(same_cluster.fill_null(pl.col("text")).cast(pl.Int64)).to_series()
    sketches = sketch_texts(known["canonical_text"], params.thread_count).followed_by(fresh)
    text_groups = alike_groups(
        sketches, groups.to_numpy(), params.similarity_threshold, params.thread_count, first_fresh=known.height
    )
    return texts.select("canonical_text", text_group=pl.Series(text_groups))
