"""What to tell someone whose file has a format nobody declared: the nearest known one, and a block to start from."""

from collections.abc import Sequence
from typing import Any

from transforms.sources.cells import HeaderMap
from transforms.sources.declaration import SourceDeclaration
from transforms.sources.reading import ReadContext, RefusedFile
from transforms.sources.records import unique_names
from transforms.sources.rejects import shown
from transforms.sources.sniff import Look
from transforms.sources.suggest import suggested_block

_FEWEST_CELLS, _FEWEST_MATCHES, _LEAST_SHARE = 2, 2, 0.25
_SHOWN_NAMES, _SHOWN_MISSING = 8, 4


def unknown_format(looks: Sequence[Look], context: ReadContext) -> RefusedFile:
    """The refusal of a file that no declaration recognises, with a suggestion where its columns can be guessed."""
    found = _nearest(looks, context.declarations)
    suggestion = suggested_block(looks, context.own_name)
    if suggestion is None:
        advice = "export it as CSV with one header row, or describe it under sources.custom in listening.yaml"
    else:
        advice = "a block for sources.custom in listening.yaml is suggested"
    if found is None:
        return RefusedFile(f"no known export format has these columns ({_first_names(looks)}): {advice}", suggestion)
    declaration, matched = found
    missing = [name for s in declaration.signatures[:1] for name in s.header if name not in matched][:_SHOWN_MISSING]
    lacking = f"; it lacks {', '.join(shown(name) for name in missing)}" if missing else ""
    names = ", ".join(shown(name) for name in matched[:_SHOWN_NAMES])
    nearest = f"nearest is {declaration.title} ({len(matched)} columns match: {names}{lacking})"
    return RefusedFile(f"no known export format; {nearest}: {advice}", suggestion)


def _nearest(
    looks: Sequence[Look], declarations: Sequence[SourceDeclaration]
) -> tuple[SourceDeclaration, tuple[str, ...]] | None:
    best: tuple[float, SourceDeclaration, tuple[str, ...]] | None = None
    for header in _headers(looks):
        names = HeaderMap(header)
        for declaration in declarations:
            expected = declaration.known_header or tuple(sorted(declaration.export_columns()))
            found = names.found(expected)
            share = len(found) / max(1, min(len(expected), len(header)))
            if share < _LEAST_SHARE:
                continue
            if len(found) >= _FEWEST_MATCHES and (best is None or share > best[0]):
                best = (share, declaration, tuple(found))
    return None if best is None else best[1:]


def _headers(looks: Sequence[Look]) -> list[tuple[str, ...]]:
    rows = [row for look in looks for row in look.rows if sum(1 for cell in row if cell.strip()) >= _FEWEST_CELLS]
    objects: list[Any] = [item for look in looks for item in look.objects if isinstance(item, dict)]
    return [unique_names(row) for row in rows] + [unique_names(list(item)) for item in objects[:3]]


def _first_names(looks: Sequence[Look]) -> str:
    headers = _headers(looks)
    if not headers:
        return "it has no rows with several cells"
    widest = max(headers[:5], key=len)
    return ", ".join(shown(name, 30) for name in widest[:_SHOWN_NAMES])
