"""The private warehouse: one DuckDB file with one writer. Frames go in by name and come out typed by contract."""

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import duckdb
import polars as pl

from warehouse.sums import part_sums_sql
from warehouse.tables import ALL_TABLES
from warehouse.tables.contract import UTC_MICROSECONDS, TableContract

LAYERS = ("raw", "core", "mart", "state")
# What DuckDB keeps in memory of the file; more goes to a folder beside it. The frames of a run need memory too.
MEMORY_LIMIT = "320MiB"
# A statement that writes rows of a published table: what its parts add up to is not known any more.
_WRITTEN = re.compile(r"\s*(?:UPDATE|DELETE FROM|INSERT INTO)\s+(mart\.\w+)", re.IGNORECASE)


class WarehouseBusy(RuntimeError):
    """Another process writes to the warehouse: a transient fault, worth a retry."""


class WarehouseUnusable(RuntimeError):
    """The warehouse cannot be opened, or does not fit its contracts: permanent until a person acts."""


def open_warehouse(path: Path) -> "Warehouse":
    """Open the warehouse for writing, creating the file and any missing table or column.

    Raises WarehouseBusy while another process holds it, WarehouseUnusable for a damaged file or a missing permission.
    """
    try:
        connection = duckdb.connect(str(path))
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise WarehouseBusy(
                f"{path.name} is in use by another process: wait for its run to end, or stop it, then run again"
            ) from error
        if "not a valid" in str(error).lower():
            raise WarehouseUnusable(_move_away(path, error)) from error
        raise WarehouseUnusable(
            f"{path}: cannot be opened ({_first_line(error)}); check permissions and disk space"
        ) from error
    except duckdb.Error as error:
        raise WarehouseUnusable(_move_away(path, error)) from error
    try:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        # What is written waits in the log until the run ends: emptying it several times over costs more.
        connection.execute("SET checkpoint_threshold = '256MiB'")
        # Row groups are packed as they fill, while the next rows are made, not several at once at the end.
        connection.execute("SET write_buffer_row_group_count = 1")
        for layer in LAYERS:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {layer}")
        _ensure_tables(connection)
    except BaseException:
        connection.close()
        raise
    return Warehouse(connection)


def _ensure_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create what is missing and bring older tables up to their contracts."""
    present: dict[str, dict[str, str]] = {}
    for schema, table, column, data_type in connection.execute(
        "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal "
        "ORDER BY column_index"
    ).fetchall():
        present.setdefault(f"{schema}.{table}", {})[column] = data_type
    # What is remembered first: making a table anew forgets what is remembered of it.
    for contract in sorted(ALL_TABLES, key=lambda table: table.layer != "state"):
        _ensure(connection, contract, present.get(contract.name, {}))


def _ensure(connection: duckdb.DuckDBPyConnection, contract: TableContract, present: dict[str, str]) -> None:
    """Create the table, or bring an older one, of which the columns present are given, up to its contract.

    Tables that are derived from raw are made anew when their contract changed (and their fingerprints forgotten, so
    that the next run fills them); a raw table only ever gains columns.
    """
    wanted = {column.name: column.duckdb_type for column in contract.columns}
    if not present:
        connection.execute(contract.create_sql(contract.name))
        return
    if present == wanted:
        return
    if contract.layer == "raw":
        for name, data_type in wanted.items():
            if name not in present:
                connection.execute(f'ALTER TABLE {contract.name} ADD COLUMN "{name}" {data_type}')
        return
    connection.execute("BEGIN TRANSACTION")
    connection.execute(f"DROP TABLE {contract.name}")
    connection.execute(contract.create_sql(contract.name))
    for remembered in ("state.fingerprint", "state.part_sum"):
        connection.execute(f"DELETE FROM {remembered} WHERE table_name = ?", [contract.name])  # noqa: S608
    connection.execute("COMMIT")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _move_away(path: Path, error: Exception) -> str:
    return (
        f"{path}: not a readable warehouse ({_first_line(error)}); move it away and put the files of archive/ back "
        "into inbox/: the next run reads everything again"
    )


class Warehouse:
    """An open warehouse. Create it with `open_warehouse`, close it when done."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._in_transaction = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: what happens inside is kept together or not at all. Joins a transaction already open."""
        if self._in_transaction:
            yield
            return
        self.execute("BEGIN TRANSACTION")
        self._in_transaction = True
        try:
            yield
        except BaseException:
            # After a commit that failed, or a fault of the disk, nothing is left to roll back.
            with contextlib.suppress(duckdb.Error):
                self.execute("ROLLBACK")
            raise
        else:
            self.execute("COMMIT")
        finally:
            self._in_transaction = False

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> pl.DataFrame:
        """Rows of a statement of the project's own; values come as parameters. Sees the open transaction."""
        return _fetched(self._connection.sql(sql, params=list(parameters)))

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run a statement of the project's own on this connection (inside its transaction, if one is open)."""
        if written := _WRITTEN.match(sql):
            self._connection.execute("DELETE FROM state.part_sum WHERE table_name = ?", [written[1]]).fetchall()
        self._connection.execute(sql, parameters).fetchall()

    def scalar(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first value of the first row, None without rows; sees the open transaction."""
        rows = self._connection.execute(sql, parameters).fetchall()
        return rows[0][0] if rows else None

    @contextmanager
    def frame(self, name: str, rows: pl.DataFrame) -> Iterator[None]:
        """Make a frame readable in SQL under a name, while the block runs."""
        self._connection.register(name, rows.to_arrow())
        try:
            yield
        finally:
            self._connection.unregister(name)

    def select(
        self,
        contract: TableContract,
        sql_after_from: str = "",
        columns: Sequence[str] | None = None,
        parameters: Sequence[Any] = (),
    ) -> pl.DataFrame:
        """Rows of a table with the contract's types; `sql_after_from` is the project's own SQL."""
        names = list(columns) if columns is not None else list(contract.schema)
        listed = ", ".join(f't."{name}"' for name in names)
        statement = f"SELECT {listed} FROM {contract.name} t {sql_after_from}"  # noqa: S608 - names come from contracts
        return typed(_fetched(self._connection.sql(statement, params=list(parameters))), contract)

    def count(self, contract: TableContract) -> int:
        """Number of rows of a table."""
        return int(self.scalar(f"SELECT count(*) FROM {contract.name}"))  # noqa: S608

    def append(self, contract: TableContract, rows: pl.DataFrame) -> int:
        """Insert rows by name; returns how many. Raises ValueError if they do not fit the contract."""
        with self.transaction():
            self._forget_sums(contract)
            return self._insert(contract, rows)

    def replace_all(self, contract: TableContract, rows: pl.DataFrame) -> int:
        """Empty the table and insert the rows, together."""
        with self.transaction():
            self.execute(f"DELETE FROM {contract.name}")  # noqa: S608
            return self.append(contract, rows)

    def replace_parts(
        self, contract: TableContract, column: str, parts: Sequence[Any] | pl.Series, rows: pl.DataFrame
    ) -> int:
        """Delete every row whose `column` is among `parts` and insert `rows`, together; returns rows inserted."""
        keys = pl.DataFrame({column: pl.Series(parts, dtype=contract.column(column).dtype)})
        with self.transaction():
            stale = f'(SELECT "{column}" FROM stale_parts)'  # noqa: S608
            of_parts = f'WHERE "{column}" IN {stale}'
            stale_parts = keys.to_arrow()  # noqa: F841 - found by its name, as in `_insert`
            if keys.height:
                self._connection.execute(f"DELETE FROM {contract.name} {of_parts}").fetchall()  # noqa: S608
            if contract.layer != "mart" or column != contract.partition:
                return self.append(contract, rows)
            inserted = self._insert(contract, rows)
            for statement in (
                f"DELETE FROM state.part_sum WHERE table_name = ? AND part_date IN {stale}",  # noqa: S608
                f"INSERT INTO state.part_sum {part_sums_sql(contract, contract.name, of_parts)}",
            ):
                self._connection.execute(statement, [contract.name]).fetchall()
            return inserted

    def _insert(self, contract: TableContract, rows: pl.DataFrame) -> int:
        if rows.is_empty():
            contract.conform(rows)
            return 0
        names = ", ".join(f'"{name}"' for name in contract.schema)
        # A frame made known by `frame` lives until the transaction ends, a variable that the statement finds by its
        # name only as long as it runs: a large file is many frames in one transaction.
        incoming_rows = contract.conform(rows).to_arrow(compat_level=pl.CompatLevel.newest())  # noqa: F841
        self._connection.execute(f"INSERT INTO {contract.name} ({names}) SELECT {names} FROM incoming_rows").fetchall()  # noqa: S608
        return rows.height

    def remember_sums(self, contract: TableContract) -> None:
        """Remember what the parts of a published table add up to now."""
        with self.transaction():
            self._forget_sums(contract)
            self.execute(f"INSERT INTO state.part_sum {part_sums_sql(contract, contract.name)}", [contract.name])

    def _forget_sums(self, contract: TableContract) -> None:
        """What the parts of a published table add up to is not known once rows are written in another way."""
        if contract.layer == "mart":
            self.execute("DELETE FROM state.part_sum WHERE table_name = ?", [contract.name])

    def fingerprints(self, table: str) -> dict[str, str]:
        """Part of a table → what it was computed from."""
        rows = self._connection.execute(
            "SELECT state_key, fingerprint_id FROM state.fingerprint WHERE table_name = ?", [table]
        ).fetchall()
        return dict(rows)

    def remember(self, table: str, fingerprints: dict[str, str], forget: Iterable[str] = ()) -> None:
        """Store what parts of a table were computed from; `forget` names parts that are gone."""
        gone = [*forget, *fingerprints]
        if not gone:
            return
        rows = pl.DataFrame(
            {"state_key": gone, "fingerprint_id": [None] * (len(gone) - len(fingerprints)) + [*fingerprints.values()]},
            schema={"state_key": pl.String, "fingerprint_id": pl.String},
        )
        # One statement for all parts: a table of many days has hundreds.
        with self.transaction(), self.frame("remembered", rows):
            self.execute(
                "DELETE FROM state.fingerprint WHERE table_name = ? "
                "AND state_key IN (SELECT state_key FROM remembered)",
                [table],
            )
            self.execute(
                "INSERT INTO state.fingerprint SELECT ?, state_key, fingerprint_id FROM remembered "
                "WHERE fingerprint_id IS NOT NULL",
                [table],
            )


def _fetched(relation: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    return pl.DataFrame(relation.to_arrow_table())


def typed(rows: pl.DataFrame, contract: TableContract) -> pl.DataFrame:
    """Rows as they came from DuckDB, with instants marked as UTC and every column in its contract's type."""
    casts = []
    for name in rows.columns:
        dtype = contract.column(name).dtype
        if dtype == UTC_MICROSECONDS:
            casts.append(pl.col(name).cast(pl.Datetime("us")).dt.replace_time_zone("UTC"))
        else:
            casts.append(pl.col(name).cast(dtype))
    return rows.with_columns(casts)
