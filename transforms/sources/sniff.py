"""Which declared format a file has: by its content, in the registry's order, never by its name alone."""

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from transforms.sources.cells import HeaderMap
from transforms.sources.declaration import Signature, SourceDeclaration
from transforms.sources.json_lines import path_value
from transforms.sources.records import unique_names
from transforms.sources.scan import CARRIAGE_RETURN, LINE_FEED, QUOTE, Dialect, split_record

LOOK_ROWS = 30
_DELIMITERS = ",\t;|"


@dataclass(frozen=True)
class Look:
    """The first rows of one table (a delimited text by one delimiter, a sheet) or the first objects of a JSON text."""

    rows: tuple[tuple[str, ...], ...] = ()
    sheet: str | None = None
    delimiter: str | None = None
    objects: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Match:
    """The declaration a look satisfies, by which signature, and in which row its header stands."""

    declaration: SourceDeclaration
    signature: Signature
    look: Look
    header_row: int = 0


def recognised(looks: Sequence[Look], declarations: Sequence[SourceDeclaration], file_name: str) -> Match | None:
    """The first declaration that any of the looks satisfies; custom sources come first in the sequence."""
    for declaration in declarations:
        if declaration.file_pattern and not fnmatch.fnmatch(file_name.lower(), declaration.file_pattern.lower()):
            continue
        for look in looks:
            if declaration.delimiter and look.delimiter and look.delimiter != declaration.delimiter:
                continue
            for signature in declaration.signatures:
                row = _row_of(signature, look, declaration.header_row)
                if row is not None:
                    return Match(declaration, signature, look, row)
    return None


def _row_of(signature: Signature, look: Look, declared_row: int | None) -> int | None:
    if signature.container == "json":
        return 0 if look.objects and _has_keys(signature, look.objects) else None
    if not look.rows or (signature.sheets and look.sheet is not None and look.sheet not in signature.sheets):
        return None
    if signature.rows_match is not None:
        return signature.rows_match(look.rows)
    rows = range(len(look.rows)) if declared_row is None else [declared_row - 1]
    return next((row for row in rows if row < len(look.rows) and _is_header(signature, look.rows[row])), None)


@lru_cache(maxsize=256)
def _named(cells: tuple[str, ...]) -> tuple[str, HeaderMap]:
    """The first name and all names of a row that may be a header; asked for by every signature in turn."""
    names = unique_names(cells)
    return names[0] if names else "", HeaderMap(names)


def _is_header(signature: Signature, cells: tuple[str, ...]) -> bool:
    first, names = _named(cells)
    if signature.first_header is not None and first != signature.first_header:
        return False
    # Each name must stand for a column of its own: some exports have both `network` and `Network`.
    if len(names.found(signature.header)) < len(signature.header):
        return False
    if signature.any_header and not names.found(signature.any_header):
        return False
    if signature.header_prefix is not None and names.find(signature.header_prefix + "*") is None:
        return False
    return not names.found(signature.without_header)


def _has_keys(signature: Signature, objects: Sequence[Any]) -> bool:
    found = 0
    for item in objects:
        if any(path_value(item, key) is None for key in signature.envelope_keys):
            continue
        inner = path_value(item, signature.envelope) if signature.envelope else item
        for record in inner[:5] if isinstance(inner, list) else [inner]:
            has_all = all(path_value(record, key) is not None for key in signature.header)
            has_any = not signature.any_header or any(path_value(record, k) is not None for k in signature.any_header)
            lacks = all(path_value(record, key) is None for key in signature.without_header)
            found += has_all and has_any and lacks
        if isinstance(inner, list) and not inner and not signature.header:
            found += 1
    return found > 0


def line_end_of(sample: str) -> int:
    """The line end of the first line outside quotes: a lone carriage return is how spreadsheets on old Macs write."""
    in_quotes = False
    for place, letter in enumerate(sample):
        if letter == '"':
            in_quotes = not in_quotes
        elif letter == "\n" and not in_quotes:
            return LINE_FEED
        elif letter == "\r" and not in_quotes:
            return LINE_FEED if sample[place + 1 : place + 2] == "\n" else CARRIAGE_RETURN
    return LINE_FEED if "\n" in sample else CARRIAGE_RETURN if "\r" in sample else LINE_FEED


def text_looks(sample: str, line_end: int) -> list[Look]:
    """The first rows of a text by each delimiter that occurs in it."""
    looks = []
    terminator = "\r" if line_end == CARRIAGE_RETURN else "\n"
    for delimiter in _DELIMITERS:
        if delimiter not in sample and delimiter != ",":
            continue
        records = _first_records(sample, terminator, delimiter)
        if records:
            looks.append(Look(rows=tuple(records), delimiter=delimiter))
    return looks


def _first_records(sample: str, terminator: str, delimiter: str) -> list[tuple[str, ...]]:
    import numpy as np

    from transforms.sources.scan import scan_records

    content = sample.encode("utf-8", "replace")
    dialect = Dialect(ord(delimiter), ord(terminator), QUOTE)
    spans = scan_records(np.frombuffer(content, np.uint8), 0, dialect, LOOK_ROWS, len(content) + 1)
    return [
        tuple(split_record(content[start:end].decode("utf-8", "replace"), dialect))
        for start, end in zip(spans.starts, spans.ends, strict=True)
    ]
