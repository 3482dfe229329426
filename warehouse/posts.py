"""Keeping the core layer true to the raw one: rows linked to posts, posts merged, brands matched, clusters made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from transforms.core.brands import BrandQuery, named_by_export
from transforms.core.identity import identify
from transforms.core.mentions import CoreParams, core_mentions
from transforms.query.matcher import MatchParams, match_queries
from transforms.text.near_duplicates import NearDuplicateParams, cluster_mentions
from warehouse.refresh import WHOLE, refresh_whole
from warehouse.store import Warehouse
from warehouse.tables import core, raw

POSTS_AT_ONCE = 200_000


@dataclass(frozen=True)
class PostsReport:
    """What one refresh of the posts did."""

    linked_rows: int
    touched_posts: int
    rematched_brands: tuple[str, ...]


def refresh_posts(
    warehouse: Warehouse,
    params: CoreParams,
    version: str,
    queries: Sequence[BrandQuery],
    progress: Callable[[str], None] = lambda _: None,
) -> PostsReport:
    """Bring core.mention_source, core.mention and core.mention_brand up to date, all or nothing.

    Posts are touched by new export rows, or all of them when `version` (zone, languages, accounts, code) changed.
    A brand whose query changed is matched again over all history, the others are left alone.
    """
    matching = MatchParams()
    with warehouse.transaction():
        linked = _link_new_rows(warehouse)
        everything = warehouse.fingerprints(core.MENTION.name).get(WHOLE) != version
        touched = _touched(warehouse, everything)
        _drop_orphans(warehouse)
        known = {} if everything else warehouse.fingerprints(core.MENTION_BRAND.name)
        wanted = {query.brand_id: query.version for query in queries}
        changed = [query for query in queries if known.get(query.brand_id) != query.version]
        _forget_brands(warehouse, [name for name in known if known[name] != wanted.get(name)])
        for start in range(0, touched.height, POSTS_AT_ONCE):
            part = touched.slice(start, POSTS_AT_ONCE)
            progress(f"posts {start + 1:,} to {start + part.height:,} of {touched.height:,}")
            posts = core_mentions(_rows_of(warehouse, part), params)
            warehouse.replace_parts(core.MENTION, "mention_id", part["mention_id"].to_list(), posts)
            rows = brand_rows(posts, queries, matching)
            warehouse.replace_parts(core.MENTION_BRAND, "mention_id", part["mention_id"].to_list(), rows)
        if changed and not everything:
            _match_history(warehouse, changed, touched, matching, progress)
        warehouse.execute("DELETE FROM state.touched_post")
        warehouse.remember(core.MENTION.name, {WHOLE: version})
        warehouse.remember(core.MENTION_BRAND.name, wanted, forget=[name for name in known if name not in wanted])
    return PostsReport(linked, touched.height, tuple(query.brand_id for query in changed))


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


def brand_rows(posts: pl.DataFrame, queries: Sequence[BrandQuery], params: MatchParams) -> pl.DataFrame:
    """Which brands the posts name, in the contract of core.mention_brand. `posts` are rows of core.mention."""
    searched = posts.rename({"site_name": "site_domain", "parent_native_id": "parent_id"})
    matches = match_queries(searched, [query.query for query in queries], params).rename({"query_id": "brand_id"})
    by_text = matches.select(core.MENTION_BRAND.schema.names())
    by_export = named_by_export(posts, {q.brand_id: (q.version, q.vendor_queries) for q in queries})
    added = by_export.join(by_text, on=["mention_id", "brand_id"], how="anti")
    return pl.concat([by_text, core.MENTION_BRAND.conform(added)])


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


def _drop_orphans(warehouse: Warehouse) -> None:
    """Posts none of whose rows are left (a file was read again, or removed) go."""
    for contract in (core.MENTION, core.MENTION_BRAND):
        warehouse.execute(
            f"DELETE FROM {contract.name} t WHERE NOT EXISTS "  # noqa: S608
            "(SELECT 1 FROM core.mention_source s WHERE s.mention_id = t.mention_id)"
        )


def _forget_brands(warehouse: Warehouse, brands: Sequence[str]) -> None:
    for brand in brands:
        warehouse.execute("DELETE FROM core.mention_brand WHERE brand_id = ?", [brand])


def _match_history(
    warehouse: Warehouse,
    queries: Sequence[BrandQuery],
    done: pl.DataFrame,
    params: MatchParams,
    progress: Callable[[str], None],
) -> None:
    """Match changed queries over the posts that were not computed in this refresh."""
    with warehouse.frame("done_posts", done):
        ids = warehouse.query(
            "SELECT mention_id FROM core.mention m ANTI JOIN done_posts d USING (mention_id) ORDER BY mention_id"
        )
    for start in range(0, ids.height, POSTS_AT_ONCE):
        progress(f"matching {', '.join(q.brand_id for q in queries)}: {start + 1:,} of {ids.height:,}")
        with warehouse.frame("wanted_posts", ids.slice(start, POSTS_AT_ONCE)):
            posts = warehouse.select(core.MENTION, "SEMI JOIN wanted_posts w ON t.mention_id = w.mention_id")
        warehouse.append(core.MENTION_BRAND, brand_rows(posts, queries, params))


def brand_accounts(accounts: Mapping[tuple[str, str], str]) -> pl.DataFrame:
    """platform_code, account_handle (lower case), brand_id of every declared account."""
    return pl.DataFrame(
        [(platform, handle, brand) for (platform, handle), brand in accounts.items()],
        schema={"platform_code": pl.String, "account_handle": pl.String, "brand_id": pl.String},
        orient="row",
    )
