"""Sentiment towards each brand of a post: of the clauses around it where a post names several, of the whole text
otherwise.

Belongs here: frames in, frames out. How texts are cut is `clauses`; the scorer is passed in.
"""

from collections.abc import Callable

import polars as pl

from transforms.query.clauses import BrandSpan, brand_evidence

Scorer = Callable[[pl.Series, pl.Series], pl.DataFrame]
"""(texts, language codes) to a frame with `sentiment_score` per text, in order, null where it cannot be scored."""


def brand_sentiment(mentions: pl.DataFrame, matches: pl.DataFrame, scorer: Scorer) -> pl.DataFrame:
    """One row per (mention_id, brand_id), as in `matches`: `sentiment_score` (-1 to 1) and `sentiment_basis_code`.

    `mentions` gives `mention_id`, `mention_text`, `language_code`, and the `sentiment_score` of the whole text by the
    same scorer; `matches` is what `match_queries` gives for brand queries, the brand being `brand_id` or else
    `query_id`. The basis is "clause" where a post names several brands and its clauses tell them apart, else
    "whole_text". A brand's score is that of its clauses; where comparisons add to them ("A is better than B"), the mean
    over its pieces that are not neutral. A brand found in the title only is scored on the whole text. Null where the
    scorer gives null.
    """
    brand = "brand_id" if "brand_id" in matches.columns else "query_id"
    named = matches.select("mention_id", pl.col(brand).alias("brand_id"), _spans(matches).alias("match_spans"))
    several = named.filter(pl.len().over("mention_id") > 1)
    texts = mentions.select("mention_id", "mention_text", pl.col("language_code").cast(pl.String))
    pieces = _clauses(several.join(texts, on="mention_id", how="left", maintain_order="left"))
    by_clause = _scored(pieces.join(texts, on="mention_id", how="left"), scorer)
    # A sum that rounds to nothing from below is no negative zero.
    whole = pl.when(pl.col("sentiment_score") == 0).then(0.0).otherwise(pl.col("sentiment_score").cast(pl.Float64))
    is_clause = pl.col("sentiment_basis_code").is_not_null()
    return (
        named.select("mention_id", "brand_id")
        .join(mentions.select("mention_id", whole.alias("whole")), on="mention_id", how="left", maintain_order="left")
        .join(
            by_clause.with_columns(sentiment_basis_code=pl.lit("clause")),
            on=["mention_id", "brand_id"],
            how="left",
            maintain_order="left",
        )
        .select(
            "mention_id",
            "brand_id",
            pl.when(is_clause).then("sentiment_score").otherwise("whole").alias("sentiment_score"),
            pl.col("sentiment_basis_code").fill_null("whole_text"),
        )
    )


def _spans(matches: pl.DataFrame) -> pl.Expr:
    """All places in the text; only the first where the list was not kept."""
    if "match_spans" in matches.columns:
        return pl.col("match_spans")
    in_text = pl.lit(True)
    if "match_field_code" in matches.columns:
        in_text = (pl.col("match_field_code") == "mention_text").fill_null(False)
    first = pl.concat_list(pl.struct("match_start", "match_end"))
    return pl.when(in_text & pl.col("match_start").is_not_null()).then(first)


def _clauses(named: pl.DataFrame) -> pl.DataFrame:
    """Pieces of text to score (mention_id, brand_id, text, sign) in posts naming several brands that clauses tell
    apart.
    """
    posts = (
        named.filter(pl.col("mention_text").is_not_null())
        .group_by("mention_id", maintain_order=True)
        .agg(pl.col("mention_text", "language_code").first(), "brand_id", "match_spans")
    )
    columns: dict[str, list[object]] = {"mention_id": [], "brand_id": [], "text": [], "sign": []}
    for mention_id, text, language_code, brand_ids, span_lists in posts.iter_rows():
        spans = [
            BrandSpan(brand_id, span["match_start"], span["match_end"])
            for brand_id, brand_spans in zip(brand_ids, span_lists, strict=True)
            for span in brand_spans or ()
        ]
        for brand_id, pieces in (brand_evidence(text, spans, language_code) or {}).items():
            for piece in pieces:
                for name, value in zip(columns, (mention_id, brand_id, piece.text, float(piece.sign)), strict=True):
                    columns[name].append(value)
    types = (named.schema["mention_id"], named.schema["brand_id"], pl.String(), pl.Float64())
    return pl.DataFrame([pl.Series(name, columns[name], dtype) for name, dtype in zip(columns, types, strict=True)])


def _scored(pieces: pl.DataFrame, scorer: Scorer) -> pl.DataFrame:
    """One row per mention and brand: its only score, or the mean of those that are not neutral."""
    asked = pieces.select("text", "language_code").unique(maintain_order=True)
    scores = scorer(asked["text"], asked["language_code"])["sentiment_score"].cast(pl.Float64)
    answered = asked.with_columns(scores.alias("score"))
    told = pieces.join(answered, on=["text", "language_code"], how="left", nulls_equal=True)
    score = pl.col("score") * pl.col("sign")
    telling = score.filter(score != 0).mean()
    return told.group_by("mention_id", "brand_id").agg(
        pl.when(score.is_not_null().any()).then(telling.fill_null(0.0)).alias("sentiment_score")
    )
