"""The improved score: known traps of VADER, one test each, and the stock score untouched beside it."""

import polars as pl
import pytest

from transforms.text.improved import RULES, improved_lexicon, score_improved
from transforms.text.lexicons import english_vader, shipped_lexicon
from transforms.text.sentiment import SentimentParams, score_mentions


def labels(texts: list[str], params: SentimentParams | None = None) -> list[str]:
    codes = pl.Series(["en"] * len(texts))
    return score_improved(pl.Series(texts), codes, params or SentimentParams())["sentiment_improved_label"].to_list()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("this track 🔥", "positive"),
        ("this track🔥🔥", "positive"),
        ("goodbye 💔", "negative"),
        ("you all ❤️", "positive"),
        ("you all❤️always", "positive"),
        ("thumbs 👍🏽", "positive"),
        ("it looks like a phone", "neutral"),
        ("flying United tomorrow", "neutral"),
        ("please help", "neutral"),
        ("the party conference", "neutral"),
        ("I want it on top", "neutral"),
        ("I love it", "positive"),
        ("I hate it", "negative"),
    ],
)
def test_a_known_trap_is_read_as_people_mean_it(text: str, label: str) -> None:
    assert labels([text]) == [label]


def test_the_stock_score_stays_the_package_s() -> None:
    scored = score_mentions(pl.Series(["this 🔥", "with 💔"]), pl.Series(["en", "en"]), SentimentParams())
    assert scored["sentiment_label"].to_list() == ["negative", "positive"]


def test_the_layer_has_a_version_in_the_lexicon_s_id() -> None:
    scored = score_improved(pl.Series(["good", "bon", "x"]), pl.Series(["en", "fr", None]), SentimentParams())
    french = shipped_lexicon("fr")
    assert french is not None
    assert scored["sentiment_improved_lexicon_id"].to_list() == ["vader-improved-1@3.3.2", french.reference, None]
    assert scored["sentiment_improved_label"][2] == "unscored"


def test_own_words_win_over_the_layer() -> None:
    assert labels(["please"], SentimentParams(own_words={"en": {"please": -2.0}})) == ["negative"]


def test_every_rule_changes_the_lexicon_and_none_the_stock_one() -> None:
    stock = english_vader()
    words, emojis = dict(stock.words), dict(stock.emojis)
    assert all(rule(stock).words != stock.words for rule in RULES)
    improved_lexicon(stock)
    assert stock.words == words and stock.emojis == emojis
