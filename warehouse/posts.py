"""Keeping the core layer true to the raw one: rows linked to posts, posts merged, brands matched, clusters made."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from transforms.core.counters import counter_snapshots
from transforms.core.identity import identify
from transforms.core.mentions import CoreParams, core_mentions
from transforms.core.merge import COUNTERS
from warehouse.ahead import mapped_ahead
from warehouse.days import TOUCHING_COLUMNS, days_of, mark_days
from warehouse.refresh import WHOLE
from warehouse.store import Warehouse
from warehouse.tables import core, raw
from warehouse.tables.contract import TableContract
from warehouse.tables.trust import MENTION_COUNTER_SNAPSHOT as SNAPSHOT

POSTS_AT_ONCE = 50_000


@dataclass(frozen=True)
class PostsReport:
    """What one refresh of the posts did."""

    linked_rows: int
    touched_posts: int
    rematched_brands: tuple[str, ...]


@dataclass(frozen=True)
class Matching:
    """One table that says which posts a set of queries matches."""

    contract: TableContract
    id_column: str
    versions: Mapping[str, str]


# Posts and, per matching, the ids of the queries to look for; gives per matching the rows of its table.
Matcher = Callable[[pl.DataFrame, Sequence[Collection[str]]], Sequence[pl.DataFrame]]


def refresh_posts(
    warehouse: Warehouse,
    params: CoreParams,
    version: str,
    matchings: Sequence[Matching],
    matcher: Matcher,
    progress: Callable[[str], None] = lambda _: None,
) -> PostsReport:
    """Bring core.mention_source, core.mention and the tables of matches up to date, all or nothing.

    Posts are touched by new export rows, or all of them when `version` (zone, languages, accounts, code) changed. A
    brand or topic whose query changed is matched again over all history, the others are left alone.
    """
    with warehouse.transaction():
        new_files = _new_files(warehouse)
        linked = _link_rows_of(warehouse, new_files)
        everything = warehouse.fingerprints(core.MENTION.name).get(WHOLE) != version
        touched = _touched(warehouse, everything, new_files)
        met = None if everything else _met(warehouse, touched)
        known = _known(warehouse, met)
        days = days_of(warehouse, known)
        _drop_stale(warehouse, matchings, everything)
        changed = [_forget_changed(warehouse, matching, everything) for matching in matchings]
        made: list[pl.DataFrame] = []
        tell = (lambda _: None) if everything else made.append
        _make_posts(warehouse, touched, known, params, matchings, matcher, progress, tell)
        again = [() if everything else forgotten.again for forgotten in changed]
        if any(again):
            _match_history(warehouse, matchings, matcher, again, touched, progress)
        for matching in matchings:
            warehouse.remember(matching.contract.name, dict(matching.versions))
        all_history = everything or any(forgotten.is_any for forgotten in changed)
        mark_days(warehouse, None if all_history else days.union(*(days_of(warehouse, posts) for posts in made)))
        _ask_to_recluster(warehouse, met)
        warehouse.execute("DELETE FROM state.touched_post")
        warehouse.remember(core.MENTION.name, {WHOLE: version})
    return PostsReport(linked, touched.height, tuple(name for forgotten in changed for name in forgotten.again))


def _make_posts(
    warehouse: Warehouse,
    touched: pl.DataFrame,
    known: pl.DataFrame,
    params: CoreParams,
    matchings: Sequence[Matching],
    matcher: Matcher,
    progress: Callable[[str], None],
    tell: Callable[[pl.DataFrame], None],
) -> None:
    """Merge the rows of the touched posts anew and match them; some are computed while others are written.

    The `known` posts are replaced, the others were not there before. `tell` gets TOUCHING_COLUMNS of all of them.
    """
    versions = [matching.versions.keys() for matching in matchings]
    more = _more_places(warehouse, touched)

    def read() -> Iterator[tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]]:
        for start in range(0, touched.height, POSTS_AT_ONCE):
            part = touched.slice(start, POSTS_AT_ONCE)
            several = more.join(part, on="mention_id", how="semi")
            alone = part.filter(pl.col("row_count") == 1)
            yield part, several, _rows_at(warehouse, pl.concat([alone["place"], several["place"]]))

    def made(
        read: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
    ) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, Sequence[pl.DataFrame]]:
        part, several, rows = read
        posts = core_mentions(rows, params)
        return part, several, posts, matcher(posts, versions)

    done = 0
    for part, several, posts, matches in mapped_ahead(made, read()):
        progress(f"posts {done + 1:,} to {done + part.height:,} of {touched.height:,}")
        done += part.height
        tell(posts.select(TOUCHING_COLUMNS))
        stale = part.join(known, on="mention_id", how="semi")["mention_id"]
        warehouse.replace_parts(core.MENTION, "mention_id", stale, posts)
        warehouse.replace_parts(SNAPSHOT, "mention_id", stale, _counters_at(warehouse, several["place"]))
        for matching, rows in zip(matchings, matches, strict=True):
            warehouse.replace_parts(matching.contract, "mention_id", stale, rows)


def _new_files(warehouse: Warehouse) -> list[str]:
    """The files whose rows are not linked yet, in the order of what they hold."""
    return warehouse.query(
        "SELECT file_id FROM raw.export_file f WHERE record_kind_code = 'mention' AND kept_count > 0 "
        "AND NOT EXISTS (SELECT 1 FROM core.mention_source s WHERE s.file_id = f.file_id) "
        "ORDER BY first_published_at, file_id"
    )["file_id"].to_list()


def _link_rows_of(warehouse: Warehouse, files: Sequence[str]) -> int:
    """Say of every row of these files which post it is; returns how many rows."""
    rows = (part for file_id in files for part in _rows_to_link(warehouse, file_id))
    return sum(warehouse.append(core.MENTION_SOURCE, links) for links in mapped_ahead(_links, rows))


_IDENTITY_COLUMNS = ("platform_code", "native_id", "url", "kind_code", "published_at", "mention_text")
_AUTHOR_COLUMNS = ("author_handle", "author_native_id", "author_name")


def _rows_to_link(warehouse: Warehouse, file_id: str) -> Iterator[pl.DataFrame]:
    """The rows of a file, POSTS_AT_ONCE row numbers at a time, with what tells their posts."""
    last = warehouse.scalar("SELECT coalesce(max(row_number), -1) FROM raw.mention WHERE file_id = ?", [file_id])
    for start in range(0, last + 1, POSTS_AT_ONCE):
        bounds = pl.DataFrame({"file_id": [file_id], "first": [start], "last": [start + POSTS_AT_ONCE - 1]})
        with warehouse.frame("wanted_rows", bounds):
            yield warehouse.select(
                raw.MENTION,
                "SEMI JOIN wanted_rows w ON t.file_id = w.file_id AND t.row_number BETWEEN w.first AND w.last",
                columns=["file_id", "row_number", *_IDENTITY_COLUMNS, *_AUTHOR_COLUMNS],
            )


def _links(rows: pl.DataFrame) -> pl.DataFrame:
    """Which posts the rows are, in the contract of core.mention_source."""
    named = rows.with_columns(pl.coalesce(_AUTHOR_COLUMNS).alias("author"))
    identities = identify(named, account="author", time="published_at", text="mention_text")
    return rows.select("file_id", "row_number").hstack(identities.rename({"identity_id": "mention_id"}))


def _touched(warehouse: Warehouse, everything: bool, new_files: Sequence[str]) -> pl.DataFrame:
    """The posts to compute, in the order of the files: mention_id, the place of the first of its rows, row_count.

    Files run through time, so posts of a day lie together in the tables and reading a day skips the rest. A place is a
    row of core.mention_source: asked for places, DuckDB reads no more than what lies there.
    """
    counted = "SELECT mention_id, min(rowid) AS place, count(*) AS row_count FROM core.mention_source"
    if everything:
        return warehouse.query(f"{counted} GROUP BY mention_id ORDER BY place")
    with warehouse.frame("new_files", pl.DataFrame({"file_id": new_files}, schema={"file_id": pl.String})):
        return warehouse.query(
            f"{counted} SEMI JOIN (SELECT mention_id FROM core.mention_source SEMI JOIN new_files USING (file_id) "  # noqa: S608
            "UNION ALL FROM state.touched_post) USING (mention_id) GROUP BY mention_id ORDER BY place"
        )


def _met(warehouse: Warehouse, touched: pl.DataFrame) -> pl.DataFrame:
    """The touched posts and those that lost rows, which may be gone: mention_id."""
    lost = warehouse.query("SELECT DISTINCT mention_id FROM state.touched_post")
    return pl.concat([touched.select("mention_id"), lost]).unique()


def _more_places(warehouse: Warehouse, touched: pl.DataFrame) -> pl.DataFrame:
    """The places of all rows of those posts that have several: mention_id, place."""
    with warehouse.frame("several", touched.filter(pl.col("row_count") > 1).select("mention_id")):
        return warehouse.query(
            "SELECT mention_id, rowid AS place FROM core.mention_source SEMI JOIN several USING (mention_id)"
        )


def _rows_at(warehouse: Warehouse, places: pl.Series) -> pl.DataFrame:
    """The raw rows at these places, with mention_id and identity_basis_code."""
    with warehouse.frame("wanted_places", places.to_frame("place")):
        rows = warehouse.query(
            "SELECT t.* EXCLUDE (raw_json, collected_at), s.mention_id, s.identity_basis_code FROM raw.mention t "
            "JOIN (FROM core.mention_source WHERE rowid IN (FROM wanted_places)) s USING (file_id, row_number)"
        )
    return rows.with_columns(pl.col("published_at").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"))


def _counters_at(warehouse: Warehouse, places: pl.Series) -> pl.DataFrame:
    """What each export said of the posts at these places that several exports hold: mart.mention_counter_snapshot."""
    with warehouse.frame("wanted_places", places.to_frame("place")):
        rows = warehouse.query(
            "WITH held AS (FROM core.mention_source WHERE rowid IN (FROM wanted_places)), "
            "several AS (SELECT mention_id FROM held GROUP BY mention_id HAVING count(DISTINCT file_id) > 1) "
            "SELECT s.mention_id, t.file_id, t.source_code, t.collected_at, f.last_published_at, t.like_count, "
            "t.share_count, t.comment_count, t.view_count, t.impression_count, t.reach_count, t.author_follower_count "
            "FROM several JOIN held s USING (mention_id) "
            "JOIN raw.mention t USING (file_id, row_number) JOIN raw.export_file f USING (file_id)"
        )
    instants = pl.col("collected_at", "last_published_at").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    snapshots = counter_snapshots(
        rows.with_columns(instants), key="mention_id", counters=(*COUNTERS, "author_follower_count")
    )
    return snapshots.select(SNAPSHOT.schema.names())


def _known(warehouse: Warehouse, met: pl.DataFrame | None) -> pl.DataFrame:
    """Those of the posts met that are there: mention_id and TOUCHING_COLUMNS; none where all are made anew."""
    columns = ("mention_id", *TOUCHING_COLUMNS)
    if met is None:
        return core.MENTION.empty().select(columns)
    with warehouse.frame("met_posts", met):
        there = "WHERE t.rowid IN (SELECT rowid FROM core.mention SEMI JOIN met_posts USING (mention_id))"
        return warehouse.select(core.MENTION, there, columns)


def _drop_stale(warehouse: Warehouse, matchings: Sequence[Matching], everything: bool) -> None:
    """Posts none of whose rows are left (a file was read again, or removed) go; all of them, to be made anew."""
    gone = (
        "WHERE mention_id IN (SELECT mention_id FROM state.touched_post) "
        "AND mention_id NOT IN (SELECT s.mention_id FROM core.mention_source s SEMI JOIN state.touched_post t "
        "ON s.mention_id = t.mention_id)"
    )
    for contract in (core.MENTION, SNAPSHOT, *(matching.contract for matching in matchings)):
        warehouse.execute(f"DELETE FROM {contract.name} {'' if everything else gone}")  # noqa: S608


@dataclass(frozen=True)
class _Forgotten:
    """Queries to match `again` over all history, and whether matches of `is_any` query, changed or gone, went."""

    again: tuple[str, ...]
    is_any: bool


def _forget_changed(warehouse: Warehouse, matching: Matching, everything: bool) -> _Forgotten:
    """Remove the matches of queries that changed or are gone."""
    known = warehouse.fingerprints(matching.contract.name)
    changed = [name for name in known if known[name] != matching.versions.get(name)]
    for name in changed:
        warehouse.execute(f"DELETE FROM {matching.contract.name} WHERE {matching.id_column} = ?", [name])  # noqa: S608
    warehouse.remember(matching.contract.name, {}, forget=[name for name in known if name not in matching.versions])
    again = tuple(name for name, version in matching.versions.items() if everything or known.get(name) != version)
    return _Forgotten(again, bool(again or changed))


def _ask_to_recluster(warehouse: Warehouse, posts: pl.DataFrame | None) -> None:
    """These posts (None: all) are looked at when near-duplicates are next looked for."""
    if posts is None:
        warehouse.remember(core.DUPLICATE_CLUSTER.name, {}, forget=[WHOLE])
        return
    with warehouse.frame("met_posts", posts):
        warehouse.execute("INSERT INTO state.changed_post SELECT mention_id FROM met_posts")


def _match_history(
    warehouse: Warehouse,
    matchings: Sequence[Matching],
    matcher: Matcher,
    again: Sequence[Sequence[str]],
    done: pl.DataFrame,
    progress: Callable[[str], None],
) -> None:
    """Match changed queries, named per matching, over the posts that were not computed in this refresh."""
    with warehouse.frame("done_posts", done):
        ids = warehouse.query(
            "SELECT mention_id FROM core.mention m ANTI JOIN done_posts d USING (mention_id) ORDER BY mention_id"
        )
    names = ", ".join(name for names in again for name in names)
    for start in range(0, ids.height, POSTS_AT_ONCE):
        progress(f"matching {names}: {start + 1:,} of {ids.height:,}")
        with warehouse.frame("wanted_posts", ids.slice(start, POSTS_AT_ONCE)):
            posts = warehouse.select(core.MENTION, "SEMI JOIN wanted_posts w ON t.mention_id = w.mention_id")
        for matching, rows in zip(matchings, matcher(posts, again), strict=True):
            warehouse.append(matching.contract, rows)
