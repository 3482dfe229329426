"""Compiles the kernels ahead of the first run: `python -m pipelines.warm`. They are cached beside their modules."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl

from transforms.core.brands import BrandQuery, mention_matches
from transforms.core.mentions import CoreParams, core_mentions
from transforms.query.named import query_from_aliases
from transforms.text.language import LanguageParams
from transforms.text.near_duplicates import NearDuplicateParams, cluster_mentions, near_duplicate_keys
from transforms.text.near_duplicates_keys import KeysOfNew
from transforms.text.sentiment import SentimentParams
from transforms.trend.signals import trend_signals
from warehouse.tables.raw import MENTION

_START = datetime(2026, 1, 1, tzinfo=UTC)
_TEXTS = (
    "Norvique is great, but Tavorel leaks! 😀 #coffee",
    "Norvique is great, but Tavorel leaks! 😀 #coffees",
    "J'adore",
)


def warm_rows(texts: Sequence[str] = _TEXTS) -> pl.DataFrame:
    """Invented records with these texts, as they are linked to posts."""
    plain: dict[str, object] = dict.fromkeys(MENTION.schema)
    plain |= {"file_id": "f", "source_code": "warm", "platform_code": "x"}
    plain |= {"tz_basis_code": "explicit", "kind_code": "post", "is_repost": False}
    plain |= {"is_text_withheld": False, "is_text_truncated": False, "published_at": _START}
    rows = [{**plain, "row_number": n, "native_id": str(n), "mention_text": text} for n, text in enumerate(texts)]
    frame = pl.DataFrame(rows, schema=MENTION.schema)
    return frame.with_columns(
        pl.format("x:{}", "native_id").alias("mention_id"), pl.lit("native_id").alias("identity_basis_code")
    )


def warm() -> None:
    """Run every kernel once on a few invented rows."""
    posts = core_mentions(warm_rows(), CoreParams("UTC", LanguageParams(("en", "fr")), pseudonym_key=bytes(32)))
    brands = [BrandQuery(query_from_aliases(name.lower(), [name])) for name in ("Norvique", "Tavorel")]
    mention_matches(posts, brands, [], SentimentParams())
    reposts = posts.rename({"parent_native_id": "parent_id"})
    cluster_mentions(reposts, NearDuplicateParams())
    keys = near_duplicate_keys(reposts, NearDuplicateParams())
    KeysOfNew(keys, NearDuplicateParams.similarity_threshold).may_be_linked(keys)
    hours = [_START + timedelta(hours=hour) for hour in range(24 * 21)]
    hourly = pl.DataFrame({"mention_hour_at": hours, "brand_id": "norvique", "mention_count": 5})
    trend_signals(hourly.with_columns(pl.col("mention_hour_at").cast(pl.Datetime("us", "UTC"))), as_of=hours[-1])


if __name__ == "__main__":
    warm()
