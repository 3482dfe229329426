"""Every table, declared once; names, types, comments, gate rules and the dictionary derive from these contracts."""

from warehouse.tables import core, mart, raw, state
from warehouse.tables.contract import Column, TableContract

ALL_TABLES: tuple[TableContract, ...] = (*raw.TABLES, *core.TABLES, *mart.TABLES, *state.TABLES)
BY_NAME: dict[str, TableContract] = {table.name: table for table in ALL_TABLES}

__all__ = ["ALL_TABLES", "BY_NAME", "Column", "TableContract", "core", "mart", "raw", "state"]
