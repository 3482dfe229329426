"""A ready-to-paste custom source for a file nobody declared, guessed from its column names and first rows.

A guess is a start for a person: the block says what was guessed, and it only reads the file once it is pasted.
"""

import json
import re
from collections.abc import Sequence

import polars as pl

from transforms.sources.declaration import ISO
from transforms.sources.json_shape import flattened, found_records
from transforms.sources.records import unique_names
from transforms.sources.sniff import Look
from transforms.sources.values import parse_instants

_FEWEST_COLUMNS = 2
_DATE_FORMATS = (
    *(ISO, "%Y-%m-%d", "%d-%b-%Y %I:%M%p", "%a %b %d %H:%M:%S %z %Y", "%Y-%m-%d %H:%M %z", "%m/%d/%Y %H:%M:%S"),
    *("%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M", "%m/%d/%Y"),
    *("%d/%m/%Y", "%d.%m.%Y", "%d-%b-%y", "%B %d, %Y", "%b %d, %Y", "%m-%d-%Y", "%d-%m-%Y", "epoch", "excel_serial"),
)
_NAMES: tuple[tuple[str, str], ...] = (
    ("url", r"(?i)^(post_?|tweet_?|mention_?|permanent_?)?(url|link|permalink)s?$|\burl\b|permalink"),
    ("native_id", r"(?i)^(post|tweet|status|message|mention|video|comment|item)?[ _]?id$"),
    (
        "mention_text",
        r"(?i)^(full[ _]?)?(text|content|message|body|caption|comment|tweet|post|snippet)$|text$|content$",
    ),
    ("title", r"(?i)title|headline|subject"),
    ("author_handle", r"(?i)handle|screen[ _]?name|user[ _]?name|^(author|user|from|account|page|profile|name)$"),
    ("author_follower_count", r"(?i)follower"),
    ("like_count", r"(?i)\blikes?\b|like_?count|favou?rite|reaction"),
    ("share_count", r"(?i)\bshares?\b|share_?count|retweet|repost"),
    ("comment_count", r"(?i)\bcomments?\b.*count|comment_?count|num_?comments|^comments$|repl(y|ies)"),
    ("view_count", r"(?i)\bviews?\b|view_?count|plays?$"),
    ("impression_count", r"(?i)impression"),
    ("reach_count", r"(?i)\breach\b"),
    ("claimed_language_code", r"(?i)^lang(uage)?$"),
    ("country_code", r"(?i)^country"),
    ("vendor_sentiment_label", r"(?i)sentiment"),
    ("query_name", r"(?i)^(query|topic|search|brand|keyword|campaign)"),
)


def suggested_block(looks: Sequence[Look], file_name: str) -> str | None:
    """YAML for one item of `sources.custom`, or None when no row looks like a header over dated records."""
    best: tuple[int, str] | None = None
    at, records = found_records([item for look in looks for item in look.objects])
    tables = [Look(rows=flattened(records))] if records else looks
    for look in tables:
        for row in range(1 if records else min(12, len(look.rows) - 1)):
            block = _block(look, row, file_name, at)
            if block is not None and (best is None or block[0] > best[0]):
                best = block
    return None if best is None else best[1]


def _block(look: Look, row: int, file_name: str, records_at: str) -> tuple[int, str] | None:
    header = unique_names(look.rows[row])
    body = [cells for cells in look.rows[row + 1 :] if len(cells) == len(header)]
    if len(header) < _FEWEST_COLUMNS or not body or sum(1 for name in header if not name.startswith("(unnamed")) < 2:
        return None
    columns = {name: [cells[place] for cells in body] for place, name in enumerate(header)}
    dated = _time_column(columns)
    if dated is None:
        return None
    time_column, form = dated
    guessed = {"published_at": time_column}
    for canonical, pattern in _NAMES:
        taken = set(guessed.values())
        found = next(
            (n for n in header if n not in taken and _is_named(n, pattern) and _fits(canonical, columns[n])), None
        )
        if found is not None:
            guessed[canonical] = found
    return len(guessed), _yaml(guessed, form, row, file_name, records_at)


def _is_named(name: str, pattern: str) -> bool:
    """Whether the name, or of a dotted path its last part or its last two parts in words, means the column."""
    parts = name.split(".")
    return any(re.search(pattern, text) for text in {name, parts[-1], "_".join(parts[-2:])})


def _time_column(columns: dict[str, list[str]]) -> tuple[str, str] | None:
    """The column whose cells all are times in one form, best one whose name says so."""
    found: list[tuple[bool, int, str, str]] = []
    for place, (name, cells) in enumerate(columns.items()):
        filled = pl.Series([cell for cell in cells if cell.strip()], dtype=pl.String)
        if filled.is_empty():
            continue
        is_named = bool(re.search(r"(?i)date|time|created|published|posted|_at$|^when$", name))
        for form in _DATE_FORMATS:
            if form in ("epoch", "excel_serial") and not is_named:
                continue
            explicit, naive = parse_instants(filled, (form,))
            if (explicit.is_not_null() | naive.is_not_null()).all():
                found.append((not is_named, place, name, form))
                break
    return min(found)[2:] if found else None


def _fits(canonical: str, cells: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    if canonical.endswith("_count"):
        return all(re.fullmatch(r"-?[\d.,]+", cell) for cell in filled)
    if canonical == "url":
        return any("." in cell and "/" in cell for cell in filled)
    return bool(filled)


def _yaml(columns: dict[str, str], form: str, row: int, file_name: str, records_at: str) -> str:
    code = re.sub(r"[^a-z0-9]+", "_", re.sub(r"\..*$", "", file_name.lower())).strip("_")
    code = re.sub(r"_?\d{4,}.*$", "", code)[:30].strip("_")
    code = code if re.match(r"^[a-z][a-z0-9_]+$", code) else "my_source"
    has_zone = "%z" in form or form in (ISO, "epoch")
    lines = [
        f"- code: {code}",
        "  record_kind: mention",
        "  platform: other  # or columns.platform_code; see the list of platforms",
    ]
    lines += [f"  date_format: {json.dumps(form)}"]
    lines += [
        "  # zone: Europe/Paris  # needed where times do not say theirs"
        if has_zone
        else "  zone: UTC  # guessed: set it"
    ]
    lines += [f"  header_row: {row + 1}"] if row else []
    lines += [f"  records_at: {json.dumps(records_at)}"] if records_at else []
    lines += ["  columns:"]
    lines += [f"    {canonical}: {json.dumps(name, ensure_ascii=False)}" for canonical, name in columns.items()]
    return "\n".join(lines) + "\n"
