"""Write the golden files and the table of formats anew after a change that is meant, then review them."""

import tempfile
from pathlib import Path

from tests.exports import (
    competitor_tables,
    dashboard_tables,
    json_formats,
    listening_tools,
    monitoring_tables,
    news_tables,
    platform_tables,
    stream_formats,
)
from transforms.sources.declaration import ABBREVIATION, ACCOUNT, EXPLICIT, HEADER, UTC, SourceDeclaration
from transforms.sources.registry import DECLARATIONS

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "sources"
PAGE = ROOT / "transforms" / "sources" / "SOURCES.md"
_TABLES = (listening_tools, dashboard_tables, competitor_tables, platform_tables, news_tables, monitoring_tables)
_MODULES = (*_TABLES, json_formats, stream_formats)
LOOK_ALIKES = {build.__name__: build for module in _MODULES for build in module.LOOK_ALIKES}
_ZONES = {
    EXPLICIT: "in the value",
    UTC: "UTC, unmarked",
    ACCOUNT: "the account's, unmarked",
    ABBREVIATION: "abbreviation",
    HEADER: "in the column's name",
}
_START, _END = "<!-- formats: written by tests.exports.write_goldens -->\n", "<!-- end of formats -->"


def page() -> str:
    """SOURCES.md with its table of formats as the registry has them."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(_START)
    lines = ["| format | code | records | zone of its times | confidence |", "|---|---|---|---|---|"]
    lines += [_line(declaration) for declaration in DECLARATIONS]
    return before + _START + "\n" + "\n".join(lines) + "\n\n" + _END + rest.split(_END)[1]


def _line(declaration: SourceDeclaration) -> str:
    kind = "none: refused" if declaration.refused_because else declaration.record_kind
    zone = "" if declaration.refused_because else _ZONES[declaration.time.zone]
    return f"| {declaration.title} | `{declaration.code}` | {kind} | {zone} | {declaration.confidence} |"


if __name__ == "__main__":
    for name, build in LOOK_ALIKES.items():
        with tempfile.TemporaryDirectory() as folder:
            (GOLDEN / f"{name}.txt").write_text(build().golden(Path(folder)), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
