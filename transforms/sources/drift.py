"""Drift: how a file's header differs from the one its declaration knows, and the header's fingerprint."""

import hashlib

from transforms.sources.cells import HeaderMap
from transforms.sources.declaration import SourceDeclaration, rule_branches
from transforms.sources.reading import HeaderDifference


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


def _has_alias(name: str, names: HeaderMap, declaration: SourceDeclaration) -> bool:
    """Whether another column of the file feeds all canonical columns that this one does."""
    branches = [branch for rule in declaration.columns.values() for branch in rule_branches(rule)]
    feeds = [branch for branch in branches if name in branch]
    feeds += [columns for columns in (declaration.time.columns, declaration.platform.columns) if name in columns]
    return bool(feeds) and all(names.found(columns) for columns in feeds)
