"""What goes into the kernels and comes out: compiled queries laid out as arrays, found atoms and decisions as columns.

Belongs here: layout only, and nothing that imports Numba. What the arrays are made from is `program`; what reads them
is `find_kernel` and `decide_kernel`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.query.characters import WILD_MANY, WILD_ONE
from transforms.query.program import FIND, Program

HASH_START, HASH_STEP = 0xCBF29CE484222325, 0x100000001B3  # FNV-1a, 64 bits


class WordTable(NamedTuple):
    """The words of a program: `slots` hashes exact words, `wild_words` holds patterns by first code point modulo 256,
    those that begin with a wildcard last.
    """

    starts: NDArray[np.int64]
    points: NDArray[np.int32]
    slots: NDArray[np.int32]
    wild_starts: NDArray[np.int64]
    wild_words: NDArray[np.int32]


class AtomTable(NamedTuple):
    """The atoms of a program (see `program.Atom`); `first_atoms` lists atoms by their first word, `loose_atoms` those
    with no word at all.
    """

    starts: NDArray[np.int64]
    words: NDArray[np.int32]
    gaps: NDArray[np.int32]
    sigils: NDArray[np.uint8]
    is_closed: NDArray[np.bool_]
    raw_starts: NDArray[np.int64]
    raw_bytes: NDArray[np.uint8]
    raw_chars: NDArray[np.int32]
    lead_bytes: NDArray[np.int32]
    lead_chars: NDArray[np.int32]
    first_starts: NDArray[np.int64]
    first_atoms: NDArray[np.int32]
    loose_atoms: NDArray[np.int32]


class ProgramTable(NamedTuple):
    """The programs of all queries: steps of query `q` at `starts[q]:starts[q + 1]` as rows of four numbers; the queries
    that read an atom, by atom; the queries to run everywhere.
    """

    starts: NDArray[np.int64]
    steps: NDArray[np.int32]
    reader_starts: NDArray[np.int64]
    readers: NDArray[np.int32]
    is_everywhere: NDArray[np.bool_]


class Hits(NamedTuple):
    """Occurrences of atoms, those of text `t` at `text_starts[t]:text_starts[t + 1]`. Words count from the text's
    first.
    """

    text_starts: NDArray[np.int64]
    atoms: NDArray[np.int32]
    first_words: NDArray[np.int32]
    last_words: NDArray[np.int32]
    char_starts: NDArray[np.int32]
    char_ends: NDArray[np.int32]


class Decisions(NamedTuple):
    """True (text, query) pairs, by text, then query; `span_ends[m]` ends the spans of match `m` in the two span
    columns.

    Characters are -1 where conditions alone made the query true; spans are those in the text, not the title.
    """

    texts: NDArray[np.int32]
    queries: NDArray[np.int32]
    clauses: NDArray[np.int32]
    char_starts: NDArray[np.int32]
    char_ends: NDArray[np.int32]
    is_title: NDArray[np.int32]
    counts: NDArray[np.int32]
    span_ends: NDArray[np.int32]
    span_starts: NDArray[np.int32]
    span_stops: NDArray[np.int32]


def word_table(program: Program) -> WordTable:
    """Lay out the words of a program for look-up."""
    size = 1 << max(4, (4 * len(program.words)).bit_length())
    slots = np.full(size, -1, np.int32)
    buckets: list[list[int]] = [[] for _ in range(257)]
    for number, points in enumerate(program.words):
        if WILD_MANY in points or WILD_ONE in points:
            buckets[256 if points[0] in (WILD_MANY, WILD_ONE) else points[0] & 255].append(number)
            continue
        hashed = HASH_START
        for point in points:
            hashed = (hashed ^ point) * HASH_STEP & 0xFFFFFFFFFFFFFFFF
        slot = (hashed ^ hashed >> 32) & size - 1
        while slots[slot] >= 0:
            slot = slot + 1 & size - 1
        slots[slot] = number
    return WordTable(
        starts=_starts(program.words),
        points=np.array([point for points in program.words for point in points], np.int32),
        slots=slots,
        wild_starts=_starts(buckets),
        wild_words=np.array([number for bucket in buckets for number in bucket], np.int32),
    )


def atom_table(program: Program) -> AtomTable:
    """Lay out the atoms of a program for checking."""
    atoms = program.atoms
    by_first: list[list[int]] = [[] for _ in program.words]
    for number, atom in enumerate(atoms):
        if atom.words:
            by_first[atom.words[0]].append(number)
    raw = [atom.raw_text.encode() for atom in atoms]
    leads = [atom.raw_text[: atom.raw_lead].encode() for atom in atoms]
    return AtomTable(
        starts=_starts([atom.words for atom in atoms]),
        words=np.array([word for atom in atoms for word in atom.words], np.int32),
        gaps=np.array([gap for atom in atoms for gap in atom.gaps], np.int32),
        sigils=np.array([ord(atom.sigil or "\0") for atom in atoms], np.uint8),
        is_closed=np.array([atom.is_closed for atom in atoms], np.bool_),
        raw_starts=_starts(raw),
        raw_bytes=np.frombuffer(b"".join(raw), np.uint8),
        raw_chars=np.array([len(atom.raw_text) for atom in atoms], np.int32),
        lead_bytes=np.array(list(map(len, leads)), np.int32),
        lead_chars=np.array([atom.raw_lead for atom in atoms], np.int32),
        first_starts=_starts(by_first),
        first_atoms=np.array([number for numbers in by_first for number in numbers], np.int32),
        loose_atoms=np.array([number for number, atom in enumerate(atoms) if not atom.words], np.int32),
    )


def program_table(program: Program) -> ProgramTable:
    """Lay out the programs of all queries."""
    readers: list[set[int]] = [set() for _ in program.atoms]
    for query, steps in enumerate(program.steps):
        for step in steps:
            if step.code == FIND:
                readers[step.first].add(query)
    rows = [(step.code, step.first, step.second, step.third) for steps in program.steps for step in steps]
    return ProgramTable(
        starts=np.cumsum([0, *map(len, program.steps)], dtype=np.int64),
        steps=np.array(rows, np.int32).reshape(-1, 4),
        reader_starts=np.cumsum([0, *map(len, readers)], dtype=np.int64),
        readers=np.array([query for queries in readers for query in sorted(queries)], np.int32),
        is_everywhere=~np.array(program.needs_text, np.bool_),
    )


def _starts(lists: list[list[int]] | list[tuple[int, ...]] | list[bytes]) -> NDArray[np.int64]:
    return np.cumsum([0, *map(len, lists)], dtype=np.int64)
