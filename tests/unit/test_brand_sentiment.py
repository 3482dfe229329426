"""What each brand of a post is scored on, seen through a scorer that knows a handful of words."""

import polars as pl
import pytest

from transforms.query.brand_sentiment import brand_sentiment
from transforms.query.matcher import match_queries
from transforms.query.named import query_from_aliases

VALENCES = {
    **dict.fromkeys(
        ("love", "great", "better", "awesome", "fast", "reliable", "😍", "adore", "super", "bon", "meilleur"), 0.5
    ),
    **dict.fromkeys(
        ("hate", "bad", "awful", "terrible", "slow", "🤮", "déteste", "nul", "lent", "schlecht", "malo"), -0.5
    ),
    **dict.fromkeys(("besser", "mejor", "migliore", "melhor", "gut", "bueno"), 0.5),
}


def toy_scores(texts: pl.Series, language_codes: pl.Series) -> pl.DataFrame:
    """The sum of the words' valences, within -1 and 1; null without text or in Latin."""
    scores = [
        None
        if text is None or code == "la"
        else max(-1.0, min(1.0, sum(VALENCES.get(word, 0.0) for word in words(text))))
        for text, code in zip(texts, language_codes, strict=True)
    ]
    return pl.DataFrame({"sentiment_score": pl.Series(scores, dtype=pl.Float64)})


def words(text: str) -> list[str]:
    for mark in ".,!?;:'😍🤮":
        text = text.replace(mark, f" {mark} ")
    return text.lower().split()


BRANDS = [query_from_aliases(name.lower(), [name]) for name in ("Acme", "Bolt", "Cora")]


def towards(mentions: pl.DataFrame, matches: pl.DataFrame | None = None) -> pl.DataFrame:
    """What `brand_sentiment` gives for mentions scored as a whole by the toy scorer, and all their matches."""
    whole = toy_scores(mentions["mention_text"], mentions["language_code"])
    matches = match_queries(mentions, BRANDS) if matches is None else matches
    return brand_sentiment(mentions.hstack(whole), matches, toy_scores)


def verdicts(text: str, language_code: str | None = "en") -> dict[str, str]:
    """Brand to + - or 0, with a tilde where the whole text was scored."""
    mentions = pl.DataFrame({"mention_id": ["m"], "mention_text": [text], "language_code": [language_code]})
    scored = towards(mentions)
    signs = {
        brand_id: ("0" if score == 0 else "+" if score > 0 else "-") + ("~" if basis == "whole_text" else "")
        for _, brand_id, score, basis in scored.rows()
    }
    return {brand_id[0]: sign for brand_id, sign in signs.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # clauses
        ("love Acme, hate Bolt", "a+ b-"),
        ("I love Acme and hate Bolt", "a+ b-"),
        ("Acme is great and Bolt is awful", "a+ b-"),
        ("Acme is great but Bolt is awful", "a+ b-"),
        ("Acme is awful, whereas Bolt just works", "a- b0"),
        ("While Bolt is awful, Acme is great", "b- a+"),
        ("Acme is great. Bolt is awful.", "a+ b-"),
        ("Acme 😍 Bolt 🤮", "a+ b-"),
        ("Acme is fast but slow to start, awful really, Bolt is great", "a- b+"),
        ("Bought an Acme. Love it! The Bolt is awful.", "a+ b-"),
        ("Acme is great. Bolt is bad. I hate the Bolt shop", "a+ b-"),
        ("Bolt is bad. Love it, the Acme", "b- a+"),
        ("What a bad day. Acme is great, Bolt is awful", "a+ b-"),
        ("Acme and Bolt met. So awful. Love the Acme though", "a+ b0"),
        ("Acme, Bolt and Cora", "a0~ b0~ c0~"),
        # lists of names share what is said about them
        ("I love Acme and Bolt", "a+~ b+~"),
        ("I love Acme, Bolt and the Cora", "a+~ b+~ c+~"),
        ("Acme, Bolt and Cora are great", "a+~ b+~ c+~"),
        ("I love Acme, Bolt but hate Cora", "a+ b+ c-"),
        ("Acme is awful, Bolt too", "a-~ b-~"),
        ("Acme is awful, and Bolt", "a-~ b-~"),
        # comparisons
        ("Acme is better than Bolt", "a+ b-"),
        ("Acme is so much better than my old Bolt", "a+ b-"),
        ("Acme is not better than Bolt", "a- b+"),
        ("Acme isn’t better than Bolt", "a- b+"),
        ("Acme is worse than Bolt", "a- b+"),
        ("Acme beat Bolt", "a+ b-"),
        ("Acme is less reliable than Bolt", "a- b+"),
        ("I love Acme, it is way better than Bolt", "a+ b-"),
        ("I love Acme more than Bolt", "a+ b-"),
        ("I hate Acme more than Bolt", "a- b+"),
        ("Acme is better than Bolt and Cora", "a+ b- c-"),
        ("I switched from Acme to Bolt", "a- b+"),
        ("switching to Acme from Bolt", "a+ b-"),
        ("just ditched my Acme for a Bolt", "a- b+"),
        ("I prefer Acme to Bolt", "a+ b-"),
        ("chose Acme over Bolt", "a+ b-"),
        ("get Acme instead of Bolt", "a+ b-"),
        ("Acme, not Bolt", "a+ b-"),
        ("Acme > Bolt", "a+ b-"),
        ("Acme -> Bolt", "a0~ b0~"),
        # what is no comparison
        ("Acme is other than Bolt", "a0~ b0~"),
        ("Acme is not working with Bolt", "a0~ b0~"),
        ("Is Acme worse than Bolt?", "a0~ b0~"),
        ("Acme is fine. Better than Bolt? Who knows", "a0 b+"),
        ("Acme vs. Bolt", "a0~ b0~"),
        ("see https://acme.example/a,b.c-but Acme, Bolt", "a0~ b0~"),
    ],
)
def test_english_clauses_and_comparisons(text: str, expected: str) -> None:
    assert verdicts(text) == {part[0]: part[1:] for part in expected.split()}


@pytest.mark.parametrize(
    ("language_code", "text", "expected"),
    [
        ("fr", "J'adore Acme mais Bolt est nul", "a+ b-"),
        ("fr", "Acme est super tandis que Bolt est lent", "a+ b-"),
        ("fr", "Acme est super alors qu'on attend Bolt", "a+ b0"),
        ("fr-CA", "Acme est meilleur que Bolt", "a+ b-"),
        ("fr", "Acme n'est pas meilleur que l'ancien Bolt", "a- b+"),
        ("fr", "Acme est moins bon que Bolt", "a- b+"),
        ("fr", "Acme est pire qu’un Bolt", "a- b+"),
        ("fr", "Acme bat Bolt", "a+ b-"),
        ("fr", "Je suis passé de Acme à Bolt", "a- b+"),
        ("fr", "J'ai quitté Acme pour Bolt", "a- b+"),
        ("fr", "Je préfère Acme à Bolt", "a+ b-"),
        ("fr", "Acme et Bolt sont super", "a+~ b+~"),
        ("es", "Acme es bueno pero Bolt es malo", "a+ b-"),
        ("es", "Acme es mejor que Bolt", "a+ b-"),
        ("es", "Cambié de Acme a Bolt", "a- b+"),
        ("de", "Acme ist gut, aber Bolt ist schlecht", "a+ b-"),
        ("de", "Acme ist besser als Bolt", "a+ b-"),
        ("de", "Ich bin von Acme zu Bolt gewechselt", "a- b+"),
        ("de", "Von Acme zu Bolt sind es zehn Minuten", "a0~ b0~"),
        ("it", "Acme è meglio di Bolt", "a+ b-"),
        ("pt", "Acme é melhor do que Bolt", "a+ b-"),
        (None, "love Acme, hate Bolt", "a+ b-"),
        (None, "Acme is great but Bolt is bad", "a0~ b0~"),
        ("ja", "Acme better than Bolt", "a+~ b+~"),
    ],
)
def test_each_language_has_its_own_words(language_code: str | None, text: str, expected: str) -> None:
    assert verdicts(text, language_code) == {part[0]: part[1:] for part in expected.split()}


def test_a_post_that_names_one_brand_is_scored_whole() -> None:
    assert verdicts("Acme is great, the weather is awful") == {"a": "0~"}


def test_a_score_is_the_mean_of_the_pieces_that_are_not_neutral() -> None:
    mentions = pl.DataFrame(
        {"mention_id": ["m"], "mention_text": ["Acme is great great, better than Bolt"], "language_code": ["en"]}
    )
    scored = towards(mentions)
    assert dict(scored.select("brand_id", "sentiment_score").rows()) == {"acme": 0.75, "bolt": -0.5}


def test_a_brand_in_the_title_only_is_scored_on_the_whole_text() -> None:
    mentions = pl.DataFrame(
        {"mention_id": [1], "mention_text": ["love Acme, hate Bolt"], "title": ["Cora news"], "language_code": ["en"]}
    )
    scored = towards(mentions)
    assert scored.rows() == [(1, "acme", 0.5, "clause"), (1, "bolt", -0.5, "clause"), (1, "cora", 0.0, "whole_text")]


def test_what_cannot_be_scored_stays_null_on_either_basis() -> None:
    mentions = pl.DataFrame(
        {"mention_id": [1, 2], "mention_text": ["amo Acme, odi Bolt", "Acme"], "language_code": ["la", "la"]}
    )
    scored = towards(mentions)
    assert scored["sentiment_score"].to_list() == [None, None, None]
    assert scored["sentiment_basis_code"].to_list() == ["clause", "clause", "whole_text"]


def test_matches_without_the_list_of_places_use_the_first_place() -> None:
    mentions = pl.DataFrame(
        {"mention_id": [1], "mention_text": ["love Acme, hate Bolt, Acme is bad"], "language_code": ["en"]}
    )
    matches = match_queries(mentions, BRANDS)
    stored = matches.rename({"query_id": "brand_id"}).drop("match_spans", "match_field_code")
    assert towards(mentions, matches)["sentiment_score"].to_list() == [0.0, -0.5]
    assert towards(mentions, stored)["sentiment_score"].to_list() == [0.5, -1.0]


def test_no_matches_give_an_empty_frame() -> None:
    mentions = pl.DataFrame({"mention_id": [1], "mention_text": ["nothing"], "language_code": ["en"]})
    scored = towards(mentions)
    assert scored.is_empty()
    assert scored.columns == ["mention_id", "brand_id", "sentiment_score", "sentiment_basis_code"]
