"""Query text into a `Query`: reading, checking, and saying clearly what is wrong.

Belongs here: the way from characters to the tree. The grammar is `query.lark`; what a term is made of is checked in
`terms`; what a query means is `program`.
"""

from functools import lru_cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedToken

from transforms.query import terms
from transforms.query.errors import QuerySyntaxError
from transforms.query.syntax import (
    Except,
    Near,
    Node,
    Not,
    Or,
    Query,
    Title,
    all_of,
    any_of,
    is_anchored,
    is_positional,
)

MAX_DISTANCE = 500  # NEAR over more words than that is AND in disguise
MAX_NESTING = 100  # brackets within brackets; deeper is a mistake or an attack
_OPERAND_NAMES = frozenset({"WORD", "PHRASE", "RAW", "TAG", "FIELD", "FILTER", "LPAR"})


def parse_query(text: str) -> Query:
    """Read a query; raises `QuerySyntaxError` with line, column, a caret and what was expected.

    Two terms with only a space between them are joined by AND, as Brandwatch, Talkwalker and X do; AND binds before OR.
    """
    _check_brackets(text)
    try:
        tree = _grammar().parse(text)
    except UnexpectedToken as error:
        raise _unexpected_token(text, error) from None
    except (UnexpectedCharacters, UnexpectedEOF) as error:
        raise _unexpected_character(text, getattr(error, "pos_in_stream", len(text))) from None
    builder = _Builder(text)
    root = builder.build(_subtree(tree.children[0]), None)
    if not is_anchored(root):
        raise QuerySyntaxError(
            "this part only excludes, so it would match almost every post",
            "name what to find as well, as in apple NOT pie",
            query_text=text,
            offset=builder.unanchored_offset(_subtree(tree.children[0])),
        )
    return Query(text, root)


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    grammar_text = (files("transforms.query") / "query.lark").read_text(encoding="utf-8")
    return Lark(grammar_text, parser="lalr", lexer="contextual", propagate_positions=True, maybe_placeholders=False)


class _Builder:
    """Turns the parse tree of one query text into nodes; `field` is the field operator around the subtree, if any."""

    def __init__(self, text: str) -> None:
        self.text = text

    def build(self, tree: Tree[Token], field: Token | None) -> Node:
        children = tree.children
        match tree.data:
            case "or_expr":
                return any_of(self.build(child, field) for child in _subtrees(tree))
            case "and_expr":
                return all_of(self.build(child, field) for child in _subtrees(tree))
            case "negation":
                return Not(self.build(_subtree(children[1]), field))
            case "group":
                return self.build(_subtree(children[1]), field)
            case "near":
                return self._near(tree, field)
            case "exception":
                kept, dropped = (self._positional(child, field, "EXCEPT") for child in _subtrees(tree))
                return self._in_title(Except(kept, dropped), field)
            case "field":
                return self._field(tree, field)
            case "filter":
                return terms.read_filter(self.text, _token(children[0]), field)
        return self._in_title(terms.read_term(self.text, _token(children[0]), field), field)

    def _near(self, tree: Tree[Token], field: Token | None) -> Node:
        left, operator, right = tree.children
        operator = _token(operator)
        distance = int(operator.removeprefix("NEAR/").removesuffix("f"))
        if distance > MAX_DISTANCE:
            raise self._error(f"{operator} reaches too far", f"NEAR takes 0 to {MAX_DISTANCE} words", operator)
        kept = self._positional(_subtree(left), field, "NEAR")
        partner = self._positional(_subtree(right), field, "NEAR")
        return self._in_title(Near(kept, partner, distance, operator.endswith("f")), field)

    def _positional(self, tree: Tree[Token], field: Token | None, operator: str) -> Node:
        """An operand of NEAR or EXCEPT: words, phrases and tags, joined by OR at most."""
        node = self.build(tree, field)
        bare = _without_title(node) if field is not None else node
        if bare is None or not is_positional(bare) or terms.has_wordless_raw(bare):
            raise self._error(
                f"{operator} measures between words, and this side is not only words",
                f'use words, "phrases" and tags joined by OR on both sides of {operator}',
                tree,
            )
        return bare

    def _field(self, tree: Tree[Token], outer: Token | None) -> Node:
        field = _token(tree.children[0])
        if outer is not None:
            raise self._error(f"{field} inside {outer}", f"close the bracket of {outer} first", field)
        return self.build(_subtree(tree.children[1]), field)

    def _in_title(self, node: Node, field: Token | None) -> Node:
        is_title = field is not None and terms.field_name(field) == "title"
        return Title(node) if is_title else node

    def unanchored_offset(self, tree: Tree[Token]) -> int:
        """Where the first part starts that is not held by anything to find."""
        for child in _subtrees(tree) if tree.data != "negation" else []:
            if not is_anchored(self.build(child, None)):
                return self.unanchored_offset(child)
        return int(tree.meta.start_pos)

    def _error(self, problem: str, expected_text: str, at: Token | Tree[Token]) -> QuerySyntaxError:
        offset = at.start_pos if isinstance(at, Token) else at.meta.start_pos
        return QuerySyntaxError(problem, expected_text, query_text=self.text, offset=offset or 0)


def _without_title(node: Node) -> Node | None:
    """A title operand as plain words, since the title operator is put around the whole NEAR or EXCEPT."""
    if isinstance(node, Or):
        children = [_without_title(child) for child in node.children]
        return any_of(child for child in children if child is not None) if all(children) else None
    return node.child if isinstance(node, Title) else None


def _check_brackets(text: str) -> None:
    """Refuse brackets nested too deep for any honest query (checked before the parser spends memory on them)."""
    depth = 0
    for offset, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth > MAX_NESTING:
            raise QuerySyntaxError(
                "brackets are nested too deep", f"at most {MAX_NESTING} levels", query_text=text, offset=offset
            )


def _unexpected_token(text: str, error: UnexpectedToken) -> QuerySyntaxError:
    token = error.token
    offset = len(text) if token.type == "$END" else (token.start_pos or 0)
    wants_operand = bool(_OPERAND_NAMES & set(error.accepts or error.expected))
    expected_text = 'expected a word, a "phrase" or "("' if wants_operand else "expected AND, OR, NOT or the end"
    if token.type == "$END":
        opening = _unclosed_bracket(text)
        if not text.strip():
            return QuerySyntaxError("the query is empty", expected_text, query_text=text, offset=0)
        if opening is not None and not wants_operand:
            return QuerySyntaxError(
                "this bracket is never closed", 'expected ")" before the end', query_text=text, offset=opening
            )
        return QuerySyntaxError("the query stops here", expected_text, query_text=text, offset=len(text.rstrip()))
    if token.type == "RPAR":
        if wants_operand and "RPAR" not in (error.accepts or ()):
            return QuerySyntaxError('")" comes too early', expected_text, query_text=text, offset=offset)
        return QuerySyntaxError(
            'this ")" closes nothing', "take it out or open a bracket", query_text=text, offset=offset
        )
    return QuerySyntaxError(f"{token.value} cannot stand here", expected_text, query_text=text, offset=offset)


def _unexpected_character(text: str, offset: int) -> QuerySyntaxError:
    char = text[offset : offset + 1]
    if char in ('"', "“", "„", "«"):
        return QuerySyntaxError(
            "this quote is never closed", f"expected a closing {char}", query_text=text, offset=offset
        )
    return QuerySyntaxError(
        f"{char} cannot stand here", "expected a word or an operator", query_text=text, offset=offset
    )


def _unclosed_bracket(text: str) -> int | None:
    """Where the innermost bracket opens that is never closed, reading tokens so that quoted brackets do not count."""
    open_offsets: list[int] = []
    for token in _grammar().lex(text):
        if token.type == "LPAR":
            open_offsets.append(token.start_pos or 0)
        elif token.type == "RPAR" and open_offsets:
            open_offsets.pop()
    return open_offsets[-1] if open_offsets else None


def _subtrees(tree: Tree[Token]) -> list[Tree[Token]]:
    return [child for child in tree.children if isinstance(child, Tree)]


def _subtree(child: Tree[Token] | Token) -> Tree[Token]:
    assert isinstance(child, Tree)
    return child


def _token(child: Tree[Token] | Token) -> Token:
    assert isinstance(child, Token)
    return child
