"""Which brands a post is about: by what it says, and by what it was exported as."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from transforms.query.named import NamedQuery
from warehouse.tables.core import MENTION_BRAND


@dataclass(frozen=True)
class BrandQuery:
    """How posts about one brand are found: its query on the text, and names of vendor searches that stand for it."""

    query: NamedQuery
    vendor_queries: tuple[str, ...] = ()

    @property
    def brand_id(self) -> str:
        """The brand."""
        return self.query.query_id

    @property
    def version(self) -> str:
        """Changes with the meaning of the query or with the vendor searches."""
        if not self.vendor_queries:
            return self.query.version
        told = "\x1f".join((self.query.version, *sorted(name.casefold() for name in self.vendor_queries)))
        return hashlib.sha256(told.encode()).hexdigest()[:12]


def named_by_export(posts: pl.DataFrame, brands: Mapping[str, tuple[str, tuple[str, ...]]]) -> pl.DataFrame:
    """One row per post and brand whose vendor search (or brand column) the post was exported under.

    `posts` has mention_id and query_names; `brands` maps brand_id to its version and vendor searches (case does not
    matter). Columns of core.mention_brand; where in the text is null, for the text was not asked.
    """
    wanted = pl.DataFrame(
        [(name.casefold(), brand, version) for brand, (version, names) in brands.items() for name in names],
        schema={"_name": pl.String, "brand_id": pl.String, "query_version": pl.String},
        orient="row",
    )
    return (
        posts.select("mention_id", pl.col("query_names").alias("_query"))
        .explode("_query", empty_as_null=False)
        .with_columns(pl.col("_query").str.to_lowercase().alias("_name"))
        .join(wanted, on="_name")
        .sort("mention_id", "brand_id", "_query")
        .unique(["mention_id", "brand_id"], keep="first", maintain_order=True)
        .select(
            "mention_id",
            "brand_id",
            "query_version",
            pl.format("exported as {}", "_query").alias("clause_text"),
            pl.lit(None, dtype=pl.String).alias("match_text"),
            pl.lit(None, dtype=pl.Int64).alias("match_start"),
            pl.lit(None, dtype=pl.Int64).alias("match_end"),
            pl.lit(0, dtype=pl.Int64).alias("match_count"),
        )
        .select(MENTION_BRAND.schema.names())
    )
