"""From links between mentions to clusters with an original.

Belongs here: the mention side; texts are grouped already.
"""

import numpy as np
import polars as pl


def clusters_of(members: pl.DataFrame) -> pl.DataFrame:
    """The members with new `cluster_id`, and `original_mention_id`, `cluster_mention_count`, `duplicate_kind_code`.

    Reads, beside the members' own columns, `text` (its number; null: not compared), its `text_group` and the old
    `cluster_id`: members that share one of them belong together, and so do reposts of one post with each other and
    with the post.
    """
    linked = members.with_columns(root=_roots(members))
    is_shared = pl.col("root").is_duplicated()
    shared = (
        linked.filter(is_shared)
        .sort("root", "is_repost", "published_at", "mention_id", nulls_last=True)
        .with_columns(
            original_mention_id=pl.col("mention_id").first().over("root"),
            original_text=pl.col("text").first().over("root"),
            cluster_mention_count=pl.len().over("root").cast(pl.Int64),
        )
        .with_columns(duplicate_kind_code=_kind())
        .drop("original_text")
    )
    alone = linked.filter(~is_shared).with_columns(
        original_mention_id="mention_id",
        cluster_mention_count=pl.lit(1, pl.Int64),
        duplicate_kind_code=pl.lit("unique"),
    )
    return pl.concat([shared, alone]).with_columns(cluster_id="original_mention_id").drop("root", "text_group")


def _kind() -> pl.Expr:
    return (
        pl.when(pl.col("mention_id") == pl.col("original_mention_id"))
        .then(pl.lit("original"))
        .when("is_repost")
        .then(pl.lit("repost"))
        .when(pl.col("text") == pl.col("original_text"))
        .then(pl.lit("exact"))
        .otherwise(pl.lit("near"))
    )


def _roots(members: pl.DataFrame) -> pl.Series:
    """The row number of the first member of each member's cluster."""
    from transforms.text import minhash_link_kernel as kernel

    numbered = members.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    parents = np.arange(members.height)
    for links in (
        _first_of("text_group", numbered),
        _first_of("cluster_id", numbered),
        _first_of("post", _posts(numbered)),
    ):
        kernel.join_all(parents, links["row"].to_numpy(), links["first"].to_numpy())
    kernel.roots(parents)
    return pl.Series("root", parents)


def _first_of(key: str, numbered: pl.DataFrame) -> pl.DataFrame:
    """One row per member that has the key: its `row` and the `first` row with the same key."""
    keyed = numbered.select("row", key).filter(pl.col(key).is_not_null())
    return keyed.select("row", first=pl.col("row").first().over(key))


def post_key(native_id: str) -> pl.Expr:
    """Platform and native id as one key, null without an id."""
    return pl.concat_str("platform_code", pl.lit("\x1f"), native_id)


def _posts(numbered: pl.DataFrame) -> pl.DataFrame:
    """One row per member and reposted `post`: the reposts, and the posts themselves where they are here."""
    reposts = (
        numbered.filter("is_repost").select("row", post=post_key("parent_id")).filter(pl.col("post").is_not_null())
    )
    posts = numbered.select("row", post=post_key("native_id")).join(reposts, on="post", how="semi")
    return pl.concat([reposts, posts])
