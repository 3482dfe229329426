"""What an audit is told besides the tables: the moment, the panel, the zone, the release before, the thresholds."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Protocol, TypeAlias, runtime_checkable

import polars as pl

from warehouse.tables import TableContract

# Rows of a table with these columns only. None asks for every column; an empty sequence asks for the header: every
# column as the table really has it, in its order and type, and no rows. Raises whatever reading raises.
ReadTable: TypeAlias = Callable[[TableContract, Sequence[str] | None], pl.DataFrame]


@runtime_checkable
class CountsRows(Protocol):
    """Something to read from that counts rows where they lie, millions without handing them over."""

    def counted(self, contract: TableContract, columns: Sequence[str]) -> pl.DataFrame:
        """Each distinct row of some columns once, with `row_count`: how often it occurs."""
        ...


def counted_rows(read: ReadTable, contract: TableContract, columns: Sequence[str]) -> pl.DataFrame:
    """Each distinct row of some columns of a table once, with `row_count`: how often it occurs."""
    if isinstance(read, CountsRows):
        return read.counted(contract, columns)
    return read(contract, columns).group_by(columns).agg(pl.len().cast(pl.Int64).alias("row_count"))


@dataclass(frozen=True)
class QualityThresholds:
    """Where a rule of degree starts to speak. Ratios are 0-1, times in hours or days, volumes relative to a median.

    The defaults are the project's choice, not a published standard: a workspace that knows better sets its own under
    `quality` in listening.yaml.
    Raises ValueError for a threshold at which a rule could not speak.
    """

    file_reject_warning_ratio: float = 0.02
    total_reject_error_ratio: float = 0.25
    unscored_warning_ratio: float = 0.5
    unmatched_warning_ratio: float = 0.5
    duplicate_warning_ratio: float = 0.3
    withheld_warning_ratio: float = 0.5
    stale_warning_hours: float = 48.0
    lag_error_hours: float = 26.0
    volume_low_ratio: float = 0.25
    volume_high_ratio: float = 4.0
    volume_judged_days: int = 3
    volume_history_days: int = 28
    volume_minimum_history_days: int = 7
    vanished_warning_ratio: float = 0.02
    mood_shift_warning_ratio: float = 0.1

    def __post_init__(self) -> None:
        for threshold in fields(self):
            value = getattr(self, threshold.name)
            # `volume_*_ratio` are relative to a median; every other ratio is a share.
            highest = 1.0 if threshold.name.endswith("_ratio") and not threshold.name.startswith("volume") else math.inf
            if not 0 <= value <= highest:
                raise ValueError(f"threshold {threshold.name} must lie between 0 and {highest:g}, not {value}")


@dataclass(frozen=True)
class AuditContext:
    """`as_of` is an aware UTC instant given by the caller, for the audit never looks at a clock.

    `brand_ids` are the panel's brands, `reporting_zone` an IANA name, `previous` reads the release before
    (None for a first one).
    """

    as_of: datetime
    brand_ids: tuple[str, ...]
    reporting_zone: str
    previous: ReadTable | None = None
    thresholds: QualityThresholds = field(default_factory=QualityThresholds)

    def __post_init__(self) -> None:
        if self.as_of.tzinfo is None:
            raise ValueError("AuditContext.as_of must say its zone: pass an aware UTC instant")
