"""Which brands and topics a post is about, by what it says and what it was exported as, and how it speaks of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from transforms.query.brand_sentiment import brand_sentiment
from transforms.query.matcher import MatchParams, match_query_lists
from transforms.query.named import NamedQuery
from transforms.text.sentiment import SentimentParams, score_mentions, sentiment_label
from warehouse.tables.core import MENTION_BRAND, MENTION_TOPIC

_KEY = ["mention_id", "brand_id"]
_FOUND = ("clause_text", "match_text", "match_start", "match_end", "match_count")


@dataclass(frozen=True)
class BrandQuery:
    """How posts about one brand are found: its query on the text, and names of vendor searches that stand for it."""

    query: NamedQuery
    vendor_queries: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The brand."""
        return self.query.query_id

    @property
    def version(self) -> str:
        """Changes with the meaning of the query or with the vendor searches."""
        if not self.vendor_queries:
            return self.query.version
        told = "\x1f".join((self.query.version, *sorted(name.casefold() for name in self.vendor_queries)))
        return hashlib.sha256(told.encode()).hexdigest()[:12]


def mention_matches(
    posts: pl.DataFrame, brands: Sequence[BrandQuery], topics: Sequence[NamedQuery], sentiment: SentimentParams
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per post and brand it is about, and one per post and topic it touches.

    In the contracts of core.mention_brand and core.mention_topic, sorted by post and brand or topic. `posts` are rows
    of core.mention. A brand found in the text is preferred to one known only from the vendor's search. Where a post
    names several brands, each has the score of the clauses around it, as far as these can be told apart
    (`sentiment_basis_code`).
    """
    named, touched = _matches(posts, [[brand.query for brand in brands], topics])
    days = posts.select("mention_id", "mention_date")
    topic_rows = touched.rename({"query_id": "topic_id"}).join(days, on="mention_id", how="left")
    return (
        _brand_rows(posts, named.rename({"query_id": "brand_id"}), brands, sentiment),
        topic_rows.select(MENTION_TOPIC.schema.names()).sort("mention_id", "topic_id"),
    )


def _brand_rows(
    posts: pl.DataFrame, matches: pl.DataFrame, brands: Sequence[BrandQuery], sentiment: SentimentParams
) -> pl.DataFrame:
    """core.mention_brand of the matches and of what was exported under a brand's search."""

    def scorer(texts: pl.Series, language_codes: pl.Series) -> pl.DataFrame:
        return score_mentions(texts, language_codes, sentiment)

    towards = brand_sentiment(posts, matches, scorer)
    exported = named_by_export(posts, brands).join(matches, on=_KEY, how="anti")
    whole = posts.select("mention_id", "sentiment_score", pl.lit("whole_text").alias("sentiment_basis_code"))
    versions = {brand.id: brand.version for brand in brands}
    scored = ("sentiment_score", "sentiment_basis_code")
    rows = pl.concat(
        [
            matches.select(*_KEY, *_FOUND).hstack(towards.select(scored)),
            exported.join(whole, on="mention_id", how="left").select(*_KEY, *_FOUND, *scored),
        ]
    )
    days = posts.select("mention_id", "mention_date")
    return (
        rows.join(days, on="mention_id", how="left")
        .with_columns(
            pl.col("brand_id").replace_strict(versions, return_dtype=pl.String).alias("query_version"),
            sentiment_label(pl.col("sentiment_score"), sentiment).alias("sentiment_label"),
        )
        .select(MENTION_BRAND.schema.names())
        .sort(_KEY)
    )


def named_by_export(posts: pl.DataFrame, brands: Sequence[BrandQuery]) -> pl.DataFrame:
    """One row per post and brand whose vendor search (or brand column) the post was exported under.

    `posts` has mention_id and query_names; case does not matter. Where in the text is null, for the text was not
    asked.
    """
    wanted = pl.DataFrame(
        [(name.casefold(), brand.id) for brand in brands for name in brand.vendor_queries],
        schema={"_name": pl.String, "brand_id": pl.String},
        orient="row",
    )
    return (
        posts.select("mention_id", pl.col("query_names").alias("_query"))
        .explode("_query", empty_as_null=False)
        .with_columns(pl.col("_query").str.to_lowercase().alias("_name"))
        .join(wanted, on="_name")
        .sort("mention_id", "brand_id", "_query")
        .unique(_KEY, keep="first", maintain_order=True)
        .select(
            *_KEY,
            pl.format("exported as {}", "_query").alias("clause_text"),
            pl.lit(None, dtype=pl.String).alias("match_text"),
            pl.lit(None, dtype=pl.Int64).alias("match_start"),
            pl.lit(None, dtype=pl.Int64).alias("match_end"),
            pl.lit(0, dtype=pl.Int64).alias("match_count"),
        )
    )


def _matches(posts: pl.DataFrame, query_lists: Sequence[Sequence[NamedQuery]]) -> list[pl.DataFrame]:
    searched = posts.rename({"site_name": "site_domain", "parent_native_id": "parent_id"})
    # Places are told in the text only: an offset into the title would read as one into the text.
    in_text = pl.col("match_field_code") == "mention_text"
    places = [pl.when(in_text).then(name).alias(name) for name in ("match_start", "match_end")]
    return [matches.with_columns(places) for matches in match_query_lists(searched, query_lists, MatchParams())]
