"""Mentions, clusters and keys in tables of DuckDB, brought up to date the way `cluster_mentions_incremental` says."""

from collections.abc import Iterable

import duckdb
import polars as pl

from transforms.text.near_duplicates import (
    CLUSTER_COLUMNS,
    NearDuplicateParams,
    cluster_mentions_incremental,
    near_duplicate_keys,
)
from transforms.text.near_duplicates_keys import KeysOfNew

_TABLES = """
CREATE TABLE mention_table (mention_id VARCHAR, mention_text VARCHAR, published_at TIMESTAMP, platform_code VARCHAR,
    native_id VARCHAR, parent_id VARCHAR, is_repost BOOLEAN);
CREATE TABLE cluster_table (mention_id VARCHAR, cluster_id VARCHAR, original_mention_id VARCHAR,
    cluster_mention_count BIGINT, duplicate_kind_code VARCHAR);
CREATE TABLE key_table (mention_id VARCHAR, content_key BIGINT, post_hash_id BIGINT, reposted_post_hash_id BIGINT,
    text_signature BIGINT[]);
"""
_RELATED = """
WITH touched AS (
    SELECT cluster_id FROM cluster_table SEMI JOIN (
        SELECT mention_id FROM keys UNION ALL FROM removed UNION ALL FROM linked
    ) USING (mention_id)
)
SELECT m.* REPLACE (c.mention_id AS mention_id), c.cluster_id
FROM cluster_table c SEMI JOIN touched USING (cluster_id) LEFT JOIN mention_table m USING (mention_id)
"""


class NearDuplicateTables:
    """The three tables. `params` as in `cluster_mentions`."""

    def __init__(self, params: NearDuplicateParams, path: str = ":memory:") -> None:
        self.params = params
        self.connection = duckdb.connect(path)
        self.connection.execute("SET threads = 1")
        self.connection.execute(_TABLES)

    def close(self) -> None:
        """Give the file back."""
        self.connection.close()

    def arrive(self, arrived: pl.DataFrame, removed_ids: Iterable[str] = ()) -> pl.DataFrame:
        """The rows of clusters that changed, once arrived mentions are in the tables and removed ones are not."""
        removed = pl.DataFrame({"mention_id": list(removed_ids)}, schema={"mention_id": pl.String})
        self._replace("mention_table", arrived, removed)
        keys = near_duplicate_keys(arrived, self.params)
        found = self.connection.sql("SELECT mention_id, content_key FROM key_table SEMI JOIN keys USING (mention_id)")
        known = pl.DataFrame(found.to_arrow_table())
        keys = keys.join(known, on=["mention_id", "content_key"], how="anti", maintain_order="left")
        new = arrived.join(keys, on="mention_id", how="semi", maintain_order="left")
        kept = pl.DataFrame(self.connection.sql("FROM key_table").to_arrow_table())
        may_be_linked = KeysOfNew(keys, self.params.similarity_threshold).may_be_linked(kept)
        linked = kept.filter(may_be_linked).select("mention_id")  # noqa: F841 - read in SQL
        related = pl.DataFrame(self.connection.sql(_RELATED).to_arrow_table()).with_columns(
            pl.col("published_at").dt.replace_time_zone("UTC")
        )
        rows = cluster_mentions_incremental(new, related, self.params, removed_ids=removed["mention_id"])
        self._replace("cluster_table", rows, removed)
        self._replace("key_table", keys, removed)
        return rows

    def clusters(self) -> pl.DataFrame:
        """The rows of all mentions, by mention."""
        columns = ", ".join(CLUSTER_COLUMNS)
        rows = self.connection.sql(f"SELECT {columns} FROM cluster_table ORDER BY mention_id")
        return pl.DataFrame(rows.to_arrow_table())

    def key_ids(self) -> set[str]:
        """The mentions that keys are kept of."""
        return {mention_id for (mention_id,) in self.connection.execute("SELECT mention_id FROM key_table").fetchall()}

    def _replace(self, table: str, rows: pl.DataFrame, removed: pl.DataFrame) -> None:
        self.connection.execute(
            f"DELETE FROM {table} WHERE mention_id IN (SELECT mention_id FROM rows UNION ALL FROM removed)"
        )
        self.connection.execute(f"INSERT INTO {table} BY NAME FROM rows")
