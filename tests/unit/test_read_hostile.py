"""Hostile and broken files: bounded in time and memory, refused or rejected with one clear line, never an exception."""

import bz2
import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import zstandard

from tests.exports.platform_tables import linkedin_updates
from tests.exports.reading import canonical, read_bytes, record
from tests.exports.world import FIRST, TEXTS, THIRD, ZONE, workbook
from transforms.sources.reader import ReadContext, read_export
from transforms.sources.reading import ReadLimits

SOUND = canonical(record("hello"), record("again")).encode()


def zipped(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return content.getvalue()


def problem(content: bytes, **context: object) -> str:
    outcome = read_bytes(content, **context)
    assert outcome.facts.state == "refused"
    text = outcome.facts.problem_text
    assert text is not None and text.startswith("export.csv: ") and "\n" not in text and len(text) < 600
    return text


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, zstandard.compress, lambda c: zipped(export=c)])
def test_packed_files_are_unpacked(pack: Callable[[bytes], bytes]) -> None:
    assert read_bytes(pack(SOUND)).texts == ["hello", "again"]
    assert read_bytes(gzip.compress(pack(SOUND))).texts == ["hello", "again"]


def test_a_path_in_an_archive_leads_nowhere() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("../../../../tmp/escaped.csv", SOUND)
    assert read_bytes(content.getvalue()).texts == ["hello", "again"]


def test_a_bomb_is_refused_before_it_fills_the_disk() -> None:
    bomb = gzip.compress(b"0" * (64 << 20))
    assert "looks like a bomb" in problem(bomb)
    assert "looks like a bomb" in problem(zipped(a=b"0" * (64 << 20)))


def test_packing_over_and_over_is_refused() -> None:
    content = SOUND
    for _ in range(5):
        content = gzip.compress(content)
    assert "packed more than 3 times" in problem(content)


def test_an_archive_of_several_files_is_refused_with_the_way_out() -> None:
    assert "holds 2 files: unpack it" in problem(zipped(a=SOUND, b=SOUND))


def test_damaged_archives_are_refused() -> None:
    assert "damaged" in problem(gzip.compress(SOUND)[:-9])
    assert "damaged" in problem(b"PK\x03\x04" + bytes(100))
    # A regression guard: the zstandard library ends a cut stream without a word, and its rows would be all there were.
    assert "damaged" in problem(zstandard.compress(SOUND)[:-4])


def test_a_zstandard_file_of_several_frames_is_read_to_its_end() -> None:
    assert read_bytes(zstandard.compress(SOUND[:60]) + zstandard.compress(SOUND[60:])).texts == ["hello", "again"]


def test_an_archive_that_lies_about_its_size_is_caught() -> None:
    honest = workbook({"Sheet1": [["published_at", "platform"], ["2025-07-24T15:44:07Z", "x"]]})
    place = honest.rindex(b"PK\x01\x02")
    lying = honest[: place + 24] + struct.pack("<I", 10) + honest[place + 28 :]
    assert "damaged" in problem(lying) or "unpacks" in problem(lying)


def sheet(cells: str, dimension: str = "A1:B2") -> bytes:
    content = io.BytesIO(workbook({"Sheet1": [["published_at"]]}))
    with zipfile.ZipFile(content) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    rows = f'<dimension ref="{dimension}"/><sheetData>{cells}</sheetData>'
    namespace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    parts["xl/worksheets/sheet1.xml"] = f'<?xml version="1.0"?><worksheet {namespace}>{rows}</worksheet>'.encode()
    return zipped(**{name.replace("/", "__"): data for name, data in parts.items()})


def test_a_sheet_of_two_cells_at_the_ends_of_the_world_is_refused() -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert "spans 1,048,576 rows and 16,384 columns" in problem(sheet(far))


def test_a_sheet_that_only_claims_to_be_vast_costs_nothing() -> None:
    near = '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>'
    assert "no known export format" in problem(sheet(near, "A1:XFD1048576"))


def test_xml_that_declares_entities_is_refused() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    xml = (
        f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY l0 "ha">{laughs}]>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">&l11;</Workbook>'
    )
    assert "entities" in problem(xml.encode())


def test_a_cell_larger_than_the_bound_is_rejected_and_the_rest_is_read() -> None:
    limits = ReadLimits(max_record_bytes=1 << 20)
    giant = record('"' + "x" * (2 << 20) + '"')
    outcome = read_bytes(canonical(record("first"), giant, record("last")).encode(), limits=limits)
    assert outcome.texts == ["first", "last"]
    assert outcome.reasons == [(2, "too_large")]
    assert outcome.rejected["raw_content"][0] is None


def test_a_line_of_json_larger_than_the_bound_is_rejected_and_the_rest_is_read() -> None:
    tweet = {"id": "20090000001", "text": "hello", "author_id": "1", "created_at": "2025-07-24T15:44:07Z"}
    lines = [json.dumps(tweet), json.dumps({**tweet, "text": "x" * (2 << 20)}), json.dumps({**tweet, "text": "last"})]
    outcome = read_bytes("\n".join(lines).encode(), limits=ReadLimits(max_record_bytes=1 << 20))
    assert outcome.texts == ["hello", "last"]
    assert outcome.reasons == [(2, "too_large")]


def test_deep_json_is_rejected_not_crashed_on() -> None:
    tweet = {"id": "20090000001", "text": "hello", "author_id": "1", "created_at": "2025-07-24T15:44:07Z"}
    deep = json.dumps(tweet)[:-1] + ', "geo": ' + "[" * 100_000 + "]" * 100_000 + "}"
    outcome = read_bytes("\n".join([json.dumps(tweet), deep, json.dumps(tweet)]).encode())
    assert outcome.texts == ["hello", "hello"]
    assert outcome.reasons == [(2, "bad_json")]


def test_a_number_of_ten_thousand_digits_is_rejected() -> None:
    tweet = '{"id": "2009", "text": "t", "author_id": "1", "created_at": "2025-07-24T15:44:07Z", "x": %s}'
    outcome = read_bytes((tweet % "1" + "\n" + tweet % ("9" * 10_000)).encode())
    assert outcome.reasons == [(2, "bad_json")]


def test_ten_thousand_columns_are_refused() -> None:
    header = ",".join(("published_at", "platform", "text", *(f"c{n}" for n in range(10_000))))
    assert "10,003 columns" in problem(canonical("x", header=header).encode())


def test_a_million_quotes_end_in_rejections() -> None:
    assert read_bytes(canonical(*('"' * 99 for _ in range(2_000))).encode()).facts.kept_count == 0


def test_quotes_that_never_close_on_every_other_line_cost_a_few_readings_at_most() -> None:
    lines = [line for n in range(50) for line in (record(f"sound {n}"), record('"' + "never closed " * 40))]
    outcome = read_bytes(canonical(*lines).encode())
    assert outcome.texts == [f"sound {n}" for n in range(50)]
    assert [number for number, _ in outcome.reasons] == [2 * n for n in range(1, 51)]
    many = read_bytes(canonical(*lines * 60).encode()).facts
    assert many.kept_count > 50 and many.state == "ingested"


def test_formulas_and_scripts_stay_text_and_harmless_addresses_stay_out() -> None:
    header = "published_at,platform,text,url"
    rows = ['2025-07-24T15:44:07Z,x,"=HYPERLINK(""http://evil"")",javascript:alert(1)']
    rows += ["2025-07-24T15:44:07Z,x,<script>alert(1)</script>,https://x.com/a/status/20090000001"]
    outcome = read_bytes(canonical(*rows, header=header).encode())
    assert outcome.texts == ['=HYPERLINK("http://evil")', "<script>alert(1)</script>"]
    assert outcome.rows["url"].to_list() == [None, "https://x.com/a/status/20090000001"]


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 ...", b"\x89PNG\r\n", bytes(range(256)) * 20, b"", b"\xff\xfe", b"\x00" * 500]
)
def test_what_is_no_export_is_refused(content: bytes) -> None:
    problem(content)


def test_messages_show_what_strangers_wrote_without_line_breaks_or_marks() -> None:
    outcome = read_bytes(canonical(record("t", likes='"1\n\u202e' + "9" * 500 + '"')).encode())
    text = outcome.rejected["reason_text"][0]
    assert "\n" not in text and "\u202e" not in text and len(text) < 200


def test_a_file_that_is_not_there_is_no_bad_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_export(tmp_path / "gone.csv", ReadContext(declarations=()))


OLD_WORKBOOK = Path(__file__).parents[1] / "golden" / "sources" / "brewolo_updates_1753400000000.xls"


def test_a_workbook_of_old_excel_is_read_as_the_new_one_is() -> None:
    look_alike = linkedin_updates()
    name = OLD_WORKBOOK.name
    old = read_bytes(OLD_WORKBOOK.read_bytes(), name, default_account_zone=ZONE)
    new = read_bytes(look_alike.content, look_alike.file_name, default_account_zone=ZONE)
    assert (old.facts.source_code, old.facts.kept_count, old.facts.rejected_count) == ("linkedin_updates", 2, 0)
    assert old.rows.head(1).equals(new.rows)
    assert old.rows["post_text"][1] == TEXTS[0]
    assert old.rows["posted_at"].to_list() == [FIRST, THIRD]


def test_sheets_that_are_vast_together_are_refused_before_they_are_laid_out() -> None:
    near = '<row r="1"><c r="A1"><v>1</v></c></row><row r="900"><c r="CV900"><v>1</v></c></row>'
    limits = ReadLimits(max_workbook_cells=100_000)
    assert "no known export format" in problem(sheet(near), limits=limits)
    two = io.BytesIO(workbook({"Sheet1": [["a"]], "Sheet2": [["a"]]}))
    with zipfile.ZipFile(two) as archive, zipfile.ZipFile(io.BytesIO(sheet(near))) as vast:
        parts = {name: archive.read(name) for name in archive.namelist()}
        parts |= {f"xl/worksheets/sheet{n}.xml": vast.read("xl/worksheets/sheet1.xml") for n in (1, 2)}
    content = zipped(**{name.replace("/", "__"): data for name, data in parts.items()})
    assert "its sheets together span more than 100,000 cells" in problem(content, limits=limits)
    assert "its sheets span more than 40 cells" in problem(
        OLD_WORKBOOK.read_bytes(), limits=ReadLimits(max_workbook_cells=40)
    )


def old_workbook(place_of: bytes, offset: int, value: bytes) -> bytes:
    content = bytearray(OLD_WORKBOOK.read_bytes())
    place = content.rindex(place_of) + offset
    content[place : place + len(value)] = value
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        old_workbook(b"\x00\x02\x0e\x00", 8, b"\xff\xff\xff\x7f"),
        old_workbook(b"\x00\x02\x0e\x00", 4, b"\xff\xff\x00\x00"),
        old_workbook(b"\xfc\x00", 4, b"\xff\xff\xff\xff\xff\xff\xff\xff"),
        OLD_WORKBOOK.read_bytes()[:700],
        b"\xd0\xcf\x11\xe0" + bytes(600),
    ],
    ids=["a row out of the world", "an end before its start", "more texts than bytes", "cut off", "hollow"],
)
def test_a_damaged_workbook_of_old_excel_is_refused_not_allocated_for(content: bytes) -> None:
    # A regression guard: the reader once reserved 100 GB for what the record claimed, and the process was gone.
    assert "damaged or encrypted" in problem(content)


def test_a_panic_of_the_workbook_reader_is_a_refused_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    def panic(*_: object, **__: object) -> None:
        raise PanicException("range start index 116 out of range")

    monkeypatch.setattr("transforms.sources.spreadsheets.fastexcel.read_excel", panic)
    assert "cannot be opened (range start index 116" in problem(workbook({"a": [["b"]]}))
    monkeypatch.setattr("transforms.sources.spreadsheets.fastexcel.read_excel", lambda _: 1 / 0 if _ else None)
    assert "cannot be opened (division by zero" in problem(workbook({"a": [["b"]]}))

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("transforms.sources.spreadsheets.fastexcel.read_excel", stop)
    with pytest.raises(KeyboardInterrupt):
        read_bytes(workbook({"a": [["b"]]}))


def parquet(rows: int) -> bytes:
    content = io.BytesIO()
    columns = {"published_at": ["2025-07-24T15:44:07Z"], "platform": ["x"], "text": ["hello"]}
    pl.DataFrame({name: values * rows for name, values in columns.items()}).write_parquet(content)
    return content.getvalue()


def test_a_few_bytes_of_parquet_do_not_stand_for_a_billion_rows() -> None:
    assert read_bytes(parquet(3)).texts == ["hello"] * 3
    assert "holds 900 rows of 3 columns: split it" in problem(parquet(900), limits=ReadLimits(max_workbook_cells=500))


def test_damaged_parquet_is_a_refused_file_not_the_end_of_the_process() -> None:
    content = bytearray(parquet(50))
    for place in range(len(content) - 200, len(content) - 8, 7):
        damaged = content.copy()
        damaged[place] ^= 0xFF
        assert read_bytes(bytes(damaged)).facts.state in ("refused", "ingested")
    assert "cannot be read" in problem(bytes(content[: len(content) // 2]) + b"PAR1")


def test_a_list_of_posts_on_one_line_is_as_many_records_as_it_holds() -> None:
    tweet = {"id": "20090000001", "text": "hello", "author_id": "1", "created_at": "2025-07-24T15:44:07Z"}
    outcome = read_bytes(json.dumps([tweet, 5, {**tweet, "text": "again"}]).encode())
    # A regression guard: formats of an object per line took the whole list for one broken record.
    assert outcome.texts == ["hello", "again"]
    assert outcome.reasons == [(2, "bad_json")]
