"""The matcher against an evaluator so plain it can be checked by reading, over random queries and texts.

The evaluator takes the words of `split_words` (held to the kernel elsewhere) and tries every pair; it shares no code
with the compiled side beyond that.
"""

from dataclasses import dataclass

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.query.matcher import MatchParams, match_queries
from transforms.query.named import NamedQuery
from transforms.query.parser import parse_query
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
    Query,
    Raw,
    Tag,
    Term,
    Title,
    all_of,
    any_of,
    is_anchored,
    print_node,
)
from transforms.query.words import Word, split_words


@dataclass(frozen=True)
class Hit:
    """An occurrence: field, first and last word (None for raw text without words), characters, clause."""

    field: str
    first: int | None
    last: int | None
    start: int
    end: int
    clause: str


class Reference:
    """Evaluates nodes on one mention by trying everything."""

    def __init__(self, mention: dict[str, object], fold_accents: bool) -> None:
        self.mention = mention
        self.fold_accents = fold_accents
        self.texts = {"mention_text": mention["mention_text"] or "", "title": mention["title"] or ""}

    def evaluate(self, node: Node, fields: tuple[str, ...], clause: str | None) -> tuple[bool, list[Hit], str | None]:
        """Whether a node holds, its hits, and the first condition that made it hold."""
        match node:
            case And(children):
                parts = [self.evaluate(child, fields, clause) for child in children]
                return self.joined(parts, all(part[0] for part in parts))
            case Or(children):
                parts = [self.evaluate(child, fields, clause) for child in children]
                return self.joined(parts, any(part[0] for part in parts))
            case Not(child):
                return not self.evaluate(child, fields, clause)[0], [], None
            case Title(child):
                return self.evaluate(child, ("title",), clause or print_node(node))
            case Field() | Filter() | Followers():
                holds = self.condition(node)
                return holds, [], print_node(node) if holds else None
            case Near(left, right, distance, is_ordered):
                clause = clause or print_node(node)
                hits = near(
                    self.evaluate(left, fields, clause)[1],
                    self.evaluate(right, fields, clause)[1],
                    distance,
                    is_ordered,
                )
            case Phrase(_, slop) if slop is not None:
                hits = self.slop(node, fields, clause or print_node(node))
            case Except(kept, dropped):
                blocked = self.evaluate(dropped, fields, clause)[1]
                hits = [
                    hit
                    for hit in self.evaluate(kept, fields, clause)[1]
                    if not any(shares(hit, other) for other in blocked)
                ]
            case _:
                hits = [hit for field in fields for hit in self.leaf(node, field, clause or print_node(node))]
        return bool(hits), hits, None

    @staticmethod
    def joined(parts: list[tuple[bool, list[Hit], str | None]], holds: bool) -> tuple[bool, list[Hit], str | None]:
        if not holds:
            return False, [], None
        conditions = [part[2] for part in parts if part[2] is not None]
        return True, [hit for part in parts for hit in part[1]], conditions[0] if conditions else None

    def words(self, text: str) -> list[Word]:
        return split_words(text, fold_accents=self.fold_accents)

    def slop(self, node: Phrase, fields: tuple[str, ...], clause: str) -> list[Hit]:
        words = split_words(node.text, fold_accents=self.fold_accents, has_wildcards=True)
        pieces = [node.text[word.start : word.end] for word in words]
        hits = [[hit for field in fields for hit in self.leaf(Term(piece), field, clause)] for piece in pieces]
        result = hits[0]
        for other in hits[1:]:
            result = near(result, other, node.slop or 0, False)
        return result

    def leaf(self, node: Node, field: str, clause: str) -> list[Hit]:
        text = self.texts[field]
        words = self.words(text)
        if isinstance(node, Raw):
            return self.raw(node.text, text, words, field, clause)
        assert isinstance(node, Term | Phrase | Tag)
        wanted = split_words(node.text, fold_accents=self.fold_accents, has_wildcards=True)
        hits = []
        for first in range(len(words) - len(wanted) + 1):
            row = words[first : first + len(wanted)]
            if not all(fits(have.points, want.points) for have, want in zip(row, wanted, strict=True)):
                continue
            start = row[0].start
            if isinstance(node, Tag):
                gaps_differ = any(have.gap != want.gap for have, want in zip(row[1:], wanted[1:], strict=True))
                after = words[first + len(row)] if first + len(row) < len(words) else None
                goes_on = (
                    after is not None
                    and after.kind in (1, 2)
                    and after.gap in ([""] if node.sigil == "#" else ["", "."])
                )
                if row[0].sigil != node.sigil or gaps_differ or (goes_on and not node.text.endswith("*")):
                    continue
                start -= 1
            hits.append(Hit(field, first, first + len(wanted) - 1, start, row[-1].end, clause))
        return hits

    def raw(self, raw: str, text: str, words: list[Word], field: str, clause: str) -> list[Hit]:
        hits = []
        for start in range(len(text) - len(raw) + 1):
            end = start + len(raw)
            under = [place for place, word in enumerate(words) if word.start < end and word.end > start]
            if text[start:end] != raw:
                continue
            if not self.words(raw):
                hits.append(Hit(field, None, None, start, end, clause))
            elif all(words[place].start >= start and words[place].end <= end for place in under):
                hits.append(Hit(field, under[0], under[-1], start, end, clause))
        return hits

    def condition(self, node: Field | Filter | Followers) -> bool:
        match node:
            case Field("lang", value):
                return self.mention["language_code"] == value
            case Filter("is:repost"):
                return self.mention["is_repost"] is True
            case Followers(">", count):
                followers = self.mention["author_follower_count"]
                return followers is not None and followers > count
        raise AssertionError(node)


def fits(points: tuple[int, ...], pattern: tuple[int, ...]) -> bool:
    if not pattern:
        return not points
    if pattern[0] == 0xE000:
        return fits(points, pattern[1:]) or (bool(points) and fits(points[1:], pattern))
    return bool(points) and pattern[0] in (0xE001, points[0]) and fits(points[1:], pattern[1:])


def near(left: list[Hit], right: list[Hit], distance: int, is_ordered: bool) -> list[Hit]:
    def is_before(one: Hit, other: Hit) -> bool:
        return one.field == other.field and 0 <= other.first - one.last - 1 <= distance

    def is_pair(one: Hit, other: Hit) -> bool:
        return is_before(one, other) or (not is_ordered and is_before(other, one))

    return [one for one in left if any(is_pair(one, other) for other in right)] + [
        other for other in right if any(is_pair(one, other) for one in left)
    ]


def shares(one: Hit, other: Hit) -> bool:
    return one.field == other.field and one.first <= other.last and other.first <= one.last


def expected_match(query: Query, mention: dict[str, object], params: MatchParams) -> tuple[object, ...] | None:
    fields = ("mention_text", "title") if params.is_title_searched else ("mention_text",)
    holds, hits, condition = Reference(mention, params.fold_accents).evaluate(query.root, fields, None)
    if not holds:
        return None
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.field == "title", hit.start, -hit.end)):
        if not any(hit.field == other.field and hit.start < other.end for other in kept):
            kept.append(hit)
    spans = [{"match_start": hit.start, "match_end": hit.end} for hit in kept if hit.field == "mention_text"]
    if not kept:
        return (condition, None, None, None, None, 0, spans)
    first = kept[0]
    text = str(mention[first.field])
    return (first.clause, first.field, text[first.start : first.end], first.start, first.end, len(kept), spans)


PIECES = (
    *(
        "ab",
        "ab",
        "b",
        "b",
        "ac",
        "É",
        "e\u0301",
        "東",
        "京",
        "🔥",
        "👍🏽",
        "#ab",
        "#b",
        "@b",
        "@ab.b",
        "$ab",
        " #東",
        "b!",
        "ab'b",
    ),
    *("", " ", "-", "+", "https://ab.c/b", "🔥\ufe0f", "!!", "--", "ab\u200db"),
)
GLUES = st.sampled_from(["", " ", " ", " "])
TEXTS = st.lists(st.tuples(st.sampled_from(PIECES), GLUES).map("".join), min_size=5, max_size=16).map("".join)
TERMS = st.one_of(
    st.sampled_from(["ab", "b", "é", "東", "東京", "a*", "?b", "*b", "a?*", "ab'b", "🔥", "👍", "b+"]).map(Term),
    st.sampled_from(["ab b", "b b", "a* b", "東 京", "b"]).map(Phrase),
    st.builds(Phrase, st.sampled_from(["ab b", "b ab ac", "b b"]), st.integers(0, 3)),
    st.sampled_from(["ab", "É", "b ab", "@b", "b!", "'b", "🔥"]).map(Raw),
    st.builds(Tag, st.sampled_from("#@$"), st.sampled_from(["ab", "b", "a*", "東"])),
    st.just(Tag("@", "ab.b")),
)
LOOSE = st.sampled_from(["!", "--", "!!"]).map(Raw)
POSITIONAL = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.builds(Near, inner, inner, st.integers(0, 3), st.booleans()),
        st.builds(Except, inner, inner),
        st.lists(inner, min_size=2, max_size=3).map(any_of),
    ),
    max_leaves=4,
)
CONDITIONS = st.sampled_from([Field("lang", "fr"), Filter("is:repost"), Followers(">", 10)])
TITLES = st.one_of(TERMS, st.builds(Near, TERMS, TERMS, st.integers(0, 3), st.booleans())).map(Title)
LEAVES = st.one_of(POSITIONAL, POSITIONAL, POSITIONAL, LOOSE, CONDITIONS, TITLES)
NODES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(any_of),
        st.tuples(inner, inner).map(all_of),
        st.tuples(inner, inner.map(Not)).map(all_of),
    ),
    max_leaves=6,
).filter(is_anchored)
MENTIONS = st.fixed_dictionaries(
    {
        "mention_text": st.one_of(TEXTS, TEXTS, TEXTS, st.none()),
        "title": st.one_of(TEXTS, st.none()),
        "language_code": st.sampled_from([None, "fr", "en"]),
        "is_repost": st.sampled_from([None, True, False]),
        "author_follower_count": st.sampled_from([None, 5, 50]),
    }
)
SCHEMA = {
    "mention_text": pl.String,
    "title": pl.String,
    "language_code": pl.String,
    "is_repost": pl.Boolean,
    "author_follower_count": pl.Int64,
}


@settings(max_examples=120, deadline=None)
@given(root=NODES)
def test_a_printed_query_reads_back_as_itself(root: Node) -> None:
    assert parse_query(print_node(root)).root == root


@settings(max_examples=120, deadline=None)
@given(
    roots=st.lists(NODES, min_size=2, max_size=6),
    mentions=st.lists(MENTIONS, min_size=2, max_size=5),
    params=st.builds(MatchParams, st.booleans(), st.booleans(), st.just(1)),
)
@example(
    roots=[Except(Phrase("ab"), Phrase("ab b"))],
    mentions=[{**dict.fromkeys(SCHEMA), "mention_text": "ab ac ab b"}],
    params=MatchParams(),
)
def test_the_matcher_says_what_the_plain_evaluator_says(
    roots: list[Node], mentions: list[dict[str, object]], params: MatchParams
) -> None:
    queries = [NamedQuery(str(number), "v", "topic", Query("", root)) for number, root in enumerate(roots)]
    expected = {
        (row, query.query_id): found
        for row, mention in enumerate(mentions)
        for query in queries
        if (found := expected_match(query.query, mention, params)) is not None
    }
    frame = pl.DataFrame(mentions, schema=SCHEMA).with_row_index("mention_id")
    matches = match_queries(frame, queries, params)
    actual = {(row[0], row[1]): row[3:] for row in matches.rows()}
    assert actual == expected
    assert list(actual) == sorted(actual)
