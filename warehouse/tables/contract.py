"""What a table contract is. Polars schema, DDL, comments, gate rules and dictionary all derive from it."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

import polars as pl

Unit = Literal["count", "ratio", "score", "utc", "day", "id", "code", "text", "flag", "list", "seconds"]
UTC_MICROSECONDS = pl.Datetime("us", "UTC")

_DUCKDB_TYPES: dict[Any, str] = {
    pl.String: "VARCHAR",
    pl.Int64: "BIGINT",
    pl.Float64: "DOUBLE",
    pl.Boolean: "BOOLEAN",
    pl.Date: "DATE",
    # A plain TIMESTAMP that holds UTC: a TIMESTAMPTZ would be cast to the reader's own zone, and clients
    # without a zone library cannot fetch it at all.
    UTC_MICROSECONDS: "TIMESTAMP",
    pl.List(pl.String): "VARCHAR[]",
    pl.List(pl.Int64): "BIGINT[]",
}


@dataclass(frozen=True)
class Column:
    """One column: its name has one meaning in the whole project (declared once in `columns.py`)."""

    name: str
    dtype: Any
    description: str
    unit: Unit
    nullable: bool = True
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] | None = None
    is_personal: bool = False
    metric_id: str | None = None

    def required(self) -> Self:
        """The same column where a null is a fault."""
        return replace(self, nullable=False)

    def saying(self, description: str) -> Self:
        """The same column with what is particular about it in one table added to its description."""
        return replace(self, description=f"{self.description} {description}")

    @property
    def duckdb_type(self) -> str:
        """The SQL type; raises KeyError for a dtype no contract may use."""
        return _DUCKDB_TYPES[self.dtype]


@dataclass(frozen=True)
class TableContract:
    """One table: grain, key, owner, columns, and what the gate must demand of it.

    `partition` names the day column by which rows are replaced, None for a table replaced whole.
    `minimum_rows` is the floor under which the gate refuses the table (an empty frame passes every other check).
    """

    name: str
    question: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    owner: str = "team:insights"
    partition: str | None = None
    minimum_rows: int = 0
    warnings: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(names) != len(set(names)):
            raise ValueError(f"{self.name}: a column is declared twice")
        for name in (*self.key, *((self.partition,) if self.partition else ())):
            if name not in names:
                raise ValueError(f"{self.name}: {name} is not among its columns")
            if self.column(name).nullable:
                raise ValueError(f"{self.name}: key column {name} must be required")

    @property
    def layer(self) -> str:
        """raw, core, mart or state."""
        return self.name.split(".")[0]

    @property
    def table(self) -> str:
        """The name without its layer, as readers see it in the release."""
        return self.name.split(".")[1]

    @property
    def schema(self) -> pl.Schema:
        """The Polars schema, in declared order."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    @property
    def description(self) -> str:
        """What `COMMENT ON TABLE` and the dictionary say."""
        return f"{self.question} Grain: {self.grain}."

    def column(self, name: str) -> Column:
        """The column of that name; raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    def empty(self) -> pl.DataFrame:
        """A frame with no rows and the declared schema."""
        return pl.DataFrame(schema=self.schema)

    def create_sql(self, table: str) -> str:
        """DDL for this contract under the given qualified name (names come from contracts, never from data)."""
        lines = [f'  "{c.name}" {c.duckdb_type}{"" if c.nullable else " NOT NULL"}' for c in self.columns]
        return f"CREATE TABLE {table} (\n" + ",\n".join(lines) + "\n)"

    def comment_sql(self, table: str) -> list[str]:
        """COMMENT statements for the table and each of its columns."""
        statements = [f"COMMENT ON TABLE {table} IS {_quoted(self.description)}"]
        statements += [f'COMMENT ON COLUMN {table}."{c.name}" IS {_quoted(c.description)}' for c in self.columns]
        return statements

    def conform(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with exactly the declared columns in declared order and type.

        Raises ValueError when a column is missing or unknown, or holds a value its type cannot: a transform that
        drifts from its contract must not reach a table.
        """
        missing = [name for name in self.schema if name not in rows.columns]
        unknown = [name for name in rows.columns if name not in self.schema]
        if missing or unknown:
            raise ValueError(f"{self.name}: columns missing {missing}, unknown {unknown}")
        return rows.select(pl.col(name).cast(dtype, strict=True) for name, dtype in self.schema.items())


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
