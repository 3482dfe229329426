"""The jobs people start: the whole path to a release, or reading the inbox alone."""

import dagster as dg

from assets.declare import key_of
from warehouse.tables import raw

# Every run logs structured lines, whoever starts it.
_CONFIG = {"loggers": {"console": {"config": {"log_level": "INFO"}}}}

PUBLISH = dg.define_asset_job(
    "publish_listening_tables",
    selection=dg.AssetSelection.all(),
    description="Inbox to release: read, merge, compute, audit, publish. Unchanged inputs publish nothing.",
    config=_CONFIG,
    tags={"team": "data-platform"},
)
READ = dg.define_asset_job(
    "read_exports_only",
    selection=dg.AssetSelection.assets(*(key_of(contract) for contract in raw.TABLES)),
    description="Read waiting export files into the raw layer and stop there.",
    config=_CONFIG,
    tags={"team": "data-platform"},
)
