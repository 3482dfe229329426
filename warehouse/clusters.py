"""Keeping core.duplicate_cluster true to the posts: new and changed posts are compared with what they may repeat.

Keys of every post are kept in state.cluster_key; only clusters that share one with a changed post are read.
"""

import polars as pl

from transforms.text.near_duplicates import (
    INPUT_COLUMNS,
    NearDuplicateParams,
    cluster_mentions_incremental,
    clusters_and_keys,
    near_duplicate_keys,
)
from warehouse.days import days_of, remember_days
from warehouse.refresh import WHOLE
from warehouse.store import Warehouse
from warehouse.tables import core, state

_PARAMS = NearDuplicateParams()
# Beyond this share of all posts, comparing everything is cheaper than finding out what to compare.
MOST_CHANGED = 0.3
_COLUMNS = ["parent_native_id" if name == "parent_id" else name for name in INPUT_COLUMNS]
_RELATED = """
WITH key AS (SELECT mention_id, unnest(link_keys) AS link_key FROM state.cluster_key),
touched AS (
  SELECT cluster_id FROM core.duplicate_cluster SEMI JOIN state.changed_post USING (mention_id)
  UNION
  SELECT cluster_id FROM core.duplicate_cluster SEMI JOIN (
    SELECT mention_id FROM key SEMI JOIN (SELECT unnest(link_keys) AS link_key FROM new_keys) USING (link_key)
  ) USING (mention_id)
)
SELECT c.mention_id, c.cluster_id, {columns} FROM core.duplicate_cluster c SEMI JOIN touched USING (cluster_id)
LEFT JOIN core.mention m USING (mention_id)
"""


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
            remember_days(warehouse, None)
        else:
            remember_days(warehouse, days_of(warehouse, _cluster_changed(warehouse, changed, params)))
        warehouse.execute("DELETE FROM state.changed_post")
        warehouse.remember(core.DUPLICATE_CLUSTER.name, {WHOLE: version})
    return True


def _cluster_everything(warehouse: Warehouse, params: NearDuplicateParams) -> None:
    mentions = warehouse.select(core.MENTION, columns=_COLUMNS).rename({"parent_native_id": "parent_id"})
    clusters, keys = clusters_and_keys(mentions, params)
    warehouse.replace_all(core.DUPLICATE_CLUSTER, clusters)
    warehouse.replace_all(state.CLUSTER_KEY, keys)


def _cluster_changed(warehouse: Warehouse, changed: pl.DataFrame, params: NearDuplicateParams) -> pl.DataFrame:
    """Cluster the changed posts with what they may repeat; returns the ids of the posts whose row is another now."""
    with warehouse.frame("changed_posts", changed):
        there = "SEMI JOIN changed_posts c ON t.mention_id = c.mention_id"
        arrived = warehouse.select(core.MENTION, there, _COLUMNS).rename({"parent_native_id": "parent_id"})
        known = warehouse.select(state.CLUSTER_KEY, there)
    removed = changed.join(arrived, on="mention_id", how="anti")["mention_id"]
    keys = near_duplicate_keys(arrived, params).join(known, on=["mention_id", "content_key"], how="anti")
    new = arrived.join(keys, on="mention_id", how="semi")
    columns = ", ".join(f"m.{name}" for name in _COLUMNS if name != "mention_id")
    with warehouse.frame("new_keys", keys):
        related = warehouse.query(_RELATED.format(columns=columns)).rename({"parent_native_id": "parent_id"})
    related = related.with_columns(pl.col("published_at").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"))
    rows = cluster_mentions_incremental(new, related, params, removed_ids=removed)
    rows = rows.select(core.DUPLICATE_CLUSTER.schema.names())
    with warehouse.frame("found_posts", rows.select("mention_id")):
        old = warehouse.select(core.DUPLICATE_CLUSTER, "SEMI JOIN found_posts f ON t.mention_id = f.mention_id")
    other = rows.join(old, on=rows.columns, how="anti")
    gone = pl.concat([other["mention_id"], removed])
    warehouse.replace_parts(core.DUPLICATE_CLUSTER, "mention_id", gone, other)
    warehouse.replace_parts(state.CLUSTER_KEY, "mention_id", pl.concat([keys["mention_id"], removed]), keys)
    return other.select("mention_id")
