"""In which zone times are written: said, proved by ids that count time, declared, or unknown."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from tests.exports.reading import Outcome, read_bytes
from tests.exports.world import delimited, instagram_code, linkedin_id, table, tiktok_id, x_id
from transforms.sources.custom import CustomSource, custom_source
from transforms.sources.headers import known_header
from transforms.sources.registry import DECLARATIONS
from transforms.sources.zone_proof import prove_zone
from transforms.sources.zones import ZonePlan, id_instants, offset_text, to_utc

NEW_YORK = "America/New_York"
JULY, JANUARY = datetime(2025, 7, 10, 12, 44, tzinfo=UTC), datetime(2025, 1, 10, 12, 44, tzinfo=UTC)


def sprout(times: list[datetime], zone: str, *, drafts: int = 0, without_ids: int = 0, **context: object) -> Outcome:
    """A file of Instagram posts at those times, as an account in the zone exports it."""
    rows = []
    for number, at in enumerate(times):
        local = at.astimezone(ZoneInfo(zone))
        made_at = at - timedelta(days=2, hours=number) if number < drafts else at
        link = f"https://www.instagram.com/p/{instagram_code(made_at)}/" if number >= without_ids else ""
        rows.append(
            {
                "Date": f"{local.month}/{local.day}/{local.year} {local:%I:%M} {local:%p}".lower(),
                "Link": link,
                "Network": "Instagram",
                "Post Type": "Post",
                "Profile": "brewolo",
                "Post": f"post {number}",
            }
        )
    return read_bytes(delimited(table(known_header("sprout_competitor_posts"), rows), quote_all=True), **context)


def days(start: datetime, count: int) -> list[datetime]:
    return [start + timedelta(hours=31 * n) for n in range(count)]


def posted(outcome: Outcome) -> list[datetime]:
    return outcome.rows["posted_at"].to_list()


def test_ids_of_both_seasons_prove_a_zone_with_summer_time_nobody_declared() -> None:
    times = days(JANUARY, 8) + days(JULY, 8)
    outcome = sprout(times, NEW_YORK)
    assert posted(outcome) == times
    assert set(outcome.rows["tz_basis_code"]) == {"proved"}
    assert outcome.facts.zone_text == "America/New_York (proved, 100.0% of the ids agree)"


def test_drafts_that_carry_the_time_of_their_upload_do_not_move_the_mode() -> None:
    times = days(JANUARY, 20) + days(JULY, 20)
    assert posted(sprout(times, NEW_YORK, drafts=6)) == times


def test_one_season_proves_an_offset_for_its_days_only() -> None:
    july = days(JULY, 8)
    december = [datetime(2025, 12, 1, 12, 44, tzinfo=UTC)]
    outcome = sprout([*december, *july], NEW_YORK, without_ids=1)
    assert posted(outcome) == july
    assert outcome.reasons == [(1, "zone_unknown")]
    assert outcome.facts.zone_text == "UTC-04:00 (proved, 100.0% of the ids agree)"


def test_a_declared_zone_that_fits_is_proved_for_rows_without_ids_too() -> None:
    times = [datetime(2025, 12, 1, 12, 44, tzinfo=UTC), *days(JULY, 8)]
    outcome = sprout(times, NEW_YORK, without_ids=1, account_zones={"sprout_competitor_posts": NEW_YORK})
    assert posted(outcome) == times
    assert set(outcome.rows["tz_basis_code"]) == {"proved"}


def test_a_declared_zone_that_the_ids_contradict_gives_way_with_a_warning() -> None:
    times = days(JANUARY, 8) + days(JULY, 8)
    outcome = sprout(times, NEW_YORK, default_account_zone="Asia/Tokyo")
    assert posted(outcome) == times
    assert any("is Asia/Tokyo, but the ids in the file prove America/New_York" in w for w in outcome.facts.warnings)


def test_without_ids_the_declared_zone_is_assumed_and_said_so() -> None:
    times = days(JULY, 6)
    outcome = sprout(times, NEW_YORK, without_ids=6, default_account_zone=NEW_YORK)
    assert posted(outcome) == times
    assert set(outcome.rows["tz_basis_code"]) == {"assumed"}
    assert any("assumed to be America/New_York" in warning for warning in outcome.facts.warnings)


def test_without_ids_and_without_a_declared_zone_rows_are_rejected_with_the_fix() -> None:
    outcome = sprout(days(JULY, 2), NEW_YORK, without_ids=2)
    assert outcome.reasons == [(1, "zone_unknown"), (2, "zone_unknown")]
    assert "set sources.account_zones.sprout_competitor_posts in listening.yaml" in outcome.rejected["reason_text"][0]


def test_an_export_that_should_be_utc_but_is_not_is_told_on() -> None:
    rows = []
    for number in range(30):
        at = JULY + timedelta(minutes=7 * number)
        local = at.astimezone(ZoneInfo("Europe/Helsinki"))
        url = f"http://twitter.com/u/statuses/{x_id(at)}"
        common = {"Query Id": "1", "Query Name": "q", "Page Type": "twitter", "Full Text": "t"}
        rows.append({**common, "Url": url, "Date": f"{local:%Y-%m-%d %H:%M:%S}.0"})
    outcome = read_bytes(delimited(table(known_header("brandwatch"), rows)))
    assert any("100% of the ids in the file prove UTC+03:00" in warning for warning in outcome.facts.warnings)


@pytest.mark.parametrize(
    ("platform", "native_id"),
    [
        *(("x", x_id(JULY)), ("instagram", instagram_code(JULY)), ("tiktok", tiktok_id(JULY))),
        *(("linkedin", linkedin_id(JULY)), ("mastodon", f"social.example/{int(JULY.timestamp() * 1000) << 16}")),
    ],
)
def test_ids_count_time(platform: str, native_id: str) -> None:
    at = id_instants(pl.Series([platform]), pl.Series([native_id]))[0]
    assert abs(at - JULY) < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("platform", "native_id"), [("facebook", "1035057923259100"), ("x", "12345"), ("reddit", "t3_a")]
)
def test_ids_that_count_nothing_prove_nothing(platform: str, native_id: str) -> None:
    assert id_instants(pl.Series([platform]), pl.Series([native_id]))[0] is None


def test_four_ids_are_too_few_to_prove_anything() -> None:
    evidence = pl.DataFrame({"written": [JULY.replace(tzinfo=None)] * 4, "id_at": [JULY] * 4})
    typed = evidence.cast({"written": pl.Datetime("us"), "id_at": pl.Datetime("us", "UTC")})
    assert prove_zone(typed, None, "").basis == "unknown"


def test_a_time_the_clocks_skip_is_read_as_if_they_had_not_moved_and_one_they_repeat_as_its_first() -> None:
    written = pl.Series([datetime(2015, 3, 8, 2, 30), datetime(2015, 11, 1, 1, 30)], dtype=pl.Datetime("us"))
    at, basis = to_utc(written, ZonePlan("assumed", "America/Los_Angeles"))
    assert at.to_list() == [datetime(2015, 3, 8, 10, 30, tzinfo=UTC), datetime(2015, 11, 1, 8, 30, tzinfo=UTC)]
    assert basis.to_list() == ["assumed", "assumed"]


def test_offsets_are_named() -> None:
    assert (offset_text(-210), offset_text(330)) == ("UTC-03:30", "UTC+05:30")


def test_a_custom_source_of_days_takes_the_exact_time_from_ids_that_count_it() -> None:
    spec = CustomSource(
        code="days", platform="tiktok", zone="UTC", date_format=("%Y-%m-%d",),
        columns={"published_at": "day", "mention_text": "what", "native_id": "video"},
    )  # fmt: skip
    content = f"day,what,video\n2025-07-10,hello,{tiktok_id(JULY)}\n2025-07-10,old,{tiktok_id(JANUARY)}\n".encode()
    outcome = read_bytes(content, declarations=(custom_source(spec), *DECLARATIONS))
    assert outcome.rows["published_at"].to_list() == [JULY, datetime(2025, 7, 10, tzinfo=UTC)]
    assert outcome.rows["tz_basis_code"].to_list() == ["proved", "assumed"]
