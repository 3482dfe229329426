"""The columns of a real post: its day, author, site, language, sentiment and what its text holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from transforms.core.identity import pseudonyms, site_name
from transforms.core.merge import merge_rows
from transforms.metrics.engagement import engagement
from transforms.text.calibration_model import SentimentModel, score_calibrated
from transforms.text.features import text_features
from transforms.text.improved import score_improved
from transforms.text.language import LanguageParams, detect_languages
from transforms.text.sentiment import SentimentParams, score_mentions
from warehouse.tables.core import MENTION

_FEATURES = ("hashtags", "links", "is_question", "is_complaint", "has_purchase_intent")
_LISTED = {"source_code": "source_codes", "query_name": "query_names"}


@dataclass(frozen=True)
class CoreParams:
    """What the columns of a post depend on besides its export rows."""

    zone: str
    languages: LanguageParams
    pseudonym_key: bytes = field(repr=False)
    official_accounts: Sequence[tuple[str, str]] = ()  # (platform_code, handle in lower case)
    sentiment: SentimentParams = field(default_factory=SentimentParams)
    calibrated: SentimentModel | None = None  # kept by `listening calibrate`


def core_mentions(rows: pl.DataFrame, params: CoreParams) -> pl.DataFrame:
    """One row per real post, in the contract of core.mention, sorted by mention_id.

    `rows` are raw.mention rows with `mention_id` and `identity_basis_code`; every row of a post must be among them.
    """
    if rows.is_empty():
        return MENTION.empty()
    posts = merge_rows(rows, key="mention_id", text="mention_text", listed=_LISTED)
    posts = posts.with_columns(
        pseudonyms(posts, params.pseudonym_key),
        site_name(pl.col("url")).alias("site_name"),
        reporting_day(pl.col("published_at"), params.zone).alias("mention_date"),
        is_official(params.official_accounts).alias("is_owned"),
        engagement(posts.columns).alias("engagement_count"),
    )
    posts = pl.concat([posts, text_columns(posts, params)], how="horizontal")
    content = posts.select(name for name in MENTION.schema if name != "revision_id")
    return content.with_columns(content.hash_rows(1).cast(pl.String).alias("revision_id"))


def text_columns(posts: pl.DataFrame, params: CoreParams) -> pl.DataFrame:
    """What the words say, one row per post in order: language, sentiment, hashtags, links, what is asked for.

    Copies of a text are read once.
    """
    read = posts.select("mention_text", "claimed_language_code")
    texts = read.unique(maintain_order=True)
    told = texts.hstack(_columns_of_texts(texts, params))
    return read.join(told, on=read.columns, how="left", nulls_equal=True, maintain_order="left").drop(read.columns)


def _columns_of_texts(posts: pl.DataFrame, params: CoreParams) -> pl.DataFrame:
    text = posts["mention_text"]
    languages = detect_languages(text, posts["claimed_language_code"], params.languages)
    codes = languages["language_code"]
    sentiment = score_mentions(text, codes, params.sentiment)
    improved = score_improved(text, codes, params.sentiment)
    features = text_features(text, codes, _FEATURES).select(
        pl.col("hashtags", "links").fill_null([]),
        pl.col("is_question", "is_complaint", "has_purchase_intent").fill_null(False),
    )
    return pl.concat(
        [
            languages.select("language_code", "language_confidence_ratio"),
            sentiment.select("sentiment_score", "sentiment_label", "sentiment_lexicon_id"),
            improved.select("sentiment_improved_score", "sentiment_improved_label"),
            calibrated_columns(posts, codes, params),
            features,
        ],
        how="horizontal",
    )


def calibrated_columns(posts: pl.DataFrame, codes: pl.Series, params: CoreParams) -> pl.DataFrame:
    """What the workspace's own model says, one row per post in order; all null where there is no model."""
    names = ("sentiment_calibrated_score", "sentiment_calibrated_label", "sentiment_calibrated_model_id")
    if params.calibrated is None:
        return pl.DataFrame({name: pl.Series([None] * posts.height, dtype=MENTION.schema[name]) for name in names})
    return score_calibrated(posts["mention_text"], codes, params.calibrated, params.sentiment).select(names)


def reporting_day(instant: pl.Expr, zone: str) -> pl.Expr:
    """Day of a UTC instant in a named zone."""
    return instant.dt.convert_time_zone(zone).dt.date()


def is_official(accounts: Sequence[tuple[str, str]], handle: str = "author_handle") -> pl.Expr:
    """Whether platform and handle are an official account's."""
    known = [f"{platform}\x1f{name}" for platform, name in accounts]
    return (
        pl.concat_str("platform_code", pl.col(handle).str.to_lowercase(), separator="\x1f")
        .is_in(known)
        .fill_null(False)
    )
