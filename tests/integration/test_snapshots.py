"""A later export updates a post's counters and keeps what the earlier one said, whatever the order they arrive in."""

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.exports.reading import canonical
from tests.exports.world import FIRST, x_id
from transforms.core.accounts import post_counter_snapshots
from transforms.core.counters import counter_snapshots
from transforms.core.mentions import CoreParams
from transforms.marts.files import export_files
from transforms.marts.health import data_health_daily
from transforms.marts.table_warning import table_warnings
from transforms.sources.reading import ReadContext
from transforms.sources.registry import DECLARATIONS
from transforms.text.language import LanguageParams
from warehouse.ingest import ask_to_read_again, ingest
from warehouse.posts import refresh_posts
from warehouse.store import Warehouse, open_warehouse
from warehouse.tables import core, raw, state, trust
from warehouse.workspace import Workspace

NOW = datetime(2026, 3, 2, tzinfo=UTC)
PARAMS = CoreParams("Europe/Paris", LanguageParams(language_codes=("en",)), b"key")
HEADER = "published_at,platform,url,text,likes,shares"
URL = f"https://x.com/nora/status/{x_id(FIRST)}"
MONDAY = canonical(f"2025-07-24T15:44:07Z,x,{URL},hello,3,1", header=HEADER)
TUESDAY = canonical(
    f"2025-07-24T15:44:07Z,x,{URL},hello,7,0",
    "2025-07-25T10:00:00Z,x,https://x.com/tavo/status/1948655709189046277,other,1,1",
    header=HEADER,
)
FRIDAY = canonical(
    f"2025-07-24T15:44:07Z,x,{URL},hello,5,1",
    "2025-07-26T10:00:00Z,x,,new column,1,1",
    header=HEADER.replace("likes,shares", "shares,likes"),
)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    with open_warehouse(tmp_path / "w.duckdb") as opened:
        yield opened


def arrive(warehouse: Warehouse, root: Path, *contents: str) -> None:
    workspace = Workspace(root / "ws")
    workspace.inbox.mkdir(parents=True, exist_ok=True)
    context = ReadContext(declarations=DECLARATIONS)
    for number, content in enumerate(contents):
        (workspace.inbox / f"{number}.csv").write_text(content, encoding="utf-8")
        ingest(warehouse, workspace, context, declarations_id="1", now=NOW)
        refresh_posts(warehouse, PARAMS, "1", (), lambda *_: ())


def test_a_later_export_updates_the_counters_and_keeps_the_earlier_snapshot(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    arrive(warehouse, tmp_path, MONDAY)
    assert warehouse.count(trust.MENTION_COUNTER_SNAPSHOT) == 0
    arrive(warehouse, tmp_path, TUESDAY)
    snapshots = warehouse.select(trust.MENTION_COUNTER_SNAPSHOT).sort("snapshot_at")
    assert snapshots["like_count"].to_list() == [3, 7]
    assert snapshots["share_count"].to_list() == [1, 0]
    assert snapshots["snapshot_basis_code"].to_list() == ["last_record", "last_record"]
    post = warehouse.select(core.MENTION).filter(pl.col("mention_id") == snapshots["mention_id"][0]).row(0, named=True)
    assert (post["like_count"], post["share_count"], post["source_row_count"]) == (7, 1, 2)


def test_snapshots_do_not_depend_on_the_order_of_arrival(tmp_path: Path) -> None:
    seen = []
    for number, order in enumerate(itertools.permutations((MONDAY, TUESDAY, FRIDAY))):
        with open_warehouse(tmp_path / f"{number}.duckdb") as warehouse:
            arrive(warehouse, tmp_path / str(number), *order)
            seen.append(warehouse.select(trust.MENTION_COUNTER_SNAPSHOT).sort("mention_id", "file_id"))
    assert seen[0].height == 3
    assert all(frame.equals(seen[0]) for frame in seen)


def test_a_file_read_again_with_other_counters_changes_its_snapshot_only(warehouse: Warehouse, tmp_path: Path) -> None:
    arrive(warehouse, tmp_path, MONDAY, TUESDAY)
    before = warehouse.select(trust.MENTION_COUNTER_SNAPSHOT).sort("like_count")
    low = before["file_id"][0]
    ask_to_read_again(warehouse, [low])
    warehouse.execute("UPDATE raw.mention SET like_count = 99")  # what a mended declaration would have read
    ingest(warehouse, Workspace(tmp_path / "ws"), ReadContext(declarations=DECLARATIONS), declarations_id="1", now=NOW)
    refresh_posts(warehouse, PARAMS, "1", (), lambda *_: ())
    after = dict(warehouse.select(trust.MENTION_COUNTER_SNAPSHOT).select("file_id", "like_count").iter_rows())
    assert after == {low: 3, before["file_id"][1]: 99}


def snapshot_rows(*rows: dict[str, object]) -> pl.DataFrame:
    base = {"mention_id": "m", "file_id": "a", "source_code": "s", "collected_at": None, "last_published_at": FIRST}
    counters = dict.fromkeys(("like_count", "share_count", "comment_count", "view_count", "impression_count"), None)
    schema = dict.fromkeys(base, pl.String) | dict.fromkeys([*counters, "reach_count"], pl.Int64)
    schema |= dict.fromkeys(("collected_at", "last_published_at"), pl.Datetime("us", "UTC"))
    return pl.DataFrame([{**base, **counters, "reach_count": None, **row} for row in rows], schema=schema)


def test_a_record_that_says_when_it_was_collected_is_of_that_time() -> None:
    later = datetime(2025, 8, 1, tzinfo=UTC)
    rows = snapshot_rows({"like_count": 1, "collected_at": later}, {"file_id": "b", "like_count": 2})
    assert counter_snapshots(rows, key="mention_id").select("snapshot_at", "snapshot_basis_code").rows() == [
        (later, "collected"),
        (FIRST, "last_record"),
    ]


def test_a_post_in_one_file_only_and_an_export_without_counters_give_no_snapshot() -> None:
    twice = snapshot_rows({"like_count": 1}, {"like_count": 2})
    assert counter_snapshots(twice, key="mention_id").is_empty()
    blank = snapshot_rows({"like_count": 1}, {"file_id": "b"})
    assert counter_snapshots(blank, key="mention_id")["file_id"].to_list() == ["a"]


def test_posts_of_accounts_keep_their_earlier_counters_too() -> None:
    base = dict.fromkeys(raw.COMPETITOR_POST.schema)
    base |= {"source_code": "s", "platform_code": "x", "native_id": "1", "account_handle": "brewolo", "row_number": 1}
    rows = [{**base, "posted_at": FIRST, "file_id": f, "like_count": n} for f, n in (("a", 3), ("b", 9))]
    files = pl.DataFrame({"file_id": ["a", "b"], "last_published_at": [FIRST, FIRST]}).cast(
        {"last_published_at": pl.Datetime("us", "UTC")}
    )
    table = post_counter_snapshots(pl.DataFrame(rows, schema=raw.COMPETITOR_POST.schema), files)
    assert trust.POST_COUNTER_SNAPSHOT.conform(table)["like_count"].to_list() == [3, 9]


def file_entries(*files: dict[str, object]) -> pl.DataFrame:
    base = dict.fromkeys(raw.EXPORT_FILE.schema)
    base |= {"source_code": "brandwatch", "record_kind_code": "mention", "file_state_code": "ingested", "kept_count": 1}
    base |= {"byte_count": 1, "row_count": 1, "rejected_count": 0, "warning_texts": [], "ingested_at": NOW}
    base |= {"archive_path": "a", "first_published_at": FIRST, "last_published_at": FIRST}
    return pl.DataFrame(
        [{**base, "file_name": f"{f['file_id']}.csv", **f} for f in files], schema=raw.EXPORT_FILE.schema
    )


def at(day: int) -> dict[str, object]:
    return {
        "first_published_at": datetime(2025, 7, day, tzinfo=UTC),
        "last_published_at": datetime(2025, 7, day, 9, tzinfo=UTC),
    }


OLD = {"header_fingerprint": "1", "header_names": ["Date", "Likes", "Shares"]}
NEW = {"header_fingerprint": "2", "header_names": ["Date", "Shares", "Likes", "Mood"]}


def test_a_header_no_earlier_file_of_the_format_has_is_a_warning_on_its_days_with_the_difference() -> None:
    files = file_entries(
        {"file_id": "a", **at(1), **OLD},
        {"file_id": "b", **at(3), **NEW},
        {"file_id": "c", **at(5), **NEW},
        {"file_id": "d", **at(4), **OLD},
        {"file_id": "e", **at(6), "header_fingerprint": "9", "source_code": "meltwater"},
    )
    expected = "the header changed since the file before (a.csv): new columns: 'Mood'; columns in another order"
    for order in itertools.permutations(range(5)):
        published = export_files(files[list(order)], pl.DataFrame(schema=raw.REJECTED_ROW.schema))
        warned = dict(published.select("file_id", "warning_texts").iter_rows())
        assert warned == {"a": [], "b": [expected], "c": [], "d": [], "e": []}
    rows = pl.DataFrame(
        {"file_id": ["a", "b"], "source_code": "brandwatch", "published_at": files["first_published_at"][:2]}
    ).with_columns(row_count=1)
    health = data_health_daily(rows, state.POST_ORIGIN_DAY.empty(), files, zone="UTC")
    assert dict(health.select("mention_date", "warning_texts").iter_rows()) == {
        date(2025, 7, 1): [],
        date(2025, 7, 3): [expected],
    }


def test_each_table_made_of_a_files_records_bears_the_files_warnings() -> None:
    files = file_entries(
        {"file_id": "a", **at(1), "warning_texts": ["capped", "sampled"]},
        {"file_id": "b", **at(2), "record_kind_code": "competitor_post", "warning_texts": ["cut texts"]},
        {"file_id": "c", **at(3), "kept_count": 0, "warning_texts": ["blank rows"]},
    )
    kinds = {
        "share_of_voice_daily": {"mention"},
        "kpi_attainment": {"mention", "competitor_post"},
        "export_file": set(),
    }
    table = trust.TABLE_WARNING.conform(table_warnings(files, kinds, zone="Europe/Paris"))
    assert table.select("warned_table_name", "file_id", "warning_number", "warning_text").rows() == [
        ("kpi_attainment", "a", 1, "capped"),
        ("kpi_attainment", "a", 2, "sampled"),
        ("kpi_attainment", "b", 1, "cut texts"),
        ("share_of_voice_daily", "a", 1, "capped"),
        ("share_of_voice_daily", "a", 2, "sampled"),
    ]
    assert table["first_record_date"].unique().to_list() == [date(2025, 7, 1), date(2025, 7, 2)]


def test_every_listening_table_that_records_go_into_is_known_to_bear_their_warnings() -> None:
    from assets.trust import record_kinds
    from pipelines.definitions import ASSETS
    from warehouse.tables import PUBLISHED

    kinds = record_kinds(ASSETS)
    about_the_release = {"release", "check_result"}
    assert set(kinds) == {table.table for table in PUBLISHED} - about_the_release
    assert {name for name, of in kinds.items() if not of} == {"export_file", "table_warning"}
    assert kinds["share_of_voice_daily"] == {"mention"}
    assert kinds["competitor_post"] == {"audience_snapshot", "competitor_post"}
