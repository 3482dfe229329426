"""An audit that looks only where a release differs from the one before finds what a whole audit finds."""

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl
import pytest

from quality.changes import Changes
from quality.rule import Finding, rule
from quality.rules import RULES, rules_for
from quality.runner import Expectations, audit, check_table, run_rule
from tests.unit import (
    quality_corruptions_insight,
    quality_corruptions_people,
    quality_corruptions_pulse,
    quality_corruptions_trust,
    quality_corruptions_voice,
    quality_insight_tables,
    quality_tables,
)
from tests.unit.quality_changes import changes_between
from tests.unit.quality_corruptions import Corruption
from tests.unit.quality_tables import CONTEXT, DAYS, Tables, reader
from warehouse.tables import PUBLISHED, TableContract, mart

FIRST = (
    *quality_corruptions_voice.CORRUPTIONS,
    *quality_corruptions_pulse.CORRUPTIONS,
    *quality_corruptions_trust.CORRUPTIONS,
)
LATER = (*quality_corruptions_insight.CORRUPTIONS, *quality_corruptions_people.CORRUPTIONS)
MENTION, VOICE = mart.MENTION, mart.SHARE_OF_VOICE_DAILY
KEPT_BY_DAY = [contract.name for contract in PUBLISHED if contract.partition == "mention_date"]
POSTS = {"mart.mention", "mart.mention_brand", "mart.mention_topic"}


@pytest.fixture(scope="module")
def tables() -> Tables:
    return quality_tables.healthy()


@pytest.fixture(scope="module")
def whole_release() -> Tables:
    return quality_insight_tables.healthy_release()


@pytest.fixture(scope="module")
def engine() -> Expectations:
    return Expectations()


def told(corruption: Corruption, before: Tables, contracts: Sequence[TableContract]) -> tuple[object, object]:
    """What the rules that read a corrupted table say of all rows, and of what changed."""
    now = corruption.corrupt(before)
    corrupted = {name for name in now if now[name] is not before[name]}
    changes = changes_between(before, now, contracts)
    touched = [rule for rule in rules_for(contracts) if corrupted.intersection(rule.needs)]
    answers = [
        [(r.check.check_id, r.status, r.unexpected_count, r.sample) for r in found]
        for found in (
            [run_rule(reader(now), rule, contracts, corruption.context, changed) for rule in touched]
            for changed in (None, changes)
        )
    ]
    return answers[0], answers[1]


@pytest.mark.parametrize("corruption", FIRST, ids=lambda c: f"{c.rule}: {c.story}")
def test_a_corrupted_day_is_found_as_in_a_whole_audit(corruption: Corruption, tables: Tables) -> None:
    whole, partial = told(corruption, tables, quality_tables.CONTRACTS)
    assert partial == whole


@pytest.mark.parametrize("corruption", LATER, ids=lambda c: f"{c.rule}: {c.story}")
def test_a_corrupted_part_is_found_as_in_a_whole_audit(corruption: Corruption, whole_release: Tables) -> None:
    whole, partial = told(corruption, whole_release, quality_insight_tables.CONTRACTS)
    assert partial == whole


# That there is one version of a query holds among posts of all days.
ACROSS_DAYS = {"one_query_at_a_time"}


def test_rules_on_posts_look_at_changed_days_only_unless_they_speak_of_several_days() -> None:
    by_day = [r for r in RULES if r.check.severity == "error" and {*r.needs} <= {*KEPT_BY_DAY}]
    on_posts = [r for r in by_day if POSTS & {*r.needs}]
    assert {r.check.check_id.split(".")[-1] for r in on_posts if not r.is_partial} == ACROSS_DAYS


def spoiled(rows: pl.DataFrame, day: date, **values: pl.Expr) -> pl.DataFrame:
    here = pl.col("mention_date") == day
    return rows.with_columns(pl.when(here).then(v).otherwise(pl.col(n)).alias(n) for n, v in values.items())


Spoil = Callable[[pl.DataFrame], pl.DataFrame]
SPOILED: dict[str, Spoil] = {
    "a label nobody declared": lambda rows: spoiled(rows, DAYS[3], sentiment_label=pl.lit("cross")),
    "a required value that is gone": lambda rows: spoiled(rows, DAYS[3], platform_code=pl.lit(None, pl.String)),
    "a score beyond its range": lambda rows: spoiled(rows, DAYS[3], sentiment_score=pl.lit(7.0)),
    "a post that another day holds too": lambda rows: pl.concat(
        [rows, rows.head(1).with_columns(mention_date=pl.lit(DAYS[5]))]
    ),
    "a day that is gone": lambda rows: rows.filter(pl.col("mention_date") != DAYS[3]),
    "a table that is emptied": lambda rows: rows.clear(),
    "a column of another type": lambda rows: rows.with_columns(pl.col("sentiment_score").cast(pl.Float32)),
}


@pytest.mark.parametrize("story", SPOILED)
def test_what_breaks_the_contract_on_a_changed_day_is_found(story: str, tables: Tables, engine: Expectations) -> None:
    now = {**tables, MENTION.name: SPOILED[story](tables[MENTION.name])}
    changes = changes_between(tables, now, [MENTION])
    whole = [(r.check.check_id, r.status) for r in check_table(reader(now), MENTION, engine)]
    assert [(r.check.check_id, r.status) for r in check_table(reader(now), MENTION, engine, changes)] == whole
    is_right = story in ("a day that is gone",)
    assert all(status == "passed" for _, status in whole) == is_right


def test_a_table_that_is_as_before_is_not_read_at_all(tables: Tables, engine: Expectations) -> None:
    def unread(*_: object) -> pl.DataFrame:
        raise AssertionError("read")

    same = Changes({MENTION.name: frozenset()}, unread, unread, unread, lambda _: 0)
    found = check_table(unread, MENTION, engine, same)
    assert {(r.status, r.observed) for r in found} == {("passed", "as in the release before, which passed")}


def test_a_large_table_of_which_little_changed_does_not_look_short(tables: Tables, engine: Expectations) -> None:
    now = {**tables, MENTION.name: tables[MENTION.name].filter(pl.col("mention_date") != DAYS[3])}
    changes = changes_between(tables, now, [MENTION])
    assert changes.parts == {MENTION.name: frozenset({DAYS[3]})}
    [floor] = [r for r in check_table(reader(now), MENTION, engine, changes) if r.check.check_id.endswith("floor")]
    assert (floor.status, floor.observed) == ("passed", f"{now[MENTION.name].height:,} rows")


def test_a_contract_check_says_of_which_rows_it_speaks(tables: Tables, engine: Expectations) -> None:
    now = {**tables, MENTION.name: spoiled(tables[MENTION.name], DAYS[3], engagement_count=pl.lit(77, pl.Int64))}
    found = check_table(reader(now), MENTION, engine, changes_between(tables, now, [MENTION]))
    [key] = [r for r in found if r.check.check_id == f"{MENTION.name}.key"]
    assert key.observed == "0 of 8 rows (in the 1 part that changed since the release before, which passed)"


def test_a_rule_of_days_says_of_how_many_days_it_speaks(tables: Tables) -> None:
    now = {**tables, VOICE.name: tables[VOICE.name].filter(pl.col("mention_date") != DAYS[3])}
    found = audit(reader(now), [VOICE, MENTION], CONTEXT, changes_between(tables, now, [VOICE, MENTION]))
    [meets] = [r for r in found.results if r.check.check_id == f"{VOICE.name}.meets_mention"]
    assert meets.status == "failed"
    assert meets.observed.endswith("(on the 1 day that changed since the release before, which passed)")


def test_a_warning_and_a_table_without_days_cannot_be_judged_by_day_or_month() -> None:
    def nothing(*_: object) -> Finding:
        raise NotImplementedError

    for table, severity in ((MENTION, "warning"), (mart.SPIKE, "error")):
        with pytest.raises(ValueError, match="day by day"):
            rule(table, "r", severity, "says", "do", {table: table.key}, nothing, is_daily=True)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="month by month"):
            rule(table, "r", severity, "says", "do", {table: table.key}, nothing, is_monthly=True)  # type: ignore[arg-type]


def test_a_cluster_that_lost_a_copy_on_another_day_is_noticed(tables: Tables) -> None:
    """Its other posts lie on days that did not change, and still count the copy that is gone."""
    rows = tables[MENTION.name]
    spread = rows.filter(pl.col("mention_date").is_in([DAYS[2], DAYS[3]])).group_by("mention_date").head(1)
    first, second = spread.sort("mention_date")["mention_id"]
    of_one = pl.col("mention_id").is_in([first, second])
    joined = rows.with_columns(
        pl.when(of_one).then(pl.lit("both")).otherwise("cluster_id").alias("cluster_id"),
        pl.when(of_one).then(2).otherwise("cluster_mention_count").alias("cluster_mention_count"),
        pl.when(of_one).then(pl.lit(first)).otherwise("original_mention_id").alias("original_mention_id"),
    )
    before = {**tables, MENTION.name: joined}
    now = {**tables, MENTION.name: joined.filter(pl.col("mention_id") != second)}
    [whole] = [r for r in RULES if r.check.check_id == f"{MENTION.name}.clusters_are_whole"]
    changes = changes_between(before, now, [MENTION])
    assert changes.parts == {MENTION.name: frozenset({DAYS[3]})}
    for told in (None, changes):
        found = run_rule(reader(now), whole, [MENTION], CONTEXT, told)
        assert (found.status, found.unexpected_count, found.sample[0]["mention_id"]) == ("failed", 1, first)
