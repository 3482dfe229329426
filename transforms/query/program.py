"""Queries compiled: one list of words, one list of atoms (what to find), and per query a little program over them.

Belongs here: what each node of a query means to the kernels, as arrays. An atom is a term, phrase, raw text or tag;
atoms and words that several queries share are looked for once. A program is postfix over a stack of (is true,
occurrences).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from transforms.query.named import NamedQuery
from transforms.query.syntax import (
    And,
    Except,
    Field,
    Filter,
    Followers,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Raw,
    Tag,
    Term,
    Title,
    print_node,
)
from transforms.query.terms import term_words
from transforms.query.words import Word, split_words

FIND, CONDITION, ALL, ANY, NEGATE, NEAR, EXCEPT = range(7)
"""Steps: FIND atom clause scope | CONDITION condition clause | ALL n | ANY n | NEGATE | NEAR distance ordered |
EXCEPT.
"""

EVERYWHERE, TITLE_ONLY, TEXT_ONLY = range(3)
"""Scopes of FIND."""

ANY_GAP, NO_GAP = -1, 0
Condition = Field | Filter | Followers
Points = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Atom:
    """What to find at words in a row: word numbers, the character each must follow (`ANY_GAP`, `NO_GAP` or a code
    point), the sigil before the first, and for raw text the exact characters with the number of them before the first
    word.
    """

    words: tuple[int, ...]
    gaps: tuple[int, ...]
    sigil: str = ""
    is_closed: bool = False
    raw_text: str = ""
    raw_lead: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a program; the meaning of the operands goes with the code."""

    code: int
    first: int = 0
    second: int = 0
    third: int = 0


@dataclass(slots=True)
class Program:
    """Everything the kernels need to know about a list of queries. `clauses` are printed nodes; `needs_text[q]`: query
    q can only be true where one of its atoms was found.
    """

    words: list[Points] = field(default_factory=list)
    atoms: list[Atom] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    clauses: list[str] = field(default_factory=list)
    steps: list[list[Step]] = field(default_factory=list)
    needs_text: list[bool] = field(default_factory=list)


def compile_queries(queries: Sequence[NamedQuery], *, fold_accents: bool, is_title_searched: bool) -> Program:
    """The program of a list of queries; unless `is_title_searched`, only `title:` looks at titles."""
    compiler = _Compiler(fold_accents)
    scope = EVERYWHERE if is_title_searched else TEXT_ONLY
    for named in queries:
        steps: list[Step] = []
        compiler.emit(named.query.root, steps, None, scope)
        compiler.program.steps.append(steps)
        compiler.program.needs_text.append(_needs_text(named.query.root))
    return compiler.program


def _needs_text(node: Node) -> bool:
    if isinstance(node, And):
        return any(_needs_text(child) for child in node.children)
    if isinstance(node, Or):
        return all(_needs_text(child) for child in node.children)
    return not isinstance(node, Not | Field | Filter | Followers)


class _Compiler:
    def __init__(self, fold_accents: bool) -> None:
        self.fold_accents = fold_accents
        self.program = Program()
        self.numbers: dict[object, int] = {}

    def emit(self, node: Node, steps: list[Step], clause: int | None, scope: int) -> None:
        """Append the steps of a node; `clause` is the clause around it, if one is open."""
        match node:
            case And(children) | Or(children):
                for child in children:
                    self.emit(child, steps, clause, scope)
                steps.append(Step(ALL if isinstance(node, And) else ANY, len(children)))
            case Not(child):
                self.emit(child, steps, clause, scope)
                steps.append(Step(NEGATE))
            case Except(kept, dropped):
                self.emit(kept, steps, clause, scope)
                self.emit(dropped, steps, clause, scope)
                steps.append(Step(EXCEPT))
            case Near(left, right, distance, is_ordered):
                clause = self._clause(node) if clause is None else clause
                self.emit(left, steps, clause, scope)
                self.emit(right, steps, clause, scope)
                steps.append(Step(NEAR, distance, int(is_ordered)))
            case Title(child):
                self.emit(child, steps, self._clause(node) if clause is None else clause, TITLE_ONLY)
            case Phrase(_, int()):
                self._emit_slop(node, steps, self._clause(node) if clause is None else clause, scope)
            case Term() | Phrase() | Raw() | Tag():
                atom = self._number(self.program.atoms, self._atom(node))
                steps.append(Step(FIND, atom, self._clause(node) if clause is None else clause, scope))
            case Field() | Filter() | Followers():
                steps.append(Step(CONDITION, self._number(self.program.conditions, node), self._clause(node)))

    def _emit_slop(self, node: Phrase, steps: list[Step], clause: int, scope: int) -> None:
        """`"a b c"~n` is a NEAR/n b NEAR/n c."""
        for place, word in enumerate(term_words(node, fold_accents=self.fold_accents)):
            atom = Atom((self._number(self.program.words, word.points),), (ANY_GAP,))
            steps.append(Step(FIND, self._number(self.program.atoms, atom), clause, scope))
            if place:
                steps.append(Step(NEAR, node.slop or 0, 0))

    def _atom(self, node: Term | Phrase | Raw | Tag) -> Atom:
        if isinstance(node, Raw):
            return self._raw_atom(node)
        words = term_words(node, fold_accents=self.fold_accents)
        numbers = tuple(self._number(self.program.words, word.points) for word in words)
        if isinstance(node, Tag):
            return Atom(numbers, tuple(map(_exact_gap, words)), node.sigil, is_closed=not node.text.endswith("*"))
        return Atom(numbers, (ANY_GAP,) * len(words))

    def _raw_atom(self, node: Raw) -> Atom:
        words = split_words(node.text, fold_accents=self.fold_accents)
        first = words[:1]  # finds the candidates; the characters decide
        numbers = tuple(self._number(self.program.words, word.points) for word in first)
        lead = words[0].start if words else 0
        return Atom(numbers, (ANY_GAP,) * len(numbers), raw_text=node.text, raw_lead=lead)

    def _clause(self, node: Node) -> int:
        return self._number(self.program.clauses, print_node(node))

    def _number(self, known: list[Points] | list[Atom] | list[Condition] | list[str], item: object) -> int:
        """The number of an item in one of the program's lists, adding it if it is new."""
        key = (id(known), item)
        if key not in self.numbers:
            self.numbers[key] = len(known)
            known.append(item)  # type: ignore[arg-type]
        return self.numbers[key]


def _exact_gap(word: Word) -> int:
    """Inside a tag nothing but the one character written may stand between two words, as the dots of a handle."""
    return ord(word.gap) if len(word.gap) == 1 else NO_GAP
