"""Languages, addresses and downloads of the dashboard."""

import csv
import io
import re
from datetime import date
from pathlib import Path
from string import Formatter

import fastexcel
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dashboard
from dashboard.downloads import as_csv, as_file, as_xlsx, harmless
from dashboard.language import LANGUAGES, catalogue, language, preferred
from dashboard.mentions import safe_link
from dashboard.render import as_data
from tests.browser.small_tables import HOSTILE

FOLDER = Path(dashboard.__file__).parent
_LITERAL = re.compile(r"""\bt\(\s*"([a-z_]+(?:\.[a-z_0-9]+)*)"\s*(\)|,)((?:[^()]|\([^()]*\))*)""")


def test_every_language_has_the_same_keys_and_the_same_values_to_fill_in() -> None:
    catalogues = {code: catalogue(code) for code in LANGUAGES}
    assert len({tuple(sorted(words)) for words in catalogues.values()}) == 1
    for key, text in catalogues["en"].items():
        fields = {
            code: {name for _, name, _, _ in Formatter().parse(words[key]) if name}
            for code, words in catalogues.items()
        }
        # A singular may leave the number out where the language says it in words.
        assert len({tuple(sorted(found - {"n"} if key.endswith(".one") else found)) for found in fields.values()}) == 1
        assert text and catalogues["fr"][key]


def test_every_text_a_page_or_module_asks_for_is_in_the_catalogue() -> None:
    words = catalogue("en")
    sources = [*FOLDER.glob("*.py"), *FOLDER.glob("templates/*.html")]
    asked = {key for path in sources for key, *_ in _LITERAL.findall(path.read_text(encoding="utf-8"))}
    assert len(asked) > 80
    assert [key for key in sorted(asked) if key not in words and f"{key}.other" not in words] == []


def test_plurals_come_in_both_numbers() -> None:
    words = catalogue("en")
    assert {k for k in words if k.endswith(".one")} - {"spike.one"} == {
        f"{k.removesuffix('.other')}.one"
        for k in words
        if k.endswith(".other") and not k.startswith(("platform.", "format.", "country.", "content."))
    }


def test_numbers_and_days_follow_the_language() -> None:
    english, french = language("en"), language("fr")
    assert (english.count(1234567), french.count(1234567)) == ("1,234,567", "1\u202f234\u202f567")
    assert (english.percent(0.314), french.percent(0.314, 1)) == ("31%", "31,4\u202f%")
    assert (english.points(-0.021), french.points(0.021)) == ("−2.1", "+2,1")
    assert french.day(date(2026, 2, 1)) == "1er févr. 2026"
    assert english.days(date(2025, 12, 29), date(2026, 1, 4)) == "29 Dec 2025 – 4 Jan 2026"
    assert french.t("mentions.title", n=0) == "0 mention" and english.t("mentions.title", n=0) == "0 mentions"


def test_unknown_is_a_dash_and_never_zero() -> None:
    words = language("en")
    assert {words.count(None), words.percent(None), words.net(None), words.points(None), words.day(None)} == {"—"}


def test_the_browsers_first_known_language_is_taken() -> None:
    assert preferred("de-CH, fr;q=0.8, en;q=0.5") == "fr"
    assert preferred("de") == preferred("") == "en"


@given(st.text(max_size=60))
def test_chart_data_cannot_leave_its_element(text: str) -> None:
    import json

    packed = str(as_data({"name": text + "</script><!--"}))
    assert "<" not in packed and ">" not in packed and "&" not in packed
    assert json.loads(packed) == {"name": text + "</script><!--"}


@given(st.text(max_size=40))
def test_no_cell_starts_a_formula(text: str) -> None:
    cell = harmless(text)
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


def test_a_csv_reads_back_whole_with_accents_and_without_formulas() -> None:
    rows = pl.DataFrame({"text": [*HOSTILE, "é", None], "count": [-1] * (len(HOSTILE) + 2)})
    body = as_csv(rows)
    assert body.startswith(b"\xef\xbb\xbf")
    found = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert len(found) == rows.height
    assert found[-2]["text"] == "é" and found[-1]["text"] == ""
    assert found[0]["count"] == "-1"
    assert all(not row["text"].startswith(("=", "+", "-", "@")) for row in found)


def test_a_spreadsheet_holds_texts_as_texts_and_days_as_days() -> None:
    rows = pl.DataFrame(
        {"text": ["=1+1", "https://outside.example"], "day": [date(2026, 2, 1), None], "part": [0.5, None]}
    )
    body = as_xlsx(rows)
    found = fastexcel.read_excel(body).load_sheet(0).to_polars()
    assert found["text"].to_list() == ["'=1+1", "https://outside.example"]
    assert found["day"][0].date() == date(2026, 2, 1) and found["part"].to_list() == [0.5, None]
    assert b"<f>" not in body


def test_parquet_keeps_the_rows_as_they_are() -> None:
    rows = pl.DataFrame({"text": ["=1+1"], "tags": [["a", "b"]]})
    assert pl.read_parquet(io.BytesIO(as_file(rows, "parquet"))).equals(rows)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//outside.example", "https://", "http:/x", "ftp://a.example", "", None,
     "https://a.example/\nx", "https://a.example/ x"],
)  # fmt: skip
def test_only_plain_web_addresses_become_links(url: str | None) -> None:
    assert safe_link(url) is None


def test_a_web_address_stays_as_it_is() -> None:
    assert safe_link("https://posts.example/1?a=b#c") == "https://posts.example/1?a=b#c"
