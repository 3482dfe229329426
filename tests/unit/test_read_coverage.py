"""Whether an export is whole: caps, periods its rows do not reach, cut texts, samples; the facts of a reading."""

from datetime import UTC, datetime, timedelta

import polars as pl

from tests.exports.reading import canonical, read_bytes, record
from tests.exports.world import FIRST, delimited, table, x_id
from transforms.sources.coverage import Coverage
from transforms.sources.headers import known_header
from warehouse.tables import raw

JULY = datetime(2025, 7, 1, tzinfo=UTC)


def warnings_of(times: list[datetime], *, texts: list[str] | None = None, **about: object) -> list[str]:
    coverage = Coverage(**about)  # type: ignore[arg-type]
    platforms = pl.Series(["forum"] * len(times))
    coverage.add(pl.Series(times), platforms, pl.Series(texts) if texts else None)
    return coverage.warnings(len(times))


def every(step: timedelta, count: int, start: datetime = JULY) -> list[datetime]:
    return [start + step * n for n in range(count)]


def test_exactly_as_many_rows_as_exports_are_capped_at_are_told_of() -> None:
    assert "exactly 5,000 rows" in warnings_of(every(timedelta(minutes=5), 5_000))[0]
    assert warnings_of(every(timedelta(minutes=5), 4_999)) == []


def test_a_format_with_a_cap_of_its_own_is_held_against_it() -> None:
    assert "the most this format gives" in warnings_of(every(timedelta(minutes=5), 300), row_cap=300)[0]


def test_rows_that_do_not_reach_the_period_asked_for_are_told_of() -> None:
    preamble = (("Report:", "x"), ("From:", "Tue Jul 01 00:00:00 UTC 2025"), ("To:", "Thu Jul 31 00:00:00 UTC 2025"))
    times = every(timedelta(hours=1), 240, JULY + timedelta(days=20))
    [warning] = warnings_of(times, preamble=preamble)
    assert "asked for from 2025-07-01 00:00, but the first row is of 2025-07-21 00:00" in warning


def test_a_period_in_the_file_name_counts_where_no_line_above_the_header_gives_one() -> None:
    times = every(timedelta(hours=1), 100)
    [warning] = warnings_of(times, file_name="Competitor Posts (x) 2025-07-01 - 2025-07-31.csv")
    assert "asked for until 2025-07-31 00:00, but the last row is of 2025-07-05 03:00" in warning


def test_quiet_accounts_do_not_look_cut_off() -> None:
    times = every(timedelta(days=2), 14, JULY + timedelta(days=3))
    assert warnings_of(times, file_name="Posts 2025-07-01 - 2025-07-31.csv") == []


def test_oldest_rows_that_begin_at_full_rate_in_the_middle_of_an_hour_look_cut_off() -> None:
    start = JULY + timedelta(hours=9, minutes=22)
    event = every(timedelta(seconds=20), 500, start)
    aftermath = every(timedelta(minutes=30), 200, start + timedelta(hours=3))
    assert "begin abruptly at 2025-07-01 09:22 UTC" in warnings_of(event + aftermath)[0]
    assert warnings_of(every(timedelta(minutes=11), 500)) == []


def test_texts_that_all_end_at_one_length_are_told_of() -> None:
    lengths = [*range(90, 390, 3), *([390] * 60)]
    texts = ["x" * length for length in lengths]
    times = every(timedelta(minutes=7), len(texts))
    assert "60 texts are exactly 390 characters long" in warnings_of(times, texts=texts)[0]
    assert warnings_of(times[:100], texts=texts[:100]) == []


def test_an_export_that_says_it_is_a_sample_is_taken_at_its_word() -> None:
    [warning] = warnings_of(every(timedelta(hours=1), 20), preamble=(("Note", "Sampled at 10 %"),))
    assert "says it is a sample" in warning


def test_texts_a_platform_limits_itself_are_not_called_cut() -> None:
    lines = [record("y" * 280, at=f"2025-07-24T15:44:{n % 60:02d}Z") for n in range(60)]
    assert not any("characters long" in warning for warning in read_bytes(canonical(*lines).encode()).facts.warnings)


def test_a_text_cut_with_an_ellipsis_is_marked() -> None:
    lines = [record("z" * 130 + "… https://t.co/abc"), record("and so on…")]
    assert read_bytes(canonical(*lines).encode()).rows["is_text_truncated"].to_list() == [True, False]


def test_rows_have_the_raw_contract_without_the_file_and_facts_count_them() -> None:
    outcome = read_bytes(
        canonical(record("a"), record("b", likes="lots"), record("c", at="2025-07-25T00:00:00Z")).encode()
    )
    schema = [name for name in raw.MENTION.schema if name != "file_id"]
    assert outcome.rows.columns == schema
    raw.MENTION.conform(outcome.rows.with_columns(pl.lit("f").alias("file_id")))
    raw.REJECTED_ROW.conform(outcome.rejected.with_columns(pl.lit("f").alias("file_id")))
    facts = outcome.facts
    assert (facts.row_count, facts.kept_count, facts.rejected_count) == (3, 2, 1)
    assert (facts.first_at, facts.last_at) == (
        datetime(2025, 7, 24, 15, 44, 7, tzinfo=UTC),
        datetime(2025, 7, 25, tzinfo=UTC),
    )
    assert (facts.source_code, facts.record_kind, facts.state) == ("canonical_mentions", "mention", "ingested")


def test_counters_of_other_platforms_are_unknown_not_zero() -> None:
    about = {"Query Id": "1", "Query Name": "q", "Date": "2025-07-24 15:44:07.0", "Title": "t"}
    zeros = {"Likes": "0", "Shares": "0", "Comments": "0", "X Likes": "0", "Instagram Likes": "0", "Reach (new)": "0"}
    rows = [
        {**about, **zeros, "Page Type": "news", "Url": "https://daily.example/1"},
        {**about, **zeros, "Page Type": "twitter", "Url": f"http://twitter.com/u/statuses/{x_id(FIRST)}"},
    ]
    outcome = read_bytes(delimited(table(known_header("brandwatch"), rows)))
    assert outcome.rows["like_count"].to_list() == [None, 0]
    assert outcome.rows["reach_count"].to_list() == [None, None]


def test_a_mention_whose_text_is_withheld_is_a_mention() -> None:
    header = "published_at,platform,author_handle,text,likes,text_withheld"
    outcome = read_bytes(
        canonical(record("", likes="1") + ",true", record("", likes="1") + ",false", header=header).encode()
    )
    assert outcome.rows["is_text_withheld"].to_list() == [True]
    assert outcome.reasons == [(2, "no_content")]
