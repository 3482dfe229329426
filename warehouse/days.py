"""What is kept of every reporting day: how much it holds, which files cover it, and a fingerprint of all its posts.

Whoever changes posts, matches or clusters says which days they touched, in the same transaction. These days are
described when somebody first asks; then nothing that asks "what changed?" has to read the posts again.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

import polars as pl

from transforms.core.coverage import covered_days
from warehouse.store import Warehouse
from warehouse.tables import state
from warehouse.tables.contract import TableContract

# What of a day a table may depend on: the posts with brands and clusters; the topics they touch; the posts they
# answer, whatever their day; the export rows they were read from.
Aspect = Literal["posts", "topics", "threads", "sources"]

_ALL_DAYS = "SELECT mention_date FROM core.mention UNION SELECT mention_date FROM state.post_day"
_DAYS = """
WITH post AS (
  FROM core.mention {of_days}
), brand AS (
  SELECT mention_id, bit_xor(hash(b)) AS h
  FROM core.mention_brand b {of_days} GROUP BY mention_id
), topic AS (
  SELECT mention_id, bit_xor(hash(t)) AS h
  FROM core.mention_topic t {of_days} GROUP BY mention_id
), cluster AS (
  FROM core.duplicate_cluster {of_days}
), source AS (
  SELECT mention_id, sum(hash(file_id, row_number)) AS h
  FROM core.mention_source {of_files} {of_posts} GROUP BY mention_id
), answer AS (
  SELECT r.mention_id, p.mention_id AS parent_id, p.revision_id
  FROM post r JOIN core.mention p ON p.platform_code = r.platform_code AND p.native_id = r.parent_native_id
  WHERE r.kind_code IN ('reply', 'comment', 'quote')
), parent_brand AS (
  SELECT mention_id AS parent_id, bit_xor(hash(brand_id, sentiment_score)) AS h FROM core.mention_brand
  SEMI JOIN (SELECT parent_id AS mention_id FROM answer) USING (mention_id) GROUP BY mention_id
), thread AS (
  SELECT a.mention_id, sum(hash(a.parent_id, a.revision_id, b.h)) AS h
  FROM answer a LEFT JOIN parent_brand b USING (parent_id) GROUP BY a.mention_id
)
SELECT m.mention_date, count(*) AS held_count,
  sum(hash(m.mention_id, m.revision_id, brand.h, c.cluster_id, c.original_mention_id, c.cluster_mention_count,
           c.duplicate_kind_code))::VARCHAR AS posts_fingerprint_id,
  sum(hash(m.mention_id, topic.h))::VARCHAR AS topics_fingerprint_id,
  sum(hash(m.mention_id, thread.h))::VARCHAR AS threads_fingerprint_id,
  sum(hash(m.mention_id, source.h))::VARCHAR AS sources_fingerprint_id
FROM post m LEFT JOIN brand USING (mention_id) LEFT JOIN topic USING (mention_id) LEFT JOIN cluster c USING (mention_id)
  LEFT JOIN source USING (mention_id) LEFT JOIN thread USING (mention_id)
GROUP BY m.mention_date
"""
_FILE_DAYS = """
SELECT DISTINCT s.file_id, m.mention_date FROM core.mention_source s
JOIN (SELECT mention_id, mention_date FROM core.mention {of_days}) m USING (mention_id)
"""
_ANSWERING_DAYS = """
SELECT DISTINCT r.mention_date FROM core.mention r
SEMI JOIN answered_posts p ON p.platform_code = r.platform_code AND p.native_id = r.parent_native_id
"""
# What tells the days that a change of a post touches.
TOUCHING_COLUMNS = ("mention_date", "platform_code", "native_id")


def days_of(warehouse: Warehouse, posts: pl.DataFrame) -> set[date]:
    """The days of these posts, and of the posts that answer them now. `posts` has TOUCHING_COLUMNS."""
    answered = posts.select("platform_code", "native_id").drop_nulls()
    days = set(posts["mention_date"])
    if answered.height:
        with warehouse.frame("answered_posts", answered):
            days |= set(warehouse.query(_ANSWERING_DAYS)["mention_date"])
    return days


def mark_days(warehouse: Warehouse, days: Iterable[date] | None) -> None:
    """Say that posts of the given days changed (None: of all days): they are described anew when next asked for."""
    with warehouse.transaction():
        if days is None:
            warehouse.execute("DELETE FROM state.changed_day")
            warehouse.execute(f"INSERT INTO state.changed_day {_ALL_DAYS}")
            return
        marked = pl.DataFrame({"mention_date": sorted(set(days))}, schema={"mention_date": pl.Date})
        warehouse.replace_parts(state.CHANGED_DAY, "mention_date", marked["mention_date"], marked)


def _described(warehouse: Warehouse, contract: TableContract, columns: Sequence[str]) -> pl.DataFrame:
    """Columns of a table that describes days, true to the posts as they are now."""
    if warehouse.count(state.CHANGED_DAY):
        unchanged = f"SELECT count(*) FROM ({_ALL_DAYS}) d ANTI JOIN state.changed_day USING (mention_date)"  # noqa: S608
        is_everything = not warehouse.scalar(unchanged)
        with warehouse.transaction():
            _describe(warehouse, is_everything)
            warehouse.execute("DELETE FROM state.changed_day")
    return warehouse.select(contract, columns=columns)


def _describe(warehouse: Warehouse, is_everything: bool) -> None:
    of_days = "" if is_everything else "SEMI JOIN state.changed_day USING (mention_date)"
    of_posts = "" if is_everything else "SEMI JOIN post USING (mention_id)"
    of_files = "" if is_everything else f"SEMI JOIN (FROM state.file_day {of_days}) f USING (file_id)"
    gone = "" if is_everything else " WHERE mention_date IN (SELECT mention_date FROM state.changed_day)"
    # Files first: rows of posts are looked for in the files of their days.
    for contract, statement in ((state.FILE_DAY, _FILE_DAYS), (state.POST_DAY, _DAYS)):
        names = ", ".join(contract.schema)
        warehouse.execute(f"DELETE FROM {contract.name}{gone}")  # noqa: S608
        filled = statement.format(of_days=of_days, of_posts=of_posts, of_files=of_files)
        warehouse.execute(f"INSERT INTO {contract.name} ({names}) SELECT {names} FROM ({filled})")  # noqa: S608


def days_covered(warehouse: Warehouse) -> list[date]:
    """Every reporting day the ingested mention exports cover, sorted."""
    return covered_days(_described(warehouse, state.FILE_DAY, state.FILE_DAY.schema.names()))


def post_counts(warehouse: Warehouse) -> dict[date, int]:
    """Day → how many posts it holds."""
    return dict(_described(warehouse, state.POST_DAY, ["mention_date", "held_count"]).iter_rows())


def day_fingerprints(warehouse: Warehouse, aspects: Sequence[Aspect]) -> dict[date, str]:
    """Covered day, in order → fingerprint of the given aspects of its posts."""
    names = [f"{aspect}_fingerprint_id" for aspect in aspects]
    rows = _described(warehouse, state.POST_DAY, ["mention_date", "held_count", *names])
    known = {row[0]: "-".join(map(str, row[1:])) for row in rows.iter_rows()}
    return {day: known.get(day, "none") for day in days_covered(warehouse)}


def posts_version(warehouse: Warehouse, aspects: Sequence[Aspect] = ("posts",), last_days: int | None = None) -> str:
    """Hash over all covered days, or the last of them: what a table that is rebuilt as a whole sees."""
    days = list(day_fingerprints(warehouse, aspects).items())
    seen = days if last_days is None else days[-last_days:]
    return hashlib.sha256(str([(day.isoformat(), value) for day, value in seen]).encode()).hexdigest()[:16]
