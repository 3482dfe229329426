"""Laws of sentiment scores: the package's numbers for any text that people or machines can write."""

import math
import struct
import sys

import numpy as np
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vaderSentiment import vaderSentiment as vader

from transforms.text.lexicons import english_vader
from transforms.text.sentiment import SentimentParams, score_mentions, vader_scores
from transforms.text.vader_rules import round_half_even, total

ANALYZER = vader.SentimentIntensityAnalyzer()
LEXICON = english_vader()
RULE_WORDS = "no or nor but kind of never so this without doubt least at very n't"

words = st.one_of(
    st.sampled_from(sorted(LEXICON.words)),
    st.sampled_from([*vader.NEGATE, *sorted(vader.BOOSTER_DICT), *sorted(vader.SPECIAL_CASES)]),
    st.sampled_from(
        [
            "no",
            "or",
            "nor",
            "but",
            "kind",
            "of",
            "never",
            "so",
            "this",
            "without",
            "doubt",
            "least",
            "at",
            "very",
            "n't",
        ]
    ),
    st.sampled_from(sorted(LEXICON.emojis)),
    st.sampled_from(["phone", "day", "İ", "ß", "Σ", "ǅ", "ﬁ", "𝐀", "Ⓐ", "Kind", "ſo"]),
    st.text(max_size=4),
)
dressed = st.builds(
    lambda before, word, after: before + word + after,
    st.sampled_from(["", "", "", "#", "(", "'"]),
    st.one_of(words, words.map(str.upper), words.map(str.title)),
    st.sampled_from(["", "", "", "!", "?", "...", "\ufe0f", "'s", "😂"]),
)
spaces = st.sampled_from([" "] * 8 + ["", "\t", "\u00a0", "\u3000", "\x1c", "\x85", "\u200b"])
texts = st.lists(st.tuples(dressed, spaces), max_size=12).map(
    lambda pairs: "".join(word + space for word, space in pairs)
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(texts, min_size=1, max_size=20))
def test_every_text_gets_the_package_s_scores_bit_for_bit(batch: list[str]) -> None:
    for text, scores in zip(batch, vader_scores(pl.Series(batch)).iter_rows(), strict=True):
        expected = ANALYZER.polarity_scores(text)
        assert struct.pack("<4d", *scores) == struct.pack(
            "<4d", expected["compound"], expected["pos"], expected["neu"], expected["neg"]
        )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), texts), max_size=30), st.integers(min_value=0, max_value=30))
def test_a_text_s_scores_do_not_depend_on_its_neighbours(batch: list[str | None], cut: int) -> None:
    column = pl.Series(batch, dtype=pl.String)
    whole = vader_scores(column)
    assert pl.concat([vader_scores(column[:cut]), vader_scores(column[cut:])]).equals(whole)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.one_of(st.none(), texts), st.sampled_from([None, "en", "fr", "ja", "EN-us", "", "zz"])),
        max_size=20,
    )
)
def test_a_mention_is_unscored_exactly_where_score_and_lexicon_are_null(
    rows: list[tuple[str | None, str | None]],
) -> None:
    mentions = pl.DataFrame(rows, schema={"text": pl.String, "code": pl.String}, orient="row")
    scored = score_mentions(mentions["text"], mentions["code"], SentimentParams())
    assert len(scored) == len(rows)
    unscored = (scored["sentiment_label"] == "unscored").to_list()
    assert (
        unscored == scored["sentiment_score"].is_null().to_list() == scored["sentiment_lexicon_id"].is_null().to_list()
    )
    assert scored.filter(pl.col("sentiment_score").abs() > 1).is_empty()


near_ties = st.builds(
    lambda whole, scale, ulps: min(1.0, max(0.0, math.nextafter((2 * whole + 1) / (2 * scale), ulps * 2.0))),
    st.integers(0, 9999),
    st.sampled_from([1000, 10000]),
    st.sampled_from([-1, 0, 1]),
)


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.floats(-1, 1), near_ties, st.integers(-32, 32).map(lambda part: part / 32)))
def test_rounding_is_that_of_python_s_round(value: float) -> None:
    for digits in (3, 4):
        rounded = round_half_even(value, 10.0**digits)
        assert struct.pack("<d", rounded) == struct.pack("<d", round(value, digits))


@settings(max_examples=100, deadline=None)
@given(texts)
def test_a_text_outside_ascii_is_read_like_one_inside(text: str) -> None:
    # a word of another script after the text sends it through the other reading, and adds one neutral word
    plain, foreign = vader_scores(pl.Series([f"{text} xyz", f"{text} xyé"])).rows()
    assert plain == foreign


def neumaier(values: list[float]) -> float:
    result, lost = 0.0, 0.0
    for value in values:
        after = result + value
        larger, smaller = (result, value) if abs(result) >= abs(value) else (value, result)
        lost += (larger - after) + smaller
        result = after
    return result + lost


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(-10, 10), max_size=30))
def test_valences_are_added_up_as_this_python_s_sum_does(values: list[float]) -> None:
    array = np.array(values, dtype=np.float64)
    assert total(array, len(values), sys.version_info >= (3, 12)) == sum(values)
    assert total(array, len(values), True) == neumaier(values)
