"""Write the golden files anew after a change that is meant, then review them."""

import tempfile
from pathlib import Path

from tests.exports import (
    competitor_tables,
    dashboard_tables,
    json_formats,
    listening_tools,
    platform_tables,
    stream_formats,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "sources"
_MODULES = (listening_tools, dashboard_tables, competitor_tables, platform_tables, json_formats, stream_formats)
LOOK_ALIKES = {build.__name__: build for module in _MODULES for build in module.LOOK_ALIKES}

if __name__ == "__main__":
    for name, build in LOOK_ALIKES.items():
        with tempfile.TemporaryDirectory() as folder:
            (GOLDEN / f"{name}.txt").write_text(build().golden(Path(folder)), encoding="utf-8")
