"""Rules for why a mention counts: the matches are those of the mentions, each with its place, version and mood."""

import polars as pl

from quality.context import AuditContext
from quality.rule import Finding, Frames, Rule, beyond, found, rule
from quality.rule_parts import row_rule
from warehouse.tables import TableContract, insight, mart

BRAND, TOPIC, MENTION = insight.MENTION_BRAND, insight.MENTION_TOPIC, mart.MENTION
PLACE = ("match_text", "match_start", "match_end", "match_count")


def _meets_mention(frames: Frames, _: AuditContext) -> Finding:
    matches = frames[BRAND.name].select("mention_id", "brand_id", "mention_date")
    named = frames[MENTION.name].select("mention_id", pl.col("brand_ids").alias("brand_id"), "mention_date")
    named = named.filter(pl.col("brand_id").list.len() > 0).explode("brand_id")
    lost, unknown = (a.join(b, on=matches.columns, how="anti") for a, b in ((named, matches), (matches, named)))
    wrong = pl.concat([lost, unknown]).select("mention_id", "brand_id", "mention_date").sort("mention_id", "brand_id")
    detail = f"{lost.height:,} of mention missing, {unknown.height:,} that mention does not know"
    return found(wrong, matches.height, "matches differ from mention", detail)


def _points_at_mentions(frames: Frames, _: AuditContext) -> Finding:
    rows, on = frames[TOPIC.name], ["mention_id", "mention_date"]
    wrong = rows.join(frames[MENTION.name], on=on, how="anti")
    return found(wrong.sort("mention_id", "topic_id"), rows.height, "matches point at no mention of their day")


def _whole_text_is_the_posts(frames: Frames, _: AuditContext) -> Finding:
    rows = frames[BRAND.name].filter(pl.col("sentiment_basis_code") == "whole_text")
    own = frames[MENTION.name].select("mention_id", pl.col("sentiment_score").alias("own_score"))
    judged = rows.join(own, on="mention_id")
    wrong = judged.filter(beyond(pl.col("sentiment_score"), pl.col("own_score")))
    return found(wrong.sort("mention_id", "brand_id"), rows.height, "scores of a whole text are not the mention's")


def _wrong_place(_: pl.DataFrame) -> pl.Expr:
    start, end, count, text = (pl.col(name) for name in ("match_start", "match_end", "match_count", "match_text"))
    torn = (start.is_null() != end.is_null()) | (start >= end).fill_null(False)
    unfounded = (count == 0) & (start.is_not_null() | text.is_not_null())
    return torn | unfounded


def _place_follows(table: TableContract) -> Rule:
    return row_rule(
        table,
        "place_follows",
        "A match has a start before its end, or neither; where metadata alone matched there is no place and no text.",
        "Match the sampled mentions again: an offset was cut from another text.",
        PLACE,
        _wrong_place,
        "matches have a place that cannot be",
    )


def _one_version(table: TableContract, of: str) -> Rule:
    def find(frames: Frames, _: AuditContext) -> Finding:
        versions = frames[table.name].group_by(of).agg(pl.col("query_version").n_unique().alias("versions"))
        return found(versions.filter(pl.col("versions") > 1).sort(of), versions.height, f"{of}s matched by two queries")

    return rule(
        table,
        "one_query_at_a_time",
        "error",
        f"All rows of a {of} were matched by the same version of its query.",
        "Rebuild: the query changed in listening.yaml and not all days were matched again.",
        {table: (of, "query_version")},
        find,
        is_counted=True,
    )


def _wrong_label(_: pl.DataFrame) -> pl.Expr:
    score, label = pl.col("sentiment_score"), pl.col("sentiment_label")
    return (
        ((label == "unscored") != score.is_null())
        | ((label == "positive") & ~(score > 0)).fill_null(False)
        | ((label == "negative") & ~(score < 0)).fill_null(False)
    )


RULES: tuple[Rule, ...] = (
    rule(
        BRAND,
        "meets_mention",
        "error",
        "There is one row for each brand in brand_ids of each mention, on its day, and no other.",
        "Rebuild the sampled days: mention_brand and mention were made from different core rows.",
        {BRAND: ("mention_id", "brand_id", "mention_date"), MENTION: ("mention_id", "mention_date", "brand_ids")},
        _meets_mention,
        is_daily=True,
    ),
    _place_follows(BRAND),
    _one_version(BRAND, "brand_id"),
    row_rule(
        BRAND,
        "label_meets_score",
        "A match is unscored exactly when it has no score; positive is above zero, negative below.",
        "Score the sampled matches again: label and score come from different runs.",
        ("sentiment_score", "sentiment_label"),
        _wrong_label,
        "matches whose label is not that of their score",
    ),
    rule(
        BRAND,
        "whole_text_is_the_posts",
        "error",
        "Where the whole text was scored, the score towards the brand is that of the mention.",
        "Score the sampled mentions again: mention_brand and mention hold scores of different runs.",
        {
            BRAND: ("mention_id", "brand_id", "sentiment_score", "sentiment_basis_code"),
            MENTION: ("mention_id", "sentiment_score"),
        },
        _whole_text_is_the_posts,
        is_daily=True,
    ),
    rule(
        TOPIC,
        "points_at_mentions",
        "error",
        "Every match is of a mention of the release, on its day.",
        "Rebuild the sampled days of mention_topic: they point at mentions that are gone.",
        {TOPIC: ("mention_id", "topic_id", "mention_date"), MENTION: ("mention_id", "mention_date")},
        _points_at_mentions,
        is_daily=True,
    ),
    _place_follows(TOPIC),
    _one_version(TOPIC, "topic_id"),
)
