"""Every table, declared once; names, types, comments, gate rules and the dictionary derive from these contracts."""

from warehouse.tables import core, insight, mart, pulse, raw, state, trust
from warehouse.tables.contract import Column, TableContract

# What a release holds. The tables about the release itself come last.
PUBLISHED: tuple[TableContract, ...] = (
    *mart.TABLES[:-2],
    *insight.TABLES,
    *pulse.TABLES,
    *trust.TABLES,
    *mart.TABLES[-2:],
)
ALL_TABLES: tuple[TableContract, ...] = (*raw.TABLES, *core.TABLES, *PUBLISHED, *state.TABLES)
BY_NAME: dict[str, TableContract] = {table.name: table for table in ALL_TABLES}

__all__ = [
    "ALL_TABLES",
    "BY_NAME",
    "PUBLISHED",
    "Column",
    "TableContract",
    "core",
    "insight",
    "mart",
    "pulse",
    "raw",
    "state",
    "trust",
]
