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

from transforms.text.minhash import Sketches, alike_groups, content_lengths, in_threads, sketch_texts
from transforms.text.near_duplicates_clusters import clusters_of
from transforms.text.near_duplicates_keys import keys_of
from transforms.text.normalise import canonical_text

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
    members = _as_members(mentions, params)
    return _in_order(members, _clustered(members, _no_members(), _sketched(members, params), params))


def clusters_and_keys(mentions: pl.DataFrame, params: NearDuplicateParams) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What `cluster_mentions` and `near_duplicate_keys` give; the texts are read and sketched once for both."""
    members = _as_members(mentions, params)
    sketches = _sketched(members, params)
    clusters = _clustered(members, _no_members(), sketches, params)
    return _in_order(members, clusters), keys_of(members, sketches)


def near_duplicate_keys(mentions: pl.DataFrame, params: NearDuplicateParams) -> pl.DataFrame:
    """One row per mention, in order, what is kept of it between runs: `mention_id`, `content_key`, `link_keys`.

    Reads the columns that `cluster_mentions` reads. `content_key` (Int64) is another if anything changed that clusters
    depend on; `link_keys` (list of Int64, 0 to 18 of 37 bits) are what linked mentions have in common. A change of the
    params or of this package asks for new keys and clusters of everything.
    """
    members = _as_members(mentions, params)
    return keys_of(members, _sketched(members, params))


def cluster_mentions_incremental(
    new: pl.DataFrame, related: pl.DataFrame, params: NearDuplicateParams, *, removed_ids: Iterable[str] = ()
) -> pl.DataFrame:
    """Rows of every cluster that new, changed or removed mentions touch, as `cluster_mentions` on everything has them.

    Clusters that are not in the result stay as they were, whatever the batches and their order; a removed mention has
    no row. `new` are mentions that arrived or changed (columns as in `cluster_mentions`), `removed_ids` erased ones.
    `related` has the same columns and `cluster_id`: all members, as they are now, of every cluster that holds a new
    or removed mention, or one that shares a link key with a new one. More than needed does no harm. New and removed
    mentions must be in it with the clusters they were in (their other columns are not read). ValueError as in
    `cluster_mentions`.

    With keys and clusters in tables, only keys and the related clusters are read:

        keys    = near_duplicate_keys(arrived, params), less those whose (mention_id, content_key) are in key_table:
                  nothing that clusters depend on changed
        new     = arrived, less the same
        touched = SELECT cluster_id FROM cluster_table SEMI JOIN (ids of new and removed) USING (mention_id)
                  UNION SELECT cluster_id FROM cluster_table SEMI JOIN
                  ((SELECT mention_id, unnest(link_keys) AS link_key FROM key_table) SEMI JOIN link keys of new
                  USING (link_key)) USING (mention_id)
        related = cluster_table LEFT JOIN mention_table USING (mention_id), of touched clusters
        rows    = cluster_mentions_incremental(new, related, params, removed_ids=removed)

    then the ids of `rows` and the removed ones are replaced in cluster_table by `rows`, and the ids of `keys` and the
    removed ones in key_table by `keys`.
    """
    incoming = _as_members(new, params)
    gone = pl.Series("mention_id", [*removed_ids, *incoming["mention_id"]], dtype=pl.String).implode()
    is_gone = pl.col("mention_id").is_in(gone)
    opened = related.filter(is_gone)["cluster_id"].unique().implode()
    known = _as_members(related.filter(~is_gone), params, "cluster_id")
    is_opened = pl.col("cluster_id").is_in(opened)
    incoming = pl.concat([incoming, known.filter(is_opened).drop("cluster_id")])
    known = known.filter(~is_opened)
    fresh = _sketched(incoming.join(known, on="canonical_text", how="anti", maintain_order="left"), params)
    clusters = _clustered(incoming, known, fresh, params)
    touched_ids = clusters.join(incoming, on="mention_id", how="semi").select("cluster_id").unique()
    return clusters.join(touched_ids, on="cluster_id", how="semi")


def _clustered(
    incoming: pl.DataFrame, known: pl.DataFrame, fresh: Sketches, params: NearDuplicateParams
) -> pl.DataFrame:
    """Rows of the clusters of all members; known ones stay with the others of their clusters.

    `fresh` are the sketches of the incoming members' texts that no known member has.
    """
    members = pl.concat([known, incoming.with_columns(cluster_id=pl.lit(None, pl.String))])
    grouped = members.join(_text_groups(known, fresh, params), on="canonical_text", how="left")
    return clusters_of(grouped).select(CLUSTER_COLUMNS)


def _sketched(members: pl.DataFrame, params: NearDuplicateParams) -> Sketches:
    """The sketches of the members' distinct texts."""
    texts = members.select("canonical_text").drop_nulls().unique(maintain_order=True)
    return sketch_texts(texts["canonical_text"], params.thread_count)


def _in_order(members: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    return members.select("mention_id").join(clusters, on="mention_id", how="left", maintain_order="left")


def _no_members() -> pl.DataFrame:
    return pl.DataFrame(schema={**MEMBER_COLUMNS, "cluster_id": pl.String})


def _as_members(mentions: pl.DataFrame, params: NearDuplicateParams, *more: str) -> pl.DataFrame:
    """What of the mentions matters here, with the canonical text of those that are long enough to be compared."""
    missing = [name for name in (*INPUT_COLUMNS, *more) if name not in mentions.columns]
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
    ).select(*(pl.col(name).cast(kind) for name, kind in MEMBER_COLUMNS.items()), *more)


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
