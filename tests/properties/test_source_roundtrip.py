"""Valid rows come back as they were through every declared format, whatever people wrote and however it is quoted."""

import csv
import io
import json
import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exports import json_formats, stream_formats
from tests.exports.reading import read_bytes
from tests.exports.world import TEXTS, ZONE
from transforms.sources.declaration import (
    ABBREVIATION,
    ACCOUNT,
    EPOCH,
    EXPLICIT,
    HEADER,
    ISO,
    MADE,
    SourceDeclaration,
    rule_columns,
)
from transforms.sources.mapping import CONTRACTS, TIME_COLUMNS
from transforms.sources.registry import DECLARATIONS

TABLES = {
    declaration.code: declaration
    for declaration in DECLARATIONS
    if declaration.signatures[0].container == "table" and declaration.refused_because is None
}
# Read by hand-made look-alikes only: positions, titles between tables, literals inside cells, a second sheet.
BY_LOOK_ALIKE = {"x_analytics", "crowdtangle_links", "crowdtangle_api_csv", "facebook_insights", "linkedin_updates"}
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), include_characters='\n\t",;'), max_size=60
).map(lambda text: f"a{text}z")
AT = st.datetimes(datetime(2012, 1, 1), datetime(2026, 12, 31)).map(
    lambda at: at.replace(minute=at.minute, second=0, microsecond=0, tzinfo=UTC)
)
Row = tuple[str, datetime, int]
ROW = st.tuples(TEXT, AT, st.integers(0, 2**40))
ROWS = st.lists(ROW, min_size=1, max_size=5)
DIALECTS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from([",", "\t", ";"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        "lineterminator": st.sampled_from(["\n", "\r\n", "\r"]),
    }
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])


def written(at: datetime, declaration: SourceDeclaration) -> str:
    """A time as the format writes it."""
    rule = declaration.time
    form = rule.formats[0]
    if form == EPOCH:
        return str(int(at.timestamp()))
    if rule.zone == EXPLICIT and form == ISO:
        return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"
    local = {ACCOUNT: at.astimezone(ZoneInfo(ZONE)), HEADER: at.astimezone(ZoneInfo("Etc/GMT+4"))}.get(rule.zone, at)
    text = local.strftime("%Y-%m-%d %H:%M:%S" if form == ISO else form.replace("%.f", ".0").replace("%#z", "%z"))
    return f"{text} GMT" if rule.zone == ABBREVIATION else text


DATED = "Published Date (GMT-04:00) New York"


def header_of(declaration: SourceDeclaration) -> list[str]:
    """A header the format is recognised by, with every column it reads."""
    names = [name.replace("*", "") for name in declaration.known_header]
    signature, rule = declaration.signatures[0], declaration.time
    prefix = (DATED,) if rule.zone == HEADER else (signature.header_prefix,) if signature.header_prefix else ()
    needed = [*signature.header, *signature.any_header[:1], *prefix]
    read = sorted(declaration.export_columns() - {rule.clock_column, *rule.second_columns})
    known = {name.casefold() for name in names}
    extra = [name for name in needed + read if name.casefold() not in known and not re.search(f"[*{MADE}]|^_", name)]
    header = list(dict.fromkeys([*names, *extra]))
    if signature.first_header in header:
        header.remove(signature.first_header)
        header.insert(0, signature.first_header)
    return header


def first_column(declaration: SourceDeclaration, canonical: str, header: list[str]) -> str | None:
    """The export's column a canonical one is read from first, whatever the platform."""
    rule = declaration.columns.get(canonical)
    names = rule_columns(rule) if rule is not None and isinstance(rule, tuple) else ()
    return next((name for name in names if name in header), None)


def exported(declaration: SourceDeclaration, rows: list[Row]) -> tuple[list[str], list[list[str]]]:
    """The rows in the format's columns: a text, a time, counts, and what makes a record complete."""
    header = header_of(declaration)
    time_column = (
        "Published Date (GMT-04:00) New York" if declaration.time.zone == HEADER else declaration.time.columns[0]
    )
    records = []
    for number, (text, at, count) in enumerate(rows):
        cells = dict.fromkeys(header, "")
        for canonical, value in (
            *(("mention_text", text), ("post_text", text), ("account_handle", "brewolo"), ("title", "kettles")),
            ("url", f"https://site.example/{number}"),
            *((name, str(count)) for name in ("like_count", "comment_count", "follower_count", "view_count")),
        ):
            column = first_column(declaration, canonical, header)
            if column is not None:
                cells[column] = value
        cells[time_column] = written(at, declaration)
        records.append([cells[name] for name in header])
    return header, records


def content_of(header: list[str], records: list[list[str]], encoding: str, dialect: dict[str, Any]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows([header, *records])
    return text.getvalue().encode(encoding)


@pytest.mark.parametrize("code", sorted(set(TABLES) - BY_LOOK_ALIKE))
@given(rows=ROWS, dialect=DIALECTS, encoding=ENCODINGS)
@settings(max_examples=5, deadline=None)
def test_valid_rows_come_back_through_every_table(
    code: str, rows: list[Row], dialect: dict[str, Any], encoding: str
) -> None:
    declaration = TABLES[code]
    header, records = exported(declaration, rows)
    outcome = read_bytes(content_of(header, records, encoding, dialect), account_zones={code: ZONE})
    assert outcome.facts.source_code == code
    assert outcome.reasons == []
    assert outcome.facts.kept_count == len(rows)
    is_day = declaration.time.is_day_only
    times = outcome.rows[TIME_COLUMNS[declaration.record_kind]].to_list()
    local = [at.astimezone(ZoneInfo(ZONE)).date() for _, at, _ in rows]
    if declaration.record_kind == "audience_snapshot":
        assert times == (local if declaration.time.zone == ACCOUNT else [at.date() for _, at, _ in rows])
    elif is_day:
        assert [at.astimezone(ZoneInfo(ZONE)).date() for at in times] == local
    elif declaration.time.zone != ACCOUNT:
        assert times == [at for _, at, _ in rows]
    else:
        # The hour the clocks repeat in autumn is read as its first pass.
        assert all((at - got).total_seconds() in (0, 3600) for (_, at, _), got in zip(rows, times, strict=True))
    for canonical in ("mention_text", "post_text"):
        if canonical in outcome.rows.columns and first_column(declaration, canonical, header):
            assert outcome.rows[canonical].to_list() == [text for text, _, _ in rows]
    for canonical in ("like_count", "follower_count"):
        if canonical in CONTRACTS[declaration.record_kind].schema and first_column(declaration, canonical, header):
            unknown_zero = canonical in declaration.zero_is_unknown
            expected = [None if unknown_zero and count == 0 else count for _, _, count in rows]
            assert outcome.rows[canonical].to_list() == expected


JSON_FORMATS = {build.__name__: build for build in (*json_formats.LOOK_ALIKES, *stream_formats.LOOK_ALIKES)}


def with_texts(item: Any, new: dict[str, str]) -> Any:
    """The item with every string that is one of the known texts replaced."""
    if isinstance(item, dict):
        return {key: with_texts(value, new) for key, value in item.items()}
    if isinstance(item, list):
        return [with_texts(value, new) for value in item]
    return new.get(item, item) if isinstance(item, str) else item


@pytest.mark.parametrize("name", sorted(set(JSON_FORMATS) - {"mastodon"}))
@given(texts=st.lists(TEXT, min_size=3, max_size=3), is_ascii=st.booleans())
@settings(max_examples=5, deadline=None)
def test_texts_come_back_through_every_json_format(name: str, texts: list[str], is_ascii: bool) -> None:
    look_alike = JSON_FORMATS[name]()
    new = dict(zip(TEXTS, texts, strict=True))
    prefix, _, body = look_alike.content.decode().rpartition("window.YTD.tweets.part0 = ")
    prefix = prefix + "window.YTD.tweets.part0 = " if body != look_alike.content.decode() else ""
    try:
        documents = [json.loads(body)]
    except json.JSONDecodeError:
        documents = [json.loads(line) for line in body.splitlines() if line.endswith(("}", "]"))]
    lines = [json.dumps(with_texts(document, new), ensure_ascii=is_ascii) for document in documents]
    before = read_bytes(look_alike.content, account_zones={look_alike.code: ZONE})
    after = read_bytes((prefix + "\n".join(lines)).encode(), account_zones={look_alike.code: ZONE})
    column = "mention_text" if "mention_text" in before.rows.columns else "post_text"
    expected = [new.get(text, text) if text else text for text in before.rows[column]]
    found = after.rows[column].to_list()
    assert len(found) == len(expected)
    for was, wanted, got in zip(before.rows[column], expected, found, strict=True):
        assert got == wanted or was not in new
