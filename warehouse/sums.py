"""What the rows of a table add up to, whatever their order: SQL that DuckDB answers in one pass."""

from warehouse.tables.contract import TableContract


def rows_hash_sql(table: str) -> str:
    """SQL for a hash of a table's rows, whatever their order: one text value. `table` comes from a contract."""
    return f"SELECT count(*)::VARCHAR || '-' || coalesce(sum(hash(t)), 0)::VARCHAR FROM {table} t"  # noqa: S608


def part_sums_sql(contract: TableContract, table: str, where: str = "") -> str:
    """SQL for the rows of state.part_sum that describe a table; its parameter is the table's name.

    A table that is replaced as a whole is one part, whose date is null.
    """
    part = f'"{contract.partition}"' if contract.partition else "NULL::DATE"
    return f"SELECT ?, {part}, count(*), sum(hash(t))::VARCHAR FROM {table} t {where} GROUP BY 2"  # noqa: S608
