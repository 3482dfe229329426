"""What is read out of one text: hashtags, handles, links, emoji, terms; questions, complaints, wishes to buy."""

from pathlib import Path

import polars as pl
import pytest

from transforms.text.features import text_features
from transforms.text.features_links import clean_links
from transforms.text.features_phrases import phrase_languages, phrase_pattern, phrases
from transforms.text.features_terms import stop_words, terms

LABELLED = Path(__file__).parents[1] / "golden" / "text_features_labelled.csv"


def of(text: str | None, column: str, language_code: str | None = "en") -> object:
    return text_features(pl.Series([text], dtype=pl.String), pl.Series([language_code], dtype=pl.String))[
        column
    ].to_list()[0]


@pytest.mark.parametrize(
    ("text", "hashtags"),
    [
        ("New #Phone and #PHONE!", ["phone"]),
        ("#Été2024 (#a_b) #日本語 ＃全角", ["été2024", "a_b", "日本語", "全角"]),
        ("#cafe\u0301", ["caf\u00e9"]),
        ("we are #1 and #2024", []),
        ("foo#bar &#39; a/#b #", []),
        ("see https://acme.example/page#section", []),
        ("#one#two", ["one"]),
        ("", []),
        (None, None),
    ],
)
def test_hashtags(text: str | None, hashtags: list[str] | None) -> None:
    assert of(text, "hashtags") == hashtags


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("@Acme and .@globex, @acme", ["acme", "globex"]),
        ("mail me@acme.example", []),
        ("@ana@mastodon.example hi", ["ana@mastodon.example"]),
        ("hello @joe.", ["joe"]),
        ("https://medium.example/@joe/post", []),
    ],
)
def test_handles(text: str, handles: list[str]) -> None:
    assert of(text, "mentioned_handles") == handles


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://Acme.Example/Page.", ["https://acme.example/Page"]),
        ("(https://en.wiki.example/Foo_(bar))", ["https://en.wiki.example/Foo_(bar)"]),
        ("https://a.example https://b.example/ https://a.example", ["https://a.example", "https://b.example/"]),
        ("https://a.example/?utm_source=x&id=3&utm_medium=y#top", ["https://a.example/?id=3#top"]),
        ("https://a.example/?id=3&amp;fbclid=AbC", ["https://a.example/?id=3"]),
        ("https://a.example/?size=9&simple=1&feature=x", ["https://a.example/?size=9&simple=1&feature=x"]),
        ("https://youtu.be/abc?si=xyz", ["https://youtu.be/abc"]),
        ("https://x.com/acme/status/1?s=20&t=abc", ["https://x.com/acme/status/1"]),
        ("https://a.example/?s=20", ["https://a.example/?s=20"]),
        (
            "https://l.facebook.com/l.php?u=https%3A%2F%2FAcme.example%2Fa%3Fid%3D1%26utm_source%3Dfb&h=AT0",
            ["https://acme.example/a?id=1"],
        ),
        (
            "https://www.google.com/url?q=https://l.instagram.com/?u%3Dhttps%253A%252F%252Facme.example",
            ["https://acme.example"],
        ),
        (
            "https://l.facebook.com/l.php?u=javascript%3Aalert(1)",
            ["https://l.facebook.com/l.php?u=javascript%3Aalert(1)"],
        ),
        ("javascript:alert(1) data:text/html,x ftp://a.example www.acme.example", []),
        ("cut https://t.co/ab…", []),
        ("http:// https:///path", []),
        ('<a href="https://a.example/x">', ["https://a.example/x"]),
    ],
)
def test_links(text: str, links: list[str]) -> None:
    assert of(text, "links") == links


def test_cleaning_a_clean_link_changes_nothing() -> None:
    links = pl.Series(["https://a.example/x?id=3#top", "https://en.wiki.example/Foo_(bar)", "http://b.example"])
    assert clean_links(links).equals(links)


@pytest.mark.parametrize(
    ("text", "emoji"),
    [
        ("❤️ and ❤ 👍🏽 👍", ["❤", "👍🏽", "👍"]),
        ("👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇫🇷🇩🇪", ["👩‍👩‍👧", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇫🇷", "🇩🇪"]),
        ("1️⃣ of 12 # * 3", ["1\u20e3"]),
        ("© 2024 Acme™ → next", []),
        ("™️", ["™"]),
        ("🧑‍❤️‍🧑 🙂‍↔️", ["🧑‍❤‍🧑", "🙂‍↔"]),
    ],
)
def test_emoji(text: str, emoji: list[str]) -> None:
    assert of(text, "emoji") == emoji


def test_a_question_mark_asks_in_any_language_but_not_inside_a_link() -> None:
    assert of("¿dónde está?", "is_question", None) is True
    assert of("هل هذا صحيح؟", "is_question", "ar") is True
    assert of("https://a.example/?q=1", "is_question") is False
    assert of("does anyone know the code", "is_question") is True
    assert of("does anyone know the code", "is_question", "de") is False


def test_complaints_and_wishes_are_unknown_in_a_language_without_a_list() -> None:
    assert phrase_languages() == ("en", "fr")
    assert of("sehr schlechter Service", "is_complaint", "de") is None
    assert of("worst service", "is_complaint", None) is None
    assert of(None, "is_complaint") is None


def test_the_opposite_of_a_complaint_is_none() -> None:
    assert of("so disappointed with this", "is_complaint") is True
    assert of("not disappointed with this", "is_complaint") is False
    assert of("not disappointed with this, but the refund never arrived", "is_complaint") is True


def test_apostrophes_may_be_missing_or_curly() -> None:
    texts = ["where's my refund", "where’s my refund", "wheres my refund", "where s my refund"]
    assert [of(text, "is_complaint") for text in texts] == [True] * 4


def test_a_phrase_is_found_as_words_only() -> None:
    assert of("the scammonia plant", "is_complaint") is False
    assert of("what a scam", "is_complaint") is True


def test_texts_in_different_languages_keep_their_order() -> None:
    texts = pl.Series(["quelle arnaque", "what a scam", None, "Betrug", "merci"])
    found = text_features(texts, pl.Series(["fr", "en", "en", "de", "fr"]))
    assert found["is_complaint"].to_list() == [True, True, None, None, False]


@pytest.mark.parametrize("column", ["is_question", "is_complaint", "has_purchase_intent"])
@pytest.mark.parametrize("language_code", ["en", "fr"])
def test_at_least_nineteen_of_twenty_flags_are_right_on_the_labelled_texts(column: str, language_code: str) -> None:
    labelled = pl.read_csv(LABELLED).filter(language_code=language_code)
    flagged = text_features(labelled["text"], labelled["language_code"])[column]
    flags = list(zip(flagged.to_list(), labelled[column].to_list(), strict=True))
    right = sum(flag and truth for flag, truth in flags)
    assert right >= 0.95 * sum(flag for flag, _ in flags)
    assert right >= 0.85 * sum(truth for _, truth in flags)


def test_every_phrase_compiles_and_says_what_it_is_listed_for() -> None:
    listed = phrases()
    assert set(listed["feature"]) == {"question", "complaint", "intent"}
    assert set(listed["role"]) == {"says", "does_not_say"}
    for feature, language_code, role, phrase in listed.iter_rows():
        spoken = " ".join(word.split("|")[0].rstrip("*") for word in phrase.split(" ") if word != "...")
        pattern = phrase_pattern(feature, language_code, role)
        assert pl.Series([spoken]).str.contains(pattern or "$^").item(), phrase


@pytest.mark.parametrize(
    ("text", "language_code", "expected"),
    [
        ("The battery life of the new phone", "en", ["battery", "life", "new", "phone", "battery life", "new phone"]),
        ("Acme's phone, battery @bob life", "en", ["acme", "phone", "battery", "life", "acme phone"]),
        ("J’adore l'hôtel", "fr", ["adore", "hôtel", "adore hôtel"]),
        ("iPhone 15 pro", "en", ["iphone", "pro"]),
        ("#BatteryLife https://a.example/x rocks", "en", ["batterylife", "rocks"]),
        ("the of and", "en", []),
        (None, "en", None),
    ],
)
def test_terms(text: str | None, language_code: str, expected: list[str] | None) -> None:
    found = terms(pl.Series([text], dtype=pl.String), pl.Series([language_code]), (1, 2))
    assert found.to_list() == [expected]


def test_a_number_stands_inside_a_term_only() -> None:
    assert terms(pl.Series(["iphone 15 pro"]), pl.Series(["en"]), (3,)).to_list() == [["iphone 15 pro"]]


def test_stop_words_are_those_of_the_texts_own_language() -> None:
    assert "the" in stop_words("en") and "thé" not in stop_words("fr")
    found = terms(pl.Series(["les mains", "les mains"]), pl.Series(["fr", "en"]))
    assert found.to_list() == [["mains"], ["les", "mains"]]


def test_no_texts_have_no_features() -> None:
    empty = pl.Series([], dtype=pl.String)
    found = text_features(empty, empty)
    assert found.is_empty() and found.schema["hashtags"] == pl.List(pl.String)
    assert found.schema["is_complaint"] == pl.Boolean
    assert terms(empty, empty).dtype == pl.List(pl.String)
