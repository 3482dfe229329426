"""The panel: the brands that shares are shares of. Nothing about tables belongs here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

BrandRole = Literal["own", "competitor"]


@dataclass(frozen=True)
class PanelBrand:
    """A brand that is compared, and whether it is the workspace's own."""

    brand_id: str
    role: BrandRole


@dataclass(frozen=True)
class Panel:
    """Brands compared with one another. Shares of two panels (two `panel_id`) are different numbers.

    Raises ValueError when a brand stands in it twice.
    """

    panel_id: str
    brands: tuple[PanelBrand, ...]

    def __post_init__(self) -> None:
        ids = self.brand_ids
        if len(ids) != len(set(ids)):
            raise ValueError(f"panel {self.panel_id}: a brand is named twice: {sorted(ids)}")

    @property
    def brand_ids(self) -> Sequence[str]:
        """The brands' ids in declared order."""
        return tuple(brand.brand_id for brand in self.brands)

    def frame(self) -> pl.DataFrame:
        """One row per brand: `brand_id`, `brand_role_code`, `panel_id`."""
        return pl.DataFrame(
            {
                "brand_id": [brand.brand_id for brand in self.brands],
                "brand_role_code": [brand.role for brand in self.brands],
                "panel_id": [self.panel_id] * len(self.brands),
            },
            schema={"brand_id": pl.String, "brand_role_code": pl.String, "panel_id": pl.String},
        )
