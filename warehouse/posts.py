"""Keeping the core layer true to the raw one: rows linked to posts, posts merged, brands matched, clusters made."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from transforms.core.counters import counter_snapshots
from transforms.core.identity import identify
from transforms.core.mentions import CoreParams, core_mentions
from transforms.core.merge import COUNTERS
from transforms.text.near_duplicates import NearDuplicateParams, cluster_mentions
from warehouse.refresh import WHOLE, refresh_whole
from warehouse.store import Warehouse
from warehouse.tables import core, raw
from warehouse.tables.contract import TableContract
from warehouse.tables.trust import MENTION_COUNTER_SNAPSHOT as SNAPSHOT

POSTS_AT_ONCE = 200_000


@dataclass(frozen=True)
class PostsReport:
    """What one refresh of the posts did."""

    linked_rows: int
    touched_posts: int
    rematched_brands: tuple[str, ...]


@dataclass(frozen=True)
class Matching:
    """One table that says which posts a set of queries matches, and how its rows come about."""

    contract: TableContract
    id_column: str
    versions: Mapping[str, str]
    rows: Callable[[pl.DataFrame, Collection[str]], pl.DataFrame]  # posts, ids of the queries to match


def refresh_posts(
    warehouse: Warehouse,
    params: CoreParams,
    version: str,
    matchings: Sequence[Matching],
    progress: Callable[[str], None] = lambda _: None,
) -> PostsReport:
    """Bring core.mention_source, core.mention and the tables of matches up to date, all or nothing.

    Posts are touched by new export rows, or all of them when `version` (zone, languages, accounts, code) changed. A
    brand or topic whose query changed is matched again over all history, the others are left alone.
    """
    with warehouse.transaction():
        linked = _link_new_rows(warehouse)
        everything = warehouse.fingerprints(core.MENTION.name).get(WHOLE) != version
        touched = _touched(warehouse, everything)
        _drop_orphans(warehouse, matchings)
        changed = [_forget_changed(warehouse, matching, everything) for matching in matchings]
        for start in range(0, touched.height, POSTS_AT_ONCE):
            part = touched.slice(start, POSTS_AT_ONCE)
            progress(f"posts {start + 1:,} to {start + part.height:,} of {touched.height:,}")
            posts = core_mentions(_rows_of(warehouse, part), params)
            ids = part["mention_id"].to_list()
            warehouse.replace_parts(core.MENTION, "mention_id", ids, posts)
            warehouse.replace_parts(SNAPSHOT, "mention_id", ids, _counters_of(warehouse, part))
            for matching in matchings:
                rows = matching.rows(posts, matching.versions.keys())
                warehouse.replace_parts(matching.contract, "mention_id", ids, rows)
        for matching, names in zip(matchings, changed, strict=True):
            if names and not everything:
                _match_history(warehouse, matching, names, touched, progress)
            warehouse.remember(matching.contract.name, dict(matching.versions))
        warehouse.execute("DELETE FROM state.touched_post")
        warehouse.remember(core.MENTION.name, {WHOLE: version})
    return PostsReport(linked, touched.height, tuple(name for names in changed for name in names))


def refresh_clusters(warehouse: Warehouse, version: str) -> bool:
    """Cluster near-identical posts again if any post changed; returns whether it did."""
    posts = warehouse.query(
        "SELECT count(*)::VARCHAR || coalesce(sum(hash(mention_id, revision_id)), 0)::VARCHAR AS h FROM core.mention"
    )

    def build() -> pl.DataFrame:
        columns = [
            "mention_id",
            "mention_text",
            "published_at",
            "platform_code",
            "parent_native_id",
            "native_id",
            "is_repost",
        ]
        mentions = warehouse.select(core.MENTION, columns=columns).rename({"parent_native_id": "parent_id"})
        return cluster_mentions(mentions, NearDuplicateParams()).select(core.DUPLICATE_CLUSTER.schema.names())

    return refresh_whole(warehouse, core.DUPLICATE_CLUSTER, f"{version}:{posts['h'][0]}", build)


def _link_new_rows(warehouse: Warehouse) -> int:
    """Say of every kept row not linked yet which post it is; returns how many rows."""
    files = warehouse.query(
        "SELECT file_id FROM raw.export_file f WHERE record_kind_code = 'mention' AND kept_count > 0 "
        "AND NOT EXISTS (SELECT 1 FROM core.mention_source s WHERE s.file_id = f.file_id) ORDER BY file_id"
    )["file_id"].to_list()
    warehouse.execute("CREATE TEMP TABLE IF NOT EXISTS newly_linked (mention_id VARCHAR)")
    warehouse.execute("DELETE FROM newly_linked")
    linked = 0
    columns = [
        "file_id",
        "row_number",
        "platform_code",
        "native_id",
        "url",
        "kind_code",
        "published_at",
        "mention_text",
    ]
    for file_id in files:
        with warehouse.frame("wanted_file", pl.DataFrame({"file_id": [file_id]})):
            rows = warehouse.select(
                raw.MENTION,
                "SEMI JOIN wanted_file w ON t.file_id = w.file_id",
                columns=[*columns, "author_handle", "author_native_id", "author_name"],
            )
        rows = rows.with_columns(pl.coalesce("author_handle", "author_native_id", "author_name").alias("author"))
        identities = identify(rows, account="author", time="published_at", text="mention_text").rename(
            {"identity_id": "mention_id"}
        )
        links = pl.concat([rows.select("file_id", "row_number"), identities], how="horizontal")
        linked += warehouse.append(core.MENTION_SOURCE, links)
        with warehouse.frame("links", links.select(pl.col("mention_id").unique())):
            warehouse.execute("INSERT INTO newly_linked SELECT mention_id FROM links")
    return linked


def _touched(warehouse: Warehouse, everything: bool) -> pl.DataFrame:
    """Ids of the posts to compute: one column mention_id, in a stable order."""
    if everything:
        return warehouse.query("SELECT DISTINCT mention_id FROM core.mention_source ORDER BY mention_id")
    return warehouse.query(
        "SELECT mention_id FROM newly_linked UNION "
        "SELECT mention_id FROM state.touched_post SEMI JOIN core.mention_source USING (mention_id) ORDER BY mention_id"
    )


def _rows_of(warehouse: Warehouse, posts: pl.DataFrame) -> pl.DataFrame:
    """Every raw row of the given posts, with mention_id and identity_basis_code."""
    with warehouse.frame("wanted_posts", posts):
        rows = warehouse.query(
            "SELECT t.* EXCLUDE (raw_json, collected_at), s.mention_id, s.identity_basis_code "
            "FROM raw.mention t JOIN core.mention_source s USING (file_id, row_number) "
            "SEMI JOIN wanted_posts w ON s.mention_id = w.mention_id"
        )
    return rows.with_columns(pl.col("published_at").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"))


def _counters_of(warehouse: Warehouse, posts: pl.DataFrame) -> pl.DataFrame:
    """What each export said of those of the given posts that several exports hold: mart.mention_counter_snapshot."""
    with warehouse.frame("wanted_posts", posts):
        rows = warehouse.query(
            "WITH several AS (SELECT mention_id FROM core.mention_source SEMI JOIN wanted_posts USING (mention_id) "
            "GROUP BY mention_id HAVING count(DISTINCT file_id) > 1) "
            "SELECT s.mention_id, t.file_id, t.source_code, t.collected_at, f.last_published_at, t.like_count, "
            "t.share_count, t.comment_count, t.view_count, t.impression_count, t.reach_count, t.author_follower_count "
            "FROM several JOIN core.mention_source s USING (mention_id) "
            "JOIN raw.mention t USING (file_id, row_number) JOIN raw.export_file f USING (file_id)"
        )
    instants = pl.col("collected_at", "last_published_at").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    snapshots = counter_snapshots(
        rows.with_columns(instants), key="mention_id", counters=(*COUNTERS, "author_follower_count")
    )
    return snapshots.select(SNAPSHOT.schema.names())


def _drop_orphans(warehouse: Warehouse, matchings: Sequence[Matching]) -> None:
    """Posts none of whose rows are left (a file was read again, or removed) go."""
    for contract in (core.MENTION, SNAPSHOT, *(matching.contract for matching in matchings)):
        warehouse.execute(
            f"DELETE FROM {contract.name} t WHERE NOT EXISTS "  # noqa: S608
            "(SELECT 1 FROM core.mention_source s WHERE s.mention_id = t.mention_id)"
        )


def _forget_changed(warehouse: Warehouse, matching: Matching, everything: bool) -> list[str]:
    """Remove the matches of queries that changed or are gone; returns the ids of those to match again."""
    known = warehouse.fingerprints(matching.contract.name)
    for name in known:
        if known[name] != matching.versions.get(name):
            warehouse.execute(f"DELETE FROM {matching.contract.name} WHERE {matching.id_column} = ?", [name])  # noqa: S608
    warehouse.remember(matching.contract.name, {}, forget=[name for name in known if name not in matching.versions])
    return [name for name, version in matching.versions.items() if everything or known.get(name) != version]


def _match_history(
    warehouse: Warehouse,
    matching: Matching,
    names: Sequence[str],
    done: pl.DataFrame,
    progress: Callable[[str], None],
) -> None:
    """Match changed queries over the posts that were not computed in this refresh."""
    with warehouse.frame("done_posts", done):
        ids = warehouse.query(
            "SELECT mention_id FROM core.mention m ANTI JOIN done_posts d USING (mention_id) ORDER BY mention_id"
        )
    for start in range(0, ids.height, POSTS_AT_ONCE):
        progress(f"matching {', '.join(names)}: {start + 1:,} of {ids.height:,}")
        with warehouse.frame("wanted_posts", ids.slice(start, POSTS_AT_ONCE)):
            posts = warehouse.select(core.MENTION, "SEMI JOIN wanted_posts w ON t.mention_id = w.mention_id")
        warehouse.append(matching.contract, matching.rows(posts, names))


def brand_accounts(accounts: Mapping[tuple[str, str], str]) -> pl.DataFrame:
    """platform_code, account_handle (lower case), brand_id of every declared account."""
    return pl.DataFrame(
        [(platform, handle, brand) for (platform, handle), brand in accounts.items()],
        schema={"platform_code": pl.String, "account_handle": pl.String, "brand_id": pl.String},
        orient="row",
    )
