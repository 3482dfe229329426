"""What to tell someone whose file has a format nobody declared."""

from collections.abc import Sequence

from transforms.sources.cells import HeaderMap
from transforms.sources.declaration import SourceDeclaration
from transforms.sources.records import unique_names
from transforms.sources.rejects import shown
from transforms.sources.sniff import Look


def unknown_format(looks: Sequence[Look], declarations: Sequence[SourceDeclaration], file_name: str) -> str:
    """One line: the nearest known format, which of its columns stand in the file, and what to do."""
    best: tuple[float, SourceDeclaration | None, tuple[str, ...], tuple[str, ...]] = (0.0, None, (), ())
    for look in looks:
        for row in look.rows:
            header = unique_names(row)
            if sum(1 for cell in row if cell.strip()) < 2:
                continue
            names = HeaderMap(header)
            for declaration in declarations:
                expected = declaration.known_header or tuple(declaration.export_columns())
                found = names.found(expected)
                share = len(found) / max(1, min(len(expected), len(header)))
                if share > best[0] and len(found) >= 2:
                    best = (share, declaration, tuple(found), header)
    share, declaration, found, _ = best
    advice = "describe its columns under sources.custom in listening.yaml"
    if declaration is None:
        return f"no known export format has these columns: {advice}"
    matched = ", ".join(shown(name) for name in found[:8])
    missing = [n for s in declaration.signatures for n in s.header if n not in found][:4]
    lacking = f"; it lacks {', '.join(shown(name) for name in missing)}" if missing else ""
    return f"no known export format; nearest is {declaration.title} ({len(found)} columns match: {matched}{lacking}): {advice}"
