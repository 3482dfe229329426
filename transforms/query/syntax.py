"""What a query is once it is read: the tree, how it is put together in one canonical shape, and how it prints.

Belongs here: node types, the constructors that keep them canonical, printing. Reading text lives in `parser`, meaning
in `program`. The law of this module: `parse_query(print_node(node)).root == node` for every canonical node.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

FieldName = Literal["author", "url", "site", "lang", "country", "platform"]
FilterName = Literal["is:repost", "is:reply", "has:link"]
Comparison = Literal[">", ">=", "<", "<=", "="]


@dataclass(frozen=True, slots=True)
class Term:
    """One unquoted word as written; may hold `*` and `?`; inner punctuation splits it into words in a row."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Quoted words in a row; with `slop` n, in any order with at most n other words between neighbours."""

    text: str
    slop: int | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """Characters exactly as typed: case, accents and punctuation count."""

    text: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A whole hashtag (`#`), handle (`@`) or cashtag (`$`); may hold `*` and `?`."""

    sigil: Literal["#", "@", "$"]
    text: str


@dataclass(frozen=True, slots=True)
class Title:
    """A positional node (never an `Or`) looked for in the title only."""

    child: "Node"


@dataclass(frozen=True, slots=True)
class Field:
    """A condition on a metadata column."""

    name: FieldName
    value: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A yes/no condition: `is:repost`, `is:reply`, `has:link`."""

    name: FilterName


@dataclass(frozen=True, slots=True)
class Followers:
    """A comparison with the author's follower count."""

    comparison: Comparison
    count: int


@dataclass(frozen=True, slots=True)
class Near:
    """Left and right with at most `distance` other words between them; `is_ordered`: left comes first."""

    left: "Node"
    right: "Node"
    distance: int
    is_ordered: bool


@dataclass(frozen=True, slots=True)
class Except:
    """Occurrences of `kept` that overlap no occurrence of `dropped`."""

    kept: "Node"
    dropped: "Node"


@dataclass(frozen=True, slots=True)
class Not:
    """True where `child` is not."""

    child: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """All children; never an `And` directly inside (see `all_of`)."""

    children: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """Any child; never an `Or` directly inside (see `any_of`)."""

    children: "tuple[Node, ...]"


Node: TypeAlias = (
    Term | Phrase | Raw | Tag | Title | Field | Filter | Followers | Near | Except | Not | And | Or
)  # the union every function below takes apart


@dataclass(frozen=True, slots=True)
class Query:
    """A query that has been read: `text` as the analyst wrote it, `root` what it means."""

    text: str
    root: Node

    @property
    def canonical_text(self) -> str:
        """The query in one agreed spelling: same meaning, same text, whatever the spacing and bracketing was."""
        return print_node(self.root)


def all_of(nodes: Iterable[Node]) -> Node:
    """AND over one or more nodes, flattened."""
    flat = tuple(leaf for node in nodes for leaf in (node.children if isinstance(node, And) else (node,)))
    return flat[0] if len(flat) == 1 else And(flat)


def any_of(nodes: Iterable[Node]) -> Node:
    """OR over one or more nodes, flattened."""
    flat = tuple(leaf for node in nodes for leaf in (node.children if isinstance(node, Or) else (node,)))
    return flat[0] if len(flat) == 1 else Or(flat)


def is_positional(node: Node) -> bool:
    """Whether a node stands at words of the text, so that NEAR and EXCEPT can measure from it."""
    if isinstance(node, Or):
        return all(is_positional(child) for child in node.children)
    return isinstance(node, Term | Phrase | Raw | Tag | Near | Except)


def is_anchored(node: Node) -> bool:
    """Whether a node can only be true because something was found: `NOT x` alone would match almost everything."""
    if isinstance(node, And):
        return any(is_anchored(child) for child in node.children)
    if isinstance(node, Or):
        return all(is_anchored(child) for child in node.children)
    return not isinstance(node, Not)


def print_node(node: Node) -> str:
    """The canonical text of a node; reads back as the same node."""
    match node:
        case Or(children):
            return " OR ".join(_print_inside(child, (And,)) for child in children)
        case And(children):
            return " AND ".join(_print_inside(child, (Or,)) for child in children)
        case Not(child):
            return f"NOT {_print_inside(child, (Or, And))}"
        case Except(kept, dropped):
            return f"{_print_inside(kept, (Or, And, Not))} EXCEPT {_print_inside(dropped, (Or, And, Not, Except))}"
        case Near(left, right, distance, is_ordered):
            operator = f"NEAR/{distance}{'f' if is_ordered else ''}"
            compound = (Or, And, Not, Except, Near)
            return f"{_print_inside(left, compound)} {operator} {_print_inside(right, compound)}"
    return _print_leaf(node)


def _print_inside(child: Node, bracketed: tuple[type, ...]) -> str:
    text = print_node(child)
    return f"({text})" if isinstance(child, bracketed) else text


def _print_leaf(node: Node) -> str:
    match node:
        case Term(text):
            return text
        case Phrase(text, slop):
            return quote(text) + ("" if slop is None else f"~{slop}")
        case Raw(text):
            return f"raw:{quote(text)}"
        case Tag(sigil, text):
            return sigil + text
        case Title(child):
            return f"title:{_print_inside(child, (Near, Except))}"
        case Field(name, value):
            return f"{name}:{quote(value)}" if set(value) & set(' \t\n()"“”„«»\\') else f"{name}:{value}"
        case Filter(name):
            return name
        case Followers(comparison, count):
            return f"followers:{comparison}{count}"
    raise TypeError(f"not a query node: {node!r}")


def quote(text: str) -> str:
    """A text between straight double quotes, with `"` and `\\` escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
