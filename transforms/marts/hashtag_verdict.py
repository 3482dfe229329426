"""Safe, review or avoid: the rules by which a hot hashtag is judged, each with the sentence a marketer reads."""

from dataclasses import dataclass

import polars as pl

from transforms.metrics.interval import ratio, wilson_low


@dataclass(frozen=True)
class VerdictParams:
    """Thresholds, as parts of the posts. `sure` ones compare the lower end of a 95 % Wilson interval.

    To avoid: crisis words in `crisis_sure` or a negative mood in `negative_sure` of the posts. To review: crisis words
    in `crisis_some`, a negative mood in `negative_some`, a meaning that shifted by `shift`, or too little to go by
    (posts, authors, history, scored posts).
    """

    crisis_sure: float = 0.05
    crisis_some: float = 0.03
    negative_sure: float = 0.5
    negative_some: float = 0.35
    shift: float = 0.5
    least_posts: int = 20
    least_authors: int = 10
    least_history_posts: int = 10
    least_scored: float = 0.5


def verdict(evidence: pl.DataFrame, params: VerdictParams = VerdictParams()) -> pl.DataFrame:
    """The evidence with `verdict_code` (safe, review, avoid), `reason_texts`, and its counts as ratios.

    Reads post_count, distinct_author_count, negative_count, scored_count, history_negative_ratio, history_post_count,
    sample_count, crisis_count, crisis_terms, meaning_shift_ratio. A tag is safe only when everything could be looked
    at and nothing was found: what cannot be judged is to be reviewed by a person.
    """
    crisis, negative = (
        ratio(pl.col("crisis_count"), pl.col("sample_count")),
        ratio(pl.col("negative_count"), pl.col("scored_count")),
    )
    known = evidence.with_columns(
        crisis.alias("crisis_ratio"),
        negative.alias("hashtag_negative_ratio"),
        ratio(pl.col("scored_count"), pl.col("post_count")).alias("scored_ratio"),
    )
    avoid, review = _avoid_rules(params), _review_rules(params)
    is_any = [pl.any_horizontal(condition.fill_null(False) for condition, _ in rules) for rules in (avoid, review)]
    code = pl.when(is_any[0]).then(pl.lit("avoid")).when(is_any[1]).then(pl.lit("review")).otherwise(pl.lit("safe"))
    said = [pl.when(condition.fill_null(False)).then(sentence) for condition, sentence in (*avoid, *review)]
    return known.with_columns(code.alias("verdict_code"), pl.concat_list(said).list.drop_nulls().alias("reason_texts"))


def _avoid_rules(params: VerdictParams) -> list[tuple[pl.Expr, pl.Expr]]:
    crisis_low = wilson_low(pl.col("crisis_ratio"), pl.col("sample_count"))
    negative_low = wilson_low(pl.col("hashtag_negative_ratio"), pl.col("scored_count"))
    return [
        (crisis_low >= params.crisis_sure, _crisis_sentence()),
        (negative_low >= params.negative_sure, _negative_sentence()),
    ]


def _review_rules(params: VerdictParams) -> list[tuple[pl.Expr, pl.Expr]]:
    crisis_low = wilson_low(pl.col("crisis_ratio"), pl.col("sample_count"))
    negative_low = wilson_low(pl.col("hashtag_negative_ratio"), pl.col("scored_count"))
    some_crisis = (pl.col("crisis_ratio") >= params.crisis_some) & (crisis_low < params.crisis_sure)
    some_negative = (pl.col("hashtag_negative_ratio") >= params.negative_some) & (negative_low < params.negative_sure)
    return [
        (some_crisis, _crisis_sentence()),
        (some_negative, _negative_sentence()),
        (
            pl.col("meaning_shift_ratio") >= params.shift,
            pl.format(
                "its usual words are missing from {} % of the posts that would use them",
                _percent("meaning_shift_ratio"),
            ),
        ),
        (
            pl.col("history_post_count") < params.least_history_posts,
            pl.format("new here: {} posts in the four weeks before", "history_post_count"),
        ),
        (pl.col("post_count") < params.least_posts, pl.format("only {} different posts", "post_count")),
        (
            pl.col("distinct_author_count") < params.least_authors,
            pl.format("only {} known authors", "distinct_author_count"),
        ),
        (
            pl.col("scored_ratio") < params.least_scored,
            pl.format(
                "mood unknown in {} % of the posts: no lexicon for their language", 100 - _percent("scored_ratio")
            ),
        ),
    ]


def _crisis_sentence() -> pl.Expr:
    terms = pl.col("crisis_terms").list.join(", ")
    return pl.format("words of crisis or mourning in {} of {} posts ({})", "crisis_count", "sample_count", terms)


def _negative_sentence() -> pl.Expr:
    before = pl.when(pl.col("history_negative_ratio").is_not_null()).then(
        pl.format(" ({} % before)", _percent("history_negative_ratio"))
    )
    counts = pl.format("{} of {} scored posts are negative", "negative_count", "scored_count")
    return pl.concat_str(counts, before.otherwise(pl.lit("")))


def _percent(name: str) -> pl.Expr:
    return (pl.col(name) * 100).round().cast(pl.Int64)
