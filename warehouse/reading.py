"""Reading one release file with the contracts' types: whole tables, or the parts of them that somebody names."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from warehouse.store import typed
from warehouse.tables.contract import TableContract

# What DuckDB keeps in memory of a release while somebody reads it; left alone it would keep the whole file.
MEMORY_LIMIT = "128MiB"


class ReleaseReader:
    """`read(contract, columns)` gives rows of a release with the contract's types, in no promised order.

    Without columns (None) it gives all of them; an empty list gives the table's header as the file has it, no rows.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def __call__(self, contract: TableContract, columns: Sequence[str] | None = None) -> pl.DataFrame:
        if columns is not None and not columns:
            return pl.DataFrame(self._connection.sql(f'FROM "{contract.table}" LIMIT 0').to_arrow_table())
        return self._rows(contract, columns or contract.schema.names(), "")

    def of_parts(self, contract: TableContract, columns: Sequence[str], parts: Collection[date]) -> pl.DataFrame:
        """The rows of some parts: values of the column by which the table's contract is partitioned."""
        with self._parts(parts):
            return self._rows(contract, columns, f'SEMI JOIN wanted_parts w ON t."{contract.partition}" = w.part')

    def sharing_key(self, contract: TableContract, parts: Collection[date]) -> pl.DataFrame:
        """The key of every row whose key a row of these parts has too; such a row's own is among them."""
        on = " AND ".join(f't."{name}" IS NOT DISTINCT FROM k."{name}"' for name in contract.key)
        of_parts = f'SELECT * FROM "{contract.table}" p SEMI JOIN wanted_parts w ON p."{contract.partition}" = w.part'  # noqa: S608
        with self._parts(parts):
            return self._rows(contract, contract.key, f"SEMI JOIN ({of_parts}) k ON {on}")

    def having(self, contract: TableContract, columns: Sequence[str], values: pl.DataFrame) -> pl.DataFrame:
        """The rows whose value of a column is among those of a frame with that one column."""
        [name] = values.columns
        self._connection.register("wanted_values", values.unique().to_arrow())
        try:
            return self._rows(contract, columns, f'SEMI JOIN wanted_values w ON t."{name}" = w."{name}"')
        finally:
            self._connection.unregister("wanted_values")

    def counted(self, contract: TableContract, columns: Sequence[str]) -> pl.DataFrame:
        """Each distinct row of some columns once, with `row_count`: how often it occurs."""
        listed = ", ".join(f'"{name}"' for name in columns)
        statement = f'SELECT {listed}, count(*) AS row_count FROM "{contract.table}" GROUP BY ALL'  # noqa: S608
        rows = pl.DataFrame(self._connection.sql(statement).to_arrow_table())
        return typed(rows.drop("row_count"), contract).with_columns(rows["row_count"])

    def count(self, contract: TableContract) -> int:
        """The number of rows of a table."""
        [(count,)] = self._connection.execute(f'SELECT count(*) FROM "{contract.table}"').fetchall()  # noqa: S608
        return int(count)

    @contextmanager
    def _parts(self, parts: Collection[date]) -> Iterator[None]:
        self._connection.register("wanted_parts", pl.DataFrame({"part": sorted(parts)}, {"part": pl.Date}).to_arrow())
        try:
            yield
        finally:
            self._connection.unregister("wanted_parts")

    def _rows(self, contract: TableContract, columns: Sequence[str], sql_after_from: str) -> pl.DataFrame:
        listed = ", ".join(f't."{name}"' for name in columns)
        statement = f'SELECT {listed} FROM "{contract.table}" t {sql_after_from}'  # noqa: S608 - names come from contracts
        return typed(pl.DataFrame(self._connection.sql(statement).to_arrow_table()), contract)


@contextmanager
def reading(path: Path) -> Iterator[ReleaseReader]:
    """A reader of one release file, while the block runs."""
    with opened(path) as connection:
        yield ReleaseReader(connection)


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to one release file that only reads, while the block runs."""
    connection = duckdb.connect(str(path), read_only=True)
    try:
        connection.execute("SET TimeZone = 'UTC'").fetchall()
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'").fetchall()
        yield connection
    finally:
        connection.close()
