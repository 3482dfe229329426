"""Keeping core.duplicate_cluster true to the posts: new and changed posts are compared with what they may repeat.

Keys of every post are kept in state.cluster_key: what could be linked to a changed post is found by them alone, and
only its clusters are read. A table is asked for the places of its rows first: asked for rows, it reads all columns of
all posts.
"""

from collections.abc import Iterator
from datetime import date

import polars as pl

from transforms.text.near_duplicates import (
    INPUT_COLUMNS,
    NearDuplicateParams,
    cluster_mentions_incremental,
    clusters_and_keys,
    near_duplicate_keys,
)
from transforms.text.near_duplicates_keys import KeysOfNew
from warehouse.days import mark_days
from warehouse.refresh import WHOLE
from warehouse.store import Warehouse
from warehouse.tables import core, state
from warehouse.tables.contract import TableContract

_PARAMS = NearDuplicateParams()
# Beyond this share of all posts, comparing everything is cheaper than finding out what to compare.
MOST_CHANGED = 0.3
# So many rows are read together where all are: enough to be quick, few enough to be small beside what comes of them.
_ROWS_AT_ONCE = 100_000
_COLUMNS = ["parent_native_id" if name == "parent_id" else name for name in INPUT_COLUMNS]
_CLUSTERS = """
SELECT rowid AS place, * FROM core.duplicate_cluster SEMI JOIN (
  SELECT cluster_id FROM core.duplicate_cluster SEMI JOIN touched_posts USING (mention_id)
) USING (cluster_id)
"""
_KEPT = "SELECT rowid AS place, post_hash_id, reposted_post_hash_id, text_signature FROM state.cluster_key"


def refresh_clusters(warehouse: Warehouse, version: str, params: NearDuplicateParams = _PARAMS) -> bool:
    """Bring the clusters up to date with the posts that changed since; returns whether any had."""
    changed = warehouse.query("SELECT DISTINCT mention_id FROM state.changed_post")
    posts = warehouse.count(core.MENTION)
    everything = warehouse.fingerprints(core.DUPLICATE_CLUSTER.name).get(WHOLE) != version
    if not everything and changed.is_empty():
        return False
    with warehouse.transaction():
        if everything or changed.height > MOST_CHANGED * posts:
            _cluster_everything(warehouse, params)
            mark_days(warehouse, None)
        else:
            mark_days(warehouse, _cluster_changed(warehouse, changed, params))
        warehouse.execute("DELETE FROM state.changed_post")
        warehouse.remember(core.DUPLICATE_CLUSTER.name, {WHOLE: version})
    return True


def _cluster_everything(warehouse: Warehouse, params: NearDuplicateParams) -> None:
    days: list[pl.Series] = []

    def posts() -> Iterator[pl.DataFrame]:
        for part in _parts_of(warehouse, core.MENTION):
            read = _posts_where(warehouse, f"t.{part}")
            days.append(read["mention_date"])
            yield read

    clusters, keys = clusters_and_keys(posts(), params)
    warehouse.replace_all(core.DUPLICATE_CLUSTER, clusters.with_columns(pl.concat(days)))
    warehouse.replace_all(state.CLUSTER_KEY, keys)


def _cluster_changed(warehouse: Warehouse, changed: pl.DataFrame, params: NearDuplicateParams) -> set[date]:
    """Cluster the changed posts with what they may repeat; returns the days on which a row is another now."""
    arrived = _posts(warehouse, changed)
    with warehouse.frame("changed_posts", changed):
        known = warehouse.query(
            "SELECT rowid AS place, mention_id, content_key FROM state.cluster_key "
            "SEMI JOIN changed_posts USING (mention_id)"
        )
    removed = changed.join(arrived, on="mention_id", how="anti")["mention_id"]
    keys = near_duplicate_keys(arrived, params).join(known, on=["mention_id", "content_key"], how="anti")
    new = arrived.join(keys, on="mention_id", how="semi")
    stale = known.filter(pl.col("mention_id").is_in(pl.concat([keys["mention_id"], removed]).implode()))
    touched = pl.concat([stale.select("mention_id"), _linked(warehouse, keys, params)])
    with warehouse.frame("touched_posts", touched):
        old = warehouse.query(_CLUSTERS)
    members = _posts(warehouse, old)
    related = old.select("mention_id", "cluster_id").join(members, on="mention_id", how="left")
    rows = cluster_mentions_incremental(new, related, params, removed_ids=removed)
    days = pl.concat([members, new]).select("mention_id", "mention_date").unique("mention_id")
    rows = rows.join(days, on="mention_id", how="left").select(core.DUPLICATE_CLUSTER.schema.names())
    other = rows.join(old, on=rows.columns, how="anti")
    gone = old.filter(pl.col("mention_id").is_in(pl.concat([other["mention_id"], removed]).implode()))
    _replace(warehouse, core.DUPLICATE_CLUSTER, gone, other)
    _replace(warehouse, state.CLUSTER_KEY, stale, keys)
    return {*gone["mention_date"], *other["mention_date"]}


def _posts(warehouse: Warehouse, wanted: pl.DataFrame) -> pl.DataFrame:
    """What clusters depend on of those of the posts that are there. `wanted` has a column mention_id."""
    with warehouse.frame("clustered_posts", wanted.select("mention_id")):
        there = "t.rowid IN (SELECT rowid FROM core.mention SEMI JOIN clustered_posts USING (mention_id))"
        return _posts_where(warehouse, there)


def _posts_where(warehouse: Warehouse, condition: str) -> pl.DataFrame:
    """The same of the posts that a condition holds for; and their days, which clusters are found by."""
    posts = warehouse.select(core.MENTION, f"WHERE {condition}", ["mention_date", *_COLUMNS])
    return posts.rename({"parent_native_id": "parent_id"})


def _parts_of(warehouse: Warehouse, contract: TableContract) -> Iterator[str]:
    """Conditions that each hold for some of the rows, and for none of the rows that another holds for; at least one."""
    last = warehouse.scalar(f"SELECT max(rowid) FROM {contract.name}") or 0  # noqa: S608
    for start in range(0, last + 1, _ROWS_AT_ONCE):
        yield f"rowid BETWEEN {start} AND {start + _ROWS_AT_ONCE - 1}"


def _linked(warehouse: Warehouse, keys: pl.DataFrame, params: NearDuplicateParams) -> pl.DataFrame:
    """The ids of the posts that could be linked to those whose keys are given."""
    if keys.is_empty():
        return keys.select("mention_id")
    new = KeysOfNew(keys, params.similarity_threshold)
    places = []
    for part in _parts_of(warehouse, state.CLUSTER_KEY):
        kept = warehouse.query(f"{_KEPT} WHERE {part}")
        places.append(kept["place"].filter(new.may_be_linked(kept)))
    with warehouse.frame("linked_places", pl.concat(places).to_frame()):
        return warehouse.query(
            "SELECT mention_id FROM state.cluster_key WHERE rowid IN (SELECT place FROM linked_places)"
        )


def _replace(warehouse: Warehouse, contract: TableContract, stale: pl.DataFrame, rows: pl.DataFrame) -> None:
    """Put rows into the table instead of those at the stale ones' `place`."""
    with warehouse.frame("stale_places", stale.select("place")):
        warehouse.execute(f"DELETE FROM {contract.name} WHERE rowid IN (SELECT place FROM stale_places)")  # noqa: S608
    warehouse.append(contract, rows)
