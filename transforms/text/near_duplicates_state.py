"""What near-duplicate search keeps between runs, so that new mentions do not need all texts compared again.

Belongs here: the kept frames, and finding what new mentions could be linked to. The state holds canonical texts: an
erased post must leave it (`removed_ids`).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.text.minhash import BAND_COUNT, Sketches
from transforms.text.near_duplicates_clusters import post_key

MEMBER_COLUMNS: Final[dict[str, Any]] = {
    "mention_id": pl.String,
    "published_at": pl.Datetime("us", "UTC"),
    "platform_code": pl.String,
    "native_id": pl.String,
    "parent_id": pl.String,
    "is_repost": pl.Boolean,
    "canonical_text": pl.String,
    "cluster_id": pl.String,
}
TEXT_COLUMNS: Final[dict[str, Any]] = {
    "canonical_text": pl.String,
    "band_keys": pl.Array(pl.UInt32, BAND_COUNT),
}


@dataclass(frozen=True)
class NearDuplicateState:
    """`members`: one row per mention with its cluster; `canonical_text` is null for texts too short to be compared.

    `texts`: one row per distinct canonical text with its MinHash band keys. Both are plain frames and can be stored.
    """

    members: pl.DataFrame
    texts: pl.DataFrame

    @classmethod
    def empty(cls) -> "NearDuplicateState":
        """The state before any mention."""
        return cls(pl.DataFrame(schema=MEMBER_COLUMNS), pl.DataFrame(schema=TEXT_COLUMNS))

    def without(self, mention_ids: pl.Series) -> tuple["NearDuplicateState", pl.DataFrame]:
        """The state without the clusters that these mentions are in, and the other members of those clusters."""
        clusters = self.members.filter(pl.col("mention_id").is_in(mention_ids.implode()))["cluster_id"].unique()
        if clusters.is_empty():
            return self, self.members.clear().drop("cluster_id")
        is_opened = pl.col("cluster_id").is_in(clusters.implode())
        opened = self.members.filter(is_opened)
        kept = NearDuplicateState(
            self.members.filter(~is_opened), self.texts.join(opened, on="canonical_text", how="anti")
        )
        return kept, opened.filter(~pl.col("mention_id").is_in(mention_ids.implode())).drop("cluster_id")

    def related_members(self, incoming: pl.DataFrame, fresh_bands: npt.NDArray[np.uint32]) -> pl.DataFrame:
        """All members of the clusters that incoming mentions could be linked to: more than will be, never fewer.

        Related is a cluster with the canonical text of an incoming mention, with a text that shares a band key with a
        fresh one, with a post that an incoming mention reposts, or with a repost of an incoming post or of its
        parent.
        """
        if self.members.is_empty():
            return self.members
        texts = pl.concat([self._texts_sharing_a_band(fresh_bands), incoming.select("canonical_text").drop_nulls()])
        by_text = self.members.join(texts, on="canonical_text", how="semi")["cluster_id"]
        posts = pl.concat(
            [
                incoming.select(post=post_key("native_id")),
                incoming.filter("is_repost").select(post=post_key("parent_id")),
            ]
        ).drop_nulls()
        reposted = incoming.filter("is_repost").select(post=post_key("parent_id")).drop_nulls()
        by_parent = (
            self.members.filter("is_repost")
            .with_columns(post=post_key("parent_id"))
            .join(posts, on="post", how="semi")["cluster_id"]
        )
        by_post = self.members.with_columns(post=post_key("native_id")).join(reposted, on="post", how="semi")[
            "cluster_id"
        ]
        related = pl.concat([by_text, by_parent, by_post]).unique()
        return self.members.filter(pl.col("cluster_id").is_in(related.implode()))

    def _texts_sharing_a_band(self, fresh_bands: npt.NDArray[np.uint32]) -> pl.DataFrame:
        """The canonical texts with a band key of the fresh ones in the same band."""
        keys = self.texts["band_keys"].to_numpy()
        is_sharing = np.zeros(self.texts.height, dtype=np.bool_)
        for band in range(BAND_COUNT if len(fresh_bands) else 0):
            wanted = pl.Series(np.unique(fresh_bands[:, band]))
            is_sharing |= pl.Series(np.ascontiguousarray(keys[:, band])).is_in(wanted.implode()).to_numpy()
        return self.texts.filter(pl.Series(is_sharing)).select("canonical_text")

    def with_clusters(self, touched: pl.DataFrame, fresh: Sketches) -> "NearDuplicateState":
        """The state with the rows of touched clusters in place of what it had of them, and the fresh texts."""
        members = self.members.join(touched, on="mention_id", how="anti") if self.members.height else self.members
        texts = pl.DataFrame({"canonical_text": fresh.texts, "band_keys": fresh.bands}, schema=TEXT_COLUMNS)
        return NearDuplicateState(
            pl.concat([members, touched.select(list(MEMBER_COLUMNS))]), pl.concat([self.texts, texts])
        )
