"""Rules for people, terms and hashtags: nobody is singled out, verdicts have reasons, evidence is where it is said."""

from datetime import timedelta

import polars as pl

from quality.context import AuditContext
from quality.rule import Finding, Frames, Rule, beyond, difference_detail, differing, found, rule
from quality.rule_parts import row_rule, sample_is_of
from transforms.marts.hashtag_verdict import VerdictParams
from transforms.marts.ladder import AmbassadorParams
from transforms.marts.participation import LEAST_AUTHORS
from warehouse.tables import insight, mart
from warehouse.tables.columns import ALL_PLATFORMS
from warehouse.tables.insight_people_columns import LADDER_STEPS

TOPIC, TAG, DAILY, MENTION = insight.TOPIC_DAILY, insight.HASHTAG_CONTEXT, mart.SHARE_OF_VOICE_DAILY, mart.MENTION
PEOPLE, COUNTRY = insight.PARTICIPATION_MONTHLY, insight.AUDIENCE_COUNTRY_MONTHLY
LADDER, AMBASSADOR = insight.ENGAGEMENT_LADDER_MONTHLY, insight.AMBASSADOR
PEOPLE_KEY = ("month_date", "platform_code", "brand_id")
# A day with so many texts about a brand has words that recur; without any row the terms were not counted.
BUSY_TEXTS = 50
_VERDICT, _ROLE = VerdictParams(), AmbassadorParams()


def _topics_meet_share(frames: Frames, _: AuditContext) -> Finding:
    on = ["mention_date", "brand_id"]
    counted = frames[TOPIC.name].select(*on, "day_post_count").unique()
    texts = frames[DAILY.name].filter(pl.col("platform_code") == ALL_PLATFORMS).select(*on, "deduplicated_count")
    judged = counted.join(texts, on=on, how="full", coalesce=True)
    differ = pl.col("day_post_count").is_not_null() & pl.col("day_post_count").ne_missing(pl.col("deduplicated_count"))
    silent = pl.col("day_post_count").is_null() & (pl.col("deduplicated_count") >= BUSY_TEXTS)
    wrong = judged.filter(differ | silent).sort(on)
    return found(wrong, judged.height, "days and brands whose terms were counted in other texts, or not at all")


def _wrong_term(_: pl.DataFrame) -> pl.Expr:
    posts, score, state = pl.col("term_post_count"), pl.col("trend_score"), pl.col("term_state_code")
    return (
        (posts > pl.col("day_post_count"))
        | (pl.col("distinct_author_count") > posts)
        | (state.is_in(["new", "rising"]) & ~(score > 0).fill_null(False))
        | ((state == "fading") & ~(score < 0).fill_null(False))
        | ((state == "new") != (state.is_in(["new", "rising"]) & (pl.col("history_post_count") == 0)))
    )


def _wrong_verdict(_: pl.DataFrame) -> pl.Expr:
    verdict = pl.col("verdict_code")
    found_something = (
        (pl.col("crisis_ratio") >= _VERDICT.crisis_some)
        | (pl.col("hashtag_negative_ratio") >= _VERDICT.negative_some)
        | (pl.col("meaning_shift_ratio") >= _VERDICT.shift)
        | (pl.col("hashtag_post_count") < _VERDICT.least_posts)
        | (pl.col("distinct_author_count") < _VERDICT.least_authors)
    ).fill_null(False)
    return ((verdict == "safe") != (pl.col("reason_texts").list.len() == 0)) | ((verdict == "safe") & found_something)


def _people_meet_mention(frames: Frames, _: AuditContext) -> Finding:
    earned = frames[MENTION.name].filter(~pl.col("is_owned") & pl.col("author_id").is_not_null())
    named = earned.filter(pl.col("brand_ids").list.len() > 0).select(
        pl.col("mention_date").dt.truncate("1mo").alias("month_date"),
        "platform_code",
        pl.col("brand_ids").alias("brand_id"),
    )
    counts = named.explode("brand_id").group_by(PEOPLE_KEY).agg(pl.len().cast(pl.Int64).alias("mention_count"))
    total = counts.group_by("month_date", "brand_id").agg(pl.col("mention_count").sum())
    total = total.with_columns(pl.lit(ALL_PLATFORMS).alias("platform_code")).select(counts.columns)
    rows = frames[PEOPLE.name]
    wrong = differing(rows, pl.concat([counts, total]), PEOPLE_KEY, "mention_count")
    return found(wrong, rows.height, "rows miss the mentions of known authors", difference_detail(wrong))


def _wrong_people(_: pl.DataFrame) -> pl.Expr:
    authors, creators = pl.col("distinct_author_count"), pl.col("creator_count")
    top_1, top_10 = pl.col("top_1_percent_ratio"), pl.col("top_10_percent_ratio")
    return (
        (creators + pl.col("participant_count") != authors)
        | (authors > pl.col("mention_count"))
        | beyond(pl.col("creator_ratio"), creators / authors)
        | (top_1 > top_10)
    )


def _one_whole(frames: Frames, _: AuditContext) -> Finding:
    on, rows = ["month_date", "brand_id"], frames[COUNTRY.name]
    placed = (pl.col("distinct_author_count") / pl.col("author_ratio")).round().cast(pl.Int64)
    groups = rows.group_by(on).agg(
        placed.n_unique().alias("wholes"), pl.col("country_coverage_ratio").n_unique().alias("n")
    )
    wrong = groups.filter((pl.col("wholes") > 1) | (pl.col("n") > 1)).sort(on)
    return found(wrong, groups.height, "months and brands whose countries are shares of different wholes")


def _nine_steps(frames: Frames, _: AuditContext) -> Finding:
    on = ["month_date", "brand_id"]
    steps = pl.col("ladder_step_code").sort_by("step_count")
    groups = frames[LADDER.name].group_by(on).agg(steps.alias("steps"))
    people = frames[PEOPLE.name].filter(pl.col("platform_code") == ALL_PLATFORMS).select(on).unique()
    judged = people.join(groups, on=on, how="full", coalesce=True)
    nine = pl.lit(list(LADDER_STEPS), dtype=pl.List(pl.String))
    wrong = judged.filter(pl.col("steps").ne_missing(nine)).sort(on)
    return found(wrong, judged.height, "months and brands without the nine steps in their order")


def _no_official_author(frames: Frames, _: AuditContext) -> Finding:
    official = frames[MENTION.name].filter("is_owned").select("author_id").unique()
    rows = frames[AMBASSADOR.name]
    wrong = rows.join(official, on="author_id", how="semi").sort("brand_id", "author_id")
    return found(wrong.select("brand_id", "author_id"), rows.height, "people named are official accounts")


def _wrong_role(_: pl.DataFrame) -> pl.Expr:
    positive, negative, role = pl.col("positive_count"), pl.col("negative_count"), pl.col("author_role_code")
    leaning = _ROLE.least_leaning * (positive + negative)
    returns = (pl.col("active_week_count") >= _ROLE.least_weeks) & (positive + negative >= _ROLE.least_mentions)
    stands = (positive >= leaning) & (pl.col("defence_count") >= _ROLE.least_defences)
    is_right = returns & pl.when(role == "ambassador").then(stands).otherwise(negative >= leaning)
    return (
        ~is_right
        | (positive + negative > pl.col("author_mention_count"))
        | (pl.col("last_mention_date") > pl.col("as_of_date"))
        | (pl.col("last_mention_date") <= pl.col("as_of_date") - timedelta(days=7 * _ROLE.weeks))
    )


RULES: tuple[Rule, ...] = (
    rule(
        TOPIC,
        "meets_share_of_voice",
        "error",
        f"Terms are counted in the day's distinct texts of share_of_voice_daily; a day with {BUSY_TEXTS} has terms.",
        "Rebuild the sampled days: topic_daily was made before their mentions last changed, or not at all.",
        {
            TOPIC: ("mention_date", "brand_id", "day_post_count"),
            DAILY: ("mention_date", "brand_id", "platform_code", "deduplicated_count"),
        },
        _topics_meet_share,
    ),
    row_rule(
        TOPIC,
        "state_follows",
        "No more texts use a term than there are, nor more authors than texts; new and rising terms score above zero, "
        "fading ones below, and what has a history is not new.",
        "Recompute the sampled terms: their counts and their state come from different runs.",
        (
            *("term_post_count", "day_post_count", "distinct_author_count", "trend_score", "term_state_code"),
            "history_post_count",
        ),
        _wrong_term,
        "terms whose state does not follow from their counts",
    ),
    sample_is_of(
        TOPIC,
        "samples_are_its_mentions",
        "The posts shown for a term are earned mentions of its day that name the brand.",
        "Rebuild the sampled days of topic_daily: they show posts that are gone or changed.",
        "sample_mention_ids",
        lambda: (
            ~pl.col("is_owned")
            & (pl.col("mention_date") == pl.col("mention_date_mention"))
            & pl.col("brand_ids").list.contains(pl.col("brand_id"))
        ),
        (),
        is_daily=True,
    ),
    row_rule(
        TAG,
        "verdict_follows",
        "A hashtag is safe exactly if no reason speaks against it, and never with words of crisis, a negative mood, "
        "another meaning, or too little to judge by.",
        "Do not publish: a brand may join a tragedy. Recompute the sampled hashtags.",
        (
            *("verdict_code", "reason_texts", "crisis_ratio", "hashtag_negative_ratio", "meaning_shift_ratio"),
            *("hashtag_post_count", "distinct_author_count"),
        ),
        _wrong_verdict,
        "hashtags whose verdict does not follow from what was found",
    ),
    sample_is_of(
        TAG,
        "samples_carry_the_tag",
        "The posts shown for a hashtag are earned, of its day, and carry it.",
        "Rebuild the sampled days of hashtag_context: they show posts that are gone or changed.",
        "sample_mention_ids",
        lambda: (
            ~pl.col("is_owned")
            & (pl.col("mention_date") == pl.col("mention_date_mention"))
            & pl.col("hashtags").list.contains(pl.col("hashtag_text"))
        ),
        (),
        is_daily=True,
    ),
    rule(
        PEOPLE,
        "meets_mention",
        "error",
        "mention_count is the number of earned rows of mention with a known author, by month, platform and brand.",
        "Rebuild the sampled months: participation_monthly and mention were made from different core rows.",
        {
            PEOPLE: (*PEOPLE_KEY, "mention_count"),
            MENTION: ("mention_date", "platform_code", "brand_ids", "is_owned", "author_id"),
        },
        _people_meet_mention,
        is_monthly=True,
    ),
    row_rule(
        PEOPLE,
        "parts_follow",
        "Creators and participants are all authors, authors are no more than mentions, and the most active 10 % hold "
        "at least what the most active 1 % do.",
        "Recompute the sampled months of participation_monthly.",
        (
            *("distinct_author_count", "mention_count", "creator_count", "participant_count", "creator_ratio"),
            *("top_1_percent_ratio", "top_10_percent_ratio"),
        ),
        _wrong_people,
        "rows whose authors do not add up",
    ),
    row_rule(
        COUNTRY,
        "floor_is_kept",
        f"No row is about fewer than {LEAST_AUTHORS} authors: nobody can be singled out.",
        "Do not publish: drop the sampled rows where audience_country_monthly is made.",
        ("distinct_author_count",),
        lambda _: pl.col("distinct_author_count") < LEAST_AUTHORS,
        f"rows about fewer than {LEAST_AUTHORS} authors",
    ),
    rule(
        COUNTRY,
        "one_whole",
        "error",
        "The countries of a month and brand are shares of the same authors, with the same coverage.",
        "Rebuild the sampled months of audience_country_monthly.",
        {COUNTRY: (*COUNTRY.key, "distinct_author_count", "author_ratio", "country_coverage_ratio")},
        _one_whole,
    ),
    rule(
        LADDER,
        "nine_steps",
        "error",
        "Every month and brand of participation_monthly has the nine steps, in their order.",
        "Rebuild the sampled months of engagement_ladder_monthly.",
        {LADDER: ("month_date", "brand_id", "step_count", "ladder_step_code"), PEOPLE: PEOPLE_KEY},
        _nine_steps,
    ),
    row_rule(
        LADDER,
        "unseen_is_unknown",
        "A step nobody can see has no count, and one that can be seen has one.",
        "Recompute the sampled steps: unknown is null, not zero.",
        ("is_observable", "author_count"),
        lambda _: pl.col("is_observable") != pl.col("author_count").is_not_null(),
        "steps counted unseen, or seen uncounted",
    ),
    rule(
        AMBASSADOR,
        "no_official_account",
        "error",
        "Nobody named is an official account.",
        "Declare the account under official_accounts in listening.yaml and rebuild.",
        {AMBASSADOR: ("brand_id", "author_id"), MENTION: ("author_id", "is_owned")},
        _no_official_author,
    ),
    row_rule(
        AMBASSADOR,
        "evidence_is_enough",
        "Whoever is named came back over weeks and leans to one side; ambassadors also defended the brand.",
        "Recompute ambassador: a person was named on evidence that is gone.",
        (
            *("author_role_code", "positive_count", "negative_count", "defence_count", "author_mention_count"),
            *("active_week_count", "last_mention_date", "as_of_date"),
        ),
        _wrong_role,
        "people named without the evidence it takes",
    ),
)
