"""The invented people and outlets of the demo: handles, countries, followings, and how unevenly they write.

Activity follows a shifted Zipf law: most write once, a few write a lot, as in the 90-9-1 picture of online communities.
"""

import bisect
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.demo.ids import digits
from pipelines.demo.world import BRANDS, DemoBrand

_ZIPF_EXPONENT = 0.95
_ZIPF_SHIFT = 6

_FIRST = {
    "en": (
        "quiet",
        "amber",
        "misty",
        "velvet",
        "rusty",
        "brisk",
        "sunny",
        "mellow",
        "wooden",
        "gentle",
        "dusty",
        "salty",
    ),
    "fr": (
        "petit",
        "calme",
        "douce",
        "grande",
        "belle",
        "drole",
        "jolie",
        "vive",
        "tendre",
        "discret",
        "brave",
        "tranquille",
        "leger",
        "sombre",
        "frais",
    ),
    "es": ("suave", "dulce", "alegre", "fuerte", "lento", "claro", "sereno"),
    "de": ("leise", "helle", "frische", "kleine", "ruhige", "graue", "stille"),
}
_SECOND = {
    "en": (
        "kettle",
        "teaspoon",
        "harbour",
        "lantern",
        "meadow",
        "ladder",
        "walnut",
        "button",
        "pebbles",
        "marble",
        "acorn",
        "saddle",
        "thermos",
        "biscuit",
    ),
    "fr": (
        "tasse",
        "cuillere",
        "fenetre",
        "balcon",
        "marmite",
        "colline",
        "noisette",
        "sentier",
        "tartine",
        "lampion",
        "galet",
        "brioche",
        "horloge",
    ),
    "es": ("cuchara", "ventana", "camino", "molino", "cocina", "taza"),
    "de": ("kanne", "treppe", "lampe", "wiese", "tasse", "fenster"),
}
_TRAIL = ("notes", "diary", "corner", "daily", "talks", "table")
_COUNTRIES = {
    "en": (("GB", 50), ("US", 25), ("IE", 12), ("CA", 13)),
    "fr": (("FR", 78), ("BE", 12), ("CH", 6), ("CA", 4)),
    "es": (("ES", 1),),
    "de": (("DE", 75), ("AT", 25)),
}
_POPULATION = {"x": 1500, "reddit": 420, "instagram": 460, "youtube": 300, "forum": 220, "news": 46, "blog": 60}
_LANGUAGE_SHARE = {"en": 0.6, "fr": 0.34, "es": 0.03, "de": 0.03}


@dataclass(frozen=True)
class Author:
    """One invented account: a writer, an outlet, or a brand's official account."""

    author_id: str
    handle: str
    name: str
    platform: str
    language: str
    country: str
    followers: int
    is_lower_case: bool = False
    is_official: bool = False


@dataclass(frozen=True)
class _Crowd:
    authors: Sequence[Author]
    cumulative: Sequence[float]


@dataclass
class Population:
    """Authors by platform and language; `draw` follows their activity, `sample` ignores it."""

    rng: random.Random
    scale: float

    def __post_init__(self) -> None:
        """Create every author once, in a fixed order."""
        self._crowds: dict[tuple[str, str], _Crowd] = {}
        for platform, language in itertools.product(_POPULATION, _LANGUAGE_SHARE):
            count = max(8, round(_POPULATION[platform] * _LANGUAGE_SHARE[language] * self.scale))
            authors = [self._author(platform, language) for _ in range(count)]
            weights = ((rank + _ZIPF_SHIFT) ** -_ZIPF_EXPONENT for rank in range(count))
            self._crowds[platform, language] = _Crowd(authors, list(itertools.accumulate(weights)))
        self.official = {brand.brand_id: official_author(brand, "x") for brand in BRANDS}

    def draw(self, platform: str, language: str) -> Author:
        """Return a writer, the busy ones more often."""
        crowd = self._crowds[platform, language]
        point = self.rng.random() * crowd.cumulative[-1]
        return crowd.authors[bisect.bisect_left(crowd.cumulative, point)]

    def sample(self, platform: str, language: str) -> Author:
        """Return any writer with the same chance."""
        return self.rng.choice(self._crowds[platform, language].authors)

    def newcomer(self, platform: str, language: str) -> Author:
        """Return an account that has not written before."""
        return self._author(platform, language)

    def _author(self, platform: str, language: str) -> Author:
        rng = self.rng
        words = (rng.choice(_FIRST[language]), rng.choice(_SECOND[language]), rng.choice(_TRAIL))
        name = " ".join(word.capitalize() for word in words[: rng.choice((2, 3))])
        if platform in ("news", "blog"):
            handle = f"{words[0]}-{words[1]}-{words[2]}-{rng.randrange(100, 1000)}.example"
        else:
            handle = f"{words[0]}_{words[1]}_{words[2]}_{rng.randrange(10_000):04d}"
        countries, weights = zip(*_COUNTRIES[language], strict=True)
        return Author(
            author_id=digits(rng, 10),
            handle=handle,
            name=name,
            platform=platform,
            language=language,
            country=rng.choices(countries, weights=weights)[0],
            followers=int(rng.lognormvariate(10.5 if platform == "news" else 5.4, 1.5)),
            is_lower_case=rng.random() < 0.1,
        )


def official_author(brand: DemoBrand, platform: str) -> Author:
    """Return the official account of a brand on a platform."""
    number = 9_000_000_000 + 10 * BRANDS.index(brand) + len(platform) % 10
    country = "FR" if brand.language == "fr" else "GB"
    followers = brand.followers.get(platform, 18_000)
    return Author(str(number), brand.handle, brand.name, platform, brand.language, country, followers, False, True)
