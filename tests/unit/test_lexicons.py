"""Lexicons: what a lexicon file may say, and what its declarations do to a text."""

from dataclasses import replace

import polars as pl
import pytest

from transforms.text.lexicons import (
    Lexicon,
    english_vader,
    fold_accents,
    parse_lexicon,
    shipped_lexicon,
    spelled_out,
    with_emojis,
    with_words,
)
from transforms.text.sentiment import vader_scores
from transforms.text.vader_tables import CODEPOINTS, tables

HEADER = "#lexicon_id: own\n#version: 2\n#language_code: xx\n#licence: own\n#source: test\n"


def compound(text: str, lexicon: Lexicon) -> float:
    return float(vader_scores(pl.Series([text]), lexicon)["compound"][0])


def test_a_lexicon_file_declares_words_modifiers_and_their_forms() -> None:
    lexicon = parse_lexicon(
        HEADER
        + "word\t2.0\tbuen{o|a}, genial\nnegator\t\tno\nbooster\t0.293\tmuy\nidiom\t3\tla leche\ncontrast\t\tpero\n"
    )
    assert lexicon.reference == "own@2"
    assert lexicon.words == {"bueno": 2.0, "buena": 2.0, "genial": 2.0}
    assert compound("no bueno", lexicon) < 0 < compound("buena", lexicon) < compound("muy buena", lexicon)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("word\t1\tx\n", "no line '#lexicon_id"),
        (HEADER + "wrod\t1\tx\n", "line 6: expected 'kind<TAB>value<TAB>words'"),
        (HEADER + "word 1 x\n", "line 6: expected"),
        (HEADER + "word\tvery\tx\n", "line 6: 'very' is not a number"),
        (HEADER + "word\t1\tx\nword\t2\ty, x\n", "line 7: 'x' has another value in a line above"),
    ],
)
def test_a_broken_lexicon_file_names_the_line_and_the_remedy(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_lexicon(text, name="own.tsv")


def test_alternatives_in_braces_stand_for_every_form() -> None:
    assert list(spelled_out("gut{|e|er}")) == ["gut", "gute", "guter"]
    assert list(spelled_out("{un|}{gern|}")) == ["ungern", "un", "gern"]
    assert list(spelled_out("plain")) == ["plain"]


def test_accents_count_unless_the_lexicon_folds_them() -> None:
    strict = parse_lexicon(HEADER + "word\t2\tgénial\n")
    folded = parse_lexicon(HEADER + "#folds_accents: yes\nword\t2\tgénial, cœur\n")
    assert compound("genial", strict) == 0 < compound("GÉNIAL", strict)
    assert compound("genial", folded) == compound("gÉnial", folded) > 0
    assert compound("COEUR", folded) == compound("Cœur", folded) > 0


def test_an_elision_is_two_words_only_where_the_lexicon_says_so() -> None:
    joined = parse_lexicon(HEADER + "word\t2\taime\n")
    split = replace(joined, splits_elisions=True)
    assert compound("j'aime", joined) == 0
    assert compound("j'aime", split) == compound("j’aime", split) > 0
    assert compound("'aime'", split) == compound("aime", split)


def test_a_hashtag_in_capitals_of_words_is_read_word_by_word_where_declared() -> None:
    split = replace(english_vader(), splits_hashtags=True)
    assert compound("#ILoveThis", english_vader()) == 0
    assert compound("#ILoveThis", split) == compound("#I love this", split) > 0
    assert compound("#love", split) == compound("#love", english_vader())
    assert compound("iLove NotAHashtag", split) == 0
    assert compound("#NotGood", split) < 0


def test_a_stretched_word_is_found_with_fewer_letters_where_declared() -> None:
    squeezed = replace(english_vader(), squeezes_letters=True)
    assert compound("goooood", english_vader()) == 0
    assert compound("goooood", squeezed) == compound("good", squeezed)
    assert compound("looove", squeezed) == compound("love", squeezed)
    assert compound("xxxxyz aaaa", squeezed) == 0


def test_dropped_characters_are_read_as_if_they_were_not_there() -> None:
    dropping = replace(english_vader(), dropped_characters=frozenset("\ufe0f"))
    assert compound("lo\ufe0fve", dropping) == compound("love", dropping)
    assert compound("❤\ufe0f love", dropping) == compound("❤ love", dropping)


def test_an_emoji_is_a_word_wherever_it_stands_once_it_has_a_valence() -> None:
    lexicon = with_emojis(english_vader(), {"🔥": 2.0})
    assert compound("🔥", lexicon) == compound("xx🔥", lexicon) == compound("🔥xx", lexicon) > 0
    assert compound("🔥", english_vader()) < 0


def test_a_long_word_is_read_with_a_lexicon_without_emoji() -> None:
    lexicon = parse_lexicon(HEADER + "word\t2\tgood\n")
    assert (
        compound("x" * 9000 + " good", lexicon) == compound("é" * 9000 + " good", lexicon) == compound("good", lexicon)
    )


def test_a_hashtag_of_very_many_words_is_read_to_its_end() -> None:
    lexicon = replace(parse_lexicon(HEADER + "word\t2\tgood\n"), splits_hashtags=True)
    assert compound("#" + "ABc" * 5000 + "Good", lexicon) == compound("good", lexicon)


def test_own_words_win_and_leave_the_lexicon_as_it_was() -> None:
    own = with_words(english_vader(), {"Sick": 2.0})
    assert compound("SICK", own) > 0 > compound("sick", english_vader())
    assert (
        own.version
        == with_words(english_vader(), {"sick": 2.0}).version
        != with_words(english_vader(), {"sick": 3.0}).version
    )


def test_a_phrase_is_refused_as_an_own_word() -> None:
    with pytest.raises(ValueError, match="not one word"):
        with_words(english_vader(), {"not bad": 2.0})


def test_a_language_without_a_lexicon_has_none() -> None:
    assert shipped_lexicon("xx") is None
    assert shipped_lexicon("../en") is None


@pytest.mark.parametrize("code", ["es", "de", "it", "pt"])
def test_every_word_of_an_own_lexicon_can_be_met_in_a_text(code: str) -> None:
    lexicon = shipped_lexicon(code)
    assert lexicon is not None
    words = sorted(set(lexicon.words) - set(lexicon.boosters))
    scored = vader_scores(pl.Series(words), lexicon)["compound"].to_list()
    assert [word for word, score in zip(words, scored, strict=True) if score * lexicon.words[word] <= 0] == []


@pytest.mark.parametrize(
    ("code", "praise", "complaint"),
    [
        ("fr", "c’est génial, j’adore", "c’est nul et pas génial"),
        ("es", "me encanta, ¡está buenísimo!", "no es bueno, qué asco"),
        ("de", "das ist wirklich schön", "das ist nicht schön, so ein Mist"),
        ("it", "è bellissimo, grazie", "non è bello, che schifo"),
        ("pt", "eu amei, tá lindo 😍", "que lixo, não gostei nada disso"),
    ],
)
def test_a_shipped_lexicon_tells_praise_from_complaint(code: str, praise: str, complaint: str) -> None:
    lexicon = shipped_lexicon(code)
    assert lexicon is not None
    assert compound(praise, lexicon) >= 0.05 and compound(complaint, lexicon) <= -0.05


@pytest.mark.parametrize("code", ["en", "fr", "es", "de", "it", "pt"])
def test_a_shipped_lexicon_declares_its_language_version_licence_and_source(code: str) -> None:
    lexicon = shipped_lexicon(code)
    assert lexicon is not None and lexicon.language_code == code
    assert lexicon.version and lexicon.licence and lexicon.source
    assert all(-4 <= valence <= 4 for valence in lexicon.words.values())


def test_the_french_words_that_lost_their_accents_to_function_words_are_excluded() -> None:
    french = shipped_lexicon("fr")
    assert french is not None and "sur" not in french.words
    assert compound("sur la table", french) == 0


def test_no_character_beyond_the_tables_has_case_or_is_white_space_or_an_emoji_word() -> None:
    beyond = map(chr, range(CODEPOINTS, 0x110000))
    assert not any(
        char.lower() != char or char.isupper() or char.islower() or char.istitle() or char.isspace() for char in beyond
    )


def test_every_word_in_lower_case_is_in_the_table() -> None:
    lexicon = english_vader()
    words = [word for word in lexicon.words if word == word.lower() and len(word.split()) == 1]
    scored = vader_scores(pl.Series(words))
    missed = [
        word for word, row in zip(words, scored.iter_rows(), strict=True) if row[2] == 1.0 and lexicon.words[word]
    ]
    # the rest are words that VADER itself cannot reach: boosters, and those it strips down to something else
    assert all(word in lexicon.boosters or word.strip("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") != word for word in missed)


def test_accents_fold_to_plain_letters() -> None:
    assert fold_accents("éàçœæßñü") == "eacoeaessnu"


def test_an_emoji_of_two_characters_is_refused() -> None:
    with pytest.raises(ValueError, match="not one character"):
        tables(replace(english_vader(), emojis={"👍🏽": "thumbs up"}))
