"""The invented world of the demo: brands, accounts, topics, targets, platforms, and the workspace that watches them.

Everything here is made up. Handles on X have more than fifteen characters and subreddit names more than twenty-one,
which those platforms do not allow, so no invented account there can be a real one.
"""

from dataclasses import dataclass
from typing import Any

REPORTING_ZONE = "Europe/Paris"
MELTWATER_ZONE = "America/New_York"
"""The Meltwater account was opened in another office: its unmarked times are local there, its document ids are UTC."""
SPROUT_ZONE = "Europe/Paris"


@dataclass(frozen=True)
class DemoBrand:
    """One invented maker of coffee machines: how people write its name and how much they talk about it."""

    brand_id: str
    name: str
    role: str
    aliases: tuple[str, ...]
    exclusions: tuple[str, ...]
    surfaces: tuple[tuple[str, int], ...]
    models: tuple[str, ...]
    handle: str
    language: str
    daily_mentions: float
    weekly_posts: int
    followers: dict[str, int]


BRANDS: tuple[DemoBrand, ...] = (
    DemoBrand(
        "norvique", "Norvique", "own",
        ("Norvique", "norvique_coffee_hq"), (),
        (("Norvique", 80), ("#Norvique", 12), ("NORVIQUE", 3), ("norvique", 5)),
        ("Lumo", "Lumo Pro", "Arc 2"), "norvique_coffee_hq", "en", 33.0, 5,
        {"instagram": 48_200, "facebook": 61_500},
    ),
    DemoBrand(
        "tavorel", "Tavorel", "competitor",
        ("Tavorel", "TavorelOne", "TeamTavorel", "tavorel_machines_hq"), (),
        (("Tavorel", 76), ("#Tavorel", 10), ("#TavorelOne", 7), ("#TeamTavorel", 4), ("tavorel", 3)),
        ("One", "One XL", "Silo"), "tavorel_machines_hq", "en", 29.0, 6,
        {"instagram": 239_400, "facebook": 310_800},
    ),
    DemoBrand(
        "ecumelle", "Écumelle", "competitor",
        ("Écumelle", "Ecumelle", "ecumelle_officiel_hq"), (),
        (("Écumelle", 66), ("Ecumelle", 16), ("#Écumelle", 6), ("#ecumelle", 8), ("ÉCUMELLE", 4)),
        ("Brise", "Brise Duo", "Nacre"), "ecumelle_officiel_hq", "fr", 20.0, 4,
        {"instagram": 92_700, "facebook": 74_300},
    ),
    DemoBrand(
        "copper_wren", "Copper Wren", "competitor",
        ("Copper Wren", "CopperWren", "copperwren_kitchens_hq"), (),
        (("Copper Wren", 74), ("#CopperWren", 16), ("copper wren", 6), ("CopperWren", 4)),
        ("Nest", "Nest Mini", "Perch"), "copperwren_kitchens_hq", "en", 16.0, 3,
        {"instagram": 31_900, "facebook": 22_400},
    ),
    DemoBrand(
        "pestle", "Pestle", "competitor",
        ("Pestle", "pestle_grinders_hq"),
        ("mortar and pestle", "pestle and mortar", "granite pestle", "PESTLE analysis"),
        (("Pestle", 88), ("#Pestle", 12)),
        ("Burr", "Burr 64", "Quern"), "pestle_grinders_hq", "en", 11.0, 2,
        {"instagram": 12_600, "facebook": 8_100},
    ),
)  # fmt: skip
OWN = BRANDS[0]
BRAND_BY_ID = {brand.brand_id: brand for brand in BRANDS}

PLATFORM_MIX: tuple[tuple[str, int], ...] = (
    ("x", 58), ("reddit", 13), ("instagram", 10), ("news", 4), ("blog", 3), ("youtube", 6), ("forum", 6),
)  # fmt: skip

LANGUAGE_MIX: dict[str, tuple[tuple[str, int], ...]] = {
    "norvique": (("en", 62), ("fr", 33), ("es", 3), ("de", 2)),
    "tavorel": (("en", 70), ("fr", 24), ("es", 3), ("de", 3)),
    "ecumelle": (("en", 24), ("fr", 73), ("es", 2), ("de", 1)),
    "copper_wren": (("en", 72), ("fr", 23), ("es", 3), ("de", 2)),
    "pestle": (("en", 78), ("fr", 17), ("es", 2), ("de", 3)),
}

INTENT_MIX: dict[str, tuple[tuple[str, int], ...]] = {
    "norvique": (
        ("praise", 34),
        ("complaint", 20),
        ("question", 16),
        ("intent", 11),
        ("neutral", 14),
        ("comparison", 5),
    ),
    "tavorel": (
        ("praise", 26),
        ("complaint", 30),
        ("question", 13),
        ("intent", 10),
        ("neutral", 16),
        ("comparison", 5),
    ),
    "ecumelle": (
        ("praise", 36),
        ("complaint", 17),
        ("question", 15),
        ("intent", 13),
        ("neutral", 14),
        ("comparison", 5),
    ),
    "copper_wren": (
        ("praise", 40),
        ("complaint", 14),
        ("question", 14),
        ("intent", 14),
        ("neutral", 13),
        ("comparison", 5),
    ),
    "pestle": (("praise", 30), ("complaint", 24), ("question", 17), ("intent", 11), ("neutral", 13), ("comparison", 5)),
}

EXPORTED_IN: dict[str, tuple[tuple[tuple[str, ...], int], ...]] = {
    "x": (
        (("brandwatch",), 50), (("meltwater",), 15), (("x_api",), 10), (("brandwatch", "meltwater"), 11),
        (("brandwatch", "x_api"), 7), (("brandwatch", "meltwater", "x_api"), 7),
    ),
    "reddit": ((("brandwatch",), 72), (("meltwater",), 20), (("brandwatch", "meltwater"), 8)),
    "news": ((("brandwatch",), 40), (("meltwater",), 60)),
    "instagram": ((("brandwatch",), 1),),
    "blog": ((("brandwatch",), 1),),
    "youtube": ((("canonical",), 1),),
    "forum": ((("canonical",), 1),),
}  # fmt: skip
"""Which vendors' exports hold a post of a platform, with weights; the X API starts in week 5 (see `posts`)."""


def demo_workspace() -> dict[str, Any]:
    """Return the workspace of the demo as plain data: what a user would write into `listening.yaml`."""
    return {
        "workspace": {
            "name": "Norvique listening demo",
            "reporting_zone": REPORTING_ZONE,
            "languages": ["en", "fr", "es", "de"],
        },
        "brands": [
            {
                "id": brand.brand_id,
                "name": brand.name,
                "role": brand.role,
                "aliases": list(brand.aliases),
                "exclusions": list(brand.exclusions),
                "official_accounts": [
                    {"platform": platform, "handle": brand.handle} for platform in ("x", "instagram", "facebook")
                ],
            }
            for brand in BRANDS
        ],
        "topics": [
            {"id": "leaks", "name": "Leaks and safety", "query": "leak OR leaks OR leaking OR recall OR seal OR fuite"},
            {
                "id": "service",
                "name": "Service and repair",
                "query": "service OR support OR helpline OR warranty OR garantie",
            },
            {
                "id": "taste",
                "name": "Taste and crema",
                "query": "espresso OR cappuccino OR crema OR expresso OR mousse",
            },
            {"id": "price", "name": "Price and value", "query": "price OR euros OR refund OR prix OR remboursement"},
        ],
        "targets": [
            {"metric": "sov_mentions", "brand": OWN.brand_id, "value": 0.35, "deadline": "2026-03-29"},
            {"metric": "net_sentiment_all", "brand": OWN.brand_id, "value": 0.15, "deadline": "2026-03-29"},
            {"metric": "audience_growth", "brand": OWN.brand_id, "value": 0.04, "deadline": "2026-03-29"},
        ],
        "source_zones": {"meltwater_legacy": MELTWATER_ZONE, "sprout": SPROUT_ZONE},
    }
