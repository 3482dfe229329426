"""How a table contract becomes an asset: key, group, owner, kinds, description and column schema."""

from collections.abc import Iterable, Mapping

import dagster as dg

from warehouse.store import Warehouse
from warehouse.tables.contract import TableContract

# One writer: steps that open the warehouse share a pool of one.
POOL = "warehouse"
# The tag of tables that are built day by day: their days are Dagster's partitions.
BUILT_BY_DAY = {"listening/built": "by-day"}


def key_of(contract: TableContract) -> dg.AssetKey:
    """`raw/mention`, `core/mention`, `mart/mention`."""
    return dg.AssetKey(contract.name.split("."))


def column_schema(contract: TableContract) -> dg.TableSchema:
    """The contract's columns as Dagster shows them."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.duckdb_type,
                description=column.description,
                constraints=dg.TableColumnConstraints(nullable=column.nullable),
            )
            for column in contract.columns
        ]
    )


def spec(
    contract: TableContract, deps: Iterable[TableContract] = (), tags: Mapping[str, str] | None = None
) -> dg.AssetSpec:
    """The asset of a table."""
    return dg.AssetSpec(
        key=key_of(contract),
        deps=[key_of(dep) for dep in deps],
        group_name=contract.layer,
        owners=[contract.owner],
        kinds={"duckdb", "polars"},
        tags=tags,
        description=contract.description,
        metadata={"dagster/column_schema": column_schema(contract), "grain": contract.grain, "key": list(contract.key)},
    )


def materialized(warehouse: Warehouse, contract: TableContract, **metadata: object) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """What a step reports of a table it brought up to date."""
    return dg.MaterializeResult(
        asset_key=key_of(contract),
        metadata={"dagster/row_count": warehouse.count(contract), **metadata},  # type: ignore[dict-item]
    )
