"""Drift: how a file's header differs from the one its declaration knows, and the header's fingerprint."""

import hashlib
import re
from collections import Counter

from transforms.sources.cells import HeaderMap
from transforms.sources.declaration import SourceDeclaration, rule_branches
from transforms.sources.reading import HeaderDifference, RecordBatch, RefusedFile
from transforms.sources.records import ROW, unique_names


def fingerprint(header: tuple[str, ...]) -> str:
    """Hash of the names in order: any change of the header changes it."""
    return hashlib.sha256("\x1f".join(header).encode("utf-8", "replace")).hexdigest()[:16]


def header_difference(header: tuple[str, ...], declaration: SourceDeclaration) -> HeaderDifference:
    """How the header differs from the one the declaration knows; nothing when it knows none.

    A known name that ends in `*` stands for any name that starts so. A renamed column that the declaration knows by an
    alias counts neither as new nor as missing.
    """
    known = declaration.known_header
    if not known:
        return HeaderDifference()
    names = HeaderMap(header)
    place_of = {found: place for place, name in enumerate(known) if (found := names.find(name)) is not None}
    aliases = set(names.found(sorted(declaration.export_columns())))
    added = tuple(name for name in header if name not in place_of and name not in aliases)
    added = () if declaration.has_open_tail else added
    missing = tuple(name for name in known if names.find(name) is None and not _has_alias(name, names, declaration))
    order = [place_of[name] for name in header if name in place_of]
    return HeaderDifference(added, missing, order != sorted(order))


def names_difference(before: tuple[str, ...], after: tuple[str, ...]) -> HeaderDifference:
    """What came, went or moved between two headers of one format."""
    added = tuple(name for name in after if name not in set(before))
    missing = tuple(name for name in before if name not in set(after))
    common = [name for name in after if name in set(before)]
    return HeaderDifference(added, missing, common != [name for name in before if name in set(after)])


def doubled_columns(header: tuple[str, ...], declaration: SourceDeclaration) -> str | None:
    """A warning where a column that is read stands more than once, and the format is not known to have it so."""
    told = {*declaration.known_header, *declaration.export_columns()}
    told |= {name for signature in declaration.signatures for name in signature.header}
    read = {name.casefold() for name in declaration.export_columns()}
    bases = (re.sub(r"\.\d+$", "", name) for name in header if name not in told)
    counts = Counter(name.casefold() for name in header)
    doubled = [base for base in dict.fromkeys(bases) if f"{base}.1" in header and base.casefold() in read]
    spelt = {name.casefold() for name in header if name not in told and counts[name.casefold()] > 1} & read
    doubled += [name for name in header if name.casefold() in spelt]
    names = ", ".join(repr(name[:60]) for name in dict.fromkeys(doubled))
    return f"these columns stand more than once, and one of each is read: {names}" if doubled else None


def refuse_glued(batch: RecordBatch, header: tuple[str, ...], declaration: SourceDeclaration) -> None:
    """Raises RefusedFile where a record is a header of its own, with other columns or the same in another order.

    Files glued together would else go on under the first one's header, likes as shares. The same header again is a
    record like any other, that is rejected for its time.
    """
    names = HeaderMap(header)
    columns = names.found(declaration.time.columns)
    known = {name.casefold() for name in (*header, *declaration.known_header, *declaration.export_columns())}
    for column in columns:
        cells = batch.records[column].str.strip_chars().str.to_lowercase()
        for place in cells.is_in(list(known)).fill_null(False).arg_true():
            row = [(cell or "").strip() for cell in batch.records.select(header).row(place)]
            filled = [cell for cell in row if cell]
            is_header = len(filled) > 1 and sum(cell.casefold() in known for cell in filled) * 2 > len(filled)
            if is_header and any(a.casefold() != b.casefold() for a, b in zip(unique_names(row), header, strict=True)):
                number = int(batch.records[ROW][place])
                raise RefusedFile(
                    f"record {number} is a second header with its columns in other places: split the file"
                )


def _has_alias(name: str, names: HeaderMap, declaration: SourceDeclaration) -> bool:
    """Whether another column of the file feeds all canonical columns that this one does."""
    branches = [branch for rule in declaration.columns.values() for branch in rule_branches(rule)]
    feeds = [branch for branch in branches if name in branch]
    feeds += [columns for columns in (declaration.time.columns, declaration.platform.columns) if name in columns]
    return bool(feeds) and all(names.found(columns) for columns in feeds)
