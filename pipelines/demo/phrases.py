"""Turning phrase books into varied, grammatical posts: slots, alternatives, articles, elision, decks of combinations.

A phrase book is a text file of sections (`== name`). `{slot}` takes a random line of that section, `{Slot}` the same
with a capital letter, `[a|b]` one of the alternatives. A post is a main sentence and a tail; every pair of the two is
dealt once before any pair is dealt again, so ordinary posts differ by construction.
"""

import random
import re
from collections import deque
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipelines.demo.world import DemoBrand

_SLOT = re.compile(r"\{(\w+)\}|\[([^\]]*\|[^\]]*)\]")
_ARTICLE = re.compile(r"\b([Aa]) (?=[#\"]?[aeioAEIOÉé](?!ne\b))")
_ELISION = re.compile(r"\b(la|ma|que) (?=[ÉE]cumelle)", re.IGNORECASE)
_ELIDED = {"la": "l'", "ma": "mon ", "que": "qu'"}
_ATTEMPTS = 8
_REMEMBERED = 60
_LARGEST_OVERLAP = 0.5

Sections = dict[str, tuple[str, ...]]


@cache
def phrase_book(language: str) -> Sections:
    """Return the sections of one language's phrase book, in the order of the file."""
    text = files(__package__).joinpath(f"phrases_{language}.txt").read_text(encoding="utf-8")
    sections: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("== "):
            sections[line[3:].strip()] = []
        elif line.strip():
            sections[next(reversed(sections))].append(line.strip())
    return {name: tuple(lines) for name, lines in sections.items()}


def weighted(rng: random.Random, pairs: tuple[tuple[str, int], ...]) -> str:
    """Return one name, drawn by its weight."""
    return rng.choices([name for name, _ in pairs], weights=[weight for _, weight in pairs])[0]


@dataclass
class PhraseWriter:
    """Deals combinations of sentences and fills their slots; one random stream, so a seed fixes every text."""

    rng: random.Random

    def __post_init__(self) -> None:
        """Start with no deck dealt and nothing said."""
        self._decks: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
        self._triples: dict[str, deque[frozenset[tuple[str, str, str]]]] = {}

    def compose(
        self, language: str, main: str, tail: str, *, brand: DemoBrand | None = None, rival: DemoBrand | None = None
    ) -> str:
        """Return one post: a sentence of section `main`, mostly one of section `tail`, at times a third.

        A text that shares too many word triples with an earlier one is dealt again, so that near-duplicate detection
        finds nothing among ordinary posts.
        """
        for _ in range(_ATTEMPTS):
            template, follow_up = self._deal(language, main, tail)
            parts = [template, follow_up] if follow_up else [template]
            extra = phrase_book(language)["tail_neutral"]
            if follow_up and tail.startswith("tail_") and self.rng.random() < 0.35:
                parts.append(self.rng.choice([line for line in extra if line != follow_up]))
            text = " ".join(self.fill(language, part, brand=brand, rival=rival) for part in parts)
            if self._is_new(template, text):
                break
        return text

    def _is_new(self, template: str, text: str) -> bool:
        """Say whether no recent text of the same main sentence is close, and remember this one."""
        words = [word.strip(".,:;!?#").lower() for word in text.split()]
        triples = frozenset(zip(words, words[1:], words[2:], strict=False))
        earlier = self._triples.setdefault(template, deque(maxlen=_REMEMBERED))
        limit = _LARGEST_OVERLAP / (
            1 + _LARGEST_OVERLAP
        )  # Jaccard J of sets of sizes a and b: common = (a + b) J / (1 + J)
        is_new = all(len(triples & other) <= (len(triples) + len(other)) * limit for other in earlier)
        earlier.append(triples)
        return is_new

    def line(self, language: str, section: str, *, brand: DemoBrand | None = None) -> str:
        """Return one filled line of a section."""
        return self.fill(language, self.rng.choice(phrase_book(language)[section]), brand=brand)

    def _deal(self, language: str, main: str, tail: str) -> tuple[str, str]:
        key = (language, main, tail)
        if not self._decks.get(key):
            book = phrase_book(language)
            deck = [(first, second) for first in book[main] for second in book[tail]]
            deck += [(first, "") for first in book[main] if first.count("{") > 2]
            self.rng.shuffle(deck)
            self._decks[key] = deck
        return self._decks[key].pop()

    def fill(
        self, language: str, template: str, *, brand: DemoBrand | None = None, rival: DemoBrand | None = None
    ) -> str:
        """Return `template` with every slot and alternative drawn, articles agreeing with what follows them."""
        book = phrase_book(language)

        def draw(match: re.Match[str]) -> str:
            slot, alternatives = match.group(1), match.group(2)
            if alternatives is not None:
                options: list[str] = alternatives.split("|")
                return self.rng.choice(options)
            value = self._slot(book, slot.lower(), brand, rival)
            return value[:1].upper() + value[1:] if slot[0].isupper() and not value.startswith("#") else value

        text = template
        while _SLOT.search(text):
            text = _SLOT.sub(draw, text)
        if language == "fr":
            return _ELISION.sub(_elide, text)
        return _ARTICLE.sub(r"\1n ", text) if language == "en" else text

    def _slot(self, book: Sections, slot: str, brand: DemoBrand | None, rival: DemoBrand | None) -> str:
        if slot in book:
            return self.rng.choice(book[slot])
        named = rival if slot == "rival" else brand
        if named is None:
            raise ValueError(f"The slot {slot!r} needs a brand, and none was given.")
        if slot == "model":
            return self.rng.choice(named.models)
        surface = weighted(self.rng, named.surfaces)
        if slot == "a_brand":
            return f"a {surface}"
        if slot == "de_brand":
            return f"d'{surface}" if surface[0] in "ÉE" else f"de {surface}"
        if slot in ("brand", "rival"):
            return surface
        raise ValueError(f"The phrase books have no section for the slot {slot!r}.")


def _elide(match: re.Match[str]) -> str:
    elided = _ELIDED[match[1].lower()]
    return elided.capitalize() if match[1][0].isupper() else elided
