"""The one error a query can raise while it is read: what is wrong, where, and what would be right."""

import unicodedata

_CONTEXT_WIDTH = 70


class QuerySyntaxError(ValueError):
    """A query that cannot be read.

    `line` and `column` count characters from 1, `offset` from 0; `expected_text` is one clause saying what would be
    right. `str(error)` is the whole message, with the line of the query and a caret under the character it is about.
    """

    def __init__(self, problem: str, expected_text: str, *, query_text: str, offset: int) -> None:
        before = query_text[:offset]
        self.problem = problem
        self.expected_text = expected_text
        self.offset = offset
        self.line = before.count("\n") + 1
        self.column = offset - (before.rfind("\n") + 1) + 1
        self.caret_text = caret_lines(query_text, self.line, self.column)
        super().__init__(f"line {self.line}, column {self.column}: {problem}; {expected_text}\n{self.caret_text}")


def caret_lines(text: str, line: int, column: int) -> str:
    """The given line of a text, cut to a readable width, and below it a caret under the given column (both from 1)."""
    source = text.split("\n")[line - 1].rstrip("\r")
    start = max(0, column - 1 - _CONTEXT_WIDTH // 2) if len(source) > _CONTEXT_WIDTH else 0
    shown = source[start : start + _CONTEXT_WIDTH]
    lead = "…" if start else ""
    tail = "…" if start + _CONTEXT_WIDTH < len(source) else ""
    before = source[start : column - 1]
    padding = " " * len(lead) + "".join("\t" if char == "\t" else " " * _cell_width(char) for char in before)
    return f"  {lead}{shown}{tail}\n  {padding}^"


def _cell_width(char: str) -> int:
    """Terminal cells one character takes: 2 for wide (CJK, emoji), 0 for combining and invisible ones, else 1."""
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
