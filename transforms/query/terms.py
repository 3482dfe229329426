"""One token of a query into one leaf of its tree: quotes and escapes, field values, and the slips worth a clear
message.

Belongs here: everything a single token can get wrong. How tokens join is `parser`.
"""

import difflib
import re
from typing import Literal, cast

from lark import Token

from transforms.query.characters import ALONE, WILD_MANY, WILD_ONE
from transforms.query.errors import QuerySyntaxError
from transforms.query.syntax import (
    Comparison,
    Field,
    FieldName,
    Filter,
    FilterName,
    Followers,
    Node,
    Or,
    Phrase,
    Raw,
    Tag,
    Term,
)
from transforms.query.words import LINK_PATTERN, Word, split_words

_FIELD_SYNONYMS = {"language": "lang"}
_FILTER_SYNONYMS = {"is:retweet": "is:repost", "has:links": "has:link"}
_FILTERS = ("is:repost", "is:reply", "has:link")
_OPERATORS = (
    "title:",
    "author:",
    "url:",
    "site:",
    "lang:",
    "country:",
    "platform:",
    "raw:",
    "is:",
    "has:",
    "followers:",
)
_MISPLACED_OPERATOR = re.compile(r"(?:AND|OR|EXCEPT|NEAR/\d+f?)\Z")  # as a word only where a term should stand
_LONE_OPERATOR = re.compile(r"(?i:and|or|not|except)\Z")
_NEAR_LIKE = re.compile(r"(?:(?i:o?near)/.*|O?NEAR)\Z")
_FIELD_LIKE = re.compile(r"[A-Za-z_]+:")
_FOLLOWERS = re.compile(r"(?i:followers):(>=|<=|>|<|=)?(\d+)\Z")
_TAG_GAPS = {"#": (), "@": (".", "-", "@"), "$": (".",)}
_SIGILS = {"＃": "#", "＠": "@"}


def field_name(token: Token) -> str:
    """The agreed name of a field operator token such as `Language:`."""
    name = str(token.value).rstrip(":").lower()
    return _FIELD_SYNONYMS.get(name, name)


def read_term(query_text: str, token: Token, field: Token | None) -> Node:
    """A WORD, PHRASE, RAW or TAG token as a leaf; inside a metadata field it is that field's value."""
    if field is not None and field_name(field) != "title":
        return _read_field_value(query_text, token, field)
    match token.type:
        case "WORD":
            _check_word(query_text, token)
            return _checked(Term(token.value), query_text, token)
        case "PHRASE":
            content, slop = _unquote(token.value)
            return _checked(Phrase(content, slop), query_text, token)
        case "TAG":
            sigil = _SIGILS.get(token.value[0], token.value[0])
            return _checked(Tag(cast(Literal["#", "@", "$"], sigil), token.value[1:]), query_text, token)
    raw = _raw_content(token.value)
    if not raw.strip():
        raise _error("raw: has nothing to find", 'write the characters, as in raw:"Yahoo!"', query_text, token)
    if any(not word.points for word in split_words(raw, fold_accents=False)):
        raise _error("links are not read as words", "use url:, as in url:example.com/shop", query_text, token)
    return Raw(raw)


def read_filter(query_text: str, token: Token, field: Token | None) -> Node:
    """An `is:`, `has:` or `followers:` token as a leaf."""
    if field is not None:
        raise _error(
            f"{token.value} inside {field.value}", f"close the bracket of {field.value} first", query_text, token
        )
    text = token.value.lower()
    if text.startswith("followers:"):
        comparison = _FOLLOWERS.match(text)
        if comparison is None:
            raise _error("not a follower count", "write followers:>1000 (or >=, <, <=, =)", query_text, token, at=10)
        return Followers(cast(Comparison, comparison[1] or "="), int(comparison[2]))
    name = _FILTER_SYNONYMS.get(text, text)
    if name not in _FILTERS:
        raise _error(f"{token.value} is not known", f"use one of {', '.join(_FILTERS)}", query_text, token)
    return Filter(cast(FilterName, name))


def term_words(node: Term | Phrase | Tag, *, fold_accents: bool) -> list[Word]:
    """The words a term looks for; a wildcard beside a character that is a word of its own adds nothing and is
    dropped.
    """
    words = split_words(node.text, fold_accents=fold_accents, has_wildcards=True)
    kept: list[Word] = []
    for index, word in enumerate(words):
        beside = [words[other] for other in (index - 1, index + 1) if 0 <= other < len(words)]
        is_glued = any(near.kind == ALONE and (near.end == word.start or near.start == word.end) for near in beside)
        if not (set(word.points) == {WILD_MANY} and is_glued):
            kept.append(word)
    return kept


def has_wordless_raw(node: Node) -> bool:
    """Whether a positional node holds raw punctuation, which stands between words and so at no distance from any."""
    match node:
        case Raw(text):
            return not split_words(text, fold_accents=False)
        case Or(children):
            return any(map(has_wordless_raw, children))
    return False  # the operands of an inner NEAR or EXCEPT were looked at when it was read


def _checked(node: Term | Phrase | Tag, query_text: str, token: Token) -> Node:
    """The node, if a text could ever hold it."""
    words = term_words(node, fold_accents=False)
    if LINK_PATTERN.match(node.text):
        raise _error("links are not read as words", "use url:, as in url:example.com/shop", query_text, token)
    if not words:
        raise _error(
            f"{token.value} has no letter, digit or emoji to find",
            'write raw: before punctuation to find it as it stands, as in raw:":)"',
            query_text,
            token,
        )
    if any(set(word.points) <= {WILD_MANY, WILD_ONE} for word in words):
        raise _error("a wildcard stands alone", "put * or ? beside a letter or digit", query_text, token)
    if isinstance(node, Tag):
        _check_tag(node, words, query_text, token)
    return node


def _check_tag(node: Tag, words: list[Word], query_text: str, token: Token) -> None:
    if words[0].start != 0:
        raise _error(f"{node.sigil} has no name", f"write the name right after {node.sigil}", query_text, token)
    for word in words[1:]:
        if word.gap and word.gap not in _TAG_GAPS[node.sigil]:
            name = node.text[: word.start - len(word.gap)]
            problem = f'a tag ends before "{word.gap}", so this would never match'
            raise _error(problem, f"write {node.sigil}{name}, or the words without {node.sigil}", query_text, token)


def _check_word(query_text: str, token: Token) -> None:
    """Refuse words that are almost certainly an operator gone wrong; quotes make any of them a plain word."""
    word = token.value
    if _MISPLACED_OPERATOR.match(word):
        expected_text = f'expected a word, a "phrase" or "(" before it, or "{word}" in quotes for the word itself'
        raise _error(f"{word} has nothing to join", expected_text, query_text, token)
    if _LONE_OPERATOR.match(word):
        raise _error(
            f'"{word}" could be an operator or a word',
            f'write {word.upper()} for the operator, "{word}" in quotes for the word',
            query_text,
            token,
        )
    if _NEAR_LIKE.match(word):
        raise _error(f"{word} is not an operator", "write NEAR/5, or NEAR/5f for left before right", query_text, token)
    if word.startswith(("{", "[")):
        raise _error(f"{word[0]} has no meaning here", "for exact spelling write raw:Name", query_text, token)
    if word.startswith("~"):
        raise _error("~ belongs right after a phrase", 'write "two words"~5, or a NEAR/5 b', query_text, token)
    if re.match(r"\$\d", word):
        raise _error("$ before a number is punctuation", f'write raw:"{word}" for a price', query_text, token)
    prefix = _FIELD_LIKE.match(word)
    if prefix and not LINK_PATTERN.match(word) and len(prefix[0]) < len(word):
        close = difflib.get_close_matches(prefix[0].lower(), _OPERATORS, n=1)
        known_text = f"did you mean {close[0]}" if close else f"the operators are {' '.join(_OPERATORS)}"
        if prefix[0].lower() in _OPERATORS:
            known_text = "one operator cannot stand inside another"
        expected_text = f"{known_text}; put quotes around it to search for the words"
        raise _error(f"{prefix[0]} is not an operator here", expected_text, query_text, token)


def _read_field_value(query_text: str, token: Token, field: Token) -> Node:
    name = field_name(field)
    if token.type == "RAW":
        raise _error(f"raw: inside {field.value}", f"{field.value} compares the whole value already", query_text, token)
    value, slop = _unquote(token.value) if token.type == "PHRASE" else (token.value, None)
    if slop is not None:
        raise _error(f"~ inside {field.value}", "only a phrase in the text takes ~n", query_text, token)
    value = value.strip()
    if name == "author":
        value = value.removeprefix("@").removeprefix("＠")
    if not value or not set(value) - set("*?"):
        raise _error(f"{field.value} has no value", f"write {field.value}value", query_text, token)
    return Field(cast(FieldName, name), value)


def _unquote(text: str) -> tuple[str, int | None]:
    """The content of a quoted token and its ~n, if any; only straight quotes know escapes."""
    closing = max(text.rfind(mark) for mark in '"”“»')
    content, suffix = text[1:closing], text[closing + 1 :]
    if text[0] == '"':
        content = re.sub(r"\\(.)", r"\1", content, flags=re.DOTALL)
    return content, int(suffix[1:]) if suffix else None


def _raw_content(text: str) -> str:
    content = text[len("raw:") :]
    return _unquote(content)[0] if content[0] in '"“' else content


def _error(problem: str, expected_text: str, query_text: str, token: Token, at: int = 0) -> QuerySyntaxError:
    return QuerySyntaxError(problem, expected_text, query_text=query_text, offset=(token.start_pos or 0) + at)
