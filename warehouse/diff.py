"""Two releases compared cell by cell: which cells differ, from what to what, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from warehouse.causes import explained
from warehouse.differences import Differences, differences
from warehouse.history import manifest, release_file
from warehouse.tables import PUBLISHED, mart
from warehouse.tables.contract import TableContract
from warehouse.workspace import Workspace

# Columns of a row that say which day, brand, account or post it is about, where the table has them.
SCOPE: dict[str, pl.DataType | type[pl.DataType]] = {
    "mention_date": pl.Date,
    "week_date": pl.Date,
    "month_date": pl.Date,
    "snapshot_date": pl.Date,
    "post_date": pl.Date,
    "platform_code": pl.String,
    "brand_id": pl.String,
    "account_handle": pl.String,
    "mention_id": pl.String,
    "post_id": pl.String,
    "topic_id": pl.String,
    "source_codes": pl.List(pl.String),
    "brand_ids": pl.List(pl.String),
}
CELLS = pl.Schema(
    {
        "table_name": pl.String,
        "change_code": pl.String,
        "key_text": pl.String,
        "column_name": pl.String,
        "old_text": pl.String,
        "new_text": pl.String,
        **SCOPE,
    }
)
COMPARED = tuple(table for table in PUBLISHED if table not in (mart.RELEASE, mart.CHECK_RESULT))


@dataclass(frozen=True)
class ReleaseDiff:
    """`cells`: one row per cell that differs (change_code 'changed') and one per row that is only in the new release
    ('row_added') or only in the old one ('row_removed'), with `cause_codes` and `basis_code`; `new_tables` and
    `gone_tables` are in one release only, `new_columns` (table.column) in the newer one only."""

    old_id: str
    new_id: str
    differences: Differences
    cells: pl.DataFrame
    new_tables: tuple[str, ...] = ()
    gone_tables: tuple[str, ...] = ()
    new_columns: tuple[str, ...] = ()

    def groups(self) -> pl.DataFrame:
        """One row per table, change, column and set of causes: cell_count, and one example (key, old, new)."""
        by = ["table_name", "change_code", "column_name", "cause_codes", "basis_code"]
        examples = [pl.col(name).first() for name in ("key_text", "old_text", "new_text")]
        grouped = self.cells.group_by(by, maintain_order=True).agg(pl.len().alias("cell_count"), *examples)
        return grouped.sort("table_name", "change_code", "cell_count", descending=[False, False, True])


def diff_releases(workspace: Workspace, old_id: str, new_id: str) -> ReleaseDiff:
    """What differs between two kept releases, older first. Raises FileNotFoundError for one that is not kept."""
    old, new = manifest(workspace, old_id), manifest(workspace, new_id)
    told = differences(old, new)
    same = {name for name, known in old["tables"].items() if known == new["tables"].get(name) and known["hash"]}
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET TimeZone = 'UTC'").fetchall()
        for name, release_id in (("o", old_id), ("n", new_id)):
            _attach(connection, release_file(workspace, release_id), name)
        before, after = _columns(connection, "o"), _columns(connection, "n")
        found = [
            _changed_cells(connection, table, [c for c in before[table.table] if c in after[table.table]])
            for table in COMPARED
            if table.table in before and table.table in after and table.table not in same
        ]
    finally:
        connection.close()
    cells = pl.concat([pl.DataFrame(schema=CELLS), *found])
    return ReleaseDiff(
        old_id,
        new_id,
        told,
        explained(cells, told),
        new_tables=tuple(sorted(after.keys() - before.keys())),
        gone_tables=tuple(sorted(before.keys() - after.keys())),
        new_columns=tuple(
            f"{table}.{column}"
            for table in sorted(before.keys() & after.keys())
            for column in after[table]
            if column not in before[table]
        ),
    )


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    if not path.exists():
        raise FileNotFoundError(f"{path.name} is not kept")
    where = str(path).replace("'", "''")
    connection.execute(f"ATTACH '{where}' AS {name} (READ_ONLY)").fetchall()


def _columns(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, list[str]]:
    rows = connection.execute(
        "SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns() "
        "WHERE database_name = ? GROUP BY table_name",
        [name],
    ).fetchall()
    return dict(rows)


def _changed_cells(connection: duckdb.DuckDBPyConnection, table: TableContract, columns: Sequence[str]) -> pl.DataFrame:
    """The cells of one table that differ, in key order; `columns` are those both releases have."""
    keys = [name for name in table.key if name in columns]
    on = " AND ".join(f'o."{name}" = n."{name}"' for name in keys)
    key = ", ".join(f'coalesce(n."{name}", o."{name}")::VARCHAR' for name in keys)
    # A platform that is no part of the key is that of a post a row names, not of what the row counts.
    is_of_post = {"mention_id", "post_id"} & set(table.key)
    about = [name for name in columns if name != "platform_code" or name in table.key or is_of_post]
    scope = ", ".join(
        f'coalesce(n."{name}", o."{name}") AS "{name}"' if name in about else f'NULL AS "{name}"' for name in SCOPE
    )
    order = ", ".join(f'coalesce(n."{name}", o."{name}")' for name in keys)
    cells = ", ".join(
        f'CASE WHEN o."{name}" IS DISTINCT FROM n."{name}" THEN '
        f"{{'column_name': '{name}', 'old_text': o.\"{name}\"::VARCHAR, 'new_text': n.\"{name}\"::VARCHAR}} END"
        for name in columns
        if name not in keys
    )
    first = f'"{keys[0]}"'
    statement = f"""
    WITH joined AS (
      SELECT CASE WHEN o.{first} IS NULL THEN 'row_added' WHEN n.{first} IS NULL THEN 'row_removed' ELSE 'changed' END
               AS change_code,
             concat_ws(', ', {key}) AS key_text, {scope}, row_number() OVER (ORDER BY {order}) AS place,
             list_filter([{cells}], lambda c: c IS NOT NULL) AS cells
      FROM o.main."{table.table}" o FULL JOIN n.main."{table.table}" n ON {on}
    )
    SELECT '{table.table}' AS table_name, change_code, key_text, cell.column_name, cell.old_text, cell.new_text,
           {", ".join(f'"{name}"' for name in SCOPE)}
    FROM (
      SELECT * EXCLUDE (cells), unnest(CASE change_code WHEN 'changed' THEN cells
        ELSE [{{'column_name': NULL, 'old_text': NULL, 'new_text': NULL}}] END) AS cell FROM joined
    ) ORDER BY place
    """  # noqa: S608 - names come from contracts
    return pl.DataFrame(connection.sql(statement).to_arrow_table()).cast(dict(CELLS))  # type: ignore[arg-type]
