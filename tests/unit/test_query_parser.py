"""Reading queries: what binds to what, what each operator becomes, and errors that point at the character."""

import pytest

from transforms.query.errors import QuerySyntaxError
from transforms.query.parser import parse_query
from transforms.query.syntax import And, Except, Field, Filter, Followers, Near, Not, Or, Phrase, Raw, Tag, Term, Title

A, B, C = Term("a"), Term("b"), Term("c")


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("a", A),
        ("a AND b AND c", And((A, B, C))),
        ("(a AND b) AND c", And((A, B, C))),
        ("a OR b OR c", Or((A, B, C))),
        ("a NOT b", And((A, Not(B)))),
        ("a AND NOT b", And((A, Not(B)))),
        ("a -b", And((A, Not(B)))),
        ("a NOT (b OR c)", And((A, Not(Or((B, C)))))),
        ('"big apple"', Phrase("big apple")),
        ("“big apple”", Phrase("big apple")),
        ("«big apple»", Phrase("big apple")),
        ('"big apple"~4', Phrase("big apple", 4)),
        (r'"a \"b\""', Phrase('a "b"')),
        ("a NEAR/3 b", Near(A, B, 3, False)),
        ("a NEAR/3f b", Near(A, B, 3, True)),
        ("a NEAR/0f b NEAR/2 c", Near(Near(A, B, 0, True), C, 2, False)),
        ("a EXCEPT b", Except(A, B)),
        ("raw:Google+", Raw("Google+")),
        ('raw:"say (this)"', Raw("say (this)")),
        ("#tag", Tag("#", "tag")),
        ("＃tag", Tag("#", "tag")),
        ("@user", Tag("@", "user")),
        ("$cash", Tag("$", "cash")),
        ("🔥", Term("🔥")),
        ("customi?e*", Term("customi?e*")),
        ("title:a", Title(A)),
        ('title:("b c" OR a)', Or((Title(Phrase("b c")), Title(A)))),
        ("title:(a NEAR/2 b)", Title(Near(A, B, 2, False))),
        ("author:@jane", Field("author", "jane")),
        ("site:(a.com OR b.com)", Or((Field("site", "a.com"), Field("site", "b.com")))),
        ("url:https://example.com/x", Field("url", "https://example.com/x")),
        ("language:fr", Field("lang", "fr")),
        ("country:FR", Field("country", "FR")),
        ("platform:x", Field("platform", "x")),
        ("is:repost", Filter("is:repost")),
        ("is:reply", Filter("is:reply")),
        ("has:link", Filter("has:link")),
        ("followers:>1000", Followers(">", 1000)),
        ("followers:10", Followers("=", 10)),
        ('<<<note to self: ("odd>>> a', A),
    ],
)
def test_each_operator_is_read(text: str, root: object) -> None:
    assert parse_query(text).root == root


def test_a_space_between_terms_means_and() -> None:
    assert parse_query("a b").root == parse_query("a AND b").root


def test_and_binds_before_or_and_near_before_and() -> None:
    assert parse_query("a OR b c NEAR/1 a").root == Or((A, And((B, Near(C, A, 1, False)))))


def test_words_that_begin_like_operators_are_words() -> None:
    assert parse_query("ANDROID OR ORANGE OR NOTEBOOK").root == Or((Term("ANDROID"), Term("ORANGE"), Term("NOTEBOOK")))


def test_a_quoted_operator_is_a_word() -> None:
    assert parse_query('a "or" b').root == And((A, Phrase("or"), B))


def test_spacing_and_needless_brackets_leave_the_canonical_text_alone() -> None:
    assert parse_query(" ((a)  OR\n b )").canonical_text == parse_query("a OR b").canonical_text == "a OR b"


@pytest.mark.parametrize(
    ("text", "line", "column", "problem", "expected"),
    [
        ("", 1, 1, "empty", "expected a word"),
        ("apple AND", 1, 10, "stops here", "expected a word"),
        ("apple AND OR pie", 1, 11, "OR has nothing to join", "expected a word"),
        ("OR pie", 1, 1, "OR has nothing to join", "expected a word"),
        ("apple (pie", 1, 7, "never closed", '")"'),
        ("(apple OR (pie)", 1, 1, "never closed", '")"'),
        ("apple) pie", 1, 6, "closes nothing", "take it out"),
        ("()", 1, 2, "too early", "expected a word"),
        ('apple "pie', 1, 7, "quote is never closed", '"'),
        ("NOT apple", 1, 1, "only excludes", "apple NOT pie"),
        ("apple OR NOT pie", 1, 10, "only excludes", "apple NOT pie"),
        ("apple and pie", 1, 7, "operator or a word", "AND"),
        ("a NEAR b", 1, 3, "NEAR", "NEAR/5"),
        ("a near/4 b", 1, 3, "near/4", "NEAR/5"),
        ("a NEAR/501 b", 1, 3, "too far", "500"),
        ("a NEAR/3 (b AND c)", 1, 10, "not only words", "OR"),
        ("a NEAR/3 site:x.com", 1, 10, "not only words", "OR"),
        ("a OR\n(b\n  OR !!! c)", 3, 6, "!!!", "raw:"),
        ("langg:fr", 1, 1, "langg:", "lang:"),
        ("is:retweeted", 1, 1, "is:retweeted", "is:repost"),
        ("followers:>lots", 1, 11, "follower count", "followers:>1000"),
        ("{Apple}", 1, 1, "{", "raw:"),
        ("a *", 1, 3, "wildcard", "letter"),
        ("https://example.com", 1, 1, "links", "url:"),
        ("title:(a OR site:x.com)", 1, 13, "site:", "title:"),
        ('raw:""', 1, 1, "raw:", "Yahoo!"),
        ("# a", 1, 1, "#", "raw:"),
        ("a $5", 1, 3, "$", "raw:"),
        ("(" * 101 + "a" + ")" * 101, 1, 101, "too deep", "100"),
    ],
)
def test_an_error_names_the_place_and_the_remedy(
    text: str, line: int, column: int, problem: str, expected: str
) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert problem in caught.value.problem
    assert expected in caught.value.expected_text


def test_the_message_shows_the_line_with_a_caret_under_the_character() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query("apple\nOR pie)")
    assert str(caught.value) == (
        'line 2, column 7: this ")" closes nothing; take it out or open a bracket\n  OR pie)\n        ^'
    )


def test_the_caret_stands_right_after_wide_characters_and_in_long_lines() -> None:
    with pytest.raises(QuerySyntaxError) as wide:
        parse_query("東京 OR)")
    assert wide.value.caret_text == "  東京 OR)\n         ^"
    with pytest.raises(QuerySyntaxError) as long:
        parse_query("x" * 500 + " OR)" + "y" * 500)
    shown, caret = long.value.caret_text.split("\n")
    assert len(shown) < 80
    assert shown[caret.index("^")] == ")"
