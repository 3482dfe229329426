"""Queries with an identity: which brand or topic they stand for, and the version of the query that made a number.

Belongs here: naming, versioning, and building a query out of a plain list of brand aliases.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

from transforms.query.characters import WORD
from transforms.query.parser import parse_query
from transforms.query.syntax import Except, Node, Phrase, Query, Tag, any_of, quote
from transforms.query.words import split_words

QueryKind = Literal["brand", "topic"]

MEANING_VERSION = "1"
"""Raised when the matcher would answer differently for the same query, so that a version never means two things."""

MIN_JOINED_LENGTH = 4
"""Characters a run-together alias needs to count as a hashtag or handle: `#bluewave` is a name, `#ca` (C&A) is
noise.
"""


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query that stands for one brand or topic.

    `version` is a hash of what the query means (see `query_version`): spacing and needless brackets do not change it.
    """

    query_id: str
    version: str
    kind: QueryKind
    query: Query


def query_version(query: Query) -> str:
    """The content hash of a query: 12 hex digits of SHA-256 over its canonical text and the meaning version."""
    return hashlib.sha256(f"{MEANING_VERSION}\n{query.canonical_text}".encode()).hexdigest()[:12]


def named_query(query_id: str, text: str, kind: QueryKind) -> NamedQuery:
    """Read a query and name it; raises `QuerySyntaxError`."""
    query = parse_query(text)
    return NamedQuery(query_id, query_version(query), kind, query)


def query_from_aliases(brand_id: str, aliases: Sequence[str], exclusions: Sequence[str] = ()) -> NamedQuery:
    """The query of a brand known by a list of names.

    An alias matches as whole words, whatever stands between them (`blue wave`, `Blue-Wave`), and with `#` or `@` before
    it. An alias of several words also matches run together as a tag (`#BlueWave`, `@blue_wave`), from 4 characters on.
    An alias written with `#`, `@` or `$` matches as that tag only. An exclusion blocks the one occurrence it overlaps:
    with exclusion `apple pie`, "apple pie" does not name Apple and "Apple makes apple pie" does. `*` and `?` are
    punctuation here.

    Raises `ValueError` naming the brand for an alias or exclusion with nothing to find in it, or for no aliases.
    """
    if not aliases:
        raise ValueError(f"brand {brand_id!r} has no aliases; give at least one name to look for")
    wanted = [node for alias in aliases for node in _alias_nodes(brand_id, alias)]
    root = any_of(dict.fromkeys(wanted))
    if exclusions:
        dropped = [node for exclusion in exclusions for node in _alias_nodes(brand_id, exclusion)[:1]]
        root = Except(root, any_of(dict.fromkeys(dropped)))
    text = Query("", root).canonical_text
    query = Query(text, parse_query(text).root)
    return NamedQuery(brand_id, query_version(query), "brand", query)


def _alias_nodes(brand_id: str, alias: str) -> list[Node]:
    """The clauses of one alias, the alias itself first."""
    text = re.sub(r"[*?]", " ", alias).strip()
    words = [word for word in split_words(text, fold_accents=False) if word.points]
    if not words:
        raise ValueError(
            f"brand {brand_id!r}: alias {quote(alias)} has no letter, digit or emoji; write a query instead"
        )
    if words[0].start == 1 and words[0].sigil and not re.search(r"[\s()\"“”„«»]", text):
        return [Tag(cast(Literal["#", "@", "$"], words[0].sigil), text[1:])]
    nodes: list[Node] = [Phrase(text)]
    parts = [text[word.start : word.end] for word in words]
    is_joinable = len(parts) > 1 and all(word.kind == WORD for word in words)
    if is_joinable and len("".join(parts)) >= MIN_JOINED_LENGTH:
        nodes += [Tag(sigil, glue.join(parts)) for sigil in ("#", "@") for glue in ("", "_")]
    return nodes
