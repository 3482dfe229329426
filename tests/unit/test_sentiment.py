"""What the sentiment functions promise: VADER's own numbers, and no number where a language cannot be scored."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from transforms.text.lexicons import Lexicon
from transforms.text.sentiment import SentimentParams, score_mentions, vader_scores

ANALYZER = SentimentIntensityAnalyzer()
COLUMNS = ["compound", "pos", "neu", "neg"]


def assert_same_as_package(texts: list[str]) -> None:
    for text, scores in zip(texts, vader_scores(pl.Series(texts, dtype=pl.String)).iter_rows(), strict=True):
        expected = ANALYZER.polarity_scores(text)
        assert struct.pack("<4d", *scores) == struct.pack("<4d", *(expected[column] for column in COLUMNS)), text


@pytest.mark.parametrize(
    "text",
    [
        "The plot was good, but the characters are uncompelling and the dialog is not great.",
        "good good but good bad good bad",  # the contrast rule changes the first equal valence, not the word's own
        "great fine but good",  # 3.1 and 0.8 ... halved and lifted values meet others
        "kind of good", "kind good", "kind", "KIND OF good", "a kind of bad thing", "sort of good",
        "just enough good stuff",
        "least good", "at least good", "very least good", "the least good", "At least it isn't a horrible book.",
        "never so good", "never this bad", "it was never a good idea", "we never had this so good",
        "without doubt good", "without a doubt an excellent idea", "without any good", "doubt good",
        "no good", "no good or bad", "no", "no no good", "no GOOD nor bad", "NO good", "it is no good or great",
        "that is the shit man", "you are the bomb yes", "one bad ass phone", "to die for cake good",
        "yeah right good one now",
        "a kiss of death for us", "well that bus stop was bad", "what a beating heart good", "badass",
        "GOOD", "GOOD phone", "GOOD PHONE", "VERY good phone", "very GOOD phone", "not GOOD 1", "EFFING good",
        "ÉTÉ good",
        "good!", "good!!!!!", "good?", "good??", "good???", "good????", "?! good", "!!!!",
        "isn't good", "ISN'T good", "n't good", "ain't never no good", "cann'tx good", "isn’t good",
        "😂", "so 😂good", "I 😂😂 good", "❤", "❤️", "love❤️it", "👍🏽", "🔥 💔", " 😂 ", "not😂", "!😂!", "‼ good",
        ":) :( :D XD <3 </3 :'(", "(good)", "'good'", "ok.", "no.", "g.", "...", "good...", "-good-", "$good",
        "#good @good",
        "good\u00a0bad\u2003great\x1cfine\x85ugly\u3000nice", "good\u200bbad", " \t good \n", "good\x00bad",
        "İnce good", "KİND of good", "\u212aind of good", "Ⓐ good", "ǅ good", "ª good", "ΣΟΦΟΣ good", "ß GOOD",
        "ẞ good",
        "love lovely loving LOVE Love", "a" * 3000 + " good", "good " * 400 + "but " + "bad " * 400,
    ],
)  # fmt: skip
def test_a_text_gets_the_package_s_scores_bit_for_bit(text: str) -> None:
    assert_same_as_package([text])


def test_a_share_that_is_a_tie_of_the_third_digit_is_rounded_to_even_as_python_does() -> None:
    word = next(word for word, valence in ANALYZER.lexicon.items() if valence == 3.0 and word.isalpha())
    text = "x " * 60 + word  # the word weighs 4 of 64: 0.0625 exactly
    assert vader_scores(pl.Series([text]))["pos"].to_list() == [0.062]
    assert_same_as_package([text])


def test_null_texts_have_null_scores_and_empty_texts_the_package_s_zeros() -> None:
    scores = vader_scores(pl.Series([None, "", " ", "good"]))
    assert scores.columns == COLUMNS and scores.dtypes == [pl.Float64] * 4
    assert scores["compound"].to_list() == [None, 0.0, 0.0, 0.4404]
    assert scores["neg"].to_list() == [None, 0.0, 0.0, 0.0]


def test_a_column_without_rows_or_with_nulls_only_is_scored() -> None:
    assert vader_scores(pl.Series([], dtype=pl.String)).shape == (0, 4)
    assert vader_scores(pl.Series([None, None], dtype=pl.String))["neu"].to_list() == [None, None]


def test_texts_around_the_length_at_which_the_reading_changes_are_scored_as_the_package_scores_them() -> None:
    assert_same_as_package(
        [(" not GOOD! isn't bad?? but fine" * 200)[:length] for length in (0, 1, *range(4090, 4102))]
    )
    assert_same_as_package(["good " + "!" * length for length in (4088, 4090, 4091, 4200)])


def test_a_megabyte_is_scored_as_the_package_scores_it() -> None:
    # rated words cost the package quadratic time, so most of the megabyte has none
    text = "good phone but 😂 " + "acme " * 60_000 + "x" * 700_000 + " BAD!"
    assert len(text) > 1_000_000
    assert_same_as_package([text, "ok"])


def test_a_megabyte_of_rated_words_or_of_emoji_is_scored() -> None:
    texts = pl.Series(["good but bad great " * 55_000, "😂" * 260_000, "great but " + "fine good " * 100_000])
    assert all(abs(score) <= 1 for score in vader_scores(texts)["compound"])


def test_threads_do_not_change_scores_or_their_order() -> None:
    texts = pl.Series([f"good {'bad ' * (row % 7)} {row}" if row % 11 else None for row in range(30_000)])
    assert vader_scores(texts, threads=1).equals(vader_scores(texts, threads=3))


def test_slices_and_chunked_columns_are_read_where_they_lie() -> None:
    texts = pl.concat([pl.Series(["bad", "good"]), pl.Series(["great", None])], rechunk=False)
    assert (
        vader_scores(texts[1:])["compound"].to_list()
        == vader_scores(pl.Series(["good", "great", None]))["compound"].to_list()
    )


def test_every_labelled_text_at_hand_gets_the_package_s_scores() -> None:
    exports = os.environ.get("LISTENING_REAL_EXPORTS")
    if not exports:
        pytest.skip("LISTENING_REAL_EXPORTS does not name a folder of real exports")
    files = sorted((Path(exports).parent / "evals" / "sentiment").glob("*.csv"))
    assert files
    assert_same_as_package([text for path in files for text in pl.read_csv(path)["text"].to_list()])


def test_each_mention_is_scored_in_its_language_and_others_are_unscored_never_neutral() -> None:
    texts = pl.Series(["great!", "génial", "great!", None, "great!", "bad", "on the table"])
    codes = pl.Series(["en", "fr", "xx", "en", None, "en-GB", "EN"])
    scored = score_mentions(texts, codes, SentimentParams())
    assert scored.columns == ["sentiment_score", "sentiment_label", "sentiment_lexicon_id"]
    assert scored["sentiment_label"].to_list() == [
        "positive", "positive", "unscored", "unscored", "unscored", "negative", "neutral",
    ]  # fmt: skip
    assert scored["sentiment_score"].is_null().to_list() == [False, False, True, True, True, False, False]
    assert scored["sentiment_lexicon_id"].to_list()[0] == "vader@3.3.2"
    assert scored["sentiment_lexicon_id"].is_null().to_list() == scored["sentiment_score"].is_null().to_list()


def test_french_pain_is_bread_and_english_pain_hurts() -> None:
    texts = pl.Series(["le pain", "the pain"])
    assert score_mentions(texts, pl.Series(["fr", "en"]), SentimentParams())["sentiment_label"].to_list() == [
        "neutral",
        "negative",
    ]


def test_a_score_on_a_threshold_belongs_to_the_class_it_opens() -> None:
    score = vader_scores(pl.Series(["good"]))["compound"][0]
    texts, codes = pl.Series(["good"]), pl.Series(["en"])
    assert score_mentions(texts, codes, SentimentParams(positive_threshold=score))["sentiment_label"][0] == "positive"
    assert (
        score_mentions(texts, codes, SentimentParams(positive_threshold=score + 1e-4))["sentiment_label"][0]
        == "neutral"
    )


def test_thresholds_without_room_for_neutral_are_refused() -> None:
    with pytest.raises(ValueError, match="below the positive"):
        SentimentParams(positive_threshold=-0.1, negative_threshold=0.1)


def test_a_workspace_s_own_words_count_and_change_the_lexicon_id() -> None:
    params = SentimentParams(own_words={"*": {"Acme": 2.0}, "en": {"sick": 2.5}})
    scored = score_mentions(pl.Series(["Acme", "that is sick", "Acme"]), pl.Series(["en", "en", "fr"]), params)
    assert scored["sentiment_label"].to_list() == ["positive"] * 3
    assert scored["sentiment_lexicon_id"][0].startswith("vader@3.3.2+")


def test_a_user_s_lexicon_serves_a_language_that_has_none() -> None:
    finnish = Lexicon(
        "own-fi", "1", "fi", "own", "test", words={"hyvä": 2.0, "huono": -2.0}, negators=frozenset({"ei"})
    )
    params = SentimentParams(lexicons={"fi": finnish})
    scored = score_mentions(pl.Series(["HYVÄ puhelin", "ei hyvä", "huono"]), pl.Series(["fi"] * 3), params)
    assert scored["sentiment_label"].to_list() == ["positive", "negative", "negative"]
    assert scored["sentiment_lexicon_id"].unique().to_list() == ["own-fi@1"]


def test_importing_the_module_does_not_import_numba() -> None:
    code = "import sys, transforms.text.sentiment; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_scores_come_without_any_folder_for_compiled_code(tmp_path: Path) -> None:
    # numba finds no place for its cache: neither beside the source nor in a home folder
    code = (
        "from numba.core import caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "import polars as pl\n"
        "from transforms.text.sentiment import vader_scores\n"
        "assert vader_scores(pl.Series(['good']))['compound'][0] == 0.4404\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path.cwd())
