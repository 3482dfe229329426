"""What to tell someone whose file has a format nobody declared: the nearest known one, and a block to start from."""

from collections.abc import Mapping, Sequence
from typing import Any

from transforms.sources.cells import HeaderMap
from transforms.sources.declaration import Signature, SourceDeclaration
from transforms.sources.json_lines import path_value
from transforms.sources.json_shape import found_records, records_at
from transforms.sources.reading import ReadContext, RefusedFile
from transforms.sources.records import unique_names
from transforms.sources.rejects import shown
from transforms.sources.sniff import Look
from transforms.sources.suggest import suggested_block

_FEWEST_CELLS, _FEWEST_MATCHES, _LEAST_SHARE = 2, 2, 0.25
_SHOWN_NAMES, _SHOWN_MISSING = 8, 4
_COMMON_KEYS = frozenset(
    ("id", "date", "type", "text", "url", "created_at", "data", "kind", "published", "timestamp", "object", "title")
)
Nearest = tuple[SourceDeclaration, tuple[str, ...], Signature]


def unknown_format(looks: Sequence[Look], context: ReadContext) -> RefusedFile:
    """The refusal of a file that no declaration recognises, with a suggestion where its columns can be guessed."""
    objects = [item for look in looks for item in look.objects if isinstance(item, Mapping)]
    found = _nearest_json(objects, context.declarations) if objects else _nearest(looks, context.declarations)
    suggestion = suggested_block(looks, context.own_name)
    if suggestion is None and objects:
        advice = "no record in it has a time that can be told; describe it under sources.custom in listening.yaml"
    elif suggestion is None:
        advice = "export it as CSV with one header row, or describe it under sources.custom in listening.yaml"
    else:
        advice = "a block for sources.custom in listening.yaml is suggested"
    if found is None:
        return RefusedFile(
            f"no known export format has these {'keys' if objects else 'columns'} ({_first_names(looks)}): {advice}",
            suggestion,
        )
    declaration, matched, signature = found
    missing = [name for name in signature.header if name not in matched][:_SHOWN_MISSING]
    lacking = f"; it lacks {', '.join(shown(name) for name in missing)}" if missing else ""
    names = ", ".join(shown(name) for name in matched[:_SHOWN_NAMES])
    nearest = (
        f"nearest is {declaration.title} ({len(matched)} {'keys' if objects else 'columns'} match: {names}{lacking})"
    )
    return RefusedFile(f"no known export format; {nearest}: {advice}", suggestion)


def _nearest(looks: Sequence[Look], declarations: Sequence[SourceDeclaration]) -> Nearest | None:
    best: tuple[float, Nearest] | None = None
    for header in _headers(looks):
        names = HeaderMap(header)
        for declaration in (d for d in declarations if d.signatures[0].container == "table"):
            expected = declaration.known_header or tuple(sorted(declaration.export_columns()))
            found = names.found(expected)
            share = len(found) / max(1, min(len(expected), len(header)))
            if share < _LEAST_SHARE:
                continue
            if len(found) >= _FEWEST_MATCHES and (best is None or share > best[0]):
                best = (share, (declaration, tuple(found), declaration.signatures[0]))
    return None if best is None else best[1]


def _nearest_json(objects: Sequence[Mapping[str, Any]], declarations: Sequence[SourceDeclaration]) -> Nearest | None:
    """The JSON format of whose telling keys most stand in some record; keys that any JSON may have do not tell."""
    best: tuple[tuple[float, int], Nearest] | None = None
    for declaration in declarations:
        for signature in (s for s in declaration.signatures if s.container == "json"):
            records = [record for item in objects[:5] for record in records_at(item, signature.envelope)[:5]]
            paths = (*signature.header, *signature.any_header)
            paths += tuple(p for p in sorted(declaration.export_columns()) if not p.startswith("_"))
            paths = tuple(dict.fromkeys(paths))
            matched = tuple(p for p in paths if any(path_value(record, p) is not None for record in records))
            share = len(matched) / max(1, len(paths))
            is_telling = any(path not in _COMMON_KEYS for path in matched)
            if is_telling and share >= _LEAST_SHARE and (best is None or (share, len(matched)) > best[0]):
                best = ((share, len(matched)), (declaration, matched, signature))
    return None if best is None else best[1]


def _headers(looks: Sequence[Look]) -> list[tuple[str, ...]]:
    rows = [row for look in looks for row in look.rows if sum(1 for cell in row if cell.strip()) >= _FEWEST_CELLS]
    _, records = found_records([item for look in looks for item in look.objects])
    return [unique_names(row) for row in rows] + [unique_names(list(item)) for item in records[:3]]


def _first_names(looks: Sequence[Look]) -> str:
    headers = _headers(looks)
    if not headers:
        return "it has no rows with several cells"
    widest = max(headers[:5], key=len)
    return ", ".join(shown(name, 30) for name in widest[:_SHOWN_NAMES])
