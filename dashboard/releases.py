"""Releases as the dashboard reads them: which one the link names now, opened read-only, with a compact copy of what is
counted. Nothing here knows about pages.

The link is resolved for every request, so a new release shows without a restart; a release once opened never changes.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import yaml

T = TypeVar("T")
KEPT_OPEN = 3
KEPT_ANSWERS = 400
RELEASE_NAME = re.compile(r"listening-([0-9A-Za-z][0-9A-Za-z_-]{0,80})\.duckdb")

# One row per brand a post of somebody else names: what every figure counts. Small numbers in place of long texts make
# a filter over a million of them a matter of milliseconds.
_VOTES = """
CREATE TABLE vote AS
SELECT m.rowid AS mention_row, m.mention_date, m.published_at, unnest(m.brand_ids)::brand_name AS brand_id,
  m.platform_code::platform_name AS platform_code, m.language_code::language_name AS language_code,
  m.sentiment_label::sentiment_name AS sentiment_label, m.sentiment_score, hash(m.cluster_id) AS cluster_key,
  m.cluster_mention_count = 1 AS is_alone, len(m.brand_ids) AS named_count,
  CASE WHEN m.author_id IS NOT NULL THEN hash(m.author_id) END AS author_key, m.engagement_count,
  m.is_question, m.is_complaint, m.has_purchase_intent
FROM r.mention m WHERE NOT m.is_owned
"""
# A post that praises one brand over another is not positive towards both. Only the few that differ are touched.
_TOWARDS_THE_BRAND = """
UPDATE vote SET sentiment_label = told.sentiment_label::sentiment_name, sentiment_score = told.sentiment_score
FROM (
  SELECT m.rowid AS mention_row, b.brand_id, b.sentiment_label, b.sentiment_score
  FROM r.mention_brand b JOIN r.mention m USING (mention_id)
  WHERE b.sentiment_basis_code <> 'whole_text'
    AND (b.sentiment_label <> m.sentiment_label OR b.sentiment_score IS DISTINCT FROM m.sentiment_score)
) told
WHERE vote.mention_row = told.mention_row AND vote.brand_id::VARCHAR = told.brand_id
"""
_NAMES = {
    "brand_name": "SELECT DISTINCT unnest(brand_ids) AS name FROM r.mention",
    "platform_name": "SELECT DISTINCT platform_code FROM r.mention",
    "language_name": "SELECT DISTINCT language_code FROM r.mention WHERE language_code IS NOT NULL",
    "sentiment_name": "SELECT unnest(['negative', 'neutral', 'positive', 'unscored'])",
}


class NoRelease(LookupError):
    """Nothing is published, or the release asked for is no longer kept."""


@dataclass(frozen=True)
class Facts:
    """What a release says about itself, read once."""

    release_id: str
    created_at: datetime
    zone: ZoneInfo
    first_date: date
    last_date: date
    anchor_date: date
    covered_dates: frozenset[date]
    partial_dates: frozenset[date]
    own_brand: str
    brand_ids: tuple[str, ...]
    brand_names: dict[str, str]
    platforms: tuple[str, ...]
    languages: tuple[str, ...]
    topic_names: dict[str, str]
    declared_topics: dict[str, str]
    tables: frozenset[str]
    title: str
    about: dict[str, Any] = field(compare=False, hash=False, default_factory=dict)


class Release:
    """One opened release: `rows` and `frame` are safe to call from several threads."""

    def __init__(self, path: Path, names_file: Path | None = None) -> None:
        self.path = path
        self._connection = duckdb.connect(":memory:")
        self._kept: OrderedDict[object, Any] = OrderedDict()
        self._lock = threading.Lock()
        where = str(path).replace("'", "''")
        self._connection.execute(f"SET TimeZone = 'UTC'; ATTACH '{where}' AS r (READ_ONLY)").fetchall()
        # Nothing but this one file can be read from here on, whatever a query says.
        self._connection.execute("SET enable_external_access = false; SET lock_configuration = true").fetchall()
        self.tables = frozenset(
            name for (name,) in self.rows("SELECT table_name FROM duckdb_tables() WHERE database_name = 'r'")
        )
        self._count_once()
        self.facts = _facts(self, _declared(names_file))

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of one statement."""
        with self._connection.cursor() as cursor:
            return list(cursor.execute(sql, list(values)).fetchall())

    def dicts(self, sql: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
        """The rows of one statement, by column name."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql, list(values))
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def frame(self, sql: str, values: Sequence[object] = ()) -> pl.DataFrame:
        """The rows of one statement as a frame; codes are text."""
        with self._connection.cursor() as cursor:
            found = pl.DataFrame(cursor.sql(sql, params=list(values)).to_arrow_table())
        return found.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))

    def has(self, table: str) -> bool:
        """Whether the release has that table, with rows."""

        def look() -> bool:
            return table in self.tables and bool(self.rows(f'SELECT 1 FROM r."{table}" LIMIT 1'))  # noqa: S608

        return self.remembered(("has", table), look)

    def columns(self, table: str) -> dict[str, str]:
        """Column → what the release says it means, in order; empty for a table it does not have."""

        def look() -> dict[str, str]:
            return dict(
                self.rows(
                    "SELECT column_name, coalesce(comment, '') FROM duckdb_columns() "
                    "WHERE database_name = 'r' AND table_name = ? ORDER BY column_index",
                    [table],
                )
            )

        return self.remembered(("columns", table), look)

    def remembered(self, key: tuple[object, ...], make: Callable[[], T]) -> T:
        """What was made under that key before, else made now: a release never changes, so its answers do not either.

        What is kept is shared by all readers and must not be changed by any.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                kept: T = self._kept[key]
                return kept
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT_ANSWERS:
                self._kept.popitem(last=False)
        return made

    @property
    def knows_brand_sentiment(self) -> bool:
        """Whether sentiment is that towards each brand, not that of the whole text."""
        return "sentiment_basis_code" in self.columns("mention_brand")

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def _count_once(self) -> None:
        with self._connection.cursor() as cursor:
            for name, names in _NAMES.items():
                cursor.execute(f"CREATE TYPE {name} AS ENUM ({names} ORDER BY 1)").fetchall()
            cursor.execute(_VOTES).fetchall()
            if self.knows_brand_sentiment:
                cursor.execute(_TOWARDS_THE_BRAND).fetchall()
            if "mention_topic" in self.tables:
                cursor.execute(
                    "CREATE TABLE vote_topic AS SELECT m.rowid AS mention_row, t.topic_id FROM r.mention_topic t "
                    "JOIN r.mention m USING (mention_id)"
                ).fetchall()
            elif "topic_ids" in self.columns("mention"):
                cursor.execute(
                    "CREATE TABLE vote_topic AS SELECT rowid AS mention_row, unnest(topic_ids) AS topic_id "
                    "FROM r.mention WHERE NOT is_owned"
                ).fetchall()
            else:
                cursor.execute("CREATE TABLE vote_topic (mention_row BIGINT, topic_id VARCHAR)").fetchall()


class Releases:
    """The releases of one workspace."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._open: OrderedDict[str, Release] = OrderedDict()
        self._lock = threading.Lock()

    def current_id(self) -> str:
        """Id of the release the link names at this moment; raises NoRelease before the first."""
        link = self.root / "listening.duckdb"
        found = RELEASE_NAME.fullmatch(link.readlink().name) if link.is_symlink() else None
        if found is None:
            raise NoRelease(f"{self.root}: nothing is published yet; `listening run` publishes")
        return found[1]

    def get(self, release_id: str | None = None) -> Release:
        """That release, or the current one; raises NoRelease for one that is not kept."""
        wanted = release_id or self.current_id()
        path = self.root / "releases" / f"listening-{wanted}.duckdb"
        if not RELEASE_NAME.fullmatch(path.name) or not path.is_file():
            raise NoRelease(f"release {wanted[:80]} is not kept any more")
        with self._lock:
            if wanted not in self._open:
                self._open[wanted] = Release(path, self.root / "listening.yaml")
                while len(self._open) > KEPT_OPEN:
                    # Not closed here: another thread may be reading it; it closes when the last reader lets go.
                    self._open.popitem(last=False)
            self._open.move_to_end(wanted)
            return self._open[wanted]

    def close(self) -> None:
        """Let every file go."""
        with self._lock:
            for release in self._open.values():
                release.close()
            self._open.clear()


def _declared(names_file: Path | None) -> dict[str, Any]:
    """listening.yaml, for names only: a release knows brands by their ids. Unreadable is the same as absent."""
    if names_file is None or not names_file.is_file():
        return {}
    try:
        found = yaml.safe_load(names_file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return found if isinstance(found, dict) else {}


def _named(declared: dict[str, Any], part: str) -> dict[str, str]:
    entries = declared.get(part)
    entries = entries if isinstance(entries, list) else []
    return {str(e["id"]): str(e.get("name") or e["id"]) for e in entries if isinstance(e, dict) and "id" in e}


def _facts(release: Release, declared: dict[str, Any]) -> Facts:
    about = release.dicts("FROM r.release")[0]
    roles = release.rows(
        "SELECT brand_id, any_value(brand_role_code) AS role FROM r.share_of_voice_daily "
        "GROUP BY 1 ORDER BY role DESC, 1"
    )
    if not roles:
        raise NoRelease("the release has no brands")
    covered = [day for (day,) in release.rows("SELECT DISTINCT mention_date FROM r.mention_volume_hourly ORDER BY 1")]
    partial = release.rows("SELECT DISTINCT mention_date FROM r.data_health_daily WHERE is_last_day_partial")
    names = {brand: brand.replace("_", " ").title() for brand, _ in roles} | _named(declared, "brands")
    workspace = declared.get("workspace")
    title = workspace.get("name") if isinstance(workspace, dict) else None
    return Facts(
        release_id=about["release_id"],
        created_at=about["created_at"],
        zone=ZoneInfo(about["reporting_zone_name"]),
        first_date=covered[0] if covered else about["first_mention_date"],
        last_date=covered[-1] if covered else about["last_mention_date"],
        anchor_date=_anchor(release, roles[0][0], covered),
        covered_dates=frozenset(covered),
        partial_dates=frozenset(day for (day,) in partial),
        own_brand=roles[0][0],
        brand_ids=tuple(brand for brand, _ in roles),
        brand_names=names,
        platforms=_platforms(release),
        languages=tuple(
            str(v)
            for (v,) in release.rows(
                "SELECT language_code FROM vote WHERE language_code IS NOT NULL "
                "GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 30"
            )
        ),
        topic_names=_topics(release, _named(declared, "topics")),
        declared_topics=_named(declared, "topics"),
        tables=release.tables,
        title=str(title or ""),
        about=about,
    )


def _anchor(release: Release, own_brand: str, covered: list[date]) -> date:
    """The day presets count back from: the newest, unless the own brand was last named a month or more before it (an
    archive of several collections); then that day."""
    newest = covered[-1] if covered else date.min
    named = release.rows("SELECT max(mention_date) FROM vote WHERE brand_id::VARCHAR = ?", [own_brand])[0][0]
    return named if named is not None and (newest - named).days >= 28 else newest


def _platforms(release: Release) -> tuple[str, ...]:
    """Where the panel is talked about or has accounts."""
    tables = [name for name in ("competitor_post", "audience_growth_daily") if name in release.tables]
    sources = ["SELECT platform_code::VARCHAR FROM vote", *(f"SELECT platform_code FROM r.{name}" for name in tables)]  # noqa: S608 - fixed names
    return tuple(str(code) for (code,) in release.rows(f"{' UNION '.join(sources)} ORDER BY 1"))


def _topics(release: Release, names: dict[str, str]) -> dict[str, str]:
    found = [str(v) for (v,) in release.rows("SELECT DISTINCT topic_id FROM vote_topic ORDER BY 1")]
    return {topic: names.get(topic, topic.replace("_", " ")) for topic in found}
