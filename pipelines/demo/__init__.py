"""The seeded demo: export files of an invented market, with planted truths that tests check tables against."""

from pipelines.demo.generate import generate
from pipelines.demo.truths import PlantedTruths
from pipelines.demo.world import demo_workspace

__all__ = ["PlantedTruths", "demo_workspace", "generate"]
