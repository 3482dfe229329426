"""The jobs people start: the whole path to a release, days computed again, the inbox alone, the weekly digest."""

import dagster as dg

from assets.declare import key_of
from assets.digest import DIGEST_KEY
from assets.release import RELEASE_KEY
from warehouse.tables import raw

# Every run logs structured lines, whoever starts it.
_CONFIG = {"loggers": {"console": {"config": {"log_level": "INFO"}}}}
_TAGS = {"team": "data-platform"}
_DIGEST = dg.AssetSelection.assets(DIGEST_KEY)

PUBLISH = dg.define_asset_job(
    "publish_listening_tables",
    selection=dg.AssetSelection.all() - _DIGEST,
    description="Inbox to release: read, merge, compute, audit, publish. Unchanged inputs publish nothing. Started by "
    'hand, it asks for days: "Latest" is a plain run; whatever is out of date is done in any case.',
    config=_CONFIG,
    tags=_TAGS,
)
RECOMPUTE = dg.define_asset_job(
    "recompute_days",
    # Some steps write a core table and a listening table together: such a step runs as a whole.
    selection=(
        dg.AssetSelection.groups("mart") | dg.AssetSelection.assets(RELEASE_KEY)
    ).required_multi_asset_neighbors(),
    description="Computes the listening tables of a range of reporting days again, in one run, and publishes. The "
    "inbox is left alone. The same as `listening rebuild --from DAY --to DAY`. Older days: Show all partitions.",
    config=_CONFIG,
    tags=_TAGS,
)
READ = dg.define_asset_job(
    "read_exports_only",
    selection=dg.AssetSelection.assets(*(key_of(contract) for contract in raw.TABLES)),
    description="Reads waiting export files into the raw layer and stops there.",
    config=_CONFIG,
    tags=_TAGS,
)
DIGEST = dg.define_asset_job(
    "write_weekly_digest",
    selection=_DIGEST,
    description="Writes the last complete week as a page and an e-mail into reports/digest, from what is published.",
    config=_CONFIG,
    tags=_TAGS,
)
# The jobs whose end somebody is told of.
WATCHED = (PUBLISH, RECOMPUTE, READ, DIGEST)
