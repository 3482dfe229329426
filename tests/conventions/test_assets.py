"""What Dagster's users see of every asset, and the shape of the graph."""

from pathlib import Path

from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

from assets.digest import DIGEST_KEY
from pipelines.definitions import build

GOLDEN = Path(__file__).parents[1] / "golden" / "asset_graph.txt"


def graph() -> AssetGraph:
    return build("/nonexistent").resolve_asset_graph()


def test_every_asset_has_owner_group_kinds_description_and_columns() -> None:
    for key in graph().get_all_asset_keys():
        node = graph().get(key)
        assert node.owners and node.description and node.kinds, key
        assert node.group_name in ("raw", "core", "mart", "release", "state", "report"), key
        # A report is files for people; everything else is a table.
        assert "dagster/column_schema" in node.metadata or node.group_name == "report", key


def test_the_graph_is_the_one_people_know() -> None:
    nodes = graph()
    lines = []
    for key in sorted(nodes.get_all_asset_keys(), key=lambda k: k.path):
        parents = sorted(parent.to_user_string() for parent in nodes.get(key).parent_keys)
        lines.append(f"{key.to_user_string()} <- {', '.join(parents) or 'nothing'}")
    drawn = "\n".join(lines) + "\n"
    assert GOLDEN.read_text(encoding="utf-8") == drawn, f"the graph changed; if meant, write this to {GOLDEN}:\n{drawn}"


def test_every_step_that_opens_the_warehouse_waits_in_a_pool_of_one() -> None:
    for asset in build("/nonexistent").resolve_asset_graph().assets_defs:
        # The digest reads what is published, and no reader is ever in the way.
        if not asset.is_external and set(asset.keys) != {DIGEST_KEY}:
            assert asset.op.pool == "warehouse", asset.keys
