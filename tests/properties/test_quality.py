"""Laws of the gate: order does not matter, keys are counted as they are, sums that differ are always found."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.handover import distilled, handed_over, sees_of
from quality.reconciliation import LayerCounts, reconcile
from quality.rule import Rule, beyond, differing, platforms_against_all
from quality.rules import RULES, rules_for
from quality.runner import Expectations, run_rule
from quality.suites import suite_for
from tests.unit.quality_tables import CONTEXT, CONTRACTS, DAYS, healthy, reader
from warehouse.tables import BY_NAME, PUBLISHED

TABLES = healthy()


@pytest.fixture(scope="module")
def engine() -> Expectations:
    return Expectations()


COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 5))


def _frame(counts: dict[str, int]) -> pl.DataFrame:
    return pl.DataFrame({"key": list(counts), "n": list(counts.values())}, schema={"key": pl.String, "n": pl.Int64})


@given(COUNTS, COUNTS)
def test_differing_finds_exactly_the_keys_whose_counts_differ(left: dict[str, int], right: dict[str, int]) -> None:
    found = differing(_frame(left), _frame(right), ("key",), "n")
    expected = sorted(key for key in {*left, *right} if left.get(key, 0) != right.get(key, 0))
    assert found["key"].to_list() == expected


@given(st.lists(st.tuples(st.sampled_from(["x", "news", "blog"]), st.integers(0, 9)), unique_by=lambda pair: pair[0]))
def test_a_total_that_is_the_sum_passes_and_any_other_is_found(platforms: list[tuple[str, int]]) -> None:
    total = sum(count for _, count in platforms)
    for claimed in (total, total + 1):
        rows = [("b", "all", claimed), *(("b", platform, count) for platform, count in platforms)]
        frame = pl.DataFrame(rows, schema=["brand_id", "platform_code", "n"], orient="row")
        assert platforms_against_all(frame, ("brand_id",), ("n",)).height == int(claimed != total)


@given(st.one_of(st.none(), st.floats(-1e6, 1e6)), st.one_of(st.none(), st.floats(-1e6, 1e6)))
def test_two_numbers_are_beyond_each_other_both_ways_or_not_at_all(left: float | None, right: float | None) -> None:
    frame = pl.DataFrame({"l": [left], "r": [right]}, schema={"l": pl.Float64, "r": pl.Float64})
    there, back = (frame.select(beyond(pl.col(a), pl.col(b))).item() for a, b in (("l", "r"), ("r", "l")))
    assert there == back
    assert there == ((left is None) != (right is None) or (left is not None and abs(left - right) > 1e-9))  # type: ignore[operator]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32))
def test_no_rule_depends_on_the_order_of_rows(seed: int) -> None:
    shuffled = {name: rows.sample(fraction=1, shuffle=True, seed=seed) for name, rows in TABLES.items()}
    results = [run_rule(reader(shuffled), rule, CONTRACTS, CONTEXT) for rule in rules_for(CONTRACTS)]
    assert [r.check.check_id for r in results if r.status != "passed"] == []


@settings(max_examples=8, deadline=None)
@given(st.dictionaries(st.sampled_from(DAYS[:-1]), st.integers(0, 4)))
def test_no_honest_release_is_held_back(times: dict[date, int]) -> None:
    """Days without a post, days with many: warnings may speak, errors may not."""
    tables = reader(healthy(times))
    results = [run_rule(tables, rule, CONTRACTS, CONTEXT) for rule in rules_for(CONTRACTS)]
    assert [(r.check.check_id, r.observed) for r in results if r.stops_release] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.check.check_id)
def test_no_rule_crashes_on_tables_without_rows(rule: Rule) -> None:
    empty = reader({contract.name: contract.empty() for contract in PUBLISHED})
    assert run_rule(empty, rule, PUBLISHED, CONTEXT).status != "crashed"


@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True)), max_size=20))
def test_what_is_handed_over_keeps_nulls_and_shows_what_is_not_a_number(values: list[float | None]) -> None:
    contract = BY_NAME["mart.sentiment_daily"]
    rows = contract.empty().clear(len(values)).with_columns(pl.Series("mean_sentiment_score", values, dtype=pl.Float64))
    checks = [c for c in suite_for(contract) if c.columns in (("mean_sentiment_score",), ("brand_id",))]
    seen = handed_over(rows, checks, contract)
    assert seen.columns == ["brand_id", "mean_sentiment_score"]
    assert seen["mean_sentiment_score"].is_null().to_list() == [value is None for value in values]
    assert not seen["mean_sentiment_score"].is_nan().any()


CODES = st.sampled_from(["x", "news", "nowhere", "", None])
RATIOS = st.one_of(st.none(), st.floats(-2, 2), st.sampled_from([float("nan"), float("inf"), 1.0, -1.0]))
ROWS = st.lists(st.tuples(st.sampled_from([DAYS[0], DAYS[1], None]), CODES, st.integers(-1, 2), RATIOS), max_size=6)


@settings(max_examples=20, deadline=None)
@given(ROWS, st.integers(0, 40))
def test_the_few_rows_that_decide_give_the_verdicts_of_all_rows(
    engine: Expectations, drawn: list[tuple[object, ...]], repeats: int
) -> None:
    contract = BY_NAME["mart.sentiment_daily"]
    names = ["mention_date", "platform_code", "positive_count", "mean_sentiment_score"]
    schema = {name: contract.schema[name] for name in names}
    rows = pl.DataFrame(drawn + drawn[:1] * repeats, schema=schema, orient="row").with_columns(brand_id=pl.lit("acme"))
    suite = [check for check in suite_for(contract) if set(check.columns) <= {*names, "brand_id"}]
    for sees in ("rows", "values"):
        checks = [check for check in suite if check.columns and sees_of(check) == sees]
        few, whole = distilled(rows, checks, contract), handed_over(rows, checks, contract)
        verdicts = [{k: a.is_success for k, a in engine.answer(seen, checks).items()} for seen in (few, whole)]
        assert verdicts[0] == verdicts[1]


@given(st.tuples(*[st.integers(0, 9)] * 6))
def test_reconciliation_passes_exactly_when_nothing_is_lost_or_gained(numbers: tuple[int, ...]) -> None:
    read, kept, rejected, core, duplicates, published = numbers
    results = reconcile(LayerCounts("mention", read, kept, rejected, core, duplicates, published))
    equal = [read == kept + rejected, kept == core + duplicates, core == published]
    assert [r.status == "passed" for r in results] == equal
