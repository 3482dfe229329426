"""Tables that are made together, part by part: only what changed is built, and what is gone goes."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from warehouse.refresh import part_hashes, refresh_parts
from warehouse.store import Warehouse, open_warehouse
from warehouse.tables import pulse

SHIFT, SENSITIVITY = pulse.TREND_SHIFT, pulse.TREND_SENSITIVITY


def rows_of(brands: Sequence[str], level: float = 1.0) -> tuple[pl.DataFrame, pl.DataFrame]:
    shifts = [
        {"platform_code": "all", "brand_id": brand, "assessed_date": date(2025, 5, 5), "shift_code": "stable",
         "before_mean_count": level}
        for brand in brands
    ]  # fmt: skip
    series = [
        {"brand_id": brand, "platform_code": "all", "topic_id": "all", "metric_code": "mention_count",
         "is_deduplicated": False, "series_status_code": "ok", "judged_hour_count": 1, "alert_count": 0}
        for brand in brands
    ]  # fmt: skip
    return pl.DataFrame(shifts, schema=SHIFT.schema), pl.DataFrame(series, schema=SENSITIVITY.schema)


def refreshed(warehouse: Warehouse, wanted: dict[str, str], level: float = 1.0, at_once: int = 1) -> list[list[str]]:
    """The parts that were built, call by call."""
    asked: list[list[str]] = []

    def build(brands: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
        asked.append(list(brands))
        return rows_of(brands, level)

    done = refresh_parts(warehouse, (SHIFT, SENSITIVITY), "brand_id", wanted, build, at_once=at_once)
    assert done == [brand for brands in asked for brand in brands]
    return asked


def test_only_parts_whose_version_changed_are_built_and_parts_that_are_gone_go(tmp_path: Path) -> None:
    with open_warehouse(tmp_path / "w.duckdb") as warehouse:
        assert refreshed(warehouse, {"acme": "1", "bolt": "1", "coil": "1"}, at_once=2) == [["acme", "bolt"], ["coil"]]
        assert refreshed(warehouse, {"acme": "1", "bolt": "1", "coil": "1"}) == []
        assert refreshed(warehouse, {"acme": "1", "bolt": "2"}, level=9.0) == [["bolt"]]
        kept = warehouse.select(SHIFT).sort("brand_id")
        assert kept.select("brand_id", "before_mean_count").rows() == [("acme", 1.0), ("bolt", 9.0)]
        assert sorted(warehouse.select(SENSITIVITY)["brand_id"]) == ["acme", "bolt"]


def test_a_part_that_fails_leaves_the_others_and_is_built_the_next_time(tmp_path: Path) -> None:
    with open_warehouse(tmp_path / "w.duckdb") as warehouse:
        wanted = {"acme": "1", "bolt": "1"}

        def build(brands: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
            if "bolt" in brands:
                raise RuntimeError("bolt breaks")
            return rows_of(brands)

        with pytest.raises(RuntimeError, match="bolt breaks"):
            refresh_parts(warehouse, (SHIFT, SENSITIVITY), "brand_id", wanted, build)
        assert refreshed(warehouse, wanted) == [["bolt"]]


def test_the_hash_of_a_part_changes_with_its_rows_in_any_of_the_tables_and_with_no_others(tmp_path: Path) -> None:
    with open_warehouse(tmp_path / "w.duckdb") as warehouse:
        refreshed(warehouse, {"acme": "1", "bolt": "1"})
        before = part_hashes(warehouse, (SHIFT, SENSITIVITY), "brand_id")
        warehouse.execute("UPDATE mart.trend_sensitivity SET alert_count = 7 WHERE brand_id = 'bolt'")
        after = part_hashes(warehouse, (SHIFT, SENSITIVITY), "brand_id")
        assert (after["acme"], set(after)) == (before["acme"], {"acme", "bolt"})
        assert after["bolt"] != before["bolt"]
