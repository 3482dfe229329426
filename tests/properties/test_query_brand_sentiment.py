"""Laws of brand sentiment on any text: nothing lost, nothing twice, and the order of brands does not matter."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.query.brand_sentiment import brand_sentiment
from transforms.query.clauses import BrandSpan, brand_evidence
from transforms.query.matcher import match_queries
from transforms.query.named import query_from_aliases

BRANDS = [query_from_aliases(name, [name]) for name in ("acme", "bolt", "cora")]
PIECES = (
    *(
        "acme",
        "Bolt",
        "CORA",
        "bolt",
        "love",
        "hate",
        "and",
        "but",
        "better than",
        "worse than",
        "from",
        "to",
        "not",
        "the",
    ),
    *(
        ",",
        ".",
        "!",
        "?",
        "\n",
        " - ",
        "🔥",
        ":)",
        "less fast than",
        "mais",
        "que",
        "tandis que",
        "https://t.co/a,b",
        "",
    ),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=15).map(" ".join)
POSTS = st.tuples(TEXTS, st.sampled_from(["en", "fr", "de", "ja", None]))


def length_scores(texts: pl.Series, language_codes: pl.Series) -> pl.DataFrame:
    """A score that differs from text to text, so that mixing two up would show."""
    return pl.DataFrame({"sentiment_score": (texts.str.len_chars() % 21) / 10 - 1})


@settings(max_examples=80, deadline=None)
@given(posts=st.lists(POSTS, min_size=1, max_size=5))
def test_every_match_gets_one_score_in_range_whatever_the_order_of_brands(posts: list[tuple[str, str | None]]) -> None:
    mentions = pl.DataFrame(posts, schema={"mention_text": pl.String, "language_code": pl.String}, orient="row")
    mentions = mentions.hstack(length_scores(mentions["mention_text"], mentions["language_code"]))
    mentions = mentions.with_row_index("mention_id")
    matches = match_queries(mentions, BRANDS)
    scored = brand_sentiment(mentions, matches, length_scores)
    assert scored.select("mention_id", "brand_id").rows() == matches.select("mention_id", "query_id").rows()
    assert scored["sentiment_score"].is_between(-1, 1).all()
    turned = brand_sentiment(mentions, match_queries(mentions, BRANDS[::-1]), length_scores)
    assert sorted(turned.rows()) == sorted(scored.rows())
    single = pl.len().over("mention_id") == 1
    assert set(scored.filter(single)["sentiment_basis_code"]) <= {"whole_text"}


@settings(max_examples=80, deadline=None)
@given(post=POSTS)
def test_a_brands_own_text_is_cut_from_the_post_and_names_the_brand(post: tuple[str, str | None]) -> None:
    text, language_code = post
    mentions = pl.DataFrame({"mention_id": [0], "mention_text": [text]})
    spans = [
        BrandSpan(row["query_id"], span["match_start"], span["match_end"])
        for row in match_queries(mentions, BRANDS).iter_rows(named=True)
        for span in row["match_spans"]
    ]
    evidence = brand_evidence(text, spans, language_code)
    for brand_id, pieces in (evidence or {}).items():
        assert brand_id in pieces[0].text.lower()
        assert pieces[0].sign == 1
        words = text.split()
        assert all(word in words for word in pieces[0].text.replace(". ", " ").split() if word.isalpha())
    if evidence is not None:
        assert set(evidence) == {span.brand_id for span in spans}
